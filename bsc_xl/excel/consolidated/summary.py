"""The first sheet, one A4 page: who sent, how the units score, who leads and who needs help."""

from __future__ import annotations

import math

import numpy as np
from openpyxl.utils import get_column_letter, quote_sheetname

from bsc_xl.collection.model import Receipt, Severity
from bsc_xl.excel.consolidated import distribution, findings, ranking, scores
from bsc_xl.excel.consolidated.canvas import Canvas, Page
from bsc_xl.excel.consolidated.view import View, count_of, numbers
from bsc_xl.excel.grid import DASHBOARD_COLUMNS
from bsc_xl.excel.results import Value
from bsc_xl.excel.template import style
from bsc_xl.excel.template.dashboard import GRID_WIDTH
from bsc_xl.model import Status

KEY = "summary"
HEIGHTS = {1: 8, 2: 30, 3: 17, 4: 9, 5: 19, 6: 42, 7: 19, 8: 9, 9: 22, 10: 10, 23: 10, 24: 17, 34: 10, 35: 30}
CHARTS_FIRST, CHARTS_LAST = 11, 22
LISTS_ROW, LIST_ROWS = 24, 9
BEST = 4
NAME_LENGTH = 52
LAST_ROW = 35


def grid(first: int, last: int, row: int, last_row: int | None = None) -> str:
    """Cells of the page's grid as a range; grid column 1 is B."""
    return f"{get_column_letter(first + 1)}{row}:{get_column_letter(last + 1)}{last_row or row}"


def draw(canvas: Canvas, view: View) -> None:
    """Draw the page. Counts and means are formulas over the other sheets."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    sheet.column_dimensions["A"].width = 2
    for place in range(DASHBOARD_COLUMNS):
        sheet.column_dimensions[get_column_letter(place + 2)].width = GRID_WIDTH
    for row in range(CHARTS_FIRST, LAST_ROW):
        sheet.row_dimensions[row].height = 17 if row > CHARTS_LAST else 15.5
    for row, height in HEIGHTS.items():
        sheet.row_dimensions[row].height = height
    _head(page, view)
    _mean(page, view)
    _receipts(page, view)
    _ratings(page, view)
    distribution.add_charts(
        canvas, page, view, grid(1, 17, CHARTS_FIRST, CHARTS_LAST), grid(20, 36, CHARTS_FIRST, CHARTS_LAST)
    )
    _rollup(page, view, canvas.page(scores.KEY).title)
    _extremes(page, view)
    page.enter(grid(1, 36, LAST_ROW), _conclusion(view), ground=style.SOFT, indent=1, wrap=True)
    style.page(sheet, view.shape, f"A1:{get_column_letter(DASHBOARD_COLUMNS + 1)}{LAST_ROW}", one_page=True)


def _head(page: Page, view: View) -> None:
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "border": style.under(style.BRAND, "medium")}
    page.enter(grid(1, 24, 2), view.title, size=style.UNIT_SIZE, colour=style.BRAND, bold=True, shrink=True)
    page.put(grid(1, 24, 3), view.subtitle, **caption)
    page.put(grid(25, 36, 3), view.collected, align="right", **caption)
    failures = sum(each.severity is Severity.FAILURE for each in findings.listed(view))
    word = findings.severity(view, Severity.FAILURE)
    cells = grid(25, 36, 2)
    page.calculate(
        cells,
        f'COUNTIF(bsc_findings_severity,"{word}")',
        failures,
        bold=True,
        align="right",
        vertical="bottom",
        number_format=f'[=0]"{view.word("failures_none")}";"{view.word("failures")} "{style.WHOLE}',
    )
    first = cells.split(":")[0]
    style.colour_by_status(page.sheet, cells, f"IF({first}=0,1,3)", ground=False)


def _mean(page: Page, view: View) -> None:
    """The one number: the mean of the units' own scores."""
    caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "ground": style.SOFT, "indent": 1}
    page.put(grid(1, 11, 5), view.word("mean_caption", who=view.who.upper()), bold=True, **caption)
    own, level = view.collection.card.score, view.of_level("ranking")
    mean, count = view.mean(own), int((view.counted & ~np.isnan(own)).sum())
    none = math.isnan(mean)
    number = grid(1, 6, 6).split(":")[0]
    page.calculate(
        grid(1, 6, 6),
        f'IFERROR(AVERAGEIFS(bsc_ranking_score,{level}),"{view.no_data}")',
        view.no_data if none else mean,
        size=style.NUMBER_SIZE,
        colour=style.BRAND,
        bold=True,
        ground=style.SOFT,
        indent=1,
        number_format=style.FORMATS["score"],
    )
    look = {"bold": True, "align": "right", "indent": 1, "ground": style.SOFT}
    page.calculate(grid(7, 11, 6), view.status_formula(number), view.shape.status_text(view.status(mean)), **look)
    style.colour_by_status(page.sheet, grid(7, 11, 6), view.status_code(f"${number[0]}${number[1:]}"), ground=False)
    page.calculate(
        grid(1, 11, 7),
        f'COUNTIFS(bsc_ranking_score,"<1E+308",{level})',
        count,
        number_format=f'"{view.word("mean_of", who=view.who.capitalize())} "{style.WHOLE}',
        **caption,
    )


def _receipts(page: Page, view: View) -> None:
    """How many workbooks came whole, with gaps, were refused, or did not come."""
    total = len(view.collection.submissions)
    for place, receipt in enumerate(Receipt):
        first = 13 + 6 * place
        last = first + 5
        status = view.receipt_status(receipt)
        look = {"colour": style.STATUS_INK[status], "ground": style.STATUS_GROUND[status], "bold": True}
        page.put(grid(first, last, 5), view.receipt(receipt), indent=1, **look)
        number = grid(first, last, 6)
        page.calculate(
            number,
            f'COUNTIF(bsc_submissions_receipt,"{view.receipt(receipt)}")',
            view.collection.count(receipt),
            size=style.TILE_SIZE,
            colour=style.BRAND,
            bold=True,
            ground=style.SOFT,
            indent=1,
            number_format=style.WHOLE,
        )
        caption = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "ground": style.SOFT, "indent": 1}
        share = view.collection.count(receipt) / total if total else 0
        page.calculate(
            grid(first, last, 7),
            f"{number.split(':')[0]}/ROWS(bsc_submissions_receipt)",
            share,
            number_format=f'0%" {view.word("of_units", count=total)}"',
            **caption,
        )


def _ratings(page: Page, view: View) -> None:
    """How many have each rating, and how many none."""
    at = distribution.places(view)
    title = quote_sheetname(view.word(f"sheet.{distribution.KEY}"))
    words, counts = [*view.rating_words[:-1], view.word("unrated")], view.rating_counts()
    wide = DASHBOARD_COLUMNS // len(words)
    for place, (word, count) in enumerate(zip(words, counts, strict=True)):
        first = 1 + place * wide
        look = {"bold": True, "border": style.under(), "colour": style.INK if count else style.CAPTION}
        counted = f"{title}!D{at.first_rating + place}"
        page.calculate(grid(first, first + 1, 9), counted, count, align="right", number_format=style.WHOLE, **look)
        page.put(grid(first + 2, first + wide - 1, 9), word, **look)


def _caption(page: Page, cells: str, text: str, align: str = "left") -> None:
    look = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "bold": True, "border": style.under(style.CAPTION)}
    page.put(cells, text, align=align, **look)


def _rollup(page: Page, view: View, title: str) -> None:
    """The top of the tree: own score beside the mean of the units right below, as the map of scores has them."""
    _caption(page, grid(1, 10, LISTS_ROW), view.word("rollup"))
    for (first, last), key in zip(((11, 13), (14, 17), (18, 19)), ("own", "below", "gap"), strict=True):
        _caption(page, grid(first, last, LISTS_ROW), view.word(f"rollup_{key}"), "right")
    area, card, tree = scores.area_of(view), view.collection.card, view.tree
    top = [place for place, unit in enumerate(tree.order.tolist()) if tree.tier[unit] <= 2]
    shown = top if len(top) < LIST_ROWS else top[: LIST_ROWS - 2]
    sheet = quote_sheetname(title)
    for row, place in enumerate(shown, start=LISTS_ROW + 1):
        unit = int(tree.order[place])
        border = {"border": style.under()}
        indent = int(tree.tier[unit] - 1)
        look = {"indent": indent, "bold": not indent, "shrink": True, **border}
        page.enter(grid(1, 10, row), _short(view, unit), link=view.links[unit], **look)
        leaf = bool(tree.family[unit] == 1)
        for cells, key, value in (
            (grid(11, 13, row), "score", view.scores(card.score[[unit]])[0]),
            (grid(14, 17, row), "children_mean", view.scores(card.children_mean[[unit]])[0]),
            (grid(18, 19, row), "difference", numbers(view.differences[[unit]], "")[0]),
        ):
            number_format = style.FORMATS["gap"] if key == "difference" else view.score_format()
            look = {"align": "right", "bold": key == "score", "number_format": number_format, "shrink": True, **border}
            if leaf and key != "score":
                page.put(cells, **look)
            else:
                page.calculate(cells, f"{sheet}!{area.cell(key, place)}", value, **look)
    if len(shown) < len(top):
        more = view.word("rollup_more", count=len(top) - len(shown), sheet=title)
        page.put(grid(1, 19, LISTS_ROW + 1 + len(shown)), more, size=style.CAPTION_SIZE, colour=style.CAPTION)
    corner = grid(11, 13, LISTS_ROW + 1).split(":")[0]
    cells = f"{corner}:{grid(14, 17, LISTS_ROW + LIST_ROWS - 1).split(':')[1]}"
    style.colour_by_status(page.sheet, cells, view.status_code(corner), ground=False)


def _extremes(page: Page, view: View) -> None:
    """Those with the highest scores, and below them those with the lowest."""
    own = view.collection.card.score
    known = [unit for unit in ranking.order(view).tolist() if view.counted[unit] and own[unit] == own[unit]]
    best, worst = known[:BEST], known[BEST:][-BEST:]
    rank = ranking.ranks(view)
    row = LISTS_ROW
    for key, units in (("best", best), ("worst", worst)):
        if not units:
            continue
        _caption(page, grid(21, 36, row), view.word(key))
        for unit in units:
            row += 1
            border = {"border": style.under()}
            page.put(grid(21, 21, row), rank[unit], colour=style.CAPTION, align="left", **border)
            page.enter(grid(22, 32, row), _short(view, unit), link=view.links[unit], shrink=True, **border)
            number_format = view.score_format()
            page.enter(
                grid(33, 36, row), float(own[unit]), align="right", bold=True, number_format=number_format, **border
            )
            cells = grid(33, 36, row)
            style.colour_by_status(page.sheet, cells, view.status_code(cells.split(":")[0]), ground=False)
        row = LISTS_ROW + BEST + 1


def _short(view: View, unit: int) -> str:
    """Code and name in one line; a long name is cut, and the code still tells whose it is."""
    line = " ".join((view.codes[unit], *view.names[unit].split()))
    return line if len(line) <= NAME_LENGTH else line[: NAME_LENGTH - 1] + "…"


def _conclusion(view: View) -> str:
    own = view.collection.card.score
    counts = {status: count_of(view, own, status) for status in distribution.STATUSES}
    total = sum(counts.values())
    if not total:
        return view.word("conclusion_none")
    green, red = counts[Status.GREEN], counts[Status.RED]
    values: dict[str, Value] = {"who": view.who, "green": green, "total": total, "red": red}
    if not red:
        return view.word("conclusion_good", **values)
    known = [unit for unit in ranking.order(view).tolist() if view.counted[unit] and own[unit] == own[unit]]
    return view.word("conclusion_red", worst=_short(view, known[-1]), **values)
