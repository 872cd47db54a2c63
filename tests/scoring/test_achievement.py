"""Achievement and index as domain.md, section 5, says, with its test vectors of section 10."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bsc_xl import policies
from bsc_xl.model import Polarity, Policy, ZeroTarget
from bsc_xl.scoring.achievement import achievement, index
from bsc_xl.scoring.arrays import code

MAXIMIZE, MINIMIZE, STABILIZE, BINARY, UNSCORED = Polarity
SCORED = (MAXIMIZE, MINIMIZE, STABILIZE, BINARY)
POLICY = policies.load()
EXCLUDE = replace(POLICY, zero_target=ZeroTarget.EXCLUDE)
NONE = math.nan


def _achievement(
    polarity: Polarity, actual: float, target: float, worst: float | None = None, policy: Policy = POLICY
) -> float:
    limits = None if worst is None else np.array([worst])
    codes = np.array([code(polarity)], dtype=np.int8)
    return float(achievement(np.array([target]), np.array([actual]), codes, limits, policy)[0])


def _index(
    polarity: Polarity,
    actual: float,
    target: float,
    worst: float | None = None,
    policy: Policy = POLICY,
    *,
    ceiling: bool | None = None,
) -> float:
    ratio = np.array([_achievement(polarity, actual, target, worst, policy)])
    flags = None if ceiling is None else np.array([ceiling])
    return float(index(ratio, np.array([code(polarity)], dtype=np.int8), flags, policy)[0])


@pytest.mark.parametrize(
    ("polarity", "actual", "target", "expected"),
    [
        pytest.param(MAXIMIZE, 4.56, 4.39, 103.872, id="maximize"),
        pytest.param(MAXIMIZE, 150, 100, 120, id="maximize, cap"),
        pytest.param(MAXIMIZE, -11, -10, 90, id="maximize, negative target"),
        pytest.param(MAXIMIZE, 3, -2, 120, id="maximize, negative target, cap"),
        pytest.param(MAXIMIZE, 92, 90, 102.222, id="maximize, printed elsewhere as 113"),
        pytest.param(MAXIMIZE, -5, 10, 0, id="maximize, floor"),
        pytest.param(MINIMIZE, 9, 8, 87.5, id="minimize"),
        pytest.param(MINIMIZE, 6.5, 7, 107.143, id="minimize, better"),
        pytest.param(MINIMIZE, 21, 10, 0, id="minimize, floor"),
        pytest.param(MINIMIZE, 0, 10, 120, id="minimize, cap"),
        pytest.param(MINIMIZE, 0, 0, 100, id="minimize, target 0, met"),
        pytest.param(MINIMIZE, 1, 0, 0, id="minimize, target 0, missed"),
        pytest.param(MINIMIZE, -1, 0, 100, id="minimize, target 0, more than met"),
        pytest.param(STABILIZE, 96, 100, 112, id="stabilize 96"),
        pytest.param(STABILIZE, 102, 100, 116, id="stabilize 102"),
        pytest.param(STABILIZE, 110, 100, 100, id="stabilize 110"),
        pytest.param(STABILIZE, 80, 100, 88.889, id="stabilize 80"),
        pytest.param(STABILIZE, 101, 100, 118, id="stabilize 101, printed elsewhere as 116"),
        pytest.param(STABILIZE, 100, 100, 120, id="stabilize, on target"),
        pytest.param(STABILIZE, -96, -100, 112, id="stabilize, negative target"),
        pytest.param(STABILIZE, 300, 100, 0, id="stabilize, below the first point"),
        pytest.param(BINARY, 1, 1, 100, id="binary, yes"),
        pytest.param(BINARY, 0, 1, 0, id="binary, no"),
        pytest.param(BINARY, 2, 1, 100, id="binary, more than yes"),
        pytest.param(BINARY, 0, 0, 100, id="binary, target 0"),
        pytest.param(BINARY, -2, -1, 0, id="binary, negative target"),
    ],
)
def test_index_of_the_vectors(polarity: Polarity, actual: float, target: float, expected: float) -> None:
    assert expected == round(_index(polarity, actual, target), 3)


@pytest.mark.parametrize(
    ("polarity", "actual", "target", "expected"),
    [
        pytest.param(MAXIMIZE, 150, 100, 1.5, id="above the cap"),
        pytest.param(MAXIMIZE, 3, -2, 3.5, id="maximize, negative target"),
        pytest.param(MINIMIZE, -2, -1, 2.0, id="minimize, negative target"),
        pytest.param(MINIMIZE, 21, 10, -0.1, id="below the floor"),
        pytest.param(MAXIMIZE, 0, 10, 0.0, id="an actual of 0"),
    ],
)
def test_achievement_is_not_capped(polarity: Polarity, actual: float, target: float, expected: float) -> None:
    assert expected == pytest.approx(_achievement(polarity, actual, target), abs=1e-12)


@pytest.mark.parametrize(
    ("actual", "worst", "policy", "expected"),
    [
        pytest.param(4, 10, POLICY, 0.6, id="on the way to the worst value"),
        pytest.param(4, 10, EXCLUDE, 0.6, id="a worst value comes before the policy"),
        pytest.param(12, 10, POLICY, -0.2, id="beyond the worst value"),
        pytest.param(0, 10, POLICY, 1.0, id="met"),
        pytest.param(0, 0, POLICY, NONE, id="worst 0 is not computable"),
        pytest.param(1, 0, POLICY, NONE, id="worst 0 is not computable, missed"),
        pytest.param(0, NONE, POLICY, 1.0, id="no worst value here, met"),
        pytest.param(4, NONE, POLICY, 0.0, id="no worst value here, missed"),
        pytest.param(0, None, EXCLUDE, NONE, id="excluded"),
        pytest.param(NONE, None, POLICY, NONE, id="no actual"),
        pytest.param(NONE, 10, POLICY, NONE, id="no actual, worst value given"),
    ],
)
def test_minimize_with_target_0(actual: float, worst: float | None, policy: Policy, expected: float) -> None:
    assert expected == pytest.approx(_achievement(MINIMIZE, actual, 0.0, worst, policy), nan_ok=True)


def test_the_worst_value_matters_only_with_target_0() -> None:
    assert _achievement(MINIMIZE, 9, 8) == _achievement(MINIMIZE, 9, 8, worst=10.0)


@pytest.mark.parametrize("actual", [0.0, 5.0, -5.0])
@pytest.mark.parametrize("polarity", [MAXIMIZE, STABILIZE])
def test_target_0_is_not_computable(polarity: Polarity, actual: float) -> None:
    assert math.isnan(_achievement(polarity, actual, 0.0))


@pytest.mark.parametrize(("actual", "target"), [(1.0, 1.0), (0.0, 0.0), (-1.0, -2.0)])
def test_unscored_is_never_scored(actual: float, target: float) -> None:
    assert math.isnan(_index(UNSCORED, actual, target))


@pytest.mark.parametrize("polarity", Polarity)
@pytest.mark.parametrize(("actual", "target"), [(NONE, 1.0), (1.0, NONE), (NONE, NONE), (NONE, 0.0), (NONE, -1.0)])
def test_without_target_or_actual_there_is_no_index(polarity: Polarity, actual: float, target: float) -> None:
    assert math.isnan(_index(polarity, actual, target, ceiling=True))


def test_a_result_too_large_for_a_double_is_no_result() -> None:
    assert math.isnan(_achievement(MAXIMIZE, 1e308, 1e-10))


def test_the_largest_achievement_has_an_index() -> None:
    assert _index(MAXIMIZE, 1.7e308, 1.0) == 120.0


@pytest.mark.parametrize(
    ("polarity", "actual", "target", "expected"),
    [
        pytest.param(MAXIMIZE, 4, 4, 120, id="met"),
        pytest.param(MAXIMIZE, 3, 4, 75, id="missed"),
        pytest.param(MINIMIZE, 4, 4, 120, id="minimize, met"),
        pytest.param(MINIMIZE, 0, 0, 120, id="minimize, target 0, met"),
        pytest.param(MAXIMIZE, 0.3, 0.1 + 0.2, 120, id="met but for noise"),
        pytest.param(MAXIMIZE, 9_999_999_996.0, 1e10, 99.99999996, id="missed by little"),
        pytest.param(BINARY, 1, 1, 100, id="has no meaning for binary"),
        pytest.param(STABILIZE, 96, 100, 112, id="has no meaning for stabilize"),
        pytest.param(UNSCORED, 4, 4, NONE, id="unscored stays unscored"),
    ],
)
def test_a_target_that_cannot_be_exceeded(polarity: Polarity, actual: float, target: float, expected: float) -> None:
    assert expected == pytest.approx(_index(polarity, actual, target, ceiling=True), nan_ok=True)


@pytest.mark.parametrize("target", [1e9, 5e9, 1e12, 1e13])
def test_a_target_that_is_missed_by_one_is_missed_however_large_it_is(target: float) -> None:
    assert _achievement(BINARY, target - 1, target) == 0.0
    assert _index(MAXIMIZE, target - 1, target, ceiling=True) < 100


@pytest.mark.parametrize("noise", [1e-16, -1e-16, 2e-15, -2e-15])
def test_noise_in_the_last_bits_does_not_decide(noise: float) -> None:
    assert _achievement(BINARY, 0.3 + noise, 0.3) == 1.0
    assert _achievement(BINARY, 1e9 * (1 + noise), 1e9) == 1.0
    assert _achievement(MINIMIZE, noise, 0.0) == 1.0


def test_a_difference_that_a_person_can_write_does_decide() -> None:
    assert _achievement(BINARY, 0.2999, 0.3) == 0.0
    assert _achievement(MINIMIZE, 0.0001, 0.0) == 0.0


def test_floor_and_cap_are_those_of_the_policy() -> None:
    policy = replace(POLICY, floor=20.0, cap=110.0)
    limits = [_index(MAXIMIZE, actual, 100, policy=policy, ceiling=False) for actual in (5, 150)]
    assert limits == [20.0, 110.0]
    assert _index(MAXIMIZE, 100, 100, policy=policy, ceiling=True) == 110.0


def test_the_points_of_stabilize_are_those_of_the_policy() -> None:
    policy = replace(POLICY, stabilize=((0.5, 0.1), (1.0, 1.0)))
    results = [_achievement(STABILIZE, actual, 100, policy=policy) for actual in (40, 75, 100)]
    assert results == pytest.approx([0.1, 0.55, 1.0])


# Figures of every size that a scorecard meets; below 1e-3 a target is noise beside actuals of a million.
FIGURES = st.one_of(st.just(0.0), st.floats(1e-3, 1e6), st.floats(-1e6, -1e-3))


@given(
    polarity=st.sampled_from(SCORED),
    target=FIGURES,
    actuals=st.tuples(FIGURES, FIGURES),
    worst=st.one_of(st.none(), st.floats(1e-3, 1e6)),
    ceiling=st.booleans(),
)
def test_a_better_actual_never_lowers_the_index(
    polarity: Polarity, target: float, actuals: tuple[float, float], worst: float | None, *, ceiling: bool
) -> None:
    goodness = {
        MAXIMIZE: lambda actual: actual,
        MINIMIZE: lambda actual: -actual,
        STABILIZE: lambda actual: -abs(actual - target),
        BINARY: lambda actual: actual,
    }[polarity]
    lower, higher = sorted(actuals, key=goodness)
    indices = [_index(polarity, actual, target, worst, ceiling=ceiling) for actual in (lower, higher)]
    assume(not math.isnan(indices[0]))
    assert indices[0] <= indices[1] + 1e-9


@given(
    polarity=st.sampled_from(Polarity),
    target=st.floats(allow_nan=True, allow_infinity=False),
    actual=st.floats(allow_nan=True, allow_infinity=False),
    worst=st.one_of(st.none(), st.floats(allow_infinity=False)),
    ceiling=st.booleans(),
    floor=st.floats(0, 50),
    cap=st.floats(100, 200),
)
def test_an_index_lies_between_floor_and_cap_or_is_none(
    polarity: Polarity, target: float, actual: float, worst: float | None, floor: float, cap: float, *, ceiling: bool
) -> None:
    value = _index(polarity, actual, target, worst, replace(POLICY, floor=floor, cap=cap), ceiling=ceiling)
    assert math.isnan(value) or floor <= value <= cap


@given(target=FIGURES.filter(bool), polarity=st.sampled_from([MAXIMIZE, MINIMIZE, BINARY]))
def test_on_target_is_exactly_1(target: float, polarity: Polarity) -> None:
    assert _achievement(polarity, target, target) == 1.0


@given(target=FIGURES.filter(bool), actual=FIGURES)
def test_maximize_and_minimize_mirror_each_other(target: float, actual: float) -> None:
    sum_of_both = _achievement(MAXIMIZE, actual, target) + _achievement(MINIMIZE, actual, target)
    assert sum_of_both == pytest.approx(2.0, abs=1e-6)


@given(
    rows=st.lists(st.tuples(st.sampled_from(Polarity), FIGURES, FIGURES, st.one_of(st.just(NONE), FIGURES)), min_size=2)
)
def test_a_row_does_not_depend_on_its_neighbours(rows: list[tuple[Polarity, float, float, float]]) -> None:
    polarity, target, actual, worst = zip(*rows, strict=True)
    codes = np.array([code(member) for member in polarity], dtype=np.int8)
    together = achievement(np.array(target), np.array(actual), codes, np.array(worst), POLICY)
    alone = [_achievement(p, r, t, w) for p, t, r, w in rows]
    np.testing.assert_array_equal(alone, together)
