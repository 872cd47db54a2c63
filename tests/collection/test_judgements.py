"""Behaviour that people fill in comes back with a collection, and nobody's judgement is lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import people
import pytest

from bsc_xl import dataset
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Collection
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.excel.results import Value
from bsc_xl.model import Behaviour
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import Tables
from bsc_xl.workflows import collecting, generation

WHEN = datetime.fromisoformat("2026-01-09T10:00")
FIRST, *_, LAST = map(str, Behaviour)
OWN = "1987003"
LISTED = "1987000"


class Sent:
    """The workbooks of a unit and of its employees."""

    def __init__(self, root: Path) -> None:
        dataset.write(people.raw(), root / "data")
        tables, _ = dataset.read(root / "data")
        assert tables is not None
        self.root, self.tables = root, tables
        self.card: Scorecard = score(tables)
        kept = [0, *(tables.units["unit_code"] == OWN).to_numpy().nonzero()[0].tolist()]
        planned = generation.planned_workbooks(self.card, root / "inbox")
        self.paths = {}
        for each in generation.generate(self.card, [planned[unit] for unit in kept]):
            assert each.error is None
        for unit in kept:
            self.paths[tables.units["unit_code"][unit]] = root / "inbox" / planned[unit].name

    def type(self, unit_code: str, entries: dict[str, Value], i: int = 0) -> Layout:
        """Fill in cells of the i-th employee."""
        book = open_book(self.paths[unit_code])
        layout = book.layout()
        book.apply(Changes(values={layout.person(key, i): value for key, value in entries.items()}))
        book.save()
        return layout

    def collected(self, given: Tables | None) -> Collection:
        paths = collecting.found_workbooks([str(self.root / "inbox")], self.root / "out")
        *_, last = collecting.collect(paths, self.root / "out", given, archive(self.root / "archive"), WHEN)
        assert isinstance(last, collecting.Collected)
        assert last.collection is not None
        return last.collection


@pytest.fixture
def sent(tmp_path: Path) -> Sent:
    return Sent(tmp_path)


def of_period(collection: Collection, code: str, period: int) -> list[float]:
    table = collection.card.tables.behaviour
    rows = table[(table["unit_code"] == code) & (table["period"] == period)]
    return [] if rows.empty else rows[[FIRST, LAST]].iloc[0].tolist()


def test_what_nobody_changed_is_the_same_table(sent: Sent) -> None:
    found = sent.collected(sent.tables)
    assert found.card.tables.behaviour.equals(sent.tables.behaviour)


def test_new_values_in_the_list_of_a_unit_count_for_the_reporting_period(sent: Sent) -> None:
    sent.type("UNIT", {FIRST: 2.0, LAST: 3.5}, i=sent.card.employees.code.tolist().index(LISTED))
    found = sent.collected(sent.tables)
    assert of_period(found, LISTED, 2) == [2.0, 3.5]
    assert of_period(found, LISTED, 1) == of_period(sent.collected(sent.tables), LISTED, 1) != []


def test_new_values_in_an_employees_own_report_count_too(sent: Sent) -> None:
    sent.type(OWN, {FIRST: 1.0, LAST: 1.5})
    assert of_period(sent.collected(sent.tables), OWN, 2) == [1.0, 1.5]


def test_where_both_say_something_new_the_unit_counts(sent: Sent) -> None:
    sent.type(OWN, {FIRST: 1.0})
    sent.type("UNIT", {FIRST: 2.0}, i=sent.card.employees.code.tolist().index(OWN))
    assert of_period(sent.collected(sent.tables), OWN, 2)[0] == 2.0


def test_values_of_somebody_unknown_are_told_with_the_cell(sent: Sent) -> None:
    layout = sent.type("UNIT", {"employee_id": "NEW", FIRST: 4.0}, i=sent.card.employees.code.size)
    told = [each for each in sent.collected(sent.tables).irregularities if each.rule == "unknown_employee"]
    cell = layout.person("employee_id", sent.card.employees.code.size)
    assert [(each.value, Ref("employees", each.cell)) for each in told] == [("NEW", cell)]


def test_a_value_that_is_none_is_told_and_the_others_count(sent: Sent) -> None:
    layout = sent.type(OWN, {FIRST: "empat", LAST: 7.0, str(Behaviour.LOYAL): 2.0})
    found = sent.collected(sent.tables)
    wrong = {(each.rule, each.cell) for each in found.irregularities if each.table == "behaviour"}
    assert wrong == {
        ("not_a_number", layout.person(FIRST).cell),
        ("behaviour_out_of_range", layout.person(LAST).cell),
    }
    table = found.card.tables.behaviour
    own = table[(table["unit_code"] == OWN) & (table["period"] == 2)]
    assert own[str(Behaviour.LOYAL)].tolist() == [2.0]


def test_without_a_data_set_employees_come_back_as_employees(sent: Sent) -> None:
    found = sent.collected(None)
    assert dict(zip(*(found.card.tables.units[key] for key in ("unit_code", "level")), strict=True)) == {
        "UNIT": "unit",
        OWN: "employee",
    }
    assert of_period(found, OWN, 2) != []
