"""The Excel formula that mirrors each scoring rule; each names the section of domain.md that it follows.

Only functions that Excel 2016, LibreOffice 7 and Gnumeric share and calculate alike: no dynamic arrays, nothing
volatile. Gnumeric does not spread ISNUMBER over a range inside SUMPRODUCT, so periods are counted with COUNTIFS:
``"<1E+308"`` selects numbers, ``"<>N/A"`` everything but N/A. "" stands for "nothing to show".
"""

from __future__ import annotations

import re

from bsc_xl import policies
from bsc_xl.excel.grid import LIST_ROWS, place
from bsc_xl.excel.layout import ORGANISATION, Layout, Ref, cells
from bsc_xl.model import COMPARE_DECIMALS, Perspective, Polarity, Status

NUMBER = '"<1E+308"'
NOT_NA = '"<>N/A"'
UP_TO = '"<="&bsc_period'
UNSCORED = len(Polarity)
"""Position of "unscored" in the list of polarities."""

Formulas = dict[Ref, str]


def every(layout: Layout) -> Formulas:
    """Every calculated cell of the workbook with its formula."""
    formulas: Formulas = {}
    for perspective in Perspective:
        for row in layout.rows(perspective):
            for key, formula in kpi(layout, perspective, row).items():
                formulas[layout.cell(perspective, row, key)] = formula
        for key, formula in summary(layout, perspective).items():
            formulas[layout.summary(perspective, key)] = formula
    for part in (captions, settings, trace, rollup, chart, action_plan, strategy_map):
        formulas |= part(layout)
    return formulas | {Ref("dashboard", place(key)): formula for key, formula in dashboard(layout).items()}


def joined(text: str, **parts: str) -> str:
    """A label with placeholders as a formula that joins its pieces: ``"Q" & bsc_period``."""
    pieces = re.split(r"\{(\w+)\}", text)
    terms = [parts[p] if i % 2 else '"' + p.replace('"', '""') + '"' for i, p in enumerate(pieces) if p]
    return "&".join(terms)


def kpi(layout: Layout, perspective: Perspective, row: int) -> dict[str, str]:
    """The calculated columns of one KPI row (domain.md, sections 4 to 7)."""
    c = {key: f"${letter}{row}" for (key, period), letter in layout.columns.items() if not period}
    targets, actuals = layout.block("target", row), layout.block("actual", row)
    upto = f"{layout.period_block()},{UP_TO}"
    named = f'{c["kpi_code"]}&{c["kpi_name"]}=""'
    total_weight = f"SUM({layout.body(perspective, 'counted_weight')})"

    filled, numbers, not_applicable = (
        "+".join(f"COUNTIFS({upto},{block},{what})" for block in (targets, actuals))
        for what in ('"<>"', NUMBER, '"N/A"')
    )
    scorable = f"AND({c['polarity_code']}>0,{c['polarity_code']}<{UNSCORED})"
    target, actual, worst = c["target_to_date"], c["actual_to_date"], c["worst"]
    directed = f"IF({c['polarity_code']}=1,1,-1)"
    zero_target = (
        f'IF({c["polarity_code"]}=1,"",IF(ISNUMBER({worst}),IF({worst}=0,"",({worst}-{actual})/{worst}),'
        f'IF(bsc_zero_target=INDEX(bsc_list_zero_target,1),IF(ROUND({actual},{COMPARE_DECIMALS})<=0,1,0),"")))'
    )
    green, yellow = (_own(c[f"{name}_from"], f"bsc_{name}") for name in ("green", "yellow"))
    return {
        "polarity_code": f"IFERROR(MATCH({c['polarity']},bsc_list_polarity,0),0)",
        "consolidation_code": f"IFERROR(MATCH({c['consolidation']},bsc_list_consolidation,0),0)",
        # what is neither number, blank nor N/A (section 3)
        "invalid": f"{filled}-({numbers})-({not_applicable})",
        # the set S of section 4 and how many of its actuals are there
        "periods_counted": f"COUNTIFS({upto},{targets},{NUMBER},{actuals},{NOT_NA})",
        "periods_complete": f"COUNTIFS({upto},{targets},{NUMBER},{actuals},{NUMBER})",
        "last_period": (
            f"IF(OR({c['invalid']}>0,{c['periods_counted']}=0),0,LOOKUP(2,1/(({layout.period_block()}<=bsc_period)"
            f'*({targets}<>"")*({targets}<>"N/A")*({actuals}<>"N/A")),{layout.period_block()}))'
        ),
        "target_to_date": (
            f'IF(OR({named},{c["consolidation_code"]}=0,{c["last_period"]}=0),"",IF({c["consolidation_code"]}=3,'
            f"INDEX({targets},1,{c['last_period']}),SUMIFS({targets},{upto},{actuals},{NOT_NA})"
            f"/IF({c['consolidation_code']}=2,{c['periods_counted']},1)))"
        ),
        "actual_to_date": (
            f'IF({target}="","",IF({c["consolidation_code"]}=3,'
            f'IF(INDEX({actuals},1,{c["last_period"]})="","",INDEX({actuals},1,{c["last_period"]})),'
            f'IF({c["periods_complete"]}<{c["periods_counted"]},"",SUMIFS({actuals},{upto},{targets},{NUMBER})'
            f"/IF({c['consolidation_code']}=2,{c['periods_counted']},1))))"
        ),
        # closeness to the target and the piece of the stabilize scale it falls in (section 5)
        "closeness": (
            f'IF({actual}="","",IF({c["polarity_code"]}<>3,"",IF({target}=0,"",1-ABS({actual}-{target})/ABS({target}))))'
        ),
        "segment": (
            f'IF({c["closeness"]}="","",IF({c["closeness"]}<INDEX(bsc_stabilize_x,1),0,'
            f"MATCH({c['closeness']},bsc_stabilize_x,1)))"
        ),
        "achievement": (
            f'IF(OR({actual}="",NOT({scorable})),"",IF({c["polarity_code"]}<=2,'
            f"IF({target}=0,{zero_target},1+{directed}*({actual}-{target})/ABS({target})),"
            f'IF({c["polarity_code"]}=3,IF({c["closeness"]}="","",{_stabilized(c)}),'
            f"IF({actual}-{target}>=-1E-{COMPARE_DECIMALS}*MAX(1,ABS({target})),1,0))))"
        ),
        "index": (
            f'IF({c["achievement"]}="","",IF(AND({c["polarity_code"]}<=2,{c["ceiling"]}=INDEX(bsc_list_yes_no,1),'
            f"ROUND({c['achievement']},{COMPARE_DECIMALS})>=1),bsc_cap,MAX(bsc_floor,MIN(bsc_cap,100*{c['achievement']}))))"
        ),
        "status_code": f'IF({named},"",{status(c["index"], green, yellow)})',
        "status": f'IF({c["status_code"]}="","",{status_text(c["status_code"])})',
        # the strict choice counts a target without an actual as 0 (section 6)
        "counted_weight": (
            f'IF(NOT(ISNUMBER({c["weight"]})),0,IF({c["index"]}<>"",{c["weight"]},IF(AND(bsc_missing='
            f'INDEX(bsc_list_missing,2),{scorable},{target}<>"",{actual}=""),{c["weight"]},0)))'
        ),
        "points": f'IF({c["index"]}="",0,{c["counted_weight"]}*{c["index"]})',
        "weighted_score": f'IF({c["counted_weight"]}=0,"",{c["points"]}/{total_weight})',
        "scored": f'IF({c["index"]}="",0,1)',
        "applicable": (
            f"IF(OR({named},{c['polarity_code']}={UNSCORED}),0,"
            f"IF(COUNTIFS({upto},{targets},{NOT_NA},{actuals},{NOT_NA})=0,0,1))"
        ),
    }


def _own(cell: str, default: str) -> str:
    return f"IF(ISNUMBER({cell}),{cell},{default})"


def _stabilized(c: dict[str, str]) -> str:
    """Piecewise linear through the policy's table; beyond its ends the value of the end."""
    at, segment, x, y = c["closeness"], c["segment"], "bsc_stabilize_x", "bsc_stabilize_y"
    return (
        f"IF({segment}=0,INDEX({y},1),IF({segment}>=ROWS({x}),INDEX({y},ROWS({y})),INDEX({y},{segment})"
        f"+({at}-INDEX({x},{segment}))*(INDEX({y},{segment}+1)-INDEX({y},{segment}))"
        f"/(INDEX({x},{segment}+1)-INDEX({x},{segment}))))"
    )


def status(value: str, green: str = "bsc_green", yellow: str = "bsc_yellow") -> str:
    """The position in the list of statuses for an index or score (section 7); a bound belongs to the higher band."""
    rounded = f"ROUND({value},{COMPARE_DECIMALS})"
    return f'IF({value}="",{len(Status)},IF({rounded}>={green},1,IF({rounded}>={yellow},2,3)))'


def status_text(code: str) -> str:
    """Symbol and word of a status, so that colour is never the only sign."""
    return f'INDEX(bsc_list_symbol,{code})&" "&INDEX(bsc_list_status,{code})'


def summary(layout: Layout, perspective: Perspective) -> dict[str, str]:
    """The line above a perspective's KPI table."""
    code = f"bsc_rollup_status_{perspective}"
    return {
        "score": f'IF(bsc_score_{perspective}="",{_text(layout, "placeholder.none")},bsc_score_{perspective})',
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


def trace(layout: Layout) -> Formulas:
    """Every KPI row in one list, with keys that rank them; a tie goes to the one that stands first."""
    formulas: Formulas = {}
    for i, (perspective, row) in enumerate(layout.slots):
        sheet = layout.quoted(perspective)
        code, name, index, state = (
            f"{sheet}!{layout.column(key)}{row}" for key in ("kpi_code", "kpi_name", "index", "status_code")
        )
        at = {key: layout.trace(key, i).cell for key in ("place", "index", "status", "low")}
        found = {
            "code": f'{code}&""',
            "name": f'{name}&""',
            "index": index,
            "status": state,
            "low": f'IF({at["index"]}="","",ROUND({at["index"]},6)+{at["place"]}*1E-9)',
            "high": f'IF({at["index"]}="","",ROUND({at["index"]},6)-{at["place"]}*1E-9)',
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
            for key in ("counted_weight", "points", "scored", "applicable")
        }
        score = layout.rollup("score", i).cell
        found = {
            "score": f'IF(SUM({body["counted_weight"]})=0,"",SUM({body["points"]})/SUM({body["counted_weight"]}))',
            "counted": f'IF({score}="",0,N(bsc_weight_{perspective}))',
            "points": f'IF({score}="",0,{score}*N(bsc_weight_{perspective}))',
            "scored": f"SUM({body['scored']})",
            "applicable": f"SUM({body['applicable']})",
            "rollup_status": status(score),
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
    }
    return formulas | {layout.rollup(key, ORGANISATION): formula for key, formula in organisation.items()}


def chart(layout: Layout) -> Formulas:
    """The bars of the KPI chart: place in the list, name, and the index in the series of its colour."""
    formulas: Formulas = {}
    for i in range(layout.bars):
        place = layout.trace("chart_place", i).cell
        picked = f"INDEX(bsc_kpi_index,{place})"
        red = f"INDEX(bsc_kpi_status,{place})={list(Status).index(Status.RED) + 1}"
        found = {
            "chart_place": f'IF({i + 1}>COUNT(bsc_kpi_order),"",MATCH(SMALL(bsc_kpi_order,{i + 1}),bsc_kpi_order,0))',
            "chart_name": f'IF({place}="","",INDEX(bsc_kpi_name,{place}))',
            "chart_good": f'IF({place}="","",IF({red},"",{picked}))',
            "chart_red": f'IF({place}="","",IF({red},{picked},""))',
        }
        formulas |= {layout.trace(key, i): formula for key, formula in found.items()}
    return formulas


def ranked(which: str, k: int) -> str:
    """The place in the trace list of the k-th worst or best KPI, counted from 0; only where there is one."""
    keys, pick = ("bsc_kpi_low", "SMALL") if which == "worst" else ("bsc_kpi_high", "LARGE")
    return f"MATCH({pick}({keys},{k + 1}),{keys},0)"


def dashboard(layout: Layout) -> dict[str, str]:
    """Every calculated place of the dashboard."""
    text = layout.labels
    none, top, idea = (
        _text(layout, key) for key in ("placeholder.none", "dashboard.top_rating", "dashboard.needs_idea")
    )
    band = _band()
    next_bound = f"INDEX(bsc_rating_bounds,{band}-1)"
    made = joined(text("placeholder.never"), version="bsc_engine_version")
    next_rating = joined(text("dashboard.next_rating"), rating=f"INDEX(bsc_rating_names,{band}-1)")
    found = {
        "unit_name": f'IF(bsc_unit_name="",{_text(layout, "placeholder.unit")},bsc_unit_name)',
        "subtitle": subtitle(layout) + f'&" · "&{joined(text("dashboard.policy"), policy="bsc_policy")}',
        "completeness": joined(text("completeness"), scored="bsc_scored", total="bsc_applicable"),
        "score": f'IF(bsc_score="",{none},bsc_score)',
        "score_status": status_text("bsc_rollup_status"),
        "rating": f'IF(bsc_score="",{none},INDEX(bsc_rating_names,{band}))',
        "next_rating": f'IF(bsc_score="","",IF({band}=1,{top},IF({next_bound}<=bsc_score,{idea},{next_rating})))',
        "next_gap": f'IF(bsc_score="","",IF({band}=1,"",IF({next_bound}<=bsc_score,"",{next_bound}-bsc_score)))',
        "recalculated": f'IF(bsc_recalculated="",{made},bsc_recalculated)',
        "conclusion": _conclusion(layout),
    }
    for perspective in Perspective:
        score = f"bsc_score_{perspective}"
        found |= {
            f"score_{perspective}": f'IF({score}="",{_text(layout, "placeholder.dash")},{score})',
            f"status_{perspective}": status_text(f"bsc_rollup_status_{perspective}"),
            f"completeness_{perspective}": joined(
                text("dashboard.completeness"),
                scored=f"bsc_scored_{perspective}",
                total=f"bsc_applicable_{perspective}",
            ),
            f"weight_{perspective}": f"bsc_weight_{perspective}",
        }
    for code, state in enumerate(Status, start=1):
        found[f"count_{state}"] = f"COUNTIF(bsc_kpi_status,{code})"
    for k in range(LIST_ROWS):
        for which in ("worst", "best"):
            for key, formula in _ranked_row(which, k).items():
                found[f"{which}_{key}_{k}"] = f'IF({k + 1}>COUNT(bsc_kpi_low),"",{formula})'
    return found


def _ranked_row(which: str, k: int) -> dict[str, str]:
    place = ranked(which, k)
    return {
        "code": f"INDEX(bsc_kpi_code,{place})",
        "name": f"INDEX(bsc_kpi_name,{place})",
        "symbol": f"INDEX(bsc_list_symbol,INDEX(bsc_kpi_status,{place}))",
        "index": f"INDEX(bsc_kpi_index,{place})",
        "gap": f"INDEX(bsc_kpi_index,{place})-100",
    }


def _band() -> str:
    """The position of the rating band, highest first; the highest of `pp30` also needs a new idea (section 7)."""
    bands = f"MAX(1,SUMPRODUCT(--(bsc_rating_bounds<=ROUND(bsc_score,{COMPARE_DECIMALS}))))"
    reached = f"ROWS(bsc_rating_bounds)+1-{bands}"
    sets = [i for i, name in enumerate(policies.NAMES, 1) if policies.load(name).rating_bands[0].needs_new_idea]
    chosen = ",".join(f"bsc_rating=INDEX(bsc_list_rating,{i})" for i in sets)
    return f"MAX({reached},IF(AND(OR({chosen}),bsc_new_idea<>INDEX(bsc_list_yes_no,1)),2,1))"


def _conclusion(layout: Layout) -> str:
    text = layout.labels
    least = ranked("worst", 0)
    counts = {
        "green": "COUNTIF(bsc_kpi_status,1)",
        "total": "bsc_applicable",
        "red": "COUNTIF(bsc_kpi_status,3)",
        "worst": f"INDEX(bsc_kpi_name,{least})",
    }
    return (
        f"IF(bsc_scored=0,{_text(layout, 'dashboard.conclusion_none')},IF(COUNTIF(bsc_kpi_status,3)>0,"
        f"{joined(text('dashboard.conclusion_red'), **counts)},{joined(text('dashboard.conclusion_good'), **counts)}))"
    )


def subtitle(layout: Layout) -> str:
    """Year and reporting period in words."""
    known = "AND(ISNUMBER(bsc_period),bsc_period>=1,bsc_period<=ROWS(bsc_period_names))"
    period = f'IF({known},INDEX(bsc_period_names,MAX(1,bsc_period)),"")'
    return joined(layout.labels("dashboard.subtitle"), year="bsc_year", period=period)


def unit_and_period(layout: Layout) -> str:
    """Whose figures a sheet shows, and up to when: the caption below its title."""
    return f'IF(bsc_unit_name="","",bsc_unit_name&" · ")&{subtitle(layout)}'


def captions(layout: Layout) -> Formulas:
    """The line below the title of each sheet that shows figures."""
    return dict.fromkeys(layout.captions(), unit_and_period(layout))


def action_plan(layout: Layout) -> Formulas:
    """One row per KPI row: what it is, how far from its target, and what the policy recommends."""
    formulas: Formulas = {}
    for i, (perspective, _) in enumerate(layout.slots):
        code, name, index, state = (
            f"{layout.quoted('trace')}!{layout.trace(key, i).cell}" for key in ("code", "name", "index", "status")
        )
        found = {
            "kpi_code": code,
            "perspective": f'IF({state}="","",{_text(layout, f"perspective.{perspective}")})',
            "kpi_name": name,
            "status": f'IF({state}="","",{status_text(state)})',
            "gap": f'IF({index}="","",{index}-100)',
            "advice": f'IF({state}="","",INDEX(bsc_list_advice,{state}))',
        }
        formulas |= {layout.list_cell("action_plan", key, i): formula for key, formula in found.items()}
    return formulas


def strategy_map(layout: Layout) -> Formulas:
    """The score of each objective over its KPIs, weighted as in its perspective."""
    formulas: Formulas = {}
    for i, perspective in enumerate(layout.lanes):
        objective = layout.list_cell("strategy_map", "objective", i).cell
        score = layout.list_cell("strategy_map", "score", i).cell
        sheet = layout.quoted(perspective)
        body = {key: f"{sheet}!{layout.body(perspective, key)}" for key in ("objective", "counted_weight", "points")}
        weight = f"SUMPRODUCT(--({body['objective']}={objective}),{body['counted_weight']})"
        points = f"SUMPRODUCT(--({body['objective']}={objective}),{body['points']})"
        found = {
            "kpis": f"SUMPRODUCT(--({body['objective']}={objective}))",
            "score": f'IF({weight}=0,"",{points}/{weight})',
            "status": status_text(f"({status(score)})"),
        }
        formulas |= {layout.list_cell("strategy_map", key, i): formula for key, formula in found.items()}
    return formulas


def _text(layout: Layout, key: str) -> str:
    return '"' + layout.labels(key).replace('"', '""') + '"'
