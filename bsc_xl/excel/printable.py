"""A copy of a workbook that prints some of its sheets and nothing else, as quickly as LibreOffice can load it.

What is printed is what the cells show: formulas are taken out and their results stay, so that nothing is calculated.
Loading a sheet takes LibreOffice about as long as printing a page, so the sheets that nobody needs are taken out as
well; those at which conditional formats and charts look stay, hidden. So are rows that are repeated on every page where
there is one page only: LibreOffice takes most of the rest of its time for them. Macros are left behind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from bsc_xl.excel.address import split
from bsc_xl.excel.columns import KPI_LISTS
from bsc_xl.excel.port import Found
from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp import markup
from bsc_xl.excel.stamp.rows import with_heights
from bsc_xl.excel.wrapping import height_needed
from bsc_xl.ooxml import xml
from bsc_xl.ooxml.cells import column_of
from bsc_xl.ooxml.package import Package
from bsc_xl.ooxml.parts import Parts, relations_part

LOOKED_AT = ("settings", "trace")
"""Sheets at which conditional formats and charts of others look: bounds, lists, and what is drawn."""

MOST_ROWS = 1 << 20
PAGE_HEIGHT = 450.0
"""So many points of rows fit on A4 landscape for certain, in the size in which they are drawn or smaller."""
TABLES = ("strategy_map", *KPI_LISTS)
"""Sheets that end with a table, which is printed down to the last row that shows anything."""
_A4 = b"9"
_USUAL_WIDTH, _FEW = 8.0, 100
"""The width of columns of which a sheet says nothing; and so many columns does a sheet of ours not have."""
_TALLEST_LINE = 30.0
"""Points of a row whose height a program finds by itself."""

_ROW = re.compile(rb"<((?:[\w.-]+:)?)row(?=[\s/>])(?P<rest>[^>]*?)(?:/>|>(?P<inside>.*?)</\1row\s*>)", re.DOTALL)
_LAST_ROW = re.compile("[0-9]+$")
"""Of a print area: of its last range, where it has several."""
_FILLED = re.compile(rb"<(?:[\w.-]+:)?[vt](?:\s[^>]*)?>[^<]")
_FORMULA = re.compile(rb"<((?:[\w.-]+:)?)f(?=[\s/>])[^>]*?(?:/>|>[^<]*</\1f\s*>)")


Rows = Mapping[int, Sequence[Found]]
"""What the cells of rows hold, from column A on, by the number of the row."""


def printable(package: Package, sheets: Mapping[str, str], wanted: Collection[str], texts: Mapping[str, Rows]) -> bytes:
    """The bytes of a workbook that prints the sheets with these keys, in the order of their tabs.

    `sheets`: key -> title of every sheet of ours; sheets that people have added are kept, hidden. `texts`: rows that
    are to be as high as what they hold, by the title of their sheet. `PackageError` for a part that is damaged.
    """
    parts = Parts(package)
    shown = {title for key, title in sheets.items() if key in wanted}
    gone = {title for key, title in sheets.items() if key not in (*wanted, *LOOKED_AT)}
    kept = {sheet: values_only(package.part(sheet.part)) for sheet in parts.sheets if sheet.title not in gone}
    kept |= {sheet: with_room(part, texts[sheet.title]) for sheet, part in kept.items() if sheet.title in texts}
    tables = {title for key, title in sheets.items() if key in TABLES}
    ends = {sheet.title: last_filled_row(part) for sheet, part in kept.items() if sheet.title in tables}
    one_page = {sheet.title for sheet, part in kept.items() if fits_a_page(part, ends.get(sheet.title, MOST_ROWS))}
    relations = relations_part(parts.workbook)
    changed: dict[str, bytes | None] = {sheet.part: part for sheet, part in kept.items()}
    changed[parts.workbook] = _with_sheets(package.part(parts.workbook), parts.workbook, shown, gone, ends, one_page)
    changed[relations] = _without_macros(package.part(relations), relations)
    return package.with_parts(changed).write()


def values_only(part: bytes) -> bytes:
    """The XML of a sheet with the results of its formulas in place of them, and nothing that checks what is typed."""
    part = markup.utf8(part)
    shadow = markup.shadow(part)
    cells = _span(shadow, b"sheetData")
    spans = [found.span() for found in _FORMULA.finditer(shadow, *cells)] + [_span(shadow, b"dataValidations")]
    pieces, at = [], 0
    for begin, end in spans:  # the checks stand below the cells
        pieces.append(part[at:begin])
        at = max(at, end)
    return b"".join([*pieces, part[at:]])


def written(values: Mapping[str, Value]) -> dict[int, list[Value]]:
    """Values by the address of their cells as rows."""
    rows: dict[int, list[Value]] = {}
    for cell, value in values.items():
        letters, number = split(cell)
        row, column = rows.setdefault(number, []), column_of(letters)
        row += [None] * (column - len(row))
        row[column - 1] = value
    return rows


def with_room(part: bytes, rows: Mapping[int, Sequence[object]]) -> bytes:
    """The XML of a sheet in which these rows are high enough for what they hold: LibreOffice takes the heights that it
    finds, and those are what some other program made of the text that stood there then."""
    widths, wanted, number = _widths(part), dict[int, float](), 0
    for row in markup.tag(b"row").finditer(markup.shadow(part)):
        number = int(markup.attribute(row["rest"], b"r") or number + 1)
        height = height_needed(rows.get(number, ()), widths)
        if height > float(markup.attribute(row["rest"], b"ht") or 0):
            wanted[number] = height
    return with_heights(part, wanted)


def _widths(part: bytes) -> list[float]:
    """The widths of the columns from A on, 0 for those that are hidden."""
    widths: list[float] = []
    for column in markup.tag(b"col").finditer(part):
        first, last, width = (markup.attribute(column["rest"], name) for name in (b"min", b"max", b"width"))
        hidden = markup.attribute(column["rest"], b"hidden") in (b"1", b"true")
        if first and last and width and int(last) <= _FEW:
            widths += [_USUAL_WIDTH] * (int(first) - 1 - len(widths))
            widths += [0.0 if hidden else float(width)] * (int(last) + 1 - int(first))
    return widths


def last_filled_row(part: bytes) -> int:
    """The last row of a sheet in which anything shows, 0 where there is none; formulas have been taken out."""
    return max((row.number for row in _rows(part) if row.filled), default=0)


def fits_a_page(part: bytes, last: int) -> bool:
    """Whether the rows of a sheet up to that one certainly fit on one page of A4, however wide the sheet is: it is only
    ever printed smaller than it is drawn."""
    paper = markup.tag(b"pageSetup").search(part)
    if paper is None or markup.attribute(paper["rest"], b"paperSize") != _A4 or markup.tag(b"rowBreaks").search(part):
        return False
    height, before = 0.0, 0
    for row in _rows(part):
        if row.number > last:
            break
        height += row.height + (row.number - before - 1) * _TALLEST_LINE
        before = row.number
    return height <= PAGE_HEIGHT


class _Row(NamedTuple):
    number: int
    height: float
    filled: bool


def _rows(part: bytes) -> Iterator[_Row]:
    number = 0
    for found in _ROW.finditer(part):
        attributes = found["rest"]
        number = int(markup.attribute(attributes, b"r") or number + 1)
        height = float(markup.attribute(attributes, b"ht") or _TALLEST_LINE)
        yield _Row(number, height, bool(_FILLED.search(found["inside"] or b"")))


def _span(shadow: bytes, name: bytes) -> tuple[int, int]:
    """Where an element of that name begins and ends; nowhere at the end when there is none."""
    begin = markup.tag(name).search(shadow)
    end = markup.ends(name).search(shadow, begin.start()) if begin else None
    return (begin.start(), end.end()) if begin and end else (len(shadow), len(shadow))


def _with_sheets(
    part: bytes,
    name: str,
    shown: Collection[str],
    gone: Collection[str],
    ends: Mapping[str, int],
    one_page: Collection[str],
) -> bytes:
    """The workbook part without the sheets that are gone, the others hidden unless they are shown; and without what
    says how those are printed, since a hidden sheet with a print area is. `ends`: the last row of a sheet to print."""
    root = _tree(part, name)
    sheets, names = _child(root, "sheets"), _child(root, "definedNames")
    titles = [sheet.get("name", "") for sheet in sheets]
    places = {title: place for place, title in enumerate(title for title in titles if title not in gone)}
    for sheet in list(sheets):
        if sheet.get("name", "") in gone:
            sheets.remove(sheet)
        else:
            sheet.set("state", "visible" if sheet.get("name", "") in shown else "hidden")
    for each in list(names):
        owner = each.get("localSheetId")
        if owner is None:
            continue
        title = titles[int(owner)] if owner.isdigit() and int(owner) < len(titles) else ""
        repeated = each.get("name") == "_xlnm.Print_Titles" and title in one_page
        if title in shown and not repeated:
            each.set("localSheetId", str(places[title]))
            if each.get("name") == "_xlnm.Print_Area" and title in ends:
                each.text = _LAST_ROW.sub(str(ends[title]), each.text or "")
        else:
            names.remove(each)
    for view in list(_child(root, "bookViews")):  # they tell the sheet in front by its place
        view.attrib = {"activeTab": str(min((places[title] for title in shown), default=0))}
    return ElementTree.tostring(root)


def _without_macros(part: bytes, name: str) -> bytes:
    root = _tree(part, name)
    for relation in list(root):
        if relation.get("Type", "").endswith("/vbaProject"):
            root.remove(relation)
    return ElementTree.tostring(root)


def _tree(part: bytes, name: str) -> ElementTree.Element:
    xml.check(part, name)  # nothing in it can hurt the parser below, which keeps namespaces
    root = ElementTree.fromstring(part)  # noqa: S314
    for key in [key for key in root.attrib if key.endswith("}Ignorable")]:
        del root.attrib[key]  # it tells prefixes, and those are others from now on
    return root


def _child(root: ElementTree.Element, name: str) -> ElementTree.Element:
    """The first child of that name, whatever its namespace; an element apart where there is none."""
    found = (child for child in root if child.tag.rpartition("}")[2] == name)
    return next(found, ElementTree.Element(name))
