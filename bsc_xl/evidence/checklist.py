"""A list of services, customers or tasks with a yes or no each: how many are done (domain.md, section 9)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsc_xl.evidence import periods
from bsc_xl.evidence.model import Column, Evidence, Listing, Question, share
from bsc_xl.evidence.rows import Rows
from bsc_xl.evidence.values import flags, texts
from bsc_xl.evidence.words import alike

COLUMNS = (Column("item", personal=True, merged=True), Column("done"), *periods.COLUMNS)
MEASURES = ("done",)


def measure(listing: Listing, question: Question) -> Evidence:
    """The share of items that are done, in percent. An item without an answer is set aside, and one
    with both answers.

    A checklist is a state: where rows say when they hold, each item counts as it was last seen up to the end of the
    reporting period. `EvidenceError` when no row counts.
    """
    rows = Rows(listing, COLUMNS)
    item = np.array([alike(name) for name in rows.read("item", texts, filled=True)], dtype=object)
    done = rows.read("done", flags, filled=True)
    end = periods.ends(rows, question)
    if end is None:
        rows.set_aside_repeated({"item": item}, "item", [done])
    else:
        rows.set_aside_repeated({"item": item, "end": end}, "item", [done])
        rows.leave_out((end > periods.limit(question) + 1e-9) | np.isinf(end))
        latest = pd.Series(np.where(rows.kept, end, -np.inf)).groupby(item).transform("max").to_numpy()
        rows.leave_out(end < latest)
    rows.require_some()
    return rows.evidence("checklist", [share("done", float(done[rows.kept].sum()), float(rows.kept.sum()))])
