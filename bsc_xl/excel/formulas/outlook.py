"""The formulas of `scoring.outlook`: how a KPI has come, what its year may come to, and what to do about it.

What was there at the end of an earlier period is what the history says of it, and where the period was never closed
what the figures up to then come to.
"""

from __future__ import annotations

from itertools import pairwise

from bsc_xl import policies
from bsc_xl.excel.address import span
from bsc_xl.excel.columns import TRACE_COLUMNS
from bsc_xl.excel.formulas.rules import NOT_NA, NUMBER, UNSCORED, UP_TO, achievement, given_weight, index, is_capped
from bsc_xl.excel.formulas.words import Formulas, bounded, of_period, seen
from bsc_xl.excel.layout import ORGANISATION, Layout
from bsc_xl.model import COMPARE_DECIMALS, NOISE, Advice, Outlook, Perspective, Status
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.scoring.outlook import DIGITS, LARGEST

REACHED, OPEN, MISSED, UNSET = (code_of(outlook) + 1 for outlook in Outlook)
ENDED = len(Outlook) + 1
"""Position of "not reached" in the list of outlooks, behind the others."""
CORRECT, COMPLETE = (code_of(advice) + 1 for advice in (Advice.CORRECT, Advice.COMPLETE))
NO_DATA = code_of(Status.NO_DATA) + 1


def earlier(layout: Layout, row: int) -> dict[tuple[str, int], str]:
    """Target, actual and achievement of a KPI row at the end of each period before the reporting period, by column and
    period; "" for a period that is not over (domain.md, sections 4 and 5)."""
    found: dict[tuple[str, int], str] = {}
    c = _row(layout, row)
    for period in range(1, layout.periods):
        target, actual = (f"${layout.column(f'earlier_{key}', period)}{row}" for key in ("target", "actual"))
        targets, actuals = (layout.block(key, row, period) for key in ("target", "actual"))
        counted = f"COUNTIFS({targets},{NUMBER},{actuals},{NOT_NA})"
        divisor = f"IF({c['consolidation_code']}=2,{counted},1)"
        last_target, last_actual = (
            _last(layout.period_block(period), block, targets, actuals) for block in (targets, actuals)
        )
        found["earlier_target", period] = (
            f'IF(OR({c["usable"]}=0,{c["invalid"]}>0,bsc_period<={period}),"",IF({counted}=0,"",'
            f"IF({c['consolidation_code']}=3,{last_target},SUMIFS({targets},{actuals},{NOT_NA})/{divisor})))"
        )
        found["earlier_actual", period] = (
            f'IF({target}="","",IF({c["consolidation_code"]}=3,IF({last_actual}="","",{last_actual}),'
            f'IF(COUNTIFS({targets},{NUMBER},{actuals},{NUMBER})<{counted},"",'
            f"SUMIFS({actuals},{targets},{NUMBER})/{divisor})))"
        )
        found["earlier_achievement", period] = achievement(c, target, actual, _stabilized(layout, target, actual))
    return found


def outlook(layout: Layout) -> Formulas:
    """What the trace says of each KPI row about its trend and the end of its year."""
    formulas: Formulas = {}
    for i, (perspective, row) in enumerate(layout.slots):
        formulas |= {layout.trace(key, i): formula for key, formula in _traced(layout, i, perspective, row).items()}
    return formulas | _rollup(layout)


def trend(layout: Layout) -> Formulas:
    """The sheet of trend and forecast: one row for each KPI row."""
    formulas: Formulas = {}
    same = ("change", "year_target", "forecast", "forecast_index")
    for i, (perspective, row) in enumerate(layout.slots):
        sheet = f"{layout.quoted(perspective)}!"
        c = _row(layout, row, sheet)
        at = {
            key: f"{layout.quoted('trace')}!{layout.trace(key, i).cell}"
            for key in ("code", "name", "index", "remaining", "required", "outlook", *same)
        }
        found = {"kpi_code": at["code"], "kpi_name": at["name"], "index_0": _last_year(c["usable"], at["code"])}
        for period in range(1, layout.periods + 1):
            found[f"index_{period}"] = _index_at(layout, c, at, sheet, row, period)
        found |= {key: at[key] for key in same}
        # of a target that is reached, or cannot be reached any more, nothing is asked
        idle = f'OR({at["required"]}="",{at["outlook"]}<>{OPEN})'
        found["required"] = f'IF({idle},"",{bounded(at["required"], c["polarity_code"])})'
        found["bound"] = f'IF({idle},"",INDEX(bsc_list_bound,{c["polarity_code"]}))'
        # at the end of the year it is no longer a matter of what can be
        state = f"IF(AND({at['outlook']}={MISSED},{at['remaining']}=0),{ENDED},{at['outlook']})"
        found["outlook"] = f'IF({at["outlook"]}="","",INDEX(bsc_list_outlook,{state}))'
        formulas |= {layout.list_cell("trend", key, i): formula for key, formula in found.items()}
    return formulas


def _row(layout: Layout, row: int, sheet: str = "") -> dict[str, str]:
    """The columns of a KPI row that are there once, on its sheet or from another one."""
    return {key: f"{sheet}${letter}{row}" for (key, period), letter in layout.columns.items() if not period}


def _last(periods: str, block: str, targets: str, actuals: str) -> str:
    """What stands in the last period of S, which is not empty; each of these is a range of the same periods."""
    if ":" not in periods:
        return block  # there is no other period, and no array to look in
    # a text is more than any number, so that only numbers count as targets
    counted = f'({targets}<>"")*({targets}<1E+308)*({actuals}<>"N/A")'
    return f"INDEX({block},1,LOOKUP(2,1/({counted}),{periods}))"


def _stabilized(layout: Layout, target: str, actual: str) -> str:
    """The achievement for Stabilize without cells in between: the pieces of the policy's scale, written out."""
    at = f"(1-ABS({actual}-{target})/ABS({target}))"
    points = [(f"INDEX(bsc_stabilize_x,{j})", f"INDEX(bsc_stabilize_y,{j})") for j in range(1, layout.points + 1)]
    formula = points[-1][1]
    for (x, y), (next_x, next_y) in reversed(list(pairwise(points))):
        formula = f"IF({at}<{next_x},{y}+({at}-{x})*({next_y}-{y})/({next_x}-{x}),{formula})"
    return f'IF({target}=0,"",IF({at}<{points[0][0]},{points[0][1]},{formula}))'


def _index_at(layout: Layout, c: dict[str, str], at: dict[str, str], sheet: str, row: int, period: int) -> str:
    """The index at the end of a period of this year, "" for one that is not over."""
    if period == layout.periods:
        return f'IF(bsc_period={period},{at["index"]},"")'
    closed = _closed(f"(bsc_history_year=bsc_year)*(bsc_history_period={period})*(bsc_history_kpi_code={at['code']})")
    computed = index(c, f"{sheet}${layout.column('earlier_achievement', period)}{row}")
    earlier_one = f'IFERROR(IF({closed}="","",{closed}),{computed})'
    return f'IF(bsc_period<{period},"",IF(bsc_period={period},{at["index"]},IF({c["usable"]}=0,"",{earlier_one})))'


def _last_year(usable: str, code: str) -> str:
    """The index of the last period of last year in which the KPI was closed."""
    closed = _closed(f"(bsc_history_year=bsc_year-1)*(bsc_history_kpi_code={code})")
    return f'IF({usable}=0,"",IFERROR(IF({closed}="","",{closed}),""))'


def _closed(wanted: str) -> str:
    """The index in the last wanted row of the history, which may be blank; an error where there is none.

    The row is looked up, not the index: Gnumeric takes what LOOKUP finds in a blank cell for 0.
    """
    rows = "ROW(bsc_history_index)-MIN(ROW(bsc_history_index))+1"
    return f"INDEX(bsc_history_index,LOOKUP(2,1/({wanted}),{rows}))"


def _traced(layout: Layout, i: int, perspective: Perspective, row: int) -> dict[str, str]:
    """What the trace says of one KPI row."""
    sheet = f"{layout.quoted(perspective)}!"
    c, t = _row(layout, row, sheet), {key: layout.trace(key, i).cell for key in TRACE_COLUMNS}
    targets, actuals, periods = (
        sheet + block for block in (layout.block("target", row), layout.block("actual", row), layout.period_block())
    )
    target, actual, method = c["target_to_date"], c["actual_to_date"], c["consolidation_code"]
    over, ahead, averaged = c["periods_counted"], t["remaining"], f"{method}=2"
    year = f"({over}+{ahead})"
    all_of_it = f"{t['year_target']}*IF({averaged},{year},1)"
    done = f"{actual}*IF({averaged},{over},1)"
    indices = (layout.list_cell("trend", f"index_{period}", i).cell for period in (0, layout.periods - 1))
    before = f"{layout.quoted('trend')}!{span(*indices)}"
    status = t["status"]
    falls = f'IF({t["change"]}="",0,IF(ROUND({t["change"]},{COMPARE_DECIMALS})<=-{policies.load().falling:g},1,0))'
    return {
        "before": f'IF({c["usable"]}=0,"",{of_period(layout, before, "1,bsc_period")})',
        "weight_before": _weight_before(layout, c, t["before"], sheet, row),
        "change": f'IF(OR({t["index"]}="",{t["before"]}=""),"",{seen(t["index"] + "-" + t["before"])})',
        "remaining": (
            f'IF({t["index"]}="","",COUNTIFS({periods},">"&bsc_period,{targets},{NUMBER},{actuals},{NOT_NA}))'
        ),
        "year_target": (
            f'IF({t["index"]}="","",IF({method}=3,{_last(periods, targets, targets, actuals)},'
            f"SUMIFS({targets},{actuals},{NOT_NA})/IF({averaged},{year},1)))"
        ),
        # what all the remaining periods need together, without the noise of adding up (`scoring.outlook.DIGITS`)
        "required": (
            f'IF(N({ahead})=0,"",IF({method}=3,{t["year_target"]},'
            f"ROUND({all_of_it}-{done},{DIGITS}-LEN(INT(MIN({LARGEST:.0E},MAX(ABS({all_of_it}),ABS({done}))))))/{ahead}))"
        ),
        "forecast": (
            f'IF(N({ahead})=0,"",IF({method}=1,{actual}*{year}/{over},IF({method}=2,{actual},'
            f"IF({t['year_target']}*{target}>0,{actual}*({t['year_target']}/{target}),{actual}))))"
        ),
        "forecast_achievement": achievement(
            c, t["year_target"], t["forecast"], _stabilized(layout, t["year_target"], t["forecast"])
        ),
        "forecast_index": index(c, t["forecast_achievement"]),
        "outlook": _state(c, t, targets, actuals, periods),
        "advice": f'IF({status}="","",IF({status}={NO_DATA},{COMPLETE},MIN({CORRECT},{status}+{falls})))',
    }


def _weight_before(layout: Layout, c: dict[str, str], before: str, sheet: str, row: int) -> str:
    """The weight with which the index before counts: by the strict choice also where a target had no actual."""
    weight = given_weight(c)
    missing = "0"
    if layout.periods > 1:
        target, actual = (
            _of_earlier(layout, f"{sheet}{layout.block(f'earlier_{key}', row, layout.periods - 1)}")
            for key in ("target", "actual")
        )
        strict = f"AND(TRIM(bsc_missing)=INDEX(bsc_list_missing,2),{c['polarity_code']}<{UNSCORED},bsc_period>1)"
        missing = f'IF({strict},IF({target}="",0,IF({actual}="",{weight},0)),0)'
    return f'IF({c["usable"]}=0,0,IF({before}<>"",{weight},{missing}))'


def _of_earlier(layout: Layout, cells: str) -> str:
    """One of the cells that stand for the periods before the last: that of the period before."""
    return cells if layout.periods == 2 else f"INDEX({cells},1,bsc_period-1)"


def _state(c: dict[str, str], t: dict[str, str], targets: str, actuals: str, periods: str) -> str:
    """Whether the target of the year is reached, still open, or cannot be reached any more, or not yet set."""
    target, actual, polarity = c["target_to_date"], c["actual_to_date"], c["polarity_code"]
    negative = (
        f'COUNTIFS({targets},"<0",{actuals},{NOT_NA})+COUNTIFS({periods},{UP_TO},{targets},{NUMBER},{actuals},"<0")'
    )
    short = f"{actual}-{target}<-{NOISE:.0E}*MAX(1,ABS({target}))"
    growing = (
        f"IF(OR({polarity}=1,{polarity}=4),IF({t['required']}<=0,{REACHED},{OPEN}),"
        f"IF({t['required']}<0,{MISSED},{OPEN}))"
    )
    yes_or_no = f'AND({polarity}=4,COUNTIFS({targets},">1",{actuals},{NOT_NA})=0)'
    capped = f"OR(AND({polarity}=1,{is_capped(c)}),{yes_or_no})"
    ahead = (
        f"IF({c['consolidation_code']}=3,{OPEN},IF(AND({capped},{short}),{MISSED},IF({negative}>0,{OPEN},{growing})))"
    )
    to_come = f'COUNTIFS({periods},">"&bsc_period,{actuals},{NOT_NA})'
    at_end = f"IF({to_come}>0,{UNSET},IF({c['achievement']}>=1-{NOISE:.0E},{REACHED},{MISSED}))"
    return f'IF({t["index"]}="","",IF({t["remaining"]}=0,{at_end},{ahead}))'


def _rollup(layout: Layout) -> Formulas:
    """Perspective and organisation scores at the end of the period before, by today's weights, and the change."""
    formulas: Formulas = {}
    before = [layout.rollup("rollup_before", i).cell for i in range(ORGANISATION + 1)]
    for i, _ in enumerate(Perspective):
        weights = f"SUMIFS(bsc_kpi_weight_before,bsc_kpi_perspective,{i + 1})"
        points = f"SUMPRODUCT((bsc_kpi_perspective={i + 1})*bsc_kpi_weight_before,bsc_kpi_before)"
        formulas[layout.rollup("rollup_before", i)] = f'IF({weights}=0,"",{points}/{weights})'
    own = [(cell, f"N(bsc_weight_{p})") for cell, p in zip(before, Perspective, strict=False)]
    weights = "+".join(f'IF({cell}="",0,{weight})' for cell, weight in own)
    points = "+".join(f'IF({cell}="",0,{cell}*{weight})' for cell, weight in own)
    formulas[layout.rollup("rollup_before", ORGANISATION)] = f'IF({weights}=0,"",({points})/({weights}))'
    for i, cell in enumerate(before):
        score = layout.rollup("score", i).cell
        formulas[layout.rollup("rollup_change", i)] = f'IF(OR({score}="",{cell}=""),"",{seen(score + "-" + cell)})'
    return formulas
