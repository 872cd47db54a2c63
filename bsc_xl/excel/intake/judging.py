"""How employees were judged in a workbook: the list of a unit, or the report of one employee."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bsc_xl.collection.received import Judged, Listed
from bsc_xl.excel.intake.opened import Opened
from bsc_xl.excel.port import Found, is_number
from bsc_xl.excel.stored import plain_value
from bsc_xl.model import Behaviour, Cell, Level
from bsc_xl.policies import load
from bsc_xl.tables import parse


def judged(book: Opened, unit_code: str) -> Iterator[Judged]:
    """Everybody who stands there, also without any value: it may have been cleared. What is no value on the scale is
    told elsewhere (`people.failures`)."""
    found = list(_rows(book, unit_code))
    filled = {each.unit_code for each in found if _is_filled(each)}
    for each in found:
        if _is_filled(each) or (each.unit_code and each.unit_code not in filled):
            yield each


def listed(book: Opened) -> Iterator[Listed]:
    """What else the list of a unit says of its employees."""
    layout, block = book.layout, book.blocks["employees"]
    answers = {layout.labels(f"choice.{word}").casefold(): word == "yes" for word in ("yes", "no")}
    for i in range(layout.people if layout.level is Level.UNIT else 0):
        cell = layout.person("work_result", i).cell
        result = plain_value(block.value(cell))
        idea = parse.as_text(plain_value(block.value(layout.person("new_idea", i).cell))).strip().casefold()
        said = Listed(
            _code(book, i), float(result) if is_number(result) else None, answers.get(idea), block.title, cell
        )
        if said.result is not None or said.new_idea is not None:
            yield said


def _is_filled(each: Judged) -> bool:
    return any(entry is not None for entry in each.given)


def _rows(book: Opened, unit_code: str) -> Iterator[Judged]:
    layout, block = book.layout, book.blocks["employees"]
    for i in range(layout.people):
        cells = tuple(layout.person(value, i).cell for value in Behaviour)
        first = layout.person("employee_id", i).cell
        code = unit_code if layout.level is Level.EMPLOYEE else _code(book, i)
        given = tuple(_as_given(plain_value(block.value(cell))) for cell in cells)
        yield Judged(code, given, block.title, first, cells)


def _code(book: Opened, i: int) -> str:
    """The code of the i-th employee in the list of a unit."""
    return parse.as_text(plain_value(book.blocks["employees"].value(book.layout.person("employee_id", i).cell))).strip()


def _as_given(cell: Found) -> float | str | None:
    """An entry as a data set has it; a text that would be a number there is marked as the text that it is."""
    least, most = load().employees.behaviour_scale
    if parse.is_blank(cell):
        return None
    if is_number(cell):
        return float(cell) if least <= cell <= most else parse.as_text(cell)
    text = parse.as_text(cell)
    reads = parse.numbers(np.array([text], dtype=object)).state[0] == Cell.NUMBER
    return f"'{text}" if reads else text
