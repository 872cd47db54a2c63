"""What raw evidence says: figures that can be traced to a file, and the rows that were set aside, with the reason.

Numbers and stable codes only. The words for a code are labels: ``evidence.rule.<code>`` for a row that was set aside,
``evidence.remark.<code>`` for a remark, ``evidence.measure.<kind>.<measure>`` for a figure. Nothing personal is kept
here beyond ids (domain.md, section 9).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from bsc_xl.model import COMPARE_DECIMALS, Policy
from bsc_xl.scoring.arrays import Positions


@dataclass(frozen=True, slots=True)
class Source:
    """A file behind a figure. `name`: without its folder. `sha256`: of its bytes, in hexadecimal.

    `sheet`: the title of the sheet in a workbook, None for a text file. `encoding`: "utf-8", "utf-16", "cp1252", or
    "mixed" where some lines are in UTF-8 and others in cp1252; None for a workbook. `used`: its rows that count.
    """

    name: str
    sha256: str
    sheet: str | None
    encoding: str | None
    used: int = 0


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that counts nowhere. `row`: as people count the rows of the file, its headings and titles included.

    `column`: our name of the column at fault, "" where the row as a whole is. `value`: what stands there, as text; ""
    in a column that may hold a person's name, and for a text that may be a remark on one. `file`: which file it is in,
    "" where only one was read.
    """

    row: int
    rule: str
    column: str = ""
    value: str = ""
    file: str = ""


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
    `employees`: the ids whose attendance is asked for, None for everybody in the file. `spelled`: ids as those write
    them who look for what is found; an employee of theirs, or asked for, is called so.
    """

    span: Span
    period: int
    periods: int = 4
    schedule: Path | None = None
    population: int | None = None
    planned: int | None = None
    policy: Policy | None = None
    employees: frozenset[str] | None = None
    spelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source by our name. `required`: without it nothing can be counted. `personal`: may hold a person's
    name, so its values never leave the importer. `spare`: a blank there says nothing, so that of several files some may
    lack it. `merged`: says of what its row is, so that a cell merged over several rows belongs to each of them."""

    name: str
    required: bool = True
    personal: bool = False
    spare: bool = False
    merged: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file of a listing. `name`: what messages call it. `source`: gives what is known of it, once its checksum is
    there. `mark`: the decimal mark that this kind of file suggests, "" where it suggests none. `before`: how many rows
    the files before it have."""

    name: str
    source: Callable[[], Source]
    mark: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of one file, or of several one after the other, not yet read into values.

    `frame`: the columns that were found, by our names; an optional one may lack. Cells hold what the file gave: text
    (as categories, from text files), numbers, dates, times, true and false, None. Only `evidence.values` reads them.
    `rows` (n,): the row of each in the file, as people count, and beyond the rows of the files before it. Blank rows
    and totals are no part of it.
    `totals`: rows that sum others up, with the same columns, `total_rows` their rows. `set_aside`: what was found so
    far. `files`: where the rows come from.
    """

    files: tuple[File, ...]
    frame: pd.DataFrame
    rows: Positions
    totals: pd.DataFrame
    total_rows: Positions
    set_aside: tuple[SetAside, ...]

    @property
    def name(self) -> str:
        """What messages call the files."""
        return ", ".join(file.name for file in self.files)

    @property
    def parts(self) -> list[slice]:
        """Where the rows of each file lie among the n."""
        begins = np.searchsorted(self.rows, [file.before for file in self.files], side="right").tolist()
        return [slice(*bounds) for bounds in pairwise([*begins, len(self.rows)])]

    def file_of(self, row: int) -> File:
        """The file in which a row lies."""
        return self.files[bisect_left(self.files, row, key=lambda file: file.before) - 1]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a file says, or several together. `figures`: by measure, the first is the kind's default.

    `set_aside`: rows that do not count, with the reason, in the order of the files. `outside`: sound rows of other days
    or periods. `details`: what a kind knows beyond figures; for attendance the discipline table, for surveys `Survey`.
    """

    kind: str
    sources: tuple[Source, ...]
    figures: Mapping[str, Figure]
    set_aside: tuple[SetAside, ...]
    outside: int = 0
    remarks: tuple[Remark, ...] = ()
    details: object | None = None

    @property
    def used(self) -> int:
        """How many rows count."""
        return sum(source.used for source in self.sources)

    @property
    def name(self) -> str:
        """What messages call the files."""
        return ", ".join(source.name for source in self.sources)
