"""Each button does its one thing, says so in one sentence, and refuses where it must; then nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
import workbooks
from memory import MemoryBook

from bsc_xl.errors import ActionError
from bsc_xl.excel import formulas, growth, plan, recalculation
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import FIRST_ROW, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import Perspective
from bsc_xl.workflows.closing import close_period
from bsc_xl.workflows.filling import add_kpi_row, next_empty, not_applicable
from bsc_xl.workflows.recalculation import Recalculated, check_inputs, recalculate
from bsc_xl.workflows.told import Told

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone
LAST = 4


@pytest.fixture
def book() -> MemoryBook:
    made = workbooks.bureau("id")
    return MemoryBook(made.layout, made.writes)


def actual(book: MemoryBook, sheet: str = "financial", row: int = FIRST_ROW, period: int = LAST) -> Ref:
    return book.shape.cell(sheet, row, "actual", period)


def refuses(action: Callable[[], object], book: MemoryBook, reason: str) -> None:
    """The action says why it does nothing, in both languages, and has written nothing."""
    before, formulas_before, locked = dict(book.values), dict(book.formulas), set(book.locked)
    with pytest.raises(ActionError) as refused:
        action()
    assert refused.value.params["reason"] == f"action.{reason}"
    for language in LANGUAGES:
        assert "action." not in load(language).error(refused.value)
    assert (book.values, book.formulas, book.applied, book.locked) == (before, formulas_before, [], locked)


def said(told: Told | Recalculated) -> str:
    """The sentence, which exists in both languages."""
    texts = [told.sentence(load(language)) for language in LANGUAGES]
    assert texts[0] != texts[1]
    assert not any("{" in text for text in texts)
    return texts[0]


# --- recalculate, check ---------------------------------------------------------------------------------------------


def test_recalculate_tells_the_score_and_that_nothing_is_wrong(book: MemoryBook) -> None:
    told = recalculate(book, WHEN)
    assert said(told) == ("Sudah dihitung ulang. Nilai Kinerja Organisasi (NKO): 88,57 (Kurang). Tidak ada temuan.")
    assert len(book.applied) == 1


def test_recalculate_leads_to_what_it_found(book: MemoryBook) -> None:
    book.type(actual(book), "abc")
    told = recalculate(book, WHEN)
    assert "lihat lembar Pemeriksaan" in said(told)


@pytest.mark.parametrize("sheet", recalculation.FORMULAS_ONLY)
def test_recalculate_names_what_was_written_over_where_results_are_not_read(book: MemoryBook, sheet: str) -> None:
    ref = next(ref for ref in book.formulas if ref.sheet == sheet)
    formula = book.formulas[ref]
    book.type(ref, 77.0)
    (finding,) = recalculate(book, WHEN).done.found
    assert (finding.kind, finding.sheet, finding.cell) == (Kind.OVERWRITTEN, book.shape.title(sheet), ref.cell)
    assert finding.found.startswith("77")
    assert book.formulas[ref] == formula


def test_recalculate_without_anything_to_score_says_so(book: MemoryBook) -> None:
    for perspective in Perspective:
        for row in book.shape.rows(perspective):
            for period in range(1, LAST + 1):
                book.type(book.shape.cell(perspective, row, "target", period), None)
    told = recalculate(book, WHEN)
    assert "Belum ada IKU yang dapat dinilai" in said(told)


def test_check_lists_the_inputs_alone_and_leads_to_the_list(book: MemoryBook) -> None:
    book.type(actual(book), "abc")
    book.type(book.shape.cell("customer", FIRST_ROW, "index"), 120.0)
    formulas_before = dict(book.formulas)
    assert "Temuan pada isian: 1" in said(check_inputs(book, WHEN))
    assert book.selected == [book.shape.list_cell("checks", "cell", 0)]
    assert {ref.sheet for changes in book.applied for ref in (*changes.values, *changes.formulas)} == {"checks"}
    assert {ref: f for ref, f in book.formulas.items() if ref.sheet != "checks"} == {
        ref: f for ref, f in formulas_before.items() if ref.sheet != "checks"
    }


def test_check_says_that_all_is_well(book: MemoryBook) -> None:
    assert "tidak ada yang salah" in said(check_inputs(book, WHEN))
    assert book.selected == []


# --- next empty -----------------------------------------------------------------------------------------------------


def test_next_empty_goes_through_the_workbook_and_starts_anew_at_its_end(book: MemoryBook) -> None:
    wanted = [actual(book, "financial"), actual(book, "customer", FIRST_ROW, 2), actual(book, "customer")]
    for ref in wanted:
        book.type(ref, None)
    visited = []
    for _ in range(4):
        said(next_empty(book))
        visited += book.selected
    assert visited == [*wanted, wanted[0]]


def test_next_empty_passes_over_periods_that_are_not_reported_yet(book: MemoryBook) -> None:
    book.type(book.shape.settings["period"], 2.0)
    book.type(actual(book, period=3), None)
    refuses(lambda: next_empty(book), book, "nothing_empty")


def test_next_empty_asks_for_what_begins_a_row_and_for_the_unit(book: MemoryBook) -> None:
    row = book.shape.rows("financial")[-1]
    book.type(book.shape.cell("financial", row, "kpi_code"), "K99")
    book.type(book.shape.settings["unit_name"], None)
    visited = []
    for _ in range(6):
        next_empty(book)
        visited += book.selected
    keys = ("kpi_name", "polarity", "weight")
    expected = [book.shape.cell("financial", row, key) for key in keys]
    expected += [book.shape.cell("financial", row, "target", LAST), book.shape.cell("financial", row, "consolidation")]
    assert visited == [*expected, book.shape.settings["unit_name"]]


def test_next_empty_refuses_when_nothing_is_missing(book: MemoryBook) -> None:
    refuses(lambda: next_empty(book), book, "nothing_empty")


# --- not applicable -------------------------------------------------------------------------------------------------


def test_not_applicable_marks_the_selected_figures(book: MemoryBook) -> None:
    book.selected = [book.shape.cell("financial", FIRST_ROW, key, 2) for key in ("target", "actual")]
    assert "2" in said(not_applicable(book))
    assert [book.values[ref] for ref in book.selected] == ["N/A", "N/A"]


@pytest.mark.parametrize("key", ["kpi_name", "index", "weight"])
def test_not_applicable_refuses_any_other_cell(book: MemoryBook, key: str) -> None:
    book.selected = [actual(book), book.shape.cell("financial", FIRST_ROW, key)]
    refuses(lambda: not_applicable(book), book, "not_a_period_cell")


def test_not_applicable_refuses_an_empty_row_and_other_sheets(book: MemoryBook) -> None:
    for ref in (actual(book, row=book.shape.rows("financial")[-1]), Ref("settings", "D9")):
        book.selected = [ref]
        refuses(lambda: not_applicable(book), book, "not_a_period_cell")
    book.selected = []
    refuses(lambda: not_applicable(book), book, "not_a_period_cell")


def test_not_applicable_refuses_a_period_that_is_closed(book: MemoryBook) -> None:
    close_period(book, WHEN)
    book.applied, book.locked = [], set()
    book.selected = [actual(book)]
    refuses(lambda: not_applicable(book), book, "period_closed")


# --- one more KPI row -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("perspective", Perspective)
def test_a_workbook_with_one_more_row_is_what_one_drawn_with_it_is(perspective: Perspective) -> None:
    made = workbooks.bureau("id")
    book = MemoryBook(made.layout, made.writes)
    book.selected = [Ref(perspective, "B8")]
    said(add_kpi_row(book))
    new = growth.grown(made.layout, perspective)
    assert book.layout() == replace(new, tall=(), arrows=())
    assert book.formulas == formulas.every(new)
    for _ in range(2):  # the first time it finds that nobody has calculated the new row
        recalculate(book, WHEN)
    drawn = MemoryBook(new, plan.unit_writes(made.card, 0, new))
    recalculate(drawn, WHEN)

    def filled(own: MemoryBook) -> dict[Ref, object]:
        return {ref: value for ref, value in own.values.items() if value is not None and ref.is_cell}

    # drawn, not planned
    numbers = {new.trace(key, i) for key in ("place", "perspective") for i, _ in enumerate(new.slots)}
    assert {ref: value for ref, value in filled(book).items() if ref not in numbers} == filled(drawn)
    assert [book.values[new.trace("place", i)] for i, _ in enumerate(new.slots)] == list(range(1, len(new.slots) + 1))
    assert [book.values[new.trace("perspective", i)] for i, _ in enumerate(new.slots)] == [
        list(Perspective).index(perspective_) + 1 for perspective_, _ in new.slots
    ]


def test_what_people_wrote_into_the_action_plan_stays_with_its_kpi(book: MemoryBook) -> None:
    shape = book.shape
    row = shape.rows("financial")[-1]
    for key, value in {"kpi_code": "K99", "polarity": "Maksimalkan", "consolidation": "Jumlah"}.items():
        book.type(shape.cell("financial", row, key), value)
    book.type(shape.list_cell("action_plan", "cause", shape.slots.index((Perspective.FINANCIAL, row))), "Sebab K99")
    book.selected = [Ref("financial", "B8")]
    add_kpi_row(book)
    new = book.layout()
    moved = row + 1
    assert book.values[new.cell("financial", moved, "kpi_code")] == "K99"
    assert book.values[new.list_cell("action_plan", "cause", new.slots.index((Perspective.FINANCIAL, moved)))] == (
        "Sebab K99"
    )
    assert book.selected == [new.cell("financial", row, "kpi_code")]


def test_a_kpi_row_is_refused_where_no_perspective_is_selected(book: MemoryBook) -> None:
    for selected in ([], [Ref("dashboard", "B2")]):
        book.selected = selected
        refuses(lambda: add_kpi_row(book), book, "not_a_perspective")


def test_a_kpi_row_is_refused_beyond_what_a_sheet_takes(book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "MOST_ROWS", len(book.shape.rows("financial")))
    book.selected = [Ref("financial", "B8")]
    refuses(lambda: add_kpi_row(book), book, "too_many_rows")


# --- close period ---------------------------------------------------------------------------------------------------


def test_closing_appends_each_kpi_once_and_locks_the_inputs_of_the_period(book: MemoryBook) -> None:
    shape = book.shape
    assert "8 IKU" in said(close_period(book, WHEN))
    row = {key: book.values[shape.list_cell("history", key, 0)] for key in ("year", "period", "kpi_code", "index")}
    assert row == {"year": 2025, "period": LAST, "kpi_code": "K1", "index": pytest.approx(96.13)}
    assert book.values.get(shape.list_cell("history", "year", 8)) is None
    assert {actual(book, p, r) for p in Perspective for r in shape.rows(p)} <= book.locked
    assert not {actual(book, period=3)} & book.locked
    assert book.values[shape.settings["recalculated"]] == pytest.approx(46347.5868, abs=1e-3)


def test_the_next_period_is_appended_below(book: MemoryBook) -> None:
    book.type(book.shape.settings["period"], 3.0)
    close_period(book, WHEN)
    book.type(book.shape.settings["period"], 4.0)
    close_period(book, WHEN)
    periods = [book.values[book.shape.list_cell("history", "period", i)] for i in range(16)]
    assert periods == [3] * 8 + [4] * 8


def test_a_period_is_closed_once(book: MemoryBook) -> None:
    close_period(book, WHEN)
    book.applied = []
    refuses(lambda: close_period(book, WHEN), book, "already_closed")


def test_inputs_of_a_closed_period_that_can_be_changed_are_locked(book: MemoryBook) -> None:
    close_period(book, WHEN)
    locked, book.locked, book.applied = book.locked, {actual(book)}, []
    told = said(close_period(book, WHEN))
    assert told == book.shape.labels("action.period_locked", period=book.shape.period_names()[-1], year=2025)
    assert (book.locked, book.applied) == (locked, [])


def test_a_period_whose_results_cannot_be_kept_stays_open(book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(changes: Changes) -> None:
        if changes.values.keys() & {book.shape.list_cell("history", "year", 0)}:
            raise OSError("full")

    monkeypatch.setattr(book, "apply", full)
    with pytest.raises(OSError, match="full"):
        close_period(book, WHEN)
    assert book.locked == set()


def test_a_period_is_not_closed_while_an_input_is_wrong(book: MemoryBook) -> None:
    book.type(actual(book), "abc")
    refuses(lambda: close_period(book, WHEN), book, "failures_stand")


def test_a_period_is_not_closed_while_a_row_is_only_begun(book: MemoryBook) -> None:
    book.type(book.shape.cell("financial", book.shape.rows("financial")[-1], "kpi_code"), "K99")
    refuses(lambda: close_period(book, WHEN), book, "failures_stand")


def test_a_period_is_not_closed_where_the_history_is_full(book: MemoryBook) -> None:
    last = book.shape.list_table("history")[1].rpartition(":")[2]
    book.type(Ref("history", f"B{last.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"), 2020.0)
    refuses(lambda: close_period(book, WHEN), book, "history_full")
