"""How high the rows of the action plan are, in which people write at length: programs that open a workbook take the
heights that they find there, and look for others only where somebody types."""

from __future__ import annotations

import numpy as np

from bsc_xl.excel import room
from bsc_xl.excel.address import whole_row
from bsc_xl.excel.block import Cells, UnitBlock
from bsc_xl.excel.columns import PLAN_WIDTHS
from bsc_xl.excel.layout import LIST_HEADER_ROW, Layout, Ref
from bsc_xl.excel.wrapping import height_needed
from bsc_xl.tables.columns import PLAN_ENTRIES

LINES, SPARE_LINES = 4, 2
"""Of the longest recommendation, and of a row without a KPI."""


def drawn(layout: Layout, i: int) -> float:
    """The height in points of the i-th row of the action plan as long as nobody has written anything."""
    lines = LINES if i < sum(layout.kpis) else SPARE_LINES
    return float(room.LINE * max(lines, layout.lines(*layout.slots[i])))


def action_plan(own: UnitBlock) -> Cells:
    """The height of each row of a KPI, for what each unit has written; the same for all where none has."""
    refs = [Ref("action_plan", whole_row(LIST_HEADER_ROW + 1 + i)) for i in own.places]
    least = np.array([drawn(own.layout, i) for i in own.places], dtype=object)
    texts = own.agenda.entries[:, own.places, : len(PLAN_ENTRIES)]
    if (texts == None).all():  # noqa: E711 - by element
        return Cells(refs, least)
    widths = [PLAN_WIDTHS[key] for key in PLAN_ENTRIES]
    return Cells(refs, np.maximum([[height_needed(row, widths) for row in unit] for unit in texts.tolist()], least))
