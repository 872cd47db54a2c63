"""Training: how many participants passed, and how many trainings were held (domain.md, section 9)."""

from __future__ import annotations

import numpy as np

from bsc_xl.evidence.days import dates
from bsc_xl.evidence.model import Column, Evidence, Figure, Listing, Question, share
from bsc_xl.evidence.rows import Rows
from bsc_xl.evidence.values import flags, texts
from bsc_xl.evidence.words import alike

COLUMNS = (
    Column("participant", personal=True, merged=True),
    Column("training", merged=True),
    Column("passed", required=False),
    Column("date", required=False, merged=True),
)
MEASURES = ("passed", "held", "against_plan")


def measure(listing: Listing, question: Question) -> Evidence:
    """`passed`: the share of participations that were passed, in percent. `held`: how many different trainings there
    were, of as many participations; names that differ in case or spaces only are one training. `against_plan`: those
    held as a share of the question's planned ones, in percent, where it says how many there were.

    A participation without a result is set aside, and one with both results; one of another day is outside. A file
    without days counts as a whole, and one without results gives `held` alone. `EvidenceError` when no row counts.
    """
    rows = Rows(listing, COLUMNS)
    participant = rows.read("participant", texts, filled=True)
    training = rows.read("training", texts, filled=True)
    passed = rows.read("passed", flags, filled=True) if rows.has("passed") else None
    keys = {
        "participant": np.array([alike(text) for text in participant], dtype=object),
        "training": np.array([alike(name) for name in training], dtype=object),
    }
    if rows.has("date"):
        day = keys["date"] = rows.read("date", dates, filled=True)
        first, last = np.datetime64(question.span.first), np.datetime64(question.span.last)
        rows.leave_out(~((day >= first) & (day <= last)))
    named = not any(character.isdigit() for text in participant[rows.kept] for character in text)
    rows.set_aside_repeated(
        keys, "participant", [] if passed is None else [passed], "same_name" if named else "repeated"
    )
    rows.require_some()
    count = float(rows.kept.sum())
    held = float(len(set(keys["training"][rows.kept])))
    figures = [] if passed is None else [share("passed", float(passed[rows.kept].sum()), count)]
    figures.append(Figure("held", held, count, held, is_percent=False))
    if question.planned:
        figures.append(share("against_plan", held, question.planned))
    return rows.evidence("training", figures)
