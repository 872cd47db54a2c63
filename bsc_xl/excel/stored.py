"""What stands in the cells of a closed file, as the port has it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from bsc_xl.excel.dates import EPOCH, serial
from bsc_xl.excel.port import Found
from bsc_xl.excel.stamp.groups import moved
from bsc_xl.ooxml import cells

Place = tuple[int, int]
"""Row and column, from 0."""


class Untold(NamedTuple):
    """What calamine does not tell of a sheet: errors and uncalculated formulas; the texts of formulas; and how many
    rows and columns it has."""

    special: dict[Place, Found]
    texts: dict[Place, str]
    extent: tuple[int, int]


def untold(content: bytes, part: str) -> Untold:
    """Of the sheet in this part of a package. `PackageError` where it cannot be read."""
    special: dict[Place, Found] = {}
    texts: dict[Place, str] = {}
    owners: dict[str, tuple[str, str]] = {}
    rows = columns = 0
    for cell in cells.cells(content, part):
        rows, columns = max(rows, cell.row), max(columns, cell.column)
        at = cell.row - 1, cell.column - 1
        if cell.special is not None:
            special[at] = cell.special
        if cell.formula is None:
            continue
        text = cell.formula.text
        if cell.formula.kind == "shared":
            address = f"{get_column_letter(cell.column)}{cell.row}"
            if text:
                owners[cell.formula.group] = text, address
            elif cell.formula.group in owners:
                text = moved(*owners[cell.formula.group], address)
        texts[at] = text
    return Untold(special, texts, (rows, columns))


def plain_value(value: Any) -> Found:
    """A value of calamine as the port has it: nothing is None, dates and times are the numbers that the file holds."""
    match value:
        case "":
            return None
        case datetime():
            return serial(value)
        case date():
            return serial(datetime.combine(value, time()))
        case time():
            return serial(datetime.combine(EPOCH, value))
        case timedelta():
            return value / timedelta(days=1)
        case int() if not isinstance(value, bool):
            return float(value)
        case _:
            return value
