"""Who sent a workbook, how complete it is, when it was changed, and which other files the same unit sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bsc_xl.collection.model import Severity
from bsc_xl.excel.consolidated.canvas import Canvas
from bsc_xl.excel.consolidated.listing import TEXT_LINES, Area, Column
from bsc_xl.excel.consolidated.view import View
from bsc_xl.excel.consolidated.who import UNITS, unit_columns
from bsc_xl.excel.dates import serial
from bsc_xl.excel.results import Value
from bsc_xl.excel.template import style
from bsc_xl.excel.template.lists import DATES

KEY, HEADER_ROW = "submissions", 4
KEYS = (
    *UNITS, "receipt", "filled", "expected_actuals", "share", "failures",
    "other_findings", "recalculated", "modified", "file", "others",
)  # fmt: skip


def draw(canvas: Canvas, view: View) -> None:
    """Draw the list, in the order of the tree."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    units = view.tree.order.tolist()
    area = Area(KEYS, HEADER_ROW, len(units))
    style.heading(sheet, page.title, f"{view.subtitle} · {view.collected}", last=area.letters[KEYS[-1]])
    sent = [view.collection.submissions[unit] for unit in units]
    failures, others = (
        Counter(
            each.unit_code for each in view.collection.irregularities if (each.severity is Severity.FAILURE) == failing
        )
        for failing in (True, False)
    )
    date = ({"number_format": DATES["closed"]},)

    def column(key: str, width: float, values: Sequence[Value], kind: str = "text", **more: Any) -> Column:
        return Column(key, view.word(f"heading.{key}"), width, values, kind, **more)

    filled, expected = area.letters["filled"], area.letters["expected_actuals"]
    share = [f'IF({expected}{row}=0,"",{filled}{row}/{expected}{row})' for row in range(area.first, area.last + 1)]
    page.fill(
        area,
        [
            *unit_columns(view, units),
            column("receipt", 17, [view.receipt(each.receipt) for each in sent]),
            column("filled", 10, [each.filled for each in sent], "integer"),
            column("expected_actuals", 11, [each.expected for each in sent], "integer"),
            column("share", 11, [each.filled / each.expected if each.expected else "" for each in sent], "percent",
                   formulas=share),
            column("failures", 10, [failures[each.unit_code] for each in sent], "integer"),
            column("other_findings", 11, [others[each.unit_code] for each in sent], "integer"),
            column("recalculated", 15, [_date(each.recalculated) for each in sent], "integer", looks=date),
            column("modified", 15, [_date(each.modified) for each in sent], "integer", looks=date),
            column("file", 28, [each.file for each in sent], lines=TEXT_LINES),
            column("others", 28, ["\n".join(each.others) for each in sent], lines=TEXT_LINES),
        ],
        frozen="unit_name",
    )  # fmt: skip
    style.colour_by_status(sheet, area.body("receipt"), view.symbol_code(area.cell("receipt", 0)), ground=False)
    canvas.name("bsc_submissions_receipt", KEY, area.body("receipt"))
    style.page(sheet, view.shape, None, header_rows=f"{HEADER_ROW}:{HEADER_ROW}")


def _date(when: datetime | None) -> Value:
    return None if when is None else serial(when)
