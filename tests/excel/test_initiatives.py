"""Entries of the action plan belong to a KPI: they follow it, nothing of them is lost, and what is missing is named."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
import workbooks
from hypothesis import given, settings
from hypothesis import strategies as st
from memory import MemoryBook

from bsc_xl.excel import recalculation
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.file import open_book
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.initiatives import Plan
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Changes, Found
from bsc_xl.model import Perspective
from bsc_xl.tables import ExcelError
from bsc_xl.tables.columns import PLAN_ENTRIES
from bsc_xl.workflows import scoring
from bsc_xl.workflows.recalculation import recalculate, settle

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone
DUE = 46_203.0
MINE = ("=1+1", "Latih petugas", "Kasubag", DUE, "50%")
NOTHING = (None,) * 5
MADE = workbooks.bureau("id")


@pytest.fixture
def book() -> MemoryBook:
    found = MemoryBook(MADE.layout, MADE.writes)
    write(found, 7, NOTHING)
    found.values[at(found.shape, PLAN_CODE, 7)] = None
    return found


def at(shape: Layout, key: str, place: int) -> Ref:
    return shape.list_cell("action_plan", key, place)


def write(book: MemoryBook, place: int, entries: tuple[Found, ...] = MINE) -> None:
    for key, cell in zip(PLAN_ENTRIES, entries, strict=True):
        book.type(at(book.shape, key, place), cell)


def entries(book: MemoryBook, place: int) -> tuple[Found, ...]:
    return tuple(book.values.get(at(book.shape, key, place)) for key in PLAN_ENTRIES)


def shown(book: MemoryBook, key: str, place: int) -> Found:
    return book.values.get(at(book.shape, key, place))


def exchange(book: MemoryBook, perspective: str, one: int, other: int) -> None:
    """What stands in two KPI rows of a perspective, the other way round."""
    rows = book.shape.rows(perspective)
    keys = [at for at in book.shape.columns if book.shape.cell(perspective, rows[0], *at) not in book.formulas]
    for key, period in keys:
        a, b = (book.shape.cell(perspective, rows[i], key, period) for i in (one, other))
        book.values[a], book.values[b] = book.values.get(b), book.values.get(a)


def rename(book: MemoryBook, place: int, code: Found) -> None:
    perspective, row = book.shape.slots[place]
    book.type(book.shape.cell(perspective, row, "kpi_code"), code)


def told(book: MemoryBook, kind: Kind = Kind.ADVICE) -> list[tuple[str, str]]:
    """Cells and texts of the findings about the action plan."""
    done = recalculation.recalculate(book.layout(), book.read(recalculation.READ), WHEN)
    title = book.shape.title("action_plan")
    return [(each.cell, each.text) for each in done.found if each.kind is kind and each.sheet == title]


def test_every_row_keeps_the_code_of_its_kpi_also_where_nothing_is_written_yet(book: MemoryBook) -> None:
    assert [shown(book, PLAN_CODE, place) for place in (0, 6, 8)] == ["K1", "K7", None]
    recalculate(book, WHEN)
    assert [shown(book, PLAN_CODE, place) for place in (0, 6, 7, 8)] == ["K1", "K7", "K8", None]
    rename(book, 1, "K99")
    recalculate(book, WHEN)
    assert shown(book, PLAN_CODE, 1) == "K99"
    rename(book, 1, None)
    recalculate(book, WHEN)
    assert shown(book, PLAN_CODE, 1) is None


def test_what_was_typed_before_the_first_recalculation_follows_its_kpi(book: MemoryBook) -> None:
    other = ("lain", None, None, None, "selesai")
    write(book, 1)
    write(book, 2, other)
    exchange(book, "customer", 0, 1)
    recalculate(book, WHEN)
    assert (entries(book, 1), entries(book, 2)) == (other, MINE)


def test_a_row_whose_kpi_was_taken_away_shows_nothing_while_nothing_is_written_in_it(book: MemoryBook) -> None:
    for perspective, row in book.shape.slots[1:2]:
        for key in ("kpi_code", "kpi_name"):
            book.type(book.shape.cell(perspective, row, key), None)
    recalculate(book, WHEN)
    assert (shown(book, "kpi_code", 1), shown(book, "recommendation", 1)) == ("", "")


def test_what_is_written_in_a_row_without_a_kpi_is_told_at_its_first_cell(book: MemoryBook) -> None:
    write(book, 7)
    spare = sum(book.shape.kpis)
    write(book, spare, (None, "Latih petugas", "Kasubag", DUE, None))
    recalculate(book, WHEN)
    ((cell, text),) = told(book)
    assert cell == at(book.shape, "action", spare).cell
    assert "Latih petugas" in text


def test_entries_follow_their_kpi_to_another_row(book: MemoryBook) -> None:
    write(book, 1)
    recalculate(book, WHEN)
    exchange(book, "customer", 0, 1)
    assert told(book)[0][0] == at(book.shape, "kpi_code", 1).cell
    recalculate(book, WHEN)
    assert (entries(book, 2), entries(book, 1)) == (MINE, NOTHING)
    assert (shown(book, PLAN_CODE, 2), shown(book, "kpi_code", 2)) == ("K2", "K2")
    assert shown(book, PLAN_CODE, 1) == "K3"


def test_entries_of_two_kpis_change_places(book: MemoryBook) -> None:
    other = ("lain", None, None, None, "selesai")
    write(book, 1)
    write(book, 2, other)
    recalculate(book, WHEN)
    exchange(book, "customer", 0, 1)
    recalculate(book, WHEN)
    assert (entries(book, 1), entries(book, 2)) == (other, MINE)


def test_entries_whose_kpi_is_gone_stay_at_the_end_with_its_code_until_it_is_back(book: MemoryBook) -> None:
    write(book, 1)
    recalculate(book, WHEN)
    rename(book, 1, "K99")
    recalculate(book, WHEN)
    spare = sum(book.shape.kpis)
    assert (entries(book, spare), entries(book, 1)) == (MINE, NOTHING)
    assert (shown(book, "kpi_code", spare), shown(book, "kpi_name", spare)) == ("K2", "")
    assert [cell for cell, text in told(book) if "K2" in text] == [at(book.shape, "kpi_code", spare).cell]
    recalculate(book, WHEN)
    assert entries(book, spare) == MINE
    rename(book, 1, "k2 ")
    recalculate(book, WHEN)
    assert (entries(book, 1), shown(book, "kpi_code", spare)) == (MINE, "")


def test_an_entry_that_cannot_be_written_again_stays_with_what_it_is_in_the_way_of(book: MemoryBook) -> None:
    other, third = ("lain", None, None, None, "selesai"), ("a", "b", "c", DUE, "d")
    broken = ("sebab", ExcelError("#REF!"), None, None, None)
    for place, typed in ((1, broken), (2, other), (3, third), (4, MINE)):
        write(book, place, typed)
    exchange(book, "customer", 0, 1)
    exchange(book, "internal_process", 0, 1)
    recalculate(book, WHEN)
    assert [entries(book, place) for place in (1, 2, 3, 4)] == [broken, other, MINE, third]
    failed = [cell for cell, _ in told(book, Kind.FAILURE)]
    assert failed == [at(book.shape, "action", 1).cell]
    advised = {cell: text for cell, text in told(book) if cell in {f"B{row}" for row in range(100)}}
    assert list(advised) == [at(book.shape, "kpi_code", place).cell for place in (1, 2)]
    assert "Hitung Ulang" not in "".join(advised.values())
    book.type(at(book.shape, "action", 1), "Latih")
    assert "Hitung Ulang" in told(book)[0][1]
    recalculate(book, WHEN)
    assert [entries(book, place)[0] for place in (1, 2)] == ["lain", "sebab"]


def test_a_workbook_whose_entries_stand_where_they_belong_is_written_once(book: MemoryBook) -> None:
    write(book, 1)
    recalculate(book, WHEN)
    recalculate(book, WHEN)
    assert len(book.applied) == 2
    assert not {ref for ref in book.applied[1].values if ref.sheet == "action_plan"}


CODES = st.sampled_from([*(f"K{i}" for i in range(1, 9)), "K99", "", "k1", "X"])
ROWS = st.lists(st.tuples(st.booleans(), CODES, CODES), min_size=24, max_size=24)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_nothing_is_lost_however_kpis_change_places(rows: list[tuple[bool, str, str]]) -> None:
    book = MemoryBook(MADE.layout, MADE.writes)
    places = range(len(MADE.layout.slots))
    for place, (filled, entered_for, code) in zip(places, rows, strict=True):
        write(book, place, (None, f"isian {place}", None, DUE, None) if filled else NOTHING)
        book.values[at(book.shape, PLAN_CODE, place)] = entered_for or None
        rename(book, place, code)
    before = Counter(entries(book, place) for place in places)
    book.values |= plan_of(book).moves
    assert Counter(entries(book, place) for place in places) == before
    after = plan_of(book)
    assert after.moves == {}
    owners = [entry.owner for entry in after.entries if entry.owner is not None]
    assert len(owners) == len(set(owners))
    assert all(entry.place == entry.owner for entry in after.entries if entry.owner is not None)


def plan_of(book: MemoryBook) -> Plan:
    return Plan(book.shape, book.read(("action_plan", *map(str, Perspective))))


def test_a_due_date_that_is_none_is_a_failure_at_its_cell(book: MemoryBook) -> None:
    write(book, 0, ("a", "b", "c", "akhir bulan", None))
    write(book, 2, ("a", "b", "c", 12.5, None))
    write(book, 3, ("a", "b", "c", -5.0, None))
    found = [cell for cell, _ in told(book, Kind.FAILURE)]
    assert found == [at(book.shape, "due", place).cell for place in (0, 3)]


def test_a_due_date_that_is_text_is_advice_where_everybody_reads_the_same_date(book: MemoryBook) -> None:
    for place, due in ((0, "31/12/2026"), (2, "2026-12-31"), (3, "31/31/2026")):
        write(book, place, ("a", "b", "c", due, None))
    write(book, 7)
    assert [cell for cell, _ in told(book)] == [at(book.shape, "due", place).cell for place in (0, 2)]
    assert [cell for cell, _ in told(book, Kind.FAILURE)] == [at(book.shape, "due", 3).cell]


@pytest.mark.parametrize("missing", range(4), ids=PLAN_ENTRIES[:4])
def test_a_red_kpi_whose_plan_lacks_anything_is_named_at_that_cell(book: MemoryBook, missing: int) -> None:
    write(book, 7)
    assert told(book) == []
    book.type(at(book.shape, PLAN_ENTRIES[missing], 7), None)
    ((cell, text),) = told(book)
    assert cell == at(book.shape, PLAN_ENTRIES[missing], 7).cell
    assert "K8" in text


def test_a_red_kpi_without_any_plan_is_named(book: MemoryBook) -> None:
    assert [cell for cell, _ in told(book)] == [at(book.shape, "cause", 7).cell]


def test_a_date_that_is_over_asks_for_the_progress(book: MemoryBook) -> None:
    days = (WHEN - datetime(1899, 12, 30)).days  # noqa: DTZ001 - a workbook's clock has no time zone
    for place, due, progress in ((1, days, None), (2, days - 1, None), (3, days - 1, "selesai"), (7, days + 1, None)):
        write(book, place, ("a", "b", "c", float(due), progress))
    assert [cell for cell, _ in told(book)] == [at(book.shape, "progress", 2).cell]


# --- closed files ---------------------------------------------------------------------------------------------------


def test_entries_of_a_closed_file_survive_recalculations_and_follow_their_kpi(tmp_path: Path) -> None:
    made = workbooks.make(MADE.card, tmp_path / "unit.xlsx")
    shape = made.layout
    typed = {at(shape, key, 1): cell for key, cell in zip(PLAN_ENTRIES, MINE, strict=True)}
    again(made.path, typed)
    one, other = (shape.cell("customer", row, "kpi_code") for row in list(shape.rows("customer"))[:2])
    done = again(made.path, {one: "K3", other: "K2"})
    assert [each for each in done.found if each.kind in (Kind.OVERWRITTEN, Kind.DIFFERENCE)] == []
    done = again(made.path, {other: "K77"})
    assert done.count(Kind.OVERWRITTEN) == 0
    book = open_book(made.path)
    block, spare = book.read(["action_plan"])["action_plan"], sum(shape.kpis)
    assert [block.value(at(shape, key, spare).cell) for key in (*PLAN_ENTRIES, PLAN_CODE)] == [*MINE, "K2"]
    assert [block.formula(at(shape, key, spare).cell) for key in PLAN_ENTRIES] == [None] * 5
    assert [block.value(at(shape, key, place).cell) for place in (1, 2) for key in PLAN_ENTRIES] == [None] * 10
    assert block.value(at(shape, "kpi_code", spare).cell) == "K2"


def test_checking_a_closed_file_names_a_red_kpi_without_a_plan_and_a_date_that_is_none(tmp_path: Path) -> None:
    made = workbooks.make(MADE.card, tmp_path / "unit.xlsx")
    assert [each for each in scoring.check(made.path) if each.table == "action_plan"] == []
    book = open_book(made.path)
    book.apply(Changes(values={at(made.layout, "cause", 7): None, at(made.layout, "due", 0): "besok"}))
    book.save()
    title = made.layout.title("action_plan")
    assert [(each.rule, each.level, each.cell) for each in scoring.check(made.path) if each.table == "action_plan"] == [
        ("not_a_date", "failure", f"{title}!{at(made.layout, 'due', 0).cell}"),
        ("no_action_plan", "advice", f"{title}!{at(made.layout, 'cause', 7).cell}"),
    ]


def again(path: Path, values: dict[Ref, Found]) -> recalculation.Recalculation:
    """What a person types into the file and another program calculates, and what Recalculate makes of it."""
    book = open_book(path)
    book.apply(Changes(values=values))  # type: ignore[arg-type]
    done = settle(book, WHEN).done
    book.save()
    for backup in path.parent.glob("*.bak*"):
        backup.unlink()
    return done
