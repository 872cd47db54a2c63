"""The content of cells on its way between xlwings and us, and cells that are written together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import range_boundaries

from bsc_xl.excel.address import span, split
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import Ref
from bsc_xl.excel.port import Found
from bsc_xl.excel.results import Value
from bsc_xl.tables import ExcelError, UncalculatedFormulaError

ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!")
)

Entry = str | float | None
Rectangle = tuple[int, int, list[list[Entry]]]
"""First row, first column (from 1), what goes into the cells."""


def serial_of(**parts: Any) -> float:
    """The serial number of a date whose parts xlwings names."""
    return serial(datetime(**parts))  # noqa: DTZ001 - a workbook's clock has no time zone


def contents(values: list[list[Any]], shown: Any) -> tuple[list[list[Found]], list[list[str | None]]]:
    """What the cells of a range hold and their formulas, from its values and formulas as xlwings gives them."""
    texts = shown if isinstance(shown, list | tuple) else [[shown]]
    formulas = [[_formula(*each) for each in zip(*rows, strict=True)] for rows in zip(texts, values, strict=True)]
    return [
        [_found(*each) for each in zip(*rows, strict=True)] for rows in zip(values, formulas, strict=True)
    ], formulas


def contents_as_typed(shown: Any) -> tuple[list[list[Found]], list[list[str | None]]]:
    """The same from the formulas alone: formulas that nobody has calculated, and all else as the text that is typed."""
    values: list[list[Found]] = [[_uncalculated(text) for text in row] for row in shown]
    return values, [[_formula(text, None) for text in row] for row in shown]


def _uncalculated(text: Any) -> Found:
    if _looks_like_formula(text):
        return UncalculatedFormulaError(text)
    return None if text == "" else str(text)


def _formula(text: Any, value: Any) -> str | None:
    """The formula of a cell; a text that looks like one reads the same in both."""
    return text[1:] if _looks_like_formula(text) and text != value else None


def _looks_like_formula(text: Any) -> bool:
    return isinstance(text, str) and text.startswith("=")


def _found(value: Any, shown: str | None) -> Found:
    """What a cell holds, from what xlwings gives for it and the formula that it has."""
    match value:
        case None:
            return None if shown is None else ""  # xlwings takes a formula that shows nothing for a blank
        case str() if value in ERRORS:
            return ExcelError(value)
        case str() | bool():
            return value
        case int() | float() | Decimal():
            return float(value)
        case _:
            return str(value)


def rectangles(cells: Mapping[Ref, Entry]) -> dict[str, list[Rectangle]]:
    """Sheet key -> what goes into its cells, neighbours together."""
    entries: dict[str, dict[tuple[int, int], Entry]] = defaultdict(dict)
    for ref, entry in cells.items():
        entries[ref.sheet][_place(ref)] = entry
    return {key: list(_blocks(own)) for key, own in entries.items()}


def cells(area: str) -> Iterator[tuple[int, int]]:
    """Row and column, from 1, of the cells of a range."""
    left, top, right, bottom = range_boundaries(area)
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def areas(places: Collection[tuple[int, int]]) -> list[str]:
    """The cells at these rows and columns as ranges, neighbours together."""
    blocks = _blocks(dict.fromkeys(places))
    ends = [(top, left, top + len(rows) - 1, left + len(rows[0]) - 1) for top, left, rows in blocks]
    return [
        span(f"{get_column_letter(left)}{top}", f"{get_column_letter(right)}{bottom}")
        for top, left, bottom, right in ends
    ]


def _place(ref: Ref) -> tuple[int, int]:
    letters, row = split(ref.cell)
    return row, column_index_from_string(letters)


def entry(value: Value) -> Entry:
    """A value as it is entered: text behind an apostrophe is never read as a formula, a number or a date."""
    if isinstance(value, str):
        return f"'{value}" if value else None
    return value


def _blocks(entries: Mapping[tuple[int, int], Entry]) -> Iterator[Rectangle]:
    """The fewest rectangles that rows of equal extent give: runs of a row, joined to those above that are as wide."""
    open_: dict[tuple[int, int], Rectangle] = {}
    runs: dict[int, list[tuple[int, list[Entry]]]] = defaultdict(list)
    for row, column in sorted(entries):
        own = runs[row]
        if own and own[-1][0] + len(own[-1][1]) == column:
            own[-1][1].append(entries[row, column])
        else:
            own.append((column, [entries[row, column]]))
    for row, own in runs.items():
        extents = {(column, len(run)): run for column, run in own}
        for extent in [
            extent for extent, (top, _, rows) in open_.items() if extent not in extents or top + len(rows) != row
        ]:
            yield open_.pop(extent)
        for (column, width), run in extents.items():
            open_.setdefault((column, width), (row, column, []))[2].append(run)
    yield from open_.values()


def within(area: tuple[int, ...], bounds: tuple[int, ...]) -> tuple[range, range]:
    """The rows and columns of an area (columns and rows from 1, None where it is open) that lie within the bounds."""
    left, top, right, bottom = (own or limit for own, limit in zip(area, bounds, strict=True))
    return range(max(top, bounds[1]), min(bottom, bounds[3]) + 1), range(
        max(left, bounds[0]), min(right, bounds[2]) + 1
    )
