"""How much room units' figures and names take in their workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bsc_xl.scorecard import Scorecard
from bsc_xl.scoring.arrays import Floats, Positions

LINE_LENGTH, MOST_LINES = 29, 10
"""Characters of a KPI's name to a line, and the lines that a row grows to at most."""

VALUE_WIDTHS = (9, 12, 15, 18, 21)
"""Widths of the columns that hold figures; a workbook takes the first that its longest figure fits into."""

_POWERS = 10.0 ** np.arange(1, 16)


def value_widths(card: Scorecard, units: Sequence[int]) -> list[int]:
    """The width that the longest figure of each unit needs, with its separators and a little air."""
    own = [card.tables.rows_of(unit) for unit in units]
    rows = np.concatenate([np.arange(0), *(np.arange(each.start, each.stop) for each in own)])
    figures = np.column_stack(
        [card.tables.target[rows], card.tables.actual[rows], card.target[rows], card.actual[rows]]
    )
    longest = np.zeros(len(own), dtype=np.int64)
    np.maximum.at(longest, np.repeat(np.arange(len(own)), [each.stop - each.start for each in own]), _lengths(figures))
    widths = np.array(VALUE_WIDTHS)
    found: list[int] = widths[np.minimum(np.searchsorted(widths, longest + 2), len(widths) - 1)].tolist()
    return found


def _lengths(figures: Floats) -> Positions:
    """How many characters the longest figure of each row (n, m) has, as ``1,234.5`` is shown with two decimals or
    none; 0 where there is no figure."""
    with np.errstate(invalid="ignore", over="ignore"):
        cents = np.rint(np.abs(figures) * 100)
        digits = np.searchsorted(_POWERS, cents / 100, side="right") + 1
        lengths = digits + (digits - 1) // 3 + np.where(cents % 100 == 0, 0, 3) + (figures < 0)
    return np.asarray(np.where(np.isnan(figures), 0, lengths).max(axis=1, initial=0))


def tall(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The KPIs of a perspective whose name needs more than two lines: place among them from 0, lines."""
    for i, name in enumerate(names):
        lines = min(MOST_LINES, -(-len(name) // LINE_LENGTH))
        if lines > 2:
            yield i, lines
