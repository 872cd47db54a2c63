"""What is filled in about employees on the sheet `employees`, and what the sheet `discipline` says of them.

U units with R employees each; an entry is what a cell holds, None for nothing. In the workbook of an employee R is 1,
and of the entries only behaviour counts: all else follows from their own scorecard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bsc_xl.excel.layout import Layout
from bsc_xl.excel.roster import FIRST_VALUE, LAST_VALUE, ROSTER_INPUTS
from bsc_xl.model import Level
from bsc_xl.scorecard import Scorecard
from bsc_xl.scoring.arrays import Flags, Floats, Positions

Objects = NDArray[np.object_]
_VALUES = slice(ROSTER_INPUTS.index(FIRST_VALUE), ROSTER_INPUTS.index(LAST_VALUE) + 1)


@dataclass(frozen=True, eq=False)
class Staff:
    """`entries` (U, R, 11) in the order of `ROSTER_INPUTS`; `days` and `sanction` (U, R): what the sheet `discipline`
    has up to the reporting period, "" for nothing."""

    entries: Objects
    days: Objects
    sanction: Objects

    def column(self, key: str) -> Objects:
        """The entries (U, R) of one column."""
        found: Objects = self.entries[:, :, ROSTER_INPUTS.index(key)]
        return found

    @property
    def result(self) -> Floats:
        """The work results (U, R), NaN where there is no number."""
        return _numbers(self.column("work_result"))

    @property
    def behaviour(self) -> Floats:
        """The values (U, R, 7), NaN where there is no number."""
        return _numbers(self.entries[:, :, _VALUES])

    def new_idea(self, yes: str) -> Flags:
        """Where the word `yes` stands (U, R), as formulas compare it."""
        given = [str(entry or "").strip().casefold() == yes.casefold() for entry in self.column("new_idea").ravel()]
        return np.array(given, dtype=bool).reshape(self.entries.shape[:2])

    @property
    def begun(self) -> Flags:
        """Where anything is filled in, (U, R)."""
        found: Flags = (self.entries != None).any(axis=2)  # noqa: E711 - by element
        return found


def new(card: Scorecard, units: Positions, layout: Layout) -> Staff:
    """The employees with whom the workbooks of these units (U) begin: all of that layout have as many."""
    count = 1 if layout.level is Level.EMPLOYEE else layout.employees
    entries = np.full((len(units), count, len(ROSTER_INPUTS)), None, dtype=object)
    people, words = card.employees, (layout.labels("choice.no"), layout.labels("choice.yes"))
    for u, unit in enumerate(units.tolist()) if count else ():
        own = np.flatnonzero((people.unit if layout.level is Level.EMPLOYEE else people.parent) == unit)
        about = [people.code[own], people.name[own], people.result[own].astype(object)]
        texts = people.behaviour_text[own]  # nobody's entry is lost
        about += list(np.where(texts == "", people.behaviour[own].astype(object), texts).T)
        about += [np.array([words[given] for given in people.new_idea[own].tolist()], dtype=object)]
        entries[u] = np.column_stack(about)
    missing = np.array([isinstance(entry, float) and np.isnan(entry) for entry in entries.ravel()], dtype=bool)
    entries[missing.reshape(entries.shape)] = None
    entries[entries == ""] = None
    nothing = np.full(entries.shape[:2], "", dtype=object)
    return Staff(entries, nothing, nothing)


def _numbers(entries: Objects) -> Floats:
    """The entries as formulas see numbers."""
    flat = [float(e) if isinstance(e, int | float) and not isinstance(e, bool) else np.nan for e in entries.ravel()]
    return np.array(flat, dtype=np.float64).reshape(entries.shape)
