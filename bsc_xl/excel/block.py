"""Units that share their KPIs and so the layout of their workbooks, seen as matrices: U units, K KPIs.

What their workbooks show is computed for all of them at once: a cell whose value differs between them is a column of
values over the units. A single workbook is a block of one unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bsc_xl.excel import agenda, staff
from bsc_xl.excel.agenda import Agenda
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.staff import Staff
from bsc_xl.history import NONE, History
from bsc_xl.model import OFF_A_TIE, ON_TARGET, RANK_DECIMALS, Cell, Perspective
from bsc_xl.scorecard import Scorecard
from bsc_xl.scoring.arrays import Codes, Flags, Floats, Positions, code, seen
from bsc_xl.trend import Trend, trend

Objects = NDArray[np.object_]


class Cells(NamedTuple):
    """C cells and what stands in them: `content` (C,) for all units alike, or (U, C); Python's own values.

    `result`: it stands beside the cell's formula, which stays.
    """

    refs: Sequence[Ref]
    content: Objects
    result: bool = False

    @property
    def shared(self) -> bool:
        """All units of the block show the same."""
        return self.content.ndim == 1


class Standing(NamedTuple):
    """Where people have put things in a workbook that was read: the sheet rows of the KPIs, by perspective in the order
    of the scorecard, what stands on the strategy map, lane by lane, and its causes and effects, what is filled in about
    employees, how many rows the tables of evidence and discipline have, what is filled in in the action plan, and what
    was closed; None and nothing where those sheets were not read."""

    rows: Mapping[Perspective, Sequence[int]]
    objectives: Sequence[str]
    links: Sequence[tuple[str, str]]
    staff: Staff | None
    records: Mapping[str, int]
    agenda: Agenda | None = None
    history: History = NONE


@dataclass(frozen=True, eq=False)
class UnitBlock:
    """The units at the positions `units` (U,) of a scorecard, which all have the same KPIs. `when`: the time of a
    recalculation, None when there was none. `standing`: None in a new workbook, whose KPIs stand in its first rows."""

    card: Scorecard
    units: Positions
    layout: Layout
    when: datetime | None = None
    standing: Standing | None = None

    @cached_property
    def _placed(self) -> list[tuple[int, int]]:
        """Place in `layout.slots` and position among the unit's rows of the scorecard, by KPI."""
        tables = self.card.tables
        own = tables.kpi[tables.rows_of(int(self.units[0]))]
        positions = {p: np.flatnonzero(tables.kpis["perspective"].to_numpy()[own] == str(p)) for p in Perspective}
        known = {
            (perspective, sheet_row): position
            for perspective, found in positions.items()
            for sheet_row, position in zip(self._sheet_rows(perspective), found.tolist(), strict=False)
        }
        return [(place, known[slot]) for place, slot in enumerate(self.layout.slots) if slot in known]

    def _sheet_rows(self, perspective: Perspective) -> Sequence[int]:
        return self.standing.rows[perspective] if self.standing else self.layout.rows(perspective)

    @cached_property
    def staff(self) -> Staff:
        """What is filled in about employees."""
        if self.standing:
            assert self.standing.staff is not None, "who asks for all cells has read all sheets"
            return self.standing.staff
        return staff.new(self.card, self.units, self.layout)

    @cached_property
    def agenda(self) -> Agenda:
        """What is filled in in the action plan."""
        if self.standing:
            assert self.standing.agenda is not None, "who asks for all cells has read all sheets"
            return self.standing.agenda
        return agenda.new(self.card, self.rows, self.texts("kpi_code"), self.places, len(self.layout.slots))

    @cached_property
    def places(self) -> list[int]:
        """The place of each KPI (K) among the KPI rows of the workbook, `layout.slots`; the others are spare."""
        return [place for place, _ in self._placed]

    @cached_property
    def filled(self) -> list[tuple[Perspective, int]]:
        """The perspective and the sheet row of each KPI (K)."""
        return [self.layout.slots[place] for place in self.places]

    @cached_property
    def spare(self) -> list[int]:
        """The places of the KPI rows that nobody has filled in."""
        taken = set(self.places)
        return [place for place in range(len(self.layout.slots)) if place not in taken]

    @cached_property
    def rows(self) -> Positions:
        """The row of the scorecard for each unit and KPI, (U, K)."""
        first = np.searchsorted(self.card.tables.unit, self.units)
        return np.asarray(first[:, None] + np.array([row for _, row in self._placed], dtype=np.int64)[None, :])

    @cached_property
    def kpis(self) -> Positions:
        """The position of each KPI (K) in the KPI table."""
        return np.asarray(self.card.tables.kpi[self.rows[0]])

    def kpi(self, column: str) -> NDArray[Any]:
        """A column of the KPI table for the KPIs, (K,)."""
        return np.asarray(self.card.tables.kpis[column].to_numpy()[self.kpis])

    def texts(self, column: str) -> list[str]:
        """A column of the KPI table that holds texts, (K)."""
        return [str(text) for text in self.kpi(column)]

    def about(self, column: str) -> list[Any]:
        """A column of the units table for the units, (U)."""
        found: list[Any] = self.card.tables.units[column].to_numpy()[self.units].tolist()
        return found

    @cached_property
    def codes_and_names(self) -> list[str]:
        """Code and name of each KPI (K)."""
        return [f"{code} {name}" for code, name in zip(self.texts("kpi_code"), self.texts("kpi_name"), strict=True)]

    @cached_property
    def perspective(self) -> Codes:
        """The perspective of each KPI (K) as its code."""
        return np.array([code(perspective) for perspective, _ in self.filled], dtype=np.int8)

    @cached_property
    def status(self) -> Codes:
        """The status of each unit's KPIs (U, K)."""
        return self.card.status[self.rows]

    @cached_property
    def index(self) -> Floats:
        """The index of each unit's KPIs (U, K), 0..120, NaN for none."""
        return self.card.index[self.rows]

    @cached_property
    def gap(self) -> Floats:
        """How far the index of each unit's KPIs (U, K) is from 100, 0 where nobody sees it; NaN for none."""
        return seen(self.index - ON_TARGET)

    @cached_property
    def scored(self) -> Flags:
        """Which of each unit's KPIs have an index, (U, K)."""
        return self.card.scored[self.rows]

    @cached_property
    def invalid(self) -> Positions:
        """How many cells of a KPI, up to the reporting period, hold no number, no N/A and no blank, (U, K)."""
        tables, period = self.card.tables, self.card.period
        states = (tables.target_state, tables.actual_state)
        return np.asarray(sum((state[self.rows, :period] == Cell.ERROR).sum(axis=2) for state in states))

    @cached_property
    def unproven(self) -> Positions:
        """How many actuals of a KPI, up to the reporting period, have no evidence, (U, K)."""
        tables, period = self.card.tables, self.card.period
        given = tables.actual_state[self.rows, :period] == Cell.NUMBER
        return np.asarray((given & (tables.evidence[self.rows, :period] == "")).sum(axis=2))

    @property
    def history(self) -> History:
        """What was closed of the units; of a new workbook's, with rows of other units among them."""
        return self.standing.history if self.standing else self.card.history

    @cached_property
    def trend(self) -> Trend:
        """The trend of each unit's KPIs, one unit after the other: m is U * K."""
        return trend(self.card, self.rows.ravel(), self.history)

    def by_unit(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values of `trend`, (m,) or (m, n), as (U, K) or (U, K, n)."""
        return values.reshape(*self.rows.shape, *values.shape[1:])

    @cached_property
    def rounded(self) -> Floats:
        """The index as it is ranked (U, K), rounded."""
        flat = [round(value + OFF_A_TIE, RANK_DECIMALS) for value in self.index.ravel().tolist()]
        return np.array(flat, dtype=np.float64).reshape(self.index.shape)

    @cached_property
    def worst(self) -> Positions:
        """The KPIs of each unit, (U, K), worst first; a tie goes to the one that stands first; those without an index
        last."""
        return np.argsort(np.where(self.scored, self.rounded, np.inf), axis=1, kind="stable")

    @cached_property
    def best(self) -> Positions:
        """The same, best first."""
        return np.argsort(np.where(self.scored, -self.rounded, np.inf), axis=1, kind="stable")


def shown(values: NDArray[Any], nothing: object = "") -> Objects:
    """Numbers as Python's own; `nothing` where there is none (NaN)."""
    found: Objects = values.astype(object)
    if values.dtype.kind == "f":
        found[np.isnan(values)] = nothing
    return found


def objects(values: Sequence[object]) -> Objects:
    """Values of any kind, (n,), as an array."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def shortened(text: str, limit: int) -> str:
    """The text, ended by an ellipsis when it is longer than `limit` characters, as its formula has it."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
