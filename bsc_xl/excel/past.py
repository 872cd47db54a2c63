"""The history of a workbook read back, as far as trends need it: which KPI was closed when, and with what index."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from bsc_xl.excel.address import cells
from bsc_xl.excel.closed import SHEET
from bsc_xl.excel.columns import LOOKED_UP
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.port import Block, Found, is_number
from bsc_xl.history import NONE, History
from bsc_xl.tables import parse


def closed(layout: Layout, blocks: Mapping[str, Block]) -> History:
    """The closed periods of the one unit of a workbook, the oldest first; of `History.rows` only the columns that
    formulas look into. The sheet may have been read for its formulas alone, so that its numbers are texts."""
    if SHEET not in blocks:
        return NONE
    columns = [
        [blocks[SHEET].value(cell) for cell in cells(layout.list_body(SHEET, key)[1])] for key in LOOKED_UP[SHEET]
    ]
    rows = [
        (int(year), int(period), parse.as_text(kpi_code), np.nan if index is None else index)
        for year, period, kpi_code, index in (
            (*map(_number, row[:2]), row[2], _number(row[3])) for row in zip(*columns, strict=True)
        )
        if year is not None and period is not None
    ]
    frame = pd.DataFrame(rows, columns=pd.Index(LOOKED_UP[SHEET], dtype=object))
    return History(np.zeros(len(rows), dtype=np.int64), frame)


def _number(found: Found) -> float | None:
    try:
        number = float(found if is_number(found) else str(found))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
