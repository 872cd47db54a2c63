"""Close period: the results of the reporting period go into the history, once, and its inputs are locked."""

from __future__ import annotations

from datetime import datetime

from bsc_xl.errors import ActionError
from bsc_xl.excel import history
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.port import Changes, OpenBook
from bsc_xl.workflows.recalculation import computed
from bsc_xl.workflows.told import Told


def close_period(book: OpenBook, when: datetime) -> Told:
    """Recalculates, appends one row for each KPI to the history, and locks what was filled in for the period.

    `ActionError` while an input is wrong or missing, when the period is closed already, when there is no KPI, and when
    the history has no room. Then nothing is written. Results are kept and inputs locked, or neither; those of a closed
    period that can still be changed are locked.
    """
    layout, _, done = computed(book, when)
    wrong = done.count(Kind.FAILURE) + done.count(Kind.INCOMPLETE)
    period, year = done.card.period, done.card.tables.settings.year
    named = {"period": layout.period_names()[period - 1], "year": year}
    if wrong:
        raise ActionError(reason="action.failures_stand", count=wrong)
    inputs = history.inputs(layout, period)
    blocks = book.read([history.SHEET])
    if period in history.closed_periods(layout, blocks, year):
        with book.locking(inputs) as were_open:
            if not were_open:
                raise ActionError(reason="action.already_closed", **named)
        return Told("period_locked", named, to_act_upon=True)
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
    book.apply(done.changes)
    with book.locking(inputs):
        book.apply(Changes(values=appended))  # neighbours, which are written at once or not at all
    values = {**named, "count": len(rows), "sheet": blocks[history.SHEET].title}
    return Told("period_closed", values, to_act_upon=True)
