"""Last year's targets from the archive of collections, for a data set that has none of its own yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from bsc_xl.collection.archive import Archive
from bsc_xl.collection.record import data_set
from bsc_xl.errors import ChoiceError
from bsc_xl.tables import RawTables, Tables, parse, validate
from bsc_xl.tables.frames import frames

_AT = ["unit_code", "kpi_code", "period"]


def with_targets(tables: Tables, place: Archive) -> Tables:
    """The data set with a target wherever it has none and the unit had one for that KPI and period a year before.

    They are those of the last collection of that year; a target that is given stays. `ChoiceError` when no such year
    was collected.
    """
    year = tables.settings.year
    collected = {run: int(place.read(run)["runs"]["year"].iloc[0]) for run in place.runs()}
    last = max((run for run, own in collected.items() if own == year - 1), default=None)
    if last is None:
        years = ", ".join(map(str, sorted(set(collected.values()))))
        raise ChoiceError(what="archived_year", value=year - 1, choices=years)
    found = frames(tables)
    figures = found["measurements"]
    former = _targets(data_set(place.read(last))["measurements"], tables, year - 1)
    own = figures[figures["year"] == year].set_index(_AT).index
    blank = (figures["year"] == year).to_numpy() & [parse.is_blank(target) for target in figures["target"]]
    at = pd.MultiIndex.from_frame(figures[_AT])
    targets = figures["target"].astype(object).to_numpy(copy=True)
    targets[blank] = former.reindex(at[blank]).to_numpy()
    added = former[~former.index.isin(own)].reset_index().assign(year=year)
    found["measurements"] = pd.concat(
        [figures.assign(target=targets), added.reindex(columns=figures.columns)], ignore_index=True
    ).astype(object)
    filled, _ = validate(RawTables(found))
    assert filled is not None
    return replace(filled, excerpt_of=tables.excerpt_of)


def _targets(figures: pd.DataFrame, tables: Tables, year: int) -> pd.Series[Any]:
    """The targets of that year by unit, KPI and period, of the units, KPIs and periods that there still are."""
    kpis = tables.kpis["kpi_code"].to_numpy()[tables.kpi]
    units = tables.units["unit_code"].to_numpy()[tables.unit]
    known = pd.MultiIndex.from_arrays([units, kpis])
    figures = figures[(figures["year"] == year) & (figures["period"] <= tables.settings.periods)]
    figures = figures[[isinstance(target, float) for target in figures["target"]]]
    there = pd.MultiIndex.from_frame(figures[_AT[:2]]).isin(known)
    return figures[there].set_index(_AT)["target"].astype(object)
