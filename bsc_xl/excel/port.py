"""What an action asks of a workbook, whether it is open in a spreadsheet program, a closed file, or in memory.

Actions read everything they need with one `Book.read`, compute, and write with one `Book.apply`; nothing is computed
after the first write. Places are `Ref`s of the workbook's own `Layout`, so that an action never knows how an adapter
finds them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol, TypeGuard

from openpyxl.utils import column_index_from_string

from bsc_xl.excel.address import last_cell, split
from bsc_xl.excel.layout import FIRST_CELL, Layout, Ref
from bsc_xl.excel.results import Value

Found = str | float | bool | None
"""What a cell holds: None is blank, an Excel error value is `tables.ExcelError`, a formula that nobody has calculated
is `tables.UncalculatedFormulaError`, a date is its serial number, "" is a formula that shows nothing. Typed text that
looks like an error is a plain str.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One sheet as it was read, rows from A1 on; rows may be of different length, what is beyond them is blank.

    `title` is what the tab says today, which may not be what the layout says. `formulas` has the same places as
    `values`: the formula as the program or the file writes it, without its "=", or None where there is none.
    `offset`: so many rows lower than the layout says do the cells stand today, for what is told to people.
    """

    title: str
    values: Sequence[Sequence[Found]]
    formulas: Sequence[Sequence[str | None]]
    offset: int = 0

    def today(self, cell: str) -> str:
        """The address at which a person finds the cell."""
        letters, row = split(cell)
        return f"{letters}{row + self.offset}"

    def value(self, cell: str) -> Found:
        """What the cell at that address holds."""
        row, column = _place(cell)
        line = self.row(row + 1)
        return line[column] if column < len(line) else None

    def row(self, number: int) -> Sequence[Found]:
        """What the cells of a row hold, as the sheet counts its rows."""
        return self.values[number - 1] if number <= len(self.values) else ()

    def formula(self, cell: str) -> str | None:
        """The formula of the cell at that address, None where there is none."""
        row, column = _place(cell)
        there = row < len(self.formulas) and column < len(self.formulas[row])
        return self.formulas[row][column] if there else None


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What an action writes. An adapter applies all of it or fails; it never looks at what it overwrites.

    `values`: the cell holds this afterwards and no formula. Text is text, also where it begins with "="; None and ""
        empty the cell; numbers keep all their digits. A cell that is not there yet is made, in the look of its column.
    `formulas`: canonical formulas, without "=", in the grammar of the file format (English names, commas).
    `results`: what stands beside the formula of a cell, which stays (or is one of `formulas`). A closed file stores
        them; a program that calculates by itself passes them over.
    `formats`: the sheets on which the conditional formats must be those of `template.draw(layout)`; an adapter looks
        whether they are and puts them back only where they are not.
    `footer`: what the left part of each sheet's printed footer says, None for no change. A program in which this is
        slow may put it off until it prints.
    `printed`: the last cell of what is printed of a sheet. An adapter lets the print area end in its row, unless people
        have chosen other columns.
    `times`: cells among these that only say when this was done. An adapter may leave all as it is where nothing else
        would change.
    """

    values: Mapping[Ref, Value] = field(default_factory=dict)
    formulas: Mapping[Ref, str] = field(default_factory=dict)
    results: Mapping[Ref, Value] = field(default_factory=dict)
    formats: frozenset[str] = frozenset()
    footer: str | None = None
    printed: Mapping[str, str] = field(default_factory=dict)
    times: frozenset[Ref] = frozenset()


class Book(Protocol):
    """A workbook of a unit. Sheets are found by code name, all else by the layout; titles are never looked for."""

    @property
    def name(self) -> str:
        """How a message calls the workbook: its file name."""

    def layout(self) -> Layout:
        """The shape that the workbook keeps in its `shape` field, which is found by the defined name ``bsc_shape``.

        `SourceError` with reason "source.not_a_unit_workbook" where there is no such name or the text in it is none.
        """

    def read(self, sheets: Collection[str]) -> dict[str, Block]:
        """Sheet key -> its cells, at least those of `area`. One call to the program for the values of a sheet and one
        for its formulas, however many rows there are.

        A sheet that is gone: `SourceError` with reason "source.sheet_gone" and `sheet`, its title in the layout.
        """

    def read_formulas(self, sheets: Collection[str]) -> dict[str, Block]:
        """As `read` for those to whom it makes no difference what formulas show: one call for a sheet.

        An adapter may give a formula's result as one that nobody has calculated, other cells as the text that would be
        typed, and take a text that looks like a formula for one.
        """

    def apply(self, changes: Changes) -> None:
        """Writes everything; selection and the program's own settings are afterwards what they were, also when an error
        comes between, and the sheets that are written in an open workbook are protected as they were drawn. A closed
        file is saved whole or not at all."""


class Insertion(NamedTuple):
    """One row of cells to be inserted above `row`, from column `first` to column `last`; what is below moves down.

    The new cells look like those of the row below and hold nothing. Every range, defined name, table, conditional
    format and validation that spans the place grows, as a spreadsheet program does it; other columns of the sheet stay.
    """

    sheet: str
    row: int
    first: str
    last: str


class OpenBook(Book, Protocol):
    """A workbook that is open in a spreadsheet program, with a person in front of it."""

    def selection(self) -> list[Ref]:
        """The selected cells in reading order, as far as they lie in the `area` of the sheet that is shown; none where
        that sheet is not ours. Several areas are one list."""

    def select(self, ref: Ref) -> None:
        """Shows the sheet and selects the cell; `ActionError` where the sheet is hidden."""

    def locking(self, refs: Collection[Ref]) -> AbstractContextManager[bool]:
        """Makes the cells such that nobody can change them while the sheet is protected, and gives whether anybody
        could before. When that fails, or what is done within the ``with``, they can be changed as before."""

    def inserted(self, insertions: Sequence[Insertion], grown: Layout) -> AbstractContextManager[None]:
        """Makes the insertions, after which the layout is `grown`. When one of them fails, or what is done within the
        ``with``, they come out again, and the workbook is of its former shape."""

    def folder(self) -> Path | None:
        """The folder on this computer in which the file lies; None for one that is not saved yet or lies on the web."""

    def choose_files(self, title: str, kinds: Sequence[str]) -> list[Path]:
        """Lets the person choose files whose names end in one of `kinds`; empty where they choose none."""

    def print(self, path: Path, sheets: Sequence[str], footer: str) -> None:
        """Prints the sheets, in the order of their tabs, into a PDF file; the left part of each foot says `footer`."""


def is_number(value: object) -> TypeGuard[float]:
    """Whether a cell holds a number as formulas see it."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def area(layout: Layout, sheet: str) -> str:
    """The range from A1 on that holds every cell the layout knows on a sheet: what an adapter has to read."""
    return f"{FIRST_CELL}:{last_cell(layout.ranges(sheet))}"


@lru_cache(maxsize=1 << 14)  # as in `address.split`
def _place(cell: str) -> tuple[int, int]:
    """Row and column of an address, counted from 0."""
    letters, row = split(cell)
    return row - 1, column_index_from_string(letters) - 1
