"""What every calculated cell shows, from the scorecard: the values that stand beside the formulas of `formulas`.

Each function here answers for the function of the same name there; a test calculates the workbook in a spreadsheet
program and finds the same values in every cell. All of it holds for a block of units at once: (U, K) are the block's
units and KPIs, "" is what a cell shows that has nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterator

from bsc_xl.excel.block import Cells, UnitBlock
from bsc_xl.excel.results.action_plan import action_plan
from bsc_xl.excel.results.dashboard import dashboard
from bsc_xl.excel.results.outlook import earlier, outlook, trend
from bsc_xl.excel.results.people import people, records
from bsc_xl.excel.results.rules import kpi, summary
from bsc_xl.excel.results.sheets import (
    captions,
    chart,
    effective,
    gauge,
    rollup,
    settings,
    trace,
)
from bsc_xl.excel.results.strategy import links, objectives, strategy_map
from bsc_xl.excel.results.values import Value, engine_version, subtitle

__all__ = ["Value", "engine_version", "every", "links", "objectives", "subtitle"]


def every(own: UnitBlock) -> Iterator[Cells]:
    """The values of every calculated cell."""
    parts = (
        kpi, earlier, summary, captions, settings, effective, trace, rollup, outlook, gauge, chart, action_plan, trend,
        strategy_map, dashboard, records, people,
    )  # fmt: skip
    for part in parts:
        yield from part(own)
