"""Formulas that concern several cells: shared ones, whose text stands in one cell only, and array formulas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from bsc_xl.excel.address import corners, span, split
from bsc_xl.excel.stamp.content import formula_text
from bsc_xl.ooxml.cells import Formula, cells, column_of


def any_in(shadow: bytes) -> bool:
    """Whether a sheet has such formulas at all; few have."""
    return any(word in shadow for word in (b"shared", b"array", b"dataTable"))


def moved(text: str, origin: str, cell: str) -> str:
    """A formula of the cell `origin`, without "=", as it reads in `cell`: relative addresses go along."""
    return str(Translator(f"={text}", origin=origin).translate_formula(cell)).removeprefix("=")


class Groups:
    """The shared and array formulas of a sheet."""

    def __init__(self, part: bytes, name: str) -> None:
        self._shared: dict[str, dict[str, Formula]] = defaultdict(dict)
        self._areas: list[str] = []
        for found in cells(part, name):
            formula = found.formula
            if formula is None:
                continue
            if formula.kind == "shared":
                self._shared[formula.group][f"{get_column_letter(found.column)}{found.row}"] = formula
            elif formula.area:
                self._areas.append(formula.area)

    def array_with(self, replaced: Set[str]) -> str | None:
        """A cell of `replaced` that is part of an array formula over several cells: they change together or not."""
        for area in self._areas:
            (left, top), (right, bottom) = corners(area)
            columns, rows = range(column_of(left), column_of(right) + 1), range(top, bottom + 1)
            for cell in sorted(replaced) if len(columns) * len(rows) > 1 else ():
                letters, row = split(cell)
                if column_of(letters) in columns and row in rows:
                    return cell
        return None

    def heirs(self, replaced: Set[str], prefix: str) -> dict[str, str]:
        """Where cells of `replaced` hold the text that others share: for the first of those others, by address, the
        formula element with the text as it reads there."""
        elements = {}
        for group, members in self._shared.items():
            left = [cell for cell in members if cell not in replaced]
            for owner in (cell for cell, formula in members.items() if formula.text and cell in replaced and left):
                text = formula_text(moved(members[owner].text, owner, left[0]))
                area = f'ref="{_around(left)}" si="{group}"'
                elements[left[0]] = f'<{prefix}f t="shared" {area}>{text}</{prefix}f>'
        return elements


def _around(places: list[str]) -> str:
    """The smallest range that holds these cells."""
    columns, rows = [column_of(cell) for cell in places], [split(cell)[1] for cell in places]
    first, last = (f"{get_column_letter(pick(columns))}{pick(rows)}" for pick in (min, max))
    return span(first, last)
