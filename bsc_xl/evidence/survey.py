"""The satisfaction index of a public-service survey (SKM, PermenPANRB 14/2017; domain.md, section 9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bsc_xl.evidence.days import dates
from bsc_xl.evidence.model import Column, Evidence, Figure, Listing, Question, Remark
from bsc_xl.evidence.rows import Rows
from bsc_xl.evidence.values import numbers, texts
from bsc_xl.evidence.words import begins_total
from bsc_xl.model import COMPARE_DECIMALS, Band
from bsc_xl.scoring.arrays import Flags

ELEMENTS = 9
ANSWERS = (1, 4)
_ELEMENT_COLUMNS = tuple(Column(f"element_{number}") for number in range(1, ELEMENTS + 1))
COLUMNS = (
    Column("respondent", required=False, personal=True, spare=True),
    *_ELEMENT_COLUMNS,
    Column("date", required=False),
)
MEASURES = ("satisfaction",)

SCALE = 25
"""The best answer, 4, times 25 is an index of 100."""

GRADES = (Band(88.31, "A"), Band(76.61, "B"), Band(65, "C"), Band(25, "D"))


_CHI_SQUARE, _SHARE, _ERROR = 3.841, 0.5, 0.05
"""Krejcie and Morgan (1970): one degree of freedom at 95 %, the share that needs most answers, the error allowed."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a survey says: `index` 25..100, `grade` A..D, the mean answer of each element (9,), 1..4, and how many
    people answered."""

    index: float
    grade: str
    element_means: NDArray[np.float64]
    respondents: int


def satisfaction(answers: ArrayLike) -> Survey:
    """The result of `answers` (respondents, 9), each 1..4.

    The index is the mean of the nine element means times 25. Each element weighs exactly 1/9: the rounded weight 0.11
    of older forms would give 90.56 where 91.48 is right. A NaN is an element that this person left out: it counts in
    no mean. ValueError for another number of elements, for an answer outside 1..4, and for an element that nobody
    answered.
    """
    given = np.asarray(answers, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != ELEMENTS:
        raise ValueError(f"a survey has {ELEMENTS} elements, this one has the shape {given.shape}")
    present = ~np.isnan(given)
    least, most = ANSWERS
    if ((given < least) | (given > most))[present].any():
        raise ValueError(f"an answer is {least} to {most}")
    counts = present.sum(axis=0)
    if not counts.all():
        raise ValueError("an element has no answer")
    means = np.where(present, given, 0).sum(axis=0) / counts
    index = float(means.mean() * SCALE)
    grade = next(band.name for band in GRADES if round(index, COMPARE_DECIMALS) >= band.lower)
    return Survey(index, grade, means, len(given))


def sample_size(population: int) -> int:
    """How many respondents a survey of so many people needs (Krejcie and Morgan 1970); ValueError below 1.

    The whole of a small population; 384 of a very large one.
    """
    if population < 1:
        raise ValueError(f"a population is 1 or more, not {population}")
    spread = _CHI_SQUARE * _SHARE * (1 - _SHARE)
    return round(spread * population / (_ERROR**2 * (population - 1) + spread))


def measure(listing: Listing, question: Question) -> Evidence:
    """`satisfaction`: the index, 25..100, behind it the mean answer of 4; its details are the `Survey`.

    An answer is 1..4; a row with any other is set aside, an element that was left blank counts in no mean. Below the
    first total of a form stand its sums and means, no respondents. Where the file has days, those of the span count. A
    remark says when fewer people answered than `sample_size` of the question's population asks for. `EvidenceError`
    when no row counts and when an element has no answer at all.
    """
    rows = Rows(listing, COLUMNS)
    rows.set_aside(_below_total(rows), "total_row")
    given = np.column_stack([rows.read(column.name, numbers) for column in _ELEMENT_COLUMNS])
    for place, column in enumerate(_ELEMENT_COLUMNS):
        answers = given[:, place]
        rows.set_aside(
            ~np.isnan(answers) & ~np.isin(answers, np.arange(ANSWERS[0], ANSWERS[1] + 1)), "answer", column.name
        )
    rows.set_aside(np.isnan(given).all(axis=1), "missing", COLUMNS[1].name)
    if rows.has("respondent"):
        respondent = rows.read("respondent", texts)
        numbered = np.array([text or place for place, text in enumerate(respondent)], dtype=object)
        rows.set_aside_repeated({"respondent": numbered}, "respondent")
    if rows.has("date"):
        day = rows.read("date", dates, filled=True)
        rows.leave_out(~((day >= np.datetime64(question.span.first)) & (day <= np.datetime64(question.span.last))))
    rows.require_some()
    counted = given[rows.kept]
    unanswered = np.flatnonzero(np.isnan(counted).all(axis=0))
    if len(unanswered):
        rows.refuse("evidence.no_answers", column=_ELEMENT_COLUMNS[unanswered[0]].name)
    survey = satisfaction(counted)
    figure = Figure("satisfaction", survey.index / SCALE, ANSWERS[1], survey.index, is_percent=True)
    return rows.evidence("survey", [figure], _too_few(survey.respondents, question.population), survey)


def _below_total(rows: Rows) -> Flags:
    """The rows (n,) from the first total of their file on, which may be called otherwise than those of every kind."""
    listing = rows.listing
    totals = listing.total_rows.tolist()
    if rows.has("respondent"):
        begins = [begins_total(text) for text in texts(listing.frame["respondent"]).value]
        totals += listing.rows[begins].tolist()
    first = {listing.file_of(row): row for row in sorted(totals, reverse=True)}
    below = np.zeros(len(listing.rows), dtype=bool)
    for file, part in zip(listing.files, listing.parts, strict=True):
        below[part] = listing.rows[part] >= first.get(file, np.inf)
    return below


def _too_few(respondents: int, population: int | None) -> list[Remark]:
    needed = 0 if population is None else sample_size(population)
    if respondents >= needed:
        return []
    return [Remark("too_few_respondents", {"count": respondents, "needed": needed, "population": population})]
