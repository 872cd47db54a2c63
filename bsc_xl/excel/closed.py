"""Closed periods as rows of the sheet `history`: what closing one appends, and what a new workbook begins with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bsc_xl.excel.address import whole_row
from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, shown
from bsc_xl.excel.columns import HISTORY_COLUMNS, HISTORY_NAME
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import LIST_HEADER_ROW, Layout, Ref
from bsc_xl.excel.wrapping import height_needed
from bsc_xl.model import Status

SHEET = "history"
LOWEST = 18.0
"""Points of the height of a row with one line."""
_NAME = HISTORY_COLUMNS.index("kpi_name")


def rows(layout: Layout, closed: pd.DataFrame) -> Objects:
    """Results in the form of `History.rows`, (n,), as the values of `HISTORY_COLUMNS`, (n, 11); None for no figure."""
    texts = {str(status): layout.status_text(status) for status in Status}
    values = {
        "year": objects(closed["year"].tolist()),
        "period": objects(closed["period"].tolist()),
        "kpi_code": objects(closed["kpi_code"].tolist()),
        "perspective": objects([layout.labels(f"perspective.{key}") for key in closed["perspective"]]),
        "kpi_name": objects(closed["kpi_name"].tolist()),
        "target_to_date": shown(closed["target"].to_numpy(np.float64), nothing=None),
        "actual_to_date": shown(closed["actual"].to_numpy(np.float64), nothing=None),
        "achievement": shown(closed["achievement"].to_numpy(np.float64), nothing=None),
        "index": shown(closed["index"].to_numpy(np.float64), nothing=None),
        "status": objects([texts[status] for status in closed["status"]]),
        "closed": objects([serial(when) for when in closed["closed"]]),
    }
    return np.column_stack([values[key] for key in HISTORY_COLUMNS])


def entries(own: UnitBlock) -> Iterator[Cells]:
    """The rows with which the history of each unit of a block begins, and their heights: all have as many."""
    known, layout = own.card.history, own.layout
    count = known.counts(own.units[:1].tolist())[0]
    if count:
        refs = [layout.list_cell(SHEET, key, i) for i in range(count) for key in HISTORY_COLUMNS]
        closed = np.stack([rows(layout, known.of(unit)) for unit in own.units.tolist()])
        yield Cells(refs, closed.reshape(len(closed), len(refs)))
        yield Cells(
            [Ref(SHEET, whole_row(LIST_HEADER_ROW + 1 + i)) for i in range(count)],
            np.array([[_height(name) for name in names] for names in closed[:, :, _NAME].tolist()], dtype=object),
        )


def _height(name: str) -> float:
    """Of a row, in points: no program looks for one before somebody types."""
    return max(LOWEST, height_needed([name], [HISTORY_NAME]))
