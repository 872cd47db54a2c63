"""From a score to its status and its rating (domain.md, section 7).

Bands are half-open, lower bound inclusive unless a band says otherwise, highest first, so that every score falls in
exactly one. A score is rounded to `model.COMPARE_DECIMALS` for the comparison only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bsc_xl.model import Band, Policy, Status
from bsc_xl.scoring.arrays import Codes, Flags, Floats, code, comparable

NO_RATING = -1
"""The code of a rating or level that cannot be given, because there is no score."""

_NO_DATA = code(Status.NO_DATA)


def status(score: Floats, policy: Policy, green_from: Floats | None = None, yellow_from: Floats | None = None) -> Codes:
    """The status of each index or score (0..120, any shape): positions in `model.Status` (domain.md, section 7).

    `green_from`, `yellow_from`, of the same shape: a KPI's own lower bounds, on the scale of the index; NaN, or None
    for all of them, takes the policy's. A score below every bound has the lowest status, NaN has "no data".
    """
    own = {Status.GREEN: green_from, Status.YELLOW: yellow_from}
    rounded = comparable(score)
    lowest = policy.status[-1]
    codes = np.full(score.shape, code(Status(lowest.name)), dtype=np.int8)
    for band in reversed(policy.status[:-1]):
        bounds = own.get(Status(band.name))
        lower = band.lower if bounds is None else np.where(np.isnan(bounds), band.lower, bounds)
        np.putmask(codes, rounded >= lower, code(Status(band.name)))
    np.putmask(codes, np.isnan(score), _NO_DATA)
    return codes


def rating(score: Floats, policy: Policy, new_idea: Flags) -> Codes:
    """The rating of each score (n,) in 0..120: positions in `policy.rating_bands` (domain.md, section 7).

    `new_idea` (n,): a new idea is on record; a band that needs one is passed over without it. A score below every
    bound has the lowest rating, NaN has `NO_RATING`.
    """
    return band_of(score, policy.rating_bands, new_idea)


def band_of(values: Floats, bands: Sequence[Band], new_idea: Flags | None = None) -> Codes:
    """The band of each value (n,), on the scale of its bounds: positions in `bands`, highest first.

    `new_idea` (n,): as in `rating`; None where no band needs one. A value below every bound is in the lowest band, NaN
    in none: `NO_RATING`.
    """
    rounded = comparable(values)
    lowest = len(bands) - 1
    codes = np.full(values.shape, lowest, dtype=np.int8)
    for position in range(lowest - 1, -1, -1):
        band = bands[position]
        reached = rounded > band.lower if band.exclusive else rounded >= band.lower
        if band.needs_new_idea and new_idea is not None:
            reached &= new_idea
        np.putmask(codes, reached, position)
    np.putmask(codes, np.isnan(values), NO_RATING)
    return codes
