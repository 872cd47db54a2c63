"""What is printed of a workbook: the same sheets, under the same name, by the button and by the command."""

from __future__ import annotations

from pathlib import Path

from bsc_xl.excel import history
from bsc_xl.excel.layout import SHEETS, Layout
from bsc_xl.excel.port import Book
from bsc_xl.excel.recalculation import Recalculation
from bsc_xl.model import Level

_LISTS = ("strategy_map", "action_plan", "trend")
"""Sheets that list KPIs or what they are for."""
PRINTABLE = tuple(key for key in SHEETS if key != "trace")
"""Every sheet that can be printed, in the order of the tabs."""


def signed_sheets(book: Book, layout: Layout, done: Recalculation) -> tuple[str, ...]:
    """The sheets that are signed and filed, in the order of the tabs: the dashboard; the perspectives with KPIs, and
    the lists that there are then; the employees where there are any; the history once a period is closed."""
    perspectives = {str(row.perspective) for row in done.reading.filled}
    staff = done.reading.standing.staff
    people = layout.level is Level.EMPLOYEE or (staff is not None and bool(staff.begun.any()))
    closed = history.closed_periods(layout, book.read([history.SHEET]), done.card.tables.settings.year)
    wanted = {
        "dashboard",
        *perspectives,
        *(_LISTS if perspectives else ()),
        *(["employees"] if people else []),
        *([history.SHEET] if closed else []),
    }
    return tuple(key for key in PRINTABLE if key in wanted)


def pdf_name(workbook: str) -> str:
    """The name of the PDF file of a workbook with that name."""
    return f"{Path(workbook).stem}.pdf"
