"""Addresses of cells and ranges as text."""

from __future__ import annotations


def cells(area: str) -> list[str]:
    """The cells of a range of one column, from top to bottom; a single cell is a range too."""
    first, _, last = area.partition(":")
    letters = first.rstrip("0123456789")
    return [f"{letters}{row}" for row in range(int(first[len(letters) :]), int((last or first)[len(letters) :]) + 1)]


def dollars(cell: str) -> str:
    """A cell's address with dollar signs."""
    letters = cell.rstrip("0123456789")
    return f"${letters}${cell[len(letters) :]}"


def span(first: str, last: str) -> str:
    """A range, or the one cell that it is."""
    return first if first == last else f"{first}:{last}"
