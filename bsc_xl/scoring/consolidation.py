"""From the periods of a year to one target and one actual per KPI (domain.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bsc_xl.model import Cell, Consolidation
from bsc_xl.scoring.arrays import Codes, Flags, Floats, code

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
    total = values[:, 0].copy()
    # Columns are added one by one: numpy is several times slower at summing many short rows.
    for column in range(1, period):
        total += values[:, column]
    total /= np.where(method == _AVERAGE, float(period), 1.0)
    np.copyto(total, values[:, period - 1], where=method == _LAST)
    return total


def _with_gaps(
    target: Floats, target_state: Codes, actual: Floats, actual_state: Codes, method: Codes, period: int
) -> Consolidated:
    """The general case: any state in any cell."""
    rows = len(method)
    counting = np.zeros(rows)
    target_sum, actual_sum = np.zeros(rows), np.zeros(rows)
    last_target, last_actual = np.full(rows, np.nan), np.full(rows, np.nan)
    blank_in_any, blank_in_last = np.zeros(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_)
    invalid, all_na = np.zeros(rows, dtype=np.bool_), np.ones(rows, dtype=np.bool_)
    for column in range(period):
        of_target, of_actual = target_state[:, column], actual_state[:, column]
        counts = (of_target == Cell.NUMBER) & (of_actual != Cell.NA)
        blank = of_actual == Cell.BLANK
        reported = counts & (of_actual == Cell.NUMBER)
        counting += counts
        np.add(target_sum, target[:, column], out=target_sum, where=counts)
        np.add(actual_sum, actual[:, column], out=actual_sum, where=reported)
        np.copyto(last_target, target[:, column], where=counts)
        np.copyto(last_actual, actual[:, column], where=reported)
        np.copyto(blank_in_last, blank, where=counts)
        blank_in_any |= counts & blank
        invalid |= (of_target == Cell.ERROR) | (of_actual == Cell.ERROR)
        all_na &= (of_target == Cell.NA) | (of_actual == Cell.NA)

    last = method == _LAST
    has_target = (counting > 0) & ~invalid
    incomplete = has_target & np.where(last, blank_in_last, blank_in_any)
    divisor = np.where(method == _AVERAGE, np.maximum(counting, 1.0), 1.0)
    return Consolidated(
        target=np.where(has_target, np.where(last, last_target, target_sum / divisor), np.nan),
        actual=np.where(has_target & ~incomplete, np.where(last, last_actual, actual_sum / divisor), np.nan),
        has_target=has_target,
        incomplete=incomplete,
        invalid=invalid,
        all_na=all_na,
    )
