"""Which rows of a table hold anything, and which of them sum the others up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pandas as pd

from bsc_xl.evidence.values import at, distinct
from bsc_xl.evidence.words import begins_part, begins_total, is_total
from bsc_xl.scoring.arrays import Flags
from bsc_xl.tables import parse

_FOOT = 60
"""So many rows at the end are searched for what stands below a table."""
_FIGURE = re.compile(r"\(?[-+−–]?\s*(?:rp\.?)?\s*[\d.,' ]*%?\)?", re.IGNORECASE)


def blank(cells: pd.Series) -> Flags:
    """Where a column holds nothing."""
    code, found = distinct(cells)
    return at(np.array([parse.is_blank(cell) for cell in found] + [True]), code)


def are_ordinary(first: pd.Series) -> bool:
    """Every row begins in the first column, with no word for a total or a part: none is blank, none sums others up."""
    code, found = distinct(first)
    return bool((code >= 0).all()) and not any(
        parse.is_blank(cell)
        or (isinstance(cell, str) and not cell[0].isdigit() and (begins_total(cell) or begins_part(cell)))
        for cell in found
    )


def filled_and_totals(body: pd.DataFrame) -> tuple[Flags, Flags]:
    """The rows that hold anything, and of these the ones that sum others up.

    The first cell of a total is a word for it, as ``synonyms.toml`` lists them. Where it only begins with one ("Jumlah
    layanan", but also "Total quality management") the row is a total if it says nothing but figures, and either lacks
    the number or id with which the others begin, or stands below the last of them.
    """
    filled, total = (np.zeros(len(body), dtype=bool) for _ in range(2))
    numbered = False
    for place in range(body.shape[1]):
        if filled.all():
            break
        code, found = distinct(body.iloc[:, place])
        word = np.array([_is_total(cell) for cell in found] + [False])
        if word.any():
            total |= ~filled & at(word, code)
        here = at(np.array([not parse.is_blank(cell) for cell in found] + [False]), code) & ~filled
        if numbered:
            for row in np.flatnonzero(here & ~total).tolist():
                total[row] = _sums_up(_cells(body, row))
        numbered = numbered or 2 * int(here.sum()) > len(body)
        filled |= here
    total[_foot(body, filled, total)] = True
    return filled, total


def _is_total(cell: object) -> bool:
    return isinstance(cell, str) and not cell[:1].isdigit() and is_total(cell)


def _foot(body: pd.DataFrame, filled: Flags, total: Flags) -> list[int]:
    """The positions of totals below the last ordinary row, and of what is told of parts below the first of them."""
    sums: list[int] = []
    parts: list[int] = []
    for row in islice((row for row in reversed(range(len(body))) if filled[row]), _FOOT):
        cells = _cells(body, row)
        if total[row] or (len(cells) > 1 and _sums_up(cells)):
            sums.append(row)
        elif len(cells) > 1 and begins_part(parse.as_text(cells[0])) and _are_figures(cells[1:]):
            parts.append(row)
        elif len(cells) > 1:  # a place, a day or a name below the table stands alone
            break
    return sums + [row for row in parts if sums and row > sums[-1]]


def _cells(body: pd.DataFrame, row: int) -> list[object]:
    cells = (body.iloc[row, place] for place in range(body.shape[1]))
    return [cell for cell in cells if not parse.is_blank(cell)]


def _sums_up(cells: Sequence[object]) -> bool:
    return isinstance(cells[0], str) and begins_total(cells[0]) and _are_figures(cells[1:])


def _are_figures(cells: Sequence[object]) -> bool:
    return all(
        bool(_FIGURE.fullmatch(cell.strip()))
        if isinstance(cell, str)
        else isinstance(cell, (int, float)) and not isinstance(cell, bool)
        for cell in cells
    )
