"""Employees are judged alike by formulas and by Python: every bound, both ways, and whatever people type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import people
import pytest
import workbooks

from bsc_xl import dataset
from bsc_xl.excel.file import open_book
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.excel.recalculation import READ, recalculate
from bsc_xl.excel.results import Value
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Behaviour, Level
from bsc_xl.scorecard import score

Convert = Callable[..., Path]
WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone


@pytest.fixture(params=["libreoffice", "gnumeric"])
def engine(request: pytest.FixtureRequest) -> Convert:
    """A spreadsheet program that calculates."""
    convert: Convert = request.getfixturevalue(request.param)
    return convert


def differences(made: workbooks.Made, engine: Convert, folder: Path) -> list[str]:
    bare = workbooks.without_results(made.path, folder / "bare.xlsx")
    return workbooks.differences(
        made.results, made.layout, workbooks.Cells(engine(bare, "xlsx", folder / "calculated"))
    )


@pytest.mark.parametrize("way", ["matrix", "pp30"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_employees_of_a_unit_are_rated_alike(engine: Convert, tmp_path: Path, language: str, way: str) -> None:
    card = workbooks.scored(people.raw(language, employee_rating=way), tmp_path / "data")
    made = workbooks.make(card, tmp_path / "unit.xlsx", language=language)
    assert made.layout.employees == len(people.RESULTS) * len(people.MEANS) + 3
    words = {str(made.results[made.layout.person("employee_rating", i)]) for i in range(made.layout.employees)}
    assert len(words) == 6  # every rating, and none yet
    assert differences(made, engine, tmp_path) == []


@pytest.mark.parametrize(
    ("unit", "settings"), [(1, {}), (8, {}), (43, {"policy": "pp30"}), (44, {}), (45, {})], ids=str
)
def test_the_report_of_an_employee_says_the_same(
    engine: Convert, tmp_path: Path, unit: int, settings: dict[str, object]
) -> None:
    made = workbooks.make(workbooks.scored(people.raw(**settings), tmp_path / "data"), tmp_path / "own.xlsx", unit=unit)
    assert made.layout.level is Level.EMPLOYEE
    assert differences(made, engine, tmp_path) == []


def odd_entries(layout: Layout) -> dict[Ref, Value]:
    """What people may leave on the sheets: numbers that are none, other employees, discipline of two periods."""
    values = [*map(str, Behaviour)]
    found: dict[Ref, Value] = {
        layout.person(values[0], 0): "empat",
        layout.person(values[1], 1): 6.0,
        layout.person(values[2], 2): 0.5,
        layout.person("work_result", 3): "95",
        layout.person("work_result", 4): None,
        layout.person("employee_id", 5): None,
        layout.person("new_idea", 6): "  YA ",
        layout.person("employee_id", layout.people - 1): "  A*1 ",
        layout.person("work_result", layout.people - 1): 101.0,
        layout.person("employee_name", layout.people - 2): "=1+1",
    }
    rows = (
        ("1987000", 1.0, 0.0, "Tidak ada"),
        ("A*1", 1.0, 3.0, "Ringan: teguran lisan"),
        ("1987001", 1.0, 4.0, "Ringan: teguran tertulis"),
        ("A*1", 2.0, 11.0, "Sedang"),
        ("A*1", 3.0, 28.0, "Berat"),
    )
    for i, row in enumerate(rows):
        for key, value in zip(("employee_id", "period", "year_days", "sanction"), row, strict=True):
            found[layout.list_cell("discipline", key, i)] = value
    return found


@pytest.mark.parametrize("way", ["matrix", "pp30"])
def test_whatever_is_typed_is_read_as_the_formulas_see_it(engine: Convert, tmp_path: Path, way: str) -> None:
    made = workbooks.make(workbooks.scored(people.raw(employee_rating=way), tmp_path / "data"), tmp_path / "unit.xlsx")
    book = open_book(made.path)
    book.apply(Changes(values=odd_entries(made.layout)))
    book.save()
    bare = workbooks.without_results(made.path, tmp_path / "bare.xlsx")
    calculated = open_book(engine(bare, "xlsx", tmp_path / "calculated"))
    done = recalculate(calculated.layout(), calculated.read(READ), WHEN)
    assert [found for found in done.found if found.kind in (Kind.DIFFERENCE, Kind.OVERWRITTEN)] == []
    wrong = [found.cell for found in done.found if found.kind is Kind.FAILURE]
    odd = list(odd_entries(made.layout))
    assert wrong == [ref.cell for ref in (odd[0], odd[1], odd[2], odd[3])]
    last = made.layout.people - 1
    shown = {key: done.changes.results[made.layout.person(key, last)] for key in ("unexcused_days", "sanction")}
    assert shown == {"unexcused_days": 11.0, "sanction": "Sedang"}


def test_a_judgement_that_is_no_value_stays_to_be_seen(tmp_path: Path) -> None:
    raw = people.raw()
    raw["behaviour"] = raw["behaviour"].astype(object)
    raw["behaviour"].loc[0, Behaviour.LOYAL] = "empat"
    dataset.write(raw, tmp_path / "data")
    tables, failures = dataset.read(tmp_path / "data")
    assert tables is not None
    assert [failure.rule for failure in failures] == ["not_a_number"]
    made = workbooks.make(score(tables), tmp_path / "unit.xlsx")
    written = {write.ref: write.value for write in made.writes}
    assert written[made.layout.person(Behaviour.LOYAL, 0)] == "empat"
    assert made.results[made.layout.person("behaviour_level", 0)] == ""
