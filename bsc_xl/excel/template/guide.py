"""The guide: the five steps with pictures on its first page, and on the second how to fill in, read and put right."""

from __future__ import annotations

from openpyxl.styles import Alignment
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import style
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import Status

SHOWN = ("settings", "internal_process", "dashboard", "action_plan", "checks")
"""The sheet that each step is about, and that its picture shows."""

WIDTHS = {"B": 5, "C": 20, "D": 42, "E": 69}
PICTURE_COLUMN = 4
"""Of the pictures, counted from 0: column E."""
_FIRST = 4
_STEP_HEIGHTS = (20, 64, 6)
"""Of the rows of a step: its title, its text, and air below; a picture spans the first two."""
_LINE = 165
"""So many characters stand in a line of the second page."""


def step_row(step: int) -> int:
    """The first row of a step, counted from 1."""
    return _FIRST + len(_STEP_HEIGHTS) * (step - 1)


def draw(sheet: Worksheet, layout: Layout) -> None:
    """Draw the guide; its rows are as high in every language."""
    text = layout.labels
    style.heading(sheet, text("guide.title"), text("guide.subtitle"), last="E")
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.row_dimensions[_FIRST - 1].height = 8
    for step, _ in enumerate(SHOWN, start=1):
        _step(sheet, layout, step)
    last = step_row(len(SHOWN) + 1) - 1
    sheet.row_breaks.append(Break(id=last))
    row = last + 1
    for section in ("fill", "read", "colour", "help"):
        row = _section(sheet, layout, section, row) + 1
    style.page(sheet, layout, f"A1:E{row - 2}")
    style.lock(sheet)


def _step(sheet: Worksheet, layout: Layout, step: int) -> None:
    text, row = layout.labels, step_row(step)
    for offset, height in enumerate(_STEP_HEIGHTS):
        sheet.row_dimensions[row + offset].height = height
    sheet.merge_cells(f"B{row}:B{row + 1}")
    style.put(sheet[f"B{row}"], step, size=style.TILE_SIZE, colour=style.DATA, bold=True, vertical="top")
    for offset, key in enumerate((f"guide.step_{step}_title", f"guide.step_{step}")):
        sheet.merge_cells(f"C{row + offset}:D{row + offset}")
        words = text(key, **_named(layout, step)) if offset else text(key)
        look = {"colour": style.INK} if offset else {"colour": style.BRAND, "bold": True}
        style.put(sheet[f"C{row + offset}"], words, wrap=True, vertical="top" if offset else "center", **look)


def _named(layout: Layout, step: int) -> dict[str, str]:
    """What the text of a step calls by its name: the sheet, and in the last step the buttons."""
    named = {"sheet": layout.title(SHOWN[step - 1])}
    if step == len(SHOWN):
        buttons = ("recalculate", "close_period", "pdf")
        named |= {key: layout.labels(f"ribbon_tab.{key}.label") for key in buttons}
        named["history"] = layout.title("history")
    return named


def _section(sheet: Worksheet, layout: Layout, section: str, row: int) -> int:
    """A section of the second page; gives the row below it."""
    text = layout.labels
    style.put(sheet[f"B{row}"], text(f"guide.{section}_title"), bold=True, colour=style.BRAND, vertical="bottom")
    for letter in WIDTHS:
        sheet[f"{letter}{row}"].border = style.under()
    sheet.row_dimensions[row].height = 22
    row += 1
    if section == "colour":
        for status in Status:
            look = {"colour": style.STATUS_INK[status], "ground": style.STATUS_GROUND[status]}
            style.put(sheet[f"C{row}"], layout.status_text(status), bold=True, indent=1, **look)  # type: ignore[arg-type]
            _paragraph(sheet, f"D{row}:E{row}", text(f"guide.colour_{status}"), 18)
            row += 1
        return row
    number = 1
    while (key := f"guide.{section}_{number}") in text:
        longest = max(len(load(language)(key)) for language in LANGUAGES)
        _paragraph(sheet, f"C{row}:E{row}", text(key), 30 if longest > _LINE else 17)
        row, number = row + 1, number + 1
    return row


def _paragraph(sheet: Worksheet, cells: str, words: str, height: float) -> None:
    cell = style.area(sheet, cells)
    style.put(cell, words)
    cell.alignment = Alignment(horizontal="left", wrap_text=True, vertical="center", indent=int(cells.startswith("D")))
    sheet.row_dimensions[cell.row].height = height
