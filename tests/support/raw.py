"""Files of raw evidence as tests make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from bsc_xl.evidence.model import Question, Span

YEAR = Span(date(2025, 1, 1), date(2025, 12, 31))
ASKED = Question(YEAR, period=4)


def text_file(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """A text file with these lines."""
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def workbook_file(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], merged: Sequence[str] = ()) -> Path:
    """A workbook with these sheets; `merged` are ranges of the first."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for area in merged:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return path
