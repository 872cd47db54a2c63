"""What stands in the rows of the action plan that people fill in.

U units with S rows each, one for every KPI row of the workbook in the order of `Layout.slots`; an entry is what a cell
holds, None for nothing, and a due date its serial number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.dates import serial
from bsc_xl.scorecard import Scorecard
from bsc_xl.scoring.arrays import Positions
from bsc_xl.tables.columns import PLAN_ENTRIES

Objects = NDArray[np.object_]
KEYS = (*PLAN_ENTRIES, PLAN_CODE)


@dataclass(frozen=True, eq=False)
class Agenda:
    """`entries` (U, S, 6): cause, action, owner, due, progress, and the code of the KPI that they are written for; it
    also stands where nothing is written yet."""

    entries: Objects

    def column(self, key: str) -> Objects:
        """The entries (U, S) of one column."""
        found: Objects = self.entries[:, :, KEYS.index(key)]
        return found


def new(card: Scorecard, rows: Positions, codes: Sequence[str], places: Sequence[int], count: int) -> Agenda:
    """The entries with which workbooks of `count` rows begin: `rows` (U, K) of the scorecard, whose KPIs with these
    `codes` (K) stand at these `places` (K)."""
    entries = np.full((len(rows), count, len(KEYS)), None, dtype=object)
    entries[:, places, -1] = codes
    if len(card.initiatives.row) and len(places):
        found = card.initiatives.of(rows)
        due = PLAN_ENTRIES.index("due")
        found[:, :, due] = np.vectorize(_as_cell, otypes=[object])(found[:, :, due])
        entries[:, places, :-1] = found
    return Agenda(entries)


def _as_cell(due: object) -> object:
    """A date as the number that a cell holds."""
    return serial(due) if isinstance(due, date) and not isinstance(due, datetime) else due
