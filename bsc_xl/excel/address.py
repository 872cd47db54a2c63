"""Addresses of cells and ranges as text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from openpyxl.utils import column_index_from_string, get_column_letter


@lru_cache(maxsize=1 << 14)  # a workbook's cells, which everything that reads or writes it asks for again and again
def split(cell: str) -> tuple[str, int]:
    """The letters of a cell's column, and its row."""
    letters = cell.rstrip("0123456789")
    return letters, int(cell[len(letters) :])


def corners(area: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """The first and the last cell of a range, split; a single cell is both."""
    first, _, last = area.partition(":")
    return split(first), split(last or first)


def cells(area: str) -> list[str]:
    """The cells of a range of one column, from top to bottom; a single cell is a range too."""
    (letters, top), (_, bottom) = corners(area)
    return [f"{letters}{row}" for row in range(top, bottom + 1)]


def whole_row(row: int) -> str:
    """The address of all cells of a row."""
    return f"{row}:{row}"


def dollars(cell: str) -> str:
    """A cell's address with dollar signs."""
    letters, row = split(cell)
    return f"${letters}${row}"


def span(first: str, last: str) -> str:
    """A range, or the one cell that it is."""
    return first if first == last else f"{first}:{last}"


def last_cell(ranges: Sequence[str]) -> str:
    """The cell at the right end of the widest and the lower end of the longest of these ranges; A1 where none is."""
    ends = [corners(range_)[1] for range_ in ranges]
    last = max((column_index_from_string(letters) for letters, _ in ends), default=1)
    return f"{get_column_letter(last)}{max((row for _, row in ends), default=1)}"
