"""The ranking: every unit by its score, employees among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bsc_xl.excel.consolidated.canvas import Canvas
from bsc_xl.excel.consolidated.listing import NAME_LINES, Area, Column
from bsc_xl.excel.consolidated.view import View, numbers
from bsc_xl.excel.consolidated.who import UNITS, unit_columns
from bsc_xl.excel.results import Value
from bsc_xl.excel.template import style
from bsc_xl.scoring.arrays import Positions, comparable

KEY, HEADER_ROW = "ranking", 4
KEYS = (
    "rank", *UNITS, "level", "parent", "score", "rating", "change", "scored", "total", "receipt",
)  # fmt: skip


def order(view: View) -> Positions:
    """The units from best to worst, employees after all others, those without a score last among their own."""
    score = view.collection.card.score
    return np.lexsort((np.where(np.isnan(score), np.inf, -score), view.employee))


def ranks(view: View) -> list[Value]:
    """The rank of each unit among units or among employees; equal scores share one, and the next is left out."""
    score, employee = comparable(view.collection.card.score), view.employee
    found: list[Value] = [None] * len(score)
    for level in (False, True):
        own = np.sort(score[(employee == level) & ~np.isnan(score)])
        for unit in np.flatnonzero((employee == level) & ~np.isnan(score)).tolist():
            found[unit] = int(len(own) - np.searchsorted(own, score[unit], side="right")) + 1
    return found


def draw(canvas: Canvas, view: View) -> None:
    """Values, not formulas, so that the list may be sorted by any of its columns."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    card = view.collection.card
    units = order(view).tolist()
    area = Area(KEYS, HEADER_ROW, len(units))
    style.heading(sheet, page.title, view.subtitle, last=area.letters[KEYS[-1]])
    rank, scores, changes = ranks(view), view.scores(card.score), numbers(view.changes())
    levels = [view.level(flag) for flag in view.employee.tolist()]
    receipts = [view.receipt(submission.receipt) for submission in view.collection.submissions]
    before = view.named(*view.periods[-2]) if len(view.periods) > 1 else ""
    change = view.word("heading.change_from", period=before) if before else view.word("heading.change")

    def column(key: str, width: float, values: Sequence[Value], kind: str = "text", **more: Any) -> Column:
        heading = change if key == "change" else view.word(f"heading.{key}")
        return Column(key, heading, width, [values[unit] for unit in units], kind, **more)

    page.fill(
        area,
        [
            column("rank", 8, rank, "integer"),
            *unit_columns(view, units),
            column("level", 11, levels),
            column("parent", 34, view.parents, lines=NAME_LINES),
            column("score", 12, scores, "score", looks=({"number_format": view.score_format(), "bold": True},)),
            column("rating", 13, view.ratings),
            column("change", 14, changes, "gap"),
            column("scored", 9, [int(count) for count in card.scored_count], "integer"),
            column("total", 9, [int(count) for count in card.total_count], "integer"),
            column("receipt", 17, receipts),
        ],
        frozen="unit_name",
    )
    style.colour_by_status(sheet, area.body("score"), view.status_code(area.cell("score", 0)))
    style.colour_by_status(sheet, area.body("receipt"), view.symbol_code(area.cell("receipt", 0)), ground=False)
    for key in ("level", "score", "rating"):
        canvas.name(f"bsc_ranking_{key}", KEY, area.body(key))
    style.page(sheet, view.shape, None, header_rows=f"{HEADER_ROW}:{HEADER_ROW}")
