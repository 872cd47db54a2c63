"""The conditional formats of one sheet in LibreOffice, as Excel has them. LibreOffice's Python runs it.

LibreOffice keeps a format for every set of cells, with its conditions in order, each naming a cell style. Excel keeps
one list of rules, each with its cells, a formula as its first cell has it, and a look. Here a rule is a dictionary:
``at`` (a list of ranges), ``formula``, and those of `LOOK` that it sets; colours are lists of red, green and blue.
"""

from contextlib import contextmanager

import uno
from com.sun.star.awt.FontSlant import ITALIC
from com.sun.star.beans.PropertyState import DIRECT_VALUE
from com.sun.star.table import CellAddress, CellRangeAddress

CONDITION = 0
"""com.sun.star.sheet.ConditionEntryType.CONDITION"""
EXPRESSION = 24
"""com.sun.star.sheet.ConditionFormatOperator.EXPRESSION"""
BOLD = 150.0
PROPERTIES = {
    "fill_color": "CellBackColor",
    "font_color": "CharColor",
    "font_bold": "CharWeight",
    "font_italic": "CharPosture",
    "number_format": "NumberFormat",
}
LOOK = tuple(PROPERTIES)


class Conditions:
    """The rules of one sheet."""

    def __init__(self, book, sheet, known):
        """`known`: the names of the book's cell styles by their look; it grows, and stays with the book."""
        self._book, self._sheet, self._known = book, sheet, known
        self._styles = book.StyleFamilies.getByName("CellStyles")
        self._number = sheet.RangeAddress.Sheet

    def count(self, at):
        """How many rules apply to some cells of the range."""
        return len(self._touching(at))

    def rule(self, at, number):
        """A rule, by its number among those of the range: first the one that goes before the others."""
        format_, i = self._find(at, number)
        entry = format_.getByIndex(i)
        areas = _joined([at_of(area) for area in format_.Range.RangeAddresses])
        return {"at": areas, "formula": "=" + entry.Formula1} | self._look(entry.StyleName)

    def add(self, at, formula, active):
        """Add a rule without a look before the others; its relative references are meant from the cell `active`."""
        others = self._meeting(at)
        entry = self._new([at], 1).getByIndex(0)
        entry.Operator, entry.Formula1 = EXPRESSION, self._moved(formula, active, at[:2])
        for format_ in others:  # the one that was made first goes before the others
            self._again(format_, [list(range(format_.getCount()))])

    def change(self, at, number, look):
        """Give a rule a look; what `look` leaves out stays."""
        format_, i = self._find(at, number)
        entry = format_.getByIndex(i)
        wanted = self._look(entry.StyleName) | look
        entry.StyleName = self._style({key: wanted[key] for key in LOOK if wanted.get(key) is not None})

    def apply(self, at, number, to):
        """Let a rule apply to the cells `to` and to no others; it keeps its place in the order."""
        self._alone(at, number).Range = self._ranges([to])

    def delete(self, at, number):
        """Take a rule away from all its cells."""
        self._sheet.ConditionalFormats.removeByID(self._alone(at, number).ID)

    def clear(self, at):
        """Take the rules away from the cells of the range; they stay on others."""
        for format_ in self._formats():
            ranges = format_.Range
            if not any(_meet(at_of(area), at) for area in ranges.RangeAddresses):
                continue
            left = [rest for area in ranges.RangeAddresses for rest in _without(at_of(area), at)]
            if left:
                format_.Range = self._ranges(left)
            else:
                self._sheet.ConditionalFormats.removeByID(format_.ID)

    def _formats(self):
        return self._sheet.ConditionalFormats.getConditionalFormats()

    def _meeting(self, at):
        return [f for f in self._formats() if any(_meet(at_of(area), at) for area in f.Range.RangeAddresses)]

    def _touching(self, at):
        return [(format_, i) for format_ in self._meeting(at) for i in range(format_.getCount())]

    def _find(self, at, number):
        found = self._touching(at)
        if not 1 <= number <= len(found):
            raise IndexError(f"there is no rule {number}")
        return found[number - 1]

    def _alone(self, at, number):
        """The format of one rule and no other; the order of all rules stays."""
        format_, i = self._find(at, number)
        if format_.getCount() == 1:
            return format_
        behind = [other for other in self._meeting(at) if other.ID > format_.ID]
        parts = self._again(format_, [[k] for k in range(format_.getCount())])
        for other in behind:
            self._again(other, [list(range(other.getCount()))])
        return parts[i]

    def _ranges(self, areas):
        ranges = self._book.createInstance("com.sun.star.sheet.SheetCellRanges")
        for area in areas:
            ranges.addRangeAddress(address(self._number, area), False)
        return ranges

    def _new(self, areas, count):
        """A format of so many empty conditions, behind all others."""
        known = self._sheet.ConditionalFormats.createByRange(self._ranges(areas))
        format_ = next(f for f in self._formats() if known == f.ID)
        for i in range(count):
            format_.createEntry(CONDITION, i)
        return format_

    def _again(self, format_, groups):
        """Make a format anew behind all others, one for each group of its conditions."""
        areas = [at_of(area) for area in format_.Range.RangeAddresses]
        made = [self._new(areas, len(group)) for group in groups]
        for new, group in zip(made, groups, strict=True):
            for k, i in enumerate(group):
                entry, old = new.getByIndex(k), format_.getByIndex(i)
                entry.Operator, entry.StyleName = old.Operator, old.StyleName
                entry.Formula1, entry.Formula2 = old.Formula1, old.Formula2
        self._sheet.ConditionalFormats.removeByID(format_.ID)
        return made

    def _look(self, name):
        if not self._styles.hasByName(name):
            return {}
        style = self._styles.getByName(name)
        found = {k: getattr(style, p) for k, p in PROPERTIES.items() if style.getPropertyState(p) == DIRECT_VALUE}
        for key in ("fill_color", "font_color"):
            if key in found:
                found[key] = list(found[key].to_bytes(4, "big", signed=True)[1:])
        for key, value in (("font_bold", BOLD), ("font_italic", ITALIC)):
            if key in found:
                found[key] = found[key] == value
        if "number_format" in found:
            found["number_format"] = format_code(self._book, found["number_format"])
        return found

    def _style(self, look):
        wanted = str(sorted(look.items()))
        if not self._known:  # LibreOffice takes half a second to make a style where there is one already
            self._known.update((str(sorted(self._look(name).items())), name) for name in self._styles.ElementNames)
        if wanted not in self._known:
            name = f"Rule {wanted}"
            self._styles.insertByName(name, self._book.createInstance("com.sun.star.style.CellStyle"))
            with unprotected(self._book.Sheets.getByName(title) for title in self._book.Sheets.ElementNames):
                self._dress(self._styles.getByName(name), look)
            self._known[wanted] = name
        return self._known[wanted]

    def _dress(self, style, look):
        for key in ("fill_color", "font_color"):
            if key in look:
                setattr(style, PROPERTIES[key], int.from_bytes(bytes(look[key]), "big"))
        if look.get("font_bold"):
            style.CharWeight = BOLD
        if look.get("font_italic"):
            style.CharPosture = ITALIC
        if "number_format" in look:
            style.NumberFormat = format_key(self._book, look["number_format"])

    def _moved(self, formula, origin, to):
        """The formula at `to` that means there what this one means at `origin`."""
        parser = self._book.createInstance("com.sun.star.sheet.FormulaParser")
        parser.FormulaConvention = 1  # AddressConvention.XL_A1, with the separators of the locale
        tokens = parser.parseFormula(formula.removeprefix("="), self._cell(origin))
        return parser.printFormula(tokens, self._cell(to))

    def _cell(self, place):
        cell = uno.createUnoStruct("com.sun.star.table.CellAddress")
        assert isinstance(cell, CellAddress)
        cell.Sheet, cell.Row, cell.Column = self._number, place[0] - 1, place[1] - 1
        return cell


def format_code(book, key):
    """The code of a number format, in English as Excel's own is."""
    known, english = book.NumberFormats.getByKey(key), _english()
    if known.Locale.Language != english.Language:
        key = book.NumberFormats.addNewConverted(known.FormatString, known.Locale, english)
    return book.NumberFormats.getByKey(key).FormatString


def format_key(book, code):
    """The number of the number format with that code."""
    key = book.NumberFormats.queryKey(code, _english(), False)
    return book.NumberFormats.addNew(code, _english()) if key == -1 else key


def _english():
    return uno.createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")


@contextmanager
def unprotected(sheets):
    """Sheets without their protection for a while; LibreOffice changes no style as long as one sheet is protected."""
    guarded = [sheet for sheet in sheets if sheet.isProtected()]
    for sheet in guarded:
        sheet.unprotect("")
    try:
        yield
    finally:
        for sheet in guarded:
            sheet.protect("")


def at_of(area):
    """A range as (first row, first column, last row, last column), counted from 1."""
    return [area.StartRow + 1, area.StartColumn + 1, area.EndRow + 1, area.EndColumn + 1]


def address(sheet, at):
    """A range as LibreOffice has it."""
    area = CellRangeAddress()
    area.Sheet = sheet
    area.StartRow, area.StartColumn, area.EndRow, area.EndColumn = (place - 1 for place in at)
    return area


def _joined(areas):
    """The same cells in as few ranges as neighbours give, in reading order; LibreOffice leaves them in pieces."""
    left = sorted(areas)
    for i, area in enumerate(left):
        for other in left[i + 1 :]:
            besides = area[0] == other[0] and area[2] == other[2] and area[3] + 1 == other[1]
            below = area[1] == other[1] and area[3] == other[3] and area[2] + 1 == other[0]
            if besides or below:
                return _joined([each for each in left if each not in (area, other)] + [[*area[:2], *other[2:]]])
    return left


def _meet(a, b):
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _without(area, hole):
    """The rectangles that are left of `area` without `hole`."""
    if not _meet(area, hole):
        return [area]
    top, left, bottom, right = area
    upper, lower = max(top, hole[0]), min(bottom, hole[2])
    parts = [
        [top, left, upper - 1, right],
        [lower + 1, left, bottom, right],
        [upper, left, lower, hole[1] - 1],
        [upper, hole[3] + 1, lower, right],
    ]
    return [part for part in parts if part[0] <= part[2] and part[1] <= part[3]]
