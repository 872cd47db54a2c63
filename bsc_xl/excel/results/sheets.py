"""What the sheets between the KPI tables and the dashboard show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bsc_xl.excel.address import cells
from bsc_xl.excel.block import Cells, UnitBlock, objects, shortened, shown
from bsc_xl.excel.fields import EFFECTIVE
from bsc_xl.excel.grid import CHART_NAME, GAUGE_SLICES, SHORTEST_BAR
from bsc_xl.excel.layout import ORGANISATION, Ref
from bsc_xl.excel.results.values import Value, in_order, ranked, results, same, subtitle
from bsc_xl.model import Perspective, Status
from bsc_xl.scoring.arrays import Positions
from bsc_xl.scoring.arrays import code as code_of


def captions(own: UnitBlock) -> Iterator[Cells]:
    """The line below each sheet's title: whose figures these are, and up to when."""
    period, refs = subtitle(own), own.layout.captions()
    texts = objects([f"{name} · {period}" if name else period for name in own.about("unit_name")])
    yield results(refs, np.repeat(texts[:, None], len(refs), axis=1))


def settings(own: UnitBlock) -> Iterator[Cells]:
    """The bands of the chosen rating set."""
    policy, layout = own.card.policy, own.layout
    columns: dict[str, list[Value]] = {
        "bounds": [band.lower for band in policy.rating_bands],
        "names": [layout.labels(f"rating.{policy.rating}.{band.name}") for band in policy.rating_bands],
    }
    for name, values in columns.items():
        sheet, area = layout.setting_ranges[f"rating_{name}"]
        yield results([Ref(sheet, cell) for cell in cells(area)], objects(values))


def effective(own: UnitBlock) -> Iterator[Cells]:
    """The settings as they hold."""
    card, policy = own.card, own.card.policy
    values: dict[str, Value] = {
        "period": card.period,
        "rating": own.layout.labels(f"policy.{policy.rating}"),
        "employee_rating": own.layout.labels(f"employee_rating.{policy.employee_rating}"),
        "floor": policy.floor,
        "cap": policy.cap,
        **{f"{band.name}_from": band.lower for band in policy.status},
        **{f"weight_{p}": float(card.perspective_weight[i]) for i, p in enumerate(Perspective)},
    }
    yield results([own.layout.effective(key) for key in EFFECTIVE], objects([values[key] for key in EFFECTIVE]))


def trace(own: UnitBlock) -> Iterator[Cells]:
    """Every KPI row in one list, with the keys that rank them."""
    places = np.array(own.places, dtype=np.int64) + 1
    ranking = np.where(own.scored, own.rounded, np.nan)
    low = shown(ranking + places * 1e-9)
    values = {
        "code": objects(own.texts("kpi_code")),
        "name": objects(own.texts("kpi_name")),
        "index": shown(np.where(own.scored, own.index, np.nan)),
        "status": shown(own.status.astype(np.int64) + 1),
        "low": low,
        "high": shown(ranking + -places * 1e-9),
        "order": shown(places) if len(places) <= own.layout.bars else low,
    }
    for key, found in values.items():
        yield results([own.layout.trace(key, i) for i in own.places], found)
    yield same((own.layout.trace(key, i) for key in values for i in own.spare), "")


def rollup(own: UnitBlock) -> Iterator[Cells]:
    """Perspective and organisation scores (domain.md, section 6)."""
    card, units = own.card, own.units
    score = card.perspective_score[units]
    counted = np.where(np.isnan(score), 0.0, card.perspective_weight)
    points = np.where(np.isnan(score), 0.0, score * card.perspective_weight)
    by_perspective = {
        "score": shown(score),
        "counted": shown(counted),
        "points": shown(points),
        "scored": shown(card.perspective_scored[units]),
        "applicable": shown(card.perspective_total[units]),
        "rollup_status": shown(card.perspective_status[units].astype(np.int64) + 1),
        "invalid": shown(_by_perspective(own, own.invalid)),
        "unproven": shown(_by_perspective(own, own.unproven)),
    }
    of_unit = {
        "score": shown(card.score[units]),
        "counted": shown(in_order(counted)),
        "points": shown(in_order(points)),
        "scored": shown(card.scored_count[units]),
        "applicable": shown(card.total_count[units]),
        "rollup_status": shown(card.unit_status[units].astype(np.int64) + 1),
        "invalid": shown(own.invalid.sum(axis=1)),
        "unproven": shown(own.unproven.sum(axis=1)),
    }
    for key, found in by_perspective.items():
        refs = [own.layout.rollup(key, i) for i in range(ORGANISATION + 1)]
        yield results(refs, np.column_stack([found, of_unit[key]]))


def _by_perspective(own: UnitBlock, counts: Positions) -> Positions:
    """The sums (U, 4) over the KPIs of each perspective of what was counted for each, (U, K)."""
    return np.stack([counts[:, own.perspective == i].sum(axis=1) for i in range(len(Perspective))], axis=1)


def gauge(own: UnitBlock) -> Iterator[Cells]:
    """The ring of the dashboard's gauge."""
    policy, layout = own.card.policy, own.layout
    floor, cap = policy.floor, policy.cap
    bounds = {band.name: min(cap, max(floor, band.lower)) for band in policy.status}
    green, yellow = bounds[Status.GREEN], bounds[Status.YELLOW]
    span = cap - floor
    yield results(
        [layout.trace("gauge_band", i) for i in range(GAUGE_SLICES)],
        objects([yellow - floor, green - yellow, cap - green, span]),
    )
    score = own.card.score[own.units]
    value = np.where(np.isnan(score), 0.0, np.maximum(0.0, score - floor))
    columns = np.column_stack([value, span - value, np.zeros(len(value)), np.full(len(value), span)])
    yield results([layout.trace("gauge_value", i) for i in range(GAUGE_SLICES)], shown(columns))


def chart(own: UnitBlock) -> Iterator[Cells]:
    """The bars of the KPI chart."""
    layout = own.layout
    bars, count = layout.bars, len(own.places)
    places = np.array(own.places, dtype=np.int64) + 1
    names = objects([shortened(name, CHART_NAME) for name in own.codes_and_names])
    index = shown(np.maximum(own.index, SHORTEST_BAR))
    red = own.status == code_of(Status.RED)
    values = {
        "chart_place": shown(places),
        "chart_name": names,
        "chart_good": np.where(red, "", index),
        "chart_red": np.where(red, index, ""),
    }
    if count > bars:  # not all of them find room: the lowest
        values = {key: ranked(own, found, own.worst, bars) for key, found in values.items()}
    for key, found in values.items():
        yield results([layout.trace(key, i) for i in range(min(bars, count))], found)
    yield same((layout.trace(key, i) for key in values for i in range(count, bars)), "")
