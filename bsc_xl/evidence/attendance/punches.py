"""From the rows of a listing to the attendance log: first in, last out, and what cannot be used set aside.

Machines export a row for each employee and day, with clock-in and clock-out, or a row for each punch. The rows of one
day come together: the earliest clock is the arrival, the latest the departure, a single one that to which it lies
nearer. Seconds do not count: a minute is the one that the clock shows.

A row that is set aside makes its day unclear, so that it never counts against an employee; what else the file says of
that day is set aside with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.evidence import values, words
from bsc_xl.evidence.attendance.log import NO_CLOCK, Log, Minutes, Numbers
from bsc_xl.evidence.attendance.schedule import MINUTES_OF_DAY, Leave, Schedule, folded, identity, weekdays
from bsc_xl.evidence.days import dates, moments, times
from bsc_xl.evidence.model import Column
from bsc_xl.evidence.rows import Rows
from bsc_xl.scoring.arrays import Codes, Flags, Positions
from bsc_xl.tables import parse
from bsc_xl.tables.columns import Texts

COLUMNS = (
    Column("employee_id", merged=True),
    Column("name", required=False, personal=True, spare=True, merged=True),
    Column("date", required=False, merged=True),
    Column("clock_in", required=False),
    Column("clock_out", required=False),
    Column("moment", required=False),
    Column("leave_code", required=False, personal=True, spare=True),  # people write remarks there, also on illness
    Column("shift", required=False, personal=True, spare=True, merged=True),  # some write there for whom they stand in
)
"""A day needs `date` with `clock_in` or `clock_out`; a punch needs `moment`, or `date` and its time as `moment`."""

_SAME_PUNCH = 5
"""Two punches less than so many minutes apart are one: the person was not sure that the machine had taken it."""
_LATEST, _MOST = np.iinfo(np.int16).max, np.iinfo(np.int32).max
_NEVER = np.iinfo(np.int32).min
_UNKNOWN, _BLANK = -1, -2
_TITLES = re.compile(r"^(?:[^\W\d_]+\.\s*)+|(?:\s+(?:\w+\.\w[\w.]*|\w{2,}\.))+$")
_OF_ROWS = ("person", "day", "shift", "clock_in", "clock_out", "leave")


@dataclass(frozen=True, slots=True)
class Punches:
    """The rows (n,) as numbers. `person`: position in `ids`, -1 without an id. `day`: since 1970, `_NEVER` where there
    is none. `shift`, `clock_in`, `clock_out`, `leave`: as in `Log`. `together`: clocks of one day that are less than so
    many minutes apart are a single one."""

    ids: Texts
    person: Numbers
    day: Numbers
    shift: Numbers
    clock_in: Minutes
    clock_out: Minutes
    leave: Codes
    together: int

    def at(self, rows: Positions) -> Punches:
        """The same with these rows only, in this order."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _OF_ROWS})

    @property
    def dated(self) -> Flags:
        """The rows (n,) that name a day."""
        return np.asarray(self.day != _NEVER)

    @property
    def silent(self) -> Flags:
        """The rows (n,) with neither an id nor a day nor a clock nor a code, as in the signatures below a table: such a
        row says nothing of anybody."""
        clocked = (self.clock_in != NO_CLOCK) | (self.clock_out != NO_CLOCK)
        return np.asarray(~(self.dated | clocked) & (self.person < 0) & (self.leave == Leave.NONE))


def read(rows: Rows, schedule: Schedule) -> Punches:
    """What the rows say; sets aside those that cannot be used. `EvidenceError` where columns lack."""
    person, ids = _persons(rows)
    if rows.has("name"):
        rows.set_aside(_shared(rows.listing.frame["name"], person, len(ids)), "shared_id", "employee_id")
    usual = np.append(schedule.shift_of(ids), schedule.everybody)  # the last is for rows without an id
    shift = values.at(usual.astype(np.int32), person)
    if rows.has("shift") and len(schedule.shifts) > 1:
        named = _looked_up(rows.listing.frame["shift"], schedule.shifts)
        rows.set_aside(named == _UNKNOWN, "unknown_shift", "shift")
        shift = np.where(named >= 0, named, shift)
    leave = np.zeros(len(person), dtype=np.int8)
    if rows.has("leave_code"):
        meaning = _looked_up(rows.listing.frame["leave_code"], schedule.leave)
        rows.set_aside(meaning == _UNKNOWN, "unknown_leave", "leave_code")
        leave = np.maximum(meaning, np.int8(Leave.NONE))
    by_day = rows.has("date") and (rows.has("clock_in") or rows.has("clock_out"))
    day, clock_in, clock_out = _of_days(rows) if by_day else _of_punches(rows)
    if by_day:  # some machines print midnight for a punch that is not there; who did come may have left then
        asleep = schedule.asleep_at_midnight
        came, left = (np.flatnonzero(clock == 0) for clock in (clock_in, clock_out))
        clock_in[came[asleep[shift[came]]]] = NO_CLOCK
        clock_out[left[asleep[shift[left]] & (clock_in[left] == NO_CLOCK)]] = NO_CLOCK
    if schedule.crosses_midnight.any():
        turn = schedule.turn_of_day[shift]
        came_after, left_after = ((clock != NO_CLOCK) & (clock < turn) for clock in (clock_in, clock_out))
        next_day = np.int16(MINUTES_OF_DAY)
        clock_in, clock_out = clock_in + next_day * came_after, clock_out + next_day * left_after
        if not by_day:  # the day of a punch is that of the calendar, not that of the shift
            day = day - (came_after & (day != _NEVER))
    if by_day:
        rows.set_aside((clock_out != NO_CLOCK) & (clock_out < clock_in), "clock_order", "clock_out")
    return Punches(ids, person, day, shift, clock_in, clock_out, leave, 1 if by_day else _SAME_PUNCH)


def _persons(rows: Rows) -> tuple[Numbers, Texts]:
    """The position of each row's id, -1 where it is blank or no id, and the ids in order, each in the shortest of
    its spellings: neither their case matters nor what stands between the digits of a NIP."""
    code, cells = values.occurring(rows.listing.frame["employee_id"])
    parsed = values.texts(pd.Series([*cells, None], dtype=object))
    spelled: dict[str, str] = {}
    keys = np.full(len(parsed.value), None, dtype=object)
    for place in np.flatnonzero(parsed.value != "").tolist():
        spelling = parsed.value[place]
        keys[place] = identity(spelling)
        spelled[keys[place]] = min(spelling, spelled.get(keys[place], spelling), key=lambda each: (len(each), each))
    person, order = pd.factorize(keys, sort=True)
    found: Numbers = rows.take("employee_id", values.spread(person.astype(np.int32), parsed.fault, code))
    rows.set_aside(found < 0, "missing", "employee_id")
    return found, np.array([spelled[key] for key in order], dtype=object)


def log(punches: Punches, rows: Rows, schedule: Schedule) -> Log:
    """The log that the rows make; sets aside rows that stand twice or contradict each other, and what stands beside
    them."""
    days = _Days.of(punches)
    unclear = days.set_aside(rows)
    person, day, shift = (days.first(of) for of in (days.rows.person, days.rows.day, days.rows.shift))
    came, left = days.earliest(days.rows.clock_in), days.most(days.rows.clock_out)
    single = np.flatnonzero((came != NO_CLOCK) & (left != NO_CLOCK) & (left - came < punches.together))
    weekday = weekdays(day[single].astype("datetime64[D]"))
    middle = (schedule.begins[shift[single], weekday] + schedule.ends[shift[single], weekday]) / 2
    nearer_in = came[single] < middle
    left[single[nearer_in]] = NO_CLOCK
    came[single[~nearer_in]] = NO_CLOCK
    first, last = _covered(person, day, unclear, len(punches.ids))
    undated = np.zeros(len(punches.ids) + 1, dtype=bool)  # the last is for rows without an id
    no_day = punches.at(np.flatnonzero(~punches.dated))
    undated[no_day.person[~no_day.silent]] = True
    lost = any(each.rule != "total_row" for each in rows.listing.set_aside)  # nobody looked at what they say
    return Log(
        ids=punches.ids,
        person=person,
        day=day,
        shift=shift,
        clock_in=came,
        clock_out=left,
        leave=days.most(days.rows.leave),
        unclear=unclear,
        first=first,
        last=last,
        undated=undated[:-1] | undated[-1] | lost,
        nameless=np.unique(punches.day[punches.dated & (punches.person < 0)]),
    )


def _covered(person: Numbers, day: Numbers, unclear: Flags, employees: int) -> tuple[Positions, Positions]:
    """The first and the last clear day of each employee, of days in the order of employee and day; last is below first
    where there is none."""
    bounds = np.searchsorted(person, np.arange(employees + 1))
    begin, end = bounds[:-1].copy(), bounds[1:].copy()
    clear = np.append(~unclear, False)
    while (skipped := (begin < end) & ~clear[begin]).any():
        begin += skipped
    while (skipped := (begin < end) & ~clear[end - 1]).any():
        end -= skipped
    there = begin < end
    first, last = np.full(employees, np.iinfo(np.int64).max), np.full(employees, -1, dtype=np.int64)
    first[there], last[there] = day[begin[there]], day[end[there] - 1]
    return first, last


def _of_days(rows: Rows) -> tuple[Numbers, Minutes, Minutes]:
    """Days, clock-ins and clock-outs, in a file with a row for each day."""
    return _day(rows), _clock(rows, "clock_in"), _clock(rows, "clock_out")


def _of_punches(rows: Rows) -> tuple[Numbers, Minutes, Minutes]:
    """The same in a file with a row for each punch, which may be the first or the last of its day."""
    if not rows.has("moment"):
        rows.refuse("evidence.clock_columns", column="clock_in" if rows.has("date") else "date")
    if rows.has("date"):
        day, clock = _day(rows), _clock(rows, "moment")
    else:
        moment = _since_1970(rows, "moment", moments, "m")
        day = np.where(moment == _NEVER, _NEVER, moment // MINUTES_OF_DAY)
        clock = np.where(moment == _NEVER, NO_CLOCK, moment % MINUTES_OF_DAY).astype(np.int16)
    return day, clock, clock


def _day(rows: Rows) -> Numbers:
    return _since_1970(rows, "date", dates, "D")


def _since_1970(rows: Rows, column: str, parser: Callable[[pd.Series], values.Parsed], unit: str) -> Numbers:
    """The days ("D") or minutes ("m") since 1970, `_NEVER` in rows without one, which are set aside."""

    def numbers(cells: pd.Series) -> values.Parsed:
        code, once = values.once(cells)
        parsed = parser(once)
        number = np.where(parsed.missing, _NEVER, parsed.value.astype(f"datetime64[{unit}]").astype(np.int64))
        return values.spread(number.astype(np.int32), parsed.fault, code)

    found: Numbers = rows.read(column, numbers)
    rows.set_aside(found == _NEVER, "missing", column)
    return found


def _clock(rows: Rows, column: str) -> Minutes:
    if not rows.has(column):
        return np.full(len(rows.kept), NO_CLOCK, dtype=np.int16)
    clock: Minutes = rows.read(column, _minutes)
    return clock


def _minutes(cells: pd.Series) -> values.Parsed:
    """The minutes that clocks show, `NO_CLOCK` where there is none."""
    code, found = values.distinct(cells)
    seconds = times(pd.Series([*found, None], dtype=object))
    minutes = np.where(seconds.missing, NO_CLOCK, np.nan_to_num(seconds.value) // 60).astype(np.int16)
    return values.spread(minutes, seconds.fault, code)


def _looked_up(cells: pd.Series, known: Mapping[str, int]) -> Codes:
    """What each cell stands for in `known`: `_UNKNOWN` where it does not, `_BLANK` where nothing stands there."""
    code, found = values.distinct(cells)
    meaning = [_BLANK if parse.is_blank(cell) else known.get(folded(parse.as_text(cell)), _UNKNOWN) for cell in found]
    return values.at(np.array([*meaning, _BLANK], dtype=np.int8), code)


def _shared(cells: pd.Series, person: Numbers, persons: int) -> Flags:
    """The rows (n,) of an id under which two names stand: nobody knows who of them came late. Machines differ in case
    and titles, so names are two where they differ as a whole and also without these."""
    code, found = values.distinct(cells)
    names = [parse.as_text(cell) for cell in found] + [""]
    changes = np.ones(len(person), dtype=bool)  # most rows name whom the row above names
    changes[1:] = (person[1:] != person[:-1]) | (code[1:] != code[:-1])
    rows = np.flatnonzero(changes)
    who, place = person[rows], code[rows]
    shared = np.append(np.ones(persons, dtype=bool), False)  # the last is for no id
    for letters in (words.folded, _without_titles):
        spelling, spellings = pd.factorize(np.array([letters(name) for name in names], dtype=object))
        name = spelling[place]
        said = shared[who] & (np.asarray(spellings, dtype=object) != "")[name]
        who, place, name = who[said], place[said], name[said]
        one_of = np.zeros(persons, dtype=np.int64)
        one_of[who] = name
        shared[:] = False
        shared[who[name != one_of[who]]] = True
    return values.at(shared, person)


def _without_titles(name: str) -> str:
    """The letters of a name without what is abbreviated before it, and without degrees behind it: "Dr. Ani Suryani,
    M.Si." is "anisuryani"."""
    return words.folded(_TITLES.sub("", name.partition(",")[0].strip())) or words.folded(name)


@dataclass(frozen=True, slots=True)
class _Days:
    """The dated rows in the order of employee and day. `rows` (m,): what they say. `place`: where they stand in the
    file, (m,) or all of it. `begins` (m,): it is the first of its day. `starts` (days,): these rows."""

    rows: Punches
    place: Positions | slice
    begins: Flags
    starts: Positions

    @staticmethod
    def of(punches: Punches) -> _Days:
        place: Positions | slice = slice(None)
        if not (there := punches.dated & (punches.person >= 0)).all():
            place = np.flatnonzero(there)
            punches = punches.at(place)
        if not len(punches.day):
            return _Days(punches, place, np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64))
        first = int(punches.day.min())
        days = int(punches.day.max()) - first + 1
        key = np.multiply(punches.person, days, dtype=np.int32 if days * len(punches.ids) < _MOST else np.int64)
        key += punches.day - first
        steps = np.diff(key)
        if (steps < 0).any():
            order = np.argsort(key, kind="stable")  # within a day, the order of the file
            punches, place = punches.at(order), order if isinstance(place, slice) else place[order]
            steps = np.diff(key[order])
        begins = np.append(True, steps > 0)
        return _Days(punches, place, begins, np.flatnonzero(begins))

    @property
    def single(self) -> bool:
        """Each day has one row."""
        return len(self.starts) == len(self.begins)

    @property
    def group(self) -> Positions:
        """The day of each row (m,)."""
        return np.cumsum(self.begins) - 1

    def first(self, of: NDArray[Any]) -> NDArray[Any]:
        """The first of the rows of a day (days,)."""
        return of if self.single else of[self.starts]

    def most(self, of: NDArray[Any]) -> NDArray[Any]:
        """The greatest of the rows of a day (days,)."""
        if self.single:
            return of.copy()
        ends = np.append(self.starts[1:], len(of)) - 1
        return np.asarray(of[ends] if self._ascends(of) else np.maximum.reduceat(of, self.starts))

    def earliest(self, clocks: Minutes) -> Minutes:
        """The first clock of a day (days,), `NO_CLOCK` where there is none."""
        if self.single:
            return clocks.copy()
        if clocks.min() != NO_CLOCK and self._ascends(clocks):
            return clocks[self.starts]
        found = np.minimum.reduceat(np.where(clocks == NO_CLOCK, _LATEST, clocks), self.starts)
        found[found == _LATEST] = NO_CLOCK
        return found

    def _ascends(self, of: NDArray[Any]) -> bool:
        """No row is below the one before it of its day, as where a machine has written them."""
        return bool((self.begins[1:] | (of[1:] >= of[:-1])).all())

    def any(self, flags: Flags) -> Flags:
        """Whether any row of a day (days,) has a flag (m,)."""
        if self.single:
            return flags
        return np.logical_or.reduceat(flags, self.starts) if flags.any() else np.zeros(len(self.starts), dtype=bool)

    def all_of(self, days: Flags) -> Flags:
        """The rows (m,) of these days (days,)."""
        return days if self.single else days[self.group]

    def set_aside(self, rows: Rows) -> Flags:
        """Sets aside rows that stand twice, days that contradict themselves, and what stands beside a row that was set
        aside; gives the days (days,) that are unclear for that. A row that only stands twice makes none unclear."""
        said = self.rows
        twice = self._twice(rows.kept[self.place])
        self._set_aside(twice, "repeated", "employee_id", rows)
        kept = rows.kept[self.place]
        away = self.any(kept & (said.leave == Leave.UNEXCUSED))
        if away.any():
            clocked = (said.clock_in != NO_CLOCK) | (said.clock_out != NO_CLOCK)
            otherwise = self.any(kept & (clocked | (said.leave == Leave.EXCUSED)))
            self._set_aside(self.all_of(away & otherwise), "leave_conflict", "leave_code", rows)
        if not self.single and rows.has("shift"):
            changed = self.any(kept & (said.shift != said.shift[self.starts][self.group]))
            self._set_aside(self.all_of(changed), "two_shifts", "shift", rows)
        unclear = self.any(~rows.kept[self.place] & ~twice)
        if unclear.any() and not self.single:
            self._set_aside(self.all_of(unclear) & self._several(), "same_day", "", rows)
        return unclear

    def _several(self) -> Flags:
        """The rows (m,) of days that have more than one."""
        return (np.diff(self.starts, append=len(self.begins)) > 1)[self.group]

    def _twice(self, kept: Flags) -> Flags:
        """The rows (m,) that say what an earlier row says."""
        twice = np.zeros(len(kept), dtype=bool)
        if self.single:
            return twice
        said = self.group  # one number for everything that a row says
        for column in (self.rows.shift, self.rows.clock_in, self.rows.clock_out, self.rows.leave):
            least, most = int(column.min()), int(column.max())
            if least < most:
                said *= most - least + 1
                said += column - least
        if (np.diff(said) > 0).all():  # in the order of time, as machines write them
            return twice
        candidates = np.flatnonzero(self._several() & kept)
        said = said[candidates]
        in_order = np.sort(said)
        if (in_order[1:] == in_order[:-1]).any():  # which of them were the first takes longer to find
            twice[candidates[pd.Series(said).duplicated().to_numpy()]] = True
        return twice

    def _set_aside(self, flags: Flags, rule: str, column: str, rows: Rows) -> None:
        if flags.any():  # a column that contradicts itself is one that the file has
            where = np.zeros(len(rows.kept), dtype=bool)
            where[self.place] = flags
            rows.set_aside(where, rule, column)
