"""The buttons of the ribbon on a workbook that is open: in LibreOffice, through xlwings."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uno_engine
import xlwings as xw
from opening import LAST, WHEN, Opened, calling, choose_documents, damage, pressed, refused, rules_of, text, write_over
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from bsc_xl import ribbon
from bsc_xl.errors import OutputError, SourceError
from bsc_xl.excel import growth, recalculation
from bsc_xl.excel.address import corners
from bsc_xl.excel.columns import COLUMNS, EVIDENCE_COLUMNS
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import FIRST_ROW, SHEETS, TEMPLATE_VERSION, Layout, Ref
from bsc_xl.excel.live import LiveBook
from bsc_xl.excel.port import Block
from bsc_xl.excel.reading import read_book
from bsc_xl.excel.template import rules
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import NA_TEXT, Perspective, Status
from bsc_xl.scorecard import score
from bsc_xl.workflows.recalculation import recalculate


def without_stamp(blocks: dict[str, Block], layout: Layout) -> dict[tuple[str, int, int], Any]:
    stamp = {layout.settings["recalculated"], layout.checked()}
    named = Ref("dashboard", recalculation.place("recalculated"))
    return {
        (key, row, column): (value, block.formulas[row][column])
        for key, block in blocks.items()
        for row, values in enumerate(block.values)
        for column, value in enumerate(values)
        if Ref(key, f"{xw.utils.col_name(column + 1)}{row + 1}") not in {*stamp, named}
    }


# --- recalculate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opened", LANGUAGES, indirect=True)
def test_recalculate_puts_right_what_a_person_has_done_and_names_it(opened: Opened) -> None:
    layout, sheet = opened.layout, opened.sheet("financial")
    formats = {key: rules_of(opened.sheet(key)) for key in Perspective}
    formulas = {key: block.formulas for key, block in opened.blocks().items()}
    opened.cell(opened.actual()).value = 80
    opened.cell(opened.actual("customer")).value = 95.5
    overwritten = damage(opened)
    assert rules_of(sheet) != formats["financial"]
    opened.select(opened.actual("customer"))
    inputs, protected, settings = opened.inputs(), opened.protected(), opened.settings()

    told = recalculate(LiveBook(opened.book), WHEN)

    after = opened.blocks()
    assert opened.inputs() == inputs
    assert {key: block.formulas for key, block in after.items() if key != "checks"} == {
        key: found for key, found in formulas.items() if key != "checks"
    }
    for key in Perspective:
        assert rules_of(opened.sheet(key)) == formats[key]
    named = [(finding.sheet, finding.cell) for finding in told.done.found if finding.kind is Kind.OVERWRITTEN]
    assert sorted(named) == sorted((layout.title(ref.sheet), ref.cell) for ref in overwritten)
    listed = [after["checks"].value(layout.list_cell("checks", "cell", i).cell) for i in range(len(told.done.found))]
    assert {ref.cell for ref in overwritten} <= set(listed)
    # totals and statuses are those of Python, in the sheet as well
    card = score(read_book(LiveBook(opened.book)).tables)
    shown = after["trace"].value(layout.rollup("score", len(Perspective)).cell)
    assert shown == pytest.approx(float(card.score[0]), abs=1e-9)
    status = after["financial"].value(layout.cell("financial", FIRST_ROW, "status").cell)
    assert status == layout.status_text(list(Status)[int(card.status[0])])
    assert after["settings"].value(layout.settings["recalculated"].cell) == pytest.approx(46347.58680555555)
    assert (opened.selected(), opened.protected(), opened.settings()) == (
        (layout.title("customer"), opened.actual("customer").cell), protected, settings,
    )  # fmt: skip

    # a second run finds nothing and changes nothing but the stamp
    again = recalculate(LiveBook(opened.book), WHEN.replace(hour=15))
    assert [finding for finding in again.done.found if finding.kind in (Kind.OVERWRITTEN, Kind.DIFFERENCE)] == []
    quiet = opened.blocks()
    third = recalculate(LiveBook(opened.book), WHEN.replace(hour=16))
    assert third.done.found == again.done.found
    assert without_stamp(opened.blocks(), layout) == without_stamp(quiet, layout)


def test_what_was_written_over_is_named_where_results_are_not_read(opened: Opened) -> None:
    layout = opened.layout
    places = [layout.trace("index", 0), *(ref for ref in layout.captions() if ref.sheet in ("history", "checks"))]
    before = {ref: opened.cell(ref).formula for ref in places}
    for ref in places:
        opened.sheet(ref.sheet).api.Unprotect()
        opened.cell(ref).formula = "77"
        opened.sheet(ref.sheet).api.Protect()
    found = recalculate(LiveBook(opened.book), WHEN).done.found
    assert {(each.kind, each.sheet, each.cell, each.found) for each in found} == {
        (Kind.OVERWRITTEN, layout.title(ref.sheet), ref.cell, "77") for ref in places
    }
    assert {ref: opened.cell(ref).formula for ref in places} == before
    assert recalculate(LiveBook(opened.book), WHEN).done.found == []


def test_sheets_are_found_whatever_they_are_called(opened: Opened) -> None:
    opened.sheet("financial").name = "Bob's (uang), 2026"
    opened.sheet("trace").name = "x"
    blocks = LiveBook(opened.book).read(SHEETS)
    assert blocks["financial"].title == "Bob's (uang), 2026"
    told = recalculate(LiveBook(opened.book), WHEN)
    assert [finding for finding in told.done.found if finding.kind is Kind.OVERWRITTEN] == []


# --- the other buttons ----------------------------------------------------------------------------------------------


def test_a_sheet_with_formulas_put_back_is_protected_again_also_where_nobody_had_done_so(opened: Opened) -> None:
    protected = opened.protected()
    for ref in write_over(opened):
        opened.sheet(ref.sheet).api.Unprotect()
    assert opened.protected() != protected
    ribbon.recalculate()
    assert opened.protected() == protected


def test_recalculate_tells_its_result_in_the_status_bar_or_findings_in_a_window(opened: Opened) -> None:
    told, in_window = pressed(opened, ribbon.recalculate)
    assert (told.count("88,57"), in_window) == (1, False)
    opened.cell(opened.actual()).value = "abc"
    told, in_window = pressed(opened, ribbon.recalculate)
    assert in_window
    assert "Temuan: 1" in told


def test_a_workbook_of_someone_else_is_left_alone(offices: Callable[[str], xw.App], tmp_path: Path) -> None:
    drawn = Workbook()
    drawn.worksheets[0]["A1"] = 1
    drawn.save(tmp_path / "budget.xlsx")
    app = offices("id")
    with calling(app, tmp_path / "budget.xlsx") as book:
        ribbon.recalculate()
        assert (
            load().error(SourceError(source="budget.xlsx", reason="source.not_a_unit_workbook"))
            == (uno_engine.said(app)[-1])
        )
        assert book.sheets[0].used_range.value == 1.0


def test_a_workbook_of_another_version_is_told_as_such(offices: Callable[[str], xw.App], tmp_path: Path) -> None:
    drawn = Workbook()
    drawn.worksheets[0].title = "Pengaturan"
    drawn.worksheets[0]["D25"] = "1"
    drawn.defined_names["bsc_template_version"] = DefinedName("bsc_template_version", attr_text="Pengaturan!$D$25")
    drawn.save(tmp_path / "old.xlsx")
    app = offices("id")
    with calling(app, tmp_path / "old.xlsx"):
        ribbon.recalculate()
        refused = SourceError(source="old.xlsx", reason="source.other_version", version="1", expected=TEMPLATE_VERSION)
        assert load().error(refused) == uno_engine.said(app)[-1]


def test_a_sheet_that_is_gone_and_rows_that_have_moved_are_refused(opened: Opened) -> None:
    sheet = opened.sheet("financial")
    sheet.api.Unprotect()
    inside = f"B9:{corners(opened.layout.table('financial')[1])[1][0]}9"
    sheet.range(inside).insert("down", copy_origin="format_from_right_or_below")
    told = pressed(opened, ribbon.recalculate)
    moved = SourceError(source=opened.book.name, reason="source.moved", sheet=sheet.name)
    assert told == (opened.layout.labels.error(moved), True)
    sheet.range(inside).delete("up")
    title = opened.layout.title("history")
    opened.sheet("history").delete()
    told = pressed(opened, ribbon.recalculate)
    gone = SourceError(source=opened.book.name, reason="source.sheet_gone", sheet=title)
    assert told == (opened.layout.labels.error(gone), True)


def test_check_inputs_leads_to_the_list_of_what_is_wrong(opened: Opened) -> None:
    told = pressed(opened, ribbon.check_inputs)
    assert told == (text(opened, "action.checked_none"), False)
    opened.cell(opened.actual("customer")).value = "belum ada"
    told = pressed(opened, ribbon.check_inputs)
    title = opened.layout.title("checks")
    assert told == (text(opened, "action.checked", count=1, sheet=title), True)
    first = opened.layout.list_cell("checks", "cell", 0)
    assert opened.selected() == (title, first.cell)
    block = opened.blocks()["checks"]
    assert block.value(first.cell) == opened.actual("customer").cell
    assert f"'{opened.layout.title('customer')}'!" in (block.formula(first.cell) or "").replace("''", "'")


def test_next_empty_cell_selects_what_the_period_needs(opened: Opened) -> None:
    refused(opened, ribbon.next_empty_cell, "nothing_empty", period=opened.layout.period_names()[-1])
    wanted = [opened.actual("financial"), opened.actual("internal_process", FIRST_ROW + 1, 3)]
    for ref in wanted:
        opened.cell(ref).value = None
    visited = []
    for _ in range(3):
        told, in_window = pressed(opened, ribbon.next_empty_cell)
        assert not in_window
        visited.append(opened.selected())
        assert visited[-1][1] in told
    assert visited == [(opened.layout.title(ref.sheet), ref.cell) for ref in (*wanted, wanted[0])]


def test_not_applicable_marks_the_selected_figures(opened: Opened) -> None:
    first, last = opened.actual("customer", FIRST_ROW, 2), opened.actual("customer", FIRST_ROW + 1, 3)
    opened.select(first, last)
    assert pressed(opened, ribbon.not_applicable) == (text(opened, "action.not_applicable", count=4), False)
    assert opened.sheet("customer").range(f"{first.cell}:{last.cell}").value == [[NA_TEXT] * 2] * 2
    name = opened.layout.cell("customer", FIRST_ROW, "kpi_name")
    opened.select(name)
    where = f"{opened.layout.title('customer')}!{name.cell}"
    refused(opened, ribbon.not_applicable, "not_a_period_cell", cell=where)


def test_evidence_is_imported_for_the_selected_kpi_from_the_file_that_is_chosen(opened: Opened) -> None:
    choose_documents(opened)
    protected = opened.protected()
    told, in_window = pressed(opened, ribbon.import_evidence)
    assert "K4, TW\xa0II" in told
    assert not in_window
    blocks = opened.blocks()
    layout = opened.layout
    actual, beside = (layout.cell("internal_process", FIRST_ROW, key, 2) for key in ("actual", "evidence"))
    traced = {key: blocks["evidence"].value(layout.list_cell("evidence", key, 0).cell) for key in EVIDENCE_COLUMNS}
    assert blocks[actual.sheet].value(actual.cell) == traced["evidence_value"]
    assert str(traced["checksum"])[:12] in str(blocks[beside.sheet].value(beside.cell))
    assert (traced["kpi_code"], traced["file"]) == ("K4", "documents_sop.csv")
    assert opened.protected() == protected


def test_without_a_file_or_a_kpi_nothing_is_imported(opened: Opened) -> None:
    opened.select(opened.actual())
    opened.book.app.api.chosen = ()
    assert pressed(opened, ribbon.import_evidence) == (text(opened, "action.evidence_not_chosen"), False)
    opened.select(opened.layout.settings["year"])
    refused(opened, ribbon.import_evidence, "not_a_kpi")


def test_a_kpi_row_is_added_complete_as_if_the_workbook_had_been_drawn_with_it(opened: Opened) -> None:
    layout, sheet = opened.layout, opened.sheet("customer")
    opened.select(layout.settings["year"])
    refused(opened, ribbon.add_kpi_row, "not_a_perspective")
    inputs, protected, settings = opened.inputs(), opened.protected(), opened.settings()
    opened.select(opened.actual("customer"))
    row = layout.rows("customer")[-1]
    told = pressed(opened, ribbon.add_kpi_row)
    assert told == (text(opened, "action.kpi_row_added", sheet=sheet.name, row=row), False)
    grown = growth.grown(layout, Perspective.CUSTOMER)
    live = LiveBook(opened.book)
    assert live.layout() == replace(grown, tall=(), arrows=())
    assert recalculation.lost_formulas(grown, live.read(recalculation.READ)) == {}
    areas = {name: target.replace("'", "") for name, target in grown.names.items()}
    assert {
        n.name: n.refers_to.replace("'", "").removeprefix("=") for n in opened.book.names if n.name in areas
    } == areas
    for key, (name, area) in {key: grown.table(key) for key in Perspective}.items():
        assert opened.sheet(key).tables[name].range.address.replace("$", "") == area
    assert (
        opened.sheet("action_plan").tables["tbl_action_plan"].range.address.replace("$", "")
        == (grown.list_table("action_plan")[1])
    )
    assert {rule.area for rule in rules.rules(grown, Perspective.CUSTOMER)} == {at for at, *_ in rules_of(sheet)}
    for column in COLUMNS:
        for period in column.of_periods(layout.periods):
            new, old = (opened.cell(grown.cell("customer", at, column.key, period)) for at in (row, row - 1))
            assert (new.api.Locked, new.number_format) == (not column.is_input, old.number_format)
    assert {ref: value for ref, value in opened.inputs().items() if value is not None} == {
        ref: value for ref, value in inputs.items() if value is not None
    }
    assert (opened.protected(), opened.settings()) == (protected, settings)
    # the new row counts like any other
    new_kpi = {"kpi_code": "K99", "kpi_name": "Baru", "weight": 0}
    new_kpi |= {
        key: layout.labels(f"{key}.{word}") for key, word in (("polarity", "maximize"), ("consolidation", "sum"))
    }
    for key, value in new_kpi.items():
        opened.cell(grown.cell("customer", row, key)).value = value
    for period in range(1, layout.periods + 1):
        opened.cell(grown.cell("customer", row, "target", period)).value = 10
        opened.cell(grown.cell("customer", row, "actual", period)).value = 5
    told_again = recalculate(LiveBook(opened.book), WHEN)
    assert [finding for finding in told_again.done.found if finding.kind is not Kind.ADVICE] == []
    assert opened.cell(grown.cell("customer", row, "index")).value == 50.0


def test_a_period_is_closed_once_and_its_inputs_are_locked(opened: Opened) -> None:
    layout = opened.layout
    opened.cell(opened.actual()).value = "abc"
    refused(opened, ribbon.close_period, "failures_stand", count=1)
    opened.cell(opened.actual()).value = 96.13
    told, in_window = pressed(opened, ribbon.close_period)
    period = layout.period_names()[-1]
    title = layout.title("history")
    assert told == text(opened, "action.period_closed", period=period, year=2025, count=8, sheet=title)
    assert in_window
    history = opened.blocks()["history"]
    codes = [history.value(layout.list_cell("history", "kpi_code", i).cell) for i in range(9)]
    assert codes == [*(f"K{number}" for number in range(1, 9)), None]
    assert opened.cell(opened.actual()).api.Locked
    assert opened.cell(opened.actual(period=LAST - 1)).api.Locked is False
    with pytest.raises(uno_engine.ApplicationError):
        opened.cell(opened.actual()).value = 1
    refused(opened, ribbon.close_period, "already_closed", period=period, year=2025)
    opened.select(opened.actual())
    refused(opened, ribbon.not_applicable, "period_closed", period=period)


def test_the_action_plan_opens_at_the_first_kpi_that_needs_it(opened: Opened) -> None:
    told = pressed(opened, ribbon.action_plan)
    assert told == (text(opened, "action.action_plan", count=8), False)
    cause = opened.layout.list_cell("action_plan", "cause", 1)  # the lowest has a plan, the next is the second
    assert opened.selected() == (opened.layout.title("action_plan"), cause.cell)
    for perspective in Perspective:
        for row in opened.layout.rows(perspective)[:-4]:
            for period in range(1, LAST + 1):
                opened.cell(opened.actual(perspective, row, period)).value = 100
    assert pressed(opened, ribbon.action_plan) == (text(opened, "action.action_plan_none"), False)


def test_the_guide_and_the_versions_are_shown(opened: Opened) -> None:
    title = opened.layout.title("guide")
    assert pressed(opened, ribbon.guide) == (text(opened, "action.guide", sheet=title), False)
    assert opened.selected() == (title, "A1")
    told, in_window = pressed(opened, ribbon.about)
    assert (told.startswith("bsc-xl "), "belum pernah" in told, in_window) == (True, True, True)
    recalculate(LiveBook(opened.book), WHEN)
    assert "21/11/2026 14:05" in pressed(opened, ribbon.about)[0]


def test_the_pdf_lies_beside_the_workbook_and_holds_what_is_signed(opened: Opened) -> None:
    path = Path(opened.book.fullname).with_suffix(".pdf")
    opened.cell(opened.layout.settings["unit_name"]).value = "Biro A & B"
    visible = [sheet.visible for sheet in opened.book.sheets]
    state = (opened.selected(), opened.protected(), opened.settings())
    assert pressed(opened, ribbon.pdf) == (text(opened, "action.pdf", path=path), True)
    printed = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    pages = printed.split("\f")[:-1]
    assert "88,57" in pages[0]
    assert [page for page in pages if "Biro A & B ·" not in page] == []
    assert not any(opened.layout.labels("settings.title") in page for page in pages)
    assert [sheet.visible for sheet in opened.book.sheets] == visible
    assert (opened.selected(), opened.protected(), opened.settings()) == state
    path.unlink()
    path.mkdir()
    told, in_window = pressed(opened, ribbon.pdf)
    assert in_window
    assert told == opened.layout.labels.error(OutputError(path=str(path), reason="not_a_place"))
