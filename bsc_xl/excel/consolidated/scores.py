"""The map of scores: units in their tree by perspective, own score beside the weighted mean of the units below.

Both are formulas. The units below one stand right below it, so that each mean looks at their rows alone; therefore this
sheet is locked against sorting, and may be filtered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bsc_xl.excel.consolidated.canvas import Canvas
from bsc_xl.excel.consolidated.listing import Area, Column
from bsc_xl.excel.consolidated.view import View, difference, numbers
from bsc_xl.excel.consolidated.who import UNITS, unit_columns
from bsc_xl.excel.formulas.rules import NUMBER
from bsc_xl.excel.results import Value
from bsc_xl.excel.template import style
from bsc_xl.model import Perspective

KEY, WEIGHT_ROW, HEADER_ROW = "scores", 4, 5
PERSPECTIVES = tuple(str(perspective) for perspective in Perspective)
KEYS = (
    *UNITS, "tier", *PERSPECTIVES, "score", "children_mean", "difference", "receipt",
    "weight", "points",
)  # fmt: skip
MOST_INDENT = 6


def area_of(view: View) -> Area:
    """Where the units stand."""
    return Area(KEYS, HEADER_ROW, len(view.codes))


def draw(canvas: Canvas, view: View) -> None:
    """Draw the map."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    card, tree, area = view.collection.card, view.tree, area_of(view)
    units = tree.order.tolist()
    style.heading(sheet, page.title, view.subtitle, last=area.letters[KEYS[-1]])
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION}
    page.put(f"{area.letters['unit_name']}{WEIGHT_ROW}", view.word("perspective_weight"), align="right", **caption)
    for key, weight in zip(PERSPECTIVES, card.perspective_weight.tolist(), strict=True):
        cell = f"{area.letters[key]}{WEIGHT_ROW}"
        page.put(cell, weight, align="right", number_format=style.FORMATS["weight"], **caption)

    score_look = ({"number_format": view.score_format()},)
    bold_score = ({"number_format": view.score_format(), "bold": True},)
    tiers = np.minimum(tree.tier, MOST_INDENT)[units]
    names = [{"indent": int(tier), "bold": bool(tier == 1)} for tier in range(1, MOST_INDENT + 1)]
    receipts = [view.receipt(view.collection.submissions[unit].receipt) for unit in units]

    def column(key: str, width: float, values: Sequence[Value], kind: str = "text", **more: Any) -> Column:
        title = view.shape.title(key) if key in PERSPECTIVES else view.word(f"heading.{key}")
        return Column(key, title, width, values, kind, **more)

    columns = unit_columns(view, units, names, (tiers - 1).tolist())
    columns.append(column("tier", 8, tree.tier[units].tolist(), "integer"))
    columns += [
        column(key, 13, view.scores(card.perspective_score[units, i]), "score", looks=score_look)
        for i, key in enumerate(PERSPECTIVES)
    ]
    leaf = (tree.family[units] == 1).tolist()
    below = [None if alone else mean for alone, mean in zip(leaf, view.scores(card.children_mean[units]), strict=True)]
    gaps = numbers(view.differences[units], "")
    gaps = [None if alone else gap for alone, gap in zip(leaf, gaps, strict=True)]
    weight = np.where(view.employee, np.nan, card.tables.units["weight"].to_numpy(np.float64))[units]
    points = weight * card.score[units]
    columns += [
        column("score", 12, view.scores(card.score[units]), "score", looks=bold_score, formulas=_scores(area, view)),
        column("children_mean", 12, below, "score", looks=bold_score, formulas=means(area, view)),
        column("difference", 9, gaps, "gap", formulas=_differences(area, leaf)),
        column("receipt", 18, receipts),
        column("weight", 9, numbers(weight), "value"),
        column("points", 10, numbers(points, ""), "value", formulas=_points(area)),
    ]  # fmt: skip
    page.fill(area, columns, frozen="unit_name")
    status = view.status_code(area.cell(PERSPECTIVES[0], 0))
    style.colour_by_status(sheet, area.body(PERSPECTIVES[0], "children_mean"), status)
    style.colour_by_status(sheet, area.body("receipt"), view.symbol_code(area.cell("receipt", 0)), ground=False)
    style.page(sheet, view.shape, None, header_rows=f"{WEIGHT_ROW}:{HEADER_ROW}")
    style.lock(sheet)


def _scores(area: Area, view: View) -> list[str]:
    """The weighted mean of the perspectives that have a score; the others leave them their weight."""
    letters = [area.letters[key] for key in PERSPECTIVES]
    weights = f"${letters[0]}${WEIGHT_ROW}:${letters[-1]}${WEIGHT_ROW}"
    found = []
    for row in range(area.first, area.last + 1):
        counted = f"SUMIF({letters[0]}{row}:{letters[-1]}{row},{NUMBER},{weights})"
        points = "+".join(f"N({letter}{row})*${letter}${WEIGHT_ROW}" for letter in letters)
        found.append(f'IF({counted}=0,"{view.no_data}",({points})/{counted})')
    return found


def _points(area: Area) -> list[str]:
    """Weight times score, which a mean adds up; nothing where one of both is not there."""
    weight, score = area.letters["weight"], area.letters["score"]
    return [
        f'IF(AND(ISNUMBER({weight}{row}),ISNUMBER({score}{row})),{weight}{row}*{score}{row},"")'
        for row in range(area.first, area.last + 1)
    ]


def means(area: Area, view: View) -> list[str]:
    """The weighted mean of the scores of the units right below each, which are one tier down among its descendants."""
    tier, weight, points = (area.letters[key] for key in ("tier", "weight", "points"))
    found = []
    for row, size in enumerate(view.tree.family[view.tree.order].tolist(), start=area.first):
        if size == 1:
            found.append("")
            continue
        tiers, weights, products = (f"{letter}{row + 1}:{letter}{row + size - 1}" for letter in (tier, weight, points))
        below = f"{tiers},{tier}{row}+1"
        found.append(
            f'IFERROR(SUMIFS({products},{below})/SUMIFS({weights},{below},{products},{NUMBER}),"{view.no_data}")'
        )
    return found


def _differences(area: Area, leaf: Sequence[bool]) -> list[str]:
    own, below = area.letters["score"], area.letters["children_mean"]
    return [
        "" if alone else difference(f"{own}{row}", f"{below}{row}") for row, alone in enumerate(leaf, start=area.first)
    ]
