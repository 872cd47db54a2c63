"""The dashboard: one A4 page that tells where the unit stands, all of it live formulas and native charts."""

from __future__ import annotations

from functools import partial

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font as CellFont
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas, grid
from bsc_xl.excel.address import dollars
from bsc_xl.excel.grid import CHARTS, DASHBOARD, DASHBOARD_COLUMNS, LIST_ROWS, SCREEN, SIGNATURE, place
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import dashboard_charts, style
from bsc_xl.excel.template.judgement import rating_status
from bsc_xl.excel.template.signature import heights, signature
from bsc_xl.model import Level, Perspective, Status

LAST_ROW = SIGNATURE + 5
HEIGHTS = {
    1: 6, 2: 28, 3: 16, 4: 8, 5: 17, 6: 44, 7: 24, 8: 19, 9: 17, 10: 8, 11: 18, 12: 8,
    **dict.fromkeys(CHARTS, 14.5),
    29: 8, 30: 30, SCREEN: 16, 32: 8,
    **heights(SIGNATURE),
}  # fmt: skip
GRID_WIDTH = 4.2
GAUGE_SIZE = 24
"""Of the score below the arc of its gauge: 120.00 stands clear of both ends."""
ZOOM = 74
"""So much of its size has the dashboard on a screen, so that its rows down to `SCREEN` fit on that of a laptop."""


def draw(book: Workbook, sheet: Worksheet, layout: Layout) -> None:
    """Draw the dashboard."""
    sheet.column_dimensions["A"].width = 2
    for i in range(DASHBOARD_COLUMNS):
        sheet.column_dimensions[get_column_letter(i + 2)].width = GRID_WIDTH
    for row, height in HEIGHTS.items():
        sheet.row_dimensions[row].height = height

    found = formulas.dashboard(layout)
    _head(sheet, layout, found)
    _tiles(sheet, layout, found)
    _counts(sheet, layout, found)
    _lists(sheet, layout, found)
    _fill(sheet, "conclusion", "=" + found["conclusion"], ground=style.SOFT, bold=True, indent=1, wrap=True)
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION}
    _fill(sheet, "quality", "=" + found["quality"], indent=1, shrink=True, **caption)
    signature(sheet, partial(_fill, sheet), place, {key: found[key] for key in grid.signature(1, 1, 1)})
    dashboard_charts.draw(book[layout.title("trace")], sheet, layout)
    last = get_column_letter(DASHBOARD_COLUMNS + 1)
    style.page(sheet, layout, f"A1:{last}{LAST_ROW}", one_page=True)
    sheet.sheet_view.zoomScale = ZOOM
    sheet.sheet_view.showRowColHeaders = False
    style.lock(sheet)


def _fill(sheet: Worksheet, key: str, value: object, **look: object) -> None:
    """Put a value into a place, and its ground and border on all cells of the place."""
    cells = DASHBOARD[key]
    style.area(sheet, cells)
    for row in sheet[cells]:
        for cell in row:
            style.put(cell, **look)  # type: ignore[arg-type]
    sheet[place(key)].value = value


def _head(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION}
    _fill(
        sheet, "unit_name", "=" + found["unit_name"], size=style.UNIT_SIZE, colour=style.BRAND, bold=True, shrink=True
    )
    _fill(sheet, "completeness", "=" + found["completeness"], bold=True, align="right", vertical="bottom")
    rule = style.under(style.BRAND, "medium")
    _fill(sheet, "subtitle", "=" + found["subtitle"], border=rule, **caption)
    stamp = {"border": rule, "align": "right", "number_format": layout.labels("format.recalculated")}
    _fill(sheet, "recalculated", "=" + found["recalculated"], **stamp, **caption)
    whole, part = Status.GREEN, Status.YELLOW
    cells = place("completeness")
    for formula, status in (("bsc_scored=bsc_applicable", whole), ("bsc_scored<bsc_applicable", part)):
        rule_ = FormulaRule(
            formula=[f"AND(bsc_applicable>0,{formula})"], font=CellFont(color=style.STATUS_INK[status], bold=True)
        )
        sheet.conditional_formatting.add(cells, rule_)


def _tiles(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    text = layout.labels
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "ground": style.SOFT}
    person = layout.level is Level.EMPLOYEE
    _fill(
        sheet,
        "caption",
        text("employee.caption_result_level" if person else "dashboard.caption"),
        bold=True,
        indent=1,
        **caption,
    )
    number = {"colour": style.BRAND, "bold": True, "ground": style.SOFT, "number_format": style.FORMATS["score"]}
    _fill(sheet, "score", "=" + found["score"], size=GAUGE_SIZE, align="center", vertical="bottom", **number)
    _quiet(sheet, "score")
    look = {"bold": True, "align": "right", "indent": 1, "shrink": True, "ground": style.SOFT}
    _fill(sheet, "score_status", "=" + found["score_status"], **look)
    style.colour_by_status(sheet, DASHBOARD["score_status"], "bsc_rollup_status")
    _change(sheet, layout, "change", found)
    _fill(sheet, "rating", "=" + found["rating"], bold=True, indent=1, ground=style.SOFT)
    judged = rating_status(dollars(place("rating"))) if person else "bsc_rollup_status"
    style.colour_by_status(sheet, DASHBOARD["rating"], judged)
    _fill(sheet, "next_rating", "=" + found["next_rating"], indent=1, **caption)
    _fill(
        sheet, "next_gap", "=" + found["next_gap"], align="right", indent=1, number_format=text("format.gap"), **caption
    )
    for perspective in Perspective:
        _fill(sheet, f"caption_{perspective}", layout.title(perspective), bold=True, indent=1, **caption)
        score = f"score_{perspective}"
        _fill(sheet, score, "=" + found[score], size=style.TILE_SIZE, indent=1, vertical="bottom", **number)
        _quiet(sheet, score)
        _change(sheet, layout, f"change_{perspective}", found)
        status = f"status_{perspective}"
        _fill(sheet, status, "=" + found[status], bold=True, indent=1, ground=style.SOFT)
        style.colour_by_status(sheet, DASHBOARD[status], f"bsc_rollup_status_{perspective}")
        _fill(sheet, f"completeness_{perspective}", "=" + found[f"completeness_{perspective}"], indent=1, **caption)
        weight = f"weight_{perspective}"
        _fill(
            sheet, weight, "=" + found[weight], align="right", indent=1, number_format=text("format.weight"), **caption
        )


def _change(sheet: Worksheet, layout: Layout, key: str, found: dict[str, str]) -> None:
    """By how many points a score has moved, with an arrow and a sign; colour says the direction once more."""
    look = {"ground": style.SOFT, "bold": True, "indent": 1, "number_format": layout.labels("format.change")}
    # beside the gauge there is room at its top
    beside = {"align": "right", "vertical": "top"} if key == "change" else {}
    _fill(sheet, key, "=" + found[key], shrink=True, **look, **beside)
    cell = place(key)
    for sign, status in ((">", Status.GREEN), ("<", Status.RED)):
        rule = FormulaRule(formula=[f"N({cell}){sign}0"], font=CellFont(color=style.STATUS_INK[status], bold=True))
        sheet.conditional_formatting.add(cell, rule)


def _quiet(sheet: Worksheet, key: str) -> None:
    """A placeholder in the place of a number stays quiet."""
    rule = FormulaRule(formula=[f"ISTEXT({place(key)})"], font=CellFont(color=style.CAPTION, bold=False))
    sheet.conditional_formatting.add(place(key), rule)


def _counts(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    """How many KPIs have each status, number and word side by side."""
    for status in Status:
        look = {"colour": style.STATUS_INK[status], "bold": True, "border": style.under()}
        _fill(sheet, f"count_{status}", "=" + found[f"count_{status}"], align="right", **look)
        _fill(sheet, f"count_word_{status}", layout.status_text(status), **look)


def _lists(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    text = layout.labels
    for which in ("worst", "best"):
        caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "bold": True}
        rule_ = style.under(style.CAPTION)
        title = "=" + found[which] if which in found else text(f"dashboard.{which}")
        _fill(sheet, which, title, border=rule_, **caption)
        for key in ("index", "gap"):
            words = text(f"dashboard.{key}_caption")
            _fill(sheet, f"{which}_{key}_caption", words, border=rule_, align="right", **caption)
        for k in range(LIST_ROWS):
            looks: dict[str, dict[str, object]] = {
                "code": {"colour": style.CAPTION, "shrink": True},
                "name": {"wrap": True, "size": style.CAPTION_SIZE},
                "symbol": {"align": "center", "bold": True},
                "index": {"align": "right", "number_format": style.FORMATS["score"], "bold": which == "best"},
                "gap": {"align": "right", "number_format": style.FORMATS["gap"], "bold": which == "worst"},
            }
            for key, look in looks.items():
                name = f"{which}_{key}_{k}"
                _fill(sheet, name, "=" + found[name], border=style.under(), **look)
            symbol = dollars(place(f"{which}_symbol_{k}"))
            for status in Status:
                rule = FormulaRule(
                    formula=[f'{symbol}="{text(f"symbol.{status}")}"'],
                    font=CellFont(color=style.STATUS_INK[status], bold=True),
                )
                for key in ("symbol", "gap"):
                    sheet.conditional_formatting.add(place(f"{which}_{key}_{k}"), rule)
