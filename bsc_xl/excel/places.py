"""Where the cells of a layout stand in a workbook that people and programs have changed since it was drawn.

Sheets may have other titles, stand in another order, and have rows inserted above all else; a KPI table may have rows
that somebody added by hand. What stands elsewhere is found by defined names and tables; what cannot be found for
certain is refused, so that nothing is ever read or written one row off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

from openpyxl.formula.tokenizer import Token, Tokenizer

from bsc_xl.errors import SourceError
from bsc_xl.excel.address import corners, split
from bsc_xl.excel.columns import LIST_COLUMNS, TRACE_COLUMNS
from bsc_xl.excel.layout import FOOTER, LIST_HEADER_ROW, SHEETS, TRACE_FIRST_ROW, Layout, Ref, code_name
from bsc_xl.model import Level, Perspective
from bsc_xl.ooxml.cells import column_of
from bsc_xl.ooxml.parts import AREA, Parts, Sheet
from bsc_xl.scoring.arrays import code as code_of

_PREFIX = re.compile(r"('(?:[^']|'')+'|[^'!:]+)!(?=[^!]+$)")
_ROW = re.compile(r"(\$?[A-Z]{1,3}\$?)([0-9]+)(?![0-9(])")
_PLACE = re.compile(r"(bsc_kpi_place<)([0-9]+)")
_LISTED = re.compile(r"!\$?[A-Z]+\$?([0-9]+)\)?$")
"""The row of a KPI table that a row of the list on the trace sheet points to."""
_LINE_BREAK = re.compile("_x000[AaDd]_")
SHEET_NAME = "bsc_sheet_"


def sheets_by_key(parts: Parts) -> dict[str, Sheet]:
    """Sheet key -> sheet, by code name; by the sheet's defined name where a program has dropped the code name, or where
    a copy of the sheet has it, too."""
    by_title = {sheet.title: sheet for sheet in parts.sheets}
    found = {}
    for key in SHEETS:
        place = reference(parts.names.get(f"{SHEET_NAME}{key}", ""))
        named = by_title.get(place[0]) if place else None
        own = [sheet for sheet in parts.sheets if sheet.code_name == code_name(key)]
        sheet = own[0] if len(own) == 1 else named or next(iter(own), None)
        if sheet is not None:
            found[key] = sheet
    return found


def reference(text: str) -> tuple[str, str] | None:
    """The title and the range, without dollar signs, that a defined name refers to; None where that is gone, and for
    anything else that it may say."""
    sheet = _PREFIX.match(text)
    area = text[sheet.end() :].replace("$", "") if sheet else ""
    return (_title(sheet[1]), area) if sheet and AREA.fullmatch(area) else None


@dataclass(frozen=True)
class Places:
    """The places of one workbook. `drawn` is the layout that it was drawn with, `sheets` those that are still there;
    `offsets` says by how many rows the content of a sheet has moved down, `added` how many rows each KPI table has
    more than it was drawn with. Where there are any, `listed_rows` holds the sheet row, in the layout, of each KPI row
    that the lists of the workbook were drawn with."""

    drawn: Layout
    sheets: Mapping[str, Sheet]
    offsets: Mapping[str, int]
    added: tuple[int, int, int, int] = (0, 0, 0, 0)
    listed_rows: tuple[int, ...] = ()

    @cached_property
    def layout(self) -> Layout:
        """The layout of the workbook as it is: added rows are spare rows of their perspective."""
        a, b, c, d = (spare + more for spare, more in zip(self.drawn.spare, self.added, strict=True))
        return replace(self.drawn, spare=(a, b, c, d))

    @cached_property
    def as_drawn(self) -> bool:
        """Every cell stands where it was drawn."""
        return not any(self.added) and not any(self.offsets.values())

    def keeps_formula(self, ref: Ref) -> bool:
        """The cell belongs to a list of KPI rows that was drawn without those that were added: no formula of the
        layout would be right there, so the one that is there stays."""
        return any(self.added) and self._listed(ref)

    def real(self, ref: Ref) -> str | None:
        """The address at which the cell of the layout stands; None for one that this workbook does not have."""
        if self.as_drawn or ref.cell == FOOTER:
            return ref.cell
        letters, row = split(ref.cell)
        if self.keeps_formula(ref):
            first = TRACE_FIRST_ROW if ref.sheet == "trace" else LIST_HEADER_ROW + 1
            if 0 <= row - first < len(self._slots):
                slot = self._slots[row - first]
                if slot is None:
                    return None
                row = first + slot
        return f"{letters}{row + self.offsets.get(ref.sheet, 0)}"

    def to_real(self, formula: str, sheet: str) -> str:
        """A formula of the layout as it reads in the workbook; sheets have their titles of today in both."""
        return self._moved(formula, sheet, 1)

    def from_real(self, formula: str, sheet: str) -> str:
        """A formula of the workbook as it reads in the layout; sheets have their titles of today in both."""
        return self._moved(formula, sheet, -1)

    def _moved(self, formula: str, sheet: str, direction: int) -> str:
        if any(self.added):
            numbers = self._numbers if direction > 0 else {real: own for own, real in self._numbers.items()}
            formula = _PLACE.sub(lambda found: found[1] + str(numbers.get(int(found[2]), int(found[2]))), formula)
        if not any(self.offsets.values()):
            return formula
        downs = {own.title: direction * self.offsets.get(key, 0) for key, own in self.sheets.items()}
        tokens = Tokenizer(f"={formula}")
        for token in tokens.items:
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                token.value = _moved(token.value, self.sheets[sheet].title, downs)
        return str(tokens.render()).removeprefix("=")

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """Number of a KPI row in the lists of the layout -> its number in those of the workbook, added rows last."""
        after = count(len(self.drawn.slots) + 1)
        return {i: next(after) if slot is None else slot + 1 for i, slot in enumerate(self._slots, start=1)}

    @cached_property
    def _slots(self) -> list[int | None]:
        """For every KPI row of the layout, in the order of the lists, its place in the lists that were drawn."""
        drawn = zip(self.drawn.slots, self.listed_rows, strict=True)
        known = {(perspective, row): i for i, ((perspective, _), row) in enumerate(drawn)}
        return [known.get(slot) for slot in self.layout.slots]

    def _listed(self, ref: Ref) -> bool:
        """The cell belongs to a list with a row for each KPI row."""
        letters, _ = split(ref.cell)
        if ref.sheet in ("action_plan", "trend"):
            return True
        return ref.sheet == "trace" and letters in {split(self.drawn.trace(key, 0).cell)[0] for key in TRACE_COLUMNS}


def find(drawn: Layout, parts: Parts, source: str, formula: Callable[[str, str], str | None]) -> Places:
    """The places of the workbook that was drawn with that layout.

    `formula` gives the formula in a cell of a sheet, by the sheet's title, as the file has it.
    `SourceError` when columns were inserted, rows inserted in the middle of a sheet or deleted, with the sheet.
    """
    sheets = sheets_by_key(parts)
    offsets: dict[str, int] = {}
    added = [0, 0, 0, 0]
    keys = {sheet.title: key for key, sheet in sheets.items()}
    for key, expected, found in _anchors(drawn, parts, keys):
        (letters, top), (last_letters, bottom) = corners(expected)
        (real_letters, real_top), (real_last_letters, real_bottom) = corners(found)
        offset = offsets.setdefault(key, real_top - top)
        grown = real_bottom - bottom - offset
        if (letters, last_letters) != (real_letters, real_last_letters) or real_top - top != offset:
            raise _displaced(source, sheets[key])
        if grown and (grown < 0 or key not in set(Perspective)):
            if key in LIST_COLUMNS and grown > 0:
                continue  # entries below the lines that were drawn
            raise _displaced(source, sheets[key])
        if grown:
            added[code_of(Perspective(key))] = grown
    a, b, c, d = added
    places = Places(drawn, sheets, offsets, (a, b, c, d))
    if not any(added):
        return places
    if "trace" not in sheets:
        raise SourceError(source=source, reason="source.sheet_gone", sheet=drawn.title("trace"))
    rows = []
    for i, (perspective, _) in enumerate(drawn.slots):
        letters, row = split(drawn.trace("code", i).cell)
        listed = _LISTED.search(formula(sheets["trace"].title, f"{letters}{row + offsets.get('trace', 0)}") or "")
        if listed is None:
            raise _displaced(source, sheets["trace"])
        rows.append(int(listed[1]) - offsets.get(str(perspective), 0))
    return replace(places, listed_rows=tuple(rows))


def _anchors(drawn: Layout, parts: Parts, keys: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What tells where a sheet's content stands: sheet key, the range in the layout, the range in the workbook."""
    anchors = []
    for name, text in drawn.names.items():
        expected, found = reference(text), reference(parts.names.get(name, ""))
        if expected and found and found[0] in keys:
            anchors.append((keys[found[0]], expected[1], found[1]))
    by_part = {sheet.part: keys[sheet.title] for sheet in parts.sheets if sheet.title in keys}
    for name, expected_area in _tables(drawn).items():
        table = parts.tables.get(name)
        if table and table.sheet in by_part:
            anchors.append((by_part[table.sheet], expected_area, table.area))
    return anchors


def _tables(drawn: Layout) -> dict[str, str]:
    """The names of our tables, with their ranges."""
    own = [drawn.table(str(p)) for p in Perspective]
    own += [drawn.people_table()] if drawn.level is Level.UNIT else []
    return dict([*own, *(drawn.list_table(sheet) for sheet in LIST_COLUMNS), drawn.link_table()])


def check_headers(places: Places, parts: Parts, source: str, header: Callable[[Sheet, int], Sequence[object]]) -> None:
    """Refuses a sheet on which the header of a table stands somewhere else than the table.

    Programs that insert rows or columns without moving the tables leave them like that, and nothing else tells.
    `header` gives what the cells in a row of a sheet hold, from column A on.
    """
    by_part = {sheet.part: sheet for sheet in places.sheets.values()}
    for table in (parts.tables[name] for name in _tables(places.drawn) if name in parts.tables):
        if table.sheet not in by_part or not table.columns:
            continue
        letters, row = corners(table.area)[0]
        said = [_words(text) for text in header(by_part[table.sheet], row)]
        expected = {name: i for i, name in enumerate(map(_words, table.columns), start=column_of(letters) - 1)}
        moved = [name for name, i in expected.items() if said[i : i + 1] != [name] and name in said]
        if moved or not expected.keys() & set(said):
            raise _displaced(source, by_part[table.sheet])


def _words(text: object) -> str:
    """What a header says, also where a line break is spelt out; "" for a cell without text."""
    return " ".join(_LINE_BREAK.sub(" ", text).split()) if isinstance(text, str) else ""


def _displaced(source: str, sheet: Sheet) -> SourceError:
    return SourceError(source=source, reason="source.displaced", sheet=sheet.title)


def _moved(operand: str, own: str, downs: Mapping[str, int]) -> str:
    """An address in a formula on the sheet `own`, moved down with the sheet that it points to."""
    prefix = _PREFIX.match(operand)
    down = downs.get(_title(prefix[1]) if prefix else own)
    if not down:
        return operand
    begin = prefix.end() if prefix else 0
    return operand[:begin] + _ROW.sub(lambda found: f"{found[1]}{int(found[2]) + down}", operand[begin:])


def _title(quoted: str) -> str:
    return quoted.removeprefix("'").removesuffix("'").replace("''", "'")
