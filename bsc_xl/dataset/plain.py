"""Frames made ready for writing: what every kind of target can hold, and one type per column where that is needed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bsc_xl.errors import ChoiceError
from bsc_xl.tables import parse
from bsc_xl.tables.columns import COLUMNS, heading
from bsc_xl.tables.sheet import number_names

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """A column with only text, numbers, true, false and None in it; None is blank. `of_numbers`: in other rows or data
    sets, that is; here anything may have been typed."""

    name: str
    cells: list[Value]
    of_numbers: bool = False

    def one_type(self) -> tuple[type, list[Value]]:
        """The narrowest of int, float and str that holds every value without loss, and the values as that type."""
        kinds = set(map(type, self.cells)) - {type(None)}
        if kinds and kinds <= {int}:
            return int, self.cells
        if kinds and kinds <= {int, float}:
            return float, [None if value is None else float(value) for value in self.cells]
        return str, [None if value is None else self._text(value) for value in self.cells]

    def _text(self, value: Value) -> str:
        text = parse.as_text(value)
        # Beside a text with a decimal comma, 1.234 is refused, since it may mean two things; 1.2340 means one.
        return f"{text}0" if self.of_numbers and isinstance(value, float) and parse.is_ambiguous(text) else text


def plain_columns(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[PlainColumn]]:
    """The columns of every table of a data set, in its order; a table that is not given has its headings only.

    `ChoiceError` for a name that is none of a data set's tables.
    """
    given = {heading(name): frame for name, frame in frames.items()}
    for name in given:
        if name not in COLUMNS:
            raise ChoiceError(what="table", value=name, choices=", ".join(COLUMNS))
    return {table: _columns(table, given.get(table)) for table in COLUMNS}


def _columns(table: str, frame: pd.DataFrame | None) -> list[PlainColumn]:
    if frame is None:
        return [PlainColumn(column.name, []) for column in COLUMNS[table]]
    return [
        PlainColumn(
            str(name),
            list(map(_plain, frame.iloc[:, place].to_numpy(dtype=object))),
            heading(name) in number_names(table),
        )
        for place, name in enumerate(frame.columns)
    ]


def _plain(value: object) -> Value:
    if isinstance(value, str):
        return parse.without_forbidden(parse.with_line_feeds(value)) or None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return None if parse.is_blank(value) else parse.as_text(value)
