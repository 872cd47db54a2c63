"""A workbook that is read back says what was put into it, names the cell of whatever is wrong, and loses nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapes
import workbooks
from memory import MemoryBook

from bsc_xl.errors import SourceError
from bsc_xl.excel import plan, reading
from bsc_xl.excel.layout import FIRST_ROW, Layout, Ref
from bsc_xl.excel.reading import Reading
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import Cell
from bsc_xl.scorecard import score
from bsc_xl.tables import ExcelError, UncalculatedFormulaError, failure_message

FIGURES = ("target", "actual", "achievement", "index", "status", "counted_weight", "weighted_score")
UNIT_FIGURES = ("score", "perspective_score", "rating", "scored_count", "total_count", "unit_status")


@pytest.fixture(scope="module", params=shapes.SHAPES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> workbooks.Made:
    """A workbook of each shape."""
    return shapes.make(request.param, tmp_path_factory.mktemp("shape"))


def book_of(made: workbooks.Made) -> MemoryBook:
    return MemoryBook(made.layout, made.writes)


@pytest.fixture
def book() -> MemoryBook:
    return book_of(workbooks.bureau("id"))


def found(book: MemoryBook) -> Reading:
    return reading.read_book(book)


def failures(book: MemoryBook) -> list[tuple[str | None, str, str | None]]:
    return [(f.cell, f.rule, f.value) for f in found(book).failures if f.level == "failure"]


# --- what was written comes back ------------------------------------------------------------------------------------


def test_a_generated_workbook_gives_the_same_scores(made: workbooks.Made) -> None:
    card = score(found(book_of(made)).tables)
    own = made.card.tables.rows_of(0)
    for name in FIGURES:
        np.testing.assert_array_equal(getattr(card, name), getattr(made.card, name)[own], name)
    for name in UNIT_FIGURES:
        np.testing.assert_array_equal(getattr(card, name)[0], getattr(made.card, name)[0], name)


def test_a_generated_workbook_gives_the_same_cells_when_it_is_written_again(made: workbooks.Made) -> None:
    back = plan.unit_writes(score(found(book_of(made)).tables), 0, made.layout)
    dataset = made.layout.settings["dataset"]  # the tables hold this unit alone
    assert [write for write in back if write.ref != dataset] == [w for w in made.writes if w.ref != dataset]


def test_a_generated_workbook_holds_no_failure_that_its_data_set_did_not_hold(made: workbooks.Made) -> None:
    assert failures(book_of(made)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_workbook_gives_no_score_and_asks_for_unit_and_year(tmp_path: Path, language: str) -> None:
    _, shape, writes = workbooks.make_empty(tmp_path / "empty.xlsx", language)
    book = MemoryBook(shape, writes)
    card = score(found(book).tables)
    assert np.isnan(card.score).all()
    assert len(card.tables.kpis) == 0
    wanted = {str(shape.settings[key].cell) for key in ("unit_code", "unit_name", "year")}
    assert {(cell or "").partition("!")[2] for cell, rule, _ in failures(book) if rule == "required"} == wanted


# --- four states ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "state", "rule"),
    [
        (None, Cell.BLANK, None),
        (0.0, Cell.NUMBER, None),
        ("N/A", Cell.NA, None),
        ("n/a", Cell.NA, None),
        ("N/A ", Cell.ERROR, "not_a_number"),
        (" ", Cell.ERROR, "not_a_number"),
        ("96,13", Cell.ERROR, "not_a_number"),
        ("12", Cell.ERROR, "not_a_number"),
        (True, Cell.ERROR, "not_a_number"),
        (ExcelError("#DIV/0!"), Cell.ERROR, "excel_error"),
        ("#DIV/0!", Cell.ERROR, "not_a_number"),
        (UncalculatedFormulaError("=A1"), Cell.ERROR, "formula_without_value"),
    ],
)
def test_a_figure_has_one_of_four_states_as_the_formulas_see_it(
    book: MemoryBook, value: object, state: Cell, rule: str | None
) -> None:
    ref = book.shape.cell("financial", FIRST_ROW, "actual", 2)
    book.type(ref, value)  # type: ignore[arg-type]
    assert Cell(found(book).tables.actual_state[0, 1]) == state
    assert [(cell, r) for cell, r, _ in failures(book)] == ([] if rule is None else [(f"Keuangan!{ref.cell}", rule)])


# --- places ---------------------------------------------------------------------------------------------------------


def test_a_failure_names_the_title_that_the_sheet_has_today(book: MemoryBook) -> None:
    ref = book.shape.cell("financial", FIRST_ROW, "target", 1)
    book.titles["financial"] = "Uang & Anggaran"
    book.type(ref, "abc")
    (failure,) = found(book).failures
    assert (failure.cell, failure.row, failure.value) == (f"Uang & Anggaran!{ref.cell}", FIRST_ROW, "abc")
    assert f"Uang & Anggaran!{ref.cell} (Target)" in failure_message(failure, load("id"))


def test_a_failure_names_the_row_in_which_people_find_it(book: MemoryBook) -> None:
    ref = book.shape.cell("financial", FIRST_ROW, "target", 1)
    book.type(ref, "abc")
    blocks = book.read(reading.INPUT_SHEETS)
    lower = replace(blocks["financial"], offset=3)
    (failure,) = reading.read(book.shape, {**blocks, "financial": lower}).failures
    assert (failure.row, failure.cell) == (FIRST_ROW + 3, f"Keuangan!{ref.cell[:-1]}{FIRST_ROW + 3}")


PLACES = {
    "weight": ("financial", "weight", "abc", "not_a_number"),
    "worst": ("customer", "worst", "buruk", "not_a_number"),
    "polarity": ("customer", "polarity", "maximize", "unknown_polarity"),
    "consolidation": ("internal_process", "consolidation", "total", "unknown_consolidation"),
    "ceiling": ("internal_process", "ceiling", "true", "bad_flag"),
}


@pytest.mark.parametrize(("sheet", "key", "value", "rule"), PLACES.values(), ids=PLACES)
def test_a_failure_of_a_kpi_names_its_cell(book: MemoryBook, sheet: str, key: str, value: str, rule: str) -> None:
    ref = book.shape.cell(sheet, FIRST_ROW, key)
    book.type(ref, value)
    assert (f"{book.shape.title(sheet)}!{ref.cell}", rule, value) in failures(book)


SETTINGS: dict[str, tuple[object, str, str]] = {
    "year": ("dua ribu", "year_out_of_range", "dua ribu"),
    "period": (9.0, "period_out_of_range", "9"),
    "weight_customer": ("banyak", "not_a_number", "banyak"),
    "rating": ("NKOO", "bad_setting", "NKOO"),
    "zero_target": ("pass_fail", "bad_setting", "pass_fail"),
    "unit_code": (None, "required", ""),
    "floor": (ExcelError("#REF!"), "excel_error", "#REF!"),
}


@pytest.mark.parametrize("key", SETTINGS)
def test_a_setting_that_cannot_be_used_is_named_and_the_scores_are_those_of_its_default(
    book: MemoryBook, key: str
) -> None:
    before = score(found(book).tables)
    value, rule, text = SETTINGS[key]
    book.type(book.shape.settings[key], value)  # type: ignore[arg-type]
    assert failures(book) == [(f"Pengaturan!{book.shape.settings[key].cell}", rule, text)]
    np.testing.assert_array_equal(score(found(book).tables).score, before.score)


def test_a_choice_is_understood_in_any_case_and_with_blanks_around_it(book: MemoryBook) -> None:
    before = score(found(book).tables)
    book.type(book.shape.cell("financial", FIRST_ROW, "polarity"), "  maksimalkan ")
    book.type(book.shape.settings["missing"], "BOBOT  DIBAGIKAN")
    assert failures(book) == []
    np.testing.assert_array_equal(score(found(book).tables).score, before.score)


# --- rows -----------------------------------------------------------------------------------------------------------


def fill(book: MemoryBook, sheet: str, row: int, **inputs: object) -> None:
    for key, value in inputs.items():
        book.type(book.shape.cell(sheet, row, key), value)  # type: ignore[arg-type]


def test_a_row_counts_once_it_has_code_polarity_and_consolidation(book: MemoryBook) -> None:
    row = book.shape.rows("financial")[-1]
    fill(book, "financial", row, kpi_code="K99", kpi_name="Baru", weight=0.0)
    assert [(begun.perspective, begun.row) for begun in found(book).begun] == [("financial", row)]
    fill(book, "financial", row, polarity="Minimalkan", consolidation="Jumlah")
    assert found(book).begun == []
    assert list(found(book).standing.rows["financial"]) == [FIRST_ROW, row]  # type: ignore[index]
    assert "K99" in found(book).tables.kpis["kpi_code"].tolist()


def test_only_the_first_row_with_a_code_counts_also_in_other_capitals(book: MemoryBook) -> None:
    row = book.shape.rows("customer")[-1]
    words = {"polarity": "Maksimalkan", "consolidation": "Jumlah", "weight": 0.0}
    fill(book, "customer", row, kpi_code="k1", kpi_name="Lagi", **words)
    book.type(book.shape.cell("customer", row, "target", 1), 5.0)
    assert failures(book) == [(f"Pelanggan!{book.shape.cell('customer', row, 'kpi_code').cell}", "duplicate", "k1")]
    assert [begun.row for begun in found(book).begun] == [row]


def test_figures_of_a_row_without_a_code_are_no_failures_of_their_own(book: MemoryBook) -> None:
    row = book.shape.rows("customer")[-1]
    book.type(book.shape.cell("customer", row, "actual", 1), 5.0)
    rules = {rule for _, rule, _ in failures(book)}
    assert rules == {"required"}


def test_links_and_settings_of_a_person_count(book: MemoryBook) -> None:
    shape = book.shape
    objectives = found(book).standing.objectives
    book.type(shape.link_cell("cause", shape.links), objectives[1])
    book.type(shape.link_cell("effect", shape.links), objectives[0])
    book.type(shape.settings["missing"], shape.labels("missing.zero"))
    tables = found(book).tables
    assert tables.links.iloc[-1].tolist() == [objectives[1], objectives[0]]
    assert tables.settings.overrides["missing"] == "zero"


# --- what is no workbook of ours ------------------------------------------------------------------------------------


def test_a_workbook_without_its_shape_is_refused(book: MemoryBook) -> None:
    book.type(book.shape.settings["shape"], "4")
    with pytest.raises(SourceError, match="not_a_unit_workbook"):
        found(book)


def test_a_workbook_of_another_template_is_refused(book: MemoryBook) -> None:
    book.type(book.shape.settings["template_version"], "99")
    with pytest.raises(SourceError, match="other_version"):
        found(book)


def test_what_stands_on_rows_beyond_the_table_is_not_read(book: MemoryBook) -> None:
    beyond = Ref("financial", f"{Layout.column(book.shape, 'kpi_code')}{book.shape.rows('financial')[-1] + 1}")
    book.type(beyond, "K77")
    assert "K77" not in found(book).tables.kpis["kpi_code"].tolist()
