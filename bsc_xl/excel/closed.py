"""Closed periods as rows of the sheet `history`: what closing one appends, and what a new workbook begins with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, shown
from bsc_xl.excel.columns import HISTORY_COLUMNS
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import Layout
from bsc_xl.model import Status

SHEET = "history"


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
    """The rows with which the history of each unit of a block begins: all of them have as many."""
    known, layout = own.card.history, own.layout
    count = known.counts(own.units[:1].tolist())[0]
    if count:
        refs = [layout.list_cell(SHEET, key, i) for i in range(count) for key in HISTORY_COLUMNS]
        yield Cells(refs, np.stack([rows(layout, known.of(unit)).ravel() for unit in own.units.tolist()]))
