"""Days and times, as Excel, machines and people write them."""
# ruff: noqa: DTZ001 - the clocks of files have no zone

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from bsc_xl.evidence.days import dates, moments, times
from bsc_xl.evidence.values import FAULTS

DAY = date(2025, 1, 31)


def one(parser, cell, *others):
    parsed = parser(pd.Series([cell, *others], dtype=object))
    return FAULTS[parsed.fault[0]] or parsed.value[0]


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        datetime(2025, 1, 31, 7, 31),
        45688,
        45688.31,
        "45688",
        20250131.0,
        "20250131",
        "2025-01-31",
        "2025/1/31",
        "2025-01-31 07:31:05",
        "2025-01-31T07:31",
        "31/01/2025",
        "31-1-2025",
        "31.01.2025 7.31",
        "31 Januari 2025",
        "31 Jan. 2025",
        "31-Jan-2025",
        "Jumat, 31 Januari 2025",
        "Jumat 31 Januari 2025",
        "Jum'at, 31/01/2025",
        "January 31, 2025",
    ],
)
def test_one_day_in_many_forms(cell) -> None:
    assert one(dates, cell) == np.datetime64(DAY)


def test_days_come_first_unless_the_column_can_only_be_months_first() -> None:
    assert one(dates, "01/02/2025") == np.datetime64("2025-02-01")
    assert one(dates, "01/02/2025", "01/31/2025") == np.datetime64("2025-01-02")
    assert one(dates, "01/02/2025", "01/31/2025", "31/01/2025") == np.datetime64("2025-02-01")


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("02/01/25", "two_digit_year"),
        ("2 Jan 25", "two_digit_year"),
        ("29/02/2025", "not_a_date"),
        ("31/31/2025", "not_a_date"),
        ("tomorrow", "not_a_date"),
        (True, "not_a_date"),
        ("01/01/1900", "date_out_of_range"),
        (date(1900, 1, 1), "date_out_of_range"),
        (time(0, 0), "date_out_of_range"),
        (0.0, "date_out_of_range"),
        (1.0, "date_out_of_range"),
        ("31/01/2205", "date_out_of_range"),
    ],
)
def test_what_is_no_day_says_why(cell, rule) -> None:
    assert one(dates, cell) == rule


def test_29_february_is_a_day_of_leap_years_only() -> None:
    assert one(dates, "29/02/2024") == np.datetime64("2024-02-29")


@pytest.mark.parametrize(
    "cell",
    [
        time(7, 31),
        datetime(2025, 1, 31, 7, 31),
        timedelta(hours=7, minutes=31),
        451 / 1440,
        45688 + 451 / 1440,
        7.31,
        "07:31",
        "7:31",
        "7.31",
        "07:31:00",
        "0731",
        "7:31 AM",
        "7:31 a.m.",
        "07:31 WIB",
        "0,313194444",
        "31/01/2025 07:31",
    ],
)
def test_one_time_in_many_forms(cell) -> None:
    assert one(times, cell) == 7 * 3600 + 31 * 60


@pytest.mark.parametrize(
    ("number", "texts", "clock"),
    [
        (7.4, ("7.4", "7,4", "7.40"), time(7, 40)),
        (16.5, ("16.5", "16,5", "16.50"), time(16, 50)),
        (7.04, ("7.04", "7,04"), time(7, 4)),
        (7.0, ("7", "7.0", "7,00"), time(7)),
        (725, ("725", "0725"), time(7, 25)),
        (725.0, (), time(7, 25)),
        (1635, ("1635",), time(16, 35)),
        (45663.3125, ("45663.3125", "45663,3125"), time(7, 30)),
    ],
)
def test_a_number_for_a_time_is_the_same_in_a_workbook_and_in_a_text(number, texts, clock) -> None:
    seconds = clock.hour * 3600 + clock.minute * 60
    assert [one(times, cell) for cell in (number, *texts)] == [seconds] * (1 + len(texts))


def test_a_colon_parts_hours_and_minutes_and_no_decimals() -> None:
    assert one(times, "7:4") == 7 * 3600 + 4 * 60
    assert one(times, "0.5") == "not_a_time"


@pytest.mark.parametrize(
    ("cell", "hours"), [("12:00 AM", 0), ("12:00 PM", 12), ("7:00 pm", 19), ("24:00", 24), (timedelta(days=1), 24)]
)
def test_halves_of_the_day_and_its_end(cell, hours) -> None:
    assert one(times, cell) == hours * 3600


@pytest.mark.parametrize("cell", ["25:00", "07:61", "24:01", "13:00 PM", "late", 7.75, -1, True, "7:31:61"])
def test_what_is_no_time(cell) -> None:
    assert one(times, cell) == "not_a_time"


@pytest.mark.parametrize("number", [24, 45, 775, 1661, 2401, 3000, 73105, 45663, 100.5, 24.5, 1e9 + 0.5])
def test_a_number_that_is_no_clock_is_never_midnight(number) -> None:
    assert [one(times, cell) for cell in (number, float(number), str(number))] == ["not_a_time"] * 3


@pytest.mark.parametrize("cell", ["", None, "-", "--:--", " : "])
def test_a_punch_that_is_not_there_is_blank(cell) -> None:
    assert np.isnan(one(times, cell))


@pytest.mark.parametrize(
    "cell",
    [
        "2025-01-31 19:31:05",
        "31/01/2025 7:31:05 PM",
        datetime(2025, 1, 31, 19, 31, 5),
        "2025-01-31T19:31:05+07:00",
        "2025-01-31 19:31:05 +0900",
    ],
)
def test_a_punch_has_day_and_time(cell) -> None:
    assert one(moments, cell) == np.datetime64("2025-01-31T19:31:05")


@pytest.mark.parametrize("zone", ["Z", " UTC", "+00:00", " GMT"])
def test_a_time_of_greenwich_is_not_taken_for_that_of_the_place(zone) -> None:
    moment = f"2025-01-31T19:31:05{zone}"
    assert [one(read, moment) for read in (moments, times, dates)] == ["universal_time"] * 3
    assert one(dates, f"2025-01-31T00:00:00{zone}") == DAY


def test_two_times_behind_a_day_are_no_zone() -> None:
    assert one(moments, "2025-01-31 07:31-16:00") == "not_a_date"


def test_a_punch_without_a_time_is_none() -> None:
    assert one(moments, "31/01/2025") == "not_a_time"
    assert one(moments, DAY) == "not_a_time"
    assert [one(moments, cell) for cell in (45663, 45663.0, "45663")] == ["not_a_time"] * 3


@effort(deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31)))
def test_excel_numbers_of_days_and_texts_agree(moment) -> None:
    moment = moment.replace(microsecond=0)
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    expected = np.datetime64(moment, "s")
    # a day's number has no time, whereas a text says 00:00:00
    assert one(moments, serial) == ("not_a_time" if float(serial).is_integer() else expected)
    assert one(moments, f"{moment:%d/%m/%Y %H:%M:%S}") == expected
    assert one(moments, moment.isoformat()) == expected
