"""What the strategy map shows: the score of each objective, whether it has a cause or an effect, and the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bsc_xl.excel.block import Cells, UnitBlock, objects, shown
from bsc_xl.excel.results.values import in_order, results, same, status_texts
from bsc_xl.model import Perspective
from bsc_xl.scoring import rating

SHEET = "strategy_map"


def objectives(own: UnitBlock) -> list[str]:
    """What stands in the rows for objectives, in their order; "" in an empty one."""
    if own.standing:
        return list(own.standing.objectives)
    found = dict.fromkeys(zip((p for p, _ in own.filled), own.texts("objective"), strict=True))
    left = {p: iter([text for at, text in found if at == p and text]) for p in Perspective}
    return [next(left[perspective], "") for perspective in own.layout.lanes]


def links(own: UnitBlock) -> list[tuple[str, str]]:
    """Cause and effect as they stand on the sheet. A new workbook has those between its own objectives: a link to what
    only other units pursue says nothing there, and could not be drawn."""
    if own.standing:
        return list(own.standing.links)
    there = {objective.strip(): objective for objective in objectives(own) if objective}
    pairs = own.card.tables.links[["cause", "effect"]].itertuples(index=False)
    stripped = [(str(cause).strip(), str(effect).strip()) for cause, effect in pairs]
    drawn = ((there[cause], there[effect]) for cause, effect in stripped if cause in there and effect in there)
    return list(dict.fromkeys(drawn))


def strategy_map(own: UnitBlock) -> Iterator[Cells]:
    """Every calculated cell of the sheet but its caption."""
    layout, text = own.layout, objectives(own)
    names = [(p, name.lower()) for (p, _), name in zip(own.filled, own.texts("objective"), strict=True)]
    weight = own.card.counted_weight[own.rows]
    points = np.where(own.scored, weight * own.index, 0.0)
    word = layout.labels("map.unlinked")
    warnings = [word if alone else "" for alone in _unlinked(text, links(own))]
    for i, (perspective, objective) in enumerate(zip(layout.lanes, text, strict=True)):
        kpis, score, status, linked = (layout.list_cell(SHEET, key, i) for key in ("kpis", "score", "status", "linked"))
        boxed = [layout.mapped(f"{key}_{i}") for key in ("score", "status")]
        if not objective:
            yield same((kpis, score, status, linked, *boxed, layout.mapped(f"objective_{i}")), "")
            continue
        its = [k for k, name in enumerate(names) if name == (perspective, objective.lower())]
        total = in_order(weight[:, its])
        with np.errstate(all="ignore"):
            found = np.where(total != 0, in_order(points[:, its]) / total, np.nan)
        words = status_texts(layout)[rating.status(found, own.card.policy)]
        yield results([kpis, linked, layout.mapped(f"objective_{i}")], objects([len(its), warnings[i], objective]))
        both = np.column_stack([shown(found), words])
        yield results([score, status, *boxed], np.column_stack([both, both]))
    yield from _lanes(own)
    if layout.lanes:
        count = len(warnings) - warnings.count("")
        line = layout.labels("map.unlinked_count", count=count) if count else ""
        yield same([layout.mapped("unlinked")], line if any(text) else layout.labels("map.empty"))


def _unlinked(objectives: Sequence[str], links: Sequence[tuple[str, str]]) -> list[bool]:
    """Which objectives are neither a cause nor an effect; none where there is not any link."""
    linked = {end.lower() for pair in links for end in pair}
    return [bool(linked - {""}) and bool(objective) and objective.lower() not in linked for objective in objectives]


def _lanes(own: UnitBlock) -> Iterator[Cells]:
    """The score of each perspective beside its lane."""
    card, units, layout = own.card, own.units, own.layout
    dash = layout.labels("placeholder.dash")
    refs = [layout.mapped(f"lane_{key}_{p}") for key in ("score", "status") for p in Perspective]
    words = status_texts(layout)[card.perspective_status[units]]
    yield results(refs, np.column_stack([shown(card.perspective_score[units], dash), words]))
