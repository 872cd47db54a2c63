"""What the charts of our workbooks have in common: quiet axes, small type, and inside them the values they show."""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart, RadarChart, Reference
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.template import style

MAX_INDEX = 120
TARGET = "9CA3AF"
"""The colour of the target's dashed line."""


def series(sheet: Worksheet, values: str, names: str, title: str) -> Series:
    """A series of numbers with a name to each. The chart keeps what it shows, as far as the drawing knows it: readers
    that open no sheets draw from that, and stamping adds the rest."""
    made = Series()
    made.tx = SeriesLabel(v=title)
    count, numbers = _known(sheet, values, "n")
    kept = NumData(formatCode="General", ptCount=count, pt=[NumVal(idx=i, v=v) for i, v in numbers])
    made.val = NumDataSource(numRef=NumRef(f=_reference(sheet, values), numCache=kept))
    count, texts = _known(sheet, names, "s")
    words = StrData(ptCount=count, pt=[StrVal(idx=i, v=v) for i, v in texts])
    made.cat = AxDataSource(strRef=StrRef(f=_reference(sheet, names), strCache=words))
    return made


def _reference(sheet: Worksheet, cells: str) -> str:
    left, top, right, bottom = range_boundaries(cells)
    return str(Reference(sheet, min_col=left, min_row=top, max_col=right, max_row=bottom))


def _known(sheet: Worksheet, cells: str, kind: str) -> tuple[int, list[tuple[int, object]]]:
    """How many cells a column has, and those that hold a number ("n") or text ("s") and no formula."""
    column = [row[0] for row in sheet[cells]]
    return len(column), [(i, c.value) for i, c in enumerate(column) if c.data_type == kind and c.value is not None]


def small_type(colour: str, size: int = 900, bold: bool = False) -> RichText:
    """Text in a chart; `size` in hundredths of a point."""
    look = CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=style.TYPEFACE))
    return RichText(bodyPr=RichTextProperties(), p=[Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)])


def finish(chart: BarChart | LineChart | RadarChart, title: str, cells: str) -> None:
    """Quiet axes, a small title, no border, and its place: the range `cells`."""
    chart.title = title
    look = CharacterProperties(sz=1000, b=True, solidFill=style.CAPTION, latin=Font(typeface=style.TYPEFACE))
    for paragraph in chart.title.tx.rich.p:
        paragraph.pPr = ParagraphProperties(defRPr=look)
        for run in paragraph.r:
            run.rPr = look
    chart.title.overlay = False
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = small_type(style.INK if axis is chart.x_axis else style.CAPTION)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
        axis.majorTickMark = axis.minorTickMark = "none"
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    left, top, right, bottom = range_boundaries(cells)
    chart.anchor = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=left - 1, row=top - 1),
        to=AnchorMarker(col=right, row=bottom),
    )
