"""What the action plan of a workbook says of each KPI, as a data set has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bsc_xl.collection.received import Planned
from bsc_xl.excel.dates import EPOCH
from bsc_xl.excel.initiatives import SHEET, Entry, Plan, is_date, text_date
from bsc_xl.excel.intake.opened import Opened
from bsc_xl.excel.port import Block, Found
from bsc_xl.excel.stored import plain_value
from bsc_xl.initiatives import NEEDED
from bsc_xl.tables import ExcelError, parse
from bsc_xl.tables.columns import PLAN_ENTRIES


def plan_of(book: Opened) -> Plan:
    """The action plan of the workbook."""
    sheet = book.blocks[SHEET]
    plain = Block(sheet.title, [list(map(plain_value, row)) for row in sheet.values], (), sheet.offset)
    return Plan(book.layout, {**book.blocks, SHEET: plain})


def planned(book: Opened, plan: Plan) -> Iterator[Planned]:
    """Every row of the plan in which anything is filled in."""
    title = book.blocks[SHEET].title
    for entry in plan.entries:
        cells = tuple(map(_as_given, PLAN_ENTRIES, entry.cells))
        at = book.layout.list_cell(SHEET, "kpi_code", entry.place).cell
        yield Planned(entry.code, entry.owner, cells, title, at)


def lacking(book: Opened, plan: Plan, place: int) -> str:
    """The cell where the plan for the KPI in that row first does not say what it must, or might say more."""
    entry = next((entry for entry in plan.entries if entry.owner == place), None)
    key = next((key for key in NEEDED if entry is None or _is_blank(entry, key)), None)
    at = place if entry is None else entry.place
    return book.layout.list_cell(SHEET, key or NEEDED[0], at).cell


def _is_blank(entry: Entry, key: str) -> bool:
    return parse.is_blank(entry.cells[PLAN_ENTRIES.index(key)])


def _as_given(key: str, cell: Found) -> str | None:
    """An entry as a data set has it; an error says nothing."""
    if isinstance(cell, ExcelError):
        return None
    if key == "due" and is_date(cell):
        return (EPOCH + timedelta(days=int(cell))).date().isoformat()
    if key == "due" and (day := text_date(cell)):
        return day.isoformat()
    text = parse.without_forbidden(parse.with_line_feeds(parse.as_text(cell)))
    return text if text.strip() else None
