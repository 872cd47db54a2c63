"""A validated data set back as plain frames, in the shape of its source tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.model import NA_TEXT, Behaviour, Cell
from bsc_xl.tables.columns import COLUMNS, Tables, Texts
from bsc_xl.tables.settings import WEIGHT_KEYS

ERROR_TEXT = "#VALUE!"
"""Stands for a weight of a unit that could not be read: it must not come back as a blank."""


def frames(tables: Tables) -> dict[str, pd.DataFrame]:
    """The frames by table name, with the columns of the source; None is blank.

    Reading them again gives the same tables, save for rows that could not be placed; an ERROR stays one, with the
    text that was found.
    """
    units = tables.units.assign(weight=_numbers(tables.units["weight"], ERROR_TEXT))
    kpis = tables.kpis.assign(
        **{name: _kpi_numbers(tables, name) for name in ("weight", "worst", "green_from", "yellow_from")}
    )
    measurements = tables.measurements.assign(
        **{
            name: _figures(*(tables.measurements[f"{name}{part}"] for part in ("", "_state", "_text")))
            for name in ("target", "actual")
        }
    )
    made = {"units": units, "kpis": kpis, "measurements": measurements, "links": tables.links}
    made["behaviour"] = tables.behaviour.assign(
        **{name: _judgements(tables.behaviour[name], tables.behaviour[f"{name}_text"]) for name in Behaviour}
    )
    plan = tables.action_plan
    made["action_plan"] = plan.assign(due=_dates(plan["due"], plan["due_text"]))
    made["settings"] = _settings(tables)
    return {table: made[table][[column.name for column in COLUMNS[table]]] for table in COLUMNS}


def _settings(tables: Tables) -> pd.DataFrame:
    settings = tables.settings
    rows: list[tuple[str, object]] = [
        ("year", settings.year),
        ("period", settings.period),
        ("periods", settings.periods),
        ("language", settings.language),
        ("policy", settings.policy),
        *((WEIGHT_KEYS[perspective], weight) for perspective, weight in settings.weights.items()),
        *settings.overrides.items(),
    ]
    return pd.DataFrame(
        {
            "key": pd.Series([key for key, _ in rows], dtype=object),
            "value": pd.Series([value for _, value in rows], dtype=object),
        }
    )


def _numbers(values: pd.Series[float], missing: str | None) -> Texts:
    cells = values.to_numpy().astype(object)
    cells[np.isnan(values.to_numpy(dtype=np.float64))] = missing
    return cells


def _kpi_numbers(tables: Tables, name: str) -> Texts:
    cells = _numbers(tables.kpis[name], None)
    for (column, place, _), text in tables.rejected.items():
        if column == name:
            cells[place] = text
    return cells


def _judgements(values: pd.Series[float], texts: pd.Series[str]) -> Texts:
    cells = _numbers(values, None)
    wrong = texts.to_numpy() != ""
    cells[wrong] = texts.to_numpy()[wrong]
    return cells


def _dates(dates: pd.Series[Any], texts: pd.Series[str]) -> Texts:
    """Dates as every kind of source can hold them: 2026-12-31."""
    found = zip(dates.tolist(), texts.tolist(), strict=True)
    cells = np.empty(len(dates), dtype=object)
    cells[:] = [text or (None if date is None else date.isoformat()) for date, text in found]
    return cells


def _figures(values: pd.Series[float], state: pd.Series[int], texts: pd.Series[str]) -> Texts:
    cells = _numbers(values, None)
    states = state.to_numpy()
    cells[states == Cell.NA] = NA_TEXT
    wrong = states == Cell.ERROR
    cells[wrong] = texts.to_numpy()[wrong]
    return cells
