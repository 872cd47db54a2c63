"""Ranges and their conditional formats, as xlwings asks an engine for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.utils.cell import range_boundaries
from xlwings import base_classes as base
from xlwings.utils import col_name

from uno_engine.grammar import quoted
from uno_engine.objects import ConditionApi, RangeApi

if TYPE_CHECKING:
    import xlwings as xw

    from uno_engine.impl import Sheet

LAST_ROW, LAST_COLUMN = 1_048_576, 1024
At = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 1."""


def at_of(address: str) -> At:
    """The place of a range by its address; whole columns and whole rows, too."""
    left, top, right, bottom = range_boundaries(address)
    return top or 1, left or 1, bottom or LAST_ROW, right or LAST_COLUMN


class Range(base.Range):
    """Cells of one sheet."""

    def __init__(self, sheet: Sheet, at: Any) -> None:
        self._sheet = sheet
        self.at: At = tuple(at)
        self.options: dict[str, Any] = {}

    def ask(self, what: str, *arguments: Any) -> Any:
        """The answer to a request about these cells."""
        return self._sheet.ask(what, self.at, *arguments)

    @property
    def api(self) -> RangeApi:
        return RangeApi(self)

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return self._sheet.name, self.row, self.column, *self.shape

    @property
    def row(self) -> int:
        return self.at[0]

    @property
    def column(self) -> int:
        return self.at[1]

    @property
    def shape(self) -> tuple[int, int]:
        return self.at[2] - self.at[0] + 1, self.at[3] - self.at[1] + 1

    def __len__(self) -> int:
        rows, columns = self.shape
        return rows * columns

    def __call__(self, arg1: int, arg2: int | None = None) -> Range:
        """A cell of the range, by row and column or by its number along the rows."""
        if arg2 is None:
            row, column = divmod(arg1 - 1, self.shape[1])
        else:
            row, column = arg1 - 1, arg2 - 1
        return Range(self._sheet, (self.row + row, self.column + column) * 2)

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        mark = ("$" if col_absolute else "", "$" if row_absolute else "")
        ends = [f"{mark[0]}{col_name(self.at[i + 1])}{mark[1]}{self.at[i]}" for i in (0, 2)]
        text = ends[0] if ends[0] == ends[1] else ":".join(ends)
        return f"{quoted(self._sheet.name)}!{text}" if external else text

    @property
    def raw_value(self) -> Any:
        return self._read("values")

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self.ask("set_values", self._filled(value))

    @property
    def formula(self) -> Any:
        return self._read("formulas")

    @formula.setter
    def formula(self, value: Any) -> None:
        self.ask("set_formulas", self._filled(value))

    def _read(self, what: str) -> Any:
        rows = self.ask(what)
        return rows[0][0] if len(self) == 1 else tuple(map(tuple, rows))

    def _filled(self, value: Any) -> list[list[Any]]:
        if isinstance(value, list | tuple):
            return [list(row) for row in value]
        rows, columns = self.shape
        return [[value] * columns for _ in range(rows)]

    def clear_contents(self) -> None:
        self.ask("clear_contents")

    @property
    def number_format(self) -> str | None:
        code: str | None = self.ask("number_format")
        return code

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.ask("set_number_format", value)

    @property
    def row_height(self) -> float | None:
        height: float | None = self.ask("row_height")
        return height

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.ask("set_row_height", value)

    @property
    def conditional_formats(self) -> ConditionalFormats:
        return ConditionalFormats(self)

    def select(self) -> None:
        self.ask("select")

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        self.ask("insert", shift, copy_origin)

    def delete(self, shift: str | None = None) -> None:
        self.ask("delete", shift)

    def copy(self, destination: xw.Range | None = None) -> None:
        assert destination is not None
        self.ask("copy", destination.sheet.name, destination.impl.at[:2])


class ConditionalFormats(base.ConditionalFormats):
    """The rules that touch a range."""

    def __init__(self, range_: Range) -> None:
        self.range = range_

    def __call__(self, index: int) -> ConditionalFormat:
        return ConditionalFormat(self.range, index)

    def __len__(self) -> int:
        count: int = self.range.ask("conditions")
        return count

    def __iter__(self) -> Iterator[ConditionalFormat]:
        return (ConditionalFormat(self.range, index) for index in range(1, len(self) + 1))

    def add_custom(self, spec: dict[str, Any]) -> ConditionalFormat:
        self.range.ask("add_condition", spec["formula"])
        rule = ConditionalFormat(self.range, 1)
        rule.set({key: value for key, value in spec.items() if key not in ("formula", "stop_if_true")})
        return rule

    def clear(self) -> None:
        self.range.ask("clear_conditions")


class ConditionalFormat(base.ConditionalFormat):
    """A rule, by its number among those that touch a range."""

    type = "custom"
    stop_if_true = False

    def __init__(self, range_: Range, index: int) -> None:
        self.range, self._index = range_, index

    def ask(self, what: str, *arguments: Any) -> Any:
        """The answer to a request about this rule."""
        return self.range.ask(what, self._index, *arguments)

    @property
    def api(self) -> ConditionApi:
        return ConditionApi(self)

    @property
    def formula(self) -> str:
        text: str = self.ask("condition")["formula"]
        return text

    @property
    def fill_color(self) -> Any:
        return self.ask("condition").get("fill_color")

    @property
    def font_color(self) -> Any:
        return self.ask("condition").get("font_color")

    @property
    def font_bold(self) -> Any:
        return self.ask("condition").get("font_bold")

    def set(self, changes: dict[str, Any]) -> None:
        look = {key: value for key, value in changes.items() if value is not None}
        if look:
            self.ask("change_condition", look)

    def delete(self) -> None:
        self.ask("delete_condition")
