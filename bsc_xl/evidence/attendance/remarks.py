"""Where a log says less than a reader of its figures might think."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from bsc_xl.evidence.attendance.log import Log
from bsc_xl.evidence.attendance.schedule import Schedule
from bsc_xl.evidence.model import Remark
from bsc_xl.scoring.arrays import Positions

_EPOCH = date(1970, 1, 1)
_WEEK = 7
_LISTED = 10
"""So many ids or days go into a remark."""


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def remarks(log: Log, quiet: Positions, schedule: Schedule, last: date, *, absent: int) -> tuple[Remark, ...]:
    """What to know of a year up to `last`; nearly all of it concerns absences that nobody can see in the log.

    `quiet`: `quiet_days` of everybody, of whom `log` may be a part. `absent`: on how many days somebody was absent who
    may have been on leave, since the file has no column to say so.

    `year_from` (`day`): the log begins later than the year. `quiet` (`count`, `days`): on these workdays nobody left a
    trace. `silent` (`count`, `ids`): the log ends a week or more earlier for these employees than for others.
    `gaps_unknown` (`count`): employees whose days without a row are not counted, since a row was set aside.
    `no_leave_codes` (`count`): `absent`. `zeros_in_front` (`count`, `ids`): ids that differ in these alone.
    """
    return tuple(_remarks(log, quiet, schedule, last, absent))


def _remarks(log: Log, quiet: Positions, schedule: Schedule, last: date, absent: int) -> Iterator[Remark]:
    begin, end = number_of(date(last.year, 1, 1)), number_of(last)
    told = log.told
    if not told.any():
        return
    first = int(log.first[told].min())
    if begin + _WEEK <= first <= end:
        yield Remark("year_from", {"day": _day(first)})
    quiet = quiet[(quiet >= begin) & (quiet <= end)]
    doubtful = quiet[schedule.works(quiet.astype("datetime64[D]"))[schedule.everybody]].tolist()
    if doubtful:
        yield Remark(
            "quiet", {"count": len(doubtful), "days": ", ".join(f"{_day(day):%d/%m/%Y}" for day in doubtful[:_LISTED])}
        )
    latest = min(int(log.last.max()), end)
    silent = log.ids[told & (log.last >= begin) & (log.last <= latest - _WEEK)].tolist()
    if silent:
        yield Remark("silent", {"count": len(silent), "ids": ", ".join(silent[:_LISTED])})
    unknown = told & log.undated
    if unknown.any():
        yield Remark("gaps_unknown", {"count": int(unknown.sum())})
    if absent:
        yield Remark("no_leave_codes", {"count": absent})
    numbers = Counter(_without_zeros(each) for each in log.ids)
    doubles = [each for each in log.ids.tolist() if numbers[_without_zeros(each)] > 1]
    if doubles:
        yield Remark("zeros_in_front", {"count": len(doubles), "ids": ", ".join(doubles[:_LISTED])})


def _without_zeros(employee_id: str) -> str:
    """An id of digits as a sheet makes a number of it."""
    return employee_id.lstrip("0") if employee_id.isdecimal() else employee_id


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)
