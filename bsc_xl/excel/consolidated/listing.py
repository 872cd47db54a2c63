"""Long lists: each look is drawn once, and the rows are written as text, ten thousand in well under a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openpyxl.utils import get_column_letter

from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp.content import content, formula_text
from bsc_xl.excel.template import style
from bsc_xl.excel.wrapping import lines_needed

FIRST_COLUMN = 2
LINKED = {"colour": style.BRAND, "underline": True}
"""What a cell with a link looks like; blue is for inputs."""
ROW_HEIGHT, LINE_HEIGHT = 18.0, 13.5
_FORMATS = style.FORMATS | {"integer": style.WHOLE}
NAME_LINES, TEXT_LINES = 6, 10
"""So many lines of a name, or of a sentence, make a row higher; what is longer is read in the cell."""


@dataclass(frozen=True)
class Area:
    """Where a list stands: the keys of its columns, its header row, how many rows of units or findings follow."""

    keys: tuple[str, ...]
    header_row: int
    rows: int

    @property
    def first(self) -> int:
        """The first row below the header."""
        return self.header_row + 1

    @property
    def last(self) -> int:
        """The last row; of a list without any, the header's."""
        return self.header_row + self.rows

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """The letters of each column."""
        return {key: get_column_letter(FIRST_COLUMN + i) for i, key in enumerate(self.keys)}

    def cell(self, key: str, row: int) -> str:
        """The cell of a column in the list's row counted from 0; -1 is the header."""
        return f"{self.letters[key]}{self.first + row}"

    def body(self, key: str, last_key: str | None = None) -> str:
        """The cells below the header, from one column to another; of a list without rows, its first free row."""
        bottom = max(self.last, self.first)
        return f"{self.letters[key]}{self.first}:{self.letters[last_key or key]}{bottom}"

    def whole(self) -> str:
        """Header and rows."""
        return f"{self.letters[self.keys[0]]}{self.header_row}:{self.letters[self.keys[-1]]}{self.last}"


@dataclass(frozen=True)
class Column:
    """What one column of a list holds, n rows.

    `values`: None for blank. `formulas` without "=", "" for none, or None where the column has none at all: the values
    are then what the formulas give. `links`: the address of a file, behind it after ``#`` a place inside, "" for none.
    `kind`: one of `style.FORMATS`. `lines`: a longer text wraps, and its row grows to so many at most. `looks`: what
    differs from the look of the kind, and `which` of them each row has.
    """

    key: str
    heading: str
    width: float
    values: Sequence[Value]
    kind: str = "text"
    formulas: Sequence[str] | None = None
    links: Sequence[str] | None = None
    lines: int = 1
    looks: tuple[Mapping[str, Any], ...] = ({},)
    which: Sequence[int] | None = None

    @property
    def numeric(self) -> bool:
        """Its heading and cells stand on the right."""
        return self.kind != "text"

    def look(self, number: int) -> dict[str, Any]:
        """One of its looks, whole, as `style.put` takes it."""
        own: dict[str, Any] = {
            "align": "right" if self.numeric else "left",
            "indent": 0 if self.numeric else 1,
            "wrap": self.lines > 1,
            "number_format": _FORMATS[self.kind] if self.numeric else "General",
            "border": style.under(),
        }
        return own | dict(self.looks[number])


def linked(
    links: Sequence[str], looks: Sequence[Mapping[str, Any]] = ({},), which: Sequence[int] | None = None
) -> dict[str, Any]:
    """The looks of a column with links, each once for cells without a link and once for those with one."""
    both = tuple({**look, **extra} for look in looks for extra in ({}, LINKED))
    own = which or [0] * len(links)
    return {
        "looks": both,
        "which": [2 * look + bool(link) for look, link in zip(own, links, strict=True)],
        "links": links,
    }


def rows(area: Area, columns: Sequence[Column], styles: Sequence[Sequence[int]]) -> bytes:
    """The row elements of a list. `styles`: for each column the numbers of its looks among the formats of the book."""
    heights = _heights(columns, area.rows)
    numbers = [str(row) for row in range(area.first, area.last + 1)]
    cells = [
        _cells(column, area.letters[column.key], numbers, own) for column, own in zip(columns, styles, strict=True)
    ]
    opened = (
        f'<row r="{number}" ht="{height:g}" customHeight="1">' for number, height in zip(numbers, heights, strict=True)
    )
    return "".join(piece for row in zip(opened, *cells, strict=True) for piece in (*row, "</row>")).encode()


def _cells(column: Column, letters: str, numbers: Sequence[str], styles: Sequence[int]) -> Iterator[str]:
    which = column.which or [0] * len(numbers)
    formulas = column.formulas or [""] * len(numbers)
    heads = [f'" s="{number}"' for number in styles]
    for number, value, formula, look in zip(numbers, column.values, formulas, which, strict=True):
        kind, inside = content(value, bool(formula))
        if formula:
            inside = f"<f>{formula_text(formula)}</f>{inside}"
        if inside:
            yield f'<c r="{letters}{number}{heads[look]}{kind}>{inside}</c>'
        else:
            yield f'<c r="{letters}{number}{heads[look]}/>'


def _heights(columns: Sequence[Column], count: int) -> list[float]:
    """Rows are as high as their longest wrapped text needs."""
    lines = [1] * count
    for column in columns:
        which = column.which or [0] * count
        indents = [look.get("indent", 1) for look in column.looks]
        for i, value in enumerate(column.values) if column.lines > 1 else ():
            if isinstance(value, str):
                needed = lines_needed(value, column.width, indents[which[i]])
                lines[i] = max(lines[i], min(column.lines, needed))
    return [ROW_HEIGHT if each == 1 else 4 + LINE_HEIGHT * each for each in lines]
