"""The sheets that are plain tables: history, checks; and the hidden trace."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.address import corners, split
from bsc_xl.excel.columns import (
    CHECK_COLUMNS,
    DISCIPLINE_COLUMNS,
    EVIDENCE_COLUMNS,
    HISTORY_COLUMNS,
    HISTORY_NAME,
    KPI_LISTS,
    RECORD_TEXTS,
    TRACE_CHART,
    TRACE_COLUMNS,
    TRACE_GAUGE,
    TRACE_ROLLUP,
    TRACE_SETTINGS,
)
from bsc_xl.excel.fields import EFFECTIVE, settings_label
from bsc_xl.excel.layout import LIST_HEADER_ROW, ORGANISATION, TRACE_FIRST_ROW, Layout, Ref
from bsc_xl.excel.room import CHECK_ROWS
from bsc_xl.excel.template import style
from bsc_xl.excel.template.entry import add_table
from bsc_xl.model import PERIODS_PER_YEAR, Perspective, Status
from bsc_xl.scoring.arrays import code as code_of

WIDTHS = {
    "kpi_code": 8,
    "perspective": 27,
    "kpi_name": HISTORY_NAME,
    "status": 18,
    "year": 8,
    "period": 9,
    "target_to_date": 12,
    "actual_to_date": 12,
    "achievement": 11,
    "index": 10,
    "closed": 17,
    "number": 6,
    "kind": 18,
    "sheet": 28,
    "cell": 10,
    "finding": 78,
    "found": 26,
    "recorded": 16,
    "evidence_kind": 17,
    "measure": 22,
    "numerator": 14,
    "denominator": 14,
    "evidence_value": 10,
    "file": 26,
    "checksum": 35,
    "rows_used": 9,
    "rows_set_aside": 9,
    "reasons": 44,
    "employee_id": 20,
    "workdays": 9,
    "attended": 9,
    "on_leave": 9,
    "absent": 10,
    "on_time_percent": 10,
    "late": 10,
    "late_minutes": 11,
    **{f"late_{i}": 11 for i in range(1, 5)},
    "early": 11,
    "early_minutes": 11,
    "missing_clocks": 11,
    "year_days": 12,
    "sanction": 46,
}
KINDS = {
    "gap": "gap",
    "index": "score",
    "year": "integer",
    "period": "integer",
    "target_to_date": "value",
    "actual_to_date": "value",
    "achievement": "percent",
    "number": "integer",
    **{f"index_{period}": "score" for period in range(max(PERIODS_PER_YEAR) + 1)},
    "change": "gap",
    "year_target": "value",
    "required": "value",
    "forecast": "value",
    "forecast_index": "score",
    **{key: "integer" for key in (*EVIDENCE_COLUMNS, *DISCIPLINE_COLUMNS) if key not in RECORD_TEXTS},
}
DATES = {"closed": "dd/mm/yyyy hh:mm"}


def history(sheet: Worksheet, layout: Layout) -> None:
    """Only the header and empty rows: closing a period appends to them."""
    outline(sheet, layout, "history", HISTORY_COLUMNS, 0, layout.labels("history.subtitle"))
    records_line(sheet, layout, "history")
    for key in HISTORY_COLUMNS:
        kind = KINDS.get(key, "text")
        text = kind == "text" and key not in DATES
        model = sheet[layout.list_cell("history", key, 0).cell]
        style.put(
            model,
            align="left" if text else "right",
            wrap=text,
            indent=int(text),
            number_format=DATES.get(key, style.FORMATS[kind]),
        )
        for i in range(1, _rows(layout.list_table("history")[1])):
            style.like(sheet[layout.list_cell("history", key, i).cell], model)
    # a rule below each row that is filled in; empty rows leave no mark and so are not printed
    cells = layout.list_table("history")[1].replace(str(LIST_HEADER_ROW), str(LIST_HEADER_ROW + 1), 1)
    filled = f"NOT(ISBLANK(${cells.split(':')[0]}))"
    sheet.conditional_formatting.add(cells, FormulaRule(formula=[filled], border=style.under()))


def records_line(sheet: Worksheet, layout: Layout, key: str) -> None:
    """The line above a table that begins empty."""
    line = layout.records_line(key)
    style.put(sheet[line.cell], "=" + formulas.records(layout)[line], bold=True)
    sheet.row_dimensions[LIST_HEADER_ROW - 1].height = 24


def checks(sheet: Worksheet, layout: Layout) -> None:
    """What the last recalculation found. Nothing yet: one line says what to do.

    The rows hold no cells but one that keeps their height, their look is that of their columns: every workbook has this
    sheet and few fill much of it.
    """
    text = layout.labels
    outline(sheet, layout, "checks", CHECK_COLUMNS, 0, text("checks.subtitle"))
    style.put(sheet[layout.checked().cell], text("checks.never"), bold=True)
    sheet.row_dimensions[LIST_HEADER_ROW - 1].height = 24
    for key in CHECK_COLUMNS:
        number = key == "number"
        style.put_column(
            sheet,
            split(layout.list_cell("checks", key, 0).cell)[0],
            align="right" if number else "left",
            wrap=not number,
            indent=int(not number),
            link=key == "cell",
        )
    (first, header), (last, bottom) = corners(layout.list_table("checks")[1])
    for row in range(header + 1, bottom + 1):
        style.fitted(sheet, row, 2 * style.LINE)
    kind = layout.list_cell("checks", "kind", 0).cell
    column = f"{kind}:{layout.list_cell('checks', 'kind', CHECK_ROWS - 1).cell}"
    for status, kinds in ((Status.RED, ("failure", "overwritten", "difference")), (Status.YELLOW, ("incomplete",))):
        same = ",".join(f"{kind}={formulas.quoted_label(layout, f'checks.kind_{name}')}" for name in kinds)
        font = Font(color=style.STATUS_INK[status], bold=True)
        # with the rule below it: some programs apply the first format that fits, and no other
        look = FormulaRule(formula=[f"OR({same})"], font=font, border=style.under())
        sheet.conditional_formatting.add(column, look)
    filled = FormulaRule(formula=[f"NOT(ISBLANK(${first}{header + 1}))"], border=style.under())
    sheet.conditional_formatting.add(f"{first}{header + 1}:{last}{bottom}", filled)


def outline(
    sheet: Worksheet,
    layout: Layout,
    key: str,
    columns: tuple[str, ...],
    rows: int,
    subtitle: str,
    headings: Mapping[str, str] | None = None,
    widths: Mapping[str, float] = WIDTHS,
) -> None:
    """Heading, header row, widths, table, page of a plain table. `headings`: of columns that no label names.

    Of a list of KPIs the rows of those that there are are printed; once spare rows are filled in, a recalculation has
    them printed. Of other lists all that is filled in is.
    """
    named = headings or {}
    name, ref = layout.list_table(key)
    last, bottom = corners(ref)[1]
    style.heading(sheet, layout.title(key), subtitle, last=last)
    style.put(sheet["B3"], "=" + formulas.unit_and_period(layout), size=style.CAPTION_SIZE, colour=style.CAPTION)
    for column in columns:
        cell = layout.list_cell(key, column, -1).cell
        heading = named.get(column) or layout.labels(f"heading.{column}")
        style.header(sheet[cell], heading, numeric=KINDS.get(column, "text") != "text")
        sheet.column_dimensions[split(cell)[0]].width = widths[column]
    sheet.row_dimensions[LIST_HEADER_ROW].height = 30
    for i in range(rows):
        sheet.row_dimensions[LIST_HEADER_ROW + 1 + i].height = 28
    add_table(sheet, name, ref, LIST_HEADER_ROW, filtered=True)
    sheet.freeze_panes = f"A{LIST_HEADER_ROW + 1}"
    unused = sum(layout.spare) if any(layout.kpis) else 0
    printed = f"A1:{last}{bottom - unused}" if key in KPI_LISTS else None
    style.page(sheet, layout, printed, header_rows=f"{LIST_HEADER_ROW}:{LIST_HEADER_ROW}")
    style.lock(sheet)


def _rows(ref: str) -> int:
    (_, header), (_, last) = corners(ref)
    return last - header


def trace(sheet: Worksheet, layout: Layout) -> None:
    """The list behind charts and rankings, and the roll-up; hidden, and plain on purpose."""
    text = layout.labels
    style.put(sheet["A1"], layout.title("trace"), size=style.UNIT_SIZE, colour=style.BRAND, bold=True)
    for key in (*TRACE_COLUMNS, *TRACE_CHART, *TRACE_GAUGE):
        style.header(sheet[layout.trace(key, -1).cell], text(f"heading.{key}"))
    for key in TRACE_ROLLUP:
        name = text("dashboard.target") if key == "target" else text(f"heading.{key}")
        style.header(sheet[layout.rollup(key, -1).cell], name)
    for i, (perspective, _) in enumerate(layout.slots):
        style.put(sheet[layout.trace("place", i).cell], i + 1)
        style.put(sheet[layout.trace("perspective", i).cell], code_of(perspective) + 1)
    for i, perspective in enumerate(Perspective):
        style.put(sheet[layout.rollup("rollup_name", i).cell], text(f"perspective_short.{perspective}"))
        style.put(sheet[layout.rollup("target", i).cell], 100)
    for i, band in enumerate((Status.RED, Status.YELLOW, Status.GREEN)):
        style.put(sheet[layout.trace("gauge_name", i).cell], text(f"status.{band}"))
    style.put(sheet[layout.rollup("rollup_name", ORGANISATION).cell], text("dashboard.caption"))
    first = [layout.trace(key, 0) for key in ("index", "before", "change", "forecast_index", "chart_good", "chart_red")]
    first += [layout.rollup(key, 0) for key in ("score", "rollup_before", "rollup_change")]
    scores = frozenset(split(ref.cell)[0] for ref in first)
    for key in TRACE_SETTINGS:
        style.header(
            sheet[f"{split(layout.effective(EFFECTIVE[0], key).cell)[0]}{TRACE_FIRST_ROW - 1}"],
            text(f"heading.{key}"),
        )
    for key in EFFECTIVE:
        name = text(settings_label(key))
        style.put(sheet[layout.effective(key, "setting_name").cell], name)
    for part in (formulas.trace, formulas.outlook, formulas.rollup, formulas.gauge, formulas.chart, formulas.effective):
        for ref, formula in part(layout).items():
            _traced(sheet, ref, formula, scores)
    sheet.column_dimensions[layout.trace("name", 0).cell[0]].width = 36
    sheet.column_dimensions[layout.trace("chart_name", 0).cell[0]].width = 36
    sheet.freeze_panes = f"A{TRACE_FIRST_ROW}"
    sheet.sheet_state = "hidden"
    style.lock(sheet)


def _traced(sheet: Worksheet, ref: Ref, formula: str, scores: frozenset[str]) -> None:
    cell = sheet[ref.cell]
    cell.value = "=" + formula
    if cell.row > TRACE_FIRST_ROW:
        style.like(cell, sheet[f"{cell.column_letter}{TRACE_FIRST_ROW}"])
    else:
        style.put(cell, number_format=style.FORMATS["score"] if cell.column_letter in scores else None)
