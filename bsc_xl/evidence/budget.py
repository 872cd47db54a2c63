"""Budget and what was spent of it: realised / budget, last known (domain.md, section 9)."""

from __future__ import annotations

import re
from bisect import bisect_left

import numpy as np
import pandas as pd

from bsc_xl.evidence import periods
from bsc_xl.evidence.model import Column, Evidence, Listing, Question, Remark, share
from bsc_xl.evidence.rows import Rows
from bsc_xl.evidence.values import decimal_mark, numbers, texts
from bsc_xl.evidence.words import alike, begins_total, ends_total, is_total
from bsc_xl.scoring.arrays import Flags, Floats
from bsc_xl.tables.columns import Texts

COLUMNS = (Column("account", merged=True), Column("budget"), Column("realised"), *periods.COLUMNS)
MEASURES = ("realisation",)

_CODE = re.compile(r"(\d+(?:\.\d+)*)\.?(?:\s|$)")
_LISTED = 10
"""So many rows go into a remark."""
_TOLERANCE = 0.5
"""Half a unit of money: totals of rounded figures differ by less."""


def measure(listing: Listing, question: Question) -> Evidence:
    """The share of the budget that was realised, in percent, at the end of the reporting period.

    Figures accumulate within the year, so of each account the rows of its latest period up to the reporting one count;
    a file without periods counts as a whole. Rows that head a group of accounts (5.1 above 5.1.01) and totals would
    count twice and are set aside, as is an account that stands twice with the same budget; totals at the end of the
    file are compared. A name that only ends as a total is one where its amounts are those of all rows above it.
    Remarks: `total_differs`; `perhaps_total` (`rows`), what counts although either its name or its amounts are such.
    `EvidenceError` when no row counts, and for a budget of 0.
    """
    rows = Rows(listing, COLUMNS)
    account = rows.read("account", texts, filled=True)
    rows.set_aside(np.array([begins_total(text) for text in account], dtype=bool), "total_row", "account")
    budget, realised = rows.amounts("budget", "realised")
    end = periods.ends(rows, question)
    key = np.array([alike(text) for text in account], dtype=object)
    # with another budget it is no repeat: the same account may serve two activities
    same = {"account": key, "budget": budget} | ({} if end is None else {"end": end})
    rows.set_aside_repeated(same, "account", [realised])
    rows.set_aside(_heads_group(account, budget, rows.kept), "group_row", "account")
    named = np.array([ends_total(text) for text in account], dtype=bool)
    rows.set_aside(named & _sums_up(rows, end, budget, realised), "total_row", "account")
    doubtful = named | _sums_up(rows, end, budget, realised)
    if end is not None:
        rows.leave_out((end > periods.limit(question) + 1e-9) | np.isinf(end))
        rows.leave_out(_superseded(key, end, rows.kept))
    rows.require_some()
    whole, part = float(budget[rows.kept].sum()), float(realised[rows.kept].sum())
    if whole <= 0:
        rows.refuse("evidence.no_budget", total=f"{whole:.0f}")
    remarks = _compared(listing, whole, part) if end is None else []
    if (doubtful & rows.kept).any():
        remarks.append(Remark("perhaps_total", {"rows": ", ".join(_places(listing, doubtful & rows.kept))}))
    return rows.evidence("budget", [share("realisation", part, whole)], remarks)


def _heads_group(account: Texts, budget: Floats, kept: Flags) -> Flags:
    """Where an account's code begins that of another one: its row sums the others up.

    So does 51 above 511111 and 511219, if that is what their budgets come to: without points, 1 may also stand beside
    10 and 11.
    """
    codes = [found[1] if (found := _CODE.match(text)) else "" for text in account]
    heads = {code.rsplit(".", depth)[0] for code in set(codes) for depth in range(1, code.count(".") + 1)}
    heads |= _sums(pd.Series(np.where(kept, budget, 0)).groupby(np.array(codes, dtype=object)).sum())
    return np.array([code in heads for code in codes], dtype=bool) & kept


def _sums(budgets: pd.Series) -> set[str]:
    """The codes without points that begin others, and have the budget of those among them that begin none."""
    codes = sorted(code for code in budgets.index if code.isdigit())
    below = {code: codes[place + 1 : bisect_left(codes, f"{code}:")] for place, code in enumerate(codes)}
    return {
        code
        for code, others in below.items()
        if others and abs(budgets[code] - sum(budgets[each] for each in others if not below[each])) < _TOLERANCE
    }


def _sums_up(rows: Rows, end: Floats | None, *amounts: Floats) -> Flags:
    """The rows that count with the sums of all rows above them, two at least, of their file and period."""
    file = np.repeat(np.arange(len(rows.listing.files)), [part.stop - part.start for part in rows.listing.parts])
    keys = [file] if end is None else [file, end]
    found, kept = rows.kept & (amounts[0] > _TOLERANCE), rows.kept

    def above(of: Floats) -> Floats:
        counted = pd.Series(np.where(kept, of, 0.0))
        return np.asarray(counted.groupby(keys, dropna=False).cumsum() - counted)

    found &= above(np.ones(len(kept))) > 1
    for of in amounts:
        found &= np.abs(above(of) - of) < _TOLERANCE
    return found


def _places(listing: Listing, where: Flags) -> list[str]:
    """The first of these rows as people count them, with their file where there are several."""
    places = []
    for row in listing.rows[where][:_LISTED].tolist():
        file = listing.file_of(row)
        places.append(f"{row - file.before}" if len(listing.files) == 1 else f"{file.name}: {row - file.before}")
    return places


def _superseded(account: Texts, end: Floats, kept: Flags) -> Flags:
    latest = pd.Series(np.where(kept, end, -np.inf)).groupby(account).transform("max").to_numpy()
    return np.asarray(kept & (end < latest))


def _compared(listing: Listing, budget: float, realised: float) -> list[Remark]:
    """What the last total of the file says otherwise; of several files none is the total of all."""
    named = texts(listing.totals["account"]).value if len(listing.totals) and len(listing.files) == 1 else []
    whole = [place for place, text in enumerate(named) if not text or is_total(text)]  # not of a part
    if not whole:
        return []
    mark = decimal_mark((listing.frame["budget"], listing.frame["realised"]), listing.files[0].mark)
    last = listing.totals.iloc[whole[-1] :][:1]
    remarks = []
    for column, ours in (("budget", budget), ("realised", realised)):
        theirs = float(numbers(last[column], mark).value[0])
        if abs(theirs - ours) > _TOLERANCE:  # false for a total that is blank or cannot be read
            values = {"row": int(listing.total_rows[whole[-1]]), "column": column, "theirs": theirs, "ours": ours}
            remarks.append(Remark("total_differs", values))
    return remarks
