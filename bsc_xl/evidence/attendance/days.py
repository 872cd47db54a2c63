"""What each day was, and what the days of a month add up to (domain.md, section 8).

A workday is attended, leave, or absent. It is *absent* where the log says so (a code, or neither clock-in nor
clock-out), and where the log has no row of it although it tells of the employee before and after. It is *unclear*
where a row was set aside, and where nobody at all left a trace: then it counts nowhere. What is no workday counts
nowhere either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bsc_xl.evidence.attendance.log import NO_CLOCK, Log, Minutes, Numbers
from bsc_xl.evidence.attendance.schedule import Leave, Schedule, weekdays
from bsc_xl.model import DisciplineRules
from bsc_xl.scoring.arrays import Codes, Flags, Positions
from bsc_xl.tables.columns import Texts

_OFF, _LEAVE, _ABSENT, _UNCLEAR, _ATTENDED = range(5)
"""The states of a day; from `_UNCLEAR` on, one that ends absences in a row."""
_AT_ONCE = 1 << 18
"""So many days of employees are laid out at a time: few enough to stay near the processor."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Months:
    """The sums of each employee by month, January of `year` first, whole numbers, each (employees, months).

    `workdays` = `attended` + `leave` + `absent`. `on_time`: attended workdays whose clock-in is there and not late.
    `late`, `early`: on how many days, and the `minutes` of both. `brackets`, `bracket_minutes` (employees, months,
    brackets): `late` and `late_minutes` by `DisciplineRules.lateness_from`. `deducted`: the minutes that PP 94/2021
    adds up, of lateness, early leave and missing clocks, of one day never more than a day has. `longest`: absences in a
    row, from January to that month.
    """

    year: int
    ids: Texts
    workdays: Counts
    attended: Counts
    on_time: Counts
    late: Counts
    brackets: Counts
    bracket_minutes: Counts
    late_minutes: Counts
    early: Counts
    early_minutes: Counts
    missing_in: Counts
    missing_out: Counts
    leave: Counts
    absent: Counts
    deducted: Counts
    longest: Counts


def count_months(log: Log, quiet: Positions, schedule: Schedule, rules: DisciplineRules, last: date) -> Months:
    """What the log says of the year of `last`, from 1 January to that day; entries of other days are passed over.

    `quiet`: days of which nobody is said to have been absent (`log.quiet_days`).
    """
    year = _Year(schedule, quiet, last)
    tolerance, usual = schedule.tolerance, schedule.shift_of(log.ids)
    counted = [
        _count(log.of(block), usual[block], year, tolerance, rules) for block in _blocks(len(log.ids), year.count)
    ]
    return Months(
        last.year,
        log.ids,
        **{name: np.concatenate([getattr(part, name) for part in counted]) for name in _COUNTED},
    )


def _count(log: Log, usual: Positions, year: _Year, tolerance: int, rules: DisciplineRules) -> Months:
    entries = _Entries.of(log, year)
    state = _laid_out(log, usual, entries, year)
    absent, leave, days_attended = (_by_month(state == kind, year) for kind in (_ABSENT, _LEAVE, _ATTENDED))
    shape = (len(log.ids), year.months)

    # on most days there is nothing to note, so sums are made of the others only
    ordinary = (entries.late <= tolerance) & (entries.early <= 0) & entries.came & entries.left
    noted = np.flatnonzero((entries.state == _ATTENDED) & ~ordinary)
    place = entries.person[noted] * year.months + year.month[entries.day[noted]]
    late, early = entries.late[noted], entries.early[noted]
    missing_in, missing_out = ~entries.came[noted], ~entries.left[noted]
    missing = rules.missing_minutes * (missing_in.astype(np.int32) + missing_out)
    late[missing_in | (late <= tolerance)] = 0
    early[missing_out | (early < 0)] = 0

    def days(where: Flags) -> Counts:
        return np.bincount(place[where], minlength=shape[0] * shape[1]).reshape(shape)

    def minutes(of: Minutes) -> Counts:
        return np.bincount(place, of, shape[0] * shape[1]).astype(np.int64).reshape(shape)

    is_late, brackets = late > 0, len(rules.lateness_from) + 1  # the first for what is below all
    bracket = place[is_late] * brackets + np.searchsorted(rules.lateness_from, late[is_late], side="right")

    def by_bracket(weights: Minutes | None) -> Counts:
        total = np.bincount(bracket, weights, shape[0] * shape[1] * brackets)
        return total.astype(np.int64).reshape(*shape, brackets)[..., 1:]

    days_late, days_without_in = days(is_late), days(missing_in)
    return Months(
        year=year.number,
        ids=log.ids,
        workdays=days_attended + leave + absent,
        attended=days_attended,
        on_time=days_attended - days_late - days_without_in,
        late=days_late,
        brackets=by_bracket(None),
        bracket_minutes=by_bracket(late[is_late]),
        late_minutes=minutes(late),
        early=days(early > 0),
        early_minutes=minutes(early),
        missing_in=days_without_in,
        missing_out=days(missing_out),
        leave=leave,
        absent=absent,
        deducted=minutes(np.minimum(late + early + missing, rules.day_minutes)),
        longest=_longest(state == _ABSENT, state >= _UNCLEAR, year),
    )


_COUNTED = tuple(field.name for field in fields(Months) if field.name not in ("year", "ids"))


class _Year:
    """The days from 1 January on, counted from 0, and what each shift is expected to do on them.

    `month` (days,): 0 is January; `begin` (months,): the first day of each. `working` (shifts, days); `begins`, `ends`
    (shifts, days) in minutes. `quiet` (days,): nobody is said to have been absent.
    """

    def __init__(self, schedule: Schedule, quiet: Positions, last: date) -> None:
        first = np.datetime64(f"{last.year:04d}-01-01", "D")
        days = np.arange(first, np.datetime64(last, "D") + 1)
        self.first = int(first.astype(np.int64))
        self.number, self.count, self.months = last.year, len(days), last.month
        self.month = days.astype("datetime64[M]").astype(np.int64) % 12
        self.begin = np.searchsorted(self.month, np.arange(self.months))
        hours = (schedule.begins[:, weekdays(days)], schedule.ends[:, weekdays(days)])
        self.begins, self.ends = (each.astype(np.int16) for each in hours)
        self.working = schedule.works(days)
        self.quiet = np.isin(days.astype(np.int64), quiet)


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of the year: `day` counts from 0, `came` and `left` say whether there is a clock-in and a clock-out.
    `late`, `early`: the minutes by which they lie after the begin and before the end of work, where they are there."""

    person: Numbers
    day: Positions
    state: Codes
    late: Minutes
    early: Minutes
    came: Flags
    left: Flags

    @staticmethod
    def of(log: Log, year: _Year) -> _Entries:
        day = (log.day - year.first).astype(np.int64)
        now = (day >= 0) & (day < year.count)
        if not now.all():
            log, day = log.at(now), day[now]
        plan = day + log.shift * year.count if len(year.working) > 1 else day  # the position in what the year expects
        came, left = log.clock_in != NO_CLOCK, log.clock_out != NO_CLOCK
        state = np.where(came | left, np.int8(_ATTENDED), np.int8(_ABSENT))
        np.putmask(state, log.leave == Leave.EXCUSED, _LEAVE)
        np.putmask(state, log.unclear, _UNCLEAR)
        np.putmask(state, ~year.working.ravel()[plan], _OFF)
        late = log.clock_in - year.begins.ravel()[plan]
        early = year.ends.ravel()[plan] - log.clock_out
        return _Entries(log.person, day, state, late, early, came, left)


def _blocks(employees: int, days: int) -> Iterator[slice]:
    step = max(1, _AT_ONCE // days)
    for first in range(0, max(1, employees), step):
        yield slice(first, min(first + step, employees))


def _laid_out(log: Log, usual: Positions, entries: _Entries, year: _Year) -> Codes:
    """The state of every day of the year: (employees, days)."""
    days = np.arange(year.count, dtype=np.int16)
    state = np.where(year.working, np.int8(_ABSENT), np.int8(_OFF))[usual]
    covered = (np.clip(of - year.first, -1, year.count).astype(np.int16) for of in (log.first, log.last))
    begins, ends = (of[:, np.newaxis] for of in covered)
    state *= (days >= begins) & (days <= ends)
    lost = log.undated[:, np.newaxis] | np.isin(days, log.nameless - year.first)
    if lost.any():
        state[lost & (state == _ABSENT)] = _UNCLEAR
    place = np.multiply(entries.person, year.count, dtype=np.int64)
    place += entries.day
    state.ravel()[place] = entries.state
    np.putmask(state, year.quiet & (state == _ABSENT), _UNCLEAR)
    return state


def _by_month(days: Flags, year: _Year) -> Counts:
    """How many days of each month have a flag: (employees, days) to (employees, months)."""
    return np.add.reduceat(days, year.begin, axis=1, dtype=np.int16).astype(np.int64)


def _longest(absent: Flags, ended: Flags, year: _Year) -> Counts:
    """The longest absence in a row up to the end of each month (employees, months), of days (employees, days)."""
    longest = np.zeros((len(absent), year.months), dtype=np.int64)
    place = np.flatnonzero(absent)
    if len(place):
        person, day = np.divmod(place, year.count)
        in_a_row = _in_a_row(person, np.logical_or.reduceat(ended.ravel(), place))
        np.maximum.at(longest.ravel(), person * year.months + year.month[day], in_a_row)
    return np.maximum.accumulate(longest, axis=1)


def _in_a_row(person: Positions, ended: Flags) -> Positions:
    """How many absences in a row there are up to each absence (n,); `ended`: before the next one something ends them.

    Leave, holidays and days off in between neither count nor end a row: PP 94/2021 speaks of workdays. A day of which
    nobody knows what it was ends it, so that a doubt never adds up against an employee.
    """
    begins = np.ones(len(person), dtype=bool)
    begins[1:] = ended[:-1] | (person[1:] > person[:-1])
    starts = np.flatnonzero(begins)
    in_a_row: Positions = np.arange(1, len(person) + 1) - starts[np.cumsum(begins) - 1]
    return in_a_row
