"""Recalculate computes everything before it writes, names every cell that is not as it should be, touches no input."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import shapes
import workbooks
from memory import MemoryBook

from bsc_xl.excel import formulas, plan, recalculation
from bsc_xl.excel.address import split
from bsc_xl.excel.columns import CHECK_COLUMNS
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.grid import place
from bsc_xl.excel.layout import FIRST_ROW, Ref
from bsc_xl.excel.recalculation import Recalculation, recalculate
from bsc_xl.excel.room import CHECK_ROWS
from bsc_xl.scorecard import score
from bsc_xl.tables import ExcelError, UncalculatedFormulaError

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone
LATER = WHEN.replace(minute=6)


@pytest.fixture(scope="module", params=shapes.SHAPES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> workbooks.Made:
    """A workbook of each shape."""
    return shapes.make(request.param, tmp_path_factory.mktemp("shape"))


@pytest.fixture
def book() -> MemoryBook:
    made = workbooks.bureau("id")
    return MemoryBook(made.layout, made.writes)


def run(book: MemoryBook, when: datetime = WHEN) -> Recalculation:
    return recalculate(book.layout(), book.read(recalculation.READ), when)


def found(done: Recalculation, kind: Kind) -> list[str]:
    return [f"{finding.sheet}!{finding.cell}" for finding in done.found if finding.kind is kind]


# --- a workbook as it was made --------------------------------------------------------------------------------------


def test_a_workbook_that_was_just_made_shows_what_it_must(made: workbooks.Made) -> None:
    done = run(MemoryBook(made.layout, made.writes))
    assert {finding.kind for finding in done.found} <= {Kind.ADVICE}


def test_the_results_are_those_of_a_workbook_made_at_that_time(made: workbooks.Made) -> None:
    done = run(MemoryBook(made.layout, made.writes))
    fresh = {write.ref: write.value for write in plan.unit_writes(made.card, 0, made.layout, WHEN) if write.result}
    ours = {ref: value for ref, value in done.changes.results.items() if ref in fresh}
    assert ours == {
        ref: pytest.approx(value, abs=1e-9) if isinstance(value, float) else value for ref, value in fresh.items()
    }


def test_a_second_run_changes_nothing_but_the_stamp(made: workbooks.Made) -> None:
    book = MemoryBook(made.layout, made.writes)
    book.apply(run(book).changes)
    before, formulas_before = dict(book.values), dict(book.formulas)
    book.apply(run(book, LATER).changes)
    changed = {ref for ref, value in book.values.items() if value != before.get(ref)}
    stamp = {made.layout.settings["recalculated"], made.layout.checked(), Ref("dashboard", place("recalculated"))}
    assert changed == stamp
    assert book.formulas == formulas_before


def test_inputs_are_never_written(made: workbooks.Made) -> None:
    changes = run(MemoryBook(made.layout, made.writes)).changes
    own = {write.ref for write in made.writes if not write.result}
    technical = {made.layout.settings[key] for key in recalculation.STAMP}
    assert not (own - technical) & {*changes.values, *changes.formulas, *changes.results}


def test_a_new_workbook_can_be_recalculated(tmp_path: Path) -> None:
    _, shape, writes = workbooks.make_empty(tmp_path / "empty.xlsx")
    done = run(MemoryBook(shape, writes))
    assert {finding.kind for finding in done.found} == {Kind.FAILURE}


# --- formulas -------------------------------------------------------------------------------------------------------


def test_formulas_that_were_written_over_are_named_and_put_back(book: MemoryBook) -> None:
    shape = book.shape
    index, status = (shape.cell("customer", FIRST_ROW, key) for key in ("index", "status"))
    book.type(index, 120.0)
    book.type(status, "● Hijau")
    done = run(book)
    assert set(found(done, Kind.OVERWRITTEN)) == {f"Pelanggan!{ref.cell}" for ref in (index, status)}
    book.apply(done.changes)
    canonical = formulas.every(shape)
    assert {ref: book.formulas[ref] for ref in (index, status)} == {ref: canonical[ref] for ref in (index, status)}
    assert found(run(book, LATER), Kind.OVERWRITTEN) == []


def test_another_formula_counts_as_written_over_and_is_shown(book: MemoryBook) -> None:
    ref = book.shape.cell("customer", FIRST_ROW, "achievement")
    book.formulas[ref] = "1+1"
    (finding,) = [each for each in run(book).found if each.kind is Kind.OVERWRITTEN]
    assert (finding.cell, finding.found) == (ref.cell, "=1+1")


def test_a_formula_as_another_program_writes_it_stands(book: MemoryBook) -> None:
    for ref, formula in book.formulas.items():
        book.formulas[ref] = formula.replace("'Keuangan'!", "Keuangan!").replace("1E-14", "1E-014").replace(",", ", ")
    # text constants keep their blanks
    strays = {ref for ref, formula in formulas.every(book.shape).items() if '",' in formula or ", " in formula}
    named = {cell.rpartition("!")[2] for cell in found(run(book), Kind.OVERWRITTEN)}
    assert named <= {ref.cell for ref in strays}


def test_formulas_follow_a_sheet_that_somebody_renamed(book: MemoryBook) -> None:
    book.titles["financial"] = "Uang"
    book.formulas = {ref: formula.replace("'Keuangan'!", "Uang!") for ref, formula in book.formulas.items()}
    ref = book.shape.rollup("score", 0)
    book.type(ref, 1.0)
    done = run(book)
    assert found(done, Kind.OVERWRITTEN) == [f"Penelusuran!{ref.cell}"]
    assert "'Uang'!" in done.changes.formulas[ref]
    assert "Keuangan" not in done.changes.formulas[ref]


# --- differences ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [96.14, "", None, "96,13", ExcelError("#NAME?"), True])
def test_a_cell_that_shows_something_else_is_a_difference(book: MemoryBook, shown: object) -> None:
    ref = book.shape.cell("financial", FIRST_ROW, "index")
    book.values[ref] = shown  # type: ignore[assignment]
    assert found(run(book), Kind.DIFFERENCE) == [f"Keuangan!{ref.cell}"]


@pytest.mark.parametrize("shown", [96.13, 96.13 + 1e-9, UncalculatedFormulaError("=A1")])
def test_noise_and_what_nobody_calculated_are_no_difference(book: MemoryBook, shown: object) -> None:
    ref = book.shape.cell("financial", FIRST_ROW, "index")
    book.values[ref] = shown  # type: ignore[assignment]
    assert found(run(book), Kind.DIFFERENCE) == []


def test_a_number_that_people_typed_moves_the_scores(book: MemoryBook) -> None:
    book.type(book.shape.cell("financial", FIRST_ROW, "actual", 4), 50.0)
    done = run(book)
    assert found(done, Kind.DIFFERENCE) != []  # nobody has calculated the sheet since
    book.apply(done.changes)
    assert found(run(book, LATER), Kind.DIFFERENCE) == []
    assert book.values[book.shape.cell("financial", FIRST_ROW, "index")] == 50.0


# --- rows that do not count -----------------------------------------------------------------------------------------


def test_a_row_that_is_only_begun_shows_what_it_needs(book: MemoryBook) -> None:
    shape = book.shape
    row = shape.rows("financial")[-1]
    for key, value in {"kpi_code": " K99", "kpi_name": "Baru", "weight": 12.5}.items():
        book.type(shape.cell("financial", row, key), value)  # type: ignore[arg-type]
    book.type(shape.cell("financial", row, "target", 1), 5.0)
    book.type(shape.cell("financial", row, "actual", 1), "x")
    done = run(book)
    rules = {f"Keuangan!{shape.cell('financial', row, key).cell}" for key in ("polarity", "consolidation")}
    assert set(found(done, Kind.INCOMPLETE)) == rules
    results = done.changes.results
    assert results[shape.cell("financial", row, "status")] == shape.labels("placeholder.incomplete")
    assert results[shape.cell("financial", row, "periods_counted")] == 1
    assert results[shape.cell("financial", row, "invalid")] == 1
    assert results[shape.summary("financial", "weights")] == 112.5
    assert results[shape.trace("code", shape.slots.index(("financial", row)))] == "K99"  # type: ignore[arg-type]


# --- the sheet of findings ------------------------------------------------------------------------------------------


def test_each_finding_stands_in_a_row_with_a_link_to_its_cell(book: MemoryBook) -> None:
    shape = book.shape
    ref = shape.cell("financial", FIRST_ROW, "actual", 2)
    book.type(ref, "abc")
    book.apply(run(book).changes)
    link = shape.list_cell("checks", "cell", 0)
    assert book.formulas[link] == f"""HYPERLINK("#'Keuangan'!{ref.cell}","{ref.cell}")"""
    shown = {
        key: book.values[shape.list_cell("checks", key, 0)] for key in ("number", "kind", "sheet", "cell", "found")
    }
    assert shown == {"number": 1, "kind": "Salah", "sheet": "Keuangan", "cell": ref.cell, "found": "abc"}
    assert "14:05" in str(book.values[shape.checked()])


def test_a_finding_about_a_setting_says_which(book: MemoryBook) -> None:
    book.type(book.shape.settings["year"], None)
    (finding,) = [each for each in run(book).found if each.kind is Kind.FAILURE]
    assert finding.text.startswith("Tahun: ")


def test_a_list_that_got_shorter_leaves_nothing_behind(book: MemoryBook) -> None:
    ref = book.shape.cell("financial", FIRST_ROW, "actual", 2)
    before = book.values[ref]
    book.type(ref, "abc")
    book.apply(run(book).changes)
    book.type(ref, before)
    book.apply(run(book, LATER).changes)  # finds that nobody has calculated the sheet since
    book.apply(run(book, LATER).changes)
    own = {r for r, value in book.values.items() if r.sheet == "checks" and value is not None}
    headings = (book.shape.list_cell("checks", key, -1) for key in CHECK_COLUMNS)
    assert own == {book.shape.checked(), *headings, *(r for r in book.shape.captions() if r.sheet == "checks")}
    assert not [r for r in book.formulas if r.sheet == "checks" and r not in book.shape.captions()]


def test_findings_that_find_no_room_are_counted(tmp_path: Path) -> None:
    made = shapes.make("forty KPIs per perspective", tmp_path)
    book = MemoryBook(made.layout, made.writes)
    for row in made.layout.rows("financial")[:40]:
        for period in range(1, 5):
            for key in ("target", "actual"):
                book.type(made.layout.cell("financial", row, key, period), "abc")
    done = run(book)
    book.apply(done.changes)
    assert len(done.found) > CHECK_ROWS
    assert str(len(done.found) - CHECK_ROWS) in str(book.values[made.layout.more_findings()])
    assert made.layout.list_cell("checks", "number", CHECK_ROWS) not in book.values


def test_a_title_that_needs_quotes_can_be_jumped_to(book: MemoryBook) -> None:
    book.titles["financial"] = 'Uang "kas" & Bank\'s'
    ref = book.shape.cell("financial", FIRST_ROW, "actual", 2)
    book.type(ref, "abc")
    link = run(book).changes.formulas[book.shape.list_cell("checks", "cell", 0)]
    assert link == f"""HYPERLINK("#'Uang ""kas"" & Bank''s'!{ref.cell}","{ref.cell}")"""


# --- settings -------------------------------------------------------------------------------------------------------


def test_the_stamp_says_when_by_what_and_over_which_inputs(book: MemoryBook) -> None:
    values = run(book).changes.values
    settings = book.shape.settings
    assert values[settings["checksum"]] == book.values[settings["checksum"]]
    assert values[settings["recalculated"]] == pytest.approx(46347.586805556)
    book.type(book.shape.cell("financial", FIRST_ROW, "note", 1), "Catatan")
    assert run(book).changes.values[settings["checksum"]] != book.values[settings["checksum"]]


def test_a_kpi_that_goes_leaves_the_stamp_of_what_is_still_there(book: MemoryBook) -> None:
    book.type(book.shape.cell("financial", FIRST_ROW, "kpi_code"), None)
    done = run(book)
    stamp = done.changes.values[book.shape.settings["checksum"]]
    for ref, value in done.changes.values.items():
        book.type(ref, value)
    assert run(book).changes.values[book.shape.settings["checksum"]] == stamp


def test_another_reporting_period_is_what_is_scored_and_printed(book: MemoryBook) -> None:
    book.type(book.shape.settings["period"], 2.0)
    done = run(book)
    expected = score(workbooks.bureau("id").card.tables, 2)
    assert done.card.score[0] == pytest.approx(expected.score[0])
    assert str(done.changes.footer).endswith(book.shape.period_names()[1])


def test_a_year_that_cannot_be_used_leaves_the_captions_to_the_sheet(book: MemoryBook) -> None:
    book.type(book.shape.settings["year"], "dua ribu")
    done = run(book)
    assert found(done, Kind.DIFFERENCE) == []
    assert not set(book.shape.captions()) & done.changes.results.keys()


def test_lists_are_printed_down_to_the_last_kpi_once_spare_rows_are_filled_in(book: MemoryBook) -> None:
    shape = book.shape
    assert run(book).changes.printed == {}
    row = shape.rows("customer")[-1]
    book.type(shape.cell("customer", row, "kpi_code"), "K99")
    last = shape.slots.index(("customer", row))
    assert last >= sum(shape.kpis)
    printed = run(book).changes.printed
    assert printed.keys() == {"action_plan", "trend"}
    for key, cell in printed.items():
        right = shape.list_table(key)[1].split(":")[1]
        bottom = split(shape.list_cell(key, "kpi_code", last).cell)[1]
        assert cell == f"{split(right)[0]}{bottom}"
