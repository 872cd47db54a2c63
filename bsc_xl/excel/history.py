"""The history of closed periods: which there are, and the rows that closing one adds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from bsc_xl.excel.address import corners
from bsc_xl.excel.begun import is_number
from bsc_xl.excel.block import UnitBlock, serial
from bsc_xl.excel.columns import HISTORY_COLUMNS, PERIOD_INPUTS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found
from bsc_xl.excel.reading import Reading
from bsc_xl.excel.results import Value
from bsc_xl.model import Perspective, Status
from bsc_xl.scorecard import Scorecard

SHEET = "history"


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
    found: list[dict[str, Value]] = []
    for k, (perspective, _) in enumerate(own.filled):
        at = int(own.rows[0, k])
        figures = {
            "target_to_date": float(card.target[at]),
            "actual_to_date": float(card.actual[at]),
            "achievement": float(card.achievement[at]),
            "index": float(card.index[at]),
        }
        found.append(
            {
                "year": card.tables.settings.year,
                "period": card.period,
                "kpi_code": own.texts("kpi_code")[k],
                "perspective": layout.labels(f"perspective.{perspective}"),
                "kpi_name": own.texts("kpi_name")[k],
                **{key: None if np.isnan(value) else value for key, value in figures.items()},
                "status": layout.status_text(list(Status)[int(card.status[at])]),
                "closed": serial(when),
            }
        )
    return found


def inputs(layout: Layout, period: int) -> list[Ref]:
    """The cells that people fill in for a period."""
    return [
        layout.cell(perspective, row, key, period)
        for perspective in Perspective
        for key in PERIOD_INPUTS
        for row in layout.rows(perspective)
    ]
