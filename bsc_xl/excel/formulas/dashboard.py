"""The formulas of the dashboard."""

from __future__ import annotations

from bsc_xl import policies
from bsc_xl.excel.formulas.rules import status_text
from bsc_xl.excel.formulas.sheets import subtitle
from bsc_xl.excel.formulas.signature import signature
from bsc_xl.excel.formulas.words import code_and_name, gap_text, joined, number_text, quoted_label, seen, shortened
from bsc_xl.excel.grid import LIST_NAME, LIST_ROWS, place
from bsc_xl.excel.layout import Layout
from bsc_xl.model import COMPARE_DECIMALS, ON_TARGET, Level, Perspective, Status


def dashboard(layout: Layout) -> dict[str, str]:
    """Every calculated place of the dashboard."""
    text = layout.labels
    none, top, idea = (
        quoted_label(layout, key) for key in ("placeholder.none", "dashboard.top_rating", "dashboard.needs_idea")
    )
    band = _band()
    next_bound = f"INDEX(bsc_rating_bounds,{band}-1)"
    made = joined(text("placeholder.never"), version="bsc_engine_version")
    next_rating = joined(text("dashboard.next_rating"), rating=f"INDEX(bsc_rating_names,{band}-1)")
    found = {
        "unit_name": f'IF(bsc_unit_name="",{quoted_label(layout, "placeholder.unit")},bsc_unit_name)',
        "subtitle": subtitle(layout) + f'&" · "&{joined(text("dashboard.policy"), policy="bsc_policy")}',
        "completeness": joined(text("completeness"), scored="bsc_scored", total="bsc_applicable"),
        "score": f'IF(bsc_score="",{quoted_label(layout, "placeholder.dash")},bsc_score)',
        "score_status": f'IF(bsc_score="","",{status_text("bsc_rollup_status")})',
        "rating": f'IF(bsc_score="",{none},INDEX(bsc_rating_names,{band}))',
        "next_rating": f'IF(bsc_score="","",IF({band}=1,{top},IF({next_bound}<=bsc_score,{idea},{next_rating})))',
        "next_gap": f'IF(bsc_score="","",IF({band}=1,"",IF({next_bound}<=bsc_score,"",{next_bound}-bsc_score)))',
        "recalculated": f'IF(bsc_recalculated="",{made},bsc_recalculated)',
        "worst": _worst(layout),
        "conclusion": _conclusion(layout),
        "quality": _quality(layout),
        "change": 'IF(bsc_change="","",bsc_change)',
        **signature(layout),
    }
    if layout.level is Level.EMPLOYEE:
        judged = layout.person("employee_rating", 0)
        found |= {"rating": f"{layout.quoted(judged.sheet)}!{judged.cell}", "next_rating": '""', "next_gap": '""'}
    for perspective in Perspective:
        score = f"bsc_score_{perspective}"
        found |= {
            f"score_{perspective}": f'IF({score}="",{quoted_label(layout, "placeholder.dash")},{score})',
            f"status_{perspective}": status_text(f"bsc_rollup_status_{perspective}"),
            f"completeness_{perspective}": joined(
                text("dashboard.completeness"),
                scored=f"bsc_scored_{perspective}",
                total=f"bsc_applicable_{perspective}",
            ),
            f"weight_{perspective}": f"bsc_weight_{perspective}",
            f"change_{perspective}": f'IF(bsc_change_{perspective}="","",bsc_change_{perspective})',
        }
    for code, state in enumerate(Status, start=1):
        found[f"count_{state}"] = f"COUNTIF(bsc_kpi_status,{code})"
    for k in range(LIST_ROWS):
        for which in ("worst", "best"):
            for key, formula in _ranked_row(which, k).items():
                found[f"{which}_{key}_{k}"] = f'IF({k + 1}>COUNT(bsc_kpi_low),"",{formula})'
    return found


def _worst(layout: Layout) -> str:
    """What the list of the worst is called: nothing needs attention where every target is met."""
    met = f"ROUND(N({place('worst_index_0')}),{COMPARE_DECIMALS})>={ON_TARGET:g}"
    lowest, worst = (quoted_label(layout, f"dashboard.{key}") for key in ("lowest", "worst"))
    return f"IF({met},{lowest},{worst})"


def _ranked_row(which: str, k: int) -> dict[str, str]:
    at = ranked(which, k)
    return {
        "code": f"INDEX(bsc_kpi_code,{at})",
        "name": shortened(f"INDEX(bsc_kpi_name,{at})", LIST_NAME),
        "symbol": f"INDEX(bsc_list_symbol,INDEX(bsc_kpi_status,{at}))",
        "index": f"INDEX(bsc_kpi_index,{at})",
        "gap": seen(place(f"{which}_index_{k}") + f"-{ON_TARGET:g}"),
    }


def ranked(which: str, k: int) -> str:
    """The place in the trace list of the k-th worst or best KPI, counted from 0; only where there is one."""
    keys, pick = ("bsc_kpi_low", "SMALL") if which == "worst" else ("bsc_kpi_high", "LARGE")
    return f"MATCH({pick}({keys},{k + 1}),{keys},0)"


def _band() -> str:
    """The position of the rating band, highest first; the highest of `pp30` also needs a new idea (section 7)."""
    bands = f"MAX(1,SUMPRODUCT(--(bsc_rating_bounds<=ROUND(bsc_score,{COMPARE_DECIMALS}))))"
    reached = f"ROWS(bsc_rating_bounds)+1-{bands}"
    sets = [i for i, name in enumerate(policies.NAMES, 1) if policies.load(name).rating_bands[0].needs_new_idea]
    chosen = ",".join(f"bsc_rating=INDEX(bsc_list_rating,{i})" for i in sets)
    return f"MAX({reached},IF(AND(OR({chosen}),TRIM(bsc_new_idea)<>INDEX(bsc_list_yes_no,1)),2,1))"


def _conclusion(layout: Layout) -> str:
    """What is maintained, and what is improved first: the KPI that leads the list of the worst."""
    text, index, gap = layout.labels, place("worst_index_0"), place("worst_gap_0")
    parts = {
        "green": "COUNTIF(bsc_kpi_status,1)",
        "total": "bsc_applicable",
        "worst": shortened(code_and_name(ranked("worst", 0)), LIST_NAME),
        "index": number_text(layout, index),
        "gap": gap_text(layout, gap),
    }
    return (
        f"IF(bsc_scored=0,{quoted_label(layout, 'dashboard.conclusion_none')},"
        f"IF(ROUND({index},{COMPARE_DECIMALS})>={ON_TARGET:g},{joined(text('dashboard.conclusion_met'), **parts)},"
        f"IF({parts['green']}=0,{joined(text('dashboard.conclusion_unmet'), **parts)},"
        f"{joined(text('dashboard.conclusion_gap'), **parts)})))"
    )


def _quality(layout: Layout) -> str:
    """How far the figures can be relied on."""
    counts = {key: f"bsc_{key}" for key in ("scored", "invalid", "unproven")}
    closed = "+".join(
        f"(COUNTIFS(bsc_history_year,bsc_year,bsc_history_period,{period})>0)"
        for period in range(1, layout.periods + 1)
    )
    return joined(
        layout.labels("dashboard.quality"),
        total="bsc_applicable",
        closed=f"({closed}+0)",
        periods=str(layout.periods),
        **counts,
    )
