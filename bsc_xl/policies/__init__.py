"""The scoring policies that ship with bsc-xl, one TOML file each, and the overrides that a data set may name.

A policy's rating set can be exchanged for that of another policy (setting `rating`), so the three files are also the
three rating sets. What holds for employees, and what a trend changes in the advice, is one file for all policies:
``employees.toml`` and ``advice.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from bsc_xl.errors import ChoiceError
from bsc_xl.model import Band, DisciplineMeasure, EmployeeRating, Missing, Policy, ZeroTarget
from bsc_xl.policies import employees

NAMES = ("nko", "lkjip", "pp30")
DEFAULT = "nko"
OVERRIDES = (
    "floor", "cap", "green_from", "yellow_from", "zero_target", "missing", "rating", "employee_rating", "discipline",
)  # fmt: skip
"""What a data set may set differently from its policy."""


@cache
def load(name: str = DEFAULT) -> Policy:
    """The shipped policy of that name; `ChoiceError` when there is none."""
    if name not in NAMES:
        raise ChoiceError(what="policy", value=name, choices=", ".join(NAMES))
    raw = _raw(name)
    employee_rules, discipline_rules = employees.load(_bands(_raw("pp30")["rating"]))
    return Policy(
        name=name,
        floor=float(raw["floor"]),
        cap=float(raw["cap"]),
        zero_target=ZeroTarget(raw["zero_target"]),
        missing=Missing(raw["missing"]),
        rating=name,
        status=_bands(raw["status"]),
        rating_bands=_bands(raw["rating"]),
        stabilize=tuple((float(x), float(y)) for x, y in raw["stabilize"]),
        falling=float(_raw("advice")["falling"]),
        employee_rating=EmployeeRating(raw["employee_rating"]),
        discipline=DisciplineMeasure(raw["discipline"]),
        employees=employee_rules,
        discipline_rules=discipline_rules,
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
            case "employee_rating":
                changed = replace(changed, employee_rating=EmployeeRating(str(value)))
            case "discipline":
                changed = replace(changed, discipline=DisciplineMeasure(str(value)))
            case _:
                raise ChoiceError(what="override", value=key, choices=", ".join(OVERRIDES))
    return changed


def _raw(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def _bands(raw: list[dict[str, Any]]) -> tuple[Band, ...]:
    return tuple(Band(**band) for band in raw)


def _with_bound(bands: tuple[Band, ...], name: str, lower: object) -> tuple[Band, ...]:
    return tuple(replace(band, lower=float(str(lower))) if band.name == name else band for band in bands)
