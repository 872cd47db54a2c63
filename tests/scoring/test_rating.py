"""Status and rating as domain.md, section 7, says."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import policies
from bsc_xl.model import Policy, Status
from bsc_xl.scoring.rating import NO_RATING, rating, status

NKO, LKJIP, PP30 = (policies.load(name) for name in ("nko", "lkjip", "pp30"))
POLICIES = (NKO, LKJIP, PP30)
GREEN, YELLOW, RED, NO_DATA = Status
NONE = math.nan


def _status(score: float, green_from: float | None = None, yellow_from: float | None = None) -> Status:
    own = [None if bound is None else np.array([bound]) for bound in (green_from, yellow_from)]
    found: Status = [*Status][int(status(np.array([score]), NKO, *own)[0])]
    return found


def _rating(score: float, policy: Policy, *, new_idea: bool = False) -> str | None:
    position = rating(np.array([score]), policy, np.array([new_idea]))[0]
    return None if position == NO_RATING else policy.rating_bands[position].name


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (120.0, GREEN),
        (100.0, GREEN),
        (99.99, YELLOW),
        (80.0, YELLOW),
        (79.99, RED),
        (0.0, RED),
        (-5.0, RED),
        (NONE, NO_DATA),
    ],
)
def test_status_by_the_bands_of_the_policy(score: float, expected: Status) -> None:
    assert expected == _status(score)


@pytest.mark.parametrize(
    ("score", "green_from", "yellow_from", "expected"),
    [
        (95.0, 95.0, 90.0, GREEN),
        (94.0, 95.0, 90.0, YELLOW),
        (89.0, 95.0, 90.0, RED),
        (95.0, 95.0, None, GREEN),
        (85.0, 95.0, NONE, YELLOW),
        (85.0, NONE, 90.0, RED),
        (100.0, NONE, 90.0, GREEN),
        (5.0, 0.0, 0.0, GREEN),
        (NONE, 0.0, 0.0, NO_DATA),
    ],
)
def test_a_kpi_may_have_bounds_of_its_own(
    score: float, green_from: float | None, yellow_from: float | None, expected: Status
) -> None:
    assert expected == _status(score, green_from, yellow_from)


@pytest.mark.parametrize(
    ("policy", "score", "expected"),
    [
        (NKO, 110.0, "excellent"),
        (NKO, 109.99, "good"),
        (NKO, 100.0, "good"),
        (NKO, 90.0, "fair"),
        (NKO, 88.57, "poor"),
        (NKO, 80.0, "poor"),
        (NKO, 79.99, "very_poor"),
        (LKJIP, 91.0, "very_high"),
        (LKJIP, 90.5, "high"),
        (LKJIP, 76.0, "high"),
        (LKJIP, 66.0, "medium"),
        (LKJIP, 51.0, "low"),
        (LKJIP, 50.99, "very_low"),
        (PP30, 109.99, "good"),
        (PP30, 90.0, "good"),
        (PP30, 70.0, "fair"),
        (PP30, 50.0, "poor"),
        (PP30, 49.99, "very_poor"),
    ],
)
def test_rating_by_the_bands_of_the_policy(policy: Policy, score: float, expected: str) -> None:
    assert expected == _rating(score, policy)


@pytest.mark.parametrize(
    ("score", "new_idea", "expected"),
    [(110.0, True, "excellent"), (110.0, False, "good"), (109.0, True, "good"), (60.0, True, "poor")],
)
def test_excellent_by_pp30_needs_a_new_idea(score: float, new_idea: bool, expected: str) -> None:
    assert expected == _rating(score, PP30, new_idea=new_idea)


@pytest.mark.parametrize("policy", POLICIES)
def test_no_score_no_rating(policy: Policy) -> None:
    assert _rating(NONE, policy, new_idea=True) is None


def test_a_score_below_every_bound_has_the_lowest_band() -> None:
    raised = replace(NKO, rating_bands=NKO.rating_bands[:-1], status=NKO.status[:-1])
    assert _rating(3.0, raised) == "poor"
    assert list(Status)[status(np.array([3.0]), raised)[0]] is YELLOW


@pytest.mark.parametrize("noise", [-1e-13, 1e-13])
@pytest.mark.parametrize("policy", POLICIES)
def test_noise_in_the_last_bits_changes_no_band(policy: Policy, noise: float) -> None:
    for band in policy.rating_bands:
        assert band.name == _rating(band.lower + noise, policy, new_idea=True)
    for band in policy.status:
        assert band.name == _status(band.lower + noise)


@given(score=st.floats(0, 200), policy=st.sampled_from(POLICIES), new_idea=st.booleans())
def test_each_score_falls_in_exactly_one_band(score: float, policy: Policy, *, new_idea: bool) -> None:
    bands = [band for band in policy.rating_bands if new_idea or not band.needs_new_idea]
    tops = [math.inf, *(band.lower for band in bands)]
    holding = [band.name for band, top in zip(bands, tops, strict=False) if band.lower <= round(score, 11) < top]
    assert holding == [_rating(score, policy, new_idea=new_idea)]


@given(scores=st.lists(st.floats(-10, 200), min_size=2), policy=st.sampled_from(POLICIES))
def test_a_higher_score_never_has_a_lower_status_or_rating(scores: list[float], policy: Policy) -> None:
    ordered = np.array(sorted(scores))
    for codes in (status(ordered, policy), rating(ordered, policy, np.ones(len(ordered), dtype=np.bool_))):
        assert all(higher <= lower for lower, higher in pairwise(codes.tolist()))


def test_status_takes_any_shape() -> None:
    scores = np.array([[100.0, 80.0], [NONE, 0.0]])
    np.testing.assert_array_equal([[0, 1], [3, 2]], status(scores, NKO))
