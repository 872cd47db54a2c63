"""What a new year takes over from the archive of collections: last year's targets and its results, as the history, and
what units plan to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.collection.archive import Archive
from bsc_xl.collection.model import Collection, Receipt
from bsc_xl.collection.record import restored
from bsc_xl.errors import ChoiceError
from bsc_xl.history import COLUMNS, NONE, History
from bsc_xl.model import Cell, Perspective
from bsc_xl.scorecard import score
from bsc_xl.tables import RawTables, Tables, parse, validate
from bsc_xl.tables.frames import frames

MOST_ROWS = 400
"""Rows with which a unit's history begins: a year of monthly results of more KPIs than most units have."""
_AT = ["unit_code", "kpi_code", "period"]


def year_before(tables: Tables, place: Archive) -> Collection:
    """The last collection of the year before that of the data set; `ChoiceError` when there is none."""
    year = tables.settings.year
    collected = {run: int(place.read(run)["runs"]["year"].iloc[0]) for run in place.runs()}
    last = max((run for run, own in collected.items() if own == year - 1), default=None)
    if last is None:
        years = ", ".join(map(str, sorted(set(collected.values()))))
        raise ChoiceError(what="archived_year", value=year - 1, choices=years)
    return restored(place.read(last))


def with_targets(tables: Tables, former: Collection) -> Tables:
    """The data set with a target wherever it has none and the unit had one for that KPI and period a year before; a
    target that is given stays. None comes from a year that had other periods."""
    year = tables.settings.year
    if former.card.tables.settings.periods != tables.settings.periods:
        return tables
    found = frames(tables)
    figures = found["measurements"]
    known = _targets(former.card.tables.measurements, tables, year - 1)
    own = figures[figures["year"] == year].set_index(_AT).index
    blank = (figures["year"] == year).to_numpy() & [parse.is_blank(target) for target in figures["target"]]
    at = pd.MultiIndex.from_frame(figures[_AT])
    targets = figures["target"].astype(object).to_numpy(copy=True)
    targets[blank] = known.reindex(at[blank]).to_numpy()
    added = known[~known.index.isin(own)].reset_index().assign(year=year)
    found["measurements"] = pd.concat(
        [figures.assign(target=targets), added.reindex(columns=figures.columns)], ignore_index=True
    ).astype(object)
    filled, _ = validate(RawTables(found))
    assert filled is not None
    return replace(filled, excerpt_of=tables.excerpt_of)


def with_plans(tables: Tables, place: Archive) -> Tables:
    """The data set with the entries of action plans that the last collections of its year and of the year before have
    of its units and KPIs; what it says itself of a KPI and period stays."""
    year = tables.settings.year
    last = {int(place.read(run)["runs"]["year"].iloc[0]): run for run in place.runs()}
    found = frames(tables)
    own = found["action_plan"]
    kept = (place.read(last[of]).get("action_plan") for of in (year, year - 1) if of in last)
    former = [_plans(each, tables).reindex(columns=own.columns) for each in kept if each is not None]
    every = pd.concat([each.astype(object) for each in (own, *former)], ignore_index=True)
    found["action_plan"] = every[~every[["unit_code", "kpi_code", "year", "period"]].duplicated()]
    filled, _ = validate(RawTables(found))
    assert filled is not None
    return replace(filled, excerpt_of=tables.excerpt_of)


def _plans(kept: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """The entries of a run, whose cells are texts, for the units and KPIs that there still are. A year that had more
    periods ends with the last one of this."""
    there = pd.MultiIndex.from_frame(kept[_AT[:2]]).isin(list(_own(tables)))
    rows = kept[there].replace({"": None}).astype({"year": int, "period": int})
    rows["period"] = rows["period"].clip(upper=tables.settings.periods)
    return rows.drop_duplicates([*_AT, "year"], keep="last")


def _own(tables: Tables) -> zip[tuple[str, str]]:
    """Unit and KPI code of each row."""
    units = tables.units["unit_code"].to_numpy()[tables.unit].tolist()
    return zip(units, tables.kpis["kpi_code"].to_numpy()[tables.kpi].tolist(), strict=True)


def _targets(figures: pd.DataFrame, tables: Tables, year: int) -> pd.Series[Any]:
    """The targets of that year by unit, KPI and period, of the units, KPIs and periods that there still are."""
    kpis = tables.kpis["kpi_code"].to_numpy()[tables.kpi]
    units = tables.units["unit_code"].to_numpy()[tables.unit]
    known = pd.MultiIndex.from_arrays([units, kpis])
    figures = figures[(figures["year"] == year) & (figures["target_state"] == Cell.NUMBER)]
    there = pd.MultiIndex.from_frame(figures[_AT[:2]]).isin(known)
    return figures[there].set_index(_AT)["target"].astype(object)


def history(tables: Tables, former: Collection) -> History:
    """The results of the periods that were collected, for the units that there still are, as closing each period would
    have recorded them; a unit that sent nothing has none. Where they are more than `MOST_ROWS`, the last periods."""
    came = {each.unit_code for each in former.submissions if each.receipt in (Receipt.RECEIVED, Receipt.INCOMPLETE)}
    units = {code: unit for unit, code in enumerate(tables.units["unit_code"].tolist()) if code in came}
    closed = []
    for period in range(1, former.card.period + 1):
        results = score(former.card.tables, period).kpi_frame()
        results = results.assign(unit=results["unit_code"].map(units), period=period)
        closed.append(results[results["unit"].notna()])
    rows = pd.concat(closed, ignore_index=True)
    if rows.empty:
        return NONE
    rows["year"], rows["closed"] = former.card.tables.settings.year, former.when
    own = rows.groupby("unit")["period"]
    later = own.transform("size") - own.rank("max")  # rows of later periods
    rows = rows[later + rows.groupby(["unit", "period"])["period"].transform("size") <= MOST_ROWS]
    place = pd.Categorical(rows["perspective"], categories=list(map(str, Perspective))).codes
    order = np.lexsort((place, rows["period"], rows["unit"]))
    rows = rows.iloc[order]
    return History(rows["unit"].to_numpy(np.int64), rows[list(COLUMNS)].reset_index(drop=True))
