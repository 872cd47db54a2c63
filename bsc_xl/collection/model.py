"""What a collection of filled-in workbooks gives: who sent what, what is wrong with it, and the scorecard of all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pandas as pd

from bsc_xl.errors import Failure
from bsc_xl.labels import Labels
from bsc_xl.scorecard import Scorecard
from bsc_xl.tables.findings import failure_text


class Severity(StrEnum):
    """How grave an exception is: a FAILURE makes the command end with 1, ADVICE and a QUESTION do not."""

    FAILURE = "failure"
    ADVICE = "advice"
    QUESTION = "question"


class Receipt(StrEnum):
    """How a unit stands: its figures came whole, came with blanks in periods up to the reporting one, came only in
    files that were refused, or did not come."""

    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Irregularity:
    """One exception: something about a workbook that a person must know, told once.

    `rule`: its code; `text` gives the sentence. `unit_code`: "" where the file does not say. `file`: as in
    `Submission`, "" where a unit sent none. `sheet`, `cell`: the title that the sheet has today and an address such as
    ``F12``, "" where a whole file or unit is concerned. `value`: what was found there, `expected`: what would be right;
    both as text, "" for nothing. `table`: of an input that breaks a rule of the data set, else "". `column`: the
    attribute that stands there, `kpi`: the code of the KPI that is concerned; "" where that says nothing.
    """

    severity: Severity
    rule: str
    unit_code: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    value: str = ""
    expected: str = ""
    table: str = ""
    column: str = ""
    kpi: str = ""

    def text(self, labels: Labels) -> str:
        """What is wrong and what to do, in one sentence or two, without the place."""
        for key in (f"collection.rule.{self.rule}", f"error.reason.{self.rule}"):
            if key in labels:
                # why a file cannot be read names a part of it, a version or a sheet
                named = {"part": self.value, "version": self.value, "sheet": self.sheet, "kpi": self.kpi}
                value, expected = self.said(self.value, labels), self.said(self.expected, labels)
                attribute = labels(_ATTRIBUTES[self.rule] + self.column) if self.rule in _ATTRIBUTES else self.column
                return labels(key, value=value, expected=expected, attribute=attribute, **named)
        column = self.column or None
        return failure_text(
            Failure(self.table, None, None, column, self.rule, self.value, self.severity, self.expected), labels
        )

    def said(self, text: str, labels: Labels) -> str:
        """`value` or `expected` as people of that language write it: numbers that were read as such, and choices; of
        what is compared, nothing is a word, too."""
        if self.rule not in _COMPARED:
            return text
        if not text:
            return labels("collection.nothing")
        if f"{self.column}.{text}" in labels:
            return labels(f"{self.column}.{text}")
        return labels.number(float(text), len(text.partition(".")[2])) if _NUMBER.fullmatch(text) else text


_COMPARED = frozenset(
    {"definition_differs", "kpi_recognised", "target_differs", "setting_differs", "difference", "moved"}
)
_ATTRIBUTES = {"definition_differs": "column.", "setting_differs": "settings."}
"""Rules that name what differs -> where its labels are."""
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class Submission:
    """What one unit sent. `file`: the path of the workbook whose figures count, as it was given to the command, with
    ``/``; of a refused one where there is no other; "" where none came. `modified`: when the file was last changed,
    `recalculated`: the stamp in the workbook, both None for none. `others`: files of the same unit that do not count,
    newest first. `filled` of `expected`: actuals of the periods up to the reporting one that have a target."""

    unit_code: str
    receipt: Receipt
    file: str = ""
    modified: datetime | None = None
    recalculated: datetime | None = None
    others: tuple[str, ...] = ()
    filled: int = 0
    expected: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """Everything that the consolidated workbook shows, and nothing that depends on when or where it is drawn.

    `run`: the name of this collection in the archive, such as ``2026-04-12T091500``; `when`: its time; `engine`: the
    version of bsc-xl that read and scored. `card`: the scorecard of the reporting period, over all units of the data
    set, or of all that came where no data set was given: units that are missing or refused are there without any
    figure, so that the tree is whole; their scores are NaN. `submissions`: one for each unit of
    ``card.tables.units``, in that order. `irregularities`: failures first, then advice, then questions, each by unit
    and place. `links`: every file named above or in `irregularities` -> its address relative to the output folder, as
    a hyperlink takes it (percent-encoded), or an absolute one.
    `trend`: what is known of every period up to the reporting one, of this year from the figures of this collection, of
    earlier years from the archive; by year, period and unit: columns `unit_code`, `year`, `period`, `periods` (how many
    the year has), `score`, `financial`, `customer`, `internal_process`, `learning_growth` (0..120, NaN for none).
    """

    run: str
    when: datetime
    engine: str
    card: Scorecard
    submissions: list[Submission]
    irregularities: list[Irregularity]
    links: Mapping[str, str]
    trend: pd.DataFrame

    def count(self, receipt: Receipt) -> int:
        """How many units stand like that."""
        return sum(submission.receipt is receipt for submission in self.submissions)

    @property
    def failed(self) -> bool:
        """There is something that must be put right."""
        return any(irregularity.severity is Severity.FAILURE for irregularity in self.irregularities)
