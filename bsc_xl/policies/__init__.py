"""The scoring policies that ship with bsc-xl, one TOML file each, and the overrides that a data set may name.

A policy's rating set can be exchanged for that of another policy (setting `rating`), so the three files are also the
three rating sets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from bsc_xl.errors import ChoiceError
from bsc_xl.model import Band, Missing, Policy, ZeroTarget

NAMES = ("nko", "lkjip", "pp30")
DEFAULT = "nko"
OVERRIDES = ("floor", "cap", "green_from", "yellow_from", "zero_target", "missing", "rating")
"""What a data set may set differently from its policy."""


@cache
def load(name: str = DEFAULT) -> Policy:
    """The shipped policy of that name; `ChoiceError` when there is none."""
    if name not in NAMES:
        raise ChoiceError(what="policy", value=name, choices=", ".join(NAMES))
    raw = tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))
    return Policy(
        name=name,
        floor=float(raw["floor"]),
        cap=float(raw["cap"]),
        zero_target=ZeroTarget(raw["zero_target"]),
        missing=Missing(raw["missing"]),
        rating=name,
        status=tuple(Band(**band) for band in raw["status"]),
        rating_bands=tuple(Band(**band) for band in raw["rating"]),
        stabilize=tuple((float(x), float(y)) for x, y in raw["stabilize"]),
    )


def with_overrides(policy: Policy, overrides: Mapping[str, object]) -> Policy:
    """The policy with some of its choices exchanged, by the keys of the settings table (`OVERRIDES`).

    Values are those of a validated settings table: numbers for bounds and limits, names for the others.
    """
    changed = policy
    for key, value in overrides.items():
        match key:
            case "floor":
                changed = replace(changed, floor=float(str(value)))
            case "cap":
                changed = replace(changed, cap=float(str(value)))
            case "green_from" | "yellow_from":
                changed = replace(changed, status=_with_bound(changed.status, key.removesuffix("_from"), value))
            case "zero_target":
                changed = replace(changed, zero_target=ZeroTarget(str(value)))
            case "missing":
                changed = replace(changed, missing=Missing(str(value)))
            case "rating":
                other = load(str(value))
                changed = replace(changed, rating=other.rating, rating_bands=other.rating_bands)
            case _:
                raise ChoiceError(what="override", value=key, choices=", ".join(OVERRIDES))
    return changed


def _with_bound(bands: tuple[Band, ...], name: str, lower: object) -> tuple[Band, ...]:
    return tuple(replace(band, lower=float(str(lower))) if band.name == name else band for band in bands)
