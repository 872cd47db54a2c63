"""Draws the workbook that the planning office gets from a collection: where every unit stands.

Scores, receipts and findings are values; what is counted or averaged from them is a formula with its value beside it,
so that the workbook shows the same with and without calculation. The same collection gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from bsc_xl.collection.model import Collection
from bsc_xl.errors import PackageError
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
from bsc_xl.ooxml.package import open_file
from bsc_xl.ooxml.parts import Parts

_NAME = "bsc_submissions_receipt"
"""A defined name that every consolidated workbook has, and no other."""

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


def is_consolidated(path: Path) -> bool:
    """The file is a consolidated workbook; one that cannot be read is none."""
    try:
        return _NAME in Parts(open_file(path)).names
    except (PackageError, OSError):
        return False
