"""From indices to scores: of perspectives, of the organisation, of a unit's children (domain.md, section 6).

A KPI's `group` is the perspective of the unit that it belongs to: ``unit * len(Perspective) + perspective``.
"""

from __future__ import annotations

import numpy as np

from bsc_xl.model import Missing, Perspective, Policy
from bsc_xl.scoring.arrays import Flags, Floats, Positions

_PERSPECTIVES = len(Perspective)


def counted_index(index: Floats, missing: Flags, policy: Policy) -> Floats:
    """The index (n,) with which each KPI enters the roll-up, 0..120; NaN: it does not enter (domain.md, section 6).

    `index` (n,) NaN for none; `missing` (n,): to be scored, with a target, but an actual is not reported yet. By the
    policy ``missing = redistribute`` the siblings carry the weight of such a KPI, by ``zero`` it counts as 0.
    """
    return np.where(missing, 0.0, index) if policy.missing is Missing.ZERO else index


def perspective_scores(index: Floats, weight: Floats, group: Positions, units: int) -> tuple[Floats, Floats, Floats]:
    """The weighted means of the indices: scores (U, 4), weights that count (n,), weighted scores (n,).

    `index` (n,) as from `counted_index`; `weight` (n,) in percent, on any common scale, NaN for one that is not valid:
    such a KPI does not count. The weighted scores of a group add up to its score; they are NaN, with weight 0, for
    KPIs that do not count. A group without weights above 0 has no score: NaN (domain.md, section 6).
    """
    share = index * weight
    counts = ~np.isnan(share)
    counted_weight = np.where(counts, weight, 0.0)
    weights = _sums(counted_weight, group, units * _PERSPECTIVES)
    points = _sums(np.where(counts, share, 0.0), group, units * _PERSPECTIVES)
    weights[weights == 0.0] = np.nan
    share /= weights[group]
    return (points / weights).reshape(units, _PERSPECTIVES), counted_weight, share


def organisation_scores(perspective_score: Floats, perspective_weight: Floats) -> Floats:
    """The scores (U,) of whole units, 0..120, from those of their perspectives (U, 4) and the weights (4,), percent.

    Perspectives without a score (NaN) leave their weight to the others; NaN when none has one (domain.md, section 6).
    """
    share = perspective_score * perspective_weight
    counts = ~np.isnan(share)
    weights = np.where(counts, perspective_weight, 0.0).sum(axis=1)
    points = np.where(counts, share, 0.0).sum(axis=1)
    return _quotients(points, weights)


def group_counts(flag: Flags, group: Positions, units: int) -> Positions:
    """How many KPIs of each unit and perspective carry the flag (n,): shape (U, 4); completeness is two of these."""
    return np.bincount(group[flag], minlength=units * _PERSPECTIVES).reshape(units, _PERSPECTIVES)


def children_means(score: Floats, parent: Positions, weight: Floats, counts: Flags) -> Floats:
    """The weighted mean (U,) of the scores of each unit's direct children, 0..120 (domain.md, section 6).

    `score` (U,) NaN for none; `parent` (U,) positions of units, -1 for none; `weight` (U,) on any scale; `counts` (U,)
    is False for units that never count, employees. Children without a score leave their weight to the others; NaN
    where no child counts.
    """
    rows = np.flatnonzero((parent >= 0) & counts & ~np.isnan(score) & ~np.isnan(weight))
    weights = _sums(weight[rows], parent[rows], len(score))
    points = _sums(weight[rows] * score[rows], parent[rows], len(score))
    return _quotients(points, weights)


def _sums(values: Floats, positions: Positions, size: int) -> Floats:
    """The sums (size,) of the values (n,) at each position (n,)."""
    return np.bincount(positions, values, minlength=size).astype(np.float64, copy=False)


def _quotients(points: Floats, weights: Floats) -> Floats:
    """The weighted means of these sums; NaN where nothing has weight."""
    means = np.full(points.shape, np.nan)
    np.divide(points, weights, out=means, where=weights != 0.0)
    return means
