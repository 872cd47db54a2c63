"""The trend of KPIs: their index at the end of each period, what changed, how the year may end, what to do.

What was there at the end of an earlier period is what the history says of it, and where the period was never closed
what the figures up to then come to. Everything here is computed when somebody asks, for the rows they ask about:
scoring a data set costs nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bsc_xl.history import History
from bsc_xl.model import Consolidation, Missing, Polarity
from bsc_xl.scorecard import KpiResults, Scorecard, results_at
from bsc_xl.scoring import outlook
from bsc_xl.scoring.arrays import Codes, Floats, Positions, seen
from bsc_xl.scoring.outlook import Definitions, ToDate, YearEnd


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """The trend of m rows of a scorecard; arrays (m,) unless another shape is said, NaN for none.

    `target`, `actual`, `achievement` (m, P - 1): as in `Scorecard`, at the end of each period before the reporting
    period, from the figures; P periods in the year. `index` (m, P + 1), 0..120: of the last period of last year that
    was closed, then at the end of each period of this year. `before`: at the end of the period before; `change`: the
    points since then. `weight_before`: the weight with which `before` counts in a roll-up, percent; one that is missing
    and counts as 0 (`Missing.ZERO`) has a weight and no index. `end`: how the year may end. `advice`: codes of
    `model.Advice`.
    """

    target: Floats
    actual: Floats
    achievement: Floats
    index: Floats
    before: Floats
    weight_before: Floats
    change: Floats
    end: YearEnd
    advice: Codes


def trend(card: Scorecard, rows: Positions, history: History) -> Trend:
    """The trend of these rows (m,) of a scorecard; `history`: what was closed of its units."""
    tables, period = card.tables, card.period
    periods, invalid = tables.settings.periods, card.invalid[rows]
    target, actual, achievement = (np.full((len(rows), periods - 1), np.nan) for _ in range(3))
    index = np.full((len(rows), periods + 1), np.nan)
    done: KpiResults | None = None
    for earlier in range(1, period):
        done = results_at(card, rows, earlier)
        for figures, own in ((target, done.target), (actual, done.actual), (achievement, done.achievement)):
            figures[:, earlier - 1] = np.where(invalid, np.nan, own)
        index[:, earlier] = np.where(invalid, np.nan, done.index)
    _from_history(index, _closed(card, rows, history), period)
    index[:, period] = card.index[rows]
    before = index[:, period - 1]
    change = seen(index[:, period] - before)
    return Trend(
        target=target,
        actual=actual,
        achievement=achievement,
        index=index,
        before=before,
        weight_before=_weights(card, rows, before, done),
        change=change,
        end=year_end(card, rows),
        advice=outlook.advice(card.status[rows], change, card.policy),
    )


def year_end(card: Scorecard, rows: Positions) -> YearEnd:
    """How the year of these rows (m,) of a scorecard may end."""
    tables = card.tables
    kpis, kpi = tables.kpis, tables.kpi[rows]
    polarities, methods = list(map(str, Polarity)), list(map(str, Consolidation))
    return outlook.year_end(
        tables.target[rows],
        tables.target_state[rows],
        tables.actual[rows],
        tables.actual_state[rows],
        Definitions(
            polarity=np.array([polarities.index(word) for word in kpis["polarity"]], dtype=np.int8)[kpi],
            method=np.array([methods.index(word) for word in kpis["consolidation"]], dtype=np.int8)[kpi],
            ceiling=kpis["ceiling"].to_numpy(np.bool_)[kpi],
            worst=kpis["worst"].to_numpy(np.float64)[kpi],
        ),
        ToDate(card.target[rows], card.actual[rows], card.achievement[rows], card.index[rows]),
        card.policy,
        card.period,
    )


def _weights(card: Scorecard, rows: Positions, before: Floats, done: KpiResults | None) -> Floats:
    """The weight with which each index before counts; `done`: the results of the period before this year's own."""
    counts = ~np.isnan(before)
    if card.policy.missing is Missing.ZERO and done is not None:
        polarity = card.tables.kpis["polarity"].to_numpy()[card.tables.kpi[rows]]
        counts |= done.incomplete & ~card.invalid[rows] & (polarity != Polarity.UNSCORED)
    weight = card.tables.kpis["weight"].to_numpy(np.float64)[card.tables.kpi[rows]]
    return np.where(counts & ~np.isnan(weight), weight, 0.0)


def _from_history(index: Floats, closed: Mapping[int, tuple[list[int], list[float]]], period: int) -> None:
    """Puts the closed indices in the place of those that the figures come to."""
    for column, (at, values) in closed.items():
        if column < period:
            index[at, column] = values


def _closed(card: Scorecard, rows: Positions, history: History) -> dict[int, tuple[list[int], list[float]]]:
    """Column of `Trend.index` -> which of the rows (m,) were closed then, and with what index."""
    if not len(history.unit):
        return {}
    year, tables = card.tables.settings.year, card.tables
    kpi_codes = tables.kpis["kpi_code"].to_numpy()[tables.kpi[rows]]
    at = {key: i for i, key in enumerate(zip(tables.unit[rows].tolist(), map(_folded, kpi_codes), strict=True))}
    found: dict[int, dict[int, float]] = {}
    columns = (history.rows[name].tolist() for name in ("year", "period", "kpi_code", "index"))
    for unit, of_year, period, kpi_code, index in zip(history.unit.tolist(), *columns, strict=True):
        i = at.get((unit, _folded(kpi_code)))
        if i is not None and of_year in (year, year - 1):
            found.setdefault(int(period) if of_year == year else 0, {})[i] = index  # the last one holds
    return {column: (list(of), list(of.values())) for column, of in found.items()}


def _folded(kpi_code: object) -> str:
    """A code as formulas compare it."""
    return str(kpi_code).strip().lower()
