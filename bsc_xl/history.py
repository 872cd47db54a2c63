"""What the closed periods of earlier years came to: the rows with which the history of a new workbook begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsc_xl.scoring.arrays import Positions

COLUMNS = (
    "year", "period", "kpi_code", "perspective", "kpi_name", "target", "actual", "achievement", "index", "status",
    "closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Closed periods of the units of a scorecard.

    `rows`: one for each unit, period and KPI, (n,), with `COLUMNS`: results to date as in ``Scorecard.kpi_frame``
    (achievement a ratio, index 0..120, NaN for none) and the time at which the period was closed; a unit's oldest
    first. `unit`: the position of the unit of each row, (n,), ascending.
    """

    unit: Positions
    rows: pd.DataFrame

    def counts(self, units: Sequence[int]) -> list[int]:
        """How many rows each of these units has."""
        first, last = self._bounds(units)
        found: list[int] = (last - first).tolist()
        return found

    def of(self, unit: int) -> pd.DataFrame:
        """The rows of one unit."""
        (first,), (last,) = self._bounds([unit])
        return self.rows.iloc[first:last]

    def excerpt(self, units: Sequence[int]) -> History:
        """The rows of these units alone, which become the first, the second and so on."""
        if not len(self.unit):
            return self
        first, last = self._bounds(units)
        at = [np.arange(a, b) for a, b in zip(first, last, strict=True)]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *at])
        return History(np.repeat(np.arange(len(at)), last - first), self.rows.iloc[rows])

    def _bounds(self, units: Sequence[int]) -> tuple[Positions, Positions]:
        wanted = np.asarray(units, dtype=np.int64)
        first, last = (np.searchsorted(self.unit, wanted, side) for side in ("left", "right"))
        return first, last


NONE = History(np.empty(0, dtype=np.int64), pd.DataFrame(columns=pd.Index(COLUMNS, dtype=object)))
"""No period was closed before. The headings are plain texts: those of pandas' own kind reserve 1 GiB of addresses."""
