"""The attendance log as arrays: one entry for each employee and day of which the file says anything."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bsc_xl.scoring.arrays import Codes, Flags, Positions
from bsc_xl.tables.columns import Texts

NO_CLOCK = -1
"""The minutes of a clock-in or clock-out that is not there."""

SEVERAL = 3
"""So many employees must be covered by a log before a day without any trace speaks of the day, not of them."""

Minutes = NDArray[np.int16]
"""Small, as what follows is: of half a million rows half the memory takes half the time."""
Numbers = NDArray[np.int32]
"""Days since 1970, and positions of employees and shifts."""

_OF_EMPLOYEES = ("ids", "first", "last", "undated")
_OF_ENTRIES = ("person", "day", "shift", "clock_in", "clock_out", "leave", "unclear")


@dataclass(frozen=True, slots=True)
class Log:
    """Who was there when. Entries (n,) are in the order of employee and day, at most one for each pair.

    `ids` (employees,): in order, whatever their case. `person` (n,): position in `ids`.
    `day` (n,): days since 1970, the day on which the shift begins. `shift` (n,): position in the schedule.
    `clock_in`, `clock_out` (n,): minutes since midnight of `day`, beyond 1440 after the next midnight, `NO_CLOCK` where
    missing. `leave` (n,): codes of `schedule.Leave`.
    `unclear` (n,): a row of this day was set aside, so nobody knows what was.
    `first`, `last` (employees,): the days from which and up to which the file tells of the employee; `last` is below
    `first` where it tells nothing that is clear.
    `undated` (employees,): a row without a readable day was set aside that may be theirs, so that a day without a row
    may be that one.
    `nameless`: days on which a row without a readable id was set aside; it may be anybody's.
    """

    ids: Texts
    person: Numbers
    day: Numbers
    shift: Numbers
    clock_in: Minutes
    clock_out: Minutes
    leave: Codes
    unclear: Flags
    first: Positions
    last: Positions
    undated: Flags
    nameless: Positions

    @property
    def told(self) -> Flags:
        """The employees (employees,) of whom the file tells anything clear."""
        return self.last >= self.first

    def of(self, employees: slice) -> Log:
        """What it says of some of the employees, one after the other."""
        entries = slice(*np.searchsorted(self.person, (employees.start, employees.stop)))
        theirs = {name: getattr(self, name)[employees] for name in _OF_EMPLOYEES}
        said = {name: getattr(self, name)[entries] for name in _OF_ENTRIES}
        return replace(self, **theirs | said | {"person": said["person"] - employees.start})

    def only(self, asked: Flags) -> Log:
        """What it says of those of the employees (employees,)."""
        entries = asked[self.person]
        theirs = {name: getattr(self, name)[asked] for name in _OF_EMPLOYEES}
        said = {name: getattr(self, name)[entries] for name in _OF_ENTRIES}
        place = (np.cumsum(asked) - 1).astype(self.person.dtype)
        return replace(self, **theirs | said | {"person": place[said["person"]]})

    def at(self, entries: Flags) -> Log:
        """The same with some of the entries (n,) only."""
        kept = {name: getattr(self, name)[entries] for name in _OF_ENTRIES}
        return replace(self, **kept)


def quiet_days(log: Log) -> Positions:
    """The days on which the log tells of several employees and none of them left a trace, neither a clock nor a code:
    a holiday that the schedule does not know, or a machine out of order."""
    told = log.told
    if not told.any():
        return np.zeros(0, dtype=np.int64)
    first = int(log.first[told].min())
    count = int(log.last[told].max()) - first + 1
    trace = log.unclear | (log.clock_in != NO_CLOCK) | (log.clock_out != NO_CLOCK) | (log.leave > 0)
    trace &= (log.day >= first) & (log.day < first + count)
    traces = np.zeros(count, dtype=bool)
    traces[log.day[trace] - first] = True
    come = np.bincount(log.first[told] - first, minlength=count)
    gone = np.bincount(log.last[told] - first + 1, minlength=count + 1)[:-1]
    quiet: Positions = np.flatnonzero(~traces & (np.cumsum(come - gone) >= SEVERAL)) + first
    return quiet
