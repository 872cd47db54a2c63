"""The action plan in an open workbook: entries follow their KPI, and the button leads to what the plan lacks."""

from __future__ import annotations

from opening import Opened, pressed

from bsc_xl import ribbon
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.layout import Ref
from bsc_xl.tables.columns import PLAN_ENTRIES

TYPED = ("=1+1", "Latih petugas", "-Kasubag", 46_203.0, "50%")


def at(opened: Opened, key: str, place: int) -> Ref:
    return opened.layout.list_cell("action_plan", key, place)


def entries(opened: Opened, place: int) -> list[object]:
    block = opened.blocks()["action_plan"]
    return [block.value(at(opened, key, place).cell) for key in (*PLAN_ENTRIES, PLAN_CODE)]


def test_entries_follow_their_kpi_and_stay_what_was_typed(opened: Opened) -> None:
    for key, cell in zip(PLAN_ENTRIES, TYPED, strict=True):
        opened.cell(at(opened, key, 1)).value = f"'{cell}" if isinstance(cell, str) else cell
    ribbon.recalculate()
    assert entries(opened, 1) == [*TYPED, "K2"]
    shape = opened.layout
    one, other = (shape.cell("customer", row, "kpi_code") for row in list(shape.rows("customer"))[:2])
    opened.cell(one).value, opened.cell(other).value = "K3", "K2"
    protected = opened.protected()
    ribbon.recalculate()
    assert entries(opened, 2) == [*TYPED, "K2"]
    assert entries(opened, 1) == [*[None] * 5, "K3"]
    assert opened.protected() == protected
    opened.cell(other).value = "K77"
    ribbon.recalculate()
    ribbon.recalculate()
    spare = sum(shape.kpis)
    assert entries(opened, spare) == [*TYPED, "K2"]
    assert opened.cell(at(opened, "kpi_code", spare)).value == "K2"


def test_the_button_leads_to_the_lowest_kpi_whose_plan_lacks_anything(opened: Opened) -> None:
    pressed(opened, ribbon.action_plan)
    title = opened.layout.title("action_plan")
    assert opened.selected() == (title, at(opened, "cause", 1).cell)
    opened.cell(at(opened, "due", 7)).value = None
    pressed(opened, ribbon.action_plan)
    assert opened.selected() == (title, at(opened, "due", 7).cell)
