"""Everything that a person must look at: what it is, in which cell of which file, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.utils import quote_sheetname

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.excel.consolidated.canvas import Canvas
from bsc_xl.excel.consolidated.listing import NAME_LINES, TEXT_LINES, Area, Column, linked
from bsc_xl.excel.consolidated.view import View
from bsc_xl.excel.results import Value
from bsc_xl.excel.template import style
from bsc_xl.model import Status

KEY, HEADER_ROW = "findings", 4
KEYS = ("number", "severity", "unit_code", "unit_name", "finding", "sheet", "cell", "value", "file")
MOST = 100_000
"""So many are listed, the gravest first: a sheet has room for ten times as many, and people for far fewer."""
SYMBOLS = {Severity.FAILURE: Status.RED, Severity.ADVICE: Status.YELLOW, Severity.QUESTION: Status.NO_DATA}


def severity(view: View, of: Severity) -> str:
    """Symbol and word of how grave a finding is."""
    return f"{view.text(f'symbol.{SYMBOLS[of]}')} {view.word(f'severity.{of}')}"


def listed(view: View) -> list[Irregularity]:
    """The findings that the sheet lists."""
    return view.collection.irregularities[:MOST]


def draw(canvas: Canvas, view: View) -> None:
    """Draw the list; where nothing was found, it says so."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    found = listed(view)
    area = Area(KEYS, HEADER_ROW, len(found))
    subtitle = view.word("findings_subtitle")
    if more := len(view.collection.irregularities) - len(found):
        subtitle += " " + view.word("findings_more", count=more)
    style.heading(sheet, page.title, subtitle, last=area.letters[KEYS[-1]])
    names = dict(zip(view.codes, view.names, strict=True))
    sentences = [each.text(view.text) for each in found]

    def column(key: str, width: float, values: Sequence[Value], *, lines: int = NAME_LINES, **more: Any) -> Column:
        return Column(key, view.word(f"heading.{key}"), width, values, lines=lines, **more)

    files = [view.collection.links.get(each.file, "") for each in found]
    page.fill(
        area,
        [
            Column("number", view.word("heading.number"), 6, list(range(1, len(found) + 1)), "integer"),
            column("severity", 17, [severity(view, each.severity) for each in found]),
            column("unit_code", 10, [each.unit_code for each in found]),
            column("unit_name", 34, [names.get(each.unit_code, "") for each in found]),
            column("finding", 60, [sentence[:1].upper() + sentence[1:] for sentence in sentences], lines=TEXT_LINES),
            column("sheet", 18, [each.sheet for each in found]),
            column("cell", 7, [each.cell for each in found], **linked([_place(view, each) for each in found])),
            column("value", 18, [each.value for each in found]),
            column("file", 28, [each.file for each in found], **linked(files)),
        ],
        frozen="severity",
    )
    if not found:
        page.put(area.cell("number", 0), view.word("findings_none"), colour=style.CAPTION)
    style.colour_by_status(sheet, area.body("severity"), view.symbol_code(area.cell("severity", 0)), ground=False)
    canvas.name("bsc_findings_severity", KEY, area.body("severity"))
    style.page(sheet, view.shape, None, header_rows=f"{HEADER_ROW}:{HEADER_ROW}")


def _place(view: View, found: Irregularity) -> str:
    """The address of the cell in its file."""
    file = view.collection.links.get(found.file, "")
    return f"{file}#{quote_sheetname(found.sheet)}!{found.cell}" if file and found.sheet and found.cell else ""
