"""Values as the bytes that fill a slot, a column of them at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum, auto
from itertools import chain
from typing import NamedTuple

from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp.charts import Place, point
from bsc_xl.excel.stamp.content import content, escaped


class Form(IntEnum):
    """What a slot takes of its cell."""

    KIND = auto()
    """The attribute that says of what type the result beside a formula is."""
    RESULT = auto()
    """The element that holds it."""
    ENTRY = auto()
    """All that stands behind the attributes of a cell without a formula."""
    FOOTER = auto()
    """A text in the codes of a footer."""
    HEIGHT = auto()
    """A height in points."""


class Slot(NamedTuple):
    """A place that takes something of one cell, named by its position among the cells of the plan."""

    cell: int
    form: Form | Place


class _Rendered(dict[Value, bytes]):
    """Values and how they are rendered, each once."""

    def __init__(self, render: Callable[[Value], str]) -> None:
        super().__init__()
        self._render = render

    def __missing__(self, value: Value) -> bytes:
        self[value] = rendered = self._render(value).encode()
        return rendered


class Renderer:
    """Renders columns of values; remembers texts and whole numbers for as long as it lives.

    Other numbers are most of what a workbook holds and seldom repeat: they are written here, as `stamp.content` does.
    """

    def __init__(self) -> None:
        self._results = _Rendered(lambda value: content(value, result=True)[1])
        self._entries = _Rendered(_entry)
        self._footers = _Rendered(lambda value: escaped(str(value).replace("&", "&&")))
        self._forms = {
            Form.KIND: self._kind,
            Form.RESULT: self._result,
            Form.ENTRY: self._entry,
            Form.FOOTER: self._footer,
            Form.HEIGHT: self._height,
        }

    def columns(self, slots: Sequence[Slot], values: Mapping[int, list[Value]]) -> list[list[bytes]]:
        """For each slot the values (n) of its cell as they fill it; `values` by cell."""
        by_form: dict[Form | Place, list[int]] = defaultdict(list)
        for i, slot in enumerate(slots):
            by_form[slot.form].append(i)
        found: list[list[bytes]] = [[]] * len(slots)
        for form, own in by_form.items():  # all columns of a form in one go
            columns = [values[slots[i].cell] for i in own]
            rendered, count = self._rendered(form, list(chain.from_iterable(columns))), len(columns[0])
            for k, i in enumerate(own):
                found[i] = rendered[k * count : (k + 1) * count]
        return found

    def _rendered(self, form: Form | Place, values: list[Value]) -> list[bytes]:
        if isinstance(form, Place):
            return [point(form, value) for value in values]
        return self._forms[form](values)

    def _kind(self, values: list[Value]) -> list[bytes]:
        return [b' t="str"' if type(value) is str else b"" for value in values]

    def _result(self, values: list[Value]) -> list[bytes]:
        known = self._results
        return [b"<v>%a</v>" % value if type(value) is float else known[value] for value in values]

    def _entry(self, values: list[Value]) -> list[bytes]:
        known = self._entries
        return [b"><v>%a</v></c>" % value if type(value) is float else known[value] for value in values]

    def _footer(self, values: list[Value]) -> list[bytes]:
        return [self._footers[value] for value in values]

    def _height(self, values: list[Value]) -> list[bytes]:
        return [f"{value:g}".encode() for value in values]


def _entry(value: Value) -> str:
    kind, held = content(value, result=False)
    return f"{kind}>{held}</c>" if held else "/>"
