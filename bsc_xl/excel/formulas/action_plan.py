"""The formulas of the action plan: what each KPI is, how far from its target, and what the policy recommends."""

from __future__ import annotations

from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.formulas.rules import status_text
from bsc_xl.excel.formulas.words import Formulas, quoted_label
from bsc_xl.excel.layout import Layout


def action_plan(layout: Layout) -> Formulas:
    """One row per KPI row; one that holds none shows for which KPI it was filled in."""
    formulas: Formulas = {}
    for i, (perspective, _) in enumerate(layout.slots):
        code, name, index, state = (
            f"{layout.quoted('trace')}!{layout.trace(key, i).cell}" for key in ("code", "name", "index", "status")
        )
        advice = f"{layout.quoted('trace')}!{layout.trace('advice', i).cell}"
        entered_for = layout.list_cell("action_plan", PLAN_CODE, i).cell
        found = {
            "kpi_code": f'IF({code}&{name}="",{entered_for}&"",{code})',
            "perspective": f'IF({state}="","",{quoted_label(layout, f"perspective.{perspective}")})',
            "kpi_name": name,
            "status": f'IF({state}="","",{status_text(state)})',
            "gap": f'IF({index}="","",{index}-100)',
            "advice": f'IF({advice}="","",INDEX(bsc_list_advice,{advice}))',
        }
        formulas |= {layout.list_cell("action_plan", key, i): formula for key, formula in found.items()}
    return formulas
