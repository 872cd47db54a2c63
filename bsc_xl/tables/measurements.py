"""The rules of the measurement table: the tidy figures of every year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsc_xl.tables import placing
from bsc_xl.tables.columns import Index
from bsc_xl.tables.kpis import KpiRows
from bsc_xl.tables.sheet import Sheet
from bsc_xl.tables.units import Rows, text_series


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures that can be placed, n rows. `frame`: as `Tables.measurements`. `unit`, `kpi` (n,): positions in
    the tables of units and KPIs. `row` (n,): positions in the raw frame. `years`: every year that can be read, also
    in rows that cannot be placed; `empty`: the table has no row at all, not even one that cannot be read."""

    frame: pd.DataFrame
    unit: Index
    kpi: Index
    row: Index
    years: frozenset[int]
    empty: bool


def check(sheet: Sheet, units: Rows | None, kpis: KpiRows | None, periods: int | None) -> Measured:
    """The figures that can be placed; a figure that is wrong stays, with the state ERROR.

    `units`, `kpis`, `periods`: as for `placing.of_kpis`.
    """
    at = placing.of_kpis(sheet, units, kpis, periods)
    target, actual = sheet.numbers("target"), sheet.numbers("actual")
    evidence, note = sheet.text("evidence"), sheet.text("note")

    # mostly all of them, and then the columns are not copied
    rows: slice | Index = slice(None) if at.placed.all() else np.flatnonzero(at.placed)
    frame = pd.DataFrame(
        {
            "unit_code": text_series(at.unit_code[rows]),
            "kpi_code": text_series(at.kpi_code[rows]),
            "year": at.year[rows],
            "period": at.period[rows],
            "target": target.value[rows],
            "target_state": target.state[rows],
            "actual": actual.value[rows],
            "actual_state": actual.state[rows],
            "target_text": target.rejected(sheet.cells("target"))[rows],
            "actual_text": actual.rejected(sheet.cells("actual"))[rows],
            "evidence": text_series(evidence[rows]),
            "note": text_series(note[rows]),
        },
        copy=False,  # nobody else has these, and of many measurements a second time takes the most memory of all
    )
    years = frozenset(at.year[at.year > 0].tolist())
    return Measured(frame, at.unit[rows], at.kpi[rows], sheet.row[rows], years, not len(sheet) and not sheet.slipped)
