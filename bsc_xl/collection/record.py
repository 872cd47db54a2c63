"""A collection as the tidy tables that the archive keeps, and the same collection from those tables again.

Texts are kept as they stand, figures as numbers beside the state of their cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.collection.gathering import Frames, Gathered, scored
from bsc_xl.collection.model import Collection, Irregularity, Receipt, Severity, Submission
from bsc_xl.collection.received import Received
from bsc_xl.model import NA_TEXT, Cell, Perspective
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import Tables, parse

TEXT_TABLES = ("units", "kpis", "settings", "links")
"""Tables of the data set whose cells are kept as text."""
IF_GIVEN = ("behaviour", "action_plan")
"""Others, which not every data set has, nor a run that was kept before there were such tables."""
SCORES = ("score", *map(str, Perspective))
_LIST = "\n"
_STATES = tuple(state.name.lower() for state in Cell)


def record(
    run: str,
    when: datetime,
    engine: str,
    gathered: Gathered,
    received: Sequence[Received],
    links: dict[str, str],
    trend_before: pd.DataFrame,
) -> Frames:
    """A collection as the tables that the archive keeps. `trend_before`: earlier years, as in `Collection.trend`."""
    tables = gathered.card.tables
    about = {"run": run, "when": when.isoformat(), "engine": engine}
    about |= {"year": str(tables.settings.year), "period": str(gathered.card.period)}
    kept = {name: _as_texts(gathered.frames[name]) for name in (*TEXT_TABLES, *IF_GIVEN) if name in gathered.frames}
    kept["runs"] = pd.DataFrame([about])
    kept["measurements"] = _tidy(tables)
    kept["files"] = pd.DataFrame(
        {
            "file": [each.file for each in received],
            "link": [links[each.file] for each in received],
            "checksum": [each.checksum for each in received],
            "unit_code": [each.unit_code for each in received],
            "modified": [_time(each.modified) for each in received],
        },
        dtype=object,
    )
    kept["submissions"] = _as_texts(_dataclasses(gathered.submissions, Submission))
    kept["irregularities"] = _as_texts(_dataclasses(gathered.irregularities, Irregularity))
    kept["trend"] = pd.concat([trend_before, _trend(tables)], ignore_index=True)
    return kept


def restored(kept: Frames, card: Scorecard | None = None) -> Collection:
    """The collection that gave these tables, computed again from them unless its scores are at hand."""
    about = kept["runs"].iloc[0]
    found = {name: kept[name].drop(columns="run", errors="ignore") for name in kept}
    listed = found["files"]
    return Collection(
        run=about["run"],
        when=datetime.fromisoformat(about["when"]),
        engine=about["engine"],
        card=card or scored(data_set(found)),
        submissions=[_submission(row) for row in found["submissions"].to_dict("records")],
        irregularities=[_irregularity(row) for row in found["irregularities"].to_dict("records")],
        links=dict(zip(listed["file"].tolist(), listed["link"].tolist(), strict=True)),
        trend=found["trend"],
    )


def data_set(kept: Frames) -> Frames:
    """The data set of a run, in the form of its source tables."""
    names = [name for name in (*TEXT_TABLES, *IF_GIVEN) if name in kept]
    found = {name: kept[name].replace({"": None}).astype(object) for name in names}
    figures = kept["measurements"]
    cells = {name: _cells(figures, name) for name in ("target", "actual")}
    texts = {name: figures[name].astype(object) for name in ("unit_code", "kpi_code", "evidence", "note")}
    numbers = {name: figures[name].astype(np.int64) for name in ("year", "period")}
    order = ("unit_code", "kpi_code", "year", "period", "target", "actual", "evidence", "note")
    found["measurements"] = pd.DataFrame({**texts, **numbers, **cells})[list(order)]
    return found


def _trend(tables: Tables) -> pd.DataFrame:
    """The scores of the year's periods up to the reporting one."""
    settings = tables.settings
    rows = []
    for period in range(1, settings.period + 1):
        card = score(tables, period)
        frame = card.unit_frame()[["unit_code", *SCORES]]
        rows.append(frame.assign(year=settings.year, period=period, periods=settings.periods))
    return trend_frame(rows)


def trend_frame(rows: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """These rows as one frame in the form of `Collection.trend`, also where there is none."""
    columns = ["unit_code", "year", "period", "periods", *SCORES]
    if not rows:
        kinds = {"unit_code": object} | dict.fromkeys(("year", "period", "periods"), np.int64)
        return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, np.float64)) for name in columns})
    return pd.concat(rows, ignore_index=True)[columns]


def _tidy(tables: Tables) -> pd.DataFrame:
    figures = tables.measurements
    columns: dict[str, Any] = {name: figures[name] for name in ("unit_code", "kpi_code", "year", "period")}
    for name in ("target", "actual"):
        columns[name] = figures[name]
        states = np.array(_STATES, dtype=object)[figures[f"{name}_state"].to_numpy()]
        columns[f"{name}_state"] = states
        columns[f"{name}_text"] = figures[f"{name}_text"]
    return pd.DataFrame(columns | {name: figures[name] for name in ("evidence", "note")})


def _cells(figures: pd.DataFrame, name: str) -> pd.Series[Any]:
    states, texts = figures[f"{name}_state"].tolist(), figures[f"{name}_text"].tolist()
    cells: list[object] = []
    for value, state, text in zip(figures[name].tolist(), states, texts, strict=True):
        kept = {"number": value, "na": NA_TEXT, "error": text}
        cells.append(kept.get(state))
    return pd.Series(cells, dtype=object)


def _as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {name: [parse.as_text(cell) for cell in frame[name].tolist()] for name in frame}
    return pd.DataFrame(columns, dtype=object)


def _dataclasses(entries: Sequence[Any], kind: type) -> pd.DataFrame:
    names = [field.name for field in fields(kind)]
    return pd.DataFrame({name: [_plain(getattr(entry, name)) for entry in entries] for name in names}, dtype=object)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return _time(value)
    return _LIST.join(value) if isinstance(value, tuple) else value


def _time(when: datetime | None) -> str:
    return when.isoformat() if when else ""


def _submission(row: dict[Any, Any]) -> Submission:
    modified, recalculated = (
        datetime.fromisoformat(row[name]) if row[name] else None for name in ("modified", "recalculated")
    )
    others = tuple(row["others"].split(_LIST)) if row["others"] else ()
    filled, expected = int(row["filled"]), int(row["expected"])
    receipt = Receipt(row["receipt"])
    return Submission(row["unit_code"], receipt, row["file"], modified, recalculated, others, filled, expected)


def _irregularity(row: dict[Any, Any]) -> Irregularity:
    # an older version did not know every column
    told: dict[Any, Any] = {name: value or "" for name, value in row.items()}
    return Irregularity(**told | {"severity": Severity(row["severity"])})
