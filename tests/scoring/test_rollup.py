"""Indices become scores as domain.md, section 6, says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import policies
from bsc_xl.model import Missing, Policy
from bsc_xl.scoring.rollup import (
    children_means,
    counted_index,
    group_counts,
    organisation_scores,
    perspective_scores,
)

NONE = math.nan
REDISTRIBUTE = policies.load()
ZERO = replace(REDISTRIBUTE, missing=Missing.ZERO)


def _score(index: list[float], weight: list[float]) -> float:
    """The score of one perspective with these KPIs."""
    group = np.zeros(len(index), dtype=np.int64)
    return float(perspective_scores(np.array(index, float), np.array(weight, float), group, 1)[0][0, 0])


@pytest.mark.parametrize(
    ("index", "weight", "expected"),
    [
        pytest.param([100, 50], [50, 50], 75, id="mean"),
        pytest.param([100, 50], [75, 25], 87.5, id="weighted mean"),
        pytest.param([100, NONE], [50, 50], 100, id="a KPI without an index hands its weight on"),
        pytest.param([100, 0], [50, 50], 50, id="an index of 0 counts"),
        pytest.param([100, 50], [50, NONE], 100, id="a KPI without a valid weight does not count"),
        pytest.param([100, 50], [50, 0], 100, id="a weight of 0 adds nothing"),
        pytest.param([100, 50], [0, 0], NONE, id="no weight, no score"),
        pytest.param([NONE, NONE], [50, 50], NONE, id="no index, no score"),
    ],
)
def test_perspective_score(index: list[float], weight: list[float], expected: float) -> None:
    assert expected == pytest.approx(_score(index, weight), nan_ok=True)


def test_scores_stand_in_their_unit_and_perspective() -> None:
    index, group = np.array([10.0, 20.0, 30.0, 50.0]), np.array([1, 4, 7, 7])
    scores, _, _ = perspective_scores(index, np.ones(4), group, 3)
    expected = [[NONE, 10, NONE, NONE], [20, NONE, NONE, 40], [NONE] * 4]
    np.testing.assert_array_equal(expected, scores)


def test_weighted_scores_add_up_and_say_who_does_not_count() -> None:
    index, weight = np.array([80.0, NONE, 120.0, 0.0]), np.array([20.0, 30.0, 20.0, 10.0])
    scores, counted_weight, weighted = perspective_scores(index, weight, np.zeros(4, dtype=np.int64), 1)
    np.testing.assert_allclose([32.0, NONE, 48.0, 0.0], weighted)
    np.testing.assert_array_equal([20.0, 0.0, 20.0, 10.0], counted_weight)
    assert np.nansum(weighted) == pytest.approx(scores[0, 0])


@pytest.mark.parametrize(
    ("scores", "weights", "expected"),
    [
        pytest.param([100, 80, 60, 40], [25, 25, 25, 25], 70, id="mean"),
        pytest.param([100, 80, 60, 40], [40, 30, 20, 10], 80, id="weighted mean"),
        pytest.param([100, NONE, NONE, 40], [25, 25, 25, 25], 70, id="perspectives without a score hand weight on"),
        pytest.param([NONE] * 4, [25, 25, 25, 25], NONE, id="no perspective"),
        pytest.param([100, NONE, NONE, NONE], [0, 50, 25, 25], NONE, id="no weight"),
        pytest.param([100, 50, NONE, NONE], [50, NONE, 25, 25], 100, id="a weight that is not valid"),
    ],
)
def test_organisation_score(scores: list[float], weights: list[float], expected: float) -> None:
    result = organisation_scores(np.array([scores], dtype=np.float64), np.array(weights, dtype=np.float64))
    assert expected == pytest.approx(result[0], nan_ok=True)


# The sample of domain.md, section 1: actuals against targets of 100, equal weights.
SAMPLE = {
    "id": ([96.13, 90, 90, 99.44, 98, 99.59, 98.28, 40], [96.13, 90.00, 99.01, 69.14], 88.57),
    "en": ([96.13, 90, 90, 99.44, 100, 99.59, 98.28, 40], [96.13, 90.00, 99.68, 69.14], 88.74),
}


@pytest.mark.parametrize("variant", SAMPLE)
def test_the_figures_of_the_bureau(variant: str) -> None:
    index, perspectives, total = SAMPLE[variant]
    group = np.array([0, 1, 1, 2, 2, 2, 3, 3])
    weight = np.array([100, 50, 50, 100 / 3, 100 / 3, 100 / 3, 50, 50])
    scores, _, _ = perspective_scores(np.array(index, dtype=np.float64), weight, group, 1)
    assert perspectives == [round(score, 2) for score in scores[0].tolist()]
    assert total == round(float(organisation_scores(scores, np.full(4, 25.0))[0]), 2)


@pytest.mark.parametrize(
    ("policy", "missing", "index", "expected"),
    [
        (REDISTRIBUTE, True, NONE, NONE),
        (REDISTRIBUTE, False, 90.0, 90.0),
        (ZERO, True, NONE, 0.0),
        (ZERO, False, NONE, NONE),
        (ZERO, False, 90.0, 90.0),
    ],
)
def test_what_a_missing_actual_does(policy: Policy, missing: bool, index: float, expected: float) -> None:
    np.testing.assert_array_equal([expected], counted_index(np.array([index]), np.array([missing]), policy))


def test_counts_by_unit_and_perspective() -> None:
    flag, group = np.array([True, False, True, True]), np.array([0, 0, 7, 7])
    np.testing.assert_array_equal([[1, 0, 0, 0], [0, 0, 0, 2]], group_counts(flag, group, 2))


def test_children_are_averaged_with_their_weights_under_their_own_parent() -> None:
    #   0 -> 1, 2, 3;  1 -> 4 (an employee), 5;  2 has none;  6 is a root without a child that has a score
    parent = np.array([-1, 0, 0, 0, 1, 1, -1, 6])
    score = np.array([50.0, 100.0, 70.0, NONE, 10.0, 90.0, 80.0, NONE])
    weight = np.array([1.0, 2.0, 1.0, 9.0, 1.0, 1.0, 1.0, 1.0])
    counts = np.array([True, True, True, True, False, True, True, True])
    expected = [90.0, 90.0, NONE, NONE, NONE, NONE, NONE, NONE]
    np.testing.assert_allclose(expected, children_means(score, parent, weight, counts))


KPIS = st.lists(
    st.tuples(
        st.one_of(st.just(NONE), st.floats(0, 120)),
        st.one_of(st.just(NONE), st.just(0.0), st.floats(0.01, 100)),
        st.integers(0, 11),
    ),
    min_size=1,
    max_size=30,
)


def _columns(kpis: list[tuple[float, float, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    index, weight, group = zip(*kpis, strict=True)
    return np.array(index), np.array(weight), np.array(group, dtype=np.int64)


@given(kpis=KPIS, scale=st.floats(1e-3, 1e3))
def test_scaling_all_weights_changes_nothing(kpis: list[tuple[float, float, int]], scale: float) -> None:
    index, weight, group = _columns(kpis)
    index[index < 1e-300] = 0  # its points, scaled, would lose their digits
    scores, _, weighted = perspective_scores(index, weight, group, 3)
    scaled, _, weighted_scaled = perspective_scores(index, weight * scale, group, 3)
    np.testing.assert_allclose(scores, scaled, rtol=1e-12)
    np.testing.assert_allclose(weighted, weighted_scaled, rtol=1e-12)


@given(kpis=KPIS, data=st.data())
def test_row_order_changes_nothing(kpis: list[tuple[float, float, int]], data: st.DataObject) -> None:
    index, weight, group = _columns(kpis)
    order = np.array(data.draw(st.permutations(range(len(kpis)))))
    scores, _, weighted = perspective_scores(index, weight, group, 3)
    shuffled, _, weighted_shuffled = perspective_scores(index[order], weight[order], group[order], 3)
    np.testing.assert_allclose(scores, shuffled, rtol=1e-12)
    np.testing.assert_allclose(weighted[order], weighted_shuffled, rtol=1e-12)


@given(kpis=KPIS)
def test_a_score_lies_between_its_lowest_and_its_highest_index(kpis: list[tuple[float, float, int]]) -> None:
    index, weight, group = _columns(kpis)
    scores = perspective_scores(index, weight, group, 3)[0].ravel()
    for place in range(12):
        counted = index[(group == place) & (weight > 0) & ~np.isnan(index)]
        assert np.isnan(scores[place]) == (counted.size == 0)
        if counted.size:
            assert counted.min() - 1e-9 <= scores[place] <= counted.max() + 1e-9


@given(kpis=KPIS)
def test_weighted_scores_add_up_to_the_score(kpis: list[tuple[float, float, int]]) -> None:
    index, weight, group = _columns(kpis)
    scores, counted_weight, weighted = perspective_scores(index, weight, group, 3)
    sums = np.bincount(group, np.nan_to_num(weighted), 12)
    np.testing.assert_allclose(np.nan_to_num(scores.ravel()), sums, atol=1e-9)
    assert (counted_weight[np.isnan(index)] == 0).all()
