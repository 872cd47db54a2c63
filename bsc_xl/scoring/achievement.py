"""From target and actual to an achievement and an index (domain.md, section 5).

An achievement is a ratio, 1.0 is on target; an index is 100 times that, within the policy's floor and cap.
"""

from __future__ import annotations

import numpy as np

from bsc_xl.model import NOISE, Polarity, Policy, ZeroTarget
from bsc_xl.scoring.arrays import Codes, Flags, Floats, code

_MAXIMIZE, _MINIMIZE = code(Polarity.MAXIMIZE), code(Polarity.MINIMIZE)
_STABILIZE, _BINARY, _UNSCORED = code(Polarity.STABILIZE), code(Polarity.BINARY), code(Polarity.UNSCORED)


def achievement(target: Floats, actual: Floats, polarity: Codes, worst: Floats | None, policy: Policy) -> Floats:
    """The achievement (n,) as an uncapped ratio: 1.0 is on target, never 0..100 (domain.md, section 5).

    `target`, `actual` (n,) consolidated, in the KPI's unit of measure, NaN for none; `polarity` (n,) positions in
    `model.Polarity`; `worst` (n,) the worst tolerable value, NaN for none, or None when no KPI has one.

    NaN where the target or the actual is NaN, where the KPI is unscored, and where the rule has no answer: target 0
    for Maximize and Stabilize, target and worst 0 for Minimize, target 0 without worst if the policy excludes it, or a
    result too large for a double.
    """
    minimize = polarity == _MINIMIZE
    with np.errstate(all="ignore"):
        ratio = actual / target
        np.subtract(2.0, ratio, out=ratio, where=minimize)

        rows = np.flatnonzero(target < 0.0)
        if rows.size:
            size = np.abs(target[rows])
            ratio[rows] = 1.0 + np.where(minimize[rows], -1.0, 1.0) * (actual[rows] - target[rows]) / size

        rows = np.flatnonzero(polarity == _STABILIZE)
        if rows.size:
            size = np.abs(target[rows])
            ratio[rows] = _by_closeness(1.0 - np.abs(actual[rows] - target[rows]) / size, policy)

        zero = target == 0.0
        if zero.any():
            ratio[zero] = np.nan
            rows = np.flatnonzero(zero & minimize)
            ratio[rows] = _of_zero_target(actual[rows], None if worst is None else worst[rows], policy)

        rows = np.flatnonzero(polarity == _BINARY)
        if rows.size:
            surplus = actual[rows] - target[rows]
            met = surplus >= -NOISE * np.maximum(1.0, np.abs(target[rows]))
            ratio[rows] = np.where(np.isnan(surplus), np.nan, met)

    np.copyto(ratio, np.nan, where=(polarity == _UNSCORED) | np.isinf(ratio))
    return ratio


def index(ratio: Floats, polarity: Codes, ceiling: Flags | None, policy: Policy) -> Floats:
    """The index (n,): 100 times the achievement `ratio` (n,), within the policy's floor and cap (domain.md, section 5).

    `ceiling` (n,): the target cannot be exceeded, so that a Maximize or Minimize KPI that meets it gets the cap; None
    when that holds for no KPI. NaN where the achievement is NaN.
    """
    with np.errstate(over="ignore"):  # too large for a double is beyond the cap anyway
        value = ratio * 100.0
    np.clip(value, policy.floor, policy.cap, out=value)
    if ceiling is not None:
        met = ceiling & (polarity <= _MINIMIZE) & (ratio >= 1.0 - NOISE)
        np.copyto(value, policy.cap, where=met)
    return value


def _of_zero_target(actual: Floats, worst: Floats | None, policy: Policy) -> Floats:
    """Minimize with target 0: the way left to the worst tolerable value, or without one what the policy chose."""
    if policy.zero_target is ZeroTarget.PASS_FAIL:
        none_left = actual <= NOISE
        ratio = np.where(np.isnan(actual), np.nan, none_left)
    else:
        ratio = np.full(actual.shape, np.nan)
    if worst is not None:
        ratio = np.where(np.isnan(worst), ratio, (worst - actual) / worst)
    return ratio


def _by_closeness(closeness: Floats, policy: Policy) -> Floats:
    """Stabilize: piecewise linear through the points of the policy, constant outside of them."""
    points = np.array(policy.stabilize)
    ratio: Floats = np.interp(closeness, points[:, 0], points[:, 1])
    return ratio
