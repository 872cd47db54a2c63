"""Attendance counted in plain Python, a day at a time: slow, and simple enough to be checked by reading.

The benchmark `evidence` and the tests compare it with `bsc_xl.evidence.attendance`, with which it shares no code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

BRACKETS = ((1, 30), (31, 60), (61, 90), (91, 10_000))
DAY, HALF_DAY = 450, 225
LEVELS = (
    (28, "heavy_3"),
    (25, "heavy_2"),
    (21, "heavy_1"),
    (17, "medium_3"),
    (14, "medium_2"),
    (11, "medium_1"),
    (7, "light_3"),
    (4, "light_2"),
    (3, "light_1"),
    (0, "none"),
)
SEVERAL = 3

Hours = Callable[[str, date], tuple[int, int] | None]
"""Employee and day -> begin and end of work in minutes since midnight, None on a day off."""


@dataclass(frozen=True, slots=True)
class Row:
    """One employee, one day: clocks in minutes since midnight, beyond 1440 on the next day."""

    employee: str
    day: date
    clock_in: int | None = None
    clock_out: int | None = None
    leave: str = ""
    """"", "excused" or "unexcused"."""
    unclear: bool = False
    """A row of that day could not be used."""


@dataclass(slots=True)
class Counted:
    """`months`: (employee, month) -> counts by name. `runs`: (employee, month) -> the longest absence in a row so far.
    `levels`: employee -> level at the end."""

    months: dict[tuple[str, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    runs: dict[tuple[str, int], int] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)


def count(rows: Iterable[Row], hours: Hours, last: date, tolerance: int = 0) -> Counted:
    """What the rows, at most one for an employee and day, say of the year up to `last`."""
    entries: dict[str, dict[date, Row]] = defaultdict(dict)
    for row in rows:
        entries[row.employee][row.day] = row
    quiet = _quiet_days(entries)
    counted = Counted()
    for employee, days in entries.items():
        _count_employee(counted, employee, days, quiet, hours, last, tolerance)
    return counted


def _count_employee(
    counted: Counted,
    employee: str,
    days: Mapping[date, Row],
    quiet: set[date],
    hours: Hours,
    last: date,
    tolerance: int,
) -> None:
    run = longest = 0
    first, end = _span(days)
    day = date(last.year, 1, 1)
    while day <= last:
        counts = counted.months[employee, day.month]
        work = hours(employee, day)
        row = days.get(day)
        if work and row and row.unclear:
            run = 0
        elif work and (row or first <= day <= end):
            kind = _kind(row)
            if kind == "absent" and day in quiet:
                run = 0
            else:
                counts["workdays"] += 1
                counts[kind] += 1
                if kind == "attended" and row:
                    _count_clocks(counts, row, work, tolerance)
                run = run + 1 if kind == "absent" else 0 if kind == "attended" else run
        longest = max(longest, run)
        counted.runs[employee, day.month] = longest
        day += timedelta(days=1)
    absent = sum(counts["absent"] for (person, _), counts in counted.months.items() if person == employee)
    minutes = sum(counts["minutes"] for (person, _), counts in counted.months.items() if person == employee)
    total = absent + minutes // DAY
    name = next(name for bound, name in LEVELS if total >= bound)
    counted.levels[employee] = "heavy_3" if longest >= 10 else name


def _kind(row: Row | None) -> str:
    if row is None or row.leave == "unexcused":
        return "absent"
    if row.leave == "excused":
        return "leave"
    return "absent" if row.clock_in is None and row.clock_out is None else "attended"


def _count_clocks(counts: Counter[str], row: Row, work: tuple[int, int], tolerance: int) -> None:
    begin, end = work
    late = max(0, row.clock_in - begin) if row.clock_in is not None else 0
    late = late if late > tolerance else 0
    early = max(0, end - row.clock_out) if row.clock_out is not None else 0
    counts["on_time"] += row.clock_in is not None and late == 0
    counts["late"] += late > 0
    counts["late_minutes"] += late
    for number, (least, most) in enumerate(BRACKETS, start=1):
        counts[f"late_{number}"] += least <= late <= most
        counts[f"late_minutes_{number}"] += late if least <= late <= most else 0
    counts["early"] += early > 0
    counts["early_minutes"] += early
    counts["missing_in"] += row.clock_in is None
    counts["missing_out"] += row.clock_out is None
    missing = HALF_DAY * ((row.clock_in is None) + (row.clock_out is None))
    counts["minutes"] += min(DAY, late + early + missing)


def _quiet_days(entries: Mapping[str, Mapping[date, Row]]) -> set[date]:
    """Days without a clock or a code of anybody, although the rows of several employees lie around them."""
    spans = [_span(days) for days in entries.values()]
    traces = {
        row.day
        for days in entries.values()
        for row in days.values()
        if row.unclear or row.leave or row.clock_in is not None or row.clock_out is not None
    }
    if not spans:
        return set()
    day, last = min(spans)[0], max(end for _, end in spans)
    quiet = set()
    while day <= last:
        if day not in traces and sum(first <= day <= end for first, end in spans) >= SEVERAL:
            quiet.add(day)
        day += timedelta(days=1)
    return quiet


def _span(days: Mapping[date, Row]) -> tuple[date, date]:
    """The days between which the log tells of an employee."""
    clear = [day for day, row in days.items() if not row.unclear]
    return min(clear, default=date.max), max(clear, default=date.min)
