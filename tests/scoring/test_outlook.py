"""How a year may end, worked out by hand: what is still needed, today's pace, and what cannot be reached any more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bsc_xl import policies
from bsc_xl.model import Advice, Cell, Consolidation, Outlook, Polarity, Status
from bsc_xl.scoring import achievement as achievements
from bsc_xl.scoring.arrays import Codes, Floats, code
from bsc_xl.scoring.consolidation import consolidate
from bsc_xl.scoring.outlook import Definitions, ToDate, YearEnd, advice, year_end

POLICY = policies.load()
SUM, AVERAGE, LAST = Consolidation
UP, DOWN, STABILIZE, BINARY, UNSCORED = Polarity
REACHED, OPEN, MISSED, UNSET = Outlook
NONE = math.nan
NA = "N/A"

Figure = float | str | None
Case = tuple[Consolidation, Polarity, Sequence[Figure], Sequence[Figure], int]


class End(NamedTuple):
    """What is expected of one KPI; None for nothing."""

    year_target: float | None
    remaining: int
    required: float | None
    forecast: float | None
    forecast_index: float | None
    outlook: Outlook | None


def _year_end(
    method: Consolidation,
    polarity: Polarity,
    targets: Sequence[Figure],
    actuals: Sequence[Figure],
    period: int,
    *,
    ceiling: bool = False,
    worst: float | None = None,
) -> tuple[YearEnd, ToDate]:
    target, target_state = _figures(targets)
    actual, actual_state = _figures(actuals)
    codes = np.array([code(method)], dtype=np.int8)
    of = Definitions(
        np.array([code(polarity)], dtype=np.int8),
        codes,
        np.array([ceiling]),
        np.array([NONE if worst is None else worst]),
    )
    done = consolidate(target, target_state, actual, actual_state, codes, period)
    ratio = achievements.achievement(done.target, done.actual, of.polarity, of.worst, POLICY)
    to_date = ToDate(done.target, done.actual, ratio, achievements.index(ratio, of.polarity, of.ceiling, POLICY))
    return year_end(target, target_state, actual, actual_state, of, to_date, POLICY, period), to_date


def _figures(given: Sequence[Figure]) -> tuple[Floats, Codes]:
    states = [
        Cell.BLANK if x is None else Cell.NA if x == NA else Cell.ERROR if isinstance(x, str) else 0 for x in given
    ]
    values = [x if isinstance(x, int | float) else NONE for x in given]
    return np.array([values], dtype=np.float64), np.array([states], dtype=np.int8)


def _end(found: YearEnd) -> End:
    def number(values: Floats) -> float | None:
        return None if np.isnan(values[0]) else float(values[0])

    return End(
        number(found.year_target),
        int(found.remaining[0]),
        number(found.required),
        number(found.forecast),
        number(found.forecast_index),
        None if found.outlook[0] < 0 else list(Outlook)[found.outlook[0]],
    )


@pytest.mark.parametrize(
    ("method", "polarity", "targets", "actuals", "period", "expected"),
    [
        # sum: 18 in the year; 8 of 9 after two periods leaves 10 for two; at this pace 16, which is 88.889
        pytest.param(SUM, UP, [4, 5, 4, 5], [4, 4], 2, End(18, 2, 5, 16, 88.889, OPEN), id="sum"),
        # 20 of 18 is more than the year asks for; whatever comes adds to it, at this pace 40, index at the cap
        pytest.param(SUM, UP, [4, 5, 4, 5], [9, 11], 2, End(18, 2, -1, 40, 120, REACHED), id="sum, reached early"),
        pytest.param(SUM, UP, [4, 5, 4, 5], [9, 9], 2, End(18, 2, 0, 36, 120, REACHED), id="sum, just reached"),
        # 0.1 + 0.2 is 0.30000000000000004, and the year asks for 0.3: noise is not a need
        pytest.param(SUM, UP, [0.1, 0.2, 0], [0.1, 0.2], 2, End(0.3, 1, 0, 0.45, 120, REACHED), id="sum, noise"),
        pytest.param(SUM, UP, [4, 5, 4, 5], [4, 5, 4, 5], 4, End(18, 0, None, None, None, REACHED), id="at the end"),
        pytest.param(SUM, UP, [4, 5, 4, 5], [4, 5, 4, 4], 4, End(18, 0, None, None, None, MISSED), id="too late"),
        # minimize: 20 complaints in the year at most; 12 leave 8, 4 in each; at this pace 24, 1 - 4/20
        pytest.param(SUM, DOWN, [5, 5, 5, 5], [6, 6], 2, End(20, 2, 4, 24, 80, OPEN), id="minimize, sum"),
        # 21 complaints are already one too many: -0.5 in each period is not to be had
        pytest.param(SUM, DOWN, [5, 5, 5, 5], [10, 11], 2, End(20, 2, -0.5, 42, 0, MISSED), id="missed"),
        pytest.param(SUM, DOWN, [5, 5, 5, 5], [10, 10], 2, End(20, 2, 0, 40, 0, OPEN), id="minimize, nothing may come"),
        pytest.param(SUM, STABILIZE, [10, 10, 10, 10], [20, 22], 2, End(40, 2, -1, 84, 0, MISSED), id="not exactly"),
        # c = 1 - 2/40 = 0.95, in the middle between 100 and 120
        pytest.param(SUM, STABILIZE, [10, 10, 10, 10], [10, 11], 2, End(40, 2, 9.5, 42, 110, OPEN), id="exactly"),
        # average: 80 over four is 320 points; 150 are there, 170 are needed, 85 in each
        pytest.param(AVERAGE, UP, [80, 80, 80, 80], [70, 80], 2, End(80, 2, 85, 75, 93.75, OPEN), id="average"),
        # 40 on average over four periods is 160: there already
        pytest.param(AVERAGE, UP, [40] * 4, [80, 81], 2, End(40, 2, -0.5, 80.5, 120, REACHED), id="average, reached"),
        # 30 minutes over four periods is 120; 130 are spent
        pytest.param(AVERAGE, DOWN, [30] * 4, [60, 70], 2, End(30, 2, -5, 65, 0, MISSED), id="average, missed"),
        pytest.param(AVERAGE, UP, [80, 90, 100, 110], [80], 1, End(95, 3, 100, 80, 84.211, OPEN), id="rising target"),
        # last: the year ends with 100; 60 of 75 at Q3 is four fifths of the way, so 80 at the end
        pytest.param(LAST, UP, [25, 60, 75, 100], [25, 55, 60], 3, End(100, 1, 100, 80, 80, OPEN), id="last"),
        pytest.param(LAST, UP, [25, 60, 75, 100], [25, 55, 110], 3, End(100, 1, 100, 440 / 3, 120, OPEN), id="ahead"),
        pytest.param(LAST, DOWN, [8, 8, 6, 4], [8, 9], 2, End(4, 2, 4, 4.5, 87.5, OPEN), id="last, falling target"),
        # targets of 0 have no ratio: it stays where it is
        pytest.param(LAST, DOWN, [2, 0], [1], 1, End(0, 1, 0, 1, 0, OPEN), id="last, to nothing"),
        pytest.param(LAST, UP, [-2, 4], [1], 1, End(4, 1, 4, 1, 25, OPEN), id="last, other sign"),
        pytest.param(LAST, UP, [-10, -5], [-11], 1, End(-5, 1, -5, -5.5, 90, OPEN), id="last, negative"),
        # binary: two reports in the year, one is there
        pytest.param(SUM, BINARY, [1, 0, 1, 0], [1, 0], 2, End(2, 2, 0.5, 2, 100, OPEN), id="binary"),
        pytest.param(SUM, BINARY, [1, 0, 1, 0], [2, 0], 2, End(2, 2, 0, 4, 100, REACHED), id="binary, reached"),
        # yes or no in each period: a no that was not asked for cannot be made good by more than a yes
        pytest.param(SUM, BINARY, [1, 1, 1, 1], [0, 1], 2, End(4, 2, 1.5, 2, 0, MISSED), id="binary, sum, one no"),
        pytest.param(AVERAGE, BINARY, [1] * 4, [0, 1], 2, End(1, 2, 1.5, 0.5, 0, MISSED), id="binary, average, one no"),
        pytest.param(SUM, BINARY, [1, 1, 1, 1], [1, 1], 2, End(4, 2, 1, 4, 100, OPEN), id="binary, two yes"),
        pytest.param(SUM, BINARY, [1, NA, 1, 1], [0, NA], 2, End(3, 2, 1.5, 0, 0, MISSED), id="binary, N/A"),
        # a target above 1 is an amount, and later periods may bring more than theirs
        pytest.param(SUM, BINARY, [5, 5, 5, 5], [4, 4], 2, End(20, 2, 6, 16, 0, OPEN), id="binary, an amount"),
        pytest.param(LAST, BINARY, [0, 1], [0], 1, End(1, 1, 1, 0, 0, OPEN), id="binary, last"),
        # a period that does not apply is no period, before and after today: 3 of 4 count, 12 in the year, 3 are there
        pytest.param(SUM, UP, [4, 4, 4, 4], [3, NA], 2, End(12, 2, 4.5, 9, 75, OPEN), id="N/A, before"),
        pytest.param(SUM, UP, [4, 4, 4, NA], [3, 4], 2, End(12, 1, 5, 10.5, 87.5, OPEN), id="N/A, to come"),
        pytest.param(SUM, UP, [4, 4, 4, 4], [3, 4, None, NA], 2, End(12, 1, 5, 10.5, 87.5, OPEN), id="N/A there"),
        pytest.param(SUM, UP, [4, None, None, 4], [3], 2, End(8, 1, 5, 6, 75, OPEN), id="periods without a target"),
        # the year goes on, and nobody has said what it asks for: that is no end, be today's target met or not
        pytest.param(SUM, UP, [10, 10, None, None], [5, 5], 2, End(20, 0, None, None, None, UNSET), id="none later"),
        pytest.param(SUM, UP, [10, None, None, None], [11], 2, End(10, 0, None, None, None, UNSET), id="early target"),
        pytest.param(LAST, UP, [9, NA, NA, None], [9], 2, End(9, 0, None, None, None, UNSET), id="target N/A"),
        # it does not go on where nothing applies any more
        pytest.param(SUM, UP, [9, 9, 9, None], [9, 8, NA, NA], 2, End(18, 0, None, None, None, MISSED), id="over"),
        pytest.param(SUM, UP, [9, 9, 9, None], [9, 9, NA, None], 2, End(18, 0, None, None, None, UNSET), id="not over"),
        # figures that are there too early do not count yet
        pytest.param(SUM, UP, [4, 5, 4, 5], [4, 4, 9, 9], 2, End(18, 2, 5, 16, 88.889, OPEN), id="actuals to come"),
        # profit may be negative, so nothing is decided before the end
        pytest.param(SUM, UP, [-2, 4, 4], [7, 5], 2, End(6, 1, -6, 18, 120, OPEN), id="negative target"),
        pytest.param(SUM, UP, [2, 2, 2], [-1, 9], 2, End(6, 1, -2, 12, 120, OPEN), id="negative actual"),
        pytest.param(SUM, DOWN, [2, 2, -1], [2, 9], 2, End(3, 1, -8, 16.5, 0, OPEN), id="minimize, negative target"),
        # nothing is said of what has no index
        pytest.param(SUM, UP, [4, 5, 4, 5], [4], 2, End(None, 0, None, None, None, None), id="incomplete"),
        pytest.param(SUM, UP, [4, 5, 4, 5], [4, "abc"], 2, End(None, 0, None, None, None, None), id="invalid"),
        pytest.param(SUM, UNSCORED, [4, 5, 4, 5], [4, 4], 2, End(None, 0, None, None, None, None), id="unscored"),
        pytest.param(SUM, UP, [None, 5, 4, 5], [4], 1, End(None, 0, None, None, None, None), id="no target yet"),
        pytest.param(SUM, UP, [0, 5, 4, 5], [4], 1, End(None, 0, None, None, None, None), id="no index"),
        # one period is a year
        pytest.param(LAST, UP, [100], [40], 1, End(100, 0, None, None, None, MISSED), id="one period"),
    ],
)  # fmt: skip
def test_the_end_of_the_year(
    method: Consolidation,
    polarity: Polarity,
    targets: Sequence[Figure],
    actuals: Sequence[Figure],
    period: int,
    expected: End,
) -> None:
    actuals = [*actuals, *[None] * (len(targets) - len(actuals))]
    found = _end(_year_end(method, polarity, targets, actuals, period)[0])
    assert found == pytest.approx(expected, abs=5e-4) if None not in expected else _near(found, expected)


def _near(found: End, expected: End) -> bool:
    return all(
        a == b or (isinstance(a, float) and b is not None and a == pytest.approx(b, abs=5e-4))
        for a, b in zip(found, expected, strict=True)
    )


def test_what_a_target_that_cannot_be_exceeded_has_missed_it_cannot_make_up() -> None:
    # 7 of 8 trainings are over; the two to come are two, not three
    found = _end(_year_end(SUM, UP, [4, 4, 1, 1], [4, 3, None, None], 2, ceiling=True)[0])
    assert (found.required, found.outlook) == (1.5, MISSED)
    found = _end(_year_end(SUM, UP, [4, 4, 1, 1], [4, 4, None, None], 2, ceiling=True)[0])
    assert (found.required, found.forecast_index, found.outlook) == (1, 120, OPEN)
    found = _end(_year_end(AVERAGE, UP, [100, 100], [99, None], 1, ceiling=True)[0])
    assert (found.required, found.outlook) == (101, MISSED)
    # what counts at the end alone can still be met then
    found = _end(_year_end(LAST, UP, [50, 100], [40, None], 1, ceiling=True)[0])
    assert (found.required, found.outlook) == (100, OPEN)


def test_a_forecast_for_a_target_of_0_uses_the_worst_tolerable_value() -> None:
    found = _end(_year_end(SUM, DOWN, [0, 0], [2, None], 1, worst=10)[0])
    assert found == (0, 1, -2, 4, 60, MISSED)


@pytest.mark.parametrize(
    ("status", "change", "expected"),
    [
        (Status.GREEN, NONE, Advice.KEEP),
        (Status.GREEN, -4.9, Advice.KEEP),
        (Status.GREEN, -5, Advice.IMPROVE),
        (Status.GREEN, 100.3 - 105.3, Advice.IMPROVE),  # -5 but for the noise
        (Status.YELLOW, NONE, Advice.IMPROVE),
        (Status.YELLOW, 20, Advice.IMPROVE),
        (Status.YELLOW, -5, Advice.CORRECT),
        (Status.RED, NONE, Advice.CORRECT),
        (Status.RED, 60, Advice.CORRECT),
        (Status.NO_DATA, NONE, Advice.COMPLETE),
        (Status.NO_DATA, -50, Advice.COMPLETE),
    ],
)
def test_advice_follows_from_colour_and_trend(status: Status, change: float, expected: Advice) -> None:
    found = advice(np.array([code(status)], dtype=np.int8), np.array([change]), POLICY)
    assert list(Advice)[found[0]] is expected


amounts = st.integers(1, 10_000).map(lambda cents: cents / 100)


@st.composite
def _scored(draw: st.DrawFn, methods: Sequence[Consolidation] = tuple(Consolidation)) -> Case:
    """A KPI in the middle of its year; the first and the last period count."""
    between = draw(st.sampled_from((0, 2, 10)))
    period = draw(st.integers(1, between + 1))
    targets = [draw(amounts), *(draw(amounts | st.none() | st.just(0.0)) for _ in range(between)), draw(amounts)]
    actuals = [draw(amounts), *(draw(amounts | st.just(NA)) for _ in range(between)), draw(amounts)]
    return draw(st.sampled_from(methods)), draw(st.sampled_from((UP, DOWN))), targets, actuals, period


@given(_scored())
def test_whoever_brings_what_is_required_meets_the_target_of_the_year(
    case: Case,
) -> None:
    method, polarity, targets, actuals, period = case
    found, done = _year_end(method, polarity, targets, actuals, period)
    assume(not np.isnan(done.index[0]))  # what counts last may have the target 0
    met = [x if x == NA or i < period else float(found.required[0]) for i, x in enumerate(actuals)]
    _, done = _year_end(method, polarity, targets, met, len(targets))
    assert done.target[0] == pytest.approx(found.year_target[0], abs=1e-9)
    assert done.actual[0] == pytest.approx(found.year_target[0], abs=1e-6)


@given(_scored())
def test_what_is_reached_or_missed_stays_so_whatever_comes(
    case: Case,
) -> None:
    method, polarity, targets, actuals, period = case
    early = _end(_year_end(method, polarity, targets, actuals, period)[0])
    late = _end(_year_end(method, polarity, targets, actuals, len(targets))[0])
    assume(early.outlook is not None)  # what counts last may have the target 0
    if early.outlook is not OPEN:
        assert late.outlook is early.outlook


@given(_scored((SUM, AVERAGE)))
def test_more_than_today_is_required_exactly_when_todays_pace_is_too_slow(
    case: Case,
) -> None:
    method, polarity, targets, actuals, period = case
    found, done = _year_end(method, polarity, targets, actuals, period)
    counted = sum(t is not None and a != NA for t, a in zip(targets[:period], actuals[:period], strict=True))
    pace = done.actual[0] / (counted if method is SUM else 1)
    ahead = found.forecast[0] - found.year_target[0]
    assume(abs(ahead) > 1e-6)
    assert (pace > found.required[0]) == (ahead > 0)
