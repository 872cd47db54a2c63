"""The sheets of a workbook that somebody else made, to grids of cells; formulas by their stored results, never run."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import python_calamine

from bsc_xl.errors import EvidenceError, PackageError
from bsc_xl.evidence.headings import HEAD
from bsc_xl.ooxml.cells import cells, is_too_wide, may_hold_special
from bsc_xl.ooxml.package import MOST_PACKED, open_file
from bsc_xl.ooxml.parts import Parts
from bsc_xl.tables import ExcelError

SIGNATURES = (b"PK\3\4", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls files begin, whatever they are called."""
MOST_CELLS = 32 << 20
"""Of the range that a sheet's cells span: a full sheet of twenty columns, and room for more."""

Special = Mapping[tuple[int, int], ExcelError]
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Workbook:
    """The sheets of a file by title, in their order."""

    source: str
    book: Any
    special: Mapping[str, Special]
    _rows: dict[str, list[list[Any]]] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """The titles of the sheets that hold cells."""
        sheets = self.book.sheets_metadata
        kind = python_calamine.SheetTypeEnum.WorkSheet
        return [sheet.name for sheet in sheets if sheet.typ == kind]

    def head(self, title: str) -> list[list[Any]]:
        """The first rows of a sheet."""
        return self._content(title)[:HEAD]

    def grid(self, title: str) -> pd.DataFrame:
        """Every row of a sheet, blank ones included."""
        return pd.DataFrame(self._content(title), dtype=object)

    def merged(self, title: str) -> list[Merged]:
        """The cells of a sheet that are merged, by row and column from 0: the first and the last of each."""
        ranges: list[Merged] = self.book.get_sheet_by_name(title).merged_cell_ranges or []
        return ranges

    def _content(self, title: str) -> list[list[Any]]:
        if title not in self._rows:
            try:
                sheet = self.book.get_sheet_by_name(title)
                rows = sheet.to_python(skip_empty_area=False) if _spanned(sheet) <= MOST_CELLS else None
            except (python_calamine.CalamineError, ValueError) as error:
                raise EvidenceError(source=self.source, reason="evidence.unreadable") from error
            if rows is None:
                raise EvidenceError(source=self.source, reason="evidence.too_wide", sheet=title)
            for (row, column), value in self.special.get(title, {}).items():
                _put(rows, row, column, value)
            self._rows[title] = rows
        return self._rows[title]


def open_workbook(path: Path, content: bytes) -> Workbook:
    """The workbook in a file; `EvidenceError` when it is damaged, locked, or holds more than any sheet can."""
    special: dict[str, Special] = {}
    try:
        if content.startswith(SIGNATURES[0]):
            special = _special(path)
        elif len(content) > MOST_PACKED:
            raise EvidenceError(source=path.name, reason="evidence.too_large")
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PackageError as error:
        raise EvidenceError(source=path.name, **error.params) from error
    except (python_calamine.CalamineError, ValueError) as error:
        raise EvidenceError(source=path.name, reason="evidence.unreadable") from error
    return Workbook(path.name, book, special)


def _special(path: Path) -> dict[str, Special]:
    """The cells of each sheet that calamine reads as empty though they are no blanks: error values, and formulas that
    no program has calculated. By row and column from 0."""
    package = open_file(path)
    found: dict[str, Special] = {}
    for sheet in Parts(package).sheets:
        content = package.part(sheet.part)
        if is_too_wide(content, sheet.part, MOST_CELLS):
            raise EvidenceError(source=path.name, reason="evidence.too_wide", sheet=sheet.title)
        if may_hold_special(content):
            odd = ((cell.row - 1, cell.column - 1, cell.special) for cell in cells(content, sheet.part))
            found[sheet.title] = {(row, column): value for row, column, value in odd if value is not None}
    return found


def _spanned(sheet: Any) -> int:
    return int(sheet.total_height) * int(sheet.total_width)


def _put(rows: list[list[Any]], row: int, column: int, value: ExcelError) -> None:
    width = max([column + 1, *(len(each) for each in rows[:1])])
    while len(rows) <= row:
        rows.append([""] * width)
    rows[row] += [""] * (column + 1 - len(rows[row]))
    rows[row][column] = value
