"""How much room units' figures and names take in their workbooks, and how much their lists have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bsc_xl.scorecard import Scorecard
from bsc_xl.scoring.arrays import Floats, Positions

LINE = 14
"""Height of a line of text in points; a row of a long list has two."""

LINE_LENGTH, UNIT_LENGTH, MOST_LINES = 29, 8, 10
"""Characters of a KPI's name and of its unit of measure to a line, and the lines that a row grows to at most."""

TABLE_LINE = 48
"""Characters of an objective to a line of the tables of the strategy map."""

VALUE_WIDTHS = (9, 12, 15, 18, 21)
"""Widths of the columns that hold figures; a workbook takes the first that its longest figure fits into."""

PRINTED_FIGURES = 125
"""So many characters of figures fit on A4 landscape beside the other columns and stay readable."""

CHART_ROWS = (4, 16)
"""Least and most bars of the dashboard's KPI chart."""

HISTORY_ROWS = (12, 400)
"""Least and most empty rows for closed periods; between them a year of the unit's KPIs."""
EVIDENCE_ROWS, DISCIPLINE_ROWS = 400, 500
"""So many figures can be traced to their files, and so many employees and periods have their discipline listed."""
CHECK_ROWS = 200
"""So many findings of a recalculation are listed in the workbook; how many more there are stands below them."""

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


def tall(names: Sequence[str], units: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The KPIs of a perspective whose name or unit of measure needs more than two lines: place among them from 0,
    lines."""
    for i, (name, unit) in enumerate(zip(names, units, strict=True)):
        lines = min(MOST_LINES, max(-(-len(name) // LINE_LENGTH), -(-len(unit) // UNIT_LENGTH)))
        if lines > 2:
            yield i, lines


def wordy(length: int, fitting: int, objectives: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The objectives that are too long for a box of `fitting` lines of `length` characters or for a row of the table,
    which has two lines: their number, and the lines they need in the box and in a table."""
    for i, objective in enumerate(objectives):
        in_box, in_table = (min(MOST_LINES, -(-len(objective) // own)) for own in (length, TABLE_LINE))
        if in_box > fitting or in_table > 2:
            yield i, in_box, in_table


def within(limits: tuple[int, int], count: int) -> int:
    """As many as there are, but no fewer and no more than the limits."""
    least, most = limits
    return max(least, min(count, most))
