"""What every calculated cell shows, from the scorecard: the values that stand beside the formulas of `formulas`.

Each function here answers for the function of the same name there; a test calculates the workbook in a spreadsheet
program and finds the same values in every cell. All of it holds for a block of units at once: (U, K) are the block's
units and KPIs, "" is what a cell shows that has nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version

import numpy as np

from bsc_xl.excel.address import cells
from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, serial, shortened, shown
from bsc_xl.excel.fields import EFFECTIVE
from bsc_xl.excel.grid import CHART_NAME, LIST_NAME, LIST_ROWS, SHORTEST_BAR, place
from bsc_xl.excel.layout import ORGANISATION, Layout, Ref
from bsc_xl.model import Cell, Consolidation, Perspective, Polarity, Status
from bsc_xl.scoring import rating
from bsc_xl.scoring.arrays import Codes, Floats, Positions
from bsc_xl.scoring.arrays import code as code_of

Value = str | float | int | None

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


def every(own: UnitBlock) -> Iterator[Cells]:
    """The values of every calculated cell."""
    parts = (
        kpi, summary, captions, settings, effective, trace, rollup, chart, action_plan, strategy_map, dashboard,
    )  # fmt: skip
    for part in parts:
        yield from part(own)


def _results(refs: Sequence[Ref], values: Objects) -> Cells:
    return Cells(refs, values, result=True)


def _same(refs: Iterable[Ref], value: Value) -> Cells:
    """Cells that all show one value, whichever the unit."""
    listed = list(refs)
    return _results(listed, objects([value] * len(listed)))


def _status_texts(layout: Layout) -> Objects:
    """Symbol and word of each status, by its code."""
    return objects([layout.status_text(status) for status in Status])


# --- KPI rows -------------------------------------------------------------------------------------------------------


def kpi(own: UnitBlock) -> Iterator[Cells]:
    """The calculated columns of the KPI rows."""
    layout = own.layout
    for key, values in (_kpi_definitions(own) | _kpi_periods(own) | _kpi_figures(own)).items():
        yield _results([layout.cell(perspective, row, key) for perspective, row in own.filled], values)
    spare = [layout.slots[place_] for place_ in own.spare]
    for key, value in _SPARE.items():
        yield _same((layout.cell(perspective, row, key) for perspective, row in spare), value)


def _kpi_definitions(own: UnitBlock) -> dict[str, Objects]:
    """What follows from the KPI alone."""
    polarities, consolidations = own.texts("polarity"), own.texts("consolidation")
    return {
        "usable": objects([1] * len(polarities)),
        "polarity_code": objects([code_of(Polarity(word)) + 1 for word in polarities]),
        "consolidation_code": objects([code_of(Consolidation(word)) + 1 for word in consolidations]),
    }


def _kpi_periods(own: UnitBlock) -> dict[str, Objects]:
    """How many periods count, and which is the last (domain.md, section 4)."""
    tables, period = own.card.tables, own.card.period
    target_state, actual_state = (s[own.rows][:, :, :period] for s in (tables.target_state, tables.actual_state))
    has_target = target_state == Cell.NUMBER
    counted = has_target & (actual_state != Cell.NA)
    invalid = (target_state == Cell.ERROR).sum(axis=2) + (actual_state == Cell.ERROR).sum(axis=2)
    last = np.where(counted, np.arange(1, period + 1), 0).max(axis=2)
    return {
        "invalid": shown(invalid),
        "periods_counted": shown(counted.sum(axis=2)),
        "periods_complete": shown((has_target & (actual_state == Cell.NUMBER)).sum(axis=2)),
        "last_period": shown(np.where(invalid > 0, 0, last)),
    }


def _kpi_figures(own: UnitBlock) -> dict[str, Objects]:
    """From the target to date to the weighted score (domain.md, sections 4 to 7)."""
    card, rows = own.card, own.rows
    target, actual, weight = card.target[rows], card.actual[rows], card.counted_weight[rows]
    stabilize = np.array([word == Polarity.STABILIZE for word in own.texts("polarity")], dtype=np.bool_)
    with np.errstate(all="ignore"):
        closeness = np.where(stabilize & (target != 0), 1 - np.abs(actual - target) / np.abs(target), np.nan)
    segment = shown(np.searchsorted([x for x, _ in card.policy.stabilize], closeness, side="right"))
    segment[np.isnan(closeness)] = ""
    return {
        "target_to_date": shown(target),
        "actual_to_date": shown(actual),
        "closeness": shown(closeness),
        "segment": segment,
        "achievement": shown(card.achievement[rows]),
        "index": shown(own.index),
        "status_code": shown(own.status.astype(np.int64) + 1),
        "status": _status_texts(own.layout)[own.status],
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
        "status": _status_texts(layout)[card.perspective_status[units]],
        "weights": objects(totals),
        "completeness": _completeness(own, "completeness"),
    }
    for key, found in values.items():
        yield _results([layout.summary(perspective, key) for perspective in Perspective], found)


def _completeness(own: UnitBlock, key: str) -> Objects:
    """The sentence "so many of so many" for each unit and perspective, (U, 4)."""
    card, text = own.card, own.layout.labels
    scored, total = card.perspective_scored[own.units], card.perspective_total[own.units]
    counts = zip(scored.ravel().tolist(), total.ravel().tolist(), strict=True)
    return objects([text(key, scored=a, total=b) for a, b in counts]).reshape(scored.shape)


# --- the other sheets -----------------------------------------------------------------------------------------------


def subtitle(own: UnitBlock) -> str:
    """Year and reporting period in words."""
    period = own.layout.period_names()[own.card.period - 1]
    return own.layout.labels("dashboard.subtitle", year=own.card.tables.settings.year or "", period=period)


def captions(own: UnitBlock) -> Iterator[Cells]:
    """The line below each sheet's title: whose figures these are, and up to when."""
    period, refs = subtitle(own), own.layout.captions()
    texts = objects([f"{name} · {period}" if name else period for name in own.about("unit_name")])
    yield _results(refs, np.repeat(texts[:, None], len(refs), axis=1))


def settings(own: UnitBlock) -> Iterator[Cells]:
    """The bands of the chosen rating set."""
    policy, layout = own.card.policy, own.layout
    columns: dict[str, list[Value]] = {
        "bounds": [band.lower for band in policy.rating_bands],
        "names": [layout.labels(f"rating.{policy.rating}.{band.name}") for band in policy.rating_bands],
    }
    for name, values in columns.items():
        sheet, area = layout.setting_ranges[f"rating_{name}"]
        yield _results([Ref(sheet, cell) for cell in cells(area)], objects(values))


def effective(own: UnitBlock) -> Iterator[Cells]:
    """The settings as they hold."""
    card, policy = own.card, own.card.policy
    values: dict[str, Value] = {
        "period": card.period,
        "rating": own.layout.labels(f"policy.{policy.rating}"),
        "floor": policy.floor,
        "cap": policy.cap,
        **{f"{band.name}_from": band.lower for band in policy.status},
        **{f"weight_{p}": float(card.perspective_weight[i]) for i, p in enumerate(Perspective)},
    }
    yield _results([own.layout.effective(key) for key in EFFECTIVE], objects([values[key] for key in EFFECTIVE]))


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
        yield _results([own.layout.trace(key, i) for i in own.places], found)
    yield _same((own.layout.trace(key, i) for key in values for i in own.spare), "")


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
    }
    of_unit = {
        "score": shown(card.score[units]),
        "counted": shown(_in_order(counted)),
        "points": shown(_in_order(points)),
        "scored": shown(card.scored_count[units]),
        "applicable": shown(card.total_count[units]),
        "rollup_status": shown(card.unit_status[units].astype(np.int64) + 1),
    }
    for key, found in by_perspective.items():
        refs = [own.layout.rollup(key, i) for i in range(ORGANISATION + 1)]
        yield _results(refs, np.column_stack([found, of_unit[key]]))


def _in_order(terms: Floats) -> Floats:
    """The sums (U,) of the terms (U, n), added one after the other: the last digit is the same for every block."""
    total = np.zeros(len(terms))
    for column in terms.T:
        total = total + column
    return total


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
        values = {key: _ranked(own, found, own.worst, bars) for key, found in values.items()}
    for key, found in values.items():
        yield _results([layout.trace(key, i) for i in range(min(bars, count))], found)
    yield _same((layout.trace(key, i) for key in values for i in range(count, bars)), "")


def _ranked(own: UnitBlock, values: Objects, ranking: Positions, count: int) -> Objects:
    """The values (K,) or (U, K) of each unit's first `count` KPIs of a ranking, (U, count); "" beyond the last."""
    picked = ranking[:, :count]
    found = values[picked] if values.ndim == 1 else np.take_along_axis(values, picked, axis=1)
    ranked = np.arange(picked.shape[1]) < own.scored.sum(axis=1)[:, None]
    listed = np.full((len(ranking), count), "", dtype=object)
    listed[:, : picked.shape[1]] = np.where(ranked, found, "")
    return listed


def action_plan(own: UnitBlock) -> Iterator[Cells]:
    """One row per KPI row of the workbook."""
    layout, text = own.layout, own.layout.labels
    advice = objects([text(f"advice.{status}") for status in Status])
    values = {
        "kpi_code": objects(own.texts("kpi_code")),
        "perspective": objects([text(f"perspective.{perspective}") for perspective, _ in own.filled]),
        "kpi_name": objects(own.texts("kpi_name")),
        "status": _status_texts(layout)[own.status],
        "gap": shown(own.index - 100),
        "advice": advice[own.status],
    }
    for key, found in values.items():
        yield _results([layout.list_cell("action_plan", key, i) for i in own.places], found)
    yield _same((layout.list_cell("action_plan", key, i) for key in values for i in own.spare), "")


def objectives(own: UnitBlock) -> list[tuple[Perspective, str]]:
    """The objectives with their perspective, in the order of the strategy map."""
    if own.standing:
        return list(zip(own.layout.lanes, own.standing.objectives, strict=True))
    found = dict.fromkeys(zip((p for p, _ in own.filled), own.texts("objective"), strict=True))
    return sorted((entry for entry in found if entry[1]), key=lambda entry: code_of(entry[0]))


def strategy_map(own: UnitBlock) -> Iterator[Cells]:
    """The score of each objective over its KPIs."""
    layout = own.layout
    names = [(p, text.lower()) for (p, _), text in zip(own.filled, own.texts("objective"), strict=True)]
    weight = own.card.counted_weight[own.rows]
    points = np.where(own.scored, weight * own.index, 0.0)
    for i, (perspective, objective) in enumerate(objectives(own)):
        its = [k for k, name in enumerate(names) if name == (perspective, objective.lower())]
        total = _in_order(weight[:, its])
        with np.errstate(all="ignore"):
            score = np.where(total != 0, _in_order(points[:, its]) / total, np.nan)
        status = _status_texts(layout)[rating.status(score, own.card.policy)]
        refs = [layout.list_cell("strategy_map", key, i) for key in ("kpis", "score", "status")]
        yield _results(refs[:1], objects([len(its)]))
        yield _results(refs[1:], np.column_stack([shown(score), status]))


# --- the dashboard --------------------------------------------------------------------------------------------------


def dashboard(own: UnitBlock) -> Iterator[Cells]:
    """Every calculated place of the dashboard."""
    found: dict[str, Objects] = _head(own) | _tiles(own) | _counts(own) | _lists(own)
    yield _results([Ref("dashboard", place(key)) for key in found], np.column_stack(list(found.values())))
    weights = {f"weight_{p}": float(own.card.perspective_weight[i]) for i, p in enumerate(Perspective)}
    policy = own.layout.labels("dashboard.policy", policy=own.layout.labels(f"policy.{own.card.policy.name}"))
    same: Mapping[str, Value] = weights | {
        "subtitle": f"{subtitle(own)} · {policy}",
        "recalculated": _recalculated(own),
    }
    yield _results([Ref("dashboard", place(key)) for key in same], objects(list(same.values())))


def _recalculated(own: UnitBlock) -> Value:
    if own.when is None:
        return own.layout.labels("placeholder.never", version=engine_version())
    return serial(own.when)


def _head(own: UnitBlock) -> dict[str, Objects]:
    card, units, text = own.card, own.units, own.layout.labels
    counts = zip(card.scored_count[units].tolist(), card.total_count[units].tolist(), strict=True)
    scores, bands = card.score[units].tolist(), card.rating[units].tolist()
    ratings = [_rating(own, *given) for given in zip(scores, bands, strict=True)]
    return {
        "unit_name": objects([name or text("placeholder.unit") for name in own.about("unit_name")]),
        "completeness": objects([text("completeness", scored=a, total=b) for a, b in counts]),
        "score": shown(card.score[units], text("placeholder.dash")),
        "score_status": _status_texts(own.layout)[card.unit_status[units]],
        **dict(zip(("rating", "next_rating", "next_gap"), map(objects, zip(*ratings, strict=True)), strict=True)),
        "conclusion": objects(list(_conclusions(own))),
    }


def _rating(own: UnitBlock, score: float, band: int) -> tuple[Value, Value, Value]:
    """The rating, the next higher one and how far it is."""
    text, policy = own.layout.labels, own.card.policy
    if np.isnan(score):
        return text("placeholder.none"), "", ""
    names = [text(f"rating.{policy.rating}.{band.name}") for band in policy.rating_bands]
    if band == 0:
        return names[band], text("dashboard.top_rating"), ""
    bound = policy.rating_bands[band - 1].lower
    if bound <= score:
        return names[band], text("dashboard.needs_idea"), ""
    return names[band], text("dashboard.next_rating", rating=names[band - 1]), bound - score


def _conclusions(own: UnitBlock) -> Iterator[str]:
    """The sentence that sums a unit up."""
    text = own.layout.labels
    names = [shortened(name, LIST_NAME) for name in own.codes_and_names]
    green, red = (_count(own.status, status) for status in (Status.GREEN, Status.RED))
    total, scored = own.card.total_count[own.units], own.scored.sum(axis=1)
    for u in range(len(own.units)):
        if scored[u]:
            key = "dashboard.conclusion_red" if red[u] else "dashboard.conclusion_good"
            yield text(key, green=green[u], red=red[u], total=total[u], worst=names[own.worst[u, 0]])
        else:
            yield text("dashboard.conclusion_none")


def _count(status: Codes, wanted: Status) -> Positions:
    """How many KPIs of each unit have this status, (U,)."""
    return np.asarray((status == code_of(wanted)).sum(axis=1))


def _tiles(own: UnitBlock) -> dict[str, Objects]:
    card, units, layout = own.card, own.units, own.layout
    score = shown(card.perspective_score[units], layout.labels("placeholder.dash"))
    status = _status_texts(layout)[card.perspective_status[units]]
    completeness = _completeness(own, "dashboard.completeness")
    columns = {"score": score, "status": status, "completeness": completeness}
    return {f"{key}_{p}": found[:, i] for key, found in columns.items() for i, p in enumerate(Perspective)}


def _counts(own: UnitBlock) -> dict[str, Objects]:
    return {f"count_{status}": shown(_count(own.status, status)) for status in Status}


def _lists(own: UnitBlock) -> dict[str, Objects]:
    """The worst and the best KPIs."""
    symbols = objects([own.layout.labels(f"symbol.{status}") for status in Status])
    values = {
        "code": objects(own.texts("kpi_code")),
        "name": objects([shortened(name, LIST_NAME) for name in own.texts("kpi_name")]),
        "symbol": symbols[own.status],
        "index": shown(own.index),
        "gap": shown(own.index - 100),
    }
    found: dict[str, Objects] = {}
    for which, ranking in (("worst", own.worst), ("best", own.best)):
        for key, column in values.items():
            ranked = _ranked(own, column, ranking, LIST_ROWS)
            found |= {f"{which}_{key}_{k}": ranked[:, k] for k in range(LIST_ROWS)}
    return found


@cache
def engine_version() -> str:
    """The version of bsc-xl that a workbook was made with."""
    return version("bsc-xl")
