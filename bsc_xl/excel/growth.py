"""One more KPI row in a workbook: where cells are inserted, so that it is what a workbook drawn with that row is.

The row is inserted above the last one of its table, which every range, name and format spans, so that all of them grow.
All KPI rows are alike, so it makes no difference which of them is the new one.
"""

from __future__ import annotations

from dataclasses import replace

from bsc_xl.excel.address import corners, split
from bsc_xl.excel.columns import KPI_LISTS, TRACE_COLUMNS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Insertion
from bsc_xl.excel.results import Value
from bsc_xl.model import Perspective
from bsc_xl.scoring.arrays import code as code_of

MOST_ROWS = 500
"""KPI rows that a perspective takes: far more than anybody can steer by, and the workbook still computes at once."""


def grown(layout: Layout, perspective: Perspective) -> Layout:
    """The layout with one more spare row in that perspective."""
    a, b, c, d = (count + (i == code_of(perspective)) for i, count in enumerate(layout.spare))
    return replace(layout, spare=(a, b, c, d))


def insertions(layout: Layout, perspective: Perspective) -> list[Insertion]:
    """Where cells are inserted: in the KPI table, and in the lists of all KPI rows, one of them behind the charts."""
    last = layout.rows(perspective)[-1]
    place = layout.slots.index((perspective, last))
    table = corners(layout.table(perspective)[1])
    trace = [split(layout.trace(key, place).cell) for key in (TRACE_COLUMNS[0], TRACE_COLUMNS[-1])]
    lists = [(sheet, corners(layout.list_table(sheet)[1])) for sheet in KPI_LISTS]
    return [
        Insertion(perspective, last, table[0][0], table[1][0]),
        *(
            Insertion(sheet, split(layout.list_cell(sheet, "kpi_code", place).cell)[1], first[0], end[0])
            for sheet, (first, end) in lists
        ),
        Insertion("trace", trace[0][1], trace[0][0], trace[1][0]),
    ]


def fixed_values(layout: Layout) -> dict[Ref, Value]:
    """What a workbook of that shape holds that is neither formula nor input and depends on how many rows it has."""
    numbers: dict[Ref, Value] = {layout.trace("place", i): i + 1 for i, _ in enumerate(layout.slots)}
    numbers |= {layout.trace("perspective", i): code_of(p) + 1 for i, (p, _) in enumerate(layout.slots)}
    return numbers | {layout.settings["shape"]: layout.signature}
