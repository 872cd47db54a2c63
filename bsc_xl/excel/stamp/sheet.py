"""Changes cells in the XML of a sheet; every byte outside them stays, whichever program wrote it.

The bytes are searched and spliced, not parsed and written anew: what this module knows nothing about cannot get lost.
The XML must be well formed; `ooxml.xml.check` says so of a file that came from elsewhere.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from bsc_xl.errors import OutputError
from bsc_xl.excel.address import corners, split
from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp import groups, markup
from bsc_xl.excel.stamp.content import content, formula_text
from bsc_xl.ooxml.cells import LAST_COLUMN, column_of

_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_COLUMN = re.compile(rb"""\sr\s*=\s*["']([A-Z]+)[0-9]+["']""")
_OLD_VALUE = frozenset((b"t", b"vm"))
_OLD_FORMULA = _OLD_VALUE | {b"cm"}


class Kind(Enum):
    """What a change does to its cell."""

    ENTRY = auto()
    """The value is entered; a cell with a formula is refused."""
    VALUE = auto()
    """The cell holds the value and no formula afterwards."""
    RESULT = auto()
    """The value stands beside the formula of the cell, which stays; a cell without a formula is refused."""
    FORMULA = auto()
    """The cell holds this formula, and the value beside it."""
    HEIR = auto()
    """The cell gets this formula, which it shared before with a cell that loses it; its value stays."""


class Edit(NamedTuple):
    """What becomes of one cell. `formula`: where the kind is FORMULA the text without "=", for an HEIR the element."""

    kind: Kind
    value: Value
    formula: str = ""


_Wanted = dict[int, tuple[str, Edit]]
"""The cells of one row that are changed, by column from 1, with their address."""


def edited(part: bytes, edits: Mapping[str, Edit], sheet: str, insert: bool) -> bytes:
    """The XML of a sheet with the cells of `edits`, by address, changed.

    `sheet` names the sheet in errors. `insert`: a cell that is not there is made in its place, with the style of its
    row or column; without it, it is refused, and all that are missing are named. `OutputError` for a change that does
    not fit its cell (see `Kind`), for a number that no cell can hold, and for a cell of an array formula over several.
    """
    return _Sheet(markup.utf8(part), sheet, insert).edited(edits)


class _Sheet:
    """One sheet while it is changed: its bytes, and their shadow in which every tag is one."""

    def __init__(self, part: bytes, sheet: str, insert: bool) -> None:
        self.part, self.sheet, self.insert = part, sheet, insert
        self.shadow = markup.shadow(part)
        data = markup.tag(b"sheetData").search(self.shadow)
        if data is None:
            raise OutputError(path=sheet, reason="no_such_sheet")
        self.data, self.prefix, self.prefix_text = data, data["prefix"], data["prefix"].decode()
        self.row_tag, self.cell_tag = (markup.tag(name, self.prefix) for name in (b"row", b"c"))
        self.row_end, self.whole_cell = markup.end(b"row", self.prefix), markup.cell(self.prefix)
        self.missing: list[str] = []
        self.made: list[str] = []

    def edited(self, edits: Mapping[str, Edit]) -> bytes:
        by_row: dict[int, _Wanted] = defaultdict(dict)
        for address, edit in (*edits.items(), *self._heirs(edits).items()):
            if isinstance(edit.value, float) and not math.isfinite(edit.value):
                raise self._refused(address, "not_finite")
            by_row[split(address)[1]][column_of(address)] = address, edit
        opened, empty = self.data[0], self.data["rest"].endswith(b"/")
        begin = self.data.end()
        close = begin if empty else self._end(markup.end(b"sheetData", self.prefix), begin).start()
        rows = self._rows(by_row, begin, close)
        if self.missing:
            raise OutputError(path=", ".join(f"{self.sheet}!{cell}" for cell in self.missing), reason="no_such_cell")
        if empty and rows:
            opened = opened[:-2] + b">"
            rows += b"</" + self.prefix + b"sheetData>"
        return b"".join((self._head(), opened, rows, self.part[close:]))

    def _heirs(self, edits: Mapping[str, Edit]) -> dict[str, Edit]:
        if not groups.any_in(self.shadow):
            return {}
        replaced = {address for address, edit in edits.items() if edit.kind is not Kind.RESULT}
        found = groups.Groups(self.part, self.sheet)
        if whole := found.array_with(replaced):
            raise self._refused(whole, "array_formula")
        heirs = found.heirs(replaced, self.prefix_text)
        return {cell: Edit(Kind.HEIR, None, element) for cell, element in heirs.items()}

    def _head(self) -> bytes:
        """What stands before the cells, with a used range that holds the cells that were made."""
        head = self.part[: self.data.start()]
        found = markup.tag(b"dimension", self.prefix).search(self.shadow, 0, self.data.start())
        area = found and markup.attribute(found["rest"], b"ref")
        if not self.made or not found or not area:
            return head
        places = [split(cell) for cell in self.made] + list(corners(area.decode().replace("$", "")))
        columns, rows = [column_of(letters) for letters, _ in places], [row for _, row in places]
        first = f"{get_column_letter(min(columns))}{min(rows)}"
        grown = f"{first}:{get_column_letter(max(columns))}{max(rows)}".encode()
        attributes = markup.with_attribute(found["rest"], b"ref", grown)
        return head[: found.start("rest")] + attributes + head[found.end("rest") :]

    def _rows(self, by_row: dict[int, _Wanted], begin: int, close: int) -> bytes:
        pieces: list[bytes] = []
        wanted = sorted(by_row, reverse=True)
        at, number = begin, 0
        for row in self.row_tag.finditer(self.shadow, begin, close):
            if not wanted:
                break
            given = _ROW_NUMBER.search(row["rest"])
            number = int(given[1]) if given else number + 1
            if number < wanted[-1]:
                continue
            pieces.append(self.part[at : row.start()])
            at = row.start()
            while wanted and wanted[-1] < number:
                pieces.append(self._new_row(wanted[-1], by_row[wanted.pop()]))
            if wanted and wanted[-1] == number:
                changed, at = self._row(row, by_row[wanted.pop()])
                pieces += changed
        pieces.append(self.part[at:close])
        pieces += [self._new_row(number, by_row[number]) for number in reversed(wanted)]
        return b"".join(pieces)

    def _row(self, row: re.Match[bytes], wanted: _Wanted) -> tuple[list[bytes], int]:
        """The pieces of a row that is there, and where it ends."""
        empty = row["rest"].endswith(b"/")
        begin = close = row.end()
        if not empty:
            close = self._end(self.row_end, begin).start()
        made = len(self.made)
        pieces = self._found_cells(wanted, begin, close) or self._counted_cells(wanted, begin, close, row["rest"])
        if len(self.made) == made:
            return [row[0], *pieces], close
        opened = b"<" + self.prefix + b"row" + _spanning(row["rest"].removesuffix(b"/"), wanted) + b">"
        ended = b"</" + self.prefix + b"row>" if empty else b""
        return [opened, *pieces, ended], close

    def _found_cells(self, wanted: _Wanted, begin: int, close: int) -> list[bytes] | None:
        """The pieces of a row whose wanted cells are all there, in order, and begin with their address, as programs
        write them; None for any other row."""
        pieces: list[bytes] = []
        at = begin
        for column in sorted(wanted):
            address, edit = wanted[column]
            head = b'<%bc r="%b"' % (self.prefix, address.encode())
            start = self.shadow.find(head, at, close)
            if start < 0:
                return None
            changed, end = self._cell(start, head, address, edit)
            pieces += (self.part[at:start], changed)
            at = end
        pieces.append(self.part[at:close])
        return pieces

    def _counted_cells(self, wanted: _Wanted, begin: int, close: int, row: bytes) -> list[bytes]:
        """The pieces of a row, which may leave out where its cells are and may not have all that are wanted."""
        pieces: list[bytes] = []
        left = sorted(wanted, reverse=True)
        at, column = begin, 0
        for cell in self.cell_tag.finditer(self.shadow, begin, close):
            given = _COLUMN.search(cell["rest"])
            column = column_of(given[1].decode()) if given else column + 1
            if column < left[-1]:
                continue
            pieces.append(self.part[at : cell.start()])
            at = cell.start()
            while left and left[-1] < column:
                pieces.append(self._new_cell(*wanted[left[-1]], left.pop(), row))
            if left and left[-1] == column:
                changed, at = self._cell(at, b"<" + self.prefix + b"c", *wanted[left.pop()])
                pieces.append(changed)
            if not left:
                break
        pieces.append(self.part[at:close])
        pieces += [self._new_cell(*wanted[column], column, row) for column in reversed(left)]
        return pieces

    def _cell(self, start: int, head: bytes, address: str, edit: Edit) -> tuple[bytes, int]:
        """The cell that begins there, with `head`, changed, and where it ended."""
        cell = self.whole_cell.match(self.shadow, start)
        assert cell is not None, "the XML is well formed"
        first, last = cell.span("formula")
        if edit.kind in (Kind.ENTRY, Kind.RESULT) and (edit.kind is Kind.RESULT) == (first < 0):
            raise self._refused(address, "formula_expected" if first < 0 else "formula_found")
        if edit.kind is Kind.HEIR:
            return self.part[start:first] + edit.formula.encode() + self.part[last : cell.end()], cell.end()
        stays = edit.kind is Kind.RESULT
        attributes = _without(self.part[start + len(head) : cell.end("rest")], _OLD_VALUE if stays else _OLD_FORMULA)
        formula = self.part[first:last] if stays else self._formula(edit)
        inside = cell["inside"]
        extension = inside.find(b"<" + self.prefix + b"extLst") if inside else -1
        rest = self.part[cell.start("inside") + extension : cell.end("inside")] if extension >= 0 else b""
        return self._element(head + attributes, edit, formula, rest), cell.end()

    def _formula(self, edit: Edit) -> bytes:
        if edit.kind is not Kind.FORMULA:
            return b""
        return b"<%bf>%b</%bf>" % (self.prefix, formula_text(edit.formula).encode(), self.prefix)

    def _element(self, opened: bytes, edit: Edit, formula: bytes, rest: bytes = b"") -> bytes:
        """A cell from the beginning of its tag on, which is not closed yet."""
        kind, value = content(edit.value, bool(formula), self.prefix_text)
        if not value and not formula and not rest:
            return opened + b"/>"
        return b"%b%b>%b%b%b</%bc>" % (opened, kind.encode(), formula, value.encode(), rest, self.prefix)

    def _new_row(self, number: int, wanted: _Wanted) -> bytes:
        cells = b"".join(self._new_cell(*wanted[column], column, b"") for column in sorted(wanted))
        name = self.prefix + b"row"
        return b'<%b r="%d">%b</%b>' % (name, number, cells, name) if cells else b""

    def _new_cell(self, address: str, edit: Edit, column: int, row: bytes) -> bytes:
        if not self.insert:
            self.missing.append(address)
        if edit.kind is Kind.RESULT:
            raise self._refused(address, "formula_expected")
        if edit.kind is not Kind.FORMULA and edit.value in (None, ""):
            return b""
        self.made.append(address)
        style = _style_of_row(row) or self._column_styles.get(column)
        opened = b'<%bc r="%b"' % (self.prefix, address.encode()) + (b' s="' + style + b'"' if style else b"")
        return self._element(opened, edit, self._formula(edit))

    @cached_property
    def _column_styles(self) -> dict[int, bytes]:
        styles: dict[int, bytes] = {}
        for column in markup.tag(b"col", self.prefix).finditer(self.shadow, 0, self.data.start()):
            first, last, style = (markup.attribute(column["rest"], name) for name in (b"min", b"max", b"style"))
            if first and last and style:
                styles |= dict.fromkeys(range(int(first), min(int(last), LAST_COLUMN) + 1), style)
        return styles

    def _end(self, tag: re.Pattern[bytes], begin: int) -> re.Match[bytes]:
        found = tag.search(self.shadow, begin)
        assert found is not None, "the XML is well formed"
        return found

    def _refused(self, address: str, reason: str) -> OutputError:
        return OutputError(path=f"{self.sheet}!{address}", reason=reason)


@lru_cache(maxsize=1 << 12)
def _without(attributes: bytes, names: frozenset[bytes]) -> bytes:
    """The attributes of a cell, which few cells have for themselves alone, without these; its tag is not closed."""
    return markup.without_attributes(attributes.removesuffix(b"/").rstrip(), names)


def _style_of_row(attributes: bytes) -> bytes | None:
    own = markup.attribute(attributes, b"customFormat") in (b"1", b"true")
    return markup.attribute(attributes, b"s") if own else None


def _spanning(attributes: bytes, wanted: _Wanted) -> bytes:
    """The attributes of a row, which may say between which columns its cells stand."""
    spans = markup.attribute(attributes, b"spans")
    if spans is None:
        return attributes
    ends = [int(end) for span in spans.split() for end in span.split(b":")]
    grown = b"%d:%d" % (min(*ends, *wanted), max(*ends, *wanted))
    return markup.with_attribute(attributes, b"spans", grown)
