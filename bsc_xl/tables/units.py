"""The rules of the units table: codes, levels, and the tree that parents make."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.model import Cell, Level
from bsc_xl.tables import parse
from bsc_xl.tables.columns import SIGNATORY, Index, Texts
from bsc_xl.tables.sheet import Flags, Sheet

NEVER, DROPPED = -1, -2
"""What the look-up of a code gives: it stands nowhere in the table, or only in a row that was left out (and reported
there, so that it is not reported again where the code is used)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that can be placed. `row` (n,): their positions in the raw frame. `known`: position in
    `frame` by code, DROPPED for the codes of rows that were left out."""

    frame: pd.DataFrame
    row: Index
    known: dict[str, int]


def check(sheet: Sheet) -> Rows:
    """The units that can be placed, in the form of `Tables.units`."""
    code = sheet.codes("unit_code")
    name = sheet.text("unit_name")
    parent_code = sheet.codes("parent_code")
    level = sheet.choice("level", {member.value: place for place, member in enumerate(Level)}, "unknown_level")
    weight = sheet.numbers("weight")
    negative = (weight.state == Cell.NUMBER) & (weight.value < 0)
    sheet.report("negative_weight", "weight", negative, sheet.cells("weight"))
    again = repeated(code)
    sheet.report("duplicate", "unit_code", again, code)

    kept = (code != "") & ~again
    known = look_up(code, kept)
    frame = pd.DataFrame(
        {
            "unit_code": text_series(code[kept]),
            "unit_name": text_series(name[kept]),
            "parent_code": text_series(parent_code[kept]),
            # A level that is blank or unknown is a unit: leaving it out of its parent's mean would hide it.
            "level": text_series(np.array(list(map(str, Level)), dtype=object)[np.maximum(level[kept], 0)]),
            **{name: text_series(sheet.text(name)[kept]) for name in SIGNATORY},
            "weight": np.where(weight.state == Cell.NUMBER, weight.value, _weight_without(weight))[kept],
            "new_idea": sheet.flag("new_idea")[kept],
        }
    )
    frame.loc[negative[kept], "weight"] = np.nan
    frame["parent"] = _parents(sheet, code, parent_code, kept, known)
    for column, who in _signatories(frame).items():
        frame[column] = who
    return Rows(frame, sheet.row[kept], known)


def _signatories(units: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """Who signs for each: for an employee for whom nobody is named it is the head of the unit that they belong to."""
    parent = units["parent"].to_numpy()
    own = (units["head"] != "").to_numpy() | (units["level"] != Level.EMPLOYEE).to_numpy()
    found = {name: units[name].to_numpy(dtype=object) for name in SIGNATORY}
    # the last is for units without a parent
    return {name: text_series(np.where(own, given, np.append(given, "")[parent])) for name, given in found.items()}


def repeated(code: Texts) -> Flags:
    """Where a code stands again that stood in an earlier row, also in other capitals: "k1" and "K1" are one code."""
    folded = pd.Series([unicodedata.normalize("NFKC", text).casefold() for text in code], dtype=object)
    return np.asarray(folded.duplicated().to_numpy(dtype=bool) & (code != ""), dtype=bool)


def look_up(code: Texts, kept: Flags) -> dict[str, int]:
    """The position of each kept code among the kept ones; DROPPED for the others."""
    known = dict.fromkeys(code[~kept], DROPPED)
    known.pop("", None)
    return known | {text: place for place, text in enumerate(code[kept])}


def looked_up(sheet: Sheet, name: str, codes: Texts, rows: Rows | None, rule: str) -> Index:
    """The positions of the codes of a column in another table, NEVER (reported as `rule`) or DROPPED for none."""
    if rows is None:
        # Without the table nothing can be unknown; the numbers only serve to find rows that stand twice.
        return np.where(codes == "", NEVER, pd.factorize(codes)[0])
    found = parse.positions(codes, rows.known, NEVER)
    sheet.report(rule, name, (codes != "") & (found == NEVER), codes)
    return found


def text_series(values: Texts) -> pd.Series[str]:
    """Texts as a column of Python str, whatever string type pandas would choose by itself. It is the array itself."""
    return pd.Series(values, dtype=object, copy=False)


def _weight_without(weight: parse.Numbers) -> NDArray[np.float64]:
    # Not given is 1; an error stays unknown, and such a unit is left out of its parent's mean.
    return np.where(weight.state == Cell.ERROR, np.nan, 1.0)


def _parents(sheet: Sheet, code: Texts, parent_code: Texts, kept: Flags, known: dict[str, int]) -> Index:
    found = parse.positions(parent_code, known, NEVER)
    unknown = (parent_code != "") & (found == NEVER) & sheet.has("unit_code")
    sheet.report("unknown_parent", "parent_code", unknown, parent_code)
    parent = np.where(found[kept] >= 0, found[kept], -1)
    cyclic = in_cycle(parent)
    rows = np.zeros(len(code), dtype=bool)
    rows[np.flatnonzero(kept)[cyclic]] = True
    sheet.report("parent_cycle", "parent_code", rows, parent_code)
    return np.where(cyclic, -1, parent)


def in_cycle(parent: Index) -> Flags:
    """Which units are their own ancestor. `parent` (n,): positions, -1 for none.

    Following the parents as many steps as there are units leaves every walk that has not ended on a cycle, and every
    unit of a cycle is the end of one; doubling the step takes log2(n) rounds.
    """
    nowhere = len(parent)
    step = np.append(np.where(parent < 0, nowhere, parent), nowhere)
    length = 1
    while length < len(parent):
        step = step[step]
        length *= 2
    cyclic = np.zeros(nowhere + 1, dtype=bool)
    cyclic[step] = True
    return cyclic[:nowhere]
