"""Days and times of a listing, as Excel, attendance machines and people write them.

Days are written day first, as in Indonesia; a column is read month first only if that is the one way in which all its
texts are days. Where an Excel that reads the month first has opened the file before, its dates are refused. Years have
four digits: "02/01/25" may be three days, so it is refused. Days before 1990 come from empty cells (Excel's day 0 is in
1900) or clocks that were never set, so they are no days of a report.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pyarrow as arrow
from pyarrow import compute

from bsc_xl.evidence.values import Parsed, Read, each, occurring, spread, used
from bsc_xl.evidence.words import folded, months

FIRST_YEAR, LAST_YEAR = 1990, 2100
DAY = 86_400
"""Seconds."""
_MONTHS = 12
_EPOCH = date(1970, 1, 1).toordinal()
_NO_MOMENT = np.iinfo(np.int64).min
"""NaT as a number."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
_SHORT = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2}|[^\W\d]+)\.?\s*[-/. ,]\s*(\d{2}|'\d{2})")
_DAY_NAME = re.compile(r"(\d{1,2})\s*[-/. ]?\s*([^\W\d]+)\.?\s*[-/., ]\s*(\d{4})")
_NAME_DAY = re.compile(r"([^\W\d]+)\.?\s*(\d{1,2})(?:st|nd|rd|th)?\s*,?\s*(\d{4})")
_WEEKDAY = re.compile(r"^[^\W\d]+['’]?[^\W\d]*\s*[,/]\s*(?=\d)|^[^\W\d]+,\s*(?=[^\W\d])")
_FIRST_WORD = re.compile(r"([^\W\d]+)\s+(?=\d)")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_TIME = re.compile(r"(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,]\d+)?)?\s*([ap])?\.?\s*(?:m\.?)?", re.IGNORECASE)
_PLAIN_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_PLAIN_DIGITS = re.compile(r"(\d{1,2})(\d{2})")
_DECIMAL = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?")
_FRACTION = re.compile(r"0[.,]\d{3,}")
_ONE_DECIMAL_OF_A_DAY = re.compile(r"0[.,]\d")
"""Noon as Excel counts, or ten minutes to one: nobody knows."""
_ZONE = re.compile(r"\s*(wib|wita|wit)$", re.IGNORECASE)
_NO_DAY = frozenset("-–—/ ")
_NO_TIME = _NO_DAY | frozenset(":.")
_BETWEEN = re.compile(
    r"(.*\d)(?:T|\s+|\s*,\s*)(\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?)"
    r"\s*(Z|UTC|GMT|\+(?:0\d|1[0-4]):?[0-5]\d)?",
    re.IGNORECASE,
)
_EXCEL_DAYS = (datetime(FIRST_YEAR, 1, 1) - datetime(1899, 12, 30)).days  # noqa: DTZ001
_LAST_EXCEL_DAY = _EXCEL_DAYS + (LAST_YEAR - FIRST_YEAR + 1) * 366
_IN_DIGITS, _MOST_DIGITS = 100, 2400
"""Numbers between are clocks without a mark between hours and minutes."""


def dates(cells: pd.Series) -> Parsed:
    """The days of a column, datetime64[D], NaT where blank; of a day with a time, the day.

    Understood: dates, Excel's serial numbers, 2025-01-31, 20250131, 31/01/2025 and 31.1.2025, "31 Januari 2025",
    "Jumat, 31 Jan 2025", "January 31, 2025".
    """
    return each(cells, _reader(used(cells)), np.datetime64("NaT"), "datetime64[D]")


def times(cells: pd.Series) -> Parsed:
    """The times of day of a column in seconds since midnight, float64, NaN where blank; 24:00 is 86400.

    Understood: times, 07:31, 7.31, 7.4 for 07:40, 07:31:05, 0731 and 731, "7:31 PM", "07:31 WIB", Excel's fractions of
    a day, and the time of a day with a time. A number means what the same digits in a text mean.
    """
    return each(cells, _time, np.nan, np.float64)


def moments(cells: pd.Series) -> Parsed:
    """Days with their times, datetime64[s], NaT where blank: one punch of an attendance machine."""
    code, found = occurring(cells)
    # nearly every moment is a different text, but its day and its time are not
    whole = arrow.array([cell if isinstance(cell, str) else None for cell in found], arrow.string())
    split = compute.split_pattern(compute.utf8_trim_whitespace(whole), " ", max_splits=1, reverse=True)
    place = np.flatnonzero(compute.list_value_length(split).fill_null(0).to_numpy() == 2)
    halves = split.take(place).flatten().dictionary_encode()
    day, clock = halves.indices.to_numpy().reshape(-1, 2).T
    texts = halves.dictionary.to_pylist()
    days = {number: texts[number] for number in np.unique(day).tolist()}
    read = _reader([*days.values(), *np.delete(np.array(found, dtype=object), place)])
    midnight, seconds = (np.full(len(texts), _NO_MOMENT) for _ in range(2))
    for number, text in days.items():
        if ":" not in text and (of := read(text)[0]) is not None:
            midnight[number] = _since_1970(of, 0)
    for number in np.unique(clock).tolist():
        if ":" in texts[number] and (of := _time(texts[number])[0]) is not None:
            seconds[number] = round(of)

    value = np.full(len(found) + 1, _NO_MOMENT)  # one more for code -1, where there was no cell at all
    fault = np.zeros(len(value), dtype=np.int8)
    clear = (midnight[day] != _NO_MOMENT) & (seconds[clock] != _NO_MOMENT)
    value[place[clear]] = midnight[day[clear]] + seconds[clock[clear]]
    others = np.flatnonzero(value[:-1] == _NO_MOMENT)
    rest = each(
        pd.Series([found[number] for number in others], dtype=object),
        lambda cell: _moment(cell, read),
        _NO_MOMENT,
        np.int64,
    )
    value[others], fault[others] = rest.value, rest.fault
    return spread(value.view("datetime64[s]"), fault, code)


def _reader(cells: Sequence[object]) -> Callable[[object], Read]:
    """How the days of a column with these cells are read."""
    first, turned = _month_first(cells), _may_be_turned(cells)
    return lambda cell: (None, "turned_date") if turned and isinstance(cell, date) else _date(cell, first)


def _month_first(cells: Iterable[object]) -> bool:
    """Some text can only be a day month first, and none only day first."""
    possible = False
    for cell in cells:
        found = _NUMBERS.match(cell.strip()) if isinstance(cell, str) else None
        if found and int(found[1]) > 12:
            return False
        possible = possible or bool(found and int(found[2]) > 12)
    return possible


def _may_be_turned(cells: Iterable[object]) -> bool:
    """All days beyond the 12th are texts and all others dates: where an Excel that reads the month first has opened a
    file that writes the day first, it has made dates of those that it could read, with day and month exchanged."""
    turned: list[int] = []
    texts: list[int] = []
    for cell in cells:
        if isinstance(cell, date):
            turned.append(cell.day)
        elif isinstance(cell, str) and (found := _NUMBERS.match(cell.strip())):
            texts.append(int(found[1]))
    return bool(turned and texts) and max(turned) <= _MONTHS < min(texts)


def _since_1970(day: date, seconds: float) -> int:
    return (day.toordinal() - _EPOCH) * DAY + round(seconds)


def _date(cell: object, month_first: bool) -> Read:
    if isinstance(cell, datetime):
        return _in_range(cell.date())
    if isinstance(cell, date):
        return _in_range(cell)
    if isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_)):
        return _serial(float(cell))
    if isinstance(cell, time):  # Excel's day 0 with a date format
        return None, "date_out_of_range"
    if not isinstance(cell, str):
        return None, "not_a_date"
    text = cell.strip()
    if found := _NUMBERS.fullmatch(text):
        return _of_numbers(found, month_first)
    with_time = _BETWEEN.fullmatch(text)
    if with_time and _is_universal(with_time) and set(with_time[2]) & set("123456789"):
        return None, "universal_time"  # of which day it is here depends on the zone; midnight stands for the day alone
    return _date_of_text(with_time[1] if with_time else text, month_first)


def _date_of_text(text: str, month_first: bool) -> Read:
    if set(text.strip()) <= _NO_DAY:
        return None, ""
    text = _WEEKDAY.sub("", text.strip()).strip()
    if (word := _FIRST_WORD.match(text)) and folded(word[1]) not in months():
        text = text[word.end() :]
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(*map(int, found.groups()))
    if found := _NUMBERS.fullmatch(text):
        return _of_numbers(found, month_first)
    if found := _DAY_NAME.fullmatch(text):
        return _named(found[3], found[2], found[1])
    if found := _NAME_DAY.fullmatch(text):
        return _named(found[3], found[1], found[2])
    if _SHORT.fullmatch(text):
        return None, "two_digit_year"
    if _SERIAL.fullmatch(text):
        return _serial(float(text.replace(",", ".")))
    return None, "not_a_date"


def _of_numbers(found: re.Match[str], month_first: bool) -> Read:
    one, two, year = map(int, found.groups())
    return _day(year, one, two) if month_first else _day(year, two, one)


def _named(year: str, month: str, day: str) -> Read:
    number = months().get(folded(month))
    return (None, "not_a_date") if number is None else _day(int(year), number, int(day))


def _day(year: int, month: int, day: int) -> Read:
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        return None, "not_a_date"


def _in_range(day: date) -> Read:
    return (day, "") if FIRST_YEAR <= day.year <= LAST_YEAR else (None, "date_out_of_range")


def _serial(number: float) -> Read:
    if not math.isfinite(number):
        return None, "not_a_date"
    if not _EXCEL_DAYS <= number <= _LAST_EXCEL_DAY:
        text = str(int(number))
        return _date_of_text(text, False) if _COMPACT.fullmatch(text) else (None, "date_out_of_range")
    return _in_range(date(1899, 12, 30) + timedelta(days=math.floor(number)))


def _time(cell: object) -> Read:
    if isinstance(cell, (datetime, time)):
        return _seconds(cell.hour, cell.minute, cell.second)
    if isinstance(cell, timedelta):
        return (cell.total_seconds(), "") if timedelta() <= cell <= timedelta(days=1) else (None, "not_a_time")
    if isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_)):
        return _time_of_number(float(cell))
    if not isinstance(cell, str):
        return None, "not_a_time"
    text = cell.strip()
    if found := _PLAIN_TIME.fullmatch(text):
        return _seconds(int(found[1]), int(found[2]), int(found[3] or 0))
    return _time_of_text(_ZONE.sub("", text))


def _time_of_text(text: str) -> Read:
    if set(text) <= _NO_TIME:  # "--:--", as machines print a punch that is not there
        return None, ""
    if found := _BETWEEN.fullmatch(text):
        if _is_universal(found):
            return None, "universal_time"
        if _TIME.fullmatch(found[1].split()[-1]):  # several times, of which nobody knows the right one
            return None, "not_a_time"
        text = found[2].strip()
    if _FRACTION.fullmatch(text) or _SERIAL.fullmatch(text):
        return _time_of_number(float(text.replace(",", ".")))
    if _DECIMAL.fullmatch(text) and 1 <= (number := float(text.replace(",", "."))) < 24:
        return _time_of_number(number)  # Excel writes 7.40 into a text file as 7.4, or 7,4
    if _ONE_DECIMAL_OF_A_DAY.fullmatch(text):
        return None, "not_a_time"
    if found := _TIME.fullmatch(text):
        return _clock(int(found[1]), int(found[2]), int(found[3] or 0), (found[4] or "").casefold())
    if found := _PLAIN_DIGITS.fullmatch(text):
        return _seconds(int(found[1]), int(found[2]), 0)
    return None, "not_a_time"


def _is_universal(found: re.Match[str]) -> bool:
    """A moment of `_BETWEEN` is in the time of Greenwich, not in that of the place: nobody knows when it was here."""
    return bool(found[3]) and not set(found[3]) & set("123456789")


def _clock(hour: int, minute: int, second: int, half: str) -> Read:
    if half:
        if not 1 <= hour <= 12:
            return None, "not_a_time"
        hour = hour % 12 + (12 if half == "p" else 0)
    return _seconds(hour, minute, second)


def _time_of_number(number: float) -> Read:
    if not math.isfinite(number) or number < 0:
        return None, "not_a_time"
    if 1 <= number < 24:  # 7.31 typed for 07:31; as a day, it would lie in January 1900
        hour, minute = divmod(round(number * 100), 100)
        return _seconds(hour, minute, 0) if abs(number * 100 - round(number * 100)) < 1e-6 else (None, "not_a_time")
    if _IN_DIGITS <= number <= _MOST_DIGITS and number.is_integer():  # 0725, of which a sheet keeps the number 725
        return _seconds(*divmod(int(number), 100), 0)
    of_a_day = number < 1 or (_EXCEL_DAYS <= number <= _LAST_EXCEL_DAY and not number.is_integer())
    return (float(round(number % 1 * DAY)), "") if of_a_day else (None, "not_a_time")  # a day alone is no midnight


def _seconds(hour: int, minute: int, second: int) -> Read:
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return None, "not_a_time"
    return float(hour * 3600 + minute * 60 + second), ""


def _moment(cell: object, read: Callable[[object], Read]) -> Read:
    day, fault = read(cell)
    if fault:
        return None, fault
    if isinstance(cell, str) and not _BETWEEN.fullmatch(cell.strip()) and not _SERIAL.fullmatch(cell.strip()):
        return None, "not_a_time"
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return None, "not_a_time"
    seconds, fault = _time(cell)
    return (None, fault) if fault else (_since_1970(day, seconds), "")
