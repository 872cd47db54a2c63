"""The tables of a data set: their columns, which are required, and the validated form that scoring takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.model import Perspective

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """The validated settings table. `weights` are percent by perspective; `overrides` are those of the policy
    (`floor`, `cap`, `zero_target`, `missing`, `rating`), with only the ones that the data set names."""

    year: int
    period: int
    periods: int = 4
    language: str = "id"
    policy: str = "nko"
    weights: dict[Perspective, float] = field(default_factory=lambda: dict.fromkeys(Perspective, 25.0))
    overrides: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables:
    """A validated data set, in the shape that scoring and the workbook take. n rows, one per unit and KPI of that
    unit, ordered by unit, perspective and place in the KPI table; P = `settings.periods`.

    `units`: frame with a RangeIndex and all columns of the table; text columns hold str (blank is ""), `parent` is
        the position of the parent unit or -1, `weight` float64 (blank is 1.0), `new_idea` bool.
    `kpis`: frame with a RangeIndex; text columns hold str; `perspective`, `polarity`, `consolidation` hold the
        member's value; `weight` float64 percent (NaN: not valid), `worst`, `green_from`, `yellow_from` float64
        (NaN: not given), `ceiling` bool.
    `unit`, `kpi` (n,): positions in `units` and `kpis`.
    `target`, `actual` (n, P): float64, NaN unless the state is NUMBER; `target_state`, `actual_state` (n, P): int8
        codes of `model.Cell`; a figure that is not there is BLANK.
    `evidence`, `note` (n, P): object arrays of str, "" when there is none.
    `measurements`: the tidy figures of every year, as validated: `unit_code`, `kpi_code`, `year`, `period`,
        `target`, `target_state`, `actual`, `actual_state`, `evidence`, `note`; those of `settings.year` are the arrays.
    `links`: frame `cause`, `effect` (may be empty).
    """

    settings: Settings
    units: pd.DataFrame
    kpis: pd.DataFrame
    unit: Index
    kpi: Index
    target: Floats
    target_state: Codes
    actual: Floats
    actual_state: Codes
    evidence: NDArray[np.object_]
    note: NDArray[np.object_]
    measurements: pd.DataFrame
    links: pd.DataFrame
