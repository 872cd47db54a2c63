"""The look of a signature, the same on the dashboard and on the report of an employee."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bsc_xl.excel.grid import SIGNED

SPACE = 36
"""Height of the row in which one signs."""
_LINE = 15


def signature(fill: Callable[..., None], formulas: Mapping[str, str]) -> None:
    """Fill the places of a signature; `fill` is given a place, its content and its look."""
    for key, formula in formulas.items():
        fill(key, "=" + formula, bold=key == SIGNED[0], shrink=True)


def heights(row: int, roles: int = 0) -> dict[int, float]:
    """The heights of its rows, from the first on; `roles` as many as `grid.signature` was given."""
    lines = 2 + roles
    return dict.fromkeys(range(row, row + lines + 1 + len(SIGNED)), float(_LINE)) | {row + lines: float(SPACE)}
