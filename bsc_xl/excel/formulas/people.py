"""The formulas of the sheet `employees`: from a work result and seven values to a rating (domain.md, section 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bsc_xl import policies
from bsc_xl.excel.formulas.rules import status_text
from bsc_xl.excel.formulas.sheets import subtitle
from bsc_xl.excel.formulas.signature import signature
from bsc_xl.excel.formulas.words import Formulas, joined, quoted_label
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.roster import BOXES, FIRST_VALUE, LAST_VALUE, RATINGS, REPORT_COLUMNS, REPORT_KPIS
from bsc_xl.model import COMPARE_DECIMALS, Band, Behaviour, Expectation, Level

RULES = policies.load().employees
"""How employees are judged is the same in every policy."""

IS_NUMERIC = "bsc_employee_rating=INDEX(bsc_list_employee_rating,2)"


def people(layout: Layout) -> Formulas:
    """Every calculated cell of the sheet `employees`."""
    found: Formulas = {}
    for i in range(layout.people):
        found |= {layout.person(key, i): formula for key, formula in _person(layout, i).items()}
    more = _report(layout) if layout.level is Level.EMPLOYEE else _picture(layout)
    return found | {layout.picture(key): formula for key, formula in more}


def _person(layout: Layout, i: int) -> dict[str, str]:
    values, (mean, behaviour, result_level) = (
        _values(layout, i),
        _at(layout, i, "behaviour_mean", "behaviour_level", "result_level"),
    )
    if layout.level is Level.EMPLOYEE:
        code, name, result, idea = "bsc_unit_code", "bsc_unit_name", "bsc_score", "bsc_new_idea"
        nothing, unknown = quoted_label(layout, "placeholder.dash"), quoted_label(layout, "placeholder.none")
    else:
        nothing = unknown = '""'
        code, name, result, idea = _at(layout, i, "employee_id", "employee_name", "work_result", "new_idea")
    least, most = (f"{bound:g}" for bound in RULES.behaviour_scale)
    counted = f'{values},">={least}",{values},"<={most}"'
    given = f"COUNTIFS({counted})"
    none = quoted_label(layout, "employee.not_judged")
    by_matrix = f'IF(OR({result_level}="",{behaviour}=""),{none},{_by_matrix(result_level, behaviour)})'
    by_number = f"IF(ISNUMBER({result}),{_by_number(result, idea)},{none})"
    return {
        "behaviour_mean": f"IF({given}=0,{nothing},SUMIFS({values},{counted})/{given})",
        "behaviour_level": f'IF({given}<{len(Behaviour)},"",{_level(mean, RULES.behaviour)})',
        "result_level": f'IF(ISNUMBER({result}),{_level(result, RULES.result)},"")',
        "unexcused_days": _looked_up("year_days", code, nothing),
        "sanction": _looked_up("sanction", code, unknown),
        "employee_rating": f'IF({code}&{name}="","",IF({IS_NUMERIC},{by_number},{by_matrix}))',
    }


def _at(layout: Layout, i: int, *keys: str) -> list[str]:
    """Cells of an employee, columns fixed."""
    return [f"${layout.person(key, i).cell}" for key in keys]


def _values(layout: Layout, i: int) -> str:
    """The cells of the seven values, side by side or one below another."""
    first, last = (_at(layout, i, value)[0] for value in (FIRST_VALUE, LAST_VALUE))
    return f"{first}:{last}"


def _level(value: str, bands: Sequence[Band]) -> str:
    """The word for a level; a bound belongs to the higher one unless it says otherwise."""
    rounded, highest, middle = f"ROUND({value},{COMPARE_DECIMALS})", *bands[:2]
    first, second = (f"{rounded}{'>' if band.exclusive else '>='}{band.lower:g}" for band in (highest, middle))
    return f"INDEX(bsc_list_expectation,IF({first},1,IF({second},2,3)))"


def _by_matrix(result_level: str, behaviour_level: str) -> str:
    ratings = ",".join(str(RULES.ratings.index(rating) + 1) for row in RULES.matrix for rating in row)
    row, column = (f"MATCH({level},bsc_list_expectation,0)" for level in (result_level, behaviour_level))
    return f"INDEX(bsc_list_matrix_rating,CHOOSE(({row}-1)*{len(Expectation)}+{column},{ratings}))"


def _by_number(result: str, idea: str) -> str:
    """The scale of PP 30/2019; its highest rating also needs a new idea."""
    bands = f"MAX(1,SUMPRODUCT(--(bsc_pp30_bounds<=ROUND({result},{COMPARE_DECIMALS}))))"
    highest = f"IF(TRIM({idea})=INDEX(bsc_list_yes_no,1),1,2)"
    return f"INDEX(bsc_pp30_names,MAX({highest},ROWS(bsc_pp30_bounds)+1-{bands}))"


def _looked_up(column: str, code: str, nothing: str) -> str:
    """What the last row of the sheet `discipline` says of an employee, up to the reporting period."""
    of_employee = f"(bsc_discipline_employee_id=TRIM({code}))*(bsc_discipline_period<=bsc_period)"
    found = f"IFERROR(LOOKUP(2,1/({of_employee}),bsc_discipline_{column}),{nothing})"
    return f'IF(TRIM({code})="",{nothing},{found})'


def _picture(layout: Layout) -> Iterator[tuple[str, str]]:
    """How many employees are in each of the nine boxes, and how many have each rating."""
    results, behaviours, ratings = (
        layout.people_body(key) for key in ("result_level", "behaviour_level", "employee_rating")
    )
    for r, b in BOXES:
        level = f"INDEX(bsc_list_expectation,{r + 1}),{behaviours},INDEX(bsc_list_expectation,{b + 1})"
        yield f"count_{r}_{b}", f"COUNTIFS({results},{level})"
    for k in range(RATINGS):
        yield f"rating_{k}", f"IF({IS_NUMERIC},INDEX(bsc_pp30_names,{k + 1}),INDEX(bsc_list_matrix_rating,{k + 1}))"
    for k in range(RATINGS + 1):
        yield f"given_{k}", f"COUNTIF({ratings},{layout.picture(f'rating_{k}').cell})"


def _report(layout: Layout) -> Iterator[tuple[str, str]]:
    text = layout.labels
    dash = quoted_label(layout, "placeholder.dash")
    result_level, behaviour, rating = _at(layout, 0, "result_level", "behaviour_level", "employee_rating")
    yield "employee_name", f'IF(bsc_unit_name="",{quoted_label(layout, "placeholder.unit")},bsc_unit_name)'
    yield "employee_id", f'IF(bsc_unit_code="","",bsc_unit_code&" · ")&{subtitle(layout)}'
    yield "work_result", f'IF(bsc_score="",{dash},bsc_score)'
    yield "new_idea", joined(text("employee.new_idea"), answer="bsc_new_idea")
    for i, (perspective, row) in enumerate(layout.slots[:REPORT_KPIS]):
        sheet = layout.quoted(perspective)
        code, name, index, state = (
            f"{layout.quoted('trace')}!{layout.trace(key, i).cell}" for key in ("code", "name", "index", "status")
        )
        target, actual = (f"{sheet}!{layout.column(key)}{row}" for key in ("target_to_date", "actual_to_date"))
        shown = (code, name, target, actual, index, f'IF({state}="","",{status_text(state)})')
        yield from ((f"{key}_{i}", formula) for key, formula in zip(REPORT_COLUMNS, shown, strict=True))
    for r, b in BOXES:
        here = f"{result_level}=INDEX(bsc_list_expectation,{r + 1}),{behaviour}=INDEX(bsc_list_expectation,{b + 1})"
        word = quoted_label(layout, f"rating.matrix.{RULES.matrix[r][b]}")
        yield f"box_{r}_{b}", f'IF(AND({here}),{quoted_label(layout, "employee.here")},"")&{word}'
    levels = {
        key: f'IF({level}="",{dash},{level})' for key, level in (("result", result_level), ("behaviour", behaviour))
    }
    said = joined(text("employee.conclusion"), rating=rating, **levels)
    none, unrated = (quoted_label(layout, f"employee.{key}") for key in ("conclusion_none", "not_judged"))
    yield "conclusion", f'IF(OR({rating}="",{rating}={unrated}),{none},{said})'
    yield "employee_signature", 'IF(bsc_unit_name="","",bsc_unit_name)'
    yield from signature(layout).items()
