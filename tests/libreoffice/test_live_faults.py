"""Calls that fail in the middle of a button: inputs, settings and the workbook stay whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uno_engine
import workbooks
import xlwings as xw
from opening import WHEN, Opened, choose_documents, damage, fresh, input_cells, paste_over, ruled_areas, write_over
from openpyxl.utils import column_index_from_string

from bsc_xl import ribbon
from bsc_xl.excel import port, recalculation
from bsc_xl.excel.address import split
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import FIRST_ROW
from bsc_xl.excel.live import LiveBook
from bsc_xl.excel.template import rules
from bsc_xl.model import NA_TEXT, Perspective
from bsc_xl.workflows.recalculation import recalculate

Button = Callable[[], None]


def paste_over_the_first_input(opened: Opened) -> None:
    paste_over(opened, opened.layout.cell("financial", FIRST_ROW, "kpi_code"))


Call = tuple[str, int]
"""What is asked for, and for the how manieth time in one press, from 1: what a press has left may make others more."""

ACTIONS: dict[str, tuple[Callable[[Opened], object], Button]] = {
    "recalculate": (damage, ribbon.recalculate),
    "recalculate_anew": (paste_over_the_first_input, ribbon.recalculate),
    "check_inputs": (write_over, ribbon.check_inputs),
    "next_empty_cell": (lambda opened: opened.cell(opened.actual()).clear_contents(), ribbon.next_empty_cell),
    "not_applicable": (lambda opened: opened.select(opened.actual()), ribbon.not_applicable),
    "import_evidence": (choose_documents, ribbon.import_evidence),
    "add_kpi_row": (lambda opened: opened.select(opened.actual()), ribbon.add_kpi_row),
    "close_period": (write_over, ribbon.close_period),
    "action_plan": (lambda opened: None, ribbon.action_plan),
    "pdf": (lambda opened: None, ribbon.pdf),
    "guide": (lambda opened: None, ribbon.guide),
    "about": (lambda opened: None, ribbon.about),
}
"""Button -> how the workbook comes to be as the button needs it, and the button."""
ONCE = ("add_kpi_row", "close_period")
"""What these have done cannot be done once more in the same workbook."""
MANY = (*ONCE, "recalculate_anew", "pdf")
"""These make many calls, of which not each is tried."""
QUESTIONS = {
    *(
        "active_cell",
        "active_sheet",
        "books",
        "calculation",
        "condition",
        "conditions",
        "formulas",
        "fullname",
        "get",
        "local_formula",
        "names",
        "refers_to",
    ),
    *("locked", "selection", "sheet_visible", "sheets", "values"),
}
"""Calls that change nothing."""
WARNING = ["set", "alert"]


def calls_of(opened: Opened, name: str, breaks_at: Call | None = None) -> list[str]:
    """The calls of an action, of which one fails; none where it does not make that call."""
    line, button = opened.line, ACTIONS[name][1]
    start = len(line.calls)
    line.breaks_at = breaks_at
    try:
        button()
    except uno_engine.InjectedError:
        assert breaks_at is not None
        assert breaks_at[0] in WARNING, "only what tells the result fails untold"
    made = line.breaks_at is None
    line.breaks_at = None
    return line.calls[start:] if made else []


def first_write(calls: list[str]) -> list[Call]:
    """The first call that changes the workbook."""
    return [(next(call for call in calls if call in ("set_formulas", "insert")), 1)]


def each(calls: list[str]) -> list[Call]:
    return [(call, calls[:number].count(call)) for number, call in enumerate(calls, start=1)]


def many(calls: list[str]) -> list[Call]:
    """The first and the last call of each kind, and a third of those between."""
    every = each(calls)
    return [call for i, call in enumerate(every) if call[1] in (1, calls.count(call[0])) or i % 3 == 0]


@pytest.mark.parametrize(
    ("name", "which"),
    [(name, first_write) for name in ("recalculate", "recalculate_anew", *ONCE)]
    + [pytest.param(name, many if name in MANY else each, marks=pytest.mark.slow) for name in ACTIONS],
)
def test_an_error_at_any_call_leaves_inputs_settings_and_the_workbook_whole(
    offices: Callable[[str], xw.App], tmp_path: Path, name: str, which: Callable[[list[str]], list[Call]]
) -> None:
    app, made = offices("id"), workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    with fresh(app, made.path, made.layout) as opened:
        ACTIONS[name][0](opened)
        calls = calls_of(opened, name)
    left = which(calls)
    while left:
        with fresh(app, made.path, made.layout) as opened:
            count = len(left)
            try_calls(opened, name, left)
            assert len(left) < count, f"{name} made no such call: {left[0]}"


def try_calls(opened: Opened, name: str, left: list[Call]) -> None:
    """Lets calls fail, one in each press, as long as the workbook is one in which they are made; those that did are no
    longer among the ones that are left."""
    ACTIONS[name][0](opened)
    before = state(opened, name)
    while left:
        own = calls_of(opened, name, left[0])
        if not own:  # what failed before it has left nothing to do for it
            return
        broken = left.pop(0)
        at = each(own).index(broken)
        if QUESTIONS.issuperset(own[:at]) and own[at + 1 :] == WARNING:
            continue  # nothing was done yet, and nothing has been done since
        assert state(opened, name) == before, f"{name}: {broken}"
        is_whole(opened)
        if name in ONCE and own[-len(WARNING) :] != WARNING:
            return
        ACTIONS[name][0](opened)


def state(opened: Opened, name: str) -> tuple[Any, ...]:
    """What must be as it was after a press that failed: what people have filled in, protection, tabs, settings."""
    shape = LiveBook(opened.book).layout()
    shown = {key: opened.sheet(key).range(port.area(shape, key)).formula for key in Perspective}
    filled = {}
    for ref in input_cells(shape):
        letters, row = split(ref.cell)
        filled[ref] = shown[Perspective(ref.sheet)][row - 1][column_index_from_string(letters) - 1]
    if name == "not_applicable":  # what it is there for
        assert filled.pop(opened.actual()) in ("96.13", NA_TEXT)
    if name == "import_evidence":  # both of them or none
        cells = (shape.cell("internal_process", FIRST_ROW, key, 2) for key in ("actual", "evidence"))
        actual, beside = map(filled.pop, cells)
        assert (actual != "98.25") == ("SHA-256" in beside)
    tabs = [(sheet.name, sheet.visible) for sheet in opened.book.sheets]
    return {ref: text for ref, text in filled.items() if text}, opened.protected(), tabs, opened.settings()


def is_whole(opened: Opened) -> None:
    """Whatever presses that failed have left undone, the next one does."""
    told = recalculate(LiveBook(opened.book), WHEN)
    assert [finding for finding in told.done.found if finding.kind is Kind.FAILURE] == []
    live = LiveBook(opened.book)
    assert recalculation.lost_formulas(live.layout(), live.read(recalculation.READ)) == {}
    drawn = {rule.area for rule in rules.rules(live.layout(), Perspective.FINANCIAL)}
    assert ruled_areas(opened.sheet("financial")) == drawn
