"""What every calculated cell shows, from the scorecard: the values that stand beside the formulas of `formulas`.

Each function here answers for the function of the same name there; a test calculates the workbook in a spreadsheet
program and finds the same values in every cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from bsc_xl.excel.address import cells
from bsc_xl.excel.fields import EFFECTIVE
from bsc_xl.excel.grid import CHART_NAME, LIST_NAME, LIST_ROWS, SHORTEST_BAR, place
from bsc_xl.excel.layout import ORGANISATION, Layout, Ref
from bsc_xl.excel.unit_card import UnitCard, serial, shortened
from bsc_xl.model import Cell, Consolidation, Perspective, Polarity, Status
from bsc_xl.scoring import rating
from bsc_xl.scoring.arrays import code as code_of

Value = str | float | int | None
Results = dict[Ref, Value]


def every(own: UnitCard) -> Results:
    """The value of every calculated cell of one unit's workbook."""
    layout = own.layout
    results: Results = {}
    for perspective in Perspective:
        known = dict(zip(layout.rows(perspective), own.rows[perspective].tolist(), strict=False))
        for sheet_row in layout.rows(perspective):
            row = known.get(sheet_row)
            found = _spare() if row is None else kpi(own, row)
            results |= {layout.cell(perspective, sheet_row, key): value for key, value in found.items()}
        for key, value in summary(own, perspective).items():
            results[layout.summary(perspective, key)] = value
    for part in (captions, settings, effective, trace, rollup, chart, action_plan, strategy_map):
        results |= part(own)
    return results | {Ref("dashboard", place(key)): value for key, value in dashboard(own).items()}


def _number(value: float) -> Value:
    return "" if np.isnan(value) else float(value)


def status_text(layout: Layout, code: int) -> str:
    """Symbol and word of a status; `code` is its position, from 0."""
    return layout.status_text(list(Status)[code])


def kpi(own: UnitCard, row: int) -> dict[str, Value]:
    """The calculated columns of one KPI row."""
    card, tables = own.card, own.card.tables
    upto = slice(0, card.period)
    target_state, actual_state = tables.target_state[row, upto], tables.actual_state[row, upto]
    has_target = target_state == Cell.NUMBER
    counted = has_target & (actual_state != Cell.NA)
    invalid = int((target_state == Cell.ERROR).sum() + (actual_state == Cell.ERROR).sum())
    polarity = Polarity(own.kpi("polarity", row))
    target, actual = float(card.target[row]), float(card.actual[row])
    weight, index = float(card.counted_weight[row]), float(card.index[row])
    closeness = float("nan")
    if polarity is Polarity.STABILIZE and target and not np.isnan(actual):
        closeness = 1 - abs(actual - target) / abs(target)
    points = [x for x, _ in card.policy.stabilize]
    return {
        "usable": 1,
        "polarity_code": code_of(polarity) + 1,
        "consolidation_code": code_of(Consolidation(own.kpi("consolidation", row))) + 1,
        "invalid": invalid,
        "periods_counted": int(counted.sum()),
        "periods_complete": int((has_target & (actual_state == Cell.NUMBER)).sum()),
        "last_period": 0 if invalid or not counted.any() else int(np.flatnonzero(counted)[-1]) + 1,
        "target_to_date": _number(target),
        "actual_to_date": _number(actual),
        "closeness": _number(closeness),
        "segment": "" if np.isnan(closeness) else sum(x <= closeness for x in points),
        "achievement": _number(float(card.achievement[row])),
        "index": _number(index),
        "status_code": int(card.status[row]) + 1,
        "status": status_text(own.layout, int(card.status[row])),
        "counted_weight": weight,
        "points": 0 if np.isnan(index) else weight * index,
        "weighted_score": _number(float(card.weighted_score[row])) if weight else "",
        "scored": int(card.scored[row]),
        "applicable": int(card.applicable[row]),
    }


def _spare() -> dict[str, Value]:
    """What a KPI row shows that nobody has filled in."""
    zeros = (
        "usable", "polarity_code", "consolidation_code", "invalid", "periods_counted", "periods_complete",
        "last_period", "counted_weight", "points", "scored", "applicable",
    )  # fmt: skip
    blanks = (
        "target_to_date", "actual_to_date", "closeness", "segment", "achievement", "index", "status_code", "status",
        "weighted_score",
    )  # fmt: skip
    return dict.fromkeys(zeros, 0) | dict.fromkeys(blanks, "")


def summary(own: UnitCard, perspective: Perspective) -> dict[str, Value]:
    """The line above a perspective's KPI table."""
    card, i, text = own.card, code_of(perspective), own.layout.labels
    score = float(card.perspective_score[own.unit, i])
    weights = card.tables.kpis["weight"].to_numpy()[card.tables.kpi[own.rows[perspective]]]
    return {
        "score": text("placeholder.dash") if np.isnan(score) else score,
        "status": status_text(own.layout, int(card.perspective_status[own.unit, i])),
        "weights": float(np.nansum(weights)),
        "completeness": _completeness(own, i),
    }


def _completeness(own: UnitCard, i: int | None = None, key: str = "completeness") -> str:
    card, unit = own.card, own.unit
    scored = card.scored_count[unit] if i is None else card.perspective_scored[unit, i]
    total = card.total_count[unit] if i is None else card.perspective_total[unit, i]
    return own.layout.labels(key, scored=int(scored), total=int(total))


def subtitle(own: UnitCard) -> str:
    """Year and reporting period in words."""
    period = own.layout.period_names()[own.card.period - 1]
    return own.layout.labels("dashboard.subtitle", year=own.card.tables.settings.year or "", period=period)


def captions(own: UnitCard) -> Results:
    """The line below each sheet's title: whose figures these are, and up to when."""
    name = own.about["unit_name"]
    return dict.fromkeys(own.layout.captions(), f"{name} · {subtitle(own)}" if name else subtitle(own))


def settings(own: UnitCard) -> Results:
    """The bands of the chosen rating set."""
    results: Results = {}
    policy, layout = own.card.policy, own.layout
    columns: dict[str, Sequence[Value]] = {
        "bounds": [band.lower for band in policy.rating_bands],
        "names": [layout.labels(f"rating.{policy.rating}.{band.name}") for band in policy.rating_bands],
    }
    for name, values in columns.items():
        sheet, area = layout.setting_ranges[f"rating_{name}"]
        results |= {Ref(sheet, cell): value for cell, value in zip(cells(area), values, strict=True)}
    return results


def effective(own: UnitCard) -> Results:
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
    return {own.layout.effective(key): values[key] for key in EFFECTIVE}


def trace(own: UnitCard) -> Results:
    """Every KPI row in one list, with the keys that rank them."""
    results: Results = {}
    in_order = len(own.slots) - own.slots.count(None) <= own.layout.bars
    for i, row in enumerate(own.slots):
        found: dict[str, Value] = dict.fromkeys(("code", "name", "index", "status", "low", "high", "order"), "")
        if row is not None:
            found |= {"code": own.kpi("kpi_code", row), "name": own.kpi("kpi_name", row)}
            found["status"] = int(own.card.status[row]) + 1
            if own.card.scored[row]:
                found["index"] = float(own.card.index[row])
                found["low"], found["high"] = (own.rounded(i) + sign * (i + 1) * 1e-9 for sign in (1, -1))
            found["order"] = i + 1 if in_order else found["low"]
        results |= {own.layout.trace(key, i): value for key, value in found.items()}
    return results


def rollup(own: UnitCard) -> Results:
    """Perspective and organisation scores."""
    card, unit, layout = own.card, own.unit, own.layout
    results: Results = {}
    counted_total, points_total = 0.0, 0.0
    for i, _ in enumerate(Perspective):
        score, weight = float(card.perspective_score[unit, i]), float(card.perspective_weight[i])
        counted = 0.0 if np.isnan(score) else weight
        points = 0.0 if np.isnan(score) else score * weight
        counted_total, points_total = counted_total + counted, points_total + points
        found: dict[str, Value] = {
            "score": _number(score),
            "counted": counted,
            "points": points,
            "scored": int(card.perspective_scored[unit, i]),
            "applicable": int(card.perspective_total[unit, i]),
            "rollup_status": int(card.perspective_status[unit, i]) + 1,
        }
        results |= {layout.rollup(key, i): value for key, value in found.items()}
    organisation: dict[str, Value] = {
        "score": _number(float(card.score[unit])),
        "counted": counted_total,
        "points": points_total,
        "scored": int(card.scored_count[unit]),
        "applicable": int(card.total_count[unit]),
        "rollup_status": int(card.unit_status[unit]) + 1,
    }
    return results | {layout.rollup(key, ORGANISATION): value for key, value in organisation.items()}


def chart(own: UnitCard) -> Results:
    """The bars of the KPI chart."""
    layout = own.layout
    known = [i for i, row in enumerate(own.slots) if row is not None]
    picked = known if len(known) <= layout.bars else own.ranked
    results: Results = {}
    for i in range(layout.bars):
        found: dict[str, Value] = dict.fromkeys(("chart_place", "chart_name", "chart_good", "chart_red"), "")
        if i < len(picked):
            row = own.slots[picked[i]]
            assert row is not None
            red = int(own.card.status[row]) == code_of(Status.RED)
            found |= {"chart_place": picked[i] + 1, "chart_name": shortened(own.code_and_name(row), CHART_NAME)}
            found["chart_red" if red else "chart_good"] = _bar(float(own.card.index[row]))
        results |= {layout.trace(key, i): value for key, value in found.items()}
    return results


def _bar(index: float) -> Value:
    return "" if np.isnan(index) else max(index, SHORTEST_BAR)


def dashboard(own: UnitCard) -> dict[str, Value]:
    """Every calculated place of the dashboard."""
    card, unit, text = own.card, own.unit, own.layout.labels
    score = float(card.score[unit])
    found: dict[str, Value] = {
        "unit_name": own.about["unit_name"] or text("placeholder.unit"),
        "subtitle": f"{subtitle(own)} · {text('dashboard.policy', policy=text(f'policy.{card.policy.name}'))}",
        "completeness": _completeness(own),
        "score": text("placeholder.dash") if np.isnan(score) else score,
        "score_status": status_text(own.layout, int(card.unit_status[unit])),
        "recalculated": text("placeholder.never", version=engine_version()) if own.when is None else serial(own.when),
        "conclusion": _conclusion(own),
    } | _rating(own, score)
    for i, perspective in enumerate(Perspective):
        value = float(card.perspective_score[unit, i])
        found |= {
            f"score_{perspective}": text("placeholder.dash") if np.isnan(value) else value,
            f"status_{perspective}": status_text(own.layout, int(card.perspective_status[unit, i])),
            f"completeness_{perspective}": _completeness(own, i, "dashboard.completeness"),
            f"weight_{perspective}": float(card.perspective_weight[i]),
        }
    for state, count in zip(Status, _status_counts(own), strict=True):
        found[f"count_{state}"] = count
    best = sorted(own.ranked, key=lambda i: (-own.rounded(i), i))
    for which, ranking in (("worst", own.ranked), ("best", best)):
        for k in range(LIST_ROWS):
            row = own.slots[ranking[k]] if k < len(ranking) else None
            found |= {f"{which}_{key}_{k}": value for key, value in _ranked_row(own, row).items()}
    return found


def _status_counts(own: UnitCard) -> list[int]:
    states = [int(own.card.status[row]) for row in own.slots if row is not None]
    return [states.count(code) for code in range(len(Status))]


def _rating(own: UnitCard, score: float) -> dict[str, Value]:
    text, policy = own.layout.labels, own.card.policy
    if np.isnan(score):
        return {"rating": text("placeholder.none"), "next_rating": "", "next_gap": ""}
    names = [text(f"rating.{policy.rating}.{band.name}") for band in policy.rating_bands]
    band = int(own.card.rating[own.unit])
    found: dict[str, Value] = {"rating": names[band], "next_rating": text("dashboard.top_rating"), "next_gap": ""}
    if band > 0:
        bound = policy.rating_bands[band - 1].lower
        if bound <= score:
            found["next_rating"] = text("dashboard.needs_idea")
        else:
            found |= {"next_rating": text("dashboard.next_rating", rating=names[band - 1]), "next_gap": bound - score}
    return found


def _ranked_row(own: UnitCard, row: int | None) -> dict[str, Value]:
    if row is None:
        return dict.fromkeys(("code", "name", "symbol", "index", "gap"), "")
    index = float(own.card.index[row])
    return {
        "code": own.kpi("kpi_code", row),
        "name": shortened(own.kpi("kpi_name", row), LIST_NAME),
        "symbol": own.layout.labels(f"symbol.{list(Status)[int(own.card.status[row])]}"),
        "index": index,
        "gap": index - 100,
    }


def _conclusion(own: UnitCard) -> str:
    text = own.layout.labels
    if not own.ranked:
        return text("dashboard.conclusion_none")
    green, _, red, _ = _status_counts(own)
    row = own.slots[own.ranked[0]]
    assert row is not None
    key = "dashboard.conclusion_red" if red else "dashboard.conclusion_good"
    worst = shortened(own.code_and_name(row), LIST_NAME)
    return text(key, green=green, red=red, total=int(own.card.total_count[own.unit]), worst=worst)


def action_plan(own: UnitCard) -> Results:
    """One row per KPI row of the workbook."""
    text = own.layout.labels
    results: Results = {}
    for i, row in enumerate(own.slots):
        keys = ("kpi_code", "perspective", "kpi_name", "status", "gap", "advice")
        found: dict[str, Value] = dict.fromkeys(keys, "")
        if row is not None:
            code, index = int(own.card.status[row]), float(own.card.index[row])
            found = {
                "kpi_code": own.kpi("kpi_code", row),
                "perspective": text(f"perspective.{own.kpi('perspective', row)}"),
                "kpi_name": own.kpi("kpi_name", row),
                "status": status_text(own.layout, code),
                "gap": _number(index - 100),
                "advice": text(f"advice.{list(Status)[code]}"),
            }
        results |= {own.layout.list_cell("action_plan", key, i): value for key, value in found.items()}
    return results


def objectives(own: UnitCard) -> list[tuple[Perspective, str]]:
    """The unit's objectives with their perspective, in the order of the strategy map."""
    found = {(p, own.kpi("objective", row)): None for p in Perspective for row in own.rows[p].tolist()}
    return [(p, objective) for p, objective in found if objective]


def strategy_map(own: UnitCard) -> Results:
    """The score of each objective over its KPIs."""
    card, layout = own.card, own.layout
    results: Results = {}
    for i, (perspective, objective) in enumerate(objectives(own)):
        rows = [r for r in own.rows[perspective].tolist() if own.kpi("objective", r).lower() == objective.lower()]
        weight = sum(float(card.counted_weight[r]) for r in rows)
        points = sum(float(card.counted_weight[r]) * float(card.index[r]) for r in rows if card.scored[r])
        score = points / weight if weight else float("nan")
        found = {"kpis": len(rows), "score": _number(score), "status": status_text(layout, _status(own, score))}
        results |= {layout.list_cell("strategy_map", key, i): value for key, value in found.items()}
    return results


def _status(own: UnitCard, score: float) -> int:
    return int(rating.status(np.array([score]), own.card.policy)[0])


def engine_version() -> str:
    """The version of bsc-xl that a workbook was made with."""
    return version("bsc-xl")
