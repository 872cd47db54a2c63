"""A year of one employee, written out and counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import logs
import pytest

SCHEDULE = """
[shifts.day]
monday = "07:30-16:00"
tuesday = "07:30-16:00"
wednesday = "07:30-16:00"
thursday = "07:30-16:00"
friday = "07:30-16:30"

[shifts.night]
monday = "22:00-06:00"
tuesday = "22:00-06:00"
wednesday = "22:00-06:00"

[holidays]
2024-01-01 = "Tahun Baru"
2024-12-25 = "Hari Raya Natal"
"""

NO_ROW = None
SPECIAL: dict[str, tuple[str, ...] | None] = {
    # the brackets, at their bounds
    "2024-01-03": ("08:00", "16:00"),  # Wed, 30 minutes late
    "2024-01-04": ("08:01", "16:00"),  # Thu, 31
    "2024-01-05": ("08:30", "16:30"),  # Fri, 60
    "2024-01-08": ("08:31", "16:00"),  # Mon, 61
    "2024-01-09": ("09:00", "16:00"),  # Tue, 90
    "2024-01-10": ("09:01", "16:00"),  # Wed, 91
    # the day that other years do not have
    "2024-02-29": ("07:31", "16:00"),  # Thu, 1 minute late
    # clocks that are missing
    "2024-03-04": ("", "16:00"),  # Mon, no clock-in: 225 minutes
    "2024-03-05": ("", ""),  # Tue, neither: a day of absence
    "2024-03-06": ("07:30", ""),  # Wed, no clock-out: 225 minutes
    "2024-03-08": ("07:30", "16:00"),  # Fri ends at 16:30: 30 minutes early
    # annual leave, Mon to Fri: five days
    "2024-04-01": ("", "", "CT"),
    "2024-04-02": ("", "", "CT"),
    "2024-04-03": ("", "", "CT"),
    "2024-04-04": ("", "", "CT"),
    "2024-04-05": ("", "", "CT"),
    # three night shifts
    "2024-05-06": ("21:55", "06:05", "", "night"),  # on time
    "2024-05-07": ("22:20", "05:50", "", "night"),  # 20 late, 10 early
    "2024-05-08": ("00:10", "06:00", "", "night"),  # came after midnight: 130 late
    # absent four workdays in a row: a weekend and a day of sick leave in between change nothing
    "2024-05-31": ("", "", "TK"),  # Fri
    "2024-06-03": ("", "", "TK"),  # Mon
    "2024-06-04": ("", "", "TK"),  # Tue
    "2024-06-05": ("", "", "CS"),  # Wed: leave
    "2024-06-06": ("", "", "TK"),  # Thu
    # a workday of which the log knows nothing: absent
    "2024-07-01": NO_ROW,  # Mon
    # overtime on a Saturday and on a holiday counts nowhere, however late
    "2024-07-13": ("10:00", "12:00"),
    "2024-12-25": ("09:00", "10:00"),
}


@pytest.fixture
def rows() -> list[dict[str, object]]:
    made = []
    day = date(2024, 1, 1)
    while day.year == 2024:
        ends = "16:30" if day.weekday() == 4 else "16:00"
        usual = ("07:30", ends) if day.weekday() < 5 and (day.month, day.day) not in ((1, 1), (12, 25)) else NO_ROW
        cells = SPECIAL.get(day.isoformat(), usual)
        if cells is not NO_ROW:
            clock_in, clock_out, leave, shift, *_ = (*cells, "", "")
            made.append(logs.day("P01", day.isoformat(), clock_in, clock_out, leave_code=leave, shift=shift))
        day += timedelta(days=1)
    return made


@pytest.fixture
def schedule(tmp_path: Path) -> Path:
    path = tmp_path / "jadwal.toml"
    path.write_text(SCHEDULE, encoding="utf-8")
    return path


def test_the_year_is_what_was_counted_by_hand(rows: list[dict[str, object]], schedule: Path) -> None:
    found = logs.only(logs.measured(rows, schedule, year=2024))
    expected = {
        # 366 days from a Monday to a Tuesday: 52 * 5 + 2 = 262 weekdays, less 1 January and 25 December
        "workdays": 260,
        "leave": 6,  # 1 to 5 April, 5 June
        "absent": 6,  # 5 March; 31 May, 3, 4 and 6 June; 1 July
        "attended": 248,  # 260 - 6 - 6
        "late": 9,  # six in January, 29 February, two night shifts
        "late_1": 3,  # 30, 1, 20
        "late_2": 2,  # 31, 60
        "late_3": 2,  # 61, 90
        "late_4": 2,  # 91, 130
        "late_minutes_1": 51,  # 30 + 1 + 20
        "late_minutes_2": 91,  # 31 + 60
        "late_minutes_3": 151,  # 61 + 90
        "late_minutes_4": 221,  # 91 + 130
        "late_minutes": 514,  # 30 + 31 + 60 + 61 + 90 + 91 + 1 + 20 + 130
        "missing_in": 1,
        "missing_out": 1,
        "on_time": 238,  # 248 - 9 late - 1 without a clock-in
        "early": 2,
        "early_minutes": 40,  # 30 + 10
        "minutes": 1004,  # 514 + 40 + 2 * 225
        "year_days": 8,  # 6 days absent, and 1004 minutes are two days of 450 and 104 minutes
        "year_longest": 4,
        "level": "light_3",  # 7 to 10 days
        "level_points": 70,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["on_time_percent"] == pytest.approx(100 * 238 / 248)


def test_its_quarters_and_its_sanction_grow_as_the_year_goes_on(rows: list[dict[str, object]], schedule: Path) -> None:
    table = logs.measured(rows, schedule, year=2024, period=4, periods=4).details.employees
    assert table["period"].tolist() == [1, 2, 3, 4]
    assert table["late"].tolist() == [7, 2, 0, 0]
    assert table["absent"].tolist() == [1, 4, 1, 0]
    assert table["leave"].tolist() == [0, 6, 0, 0]
    # 364 late, 225 + 225 missing, 30 early; then 150 late and 10 early
    assert table["minutes"].tolist() == [844, 160, 0, 0]
    # 1 + 844 // 450; 5 + 1004 // 450; 6 + 2
    assert table["year_days"].tolist() == [2, 7, 8, 8]
    assert table["year_longest"].tolist() == [1, 4, 4, 4]
    assert table["level"].tolist() == ["none", "light_3", "light_3", "light_3"]


def test_nothing_of_it_is_set_aside(rows: list[dict[str, object]], schedule: Path) -> None:
    evidence = logs.measured(rows, schedule, year=2024)
    assert (evidence.set_aside, evidence.outside, evidence.used) == ((), 0, len(rows))
