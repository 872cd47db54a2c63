"""How the year of a KPI may end, how its index changed, and what to do about it.

The year's target is known before the year is over: that of all its periods, also of those to come. What is still
needed for it is arithmetic; the forecast is no more than today's pace, kept to the end of the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from bsc_xl.model import NOISE, Advice, Cell, Consolidation, Outlook, Polarity, Policy, Status
from bsc_xl.scoring import achievement as achievements
from bsc_xl.scoring.arrays import Codes, Flags, Floats, Positions, code, comparable

DIGITS, LARGEST = 13, 1e14
"""So many digits of a figure are the same in whatever order it was added up, for figures up to the largest."""

NO_OUTLOOK = -1
"""The code of an outlook that cannot be given, because the KPI has no index."""

_SUM, _AVERAGE, _LAST = (code(method) for method in Consolidation)
_MAXIMIZE, _MINIMIZE = code(Polarity.MAXIMIZE), code(Polarity.MINIMIZE)
_STABILIZE, _BINARY = code(Polarity.STABILIZE), code(Polarity.BINARY)


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the n KPIs are: `polarity`, `method` (n,) positions in `model.Polarity` and `model.Consolidation`; `ceiling`
    (n,): the target cannot be exceeded; `worst` (n,) the worst tolerable value, NaN for none."""

    polarity: Codes
    method: Codes
    ceiling: Flags
    worst: Floats


@dataclass(frozen=True, slots=True)
class ToDate:
    """What scoring says of the n KPIs for the reporting period, (n,): `target`, `actual` in the KPI's unit of measure,
    `achievement` a ratio, `index` 0..120; NaN for none."""

    target: Floats
    actual: Floats
    achievement: Floats
    index: Floats


@dataclass(frozen=True, slots=True)
class YearEnd:
    """How the year of n KPIs may end; each field has shape (n,).

    `year_target`: in the KPI's unit of measure, NaN where the KPI has no index. `remaining`: the periods to come that
    count, 0 where the KPI has no index. `required`: what each of them needs, for "last" the last of them; at least
    that for Maximize and Binary, at most for Minimize, exactly for Stabilize; NaN when none remains. `forecast`,
    `forecast_achievement` (a ratio), `forecast_index` (0..120): the year's end at today's pace; NaN when none remains,
    and the latter two also where the achievement has no answer. `outlook`: positions in `model.Outlook`, `NO_OUTLOOK`
    where the KPI has no index.
    """

    year_target: Floats
    remaining: Positions
    required: Floats
    forecast: Floats
    forecast_achievement: Floats
    forecast_index: Floats
    outlook: Codes


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is too large for a double is never shown
def year_end(
    target: Floats,
    target_state: Codes,
    actual: Floats,
    actual_state: Codes,
    definitions: Definitions,
    done: ToDate,
    policy: Policy,
    period: int,
) -> YearEnd:
    """How the year may end, as it looks at the end of `period`, 1..P.

    `target`, `actual` (n, P) in the KPI's unit of measure; `target_state`, `actual_state` (n, P) codes of
    `model.Cell`. The periods of the year that count have a number as target and no N/A as actual (domain.md,
    section 4), whether they are over or still to come.
    """
    method, polarity = definitions.method, definitions.polarity
    known = ~np.isnan(done.index)
    counts = (target_state == Cell.NUMBER) & (actual_state != Cell.NA)
    over = counts[:, :period].sum(axis=1)
    remaining = counts[:, period:].sum(axis=1)
    ahead = known & (remaining > 0)

    averaged = method == _AVERAGE
    total = _sum(np.where(counts, target, 0.0))
    year = np.maximum(over + remaining, 1)
    latest = target.shape[1] - 1 - counts[:, ::-1].argmax(axis=1)
    year_target = np.where(method == _LAST, target[np.arange(len(target)), latest], total / np.where(averaged, year, 1))

    # what all the remaining periods need together
    weight_all, weight_over = np.where(averaged, year, 1), np.where(averaged, over, 1)
    needed = _difference(year_target * weight_all, done.actual * weight_over)
    required = np.where(method == _LAST, year_target, needed / np.maximum(remaining, 1))

    forecast = _at_pace(done, method, year_target, year / np.maximum(over, 1))
    forecast = np.where(ahead & np.isfinite(forecast), forecast, np.nan)
    ratio = achievements.achievement(year_target, forecast, polarity, definitions.worst, policy)

    negative = (counts & (target < 0)).any(axis=1) | (counts & (actual < 0))[:, :period].any(axis=1)
    growing = ahead & (method != _LAST) & ~negative
    yes_or_no = (polarity == _BINARY) & ~(counts & (target > 1)).any(axis=1)
    capped = (definitions.ceiling & (polarity == _MAXIMIZE) | yes_or_no) & (method != _LAST)
    short = done.actual - done.target < -NOISE * np.maximum(1.0, np.abs(done.target))
    unset = known & (remaining == 0) & (actual_state[:, period:] != Cell.NA).any(axis=1)
    at_end, met = known & (remaining == 0), done.achievement >= 1.0 - NOISE
    upwards = (polarity == _MAXIMIZE) | (polarity == _BINARY)
    reached = (at_end & met) | (growing & upwards & (required <= 0))
    missed = (at_end & ~met) | (growing & ~upwards & (required < 0)) | (ahead & capped & short)
    outlook = np.select(
        [~known, unset, reached, missed],
        [NO_OUTLOOK, code(Outlook.UNSET), code(Outlook.REACHED), code(Outlook.MISSED)],
        code(Outlook.OPEN),
    )
    return YearEnd(
        year_target=np.where(known, year_target, np.nan),
        remaining=np.where(known, remaining, 0),
        required=np.where(ahead, required, np.nan),
        forecast=forecast,
        forecast_achievement=ratio,
        forecast_index=achievements.index(ratio, polarity, definitions.ceiling, policy),
        outlook=outlook.astype(np.int8),
    )


def advice(status: Codes, change: Floats, policy: Policy) -> Codes:
    """What to do about each KPI (any shape): positions in `model.Advice`.

    `status`: positions in `model.Status`; `change`: points of the index since the period before, NaN for none. Red is
    corrected, yellow improved and green kept; one that fell by `policy.falling` points or more takes the next step.
    """
    falls = comparable(change) <= -policy.falling
    return np.select(
        [status == code(Status.NO_DATA), status == code(Status.RED), status == code(Status.YELLOW)],
        [
            code(Advice.COMPLETE),
            code(Advice.CORRECT),
            np.where(falls, code(Advice.CORRECT), code(Advice.IMPROVE)),
        ],
        np.where(falls, code(Advice.IMPROVE), code(Advice.KEEP)),
    ).astype(np.int8)


def _at_pace(done: ToDate, method: Codes, year_target: Floats, pace: Floats) -> Floats:
    """The year's end at today's pace: a sum grows as it did, an average stays, and what counts last keeps its distance
    to its target, which may rise or fall until then; it stays where it is when the two targets have no ratio."""
    sums = np.where(method == _SUM, done.actual * pace, done.actual)
    related = (method == _LAST) & (year_target * done.target > 0)
    return np.where(related, done.actual * (year_target / done.target), sums)


def _difference(one: Floats, other: Floats) -> Floats:
    """The difference of two sums, to the last of the `DIGITS` digits that the larger one has: adding up in another
    order, as programs do, changes what comes after them, and that is all that is left where both are nearly alike."""
    size = np.fmax(np.abs(one), np.abs(other))
    whole = np.nan_to_num(size, posinf=LARGEST).clip(max=LARGEST).astype(np.int64)
    factor = 10.0 ** (DIGITS - np.char.str_len(whole.astype(str)))
    difference = one - other
    rounded: Floats = np.trunc(difference * factor + np.copysign(0.5, difference)) / factor + 0.0
    return rounded


def _sum(periods: Floats) -> Floats:
    """The sum (n,) of (n, P), always one period after the other, so that the last digit is the same for every n."""
    total: Floats = reduce(np.add, periods.T)
    return total
