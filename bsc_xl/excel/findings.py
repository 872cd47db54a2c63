"""What a check found, as a person reads it, and the sheet of the workbook that lists it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bsc_xl.errors import FAILURE, Failure
from bsc_xl.excel.columns import CHECK_COLUMNS
from bsc_xl.excel.fields import settings_label
from bsc_xl.excel.grammar import quoted_title
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block
from bsc_xl.excel.results import Value, engine_version
from bsc_xl.excel.room import CHECK_ROWS
from bsc_xl.tables.findings import failure_text

SHEET = "checks"


class Kind(StrEnum):
    """What a finding is, in the order in which findings are listed."""

    FAILURE = "failure"
    INCOMPLETE = "incomplete"
    """A KPI row that somebody began and that does not count yet."""
    OVERWRITTEN = "overwritten"
    DIFFERENCE = "difference"
    ADVICE = "advice"


class Finding(NamedTuple):
    """One finding: the title of its sheet and its cell, "" where it has none, a sentence, and what was found."""

    kind: Kind
    sheet: str
    cell: str
    text: str
    found: str


def of_failure(failure: Failure, layout: Layout, *, incomplete: bool) -> Finding:
    """A failure or advice of the tables. `incomplete`: it only says that a row is not filled in yet."""
    sheet, _, cell = (failure.cell or "").rpartition("!")
    kind = Kind.ADVICE if failure.level != FAILURE else Kind.INCOMPLETE if incomplete else Kind.FAILURE
    text = failure_text(failure, layout.labels, _field(layout, cell) if failure.table in ("settings", "units") else "")
    return Finding(kind, sheet, cell, text, failure.value or "")


def _field(layout: Layout, cell: str) -> str:
    """What the settings sheet calls the field in that cell."""
    keys = {ref.cell: key for key, ref in layout.settings.items()}
    return layout.labels(settings_label(keys[cell])) if cell in keys else ""


class Listing(NamedTuple):
    """What the sheet of findings holds: values, the links to cells as formulas, and what those show."""

    values: dict[Ref, Value]
    formulas: dict[Ref, str]
    results: dict[Ref, Value]


def listing(layout: Layout, found: Sequence[Finding], when: datetime, before: Block) -> Listing:
    """The findings on their sheet, those that fit; `before`: the sheet as it is, whose longer list is cleared.

    The line above it and the headings are whole, so that an adapter writes all of it as one rectangle.
    """
    text = layout.labels
    at = f"{when:%d/%m/%Y %H:%M}"
    line = text("checks.line" if found else "checks.none", when=at, version=engine_version(), count=len(found))
    above: dict[Ref, Value] = {layout.list_cell(SHEET, key, -2): None for key in CHECK_COLUMNS}
    headings: dict[Ref, Value] = {layout.list_cell(SHEET, key, -1): text(f"heading.{key}") for key in CHECK_COLUMNS}
    listed = Listing(above | {layout.checked(): line} | headings, {}, {})
    if len(found) > CHECK_ROWS:
        listed.values[layout.more_findings()] = text("checks.more", count=len(found) - CHECK_ROWS)
    elif before.value(layout.more_findings().cell) is not None:
        listed.values[layout.more_findings()] = None
    for i in range(max(min(len(found), CHECK_ROWS), _rows_in(layout, before))):
        _list(listed, layout, i, found[i] if i < len(found) else None)
    return listed


def _list(listed: Listing, layout: Layout, i: int, finding: Finding | None) -> None:
    row: Mapping[str, Value] = {} if finding is None else _row(layout, i, finding)
    link = layout.list_cell(SHEET, "cell", i)
    for key in ("number", "kind", "sheet", "finding", "found"):
        listed.values[layout.list_cell(SHEET, key, i)] = row.get(key)
    if finding is None or not finding.cell:
        listed.values[link] = None
    else:
        listed.formulas[link] = _jump(finding.sheet, finding.cell)
        listed.results[link] = finding.cell


def _row(layout: Layout, i: int, finding: Finding) -> dict[str, Value]:
    kind = layout.labels(f"checks.kind_{finding.kind}")
    sheet, text, found = (part or None for part in (finding.sheet, finding.text, finding.found))
    return {"number": i + 1, "kind": kind, "sheet": sheet, "finding": text, "found": found}


def _jump(title: str, cell: str) -> str:
    """A formula that shows the address and leads there."""
    target = f"#{quoted_title(title)}!{cell}".replace('"', '""')
    return f'HYPERLINK("{target}","{cell}")'


def _rows_in(layout: Layout, sheet: Block) -> int:
    """How many rows the list has now."""
    numbers = (sheet.value(layout.list_cell(SHEET, "number", i).cell) for i in range(CHECK_ROWS))
    return sum(number not in (None, "") for number in numbers)
