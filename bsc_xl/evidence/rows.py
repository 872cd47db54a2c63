"""The rows of a listing while a source is measured: which still count, and why the others do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.headings import headings_again
from bsc_xl.evidence.model import Column, Evidence, Figure, Listing, Remark, SetAside
from bsc_xl.evidence.values import FAULTS, Parsed, decimal_mark, joined, numbers, shown
from bsc_xl.scoring.arrays import Flags, Floats


class Rows:
    """The rows of `listing`; `columns` say which are required and which may hold names.

    `kept` (n,): the rows that count so far. A row is set aside once, for the first reason that is found.
    """

    def __init__(self, listing: Listing, columns: Sequence[Column]) -> None:
        self.listing = listing
        self.kept: Flags = np.ones(len(listing.rows), dtype=bool)
        self._columns = {column.name: column for column in columns}
        self._aside = list(listing.set_aside)
        self._outside = 0
        self.set_aside(headings_again(listing.frame), "heading_row")

    def has(self, *names: str) -> bool:
        """The file has all of these columns."""
        return all(name in self.listing.frame for name in names)

    def read(self, name: str, parser: Callable[[pd.Series], Parsed], *, filled: bool = False) -> Any:
        """The values of a column, as `take` gives them. Each file is read by itself: what its cells tell of each other,
        such as that the month comes first, holds there alone."""
        cells = self.listing.frame[name]
        parts = [cells.iloc[part] for part in self.listing.parts if part.start < part.stop]
        return self.take(name, parser(cells) if len(parts) < 2 else joined(map(parser, parts)), filled=filled)

    def amounts(self, *names: str) -> list[Floats]:
        """The numbers of columns that are written alike; rows where one is blank are set aside. What the columns tell
        of the decimal mark holds for their file alone."""
        parts = [self.listing.frame[list(names)].iloc[part] for part in self.listing.parts]
        marks = [
            decimal_mark([part[name] for name in names], file.mark)
            for part, file in zip(parts, self.listing.files, strict=True)
        ]
        return [
            self.take(
                name, joined(numbers(part[name], mark) for part, mark in zip(parts, marks, strict=True)), filled=True
            )
            for name in names
        ]

    def take(self, name: str, parsed: Parsed, *, filled: bool = False) -> Any:
        """The values of a column that has been read; rows at fault are set aside, and with `filled` those where it is
        blank, too."""
        at_fault = np.flatnonzero(parsed.fault)
        for fault in np.unique(parsed.fault[at_fault]).tolist():
            self.set_aside(parsed.fault == fault, FAULTS[fault], name)
        if filled:
            missing = parsed.value == "" if parsed.value.dtype == object else parsed.missing
            self.set_aside(missing, "missing", name)
        return parsed.value

    def set_aside(self, where: Flags, rule: str, column: str = "") -> None:
        """Sets aside the rows of `where` that still count; the value of `column` is shown unless it may be a name, or a
        remark on a person (`values.shown`)."""
        found = self.kept & where
        if not found.any():
            return
        self.kept = self.kept & ~where
        places = np.flatnonzero(found)
        rows = self.listing.rows[places].tolist()
        visible = column and not self._columns[column].personal
        values = shown(self.listing.frame[column].iloc[places], rule) if visible else [""] * len(rows)
        self._aside += [SetAside(row, rule, column, value) for row, value in zip(rows, values, strict=True)]

    def set_aside_repeated(
        self, keys: Mapping[str, Any], column: str, says: Sequence[Any] = (), rule: str = "repeated"
    ) -> None:
        """Sets aside the rows whose keys stand in an earlier row that counts; the first is kept.

        `says`, each (n,): what the rows say. Where those of the same keys contradict each other nobody knows which is
        right, so none of them counts.
        """
        self._set_aside_contradictions(keys, column, says)
        self.set_aside(self._kept_where(pd.DataFrame(keys)[self.kept].duplicated().to_numpy()), rule, column)

    def put_together(self, keys: Mapping[str, Any], column: str, says: Mapping[str, Any]) -> dict[str, Any]:
        """What rows of the same keys say together, each (n,): what is blank in one of them is taken from the others, in
        whichever order they stand. Of such rows the one that says most is kept, the first of equals; where two
        contradict each other, none.
        """
        self._set_aside_contradictions(keys, column, list(says.values()))
        frame, told = pd.DataFrame(keys)[self.kept], pd.DataFrame(says)[self.kept]
        whole = told.groupby([frame[key] for key in frame], sort=False, dropna=False).transform("first")
        said, in_all = told.notna().sum(axis=1), whole.notna().sum(axis=1)
        others = frame.loc[said.sort_values(ascending=False, kind="stable").index].duplicated().loc[frame.index]
        completed, repeated = (
            self._kept_where(of.to_numpy()) for of in (others & (said < in_all), others & (said == in_all))
        )
        together = pd.DataFrame(says)
        together.loc[self.kept] = whole
        self.set_aside(completed, "completed", column)
        self.set_aside(repeated, "repeated", column)
        return {name: together[name].to_numpy() for name in says}

    def _set_aside_contradictions(self, keys: Mapping[str, Any], column: str, says: Sequence[Any]) -> None:
        for each in says:
            frame = pd.DataFrame(keys)[self.kept]
            told = pd.Series(each)[self.kept].groupby([frame[key] for key in frame], sort=False, dropna=False)
            self.set_aside(self._kept_where(told.transform("nunique").to_numpy() > 1), "contradiction", column)

    def _kept_where(self, found: Flags) -> Flags:
        """What holds for the rows that still count, for all rows."""
        where = np.zeros(len(self.kept), dtype=bool)
        where[self.kept] = found
        return where

    def only(self, where: Flags) -> None:
        """Forgets all other rows: they neither count nor are they told."""
        others = set(self.listing.rows[~where].tolist())
        self._aside = [each for each in self._aside if each.row not in others]
        self.kept = self.kept & where

    def leave_out(self, where: Flags) -> None:
        """Takes out sound rows of other days or periods."""
        self._outside += int((self.kept & where).sum())
        self.kept = self.kept & ~where

    def evidence(
        self,
        kind: str,
        figures: Sequence[Figure],
        remarks: Sequence[Remark] = (),
        details: object | None = None,
    ) -> Evidence:
        """What these rows say."""
        read = zip(self.listing.files, self.listing.parts, strict=True)
        return Evidence(
            kind,
            tuple(replace(file.source(), name=file.name, used=int(self.kept[part].sum())) for file, part in read),
            {figure.measure: figure for figure in figures},
            self.aside(),
            self._outside,
            tuple(remarks),
            details,
        )

    def aside(self) -> tuple[SetAside, ...]:
        """The rows that were set aside, in the order of the files."""
        ordered = sorted(self._aside, key=lambda each: each.row)
        return tuple(ordered) if len(self.listing.files) == 1 else tuple(map(self._in_its_file, ordered))

    def _in_its_file(self, each: SetAside) -> SetAside:
        file = self.listing.file_of(each.row)
        return replace(each, row=each.row - file.before, file=file.name)

    def require_some(self) -> None:
        """`EvidenceError` when no row counts: all were set aside, or all are of other days or periods."""
        if not self.kept.any():
            self.refuse("evidence.all_outside" if self._outside else "evidence.all_set_aside", count=self._outside)

    def refuse(self, reason: str, **params: object) -> None:
        """Raises the `EvidenceError` for this file."""
        raise EvidenceError(source=self.listing.name, reason=reason, set_aside=self.aside(), **params)
