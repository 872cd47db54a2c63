"""The cells of a sheet with their formulas, read from its part as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from bsc_xl.ooxml import xml
from bsc_xl.tables import ExcelError, UncalculatedFormulaError
from bsc_xl.tables.frames import ERROR_TEXT

_SPECIAL = re.compile(rb"""\st=["']e["']|<([A-Za-z0-9]+:)?(?:f[\s/>]|v>\s*[-+]?[IiNn])""")

_WIDTHS = tuple((26 * sum(26**i for i in range(n)), re.compile(rb"\sr=[\"'][A-Z]{%d}[0-9]" % n)) for n in (3, 2))
_ROWS = re.compile(rb"\sr=[\"'][A-Z]+([0-9]+)[\"']")
_TAIL = 1 << 16
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576


class Formula(NamedTuple):
    """A formula as it stands in its cell: `text` without "=", "" in the cells that share another cell's formula.

    `kind` is "", "shared", "array" or "dataTable"; `group` tells the shared formulas of a sheet apart; `area` is the
    range that a shared or array formula covers, in the one cell that says so.
    """

    text: str
    kind: str = ""
    group: str = ""
    area: str = ""


class SheetCell(NamedTuple):
    """A cell that holds something: its row and column from 1, its type in the file, its formula, its stored value."""

    row: int
    column: int
    kind: str
    formula: Formula | None
    value: str

    @property
    def special(self) -> ExcelError | None:
        """An error value, a number that is none (NaN, INF), or a formula that no program has calculated yet; none of
        them must ever be taken for a blank."""
        if self.kind == "e" or (self.kind == "n" and self.value[-1:].isalpha()):
            return ExcelError(self.value or ERROR_TEXT)
        # A formula may well give an empty text: then the cell says that it holds text.
        if self.formula is not None and not self.value and self.kind != "str":
            return UncalculatedFormulaError(f"={self.formula.text}")
        return None


def cells(content: bytes, part: str) -> Iterator[SheetCell]:
    """The cells of a sheet that hold a value or a formula, in their order.

    Rows and cells may leave out where they are; then each stands after the one before. `PackageError` for one that
    stands where no sheet has cells.
    """
    reader = _Reader()
    for _ in xml.steps(content, part, reader.start, reader.end, reader.text):
        yield from reader.found
        reader.found.clear()


def may_hold_special(content: bytes) -> bool:
    """Whether any cell of a sheet may be `SheetCell.special`: a look at the bytes, much faster than reading them."""
    return _SPECIAL.search(content) is not None


def is_too_wide(content: bytes, part: str, most: int) -> bool:
    """Whether the range from A1 to the last cell that holds something has more than `most` cells: python-calamine holds
    that range whole, and one cell at the far end of a sheet would end the process.

    A look at the bytes answers for ordinary sheets, however long they are; others are read.
    """
    columns = next((width for width, found in _WIDTHS if found.search(content)), 26)
    rows = max(map(int, _ROWS.findall(content, max(0, len(content) - _TAIL))), default=LAST_ROW)
    if rows * columns <= most:
        return False
    last_row = last_column = 0
    for cell in cells(content, part):
        last_row, last_column = max(last_row, cell.row), max(last_column, cell.column)
    return last_row * last_column > most


@dataclass(slots=True)
class _Reader:
    found: list[SheetCell] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _kind: str = ""
    _formula: Formula | None = None
    _texts: list[str] | None = None
    _value: str = ""
    _holds: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column = 0
            case "c":
                self._column = column_of(attributes["r"]) if "r" in attributes else self._column + 1
                if not (1 <= self._column <= LAST_COLUMN and 1 <= self._row <= LAST_ROW):
                    raise ValueError("no cell of a sheet")
                self._kind = attributes.get("t", "n")
                self._formula, self._value, self._holds = None, "", False
            case "f":
                get = attributes.get
                self._formula = Formula("", get("t", "").replace("normal", ""), get("si", ""), get("ref", ""))
                self._texts = []
            case "v" | "t":
                self._texts = []

    def text(self, data: str) -> None:
        if self._texts is not None:
            self._texts.append(data)

    def end(self, name: str) -> None:
        match name:
            case "f":
                assert self._formula is not None
                self._formula = self._formula._replace(text="".join(self._texts or ()))
                self._texts, self._holds = None, True
            case "v" | "t":
                self._value += "".join(self._texts or ())
                self._texts, self._holds = None, True
            case "c" if self._holds:
                self.found.append(SheetCell(self._row, self._column, self._kind, self._formula, self._value))


@lru_cache(maxsize=1024)
def _column_of_letters(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_of(address: str) -> int:
    """The number of a cell's column from 1."""
    return _column_of_letters(address.rstrip("0123456789"))
