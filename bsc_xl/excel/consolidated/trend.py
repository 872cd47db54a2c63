"""The scores of every unit in the latest periods, of this year and of earlier collections."""

from __future__ import annotations

from bsc_xl.excel.consolidated.canvas import Canvas
from bsc_xl.excel.consolidated.listing import Area, Column
from bsc_xl.excel.consolidated.view import View, difference, numbers
from bsc_xl.excel.consolidated.who import UNITS, unit_columns
from bsc_xl.excel.template import style

KEY, HEADER_ROW = "trend", 4


def period_keys(view: View) -> tuple[str, ...]:
    """The key of the column of each period, and the end of its name ``bsc_trend_<key>``."""
    return tuple(f"{year}_{periods}_{period}" for year, period, periods in view.periods)


def draw(canvas: Canvas, view: View) -> None:
    """Draw the list; scores are values, the change since the period before is a formula of its own row."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    periods = period_keys(view)
    units = view.tree.order
    area = Area((*UNITS, "level", *periods, "change"), HEADER_ROW, len(view.codes))
    subtitle = view.word("trend_subtitle" if len(periods) > 1 else "trend_one")
    style.heading(sheet, page.title, subtitle, last=area.letters["change"])
    look = ({"number_format": view.score_format()},)
    levels = [view.level(flag) for flag in view.employee.tolist()]
    columns = unit_columns(view, units.tolist())
    columns.append(Column("level", view.word("heading.level"), 11, [levels[unit] for unit in units]))
    for place, (key, period) in enumerate(zip(periods, view.periods, strict=True)):
        scores = view.scores(view.history[units, place])
        columns.append(Column(key, view.named(*period), 13, scores, "score", looks=look))
        canvas.name(f"bsc_trend_{key}", KEY, area.body(key))
    canvas.name("bsc_trend_level", KEY, area.body("level"))
    changes, formulas = numbers(view.changes()[units], ""), _changes(area, periods)
    columns.append(Column("change", view.word("heading.change"), 12, changes, "gap", formulas=formulas))
    page.fill(area, columns, frozen="unit_name")
    if periods:
        first, last = periods[0], periods[-1]
        style.colour_by_status(sheet, area.body(first, last), view.status_code(area.cell(first, 0)))
    style.page(sheet, view.shape, None, header_rows=f"{HEADER_ROW}:{HEADER_ROW}")


def _changes(area: Area, periods: tuple[str, ...]) -> list[str]:
    if len(periods) < 2:
        return [""] * area.rows
    before, last = (area.letters[key] for key in periods[-2:])
    return [difference(f"{last}{row}", f"{before}{row}") for row in range(area.first, area.last + 1)]
