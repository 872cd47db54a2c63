"""The words of the domain as types: what a KPI, a cell, a band and a policy are.

Scales, everywhere: an achievement is a ratio (1.0 is on target); an index and every score is 0..120;
a weight is percent (0..100).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

NA_TEXT = "N/A"
"""What a person writes in a cell that does not apply; read without regard to case."""

WEIGHT_TOTAL = 100.0
WEIGHT_TOLERANCE = 0.01
"""Weights total 100 within this tolerance (domain.md, section 6)."""

COMPARE_DECIMALS = 11
"""A value is rounded to so many decimals before it is compared with a bound, so that arithmetic noise in the last
bits of a double (0.1 + 0.2) can never change a colour. Every computation, Python or formula, does it alike."""

NOISE = 1e-14
"""So much two figures may differ, relative to their size, and still be the same figure added up in another order."""

PERIODS_PER_YEAR = (1, 2, 4, 12)


class Perspective(StrEnum):
    """The four perspectives, in the order of the workbook."""

    FINANCIAL = "financial"
    CUSTOMER = "customer"
    INTERNAL_PROCESS = "internal_process"
    LEARNING_GROWTH = "learning_growth"


class Polarity(StrEnum):
    """Which way is better. The order is the code used in arrays and in the workbook's lists."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"
    STABILIZE = "stabilize"
    BINARY = "binary"
    UNSCORED = "unscored"


class Consolidation(StrEnum):
    """How periods become one figure. The order is the code used in arrays and in the workbook's lists."""

    SUM = "sum"
    AVERAGE = "average"
    LAST = "last"


class Status(StrEnum):
    """The colour of a KPI, a perspective or an organisation. The order is the code used in arrays."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NO_DATA = "no_data"


class Level(StrEnum):
    """What a unit is."""

    UNIT = "unit"
    EMPLOYEE = "employee"


class Cell(IntEnum):
    """The four states of a cell (domain.md, section 3). They are never turned into one another."""

    NUMBER = 0
    BLANK = 1
    NA = 2
    ERROR = 3


class ZeroTarget(StrEnum):
    """What a Minimize KPI with target 0 and no worst value gets (domain.md, section 5)."""

    PASS_FAIL = "pass_fail"
    EXCLUDE = "exclude"


class Missing(StrEnum):
    """What a KPI with a target and no actual does to the roll-up (domain.md, section 6)."""

    REDISTRIBUTE = "redistribute"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Band:
    """One half-open band: it begins at `lower`, inclusive, and ends where the next higher one begins.

    `name` is a key of the labels. `needs_new_idea`: reached only with a new idea on record (domain.md, section 7).
    """

    lower: float
    name: str
    needs_new_idea: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about scoring that a bureau may choose; domain.md marks these figures "(policy)".

    `floor` and `cap` limit the index. `status` and `rating_bands` are bands, highest first. `stabilize` holds the
    points (closeness, achievement), both ratios, of the piecewise-linear scale, in rising order of closeness.
    """

    name: str
    floor: float
    cap: float
    zero_target: ZeroTarget
    missing: Missing
    rating: str
    status: tuple[Band, ...]
    rating_bands: tuple[Band, ...]
    stabilize: tuple[tuple[float, float], ...]
