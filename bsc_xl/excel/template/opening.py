"""Where the cursor stands when a sheet is opened: on the first cell that people fill in.

On a protected sheet, Tab leads from there through the unlocked cells row by row, and these are the inputs.
"""

from __future__ import annotations

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.views import Selection
from openpyxl.worksheet.worksheet import Worksheet


def on_first_input(sheet: Worksheet) -> None:
    """Puts the cursor on the first unlocked cell; on a sheet without one it stays at the top."""
    first = next((cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked), None)
    if first is None:
        return
    view, at = sheet.sheet_view, first.coordinate
    if view.pane is None:
        view.selection = [Selection(activeCell=at, sqref=at)]
        return
    pane = _pane(sheet, first)
    others = [own for own in view.selection if own.pane != pane]
    for own in others:
        own.activeCell = own.sqref = None
    view.pane.activePane = pane
    view.selection = [*others, Selection(pane=pane, activeCell=at, sqref=at)]


def _pane(sheet: Worksheet, cell: Cell) -> str:
    """The part of a sheet with frozen rows and columns in which a cell lies."""
    frozen = sheet.sheet_view.pane
    below = bool(frozen.ySplit) and cell.row > frozen.ySplit
    right = bool(frozen.xSplit) and cell.column > frozen.xSplit
    return ("bottom" if below else "top") + ("Right" if right else "Left")
