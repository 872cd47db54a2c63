"""What raw evidence says: figures that can be traced to a file, and the rows that were set aside, with the reason.

Numbers and stable codes only. The words for a code are labels: ``evidence.rule.<code>`` for a row that was set aside,
``evidence.remark.<code>`` for a remark, ``evidence.measure.<kind>.<measure>`` for a figure. Nothing personal is kept
here beyond ids (domain.md, section 9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from bsc_xl.model import COMPARE_DECIMALS, Policy
from bsc_xl.scoring.arrays import Positions


@dataclass(frozen=True, slots=True)
class Source:
    """The file behind a figure. `name`: without its folder. `sha256`: of its bytes, in hexadecimal.

    `sheet`: the title of the sheet in a workbook, None for a text file. `encoding`: "utf-8", "utf-16", "cp1252", or
    "mixed" where some lines are in UTF-8 and others in cp1252; None for a workbook.
    """

    name: str
    sha256: str
    sheet: str | None
    encoding: str | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that counts nowhere. `row`: as people count the rows of the file, its headings and titles included.

    `column`: our name of the column at fault, "" where the row as a whole is. `value`: what stands there, as text; ""
    in a column that may hold a person's name, and for a text that may be a remark on one.
    """

    row: int
    rule: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know of a figure that counts all the same. `values` fill the placeholders."""

    rule: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `value`: percent, 0..100 and more, where `is_percent`; otherwise a count or an index.

    `numerator` and `denominator` are the counts or sums behind it: 57 of 58. All three without noise in the last bits.
    """

    measure: str
    numerator: float
    denominator: float
    value: float
    is_percent: bool

    def __post_init__(self) -> None:
        for name in ("numerator", "denominator", "value"):
            object.__setattr__(self, name, round(float(getattr(self, name)), COMPARE_DECIMALS))


def share(measure: str, numerator: float, denominator: float) -> Figure:
    """The figure numerator / denominator in percent; the denominator is above 0."""
    return Figure(measure, numerator, denominator, 100 * numerator / denominator, is_percent=True)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that count, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a file, beyond its kind.

    `span`: days that count. `period`: the reporting one of the year's `periods`, for files that name periods, not days.
    `schedule`: the file of the work schedule, for attendance. `population`: how many people could have answered, for
    surveys. `planned`: how many trainings the plan has. `policy`: the bureau's choices, where a kind needs them.
    `employees`: the ids whose attendance is asked for, None for everybody in the file.
    """

    span: Span
    period: int
    periods: int = 4
    schedule: Path | None = None
    population: int | None = None
    planned: int | None = None
    policy: Policy | None = None
    employees: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source by our name. `required`: without it nothing can be counted. `personal`: may hold a person's
    name, so its values never leave the importer."""

    name: str
    required: bool = True
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of the file `name`, not yet read into values.

    `frame`: the columns that were found, by our names; an optional one may lack. Cells hold what the file gave: text
    (as categories, from text files), numbers, dates, times, true and false, None. Only `evidence.values` reads them.
    `rows` (n,): the row of each in the file, as people count. Blank rows and totals are no part of it.
    `totals`: rows that sum others up, with the same columns, `total_rows` their rows. `set_aside`: what was found so
    far. `source`: gives the file, once its checksum is there. `mark`: the decimal mark that this kind of file suggests,
    "" where it suggests none.
    """

    name: str
    frame: pd.DataFrame
    rows: Positions
    totals: pd.DataFrame
    total_rows: Positions
    set_aside: tuple[SetAside, ...]
    source: Callable[[], Source]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one file says. `figures`: by measure, the first is the kind's default. `used`: rows that count.

    `set_aside`: rows that do not, with the reason, in the order of the file. `outside`: sound rows of other days or
    periods. `details`: what a kind knows beyond figures; for attendance the discipline table, for surveys `Survey`.
    """

    kind: str
    source: Source
    figures: Mapping[str, Figure]
    used: int
    set_aside: tuple[SetAside, ...]
    outside: int = 0
    remarks: tuple[Remark, ...] = ()
    details: object | None = None
