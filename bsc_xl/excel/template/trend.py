"""The sheet of trend and forecast: the index of each KPI at the end of each period, and where it leads.

openpyxl knows no sparklines, so `with_sparklines` puts them into the sheet's XML right after drawing.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.address import dollars, span, split
from bsc_xl.excel.columns import list_columns
from bsc_xl.excel.formulas.words import LARGE
from bsc_xl.excel.layout import LIST_HEADER_ROW, SHEETS, Layout
from bsc_xl.excel.template import style
from bsc_xl.excel.template.lists import KINDS, outline
from bsc_xl.model import PERIODS_PER_YEAR, Outlook, Status

SHEET = "trend"
GROUPS = {"index_0": "indices", "year_target": "year", "forecast": "forecast", "outlook": "outlook"}
"""What stands above the headings, and over which column it begins."""
WIDTHS: dict[str, float] = {
    "kpi_code": 8,
    "kpi_name": 34,
    **{f"index_{period}": 8 for period in range(max(PERIODS_PER_YEAR) + 1)},
    "sparkline": 16,
    "change": 11,
    "year_target": 14,
    "bound": 7,
    "required": 14,
    "forecast": 14,
    "forecast_index": 11,
    "outlook": 27,
}
AMOUNTS = ("year_target", "required", "forecast")
"""Amounts in the unit of measure, at least as wide as the figures they come from, so that neighbours stay apart."""
MONTH_WIDTH = 6.5
"""Of a column of indices where there are twelve of them: the page is fitted to the width of paper."""
CENTRED = ("bound", "sparkline")
COLOURS = {Outlook.REACHED: Status.GREEN, Outlook.MISSED: Status.RED}
PART = f"xl/worksheets/sheet{SHEETS.index(SHEET) + 1}.xml"

_MAIN = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_FORMULAS = "http://schemas.microsoft.com/office/excel/2006/main"
_SPARKLINES = "{05C60535-1F16-4fd2-B693-F4F36F0B64E0}"


def draw(sheet: Worksheet, layout: Layout) -> None:
    """One row for each KPI row, all of it calculated."""
    text, columns = layout.labels, list_columns(SHEET, layout.periods)
    found = formulas.trend(layout)
    periods = {f"index_{period}": name for period, name in enumerate(layout.period_names(), start=1)}
    outline(sheet, layout, SHEET, columns, len(layout.slots), text("trend.subtitle"), periods, widths=_widths(layout))
    for i, slot in enumerate(layout.slots):
        sheet.row_dimensions[LIST_HEADER_ROW + 1 + i].height = style.LINE * layout.lines(*slot)
        for key in columns:
            ref = layout.list_cell(SHEET, key, i)
            cell = sheet[ref.cell]
            if ref in found:
                cell.value = "=" + found[ref]
            if i:
                style.like(cell, sheet[layout.list_cell(SHEET, key, 0).cell])
            else:
                style.as_result(cell, KINDS.get(key, "text"), bold=key == "outlook", wrap=key == "kpi_name")
                if key in CENTRED:
                    style.centre(cell)
    for key in CENTRED:
        style.centre(sheet[layout.list_cell(SHEET, key, -1).cell])
    _groups(sheet, layout)
    _colour(sheet, layout)
    sheet.freeze_panes = layout.list_cell(SHEET, "index_0", 0).cell


def _widths(layout: Layout) -> dict[str, float]:
    widths = WIDTHS | {key: max(WIDTHS[key], layout.value_width) for key in AMOUNTS}
    if layout.periods == max(PERIODS_PER_YEAR):
        widths |= {key: MONTH_WIDTH for key in widths if key.startswith("index_")}
    return widths


def _groups(sheet: Worksheet, layout: Layout) -> None:
    """What the columns have in common; a forecast says that it is one."""
    row = LIST_HEADER_ROW - 1
    ruled = list_columns(SHEET, layout.periods)[2:]
    for key in ruled:
        cell = sheet[f"{split(layout.list_cell(SHEET, key, 0).cell)[0]}{row}"]
        name = layout.labels(f"trend.{GROUPS[key]}") if key in GROUPS else None
        look = {"size": style.CAPTION_SIZE, "colour": style.BRAND, "bold": True}
        style.put(cell, name, border=style.under(style.BRAND), indent=int(key == "outlook"), **look)  # type: ignore[arg-type]
    sheet.row_dimensions[row].height = 18


def _body(layout: Layout, first: str, last: str) -> str:
    """The cells of these columns and those between them."""
    return span(layout.list_cell(SHEET, first, 0).cell, layout.list_cell(SHEET, last, len(layout.slots) - 1).cell)


def _colour(sheet: Worksheet, layout: Layout) -> None:
    outlook, change = (layout.list_cell(SHEET, key, 0).cell for key in ("outlook", "change"))
    for state, status in COLOURS.items():
        same = f"${outlook}={formulas.quoted_label(layout, f'outlook.{state}')}"
        style.colour_where(sheet, _body(layout, "outlook", "outlook"), same, status)
    falls = FormulaRule(formula=[f"N({change})<0"], font=Font(color=style.STATUS_INK[Status.RED]))
    sheet.conditional_formatting.add(_body(layout, "change", "change"), falls)
    for first, last in (("year_target", "year_target"), ("required", "forecast")):
        style.whole_numbers(sheet, _body(layout, first, last), large=LARGE)
        style.small_numbers(sheet, _body(layout, first, last))


def with_sparklines(parts: dict[str, bytes], layout: Layout) -> dict[str, bytes]:
    """The parts of a package that was drawn, with a small column for each index of a row, from last year on,
    all on one scale, and room for those to come. Columns, because some programs draw what has no number as 0. Programs
    that know no sparklines pass them over."""
    title, rows = layout.quoted(SHEET), []
    for i, _ in enumerate(layout.slots):
        first, last = (layout.list_cell(SHEET, f"index_{period}", i).cell for period in (0, layout.periods))
        at = layout.list_cell(SHEET, "sparkline", i).cell
        area = span(dollars(first), dollars(last))
        rows.append(f"<x14:sparkline><xm:f>{escape(title)}!{area}</xm:f><xm:sqref>{at}</xm:sqref></x14:sparkline>")
    group = (
        '<x14:sparklineGroup manualMax="130" manualMin="0" type="column" displayEmptyCellsAs="gap"'
        f' minAxisType="custom" maxAxisType="custom"><x14:colorSeries rgb="FF{style.DATA}"/>'
        f"<x14:sparklines>{''.join(rows)}</x14:sparklines></x14:sparklineGroup>"
    )
    extension = (
        f'<extLst><ext xmlns:x14="{_MAIN}" uri="{_SPARKLINES}"><x14:sparklineGroups xmlns:xm="{_FORMULAS}">'
        f"{group}</x14:sparklineGroups></ext></extLst>"
    )
    drawn = parts[PART].decode("utf-8")
    return parts | {PART: drawn.replace("</worksheet>", f"{extension}</worksheet>").encode("utf-8")}
