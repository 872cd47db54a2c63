"""LibreOffice Calc as an application that answers one question at a time, in Excel's terms. See `answering.py`.

Each public method of `Application` is a request; `sheet` is a title, `at` a range of cells as (first row, first column,
last row, last column), counted from 1.

What Excel does otherwise than LibreOffice's programming interface is put right here: a locked cell of a protected sheet
refuses to be written, an entry is read as if it were typed in English, formulas have Excel's grammar, relative
references of a conditional format are those of the active cell.
"""

import re
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import uno  # noqa: E402
from answering import FILTERS, component, named, service  # noqa: E402
from com.sun.star.sheet.CellDeleteMode import LEFT, UP  # noqa: E402
from com.sun.star.sheet.CellInsertMode import DOWN, RIGHT  # noqa: E402
from conditions import Conditions, address, at_of, format_code, format_key, unprotected  # noqa: E402
from grammar import quoted, to_calc, to_excel  # noqa: E402

ERROR_RESULT = 4
"""com.sun.star.sheet.FormulaResult.ERROR"""
ERRORS = {503: "#NUM!", 519: "#VALUE!", 521: "#NULL!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}
TEXT_FORMAT, DATE, TIME, LOGICAL = 256, 2, 4, 1024
"""com.sun.star.util.NumberFormat"""
ALL_CONTENT = 1 | 2 | 4 | 16
"""com.sun.star.sheet.CellFlags: values, dates, texts, formulas"""
FOOTER_LOOK = re.compile(r'^(?:&(?:"[^"]*"|K[0-9A-F]{6}|[0-9]+))+')
STARTS = {"screen_updating": True, "enable_events": True, "display_alerts": True, "interactive": True, "visible": False}


class RefusedError(Exception):
    """What Excel would not do either."""


class Application:
    """What can be asked for."""

    def __init__(self, context):
        self._desktop = service(context, "com.sun.star.frame.Desktop")
        self._books = {}
        self._settings = {**STARTS, "status_bar": False, "cut_copy_mode": False}
        self._guards = {}
        self._selected = {}
        self._looks = {}

    # --- the application ---------------------------------------------------------------------------------------------

    def get(self, name):
        """A setting of the application."""
        return self._settings[name]

    def set(self, name, value):
        """Change a setting of the application."""
        if name not in self._settings:
            raise KeyError(name)
        self._settings[name] = value

    def calculation(self):
        """The mode of calculation, in Excel one for all workbooks: that of the one in front."""
        return "automatic" if self._books[self.books()[0]].isAutomaticCalculationEnabled() else "manual"

    def set_calculation(self, book, mode):
        """Change the mode of calculation; Excel calculates what waits when it becomes automatic."""
        self._books[book].enableAutomaticCalculation(mode != "manual")
        if mode != "manual":
            self._books[book].calculate()

    def calculate(self, book):
        """Calculate what waits to be calculated."""
        self._books[book].calculate()

    def alert(self, prompt, title, buttons):
        """Show a message. Nobody sits there: the first button is pressed."""
        return buttons.split("_")[0]

    # --- workbooks ---------------------------------------------------------------------------------------------------

    def open(self, path):
        """Open a workbook, calculate it as Excel does on opening, and give its name."""
        book = self._desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, named(MacroExecutionMode=4))
        if book is None:
            raise RefusedError(f"LibreOffice does not open {path}")
        book.calculateAll()
        book.lockControllers()  # nobody watches, and painting takes longer than all else
        self._books[Path(path).name] = book
        return Path(path).name

    def books(self):
        """The names of the open workbooks, the one that came to the front last first."""
        return list(reversed(self._books))

    def activate_book(self, book):
        """Bring a workbook to the front."""
        self._books[book] = self._books.pop(book)

    def fullname(self, book):
        """The path of a workbook."""
        return uno.fileUrlToSystemPath(self._books[book].URL)

    def close(self, book):
        """Close a workbook without saving it."""
        self._books.pop(book).close(True)
        self._looks.pop(book, None)
        for kept in (self._guards, self._selected):
            for key in [key for key in kept if key[0] == book]:
                del kept[key]

    def save(self, book, path):
        """Write the workbook, as it is now, to `path` or where it came from."""
        target = Path(path or self.fullname(book))
        self._books[book].storeToURL(target.as_uri(), named(FilterName=FILTERS[target.suffix]))

    def names(self, book):
        """The defined names of a workbook, in alphabetical order."""
        return list(self._books[book].NamedRanges.ElementNames)

    def refers_to(self, book, name):
        """The formula of a defined name."""
        return to_excel("=" + self._name(book, name).Content)

    def referred_range(self, book, name):
        """The sheet and the cells that a defined name stands for."""
        cells = self._name(book, name).ReferredCells
        if cells is None:
            raise RefusedError(f"{name} is no range")
        return [cells.Spreadsheet.Name, at_of(cells.RangeAddress)]

    def _name(self, book, name):
        found = {n.casefold(): n for n in self.names(book)}.get(name.casefold())
        if found is None:
            raise RefusedError(f"{name} is no defined name")
        return self._books[book].NamedRanges.getByName(found)

    def selection(self, book):
        """The active sheet of a workbook and its selected cells."""
        controller = self._books[book].CurrentController
        chosen = controller.Selection
        if hasattr(chosen, "RangeAddress"):
            return [controller.ActiveSheet.Name, at_of(chosen.RangeAddress)]
        return [controller.ActiveSheet.Name, at_of(chosen.RangeAddresses[0])]

    def active_cell(self):
        """The cell of the workbook in front into which a person would type."""
        return self.selection(self.books()[0])[1][:2]

    # --- sheets ------------------------------------------------------------------------------------------------------

    def sheets(self, book):
        """The titles of the sheets in the order of the tabs."""
        return list(self._books[book].Sheets.ElementNames)

    def rename(self, book, sheet, title):
        """Give a sheet another title."""
        self._sheet(book, sheet).Name = title
        for kept in (self._guards, self._selected):
            if (book, sheet) in kept:
                kept[book, title] = kept.pop((book, sheet))

    def delete_sheet(self, book, sheet):
        """Delete a sheet with all that is on it."""
        self._books[book].Sheets.removeByName(self._sheet(book, sheet).Name)

    def code_name(self, book, sheet):
        """The name that a macro calls the sheet by."""
        return self._sheet(book, sheet).CodeName

    def sheet_visible(self, book, sheet):
        """Whether the tab is there."""
        return self._sheet(book, sheet).IsVisible

    def set_sheet_visible(self, book, sheet, value):
        """Show or hide a tab."""
        self._sheet(book, sheet).IsVisible = value

    def activate(self, book, sheet):
        """Bring a sheet to the front, with the cells selected that were when it was there last."""
        title, at = self.selection(book)
        self._selected[book, title] = at
        self._books[book].CurrentController.setActiveSheet(self._sheet(book, sheet))
        if (book, sheet) in self._selected:
            self.select(book, sheet, self._selected[book, sheet])

    def active_sheet(self, book):
        """The title of the sheet in front."""
        return self._books[book].CurrentController.ActiveSheet.Name

    def used_range(self, book, sheet):
        """The last row and the last column in use."""
        cursor = self._sheet(book, sheet).createCursor()
        cursor.gotoEndOfUsedArea(False)
        return [cursor.RangeAddress.EndRow + 1, cursor.RangeAddress.EndColumn + 1]

    def protected(self, book, sheet):
        """Whether the sheet is protected."""
        return bool(self._sheet(book, sheet).isProtected())

    def protect(self, book, sheet, options):
        """Protect a sheet, with a password if one is given; `options` as Excel names them, those left out are False."""
        self._guards[book, sheet] = options
        if not self.protected(book, sheet):
            self._sheet(book, sheet).protect(options.get("Password", ""))

    def unprotect(self, book, sheet):
        """Take the protection away."""
        self._guards.pop((book, sheet), None)
        self._sheet(book, sheet).unprotect("")

    def protection(self, book, sheet):
        """What was allowed when the sheet was last protected; None when nobody did so since it was opened."""
        return self._guards.get((book, sheet))

    def tables(self, book):
        """The tables of a workbook: name, sheet, cells with their header."""
        ranges = self._books[book].DatabaseRanges
        areas = {name: ranges.getByName(name).DataArea for name in ranges.ElementNames}
        titles = self.sheets(book)
        return {name: [titles[area.Sheet], at_of(area)] for name, area in areas.items()}

    def resize_table(self, book, name, at):
        """Give a table other cells on its sheet."""
        table = self._books[book].DatabaseRanges.getByName(name)
        table.DataArea = address(table.DataArea.Sheet, at)

    def footer(self, book, sheet):
        """The left part of a sheet's printed footer."""
        return self._page(book, sheet).RightPageFooterContent.LeftText.String

    def set_footer(self, book, sheet, codes):
        """Change the left part of a sheet's printed footer; its look, in codes before the text, stays as it is."""
        text = FOOTER_LOOK.sub("", codes).replace("&&", "&")
        content = self._page(book, sheet).RightPageFooterContent
        content.LeftText.String = text
        self._page(book, sheet).RightPageFooterContent = content

    def print_areas(self, book, sheet):
        """The areas of a sheet that are printed."""
        return [at_of(area) for area in self._sheet(book, sheet).getPrintAreas()]

    def set_print_areas(self, book, sheet, areas):
        """Print these areas of a sheet."""
        own = self._sheet(book, sheet)
        own.setPrintAreas([address(own.RangeAddress.Sheet, at) for at in areas])

    def _page(self, book, sheet):
        styles = self._books[book].StyleFamilies.getByName("PageStyles")
        return styles.getByName(self._sheet(book, sheet).PageStyle)

    def to_pdf(self, book, path):
        """Print the visible sheets to a file; LibreOffice prints hidden ones, too, where they have an area to print."""
        sheets = [self._sheet(book, title) for title in self.sheets(book)]
        hidden = [(sheet, sheet.getPrintAreas()) for sheet in sheets if not sheet.IsVisible]
        for sheet, _ in hidden:
            sheet.setPrintAreas(())
        try:
            self._books[book].storeToURL(Path(path).as_uri(), named(FilterName=FILTERS[".pdf"]))
        finally:
            for sheet, areas in hidden:
                sheet.setPrintAreas(areas)

    # --- cells -------------------------------------------------------------------------------------------------------

    def values(self, book, sheet, at):
        """What the cells hold: None, a number, a text, true or false, ``{"error": ...}``, ``{"date": serial}``."""
        cells = self._cells(book, sheet, at)
        formulas = cells.getFormulaArray()
        rows = [
            [None if value == "" and not formula else value for value, formula in zip(*pair, strict=True)]
            for pair in zip(cells.getDataArray(), formulas, strict=True)
        ]
        for (row, column), cell in self._each(cells.queryFormulaCells(ERROR_RESULT), cells):
            rows[row][column] = {"error": ERRORS.get(cell.getError(), "#VALUE!")}
        for group in cells.UniqueCellFormatRanges:
            kind = self._format_type(book, group)
            if kind & (DATE | TIME | LOGICAL) and kind != TEXT_FORMAT:
                for area in group.RangeAddresses:
                    _mark(rows, area, cells.RangeAddress, logical=kind & LOGICAL)
        return rows

    def formulas(self, book, sheet, at):
        """The formulas of the cells, and as text what is none; "" where a cell is empty."""
        return [list(map(_shown, row)) for row in self._cells(book, sheet, at).getFormulaArray()]

    def local_formula(self, book, sheet, at):
        """The formula of one cell as it is typed in this locale."""
        return self._cells(book, sheet, at).getCellByPosition(0, 0).FormulaLocal

    def set_values(self, book, sheet, at, rows):
        """Enter something into each cell; what is text is read as if it were typed."""
        with self._writable(book, sheet, at) as cells:
            if all(_plain(entry) for row in rows for entry in row):
                # LibreOffice makes text that looks like something else safe by a text format, Excel by its apostrophe
                formats = [(group, group.NumberFormat) for group in cells.UniqueCellFormatRanges]
                cells.setDataArray(tuple(tuple(map(_as_data, row)) for row in rows))
                for group, number_format in formats:
                    if group.NumberFormat != number_format:
                        group.NumberFormat = number_format
                return
            with self._calculated_once(book):
                for row, entries in enumerate(rows):
                    for column, entry in enumerate(entries):
                        self._enter(book, cells.getCellByPosition(column, row), entry)

    @contextmanager
    def _calculated_once(self, book):
        """Excel calculates once after a whole range was written."""
        automatic = self._books[book].isAutomaticCalculationEnabled()
        self._books[book].enableAutomaticCalculation(False)
        try:
            yield
        finally:
            if automatic:
                self.set_calculation(book, "automatic")

    def _enter(self, book, cell, entry):
        number_format = cell.NumberFormat
        if isinstance(entry, bool):
            cell.setValue(entry)
            number_format = format_key(
                self._books[book], "BOOLEAN"
            )  # the only thing by which LibreOffice knows a truth value
        elif _plain(entry):
            cell.setDataArray(((_as_data(entry),),))
        elif self._format_type(book, cell) == TEXT_FORMAT:
            cell.setString(entry)
        else:
            cell.setFormula(to_calc(entry))
            return  # the entry may bring a format with it: 10% does, in both
        if cell.NumberFormat != number_format:
            cell.NumberFormat = number_format

    def set_formulas(self, book, sheet, at, rows):
        """Enter a formula into each cell."""
        self.set_values(book, sheet, at, rows)

    def clear_contents(self, book, sheet, at):
        """Empty the cells and leave their look."""
        with self._writable(book, sheet, at) as cells:
            cells.clearContents(ALL_CONTENT)

    def select(self, book, sheet, at):
        """Select cells; Excel does so on the active sheet only."""
        if self.active_sheet(book) != sheet:
            raise RefusedError(f"{sheet} is not the active sheet")
        self._books[book].CurrentController.select(self._cells(book, sheet, at))

    def number_format(self, book, sheet, at):
        """The number format of the cells, None when they differ."""
        groups = self._cells(book, sheet, at).UniqueCellFormatRanges
        found = {format_code(self._books[book], group.NumberFormat) for group in groups}
        return found.pop() if len(found) == 1 else None

    def set_number_format(self, book, sheet, at, code):
        """Give the cells a number format, in English."""
        with self._writable(book, sheet, at) as cells:
            cells.NumberFormat = format_key(self._books[book], code)

    def row_height(self, book, sheet, at):
        """The height of the rows in points, None when they differ."""
        rows = self._cells(book, sheet, at).Rows
        found = {rows.getByIndex(number).Height for number in range(rows.Count)}
        return round(found.pop() * 72 / 2540, 2) if len(found) == 1 else None

    def set_row_height(self, book, sheet, at, points):
        """Give the rows a height in points."""
        self._cells(book, sheet, at).Rows.Height = round(points * 2540 / 72)

    def locked(self, book, sheet, at):
        """Whether protection keeps the cells from being changed; None when some of them."""
        found = {bool(group.CellProtection.IsLocked) for group in self._cells(book, sheet, at).UniqueCellFormatRanges}
        return found.pop() if len(found) == 1 else None

    def set_locked(self, book, sheet, at, value):
        """Lock or unlock the cells."""
        self._guard_free(book, sheet)
        cells = self._cells(book, sheet, at)
        protection = cells.CellProtection
        protection.IsLocked = value
        cells.CellProtection = protection

    def insert(self, book, sheet, at, shift, origin):
        """Insert empty cells, those that stand there move; those moved down look like the ones below, or above."""
        self._guard_free(book, sheet)
        top, left, bottom, right = at
        own, address = self._sheet(book, sheet), self._cells(book, sheet, at).RangeAddress
        own.insertCells(address, {"down": DOWN, "right": RIGHT}[shift])
        if shift == "right":
            return
        height = bottom - top + 1
        source = bottom + 1 if origin == "format_from_right_or_below" else top - 1
        for row in range(top, top + height):
            model = self._cells(book, sheet, [source, left, source, right]).RangeAddress
            own.copyRange(own.getCellByPosition(left - 1, row - 1).CellAddress, model)
        self._cells(book, sheet, at).clearContents(ALL_CONTENT)

    def delete(self, book, sheet, at, shift):
        """Delete cells, those below or to the right take their place."""
        self._guard_free(book, sheet)
        self._sheet(book, sheet).removeRange(self._cells(book, sheet, at).RangeAddress, {"up": UP, "left": LEFT}[shift])

    def copy(self, book, sheet, at, to_sheet, to):
        """Copy cells with all they are, as copying and pasting does."""
        self._guard_writable(book, to_sheet, [*to, to[0] + at[2] - at[0], to[1] + at[3] - at[1]])
        target = self._sheet(book, to_sheet).getCellByPosition(to[1] - 1, to[0] - 1).CellAddress
        with unprotected([self._sheet(book, to_sheet)]):
            self._sheet(book, sheet).copyRange(target, self._cells(book, sheet, at).RangeAddress)

    # --- conditional formats -----------------------------------------------------------------------------------------

    def conditions(self, book, sheet, at):
        """How many rules apply to some of the cells."""
        return self._conditions(book, sheet).count(at)

    def condition(self, book, sheet, at, number):
        """A rule of these cells; 1 is the one that goes before the others."""
        return self._conditions(book, sheet).rule(at, number)

    def add_condition(self, book, sheet, at, formula):
        """Add a rule before the others; the relative references of its formula are those of the active cell."""
        self._guard_free(book, sheet)
        title, active = self.selection(book)
        self._conditions(book, sheet).add(at, formula, active[:2] if title == sheet else at[:2])

    def change_condition(self, book, sheet, at, number, look):
        """Change the look of a rule."""
        self._guard_free(book, sheet)
        self._conditions(book, sheet).change(at, number, look)

    def apply_condition(self, book, sheet, at, number, to):
        """Let a rule apply to other cells."""
        self._guard_free(book, sheet)
        self._conditions(book, sheet).apply(at, number, to)

    def delete_condition(self, book, sheet, at, number):
        """Take a rule away."""
        self._guard_free(book, sheet)
        self._conditions(book, sheet).delete(at, number)

    def clear_conditions(self, book, sheet, at):
        """Take all rules away from the cells."""
        self._guard_free(book, sheet)
        self._conditions(book, sheet).clear(at)

    def _conditions(self, book, sheet):
        return Conditions(self._books[book], self._sheet(book, sheet), self._looks.setdefault(book, {}))

    # --- what the requests share -------------------------------------------------------------------------------------

    def _sheet(self, book, title):
        sheets = self._books[book].Sheets
        if not sheets.hasByName(title):
            raise RefusedError(f"there is no sheet {title}")
        return sheets.getByName(title)

    def _cells(self, book, sheet, at):
        top, left, bottom, right = at
        return self._sheet(book, sheet).getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1)

    def _guard_free(self, book, sheet):
        if self.protected(book, sheet) and not self._macros_may(book, sheet):
            raise RefusedError(f"{sheet} is protected")

    def _guard_writable(self, book, sheet, at):
        if (
            self.protected(book, sheet)
            and not self._macros_may(book, sheet)
            and self.locked(book, sheet, at) is not False
        ):
            raise RefusedError(f"{quoted(sheet)} is protected and {at} holds locked cells")

    def _macros_may(self, book, sheet):
        return self._guards.get((book, sheet), {}).get("UserInterfaceOnly", False)

    @contextmanager
    def _writable(self, book, sheet, at):
        self._guard_writable(book, sheet, at)
        with unprotected([self._sheet(book, sheet)]):
            yield self._cells(book, sheet, at)

    def _format_type(self, book, cells):
        return self._books[book].NumberFormats.getByKey(cells.NumberFormat).Type & ~1  # 1: somebody defined it

    def _each(self, ranges, within):
        """Each cell of some ranges with its place in `within`."""
        own = within.RangeAddress
        for area in ranges.RangeAddresses:
            for row in range(area.StartRow - own.StartRow, area.EndRow - own.StartRow + 1):
                for column in range(area.StartColumn - own.StartColumn, area.EndColumn - own.StartColumn + 1):
                    yield (row, column), within.getCellByPosition(column, row)


def _mark(rows, area, within, *, logical):
    """Turn the numbers of an area into truth values or dates."""
    for row in range(area.StartRow - within.StartRow, area.EndRow - within.StartRow + 1):
        for column in range(area.StartColumn - within.StartColumn, area.EndColumn - within.StartColumn + 1):
            value = rows[row][column]
            if isinstance(value, float):
                rows[row][column] = bool(value) if logical else {"date": value}


def _shown(formula):
    """What the formula of a cell is in Excel: text that looks like a formula bears no apostrophe there."""
    if formula.startswith("="):
        return to_excel(formula)
    return formula[1:] if formula.startswith("'") else formula


def _plain(entry):
    """Whether an entry needs no reading: nothing, a number, or text after an apostrophe."""
    if isinstance(entry, str):
        return entry == "" or entry.startswith("'")
    return entry is None or not isinstance(entry, bool)


def _as_data(entry):
    if isinstance(entry, str):
        return entry[1:]
    return "" if entry is None else float(entry)


g_ImplementationHelper = component(Application)  # noqa: N816 - LibreOffice's loader looks for it
