"""The entries of the action plan as they stand in a workbook: whose KPI each is for, where it belongs, what is wrong.

An entry belongs to the KPI for which it was written, whose code is kept beside it from the first recalculation on. When
KPIs change places their entries follow them; what is for no KPI of the workbook any more stays at the end, with its
code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeGuard

import numpy as np

from bsc_xl.errors import ADVICE, FAILURE, Failure
from bsc_xl.excel.address import split
from bsc_xl.excel.agenda import KEYS, Agenda
from bsc_xl.excel.block import UnitBlock, serial
from bsc_xl.excel.columns import PLAN_CODE, PLAN_ENTRIES
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found, is_number
from bsc_xl.excel.results import Value
from bsc_xl.model import Status
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.tables import ExcelError, Place, UncalculatedFormulaError, parse
from bsc_xl.tables.findings import shown
from bsc_xl.tables.parse import DATED

SHEET = "action_plan"
NEEDED = ("cause", "action", "owner", "due")
"""What the plan for a red KPI must say."""

_DAYS = tuple(serial(datetime(year, 1, 1)) for year in (DATED.start, DATED.stop))  # noqa: DTZ001 - a sheet's dates
_EXAMPLE = "31/12/2026"


@dataclass(frozen=True, slots=True)
class Entry:
    """The entries of one row. `place`: the row in which they stand, in the order of `Layout.slots`; `code`: that of the
    KPI that they are for, "" where nothing says; `owner`: the place of that KPI, None where it is not in the workbook,
    or where other entries are for it, too. `cells`: in the order of `PLAN_ENTRIES`."""

    place: int
    code: str
    owner: int | None
    cells: tuple[Found, ...]


class Plan:
    """The action plan of one workbook, from its sheet and those of its KPIs."""

    def __init__(self, layout: Layout, blocks: Mapping[str, Block]) -> None:
        self._layout, self._block = layout, blocks[SHEET]
        self._codes = [_text(blocks[p].value(layout.cell(p, row, "kpi_code").cell)) for p, row in layout.slots]

    def _ref(self, key: str, place: int) -> Ref:
        return self._layout.list_cell(SHEET, key, place)

    def _value(self, key: str, place: int) -> Found:
        found = self._block.value(self._ref(key, place).cell)
        return None if found == "" else found

    @cached_property
    def agenda(self) -> Agenda:
        """Everything as it stands."""
        entries = np.full((1, len(self._codes), len(KEYS)), None, dtype=object)
        for place, _ in enumerate(self._codes):
            for k, key in enumerate(KEYS):
                entries[0, place, k] = self._value(key, place)
        return Agenda(entries)

    @cached_property
    def entries(self) -> list[Entry]:
        """The rows in which anything is filled in."""
        first = {code.casefold(): place for place, code in reversed(list(enumerate(self._codes))) if code}
        found: list[Entry] = []
        for place, cells in enumerate(self.agenda.entries[0].tolist()):
            *entered, stamp = cells
            if all(map(parse.is_blank, entered)):
                continue
            own = self._codes[place] if first.get(self._codes[place].casefold()) == place else ""
            code = _text(stamp) or own
            found.append(Entry(place, code, first.get(code.casefold()), tuple(entered)))
        return _each_owner_once(found)

    # --- where entries belong -----------------------------------------------------------------------------------

    @cached_property
    def moves(self) -> dict[Ref, Value]:
        """What must be written so that every entry stands in the row of its KPI, and what is for none at the end; all
        of it or nothing. An entry that cannot be written again, such as an error, stays, and so do all."""
        goals = self._goals()
        moved = {entry.place: goal for entry, goal in goals if entry.place != goal}
        fixed = (isinstance(cell, ExcelError) for entry, _ in goals if entry.place in moved for cell in entry.cells)
        if not moved or any(fixed):
            return {}
        rows: dict[int, tuple[Value, ...]] = dict.fromkeys(moved, (None,) * len(KEYS))
        rows |= {goal: (*map(_as_value, entry.cells), entry.code) for entry, goal in goals if entry.place in moved}
        return {
            self._ref(key, place): cell for place, cells in rows.items() for key, cell in zip(KEYS, cells, strict=True)
        }

    def _goals(self) -> list[tuple[Entry, int]]:
        """Where each entry belongs: no two in one row."""
        goals = [(entry, entry.owner) for entry in self.entries if entry.owner is not None]
        taken = {goal for _, goal in goals}
        left = [entry for entry in self.entries if entry.owner is None]
        places = range(len(self._codes))
        spare = [place for place in places if not self._codes[place]]
        # those at the end stay there, others join them; where there is no room they stay, or go where nothing stands
        for here, rows in ((True, spare), (False, spare), (True, places), (False, places[::-1])):
            for entry in tuple(left):
                free = (place for place in rows if place not in taken and (place == entry.place or not here))
                if (goal := next(free, None)) is not None:
                    taken.add(goal)
                    goals.append((entry, goal))
                    left.remove(entry)
        there = (self._value("kpi_code", goal) for entry, goal in goals if goal != entry.place)
        # a row that is not in the workbook, since somebody added KPI rows by hand
        gone = any(isinstance(found, UncalculatedFormulaError) for found in there)
        return [(entry, entry.place) for entry in self.entries] if gone else goals

    @cached_property
    def stamps(self) -> dict[Ref, Value]:
        """The codes that are to be kept beside the entries that stand in the row of their KPI, and those to be taken
        away where nothing is filled in any more."""
        owned = {entry.place: entry.code for entry in self.entries if entry.owner == entry.place}
        others = {entry.place for entry in self.entries} - owned.keys()
        kept = self.agenda.column(PLAN_CODE)[0].tolist()
        wanted = {place: owned.get(place) for place, _ in enumerate(kept) if place not in others}
        return {self._ref(PLAN_CODE, place): code for place, code in wanted.items() if code != kept[place]}

    # --- what is wrong ------------------------------------------------------------------------------------------

    def failures(self) -> Iterator[Failure]:
        """Due dates that are none; entries that stand elsewhere than their KPI, or are for none of the workbook."""
        for entry in self.entries:
            due = entry.cells[PLAN_ENTRIES.index("due")]
            if not (parse.is_blank(due) or is_date(due)):
                rule = "not_a_date"
                if isinstance(due, ExcelError):
                    rule = "formula_without_value" if isinstance(due, UncalculatedFormulaError) else "excel_error"
                yield self._failure(entry.place, "due", rule, shown(due), FAILURE, _EXAMPLE)
            if entry.code and entry.owner != entry.place:
                rule = "plan_without_kpi" if entry.owner is None else "plan_elsewhere"
                yield self._failure(entry.place, "kpi_code", rule, entry.code)

    def of_red(self, places: Sequence[int]) -> Iterator[Failure]:
        """The red KPIs, which stand at these places, without a plan that says all that it must."""
        known = {entry.owner: entry for entry in self.entries}
        for place in places:
            cells = known[place].cells if place in known else (None,) * len(PLAN_ENTRIES)
            missing = [key for key in NEEDED if parse.is_blank(cells[PLAN_ENTRIES.index(key)])]
            if missing:
                at = known[place].place if place in known else place
                yield self._failure(at, missing[0], "no_action_plan", self._codes[place])

    def overdue(self, when: datetime) -> Iterator[Failure]:
        """The entries whose date is over and of which nobody has said how far they are."""
        for entry in self.entries:
            due, progress = (entry.cells[PLAN_ENTRIES.index(key)] for key in ("due", "progress"))
            if is_date(due) and due + 1 <= serial(when) and parse.is_blank(progress):
                yield self._failure(entry.place, "progress", "plan_overdue", entry.code)

    def _failure(
        self, place: int, column: str, rule: str, value: str, level: str = ADVICE, expected: str = ""
    ) -> Failure:
        at = Place(self._block.title, *split(self._block.today(self._ref(column, place).cell)))
        return Failure(SHEET, at.row, str(at), column, rule, value, level, expected)


def open_points(plan: Plan, own: UnitBlock, when: datetime) -> Iterator[Failure]:
    """What the action plan of a workbook leaves open at that time; `own`: its one unit, with the places of its KPIs."""
    red = code_of(Status.RED)
    yield from plan.of_red([at for at, status in zip(own.places, own.status[0].tolist(), strict=True) if status == red])
    yield from plan.overdue(when)


def is_date(cell: Found) -> TypeGuard[float]:
    """Whether a cell holds a date."""
    return is_number(cell) and _DAYS[0] <= cell < _DAYS[1]


def _each_owner_once(found: Sequence[Entry]) -> list[Entry]:
    """The entries, of several for one KPI only one as its own: that in its row, else the first."""
    best: dict[int, Entry] = {}
    for entry in found:
        if entry.owner is not None and (entry.owner not in best or entry.place == entry.owner):
            best[entry.owner] = entry
    mine = {entry.place for entry in best.values()}
    return [entry if entry.place in mine else Entry(entry.place, entry.code, None, entry.cells) for entry in found]


def _text(cell: Found) -> str:
    return "" if isinstance(cell, ExcelError) else parse.as_text(cell).strip()


def _as_value(cell: Found) -> Value:
    """An entry as it is written again."""
    return parse.as_text(cell) if isinstance(cell, bool) else cell
