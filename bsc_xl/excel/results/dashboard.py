"""What the dashboard shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, shortened, shown
from bsc_xl.excel.dates import serial
from bsc_xl.excel.grid import LIST_NAME, LIST_ROWS, place
from bsc_xl.excel.layout import Ref
from bsc_xl.excel.results import values
from bsc_xl.excel.results.outlook import changes
from bsc_xl.excel.results.people import employee_ratings
from bsc_xl.excel.results.signature import signature
from bsc_xl.excel.results.values import (
    Value,
    completeness,
    gap_text,
    number_text,
    ranked,
    results,
    status_texts,
    subtitle,
)
from bsc_xl.model import COMPARE_DECIMALS, ON_TARGET, Level, Perspective, Status
from bsc_xl.scoring.arrays import Codes, Positions
from bsc_xl.scoring.arrays import code as code_of


def dashboard(own: UnitBlock) -> Iterator[Cells]:
    """Every calculated place of the dashboard."""
    found: dict[str, Objects] = _head(own) | _tiles(own) | _changes(own) | _counts(own) | _lists(own)
    yield results([Ref("dashboard", place(key)) for key in found], np.column_stack(list(found.values())))
    weights = {f"weight_{p}": float(own.card.perspective_weight[i]) for i, p in enumerate(Perspective)}
    policy = own.layout.labels("dashboard.policy", policy=own.layout.labels(f"policy.{own.card.policy.name}"))
    same: Mapping[str, Value] = weights | {
        "subtitle": f"{subtitle(own)} · {policy}",
        "recalculated": _recalculated(own),
    }
    yield results([Ref("dashboard", place(key)) for key in same], objects(list(same.values())))


def _recalculated(own: UnitBlock) -> Value:
    if own.when is None:
        return own.layout.labels("placeholder.never", version=values.engine_version())
    return serial(own.when)


def _head(own: UnitBlock) -> dict[str, Objects]:
    card, units, text = own.card, own.units, own.layout.labels
    counts = zip(card.scored_count[units].tolist(), card.total_count[units].tolist(), strict=True)
    ratings: list[tuple[Value, Value, Value]]
    if own.layout.level is Level.EMPLOYEE:
        ratings = [(rating, "", "") for rating in employee_ratings(own)[:, 0].tolist()]
    else:
        scores, bands = card.score[units].tolist(), card.rating[units].tolist()
        ratings = [_rating(own, *given) for given in zip(scores, bands, strict=True)]
    return {
        "unit_name": objects([name or text("placeholder.unit") for name in own.about("unit_name")]),
        "completeness": objects([text("completeness", scored=a, total=b) for a, b in counts]),
        "score": shown(card.score[units], text("placeholder.dash")),
        "score_status": np.where(np.isnan(card.score[units]), "", status_texts(own.layout)[card.unit_status[units]]),
        **dict(zip(("rating", "next_rating", "next_gap"), map(objects, zip(*ratings, strict=True)), strict=True)),
        "worst": objects([text("dashboard.lowest" if met else "dashboard.worst") for met in _met(own)]),
        "conclusion": objects(list(_conclusions(own))),
        "quality": objects(list(_qualities(own))),
        **signature(own),
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


def _met(own: UnitBlock) -> Iterator[bool]:
    """Whether every KPI of a unit that is scored meets its target, and there is one."""
    for u, scored in enumerate(own.scored.sum(axis=1).tolist()):
        yield scored > 0 and round(float(own.index[u, own.worst[u, 0]]), COMPARE_DECIMALS) >= ON_TARGET


def _conclusions(own: UnitBlock) -> Iterator[str]:
    """What is maintained, and what is improved first."""
    layout, text = own.layout, own.layout.labels
    names = [shortened(name, LIST_NAME) for name in own.codes_and_names]
    green, total = _count(own.status, Status.GREEN), own.card.total_count[own.units]
    scored = own.scored.sum(axis=1)
    for u, met in enumerate(_met(own)):
        if not scored[u]:
            yield text("dashboard.conclusion_none")
            continue
        worst = own.worst[u, 0]
        index = float(own.index[u, worst])
        yield text(
            f"dashboard.conclusion_{'met' if met else 'gap' if green[u] else 'unmet'}",
            green=green[u],
            total=total[u],
            worst=names[worst],
            index=number_text(layout, index),
            gap=gap_text(layout, float(own.gap[u, worst])),
        )


def _qualities(own: UnitBlock) -> Iterator[str]:
    """How far the figures can be relied on."""
    card, text = own.card, own.layout.labels
    columns = {
        "scored": card.scored_count[own.units],
        "total": card.total_count[own.units],
        "invalid": own.invalid.sum(axis=1),
        "unproven": own.unproven.sum(axis=1),
        "closed": _closed(own),
    }
    for counts in zip(*(column.tolist() for column in columns.values()), strict=True):
        yield text("dashboard.quality", periods=own.layout.periods, **dict(zip(columns, counts, strict=True)))


def _closed(own: UnitBlock) -> Positions:
    """How many periods of the year each unit has closed, (U,)."""
    found = np.zeros((len(own.units), own.layout.periods), dtype=np.int64)
    known = own.history.excerpt(own.units.tolist())
    year, period = (known.rows[name].to_numpy(dtype=np.int64) for name in ("year", "period"))
    counts = (year == own.card.tables.settings.year) & (period >= 1) & (period <= own.layout.periods)
    found[known.unit[counts], period[counts] - 1] = 1
    return np.asarray(found.sum(axis=1))


def _count(status: Codes, wanted: Status) -> Positions:
    """How many KPIs of each unit have this status, (U,)."""
    return np.asarray((status == code_of(wanted)).sum(axis=1))


def _changes(own: UnitBlock) -> dict[str, Objects]:
    found = shown(changes(own))
    return {key: found[:, i] for i, key in enumerate((*(f"change_{p}" for p in Perspective), "change"))}


def _tiles(own: UnitBlock) -> dict[str, Objects]:
    card, units, layout = own.card, own.units, own.layout
    score = shown(card.perspective_score[units], layout.labels("placeholder.dash"))
    status = status_texts(layout)[card.perspective_status[units]]
    counts = completeness(own, "dashboard.completeness")
    columns = {"score": score, "status": status, "completeness": counts}
    return {f"{key}_{p}": found[:, i] for key, found in columns.items() for i, p in enumerate(Perspective)}


def _counts(own: UnitBlock) -> dict[str, Objects]:
    return {f"count_{status}": shown(_count(own.status, status)) for status in Status}


def _lists(own: UnitBlock) -> dict[str, Objects]:
    """The worst and the best KPIs."""
    symbols = objects([own.layout.labels(f"symbol.{status}") for status in Status])
    columns = {
        "code": objects(own.texts("kpi_code")),
        "name": objects([shortened(name, LIST_NAME) for name in own.texts("kpi_name")]),
        "symbol": symbols[own.status],
        "index": shown(own.index),
        "gap": shown(own.gap),
    }
    found: dict[str, Objects] = {}
    for which, ranking in (("worst", own.worst), ("best", own.best)):
        for key, column in columns.items():
            listed = ranked(own, column, ranking, LIST_ROWS)
            found |= {f"{which}_{key}_{k}": listed[:, k] for k in range(LIST_ROWS)}
    return found
