"""The charts of the dashboard: the gauge of the organisation score, the radar of perspectives, the bars of the KPIs."""

from __future__ import annotations

from openpyxl.chart import BarChart, DoughnutChart, RadarChart
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout as ChartLayout
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.units import pixels_to_EMU
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.grid import DASHBOARD, GAUGE_SLICES
from bsc_xl.excel.layout import ORGANISATION, Layout
from bsc_xl.excel.template import charts, style
from bsc_xl.model import Status

DESCRIBED = ("gauge", "radar", "bars")
"""The charts in the order in which they are drawn."""
RINGS, HOLE = 8, 11
"""Rings of the gauge, and its hole in percent. The two outer rings are seen; the others keep the hole open, since
LibreOffice draws any hole as wide as a ring: 100 / (8 + 1)."""
INSET, BELOW = 3, 3
"""The distance of the gauge from the upper edge of its place in pixels, and the rows below the place over which its
lower half, which is not drawn, goes on: together they are about as high as the place is wide in every program. So the
arc fills the width and has its middle where the number has its own."""


def draw(trace: Worksheet, sheet: Worksheet, layout: Layout) -> None:
    """Add the charts, which show cells of the sheet `trace`."""
    for chart in (_gauge(trace, layout), _radar(trace, layout), _bars(trace, layout)):
        sheet.add_chart(chart)


def _gauge(trace: Worksheet, layout: Layout) -> DoughnutChart:
    """A half ring of the bands of scores, and within it an arc as far as the score; the number is a cell below it."""
    chart = DoughnutChart(firstSliceAng=270, holeSize=HOLE, varyColors=False)
    chart.style, chart.legend = None, None
    ground = style.STATUS_GROUND
    bands = (ground[Status.RED], ground[Status.YELLOW], ground[Status.GREEN])
    for _ in range(RINGS - 2):
        # of cells that never change: their points need not be stamped
        chart.series.append(_ring(trace, layout, "target", "dashboard.target"))
    chart.series.append(_ring(trace, layout, "gauge_value", "dashboard.score", style.BRAND, style.RULE))
    chart.series.append(_ring(trace, layout, "gauge_band", "heading.gauge_band", *bands))
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    chart.layout = ChartLayout(
        manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=0, y=0, w=1, h=1)
    )
    left, top, right, bottom = range_boundaries(DASHBOARD["score"])
    chart.anchor = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=left - 1, row=top - 1, rowOff=pixels_to_EMU(INSET)),
        to=AnchorMarker(col=right, row=bottom + BELOW),
    )
    return chart


def _ring(trace: Worksheet, layout: Layout, key: str, label: str, *colours: str) -> Series:
    """A ring of which the first slices have these colours; the others are not seen."""
    values, names = (
        f"{layout.trace(column, 0).cell}:{layout.trace(column, GAUGE_SLICES - 1).cell}"
        for column in (key, "gauge_name")
    )
    ring = charts.series(trace, values, names, layout.labels(label))
    for i in range(GAUGE_SLICES):
        look = {"solidFill": colours[i]} if i < len(colours) else {"noFill": True}
        point = DataPoint(idx=i, spPr=GraphicalProperties(ln=LineProperties(noFill=True), **look))
        ring.dPt.append(point)
    return ring


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
    chart.y_axis.number_format = ";;;"  # the numbers of an axis that LibreOffice does not leave out hide so
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
