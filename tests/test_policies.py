"""The shipped policies, and what a policy file must not say."""

from __future__ import annotations

import copy
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from bsc_xl import labels, policies
from bsc_xl.errors import ChoiceError
from bsc_xl.model import DisciplineMeasure, EmployeeRating, Expectation
from bsc_xl.policies import employees

RAW = tomllib.loads((files(policies.__name__) / "employees.toml").read_text(encoding="utf-8"))
NUMERIC = policies.load("pp30").rating_bands


def _problems(**changes: Any) -> list[str]:
    raw = copy.deepcopy(RAW)
    for path, value in changes.items():
        *parents, key = path.split("__")
        table = raw
        for parent in parents:
            table = table[parent]
        table[key] = value
    with pytest.raises(ValueError, match=r".") as found:
        employees.read(raw, NUMERIC)
    return str(found.value).split("; ")


@pytest.mark.parametrize("name", policies.NAMES)
def test_a_policy_has_a_word_for_everything_that_it_says_of_employees(name: str) -> None:
    policy = policies.load(name)
    keys = [f"rating.matrix.{rating}" for rating in policy.employees.ratings]
    keys += [f"rating.pp30.{band.name}" for band in policy.employees.numeric]
    keys += [f"expectation.{level}" for level in Expectation]
    keys += [f"sanction.{sanction.name}" for sanction in policy.discipline_rules.sanctions]
    keys += [f"sanction.{sanction.grade}" for sanction in policy.discipline_rules.sanctions]
    keys += [f"employee_rating.{choice}" for choice in EmployeeRating]
    keys += [f"discipline_measure.{choice}" for choice in DisciplineMeasure]
    for language in labels.LANGUAGES:
        assert [key for key in keys if key not in labels.load(language)] == []


def test_the_words_of_the_matrix() -> None:
    ratings = policies.load().employees.ratings
    assert [labels.load("id")(f"rating.matrix.{rating}") for rating in ratings] == [
        "Sangat Baik",
        "Baik",
        "Butuh Perbaikan",
        "Kurang (Misconduct)",
        "Sangat Kurang",
    ]


def test_the_numeric_scale_is_that_of_the_policy_pp30() -> None:
    assert [policies.load(name).employees.numeric for name in policies.NAMES] == [NUMERIC] * 3


def test_employees_are_rated_by_the_matrix_unless_the_policy_is_numeric() -> None:
    chosen = {name: policies.load(name).employee_rating for name in policies.NAMES}
    assert chosen == {"nko": "matrix", "lkjip": "matrix", "pp30": "pp30"}


@pytest.mark.parametrize(
    ("minutes", "bracket"),
    [(1, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (400, 3)],
)
def test_the_brackets_of_lateness(minutes: int, bracket: int) -> None:
    begins = policies.load().discipline_rules.lateness_from
    assert bracket == sum(minutes >= first for first in begins) - 1


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (2, None),
        (3, "light_1"),
        (4, "light_2"),
        (6, "light_2"),
        (7, "light_3"),
        (10, "light_3"),
        (11, "medium_1"),
        (13, "medium_1"),
        (14, "medium_2"),
        (16, "medium_2"),
        (17, "medium_3"),
        (20, "medium_3"),
        (21, "heavy_1"),
        (24, "heavy_1"),
        (25, "heavy_2"),
        (27, "heavy_2"),
        (28, "heavy_3"),
        (200, "heavy_3"),
    ],
)
def test_the_levels_of_discipline(days: int, level: str | None) -> None:
    sanctions = policies.load().discipline_rules.sanctions
    assert level == next((sanction.name for sanction in sanctions if days >= sanction.days), None)


@pytest.mark.parametrize("key", ["employee_rating", "discipline"])
def test_a_data_set_chooses_how_employees_are_judged(key: str) -> None:
    other = {"employee_rating": "pp30", "discipline": "level"}[key]
    changed = policies.with_overrides(policies.load(), {key: other})
    assert (getattr(policies.load(), key) != other, getattr(changed, key)) == (True, other)


def test_an_override_that_does_not_exist() -> None:
    with pytest.raises(ChoiceError, match="employees"):
        policies.with_overrides(policies.load(), {"employees": "matrix"})


def test_every_contradiction_in_the_rules_is_named_at_once() -> None:
    found = _problems(
        behaviour_scale=[5, 1],
        result=[*reversed(RAW["result"])],
        matrix__above={"above": "splendid", "below": "misconduct"},
        discipline__lateness_from=[1, 31, 31],
        discipline__day_minutes=0,
        discipline__sanctions=[
            *reversed(RAW["discipline"]["sanctions"]),
            {"days": 30, "name": "x", "grade": "none", "points": 5},
        ],
    )
    assert found == [
        "result: the levels are above, as_expected, below, in this order",
        "result: bounds do not fall",
        "behaviour_scale: the lowest value is not below the highest",
        "behaviour: a bound is not on the scale",
        "matrix.above.above: splendid is not among the ratings",
        "matrix.above.as_expected: nothing is not among the ratings",
        "discipline.lateness_from: minutes do not rise from 1",
        "discipline.day_minutes: less than 1",
        "discipline.sanctions: days do not fall to 1 or more",
        "discipline.sanctions: points do not fall from 100 to above 0",
        "discipline.sanctions: x has no grade among light, medium, heavy",
    ]  # fmt: skip


def test_a_matrix_without_a_row_lacks_each_of_its_cells() -> None:
    rows = {row: cells for row, cells in RAW["matrix"].items() if row != "below"}
    assert _problems(matrix=rows) == [
        f"matrix.below.{column}: nothing is not among the ratings" for column in Expectation
    ]
