"""What stands in the cells of one workbook: its settings, links and KPI rows, and the results that it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from openpyxl.utils import column_index_from_string

from bsc_xl.excel.address import split
from bsc_xl.excel.columns import PERIOD_INPUTS
from bsc_xl.excel.intake import compared
from bsc_xl.excel.intake.opened import Opened
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Found
from bsc_xl.excel.reading import KPI_KEYS
from bsc_xl.excel.shape import SPARE_ROWS
from bsc_xl.excel.stored import plain_value
from bsc_xl.model import Perspective
from bsc_xl.tables import Place, parse

_USUAL = frozenset({str, float})


class Slot(NamedTuple):
    """A KPI row in which anything is filled in: number of the workbook, perspective, sheet row, place among all rows,
    and the cells of `KPI_KEYS` followed by those of `PERIOD_INPUTS`, each for every period."""

    book: int
    perspective: Perspective
    row: int
    place: int
    cells: tuple[Found, ...]


def place_of(book: Opened, ref: Ref) -> Place:
    """The cell under the title that its sheet has today."""
    return Place(book.blocks[ref.sheet].title, *split(ref.cell))


def setting(book: Opened, key: str) -> Found:
    """What a field of the settings sheet holds."""
    ref = book.layout.settings[key]
    found: Found = plain_value(book.blocks[ref.sheet].value(ref.cell))
    return found


def links(book: Opened) -> list[tuple[int, Found, Found]]:
    """The rows of the table of causes and effects in which anything stands, with their place."""
    block, layout = book.blocks["strategy_map"], book.layout
    found = []
    for i in range(layout.links + SPARE_ROWS):
        cause, effect = (plain_value(block.value(layout.link_cell(key, i).cell)) for key in ("cause", "effect"))
        if not (parse.is_blank(cause) and parse.is_blank(effect)):
            found.append((i, cause, effect))
    return found


class _Form(NamedTuple):
    """Where the inputs of a KPI row stand: a getter of their values, and how many cells a row must have for it."""

    get: Callable[[Sequence[Found]], tuple[Found, ...]]
    width: int
    slots: tuple[tuple[Perspective, int], ...]


@lru_cache(maxsize=256)
def _form(layout: Layout) -> _Form:
    keys = [(key, 0) for key in KPI_KEYS]
    keys += [(key, period) for key in PERIOD_INPUTS for period in range(1, layout.periods + 1)]
    columns = [column_index_from_string(layout.columns[key]) - 1 for key in keys]
    return _Form(itemgetter(*columns), max(columns) + 1, layout.slots)


def slots(number: int, book: Opened) -> list[Slot]:
    """The KPI rows that are not empty, in the order in which the formulas look for the first with a code."""
    form = _form(book.layout)
    found = []
    for place, (perspective, row) in enumerate(form.slots):
        line = book.blocks[perspective].row(row)
        if len(line) < form.width:
            line = [*line, *[None] * (form.width - len(line))]
        cells = form.get(line)
        if cells.count("") + cells.count(None) < len(cells):
            if not set(map(type, cells)) <= _USUAL:
                cells = tuple(map(plain_value, cells))
            if not all(map(parse.is_blank, cells)):
                found.append(Slot(number, perspective, row, place, cells))
    return found


def results(slot: Slot, book: Opened) -> tuple[Found, ...]:
    """What the sheet shows in the columns of `compared.RESULTS`."""
    get, width = _results(book.layout)
    line = book.blocks[slot.perspective].row(slot.row)
    return get(line if len(line) >= width else [*line, *[None] * (width - len(line))])


@lru_cache(maxsize=256)
def _results(layout: Layout) -> tuple[Callable[[Sequence[Found]], tuple[Found, ...]], int]:
    columns = [column_index_from_string(layout.column(key)) - 1 for key in compared.RESULTS]
    return itemgetter(*columns), max(columns) + 1


def scores(book: Opened) -> list[Found]:
    """What the sheets show as the scores of the perspectives."""
    return [book.blocks[sheet].value(cell) for sheet, cell in compared.scores(book.layout)]
