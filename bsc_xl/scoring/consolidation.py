"""From the periods of a year to one target and one actual per KPI (domain.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bsc_xl.model import Cell, Consolidation
from bsc_xl.scoring.arrays import Codes, Flags, Floats, code

_Number = TypeVar("_Number", np.float64, np.int8)
_AVERAGE, _LAST = code(Consolidation.AVERAGE), code(Consolidation.LAST)


@dataclass(frozen=True, slots=True)
class Consolidated:
    """Target and actual to date of n KPIs; each field has shape (n,).

    `target`, `actual`: in the KPI's own unit of measure; NaN where there is none.
    `has_target`: some period counts, and nothing is invalid; exactly then `target` is a number.
    `incomplete`: there is a target, but an actual that it needs is not reported yet; `actual` is NaN.
    `invalid`: a cell of the periods so far holds an error. Nothing is computed, and nothing is taken as missing.
    `all_na`: every period so far does not apply, by its target or by its actual.
    """

    target: Floats
    actual: Floats
    has_target: Flags
    incomplete: Flags
    invalid: Flags
    all_na: Flags


@np.errstate(over="ignore", invalid="ignore")  # a sum too large for a double is infinite, and never scored
def consolidate(
    target: Floats, target_state: Codes, actual: Floats, actual_state: Codes, method: Codes, period: int
) -> Consolidated:
    """Target and actual of the periods 1..`period`, consolidated (domain.md, section 4).

    `target`, `actual` (n, P) float64 in the KPI's unit of measure; `target_state`, `actual_state` (n, P) codes of
    `model.Cell`, which alone decide whether a figure counts; `method` (n,) positions in `model.Consolidation`;
    1 <= `period` <= P, otherwise ValueError.

    The periods that count have a number as target and no N/A as actual. Sum and average go over all of them and need
    every actual; last takes the latest of them and needs that one's actual only.
    """
    if not 1 <= period <= target.shape[1]:
        raise ValueError(f"period {period} is not one of 1..{target.shape[1]}")
    # NUMBER is 0, so the codes of a row joined by "or" are 0 exactly where all its cells are numbers. Those rows, most
    # of a large data set, need none of the case by case work below.
    gaps = target_state[:, 0] | actual_state[:, 0]
    for column in range(1, period):
        gaps |= target_state[:, column]
        gaps |= actual_state[:, column]
    rows = np.flatnonzero(gaps)
    if rows.size == gaps.size:
        return _with_gaps(target, target_state, actual, actual_state, method, period)

    whole = Consolidated(
        target=_of_numbers(target, method, period),
        actual=_of_numbers(actual, method, period),
        has_target=np.ones(gaps.shape, dtype=np.bool_),
        incomplete=np.zeros(gaps.shape, dtype=np.bool_),
        invalid=np.zeros(gaps.shape, dtype=np.bool_),
        all_na=np.zeros(gaps.shape, dtype=np.bool_),
    )
    if rows.size:
        part = _with_gaps(target[rows], target_state[rows], actual[rows], actual_state[rows], method[rows], period)
        whole.target[rows] = part.target
        whole.actual[rows] = part.actual
        whole.has_target[rows] = part.has_target
        whole.incomplete[rows] = part.incomplete
        whole.invalid[rows] = part.invalid
        whole.all_na[rows] = part.all_na
    return whole


def _of_numbers(values: Floats, method: Codes, period: int) -> Floats:
    """The figures (n,) of rows in which every cell is a number."""
    total = _sum(values.T[:period]) / np.where(method == _AVERAGE, float(period), 1.0)
    return np.where(method == _LAST, values[:, period - 1], total)


def _with_gaps(
    target: Floats, target_state: Codes, actual: Floats, actual_state: Codes, method: Codes, period: int
) -> Consolidated:
    """The general case: any state in any cell."""
    # Turned round, (period, n), so that each step runs along the rows instead of across a few periods at a time.
    target, target_state = _turned(target, period), _turned(target_state, period)
    actual, actual_state = _turned(actual, period), _turned(actual_state, period)

    counts = (target_state == Cell.NUMBER) & (actual_state != Cell.NA)
    reported = counts & (actual_state == Cell.NUMBER)
    blank = counts & (actual_state == Cell.BLANK)
    invalid = ((target_state == Cell.ERROR) | (actual_state == Cell.ERROR)).any(axis=0)
    all_na = ((target_state == Cell.NA) | (actual_state == Cell.NA)).all(axis=0)

    last = method == _LAST
    latest = period - 1 - counts[::-1].argmax(axis=0), np.arange(len(method))
    counting = counts.sum(axis=0)
    divisor = np.where(method == _AVERAGE, np.maximum(counting, 1), 1)
    has_target = (counting > 0) & ~invalid
    incomplete = has_target & np.where(last, blank[latest], blank.any(axis=0))
    target_to_date = np.where(last, target[latest], _sum(np.where(counts, target, 0.0)) / divisor)
    actual_to_date = np.where(last, actual[latest], _sum(np.where(reported, actual, 0.0)) / divisor)
    return Consolidated(
        target=np.where(has_target, target_to_date, np.nan),
        actual=np.where(has_target & ~incomplete, actual_to_date, np.nan),
        has_target=has_target,
        incomplete=incomplete,
        invalid=invalid,
        all_na=all_na,
    )


def _turned(rows: NDArray[_Number], period: int) -> NDArray[_Number]:
    """The first periods of (n, P) as contiguous (period, n)."""
    return np.ascontiguousarray(rows.T[:period])


def _sum(periods: Floats) -> Floats:
    """The sum (n,) of (period, n), always one period after the other: ``sum`` may choose another order for fewer rows,
    and the same figures would differ in the last bit."""
    total: Floats = reduce(np.add, periods)
    return total
