"""The entries of the action plan as they stand in a workbook: whose KPI each is for, where it belongs, what is wrong.

An entry belongs to the KPI for which it was written, whose code is kept beside it from the first recalculation on. When
KPIs change places their entries follow them; what is for no KPI of the workbook any more stays at the end, with its
code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeGuard

import numpy as np

from bsc_xl.errors import ADVICE, FAILURE, Failure
from bsc_xl.excel.address import split
from bsc_xl.excel.agenda import KEYS, Agenda
from bsc_xl.excel.block import UnitBlock
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found, is_number
from bsc_xl.excel.results import Value
from bsc_xl.initiatives import NEEDED
from bsc_xl.model import Status
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.tables import ExcelError, Place, UncalculatedFormulaError, parse
from bsc_xl.tables.columns import PLAN_ENTRIES
from bsc_xl.tables.findings import shown
from bsc_xl.tables.parse import DATED

SHEET = "action_plan"

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
        found: list[Entry] = []
        for place, cells in enumerate(self.agenda.entries[0].tolist()):
            *entered, stamp = cells
            if all(map(parse.is_blank, entered)):
                continue
            code = _text(stamp) or self._own_code(place)
            found.append(Entry(place, code, self._first.get(code.casefold()), tuple(entered)))
        return _each_owner_once(found)

    @cached_property
    def _first(self) -> dict[str, int]:
        """The first place of each code, in small letters."""
        return {code.casefold(): place for place, code in reversed(list(enumerate(self._codes))) if code}

    def _own_code(self, place: int) -> str:
        """The code of the KPI in that row; "" where it has none of its own."""
        return self._codes[place] if self._first.get(self._codes[place].casefold()) == place else ""

    # --- where entries belong -----------------------------------------------------------------------------------

    @cached_property
    def moves(self) -> dict[Ref, Value]:
        """What must be written so that every entry stands in the row of its KPI, and what is for none at the end. An
        entry that cannot be written again, since a cell of it is an error, stays, and so does what it is in the way
        of."""
        moved = [(entry, goal) for entry, goal in self._goals if entry.place != goal]
        rows: dict[int, tuple[Value, ...]] = {entry.place: (None,) * len(KEYS) for entry, _ in moved}
        rows |= {goal: (*map(_as_value, entry.cells), entry.code or None) for entry, goal in moved}
        return {
            self._ref(key, place): cell for place, cells in rows.items() for key, cell in zip(KEYS, cells, strict=True)
        }

    @cached_property
    def _goals(self) -> list[tuple[Entry, int]]:
        """Where each entry goes: no two into one row."""
        stuck = self._stuck()
        goals = [(entry, entry.place) for entry in self.entries if entry.place in stuck]
        free_to_go = [entry for entry in self.entries if entry.place not in stuck]
        goals += [(entry, entry.owner) for entry in free_to_go if entry.owner is not None]
        taken = {goal for _, goal in goals}
        left = [entry for entry in free_to_go if entry.owner is None]
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

    def _stuck(self) -> set[int]:
        """The places of entries that cannot be written again, and of those in whose row such a one stands."""
        stuck = {entry.place for entry in self.entries if any(isinstance(cell, ExcelError) for cell in entry.cells)}
        while more := {entry.place for entry in self.entries if entry.owner in stuck} - stuck:
            stuck |= more
        return stuck

    @cached_property
    def stamps(self) -> dict[Ref, Value]:
        """The codes that are to be kept: of every KPI in its row, so that what is typed there later is known for its
        own; none in other rows. Beside entries that stand elsewhere than their KPI the code stays as it is."""
        there = {entry.place: entry for entry in self.entries}
        wanted: dict[int, str] = {}
        for place, _ in enumerate(self._codes):
            if place not in there:
                wanted[place] = self._own_code(place)
            elif there[place].owner == place:
                wanted[place] = there[place].code
        kept = map(_text, self.agenda.column(PLAN_CODE)[0].tolist())
        return {
            self._ref(PLAN_CODE, place): wanted[place] or None
            for place, code in enumerate(kept)
            if wanted.get(place, code) != code
        }

    # --- what is wrong ------------------------------------------------------------------------------------------

    def failures(self) -> Iterator[Failure]:
        """Errors, and due dates that are none or texts; entries that stand elsewhere than their KPI, or are for none of
        the workbook."""
        goals = {entry.place: goal for entry, goal in self._goals}
        for entry in self.entries:
            for key, cell in zip(PLAN_ENTRIES, entry.cells, strict=True):
                if isinstance(cell, ExcelError):
                    rule = "formula_without_value" if isinstance(cell, UncalculatedFormulaError) else "plan_error"
                    yield self._failure(entry.place, key, rule, shown(cell), FAILURE)
                elif key == "due" and not (parse.is_blank(cell) or is_date(cell)):
                    rule, level = ("not_a_date", FAILURE) if text_date(cell) is None else ("date_as_text", ADVICE)
                    yield self._failure(entry.place, key, rule, shown(cell), level, _EXAMPLE)
            if not entry.code:
                yield self._failure(entry.place, *_first_filled(entry))
            elif entry.owner is None:
                yield self._failure(entry.place, "kpi_code", "plan_without_kpi", entry.code)
            elif entry.owner != entry.place:
                rule = "plan_elsewhere" if goals[entry.place] == entry.owner else "plan_stays"
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
            if entry.code and is_date(due) and due + 1 <= serial(when) and parse.is_blank(progress):
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


def text_date(cell: Found) -> date | None:
    """The date that a text says beyond doubt, None for everything else."""
    found: date | None = parse.dates(np.array([cell], dtype=object))[0][0]
    return found


def _first_filled(entry: Entry) -> tuple[str, str, str]:
    """Column, rule and value to be told of an entry that is for no KPI."""
    filled = ((key, cell) for key, cell in zip(PLAN_ENTRIES, entry.cells, strict=True) if not parse.is_blank(cell))
    key, cell = next(filled)
    return key, "plan_for_no_kpi", shown(cell)


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
