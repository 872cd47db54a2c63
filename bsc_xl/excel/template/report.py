"""The report of one employee: one A4 page with results, KPIs, behaviour, nine boxes, conclusion and signatures."""

from __future__ import annotations

from functools import partial

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.formulas.people import RULES
from bsc_xl.excel.grid import DASHBOARD_COLUMNS
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.roster import BOXES, FIRST_VALUE, LAST_VALUE, REPORT_COLUMNS, REPORT_KPIS
from bsc_xl.excel.template import checks, style
from bsc_xl.excel.template.dashboard import GRID_WIDTH
from bsc_xl.excel.template.judgement import box_status, fill, punished, rating_status, wrong_value
from bsc_xl.excel.template.signature import heights, signature
from bsc_xl.model import Behaviour, Expectation

LAST_ROW = 35
ROW = 19
HEIGHTS = {
    1: 8,
    2: 30,
    3: 17,
    4: 9,
    5: 17,
    6: 34,
    7: 19,
    8: 10,
    10: 19,
    25: 28,
    26: 10,
    27: 30,
    28: 10,
    **heights(29, roles=1),
}
NAMES = {"kpi_name", "kpi_code", "status"}
_CAPTION = {"size": style.CAPTION_SIZE, "colour": style.CAPTION}


def report(sheet: Worksheet, layout: Layout) -> None:
    """Draw the report."""
    sheet.column_dimensions["A"].width = 2
    for i in range(DASHBOARD_COLUMNS):
        sheet.column_dimensions[get_column_letter(i + 2)].width = GRID_WIDTH
    for row in range(1, LAST_ROW + 1):
        sheet.row_dimensions[row].height = HEIGHTS.get(row, ROW)
    found = {ref.cell: "=" + formula for ref, formula in formulas.people(layout).items()}
    values = {key: found.get(layout.picture(key).cell) for key in layout.pictures}
    _head(sheet, layout, values)
    _tiles(sheet, layout, values)
    _kpis(sheet, layout, values)
    _behaviour(sheet, layout)
    _nine_boxes(sheet, layout, values)
    _end(sheet, layout, values)
    style.page(sheet, layout, f"A1:{get_column_letter(DASHBOARD_COLUMNS + 1)}{LAST_ROW}", one_page=True)
    style.lock(sheet)


def _head(sheet: Worksheet, layout: Layout, values: dict[str, str | None]) -> None:
    name = {"size": style.UNIT_SIZE, "colour": style.BRAND, "bold": True, "shrink": True}
    fill(sheet, layout, "employee_name", values["employee_name"], **name)
    fill(sheet, layout, "employee_id", values["employee_id"], border=style.under(style.BRAND, "medium"), **_CAPTION)


def _tiles(sheet: Worksheet, layout: Layout, values: dict[str, str | None]) -> None:
    """Work result, behaviour, discipline, rating: the figure and the word for it."""
    text, ground = layout.labels, {"ground": style.SOFT, "indent": 1}
    words = ("result_level", "behaviour_level", "sanction", "employee_rating")
    for word in words:
        fill(sheet, layout, f"caption_{word}", text(f"employee.caption_{word}"), bold=True, **_CAPTION, **ground)
        fill(sheet, layout, word, values[word], bold=True, shrink=True, **ground)
    for figure, form in (("work_result", "score"), ("behaviour_mean", "score"), ("unexcused_days", "integer")):
        look = {"size": style.TILE_SIZE, "colour": style.BRAND, "bold": True, "number_format": style.FORMATS[form]}
        fill(sheet, layout, figure, values[figure], **look, **ground)
    cell = layout.picture("work_result").cell
    quiet = FormulaRule(formula=[f"ISTEXT({cell})"], font=Font(color=style.CAPTION, bold=False))
    sheet.conditional_formatting.add(cell, quiet)
    fill(sheet, layout, "new_idea", values["new_idea"], vertical="bottom", **_CAPTION, **ground)
    rating = layout.picture("employee_rating").cell
    style.colour_by_status(sheet, layout.pictures["employee_rating"], rating_status(f"${rating}"))
    style.colour_where(sheet, layout.pictures["sanction"], punished(layout))


def _kpis(sheet: Worksheet, layout: Layout, values: dict[str, str | None]) -> None:
    text = layout.labels
    fill(sheet, layout, "kpis", text("employee.kpis"), bold=True, border=style.under(style.CAPTION), **_CAPTION)
    for key in REPORT_COLUMNS:
        fill(sheet, layout, f"{key}_-1", text(f"employee.heading_{key}"), bold=True, border=style.under(),
             align="left" if key in NAMES else "right", indent=int(key == "status"), **_CAPTION)  # fmt: skip
    for i in range(REPORT_KPIS):
        for key in REPORT_COLUMNS:
            look = {
                "align": "left" if key in NAMES else "right",
                "number_format": style.FORMATS["score" if key == "index" else "value"],
                "bold": key in ("index", "status"),
                "indent": int(key == "status"),
            }
            fill(sheet, layout, f"{key}_{i}", values[f"{key}_{i}"], shrink=True, border=style.under(), **look)
    first, last = (layout.pictures[f"status_{i}"] for i in (0, REPORT_KPIS - 1))
    state = style.code_of_status(f"${layout.picture('status_0').cell}")
    style.colour_by_status(sheet, f"{first.split(':')[0]}:{last.split(':')[1]}", state, ground=False)
    first, last = layout.picture("target_to_date_0").cell, layout.pictures[f"actual_to_date_{REPORT_KPIS - 1}"]
    style.whole_numbers(sheet, f"{first}:{last.split(':')[1]}")


def _behaviour(sheet: Worksheet, layout: Layout) -> None:
    """The seven values, which the head of the unit fills in."""
    text = layout.labels
    caption = text("employee.behaviour_values")
    fill(sheet, layout, "behaviour", caption, bold=True, border=style.under(style.CAPTION), **_CAPTION)
    for value in Behaviour:
        fill(sheet, layout, f"name_{value}", text(f"behaviour.{value}"), border=style.under())
        style.area(sheet, layout.pictures[value])
        for cell in sheet[layout.pictures[value]][0]:
            style.as_input(cell, "value")
    first, last = (layout.pictures[value] for value in (FIRST_VALUE, LAST_VALUE))
    cells = f"{first.split(':')[0]}:{last.split(':')[1]}"
    least, most = (f"{bound:g}" for bound in RULES.behaviour_scale)
    message = text("validation.behaviour", least=least, most=most)
    between = {"type": "decimal", "operator": "between", "formula1": least, "formula2": most}
    checks.add(sheet, text, cells, message, prompt=message, **between)
    style.colour_where(sheet, cells, wrong_value(first.split(":")[0]))
    style.whole_numbers(sheet, cells)


def _nine_boxes(sheet: Worksheet, layout: Layout, values: dict[str, str | None]) -> None:
    """The box in which the employee is stands out by its sign and its colour."""
    text = layout.labels
    caption = f"{text('employee.caption_nine_box')} · {text('employee.axes')}"
    fill(sheet, layout, "nine_box", caption, bold=True, border=style.under(style.CAPTION), **_CAPTION)
    for i, level in enumerate(Expectation):
        fill(sheet, layout, f"result_{i}", text(f"expectation.{level}"), wrap=True, **_CAPTION)
        fill(sheet, layout, f"behaviour_{i}", text(f"expectation.{level}"), wrap=True, align="center",
             vertical="top", **_CAPTION)  # fmt: skip
    for r, b in BOXES:
        key, cell = f"box_{r}_{b}", layout.picture(f"box_{r}_{b}").cell
        fill(sheet, layout, key, values[key], size=style.CAPTION_SIZE, colour=style.CAPTION, ground=style.SOFT,
             align="center", wrap=True)  # fmt: skip
        style.set_apart(sheet, layout.pictures[key], above=r > 0)
        status = box_status(RULES.matrix[r][b])
        style.colour_where(sheet, layout.pictures[key], f'LEFT(${cell},1)="{text("employee.here")[0]}"', status)


def _end(sheet: Worksheet, layout: Layout, values: dict[str, str | None]) -> None:
    """Conclusion, and where it is signed."""
    text = layout.labels
    fill(sheet, layout, "conclusion", values["conclusion"], ground=style.SOFT, indent=1, wrap=True, bold=True)
    for key in ("signed_by_employee", "signed_by_head"):
        fill(sheet, layout, key, text(f"employee.{key}"), **_CAPTION)
    fill(sheet, layout, "employee_signature", values["employee_signature"], bold=True, shrink=True)
    signature(sheet, partial(fill, sheet, layout), lambda key: layout.picture(key).cell, formulas.signature(layout))
