"""The part of a sheet as bytes: whether its formulas are those that are known, and what is left for its values.

Reading cells takes most of the time, so what nobody asks for is taken out before: formulas, what most of them show, and
cells in which nothing stands. What lies between two formulas is mostly the same in every workbook.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field

from bsc_xl.excel.file import MOST_CELLS

_ROWS = b"<sheetData>", b"</sheetData>"
_BEGIN, _END = b"<f", b"</c>"
_FORMULA = re.compile(rb"<f[ />][^<]*(?:</f>)?")
_KIND = re.compile(rb' t="[a-zA-Z]*"')
_ADDRESS = re.compile(rb' r="([A-Z]+[0-9]+)"')
_EMPTY = re.compile(rb"<c [^<]*+(?:</c>|(?<=/>))")
_LITERAL = b"<!["
"""Begins a text in which anything may stand."""
_ERROR = b't="e"'
_OTHER_QUOTES = b"='"
_HEAD = 1 << 13
"""Where some program writes attributes in other quotation marks, it does so from the beginning."""
_LAST_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_MOST_ROWS = 4 * MOST_CELLS // 16_384
"""Whichever columns they reach to; the long lists of the settings are among them."""


@dataclass(slots=True)
class Formulas:
    """The formulas of a sheet as they stand in its part, in the order of their cells.

    `texts`: the elements, behind their first two bytes. `heads`: the ways in which each cell may begin up to its
    formula, whatever kind of value it shows; the address is in it. `shown`: whether anybody looks at its value.
    `between`: what stood before the first formula, and behind the value of each, when it was looked at last; `left`:
    what is left of it for reading values.
    """

    texts: list[bytes]
    heads: list[tuple[bytes, ...]]
    shown: list[bool] = field(compare=False)
    between: list[bytes] = field(compare=False)
    left: list[bytes] = field(compare=False)

    def stand_in(self, content: bytes) -> bool:
        """Whether the sheet has these and no others, each in its cell: a formula that was moved is another one,
        whatever it says."""
        cells = self._cells(content)
        return cells is not None and all(map(bytes.endswith, cells, self.heads))

    def values(self, content: bytes) -> bytes | None:
        """The sheet up to the end of its rows without formulas, without the values of those that are not shown and
        without empty cells; None where the formulas are not these."""
        cells = self._cells(content)
        if cells is None:
            return None
        values = [content[: content.find(_ROWS[0])]]
        # what stands before the first formula is looked at as if one that is not shown stood before it
        cells[0] = _END + cells[0]
        known = zip(cells, [b"", *self.texts], [False, *self.shown], self.between, self.left, strict=True)
        for i, (cell, text, shown, between, left) in enumerate(known):
            end = cell.find(_END, len(text))
            if end < 0:
                return None
            if shown:
                values.append(cell[len(text) : end])
            if cell[end:] == between:
                values.append(left)
            elif i == len(self.heads) or cell.endswith(self.heads[i]):
                self._look_at(i, cell[end:])
                values.append(self.left[i])
            else:
                return None
        return b"".join((*values, _ROWS[1], b"</worksheet>"))

    def _cells(self, content: bytes) -> list[bytes] | None:
        """The rows of the sheet, split where formulas begin, if they are these, wherever they stand."""
        cells = _split(content)
        same = len(cells) == len(self.texts) + 1 and all(map(bytes.startswith, cells[1:], self.texts))
        return cells if same else None

    def _look_at(self, i: int, between: bytes) -> None:
        """Remembers the bytes between the values of two formulas: they begin with the end of a cell and end with the
        beginning of another, each of which is left if its formula is shown."""
        first = 0 if i and self.shown[i - 1] else len(_END)
        last = between.rfind(b"<c ") if i < len(self.shown) and not self.shown[i] else len(between)
        left = between[first:last]
        self.between[i], self.left[i] = between, left if _LITERAL in left else _EMPTY.sub(b"", left)


def learnt(content: bytes, shown: Container[str]) -> Formulas | None:
    """The formulas of a sheet; None where anything else begins as they do, or a cell does not say where it is.
    `shown`: addresses of the cells whose values are looked at."""
    cells = _split(content)
    texts = [_FORMULA.match(_BEGIN + behind) for behind in cells[1:]]
    starts = [before[before.rfind(b"<c ") :] for before in cells[:-1]]
    addresses = [_ADDRESS.search(start) for start in starts]
    if not all(texts) or not all(addresses):
        return None
    return Formulas(
        [text[0].removeprefix(_BEGIN) for text in texts if text],
        [_heads(start) for start in starts],
        [address[1].decode() in shown for address in addresses if address],
        [b""] * len(cells),
        [b""] * len(cells),
    )


def is_whole(content: bytes) -> bool:
    """The XML of the sheet ends where it should: calamine has enough with the rows."""
    return content.rstrip().endswith(b"worksheet>")


def is_plain(content: bytes) -> bool:
    """The sheet has no error value, which calamine takes for a blank, and no cell so far off that it costs memory."""
    last = content.rfind(b"<row ")
    row = _LAST_ROW.match(content, last) if last >= 0 else None
    near = row is not None and int(row[1]) <= _MOST_ROWS
    return near and _OTHER_QUOTES not in content[:_HEAD] and _ERROR not in content


def _split(content: bytes) -> list[bytes]:
    first, last = content.find(_ROWS[0]), content.rfind(_ROWS[1])
    return content[first:last].split(_BEGIN) if 0 <= first < last else []


def _heads(cell: bytes) -> tuple[bytes, ...]:
    bare = _KIND.sub(b"", cell).removesuffix(b">")
    return (cell, bare + b">", *(b'%b t="%b">' % (bare, kind) for kind in (b"str", b"n", b"b")))
