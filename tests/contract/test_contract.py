"""What every adapter must do, whether the workbook is open, a closed file or in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import workbooks

from bsc_xl.errors import SourceError
from bsc_xl.excel import recalculation
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import FIRST_ROW, Ref
from bsc_xl.excel.port import Book, Changes, Found
from bsc_xl.excel.reading import read_book
from bsc_xl.excel.recalculation import READ, agree, lost_formulas
from bsc_xl.excel.results import Value
from bsc_xl.model import Cell
from bsc_xl.scorecard import score
from bsc_xl.workflows.recalculation import recalculate

if TYPE_CHECKING:
    from conftest import Subject

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone
STATES: dict[str, tuple[Value, Cell]] = {
    "number": (12.5, Cell.NUMBER),
    "zero": (0.0, Cell.NUMBER),
    "blank": (None, Cell.BLANK),
    "N/A": ("N/A", Cell.NA),
    "text": ("belum ada", Cell.ERROR),
}
TEXTS = ["=1+1", "'quoted", "+62 812", "007", "  blanks  ", 'a "b" <c> & d', "line 1\nline 2", "é 数 😀", "#N/A text"]


def shown(book: Book, ref: Ref) -> Found:
    return book.read([ref.sheet])[ref.sheet].value(ref.cell)


def write(subject: Subject, **kinds: dict[Ref, object]) -> Book:
    """Applies changes and opens the workbook anew."""
    subject.book().apply(Changes(**kinds))  # type: ignore[arg-type]
    return subject.book()


class TestReading:
    def test_the_shape_is_the_one_it_was_made_in(self, subject: Subject, made: workbooks.Made) -> None:
        assert subject.book().layout() == replace(made.layout, tall=(), wordy=(), arrows=())

    def test_every_cell_shows_what_was_written(self, subject: Subject, made: workbooks.Made) -> None:
        blocks = subject.book().read(READ)
        own = [w for w in made.writes if w.ref.sheet in blocks and w.ref.is_cell]
        wrong = [w for w in own if not agree(w.value, blocks[w.ref.sheet].value(w.ref.cell))]
        assert wrong == []

    def test_every_formula_stands_where_it_must_and_nowhere_else(self, subject: Subject, made: workbooks.Made) -> None:
        blocks = subject.book().read(READ)
        assert lost_formulas(made.layout, blocks) == {}
        inputs = [w.ref for w in made.writes if not w.result and w.ref.sheet in blocks and w.ref.is_cell]
        assert [ref for ref in inputs if blocks[ref.sheet].formula(ref.cell) is not None] == []

    def test_formulas_that_are_read_alone_are_the_same(self, subject: Subject, made: workbooks.Made) -> None:
        both, alone = subject.book().read(READ), subject.book().read_formulas(READ)
        assert lost_formulas(made.layout, alone) == {}
        filled = [w.ref for w in made.writes if w.ref.sheet in both and w.ref.is_cell]
        for ref in filled:
            block = alone[ref.sheet]
            assert block.formula(ref.cell) == both[ref.sheet].formula(ref.cell)
            assert (block.value(ref.cell) is None) == (both[ref.sheet].value(ref.cell) is None)
        assert {block.title for block in alone.values()} == {block.title for block in both.values()}

    def test_a_sheet_bears_the_title_that_its_tab_shows(self, subject: Subject, made: workbooks.Made) -> None:
        blocks = subject.book().read(READ)
        assert {key: block.title for key, block in blocks.items()} == {key: made.layout.title(key) for key in READ}

    def test_the_scores_are_those_of_the_data_set(self, subject: Subject, made: workbooks.Made) -> None:
        assert score(read_book(subject.book()).tables).score[0] == made.card.score[0]

    def test_a_workbook_without_its_shape_is_refused(self, subject: Subject, made: workbooks.Made) -> None:
        with pytest.raises(SourceError, match="not_a_unit_workbook"):
            write(subject, values={made.layout.settings["shape"]: "4"}).layout()


class TestWriting:
    @pytest.mark.parametrize("state", STATES)
    def test_a_cell_keeps_its_state(self, subject: Subject, made: workbooks.Made, state: str) -> None:
        value, expected = STATES[state]
        ref = made.layout.cell("financial", FIRST_ROW, "actual", 2)
        book = write(subject, values={ref: value})
        assert shown(book, ref) == value
        assert Cell(read_book(book).tables.actual_state[0, 1]) == expected

    @pytest.mark.parametrize("text", TEXTS)
    def test_a_text_stays_the_text_that_it_is(self, subject: Subject, made: workbooks.Made, text: str) -> None:
        ref = made.layout.cell("financial", FIRST_ROW, "note", 2)
        book = write(subject, values={ref: text})
        assert (shown(book, ref), book.read(["financial"])["financial"].formula(ref.cell)) == (text, None)

    def test_a_number_keeps_its_digits(self, subject: Subject, made: workbooks.Made) -> None:
        refs = [made.layout.cell("financial", FIRST_ROW, "actual", p) for p in (1, 2, 3)]
        numbers = [0.1 + 0.2, -1234567890.12, 1e-9]
        book = write(subject, values=dict(zip(refs, numbers, strict=True)))
        assert [shown(book, ref) for ref in refs] == numbers

    def test_a_value_takes_the_place_of_a_formula_and_a_formula_that_of_a_value(
        self, subject: Subject, made: workbooks.Made
    ) -> None:
        ref = made.layout.cell("financial", FIRST_ROW, "index")
        book = write(subject, values={ref: 120.0})
        assert (shown(book, ref), set(lost_formulas(made.layout, book.read(READ)))) == (120.0, {ref})
        book = write(subject, formulas=lost_formulas(made.layout, book.read(READ)), results={ref: 96.13})
        assert lost_formulas(made.layout, book.read(READ)) == {}
        assert shown(book, ref) == pytest.approx(96.13)

    def test_a_cell_that_was_not_there_yet_is_made_and_emptied(self, subject: Subject, made: workbooks.Made) -> None:
        ref = made.layout.list_cell("checks", "finding", 199)
        assert shown(write(subject, values={ref: "Baru"}), ref) == "Baru"
        assert shown(write(subject, values={ref: None}), ref) is None


class TestRecalculation:
    def test_new_figures_give_new_results_everywhere(self, subject: Subject, made: workbooks.Made) -> None:
        layout = made.layout
        write(subject, values={layout.cell("financial", FIRST_ROW, "actual", 4): 50.0})
        recalculated = recalculate(subject.book(), WHEN)
        assert recalculated.done.card.score[0] == pytest.approx(88.57 + (50 - 96.13) / 4, abs=0.005)
        blocks = subject.book().read(READ)
        results = {ref: value for ref, value in recalculated.done.changes.results.items() if ref.sheet in blocks}
        wrong = {ref: (v, blocks[ref.sheet].value(ref.cell)) for ref, v in results.items()
                 if not agree(v, blocks[ref.sheet].value(ref.cell))}  # fmt: skip
        assert wrong == {}

    def test_what_was_written_over_is_named_and_back(self, subject: Subject, made: workbooks.Made) -> None:
        index, status = (made.layout.cell("customer", FIRST_ROW, key) for key in ("index", "status"))
        write(subject, values={index: 120.0, status: "● Hijau"})
        done = recalculate(subject.book(), WHEN).done
        named = {f.cell for f in done.found if f.kind is Kind.OVERWRITTEN}
        assert named == {index.cell, status.cell}
        book = subject.book()
        assert lost_formulas(made.layout, book.read(READ)) == {}
        assert shown(book, index) == pytest.approx(90)

    def test_the_findings_are_listed_with_a_link(self, subject: Subject, made: workbooks.Made) -> None:
        ref = made.layout.cell("financial", FIRST_ROW, "actual", 2)
        write(subject, values={ref: "abc"})
        recalculate(subject.book(), WHEN)
        book = subject.book()
        keys = ("number", "sheet", "cell", "found")
        row = [shown(book, made.layout.list_cell("checks", key, 0)) for key in keys]
        assert row == [1, "Keuangan", ref.cell, "abc"]
        link = made.layout.list_cell("checks", "cell", 0)
        assert (book.read(["checks"])["checks"].formula(link.cell) or "").startswith("HYPERLINK(")

    def test_a_second_run_changes_nothing_but_the_stamp(self, subject: Subject, made: workbooks.Made) -> None:
        recalculate(subject.book(), WHEN)
        before = subject.book().read(READ)
        done = recalculate(subject.book(), WHEN.replace(hour=15)).done
        assert done.changes.formulas == {}
        after = subject.book().read(READ)
        refs = {*done.changes.values, *done.changes.results, *(w.ref for w in made.writes if w.ref.is_cell)}
        changed = {ref for ref in refs if before[ref.sheet].value(ref.cell) != after[ref.sheet].value(ref.cell)}
        stamp = {made.layout.settings["recalculated"], made.layout.checked()} if subject.times else set()
        assert stamp <= changed
        assert {ref.sheet for ref in changed - stamp} == ({"dashboard"} if subject.times else set())
        assert len(changed - stamp) == int(subject.times)

    def test_inputs_stay_as_they_are(self, subject: Subject, made: workbooks.Made) -> None:
        technical = {made.layout.settings[key] for key in recalculation.STAMP}
        recalculate(subject.book(), WHEN)
        blocks = subject.book().read(READ)
        own = [w for w in made.writes if not w.result and w.ref.sheet in blocks and w.ref.is_cell]
        wrong = [w for w in own if not agree(w.value, blocks[w.ref.sheet].value(w.ref.cell))]
        assert [w for w in wrong if w.ref not in technical] == []
