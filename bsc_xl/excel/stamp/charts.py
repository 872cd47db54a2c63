"""The points that a chart keeps of the cells it shows: what a preview draws, and any reader that opens no sheets."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from bsc_xl.excel.address import corners
from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp.content import escaped
from bsc_xl.ooxml.cells import column_of
from bsc_xl.ooxml.parts import Parts

_KEPT = re.compile(
    rb"<((?:[\w.-]+:)?)f>([^<]*)</\1f>\s*<\1(num|str)Cache>(?P<points>.*?)</\1\3Cache>",
    re.DOTALL,
)
_POINT = re.compile(rb'<(?:[\w.-]+:)?pt\s[^>]*\bidx="([0-9]+)"[^>]*>.*?</(?:[\w.-]+:)?pt>', re.DOTALL)
MOST_POINTS = 100_000
"""More cells than any chart shows."""
_SOURCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!(]+))!(\$?[A-Z]+\$?[0-9]+(?::\$?[A-Z]+\$?[0-9]+)?)")


class Place(NamedTuple):
    """Where a chart keeps the value of a cell of the sheet `title`: as which point, and whether as text or number."""

    title: str
    cell: str
    number: int
    text: bool
    prefix: bytes


def chart_parts(parts: Parts) -> Iterator[str]:
    """The names of the parts that hold the charts on the worksheets."""
    for sheet in parts.sheets:
        for drawing in parts.relations(sheet.part):
            if drawing.kind == "drawing":
                yield from (chart.target for chart in parts.relations(drawing.target) if chart.kind == "chart")


def cut(part: bytes, wanted: Callable[[str, str], bool]) -> list[bytes | Place]:
    """The XML of a chart in pieces, without the points of the cells that are wanted and with their places.

    `wanted` is asked with a sheet's title and an address. All other points stay as they are.
    """
    pieces: list[bytes | Place] = []
    at = 0
    for kept in _KEPT.finditer(part):
        places = [place for place in _places(kept) if wanted(place.title, place.cell)]
        if not places:
            continue
        found = list(_POINT.finditer(part, kept.start("points"), kept.end("points")))
        begin, end = (found[0].start(), found[-1].end()) if found else (kept.end("points"),) * 2
        own: dict[int, bytes | Place] = {int(point[1]): point[0] for point in found}
        own |= {place.number: place for place in places}
        pieces += (part[at:begin], *(own[number] for number in sorted(own)))
        at = end
    return [*pieces, part[at:]]


def point(place: Place, value: Value) -> bytes:
    """The point that stands for a value; nothing, a gap, where there is none or where a text has no place."""
    if value in (None, "") or (isinstance(value, str) and not place.text):
        return b""
    shown = escaped(value) if isinstance(value, str) else repr(value)
    return b'<%bpt idx="%d"><%bv>%b</%bv></%bpt>' % (
        place.prefix, place.number, place.prefix, shown.encode(), place.prefix, place.prefix,
    )  # fmt: skip


def _places(kept: re.Match[bytes]) -> Iterator[Place]:
    """The places of a range, row by row; none for one that no chart can show, or that is no text at all."""
    source = _SOURCE.fullmatch(html.unescape(kept[2].decode(errors="replace")))
    if source is None:
        return
    title = source[1].replace("''", "'") if source[1] else source[2]
    (left, top), (right, bottom) = corners(source[3].replace("$", ""))
    across, down = column_of(right) - column_of(left) + 1, bottom - top + 1
    if across * down > MOST_POINTS:
        return
    columns = [get_column_letter(column) for column in range(column_of(left), column_of(right) + 1)]
    cells = (f"{letters}{row}" for row in range(top, bottom + 1) for letters in columns)
    for number, cell in enumerate(cells):
        yield Place(title, cell, number, kept[3] == b"str", kept[1])
