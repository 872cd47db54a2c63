"""A closed workbook file: read with python-calamine and from its XML, changed in place, every other byte kept.

Any program may have saved it since it was made: what it calls parts and where it keeps texts makes no difference.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import python_calamine
from openpyxl.utils import column_index_from_string, get_column_letter

from bsc_xl import files
from bsc_xl.errors import OutputError, PackageError, SourceError
from bsc_xl.excel import formats, formulas, places, stamp
from bsc_xl.excel.address import corners, dollars
from bsc_xl.excel.layout import FIRST_CELL, FOOTER, LIST_HEADER_ROW, TEMPLATE_VERSION, Layout, Ref
from bsc_xl.excel.places import Places
from bsc_xl.excel.port import Block, Changes, Found, area, is_number
from bsc_xl.excel.printable import printable, with_room, written
from bsc_xl.excel.stamp import Edit, Kind
from bsc_xl.excel.stamp.printed import with_print_areas
from bsc_xl.excel.stored import plain_value, untold
from bsc_xl.excel.template.rules import REPAIRED, rules
from bsc_xl.files import Saved
from bsc_xl.ooxml import xml
from bsc_xl.ooxml.package import Package, open_file
from bsc_xl.ooxml.parts import Parts, Sheet
from bsc_xl.tables import UncalculatedFormulaError, parse

MOST_KPI_ROWS = 10_000
MOST_CELLS = 1_000_000
"""Of the range that a sheet's cells span, however few they are: python-calamine and lists of rows hold it whole, which
takes about 60 MB. Ten thousand KPI rows of twelve periods are fewer."""


def open_book(path: Path) -> FileBook:
    """The workbook of a unit in that file; `SourceError` with the reason when it cannot be read or is none."""
    try:
        return FileBook(path, open_file(path))
    except PackageError as error:
        raise SourceError(source=str(path), **error.params) from error
    except FileNotFoundError as error:
        raise SourceError(source=str(path), reason="source.not_found") from error
    except PermissionError as error:
        raise SourceError(source=str(path), reason="source.no_permission") from error
    except OSError as error:
        raise SourceError(source=str(path), reason="source.unreadable") from error


class FileBook:
    """The adapter of `port.Book` for a closed file. What `apply` changes is in the file after `save`."""

    def __init__(self, path: Path, package: Package) -> None:
        self.path = path
        self._package = self._opened = package
        self._parts = Parts(package)
        self._sound: set[str] = set()
        self._values: Any = None
        self._blocks: dict[str, Block] = {}

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def signed(self) -> bool:
        """The file bears a digital signature, which any change makes invalid; a signed macro project stays signed."""
        with self._named():
            return self._parts.signed

    @property
    def with_macros(self) -> bool:
        """The file holds a VBA project."""
        with self._named():
            return any(relation.kind == "vbaProject" for relation in self._parts.relations(self._parts.workbook))

    @property
    def ribbon(self) -> bool:
        """The file brings tabs of the ribbon along."""
        with self._named():
            return self._parts.ribbon

    @property
    def drawn_sheets(self) -> Mapping[str, Sheet] | None:
        """Sheet key -> sheet, where every cell stands as it was drawn; None where some do not."""
        return self._places.sheets if self._places.as_drawn else None

    @property
    def sheets(self) -> Mapping[str, Sheet]:
        """Sheet key -> sheet, of those that are still there."""
        return self._places.sheets

    @property
    def rows_added(self) -> bool:
        """KPI rows were added by hand, so that the lists were drawn without them."""
        return any(self._places.added)

    @property
    def package(self) -> Package:
        """The file as it would be saved now."""
        return self._package

    def reopened(self, package: Package) -> FileBook:
        """The same file with that content, read anew; what it was before is still known to `save`."""
        book = FileBook(self.path, package)
        book._opened = self._opened
        return book

    def layout(self) -> Layout:
        """The shape of the workbook as it is: KPI rows that somebody added by hand are spare rows."""
        return self._places.layout

    def read(self, sheets: Collection[str]) -> dict[str, Block]:
        """Sheet key -> its cells."""
        with self._named():
            return {key: self._block(key) for key in sheets}

    def read_formulas(self, sheets: Collection[str]) -> dict[str, Block]:
        """As `read`: a file holds both side by side."""
        return self.read(sheets)

    def apply(self, changes: Changes) -> None:
        """Changes the cells, all or none; `OutputError` for a change that does not fit what stands in the file.

        When only the time would change, nothing does. What has no place is left out: the lists that were drawn have no
        row for a KPI row that was added by hand, and the shape that the workbook keeps stays that of the lists, in the
        language of what is written.
        """
        found = self._places
        edits = {ref: Edit(Kind.RESULT, value) for ref, value in changes.results.items()}
        edits |= {ref: Edit(Kind.VALUE, None if value == "" else value) for ref, value in changes.values.items()}
        shape = found.layout.settings["shape"]
        if any(found.added) and shape in edits:
            language = Layout.from_signature(str(edits[shape].value)).language
            edits[shape] = Edit(Kind.VALUE, replace(found.drawn, language=language).signature)
        for ref, formula in changes.formulas.items():
            at = found.real(ref)
            if at and found.keeps_formula(ref):
                raise OutputError(path=f"{self._sheet(ref.sheet).title}!{at}", reason="rows_added")
            edits[ref] = Edit(Kind.FORMULA, changes.results.get(ref), found.to_real(formula, ref.sheet))
        if changes.footer is not None:
            printed = found.sheets.keys() - {"trace"}  # hidden; programs give it a footer of their own
            edits |= {Ref(key, FOOTER): Edit(Kind.VALUE, changes.footer) for key in sorted(printed)}
        blocks = {key: self._real_block(self._sheet(key)) for key in {ref.sheet for ref in edits if ref.cell != FOOTER}}
        placed = {
            ref: (Ref(ref.sheet, at), edit)
            for ref, edit in edits.items()
            if (at := found.real(ref)) and (at == FOOTER or not _holds(blocks[ref.sheet], at, edit))
        }
        with self._named():
            self._package = self._changed(placed, changes)
        self._parts = Parts(self._package)
        self._values = None
        self._blocks.clear()

    def _changed(self, placed: Mapping[Ref, tuple[Ref, Edit]], changes: Changes) -> Package:
        """The package with these changes, by the cell of the layout; as it is when only the time would change."""
        timeless = {ref: own for ref, own in placed.items() if ref not in changes.times}
        certain = any(ref.cell != FOOTER and edit.kind is not Kind.FORMULA for ref, (_, edit) in timeless.items())
        if not certain and self._timed(changes):
            changed = self._patched(timeless, changes)
            if changed.members == self._package.members:
                return changed
        return self._patched(placed, changes)

    def _timed(self, changes: Changes) -> bool:
        """Every cell that says when holds something already."""
        return bool(changes.times) and None not in (self._block(ref.sheet).value(ref.cell) for ref in changes.times)

    def _patched(self, placed: Mapping[Ref, tuple[Ref, Edit]], changes: Changes) -> Package:
        edits = dict(placed.values())
        sheets = {key: self._sheet(key) for key in dict.fromkeys(ref.sheet for ref in edits)}
        for sheet in sheets.values():
            if sheet.part not in self._sound:
                xml.check(self._package.part(sheet.part), sheet.part)
                self._sound.add(sheet.part)
        changed = self._with_formats(stamp.patched(self._package, sheets, edits), changes.formats & REPAIRED)
        return self._with_print_areas(self._with_room(changed, edits), changes.printed)

    def _with_room(self, package: Package, edits: Mapping[Ref, Edit]) -> Package:
        """The package in which no row of the lists of long texts is lower than what is written there."""
        for key in ("action_plan", "checks"):
            rows = written({ref.cell: edit.value for ref, edit in edits.items() if ref.sheet == key and ref.is_cell})
            rows = {row: values for row, values in rows.items() if row > self._header(key)}
            if rows:
                part = self._sheet(key).part
                package = package.with_parts({part: with_room(package.part(part), rows)})
        return package

    def _with_print_areas(self, package: Package, ends: Mapping[str, str]) -> Package:
        """The package in which these sheets are printed down to these cells, where they stand today."""
        real = {key: self._places.real(Ref(key, cell)) for key, cell in ends.items()}
        areas = {self._sheet(key).title: f"{dollars(FIRST_CELL)}:{dollars(cell)}" for key, cell in real.items() if cell}
        if not areas:
            return package
        return package.with_parts({self._parts.workbook: with_print_areas(package.part(self._parts.workbook), areas)})

    def _with_formats(self, package: Package, keys: Collection[str]) -> Package:
        """The package with the conditional formats that these sheets were drawn with, unless rows have moved."""
        for key in sorted(keys) if self._places.as_drawn else ():
            sheet, drawn = self._sheet(key), rules(self._places.layout, key)
            part = package.part(sheet.part)
            if lost := formats.missing(part, drawn):
                styles = self._parts.styles
                part, look = formats.with_rules(part, package.part(styles), lost)
                package = package.with_parts({sheet.part: part, styles: look})
        return package

    def printable(self, wanted: Collection[str]) -> bytes:
        """A copy of the workbook that prints these sheets alone, with what their cells show."""
        for key in wanted:
            self._sheet(key)
        with self._named():
            titles = {key: each.title for key, each in self._places.sheets.items()}
            return printable(self._package, titles, wanted, self._plans() if "action_plan" in wanted else {})

    def _plans(self) -> dict[str, dict[int, Sequence[Found]]]:
        """What the rows of the action plan hold, in which people write at length."""
        found = self._real_block(self._sheet("action_plan"))
        first = self._header("action_plan") + 1
        return {found.title: dict(enumerate(found.values[first - 1 :], start=first))}

    def _header(self, key: str) -> int:
        """The row with the headings of a plain list."""
        return LIST_HEADER_ROW + self._places.offsets.get(key, 0)

    def save(self, *, lossless: bool = False) -> Saved:
        """Writes the file, whole or not at all; unchanged, it is left alone. What it was before is kept beside it, and
        once a day only where the change is `lossless`: it has taken nothing away that people typed."""
        if self._package.members == self._opened.members:
            return Saved(self.path, changed=False)
        day = date.today() if lossless else None  # noqa: DTZ011 - the day of whoever works
        return files.save(self.path, self._package.write(), day=day)

    @cached_property
    def _places(self) -> Places:
        """Found once: no change that `apply` makes moves a cell."""
        with self._named():
            found = places.find(self._drawn(), self._parts, str(self.path), self._formula)
            places.check_headers(
                found, self._parts, str(self.path), lambda sheet, row: self._real_block(sheet).row(row)
            )
            return found

    def _formula(self, title: str, cell: str) -> str | None:
        sheet = next(sheet for sheet in self._parts.sheets if sheet.title == title)
        return self._real_block(sheet).formula(cell)

    def _drawn(self) -> Layout:
        """The layout that the workbook was drawn with, from the cell that keeps it."""
        kept = places.reference(self._parts.names.get("bsc_shape", ""))
        sheet = next((sheet for sheet in self._parts.sheets if kept and sheet.title == kept[0]), None)
        try:
            if kept is None or sheet is None:
                raise ValueError("no such name")
            layout = Layout.from_signature(str(self._real_block(sheet).value(kept[1])))
            if sum(layout.kpis) + sum(layout.spare) > MOST_KPI_ROWS:
                raise ValueError("no workbook of a unit")
        except ValueError as error:
            raise SourceError(source=str(self.path), reason="source.not_a_unit_workbook") from error
        self._check_version()
        if self._parts.dates_from_1904:
            raise SourceError(source=str(self.path), reason="source.dates_1904")
        return layout

    def _check_version(self) -> None:
        """Refuses a workbook of another version before its cells are looked for where this version has them."""
        kept = places.reference(self._parts.names.get("bsc_template_version", ""))
        sheet = next((sheet for sheet in self._parts.sheets if kept and sheet.title == kept[0]), None)
        found = parse.as_text(self._real_block(sheet).value(kept[1])) if kept and sheet else ""
        if found and found != TEMPLATE_VERSION:
            reason = "source.other_version"
            raise SourceError(source=str(self.path), reason=reason, version=found, expected=TEMPLATE_VERSION)

    def _sheet(self, key: str) -> Sheet:
        if key not in self._places.sheets:
            raise SourceError(source=str(self.path), reason="source.sheet_gone", sheet=self._places.drawn.title(key))
        return self._places.sheets[key]

    def _block(self, key: str) -> Block:
        real = self._real_block(self._sheet(key))
        return real if self._places.as_drawn else self._as_in_layout(key, real)

    def _as_in_layout(self, key: str, real: Block) -> Block:
        """The cells where the layout has them, with formulas as they read there."""
        layout, values, texts = self._places.layout, list[list[Found]](), list[list[str | None]]()
        _, (last, bottom) = corners(area(layout, key))
        for row in range(1, bottom + 1):
            refs = [Ref(key, f"{get_column_letter(i)}{row}") for i in range(1, column_index_from_string(last) + 1)]
            values.append([self._value(ref, real) for ref in refs])
            texts.append([self._text(ref, real) for ref in refs])
        return Block(real.title, values, texts, self._places.offsets.get(key, 0))

    def _value(self, ref: Ref, real: Block) -> Found:
        """The value of a cell; one that the workbook does not have has not been calculated, rather than wrongly."""
        if at := self._places.real(ref):
            return real.value(at)
        return UncalculatedFormulaError(f"={self._formulas[ref]}") if ref in self._formulas else None

    def _text(self, ref: Ref, real: Block) -> str | None:
        """The formula of a cell as it reads in the layout. One that is to stay as it is, and one in a cell that the
        workbook does not have, counts as what the layout says: there is nothing to put back."""
        at = self._places.real(ref)
        text = real.formula(at) if at else None
        if self._places.keeps_formula(ref):
            return self._formulas.get(ref) if text is not None or at is None else None
        return None if text is None else self._places.from_real(text, ref.sheet)

    @cached_property
    def _formulas(self) -> dict[Ref, str]:
        return formulas.every(self._places.layout)

    def _real_block(self, sheet: Sheet) -> Block:
        """A sheet as it stands in the file."""
        if sheet.part not in self._blocks:
            with self._named():
                self._blocks[sheet.part] = Block(sheet.title, *self._cells(sheet))
        return self._blocks[sheet.part]

    def _cells(self, sheet: Sheet) -> tuple[list[list[Found]], list[list[str | None]]]:
        """Values and formulas of a sheet from A1 on."""
        special, texts, extent = untold(self._package.part(sheet.part), sheet.part)
        self._sound.add(sheet.part)
        if extent[0] * extent[1] > MOST_CELLS:
            raise SourceError(source=str(self.path), reason="source.too_wide", sheet=sheet.title)
        if self._values is None:
            self._values = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self._package.write()))
        rows = self._values.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        grid: list[list[str | None]] = [[None] * extent[1] for _ in range(extent[0])]
        for (row, column), text in texts.items():
            grid[row][column] = text
        values = [[plain_value(value) for value in row] for row in rows]
        values += [[] for _ in range(extent[0] - len(values))]
        for row, column in texts.keys() | special.keys():
            own = values[row]
            own += [None] * (column + 1 - len(own))
            if (row, column) in special:
                own[column] = special[row, column]
            elif own[column] is None:
                own[column] = ""  # a formula that shows nothing
        return values, grid

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Lets an error about the package name the file."""
        try:
            yield
        except PackageError as error:
            raise SourceError(source=str(self.path), **error.params) from error
        except python_calamine.CalamineError as error:
            raise SourceError(source=str(self.path), reason="source.unreadable") from error


def _holds(block: Block, cell: str, edit: Edit) -> bool:
    """The cell is as it should be, though another program may have written the same number in other digits."""
    found = block.value(cell)
    same = found == edit.value and (type(found) is type(edit.value) or (is_number(found) and is_number(edit.value)))
    return same and edit.kind is not Kind.FORMULA and (edit.kind is Kind.RESULT) == (block.formula(cell) is not None)
