"""The look of a signature, the same on the dashboard and on the report of an employee."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.grid import SIGNED
from bsc_xl.excel.template import style

SPACE = 24
"""Height of the row in which one signs."""
_LINE = 15


def signature(
    sheet: Worksheet, fill: Callable[..., None], first: Callable[[str], str], formulas: Mapping[str, str]
) -> None:
    """Fill the places of a signature: `fill` is given a place, its content and its look, `first` gives the cell of a
    place."""
    for key, formula in formulas.items():
        look = {"wrap": True, "vertical": "top"} if key == "head_title" else {"shrink": True}
        fill(key, "=" + formula, bold=key == SIGNED[0], **look)
        # what is still to be written is quiet
        end = "LEFT" if key == "signed_at" else "RIGHT"
        dotted = FormulaRule(formula=[f'{end}({first(key)},2)=".."'], font=Font(color=style.CAPTION, bold=False))
        sheet.conditional_formatting.add(first(key), dotted)


def heights(row: int, roles: int = 0) -> dict[int, float]:
    """The heights of its rows, from the first on; `roles` as many as `grid.signature` was given. An office takes two
    lines when it is long, and leaves room to sign when it is not."""
    title = row + 1 + roles
    lines = dict.fromkeys(range(row, title + 2 + len(SIGNED)), float(_LINE))
    return lines | {title: 2.0 * style.LINE, title + 1: float(SPACE)}
