"""The rules of the measurement table: where each figure belongs, and the tidy figures of every year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.tables.columns import Index
from bsc_xl.tables.kpis import SHARED, KpiRows
from bsc_xl.tables.settings import YEARS
from bsc_xl.tables.sheet import Sheet
from bsc_xl.tables.units import Rows, looked_up, text_series


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

    `units`, `kpis`: None when there is no table to ask. `periods`: None when it is not known how many there are.
    """
    unit_code, kpi_code = sheet.codes("unit_code"), sheet.codes("kpi_code")
    year = sheet.whole("year", YEARS, "year_out_of_range")
    last = periods or max(PERIODS_PER_YEAR)
    period = sheet.whole("period", range(1, last + 1), "period_out_of_range", f"1..{last}")
    target, actual = sheet.numbers("target"), sheet.numbers("actual")
    evidence, note = sheet.text("evidence"), sheet.text("note")

    unit = looked_up(sheet, "unit_code", unit_code, units, "unknown_unit")
    kpi = looked_up(sheet, "kpi_code", kpi_code, kpis.rows if kpis else None, "unknown_kpi")
    placed = (unit >= 0) & (kpi >= 0) & (year > 0) & (period > 0)
    if kpis is not None and units is not None:
        owner = np.append(kpis.owner, SHARED)[np.maximum(kpi, -1)]
        foreign = (unit >= 0) & (kpi >= 0) & (owner != SHARED) & (owner != unit)
        sheet.report("kpi_not_of_unit", "kpi_code", foreign, kpi_code)
        placed &= ~foreign
    key = ((unit * (kpi.max(initial=0) + 1) + kpi) * YEARS.stop + year) * (max(PERIODS_PER_YEAR) + 1) + period
    placed &= ~sheet.repeated(key, placed, "kpi_code", ("unit_code", "kpi_code", "year", "period"))

    # mostly all of them, and then the columns are not copied
    rows: slice | Index = slice(None) if placed.all() else np.flatnonzero(placed)
    frame = pd.DataFrame(
        {
            "unit_code": text_series(unit_code[rows]),
            "kpi_code": text_series(kpi_code[rows]),
            "year": year[rows],
            "period": period[rows],
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
    years = frozenset(year[year > 0].tolist())
    return Measured(frame, unit[rows], kpi[rows], sheet.row[rows], years, not len(sheet) and not sheet.slipped)
