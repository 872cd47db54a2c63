"""Closed workbooks that are recalculated as `bsc-xl recalc` does it, at a time of the test's choice."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bsc_xl.excel.file import open_book
from bsc_xl.excel.recalculation import READ, Recalculation, recalculate
from bsc_xl.files import Saved

WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone


def recalculated(path: Path, when: datetime = WHEN) -> tuple[Recalculation, Saved]:
    """What a recalculation found, and what became of the file."""
    book = open_book(path)
    done = recalculate(book.layout(), book.read(READ), when)
    book.apply(done.changes)
    return done, book.save()
