"""How employees are judged, from ``employees.toml``: read once, and checked as a whole before any of it counts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from bsc_xl.model import Band, DisciplineRules, EmployeeRules, Expectation, Sanction

_GRADES = ("light", "medium", "heavy")


@cache
def load(numeric: tuple[Band, ...]) -> tuple[EmployeeRules, DisciplineRules]:
    """The shipped rules; `numeric`: the bands of the scale of PP 30/2019."""
    return read(tomllib.loads((files(__package__) / "employees.toml").read_text(encoding="utf-8")), numeric)


def read(raw: dict[str, Any], numeric: tuple[Band, ...]) -> tuple[EmployeeRules, DisciplineRules]:
    """The rules in the shape of ``employees.toml``; ValueError names everything in them that contradicts itself."""
    discipline = raw["discipline"]
    rules = EmployeeRules(
        result=tuple(Band(**band) for band in raw["result"]),
        behaviour=tuple(Band(**band) for band in raw["behaviour"]),
        behaviour_scale=(float(raw["behaviour_scale"][0]), float(raw["behaviour_scale"][1])),
        ratings=tuple(raw["ratings"]),
        matrix=tuple(
            tuple(raw["matrix"].get(row, {}).get(column, "") for column in Expectation) for row in Expectation
        ),
        numeric=numeric,
    )
    counted = DisciplineRules(
        lateness_from=tuple(discipline["lateness_from"]),
        day_minutes=discipline["day_minutes"],
        missing_minutes=discipline["missing_minutes"],
        consecutive_days=discipline["consecutive_days"],
        sanctions=tuple(Sanction(**sanction) for sanction in discipline["sanctions"]),
    )
    problems = [*_employee_problems(rules), *_discipline_problems(counted)]
    if problems:
        raise ValueError("; ".join(problems))
    return rules, counted


def _employee_problems(rules: EmployeeRules) -> Iterator[str]:
    for name, bands in (("result", rules.result), ("behaviour", rules.behaviour)):
        if [band.name for band in bands] != list(Expectation):
            yield f"{name}: the levels are {', '.join(Expectation)}, in this order"
        if not _falls([band.lower for band in bands]):
            yield f"{name}: bounds do not fall"
    lowest, highest = rules.behaviour_scale
    if not lowest < highest:
        yield "behaviour_scale: the lowest value is not below the highest"
    if not all(lowest <= band.lower <= highest for band in rules.behaviour):
        yield "behaviour: a bound is not on the scale"
    for row, ratings in zip(Expectation, rules.matrix, strict=True):
        for column, rating in zip(Expectation, ratings, strict=True):
            if rating not in rules.ratings:
                yield f"matrix.{row}.{column}: {rating or 'nothing'} is not among the ratings"


def _discipline_problems(rules: DisciplineRules) -> Iterator[str]:
    if not _falls([*reversed(rules.lateness_from), 0]):
        yield "discipline.lateness_from: minutes do not rise from 1"
    for name in ("day_minutes", "missing_minutes", "consecutive_days"):
        if getattr(rules, name) < 1:
            yield f"discipline.{name}: less than 1"
    if not _falls([*(sanction.days for sanction in rules.sanctions), 0]):
        yield "discipline.sanctions: days do not fall to 1 or more"
    if not _falls([100.0 + 1, *(sanction.points for sanction in rules.sanctions), 0]):
        yield "discipline.sanctions: points do not fall from 100 to above 0"
    for sanction in rules.sanctions:
        if sanction.grade not in _GRADES:
            yield f"discipline.sanctions: {sanction.name} has no grade among {', '.join(_GRADES)}"


def _falls(values: Sequence[float]) -> bool:
    return all(higher > lower for higher, lower in pairwise(values))
