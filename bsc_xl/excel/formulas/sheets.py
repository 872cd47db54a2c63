"""The formulas of the sheets around the KPI rows: summaries, rating bands, the trace, the roll-up, the plain lists."""

from __future__ import annotations

from bsc_xl import policies
from bsc_xl.excel.address import cells
from bsc_xl.excel.columns import RECORDS
from bsc_xl.excel.fields import EFFECTIVE
from bsc_xl.excel.formulas.rules import EMPTY, NUMBER, status, status_text
from bsc_xl.excel.formulas.words import Formulas, code_and_name, joined, of_period, quoted_label, shortened
from bsc_xl.excel.grid import CHART_NAME, SHORTEST_BAR
from bsc_xl.excel.layout import ORGANISATION, Layout, Ref
from bsc_xl.model import OFF_A_TIE, RANK_DECIMALS, WEIGHT_TOTAL, EmployeeRating, Perspective, Status
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.tables.settings import LIMITS


def summary(layout: Layout, perspective: Perspective) -> dict[str, str]:
    """The line above a perspective's KPI table."""
    code = f"bsc_rollup_status_{perspective}"
    return {
        "score": f'IF(bsc_score_{perspective}="",{quoted_label(layout, "placeholder.dash")},bsc_score_{perspective})',
        "status": status_text(code),
        "weights": f"SUM({layout.body(perspective, 'weight')})",
        "completeness": joined(
            layout.labels("completeness"),
            scored=f"bsc_scored_{perspective}",
            total=f"bsc_applicable_{perspective}",
        ),
    }


def settings(layout: Layout) -> Formulas:
    """The bands of the chosen rating set; all else on the settings sheet is typed in or fixed."""
    formulas: Formulas = {}
    for name in ("bounds", "names"):
        choices = ",".join(f"INDEX(bsc_{rating}_{name},{{i}})" for rating in policies.NAMES)
        sheet, area = layout.setting_ranges[f"rating_{name}"]
        for i, cell in enumerate(cells(area), start=1):
            formulas[Ref(sheet, cell)] = f"CHOOSE(MATCH(bsc_rating,bsc_list_rating,0),{choices})".replace("{i}", str(i))
    return formulas


def effective(layout: Layout) -> Formulas:
    """The settings as they hold: what is typed in, or the default where the cell holds nothing that can be used."""
    defaults = _defaults(layout)
    pairs = {key: pair for pair in LIMITS for key in pair}
    formulas: Formulas = {}
    for key in EFFECTIVE:
        given = f"bsc_input_{key}"
        if key == "period":
            whole = f"AND({given}>=1,{given}<={layout.periods},{given}=INT({given}))"
            formula = f"IF(ISNUMBER({given}),IF({whole},{given},{layout.periods}),{layout.periods})"
        elif key == "employee_rating":
            found = f"MATCH(TRIM({given}),bsc_list_employee_rating,0)"
            formula = f"INDEX(bsc_list_employee_rating,IFERROR({found},{_own_way()}))"
        elif key == "rating":
            formula = f"IFERROR(INDEX(bsc_list_rating,MATCH(TRIM({given}),bsc_list_rating,0)),bsc_policy)"
        elif key in pairs:
            lower, upper = (_given(own, defaults) for own in pairs[key])
            formula = f"IF({lower}<{upper},{_given(key, defaults)},{defaults[key]:g})"
        else:
            formula = f"MAX(0,{_given(key, defaults)})"
        formulas[layout.effective(key)] = formula
    return formulas


def _own_way() -> str:
    """The position of the way in which the policy rates employees."""
    ways = [list(EmployeeRating).index(policies.load(name).employee_rating) + 1 for name in policies.NAMES]
    return f"CHOOSE(MATCH(bsc_policy,bsc_list_rating,0),{','.join(map(str, ways))})"


def _given(key: str, defaults: dict[str, float]) -> str:
    return f"IF(ISNUMBER(bsc_input_{key}),bsc_input_{key},{defaults[key]:g})"


def _defaults(layout: Layout) -> dict[str, float]:
    """What a numeric settings field is worth when it is empty."""
    policy = policies.load()
    bounds = {f"{band.name}_from": band.lower for band in policy.status}
    weights = {f"weight_{p}": WEIGHT_TOTAL / len(Perspective) for p in Perspective}
    return {"period": layout.periods, "floor": policy.floor, "cap": policy.cap, **bounds, **weights}


def trace(layout: Layout) -> Formulas:
    """Every KPI row in one list, with keys that rank them; a tie goes to the one that stands first."""
    formulas: Formulas = {}
    for i, (perspective, row) in enumerate(layout.slots):
        sheet = layout.quoted(perspective)
        code, name, index, state = (
            f"{sheet}!{layout.column(key)}{row}" for key in ("kpi_code", "kpi_name", "index", "status_code")
        )
        at = {key: layout.trace(key, i).cell for key in ("place", "index", "status", "low")}
        ranked = f"ROUND({at['index']}+{OFF_A_TIE:.0E},{RANK_DECIMALS})"
        found = {
            "code": f"TRIM({code})",
            "name": f'{name}&""',
            "index": index,
            "status": state,
            "low": f'IF({at["index"]}="","",{ranked}+{at["place"]}*1E-9)',
            "high": f'IF({at["index"]}="","",{ranked}-{at["place"]}*1E-9)',
            # all KPIs in their order while they fit into the chart, else the lowest ones
            "order": f'IF({at["status"]}="","",IF(COUNT(bsc_kpi_status)<={layout.bars},{at["place"]},{at["low"]}))',
        }
        formulas |= {layout.trace(key, i): formula for key, formula in found.items()}
    return formulas


def rollup(layout: Layout) -> Formulas:
    """Perspective and organisation scores (section 6)."""
    formulas: Formulas = {}
    for i, perspective in enumerate(Perspective):
        sheet = layout.quoted(perspective)
        body = {
            key: f"{sheet}!{layout.body(perspective, key)}"
            for key in ("counted_weight", "points", "scored", "applicable", "usable", "invalid")
        }
        score = layout.rollup("score", i).cell
        found = {
            "score": f'IF(SUM({body["counted_weight"]})=0,"",SUM({body["points"]})/SUM({body["counted_weight"]}))',
            "counted": f'IF({score}="",0,N(bsc_weight_{perspective}))',
            "points": f'IF({score}="",0,{score}*N(bsc_weight_{perspective}))',
            "scored": f"SUM({body['scored']})",
            "applicable": f"SUM({body['applicable']})",
            "rollup_status": status(score),
            "invalid": f"SUMPRODUCT({body['usable']},{body['invalid']})",
            "unproven": _unproven(layout, perspective),
        }
        formulas |= {layout.rollup(key, i): formula for key, formula in found.items()}

    def over(key: str) -> str:
        top, bottom = layout.rollup(key, 0).cell, layout.rollup(key, ORGANISATION - 1).cell
        return f"SUM({top}:{bottom})"

    organisation = {
        "score": f'IF({over("counted")}=0,"",{over("points")}/{over("counted")})',
        "counted": over("counted"),
        "points": over("points"),
        "scored": over("scored"),
        "applicable": over("applicable"),
        "rollup_status": status(layout.rollup("score", ORGANISATION).cell),
        "invalid": over("invalid"),
        "unproven": over("unproven"),
    }
    return formulas | {layout.rollup(key, ORGANISATION): formula for key, formula in organisation.items()}


def _unproven(layout: Layout, perspective: Perspective) -> str:
    """How many actuals of a perspective, up to the reporting period, have no evidence."""
    sheet = layout.quoted(perspective)

    def body(key: str, period: int = 0) -> str:
        return f"{sheet}!{layout.body(perspective, key, period)}"

    def bare(period: int) -> str:
        counted = f"{body('usable')},1,{body('actual', period)},{NUMBER},{body('evidence', period)}"
        # a blank that somebody typed is no evidence
        return f'(COUNTIFS({counted},{EMPTY})+COUNTIFS({counted}," "))'

    return "+".join(f"(bsc_period>={period})*{bare(period)}" for period in range(1, layout.periods + 1))


def gauge(layout: Layout) -> Formulas:
    """The ring of the dashboard's gauge, from the lowest index to the highest: the bands of scores, red first, and how
    far the score is. The lower half of the ring is as long as the upper one."""
    span = "(bsc_cap-bsc_floor)"
    yellow, green = (f"MIN(bsc_cap,MAX(bsc_floor,bsc_{band}_from))" for band in ("yellow", "green"))
    value = layout.trace("gauge_value", 0).cell
    columns = {
        "gauge_band": (f"{yellow}-bsc_floor", f"{green}-{yellow}", f"bsc_cap-{green}", span),
        "gauge_value": ('IF(bsc_score="",0,MAX(0,bsc_score-bsc_floor))', f"{span}-{value}", "0", span),
    }
    return {layout.trace(key, i): part for key, parts in columns.items() for i, part in enumerate(parts)}


def chart(layout: Layout) -> Formulas:
    """The bars of the KPI chart: place in the list, name, and the index in the series of its colour."""
    formulas: Formulas = {}
    for i in range(layout.bars):
        place = layout.trace("chart_place", i).cell
        index = f"INDEX(bsc_kpi_index,{place})"
        picked = f'IF({index}="","",MAX({index},{SHORTEST_BAR}))'
        red = f"INDEX(bsc_kpi_status,{place})={code_of(Status.RED) + 1}"
        found = {
            "chart_place": f'IF({i + 1}>COUNT(bsc_kpi_order),"",MATCH(SMALL(bsc_kpi_order,{i + 1}),bsc_kpi_order,0))',
            "chart_name": f'IF({place}="","",{shortened(code_and_name(place), CHART_NAME)})',
            "chart_good": f'IF({place}="","",IF({red},"",{picked}))',
            "chart_red": f'IF({place}="","",IF({red},{picked},""))',
        }
        formulas |= {layout.trace(key, i): formula for key, formula in found.items()}
    return formulas


def subtitle(layout: Layout) -> str:
    """Year and reporting period in words."""
    period = of_period(layout, "bsc_period_names", "bsc_period")
    # where no year is filled in yet, no hole is left
    return f"TRIM({joined(layout.labels('dashboard.subtitle'), year='bsc_year', period=period)})"


def unit_and_period(layout: Layout) -> str:
    """Whose figures a sheet shows, and up to when: the caption below its title."""
    return f'IF(bsc_unit_name="","",bsc_unit_name&" · ")&{subtitle(layout)}'


def records(layout: Layout) -> Formulas:
    """The lines above the tables of history, evidence and discipline: when one is empty, what will fill it; how many
    rows there are where that says something."""
    closed = f"COUNTIFS(bsc_history_year,{NUMBER},bsc_history_period,{NUMBER})"
    formulas = {layout.records_line("history"): f'IF({closed}=0,{quoted_label(layout, "history.none")},"")'}
    for sheet in RECORDS:
        count, text = f"COUNT(bsc_{sheet}_period)", layout.labels(f"{sheet}.count")
        none = quoted_label(layout, f"{sheet}.none")
        formulas[layout.records_line(sheet)] = f"IF({count}=0,{none},{joined(text, count=count)})"
    return formulas


def captions(layout: Layout) -> Formulas:
    """The line below the title of each sheet that shows figures."""
    return dict.fromkeys(layout.captions(), unit_and_period(layout))
