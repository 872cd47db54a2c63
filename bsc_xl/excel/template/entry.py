"""The four perspective sheets, where staff fill in targets and actuals."""

from __future__ import annotations

from functools import partial

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.address import corners
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.layout import (
    FIRST_ROW,
    GROUP_ROW,
    HEADER_ROW,
    PERIOD_ROW,
    SUMMARY_ROW,
    Layout,
)
from bsc_xl.excel.template import checks, style
from bsc_xl.model import NA_TEXT, Perspective, Status

KINDS = {column.key: column for column in COLUMNS}
LISTS = {"polarity": "bsc_list_polarity", "consolidation": "bsc_list_consolidation", "ceiling": "bsc_list_yes_no"}


def draw(sheet: Worksheet, layout: Layout, perspective: Perspective) -> None:
    """Draw one perspective's sheet: heading, summary line, KPI table."""
    last = layout.column("status")
    style.heading(sheet, layout.title(perspective), "=" + formulas.unit_and_period(layout), last=last)
    _summary(sheet, layout, perspective)
    _headers(sheet, layout)
    for row in layout.rows(perspective):
        _row(sheet, layout, perspective, row)
    _table(sheet, layout, perspective)
    _validate(sheet, layout, perspective)
    colour(sheet, layout, perspective)
    _columns(sheet, layout)
    sheet.freeze_panes = f"{layout.column('unit_of_measure')}{FIRST_ROW}"
    area = f"A1:{last}{layout.rows(perspective)[-1]}"
    style.page(sheet, layout, area, header_rows=f"{GROUP_ROW}:{HEADER_ROW}")
    style.lock(sheet)


def _summary(sheet: Worksheet, layout: Layout, perspective: Perspective) -> None:
    """Score, status, completeness and total weight, above the columns that they belong to."""
    text = layout.labels
    found = formulas.summary(layout, perspective)
    sheet.row_dimensions[SUMMARY_ROW].height = 34
    for key, formula in found.items():
        ref = layout.summary(perspective, key)
        big = key in ("score", "status")
        words = key in ("completeness", "status")
        style.put(
            sheet[ref.cell],
            "=" + formula,
            size=style.TILE_SIZE if key == "score" else style.TEXT_SIZE,
            bold=big,
            align="left" if words else "right",
            indent=int(words),
            colour=style.INK if big else style.CAPTION,
            number_format="General" if words else style.FORMATS["score"],
        )
    score = layout.summary(perspective, "score").cell
    sheet.merge_cells(f"{score}:{layout.column('index')}{SUMMARY_ROW}")
    captions = {
        "score": (layout.column("target_to_date"), layout.column("actual_to_date")),
        "weights": (layout.column("polarity"),),
    }
    for key, letters in captions.items():
        cell = style.area(sheet, ":".join(f"{letter}{SUMMARY_ROW}" for letter in letters))
        style.put(cell, text(f"summary.{key}"), size=style.CAPTION_SIZE, colour=style.CAPTION, align="right")


def _headers(sheet: Worksheet, layout: Layout) -> None:
    text = layout.labels
    letters = layout.columns
    for group in dict.fromkeys(column.group for column in COLUMNS):
        own = [letter for (key, _), letter in letters.items() if KINDS[key].group == group]
        for letter in own:
            style.put(sheet[f"{letter}{GROUP_ROW}"], border=style.under(style.BRAND))
        style.put(
            sheet[f"{own[0]}{GROUP_ROW}"],
            text(f"group.{group}"),
            size=style.CAPTION_SIZE,
            colour=style.BRAND,
            bold=True,
            border=style.under(style.BRAND),
        )
    names = layout.period_names()
    for (key, period), letter in letters.items():
        numeric = KINDS[key].kind not in ("text", "choice")
        name = text(f"heading.{key}", period=names[period - 1]) if period else text(f"heading.{key}")
        style.header(sheet[f"{letter}{HEADER_ROW}"], name, numeric=numeric)
        if key == "target":
            style.put(sheet[f"{letter}{PERIOD_ROW}"], period, size=style.CAPTION_SIZE, colour=style.CAPTION)
    sheet.row_dimensions[GROUP_ROW].height = 18
    sheet.row_dimensions[HEADER_ROW].height = 38
    sheet.row_dimensions[PERIOD_ROW].hidden = True


def _row(sheet: Worksheet, layout: Layout, perspective: Perspective, row: int) -> None:
    found = {(key, 0): formula for key, formula in formulas.kpi(layout, perspective, row).items()}
    found |= formulas.earlier(layout, row)
    for (key, period), letter in layout.columns.items():
        cell, column = sheet[f"{letter}{row}"], KINDS[key]
        if not column.is_input:
            cell.value = "=" + found[key, period]
        if row > FIRST_ROW:
            style.like(cell, sheet[f"{letter}{FIRST_ROW}"])
        elif column.is_input:
            style.as_input(cell, column.kind)
        else:
            style.as_result(cell, column.kind, bold=key in ("index", "status"))
    sheet.row_dimensions[row].height = style.LINE * layout.lines(perspective, row)


def _table(sheet: Worksheet, layout: Layout, perspective: Perspective) -> None:
    name, ref = layout.table(perspective)
    add_table(sheet, name, ref, HEADER_ROW)


def add_table(sheet: Worksheet, name: str, ref: str, header_row: int, *, filtered: bool = False) -> None:
    """Make a range an Excel table named for code, with our own look and no filter buttons unless asked for."""
    (first, _), (last, _) = corners(ref)
    headers = sheet[f"{first}{header_row}:{last}{header_row}"][0]
    # a line break in a header is spelt out in the name of the column
    names = [str(cell.value).replace("\n", "_x000a_") for cell in headers]
    columns = [TableColumn(id=i, name=name) for i, name in enumerate(names, start=1)]
    table = Table(displayName=name, name=name, ref=ref, tableColumns=columns)
    if filtered:
        table.autoFilter = AutoFilter(ref=ref)
    sheet.add_table(table)


def _validate(sheet: Worksheet, layout: Layout, perspective: Perspective) -> None:
    """Say in the user's words what a cell takes, when it is picked or when an entry does not fit."""
    text = layout.labels
    rows = layout.rows(perspective)
    rule = partial(checks.add, sheet, text)

    def body(first: str, last: str) -> str:
        return f"{first}{rows[0]}:{last}{rows[-1]}"

    figures = body(layout.column("target", 1), layout.column("actual", layout.periods))
    corner = figures.split(":")[0]
    rule(
        figures,
        text("validation.number"),
        prompt=text("validation.input_number"),
        type="custom",
        formula1=f'OR(ISNUMBER({corner}),{corner}="{NA_TEXT}")',
    )
    weight = layout.column("weight")
    rule(
        body(weight, weight),
        text("validation.weight"),
        type="decimal",
        operator="between",
        formula1="0",
        formula2="100",
    )
    for key in ("worst", "green_from", "yellow_from"):
        cells = body(layout.column(key), layout.column(key))
        first = cells.split(":")[0]
        rule(cells, text("validation.optional_number"), type="custom", formula1=f"ISNUMBER({first})")
    for key, name in LISTS.items():
        rule(body(layout.column(key), layout.column(key)), text("validation.choice"), type="list", formula1=name)


def colour(sheet: Worksheet, layout: Layout, perspective: Perspective) -> None:
    """The conditional formats of one perspective's sheet, and nothing else of it."""
    _colour_inputs(sheet, layout, perspective)
    _colour_summary(sheet, layout, perspective)
    rows, status = layout.rows(perspective), layout.column("status")
    code = f"${layout.column('status_code')}{rows[0]}"
    style.colour_by_status(sheet, f"{status}{rows[0]}:{status}{rows[-1]}", code)
    style.whole_numbers(
        sheet, f"{layout.column('target_to_date')}{rows[0]}:{layout.column('actual_to_date')}{rows[-1]}"
    )


def _colour_inputs(sheet: Worksheet, layout: Layout, perspective: Perspective) -> None:
    """What staff fill in. Every rule covers the whole table and asks itself in which column it stands.

    So a cell that is pasted onto another one of the table takes the same rules along, and one that comes from elsewhere
    cuts a hole into all of them alike.
    """
    letters = [letter for (key, _), letter in layout.columns.items() if KINDS[key].is_input]
    rows = layout.rows(perspective)
    row, cell = rows[0], f"{letters[0]}{rows[0]}"
    yellow = PatternFill(bgColor=style.STATUS_GROUND[Status.YELLOW])

    def rule(formula: str, **look: object) -> None:
        cells = f"{letters[0]}{row}:{letters[-1]}{rows[-1]}"
        sheet.conditional_formatting.add(cells, FormulaRule(formula=[formula], **look))

    def within(first: str, last: str, formula: str) -> str:
        return f"IF(AND(COLUMN({cell})>=COLUMN(${first}{row}),COLUMN({cell})<=COLUMN(${last}{row})),{formula},0)"

    target, actual = layout.column("target", 1), layout.column("actual", 1)
    last = layout.column("actual", layout.periods)
    wrong = within(target, last, f'AND(ISTEXT({cell}),{cell}<>"",{cell}<>"{NA_TEXT}")')
    for formula in (f"ISERROR({cell})", wrong):
        ground = PatternFill(bgColor=style.STATUS_GROUND[Status.RED])
        rule(formula, font=Font(color=style.STATUS_INK[Status.RED], bold=True), fill=ground)
    # an actual that the reporting period needs and that is not there yet
    period = f"(COLUMN({cell})-COLUMN(${actual}{row})+1)"
    has_target = f"ISNUMBER(INDEX({layout.block('target', row)},1,{period}))"
    rule(within(actual, last, f'AND({cell}="",{period}<=bsc_period,{has_target})'), fill=yellow)
    # a row that somebody began: what it still needs before it counts
    code, name = (f"${layout.column(key)}{row}" for key in ("kpi_code", "kpi_name"))
    needed = (f"${layout.column(key)}{row}" for key in ("kpi_code", "polarity", "consolidation", "weight"))
    here = ",".join(f"COLUMN({cell})=COLUMN({other})" for other in needed)
    rule(f'AND({cell}="",{code}&{name}<>"",OR({here}))', fill=yellow)
    style.whole_numbers(sheet, f"{letters[0]}{row}:{letters[-1]}{rows[-1]}", partial(within, target, last))


def _colour_summary(sheet: Worksheet, layout: Layout, perspective: Perspective) -> None:
    score, status, weights = (layout.summary(perspective, key).cell for key in ("score", "status", "weights"))
    style.colour_by_status(sheet, status, f"bsc_rollup_status_{perspective}", ground=False)
    wrong = f"AND(bsc_applicable_{perspective}>0,ABS({weights}-100)>1/100)"
    sheet.conditional_formatting.add(
        weights, FormulaRule(formula=[wrong], font=Font(color=style.STATUS_INK[Status.RED], bold=True))
    )
    quiet = FormulaRule(formula=[f"ISTEXT({score})"], font=Font(color=style.CAPTION, bold=False))
    sheet.conditional_formatting.add(score, quiet)


def _columns(sheet: Worksheet, layout: Layout) -> None:
    """Widths; the trace of the calculation is folded away, one click on the outline shows it."""
    for (key, _), letter in layout.columns.items():
        dimension = sheet.column_dimensions[letter]
        column = KINDS[key]
        dimension.width = max(column.width, layout.value_width) if column.kind == "value" else column.width
        if KINDS[key].group == "trace":
            dimension.outlineLevel, dimension.hidden = 1, True
    sheet.sheet_properties.outlinePr.summaryRight = False
