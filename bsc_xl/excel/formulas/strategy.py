"""The formulas of the strategy map: the score of each objective, whether it has a cause or effect, and the picture."""

from __future__ import annotations

from bsc_xl.excel.address import corners, split
from bsc_xl.excel.formulas.rules import status, status_text
from bsc_xl.excel.formulas.words import Formulas, joined, quoted_label
from bsc_xl.excel.layout import Layout
from bsc_xl.model import Perspective


def strategy_map(layout: Layout) -> Formulas:
    """Every calculated cell of the sheet but its caption."""
    formulas: Formulas = {}
    for i, perspective in enumerate(layout.lanes):
        found = _objective(layout, perspective, i)
        formulas |= {layout.list_cell("strategy_map", key, i): formula for key, formula in found.items()}
        for key in ("objective", "status", "score"):
            cell = layout.list_cell("strategy_map", key, i).cell
            formulas[layout.mapped(f"{key}_{i}")] = f'IF({cell}="","",{cell})'
    for perspective in Perspective:
        score, code = f"bsc_score_{perspective}", f"bsc_rollup_status_{perspective}"
        dash = quoted_label(layout, "placeholder.dash")
        formulas[layout.mapped(f"lane_score_{perspective}")] = f'IF({score}="",{dash},{score})'
        formulas[layout.mapped(f"lane_status_{perspective}")] = status_text(code)
    if layout.lanes:
        area = layout.list_body("strategy_map", "linked")[1]
        count = f"COUNTIF({area},{quoted_label(layout, 'map.unlinked')})"
        sentence = joined(layout.labels("map.unlinked_count"), count=count)
        there = f'SUMPRODUCT(--({layout.list_body("strategy_map", "objective")[1]}<>""))'
        nothing = quoted_label(layout, "map.empty")
        formulas[layout.mapped("unlinked")] = f'IF({there}=0,{nothing},IF({count}=0,"",{sentence}))'
    return formulas


def _objective(layout: Layout, perspective: Perspective, i: int) -> dict[str, str]:
    """An objective's score over its KPIs, weighted as in its perspective; nothing where no objective stands."""
    objective, score = (layout.list_cell("strategy_map", key, i).cell for key in ("objective", "score"))
    sheet = layout.quoted(perspective)
    body = {
        key: f"{sheet}!{layout.body(perspective, key)}" for key in ("objective", "usable", "counted_weight", "points")
    }
    weight, points, kpis = (
        f"SUMPRODUCT(--({body['objective']}={objective}),{body[key]})" for key in ("counted_weight", "points", "usable")
    )
    cause, effect = (_column(layout, key) for key in ("cause", "effect"))
    pairs = f"SUMPRODUCT(--({cause}={objective}))+SUMPRODUCT(--({effect}={objective}))"
    any_links = f'SUMPRODUCT(--({cause}<>""))+SUMPRODUCT(--({effect}<>""))'
    found = {
        "kpis": kpis,
        "score": f'IF({weight}=0,"",{points}/{weight})',
        "status": status_text(f"({status(score)})"),
        "linked": f'IF({any_links}=0,"",IF({pairs}=0,{quoted_label(layout, "map.unlinked")},""))',
    }
    return {key: f'IF({objective}="","",{formula})' for key, formula in found.items()}


def _column(layout: Layout, key: str) -> str:
    """All causes or all effects, absolute."""
    (letters, top), (_, (_, bottom)) = split(layout.link_cell(key, 0).cell), corners(layout.link_table()[1])
    return f"${letters}${top}:${letters}${bottom}"
