"""The action plan: what the workbook says of each KPI, and beside it what the unit does about it."""

from __future__ import annotations

from datetime import datetime

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas, heights
from bsc_xl.excel.address import split
from bsc_xl.excel.columns import PLAN_CODE, PLAN_COLUMNS, PLAN_WIDTHS
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import LIST_HEADER_ROW, Layout
from bsc_xl.excel.template import checks, style
from bsc_xl.excel.template.lists import KINDS, outline
from bsc_xl.model import Status
from bsc_xl.tables.columns import PLAN_ENTRIES
from bsc_xl.tables.parse import DATED

WIDTHS = {
    "kpi_code": 7.5,
    "perspective": 13.5,
    "kpi_name": 30,
    "status": 11.5,
    "gap": 7.5,
    "change": 10,
    "advice": 12.5,
    "recommendation": 34,
    **PLAN_WIDTHS,
    PLAN_CODE: 10,
}
WRAPPED = ("perspective", "kpi_name", "status", "advice", "recommendation")
DATE = "dd/mm/yyyy"


def draw(sheet: Worksheet, layout: Layout) -> None:
    """One row per KPI; the last five columns are for the unit to fill in."""
    found = formulas.action_plan(layout)
    subtitle = layout.labels("plan.subtitle")
    outline(sheet, layout, "action_plan", PLAN_COLUMNS, 0, subtitle, widths=WIDTHS)
    for i, _ in enumerate(layout.slots):
        style.fitted(sheet, LIST_HEADER_ROW + 1 + i, heights.drawn(layout, i))
        for key in PLAN_COLUMNS:
            ref = layout.list_cell("action_plan", key, i)
            cell = sheet[ref.cell]
            if ref in found:
                cell.value = "=" + found[ref]
            if i:
                style.like(cell, sheet[layout.list_cell("action_plan", key, 0).cell])
            elif key in PLAN_ENTRIES:
                style.as_input(cell)
                cell.number_format = DATE if key == "due" else style.FORMATS["text"]
            else:
                style.as_result(cell, KINDS.get(key, "text"), bold=key == "status", wrap=key in WRAPPED)
    _check(sheet, layout)
    _colour(sheet, layout)
    sheet.column_dimensions[split(layout.list_cell("action_plan", PLAN_CODE, 0).cell)[0]].hidden = True


def _body(layout: Layout, first: str, last: str) -> str:
    top, bottom = (
        layout.list_cell("action_plan", first, 0),
        layout.list_cell("action_plan", last, len(layout.slots) - 1),
    )
    return f"{top.cell}:{bottom.cell}"


def _check(sheet: Worksheet, layout: Layout) -> None:
    """A due date is a date."""
    first, last = (f"{serial(datetime(year, 1, 1)):.0f}" for year in (DATED.start, DATED.stop))  # noqa: DTZ001 - no zone
    checks.add(
        sheet,
        layout.labels,
        _body(layout, "due", "due"),
        layout.labels("validation.date"),
        type="date",
        operator="between",
        formula1=first,
        formula2=last,
    )


def _colour(sheet: Worksheet, layout: Layout) -> None:
    status, entered_for, code = (
        "$" + layout.list_cell("action_plan", key, 0).cell for key in ("status", PLAN_CODE, "kpi_code")
    )
    style.colour_by_status(sheet, _body(layout, "status", "status"), style.code_of_status(status))
    # what was written for another KPI than the one in whose row it stands, until it is put where it belongs
    elsewhere = FormulaRule(
        formula=[f'AND({entered_for}<>"",{entered_for}<>{code})'], font=Font(color=style.STATUS_INK[Status.YELLOW])
    )
    sheet.conditional_formatting.add(_body(layout, PLAN_ENTRIES[0], PLAN_ENTRIES[-1]), elsewhere)
