"""Where the table of a file begins, and which of its columns is which: headings in one row or two, titles above."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.model import Column
from bsc_xl.evidence.values import distinct
from bsc_xl.evidence.words import headings, headings_of, known_headings
from bsc_xl.scoring.arrays import Flags
from bsc_xl.tables import parse

HEAD = 60
"""So many rows are searched for the headings."""

_NUMBER = re.compile(r"\(?\s*(\d+)(?:\.0)?\s*\)?")

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Found:
    """`first`: the position of the first row below the headings. `places`: position of each column that was found.
    `width`: columns up to the last one with a heading. `merged`: some of these headings stand in the upper of two rows
    with nothing below them, others in the lower one. `twice`: a column for which two headings are equally good."""

    first: int
    places: Mapping[str, int]
    width: int
    rows: int
    merged: bool = False
    twice: str = ""

    @property
    def better(self) -> tuple[int, bool, int, int]:
        """Larger for what fits better: more columns; then two rows of headings only if cells were merged; then the
        first."""
        return len(self.places), self.merged, -self.rows, -self.first


def find(head: Sequence[Row], columns: Sequence[Column], named: Mapping[str, str]) -> Found | None:
    """The headings in the first rows of a file; None where no row, and no two rows, have all that are required.

    `named`: what this file calls some of the columns; they have no other name then. A heading over two rows is a cell
    that was merged: what stands above several columns belongs to each of them.
    """
    needed = {column.name for column in columns if column.required}
    known = {column.name: _known(column.name, named) for column in columns}
    sought = frozenset().union(*known.values())
    texts = [[_text(cell) for cell in row] for row in head]
    figures = [any(map(_is_figure, row)) for row in head]
    tried = [
        _match(texts, at, rows, known, sought)
        for at in range(len(head))
        for rows in (1, 2)
        if rows == 1 or (at + 1 < len(head) and not figures[at + 1])
    ]
    fitting = [found for found in tried if needed <= found.places.keys()]
    return max(fitting, key=lambda found: found.better, default=None)


def headings_again(frame: pd.DataFrame) -> Flags:
    """The rows (n,) below the headings that say once more what the columns are called, as on each page of a print.

    Every cell that such a row has is a heading of its column, and there are several.
    """
    variety = {str(name): _variety(cells) for name, cells in frame.items()}
    first, *others = sorted(variety, key=variety.__getitem__)
    code, found = distinct(frame[first])
    places = np.array([], dtype=np.int64)
    for own, cell in enumerate(found):
        if _is_heading_of(first, cell):
            places = np.append(places, np.flatnonzero(code == own))
    again = np.zeros(len(frame), dtype=bool)
    if not len(places):
        return again
    several = np.zeros(len(places), dtype=bool)
    for name in others:
        cells = frame[name].iloc[places].astype(object).tolist()
        named = np.array([_is_heading_of(name, cell) for cell in cells], dtype=bool)
        kept = named | np.array([parse.is_blank(cell) for cell in cells], dtype=bool)
        places, several = places[kept], (several | named)[kept]
    again[places[several]] = True
    return again


def _variety(cells: pd.Series) -> int:
    """At most so many different cells are there."""
    return len(cells.cat.categories) if isinstance(cells.dtype, pd.CategoricalDtype) else len(cells)


def _is_heading_of(column: str, cell: object) -> bool:
    return isinstance(cell, str) and any(name in headings(column) for name in headings_of(cell))


def missing(head: Sequence[Row], columns: Sequence[Column], named: Mapping[str, str], source: str) -> EvidenceError:
    """The refusal of a file in which the headings were not found: it says what was sought and what is there.

    Of the cells only those are shown that are headings of some file: all others may be names of people. "(+2)" stands
    for two more.
    """
    sought = ", ".join(named.get(column.name, column.name) for column in columns if column.required)
    there = max(([cell for cell in row if _is_heading(cell)] for row in head), key=len, default=[])
    if not there:
        return EvidenceError(source=source, reason="evidence.no_headings", sought=sought)
    row = next(row for row in head if sum(map(_is_heading, row)) == len(there))
    others = sum(not parse.is_blank(cell) for cell in row) - len(there)
    found = ", ".join(map(_text, there)) + (f" (+{others})" if others else "")
    return EvidenceError(source=source, reason="evidence.no_columns", sought=sought, found=found)


def _is_heading(cell: object) -> bool:
    return any(name in known_headings() for name in headings_of(_text(cell)))


def _known(name: str, named: Mapping[str, str]) -> Mapping[str, int]:
    return {headings_of(named[name])[0]: 0} if name in named else headings(name)


def _match(
    head: Sequence[Sequence[str]], at: int, rows: int, known: Mapping[str, Mapping[str, int]], sought: frozenset[str]
) -> Found:
    names = _names(head, at, rows)
    ranked = sorted(
        (rank, column, place)
        for place, cells in enumerate(names)
        if (called := [heading for cell in cells for heading in headings_of(cell) if heading in sought])
        for column, ranks in known.items()
        for rank in [min((ranks[heading] for heading in called if heading in ranks), default=None)]
        if rank is not None
    )
    places: dict[str, int] = {}
    ranks: dict[str, int] = {}
    twice = ""
    for rank, column, place in ranked:
        if column in places:
            twice = twice or (column if ranks[column] == rank and place not in places.values() else "")
        elif place not in places.values():
            places[column], ranks[column] = place, rank
    width = max((place + 1 for place, cells in enumerate(names) if any(cells)), default=0)
    first = at + rows
    if first < len(head) and _numbers_columns(head[first]):
        first += 1
    below = [bool(names[place][0]) and len(names[place]) > 1 for place in places.values()]
    return Found(first, places, width, rows, rows > 1 and any(below) and not all(below), twice)


def _names(head: Sequence[Sequence[str]], at: int, rows: int) -> list[tuple[str, ...]]:
    """What each column is called in `rows` rows from `at`: by the lower row, and by both together."""
    if rows == 1:
        return [(cell,) for cell in head[at]]
    upper, lower = head[at], head[at + 1]
    names: list[tuple[str, ...]] = []
    above = ""
    for place in range(max(len(upper), len(lower))):
        over = upper[place] if place < len(upper) else ""
        under = lower[place] if place < len(lower) else ""
        above = over or above
        names.append((under, f"{above} {under}") if under else (over,))
    return names


def _numbers_columns(row: Sequence[str]) -> bool:
    """The row below the headings numbers the columns: (1) (2) (3)."""
    found = [_NUMBER.fullmatch(cell) for cell in row if cell]
    numbers = [int(each[1]) for each in found if each]
    return len(found) > 1 and numbers == list(range(1, len(found) + 1))


def _is_figure(cell: object) -> bool:
    return not parse.is_blank(cell) and (not isinstance(cell, str) or cell.strip()[0].isdigit())


def _text(cell: object) -> str:
    return " ".join(parse.without_forbidden(parse.as_text(cell)).split())
