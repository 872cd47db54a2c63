"""The sheet of trend and forecast: the index of each KPI at the end of each period, and where it leads."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.columns import list_columns
from bsc_xl.excel.layout import LIST_HEADER_ROW, Layout
from bsc_xl.excel.template import style
from bsc_xl.excel.template.lists import KINDS, outline


def draw(sheet: Worksheet, layout: Layout) -> None:
    """One row for each KPI row, all of it calculated."""
    text, columns = layout.labels, list_columns("trend", layout.periods)
    found = formulas.trend(layout)
    periods = {f"index_{period}": name for period, name in enumerate(layout.period_names(), start=1)}
    outline(sheet, layout, "trend", columns, len(layout.slots), text("trend.subtitle"), periods)
    for i, slot in enumerate(layout.slots):
        sheet.row_dimensions[LIST_HEADER_ROW + 1 + i].height = style.LINE * layout.lines(*slot)
        for key in columns:
            ref = layout.list_cell("trend", key, i)
            cell = sheet[ref.cell]
            if ref in found:
                cell.value = "=" + found[ref]
            if i:
                style.like(cell, sheet[layout.list_cell("trend", key, 0).cell])
            else:
                style.as_result(cell, KINDS.get(key, "text"), bold=key == "outlook", wrap=key == "kpi_name")
