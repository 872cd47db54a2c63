"""The two columns with which every list of units begins: code and name, both leading to the unit's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bsc_xl.excel.consolidated.listing import NAME_LINES, Column, linked
from bsc_xl.excel.consolidated.view import View
from bsc_xl.excel.wrapping import lines_needed, width_needed

UNITS = ("unit_code", "unit_name")
_CODE, _NAME = (10, 24), (34, 52)
"""The least and the greatest width of each."""
_PADDING = 2


def unit_columns(
    view: View, units: Sequence[int], looks: Sequence[Mapping[str, Any]] = ({},), which: Sequence[int] | None = None
) -> list[Column]:
    """Codes and names of these units; `looks` and `which` of the names as `Column` takes them.

    A name that needs several lines has no link, since LibreOffice would show one line of it: its code leads there.
    """
    codes, names = [view.codes[unit] for unit in units], [view.names[unit] for unit in units]
    links = [view.links[unit] for unit in units]
    indents = [look.get("indent", 1) for look in looks]
    of_names = [indents[look] for look in which] if which else [indents[0]] * len(names)
    width = _width((width_needed(*each) for each in zip(names, of_names, strict=True)), *_NAME)
    fits = [lines_needed(name, width, indent) == 1 for name, indent in zip(names, of_names, strict=True)]
    leading = [link if fit else "" for link, fit in zip(links, fits, strict=True)]
    return [
        Column(
            "unit_code",
            view.word("heading.unit_code"),
            _width((len(code) + _PADDING for code in codes), *_CODE),
            codes,
            lines=NAME_LINES,
            **linked(links),
        ),
        Column(
            "unit_name",
            view.word("heading.unit_name"),
            width,
            names,
            lines=NAME_LINES,
            **linked(leading, looks, which),
        ),
    ]


def _width(needed: Iterable[float], least: float, most: float) -> float:
    return min(max((least, *needed)), most)
