"""What holds for every log, and the same counts as a plain day-by-day computation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import _attendance_reference as reference
import logs
import pandas as pd
import pytest
from _attendance_reference import Row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SCHEDULE = """
tolerance = 5
[shifts.day]
monday = "07:30-16:00"
tuesday = "07:30-16:00"
wednesday = "07:30-16:00"
thursday = "07:30-16:00"
friday = "07:30-16:30"
[shifts.night]
saturday = "22:00-06:00"
sunday = "22:00-06:00"
monday = "22:00-06:00"
tuesday = "22:00-06:00"
on_holidays = true
[employees]
P02 = "night"
P05 = "night"
[holidays]
2024-03-11 = "Nyepi"
2024-02-29 = "made up"
"""
HOLIDAYS = (date(2024, 3, 11), date(2024, 2, 29))
NIGHT = ("P02", "P05")
FIRST, LAST = date(2024, 1, 1), date(2024, 4, 30)
COUNTS = ("workdays", "attended", "leave", "absent", "on_time", "late", "late_minutes", "late_1", "late_2", "late_3")
COUNTS += ("late_minutes_1", "late_minutes_2", "late_minutes_3", "late_minutes_4")
COUNTS += ("late_4", "early", "early_minutes", "missing_in", "missing_out", "minutes")


def hours(employee: str, day: date) -> tuple[int, int] | None:
    if employee in NIGHT:
        return (1320, 1800) if day.weekday() in (5, 6, 0, 1) else None
    if day.weekday() > 4 or day in HOLIDAYS:
        return None
    return (450, 990) if day.weekday() == 4 else (450, 960)


def clock(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def as_cells(rows: Iterable[Row]) -> list[dict[str, object]]:
    codes = {"": "", "excused": "CT", "unexcused": "TK"}
    return [
        logs.day(
            row.employee, row.day.isoformat(), clock(row.clock_in), clock(row.clock_out), leave_code=codes[row.leave]
        )
        for row in rows
    ]


def months(rows: Iterable[Row], schedule: Path) -> pd.DataFrame:
    """The discipline table by month up to `LAST`."""
    span = logs.Span(FIRST, LAST)
    table: pd.DataFrame = logs.measured(as_cells(rows), schedule, span=span, period=4, periods=12).details.employees
    return table


def by_reference(rows: Iterable[Row]) -> tuple[dict[tuple[str, int], Counter[str]], reference.Counted]:
    counted = reference.count(rows, hours, LAST, tolerance=5)
    return {key: counts for key, counts in counted.months.items() if counts["workdays"]}, counted


@pytest.fixture(scope="module")
def schedule(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schedule") / "jadwal.toml"
    path.write_text(SCHEDULE, encoding="utf-8")
    return path


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Logs of a few employees over a few weeks: gaps, leave, missing clocks, nights."""
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(["P01", "P02", "P03", "P04", "P05"]), st.integers(0, 60)),
            min_size=1,
            max_size=60,
            unique=True,
        )
    )
    made = [Row("P00", date(2024, 1, 2), 450, 960)]  # a figure needs somebody who was there
    for employee, number in pairs:
        begin, end = (1320, 1800) if employee in NIGHT else (450, 960)
        leave = draw(st.sampled_from(["", "", "", "", "excused", "unexcused"]))
        # within the night, clocks stay on its side of the turn of the day
        clock_in = None if leave else draw(st.none() | st.integers(begin - 60, begin + 200))
        clock_out = None if leave else draw(st.none() | st.integers(begin + 201, end + 120))
        made.append(Row(employee, FIRST + timedelta(days=40 + number), clock_in, clock_out, leave))
    return made


many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@given(rows())
def test_the_counts_are_those_of_a_plain_computation(schedule: Path, rows: list[Row]) -> None:
    table = months(rows, schedule)
    expected, counted = by_reference(rows)
    found = {(row.employee_id, row.period): row for row in table.itertuples()}
    assert set(found) == set(expected)
    for key, counts in expected.items():
        assert {name: getattr(found[key], name) for name in COUNTS} == {name: counts[name] for name in COUNTS}, key
        assert found[key].year_longest == counted.runs[key]
    for employee, level in counted.levels.items():
        of_employee = table[(table["employee_id"] == employee) & (table["period"] == 4)]
        assert of_employee["level"].tolist() in ([], [level])


@many
@given(rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(schedule: Path, rows: list[Row], random: Random) -> None:
    before = months(rows, schedule)
    random.shuffle(rows)
    pd.testing.assert_frame_equal(before, months(rows, schedule))


def points(table: pd.DataFrame) -> dict[str, Any]:
    """What must never get better: higher is better in each."""
    return {
        "on_time": table["on_time"].sum(),
        "late": -table["late"].sum(),
        "late_minutes": -table["late_minutes"].sum(),
        "minutes": -table["minutes"].sum(),
        "level": table["level_points"].to_numpy()[-1] if len(table) else 0,
    }


@many
@given(rows(), st.data())
def test_a_later_arrival_never_improves_anything(schedule: Path, rows: list[Row], data: st.DataObject) -> None:
    clocked = [place for place, row in enumerate(rows) if row.clock_in is not None and row.employee != "P00"]
    if not clocked:
        return
    place = data.draw(st.sampled_from(clocked))
    row = rows[place]
    assert row.clock_in is not None
    latest = (row.clock_out or row.clock_in + 300) - 1
    later = data.draw(st.integers(row.clock_in, latest))
    of_employee = [each for each in rows if each.employee == row.employee]
    after = [replace(each, clock_in=later) if each == row else each for each in of_employee]
    somebody = rows[0]
    before_points, after_points = (points(months([somebody, *some], schedule)) for some in (of_employee, after))
    assert all(after_points[name] <= before_points[name] for name in before_points)


@settings(many, max_examples=15)
@given(rows())
def test_an_employee_is_counted_alike_whoever_else_stands_in_the_log(schedule: Path, rows: list[Row]) -> None:
    together = months(rows, schedule)
    doubt = bool(reference._quiet_days(_entries(rows)))
    for employee in {row.employee for row in rows}:
        alone = months([row for row in rows if row.employee in ("P00", employee)], schedule)
        both = [table[table["employee_id"] == employee].reset_index(drop=True) for table in (alone, together)]
        if not doubt:  # what everybody's absence says of a day is the one thing that others decide
            pd.testing.assert_frame_equal(*both)


def _entries(rows: Iterable[Row]) -> dict[str, dict[date, Row]]:
    entries: dict[str, dict[date, Row]] = {}
    for row in rows:
        entries.setdefault(row.employee, {})[row.day] = row
    return entries


@many
@given(rows())
def test_workdays_are_attended_leave_or_absent(schedule: Path, rows: list[Row]) -> None:
    table = months(rows, schedule)
    assert (table["workdays"] == table["attended"] + table["leave"] + table["absent"]).all()
    assert (table["attended"] == table["on_time"] + table["late"] + table["missing_in"]).all()
    assert (table["late"] == table[["late_1", "late_2", "late_3", "late_4"]].sum(axis=1)).all()
