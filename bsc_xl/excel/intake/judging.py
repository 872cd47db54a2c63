"""How employees were judged in a workbook: the list of a unit, or the report of one employee."""

from __future__ import annotations

from collections.abc import Iterator

from bsc_xl.collection.received import Judged
from bsc_xl.excel.file import plain_value
from bsc_xl.excel.intake.opened import Opened
from bsc_xl.excel.port import is_number
from bsc_xl.model import Behaviour, Level
from bsc_xl.policies import load
from bsc_xl.tables import ExcelError, parse


def judged(book: Opened, unit_code: str) -> Iterator[Judged]:
    """Everybody of whom a value is given that is on the scale; what is not on it counts as not given and is told
    elsewhere (`people.failures`)."""
    layout, block = book.layout, book.blocks["employees"]
    least, most = load().employees.behaviour_scale
    for i in range(layout.people):
        cells = [plain_value(block.value(layout.person(value, i).cell)) for value in Behaviour]
        values = tuple(float(cell) if is_number(cell) and least <= cell <= most else None for cell in cells)
        if any(value is not None for value in values):
            first = layout.person("employee_id", i).cell
            code = unit_code if layout.level is Level.EMPLOYEE else plain_value(block.value(first))
            if not isinstance(code, ExcelError):
                yield Judged(parse.as_text(code).strip(), values, block.title, first)
