"""The sheets that importing evidence fills: which file a figure comes from, and the discipline of employees.

Their rows hold no cells, their look is that of their columns: every workbook has these sheets, and few fill many rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.address import corners, split
from bsc_xl.excel.columns import DISCIPLINE_COLUMNS, EVIDENCE_COLUMNS, RECORD_TEXTS
from bsc_xl.excel.layout import LIST_HEADER_ROW, Layout
from bsc_xl.excel.template import style
from bsc_xl.excel.template.lists import outline, records_line
from bsc_xl.labels import Labels
from bsc_xl.policies import load

FORMATS = {
    "recorded": "dd/mm/yyyy hh:mm",
    "numerator": "#,##0.##",
    "denominator": "#,##0.##",
    "evidence_value": style.FORMATS["score"],
    "on_time_percent": style.FORMATS["score"],
}


HEIGHTS = {"evidence": 29, "discipline": 29}
"""Of a row: a checksum takes two lines, and so does a sanction."""


def evidence(sheet: Worksheet, layout: Layout) -> None:
    """One row for each KPI and period whose actual comes from a file."""
    _records(sheet, layout, "evidence", EVIDENCE_COLUMNS)


def discipline(sheet: Worksheet, layout: Layout) -> None:
    """One row for each employee and period of an attendance log."""
    _records(sheet, layout, "discipline", DISCIPLINE_COLUMNS, _brackets(layout.labels))


def _brackets(text: Labels) -> dict[str, str]:
    """What the columns of lateness are called: the minutes of their bracket."""
    begin = load().discipline_rules.lateness_from
    ranges = [text("lateness.between", first=first, last=after - 1) for first, after in pairwise(begin)]
    ranges.append(text("lateness.over", minutes=begin[-1] - 1))
    return {f"late_{i}": text("heading.late_bracket", minutes=minutes) for i, minutes in enumerate(ranges, start=1)}


def _records(
    sheet: Worksheet, layout: Layout, key: str, columns: tuple[str, ...], headings: Mapping[str, str] | None = None
) -> None:
    outline(sheet, layout, key, columns, 0, layout.labels(f"{key}.subtitle"), headings)
    records_line(sheet, layout, key)
    sheet.row_dimensions[LIST_HEADER_ROW].height = 42
    for column in columns:
        text = column in RECORD_TEXTS
        style.put_column(
            sheet,
            split(layout.list_cell(key, column, 0).cell)[0],
            align="left" if text else "right",
            wrap=text,
            indent=int(text),
            vertical="center",
            number_format="@" if text else FORMATS.get(column, "0"),
        )
    (first, header), (last, bottom) = corners(layout.list_table(key)[1])
    for row in range(header + 1, bottom + 1):
        sheet.row_dimensions[row].height = HEIGHTS[key]
    filled = FormulaRule(formula=[f"NOT(ISBLANK(${first}{header + 1}))"], border=style.under())
    sheet.conditional_formatting.add(f"{first}{header + 1}:{last}{bottom}", filled)
