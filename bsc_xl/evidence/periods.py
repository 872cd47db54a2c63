"""When a row holds: a period, a month or a day, as a moment of the year that can be compared."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import numpy as np
import pandas as pd

from bsc_xl.evidence.days import dates
from bsc_xl.evidence.model import Column, Question
from bsc_xl.evidence.rows import Rows
from bsc_xl.evidence.values import Parsed, Read, distinct, each
from bsc_xl.evidence.words import folded, months, period_words
from bsc_xl.scoring.arrays import Floats
from bsc_xl.tables import parse

_MONTHS = {"month": 1, "quarter": 3, "semester": 6}
COLUMNS = tuple(Column(name, required=False, merged=True) for name in (*_MONTHS, "period", "date"))
"""Any one of them says when a row holds; the first that a file has counts, since it is the most exact."""

_TOKENS = re.compile(r"\d+|[^\W\d_]+")
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_YEAR = 1000
_OTHER_YEAR = -np.inf


def ends(rows: Rows, question: Question) -> Floats | None:
    """Up to when each row holds, in months since 1 January of the year: quarter 2 is 6, March is 3; -inf for another
    year. A number without a word is what the heading says: a month, a quarter, a semester; below "period" it is one of
    the question's. None where the file does not say. Rows that cannot be read are set aside."""
    for name, own in (*_MONTHS.items(), ("period", 12 / question.periods)):
        if rows.has(name):
            found: Floats = rows.read(name, lambda cells, own=own: _ends(cells, own, question), filled=True)  # type: ignore[misc]
            return found
    if rows.has("date"):
        return _of_days(rows.read("date", dates, filled=True), question)
    return None


def limit(question: Question) -> float:
    """The end of the reporting period, in months since 1 January."""
    return question.period * 12 / question.periods


def _ends(cells: pd.Series, own: float, question: Question) -> Parsed:
    days = dates(cells)
    code, found = distinct(cells)
    is_number = np.array([_is_small(cell) for cell in found] + [False])[code]
    as_days = ~days.missing & ~is_number
    read = each(cells, lambda cell: _end(cell, own, question.span.last.year), np.nan, np.float64)
    value = np.where(as_days, _of_days(days.value, question), read.value)
    return Parsed(value, np.where(as_days, 0, read.fault).astype(np.int8))


def _is_small(cell: object) -> bool:
    return isinstance(cell, (int, float)) and cell < _YEAR


def _of_days(days: object, question: Question) -> Floats:
    def end(day: date | None) -> float:
        if day is None:
            return np.nan
        if day.year != question.span.last.year:
            return _OTHER_YEAR
        return day.month - 1 + day.day / monthrange(day.year, day.month)[1]

    code, found = pd.factorize(np.asarray(days, dtype="datetime64[D]"), use_na_sentinel=False)
    return np.array([end(day) for day in found.astype("datetime64[D]").tolist()], dtype=np.float64)[code]


def _end(cell: object, own: float, year: int) -> Read:
    length, numbers = own, []
    for token in _TOKENS.findall(parse.as_text(cell).casefold()):
        word = folded(token)
        if word in period_words():
            length = period_words()[word] or length
        elif word in months():
            length = 1.0
            numbers.append(months()[word])
        elif token.isdecimal() or token in _ROMAN:
            numbers.append(_ROMAN.get(token) or int(token))
        else:
            return None, "not_a_period"
    years = [number for number in numbers if number >= _YEAR]
    counts = [number for number in numbers if number < _YEAR]
    if len(counts) != 1 or len(years) > 1 or not 0 < counts[0] * length <= 12:
        return None, "not_a_period"
    return (_OTHER_YEAR if years and years[0] != year else counts[0] * length), ""
