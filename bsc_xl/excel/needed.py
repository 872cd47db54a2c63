"""The inputs that the reporting period still needs, in the order in which a person goes through the workbook."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.utils import column_index_from_string

from bsc_xl.excel.address import split
from bsc_xl.excel.layout import SHEETS, Layout, Ref
from bsc_xl.excel.port import is_number
from bsc_xl.excel.reading import KpiRow, Reading
from bsc_xl.tables import parse

KPI_NEEDS = ("kpi_code", "kpi_name", "polarity", "consolidation", "weight")
UNIT_NEEDS = ("unit_code", "unit_name")


def needed(layout: Layout, reading: Reading) -> list[Ref]:
    """Empty cells that keep a KPI, or the unit, from being complete up to the reporting period."""
    found = [ref for row in reading.filled for ref in _of_row(layout, row, reading.tables.settings.period)]
    unit = reading.tables.units.iloc[0]
    found += [layout.settings[key] for key in UNIT_NEEDS if not unit[key]]
    if not reading.tables.settings.year:
        found.append(layout.settings["year"])
    return sorted(found, key=reading_order)


def _of_row(layout: Layout, row: KpiRow, period: int) -> Iterator[Ref]:
    """What begins a row is all that it needs at first; without any target the reporting period needs one."""
    cells = [(key, 0) for key in KPI_NEEDS if parse.is_blank(row.inputs[key])]
    targets = [p for p in range(1, period + 1) if not parse.is_blank(row.figures["target", p])]
    if not targets:
        cells.append(("target", period))
    cells += [
        ("actual", p) for p in targets if is_number(row.figures["target", p]) and row.figures["actual", p] in (None, "")
    ]
    return (layout.cell(row.perspective, row.row, *at) for at in cells)


def reading_order(ref: Ref) -> tuple[int, int, int]:
    """Sheet by sheet, row by row."""
    letters, row = split(ref.cell)
    return SHEETS.index(ref.sheet), row, column_index_from_string(letters)
