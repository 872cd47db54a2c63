"""Rules that need a KPI and its figures together: what contradicts, and what is advised. Figures of the year only."""

from __future__ import annotations

import numpy as np

from bsc_xl.errors import ADVICE
from bsc_xl.model import Cell, Consolidation, Polarity
from bsc_xl.scoring.arrays import code
from bsc_xl.scoring.consolidation import consolidate
from bsc_xl.tables.assemble import Assembled
from bsc_xl.tables.columns import Index, Tables
from bsc_xl.tables.findings import Findings
from bsc_xl.tables.kpis import KpiRows

_MAXIMIZE, _MINIMIZE, _STABILIZE, _UNSCORED = (
    code(member) for member in (Polarity.MAXIMIZE, Polarity.MINIMIZE, Polarity.STABILIZE, Polarity.UNSCORED)
)


def check(assembled: Assembled, kpis: KpiRows, findings: Findings) -> None:
    """Reports what KPIs and figures say against each other; they are scored as they stand."""
    tables, row = assembled.tables, assembled.row
    polarity = kpis.polarity[tables.kpi]
    _check_worst(tables, kpis, polarity, findings)
    _check_zero_targets(tables, polarity, row, findings)
    _check_actuals(tables, polarity, row, findings)


def _check_worst(tables: Tables, kpis: KpiRows, polarity: Index, findings: Findings) -> None:
    """KPIs whose worst value lies on the good side of a target."""
    worst = tables.kpis["worst"].to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        distance = np.where(np.isinf(worst), np.nan, worst)[tables.kpi][:, np.newaxis] - tables.target
    against = ((polarity == _MINIMIZE)[:, np.newaxis] & (distance <= 0)) | (
        (polarity == _MAXIMIZE)[:, np.newaxis] & (distance >= 0)
    )
    contradicting = np.zeros(len(worst), dtype=bool)
    contradicting[tables.kpi[against.any(axis=1)]] = True
    found = np.flatnonzero(contradicting)
    findings.add("polarity_contradicts", "kpis", "worst", kpis.rows.row[found], worst[found])


def _check_zero_targets(tables: Tables, polarity: Index, row: Index, findings: Findings) -> None:
    settings = tables.settings
    method_of = {member.value: code(member) for member in Consolidation}
    method = tables.kpis["consolidation"].map(method_of).to_numpy().astype(np.int8)[tables.kpi]
    to_date = consolidate(
        tables.target, tables.target_state, tables.actual, tables.actual_state, method, settings.period
    )
    zero = to_date.has_target & (to_date.target == 0)
    counts = (tables.target_state == Cell.NUMBER) & (tables.actual_state != Cell.NA)
    counts[:, settings.period :] = False
    last = settings.periods - 1 - np.argmax(counts[:, ::-1], axis=1)
    no_worst = np.isnan(tables.kpis["worst"].to_numpy(dtype=np.float64))[tables.kpi]
    cases = {
        "zero_target": zero & ((polarity == _MAXIMIZE) | (polarity == _STABILIZE)),
        "minimize_zero_target": zero & (polarity == _MINIMIZE) & no_worst,
    }
    for rule, where in cases.items():
        rows = row[where, last[where]]
        findings.add(rule, "measurements", "target", rows, ["0"] * len(rows), ADVICE)


def _check_actuals(tables: Tables, polarity: Index, row: Index, findings: Findings) -> None:
    given = tables.actual_state == Cell.NUMBER
    wanting = np.isin(tables.target_state, (Cell.BLANK, Cell.NA)) & (polarity != _UNSCORED)[:, np.newaxis]
    ceiling = tables.kpis["ceiling"].to_numpy(dtype=bool)[tables.kpi]
    with np.errstate(invalid="ignore"):
        above, below = tables.actual > tables.target, tables.actual < tables.target
    beyond = np.where((polarity == _MINIMIZE)[:, np.newaxis], below, above) & ceiling[:, np.newaxis]
    for rule, where in (("actual_without_target", given & wanting), ("ceiling_exceeded", beyond)):
        findings.add(rule, "measurements", "actual", row[where], tables.actual[where], ADVICE)
