"""Where a row belongs that is of one KPI of one unit in one period: the same rules for every table of such rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.tables.columns import Index, Texts
from bsc_xl.tables.kpis import SHARED, KpiRows
from bsc_xl.tables.settings import YEARS
from bsc_xl.tables.sheet import Flags, Sheet
from bsc_xl.tables.units import Rows, looked_up


@dataclass(frozen=True, slots=True)
class Placing:
    """Of each row (n,): its codes, its time, and the positions of its unit and KPI in their tables. `placed`: the rows
    of which all this is known and which are the first of their kind; what is wrong with others is reported."""

    unit_code: Texts
    kpi_code: Texts
    year: Index
    period: Index
    unit: Index
    kpi: Index
    placed: Flags


def times(sheet: Sheet, periods: int | None) -> tuple[Index, Index]:
    """Year and period of each row (n,); below 1 where there is none. `periods`: None when it is not known how many
    there are in a year."""
    last = periods or max(PERIODS_PER_YEAR)
    year = sheet.whole("year", YEARS, "year_out_of_range")
    return year, sheet.whole("period", range(1, last + 1), "period_out_of_range", f"1..{last}")


def moments(year: Index, period: Index, whose: Index) -> Index:
    """One number (n,) for each period of each year and of each of those whose rows they are."""
    found: Index = (whose * YEARS.stop + year) * (max(PERIODS_PER_YEAR) + 1) + period
    return found


def of_kpis(sheet: Sheet, units: Rows | None, kpis: KpiRows | None, periods: int | None) -> Placing:
    """Where each row of a table belongs that has the columns unit_code, kpi_code, year and period.

    `units`, `kpis`: None when there is no table to ask. `periods`: as for `times`.
    """
    unit_code, kpi_code = sheet.codes("unit_code"), sheet.codes("kpi_code")
    year, period = times(sheet, periods)
    unit = looked_up(sheet, "unit_code", unit_code, units, "unknown_unit")
    kpi = looked_up(sheet, "kpi_code", kpi_code, kpis.rows if kpis else None, "unknown_kpi")
    placed = (unit >= 0) & (kpi >= 0) & (year > 0) & (period > 0)
    if kpis is not None and units is not None:
        owner = np.append(kpis.owner, SHARED)[np.maximum(kpi, -1)]
        foreign = (unit >= 0) & (kpi >= 0) & (owner != SHARED) & (owner != unit)
        sheet.report("kpi_not_of_unit", "kpi_code", foreign, kpi_code)
        placed &= ~foreign
    key = moments(year, period, unit * (kpi.max(initial=0) + 1) + kpi)
    placed &= ~sheet.repeated(key, placed, "kpi_code", ("unit_code", "kpi_code", "year", "period"))
    return Placing(unit_code, kpi_code, year, period, unit, kpi, placed)
