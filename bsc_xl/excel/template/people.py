"""The sheet `employees`: a unit's employees with their nine-box picture, or the report of one employee."""

from __future__ import annotations

from functools import partial

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.address import corners, split
from bsc_xl.excel.formulas.people import RULES
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.roster import (
    BOXES,
    FIRST_VALUE,
    LAST_VALUE,
    RATINGS,
    ROSTER_COLUMNS,
    ROSTER_HEADER_ROW,
    ROSTER_INPUTS,
)
from bsc_xl.excel.template import checks, style
from bsc_xl.excel.template.entry import add_table
from bsc_xl.excel.template.judgement import box_status, fill, punished, rating_status, wrong_value
from bsc_xl.excel.template.report import report
from bsc_xl.model import Behaviour, Expectation, Level

WIDTHS = {
    "employee_id": 21,
    "employee_name": 30,
    "work_result": 10,
    **dict.fromkeys(map(str, Behaviour), 11.5),
    "behaviour_mean": 9,
    "behaviour_level": 18,
    "result_level": 18,
    "unexcused_days": 12,
    "sanction": 44,
    "new_idea": 9,
    "employee_rating": 21,
}
KINDS = {
    "work_result": "score",
    **dict.fromkeys(map(str, Behaviour), "value"),
    "behaviour_mean": "score",
    "unexcused_days": "integer",
    "new_idea": "choice",
}
BOX_ROW = 25
COUNTS = '0;-0;"–"'
"""How many employees: none is a dash."""


def draw(sheet: Worksheet, layout: Layout) -> None:
    """Draw the sheet for the workbook of a unit or of an employee."""
    if layout.level is Level.EMPLOYEE:
        report(sheet, layout)
        return
    found = {ref.cell: formula for ref, formula in formulas.people(layout).items()}
    last = get_column_letter(1 + len(ROSTER_COLUMNS))
    style.heading(sheet, layout.title("employees"), layout.labels("employee.subtitle"), last=last)
    style.put(sheet["B3"], "=" + formulas.unit_and_period(layout), size=style.CAPTION_SIZE, colour=style.CAPTION)
    _nine_boxes(sheet, layout, found)
    _ratings(sheet, layout, found)
    _list(sheet, layout, found)
    _validate(sheet, layout)
    _colour(sheet, layout)
    sheet.freeze_panes = "D1"  # who it is; the picture above the list is too high to stay in sight
    area = f"A1:{last}{corners(layout.people_table()[1])[1][1]}"
    style.page(sheet, layout, area, header_rows=f"{ROSTER_HEADER_ROW}:{ROSTER_HEADER_ROW}")
    style.lock(sheet)


def _nine_boxes(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    """How many employees are in each box, and the rating that belongs to it; better to the right and to the top."""
    text = layout.labels
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION}
    for key in ("nine_box", "ratings"):
        fill(
            sheet, layout, key, text(f"employee.caption_{key}"), bold=True, border=style.under(style.CAPTION), **caption
        )
    fill(sheet, layout, "result_axis", text("employee.result_axis"), align="right", indent=1, **caption)
    fill(sheet, layout, "behaviour_axis", text("employee.behaviour_axis"), align="center", **caption)
    for i, level in enumerate(Expectation):
        word = text(f"expectation.{level}")
        fill(sheet, layout, f"result_{i}", word, align="right", indent=1)
        fill(sheet, layout, f"behaviour_{i}", word, align="center")
    for r, b in BOXES:
        rating = RULES.matrix[r][b]
        colour = box_status(rating)
        ground = {"ground": style.STATUS_GROUND[colour], "align": "center"}
        count = layout.picture(f"count_{r}_{b}").cell
        fill(sheet, layout, f"count_{r}_{b}", "=" + found[count], size=style.UNIT_SIZE, bold=True,
              number_format=COUNTS, vertical="bottom", **ground)  # fmt: skip
        fill(sheet, layout, f"box_{r}_{b}", text(f"rating.matrix.{rating}"), colour=style.STATUS_INK[colour],
              size=style.CAPTION_SIZE, bold=True, vertical="top", **ground)  # fmt: skip
        style.set_apart(sheet, f"{count}:{layout.pictures[f'box_{r}_{b}'].split(':')[1]}")
        for row in (7 + 2 * r, 8 + 2 * r):
            sheet.row_dimensions[row].height = BOX_ROW


def _ratings(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    """How many employees have each rating, and how many have none yet."""
    for k in range(RATINGS + 1):
        word, count = (layout.picture(f"{key}_{k}").cell for key in ("rating", "given"))
        value = "=" + found[word] if word in found else layout.labels("employee.not_judged")
        fill(sheet, layout, f"rating_{k}", value, border=style.under(), indent=1)
        fill(sheet, layout, f"given_{k}", "=" + found[count], align="right", bold=True, border=style.under(),
              number_format=COUNTS)  # fmt: skip


def _list(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    text = layout.labels
    for key in ROSTER_COLUMNS:
        cell = layout.person(key, -1).cell
        label = f"behaviour.{key}" if key in set(Behaviour) else f"heading.{key}"
        style.header(sheet[cell], text(label), numeric=KINDS.get(key, "choice") != "choice")
        sheet.column_dimensions[split(cell)[0]].width = WIDTHS[key]
    sheet.row_dimensions[ROSTER_HEADER_ROW].height = 42
    for i in range(layout.people):
        for key in ROSTER_COLUMNS:
            cell = sheet[layout.person(key, i).cell]
            if key not in ROSTER_INPUTS:
                cell.value = "=" + found[cell.coordinate]
            if i:
                style.like(cell, sheet[layout.person(key, 0).cell])
            elif key in ROSTER_INPUTS:
                style.as_input(cell, KINDS.get(key, "text"))
            else:
                style.as_result(cell, KINDS.get(key, "text"), bold=key == "employee_rating", wrap=key == "sanction")
        sheet.row_dimensions[ROSTER_HEADER_ROW + 1 + i].height = style.LINE * 2
    add_table(sheet, *layout.people_table(), ROSTER_HEADER_ROW)


def _body(layout: Layout, first: str, last: str) -> str:
    return f"{layout.person(first, 0).cell}:{layout.person(last, layout.people - 1).cell}"


def _validate(sheet: Worksheet, layout: Layout) -> None:
    rule = partial(checks.add, sheet, layout.labels)
    least, most = (f"{bound:g}" for bound in RULES.behaviour_scale)
    message = layout.labels("validation.behaviour", least=least, most=most)
    between = {"type": "decimal", "operator": "between"}
    values = tuple(map(str, Behaviour))
    rule(_body(layout, values[0], values[-1]), message, prompt=message, formula1=least, formula2=most, **between)
    rule(_body(layout, "work_result", "work_result"), layout.labels("validation.work_result"), type="decimal",
         operator="greaterThanOrEqual", formula1="0")  # fmt: skip
    rule(_body(layout, "new_idea", "new_idea"), layout.labels("validation.choice"), type="list",
         formula1="bsc_list_yes_no")  # fmt: skip


def _colour(sheet: Worksheet, layout: Layout) -> None:
    """Ratings and sanctions have a colour beside their word; entries that do not count are red."""
    rating = f"${layout.person('employee_rating', 0).cell}"
    style.colour_by_status(sheet, _body(layout, "employee_rating", "employee_rating"), rating_status(rating))
    first, last = FIRST_VALUE, LAST_VALUE
    style.colour_where(sheet, _body(layout, first, last), wrong_value(layout.person(first, 0).cell))
    style.whole_numbers(sheet, _body(layout, first, last))
    style.colour_where(sheet, _body(layout, "unexcused_days", "sanction"), punished(layout))
