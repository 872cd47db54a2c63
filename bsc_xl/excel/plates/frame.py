"""A drawing cut into pieces at every cell that a plan names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bsc_xl.excel import stamp, template
from bsc_xl.excel.block import Cells
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.plan import Write
from bsc_xl.excel.plates.recent import Recent
from bsc_xl.excel.plates.rendering import Form, Slot
from bsc_xl.excel.stamp import charts
from bsc_xl.ooxml.package import Member, open_package, unpacked
from bsc_xl.ooxml.parts import Parts

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = f"{_OPEN}([0-9]+){_CLOSE}".encode()
_MARKED = re.compile(
    rb' t="str"(><f\b[^>]*(?:/>|>[^<]*</f>))<v>%b</v>| t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>'
    rb'|(?<= ht=")%b|%b' % (_MARK, _MARK, _MARK, _MARK)
)


@dataclass(frozen=True)
class Part:
    """A part of a package: a piece, then a slot and a piece for each slot."""

    name: str
    pieces: list[bytes]
    slots: list[Slot]


@dataclass(frozen=True)
class Frame:
    """The parts of a drawn workbook, in their order: compressed members, and `Part` where there are slots."""

    parts: list[Member | Part]


class Drawing(NamedTuple):
    """A workbook as it was drawn for a layout, for processes that need not draw it again."""

    layout: Layout
    with_macros: bool
    package: bytes


_FRAMES: Recent[tuple[Layout, bool], Frame] = Recent(32)
_DRAWINGS: Recent[tuple[Layout, bool], bytes] = Recent(32)


def drawing(layout: Layout, with_macros: bool) -> Drawing:
    """The drawing of that layout."""
    package = _DRAWINGS.get((layout, with_macros), lambda: template.draw(layout, with_macros))
    return Drawing(layout, with_macros, package)


def keep(given: Drawing) -> None:
    """Takes over a drawing that another process made."""
    _DRAWINGS.get((given.layout, given.with_macros), lambda: given.package)


def frame(layout: Layout, with_macros: bool, cells: Sequence[Cells]) -> Frame:
    """The drawing of that layout with slots for the cells of a block; which those are follows from the layout."""
    return _FRAMES.get((layout, with_macros), lambda: _cut(layout, with_macros, cells))


def _cut(layout: Layout, with_macros: bool, cells: Sequence[Cells]) -> Frame:
    refs = [(ref, own.result) for own in cells for ref in own.refs]
    marks = [Write(ref, f"{_OPEN}{i}{_CLOSE}", result) for i, (ref, result) in enumerate(refs)]
    package = open_package(stamp.stamp(drawing(layout, with_macros).package, marks))
    shown = set(charts.chart_parts(Parts(package)))
    places = {(layout.title(ref.sheet), ref.cell): i for i, (ref, _) in enumerate(refs)}
    return Frame(
        [
            _cut_chart(member, places) if name in shown else _cut_sheet(member)
            for name, member in package.members.items()
        ]
    )


def _cut_sheet(member: Member) -> Member | Part:
    content = unpacked(member)
    pieces: list[bytes] = []
    slots: list[Slot] = []
    at = 0
    for found in _MARKED.finditer(content):
        formula, result, entry, height, footer = found.groups()
        head = content[at : found.start()]
        at = found.end()
        if result:
            pieces += (head, formula)
            slots += (Slot(int(result), Form.KIND), Slot(int(result), Form.RESULT))
        else:
            pieces.append(head)
            form = Form.ENTRY if entry else Form.HEIGHT if height else Form.FOOTER
            slots.append(Slot(int(entry or height or footer), form))
    return Part(member.name, [*pieces, content[at:]], slots) if slots else member


def _cut_chart(member: Member, places: Mapping[tuple[str, str], int]) -> Part:
    pieces = [b""]
    slots: list[Slot] = []
    for piece in charts.cut(unpacked(member), lambda title, cell: (title, cell) in places):
        if isinstance(piece, bytes):
            pieces[-1] += piece
        else:
            slots.append(Slot(places[piece.title, piece.cell], piece))
            pieces.append(b"")
    return Part(member.name, pieces, slots)
