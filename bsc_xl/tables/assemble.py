"""The checked rows put into the arrays that scoring takes: one row per unit and KPI, one column per period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.model import Cell, Perspective
from bsc_xl.scoring.arrays import code
from bsc_xl.tables.columns import Index, Settings, Tables
from bsc_xl.tables.kpis import SHARED, KpiRows
from bsc_xl.tables.measurements import Measured
from bsc_xl.tables.units import Rows


@dataclass(frozen=True, slots=True)
class Assembled:
    """`tables`, and for findings `row` (n, P): where each figure stands in the raw measurements, -1 for nowhere."""

    tables: Tables
    row: Index


def assemble(
    settings: Settings,
    units: Rows,
    kpis: KpiRows,
    measured: Measured,
    links: pd.DataFrame,
    behaviour: pd.DataFrame,
    action_plan: pd.DataFrame,
) -> Assembled:
    """The validated data set. Figures that are not in the measurements are BLANK."""
    unit, kpi = _pairs(len(units.frame), kpis)
    count = len(kpis.rows.frame)
    sorted_by_key = np.argsort(unit * count + kpi)
    keys = (unit * count + kpi)[sorted_by_key]

    of_year = np.flatnonzero(measured.frame["year"].to_numpy() == settings.year)
    period = measured.frame["period"].to_numpy()[of_year] - 1
    place = sorted_by_key[np.searchsorted(keys, measured.unit[of_year] * count + measured.kpi[of_year])]
    shape = (len(unit), settings.periods)

    def spread(name: str, nothing: object, kind: type) -> NDArray[Any]:
        array: NDArray[Any] = np.full(shape, nothing, dtype=kind)
        array[place, period] = measured.frame[name].to_numpy()[of_year]
        return array

    row = np.full(shape, -1, dtype=np.int64)
    row[place, period] = measured.row[of_year]
    tables = Tables(
        settings=settings,
        units=units.frame,
        kpis=kpis.rows.frame,
        unit=unit,
        kpi=kpi,
        target=spread("target", np.nan, np.float64),
        target_state=spread("target_state", Cell.BLANK, np.int8),
        actual=spread("actual", np.nan, np.float64),
        actual_state=spread("actual_state", Cell.BLANK, np.int8),
        evidence=spread("evidence", "", object),
        note=spread("note", "", object),
        measurements=measured.frame,
        links=links,
        behaviour=behaviour,
        action_plan=action_plan,
        rejected=kpis.rejected | _rejected(measured.frame.iloc[of_year], place, period),
    )
    return Assembled(tables, row)


def _rejected(frame: pd.DataFrame, row: Index, period: Index) -> dict[tuple[str, int, int], str]:
    found: dict[tuple[str, int, int], str] = {}
    for name in ("target", "actual"):
        wrong = np.flatnonzero(frame[f"{name}_state"].to_numpy() == Cell.ERROR)
        texts = frame[f"{name}_text"].to_numpy()[wrong]
        found |= {(name, int(row[at]), int(period[at])): text for at, text in zip(wrong, texts, strict=True)}
    return found


def _pairs(units: int, kpis: KpiRows) -> tuple[Index, Index]:
    """Every unit with every KPI that is shared or its own, by unit, perspective and place in the KPI table."""
    shared = np.flatnonzero(kpis.owner == SHARED)
    own = np.flatnonzero(kpis.owner != SHARED)
    unit = np.concatenate([np.repeat(np.arange(units), len(shared)), kpis.owner[own]])
    kpi = np.concatenate([np.tile(shared, units), own])
    rank = {perspective.value: code(perspective) for perspective in Perspective}
    perspective = kpis.rows.frame["perspective"].map(rank).to_numpy(dtype=np.int64)
    order = np.lexsort((kpi, perspective[kpi], unit))
    return unit[order], kpi[order]
