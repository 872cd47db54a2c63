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

ON_TARGET = 100.0
"""The index of what is exactly on target."""

SEEN = 0.005
"""Fewer points are shown as 0.00: a change or a gap of so little is none, and has no sign, arrow or colour."""

COMPARE_DECIMALS = 11
"""A value is rounded to so many decimals before it is compared with a bound, so that arithmetic noise in the last
bits of a double (0.1 + 0.2) can never change a colour. Every computation, Python or formula, does it alike."""

RANK_DECIMALS = 6
"""An index is ranked by so many decimals, so that noise decides no order."""

OFF_A_TIE = 1e-10
"""So much is added to an index before it is rounded to be ranked: programs and Python take different sides of a tie
such as 81.2500625, and it no longer is one. More than noise, less than anything that counts."""

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


class Outlook(StrEnum):
    """Whether a KPI's target of the year is met. The order is the code used in arrays and in the workbook's lists."""

    REACHED = "reached"
    """It is, whatever the remaining periods bring."""
    OPEN = "open"
    MISSED = "missed"
    """It is not, and cannot be reached any more."""
    UNSET = "unset"
    """Nobody can say: the year goes on, and none of the periods to come has a target yet."""


class Advice(StrEnum):
    """What to do about a KPI. The order is the code used in arrays and in the workbook's lists."""

    KEEP = "keep"
    IMPROVE = "improve"
    CORRECT = "correct"
    COMPLETE = "complete"
    """Complete the data: nothing else can be said."""


class Level(StrEnum):
    """What a unit is."""

    UNIT = "unit"
    EMPLOYEE = "employee"


class Behaviour(StrEnum):
    """The seven values by which an employee's behaviour is judged (BerAKHLAK), in the order of the tables."""

    SERVICE_ORIENTATION = "service_orientation"
    ACCOUNTABLE = "accountable"
    COMPETENT = "competent"
    HARMONIOUS = "harmonious"
    LOYAL = "loyal"
    ADAPTIVE = "adaptive"
    COLLABORATIVE = "collaborative"


class Expectation(StrEnum):
    """How a work result or a behaviour compares with what was expected. The order is the code used in arrays, and that
    of the bands of `EmployeeRules`."""

    ABOVE = "above"
    AS_EXPECTED = "as_expected"
    BELOW = "below"


class EmployeeRating(StrEnum):
    """What gives an employee's rating (domain.md, section 8)."""

    MATRIX = "matrix"
    """Work result and behaviour, by the matrix of PermenPANRB 6/2022."""
    PP30 = "pp30"
    """The work result alone, on the numeric scale of PP 30/2019."""


class DisciplineMeasure(StrEnum):
    """What the attendance gives a discipline KPI as its actual."""

    ON_TIME = "on_time"
    """The percentage of attended workdays on which the employee was on time."""
    LEVEL = "level"
    """100 less the points of the level that PP 94/2021 gives the absences of the year."""


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
    `exclusive`: the bound itself belongs to the next lower band (work results "above 100", domain.md, section 8).
    """

    lower: float
    name: str
    needs_new_idea: bool = False
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class EmployeeRules:
    """How employees are judged (domain.md, section 8).

    `result`, `behaviour`: the bands of a work result (0..120) and of a behaviour mean, one for each member of
    `Expectation`, in that order. `behaviour_scale`: the lowest and the highest value that a judge may give.
    `ratings`: those of the matrix, best first; `matrix`: one of them for each result level (rows) and behaviour level
    (columns), in the order of `Expectation`. `numeric`: the bands of the scale of PP 30/2019, highest first. Names of
    ratings are label keys below ``rating.matrix`` and ``rating.pp30``.
    """

    result: tuple[Band, ...]
    behaviour: tuple[Band, ...]
    behaviour_scale: tuple[float, float]
    ratings: tuple[str, ...]
    matrix: tuple[tuple[str, ...], ...]
    numeric: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Sanction:
    """A level of PP 94/2021: reached with so many `days` of unexcused absence in a year.

    `grade`: light, medium or heavy. `points`: what the level takes off 100 where a KPI is fed with it
    (`DisciplineMeasure.LEVEL`). `name` and `grade` are label keys below ``sanction``.
    """

    days: int
    name: str
    grade: str
    points: float


@dataclass(frozen=True, slots=True)
class DisciplineRules:
    """How attendance becomes discipline (PP 94/2021; domain.md, section 8).

    `lateness_from`: the minutes at which each bracket of lateness begins, rising; the last has no end. `day_minutes`
    of lateness or early leave make one day of absence, and a missing clock-in or clock-out counts `missing_minutes`.
    `sanctions`: highest first; with fewer days than the lowest there is none. `consecutive_days` of absence in a row
    reach the highest.
    """

    lateness_from: tuple[int, ...]
    day_minutes: int
    missing_minutes: int
    consecutive_days: int
    sanctions: tuple[Sanction, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about scoring that a bureau may choose; domain.md marks these figures "(policy)".

    `floor` and `cap` limit the index. `status` and `rating_bands` are bands, highest first. `stabilize` holds the
    points (closeness, achievement), both ratios, of the piecewise-linear scale, in rising order of closeness. An index
    that fell by `falling` points since the period before needs more than its colour says (`scoring.outlook.advice`).
    `employee_rating` and `discipline` choose among what `employees` and `discipline_rules` describe.
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
    falling: float
    employee_rating: EmployeeRating
    discipline: DisciplineMeasure
    employees: EmployeeRules
    discipline_rules: DisciplineRules
