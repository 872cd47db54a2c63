"""What Excel does and xlwings has no word for, in the words of Windows and of macOS.

On Windows `api` is a COM object with the names of Excel's object model, on macOS an AppleScript reference. Nothing else
of bsc-xl reaches past xlwings.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

MAC = sys.platform == "darwin"


def twice(undo: Callable[[], object]) -> None:
    """Does what must be done; once more when the program was busy."""
    try:
        undo()
    except Exception:  # noqa: BLE001 - each engine has its own errors
        undo()


def unprotect(sheet: Any) -> None:
    """Takes the protection of a sheet away; an error when it has a password, for which Excel would ask without ours."""
    if MAC:
        sheet.api.unprotect(password="")
    else:
        sheet.api.Unprotect(Password="")


def protect(sheet: Any) -> None:
    """Protects a sheet as it was drawn: without a password; widths, heights, filters and sorting stay free."""
    if MAC:
        sheet.api.protect_worksheet(
            drawing_objects=False,
            worksheet_contents=True,
            scenarios=False,
            allow_formatting_columns=True,
            allow_formatting_rows=True,
            allow_sorting=True,
            allow_filtering=True,
        )
    else:
        sheet.api.Protect(
            DrawingObjects=False,
            Contents=True,
            Scenarios=False,
            AllowFormattingColumns=True,
            AllowFormattingRows=True,
            AllowSorting=True,
            AllowFiltering=True,
        )


def is_locked(cells: Any) -> bool:
    """Whether the protection of the sheet holds for all of these cells."""
    return (cells.api.locked.get() if MAC else cells.api.Locked) is True


def lock(cells: Any, *, locked: bool = True) -> None:
    """Says whether the protection of the sheet holds for these cells, too."""
    if MAC:
        cells.api.locked.set(locked)
    else:
        cells.api.Locked = locked


def area(rule: Any) -> str:
    """The cells of a conditional format, such as ``B8:N12`` or ``B8:B9,B11:N12``."""
    api = rule.impl.api
    address: str = api.applies_to.get_address() if MAC else api.AppliesTo.Address
    return address.replace("$", "")


def apply_to(rule: Any, cells: Any) -> None:
    """Lets a conditional format apply to these cells, and to no others."""
    if MAC:
        rule.impl.api.modify_applies_to_range(range=cells.api)
    else:
        rule.impl.api.ModifyAppliesToRange(cells.api)


def active_cell(app: Any) -> str:
    """The cell of the sheet in front into which people type, such as ``B8``."""
    address: str = app.api.active_cell.get_address() if MAC else app.api.ActiveCell.Address
    return address.replace("$", "")


def format_numbers(rule: Any, code: str) -> None:
    """Gives a conditional format a number format."""
    if MAC:
        rule.impl.api.number_format.set(code)
    else:
        rule.impl.api.NumberFormat = code


def local_formula(cell: Any) -> str:
    """The formula of a cell as the person at this computer would type it."""
    text: str = cell.api.formula_local.get() if MAC else cell.api.FormulaLocal
    return text


def set_left_footer(sheet: Any, text: str) -> None:
    """Changes the left part of a sheet's printed footer."""
    if MAC:
        sheet.api.page_setup_object.left_footer.set(text)
    else:
        sheet.api.PageSetup.LeftFooter = text


def choose_files(app: Any, title: str, kinds: Sequence[str]) -> list[str]:
    """Lets the person choose files with one of these endings, in Excel's own window; empty where none was chosen.

    Excel for Mac shows all files, under a title of its own, and lets one be chosen.
    """
    if not MAC:
        patterns = ";".join(f"*{kind}" for kind in kinds)
        chosen = app.api.GetOpenFilename(FileFilter=f"{title},{patterns}", Title=title, MultiSelect=True)
        return list(chosen) if isinstance(chosen, (tuple, list)) else []
    found = app.api.get_open_filename()
    if not isinstance(found, str) or not found:
        return []
    if found.startswith("/"):
        return [found]
    from xlwings._xlmac import hfs_to_posix_path

    return [str(hfs_to_posix_path(found))]  # type: ignore[no-untyped-call]
