"""The dashboard: one A4 page that tells where the unit stands, all of it live formulas and native charts."""

from __future__ import annotations

from openpyxl.chart import BarChart, RadarChart
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout as ChartLayout
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font as CellFont
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.address import dollars
from bsc_xl.excel.grid import DASHBOARD, DASHBOARD_COLUMNS, LIST_ROWS, LISTED, place
from bsc_xl.excel.layout import ORGANISATION, Layout
from bsc_xl.excel.template import charts, style
from bsc_xl.model import Perspective, Status

LAST_ROW = 34
CHART_ROW, LIST_ROW = 15.5, 27
HEIGHTS = {1: 8, 2: 30, 3: 17, 4: 9, 5: 17, 6: 40, 7: 19, 8: 17, 9: 10, 10: 19, 11: 10, 28: 10, 29: 17, 33: 12, 34: 30}
GRID_WIDTH = 4.2


def draw(book: Workbook, sheet: Worksheet, layout: Layout) -> None:
    """Draw the dashboard."""
    sheet.column_dimensions["A"].width = 2
    for i in range(DASHBOARD_COLUMNS):
        sheet.column_dimensions[get_column_letter(i + 2)].width = GRID_WIDTH
    for row in range(12, LAST_ROW):
        sheet.row_dimensions[row].height = LIST_ROW if row in LISTED else CHART_ROW
    for row, height in HEIGHTS.items():
        sheet.row_dimensions[row].height = height

    found = formulas.dashboard(layout)
    _head(sheet, layout, found)
    _tiles(sheet, layout, found)
    _counts(sheet, layout, found)
    _lists(sheet, layout, found)
    _fill(sheet, "conclusion", "=" + found["conclusion"], ground=style.SOFT, indent=1, wrap=True)
    _charts(book, sheet, layout)
    last = get_column_letter(DASHBOARD_COLUMNS + 1)
    style.page(sheet, layout, f"A1:{last}{LAST_ROW}", one_page=True)
    style.lock(sheet)


def _fill(sheet: Worksheet, key: str, value: object, **look: object) -> None:
    """Put a value into a place, and its ground and border on all cells of the place."""
    cells = DASHBOARD[key]
    style.area(sheet, cells)
    for row in sheet[cells]:
        for cell in row:
            style.put(cell, **look)  # type: ignore[arg-type]
    sheet[place(key)].value = value


def _head(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION}
    _fill(
        sheet, "unit_name", "=" + found["unit_name"], size=style.UNIT_SIZE, colour=style.BRAND, bold=True, shrink=True
    )
    _fill(sheet, "completeness", "=" + found["completeness"], bold=True, align="right", vertical="bottom")
    rule = style.under(style.BRAND, "medium")
    _fill(sheet, "subtitle", "=" + found["subtitle"], border=rule, **caption)
    stamp = {"border": rule, "align": "right", "number_format": layout.labels("format.recalculated")}
    _fill(sheet, "recalculated", "=" + found["recalculated"], **stamp, **caption)
    whole, part = Status.GREEN, Status.YELLOW
    cells = place("completeness")
    for formula, status in (("bsc_scored=bsc_applicable", whole), ("bsc_scored<bsc_applicable", part)):
        rule_ = FormulaRule(
            formula=[f"AND(bsc_applicable>0,{formula})"], font=CellFont(color=style.STATUS_INK[status], bold=True)
        )
        sheet.conditional_formatting.add(cells, rule_)


def _tiles(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    text = layout.labels
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "ground": style.SOFT}
    _fill(sheet, "caption", text("dashboard.caption"), bold=True, indent=1, **caption)
    number = {"colour": style.BRAND, "bold": True, "ground": style.SOFT, "number_format": style.FORMATS["score"]}
    _fill(sheet, "score", "=" + found["score"], size=style.NUMBER_SIZE, indent=1, **number)
    _quiet(sheet, "score")
    look = {"bold": True, "align": "right", "indent": 1, "shrink": True, "ground": style.SOFT}
    _fill(sheet, "score_status", "=" + found["score_status"], **look)
    style.colour_by_status(sheet, DASHBOARD["score_status"], "bsc_rollup_status", ground=False)
    _fill(sheet, "rating", "=" + found["rating"], bold=True, indent=1, ground=style.SOFT)
    style.colour_by_status(sheet, DASHBOARD["rating"], "bsc_rollup_status")
    _fill(sheet, "next_rating", "=" + found["next_rating"], indent=1, **caption)
    _fill(
        sheet, "next_gap", "=" + found["next_gap"], align="right", indent=1, number_format=text("format.gap"), **caption
    )
    for perspective in Perspective:
        _fill(sheet, f"caption_{perspective}", layout.title(perspective), bold=True, indent=1, **caption)
        score = f"score_{perspective}"
        _fill(sheet, score, "=" + found[score], size=style.TILE_SIZE, indent=1, **number)
        _quiet(sheet, score)
        status = f"status_{perspective}"
        _fill(sheet, status, "=" + found[status], bold=True, indent=1, ground=style.SOFT)
        style.colour_by_status(sheet, DASHBOARD[status], f"bsc_rollup_status_{perspective}")
        _fill(sheet, f"completeness_{perspective}", "=" + found[f"completeness_{perspective}"], indent=1, **caption)
        weight = f"weight_{perspective}"
        _fill(
            sheet, weight, "=" + found[weight], align="right", indent=1, number_format=text("format.weight"), **caption
        )


def _quiet(sheet: Worksheet, key: str) -> None:
    """A placeholder in the place of a number stays quiet."""
    rule = FormulaRule(formula=[f"ISTEXT({place(key)})"], font=CellFont(color=style.CAPTION, bold=False))
    sheet.conditional_formatting.add(place(key), rule)


def _counts(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    """How many KPIs have each status, number and word side by side."""
    for status in Status:
        look = {"colour": style.STATUS_INK[status], "bold": True, "border": style.under()}
        _fill(sheet, f"count_{status}", "=" + found[f"count_{status}"], align="right", **look)
        _fill(sheet, f"count_word_{status}", layout.status_text(status), **look)


def _lists(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    text = layout.labels
    for which in ("worst", "best"):
        caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "bold": True}
        _fill(sheet, which, text(f"dashboard.{which}"), border=style.under(style.CAPTION), **caption)
        for k in range(LIST_ROWS):
            looks: dict[str, dict[str, object]] = {
                "code": {"colour": style.CAPTION, "shrink": True},
                "name": {"wrap": True},
                "symbol": {"align": "center", "bold": True},
                "index": {"align": "right", "number_format": style.FORMATS["score"], "bold": which == "best"},
                "gap": {"align": "right", "number_format": style.FORMATS["gap"], "bold": which == "worst"},
            }
            for key, look in looks.items():
                name = f"{which}_{key}_{k}"
                _fill(sheet, name, "=" + found[name], border=style.under(), **look)
            symbol = dollars(place(f"{which}_symbol_{k}"))
            for status in Status:
                rule = FormulaRule(
                    formula=[f'{symbol}="{text(f"symbol.{status}")}"'],
                    font=CellFont(color=style.STATUS_INK[status], bold=True),
                )
                for key in ("symbol", "gap"):
                    sheet.conditional_formatting.add(place(f"{which}_{key}_{k}"), rule)


# --- charts -------------------------------------------------------------------------------------------------------


def _charts(book: Workbook, sheet: Worksheet, layout: Layout) -> None:
    trace = book[layout.title("trace")]
    sheet.add_chart(_radar(trace, layout))
    sheet.add_chart(_bars(trace, layout))


def _span(layout: Layout, key: str) -> str:
    return f"{layout.rollup(key, 0).cell}:{layout.rollup(key, ORGANISATION - 1).cell}"


def _radar(trace: Worksheet, layout: Layout) -> RadarChart:
    chart = RadarChart()
    chart.type, chart.style = "standard", None
    names = _span(layout, "rollup_name")
    target = charts.series(trace, _span(layout, "target"), names, layout.labels("dashboard.target"))
    score = charts.series(trace, _span(layout, "score"), names, layout.labels("dashboard.score"))
    target.graphicalProperties.line = LineProperties(solidFill=charts.TARGET, prstDash="dash", w=12700)
    score.graphicalProperties.line = LineProperties(solidFill=style.DATA, w=28575)
    for series in (target, score):
        series.marker.symbol = "none"
        chart.series.append(series)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0, charts.MAX_INDEX, 40
    chart.y_axis.number_format = "0"
    chart.legend.position = "b"
    chart.legend.txPr = charts.small_type(style.CAPTION)
    charts.finish(chart, layout.labels("dashboard.radar"), DASHBOARD["radar"])
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=style.RULE, w=6350))
    chart.layout = ChartLayout(
        manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=0.22, y=0.2, w=0.56, h=0.62)
    )
    return chart


def _bars(trace: Worksheet, layout: Layout) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "clustered", 100, 45
    red = style.STATUS_INK[Status.RED]
    # red bars are short: their label stands beside them, where it does not meet the target's line
    for key, colour, place_ in (("chart_good", style.DATA_LIGHT, "inEnd"), ("chart_red", red, "outEnd")):
        values, names = (layout.trace_body(column)[1] for column in (key, "chart_name"))
        series = charts.series(trace, values, names, layout.labels(f"heading.{key}"))
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.graphicalProperties.line.noFill = True
        series.dLbls = DataLabelList(
            numFmt="0.00;-0.00;;",
            showVal=True,
            showSerName=False,
            showCatName=False,
            showLegendKey=False,
            dLblPos=place_,
        )
        series.dLbls.txPr = charts.small_type(style.INK)
        chart.series.append(series)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblSkip = 1
    # the one gridline at 100 is the target
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0, charts.MAX_INDEX, 100
    chart.y_axis.number_format = "0"
    chart.legend = None
    charts.finish(chart, _bars_title(layout), DASHBOARD["bars"])
    target = LineProperties(solidFill=charts.TARGET, prstDash="dash", w=12700)
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=target)
    return chart


def _bars_title(layout: Layout) -> str:
    if sum(layout.kpis) <= layout.bars:
        return layout.labels("dashboard.bars")
    return layout.labels("dashboard.lowest_bars", count=layout.bars)
