"""A workbook that is open in a spreadsheet program, through xlwings: the adapter behind the ribbon.

Every property of Excel takes its time, so a sheet is read with one call or two and written with one per rectangle.
Everything is prepared before the first write. Protection, selection and the settings of the program are put back
whatever happens.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlwings as xw
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries

from bsc_xl.errors import ActionError, SourceError
from bsc_xl.excel import exchange, growth, native, port
from bsc_xl.excel.address import dollars, last_cell, split
from bsc_xl.excel.layout import ALL_SHEETS, FIRST_CELL, SHEETS, TEMPLATE_VERSION, Layout, Ref
from bsc_xl.excel.places import reference
from bsc_xl.excel.port import Block, Changes, Insertion
from bsc_xl.model import Perspective
from bsc_xl.tables import parse

if TYPE_CHECKING:
    from bsc_xl.excel.conditional import Repair

_PLACE = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^\s'(),!#]+))!(?P<cell>\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?)|(?P<gone>#REF!)"
)

QUIET = {"screen_updating": False, "enable_events": False}
"""Settings of the program while more than a few cells are written: nothing flickers and no other macro interferes."""
FEW = 8
"""So many writes nobody sees."""

TITLE = "Balanced Scorecard"
"""Of a window that says something."""
_NO_NAME = "["
"""No sheet's name has one: so xlwings itself leaves none out."""

_USUAL = Layout("id", 1, (1, 1, 1, 1))
_SETTINGS = port.area(_USUAL, "settings")
"""The cells of the settings in every usual shape. They hold the shape, too, so one call reads both."""


class LiveBook:
    """Fulfils `port.OpenBook` for a workbook that is open. It is made anew for every action.

    What the program refuses is an error of its engine: `com_error` on Windows, `CommandError` on macOS.
    """

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._early: dict[str, list[list[Any]]] = {}

    @property
    def name(self) -> str:
        """The file name of the workbook."""
        return str(self._book.name)

    def layout(self) -> Layout:
        """The shape that the workbook keeps."""
        return self._layout

    def read(self, sheets: Collection[str]) -> dict[str, Block]:
        """Sheet key -> its cells. Typed text that looks like an error value counts as one: xlwings gives both alike."""
        if self._is_manual:
            self._book.app.calculate()
        return {key: self._block(key) for key in sheets}

    def read_formulas(self, sheets: Collection[str]) -> dict[str, Block]:
        """Sheet key -> its cells, of which the formulas alone are asked for."""
        asked = {key: self._sheet(key).range(port.area(self._layout, key)).formula for key in sheets}
        return {key: Block(self._titles[key], *exchange.contents_as_typed(shown)) for key, shown in asked.items()}

    def apply(self, changes: Changes) -> None:
        """Writes everything. The program calculates results itself; the printed footers change when it prints.

        Conditional formats are looked at where people paste, on the sheets of the perspectives.
        """
        writes = exchange.rectangles(
            {ref: exchange.entry(value) for ref, value in changes.values.items()}
            | {ref: f"={formula}" for ref, formula in changes.formulas.items()}
        )
        repairs = self._repairs(changes.formats & set(Perspective))
        with ExitStack() as undo:
            if any(repair.shows for repair in repairs.values()) or sum(map(len, writes.values())) > FEW:
                undo.enter_context(self._quiet())
            keys = dict.fromkeys((*writes, *repairs))
            undo.enter_context(self._unlocked(*map(self._sheet, keys)))
            for key in keys:
                for top, left, rows in writes.get(key, ()):
                    self._sheet(key).range((top, left)).resize(len(rows), len(rows[0])).formula = rows
                if key in repairs:
                    repairs[key].write()
            for key, last in changes.printed.items():
                self._print_to(key, last)
        if self._is_manual:
            self._book.app.calculate()

    def _print_to(self, key: str, last: str) -> None:
        """Lets what is printed of a sheet end in the row of that cell, unless people have chosen other columns."""
        setup, area = self._sheet(key).page_setup, _absolute(f"{FIRST_CELL}:{last}")
        kept = setup.print_area or ""
        if kept != area and kept.rstrip("0123456789") == area.rstrip("0123456789"):
            setup.print_area = area

    def selection(self) -> list[Ref]:
        """The selected cells of the sheet that is shown, in reading order; none where that sheet is not ours."""
        chosen = self._book.app.selection
        if chosen is None:  # a chart, say
            return []
        title = chosen.sheet.name if chosen.sheet.book.name == self.name else None  # another workbook may be in front
        key = next((key for key, own in self._titles.items() if own == title), None)
        if key is None:
            return []
        bounds = range_boundaries(port.area(self._layout, key))
        areas = [exchange.within(range_boundaries(part), bounds) for part in chosen.address.split(",")]
        cells = {(row, column) for area in areas for row in area[0] for column in area[1]}
        return [Ref(key, f"{get_column_letter(column)}{row}") for row, column in sorted(cells)]

    def select(self, ref: Ref) -> None:
        """Shows the sheet and selects the cell."""
        sheet = self._sheet(ref.sheet)
        if not sheet.visible:
            raise ActionError(reason="action.hidden", sheet=sheet.name)
        sheet.activate()
        sheet.range(ref.cell).select()

    @contextmanager
    def locking(self, refs: Collection[Ref]) -> Iterator[bool]:
        """Locks the cells; two calls for each rectangle."""
        cells = [
            self._sheet(key).range((top, left)).resize(len(rows), len(rows[0]))
            for key, rectangles in exchange.rectangles(dict.fromkeys(refs)).items()
            for top, left, rows in rectangles
        ]
        still_open = [each for each in cells if not native.is_locked(each)]
        sheets = {each.sheet.name: each.sheet for each in still_open}.values()
        with ExitStack() as undo:
            with self._unlocked(*sheets):
                for each in still_open:
                    undo.callback(self._open, each)
                    native.lock(each)
            yield bool(still_open)
            undo.pop_all()

    def _open(self, cells: xw.Range) -> None:
        with self._unlocked(cells.sheet):
            native.twice(partial(native.lock, cells, locked=False))

    @contextmanager
    def inserted(self, insertions: Sequence[Insertion], grown: Layout) -> Iterator[None]:
        """Makes the insertions; they come out again when anything fails before the end of the ``with``."""
        former = self._layout
        with ExitStack() as undo, self._quiet():
            undo.callback(self.apply, Changes(values=growth.fixed_values(former)))
            for each in insertions:
                sheet = self._sheet(each.sheet)
                cells = sheet.range(f"{each.first}{each.row}:{each.last}{each.row}")
                with self._unlocked(sheet):
                    cells.insert("down", copy_origin="format_from_right_or_below")
                    undo.callback(self._take_out, sheet, cells)
                    end = split(last_cell(grown.ranges(each.sheet)))[1]
                    self._lengthen(sheet, end, undo)
            self._layout = grown
            undo.callback(setattr, self, "_layout", former)
            yield
            undo.pop_all()

    def _lengthen(self, sheet: xw.Sheet, end: int, undo: ExitStack) -> None:
        """A sheet has one row more, `end`: it is as high as the one above it, and printed where that one was. Neither a
        print area, which is wider than what is inserted, nor the height of rows moves with cells."""
        setup = sheet.page_setup
        area = setup.print_area
        first, _, last = (area or "").replace("$", "").partition(":")
        if last and "," not in last and split(last)[1] == end - 1:
            undo.callback(setattr, setup, "print_area", area)
            setup.print_area = _absolute(f"{first}:{split(last)[0]}{end}")
        height = sheet.range((end - 1, 1)).row_height
        if height:
            sheet.range((end, 1)).row_height = height

    def _take_out(self, sheet: xw.Sheet, cells: xw.Range) -> None:
        with self._unlocked(sheet):
            cells.delete("up")

    def folder(self) -> Path | None:
        """The folder in which the file lies. One that OneDrive synchronises has a web address for Excel."""
        path = Path(self._book.fullname)
        return path.parent if path.is_file() else None

    def print(self, path: Path, sheets: Sequence[str], footer: str) -> None:
        """Prints the sheets that are there into a PDF file; their tabs are hidden and shown as they were."""
        from bsc_xl.excel.template import style

        printed = [self._sheet(key) for key in sheets]
        with self._quiet():
            for sheet in printed:
                native.set_left_footer(sheet, style.footer(footer))
            with self._only(printed):
                self._book.to_pdf(path, exclude_start_string=_NO_NAME)

    def choose_files(self, title: str, kinds: Sequence[str]) -> list[Path]:
        """The files that the person chooses in a window of the program."""
        return sorted(map(Path, native.choose_files(self._book.app, title, kinds)))

    def tell(self, text: str, *, window: bool) -> None:
        """Says something in the status bar, or in a window, which waits for the person. The button's macro has taken
        what stood in the status bar away."""
        if window:
            self._book.app.alert(text, title=TITLE)
        else:
            self._book.app.status_bar = text

    def warn(self, text: str) -> None:
        """Says in a window that something could not be done; the status bar is the program's own again."""
        self._book.app.status_bar = False
        self._book.app.alert(text, title=TITLE, mode="critical")

    # --- finding ------------------------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> list[tuple[str, str]]:
        """The title and the cells, both "" where they are gone, of every sheet as a whole and of the shape."""
        name = self._book.names[ALL_SHEETS]
        try:
            text = name.refers_to
        except Exception as error:
            if ALL_SHEETS in self._book.names:
                raise
            raise self._foreign() from error
        found = _PLACE.finditer(text or "")
        return [((at["quoted"] or at["plain"] or "").replace("''", "'"), at["cell"] or "") for at in found]

    @cached_property
    def _layout(self) -> Layout:
        if len(self._places) != len(SHEETS) + 1 or not all(self._places[-1]):
            raise self._foreign()
        title, cell = self._places[-1]
        self._early[_SETTINGS] = self._values(self._book.sheets[title].range(_SETTINGS))
        shape = Block(title, self._early[_SETTINGS], ()).value(cell.replace("$", ""))
        try:
            return Layout.from_signature(str(shape))
        except ValueError as error:
            raise (
                self._foreign() if cell == _absolute(_USUAL.settings["shape"].cell) else self._moved(title)
            ) from error

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Sheet key -> what its tab says today, "" for one that is gone. Nothing is read or written where rows or
        columns were inserted or deleted on any sheet: cells elsewhere would be taken for those that were drawn."""
        for key, (title, cells) in zip(SHEETS, self._places, strict=False):
            if title and cells != _absolute(self._layout.whole(key)):
                raise self._moved(title)
        return {key: title for key, (title, _) in zip(SHEETS, self._places, strict=False)}

    def _sheet(self, key: str) -> xw.Sheet:
        if not self._titles[key]:
            raise SourceError(source=self.name, reason="source.sheet_gone", sheet=self._layout.title(key))
        return self._book.sheets[self._titles[key]]

    def _foreign(self) -> SourceError:
        """Why nothing can be found: another version made the workbook, which may have other sheets, or none did."""
        name = "bsc_template_version"
        text = self._book.names[name].refers_to if name in self._book.names else ""
        place = reference((text or "").removeprefix("="))
        found = parse.as_text(self._book.sheets[place[0]].range(place[1]).value) if place else TEMPLATE_VERSION
        if found == TEMPLATE_VERSION:
            return SourceError(source=self.name, reason="source.not_a_unit_workbook")
        return SourceError(source=self.name, reason="source.other_version", version=found, expected=TEMPLATE_VERSION)

    def _moved(self, title: str) -> SourceError:
        return SourceError(source=self.name, reason="source.moved", sheet=title)

    @cached_property
    def _is_manual(self) -> bool:
        """The program calculates only when it is told to: so it is told before what cells show is read, and after cells
        are written."""
        return str(self._book.app.calculation) == "manual"

    # --- reading ------------------------------------------------------------------------------------------------

    def _block(self, key: str) -> Block:
        area = port.area(self._layout, key)
        cells = self._sheet(key).range(area)
        known = self._early.pop(area, None) if key == "settings" else None
        found = exchange.contents(known or self._values(cells), cells.formula)
        return Block(self._titles[key], *found)

    @staticmethod
    def _values(cells: xw.Range) -> list[list[Any]]:
        # a chunk size of none keeps xlwings from asking for the size of the range
        options = cells.options(ndim=2, err_to_str=True, dates=exchange.serial_of, chunksize=0)
        found: list[list[Any]] = options.value
        return found

    # --- writing ------------------------------------------------------------------------------------------------

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        app = self._book.app
        # whoever presses a button sees the screen, so that this one need not be asked
        before = {"screen_updating": True, "enable_events": app.enable_events}
        try:
            for name, value in QUIET.items():
                setattr(app, name, value)
            yield
        finally:
            with ExitStack() as undo:
                for name, value in before.items():
                    undo.callback(native.twice, partial(setattr, app, name, value))

    def _repairs(self, keys: Collection[str]) -> dict[str, Repair]:
        from bsc_xl.excel.conditional import ConditionalFormats

        repairs = {
            key: ConditionalFormats(self._sheet(key), self._layout, Perspective(key)).repair() for key in sorted(keys)
        }
        return {key: repair for key, repair in repairs.items() if repair is not None}

    @contextmanager
    def _only(self, shown: Sequence[xw.Sheet]) -> Iterator[None]:
        """Hides all other tabs for a while."""
        active, names = self._book.sheets.active, {sheet.name for sheet in shown}
        before = [(sheet, sheet.visible) for sheet in self._book.sheets]
        others = [(sheet, there) for sheet, there in before if bool(there) != (sheet.name in names)]
        with ExitStack() as undo:
            undo.callback(native.twice, active.activate)
            for sheet, there in sorted(others, key=lambda other: bool(other[1])):  # one must be shown at any time
                undo.callback(native.twice, partial(setattr, sheet, "visible", there))
                sheet.visible = not there
            yield

    @contextmanager
    def _unlocked(self, *sheets: xw.Sheet) -> Iterator[None]:
        """Lets locked cells be written. Afterwards the sheets are protected as every sheet was drawn, also where
        somebody had taken the protection off: so formulas come to be written over. `ActionError` where a sheet has a
        password; nothing is written then."""
        self._early.clear()
        with ExitStack() as undo:
            for sheet in sheets:
                try:
                    native.twice(partial(native.unprotect, sheet))
                except Exception as error:
                    raise ActionError(reason="action.password", sheet=sheet.name) from error
                undo.callback(native.twice, partial(native.protect, sheet))
            yield


def _absolute(cells: str) -> str:
    return ":".join(map(dollars, cells.split(":")))
