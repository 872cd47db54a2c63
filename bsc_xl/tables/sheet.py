"""One raw table opened for checking: its known columns found, its blank rows left out, its cells read by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.errors import ADVICE, FAILURE
from bsc_xl.model import Cell
from bsc_xl.tables import parse
from bsc_xl.tables.columns import COLUMNS, OPTIONAL_TABLES, Codes, Column, Index, Kind, Texts, heading
from bsc_xl.tables.findings import Findings
from bsc_xl.tables.raw import NumberStyle, RawTables

Flags = NDArray[np.bool_]


class Sheet:
    """The rows of one table that hold anything. `row` (n,): their positions in the raw frame, for findings.

    `style`: how the table writes numbers. `slipped`: some rows have something to the right of the last heading; they
    are reported and not among the rows.

    A read of a column reports what is wrong with the cells themselves; `complete` is False when a required column is
    missing, and what such a column would hold is then not reported again, row by row.
    """

    def __init__(self, raw: RawTables, table: str, findings: Findings) -> None:
        self.table = table
        self._findings = findings
        self.style = raw.styles.get(table, NumberStyle.POINT)
        self._words = raw.words
        self._columns = {column.name: column for column in COLUMNS[table]}
        frame = raw.frames.get(table)
        if frame is None:
            frame = pd.DataFrame()
            self.complete = table in OPTIONAL_TABLES
            if not self.complete:
                findings.add_table("missing_table", table, value=table)
        else:
            self._check_headings(frame)
            self.complete = not self._missing(frame)
        self._cells = self._known(frame)
        slipped = self._slipped_rows(frame)
        self.slipped = bool(slipped.any())
        self.row = np.flatnonzero(~_blank_rows(frame) & ~slipped)
        if len(self.row) < len(frame):
            self._cells = {name: cells[self.row] for name, cells in self._cells.items()}

    def __len__(self) -> int:
        return len(self.row)

    def codes(self, name: str) -> Texts:
        """The trimmed codes of a column, "" where blank; blank is reported when the column is required."""
        return self._text(name, trim=True).value

    def text(self, name: str) -> Texts:
        """The texts of a column as they are, "" where blank; blank is reported when the column is required."""
        return self._text(name, trim=False).value

    def choice(self, name: str, members: Mapping[str, int], rule: str) -> Codes:
        """Codes of `members`, -1 where blank or unknown; unknown ones are reported as `rule`."""
        column = self._text(name, trim=True)
        members = self.named(name, members)
        code = parse.choices(column, members)
        self.report(rule, name, (code < 0) & (column.value != ""), column.value, expected=", ".join(members))
        return code

    def named(self, name: str, members: Mapping[str, int]) -> Mapping[str, int]:
        """The members of a choice by the words that the source has for them, which are their codes unless it says
        otherwise."""
        words = self._words.get(name)
        return members if words is None else {word: members[code] for word, code in words.items()}

    def flag(self, name: str) -> Flags:
        """True or false for each row; neither is reported and counts as false."""
        column = self._text(name, trim=True)
        words = self._words.get(name)
        flags, unclear = parse.flags(column, words)
        self.report("bad_flag", name, unclear, column.value, expected=", ".join(words or ("true", "false")))
        return flags

    def numbers(self, name: str) -> parse.Numbers:
        """The numbers of a column, in four states; errors are reported, and so is blank when the column is required."""
        cells = self.cells(name)
        found = parse.numbers(cells, self.style)
        if self._columns[name].kind is not Kind.FIGURE:
            found = found.without_na()
        for fault in range(1, len(parse.FAULTS)):
            self.report(parse.FAULTS[fault], name, found.fault == fault, cells)
        if self._is_required(name):
            self.report("required", name, found.state == Cell.BLANK, cells)
        return found

    def whole(self, name: str, allowed: range, rule: str, expected: str = "") -> Index:
        """The whole numbers of a column, 0 where there is none in `allowed`; others are reported as `rule`."""
        found = self.numbers(name)
        inside = found.whole() & (found.value >= allowed.start) & (found.value < allowed.stop)
        self.report(rule, name, ~inside & (found.state == Cell.NUMBER), self.cells(name), expected=expected)
        return np.where(inside, found.value, 0).astype(np.int64)

    def dates(self, name: str) -> tuple[Texts, Texts]:
        """The dates of a column, None where there is none, and what stands there that is no date, "" elsewhere; that is
        reported."""
        cells = self.cells(name)
        found, wrong = parse.dates(cells)
        self.report("not_a_date", name, wrong, cells, expected=parse.EXAMPLE_OF_DATE)
        texts = np.full(len(cells), "", dtype=object)
        texts[wrong] = [parse.without_forbidden(parse.as_text(cell)) for cell in cells[wrong]]
        return found, texts

    def repeated(self, key: Index, placed: Flags, at: str, names: Sequence[str]) -> Flags:
        """Where a placed row has the key (n,), at least 0, of an earlier one; reported as duplicates in the column
        `at`, with the cells of the columns `names` that make the key."""
        again = placed & pd.Series(np.where(placed, key, -1 - np.arange(len(key)))).duplicated().to_numpy(dtype=bool)
        if again.any():
            values = np.full(len(key), None, dtype=object)
            parts = [self.cells(name)[again] for name in names]
            values[again] = [" / ".join(map(parse.as_text, found)) for found in zip(*parts, strict=True)]
            self.report("duplicate", at, again, values)
        return again

    def has(self, name: str) -> bool:
        """Whether the table has the column."""
        return name in self._cells

    def cells(self, name: str) -> Texts:
        """The cells of a column as they were found, None where there is no such column."""
        cells = self._cells.get(name)
        return np.full(len(self), None, dtype=object) if cells is None else cells

    def report(
        self, rule: str, name: str | None, where: Flags, values: Texts, level: str = FAILURE, expected: str = ""
    ) -> None:
        """A finding for each row of `where`. `expected`: as in `Failure`."""
        if where.any():
            self._findings.add(rule, self.table, name, self.row[where], values[where], level, expected)

    def _text(self, name: str, trim: bool) -> parse.TextColumn:
        cells = self.cells(name)
        limit = self._columns[name].limit
        column = parse.texts(cells, trim, limit)
        self.report("control_characters", name, column.cleaned, column.value, ADVICE)
        self.report("text_too_long", name, column.too_long, column.value, expected=str(limit))
        self.report("excel_error", name, column.excel_error, cells)
        self.report("formula_without_value", name, column.uncalculated, cells)
        self.report("not_a_text", name, column.not_a_text, cells)
        if self._is_required(name):
            said = column.excel_error | column.uncalculated | column.not_a_text
            self.report("required", name, (column.value == "") & ~said, cells)
        return column

    def _is_required(self, name: str) -> bool:
        return self._columns[name].required and self.has(name)

    def _missing(self, frame: pd.DataFrame) -> list[Column]:
        present = set(map(heading, frame.columns))
        return [column for column in self._columns.values() if column.required and column.name not in present]

    def _check_headings(self, frame: pd.DataFrame) -> None:
        for column in self._missing(frame):
            self._findings.add_table("missing_column", self.table, column.name, column.name)
        seen: set[str] = set()
        for place, name in enumerate(frame.columns):
            if name is None:
                continue
            if heading(name) not in self._columns:
                if _has_content(frame.iloc[:, place]):
                    rule = "unknown_column" if heading(name) else "unnamed_column"
                    self._findings.add_heading(rule, self.table, place, str(name), ADVICE)
            elif heading(name) in seen:
                self._findings.add_heading("duplicate_column", self.table, place, str(name))
            seen.add(heading(name))

    def _slipped_rows(self, frame: pd.DataFrame) -> Flags:
        slipped = np.zeros(len(frame), dtype=bool)
        for place, name in enumerate(frame.columns):
            if name is None:
                cells = frame.iloc[:, place].to_numpy(dtype=object)
                beyond = np.flatnonzero([not parse.is_blank(cell) for cell in cells])
                first = beyond[~slipped[beyond]]
                self._findings.add_beyond(self.table, place, first, cells[first])
                slipped[beyond] = True
        return slipped

    def _known(self, frame: pd.DataFrame) -> dict[str, Texts]:
        cells: dict[str, Texts] = {}
        for place, name in enumerate(frame.columns):
            if heading(name) in self._columns and heading(name) not in cells:
                cells[heading(name)] = frame.iloc[:, place].to_numpy(dtype=object)
        return cells


def number_names(table: str) -> set[str]:
    """The names of the columns of a table that hold numbers; in the settings, numbers stand among other values."""
    if table == "settings":
        return {"value"}
    return {column.name for column in COLUMNS[table] if column.kind in (Kind.NUMBER, Kind.FIGURE)}


def number_columns(table: str, frame: pd.DataFrame) -> list[Texts]:
    """The cells of the columns of a raw frame that hold numbers."""
    wanted = number_names(table)
    places = [place for place, name in enumerate(frame.columns) if heading(name) in wanted]
    return [frame.iloc[:, place].to_numpy(dtype=object) for place in places]


def typed_styles(frames: Mapping[str, pd.DataFrame]) -> dict[str, NumberStyle]:
    """The style of each table of a source that has real numbers: there a number in a text is written with a point, save
    where some other text of the table has a decimal comma, so that nothing tells what 1.234 is."""
    mixed = [table for table, frame in frames.items() if parse.has_decimal_comma(number_columns(table, frame))]
    return dict.fromkeys(mixed, NumberStyle.UNCLEAR)


def _blank_rows(frame: pd.DataFrame) -> Flags:
    # Column by column over the rows that are still blank: after the first column there is next to nothing left to do.
    blank = np.ones(len(frame), dtype=bool)
    for place in range(frame.shape[1]):
        rest = np.flatnonzero(blank)
        if not rest.size:
            break
        cells = frame.iloc[:, place].to_numpy(dtype=object)[rest]
        blank[rest] = np.fromiter(map(parse.is_blank, cells), dtype=bool, count=rest.size)
    return blank


def _has_content(cells: pd.Series[Any]) -> bool:
    return not all(map(parse.is_blank, cells))
