"""The sheets about employees: who is listed, what people may type, and that it stays through a recalculation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import people
import pytest
import workbooks

from bsc_xl import sample
from bsc_xl.excel import plates
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import LIST_HEADER_ROW, Layout
from bsc_xl.excel.port import Changes
from bsc_xl.excel.reading import read_book
from bsc_xl.excel.roster import BOXES, RATINGS, SPARE_EMPLOYEES
from bsc_xl.model import Behaviour, Level
from bsc_xl.policies import NAMES, load
from bsc_xl.scorecard import Scorecard
from bsc_xl.workflows.recalculation import recalculate

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    return workbooks.scored(people.raw(), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def made(card: Scorecard, tmp_path_factory: pytest.TempPathFactory) -> workbooks.Made:
    return workbooks.make(card, tmp_path_factory.mktemp("unit") / "unit.xlsx")


def column(made: workbooks.Made, key: str) -> Iterator[object]:
    found = workbooks.Cells(made.path)
    title = made.layout.title("employees")
    return (found.at(title, made.layout.person(key, i).cell) for i in range(made.layout.people))


def test_every_employee_of_the_unit_has_a_row_and_twelve_rows_are_free(made: workbooks.Made) -> None:
    codes = made.card.employees.code.tolist()
    assert list(column(made, "employee_id")) == [*codes, *[""] * SPARE_EMPLOYEES]
    assert SPARE_EMPLOYEES == 12


def test_the_work_result_is_the_score_of_the_employees_own_kpis(made: workbooks.Made) -> None:
    results = [np.nan if value == "" else value for value in column(made, "work_result")]
    np.testing.assert_array_equal(results[: len(made.card.employees)], made.card.employees.result)


def test_the_sheet_rates_as_the_scorecard_does(made: workbooks.Made) -> None:
    names = [*made.card.policy.employees.ratings, ""]
    words = [made.layout.labels(f"rating.matrix.{name}") if name else made.layout.labels("employee.not_judged")
             for name in (names[code] for code in made.card.employees.rating.tolist())]  # fmt: skip
    assert list(column(made, "employee_rating"))[: len(words)] == words


def test_the_nine_boxes_count_everybody_who_is_in_one(made: workbooks.Made) -> None:
    counts = [[made.results[made.layout.picture(f"count_{r}_{b}")] for b in range(3)] for r in range(3)]
    assert counts == made.card.employees.boxes().tolist()
    given = [made.results[made.layout.picture(f"given_{k}")] for k in range(RATINGS + 1)]
    assert sum(given) == len(made.card.employees)


def test_better_stands_to_the_right_and_to_the_top() -> None:
    layout = Layout("id", 4, (1, 1, 1, 1))
    places = {box: layout.picture("count_{}_{}".format(*box)).cell for box in BOXES}
    assert places[0, 0] == max(places.values(), key=lambda cell: (cell[0], -int(cell[1:])))
    assert places[2, 2] == min(places.values(), key=lambda cell: (cell[0], -int(cell[1:])))


def test_both_ways_to_rate_know_as_many_ratings() -> None:
    for policy in map(load, NAMES):
        assert len(policy.employees.ratings) == len(policy.employees.numeric) == RATINGS
        assert [band.needs_new_idea for band in policy.employees.numeric] == [True, *[False] * (RATINGS - 1)]


def test_what_people_type_stays_when_the_workbook_is_recalculated(made: workbooks.Made, tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsx"
    path.write_bytes(made.path.read_bytes())
    last = made.layout.people - 1
    typed = {
        made.layout.person("employee_id", last): "007",
        made.layout.person("employee_name", last): "=1+1",
        made.layout.person("work_result", last): 110.0,
        **{made.layout.person(value, last): 4.0 for value in Behaviour},
        made.layout.list_cell("discipline", "employee_id", 0): "007",
        made.layout.list_cell("discipline", "period", 0): 1.0,
        made.layout.list_cell("discipline", "year_days", 0): 5.0,
        made.layout.list_cell("discipline", "sanction", 0): "Ringan",
        made.layout.list_cell("evidence", "period", 0): 1.0,
    }
    book = open_book(path)
    book.apply(Changes(values=typed))
    book.save()
    book = open_book(path)
    done = recalculate(book, WHEN)
    book.save()
    found = workbooks.Cells(path)
    assert workbooks.differences(typed, made.layout, found) == []
    title = made.layout.title("employees")
    shown = [found.at(title, made.layout.person(key, last).cell) for key in ("unexcused_days", "employee_rating")]
    assert shown == [5.0, made.layout.labels("rating.matrix.excellent")]
    assert done is not None
    lines = [found.at(made.layout.title(key), made.layout.records_line(key).cell) for key in ("discipline", "evidence")]
    assert lines == [made.layout.labels(f"{key}.count", count=1) for key in ("discipline", "evidence")]


def test_the_history_says_what_will_fill_it_until_a_period_is_closed(tmp_path: Path) -> None:
    made = workbooks.make(workbooks.scored(sample.generate(units=1, kpis=4), tmp_path / "data"), tmp_path / "unit.xlsx")
    title, line = made.layout.title("history"), made.layout.records_line("history").cell
    assert workbooks.Cells(made.path).at(title, line) == made.layout.labels("history.none")
    book = open_book(made.path)
    closed = {"year": 2024.0, "period": 4.0, "kpi_code": "K01", "index": 90.0}
    book.apply(Changes(values={made.layout.list_cell("history", key, 0): value for key, value in closed.items()}))
    recalculate(book, WHEN)
    book.save()
    assert workbooks.Cells(made.path).at(title, line) in ("", None)


def test_recalculating_an_untouched_workbook_finds_nothing_and_keeps_its_fingerprint(
    card: Scorecard, tmp_path: Path
) -> None:
    for unit in (0, 8):
        own = workbooks.make(card, tmp_path / f"{unit}.xlsx", unit=unit)
        checksum = {write.ref: write.value for write in own.writes}[own.layout.settings["checksum"]]
        book = open_book(own.path)
        recalculate(book, WHEN)
        book.save()
        found = workbooks.Cells(own.path)
        ref = own.layout.settings["checksum"]
        assert found.at(own.layout.title("settings"), ref.cell) == checksum


def test_an_employees_workbook_has_the_report_in_the_place_of_the_list(card: Scorecard, tmp_path: Path) -> None:
    own = workbooks.make(card, tmp_path / "own.xlsx", unit=1)
    assert (own.layout.level, own.layout.people) == (Level.EMPLOYEE, 1)
    assert own.layout.title("employees") == own.layout.labels("sheet.individual")
    assert own.results[own.layout.person("work_result")] == card.employees.result[0]
    assert [own.results[own.layout.picture(f"kpi_code_{i}")] for i in range(4)] == ["K01", "K02", "K03", "K04"]


def test_links_to_objectives_of_others_are_not_in_the_workbook_of_an_employee(tmp_path: Path) -> None:
    raw = people.raw()
    kpis, employee = raw["kpis"], people.raw()["units"]["unit_code"].iloc[1]
    own, other = kpis["objective"].iloc[0], "Hanya milik unit"
    theirs = kpis.iloc[:1].assign(kpi_code="KX", objective=other, weight=0, unit_code=people.UNIT)
    links = pd.DataFrame({"cause": [other, own, own], "effect": [own, kpis["objective"].iloc[1], other]})
    card = workbooks.scored(raw | {"kpis": pd.concat([kpis, theirs], ignore_index=True), "links": links}, tmp_path)
    unit = card.tables.units["unit_code"].tolist().index(employee)
    made = workbooks.make(card, tmp_path / "pegawai.xlsx", unit)
    reading = read_book(open_book(made.path))
    assert {failure.rule for failure in reading.failures} == {"unlinked_objective"}  # the other two have no link
    assert reading.tables.links.to_numpy().tolist() == [[own, kpis["objective"].iloc[1]]]


def test_a_batch_makes_the_same_workbooks_as_one_by_one(card: Scorecard) -> None:
    units = [0, 1, 8, len(card.score) - 1]
    together = dict(plates.workbooks(card, units, "id"))
    for unit in units:
        assert next(plates.workbooks(card, [unit], "id"))[1] == together[unit]


def test_the_tables_that_imports_fill_begin_where_the_other_lists_begin() -> None:
    layout = Layout("id", 4, (1, 1, 1, 1))
    for key, column_ in (("evidence", "recorded"), ("discipline", "employee_id")):
        assert layout.list_cell(key, column_, 0).cell == f"B{LIST_HEADER_ROW + 1}"
