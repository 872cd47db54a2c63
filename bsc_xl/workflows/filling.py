"""The buttons that help a person fill in an open workbook: next empty cell, not applicable, one more KPI row."""

from __future__ import annotations

from collections.abc import Mapping

from bsc_xl.errors import ActionError
from bsc_xl.excel import growth, history, recalculation
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.needed import needed, reading_order
from bsc_xl.excel.port import Block, Changes, OpenBook
from bsc_xl.excel.reading import INPUT_SHEETS, KpiRow, check_version, read
from bsc_xl.model import NA_TEXT, Perspective
from bsc_xl.tables import parse
from bsc_xl.workflows.told import Told


def next_empty(book: OpenBook) -> Told:
    """Selects the next input that the reporting period needs, behind the selection, and from the start when there is
    none behind it. `ActionError` when nothing is missing."""
    layout = book.layout()
    blocks = book.read(INPUT_SHEETS)
    check_version(layout, blocks, book.name)
    reading = read(layout, blocks)
    missing = needed(layout, reading)
    if not missing:
        period = layout.period_names()[reading.tables.settings.period - 1]
        raise ActionError(reason="action.nothing_empty", period=period)
    at = book.selection()
    behind = [ref for ref in missing if at and reading_order(ref) > reading_order(at[0])]
    ref = (behind or missing)[0]
    book.select(ref)
    return Told("next_empty", {"sheet": blocks[ref.sheet].title, "cell": ref.cell, "count": len(missing)})


def not_applicable(book: OpenBook) -> Told:
    """Marks the selected cells N/A: targets and actuals of KPI rows that are filled in, of periods not closed yet.

    All of them or none: `ActionError` when another cell is among them.
    """
    layout = book.layout()
    blocks = book.read((*INPUT_SHEETS, history.SHEET))
    check_version(layout, blocks, book.name)
    reading = read(layout, blocks)
    selected = book.selection()
    if not selected:
        raise ActionError(reason="action.not_a_period_cell", cell="")
    closed = history.closed_periods(layout, blocks, reading.tables.settings.year)
    for ref in selected:
        period = _period_of(layout, reading.filled, ref, blocks)
        if period in closed:
            raise ActionError(reason="action.period_closed", period=layout.period_names()[period - 1])
    book.apply(Changes(values=dict.fromkeys(selected, NA_TEXT)))
    return Told("not_applicable", {"count": len(selected)})


def _period_of(layout: Layout, filled: list[KpiRow], ref: Ref, blocks: Mapping[str, Block]) -> int:
    """The period of a target or an actual of a KPI row that has a code; `ActionError` for any other cell."""
    for row in filled:
        if row.perspective == ref.sheet and not parse.is_blank(row.inputs["kpi_code"]):
            for period in range(1, layout.periods + 1):
                if ref in (layout.cell(ref.sheet, row.row, key, period) for key in ("target", "actual")):
                    return period
    title = blocks[ref.sheet].title if ref.sheet in blocks else layout.title(ref.sheet)
    raise ActionError(reason="action.not_a_period_cell", cell=f"{title}!{ref.cell}")


def add_kpi_row(book: OpenBook) -> Told:
    """Adds one more empty KPI row to the perspective whose sheet is selected, complete with formulas and formats.

    Afterwards the workbook is what one drawn with that row would be. `ActionError` on another sheet, and when the
    perspective has as many rows as anybody can use.
    """
    layout = book.layout()
    selected = book.selection()
    if not selected or selected[0].sheet not in set(Perspective):
        raise ActionError(reason="action.not_a_perspective")
    perspective = Perspective(selected[0].sheet)
    if len(layout.rows(perspective)) >= growth.MOST_ROWS:
        raise ActionError(reason="action.too_many_rows", most=growth.MOST_ROWS)
    check_version(layout, book.read(["settings"]), book.name)
    new = growth.grown(layout, perspective)
    with book.inserted(growth.insertions(layout, perspective), new):
        blocks = book.read(recalculation.READ)
        lost = recalculation.lost_formulas(new, blocks)
        book.apply(Changes(values=growth.fixed_values(new), formulas=lost))
    added = Ref(perspective, new.cell(perspective, layout.rows(perspective)[-1], "kpi_code").cell)
    book.select(added)
    return Told("kpi_row_added", {"sheet": blocks[perspective].title, "row": layout.rows(perspective)[-1]})
