"""What the sheet `employees` shows, and the lines above the tables of evidence and discipline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, shown
from bsc_xl.excel.columns import RECORDS
from bsc_xl.excel.layout import Ref
from bsc_xl.excel.results.signature import signature
from bsc_xl.excel.results.values import results, same, status_texts, subtitle
from bsc_xl.excel.roster import BOXES, RATINGS, REPORT_COLUMNS, REPORT_KPIS
from bsc_xl.model import Behaviour, Expectation, Level
from bsc_xl.scoring import employees as rules
from bsc_xl.scoring.arrays import Codes, Flags, Floats, Positions
from bsc_xl.scoring.rating import NO_RATING


def records(own: UnitBlock) -> Iterator[Cells]:
    """What will fill an empty table, or how many rows there are."""
    text = own.layout.labels
    closed = own.history.counts(own.units.tolist())
    lines = objects(["" if count else text("history.none") for count in closed])
    yield results([own.layout.records_line("history")], lines[:, None])
    for sheet in RECORDS:
        count = own.standing.records[sheet] if own.standing else 0
        line = text(f"{sheet}.count", count=count) if count else text(f"{sheet}.none")
        yield same([own.layout.records_line(sheet)], line)


class _Judged(NamedTuple):
    """Of U units with R employees each, (U, R): levels are codes of `Expectation`, ratings positions, -1 for none."""

    mean: Floats
    behaviour: Codes
    result: Codes
    rating: Codes


def people(own: UnitBlock) -> Iterator[Cells]:
    """Every calculated cell of the sheet `employees`."""
    layout, judged = own.layout, _judged(own)
    text, shape = layout.labels, judged.rating.shape
    levels = objects([*(text(f"expectation.{level}") for level in Expectation), ""])
    named, report = _named(own), layout.level is Level.EMPLOYEE
    nothing, unknown = (text("placeholder.dash"), text("placeholder.none")) if report else ("", "")
    values = {
        "behaviour_mean": shown(judged.mean, nothing),
        "behaviour_level": levels[judged.behaviour],
        "result_level": levels[judged.result],
        "unexcused_days": np.where(own.staff.days == "", nothing, own.staff.days),
        "sanction": np.where(own.staff.sanction == "", unknown, own.staff.sanction),
        "employee_rating": _ratings(own, judged, named),
    }
    for key, found in values.items():
        yield results([layout.person(key, i) for i in range(shape[1])], found)
    if report:
        yield from _report(own, judged, {key: values[key][:, 0] for key in values})
    else:
        yield same((layout.person(key, i) for key in values for i in range(shape[1], layout.people)), "")
        yield from _picture(own, judged, named)


def employee_ratings(own: UnitBlock) -> Objects:
    """The rating of each employee in words, (U, R)."""
    return _ratings(own, _judged(own), _named(own))


def _ratings(own: UnitBlock, judged: _Judged, named: Flags) -> Objects:
    words = objects([*_rating_words(own), own.layout.labels("employee.not_judged")])
    return np.where(named, words[judged.rating], "")


def _judged(own: UnitBlock) -> _Judged:
    staff, policy = own.staff, own.card.policy
    shape = staff.entries.shape[:2]
    if own.layout.level is Level.EMPLOYEE:
        result, idea = own.card.score[own.units], np.array(own.about("new_idea"), dtype=bool)
    else:
        result, idea = staff.result.ravel(), staff.new_idea(own.layout.labels("choice.yes")).ravel()
    least, most = policy.employees.behaviour_scale
    values = staff.behaviour.reshape(result.size, len(Behaviour))
    values = np.where((values >= least) & (values <= most), values, np.nan)
    behaviour = rules.behaviour_levels(values, policy)
    return _Judged(
        rules.behaviour_means(values).reshape(shape),
        behaviour.reshape(shape),
        rules.result_levels(result, policy).reshape(shape),
        rules.ratings(result, behaviour, idea, policy).reshape(shape),
    )


def _named(own: UnitBlock) -> Flags:
    """Where it is said who the employee is, (U, R)."""
    if own.layout.level is Level.EMPLOYEE:
        return np.array(
            [[bool(code + name)] for code, name in zip(*map(own.about, ("unit_code", "unit_name")), strict=True)]
        )
    staff = own.staff
    return np.asarray((_texts(staff.column("employee_id")) + _texts(staff.column("employee_name"))) != "")


def _texts(entries: Objects) -> Objects:
    return np.array(["" if entry is None else str(entry) for entry in entries.ravel()], dtype=object).reshape(
        entries.shape
    )


def _rating_words(own: UnitBlock) -> list[str]:
    policy = own.card.policy
    return [own.layout.labels(f"rating.{policy.employee_rating}.{name}") for name in rules.rating_names(policy)]


def _picture(own: UnitBlock, judged: _Judged, named: Flags) -> Iterator[Cells]:
    """How many employees are in each of the nine boxes, and how many have each rating."""
    layout, box = own.layout, rules.nine_box(judged.result, judged.behaviour)
    refs = [layout.picture(f"count_{r}_{b}") for r, b in BOXES]
    yield _counts(own, refs, [(box == k).sum(axis=1) for k in range(len(BOXES))])
    words = objects(_rating_words(own))
    yield results([layout.picture(f"rating_{k}") for k in range(RATINGS)], words)
    refs = [layout.picture(f"given_{k}") for k in range(RATINGS + 1)]
    codes = [*range(RATINGS), NO_RATING]
    yield _counts(own, refs, [(named & (judged.rating == code)).sum(axis=1) for code in codes])


def _counts(own: UnitBlock, refs: Sequence[Ref], columns: Sequence[Positions]) -> Cells:
    """Numbers of employees; where no unit of the block has any, they are the same for all."""
    found = np.column_stack(columns)
    return results(refs, shown(found) if own.layout.employees or own.standing else objects([0] * len(refs)))


def _report(own: UnitBlock, judged: _Judged, words: Mapping[str, Objects]) -> Iterator[Cells]:
    layout, text, units = own.layout, own.layout.labels, own.units
    period, names = subtitle(own), own.about("unit_name")
    dash, unrated = text("placeholder.dash"), ("", text("employee.not_judged"))
    concluded = [
        text("employee.conclusion_none")
        if rating in unrated
        else text("employee.conclusion", result=result or dash, behaviour=behaviour or dash, rating=rating)
        for result, behaviour, rating in zip(
            *(words[key] for key in ("result_level", "behaviour_level", "employee_rating")), strict=True
        )
    ]
    columns = {
        "employee_name": objects([name or text("placeholder.unit") for name in names]),
        "employee_id": objects([f"{code} · {period}" if code else period for code in own.about("unit_code")]),
        "work_result": shown(own.card.score[units], text("placeholder.dash")),
        "new_idea": objects(
            [text("employee.new_idea", answer=text(f"choice.{('no', 'yes')[idea]}")) for idea in own.about("new_idea")]
        ),
        "conclusion": objects(concluded),
        "employee_signature": objects(names),
        **signature(own),
    }
    box = rules.nine_box(judged.result, judged.behaviour)[:, 0]
    matrix = own.card.policy.employees.matrix
    for k, (r, b) in enumerate(BOXES):
        word = text(f"rating.matrix.{matrix[r][b]}")
        columns[f"box_{r}_{b}"] = np.where(box == k, text("employee.here") + word, word).astype(object)
    for key, found in columns.items():
        yield results([layout.picture(key)], found[:, None])
    yield from _report_kpis(own)


def _report_kpis(own: UnitBlock) -> Iterator[Cells]:
    card, layout = own.card, own.layout
    columns = (
        objects(own.texts("kpi_code")),
        objects(own.texts("kpi_name")),
        shown(card.target[own.rows]),
        shown(card.actual[own.rows]),
        shown(own.index),
        status_texts(layout)[own.status],
    )
    places = [(k, place) for k, place in enumerate(own.places) if place < REPORT_KPIS]
    for key, found in zip(REPORT_COLUMNS, columns, strict=True):
        yield results([layout.picture(f"{key}_{place}") for _, place in places], found[..., [k for k, _ in places]])
    free = [place for place in own.spare if place < REPORT_KPIS]
    yield same((layout.picture(f"{key}_{place}") for key in REPORT_COLUMNS for place in free), "")
