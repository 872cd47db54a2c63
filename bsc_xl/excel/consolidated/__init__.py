"""Draws the workbook that the planning office gets from a collection: where every unit stands.

Scores, receipts and findings are values; what is counted or averaged from them is a formula with its value beside it,
so that the workbook shows the same with and without calculation. The same collection gives the same bytes.
"""

from __future__ import annotations

from bsc_xl.collection.model import Collection
from bsc_xl.excel import layout
from bsc_xl.excel.consolidated import (
    comparison,
    distribution,
    findings,
    ranking,
    scores,
    submissions,
    summary,
    trend,
)
from bsc_xl.excel.consolidated.canvas import Canvas
from bsc_xl.excel.consolidated.view import View

SHEETS = (summary, scores, ranking, comparison, distribution, trend, findings, submissions)
"""In the order of the tabs."""


def draw(collection: Collection) -> bytes:
    """The consolidated workbook as an .xlsx package, in the language of the data set.

    It is meant to lie in the output folder of the collection: its links to the units' files are relative to that.
    """
    settings = collection.card.tables.settings
    view = View(collection, layout.empty(settings.language, settings.periods))
    canvas = Canvas(view.shape)
    for sheet in SHEETS:
        canvas.page(sheet.KEY)
    for sheet in SHEETS:
        sheet.draw(canvas, view)
    return canvas.bytes(view.word("document"))
