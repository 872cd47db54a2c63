"""Who a workbook is from that cannot be read as a whole, as far as its settings sheet still says so."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import python_calamine
from openpyxl.utils import column_index_from_string

from bsc_xl.errors import PackageError
from bsc_xl.excel.address import split
from bsc_xl.excel.places import reference
from bsc_xl.ooxml.package import open_package
from bsc_xl.ooxml.parts import Parts
from bsc_xl.tables import parse

UNIT_CODE, VERSION, SHAPE = "unit_code", "template_version", "shape"
CONCERNED: Mapping[str, str] = {"source.other_version": VERSION, "source.not_a_unit_workbook": SHAPE}
"""The reason why a workbook is refused -> the field of its settings that says so."""


class Field(NamedTuple):
    """A field of the settings: title of its sheet, cell, and what stands there as text."""

    sheet: str
    cell: str
    text: str


def settings(data: bytes) -> dict[str, Field]:
    """The fields of the settings that can still be found by their defined names; none of what is no workbook."""
    try:
        names = Parts(open_package(data)).names
        places = {key: reference(names.get(f"bsc_{key}", "")) for key in (UNIT_CODE, VERSION, SHAPE)}
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return {
                key: Field(title, cell, _text(book.get_sheet_by_name(title).to_python(skip_empty_area=False), cell))
                for key, place in places.items()
                if place
                for title, cell in (place,)
                if title in book.sheet_names and ":" not in cell
            }
    except (PackageError, python_calamine.CalamineError):
        return {}


def _text(rows: Sequence[Sequence[object]], cell: str) -> str:
    letters, row = split(cell)
    line = rows[row - 1] if row <= len(rows) else []
    column = column_index_from_string(letters) - 1
    return parse.as_text(line[column]).strip() if column < len(line) else ""
