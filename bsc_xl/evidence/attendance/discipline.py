"""From absences to a sanction level (PP 94/2021; domain.md, section 8), and from a level to the actual of a KPI."""

from __future__ import annotations

import numpy as np

from bsc_xl.evidence.attendance.days import Counts
from bsc_xl.model import DisciplineRules
from bsc_xl.scoring.arrays import Codes, Floats

NO_SANCTION = "none"
"""The name of the level below all sanctions; a label key below ``sanction``, as theirs."""

FULL_POINTS = 100.0


def days_of_absence(absent: Counts, deducted: Counts, rules: DisciplineRules) -> Counts:
    """The days that count towards a sanction: whole days of absence, and one more for each full day of minutes.

    `absent` in days, `deducted` in minutes, both since 1 January, of one shape. A part of a day does not count.
    """
    return absent + deducted // rules.day_minutes


def levels(days: Counts, longest: Counts, rules: DisciplineRules) -> Codes:
    """The level of each: a position in `rules.sanctions`, or their number where there is none.

    `days` of unexcused absence since 1 January, `longest` absences in a row, whole numbers of one shape. The highest
    level is also reached by `rules.consecutive_days` in a row.
    """
    bounds = [sanction.days for sanction in reversed(rules.sanctions)]
    level = (len(bounds) - np.searchsorted(bounds, days, side="right")).astype(np.int8)
    level[longest >= rules.consecutive_days] = 0
    return level


def names(rules: DisciplineRules) -> tuple[str, ...]:
    """The name of each level, as `levels` counts them."""
    return (*(sanction.name for sanction in rules.sanctions), NO_SANCTION)


def points(level: Codes, rules: DisciplineRules) -> Floats:
    """What is left of 100 points at each level: the actual of a discipline KPI with `DisciplineMeasure.LEVEL`."""
    lost = np.array([*(sanction.points for sanction in rules.sanctions), 0.0])
    return FULL_POINTS - lost[level]
