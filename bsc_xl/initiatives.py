"""What units plan to do about their KPIs: the entries of the action plan that hold in a reporting period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.scoring.arrays import Positions
from bsc_xl.tables.columns import PLAN_ENTRIES, PLAN_TEXTS, Tables, Texts

NEEDED = ("cause", "action", "owner", "due")
"""What the plan for a red KPI must say."""


@dataclass(frozen=True, slots=True, eq=False)
class Initiatives:
    """The entries that hold for the rows of a scorecard.

    `row` (m,): the rows, ascending, for which there is an entry in which anything stands; `entries` (m, 5): the columns
    `PLAN_ENTRIES`, None for nothing, a `datetime.date` in `due`, or the text of what is none.
    """

    row: Positions
    entries: Texts

    def of(self, rows: Positions) -> Texts:
        """The entries of these rows of the scorecard, (..., 5); None where there is none."""
        found = np.full((*rows.shape, len(PLAN_ENTRIES)), None, dtype=object)
        if len(self.row):
            place = np.minimum(np.searchsorted(self.row, rows), len(self.row) - 1)
            there = self.row[place] == rows
            found[there] = self.entries[place[there]]
        return found

    def excerpt(self, rows: Positions) -> Initiatives:
        """The entries of these rows alone, which become the first, the second and so on."""
        if not len(self.row):
            return self
        own = np.flatnonzero(np.isin(rows, self.row))
        return Initiatives(own, self.entries[np.searchsorted(self.row, rows[own])])


NONE = Initiatives(np.empty(0, dtype=np.int64), np.empty((0, len(PLAN_ENTRIES)), dtype=object))


def latest(tables: Tables, period: int) -> Initiatives:
    """Of each unit and KPI the entry of the latest period up to `period` of the year; those of earlier years hold on,
    and one that was emptied holds no longer."""
    plan = tables.action_plan
    year = tables.settings.year
    kept = plan[(plan["year"] < year) | ((plan["year"] == year) & (plan["period"] <= period))]
    if kept.empty:
        return NONE
    when = kept["year"].to_numpy() * (max(PERIODS_PER_YEAR) + 1) + kept["period"].to_numpy()
    kept = kept.iloc[np.argsort(when, kind="stable")].drop_duplicates(["unit_code", "kpi_code"], keep="last")
    known = dict(zip(tables.codes(), range(len(tables.kpi)), strict=True))
    rows = np.array([known[at] for at in zip(kept["unit_code"], kept["kpi_code"], strict=True)], dtype=np.int64)
    entries = np.empty((len(kept), len(PLAN_ENTRIES)), dtype=object)
    for i, name in enumerate(PLAN_ENTRIES):
        cells = kept[name].to_numpy(dtype=object)
        entries[:, i] = [cell or None for cell in cells] if name in PLAN_TEXTS else cells
    texts = kept["due_text"].to_numpy(dtype=object)
    entries[texts != "", PLAN_ENTRIES.index("due")] = texts[texts != ""]
    filled = (entries != None).any(axis=1)  # noqa: E711 - by element
    order = np.argsort(rows[filled], kind="stable")
    return Initiatives(rows[filled][order], entries[filled][order])
