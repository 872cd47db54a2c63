"""A scorecard is what domain.md, sections 4 to 7, makes of a data set, compared with a plain reading of those rules."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_xl import labels, policies, scorecard
from bsc_xl.errors import ChoiceError
from bsc_xl.model import (
    Behaviour,
    Cell,
    Consolidation,
    Level,
    Missing,
    Perspective,
    Polarity,
    Policy,
    Status,
    ZeroTarget,
)
from bsc_xl.tables.columns import Settings, Tables

BLANK, NA, ERROR = Cell.BLANK, Cell.NA, Cell.ERROR
NONE = math.nan
Written = float | Cell
Row = tuple[int, int, list[Written], list[Written]]
"""Position of the unit, position of the KPI, targets, actuals."""

KPI = {
    "perspective": "financial",
    "polarity": "maximize",
    "consolidation": "sum",
    "weight": 50.0,
    "worst": NONE,
    "green_from": NONE,
    "yellow_from": NONE,
    "ceiling": False,
}
UNIT = {"parent": -1, "level": "unit", "weight": 1.0, "new_idea": False}


def _figures(cells: list[list[Written]], periods: int) -> tuple[np.ndarray, np.ndarray]:
    figures = [[NONE if isinstance(cell, Cell) else cell for cell in row] for row in cells]
    states = [[cell if isinstance(cell, Cell) else Cell.NUMBER for cell in row] for row in cells]
    return (
        np.array(figures, dtype=np.float64).reshape(-1, periods),
        np.array(states, dtype=np.int8).reshape(-1, periods),
    )


def _tables(
    kpis: list[dict[str, Any]], rows: list[Row], units: list[dict[str, Any]] | None = None, **changes: Any
) -> Tables:
    """A validated data set; what a KPI or unit does not say is that of `KPI` or `UNIT`."""
    periods = len(rows[0][2]) if rows else 4
    target, target_state = _figures([targets for _, _, targets, _ in rows], periods)
    actual, actual_state = _figures([actuals for _, _, _, actuals in rows], periods)
    units = [{}] if units is None else units
    return Tables(
        settings=Settings(**{"year": 2024, "period": periods, "periods": periods, **changes}),
        units=pd.DataFrame(
            [{"unit_code": f"U{i}", "unit_name": f"Unit {i}", **UNIT, **u} for i, u in enumerate(units)]
        ),
        kpis=pd.DataFrame([{"kpi_code": f"K{i}", "kpi_name": f"KPI {i}"} | KPI | k for i, k in enumerate(kpis)]),
        unit=np.array([unit for unit, _, _, _ in rows], dtype=np.int64),
        kpi=np.array([kpi for _, kpi, _, _ in rows], dtype=np.int64),
        target=target,
        target_state=target_state,
        actual=actual,
        actual_state=actual_state,
        evidence=np.full(target.shape, "", dtype=object),
        note=np.full(target.shape, "", dtype=object),
        measurements=pd.DataFrame(),
        links=pd.DataFrame({"cause": [], "effect": []}),
    )


def _bureau(punctuality: float) -> Tables:
    """The case of domain.md, section 1, in one period."""
    actuals = [96.13, 90.0, 90.0, 99.44, punctuality, 99.59, 98.28, 40.0]
    names = [*Perspective]
    places = [0, 1, 1, 2, 2, 2, 3, 3]
    kpis = [{"perspective": names[place].value, "weight": 100 / places.count(place)} for place in places]
    return _tables(kpis, [(0, i, [100.0], [actual]) for i, actual in enumerate(actuals)], [{"unit_code": "BAP"}])


@pytest.mark.parametrize(
    ("punctuality", "perspectives", "total"),
    [(98.0, [96.13, 90.00, 99.01, 69.14], 88.57), (100.0, [96.13, 90.00, 99.68, 69.14], 88.74)],
)
def test_the_figures_of_the_bureau(punctuality: float, perspectives: list[float], total: float) -> None:
    card = scorecard.score(_bureau(punctuality))
    assert perspectives == [round(score, 2) for score in card.perspective_score[0].tolist()]
    assert total == round(float(card.score[0]), 2)


def test_the_json_form_is_the_fixed_contract() -> None:
    kpis = [{"perspective": "financial"}, {"perspective": "customer"}, {"perspective": "customer"}]
    rows: list[Row] = [(0, 0, [100.0], [96.0]), (0, 1, [0.0], [5.0]), (0, 2, [4.0], [BLANK])]
    weights = dict(zip(Perspective, [40.0, 30.0, 20.0, 10.0], strict=True))
    [unit] = scorecard.units_as_dicts(scorecard.score(_tables(kpis, rows, weights=weights)), labels.load("id"))
    none = {"score": None, "scored": 0, "total": 0}
    assert unit == {
        "unit_code": "U0",
        "score": 96.0,
        "rating": "Cukup",
        "completeness": {"scored": 1, "total": 3},
        "perspectives": {
            "financial": {"score": 96.0, "weight": 40.0, "scored": 1, "total": 1},
            "customer": {"score": None, "weight": 30.0, "scored": 0, "total": 2},
            "internal_process": {**none, "weight": 20.0},
            "learning_growth": {**none, "weight": 10.0},
        },
        "kpis": {
            "K0": {"target": 100.0, "actual": 96.0, "achievement": 0.96, "index": 96.0, "status": "yellow"},
            "K1": {"target": 0.0, "actual": 5.0, "achievement": None, "index": None, "status": "no_data"},
            "K2": {"target": 4.0, "actual": None, "achievement": None, "index": None, "status": "no_data"},
        },
    }


def test_the_json_form_speaks_the_language_of_the_labels_it_is_given() -> None:
    card = scorecard.score(_bureau(98.0))
    words = [scorecard.units_as_dicts(card, labels.load(language))[0]["rating"] for language in ("id", "en")]
    assert words == ["Kurang", "Poor"]


def test_a_unit_without_a_score_has_no_rating() -> None:
    card = scorecard.score(_tables([{}], [(0, 0, [BLANK], [BLANK])]))
    [unit] = scorecard.units_as_dicts(card, labels.load("en"))
    assert (unit["score"], unit["rating"]) == (None, None)


def test_units_are_shown_as_asked_for() -> None:
    card = scorecard.score(_tables([{}], [(2, 0, [1.0], [1.0]), (0, 0, [1.0], [0.0])], [{}, {}, {}]))
    shown = scorecard.units_as_dicts(card, labels.load("en"), units=[2, 1])
    assert [(unit["unit_code"], unit["score"], len(unit["kpis"])) for unit in shown] == [
        ("U2", 100.0, 1),
        ("U1", None, 0),
    ]


@pytest.mark.parametrize(
    ("missing", "actual", "index", "status", "score", "scored", "total"),
    [
        ("redistribute", 0.0, 0.0, "red", 50.0, 2, 2),
        ("redistribute", BLANK, None, "no_data", 100.0, 1, 2),
        ("redistribute", NA, None, "no_data", 100.0, 1, 1),
        ("redistribute", ERROR, None, "no_data", 100.0, 1, 2),
        ("zero", 0.0, 0.0, "red", 50.0, 2, 2),
        ("zero", BLANK, None, "no_data", 50.0, 1, 2),
        ("zero", NA, None, "no_data", 100.0, 1, 1),
        ("zero", ERROR, None, "no_data", 100.0, 1, 2),
    ],
)
def test_the_four_states_of_an_actual_are_four_outcomes(
    missing: str, actual: Written, index: float | None, status: str, score: float, scored: int, total: int
) -> None:
    tables = _tables([{}, {}], [(0, 0, [5.0], [5.0]), (0, 1, [5.0], [actual])], overrides={"missing": missing})
    [unit] = scorecard.units_as_dicts(scorecard.score(tables), labels.load("en"))
    assert (unit["kpis"]["K1"]["index"], unit["kpis"]["K1"]["status"]) == (index, status)
    assert (unit["score"], unit["completeness"]) == (score, {"scored": scored, "total": total})


def test_a_kpi_counted_as_missing_has_weight_and_a_weighted_score_of_0_but_no_index() -> None:
    rows: list[Row] = [(0, 0, [5.0], [5.0]), (0, 1, [5.0], [BLANK]), (0, 2, [BLANK], [BLANK])]
    card = scorecard.score(_tables([{}, {}, {}], rows, overrides={"missing": "zero"}))
    np.testing.assert_array_equal([100.0, NONE, NONE], card.index)
    np.testing.assert_array_equal([50.0, 50.0, 0.0], card.counted_weight)
    np.testing.assert_array_equal([50.0, 0.0, NONE], card.weighted_score)


def test_an_unscored_kpi_is_never_counted_as_missing() -> None:
    rows: list[Row] = [(0, 0, [5.0], [5.0]), (0, 1, [5.0], [BLANK])]
    card = scorecard.score(_tables([{}, {"polarity": "unscored"}], rows, overrides={"missing": "zero"}))
    assert card.score[0] == 100.0


def test_unscored_kpis_are_shown_and_left_out_of_every_count() -> None:
    card = scorecard.score(_tables([{}, {"polarity": "unscored"}], [(0, 0, [4.0], [2.0]), (0, 1, [4.0], [9.0])]))
    assert (card.actual[1], card.score[0], card.total_count[0]) == (9.0, 50.0, 1)
    assert math.isnan(card.achievement[1])


def test_a_period_can_be_chosen() -> None:
    tables = _tables([{}], [(0, 0, [10.0, 10.0], [5.0, 15.0])])
    assert [scorecard.score(tables, period).score[0] for period in (1, 2, None)] == [50.0, 100.0, 100.0]


@pytest.mark.parametrize("period", [0, 3])
def test_a_period_that_the_year_does_not_have_is_refused(period: int) -> None:
    with pytest.raises(ChoiceError, match="period"):
        scorecard.score(_tables([{}], [(0, 0, [10.0, 10.0], [5.0, 15.0])]), period)


def test_the_policy_and_its_overrides_are_those_of_the_settings() -> None:
    rows: list[Row] = [(0, 0, [10.0], [15.0])]
    tables = _tables([{}], rows, policy="lkjip", overrides={"cap": 110.0, "rating": "pp30"})
    card = scorecard.score(tables)
    assert (card.score[0], card.policy.name, card.policy.rating) == (110.0, "lkjip", "pp30")


def test_a_new_idea_on_record_opens_the_highest_rating() -> None:
    units: list[dict[str, Any]] = [{"new_idea": False}, {"new_idea": True}]
    card = scorecard.score(_tables([{}], [(u, 0, [10.0], [15.0]) for u in (0, 1)], units, policy="pp30"))
    assert [card.policy.rating_bands[position].name for position in card.rating] == ["good", "excellent"]


def test_a_parent_has_the_mean_of_its_children_beside_its_own_score() -> None:
    units: list[dict[str, Any]] = [{}, {"parent": 0, "weight": 3.0}, {"parent": 0}, {"parent": 0, "level": "employee"}]
    rows: list[Row] = [(unit, 0, [100.0], [actual]) for unit, actual in enumerate([50.0, 100.0, 60.0, 0.0])]
    card = scorecard.score(_tables([{}], rows, units))
    np.testing.assert_array_equal([50.0, 100.0, 60.0, 0.0], card.score)
    np.testing.assert_array_equal([90.0, NONE, NONE, NONE], card.children_mean)


def test_a_data_set_without_rows_has_units_without_scores() -> None:
    card = scorecard.score(_tables([{}], [], [{}, {}]))
    assert np.isnan(card.score).all()
    assert card.total_count.tolist() == [0, 0]


def test_the_kpi_frame_has_a_row_per_unit_and_kpi() -> None:
    frame = scorecard.score(_tables([{}, {}], [(0, 1, [4.0], [3.0]), (1, 0, [4.0], [NA])], [{}, {}])).kpi_frame()
    assert frame["unit_code"].tolist() == ["U0", "U1"]
    assert frame["kpi_code"].tolist() == ["K1", "K0"]
    assert frame["status"].tolist() == ["red", "no_data"]
    assert frame["applicable"].tolist() == [True, False]


def test_the_unit_frame_has_a_row_per_unit() -> None:
    frame = scorecard.score(_tables([{}], [(0, 0, [4.0], [4.0])], [{}, {}])).unit_frame()
    assert frame["rating"].tolist() == ["good", ""]
    assert frame["status"].tolist() == ["green", "no_data"]
    assert frame["scored"].tolist() == [1, 0]
    np.testing.assert_array_equal([100.0, NONE], frame["financial"])


# What follows reads the rules one KPI at a time, in plain Python, and knows nothing of arrays.


def _plain_to_date(kpi: dict[str, Any], targets: list[Written], actuals: list[Written]) -> dict[str, Any]:
    pairs = list(zip(targets, actuals, strict=True))
    # By identity: a state is an integer, and 2 in a cell is a number, not N/A.
    all_na = all(t is NA or a is NA for t, a in pairs)
    if any(t is ERROR or a is ERROR for t, a in pairs):
        return {"target": None, "actual": None, "missing": False, "all_na": all_na}
    counting = [(t, a) for t, a in pairs if not isinstance(t, Cell) and a is not NA]
    if not counting:
        return {"target": None, "actual": None, "missing": False, "all_na": all_na}
    if kpi["consolidation"] == "last":
        counting = counting[-1:]
    divisor = len(counting) if kpi["consolidation"] == "average" else 1
    missing = any(a is BLANK for _, a in counting)
    actual = None if missing else sum(a for _, a in counting) / divisor
    return {"target": sum(t for t, _ in counting) / divisor, "actual": actual, "missing": missing, "all_na": all_na}


def _plain_achievement(kpi: dict[str, Any], target: float, actual: float, policy: Policy) -> float | None:
    match kpi["polarity"]:
        case "unscored":
            return None
        case "binary":
            return 1.0 if actual >= target - 1e-14 * max(1.0, abs(target)) else 0.0
        case "minimize" if target == 0 and not math.isnan(kpi["worst"]):
            return (kpi["worst"] - actual) / kpi["worst"] if kpi["worst"] else None
        case "minimize" if target == 0:
            passed = 1.0 if actual <= 1e-14 else 0.0
            return passed if policy.zero_target is ZeroTarget.PASS_FAIL else None
        case _ if target == 0:
            return None
        case "stabilize":
            closeness = 1 - abs(actual - target) / abs(target)
            points = policy.stabilize
            if closeness <= points[0][0]:
                return points[0][1]
            for (x0, y0), (x1, y1) in pairwise(points):
                if closeness <= x1:
                    return y0 + (y1 - y0) * (closeness - x0) / (x1 - x0)
            return points[-1][1]
        case polarity:
            direction = 1 if polarity == "maximize" else -1
            return 1 + direction * (actual - target) / abs(target)


def _plain_band(value: float, bounds: list[tuple[float, str]]) -> str:
    for lower, name in bounds:
        if round(value, 11) >= lower:
            return name
    return bounds[-1][1]


def _plain_mean(pairs: list[tuple[float, float]]) -> float | None:
    total = sum(weight for weight, _ in pairs)
    return sum(weight * value for weight, value in pairs) / total if total else None


def _plain_kpi(kpi: dict[str, Any], targets: list[Written], actuals: list[Written], policy: Policy) -> dict[str, Any]:
    found = _plain_to_date(kpi, targets, actuals)
    achievement = None
    if found["actual"] is not None:
        achievement = _plain_achievement(kpi, found["target"], found["actual"], policy)
    index, status = None, "no_data"
    if achievement is not None:
        index = min(max(100 * achievement, policy.floor), policy.cap)
        if kpi["ceiling"] and kpi["polarity"] in ("maximize", "minimize") and achievement >= 1 - 1e-14:
            index = policy.cap
        own = {"green": kpi["green_from"], "yellow": kpi["yellow_from"], "red": NONE}
        bounds = [(b.lower if math.isnan(own[b.name]) else own[b.name], b.name) for b in policy.status]
        status = _plain_band(index, bounds)
    return {**found, "achievement": achievement, "index": index, "status": status}


def _plain_employee(score: float | None, unit: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Nobody has judged the behaviour; tests of employees do."""
    level = rating = None
    if score is not None:
        level = "above" if round(score, 11) > 100 else _plain_band(score, [(90, "as_expected"), (0, "below")])
        bands = [(110, "Excellent")] if unit["new_idea"] else []
        bands += [(90, "Good"), (70, "Fair"), (50, "Poor"), (0, "Very poor")]
        rating = _plain_band(score, bands) if policy.name == "pp30" else None
    return {
        "result": score,
        "result_level": level,
        "behaviour": dict.fromkeys(map(str, Behaviour)),
        "behaviour_mean": None,
        "behaviour_judged": 0,
        "behaviour_level": None,
        "rating": rating,
    }


def _plain_units(
    kpis: list[dict[str, Any]], units: list[dict[str, Any]], rows: list[Row], weights: list[float], policy: Policy
) -> list[dict[str, Any]]:
    results = []
    for place, unit in enumerate(units):
        mine = [(kpis[k], f"K{k}", _plain_kpi(kpis[k], t, a, policy)) for u, k, t, a in rows if u == place]
        perspectives = {}
        for perspective, weight in zip(Perspective, weights, strict=True):
            here = [(kpi, result) for kpi, _, result in mine if kpi["perspective"] == perspective.value]
            counted = [(kpi["weight"], result["index"]) for kpi, result in here if result["index"] is not None]
            if policy.missing is Missing.ZERO:
                counted += [(k["weight"], 0.0) for k, r in here if r["missing"] and k["polarity"] != "unscored"]
            perspectives[perspective.value] = {
                "score": _plain_mean([(w, index) for w, index in counted if not math.isnan(w)]),
                "weight": weight,
                "scored": sum(result["index"] is not None for _, result in here),
                "total": sum(kpi["polarity"] != "unscored" and not result["all_na"] for kpi, result in here),
            }
        score = _plain_mean([(p["weight"], p["score"]) for p in perspectives.values() if p["score"] is not None])
        bands = [(b.lower, b.name) for b in policy.rating_bands if unit["new_idea"] or not b.needs_new_idea]
        shown = ("target", "actual", "achievement", "index", "status")
        results.append(
            {
                "unit_code": f"U{place}",
                "score": score,
                "rating": None
                if score is None
                else labels.load("en")(f"rating.{policy.rating}.{_plain_band(score, bands)}"),
                "completeness": {count: sum(p[count] for p in perspectives.values()) for count in ("scored", "total")},
                "perspectives": perspectives,
                "kpis": {code: {name: result[name] for name in shown} for _, code, result in mine},
            }
            | ({"employee": _plain_employee(score, unit, policy)} if unit["level"] == "employee" else {})
        )
    return results


def _same(expected: Any, found: Any, path: str = "") -> None:
    """Same structure and words; numbers equal but for the last bits."""
    if isinstance(expected, dict):
        assert expected.keys() == found.keys(), path
        for key, value in expected.items():
            _same(value, found[key], f"{path}.{key}")
    elif isinstance(expected, float) and isinstance(found, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9), path
    else:
        assert expected == found, path


BOUND = st.one_of(st.just(NONE), st.integers(0, 120).map(float))
KPIS = st.fixed_dictionaries(
    {
        "perspective": st.sampled_from(Perspective).map(lambda member: member.value),
        "polarity": st.sampled_from(Polarity).map(lambda member: member.value),
        "consolidation": st.sampled_from(Consolidation).map(lambda member: member.value),
        "weight": st.sampled_from([NONE, 0.0, 10.0, 25.0, 33.33]),
        "worst": st.sampled_from([NONE, NONE, 0.0, 10.0]),
        "green_from": BOUND,
        "yellow_from": BOUND,
        "ceiling": st.booleans(),
    }
)
UNITS = st.fixed_dictionaries(
    {
        "parent": st.just(-1),
        "level": st.sampled_from(Level).map(lambda member: member.value),
        "weight": st.floats(0.5, 4),
        "new_idea": st.booleans(),
    }
)
# Quarters add up without rounding, so that both readings fall on the same side of every bound.
NUMBERS = st.integers(-40, 80).map(lambda quarters: quarters / 4)
CELLS = st.one_of(NUMBERS, NUMBERS, NUMBERS, st.just(0.0), st.just(BLANK), st.just(NA), st.just(ERROR))
POLICIES = st.fixed_dictionaries(
    {"floor": st.sampled_from([0.0, 10.0]), "cap": st.sampled_from([100.0, 120.0])}
    | {"zero_target": st.sampled_from(ZeroTarget), "missing": st.sampled_from(Missing)}
)


def _rows(units: int, kpis: int, periods: int) -> st.SearchStrategy[list[Row]]:
    """Figures of every KPI of every unit."""
    year = st.lists(CELLS, min_size=periods, max_size=periods)
    return st.tuples(*(st.tuples(st.just(u), st.just(k), year, year) for u in range(units) for k in range(kpis))).map(
        list
    )


@settings(deadline=None)
@given(data=st.data())
def test_every_figure_is_what_the_rules_read_one_by_one_give(data: st.DataObject) -> None:
    kpis = data.draw(st.lists(KPIS, min_size=1, max_size=6))
    units = data.draw(st.lists(UNITS, min_size=1, max_size=3))
    periods = data.draw(st.sampled_from([1, 2, 4]))
    period = data.draw(st.integers(1, periods))
    rows = data.draw(_rows(len(units), len(kpis), periods))
    weights = data.draw(st.lists(st.sampled_from([0.0, 20.0, 25.0, 40.0]), min_size=4, max_size=4))
    name, overrides = data.draw(st.sampled_from(policies.NAMES)), data.draw(POLICIES)

    tables = _tables(
        kpis, rows, units, policy=name, overrides=overrides, weights=dict(zip(Perspective, weights, strict=True))
    )
    found = scorecard.units_as_dicts(scorecard.score(tables, period), labels.load("en"))
    to_date: list[Row] = [(u, k, targets[:period], actuals[:period]) for u, k, targets, actuals in rows]
    policy = policies.with_overrides(policies.load(name), overrides)
    for expected, unit in zip(_plain_units(kpis, units, to_date, weights, policy), found, strict=True):
        _same(expected, unit)
    json.dumps(found, allow_nan=False)


@settings(deadline=None)
@given(data=st.data())
def test_row_order_and_the_size_of_blocks_change_nothing(data: st.DataObject) -> None:
    kpis = data.draw(st.lists(KPIS, min_size=1, max_size=6))
    rows = data.draw(_rows(2, len(kpis), 2))
    order = data.draw(st.permutations(range(len(rows))))
    card = scorecard.score(_tables(kpis, rows, [{}, {}]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorecard, "_BLOCK", 3)
        shuffled = scorecard.score(_tables(kpis, [rows[place] for place in order], [{}, {}]))
    for name in ("target", "actual", "achievement", "index", "status", "invalid", "incomplete", "counted_weight"):
        np.testing.assert_array_equal(getattr(card, name)[list(order)], getattr(shuffled, name), err_msg=name)
    np.testing.assert_allclose(card.perspective_score, shuffled.perspective_score, rtol=1e-12)
    np.testing.assert_array_equal(card.total_count, shuffled.total_count)


@settings(deadline=None)
@given(data=st.data())
def test_weighted_scores_add_up_to_the_score_of_their_perspective(data: st.DataObject) -> None:
    kpis = data.draw(st.lists(KPIS, min_size=1, max_size=6))
    rows = data.draw(_rows(1, len(kpis), 1))
    card = scorecard.score(_tables(kpis, rows, overrides=data.draw(POLICIES)))
    for place, perspective in enumerate(Perspective):
        parts = card.weighted_score[[kpi["perspective"] == perspective.value for kpi in kpis]]
        assert np.nansum(parts) == pytest.approx(np.nan_to_num(card.perspective_score[0, place]))


@settings(deadline=None)
@given(actual=CELLS)
def test_every_status_of_a_kpi_has_an_index_except_no_data(actual: Written) -> None:
    card = scorecard.score(_tables([{}], [(0, 0, [4.0], [actual])]))
    assert (card.status[0] == [*Status].index(Status.NO_DATA)) == math.isnan(card.index[0])
    assert card.scored[0] != math.isnan(card.index[0])


def test_a_scorecard_cannot_be_changed_by_assignment() -> None:
    card = scorecard.score(_bureau(98.0))
    with pytest.raises(AttributeError):
        card.period = 2  # type: ignore[misc]
    assert replace(card, period=2).period == 2
