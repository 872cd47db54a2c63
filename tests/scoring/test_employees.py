"""The rating of employees as domain.md, section 8, says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import policies
from bsc_xl.model import Behaviour, EmployeeRating, Expectation, Policy
from bsc_xl.scoring.arrays import code
from bsc_xl.scoring.employees import (
    behaviour_levels,
    behaviour_means,
    nine_box,
    rating_names,
    ratings,
    result_levels,
)
from bsc_xl.scoring.rating import NO_RATING

NKO, PP30 = policies.load("nko"), policies.load("pp30")
ABOVE, AS_EXPECTED, BELOW = Expectation
NONE = math.nan
VALUES = len(Behaviour)
RESULTS = {ABOVE: 100.01, AS_EXPECTED: 95.0, BELOW: 40.0}
MEANS = {ABOVE: 4.5, AS_EXPECTED: 3.5, BELOW: 2.0}

Values = list[float]


def _level(found: int) -> Expectation | None:
    return None if found == NO_RATING else [*Expectation][found]


def _result_level(result: float, policy: Policy = NKO) -> Expectation | None:
    return _level(result_levels(np.array([result]), policy)[0])


def _behaviour_level(values: Values, policy: Policy = NKO) -> Expectation | None:
    return _level(behaviour_levels(np.array([values]), policy)[0])


def _rating(result: float, values: Values, policy: Policy = NKO, *, new_idea: bool = False) -> str | None:
    levels = behaviour_levels(np.array([values]), policy)
    found = ratings(np.array([result]), levels, np.array([new_idea]), policy)[0]
    return None if found == NO_RATING else rating_names(policy)[found]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (120.0, ABOVE),
        (100.01, ABOVE),
        (100.0, AS_EXPECTED),
        (99.99, AS_EXPECTED),
        (90.0, AS_EXPECTED),
        (89.99, BELOW),
        (0.0, BELOW),
        (NONE, None),
    ],
)
def test_a_work_result_of_exactly_100_is_as_expected(result: float, expected: Expectation | None) -> None:
    assert expected == _result_level(result)


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (5.0, ABOVE),
        (4.0, ABOVE),
        (3.99, AS_EXPECTED),
        (3.0, AS_EXPECTED),
        (2.99, BELOW),
        (1.0, BELOW),
        (NONE, None),
    ],
)
def test_behaviour_by_its_mean(mean: float, expected: Expectation | None) -> None:
    assert expected == _behaviour_level([mean] * VALUES)


def test_the_mean_and_not_the_single_value_decides() -> None:
    assert _behaviour_level([5, 5, 5, 5, 5, 2, 1]) == ABOVE
    assert _behaviour_level([5, 5, 5, 5, 5, 1, 1]) == AS_EXPECTED
    assert _behaviour_level([5, 1, 1, 1, 1, 1, 1]) == BELOW


@pytest.mark.parametrize("missing", range(1, VALUES + 1))
def test_behaviour_that_is_not_judged_on_all_values_has_no_level(missing: int) -> None:
    assert _behaviour_level([NONE] * missing + [5.0] * (VALUES - missing)) is None


def test_the_mean_is_over_the_values_that_were_given() -> None:
    values = np.array([[5, NONE, 4, NONE, 3, NONE, NONE], [NONE] * VALUES, [2] * VALUES])
    np.testing.assert_array_equal([4.0, NONE, 2.0], behaviour_means(values))


@pytest.mark.parametrize(
    ("result", "behaviour", "expected"),
    [
        (ABOVE, BELOW, "misconduct"),
        (ABOVE, AS_EXPECTED, "good"),
        (ABOVE, ABOVE, "excellent"),
        (AS_EXPECTED, BELOW, "misconduct"),
        (AS_EXPECTED, AS_EXPECTED, "good"),
        (AS_EXPECTED, ABOVE, "good"),
        (BELOW, BELOW, "very_poor"),
        (BELOW, AS_EXPECTED, "needs_improvement"),
        (BELOW, ABOVE, "needs_improvement"),
    ],
)
def test_every_cell_of_the_matrix(result: Expectation, behaviour: Expectation, expected: str) -> None:
    assert expected == _rating(RESULTS[result], [MEANS[behaviour]] * VALUES)


@pytest.mark.parametrize(
    ("result", "mean", "expected"),
    [
        (100.0, 4.0, "good"),
        (100.01, 4.0, "excellent"),
        (100.01, 3.99, "good"),
        (90.0, 2.99, "misconduct"),
        (89.99, 2.99, "very_poor"),
        (89.99, 3.0, "needs_improvement"),
        (90.0, 3.0, "good"),
    ],
)
def test_the_matrix_at_its_bounds(result: float, mean: float, expected: str) -> None:
    assert expected == _rating(result, [mean] * VALUES)


@pytest.mark.parametrize(("result", "mean"), [(NONE, 4.0), (110.0, NONE), (NONE, NONE)])
def test_the_matrix_rates_nobody_without_both(result: float, mean: float) -> None:
    assert _rating(result, [mean] * VALUES, new_idea=True) is None


@pytest.mark.parametrize("new_idea", [True, False])
def test_a_new_idea_changes_nothing_in_the_matrix(new_idea: bool) -> None:
    assert _rating(115.0, [5.0] * VALUES, new_idea=new_idea) == "excellent"
    assert _rating(115.0, [3.0] * VALUES, new_idea=new_idea) == "good"


@pytest.mark.parametrize(
    ("result", "new_idea", "expected"),
    [
        (120.0, True, "excellent"),
        (110.0, True, "excellent"),
        (110.0, False, "good"),
        (109.99, True, "good"),
        (90.0, False, "good"),
        (89.99, True, "fair"),
        (70.0, False, "fair"),
        (69.99, False, "poor"),
        (50.0, False, "poor"),
        (49.99, False, "very_poor"),
        (0.0, True, "very_poor"),
        (NONE, True, None),
    ],
)
def test_every_bound_of_the_numeric_scale(result: float, new_idea: bool, expected: str | None) -> None:
    assert expected == _rating(result, [NONE] * VALUES, PP30, new_idea=new_idea)


def test_behaviour_is_never_converted_into_the_numeric_scale() -> None:
    assert {_rating(95.0, [mean] * VALUES, PP30) for mean in (1.0, 3.0, 5.0, NONE)} == {"good"}


def test_either_way_of_rating_goes_with_any_policy() -> None:
    crossed = replace(policies.load("lkjip"), employee_rating=EmployeeRating.PP30)
    assert _rating(95.0, [1.0] * VALUES, crossed) == "good"
    assert _rating(95.0, [1.0] * VALUES, replace(PP30, employee_rating=EmployeeRating.MATRIX)) == "misconduct"


@pytest.mark.parametrize("noise", [-1e-13, 1e-13])
def test_noise_in_the_last_bits_changes_no_level(noise: float) -> None:
    assert _result_level(100.0 + noise) == AS_EXPECTED
    assert _result_level(90.0 + noise) == AS_EXPECTED
    assert _behaviour_level([4.0 + noise] * VALUES) == ABOVE
    assert _behaviour_level([3.0 + noise] * VALUES) == AS_EXPECTED


def test_the_nine_boxes() -> None:
    levels = [(row, column) for row in Expectation for column in Expectation]
    result = np.array([*(code(row) for row, _ in levels), NO_RATING, 0], dtype=np.int8)
    behaviour = np.array([*(code(column) for _, column in levels), 0, NO_RATING], dtype=np.int8)
    assert nine_box(result, behaviour).tolist() == [*range(9), NO_RATING, NO_RATING]


judged = st.floats(1, 5) | st.just(NONE)
employees = st.lists(st.tuples(st.floats(0, 120) | st.just(NONE), st.lists(judged, min_size=7, max_size=7)), min_size=1)
either = st.sampled_from([NKO, PP30])


@given(employees=employees, policy=either, seed=st.integers(0, 9))
def test_an_employee_is_rated_alike_whoever_else_is(
    employees: list[tuple[float, Values]], policy: Policy, seed: int
) -> None:
    new_idea = np.arange(len(employees)) % 2 == seed % 2
    result, values = np.array([r for r, _ in employees]), np.array([v for _, v in employees])
    found = ratings(result, behaviour_levels(values, policy), new_idea, policy)
    alone = [_rating(r, v, policy, new_idea=idea) for (r, v), idea in zip(employees, new_idea.tolist(), strict=True)]
    assert alone == [None if each == NO_RATING else rating_names(policy)[each] for each in found]


@given(result=st.floats(0, 120), more=st.floats(0, 40), mean=st.floats(1, 5), policy=either, idea=st.booleans())
def test_a_better_result_never_lowers_the_rating(
    result: float, more: float, mean: float, policy: Policy, idea: bool
) -> None:
    order = rating_names(policy)
    lower, higher = (_rating(each, [mean] * VALUES, policy, new_idea=idea) for each in (result, result + more))
    assert lower is not None
    assert higher is not None
    assert order.index(higher) <= order.index(lower)


@given(result=st.floats(0, 120), mean=st.floats(1, 5), better=st.floats(0, 4))
def test_better_behaviour_never_lowers_the_rating(result: float, mean: float, better: float) -> None:
    lower, higher = (_rating(result, [each] * VALUES) for each in (mean, min(5.0, mean + better)))
    assert NKO.employees.ratings.index(str(higher)) <= NKO.employees.ratings.index(str(lower))


@given(values=st.lists(st.floats(1, 5), min_size=7, max_size=7), order=st.permutations(range(VALUES)))
def test_each_of_the_seven_values_counts_alike(values: Values, order: list[int]) -> None:
    assert _behaviour_level(values) == _behaviour_level([values[place] for place in order])
