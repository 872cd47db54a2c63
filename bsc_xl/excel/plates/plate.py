"""A workbook that lacks only what differs between its units, and how it is filled."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zipfile import ZIP_DEFLATED

import numpy as np

from bsc_xl.errors import OutputError
from bsc_xl.excel.block import Cells
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.plates.frame import Part, frame
from bsc_xl.excel.plates.rendering import Renderer, Slot
from bsc_xl.excel.results import Value
from bsc_xl.ooxml.package import Member, packed, write_members

LEVEL = 3
"""Of what is compressed for each unit: level 6 takes twice the time and saves a tenth."""

RUN = 2048
"""A fixed piece of so many bytes or more is compressed once for all units."""

_ENDLESS = frozenset((math.inf, -math.inf))
_END = b"\3\0"
"""An empty last block: it ends compressed data whose other blocks are all complete."""


class Fixed(NamedTuple):
    """A long piece, and its compressed form, which refers to nothing before it."""

    content: bytes
    data: bytes


class Open(NamedTuple):
    """Pieces with a slot after each but the last: every second place of `woven` is free."""

    woven: list[bytes]
    slots: slice


@dataclass(frozen=True)
class OpenPart:
    """A part with slots that differ between units, in the stretches that it is compressed in."""

    name: str
    slots: list[Slot]
    stretches: list[Fixed | Open]

    def packed(self, values: Sequence[bytes], compressor: zlib._Compress) -> Member:
        """The part with these values in its slots, compressed."""
        data: list[bytes] = []
        crc = size = 0
        for stretch in self.stretches:
            if isinstance(stretch, Fixed):
                content = stretch.content
                data.append(stretch.data)
            else:
                woven = stretch.woven.copy()
                woven[1::2] = values[stretch.slots]
                content = b"".join(woven)
                data += (compressor.compress(content), compressor.flush(zlib.Z_FULL_FLUSH))
            crc = zlib.crc32(content, crc)
            size += len(content)
        return Member(self.name, ZIP_DEFLATED, crc, size, b"".join([*data, _END]))


@dataclass(frozen=True)
class Plate:
    """A workbook that lacks only what differs between its units."""

    parts: list[Member | OpenPart]

    def filled(self, cells: Sequence[Cells]) -> Iterator[bytes]:
        """The workbook of each unit of a block, from all its cells."""
        columns = _columns(cells, shared=False)
        renderer = Renderer()
        rendered = [
            zip(*renderer.columns(part.slots, columns), strict=True)
            for part in self.parts
            if isinstance(part, OpenPart)
        ]
        for values in zip(*rendered, strict=True):
            yield self._workbook(values)

    def _workbook(self, values: Sequence[Sequence[bytes]]) -> bytes:
        own = iter(values)
        # one compressor for all parts: after a full flush it refers to nothing before, and making one takes its time
        compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return write_members(
            part.packed(next(own), compressor) if isinstance(part, OpenPart) else part for part in self.parts
        )


def compiled(layout: Layout, with_macros: bool, cells: Sequence[Cells]) -> Plate:
    """The plate of a block's cells: those that hold the same for all units are filled."""
    drawn = frame(layout, with_macros, cells)
    fixed, renderer = _columns(cells, shared=True), Renderer()
    return Plate([part if isinstance(part, Member) else _filled(part, fixed, renderer) for part in drawn.parts])


def _columns(cells: Sequence[Cells], *, shared: bool) -> dict[int, list[Value]]:
    """The cells that hold the same for all units, or the others: their values by their position among all cells.

    `OutputError` for a number that no cell can hold.
    """
    found: dict[int, list[Value]] = {}
    first = 0
    for own in cells:
        if own.shared == shared:
            columns = np.atleast_2d(own.content).T.tolist()
            for ref, column in zip(own.refs, columns, strict=True):
                if not _ENDLESS.isdisjoint(column):
                    raise OutputError(path="!".join(ref), reason="not_finite")
            found |= enumerate(columns, start=first)
        first += len(own.refs)
    return found


def _filled(part: Part, fixed: dict[int, list[Value]], renderer: Renderer) -> Member | OpenPart:
    """The part with the slots of fixed cells filled."""
    filled = iter(renderer.columns([slot for slot in part.slots if slot.cell in fixed], fixed))
    slots: list[Slot] = []
    pieces: list[list[bytes]] = [[part.pieces[0]]]
    for slot, piece in zip(part.slots, part.pieces[1:], strict=True):
        if slot.cell in fixed:
            pieces[-1] += (*next(filled), piece)
        else:
            slots.append(slot)
            pieces.append([piece])
    joined = [b"".join(own) for own in pieces]
    return OpenPart(part.name, slots, list(_stretches(joined))) if slots else packed(part.name, joined[0])


def _stretches(pieces: list[bytes]) -> Iterator[Fixed | Open]:
    """The pieces of a part, with a slot between each two, cut where a piece is long."""
    current: list[bytes] = []
    first = 0
    for i, piece in enumerate(pieces):
        if len(piece) < RUN:
            current.append(piece)
            continue
        if i > first:
            yield Open(_woven([*current, b""]), slice(first, i))
        yield Fixed(piece, _compressed(piece))
        current, first = [b""], i
    if first < len(pieces) - 1:
        yield Open(_woven(current), slice(first, len(pieces) - 1))


def _woven(pieces: list[bytes]) -> list[bytes]:
    woven = [b""] * (2 * len(pieces) - 1)
    woven[::2] = pieces
    return woven


@lru_cache(maxsize=256)  # plates of one layout have most of them in common
def _compressed(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush(zlib.Z_FULL_FLUSH)
