"""How the scores are spread and how they moved: counts by class, rating and period, all formulas, and charts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from bsc_xl.excel.consolidated.canvas import Canvas, Page
from bsc_xl.excel.consolidated.trend import period_keys
from bsc_xl.excel.consolidated.view import View, count_of
from bsc_xl.excel.results import Value
from bsc_xl.excel.template import charts, style
from bsc_xl.model import Status
from bsc_xl.scoring.arrays import Floats, comparable

KEY = "distribution"
STATUSES = (Status.GREEN, Status.YELLOW, Status.RED)
STEP, LOWEST = 10, -50
FIRST_ROW = 5
LETTERS = "BCDEFGH"
CHART_COLUMNS = "J", "U"
LAST_CHART_ROW = 36
ROW_HEIGHT = 17
FEW = 8


@dataclass(frozen=True)
class Places:
    """The rows of the three tables; `classes` are the lower bounds of the classes of scores, each `STEP` wide."""

    classes: tuple[int, ...]
    ratings: int
    periods: int

    @property
    def first_rating(self) -> int:
        """Of the table of ratings, the row of the highest."""
        return FIRST_ROW + len(self.classes) + 3

    @property
    def first_period(self) -> int:
        """Of the table of periods, the row of the earliest."""
        return self.first_rating + self.ratings + 1 + 3

    @property
    def last_row(self) -> int:
        """The last row of all."""
        return self.first_period + self.periods - 1

    def of_classes(self, letter: str) -> str:
        """A column of the table of classes."""
        return f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + len(self.classes) - 1}"

    def of_periods(self, letter: str) -> str:
        """A column of the table of periods."""
        return f"{letter}{self.first_period}:{letter}{self.last_row}"


def places(view: View) -> Places:
    """Where everything stands."""
    policy = view.collection.card.policy
    low, high = (
        max(math.floor(policy.floor / STEP) * STEP, LOWEST),
        math.ceil(policy.cap / STEP) * STEP,
    )
    return Places(tuple(range(low, high, STEP)), len(policy.rating_bands), len(view.periods))


def draw(canvas: Canvas, view: View) -> None:
    """Draw tables and charts on one page."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    at = places(view)
    style.heading(sheet, page.title, view.subtitle, last=CHART_COLUMNS[1])
    for letter, width in zip(LETTERS, (22, 11, 11, 11, 11, 11, 11), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["I"].width = 3
    for number in range(ord(CHART_COLUMNS[0]), ord(CHART_COLUMNS[1]) + 1):
        sheet.column_dimensions[chr(number)].width = 8
    for row in range(FIRST_ROW, max(at.last_row, LAST_CHART_ROW) + 1):
        sheet.row_dimensions[row].height = ROW_HEIGHT
    _classes(page, view, at)
    _ratings(page, view, at)
    _periods(page, view, at)
    first, last = CHART_COLUMNS
    add_charts(canvas, page, view, f"{first}4:{last}19", f"{first}21:{last}{LAST_CHART_ROW}")
    style.page(sheet, view.shape, f"A1:{last}{max(at.last_row, LAST_CHART_ROW)}", one_page=True)


def _headings(page: Page, row: int, *headings: str) -> None:
    for place, (letter, heading) in enumerate(zip(LETTERS, headings, strict=False)):
        style.header(page.sheet[f"{letter}{row}"], heading, numeric=place > 0)
    page.sheet.row_dimensions[row].height = 28


def _classes(page: Page, view: View, at: Places) -> None:
    """How many scores fall into each class, by status; the first and the last class have no end."""
    text = view.shape
    _headings(
        page, FIRST_ROW - 1, view.word("heading.class"), *map(text.status_text, STATUSES), view.word("heading.units")
    )
    scores = view.collection.card.score
    green, yellow = view.bounds
    spans = {Status.GREEN: (green, math.inf), Status.YELLOW: (yellow, green), Status.RED: (-math.inf, yellow)}
    ends = (-math.inf, *at.classes[1:], math.inf)
    for row, lower in enumerate(at.classes, start=FIRST_ROW):
        place = row - FIRST_ROW
        page.enter(f"B{row}", f"{lower}–{lower + STEP}", indent=1, border=style.under())
        for letter, status in zip("CDE", STATUSES, strict=True):
            low, high = max(ends[place], spans[status][0]), min(ends[place + 1], spans[status][1])
            look = {"align": "right", "colour": style.STATUS_INK[status], "border": style.under()}
            if low >= high:
                page.put(f"{letter}{row}", **look)
                continue
            limits = [view.at_least(low)] * (low > -math.inf) + [view.below(high)] * (high < math.inf)
            pairs = "".join(f"bsc_ranking_score,{limit}," for limit in limits)
            formula = f"COUNTIFS({pairs}{view.of_level('ranking')})"
            page.calculate(
                f"{letter}{row}", formula, _within(view, scores, low, high), number_format=style.WHOLE, **look
            )
        total = _within(view, scores, ends[place], ends[place + 1])
        page.calculate(
            f"F{row}",
            f"SUM(C{row}:E{row})",
            total,
            align="right",
            bold=True,
            number_format=style.WHOLE,
            border=style.under(),
        )


def _within(view: View, scores: Floats, low: float, high: float) -> int:
    """How many of the scores that are counted reach `low` and not `high`, as they are compared."""
    own = comparable(scores[view.counted & ~np.isnan(scores)])
    return int(((own >= low) & (own < high)).sum())


def _ratings(page: Page, view: View, at: Places) -> None:
    policy = view.collection.card.policy
    _headings(
        page,
        at.first_rating - 1,
        view.word("heading.rating"),
        view.word("heading.from"),
        view.word("heading.units"),
        view.word("heading.share"),
    )
    counts = view.rating_counts()
    bounds: list[Value] = [*(band.lower for band in policy.rating_bands), None]
    whole = f"SUM(D${at.first_rating}:D${at.first_rating + at.ratings})"
    for row, (rating, bound, count) in enumerate(
        zip(view.rating_words, bounds, counts, strict=True), start=at.first_rating
    ):
        word = rating if bound is not None else view.word("unrated")
        look = {"align": "right", "border": style.under()}
        page.put(f"B{row}", word, indent=1, border=style.under())
        page.put(f"C{row}", bound, number_format=style.FORMATS["score"], **look)
        formula = f'COUNTIFS(bsc_ranking_rating,"{rating}",{view.of_level("ranking")})'
        page.calculate(f"D{row}", formula, count, bold=True, number_format=style.WHOLE, **look)
        share = count / sum(counts) if sum(counts) else ""
        page.calculate(f"E{row}", f'IF({whole}=0,"",D{row}/{whole})', share, number_format="0%", **look)


def _periods(page: Page, view: View, at: Places) -> None:
    _headings(
        page,
        at.first_period - 1,
        view.word("heading.period"),
        view.word("heading.units"),
        view.word("heading.mean"),
        *map(view.shape.status_text, STATUSES),
        view.word("heading.target"),
    )
    green, yellow = view.bounds
    level = view.of_level("trend")
    for place, (key, period) in enumerate(zip(period_keys(view), view.periods, strict=True)):
        row, scores, cells = at.first_period + place, view.history[:, place], f"bsc_trend_{key}"
        look = {"align": "right", "border": style.under()}
        page.enter(f"B{row}", view.named(*period), indent=1, border=style.under())
        counts = {status: count_of(view, scores, status) for status in STATUSES}
        page.calculate(f"C{row}", f"SUM(E{row}:G{row})", sum(counts.values()), number_format=style.WHOLE, **look)
        mean = view.mean(scores)
        page.calculate(
            f"D{row}",
            f'IFERROR(AVERAGEIFS({cells},{level}),"")',
            "" if math.isnan(mean) else mean,
            bold=True,
            number_format=view.score_format(),
            **look,
        )
        limits = {
            Status.GREEN: f"{cells},{view.at_least(green)}",
            Status.YELLOW: f"{cells},{view.at_least(yellow)},{cells},{view.below(green)}",
            Status.RED: f"{cells},{view.below(yellow)}",
        }
        for letter, status in zip("EFG", STATUSES, strict=True):
            page.calculate(
                f"{letter}{row}",
                f"COUNTIFS({limits[status]},{level})",
                counts[status],
                number_format=style.WHOLE,
                **look,
            )
        page.enter(f"H{row}", green, number_format=style.FORMATS["score"], **look)
    if at.periods:
        cells = at.of_periods("D")
        style.colour_by_status(page.sheet, cells, view.status_code(cells.split(":")[0]))


# --- charts ---------------------------------------------------------------------------------------------------------


def add_charts(canvas: Canvas, page: Page, view: View, spread: str, trend: str) -> None:
    """Both charts on a sheet, each over its range; one period alone is no trend, and a sentence stands there."""
    at = places(view)
    canvas.chart(page, _spread(canvas, view, at, spread), view.word("spread_alt"))
    if at.periods > 1:
        canvas.chart(page, _trend(canvas, view, at, trend), view.word("trend_alt"))
    else:
        page.put(trend, view.word("trend_one"), colour=style.CAPTION, align="center", wrap=True)


def _spread(canvas: Canvas, view: View, at: Places, cells: str) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 25
    sheet = canvas.page(KEY).sheet
    for letter, status in zip("CDE", STATUSES, strict=True):
        series = charts.series(sheet, at.of_classes(letter), at.of_classes("B"), view.shape.status_text(status))
        series.graphicalProperties = GraphicalProperties(solidFill=style.STATUS_INK[status])
        series.graphicalProperties.line.noFill = True
        # a nought says nothing
        series.dLbls = DataLabelList(
            numFmt="0;;;", showVal=True, showSerName=False, showCatName=False, showLegendKey=False, dLblPos="ctr"
        )
        series.dLbls.txPr = charts.small_type("FFFFFF", bold=True)
        chart.series.append(series)
    chart.y_axis.scaling.min = 0
    if view.counted.sum() <= FEW:  # nobody is halved
        chart.y_axis.majorUnit = 1
    chart.y_axis.number_format = style.WHOLE
    chart.legend.position = "b"
    chart.legend.txPr = charts.small_type(style.CAPTION)
    charts.finish(chart, view.word("spread", who=view.who), cells)
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=style.RULE, w=6350))
    return chart


def _trend(canvas: Canvas, view: View, at: Places, cells: str) -> LineChart:
    chart = LineChart()
    sheet = canvas.page(KEY).sheet
    target = charts.series(sheet, at.of_periods("H"), at.of_periods("B"), view.word("heading.target"))
    target.graphicalProperties.line = LineProperties(solidFill=charts.TARGET, prstDash="dash", w=12700)
    target.marker.symbol = "none"
    mean = charts.series(sheet, at.of_periods("D"), at.of_periods("B"), view.word("heading.mean"))
    mean.graphicalProperties.line = LineProperties(solidFill=style.DATA, w=28575)
    mean.marker.symbol, mean.marker.size = "circle", 6
    mean.marker.graphicalProperties = GraphicalProperties(solidFill=style.DATA)
    mean.dLbls = DataLabelList(
        numFmt="0.00", showVal=True, showSerName=False, showCatName=False, showLegendKey=False, dLblPos="b"
    )
    mean.dLbls.txPr = charts.small_type(style.INK, bold=True)
    for series in (target, mean):
        series.smooth = False
        chart.series.append(series)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0, charts.MAX_INDEX, 20
    chart.y_axis.number_format = style.WHOLE
    chart.legend.position = "b"
    chart.legend.txPr = charts.small_type(style.CAPTION)
    charts.finish(chart, view.word("trend", who=view.who), cells)
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=style.RULE, w=6350))
    return chart
