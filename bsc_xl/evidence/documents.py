"""Documents with their due dates: how many follow the SOP, how many were on time (domain.md, section 9)."""

from __future__ import annotations

import numpy as np

from bsc_xl.evidence.days import dates
from bsc_xl.evidence.model import Column, Evidence, Listing, Question, share
from bsc_xl.evidence.rows import Rows
from bsc_xl.evidence.values import flags, texts

COLUMNS = (
    Column("document_id"),
    Column("due_date", required=False),
    Column("done_date", required=False),
    Column("follows_sop", required=False),
)
MEASURES = ("sop", "on_time")


def measure(listing: Listing, question: Question) -> Evidence:
    """`sop`: the share of documents that follow the SOP, of those for which that is known. `on_time`: the share that
    was done by its due date. Both in percent, of the documents that were due within the span.

    A document that was due and is not done, or was done later, is late; one that is due after the span is outside. A
    file without due dates counts documents by the day on which they were done, and all of them without either.
    A document of several rows is one: open in January's register and done in February's, it is done. Two days of one
    kind, or yes and no, contradict each other, and it does not count.
    `EvidenceError` when the file has neither answers on the SOP nor both dates, and when no document counts.
    """
    rows = Rows(listing, COLUMNS)
    if not rows.has("follows_sop") and not rows.has("due_date", "done_date"):
        rows.refuse(
            "evidence.no_columns", sought="follows_sop, due_date, done_date", found=", ".join(map(str, listing.frame))
        )
    number = rows.read("document_id", texts, filled=True)
    due = rows.read("due_date", dates, filled=True) if rows.has("due_date") else None
    done = rows.read("done_date", dates) if rows.has("done_date") else None
    follows = rows.read("follows_sop", flags) if rows.has("follows_sop") else None
    day = due if due is not None else done
    if day is not None:
        first, last = np.datetime64(question.span.first), np.datetime64(question.span.last)
        rows.leave_out((day < first) | (day > last))  # what has no day yet may have one in another row
    says = {"due": due, "done": done, "follows": follows}
    said = rows.put_together(
        {"document_id": number}, "document_id", {name: of for name, of in says.items() if of is not None}
    )
    due, done, follows = (said.get(name) for name in says)
    if due is None and done is not None:
        rows.leave_out(np.isnat(done))
    rows.require_some()
    figures = []
    if follows is not None and (known := rows.kept & ~np.isnan(follows)).any():
        figures.append(share("sop", float(follows[known].sum()), float(known.sum())))
    if due is not None and done is not None:
        figures.append(share("on_time", float((done <= due)[rows.kept].sum()), float(rows.kept.sum())))
    if not figures:
        rows.refuse("evidence.no_answers", column="follows_sop")
    return rows.evidence("documents", figures)
