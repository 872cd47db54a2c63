"""Behaviour that people fill in comes back with a collection, and nobody's judgement is lost."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

import people
import pytest

from bsc_xl import dataset
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Collection
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import Layout
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
        self.listed = self.card.employees.code.tolist().index
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

    def made_for(self, period: int, unit_code: str) -> None:
        """The workbook of one unit, made anew for another reporting period."""
        card = score(self.tables, period)
        [each] = generation.planned_workbooks(card, self.root / "inbox", unit_code)
        self.paths[unit_code].unlink()
        [outcome] = generation.generate(card, [each])
        assert outcome.error is None

    def collected(self, given: Tables | None, period: int | None = None) -> Collection:
        out = self.root / "out"
        paths = collecting.found_workbooks([str(self.root / "inbox")], out)
        *_, last = collecting.collect(paths, out, given, archive(self.root / "archive"), WHEN, period=period)
        assert isinstance(last, collecting.Collected)
        assert last.collection is not None
        return last.collection


@pytest.fixture
def sent(tmp_path: Path) -> Sent:
    return Sent(tmp_path)


def of_period(collection: Collection, code: str, period: int) -> list[float]:
    return entries_of(collection.card.tables, code, period)


def entries_of(tables: Tables, code: str, period: int) -> list[float]:
    table = tables.behaviour
    rows = table[(table["unit_code"] == code) & (table["period"] == period)]
    return [] if rows.empty else rows[[FIRST, LAST]].iloc[0].tolist()


def test_what_nobody_changed_is_the_same_table(sent: Sent) -> None:
    found = sent.collected(sent.tables)
    assert found.card.tables.behaviour.equals(sent.tables.behaviour)


def told(collection: Collection, rule: str) -> list[tuple[str, str, str, str]]:
    found = [each for each in collection.irregularities if each.rule == rule]
    return [(each.unit_code, each.cell, each.value, each.expected) for each in found]


def test_another_period_of_the_office_moves_no_judgement(sent: Sent) -> None:
    found = sent.collected(sent.tables, period=1)
    assert found.card.period == 1
    assert found.card.tables.behaviour.equals(sent.tables.behaviour)


def test_what_is_new_goes_to_the_period_of_its_own_workbook(sent: Sent) -> None:
    sent.type(OWN, {FIRST: 1.0})
    found = sent.collected(sent.tables, period=1)
    assert of_period(found, OWN, 2)[0] == 1.0
    assert of_period(found, OWN, 1) == entries_of(sent.tables, OWN, 1)


def test_workbooks_of_another_period_keep_their_judgements_there(sent: Sent) -> None:
    sent.made_for(1, OWN)
    sent.type(OWN, {FIRST: 1.0})
    found = sent.collected(sent.tables)
    assert of_period(found, OWN, 1) == [1.0, entries_of(sent.tables, OWN, 1)[1]]
    assert of_period(found, OWN, 2) == []


def test_new_values_in_the_list_of_a_unit_count_for_the_reporting_period(sent: Sent) -> None:
    sent.type("UNIT", {FIRST: 2.0, LAST: 3.5}, i=sent.listed(LISTED))
    found = sent.collected(sent.tables)
    assert of_period(found, LISTED, 2) == [2.0, 3.5]
    assert of_period(found, LISTED, 1) == of_period(sent.collected(sent.tables), LISTED, 1) != []


def test_new_values_in_an_employees_own_report_count_too(sent: Sent) -> None:
    sent.type(OWN, {FIRST: 1.0, LAST: 1.5})
    assert of_period(sent.collected(sent.tables), OWN, 2) == [1.0, 1.5]


def test_where_both_say_something_new_the_unit_counts(sent: Sent) -> None:
    sent.type(OWN, {FIRST: 1.0})
    sent.type("UNIT", {FIRST: 2.0}, i=sent.listed(OWN))
    assert of_period(sent.collected(sent.tables), OWN, 2)[0] == 2.0


def test_of_two_judgements_the_one_that_does_not_count_is_told_with_both(sent: Sent) -> None:
    own = sent.type(OWN, {FIRST: 1.0, LAST: 1.5})
    i = sent.listed(OWN)
    unit = sent.type("UNIT", {FIRST: 2.0}, i=i)
    found = sent.collected(sent.tables)
    assert of_period(found, OWN, 2) == [2.0, 1.5]
    cell, other = own.person(FIRST).cell, unit.person(FIRST, i).cell
    assert told(found, "behaviour_overruled") == [(OWN, cell, f"{cell}: 1", f"{other}: 2")]


def test_two_judgements_that_are_the_same_are_nothing_to_tell(sent: Sent) -> None:
    sent.type(OWN, {FIRST: 2.0})
    sent.type("UNIT", {FIRST: 2.0}, i=sent.listed(OWN))
    assert told(sent.collected(sent.tables), "behaviour_overruled") == []


def test_what_was_cleared_is_blank_and_told(sent: Sent) -> None:
    i = sent.listed(OWN)
    former, rest = entries_of(sent.tables, OWN, 1)
    layout = sent.type("UNIT", {FIRST: None}, i=i)
    found = sent.collected(sent.tables)
    first, last = of_period(found, OWN, 2)
    assert math.isnan(first)
    assert last == rest
    cell = layout.person(FIRST, i).cell
    assert told(found, "behaviour_cleared") == [("UNIT", cell, OWN, f"{cell}: {former:g}")]


def test_who_is_not_judged_any_more_is_told_once(sent: Sent) -> None:
    nothing = dict.fromkeys(map(str, Behaviour))
    sent.type(OWN, nothing)
    sent.type("UNIT", nothing, i=sent.listed(OWN))
    found = sent.collected(sent.tables)
    assert of_period(found, OWN, 2) == []
    assert of_period(found, OWN, 1) == entries_of(sent.tables, OWN, 1)
    assert [each[0] for each in told(found, "behaviour_cleared")] == ["UNIT"]


@pytest.mark.parametrize("wrong", ["empat", "4", 9.0, "N/A"])
def test_an_entry_that_cannot_be_read_takes_no_judgement_away(sent: Sent, wrong: Value) -> None:
    sent.type("UNIT", {FIRST: wrong, LAST: wrong}, i=sent.listed(OWN))
    sent.type(OWN, {LAST: 1.5})
    found = sent.collected(sent.tables)
    assert of_period(found, OWN, 2) == [entries_of(sent.tables, OWN, 1)[0], 1.5]
    assert len([each for each in found.irregularities if each.table == "behaviour"]) == 2
    assert told(found, "behaviour_overruled") == told(found, "behaviour_cleared") == []


@pytest.mark.parametrize(("wrong", "kept"), [("empat", "empat"), ("4", "'4"), (9.0, "9")])
def test_in_the_place_of_no_judgement_its_text_is_kept(sent: Sent, wrong: Value, kept: str) -> None:
    [nobody] = sent.card.employees.code[sent.card.employees.judged == 0].tolist()
    sent.type("UNIT", {FIRST: wrong}, i=sent.listed(nobody))
    table = sent.collected(sent.tables).card.tables.behaviour
    own = table[(table["unit_code"] == nobody) & (table["period"] == 2)]
    assert own[f"{FIRST}_text"].tolist() == [kept]
    assert own[FIRST].isna().all()


@pytest.mark.parametrize("own", [False, True])
def test_a_new_idea_in_the_list_of_the_unit_is_collected(sent: Sent, own: bool) -> None:
    code = OWN if own else LISTED  # whose own workbook came back as well, or did not
    place = sent.listed(code)
    former = bool(sent.card.employees.new_idea[place])
    labels = sent.type("UNIT", {}).labels
    sent.type("UNIT", {"new_idea": labels("choice.no" if former else "choice.yes")}, place)
    found = sent.collected(sent.tables).card.employees.new_idea
    expected = sent.card.employees.new_idea.copy()
    expected[place] = not former
    assert found.tolist() == expected.tolist()


def test_a_work_result_that_was_typed_is_told_with_what_counts(sent: Sent) -> None:
    place = sent.listed(OWN)
    layout = sent.type("UNIT", {"work_result": 33.3}, place)
    found = sent.collected(sent.tables)
    counting = found.card.employees.result[place]
    assert told(found, "work_result") == [("UNIT", layout.person("work_result", place).cell, "33.3", f"{counting:g}")]


def test_a_work_result_of_somebody_unknown_is_told(sent: Sent) -> None:
    place = len(sent.card.employees)
    layout = sent.type("UNIT", {"employee_id": "1999", "work_result": 95.0}, place)
    found = sent.collected(sent.tables)
    assert told(found, "work_result") == [("UNIT", layout.person("work_result", place).cell, "95", "-")]


def test_a_work_result_that_nobody_typed_is_not_told(sent: Sent) -> None:
    place = sent.listed(OWN)
    sent.type("UNIT", {"work_result": round(float(sent.card.employees.result[place]), 2)}, place)  # as it is shown
    book = open_book(sent.paths[OWN])
    layout = book.layout()
    actuals = [layout.cell(perspective, row, "actual", 1) for perspective, row in layout.slots]
    book.apply(Changes(values={ref: 50.0 for ref in actuals if book.read([ref.sheet])[ref.sheet].value(ref.cell)}))
    book.save()
    found = sent.collected(sent.tables)
    assert found.card.employees.result[place] != pytest.approx(sent.card.employees.result[place])
    assert told(found, "work_result") == []


def test_values_of_somebody_unknown_are_told_with_the_cell(sent: Sent) -> None:
    layout = sent.type("UNIT", {"employee_id": "NEW", FIRST: 4.0}, i=sent.card.employees.code.size)
    cell, value = (layout.person(key, sent.card.employees.code.size).cell for key in ("employee_id", FIRST))
    found = told(sent.collected(sent.tables), "unknown_employee")
    assert found == [("UNIT", cell, "NEW", f"{value}: 4")]


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
