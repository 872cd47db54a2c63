"""The rules of the action plan: which KPI of which unit an entry is for, and that a due date is a date."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.tables.columns import PLAN_TEXTS
from bsc_xl.tables.kpis import SHARED, KpiRows
from bsc_xl.tables.settings import YEARS
from bsc_xl.tables.sheet import Sheet
from bsc_xl.tables.units import Rows, looked_up, text_series


def check(sheet: Sheet, units: Rows | None, kpis: KpiRows | None, periods: int | None) -> pd.DataFrame:
    """The entries that can be placed, in the form of `Tables.action_plan`; what is no date stays as its text.

    `units`, `kpis`: None when there is no table to ask. `periods`: None when it is not known how many there are.
    """
    unit_code, kpi_code = sheet.codes("unit_code"), sheet.codes("kpi_code")
    year = sheet.whole("year", YEARS, "year_out_of_range")
    last = periods or max(PERIODS_PER_YEAR)
    period = sheet.whole("period", range(1, last + 1), "period_out_of_range", f"1..{last}")
    texts = {name: sheet.text(name) for name in PLAN_TEXTS}
    due, due_text = sheet.dates("due")

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
    return pd.DataFrame(
        {
            "unit_code": text_series(unit_code[placed]),
            "kpi_code": text_series(kpi_code[placed]),
            "year": year[placed],
            "period": period[placed],
            **{name: text_series(cells[placed]) for name, cells in texts.items()},
            "due": pd.Series(due[placed], dtype=object),
            "due_text": text_series(due_text[placed]),
        }
    )
