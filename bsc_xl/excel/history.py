"""The history of closed periods: which there are, and the rows that closing one adds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from bsc_xl.excel import closed
from bsc_xl.excel.address import corners
from bsc_xl.excel.block import UnitBlock
from bsc_xl.excel.columns import HISTORY_COLUMNS, PERIOD_INPUTS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found, is_number
from bsc_xl.excel.reading import Reading
from bsc_xl.excel.results import Value
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard

SHEET = closed.SHEET


def closed_periods(layout: Layout, blocks: Mapping[str, Block], year: int) -> set[int]:
    """The periods of that year that have been closed."""
    rows = (_row(layout, blocks, i) for i in range(capacity(layout)))
    return {int(row["period"]) for row in rows if row["year"] == year and is_number(row["period"])}


def free_rows(layout: Layout, blocks: Mapping[str, Block]) -> range:
    """The rows of the table below the last one in which anything stands."""
    size = capacity(layout)
    taken = [i for i in range(size) if any(value not in (None, "") for value in _row(layout, blocks, i).values())]
    return range(max(taken, default=-1) + 1, size)


def capacity(layout: Layout) -> int:
    """How many rows the table has."""
    (_, header), (_, last) = corners(layout.list_table(SHEET)[1])
    return last - header


def _row(layout: Layout, blocks: Mapping[str, Block], i: int) -> dict[str, Found]:
    return {key: blocks[SHEET].value(layout.list_cell(SHEET, key, i).cell) for key in HISTORY_COLUMNS}


def rows(layout: Layout, reading: Reading, card: Scorecard, when: datetime) -> list[dict[str, Value]]:
    """One row for each KPI of the unit, as it stands at the end of the reporting period."""
    own = UnitBlock(card, np.array([0]), layout, when, reading.standing)
    results = card.kpi_frame().iloc[own.rows[0]]
    settings = card.tables.settings
    done = results.assign(year=settings.year, period=card.period, closed=pd.Timestamp(when))
    return [dict(zip(HISTORY_COLUMNS, row, strict=True)) for row in closed.rows(layout, done).tolist()]


def inputs(layout: Layout, period: int) -> list[Ref]:
    """The cells that people fill in for a period."""
    return [
        layout.cell(perspective, row, key, period)
        for perspective in Perspective
        for key in PERIOD_INPUTS
        for row in layout.rows(perspective)
    ]
