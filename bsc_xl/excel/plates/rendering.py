"""Values as the bytes that fill a slot, a column of them at a time."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp.charts import Place, point
from bsc_xl.excel.stamp.content import content, escaped


class Form(Enum):
    """What a slot takes of its cell."""

    KIND = auto()
    """The attribute that says of what type the result beside a formula is."""
    RESULT = auto()
    """The element that holds it."""
    ENTRY = auto()
    """All that stands behind the attributes of a cell without a formula."""
    FOOTER = auto()
    """A text in the codes of a footer."""


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
        }

    def column(self, form: Form | Place, values: list[Value]) -> list[bytes]:
        """The values (n) as they fill slots of this form, or as points of a chart at this place."""
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


def _entry(value: Value) -> str:
    kind, held = content(value, result=False)
    return f"{kind}>{held}</c>" if held else "/>"
