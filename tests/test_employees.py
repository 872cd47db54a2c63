"""Employees beside the units of a scorecard: whose behaviour holds, how they are rated, who works where."""

from __future__ import annotations

import json
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_xl import labels, policies, sample, scorecard
from bsc_xl.model import Behaviour, Cell, Expectation, Policy
from bsc_xl.scorecard import Scorecard, excerpt
from bsc_xl.scoring.employees import rating_names
from bsc_xl.tables import RawTables, validate

Entry = float | str | None
"""A value, text in its place, or a blank."""

UNITS = {"BAP": "", "P1": "BAP", "P2": "BAP", "SUB": "BAP", "P3": "SUB"}
FULL: list[Entry] = [4, 4, 4, 4, 4, 4, 4]


def _card(
    judged: dict[tuple[str, int, int], list[Entry]],
    results: dict[str, float | None] | None = None,
    period: int = 2,
    new_idea: str = "",
    **chosen: Any,
) -> Scorecard:
    """The bureau with two employees of its own and one in a subdivision; everybody's one KPI has target 100 and, in
    every period, that result, by default 95. `judged`: by code, year and period."""
    results = dict.fromkeys(UNITS, 95.0) | (results or {})
    frames = {
        "units": [
            {"unit_code": code, "unit_name": f"Name {code}", "parent_code": parent}
            | {"level": "employee" if code.startswith("P") else "unit", "new_idea": "ya" if code == new_idea else ""}
            for code, parent in UNITS.items()
        ],
        "kpis": [
            {"kpi_code": "K", "perspective": "financial", "kpi_name": "IKU", "polarity": "maximize"}
            | {"consolidation": "average", "weight": 100}
        ],
        "measurements": [
            {"unit_code": code, "kpi_code": "K", "year": 2025, "period": each, "target": 100, "actual": result}
            for code, result in results.items()
            for each in range(1, 5)
        ],
        "settings": [{"key": key, "value": value} for key, value in ({"year": 2025} | chosen).items()],
        "behaviour": [
            {"unit_code": code, "year": year, "period": each} | dict(zip(Behaviour, values, strict=True))
            for (code, year, each), values in judged.items()
        ],
    }
    raw = {table: pd.DataFrame(rows, dtype=object) for table, rows in frames.items() if rows}
    tables, _ = validate(RawTables(raw))
    assert tables is not None
    return scorecard.score(tables, period)


def _of(card: Scorecard, code: str) -> dict[str, Any]:
    people = scorecard.units_as_dicts(card, labels.load("en"))
    found: dict[str, Any] = next(unit for unit in people if unit["unit_code"] == code)["employee"]
    return found


def _values(card: Scorecard, code: str) -> list[float | None]:
    return list(_of(card, code)["behaviour"].values())


def test_an_employee_has_the_score_of_their_own_kpis_as_work_result() -> None:
    card = _card({}, {"P1": 104.0, "P3": None})
    people = card.employees
    assert people.code.tolist() == ["P1", "P2", "P3"]
    assert people.name.tolist() == ["Name P1", "Name P2", "Name P3"]
    np.testing.assert_array_equal([104.0, 95.0, math.nan], people.result)
    np.testing.assert_array_equal(card.score[people.unit], people.result)


def test_behaviour_is_that_of_the_latest_period_in_which_anything_was_judged() -> None:
    judged = {("P1", 2025, each): [float(each + 1)] * 7 for each in (1, 2, 4)}
    assert _values(_card(judged, period=1), "P1") == [2.0] * 7
    assert _values(_card(judged, period=2), "P1") == [3.0] * 7
    assert _values(_card(judged, period=3), "P1") == [3.0] * 7
    assert _values(_card(judged, period=4), "P1") == [5.0] * 7


def test_a_row_of_blanks_says_nothing_and_one_value_begins_a_judgement() -> None:
    first: dict[tuple[str, int, int], list[Entry]] = {("P1", 2025, 1): FULL}
    assert _values(_card(first | {("P1", 2025, 2): [None] * 7}), "P1") == FULL
    begun = _of(_card(first | {("P1", 2025, 2): [5, *[None] * 6]}), "P1")
    assert begun["behaviour_mean"] == 5
    assert (begun["behaviour_judged"], begun["behaviour_level"], begun["rating"]) == (1, None, None)


def test_behaviour_of_another_year_or_a_later_period_does_not_count() -> None:
    card = _card({("P1", 2024, 1): FULL, ("P1", 2026, 1): FULL, ("P1", 2025, 3): FULL})
    assert _of(card, "P1")["behaviour_judged"] == 0


def test_the_order_of_the_judgements_in_the_table_does_not_matter() -> None:
    judged: dict[tuple[str, int, int], list[Entry]] = {("P1", 2025, 2): FULL, ("P1", 2025, 1): [1] * 7}
    assert _values(_card(judged), "P1") == FULL


def test_number_blank_and_error_stay_three_states() -> None:
    card = _card({("P1", 2025, 1): [5, None, "N/A", "baik", 6, 1, 3]})
    states = [Cell.NUMBER, Cell.BLANK, Cell.ERROR, Cell.ERROR, Cell.ERROR, Cell.NUMBER, Cell.NUMBER]
    assert card.employees.behaviour_state[0].tolist() == states
    assert _of(card, "P1")["behaviour_mean"] == 3
    assert _of(card, "P1")["rating"] is None
    assert set(card.employees.behaviour_state[1].tolist()) == {Cell.BLANK}


def test_a_wrong_entry_in_the_latest_period_does_not_bring_an_earlier_one_back() -> None:
    card = _card({("P1", 2025, 1): FULL, ("P1", 2025, 2): ["x", *[None] * 6]})
    assert (_of(card, "P1")["behaviour_judged"], _of(card, "P1")["rating"]) == (0, None)


@pytest.mark.parametrize(
    ("language", "words"),
    [("id", ["Baik", "Kurang (Misconduct)", None]), ("en", ["Good", "Poor (misconduct)", None])],
)
def test_the_rating_is_a_word_of_the_language(language: str, words: list[str | None]) -> None:
    card = _card({("P1", 2025, 1): FULL, ("P2", 2025, 1): [2] * 7})
    units = scorecard.units_as_dicts(card, labels.load(language))
    assert [unit["employee"]["rating"] for unit in units if "employee" in unit] == words


def test_the_contract_of_a_unit_has_no_key_more() -> None:
    units = scorecard.units_as_dicts(_card({}), labels.load("en"))
    keys = {unit["unit_code"]: list(unit) for unit in units}
    fixed = ["unit_code", "score", "rating", "completeness", "perspectives", "kpis"]
    assert keys["BAP"] == keys["SUB"] == fixed
    assert keys["P1"] == [*fixed, "employee"]


def test_the_rating_of_the_unit_and_of_the_employee_stand_side_by_side() -> None:
    card = _card({("P1", 2025, 1): [1] * 7}, {"P1": 120.0})
    [unit] = scorecard.units_as_dicts(card, labels.load("en"), [1])
    assert (unit["rating"], unit["employee"]["rating"]) == ("Excellent", "Poor (misconduct)")


def test_a_data_set_chooses_the_numeric_scale_whatever_its_policy() -> None:
    judged: dict[tuple[str, int, int], list[Entry]] = {("P1", 2025, 1): [1] * 7}
    results = {"P1": 115.0, "P2": 115.0}
    card = _card(judged, results, new_idea="P2", employee_rating="pp30")
    assert [_of(card, code)["rating"] for code in ("P1", "P2", "P3")] == ["Good", "Excellent", "Good"]
    chosen = _card(judged, results, policy="pp30", employee_rating="matrix")
    assert [_of(chosen, code)["rating"] for code in ("P1", "P2")] == ["Poor (misconduct)", None]


def test_employees_do_not_count_in_the_score_of_their_unit() -> None:
    card = _card({}, {"P1": 10.0, "P2": 120.0, "SUB": 80.0})
    assert card.children_mean[0] == pytest.approx(80.0)


def test_who_works_in_a_unit() -> None:
    people = _card({}).employees
    assert {unit: people.under(place).code.tolist() for place, unit in enumerate(UNITS)} == {
        "BAP": ["P1", "P2"], "P1": [], "P2": [], "SUB": ["P3"], "P3": [],
    }  # fmt: skip


def test_the_nine_box_picture_counts_those_who_have_both_levels() -> None:
    card = _card({("P1", 2025, 1): FULL, ("P3", 2025, 1): [2] * 7}, {"P1": 101.0})
    assert card.employees.boxes().tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert card.employees.under(0).boxes().sum() == 1


def test_the_frame_has_a_row_per_employee() -> None:
    card = _card({("P1", 2025, 1): [*FULL[1:], None], ("P2", 2025, 1): FULL}, {"P2": 100.5})
    frame = card.employee_frame()
    assert frame["unit_code"].tolist() == ["P1", "P2", "P3"]
    assert frame["behaviour_judged"].tolist() == [6, 7, 0]
    assert frame["result_level"].tolist() == ["as_expected", "above", "as_expected"]
    assert frame["behaviour_level"].tolist() == ["", "above", ""]
    assert frame["rating"].tolist() == ["", "excellent", ""]
    np.testing.assert_array_equal([4.0, 4.0, math.nan], frame["behaviour_mean"])


def test_an_excerpt_of_a_unit_holds_how_its_employees_are_judged_without_their_scorecards() -> None:
    card = _card({("P2", 2025, 1): FULL})
    part = excerpt(card, [0])
    assert part.employees.code.tolist() == ["P1", "P2"]
    assert part.employees.unit.tolist() == [-1, -1]
    assert part.employees.under(0).rating.tolist() == card.employees.under(0).rating.tolist()
    assert [unit["unit_code"] for unit in scorecard.units_as_dicts(part, labels.load("id"))] == ["BAP"]
    assert repr(pickle.loads(pickle.dumps(part)).employees) == repr(part.employees)


def test_an_excerpt_of_an_employee_holds_that_employee() -> None:
    part = excerpt(_card({("P2", 2025, 1): FULL}), [2, 3])
    assert part.employees.code.tolist() == ["P2", "P3"]
    assert part.employees.unit.tolist() == [0, -1]
    assert part.employees.parent.tolist() == [-1, 1]
    assert [unit["employee"]["rating"] for unit in scorecard.units_as_dicts(part, labels.load("en"), [0])] == ["Good"]


def test_a_data_set_without_employees() -> None:
    tables, _ = validate(RawTables(sample.generate(3, 4)))
    assert tables is not None
    card = scorecard.score(tables)
    assert len(card.employees) == len(excerpt(card, [1]).employees) == 0
    assert card.employees.boxes().sum() == 0
    assert list(card.employee_frame()) == list(_card({}).employee_frame())


# What follows reads the rules one employee at a time, in plain Python, and knows nothing of arrays.

MATRIX = {
    ("above", "above"): "excellent", ("above", "as_expected"): "good", ("above", "below"): "misconduct",
    ("as_expected", "above"): "good", ("as_expected", "as_expected"): "good", ("as_expected", "below"): "misconduct",
    ("below", "above"): "needs_improvement", ("below", "as_expected"): "needs_improvement",
    ("below", "below"): "very_poor",
}  # fmt: skip


def _plain_rating(result: float | None, values: list[Entry], new_idea: bool, policy: Policy) -> str | None:
    if result is None:
        return None
    if policy.employee_rating == "pp30":
        bands = [(110, "excellent")] if new_idea else []
        bands += [(90, "good"), (70, "fair"), (50, "poor"), (0, "very_poor")]
        return next(name for lower, name in bands if result >= lower)
    given = [value for value in values if isinstance(value, (int, float)) and 1 <= value <= 5]
    if len(given) < len(values):
        return None
    mean = round(sum(given) / len(given), 11)
    return MATRIX[
        "above" if result > 100 else "as_expected" if result >= 90 else "below",
        "above" if mean >= 4 else "as_expected" if mean >= 3 else "below",
    ]


RESULTS = st.one_of(
    st.none(), st.sampled_from([50.0, 70.0, 90.0, 100.0, 110.0, 120.0]), st.integers(0, 480).map(lambda q: q / 4)
)
VALUES = st.integers(1, 5).map(float)
ENTRIES = st.lists(VALUES, min_size=7, max_size=7) | st.lists(
    VALUES | st.sampled_from([None, "x", 0, 6]), min_size=7, max_size=7
)


@settings(deadline=None)
@given(
    judged=st.dictionaries(st.tuples(st.sampled_from(["P1", "P2", "P3"]), st.just(2025), st.integers(1, 4)), ENTRIES),
    results=st.fixed_dictionaries(dict.fromkeys(["P1", "P2", "P3"], RESULTS)),
    period=st.integers(1, 4),
    new_idea=st.sampled_from(["", "P1", "P3"]),
    policy=st.sampled_from(policies.NAMES),
)
def test_every_rating_is_what_the_rules_read_one_by_one_give(
    judged: dict[tuple[str, int, int], list[Entry]],
    results: dict[str, float | None],
    period: int,
    new_idea: str,
    policy: str,
) -> None:
    card = _card(judged, results, period, new_idea, policy=policy)
    names = [*rating_names(card.policy), None]
    found = dict(zip(card.employees.code.tolist(), (names[each] for each in card.employees.rating), strict=True))
    for code, result in results.items():
        entered = [judged.get((code, 2025, each), [None] * 7) for each in range(period, 0, -1)]
        latest = next((values for values in entered if any(value is not None for value in values)), [None] * 7)
        assert found[code] == _plain_rating(result, latest, code == new_idea, card.policy)
    json.dumps(scorecard.units_as_dicts(card, labels.load("id")), allow_nan=False)


def test_each_level_is_found_among_generated_employees() -> None:
    tables, _ = validate(RawTables(sample.generate(200, 8, seed=3)))
    assert tables is not None
    people = scorecard.score(tables).employees
    assert len(people) == 40
    assert set(people.behaviour_level.tolist()) == {-1, *range(len(Expectation))}
    assert len(set(people.rating.tolist())) >= 4
