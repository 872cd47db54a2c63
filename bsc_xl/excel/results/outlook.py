"""What the cells show that follow from the trend of the KPIs: their earlier periods, the trace, the sheet of trends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, shown
from bsc_xl.excel.layout import ORGANISATION
from bsc_xl.excel.results.values import Value, bounded, in_order, results, same
from bsc_xl.model import Outlook, Perspective, Polarity
from bsc_xl.scoring.arrays import Floats, seen
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.scoring.outlook import NO_OUTLOOK


def earlier(own: UnitBlock) -> Iterator[Cells]:
    """Target, actual and achievement of the KPI rows at the end of each period before the reporting period."""
    layout, over = own.layout, own.card.period - 1
    figures = {"target": own.trend.target, "actual": own.trend.actual, "achievement": own.trend.achievement}
    for key, values in figures.items():
        by_period = own.by_unit(values)
        for period in range(1, layout.periods):
            refs = [layout.cell(perspective, row, f"earlier_{key}", period) for perspective, row in own.filled]
            if period <= over:
                yield results(refs, shown(by_period[..., period - 1]))
            else:
                yield same(refs, "")
            spare = (layout.slots[place] for place in own.spare)
            yield same((layout.cell(p, row, f"earlier_{key}", period) for p, row in spare), "")


def outlook(own: UnitBlock) -> Iterator[Cells]:
    """What the trace says of each KPI row about its trend and the end of its year."""
    layout, found, end = own.layout, own.trend, own.trend.end
    known = end.outlook != NO_OUTLOOK
    columns = {
        "before": shown(found.before),
        "weight_before": shown(found.weight_before),
        "change": shown(found.change),
        "year_target": shown(end.year_target),
        "remaining": np.where(known, shown(end.remaining), ""),
        "required": shown(end.required),
        "forecast": shown(end.forecast),
        "forecast_achievement": shown(end.forecast_achievement),
        "forecast_index": shown(end.forecast_index),
        "outlook": np.where(known, shown(end.outlook.astype(np.int64) + 1), ""),
        "advice": shown(found.advice.astype(np.int64) + 1),
    }
    for key, values in columns.items():
        yield results([layout.trace(key, i) for i in own.places], own.by_unit(values))
        spare: Value = 0 if key == "weight_before" else ""
        yield same((layout.trace(key, i) for i in own.spare), spare)
    yield from _rollup(own)


def _rollup(own: UnitBlock) -> Iterator[Cells]:
    """Perspective and organisation scores at the end of the period before, and the change."""
    for key, values in (("rollup_before", _before(own)), ("rollup_change", changes(own))):
        yield results([own.layout.rollup(key, i) for i in range(ORGANISATION + 1)], shown(values))


def changes(own: UnitBlock) -> Floats:
    """By how much the score of each perspective and of the organisation has changed, (U, 5); NaN for none."""
    now = np.column_stack([own.card.perspective_score[own.units], own.card.score[own.units]])
    return seen(now - _before(own))


def _before(own: UnitBlock) -> Floats:
    """Perspective and organisation scores (U, 5) at the end of the period before, by today's weights."""
    card, units = own.card, own.units
    weight, index = own.by_unit(own.trend.weight_before), own.by_unit(own.trend.before)
    points = np.where(np.isnan(index), 0.0, weight * index)
    before = np.full((len(units), ORGANISATION + 1), np.nan)
    for i, _ in enumerate(Perspective):
        its = own.perspective == i
        before[:, i] = _mean(in_order(points[:, its]), in_order(weight[:, its]))
    scored = np.where(np.isnan(before[:, :ORGANISATION]), 0.0, card.perspective_weight)
    points = np.where(scored == 0, 0.0, before[:, :ORGANISATION] * card.perspective_weight)
    before[:, ORGANISATION] = _mean(in_order(points), in_order(scored))
    return before


def _mean(points: Floats, weights: Floats) -> Floats:
    found = np.full(points.shape, np.nan)
    np.divide(points, weights, out=found, where=weights != 0)
    return found


def trend(own: UnitBlock) -> Iterator[Cells]:
    """The sheet of trend and forecast."""
    layout, text, found, end = own.layout, own.layout.labels, own.trend, own.trend.end
    states = objects([*(text(f"outlook.{state}") for state in Outlook), text("outlook.ended"), ""])
    ended = (end.outlook == code_of(Outlook.MISSED)) & (end.remaining == 0)
    bounds = objects([_bound(own, word) for word in own.texts("polarity")])
    enough = _enough(own)
    columns: dict[str, Objects] = {
        "kpi_code": objects(own.texts("kpi_code")),
        "kpi_name": objects(own.texts("kpi_name")),
        **{f"index_{period}": own.by_unit(shown(found.index[:, period])) for period in range(own.card.period + 1)},
        "change": own.by_unit(shown(found.change)),
        "year_target": own.by_unit(shown(end.year_target)),
        "bound": np.where(np.isnan(enough), "", bounds),
        "required": shown(enough),
        "forecast": own.by_unit(shown(end.forecast)),
        "forecast_index": own.by_unit(shown(end.forecast_index)),
        "outlook": own.by_unit(states[np.where(ended, len(Outlook), end.outlook)]),
    }
    for key, values in columns.items():
        yield results([layout.list_cell("trend", key, i) for i in own.places], values)
    to_come = [f"index_{period}" for period in range(own.card.period + 1, layout.periods + 1)]
    yield same((layout.list_cell("trend", key, i) for key in to_come for i in own.places), "")
    yield same((layout.list_cell("trend", key, i) for key in (*columns, *to_come) for i in own.spare), "")


def _enough(own: UnitBlock) -> Floats:
    """What the remaining periods of each KPI need, (U, K), rounded so that it is enough; nothing is asked of a target
    that is reached, or cannot be reached any more."""
    end = own.trend.end
    required = own.by_unit(np.where(end.outlook == code_of(Outlook.OPEN), end.required, np.nan))
    polarities = [Polarity(polarity) for polarity in own.texts("polarity")]
    return np.array([[bounded(*each) for each in zip(row, polarities, strict=True)] for row in required.tolist()])


def _bound(own: UnitBlock, polarity: str) -> str:
    return "" if polarity == Polarity.UNSCORED else own.layout.labels(f"outlook.bound_{polarity}")
