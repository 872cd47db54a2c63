"""A data set as one .xlsx workbook with a sheet per table; plain cells, no workbook of a unit."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import python_calamine

from bsc_xl import files
from bsc_xl.dataset.folder import frame_of_rows, is_empty
from bsc_xl.dataset.plain import PlainColumn, Value
from bsc_xl.errors import OutputError, PackageError, SourceError
from bsc_xl.ooxml.cells import cells as cells_of
from bsc_xl.ooxml.cells import is_too_wide, may_hold_special
from bsc_xl.ooxml.package import Package, open_file
from bsc_xl.ooxml.parts import Parts
from bsc_xl.tables import ExcelError, RawTables, parse
from bsc_xl.tables.columns import COLUMNS, OPTIONAL_TABLES, heading
from bsc_xl.tables.sheet import typed_styles

SHEET_ROWS = 1_048_576
MOST_CELLS = 40 * SHEET_ROWS
"""Of the range that a sheet's cells span: a full sheet of a table's columns, and room for more."""

_UNIT_WORKBOOK = "bsc_template_version"
"""A defined name that every workbook of a unit has. Some of its sheets are named like tables, and are none."""


def read(path: Path) -> RawTables:
    """The sheets that are named like tables; cells with an Excel error value are `ExcelError`, those with a formula and
    no value `UncalculatedFormulaError`."""
    try:
        package = open_file(path)
        parts = Parts(package)
        if _UNIT_WORKBOOK in parts.names:
            raise SourceError(source=str(path), reason="source.unit_workbook")
        sheets = {sheet.title: sheet.part for sheet in parts.sheets if heading(sheet.title) in COLUMNS}
        rows, special = _cells(package, sheets, str(path))
    except PackageError as error:
        raise SourceError(source=str(path), **error.params) from error
    except (python_calamine.CalamineError, ValueError) as error:
        raise SourceError(source=str(path), reason="source.unreadable") from error
    names = list(sheets)
    if not names:
        raise SourceError(source=str(path), reason="source.no_tables")
    if len(set(map(heading, names))) < len(names):
        raise SourceError(source=str(path), reason="source.two_tables")
    frames: dict[str, pd.DataFrame] = {}
    above: dict[str, int] = {}
    for name, cells in rows.items():
        for (row, column), value in special.get(name, {}).items():
            _put(cells, row, column, value)
        if heading(name) not in OPTIONAL_TABLES or not is_empty(cells):
            table = heading(name)
            frames[table], above[table] = frame_of_rows(cells, f"{path} [{name}]")
    return RawTables(frames, cells=True, styles=typed_styles(frames), above=above)


def write(tables: dict[str, list[PlainColumn]], path: Path, overwrite: bool) -> None:
    """Writes a sheet per table, every text as text; the file is replaced in one step, a former one kept beside it."""
    from openpyxl import Workbook

    if path.exists() and not overwrite:
        raise OutputError(path=str(path), reason="source.exists")
    sheets = {table: _rows(columns, path) for table, columns in tables.items()}
    book = Workbook(write_only=True)
    for table, rows in sheets.items():
        sheet = book.create_sheet(table)
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    files.save(path, content.getvalue())


def _rows(columns: list[PlainColumn], path: Path) -> list[tuple[Value, ...]]:
    """The headings and the rows of a sheet; `OutputError` for what a sheet cannot hold, before anything is written."""
    rows = [tuple(column.name for column in columns), *zip(*(column.cells for column in columns), strict=True)]
    if len(rows) > SHEET_ROWS:
        raise OutputError(path=str(path), reason="source.too_many_rows")
    escaped = [tuple(parse.without_codes(value) if isinstance(value, str) else value for value in row) for row in rows]
    if any(isinstance(value, str) and parse.is_too_long(value) for row in escaped for value in row):
        raise OutputError(path=str(path), reason="source.text_too_long")
    return escaped


def _cell(sheet: Any, value: Value) -> Any:
    """A cell whose type is what the value is, never what its text looks like."""
    if value is None or isinstance(value, bool):
        return value
    from openpyxl.cell import WriteOnlyCell

    # openpyxl writes a number with 16 digits, and it takes 17 to bring every double back: so it gets the digits as
    # text, in a cell of type number. A sheet knows no infinity; as text it is refused again when it is read.
    number = not isinstance(value, str) and math.isfinite(value)
    cell = WriteOnlyCell(sheet, value if isinstance(value, str) else repr(value))
    cell.data_type = "n" if number else "s"
    return cell


def _put(cells: list[list[Any]], row: int, column: int, value: ExcelError) -> None:
    while len(cells) <= row:
        cells.append([])
    cells[row] += [""] * (column + 1 - len(cells[row]))
    cells[row][column] = value


def _cells(
    package: Package, sheets: Mapping[str, str], source: str
) -> tuple[dict[str, list[list[Any]]], dict[str, dict[tuple[int, int], ExcelError]]]:
    """The cells of each sheet, and those that calamine reads as empty though they are no blanks, by row and column from
    0: error values, and formulas without a value. They are looked up in the sheet itself, where it has any."""
    special = {}
    for name, part in sheets.items():
        content = package.part(part)
        if is_too_wide(content, part, MOST_CELLS):
            raise SourceError(source=source, reason="source.too_wide", sheet=name)
        if may_hold_special(content):
            found = (cell for cell in cells_of(content, part) if cell.special is not None)
            special[name] = {(cell.row - 1, cell.column - 1): cell.special for cell in found if cell.special}
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(package.write())) as book:
        rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in sheets}
    return rows, special
