"""What the KPI rows and the lines above their tables show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, shown
from bsc_xl.excel.results.values import Value, completeness, results, same, status_texts
from bsc_xl.model import Cell, Consolidation, Perspective, Polarity
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.scoring.arrays import comparable

_ZEROS = (
    "usable", "polarity_code", "consolidation_code", "invalid", "periods_counted", "periods_complete", "last_period",
    "counted_weight", "points", "scored", "applicable",
)  # fmt: skip
_BLANKS = (
    "target_to_date", "actual_to_date", "closeness", "segment", "achievement", "index", "status_code", "status",
    "weighted_score",
)  # fmt: skip
_SPARE: dict[str, Value] = dict.fromkeys(_ZEROS, 0) | dict.fromkeys(_BLANKS, "")
"""What a KPI row shows that nobody has filled in."""


def kpi(own: UnitBlock) -> Iterator[Cells]:
    """The calculated columns of the KPI rows."""
    layout = own.layout
    for key, values in (_kpi_definitions(own) | periods(own) | _kpi_figures(own)).items():
        yield results([layout.cell(perspective, row, key) for perspective, row in own.filled], values)
    spare = [layout.slots[place_] for place_ in own.spare]
    for key, value in _SPARE.items():
        yield same((layout.cell(perspective, row, key) for perspective, row in spare), value)


def _kpi_definitions(own: UnitBlock) -> dict[str, Objects]:
    """What follows from the KPI alone."""
    polarities, consolidations = own.texts("polarity"), own.texts("consolidation")
    return {
        "usable": objects([1] * len(polarities)),
        "polarity_code": objects([code_of(Polarity(word)) + 1 for word in polarities]),
        "consolidation_code": objects([code_of(Consolidation(word)) + 1 for word in consolidations]),
    }


def periods(own: UnitBlock) -> dict[str, Objects]:
    """How many periods count, and which is the last (domain.md, section 4)."""
    tables, period = own.card.tables, own.card.period
    target_state, actual_state = tables.target_state[own.rows, :period], tables.actual_state[own.rows, :period]
    has_target = target_state == Cell.NUMBER
    counted = has_target & (actual_state != Cell.NA)
    wrong = own.invalid
    last = np.where(counted, np.arange(1, period + 1), 0).max(axis=2)
    return {
        "invalid": shown(wrong),
        "periods_counted": shown(counted.sum(axis=2)),
        "periods_complete": shown((has_target & (actual_state == Cell.NUMBER)).sum(axis=2)),
        "last_period": shown(np.where(wrong > 0, 0, last)),
    }


def _kpi_figures(own: UnitBlock) -> dict[str, Objects]:
    """From the target to date to the weighted score (domain.md, sections 4 to 7)."""
    card, rows = own.card, own.rows
    target, actual, weight = card.target[rows], card.actual[rows], card.counted_weight[rows]
    stabilize = np.array([word == Polarity.STABILIZE for word in own.texts("polarity")], dtype=np.bool_)
    with np.errstate(all="ignore"):
        closeness = np.where(stabilize & (target != 0), 1 - np.abs(actual - target) / np.abs(target), np.nan)
    segment = shown(np.searchsorted([x for x, _ in card.policy.stabilize], comparable(closeness), side="right"))
    segment[np.isnan(closeness)] = ""
    return {
        "target_to_date": shown(target),
        "actual_to_date": shown(actual),
        "closeness": shown(closeness),
        "segment": segment,
        "achievement": shown(card.achievement[rows]),
        "index": shown(own.index),
        "status_code": shown(own.status.astype(np.int64) + 1),
        "status": status_texts(own.layout)[own.status],
        "counted_weight": shown(weight),
        "points": shown(weight * own.index, nothing=0),
        "weighted_score": shown(np.where(weight == 0, np.nan, card.weighted_score[rows])),
        "scored": shown(own.scored.astype(np.int64)),
        "applicable": shown(card.applicable[rows].astype(np.int64)),
    }


def summary(own: UnitBlock) -> Iterator[Cells]:
    """The line above each perspective's KPI table."""
    card, units, layout = own.card, own.units, own.layout
    weights = own.kpi("weight")
    totals = [float(np.nansum(weights[own.perspective == i])) for i, _ in enumerate(Perspective)]
    values = {
        "score": shown(card.perspective_score[units], layout.labels("placeholder.dash")),
        "status": status_texts(layout)[card.perspective_status[units]],
        "weights": objects(totals),
        "completeness": completeness(own, "completeness"),
    }
    for key, found in values.items():
        yield results([layout.summary(perspective, key) for perspective in Perspective], found)
