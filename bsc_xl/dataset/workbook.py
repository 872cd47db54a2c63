"""A data set as one .xlsx workbook with a sheet per table; plain cells, no workbook of a unit."""

from __future__ import annotations

import io
import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import python_calamine

from bsc_xl import files
from bsc_xl.dataset.folder import frame_of_rows, is_empty
from bsc_xl.dataset.plain import PlainColumn, Value
from bsc_xl.errors import OutputError, SourceError
from bsc_xl.tables import ExcelError, RawTables, UncalculatedFormulaError, parse
from bsc_xl.tables.columns import COLUMNS, OPTIONAL_TABLES, heading
from bsc_xl.tables.frames import ERROR_TEXT
from bsc_xl.tables.sheet import typed_styles

SHEET_ROWS = 1_048_576

_SPECIAL_CELL = re.compile(rb"""\st=["']e["']|<([A-Za-z0-9]+:)?f[\s/>]""")
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")
_UNIT_WORKBOOK = "bsc_template_version"
"""A defined name that every workbook of a unit has. Some of its sheets are named like tables, and are none."""


def read(path: Path) -> RawTables:
    """The sheets that are named like tables; cells with an Excel error value are `ExcelError`, those with a formula and
    no value `UncalculatedFormulaError`."""
    try:
        if _is_unit_workbook(path):
            raise SourceError(source=str(path), reason="source.unit_workbook")
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            names = [name for name in book.sheet_names if heading(name) in COLUMNS]
            rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
        special = _special_cells(path, names)
    except (python_calamine.CalamineError, zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError) as error:
        raise SourceError(source=str(path), reason="source.unreadable") from error
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


def _special_cells(path: Path, names: list[str]) -> dict[str, dict[tuple[int, int], ExcelError]]:
    """The error values and the formulas without a value of each sheet, by row and column counted from 0. calamine reads
    such cells as empty, and neither must ever be taken for a blank; so they are looked up in the file itself, where a
    sheet has any."""
    found: dict[str, dict[tuple[int, int], ExcelError]] = {}
    with zipfile.ZipFile(path) as package:
        for name, part in _sheet_parts(package).items():
            if name in names and _SPECIAL_CELL.search(content := package.read(part)):
                found[name] = dict(_special_in(content))
    return found


def _is_unit_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as package:
        elements = _parsed(package.read("xl/workbook.xml")).iter()
        return any(_local(each) == "definedName" and each.get("name") == _UNIT_WORKBOOK for each in elements)


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    relations = _parsed(package.read("xl/_rels/workbook.xml.rels"))
    targets = {element.get("Id"): element.get("Target", "") for element in relations}
    parts = {}
    for element in _parsed(package.read("xl/workbook.xml")).iter():
        if _local(element) == "sheet":
            relation = next(value for key, value in element.items() if key.endswith("}id"))
            parts[element.get("name", "")] = posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/")
    return parts


def _special_in(content: bytes) -> Iterator[tuple[tuple[int, int], ExcelError]]:
    for cell in _parsed(content).iter():
        place = _PLACE.fullmatch(cell.get("r", "")) if _local(cell) == "c" else None
        value = _special_value(cell) if place is not None else None
        if place is not None and value is not None:
            column = 0
            for letter in place[1]:
                column = column * 26 + ord(letter) - ord("A") + 1
            yield (int(place[2]) - 1, column - 1), value


def _special_value(cell: ElementTree.Element) -> ExcelError | None:
    parts = {_local(part): "".join(part.itertext()) for part in cell}
    if cell.get("t") == "e":
        return ExcelError(parts.get("v") or ERROR_TEXT)
    # A formula may well give an empty text: then the cell says that it holds text.
    if "f" in parts and not parts.get("v") and cell.get("t") != "str":
        return UncalculatedFormulaError(f"={parts['f']}")
    return None


def _parsed(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314 - expat bounds expansion; the file is the user's own


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
