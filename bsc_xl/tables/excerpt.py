"""Some units of a data set as a data set of their own, small enough to be sent to another process."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from bsc_xl.tables.columns import Index, Tables


def fingerprint(tables: Tables) -> str:
    """What tells one data set from another: its units, its KPI catalogue and its year.

    An excerpt has that of the data set that it was taken from.
    """
    return tables.excerpt_of or _fingerprint(tables)


@lru_cache(maxsize=1)  # every unit of a data set asks for the same one
def _fingerprint(tables: Tables) -> str:
    kpis = map("/".join, zip(tables.kpis["perspective"], tables.kpis["kpi_code"], strict=True))
    digest = hashlib.sha256()
    for text in (str(tables.settings.year), *tables.units["unit_code"], *kpis):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def excerpt(tables: Tables, units: Sequence[int]) -> tuple[Tables, Index]:
    """The units at these positions, in this order, and the rows (m,) of `tables` that became the excerpt's rows.

    KPIs that none of these units has are left out, and so are the tidy figures in `measurements`, the judgements in
    `behaviour` and the entries in `action_plan`: a workbook takes what came of them. A parent that is not among the
    units becomes -1; its code stays.
    """
    own = [tables.rows_of(unit) for unit in units]
    rows = np.concatenate([np.arange(each.start, each.stop) for each in own] or [np.empty(0, dtype=np.int64)])
    kpis, kpi = np.unique(tables.kpi[rows], return_inverse=True)
    places = {unit: place for place, unit in enumerate(units)}
    about = tables.units.iloc[list(units)].reset_index(drop=True)
    taken = Tables(
        settings=tables.settings,
        units=about.assign(parent=[places.get(parent, -1) for parent in about["parent"].tolist()]),
        kpis=tables.kpis.iloc[kpis].reset_index(drop=True),
        unit=np.repeat(np.arange(len(own)), [each.stop - each.start for each in own]),
        kpi=kpi.astype(np.int64),
        target=tables.target[rows],
        target_state=tables.target_state[rows],
        actual=tables.actual[rows],
        actual_state=tables.actual_state[rows],
        evidence=tables.evidence[rows],
        note=tables.note[rows],
        measurements=tables.measurements.iloc[:0],
        links=tables.links,
        rejected=_rejected(tables, rows, kpis),
        excerpt_of=fingerprint(tables),
    )
    return taken, rows


def _rejected(tables: Tables, rows: Index, kpis: Index) -> dict[tuple[str, int, int], str]:
    if not tables.rejected:
        return {}
    row_now = {row: place for place, row in enumerate(rows.tolist())}
    kpi_now = {kpi: place for place, kpi in enumerate(kpis.tolist())}
    moved = {
        (name, (row_now if name in ("target", "actual") else kpi_now).get(place, -1), period): text
        for (name, place, period), text in tables.rejected.items()
    }
    return {key: text for key, text in moved.items() if key[1] >= 0}
