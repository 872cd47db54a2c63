"""What people do to an open workbook that nobody had in mind when the buttons were made."""

from __future__ import annotations

import pytest
from opening import WHEN, Opened, pressed, refused, write_over

from bsc_xl import ribbon
from bsc_xl.errors import SourceError
from bsc_xl.excel.address import corners
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import FIRST_ROW, SHEETS, Ref
from bsc_xl.excel.live import LiveBook
from bsc_xl.model import Perspective
from bsc_xl.workflows.recalculation import recalculate

PLACED = tuple(key for key in SHEETS if key not in ("guide", "trace"))


@pytest.mark.parametrize("what", ["row", "column"])
def test_nothing_is_written_where_rows_or_columns_were_inserted(opened: Opened, what: str) -> None:
    for key in PLACED:
        sheet = opened.sheet(key)
        sheet.api.Unprotect()
        sheet.range("A6:CZ6" if what == "row" else "D1:D600").insert("down" if what == "row" else "right")
        before = sheet.range("A1:BZ60").formula
        moved = SourceError(source=opened.book.name, reason="source.moved", sheet=sheet.name)
        for button in (ribbon.recalculate, ribbon.next_empty_cell):
            assert pressed(opened, button) == (opened.layout.labels.error(moved), True)
        assert sheet.range("A1:BZ60").formula == before
        sheet.range("A6:CZ6" if what == "row" else "D1:D600").delete("up" if what == "row" else "left")
        assert pressed(opened, ribbon.recalculate)[1] is False


def test_a_sheet_with_a_password_is_named_and_nothing_is_half_done(opened: Opened) -> None:
    sheet = opened.sheet("customer")
    broken = write_over(opened)[1]
    sheet.api.Unprotect()
    sheet.api.Protect(Password="rahasia")
    before = opened.blocks()
    for button in (ribbon.recalculate, ribbon.close_period):
        refused(opened, button, "password", sheet=sheet.name)
    assert opened.blocks()["customer"].formula(broken.cell) == before["customer"].formula(broken.cell) == "1+1"
    assert opened.cell(opened.actual()).api.Locked is False


def test_a_period_with_a_sheet_that_cannot_be_locked_is_not_closed(opened: Opened) -> None:
    sheet = opened.sheet("learning_growth")
    sheet.api.Unprotect()
    sheet.api.Protect(Password="rahasia")
    told = pressed(opened, ribbon.close_period)
    labels = opened.layout.labels
    assert told == (labels("error.reason.action.password", sheet=sheet.name), True)
    assert opened.blocks()["history"].value(opened.layout.list_cell("history", "year", 0).cell) is None
    assert [opened.cell(opened.actual(p)).api.Locked for p in Perspective] == [False] * 4


def test_a_hidden_sheet_is_named(opened: Opened) -> None:
    opened.sheet("guide").visible = False
    refused(opened, ribbon.guide, "hidden", sheet=opened.layout.title("guide"))


def test_a_workbook_that_calculates_by_hand_is_calculated(opened: Opened) -> None:
    opened.book.app.calculation = "manual"
    try:
        opened.cell(opened.actual()).value = 50
        told = recalculate(LiveBook(opened.book), WHEN)
        assert [finding.kind for finding in told.done.found if finding.kind is Kind.DIFFERENCE] == []
        assert opened.cell(Ref("dashboard", "B6")).value == pytest.approx(float(told.done.card.score[0]))
        assert opened.book.app.calculation == "manual"
    finally:
        opened.book.app.calculation = "automatic"


def test_sheets_are_called_by_the_titles_that_they_have_today(opened: Opened) -> None:
    for key, title in (("checks", "Temuan X"), ("financial", "Uang"), ("history", "Lama")):
        opened.sheet(key).name = title
    name = opened.layout.cell("financial", FIRST_ROW, "kpi_name")
    opened.book.sheets["Uang"].activate()
    opened.book.sheets["Uang"].range(name.cell).select()
    assert f"Uang!{name.cell}" in pressed(opened, ribbon.not_applicable)[0]
    assert "Uang" in pressed(opened, ribbon.add_kpi_row)[0]
    assert "Lama" in pressed(opened, ribbon.close_period)[0]


def printed_down_to(opened: Opened, key: str) -> int:
    """The last row of a sheet's print area."""
    return int((opened.sheet(key).page_setup.print_area or "").rpartition("$")[2])


def test_added_rows_are_printed_and_as_high_as_the_others(opened: Opened) -> None:
    keys = ("customer", "action_plan", "trend")
    ends = [corners(opened.layout.list_table(key)[1])[1][1] for key in keys[1:]]
    ends = [opened.layout.rows("customer")[-1], *ends]
    assert printed_down_to(opened, "customer") == ends[0]
    opened.select(opened.actual("customer"))
    for _ in range(2):
        ribbon.add_kpi_row()
    for key, end in zip(keys, ends, strict=True):
        heights = {opened.sheet(key).range(f"A{row}").row_height for row in (end, end + 1, end + 2)}
        assert len(heights) == 1
    assert printed_down_to(opened, "customer") == ends[0] + 2
    grown = LiveBook(opened.book).layout()
    assert grown.rows("customer")[-1] == ends[0] + 2
    assert grown.list_table("action_plan")[1].endswith(str(ends[1] + 2))


@pytest.mark.parametrize("area", ["ours", "$A$1:$D$9"])
def test_a_kpi_in_a_spare_row_is_printed_in_the_lists_once_it_is_recalculated(opened: Opened, area: str) -> None:
    layout, row = opened.layout, opened.layout.rows("customer")[-1]
    if area != "ours":  # people have chosen what is printed
        opened.sheet("trend").page_setup.print_area = area
    before = {key: printed_down_to(opened, key) for key in ("action_plan", "trend")}
    opened.cell(layout.cell("customer", row, "kpi_code")).value = "K99"
    recalculate(LiveBook(opened.book), WHEN)
    more = layout.slots.index(("customer", row)) + 1 - sum(layout.kpis)
    assert printed_down_to(opened, "action_plan") == before["action_plan"] + more
    assert printed_down_to(opened, "trend") == before["trend"] + (more if area == "ours" else 0)
