"""Close period: the results of the reporting period go into the history, once, and its inputs are locked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bsc_xl.errors import ActionError
from bsc_xl.excel import history, recalculation
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.port import OpenBook
from bsc_xl.excel.reading import check_version
from bsc_xl.workflows.told import Told


def close_period(book: OpenBook, when: datetime) -> Told:
    """Recalculates, appends one row for each KPI to the history, and locks what was filled in for the period.

    `ActionError` while an input is wrong or missing, when the period is closed already, when there is no KPI, and when
    the history has no room. Then nothing is written.
    """
    layout = book.layout()
    blocks = book.read(recalculation.READ)
    check_version(layout, blocks, book.name)
    done = recalculation.recalculate(layout, blocks, when)
    wrong = done.count(Kind.FAILURE) + done.count(Kind.INCOMPLETE)
    period, year = done.card.period, done.card.tables.settings.year
    named = {"period": layout.period_names()[period - 1], "year": year}
    if wrong:
        raise ActionError(reason="action.failures_stand", count=wrong)
    if period in history.closed_periods(layout, blocks, year):
        raise ActionError(reason="action.already_closed", **named)
    rows = history.rows(layout, done.reading, done.card, when)
    free = history.free_rows(layout, blocks)
    if not rows:
        raise ActionError(reason="action.nothing_to_close")
    if len(rows) > len(free):
        raise ActionError(reason="action.history_full", count=len(rows), free=len(free))
    appended = {
        layout.list_cell(history.SHEET, key, i): value
        for i, row in zip(free, rows, strict=False)
        for key, value in row.items()
    }
    book.apply(replace(done.changes, values={**done.changes.values, **appended}))
    book.lock(history.inputs(layout, period))
    values = {**named, "count": len(rows), "sheet": layout.title(history.SHEET)}
    return Told("period_closed", values, to_act_upon=True)
