"""Periods become one target and one actual as domain.md, section 4, says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl.model import Cell, Consolidation
from bsc_xl.scoring.arrays import code
from bsc_xl.scoring.consolidation import Consolidated, consolidate

SUM, AVERAGE, LAST = Consolidation
BLANK, NA, ERROR = Cell.BLANK, Cell.NA, Cell.ERROR
NONE = math.nan
Written = float | Cell


def _arrays(rows: list[list[Written]]) -> tuple[np.ndarray, np.ndarray]:
    figures = [[math.nan if isinstance(cell, Cell) else cell for cell in row] for row in rows]
    states = [[cell if isinstance(cell, Cell) else Cell.NUMBER for cell in row] for row in rows]
    return np.array(figures, dtype=np.float64), np.array(states, dtype=np.int8)


def _consolidate(rows: list[tuple[Consolidation, list[Written], list[Written]]], period: int) -> Consolidated:
    target, target_state = _arrays([targets for _, targets, _ in rows])
    actual, actual_state = _arrays([actuals for _, _, actuals in rows])
    method = np.array([code(method) for method, _, _ in rows], dtype=np.int8)
    return consolidate(target, target_state, actual, actual_state, method, period)


def _one(method: Consolidation, targets: list[Written], actuals: list[Written], period: int) -> Consolidated:
    return _consolidate([(method, targets, actuals)], period)


@pytest.mark.parametrize(
    ("method", "targets", "actuals", "period", "target", "actual"),
    [
        pytest.param(SUM, [4, 5, 4, 5], [1, 2, 3, 4], 2, 9, 3, id="sum to Q2"),
        pytest.param(SUM, [4, 5, 4, 5], [1, 2, 3, 4], 4, 18, 10, id="sum of the year"),
        pytest.param(LAST, [25, 60, 75, 100], [1, 2, 3, 4], 3, 75, 3, id="last known to Q3"),
        pytest.param(AVERAGE, [10, 20, 30, 40], [1, 2, 6, 9], 3, 20, 3, id="average to Q3"),
        pytest.param(SUM, [10, 10, 10, 10], [9, BLANK, BLANK, BLANK], 2, 20, NONE, id="sum needs every actual"),
        pytest.param(AVERAGE, [10, 10], [9, BLANK], 2, 10, NONE, id="average needs every actual"),
        pytest.param(LAST, [25, 60], [BLANK, 50], 2, 60, 50, id="last needs the latest actual only"),
        pytest.param(LAST, [25, 60], [20, BLANK], 2, 60, NONE, id="last does not fall back to an earlier actual"),
        pytest.param(SUM, [4, BLANK, 6], [1, 7, 2], 3, 10, 3, id="an actual without a target is not scored"),
        pytest.param(AVERAGE, [4, BLANK, 6], [1, BLANK, 2], 3, 5, 1.5, id="average over the periods with a target"),
        pytest.param(LAST, [4, 6, BLANK], [1, 2, BLANK], 3, 6, 2, id="last takes the latest target"),
        pytest.param(SUM, [4, 5, 6], [1, NA, 2], 3, 10, 3, id="N/A as actual takes the period out"),
        pytest.param(SUM, [4, NA, 6], [1, 7, 2], 3, 10, 3, id="N/A as target takes the period out"),
        pytest.param(LAST, [4, 5], [1, NA], 2, 4, 1, id="N/A hands last to the period before"),
        pytest.param(LAST, [4, 5], [BLANK, NA], 2, 4, NONE, id="N/A hands last to a period not reported"),
        pytest.param(SUM, [0, 0], [0, 0], 2, 0, 0, id="0 is a number"),
        pytest.param(SUM, [BLANK, BLANK], [1, 2], 2, NONE, NONE, id="no target yet"),
        pytest.param(SUM, [4, ERROR], [1, ERROR], 1, 4, 1, id="later periods do not matter"),
        pytest.param(SUM, [4, ERROR], [1, 2], 2, NONE, NONE, id="an error in a target"),
        pytest.param(LAST, [4, 5], [ERROR, 2], 2, NONE, NONE, id="an error in an actual that last would skip"),
        pytest.param(SUM, [4, BLANK], [1, ERROR], 2, NONE, NONE, id="an error where no target stands"),
    ],
)
def test_target_and_actual_to_date(
    method: Consolidation, targets: list[Written], actuals: list[Written], period: int, target: float, actual: float
) -> None:
    done = _one(method, targets, actuals, period)
    np.testing.assert_array_equal([target, actual], [done.target[0], done.actual[0]])


@pytest.mark.parametrize("method", Consolidation)
@pytest.mark.parametrize(
    ("target", "actual", "flags"),
    [
        (4.0, 0.0, {"has_target"}),
        (0.0, 4.0, {"has_target"}),
        (4.0, BLANK, {"has_target", "incomplete"}),
        (4.0, NA, {"all_na"}),
        (4.0, ERROR, {"invalid"}),
        (BLANK, 4.0, set()),
        (BLANK, BLANK, set()),
        (BLANK, NA, {"all_na"}),
        (BLANK, ERROR, {"invalid"}),
        (NA, 4.0, {"all_na"}),
        (NA, BLANK, {"all_na"}),
        (NA, NA, {"all_na"}),
        (NA, ERROR, {"all_na", "invalid"}),
        (ERROR, 4.0, {"invalid"}),
        (ERROR, BLANK, {"invalid"}),
        (ERROR, NA, {"all_na", "invalid"}),
        (ERROR, ERROR, {"invalid"}),
    ],
)
def test_each_pair_of_states_means_something_else(
    method: Consolidation, target: Written, actual: Written, flags: set[str]
) -> None:
    done = _one(method, [target], [actual], 1)
    raised = {name for name in ("has_target", "incomplete", "invalid", "all_na") if getattr(done, name)[0]}
    assert flags == raised


def test_not_applicable_in_some_periods_only_is_not_all_na() -> None:
    assert not _one(SUM, [4, NA], [BLANK, BLANK], 2).all_na[0]


@pytest.mark.parametrize("period", [0, 3, -1])
def test_a_period_outside_the_year_is_refused(period: int) -> None:
    with pytest.raises(ValueError, match="period"):
        _one(SUM, [1, 2], [1, 2], period)


def test_a_sum_too_large_for_a_double_is_infinite() -> None:
    assert math.isinf(_one(SUM, [1e308, 1e308], [1, 1], 2).target[0])


def test_no_rows_give_no_rows() -> None:
    figures, states = np.empty((0, 4)), np.empty((0, 4), dtype=np.int8)
    assert consolidate(figures, states, figures, states, np.empty(0, dtype=np.int8), 4).target.shape == (0,)


CELLS = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([BLANK, NA, ERROR]))
ROWS = st.tuples(
    st.sampled_from(Consolidation), st.lists(CELLS, min_size=12, max_size=12), st.lists(CELLS, min_size=12, max_size=12)
)


@given(rows=st.lists(ROWS, min_size=1, max_size=8), period=st.integers(1, 12))
def test_a_row_does_not_depend_on_its_neighbours(
    rows: list[tuple[Consolidation, list[Written], list[Written]]], period: int
) -> None:
    whole = (SUM, [1.0] * 12, [1.0] * 12)  # makes the row with gaps share its call with one without
    together = _consolidate([*rows, whole], period)
    for place, row in enumerate(rows):
        alone = _consolidate([row], period)
        for name in Consolidated.__slots__:
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[place], err_msg=name)


@pytest.mark.parametrize("late", [0.1, BLANK])
def test_a_sum_is_the_same_to_the_last_bit_for_one_row_and_for_many(late: Written) -> None:
    figures = np.random.default_rng(7).random((50, 11)).tolist()
    rows: list[tuple[Consolidation, list[Written], list[Written]]] = [
        (SUM, [*row, late], [*row, 0.1]) for row in figures
    ]
    alone = [_consolidate([row], 12).target[0] for row in rows]
    np.testing.assert_array_equal(alone, _consolidate(rows, 12).target)


@given(row=ROWS, period=st.integers(1, 12), garbage=st.floats(allow_nan=True))
def test_only_the_state_decides_whether_a_figure_counts(
    row: tuple[Consolidation, list[Written], list[Written]], period: int, garbage: float
) -> None:
    method, targets, actuals = row
    target, target_state = _arrays([targets])
    actual, actual_state = _arrays([actuals])
    codes = np.array([code(method)], dtype=np.int8)
    clean = consolidate(target, target_state, actual, actual_state, codes, period)
    target[target_state != Cell.NUMBER] = garbage
    actual[actual_state != Cell.NUMBER] = garbage
    littered = consolidate(target, target_state, actual, actual_state, codes, period)
    np.testing.assert_array_equal(clean.target, littered.target)
    np.testing.assert_array_equal(clean.actual, littered.actual)


@given(row=ROWS, period=st.integers(1, 12))
def test_an_actual_comes_only_with_a_target_that_is_complete_and_valid(
    row: tuple[Consolidation, list[Written], list[Written]], period: int
) -> None:
    done = _consolidate([row], period)
    assert done.has_target[0] == (not np.isnan(done.target[0]))
    assert (done.has_target & ~done.incomplete)[0] == (not np.isnan(done.actual[0]))
    assert not (done.invalid & (done.has_target | done.incomplete))[0]
