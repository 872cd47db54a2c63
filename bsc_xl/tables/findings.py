"""The list of everything that is wrong, gathered while the tables are checked, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bsc_xl.errors import FAILURE, Failure
from bsc_xl.labels import Labels
from bsc_xl.tables.columns import COLUMNS, heading
from bsc_xl.tables.parse import as_text
from bsc_xl.tables.raw import RawTables

_HEADING_ROW = 1
_COMPUTED = frozenset({"weights_total", "actual_without_target", "ceiling_exceeded"})
"""Rules whose value is a number of ours, not what stands in the source: a message writes it in its own language."""
_NUMBERS = frozenset({"not_a_number", "ambiguous_number", "extra_cell"})
"""Rules whose message shows a number as the table writes it."""
_EXAMPLE = "96{mark}13"
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")
_SHOWN = 200
"""So many characters of a value go into a finding: enough to find it, and a message stays readable."""


class Findings:
    """Failures and advice in the order in which they are found; `in_order` gives them in the order of the source."""

    def __init__(self, raw: RawTables) -> None:
        self._found: list[tuple[tuple[int, int, int, str], Failure]] = []
        self._columns = {table: list(map(heading, frame.columns)) for table, frame in raw.frames.items()}
        self._tables = list(COLUMNS)
        self._cells = raw.cells
        self._raw = raw

    def add(
        self,
        rule: str,
        table: str,
        column: str | None,
        rows: Iterable[int] | NDArray[np.int64],
        values: Sequence[object] | NDArray[np.object_],
        level: str = FAILURE,
        expected: str = "",
    ) -> None:
        """One finding for each of `rows`, positions in the raw frame counted from 0, with the value that was found.

        `expected`: as in `Failure`; where a number is wanted, it is an example of one as the table writes it.
        """
        self._add(rule, table, column, self._place(table, column), rows, values, level, expected)

    def add_beyond(self, table: str, place: int, rows: NDArray[np.int64], values: NDArray[np.object_]) -> None:
        """A failure for each of `rows` that has something at `place`, to the right of the last heading."""
        self._add("extra_cell", table, None, place, rows, values, FAILURE, "")

    def _add(
        self,
        rule: str,
        table: str,
        column: str | None,
        place: int | None,
        rows: Iterable[int] | NDArray[np.int64],
        values: Sequence[object] | NDArray[np.object_],
        level: str,
        expected: str,
    ) -> None:
        if rule in _NUMBERS:
            expected = _EXAMPLE.format(mark=self._raw.decimal_mark(table))
        letters = column_letters(place) if place is not None and self._cells else None
        order = self._tables.index(table) if table in self._tables else len(self._tables)
        for position, value in zip(rows, values, strict=True):
            row = int(position) + self._heading_row(table) + 1
            cell = f"{table}!{letters}{row}" if letters else None
            place_in_order = (order, row, -1 if place is None else place, rule)
            if self._raw.where and (stands := self._raw.where(table, int(position), column)):
                row, cell = stands.row, str(stands)
            failure = Failure(table, row, cell, column, rule, shown(value), level, expected)
            self._found.append((place_in_order, failure))

    def add_heading(self, rule: str, table: str, place: int, value: str, level: str = FAILURE) -> None:
        """A finding about the heading at `place`, counted from 0."""
        order, row = self._tables.index(table), self._heading_row(table)
        cell = f"{table}!{column_letters(place)}{row}" if self._cells else None
        self._found.append(((order, row, place, rule), Failure(table, row, cell, value, rule, value, level)))

    def add_table(
        self, rule: str, table: str, column: str | None = None, value: str | None = None, expected: str = ""
    ) -> None:
        """A finding about a table as a whole: something in it is not there."""
        order = self._tables.index(table)
        self._found.append(((order, 0, -1, rule), Failure(table, None, None, column, rule, value, FAILURE, expected)))

    def in_order(self) -> list[Failure]:
        """Every finding, by table, row and column of the source."""
        return [failure for _, failure in sorted(self._found, key=lambda found: found[0])]

    def _heading_row(self, table: str) -> int:
        return _HEADING_ROW + self._raw.above.get(table, 0)

    def _place(self, table: str, column: str | None) -> int | None:
        names = self._columns.get(table, [])
        return names.index(column) if column in names else None


def column_letters(place: int) -> str:
    """The letters of a spreadsheet's column, counted from 0: A, B ... Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def shown(value: object) -> str:
    """What was found, as text; a long text is cut and ends in an ellipsis."""
    text = as_text(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def failure_message(failure: Failure, labels: Labels) -> str:
    """One sentence or two for a clerk: where it is, what is wrong, and what to do, in the language of `labels`."""
    values = _words(failure, labels)
    place = "cell" if failure.cell else "row" if failure.row else "table"
    if failure.column is None and place != "table":
        place = f"{place}_only"
    return labels("rule.message", place=labels(f"rule.place_{place}", **values), text=_text(values, failure, labels))


def failure_text(failure: Failure, labels: Labels, about: str = "") -> str:
    """The same without the place, for a list in which that has a column of its own: it begins with what is meant,
    which is the column unless `about` says it better."""
    values = _words(failure, labels)
    place = about or values["column"] or values["table"]
    return labels("rule.message", place=place, text=_text(values, failure, labels))


def _words(failure: Failure, labels: Labels) -> dict[str, object]:
    """What the message of a failure is made of.

    The text is the label ``rule.<code>``; its placeholders are `table`, `row`, `cell`, `column`, `value`, `expected`,
    `perspective`, which is what is expected of that, and `style`, which names the decimal mark of an expected number.
    """
    table, column = f"table.{failure.table}", f"column.{failure.column}"
    own = f"column.{failure.table}.{failure.column}"  # where tables call columns of one name by other words
    column = own if own in labels else column
    perspective = f"perspective.{failure.expected}"
    return {
        "table": labels(table) if table in labels else failure.table,
        "column": labels(column) if column in labels else failure.column or "",
        "row": "" if failure.row is None else failure.row,
        "cell": failure.cell or "",
        "value": _in_words(failure, labels),
        "expected": failure.expected,
        "perspective": labels(perspective) if perspective in labels else "",
        "style": labels("rule.decimal_comma" if "," in failure.expected else "rule.decimal_point"),
    }


def _text(values: dict[str, object], failure: Failure, labels: Labels) -> str:
    return labels(f"rule.{failure.rule}", **values)


def _in_words(failure: Failure, labels: Labels) -> str:
    value = failure.value or ""
    if failure.rule in _COMPUTED and _NUMBER.fullmatch(value):
        return labels.number(float(value), len(value.partition(".")[2]))
    return value
