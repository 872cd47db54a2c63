"""What the figures of a collection leave open, also where each is right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import Received
from bsc_xl.initiatives import NEEDED, latest
from bsc_xl.model import NA_TEXT, NOISE, Cell, Status
from bsc_xl.scorecard import Scorecard
from bsc_xl.tables import Tables, parse
from bsc_xl.tables.columns import PLAN_ENTRIES

MOVED = 0.5
"""An actual that differs from the one before by more than this share of it is asked about."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What the data set wants of each row of the scorecard, (n, P): its targets as `Tables` has them, all BLANK where
    it does not know the KPI, or is not known itself."""

    target: np.ndarray
    state: np.ndarray


def wanted_of(tables: Tables, given: Tables | None) -> Wanted:
    """What the data set, if there is one, wants of each row of `tables`."""
    target, state = np.full(tables.target.shape, np.nan), np.full(tables.target.shape, Cell.BLANK, dtype=np.int8)
    if given is not None and len(given.target):
        known = {at: row for row, at in enumerate(given.codes())}
        rows = np.array([known.get(at, -1) for at in tables.codes()], dtype=np.int64)
        target = np.where(rows[:, None] >= 0, given.target[rows], target)
        state = np.where(rows[:, None] >= 0, given.target_state[rows], state)
    return Wanted(target, state)


def due(card: Scorecard, wanted: Wanted) -> np.ndarray:
    """Where there is a target in a period up to the reporting one, (n, P), so that an actual is wanted: in the workbook
    or in the data set, so that nothing is whole because its targets were cleared."""
    due: np.ndarray = (card.tables.target_state == Cell.NUMBER) | (wanted.state == Cell.NUMBER)
    due[:, card.period :] = False
    return due


class Figures:
    """What figures that are right by themselves leave open."""

    def __init__(self, card: Scorecard, rows: pd.DataFrame, received: Sequence[Received], wanted: Wanted) -> None:
        self._card, self._received, self._wanted = card, received, wanted
        keys = card.tables.codes()
        self._codes = [code for _, code in keys]
        own = {
            (received[file].unit_code, code): place
            for place, (file, code) in enumerate(zip(rows["file"], rows["kpi_code"], strict=True))
        }
        self._places = {row: own[at] for row, at in enumerate(keys) if at in own}
        self._rows: Mapping[str, list[object]] = {
            name: rows[name].tolist() for name in ("file", "title", "row", "plan_title", "plan_cell")
        }

    def irregularities(self) -> Iterator[Irregularity]:
        """Everything to be told, each at its cell."""
        yield from self._incomplete()
        yield from self._without_target()
        yield from self._other_targets()
        yield from self._without_action()
        yield from self._moved()

    def _incomplete(self) -> Iterator[Irregularity]:
        blank = due(self._card, self._wanted) & (self._card.tables.actual_state == Cell.BLANK)
        for row in np.flatnonzero(blank.any(axis=1)).tolist():
            periods = (np.flatnonzero(blank[row]) + 1).tolist()
            listed = ", ".join(map(str, periods))
            yield from self._at(row, Severity.ADVICE, "incomplete", periods[0], self._codes[row], listed)

    def _without_target(self) -> Iterator[Irregularity]:
        """KPIs without any target so far, which nobody expects to be without."""
        told = self._card.tables.target_state[:, : self._card.period] != Cell.BLANK
        without = ~told.any(axis=1) & ~(self._wanted.state != Cell.BLANK).any(axis=1)
        for row in np.flatnonzero(without).tolist():
            yield from self._at(row, Severity.ADVICE, "no_target", 1, self._codes[row], "", "target")

    def _other_targets(self) -> Iterator[Irregularity]:
        """Targets that are not those of the data set. Where it has none, they are the unit's to say; what is no figure
        has been told."""
        tables, wanted = self._card.tables, self._wanted
        with np.errstate(invalid="ignore"):
            size = np.maximum(np.abs(tables.target), np.abs(wanted.target))
            other = (tables.target_state != wanted.state) | (np.abs(tables.target - wanted.target) > NOISE * size)
        asked = np.isin(wanted.state, (Cell.NUMBER, Cell.NA)) & (tables.target_state != Cell.ERROR)
        for row, place in np.argwhere(asked & other).tolist():
            own, expected = (
                NA_TEXT if state[row, place] == Cell.NA else parse.as_text(target[row, place])
                for target, state in ((tables.target, tables.target_state), (wanted.target, wanted.state))
            )
            yield from self._at(row, Severity.ADVICE, "target_differs", place + 1, own, expected, "target")

    def _without_action(self) -> Iterator[Irregularity]:
        """Red KPIs of whose plan anything is missing after all that came back, wherever it stood in its workbook."""
        red = np.flatnonzero(self._card.status == list(Status).index(Status.RED))
        plans = latest(self._card.tables, self._card.tables.settings.periods)
        needed = plans.of(red)[:, [PLAN_ENTRIES.index(key) for key in NEEDED]]
        for row in red[(needed == None).any(axis=1)].tolist():  # noqa: E711 - by element
            place = self._places.get(row)
            if place is not None:
                each = self._received[self._rows["file"][place]]  # type: ignore[call-overload]
                title, cell = str(self._rows["plan_title"][place]), str(self._rows["plan_cell"][place])
                yield Irregularity(
                    Severity.ADVICE,
                    "no_action_plan",
                    each.unit_code,
                    each.file,
                    title,
                    cell,
                    self._codes[row],
                    kpi=self._codes[row],
                )

    def _moved(self) -> Iterator[Irregularity]:
        tables, period = self._card.tables, self._card.period
        now = tables.actual[:, period - 1]
        before = tables.actual[:, period - 2] if period > 1 else _last_of_year_before(tables)
        with np.errstate(invalid="ignore"):
            moved = (np.abs(now - before) > MOVED * np.abs(before)) & (before != 0)
        for row in np.flatnonzero(moved).tolist():
            value, former = parse.as_text(now[row]), parse.as_text(before[row])
            yield from self._at(row, Severity.QUESTION, "moved", period, value, former)

    def _at(
        self, row: int, severity: Severity, rule: str, period: int, value: str, expected: str, key: str = "actual"
    ) -> Iterator[Irregularity]:
        """An irregularity at the actual or target of a period, if the KPI stands in a workbook."""
        place = self._places.get(row)
        if place is None:
            return
        each = self._received[self._rows["file"][place]]  # type: ignore[call-overload]
        cell = f"{each.columns[key, period]}{self._rows['row'][place]}"
        title = str(self._rows["title"][place])
        yield Irregularity(
            severity, rule, each.unit_code, each.file, title, cell, value, expected, kpi=self._codes[row]
        )


def _last_of_year_before(tables: Tables) -> np.ndarray:
    """The actual of the last period of the year before for each row, NaN for none, (n,)."""
    figures = tables.measurements
    last = figures[(figures["year"] == tables.settings.year - 1) & (figures["period"] == tables.settings.periods)]
    known = dict(zip(zip(last["unit_code"], last["kpi_code"], strict=True), last["actual"], strict=True))
    return np.array([known.get(at, np.nan) for at in tables.codes()], dtype=np.float64)
