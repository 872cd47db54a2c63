"""A workbook comes back from a bureau with changes that no form foresees: it is scored right, or refused by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import workbooks
from closed import recalculated
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.errors import SourceError
from bsc_xl.excel import formulas, stamp, template
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.intake.opened import open_workbook
from bsc_xl.excel.layout import Layout
from bsc_xl.model import Cell, Perspective
from bsc_xl.ooxml import package

SHEET = Perspective.INTERNAL_PROCESS
Change = Callable[[Workbook, Layout], object]


@pytest.fixture(scope="module")
def made() -> workbooks.Made:
    return workbooks.bureau("id")


@pytest.fixture
def returned(made: workbooks.Made, tmp_path: Path) -> Callable[[Change], Path]:
    """The bureau's workbook after somebody has changed it and a program has saved it."""

    def give(change: Change) -> Path:
        path = tmp_path / "kembali.xlsx"
        path.write_bytes(stamp.stamp(template.draw(made.layout), made.writes))
        book = openpyxl.load_workbook(path)
        change(book, made.layout)
        book.save(path)
        return path

    return give


def sheet_of(book: Workbook, layout: Layout) -> Worksheet:
    return book[layout.title(SHEET)]


def input_columns(layout: Layout) -> Iterator[str]:
    calculated = {ref.cell for ref in formulas.every(layout) if ref.sheet == SHEET}
    first = layout.rows(SHEET)[0]
    return (letters for letters in layout.columns.values() if f"{letters}{first}" not in calculated)


def at(layout: Layout, key: str, period: int = 0) -> str:
    """The address of an input of the first KPI of the sheet."""
    return layout.cell(SHEET, layout.rows(SHEET)[0], key, period).cell


# --- what changes nothing -------------------------------------------------------------------------------------------


def filter_rows(book: Workbook, layout: Layout) -> None:
    sheet = sheet_of(book, layout)
    (table,) = sheet.tables.values()
    table.autoFilter = AutoFilter(ref=table.ref)
    table.autoFilter.add_filter_column(2, ["%"])
    hide_rows(book, layout)


def hide_rows(book: Workbook, layout: Layout) -> None:
    for row in layout.rows(SHEET)[:2]:
        sheet_of(book, layout).row_dimensions[row].hidden = True


def hide_other_sheets(book: Workbook, layout: Layout) -> None:
    book[layout.title("trace")].sheet_state = "visible"
    book[layout.title("customer")].sheet_state = "hidden"


def sort_rows(book: Workbook, layout: Layout) -> None:
    sheet, rows = sheet_of(book, layout), layout.rows(SHEET)[: layout.kpis[2]]
    for letters in input_columns(layout):
        values = [sheet[f"{letters}{row}"].value for row in reversed(rows)]
        for row, value in zip(rows, values, strict=True):
            sheet[f"{letters}{row}"].value = value


def copy_the_sheet_with_all_its_names(book: Workbook, layout: Layout) -> None:
    copy = book.copy_worksheet(sheet_of(book, layout))
    assert copy.sheet_properties.codeName == sheet_of(book, layout).sheet_properties.codeName
    for period in range(1, layout.periods + 1):
        copy[at(layout, "actual", period)].value = 1


def copy_the_sheet_before_all_others(book: Workbook, layout: Layout) -> None:
    copy_the_sheet_with_all_its_names(book, layout)
    book.move_sheet(book.worksheets[-1], 1 - len(book.worksheets))


def protect_with_another_password(book: Workbook, layout: Layout) -> None:
    for sheet in book.worksheets:
        sheet.protection.sheet = True
        sheet.protection.password = "rahasia"


def remove_frozen_panes(book: Workbook, layout: Layout) -> None:
    for sheet in book.worksheets:
        sheet.freeze_panes = None


def comment_on_inputs(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout)[at(layout, "actual", 2)].comment = Comment("sumber: laporan triwulan", "Ani")


def show_figures_as_percent(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout)[at(layout, "actual", 4)].number_format = "0.00%"


def put_blanks_around_a_code(book: Workbook, layout: Layout) -> None:
    cell = sheet_of(book, layout)[at(layout, "kpi_code")]
    cell.value = f"  {cell.value}\u00a0"


@pytest.mark.parametrize(
    "change",
    [
        filter_rows,
        hide_rows,
        hide_other_sheets,
        sort_rows,
        copy_the_sheet_with_all_its_names,
        copy_the_sheet_before_all_others,
        protect_with_another_password,
        remove_frozen_panes,
        comment_on_inputs,
        show_figures_as_percent,
        put_blanks_around_a_code,
    ],
)
def test_what_means_nothing_for_the_score_changes_nothing(
    change: Change, made: workbooks.Made, returned: Callable[[Change], Path]
) -> None:
    path = returned(change)
    before = package.read(path.read_bytes())
    done, _ = recalculated(path)
    after = package.read(path.read_bytes())
    assert done.found == []
    assert done.card.score[0] == pytest.approx(made.card.score[0], abs=1e-12)
    assert done.card.perspective_score[0] == pytest.approx(made.card.perspective_score[0], abs=1e-12)
    differ = [name for name in before if before[name] != after[name]]
    assert before.keys() == after.keys()
    assert [name for name in differ if not name.startswith(("xl/worksheets/sheet", "xl/charts/chart"))] == []


# --- what is said by name -------------------------------------------------------------------------------------------


def merge_inputs(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout).merge_cells(f"{at(layout, 'actual', 3)}:{at(layout, 'actual', 4)}")


def type_a_number_as_text(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout)[at(layout, "actual", 4)].value = "99,44"


def refer_to_another_file(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout)[at(layout, "actual", 4)].value = "='[1]Sheet1'!A1"


@pytest.mark.parametrize(
    ("change", "kind", "rule"),
    [
        (type_a_number_as_text, Kind.FAILURE, "not_a_number"),
        (refer_to_another_file, Kind.FAILURE, "formula_without_value"),
    ],
)
def test_what_cannot_be_a_figure_is_named_and_stays_as_it_was_typed(
    change: Change, kind: Kind, rule: str, made: workbooks.Made, returned: Callable[[Change], Path]
) -> None:
    path = returned(change)
    typed = openpyxl.load_workbook(path)[made.layout.title(SHEET)][at(made.layout, "actual", 4)].value
    done, _ = recalculated(path)
    assert [(finding.kind, finding.cell) for finding in done.found] == [(kind, at(made.layout, "actual", 4))]
    assert [failure.rule for failure in done.reading.failures] == [rule]
    assert openpyxl.load_workbook(path)[made.layout.title(SHEET)][at(made.layout, "actual", 4)].value == typed


def test_a_figure_that_merging_has_swallowed_counts_as_missing(
    made: workbooks.Made, returned: Callable[[Change], Path]
) -> None:
    done, _ = recalculated(returned(merge_inputs))
    assert done.card.tables.actual_state[sum(made.layout.kpis[:2]), 3] == Cell.BLANK
    assert (done.card.scored_count[0], done.card.total_count[0]) == (made.card.scored_count[0] - 1, 8)


# --- what is refused ------------------------------------------------------------------------------------------------


def insert_a_row_above(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout).insert_rows(1)


def insert_a_column_within(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout).insert_cols(3)


def insert_a_column_far_right(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout).insert_cols(len(layout.columns) - 5)


def delete_the_header(book: Workbook, layout: Layout) -> None:
    sheet_of(book, layout).delete_rows(layout.rows(SHEET)[0] - 1)


@pytest.mark.parametrize(
    "change", [insert_a_row_above, insert_a_column_within, insert_a_column_far_right, delete_the_header]
)
def test_cells_that_a_program_moved_without_their_table_are_never_taken_for_others(
    change: Change, made: workbooks.Made, returned: Callable[[Change], Path]
) -> None:
    like_it = returned(lambda *_: None).read_bytes()
    path = returned(change)
    before = path.read_bytes()
    with pytest.raises(SourceError) as refused:
        recalculated(path)
    assert refused.value.params["reason"] == "source.displaced"
    assert refused.value.params["sheet"] == made.layout.title(SHEET)
    assert path.read_bytes() == before
    open_workbook(path, path.name, like_it)  # when workbooks are collected, the shape of this one is known by now
    with pytest.raises(SourceError, match="displaced"):
        open_workbook(path, path.name, before)


def test_a_header_that_somebody_has_worded_anew_is_no_reason_to_refuse(
    made: workbooks.Made, returned: Callable[[Change], Path]
) -> None:
    def reword(book: Workbook, layout: Layout) -> None:
        first = layout.rows(SHEET)[0]
        sheet_of(book, layout)[f"{layout.column('kpi_name')}{first - 1}"].value = "Indikator"

    assert recalculated(returned(reword))[0].card.score[0] == pytest.approx(made.card.score[0], abs=1e-12)
