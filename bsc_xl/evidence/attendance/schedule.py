"""The work schedule: who works when, which days are free, and what the codes of leave mean (`schedule.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bsc_xl.errors import Failure, ScheduleError, SourceError
from bsc_xl.scoring.arrays import Flags, Positions
from bsc_xl.tables.columns import Texts

MINUTES_OF_DAY = 24 * 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SECTIONS = ("tolerance", "everybody", "shifts", "employees", "holidays", "leave")
_HOURS_LATER = 4 * 60
_ON_HOLIDAYS = "on_holidays"
_HOURS = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_EXAMPLE = "07:30-16:00"
_BETWEEN_DIGITS = re.compile(r"[\s.\-‐‑–]+")
_NIP = 18
"""So many digits has the number of a civil servant, which people write in four groups."""
_ERROR_LINE = re.compile(r"line (\d+)")


class Leave(IntEnum):
    """What the log says about a day beside the clock."""

    NONE = 0
    EXCUSED = 1
    UNEXCUSED = 2


_LEAVES = {"excused": Leave.EXCUSED, "unexcused": Leave.UNEXCUSED, "present": Leave.NONE}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When whom the bureau expects, in whole minutes since midnight.

    `shifts`: folded name -> position. `begins`, `ends` (shifts, 7): hours by weekday, Monday first, -1 on a day without
    work; a shift across midnight ends after 1440. `on_holidays` (shifts,): it works on holidays too. `everybody`: the
    position of the usual shift, `employees`: `identity` of an id -> position of another one. `holidays`: the free days.
    `leave`: folded code -> its meaning. `tolerance`: so many minutes late are still on time.
    """

    shifts: Mapping[str, int]
    begins: Positions
    ends: Positions
    on_holidays: Flags
    everybody: int
    employees: Mapping[str, int]
    holidays: frozenset[date]
    leave: Mapping[str, Leave]
    tolerance: int

    @property
    def crosses_midnight(self) -> Flags:
        """Whether a shift (shifts,) ends on the day after it began, on any weekday."""
        return np.asarray((self.ends > MINUTES_OF_DAY).any(axis=1))

    @property
    def asleep_at_midnight(self) -> Flags:
        """Whether nobody of a shift (shifts,) comes at midnight: it begins hours later, and is over by then."""
        first = np.where(self.begins >= 0, self.begins, MINUTES_OF_DAY).min(axis=1)
        return np.asarray((first >= _HOURS_LATER) & ~self.crosses_midnight)

    @property
    def turn_of_day(self) -> Positions:
        """The minute (shifts,) before which a clock belongs to the day before: the middle of the time off between two
        shifts that cross midnight, midnight itself for all others."""
        first = np.where(self.begins >= 0, self.begins, MINUTES_OF_DAY).min(axis=1)
        last = self.ends.max(axis=1)
        return np.where(self.crosses_midnight, (first + last - MINUTES_OF_DAY) // 2, 0)

    def works(self, days: NDArray[np.datetime64]) -> Flags:
        """Whether a shift works on a day: (shifts, days)."""
        holiday = np.isin(days, np.array(sorted(self.holidays), dtype="datetime64[D]"))
        on_duty = ~holiday | self.on_holidays[:, np.newaxis]
        return np.asarray((self.begins[:, weekdays(days)] >= 0) & on_duty)

    def shift_of(self, ids: Texts) -> Positions:
        """The shift of each employee (n,) where the log names none."""
        if not self.employees:
            return np.full(len(ids), self.everybody, dtype=np.int64)
        return np.array([self.employees.get(identity(each), self.everybody) for each in ids], dtype=np.int64)


def weekdays(days: NDArray[np.datetime64]) -> Positions:
    """The weekday of each day, Monday is 0."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday


def folded(text: str) -> str:
    """An id, a code or the name of a shift as it is compared: without regard to case and to the number of blanks."""
    return " ".join(text.split()).casefold()


def identity(employee_id: str) -> str:
    """An id as it is compared: a NIP is its eighteen digits, whatever people write between them."""
    digits = _BETWEEN_DIGITS.sub("", employee_id)
    return digits if len(digits) == _NIP and digits.isdecimal() else folded(employee_id)


@cache
def usual() -> Schedule:
    """The schedule that holds without a file: Monday to Friday, one shift, no holidays."""
    return _Reading("schedule.toml", {}).schedule()


def read(path: Path) -> Schedule:
    """The schedule in a TOML file; what the file leaves out is as in `usual`.

    `ScheduleError` with everything that is wrong in it, each with the key; `SourceError` when there is no such file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = "source.not_found" if isinstance(error, FileNotFoundError) else "source.no_permission"
        raise SourceError(source=path.name, reason=reason) from error
    try:
        given = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _unreadable(path.name, str(content.count(b"\n", 0, error.start) + 1)) from error
    except tomllib.TOMLDecodeError as error:
        line = _ERROR_LINE.search(str(error))
        raise _unreadable(path.name, line[1] if line else "") from error
    return _Reading(path.name, given).schedule()


def _unreadable(name: str, line: str) -> ScheduleError:
    where = f"{name}:{line}" if line else name
    return ScheduleError(source=name, failures=[Failure("schedule", None, where, None, "schedule_toml", None)])


class _Reading:
    """One pass over a file that gathers what is wrong on the way."""

    def __init__(self, name: str, given: Mapping[str, Any]) -> None:
        default = tomllib.loads((files(__package__) / "schedule.toml").read_text(encoding="utf-8"))
        self._name, self._given, self._default = name, given, default
        self._failures: list[Failure] = []

    def schedule(self) -> Schedule:
        for key in self._given:
            if key not in _SECTIONS:
                self._wrong(key, "schedule_key", key, ", ".join(_SECTIONS))
        shifts, begins, ends, on_holidays = self._shifts()
        made = Schedule(
            shifts=shifts,
            begins=begins,
            ends=ends,
            on_holidays=on_holidays,
            everybody=self._everybody(shifts),
            employees=self._employees(shifts),
            holidays=self._holidays(),
            leave=self._leave(),
            tolerance=self._tolerance(),
        )
        if self._failures:
            raise ScheduleError(source=self._name, failures=self._failures)
        return made

    def _wrong(self, key: str, rule: str, value: object, expected: str = "") -> None:
        self._failures.append(
            Failure("schedule", None, f"{self._name}: {key}", None, rule, str(value), expected=expected)
        )

    def _section(self, key: str) -> Mapping[str, Any]:
        """A table of the file, else of the default, else an empty one."""
        section = self._given.get(key, self._default.get(key, {}))
        if isinstance(section, dict):
            return section
        self._wrong(key, "schedule_section", section, f"[{key}]")
        return {}

    def _tolerance(self) -> int:
        value = self._given.get("tolerance", self._default["tolerance"])
        if type(value) is int and 0 <= value < MINUTES_OF_DAY:
            return value
        self._wrong("tolerance", "schedule_tolerance", value)
        return 0

    def _shifts(self) -> tuple[dict[str, int], Positions, Positions, Flags]:
        section = self._section("shifts")
        begins = np.full((len(section), len(WEEKDAYS)), -1, dtype=np.int64)
        ends, on_holidays = begins.copy(), np.zeros(len(section), dtype=bool)
        shifts: dict[str, int] = {}
        for place, (name, hours) in enumerate(section.items()):
            key = f"shifts.{name}"
            if folded(name) in shifts:
                self._wrong(key, "schedule_twice", name)
            shifts[folded(name)] = place
            if not isinstance(hours, dict):
                self._wrong(key, "schedule_section", hours, f"[{key}]")
                continue
            on_holidays[place] = self._flag(f"{key}.{_ON_HOLIDAYS}", hours.get(_ON_HOLIDAYS, False))
            for day, text in hours.items():
                if day in WEEKDAYS:
                    weekday = WEEKDAYS.index(day)
                    begins[place, weekday], ends[place, weekday] = self._hours(f"{key}.{day}", text)
                elif day != _ON_HOLIDAYS:
                    self._wrong(f"{key}.{day}", "schedule_key", day, ", ".join((*WEEKDAYS, _ON_HOLIDAYS)))
            if not set(hours) & set(WEEKDAYS):
                self._wrong(key, "schedule_no_hours", name, _EXAMPLE)
        if not shifts:
            self._wrong("shifts", "schedule_no_hours", "", _EXAMPLE)
        return shifts, begins, ends, on_holidays

    def _flag(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            self._wrong(key, "schedule_flag", value)
        return value is True

    def _hours(self, key: str, text: object) -> tuple[int, int]:
        found = _HOURS.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None:
            self._wrong(key, "schedule_hours", text, _EXAMPLE)
            return -1, -1
        begin, end = (60 * int(found[part]) + int(found[part + 1]) for part in (1, 3))
        if begin == end:
            self._wrong(key, "schedule_hours", text, _EXAMPLE)
        return begin, end if end > begin else end + MINUTES_OF_DAY

    def _everybody(self, shifts: Mapping[str, int]) -> int:
        if "everybody" not in self._given and len(shifts) == 1:
            return 0
        return self._shift("everybody", self._given.get("everybody", self._default["everybody"]), shifts)

    def _shift(self, key: str, name: object, shifts: Mapping[str, int]) -> int:
        place = shifts.get(folded(name)) if isinstance(name, str) else None
        if place is None:
            self._wrong(key, "schedule_shift", name, ", ".join(shifts))
        return place or 0

    def _employees(self, shifts: Mapping[str, int]) -> dict[str, int]:
        section = self._section("employees")
        return {identity(person): self._shift(f"employees.{person}", name, shifts) for person, name in section.items()}

    def _holidays(self) -> frozenset[date]:
        days = set()
        for text in self._section("holidays"):
            try:
                days.add(date.fromisoformat(text))
            except ValueError:
                self._wrong(f"holidays.{text}", "schedule_date", text)
        return frozenset(days)

    def _leave(self) -> dict[str, Leave]:
        section = self._section("leave")
        meaning: dict[str, Leave] = {}
        for kind in section:
            if kind not in _LEAVES:
                self._wrong(f"leave.{kind}", "schedule_key", kind, ", ".join(_LEAVES))
        for kind in sorted(_LEAVES, key=lambda kind: kind not in section):
            codes = section.get(kind, self._default["leave"][kind])
            if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
                self._wrong(f"leave.{kind}", "schedule_codes", codes)
                continue
            for code in map(folded, codes):
                # what the file says of a code comes first, so it holds against a list that the file does not give
                other = meaning.setdefault(code, _LEAVES[kind])
                if other is not _LEAVES[kind] and kind in section:
                    self._wrong(f"leave.{kind}", "schedule_twice", code)
        return meaning
