"""A workbook while it is drawn: openpyxl makes its sheets; what people wrote and what formulas give is put in after.

Text of people never passes through openpyxl, which takes what begins with "=" for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.chart import BarChart, LineChart
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.address import corners, dollars
from bsc_xl.excel.consolidated.listing import LINKED, Area, Column, rows
from bsc_xl.excel.layout import Layout, Ref, code_name
from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp import Edit, Kind, patched
from bsc_xl.excel.template import style
from bsc_xl.excel.template.mend import mended
from bsc_xl.ooxml import package
from bsc_xl.ooxml.package import open_package
from bsc_xl.ooxml.parts import Parts, relations_part

MOST_LINKS = 65_530
"""Excel opens no sheet with more hyperlinks; the rows beyond still name their file."""

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'


@dataclass
class Page:
    """One sheet: what is drawn on it, and what is put in afterwards."""

    key: str
    sheet: Worksheet
    edits: dict[str, Edit] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    area: Area | None = None
    columns: Sequence[Column] = ()

    @property
    def title(self) -> str:
        """The visible title."""
        return str(self.sheet.title)

    def put(self, cells: str, value: Value = None, **look: Any) -> None:
        """A label of ours, or only a look, in a range, which is merged."""
        for row in self.sheet[cells] if ":" in cells else ((self.sheet[cells],),):
            for cell in row:
                style.put(cell, **look)
        style.area(self.sheet, cells).value = value

    def enter(self, cells: str, value: Value, *, link: str = "", **look: Any) -> None:
        """A value that somebody wrote, or that may look like a formula; `link`: the address of a file, "" for none."""
        self.put(cells, **(look | LINKED if link else look))
        self.links[cells.partition(":")[0]] = link
        self.edits[cells.partition(":")[0]] = Edit(Kind.ENTRY, value)

    def calculate(self, cells: str, formula: str, value: Value, **look: Any) -> None:
        """A formula, and what it gives."""
        self.put(cells, "=" + formula, **look)
        self.edits[cells.partition(":")[0]] = Edit(Kind.RESULT, value)

    def fill(self, area: Area, columns: Sequence[Column], *, frozen: str, header_height: float = 30) -> None:
        """A long list, the last thing on its sheet; `frozen`: the last column that stays when one scrolls."""
        self.area, self.columns = area, columns
        for column in columns:
            letters = area.letters[column.key]
            cell = f"{letters}{area.header_row}"
            style.header(self.sheet[cell], None, numeric=column.numeric)
            self.edits[cell] = Edit(Kind.ENTRY, column.heading)
            self.sheet.column_dimensions[letters].width = column.width
        self.sheet.row_dimensions[area.header_row].height = header_height
        after = area.keys[area.keys.index(frozen) + 1]
        self.sheet.freeze_panes = area.cell(after, 0)
        self.sheet.auto_filter.ref = area.whole()

    def all_links(self) -> Iterator[tuple[str, str]]:
        """Every cell that may have a link, and the link."""
        yield from self.links.items()
        if self.area:
            for column in self.columns:
                for row, link in enumerate(column.links or ()):
                    yield self.area.cell(column.key, row), link

    def styles(self) -> list[list[int]]:
        """The numbers of the looks of each column of the list among the formats of the book."""
        return [[self._style(column.look(number)) for number in range(len(column.looks))] for column in self.columns]

    def _style(self, look: dict[str, Any]) -> int:
        # a cell of its own, on no sheet: openpyxl counts on it that a style that has a number no longer changes
        cell = Cell(self.sheet, row=1, column=1)
        style.put(cell, **look)
        return int(cell.style_id)


@dataclass
class Canvas:
    """The consolidated workbook while it is drawn. `words`: the titles and the language."""

    words: Layout
    book: Workbook = field(default_factory=Workbook)
    pages: dict[str, Page] = field(default_factory=dict)
    descriptions: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book.remove(self.book.worksheets[0])

    def page(self, key: str) -> Page:
        """The sheet of that key; made, as the last one, when it is first asked for."""
        if key not in self.pages:
            sheet = self.book.create_sheet(self.words.labels(f"consolidated.sheet.{key}"))
            sheet.sheet_properties.codeName = code_name(key)
            sheet.sheet_properties.tabColor = style.DATA_LIGHT if self.pages else style.BRAND
            self.pages[key] = Page(key, sheet)
        return self.pages[key]

    def name(self, name: str, key: str, cells: str) -> None:
        """Name a range, so that formulas on any sheet tell what they count."""
        first, last = (dollars("".join(map(str, corner))) for corner in corners(cells))
        reference = f"{quote_sheetname(self.pages[key].title)}!{first}:{last}"
        self.book.defined_names[name] = DefinedName(name, attr_text=reference)

    def chart(self, page: Page, chart: BarChart | LineChart, description: str) -> None:
        """A chart, and what it shows for those who cannot see it; sheets in their order, charts in theirs."""
        page.sheet.add_chart(chart)
        self.descriptions.append(description)

    def bytes(self, title: str) -> bytes:
        """The finished workbook; the same for the same content."""
        self.book.properties = DocumentProperties(creator="bsc-xl", title=title)
        styles = {key: page.styles() for key, page in self.pages.items()}
        target = BytesIO()
        self.book.save(target)
        drawn = open_package(package.write(mended(package.read(target.getvalue()), self.descriptions)))
        sheets = {self._key(sheet.title): sheet for sheet in Parts(drawn).sheets}
        edits = {Ref(key, cell): edit for key, page in self.pages.items() for cell, edit in page.edits.items()}
        done = patched(drawn, sheets, edits, insert=False)
        parts: dict[str, bytes | None] = {}
        for key, page in self.pages.items():
            parts |= _filled(done, sheets[key].part, page, styles[key])
        return done.with_parts(parts).write()

    def _key(self, title: str) -> str:
        return next(key for key, page in self.pages.items() if page.title == title)


def _filled(done: package.Package, name: str, page: Page, styles: list[list[int]]) -> dict[str, bytes]:
    """The sheet's part with the rows of its list and its links, and the part of its relations."""
    part = done.part(name)
    if area := page.area:
        close = part.index(b"</sheetData>")
        part = b"".join((part[:close], rows(area, page.columns, styles), part[close:]))
        last = area.cell(area.keys[-1], area.rows - 1)
        part = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:%b"' % last.encode(), part, count=1)
    links, relations = _links(page.all_links())
    if not links:
        return {name: part}
    at = part.index(b"<printOptions")
    own = relations_part(name)
    known = done.part(own) if own in done else _NO_RELATIONS
    return {
        name: b"".join((part[:at], links, part[at:])),
        own: known.replace(b"</Relationships>", relations + b"</Relationships>"),
    }


def _links(all_links: Iterable[tuple[str, str]]) -> tuple[bytes, bytes]:
    """The hyperlinks of a sheet and their relations, one for each file."""
    targets: dict[str, str] = {}
    links: list[str] = []
    for cell, link in all_links:
        target, _, place = link.partition("#")
        if not target or len(links) == MOST_LINKS:
            continue
        relation = targets.setdefault(target, f"link{len(targets) + 1}")
        inside = f" location={quoteattr(place)}" if place else ""
        links.append(f'<hyperlink ref="{cell}" r:id="{relation}"{inside}/>')
    if not links:
        return b"", b""
    relations = "".join(
        f'<Relationship Id="{relation}" Type="{_RELATIONS}/hyperlink" Target={quoteattr(target)}'
        ' TargetMode="External"/>'
        for target, relation in targets.items()
    )
    return f'<hyperlinks xmlns:r="{_RELATIONS}">{"".join(links)}</hyperlinks>'.encode(), relations.encode()
