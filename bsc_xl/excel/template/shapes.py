"""The shapes of the strategy map: an outline on each box, which leads to the sheet of its perspective, and the arrows.

An arrow that is one straight line is a connector and sticks to its boxes. One with corners is a line of its own:
programs find other ways for a connector with corners, right through the boxes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from xml.sax.saxutils import quoteattr

from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import style
from bsc_xl.excel.template.arrows import Way, Ways
from bsc_xl.excel.template.drawings import with_drawing
from bsc_xl.excel.template.strategy import COLUMN_POINTS, SHEET, heights
from bsc_xl.model import Perspective

_EMU = 12_700
"""Units of length of a drawing to the point."""
_OUTLINE = "9CA3AF"
_INSET = 0.75
"""So far within its box does an outline run, in points, so that none of it is on the page before."""
_ROUND = 5_000
"""Radius of the corners, in 100,000ths of the shorter side: less than what is seen of the cell's square corner."""


def with_shapes(parts: Mapping[str, bytes], layout: Layout) -> dict[str, bytes]:
    """The parts of a drawn workbook with the shapes of its strategy map; the empty template has none."""
    if not (layout.lanes and any(layout.kpis)):
        return dict(parts)
    edges = [0.0, *accumulate(heights(layout))]
    shapes = "".join((*_outlines(layout, edges), *_arrows(layout, edges)))
    links = {perspective: f"#bsc_sheet_{perspective}" for perspective in map(str, Perspective)}
    return with_drawing(parts, SHEET, shapes, "hyperlink", links)


def _outlines(layout: Layout, edges: Sequence[float]) -> Iterator[str]:
    """A rounded rectangle on each box, through which its cells are seen."""
    text, picture = layout.labels, layout.map
    for i, (perspective, box) in enumerate(zip(layout.lanes, picture.boxes, strict=True)):
        left, right = (at * COLUMN_POINTS for at in (box.left, box.right))
        top, bottom = edges[picture.top(box.row) - 1], edges[picture.bottom(box.row)]
        corners = (left + _INSET, top + _INSET), (right - _INSET, bottom - _INSET)
        alt = text("map.box_alt", number=i + 1, perspective=layout.title(perspective))
        named = _named(_box_id(i), text("map.box", number=i + 1), alt, f'<a:hlinkClick r:id="{perspective}"/>')
        shape = f'<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val {_ROUND}"/></a:avLst></a:prstGeom>'
        look = f"{shape}<a:noFill/>{_line(_OUTLINE, 0.75)}"
        yield _anchored(corners, edges, "sp", f"<xdr:nvSpPr>{named}<xdr:cNvSpPr/></xdr:nvSpPr>", look)


def _arrows(layout: Layout, edges: Sequence[float]) -> Iterator[str]:
    text = layout.labels
    ways = Ways(layout.map, edges, COLUMN_POINTS).all(layout.arrows)
    for i, ((cause, effect), way) in enumerate(zip(layout.arrows, ways, strict=True)):
        numbers = {"cause": cause + 1, "effect": effect + 1}
        named = _named(_box_id(len(layout.lanes) + i), text("map.arrow", **numbers), text("map.arrow_alt", **numbers))
        (x, y), (to_x, to_y) = way.corners[0], way.corners[-1]
        line = _line(style.DATA, 1.25, '<a:round/><a:tailEnd type="triangle" w="med" len="med"/>')
        if way.ends:
            ends = zip(("stCxn", "endCxn"), (cause, effect), way.ends, strict=True)
            joined = "".join(f'<a:{end} id="{_box_id(box)}" idx="{place}"/>' for end, box, place in ends)
            about = f"<xdr:nvCxnSpPr>{named}<xdr:cNvCxnSpPr>{joined}</xdr:cNvCxnSpPr></xdr:nvCxnSpPr>"
            shape = '<a:prstGeom prst="straightConnector1"><a:avLst/></a:prstGeom>'
            flips = ' flipH="1"' * (to_x < x) + ' flipV="1"' * (to_y < y)
            yield _anchored(way.corners, edges, "cxnSp", about, shape + line, flips)
        else:
            about = f"<xdr:nvSpPr>{named}<xdr:cNvSpPr/></xdr:nvSpPr>"
            yield _anchored(way.corners, edges, "sp", about, f"{_path(way)}<a:noFill/>{line}")


def _box_id(i: int) -> int:
    """The number of a shape in the drawing; boxes come first, and 1 is the drawing itself."""
    return i + 2


def _named(number: int, name: str, alt: str, link: str = "") -> str:
    about = f'id="{number}" name={quoteattr(name)} descr={quoteattr(alt)}'
    return f"<xdr:cNvPr {about}>{link}</xdr:cNvPr>" if link else f"<xdr:cNvPr {about}/>"


def _line(colour: str, width: float, more: str = "") -> str:
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    return f'<a:ln w="{round(width * _EMU)}">{fill}{more}</a:ln>'


def _path(way: Way) -> str:
    """A line with corners, as a path within the smallest rectangle around it."""
    (left, top), (right, bottom) = _around(way.corners)
    points = [f'<a:pt x="{round((x - left) * _EMU)}" y="{round((y - top) * _EMU)}"/>' for x, y in way.corners]
    steps = f"<a:moveTo>{points[0]}</a:moveTo>" + "".join(f"<a:lnTo>{point}</a:lnTo>" for point in points[1:])
    size = f'w="{round((right - left) * _EMU)}" h="{round((bottom - top) * _EMU)}"'
    return (
        '<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/>'
        f'<a:pathLst><a:path {size} fill="none">{steps}</a:path></a:pathLst></a:custGeom>'
    )


Corners = Sequence[tuple[float, float]]


def _around(corners: Corners) -> tuple[tuple[float, float], tuple[float, float]]:
    across, down = zip(*corners, strict=True)
    return (min(across), min(down)), (max(across), max(down))


def _anchored(corners: Corners, edges: Sequence[float], kind: str, about: str, look: str, flips: str = "") -> str:
    """A shape that moves with the cells below it. `edges`: the lower edge of each row, in points."""
    (left, top), (right, bottom) = _around(corners)
    frame = (
        f'<a:xfrm{flips}><a:off x="{_emu(left)}" y="{_emu(top)}"/>'
        f'<a:ext cx="{_emu(right) - _emu(left)}" cy="{_emu(bottom) - _emu(top)}"/></a:xfrm>'
    )
    attributes = ' macro="" textlink=""' if kind == "sp" else ' macro=""'
    return (
        f"<xdr:twoCellAnchor>{_mark('from', left, top, edges)}{_mark('to', right, bottom, edges)}"
        f"<xdr:{kind}{attributes}>{about}<xdr:spPr>{frame}{look}</xdr:spPr></xdr:{kind}>"
        "<xdr:clientData/></xdr:twoCellAnchor>"
    )


def _mark(end: str, x: float, y: float, edges: Sequence[float]) -> str:
    """A point as the cell in which it lies and how far from that cell's corner; column A is left of the grid."""
    column, row = int(x // COLUMN_POINTS), bisect_right(edges, y) - 1
    return (
        f"<xdr:{end}><xdr:col>{column + 1}</xdr:col><xdr:colOff>{_emu(x - column * COLUMN_POINTS)}</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>{_emu(y - edges[row])}</xdr:rowOff></xdr:{end}>"
    )


def _emu(points: float) -> int:
    return round(points * _EMU)
