"""From an employee's work result and behaviour to levels and a rating (domain.md, section 8).

A work result is an index of 0..120, behaviour is judged 1..5; neither is ever converted into the other. Levels are
codes of `model.Expectation`, ratings positions in `rating_names`; `NO_RATING` stands for none of either.
"""

from __future__ import annotations

import numpy as np

from bsc_xl.model import EmployeeRating, Expectation, Policy
from bsc_xl.scoring.arrays import Codes, Flags, Floats
from bsc_xl.scoring.rating import NO_RATING, band_of


def rating_names(policy: Policy) -> tuple[str, ...]:
    """The ratings that the policy can give, best first: label keys below ``rating.<policy.employee_rating>``."""
    if policy.employee_rating is EmployeeRating.PP30:
        return tuple(band.name for band in policy.employees.numeric)
    return policy.employees.ratings


def behaviour_means(values: Floats) -> Floats:
    """The mean (m,) of the values (m, 7) that were given, 1..5; NaN stands for one that was not, and for no mean."""
    given = ~np.isnan(values)
    counts = given.sum(axis=1)
    means = np.full(len(values), np.nan)
    np.divide(np.where(given, values, 0.0).sum(axis=1), counts, out=means, where=counts > 0)
    return means


def result_levels(result: Floats, policy: Policy) -> Codes:
    """The level of each work result (m,), 0..120; NaN has none. Exactly 100 is as expected."""
    return band_of(result, policy.employees.result)


def behaviour_levels(values: Floats, policy: Policy) -> Codes:
    """The level of each employee's behaviour (m, 7), 1..5, by its mean.

    All seven values are needed: who is judged on some of them has a mean and no level, since those still to come may
    change it.
    """
    complete = ~np.isnan(values).any(axis=1)
    return band_of(np.where(complete, behaviour_means(values), np.nan), policy.employees.behaviour)


def ratings(result: Floats, behaviour_level: Codes, new_idea: Flags, policy: Policy) -> Codes:
    """The rating of each employee (m,): positions in `rating_names`.

    By the matrix it takes a work result (0..120, NaN for none) and a behaviour level; on the numeric scale of
    PP 30/2019 it takes the work result alone, and its highest band also a new idea on record (domain.md, section 7).
    """
    if policy.employee_rating is EmployeeRating.PP30:
        return band_of(result, policy.employees.numeric, new_idea)
    box = nine_box(result_levels(result, policy), behaviour_level)
    names = [name for row in policy.employees.matrix for name in row]
    codes = np.array([*(policy.employees.ratings.index(name) for name in names), NO_RATING], dtype=np.int8)
    return codes[box]


def nine_box(result_level: Codes, behaviour_level: Codes) -> Codes:
    """The box (m,) of the nine-box picture, 0..8: three for each result level from above to below, among them the
    behaviour levels in the same order. `NO_RATING` where either level is missing."""
    placed = (result_level != NO_RATING) & (behaviour_level != NO_RATING)
    return np.where(placed, result_level * len(Expectation) + behaviour_level, NO_RATING).astype(np.int8)
