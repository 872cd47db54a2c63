"""What the action plan shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bsc_xl.excel.block import Cells, UnitBlock, objects, shown
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.results.rules import periods
from bsc_xl.excel.results.values import (
    amount_text,
    bounded,
    gap_text,
    number_text,
    results,
    same,
    status_texts,
    with_unit,
)
from bsc_xl.model import COMPARE_DECIMALS, ON_TARGET, Advice, Consolidation, Outlook, Polarity, Status
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.tables.columns import PLAN_ENTRIES

_GREEN = code_of(Status.GREEN)
_KEEP, _CORRECT, _COMPLETE = (code_of(each) for each in (Advice.KEEP, Advice.CORRECT, Advice.COMPLETE))
_REACHED, _OPEN, _MISSED, _UNSET = (code_of(each) for each in Outlook)


def action_plan(own: UnitBlock) -> Iterator[Cells]:
    """One row per KPI row of the workbook."""
    layout, text = own.layout, own.layout.labels
    advice = objects([text(f"advice.{each}") for each in Advice])
    unscored = np.array([polarity == Polarity.UNSCORED for polarity in own.texts("polarity")], dtype=bool)
    given = own.by_unit(own.trend.advice)
    idle = (given == _COMPLETE) & ~own.card.applicable[own.rows]
    values = {
        "kpi_code": objects(own.texts("kpi_code")),
        "perspective": objects([text(f"perspective.{perspective}") for perspective, _ in own.filled]),
        "kpi_name": objects(own.texts("kpi_name")),
        "status": status_texts(layout)[own.status],
        "gap": shown(own.gap),
        "change": own.by_unit(shown(own.trend.change)),
        "advice": np.where(unscored, "", np.where(idle, text("recommendation.advice_not_applicable"), advice[given])),
        "recommendation": objects(list(_recommendations(own))).reshape(own.rows.shape),
    }
    for key, found in values.items():
        yield results([layout.list_cell("action_plan", key, i) for i in own.places], found)
    empty = values.keys() - {"kpi_code", "recommendation"}
    yield same((layout.list_cell("action_plan", key, i) for key in sorted(empty) for i in own.spare), "")
    codes = own.agenda.column(PLAN_CODE)[:, own.spare]
    written = (own.agenda.entries[:, own.spare, : len(PLAN_ENTRIES)] != None).any(axis=2)  # noqa: E711 - by element
    codes = np.where((codes != None) & written, codes, "")  # noqa: E711 - by element
    strangers = {"kpi_code": codes, "recommendation": np.where(codes == "", "", text("recommendation.stranger"))}
    for key, cells in strangers.items():
        refs = [layout.list_cell("action_plan", key, i) for i in own.spare]
        yield results(refs, cells.astype(object)) if codes.any() else same(refs, "")


class _Kpi(NamedTuple):
    """What a recommendation follows from. `points`: its index; `gap`: to 100, as it is seen; `lowest`: no other KPI of
    the unit has a lower one."""

    polarity: str
    consolidation: str
    unit_of_measure: str
    applicable: bool
    invalid: int
    counted: int
    complete: int
    points: float
    gap: float
    status: int
    lowest: bool
    change: float
    advice: int
    outlook: int
    remaining: int
    required: float


def _recommendations(own: UnitBlock) -> Iterator[str]:
    """A sentence about how each KPI stands, and one about what its year still needs, unit by unit."""
    trend, end, counts = own.trend, own.trend.end, periods(own)
    lowest = np.zeros(own.rows.shape, dtype=bool)
    if lowest.size:
        lowest[np.arange(len(lowest)), own.worst[:, 0]] = True
    units = len(own.units)
    columns = (
        *(own.texts(key) * units for key in ("polarity", "consolidation", "unit_of_measure")),
        own.card.applicable[own.rows].ravel().tolist(),
        *(counts[key].ravel().tolist() for key in ("invalid", "periods_counted", "periods_complete")),
        *(values.ravel().tolist() for values in (own.index, own.gap, own.status, lowest, trend.change, trend.advice)),
        *(values.ravel().tolist() for values in (end.outlook, end.remaining, end.required)),
    )
    over = own.card.period == own.layout.periods
    for row in zip(*columns, strict=True):
        kpi = _Kpi(*row)
        if kpi.advice == _COMPLETE:
            yield _completing(own.layout, kpi)
        else:
            yield _standing(own.layout, kpi) + _needed(own.layout, kpi, over=over)


def _completing(layout: Layout, kpi: _Kpi) -> str:
    text = layout.labels
    if kpi.polarity == Polarity.UNSCORED:
        return text("recommendation.unscored")
    if not kpi.applicable:
        return text("recommendation.not_applicable")
    if kpi.invalid:
        return text("recommendation.invalid")
    if not kpi.counted:
        return text("recommendation.no_target")
    if kpi.complete < kpi.counted:
        return text("recommendation.no_actual", complete=kpi.complete, counted=kpi.counted)
    return text("recommendation.no_index")


def _standing(layout: Layout, kpi: _Kpi) -> str:
    text, met = layout.labels, round(kpi.points, COMPARE_DECIMALS) >= ON_TARGET
    if kpi.advice == _KEEP:
        return text("recommendation.met" if met else "recommendation.green")
    if met and kpi.status == _GREEN:
        return text("recommendation.fell", change=number_text(layout, -kpi.change))
    word = "correct" if kpi.advice == _CORRECT else "improve"
    lead = text(f"recommendation.lead_{word}_first" if kpi.lowest else f"recommendation.lead_{word}")
    if met:
        return text("recommendation.below_green", lead=lead)
    return text("recommendation.below", lead=lead, gap=gap_text(layout, kpi.gap))


def _needed(layout: Layout, kpi: _Kpi, *, over: bool) -> str:
    """`over`: the reporting period is the last of the year."""
    text = layout.labels
    if kpi.outlook == _OPEN:
        if np.isnan(kpi.required):
            return ""
        last = kpi.consolidation == Consolidation.LAST
        key = "last" if last else "one" if kpi.remaining == 1 else "each"
        figure = amount_text(layout, bounded(kpi.required, Polarity(kpi.polarity)))
        return text(
            "recommendation.needs",
            lead=text(f"recommendation.needs_{key}", remaining=kpi.remaining),
            bound=text(f"recommendation.bound_{kpi.polarity}"),
            required=with_unit(layout, figure, kpi.unit_of_measure),
        )
    if kpi.outlook == _UNSET:
        return text("recommendation.year_unset")
    if not kpi.remaining:
        return text("recommendation.year_over") if kpi.outlook == _MISSED and over else ""
    if kpi.outlook == _REACHED:
        return text("recommendation.year_reached")
    return text("recommendation.year_missed")
