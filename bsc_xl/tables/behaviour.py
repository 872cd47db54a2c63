"""The rules of the behaviour table: whom a judgement is of, and that every value is on the scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsc_xl.model import Behaviour, Cell, Level, Policy
from bsc_xl.tables import placing
from bsc_xl.tables.columns import Index
from bsc_xl.tables.sheet import Flags, Sheet
from bsc_xl.tables.units import Rows, looked_up, text_series


def check(sheet: Sheet, units: Rows | None, policy: Policy, periods: int | None) -> pd.DataFrame:
    """The judgements that can be placed, in the form of `Tables.behaviour`; a value that is wrong stays as its text.

    `units`: None when there is no table to ask. `periods`: as for `placing.times`.
    """
    unit_code = sheet.codes("unit_code")
    year, period = placing.times(sheet, periods)
    unit = looked_up(sheet, "unit_code", unit_code, units, "unknown_unit")
    placed = (unit >= 0) & (year > 0) & (period > 0)
    if units is not None:
        others = _without_behaviour(unit, units)
        sheet.report("not_an_employee", "unit_code", others, unit_code)
        placed &= ~others
    placed &= ~sheet.repeated(placing.moments(year, period, unit), placed, "unit_code", ("unit_code", "year", "period"))

    columns: dict[str, object] = {
        "unit_code": text_series(unit_code[placed]),
        "year": year[placed],
        "period": period[placed],
    }
    texts: dict[str, object] = {}
    lowest, highest = policy.employees.behaviour_scale
    for name in map(str, Behaviour):
        found = sheet.numbers(name)
        outside = (found.state == Cell.NUMBER) & ((found.value < lowest) | (found.value > highest))
        sheet.report("behaviour_out_of_range", name, outside, sheet.cells(name), expected=f"{lowest:g}..{highest:g}")
        columns[name] = np.where(outside, np.nan, found.value)[placed]
        texts[f"{name}_text"] = text_series(found.rejected(sheet.cells(name), outside)[placed])
    return pd.DataFrame(columns | texts)


def _without_behaviour(unit: Index, units: Rows) -> Flags:
    """Where a unit (n,) that stands in the table is no employee."""
    level = np.append(units.frame["level"].to_numpy(), "")
    return np.asarray((unit >= 0) & (level[np.maximum(unit, -1)] != Level.EMPLOYEE), dtype=bool)
