"""How much room a unit's figures and names take in its workbook."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard

LINE_LENGTH, MOST_LINES = 29, 10
"""Characters of a KPI's name to a line, and the lines that a row grows to at most."""

VALUE_WIDTHS = (9, 12, 15, 18, 21)
"""Widths of the columns that hold figures; a workbook takes the first that its longest figure fits into."""


def value_width(card: Scorecard, unit: int) -> int:
    """The width that the longest figure of the unit needs, with its separators and a little air."""
    own = card.tables.rows_of(unit)
    figures = [card.tables.target[own], card.tables.actual[own], card.target[own], card.actual[own]]
    longest = max((len(f"{x:,.2f}".removesuffix(".00")) for part in figures for x in part.ravel() if x == x), default=0)
    return next((width for width in VALUE_WIDTHS if longest + 2 <= width), VALUE_WIDTHS[-1])


def tall(kpis: pd.DataFrame) -> Iterator[tuple[Perspective, int, int]]:
    """The KPIs of one unit whose name needs more than two lines: perspective, place in it from 0, lines."""
    for perspective in Perspective:
        names = kpis.loc[kpis["perspective"] == str(perspective), "kpi_name"]
        for i, name in enumerate(names):
            lines = min(MOST_LINES, -(-len(name) // LINE_LENGTH))
            if lines > 2:
                yield perspective, i, lines
