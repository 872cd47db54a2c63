"""The rules of the action plan: what its entries say, and that a due date is a date."""

from __future__ import annotations

import pandas as pd

from bsc_xl.tables import placing
from bsc_xl.tables.columns import PLAN_TEXTS
from bsc_xl.tables.kpis import KpiRows
from bsc_xl.tables.sheet import Sheet
from bsc_xl.tables.units import Rows, text_series


def check(sheet: Sheet, units: Rows | None, kpis: KpiRows | None, periods: int | None) -> pd.DataFrame:
    """The entries that can be placed, in the form of `Tables.action_plan`; what is no date stays as its text.

    `units`, `kpis`, `periods`: as for `placing.of_kpis`.
    """
    at = placing.of_kpis(sheet, units, kpis, periods)
    texts = {name: sheet.text(name) for name in PLAN_TEXTS}
    due, due_text = sheet.dates("due")
    placed = at.placed
    return pd.DataFrame(
        {
            "unit_code": text_series(at.unit_code[placed]),
            "kpi_code": text_series(at.kpi_code[placed]),
            "year": at.year[placed],
            "period": at.period[placed],
            **{name: text_series(cells[placed]) for name, cells in texts.items()},
            "due": pd.Series(due[placed], dtype=object),
            "due_text": text_series(due_text[placed]),
        }
    )
