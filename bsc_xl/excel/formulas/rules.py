"""The scoring rules as Excel formulas; each names the section of domain.md that it follows."""

from __future__ import annotations

from collections.abc import Mapping

from bsc_xl.excel.formulas.words import of_period, quoted_label
from bsc_xl.excel.layout import Layout
from bsc_xl.model import COMPARE_DECIMALS, NOISE, Perspective, Polarity, Status

EMPTY = '""'
"""Blank, or a link to a cell that shows nothing."""
NUMBER = '"<1E+308"'
NOT_NA = '"<>N/A"'
UP_TO = '"<="&bsc_period'
UNSCORED = len(Polarity)
"""Position of "unscored" in the list of polarities."""


def kpi(layout: Layout, perspective: Perspective, row: int) -> dict[str, str]:
    """The calculated columns of one KPI row (domain.md, sections 4 to 7)."""
    c = {key: f"${letter}{row}" for (key, period), letter in layout.columns.items() if not period}
    targets, actuals = layout.block("target", row), layout.block("actual", row)
    upto = f"{layout.period_block()},{UP_TO}"
    begun = f'{c["kpi_code"]}&{c["kpi_name"]}<>""'
    place = layout.slots.index((perspective, row)) + 1
    first = f"SUMPRODUCT((bsc_kpi_code=TRIM({c['kpi_code']}))*(bsc_kpi_place<{place}))=0"
    total_weight = f"SUM({layout.body(perspective, 'counted_weight')})"

    valid = "".join(
        f"-COUNTIFS({upto},{block},{what})" for what in (EMPTY, NUMBER, '"N/A"') for block in (targets, actuals)
    )
    scorable = f"AND({c['polarity_code']}>0,{c['polarity_code']}<{UNSCORED})"
    target, actual = c["target_to_date"], c["actual_to_date"]
    closeness = f"ROUND({c['closeness']},{COMPARE_DECIMALS})"
    weight = given_weight(c)
    last_target, last_actual = (of_period(layout, block, f"1,{c['last_period']}") for block in (targets, actuals))
    green, yellow = (_own(c[f"{name}_from"], f"bsc_{name}_from") for name in ("green", "yellow"))
    return {
        # a row counts once it says what it is, and for the first row with its code only
        "usable": (
            f'IF(AND(TRIM({c["kpi_code"]})<>"",{c["polarity_code"]}>0,{c["consolidation_code"]}>0),IF({first},1,0),0)'
        ),
        "polarity_code": f"IFERROR(MATCH(TRIM({c['polarity']}),bsc_list_polarity,0),0)",
        "consolidation_code": f"IFERROR(MATCH(TRIM({c['consolidation']}),bsc_list_consolidation,0),0)",
        # what is neither number, blank nor N/A (section 3)
        "invalid": f"2*COUNTIFS({upto}){valid}",
        # the set S of section 4 and how many of its actuals are there
        "periods_counted": f"COUNTIFS({upto},{targets},{NUMBER},{actuals},{NOT_NA})",
        "periods_complete": f"COUNTIFS({upto},{targets},{NUMBER},{actuals},{NUMBER})",
        "last_period": f"IF(OR({c['invalid']}>0,{c['periods_counted']}=0),0,{_latest(layout, targets, actuals)})",
        "target_to_date": (
            f'IF(OR({c["usable"]}=0,{c["last_period"]}=0),"",IF({c["consolidation_code"]}=3,'
            f"{last_target},SUMIFS({targets},{upto},{actuals},{NOT_NA})"
            f"/IF({c['consolidation_code']}=2,{c['periods_counted']},1)))"
        ),
        "actual_to_date": (
            f'IF({target}="","",IF({c["consolidation_code"]}=3,'
            f'IF({last_actual}="","",{last_actual}),'
            f'IF({c["periods_complete"]}<{c["periods_counted"]},"",SUMIFS({actuals},{upto},{targets},{NUMBER})'
            f"/IF({c['consolidation_code']}=2,{c['periods_counted']},1))))"
        ),
        # closeness to the target and the piece of the stabilize scale it falls in (section 5); the scale has no jumps,
        # so that both pieces beside a bound give the same, and only the choice of one must not be left to noise
        "closeness": (
            f'IF({actual}="","",IF({c["polarity_code"]}<>3,"",IF({target}=0,"",1-ABS({actual}-{target})/ABS({target}))))'
        ),
        "segment": (
            f'IF({c["closeness"]}="","",IF({closeness}<INDEX(bsc_stabilize_x,1),0,'
            f"MATCH({closeness},bsc_stabilize_x,1)))"
        ),
        "achievement": achievement(c, target, actual, f'IF({c["closeness"]}="","",{_stabilized(c)})'),
        "index": index(c, c["achievement"]),
        "status_code": f'IF({c["usable"]}=0,"",{status(c["index"], green, yellow)})',
        "status": (
            f'IF({c["status_code"]}<>"",{status_text(c["status_code"])},'
            f'IF({begun},{quoted_label(layout, "placeholder.incomplete")},""))'
        ),
        # the strict choice counts a target without an actual as 0 (section 6)
        "counted_weight": (
            f'IF({c["index"]}<>"",{weight},IF(AND(TRIM(bsc_missing)=INDEX(bsc_list_missing,2),{scorable},'
            f'{target}<>"",{actual}=""),{weight},0))'
        ),
        "points": f'IF({c["index"]}="",0,{c["counted_weight"]}*{c["index"]})',
        "weighted_score": f'IF({c["counted_weight"]}=0,"",{c["points"]}/{total_weight})',
        "scored": f'IF({c["index"]}="",0,1)',
        "applicable": (
            f"IF(OR({c['usable']}=0,{c['polarity_code']}={UNSCORED}),0,"
            f"IF(COUNTIFS({upto},{targets},{NOT_NA},{actuals},{NOT_NA})=0,0,1))"
        ),
    }


def given_weight(c: Mapping[str, str]) -> str:
    """The weight of a KPI as it counts: 0 where it is none."""
    return f"IF(ISNUMBER({c['weight']}),MAX(0,{c['weight']}),0)"


def achievement(c: dict[str, str], target: str, actual: str, stabilized: str) -> str:
    """The achievement of a target and an actual, which may be "" (section 5).

    `c`: the columns of the KPI row; `stabilized`: what it is for Stabilize, "" where the target is 0.
    """
    worst, polarity = c["worst"], c["polarity_code"]
    directed = f"IF({polarity}=1,1,-1)"
    passed = f"IF({actual}<={NOISE:.0E},1,0)"
    without_worst = f'IF(TRIM(bsc_zero_target)=INDEX(bsc_list_zero_target,2),"",{passed})'
    by_worst = f'IF(ISNUMBER({worst}),IF({worst}=0,"",({worst}-{actual})/{worst}),"")'
    zero_target = f'IF({polarity}=1,"",IF(COUNTIFS({worst},{EMPTY})=1,{without_worst},{by_worst}))'
    return (
        f'IF(OR({actual}="",{polarity}=0,{polarity}={UNSCORED}),"",IF({polarity}<=2,'
        f"IF({target}=0,{zero_target},1+{directed}*({actual}-{target})/ABS({target})),"
        f"IF({polarity}=3,{stabilized},"
        f"IF({actual}-{target}>=-{NOISE:.0E}*MAX(1,ABS({target})),1,0))))"
    )


def index(c: dict[str, str], ratio: str) -> str:
    """The index of an achievement, which may be "" (section 5)."""
    return (
        f'IF({ratio}="","",IF(AND({c["polarity_code"]}<=2,{is_capped(c)},{ratio}>=1-{NOISE:.0E}),bsc_cap,'
        f"MAX(bsc_floor,MIN(bsc_cap,100*{ratio}))))"
    )


def is_capped(c: dict[str, str]) -> str:
    """The target of the KPI row cannot be exceeded."""
    return f"TRIM({c['ceiling']})=INDEX(bsc_list_yes_no,1)"


def _latest(layout: Layout, targets: str, actuals: str) -> str:
    """The last period of S, where S is not empty; a year of one period has no other, and no array to look in."""
    if layout.periods == 1:
        return "1"
    periods = layout.period_block()
    counted = f'({periods}<=bsc_period)*({targets}<>"")*({targets}<>"N/A")*({actuals}<>"N/A")'
    return f"LOOKUP(2,1/({counted}),{periods})"


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


def status(value: str, green: str = "bsc_green_from", yellow: str = "bsc_yellow_from") -> str:
    """The position in the list of statuses for an index or score (section 7); a bound belongs to the higher band."""
    rounded = f"ROUND({value},{COMPARE_DECIMALS})"
    return f'IF({value}="",{len(Status)},IF({rounded}>={green},1,IF({rounded}>={yellow},2,3)))'


def status_text(code: str) -> str:
    """Symbol and word of a status, so that colour is never the only sign."""
    return f'INDEX(bsc_list_symbol,{code})&" "&INDEX(bsc_list_status,{code})'
