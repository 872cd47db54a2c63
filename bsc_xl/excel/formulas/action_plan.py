"""The formulas of the action plan: what each KPI is, how far from its target, and what the policy recommends."""

from __future__ import annotations

from bsc_xl.excel.address import span
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.formulas.outlook import COMPLETE, CORRECT, MISSED, OPEN, REACHED, UNSET
from bsc_xl.excel.formulas.rules import UNSCORED, status_text
from bsc_xl.excel.formulas.words import (
    Formulas,
    amount_text,
    gap_text,
    joined,
    number_text,
    quoted_label,
    seen,
    with_unit,
)
from bsc_xl.excel.layout import Layout
from bsc_xl.model import COMPARE_DECIMALS, ON_TARGET, Advice, Perspective, Polarity, Status
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.tables.columns import PLAN_ENTRIES

KEEP, GREEN = code_of(Advice.KEEP) + 1, code_of(Status.GREEN) + 1


def action_plan(layout: Layout) -> Formulas:
    """One row per KPI row; one that holds none shows for which KPI it was filled in."""
    formulas: Formulas = {}
    for i, (perspective, row) in enumerate(layout.slots):
        t = _traced(layout, i)
        polarity, applicable = (
            f"{layout.quoted(perspective)}!${layout.column(key)}{row}" for key in ("polarity_code", "applicable")
        )
        entered_for = layout.list_cell("action_plan", PLAN_CODE, i).cell
        entries = span(*(layout.list_cell("action_plan", PLAN_ENTRIES[end], i).cell for end in (0, -1)))
        stranger = f'AND({t["code"]}&{t["name"]}="",{entered_for}<>"",COUNTA({entries})>0)'
        found = {
            "kpi_code": f'IF({stranger},{entered_for}&"",{t["code"]})',
            "perspective": f'IF({t["status"]}="","",{quoted_label(layout, f"perspective.{perspective}")})',
            "kpi_name": t["name"],
            "status": f'IF({t["status"]}="","",{status_text(t["status"])})',
            "gap": f'IF({t["index"]}="","",{seen(t["index"] + f"-{ON_TARGET:g}")})',
            "change": t["change"],
            "advice": (
                f'IF(OR({t["advice"]}="",{polarity}={UNSCORED}),"",IF(AND({t["advice"]}={COMPLETE},{applicable}=0),'
                f"{quoted_label(layout, 'recommendation.advice_not_applicable')},INDEX(bsc_list_advice,{t['advice']})))"
            ),
            "recommendation": (
                f'IF({t["status"]}="",IF({stranger},'
                f'{quoted_label(layout, "recommendation.stranger")},""),{_recommendation(layout, t, perspective, row)})'
            ),
        }
        formulas |= {layout.list_cell("action_plan", key, i): formula for key, formula in found.items()}
    return formulas


def _traced(layout: Layout, i: int) -> dict[str, str]:
    """What is known of a KPI row; `needed` is what its year needs as the sheet of trends says it, rounded."""
    keys = ("code", "name", "index", "status", "low", "change", "remaining", "outlook", "advice")
    traced = {key: f"{layout.quoted('trace')}!{layout.trace(key, i).cell}" for key in keys}
    traced["gap"] = layout.list_cell("action_plan", "gap", i).cell
    return traced | {"needed": f"{layout.quoted('trend')}!{layout.list_cell('trend', 'required', i).cell}"}


def _recommendation(layout: Layout, t: dict[str, str], perspective: Perspective, row: int) -> str:
    """A sentence about how the KPI stands, and one about what its year still needs."""
    sheet = layout.quoted(perspective)
    keys = (
        *("unit_of_measure", "polarity_code", "consolidation_code"),
        *("invalid", "applicable", "periods_counted", "periods_complete"),
    )
    c = {key: f"{sheet}!${layout.column(key)}{row}" for key in keys}
    return f"IF({t['advice']}={COMPLETE},{_completing(layout, c)},{_standing(layout, t)}&{_needed(layout, t, c)})"


def _completing(layout: Layout, c: dict[str, str]) -> str:
    """What a KPI without an index lacks."""
    said = {
        key: quoted_label(layout, f"recommendation.{key}")
        for key in ("unscored", "not_applicable", "invalid", "no_target", "no_index")
    }
    text = layout.labels("recommendation.no_actual")
    no_actual = joined(text, complete=c["periods_complete"], counted=c["periods_counted"])
    return (
        f"IF({c['polarity_code']}={UNSCORED},{said['unscored']},"
        f"IF({c['applicable']}=0,{said['not_applicable']},IF({c['invalid']}>0,{said['invalid']},"
        f"IF({c['periods_counted']}=0,{said['no_target']},"
        f"IF({c['periods_complete']}<{c['periods_counted']},{no_actual},{said['no_index']})))))"
    )


def _standing(layout: Layout, t: dict[str, str]) -> str:
    """How the KPI stands."""
    text = layout.labels
    kept, green, improve, correct, improve_first, correct_first = (
        quoted_label(layout, f"recommendation.{key}")
        for key in ("met", "green", "lead_improve", "lead_correct", "lead_improve_first", "lead_correct_first")
    )
    lead = (
        f"IF({t['advice']}={CORRECT},IF({t['low']}=MIN(bsc_kpi_low),{correct_first},{correct}),"
        f"IF({t['low']}=MIN(bsc_kpi_low),{improve_first},{improve}))"
    )
    below = joined(text("recommendation.below_green"), lead=lead)
    fell = joined(text("recommendation.fell"), change=number_text(layout, f"(-{t['change']})"))
    short = joined(text("recommendation.below"), lead=lead, gap=gap_text(layout, t["gap"]))
    met = f"ROUND({t['index']},{COMPARE_DECIMALS})>={ON_TARGET:g}"
    return (
        f"IF({t['advice']}={KEEP},IF({met},{kept},{green}),IF({met},IF({t['status']}={GREEN},{fell},{below}),{short}))"
    )


def _needed(layout: Layout, t: dict[str, str], c: dict[str, str]) -> str:
    """What the year's target still needs, behind a blank; "" where there is nothing to say."""
    text = layout.labels
    over, reached, missed, unset = (
        quoted_label(layout, f"recommendation.year_{key}") for key in ("over", "reached", "missed", "unset")
    )
    bounds = ",".join(quoted_label(layout, f"recommendation.bound_{polarity}") for polarity in list(Polarity)[:-1])
    lead = (
        f"IF({c['consolidation_code']}=3,{quoted_label(layout, 'recommendation.needs_last')},"
        f"IF({t['remaining']}=1,{quoted_label(layout, 'recommendation.needs_one')},"
        f"{joined(text('recommendation.needs_each'), remaining=t['remaining'])}))"
    )
    needs = joined(
        text("recommendation.needs"),
        lead=lead,
        bound=f"CHOOSE({c['polarity_code']},{bounds})",
        required=with_unit(layout, amount_text(layout, t["needed"]), c["unit_of_measure"]),
    )
    open_ = f'IF({t["needed"]}="","",{needs})'
    return (
        f'IF({t["outlook"]}={OPEN},{open_},IF({t["outlook"]}={UNSET},{unset},IF({t["remaining"]}=0,IF(AND({t["outlook"]}={MISSED},bsc_period={layout.periods}),{over},""),'
        f'IF({t["outlook"]}={REACHED},{reached},IF({t["outlook"]}={MISSED},{missed},"")))))'
    )
