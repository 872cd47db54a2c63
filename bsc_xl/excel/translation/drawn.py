"""What a workbook of a shape says before anybody fills it in, as the drawing has it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import python_calamine
from openpyxl.utils import get_column_letter

from bsc_xl.excel import template
from bsc_xl.excel.layout import SHEETS, Layout
from bsc_xl.excel.stamp import markup
from bsc_xl.ooxml.package import Package, open_package
from bsc_xl.ooxml.parts import Parts


@dataclass(frozen=True)
class Drawn:
    """The drawing of a layout in one language."""

    layout: Layout
    package: Package

    @cached_property
    def texts(self) -> dict[str, dict[str, str]]:
        """Sheet key -> address -> the text of each cell that holds one and no formula."""
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.package.write()))
        found = {}
        for key in SHEETS:
            rows = book.get_sheet_by_name(self.layout.title(key)).to_python(skip_empty_area=False)
            found[key] = {
                f"{get_column_letter(column)}{number}": value
                for number, row in enumerate(rows, start=1)
                for column, value in enumerate(row, start=1)
                if isinstance(value, str) and value
            }
        return found

    @cached_property
    def lists(self) -> Mapping[str, list[tuple[str, str]]]:
        """Sheet key -> ranges with the defined name of the list from which their cells are chosen."""
        parts = {sheet.title: sheet.part for sheet in Parts(self.package).sheets}
        return {key: list(_lists(self.package.part(parts[self.layout.title(key)]))) for key in SHEETS}


def _lists(part: bytes) -> Iterator[tuple[str, str]]:
    for found in markup.tag(b"dataValidation").finditer(part):
        if markup.attribute(found["rest"], b"type") == b"list":
            formula = part[found.end() : part.find(b"</formula1>", found.end())].rpartition(b">")[2].decode()
            for cells in (markup.attribute(found["rest"], b"sqref") or b"").decode().split():
                yield cells, formula


@lru_cache(maxsize=8)
def drawn(layout: Layout, with_macros: bool) -> Drawn:
    """The drawing of that layout; many workbooks have one in common."""
    return Drawn(layout, open_package(template.draw(layout, with_macros)))
