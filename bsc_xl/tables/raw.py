"""Tables as they were found, before anything has been read into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import pandas as pd


class NumberStyle(Enum):
    """How numbers in the text of a table are written. Cells that hold numbers are not concerned."""

    POINT = "point"
    """96.13, as programs write it."""
    COMMA = "comma"
    """1.234,5, as Indonesian Excel saves it."""
    UNCLEAR = "unclear"
    """The table does not tell, or has numbers of both kinds: 1.234 may be either, so it is refused, never guessed."""
    CELLS = "cells"
    """Only a cell that holds a number is one, as formulas see it: text is refused, also "12", "N/A " or a space."""


class ExcelError(str):
    """The text of a cell that holds an Excel error value such as #DIV/0!; typed text that looks the same is a str."""

    __slots__ = ()


class UncalculatedFormulaError(ExcelError):
    """The text of a formula whose cell holds no value, since no program has calculated it yet: it is not a blank."""

    __slots__ = ()


class Place(NamedTuple):
    """A cell of a workbook whose sheets are no tables: the title of its sheet, its letters and its row."""

    title: str
    letters: str
    row: int

    def __str__(self) -> str:
        return f"{self.title}!{self.letters}{self.row}"


Where = Callable[[str, int, str | None], Place | None]
"""Table, position of a row in its frame and column (None: the row as a whole) -> the cell, None where there is none."""


@dataclass(frozen=True, slots=True)
class RawTables:
    """The tables of one source.

    `frames`: by table name, with the headings of the source and the rows below them, blank rows included.
        Cells hold what the source gave: text, numbers, None, NaN, dates, `ExcelError`, `UncalculatedFormulaError`. The
        heading None is for what stands to the right of the last heading: such a row has slipped, and is not used.
    `cells`: the source is a sheet or a delimited file, so that a row and a column make an address such as ``kpis!E12``.
    `above`: how many blank rows stand above the headings, for tables in which there are any; without them, the headings
        are row 1 and the first data row is row 2.
    `styles`: the way of writing numbers, for tables in which it is not `NumberStyle.POINT`.
    `where`: the cell in which a value stands, where that is not what the frames say. `words`: what the source calls the
        choices of a column (or of a setting, by its key), word -> code; only these words are understood then.
    `mark`: what separates decimals in an example of a number, where `NumberStyle.CELLS` does not tell.
    """

    frames: Mapping[str, pd.DataFrame]
    cells: bool = False
    styles: Mapping[str, NumberStyle] = field(default_factory=dict)
    above: Mapping[str, int] = field(default_factory=dict)
    where: Where | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    mark: str = "."

    def decimal_mark(self, table: str) -> str:
        """What separates the decimals of a number that is written as text in that table."""
        style = self.styles.get(table)
        return self.mark if style is NumberStyle.CELLS else "," if style is NumberStyle.COMMA else "."
