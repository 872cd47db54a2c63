"""What a new year takes over from the archive of collections: last year's targets and its results, as the history, and
what units plan to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.collection.archive import Archive
from bsc_xl.collection.gathering import Frames
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


@dataclass(frozen=True, slots=True)
class Run:
    """A collection in the archive by its name: its reporting period, and the units whose workbooks counted in it."""

    year: int
    period: int
    name: str
    came: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Former:
    """A collection, and the units for which there is no later one of its year."""

    collection: Collection
    units: frozenset[str]


def runs_of(tables: Tables, place: Archive) -> list[Run]:
    """The collections of the year of the data set and of the year before, by reporting period, and of one period by
    time; `ChoiceError` when there is none."""
    year = tables.settings.year
    every = [_run(name, place.read(name)) for name in place.runs()]
    found = sorted((run for run in every if run.year in (year - 1, year)), key=lambda run: (run.year, run.period))
    if not found:
        years = ", ".join(map(str, sorted({run.year for run in every})))
        raise ChoiceError(what="archived_year", value=year - 1, choices=years)
    return found


def _run(name: str, kept: Frames) -> Run:
    about, sent = kept["runs"].iloc[0], kept["submissions"]
    came = sent.loc[sent["receipt"].isin([Receipt.RECEIVED.value, Receipt.INCOMPLETE.value]), "unit_code"]
    return Run(int(about["year"]), int(about["period"]), name, frozenset(came))


def year_before(tables: Tables, place: Archive, runs: Sequence[Run]) -> list[Former]:
    """The collections of the year before that of the data set in which a unit came for the last time; none where that
    year was not collected."""
    last = _last([run for run in runs if run.year == tables.settings.year - 1])
    return [Former(restored(place.read(run.name)), units) for run, units in last.items()]


def _last(runs: Sequence[Run]) -> dict[Run, frozenset[str]]:
    """Each of these runs that is the last one in which some unit came, with these units."""
    last = {unit: run for run in runs for unit in run.came}
    return {run: own for run in runs if (own := frozenset(unit for unit in run.came if last[unit] is run))}


def with_targets(tables: Tables, formers: Sequence[Former]) -> Tables:
    """The data set with a target wherever it has none and the unit had one for that KPI and period a year before; a
    target that is given stays. None comes from a year that had other periods."""
    year, periods = tables.settings.year, tables.settings.periods
    listed = [_targets(each, tables) for each in formers if each.collection.card.tables.settings.periods == periods]
    if not listed:
        return tables
    known = pd.concat(listed)
    found = frames(tables)
    figures = found["measurements"]
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


def with_plans(tables: Tables, period: int, place: Archive, runs: Sequence[Run]) -> Tables:
    """The data set with the plans that hold in that period: those of the last workbook of each unit, which says all of
    them, so that what does not stand in it any more does not hold any more, whatever earlier workbooks said; of a unit
    that never came, what a data set that was collected said. What the data set says itself of a KPI and period stays.
    """
    year = tables.settings.year
    found = frames(tables)
    own = found["action_plan"]
    # later ones are asked about units alone that had not come before
    at_hand = sorted(runs, key=lambda run: (run.year, run.period) <= (year, period))
    last = _last(at_hand)
    absent = set(tables.units["unit_code"]).difference(*last.values())
    listed = [own]
    for run in reversed(at_hand):
        kept = place.read(run.name)
        plans = _plans(kept, tables)
        listed.append(plans[plans["unit_code"].isin(last.get(run, frozenset()) | absent)])
        if "action_plan" in kept:  # what an older version kept says nothing of plans
            emptied = _emptied(own, plans, last.get(run, frozenset()), set(kept["kpis"]["kpi_code"]))
            listed.append(emptied.assign(year=run.year, period=min(run.period, tables.settings.periods)))
        absent.difference_update(plans["unit_code"])
    every = pd.concat([each.reindex(columns=own.columns).astype(object) for each in listed], ignore_index=True)
    found["action_plan"] = every[~every[[*_AT, "year"]].duplicated()]
    filled, _ = validate(RawTables(found))
    assert filled is not None
    return replace(filled, excerpt_of=tables.excerpt_of)


def _plans(kept: Frames, tables: Tables) -> pd.DataFrame:
    """The entries of a run, whose cells are texts, for the units and KPIs that there still are. A year that had more
    periods ends with the last one of this."""
    plans = kept.get("action_plan", pd.DataFrame(columns=[*_AT, "year"]))
    there = pd.MultiIndex.from_frame(plans[_AT[:2]]).isin(tables.codes())
    rows = plans[there].replace({"": None}).astype({"year": int, "period": int})
    rows["period"] = rows["period"].clip(upper=tables.settings.periods)
    return rows.drop_duplicates([*_AT, "year"], keep="last")


def _emptied(own: pd.DataFrame, plans: pd.DataFrame, units: frozenset[str], kpis: set[str]) -> pd.DataFrame:
    """Units and KPIs of whose plan the data set speaks, but the units' workbooks, which had these KPIs, do not."""
    at = _AT[:2]
    asked = own.loc[own["unit_code"].isin(units) & own["kpi_code"].isin(kpis), at].drop_duplicates()
    return asked[~pd.MultiIndex.from_frame(asked).isin(pd.MultiIndex.from_frame(plans[at]))]


def _targets(former: Former, tables: Tables) -> pd.Series[Any]:
    """The targets of that collection by unit, KPI and period, of its units, and of the KPIs that there still are."""
    known = former.collection.card.tables
    figures = known.measurements
    figures = figures[(figures["year"] == known.settings.year) & (figures["target_state"] == Cell.NUMBER)]
    figures = figures[figures["unit_code"].isin(former.units)]
    there = pd.MultiIndex.from_frame(figures[_AT[:2]]).isin(tables.codes())
    return figures[there].set_index(_AT)["target"].astype(object)


def history(tables: Tables, formers: Sequence[Former]) -> History:
    """The results of the periods that were collected, for the units that there still are, as closing each period would
    have recorded them; a unit that sent nothing has none. Where they are more than `MOST_ROWS`, the last periods."""
    places = {code: unit for unit, code in enumerate(tables.units["unit_code"].tolist())}
    closed = [_closed(each, places, period) for each in formers for period in range(1, each.collection.card.period + 1)]
    rows = pd.concat(closed, ignore_index=True) if closed else pd.DataFrame()
    if rows.empty:
        return NONE
    own = rows.groupby("unit")["period"]
    later = own.transform("size") - own.rank("max")  # rows of later periods
    rows = rows[later + rows.groupby(["unit", "period"])["period"].transform("size") <= MOST_ROWS]
    place = pd.Categorical(rows["perspective"], categories=list(map(str, Perspective))).codes
    order = np.lexsort((place, rows["period"], rows["unit"]))
    rows = rows.iloc[order]
    return History(rows["unit"].to_numpy(np.int64), rows[list(COLUMNS)].reset_index(drop=True))


def _closed(former: Former, places: Mapping[str, int], period: int) -> pd.DataFrame:
    """The results of the units of a collection in one of its periods, each with the place of its unit."""
    tables = former.collection.card.tables
    results = score(tables, period).kpi_frame()
    results = results[results["unit_code"].isin(former.units & places.keys())]
    unit, year = results["unit_code"].map(places), tables.settings.year
    return results.assign(unit=unit, period=period, year=year, closed=former.collection.when)
