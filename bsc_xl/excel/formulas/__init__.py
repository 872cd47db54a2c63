"""The Excel formula that mirrors each scoring rule, and those of every sheet around them.

Only functions that Excel 2016, LibreOffice 7 and Gnumeric share and calculate alike: no dynamic arrays, nothing
volatile. Gnumeric does not spread ISNUMBER over a range inside SUMPRODUCT, so periods are counted with COUNTIFS:
``"<1E+308"`` selects numbers, ``"<>N/A"`` everything but N/A. "" stands for "nothing to show".
"""

from __future__ import annotations

from bsc_xl.excel.formulas.action_plan import action_plan
from bsc_xl.excel.formulas.dashboard import dashboard
from bsc_xl.excel.formulas.outlook import earlier, outlook, trend
from bsc_xl.excel.formulas.people import people
from bsc_xl.excel.formulas.rules import kpi, status, status_text
from bsc_xl.excel.formulas.sheets import (
    captions,
    chart,
    effective,
    gauge,
    records,
    rollup,
    settings,
    summary,
    trace,
    unit_and_period,
)
from bsc_xl.excel.formulas.signature import signature
from bsc_xl.excel.formulas.strategy import strategy_map
from bsc_xl.excel.formulas.words import Formulas, quoted_label
from bsc_xl.excel.grid import place
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.model import Perspective

__all__ = [
    "action_plan",
    "captions",
    "chart",
    "dashboard",
    "earlier",
    "effective",
    "every",
    "gauge",
    "kpi",
    "outlook",
    "people",
    "quoted_label",
    "records",
    "rollup",
    "settings",
    "signature",
    "status",
    "status_text",
    "strategy_map",
    "summary",
    "trace",
    "trend",
    "unit_and_period",
]


def every(layout: Layout) -> Formulas:
    """Every calculated cell of the workbook with its formula."""
    formulas: Formulas = {}
    for perspective in Perspective:
        for row in layout.rows(perspective):
            for key, formula in kpi(layout, perspective, row).items():
                formulas[layout.cell(perspective, row, key)] = formula
            for at, formula in earlier(layout, row).items():
                formulas[layout.cell(perspective, row, *at)] = formula
        for key, formula in summary(layout, perspective).items():
            formulas[layout.summary(perspective, key)] = formula
    parts = (
        captions, settings, effective, trace, outlook, rollup, gauge, chart, action_plan, trend, strategy_map, records,
        people,
    )  # fmt: skip
    for part in parts:
        formulas |= part(layout)
    return formulas | {Ref("dashboard", place(key)): formula for key, formula in dashboard(layout).items()}
