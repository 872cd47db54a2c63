"""Sheets as an XML parser sees them, whoever wrote them: where each cell stands in the bytes, and what it holds."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from bsc_xl.ooxml import package


@dataclass
class FoundCell:
    """One cell: its span in bytes, its attributes, and the texts of its elements by their local name."""

    begin: int
    end: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    formula: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def value(self) -> Any:
        """What the cell says without shared strings: number, text, truth value, ("s", index), or None."""
        kind = self.attributes.get("t", "n")
        if kind == "inlineStr":
            return self.texts.get("t", "")
        if "v" not in self.texts:
            return None
        text = self.texts["v"]
        return {"n": lambda: float(text), "b": lambda: text == "1", "s": lambda: ("s", int(text))}.get(
            kind, lambda: text
        )()


def found_cells(part: bytes) -> dict[str, FoundCell]:
    """Every cell element of a sheet by address; rows and cells without one stand after the one before."""
    found: dict[str, FoundCell] = {}
    parser = expat.ParserCreate(namespace_separator=" ")
    row, column, at, texts = 0, 0, "", []
    waiting: list[FoundCell] = []

    def passed() -> None:
        # where an element ends is known when the next thing begins
        for cell in waiting:
            cell.end = parser.CurrentByteIndex
        waiting.clear()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, at
        passed()
        texts.clear()
        match name.rpartition(" ")[2]:
            case "row":
                row, column = int(attributes.get("r", row + 1)), 0
            case "c":
                given = attributes.get("r")
                column = column_index_from_string(coordinate_from_string(given)[0]) if given else column + 1
                at = f"{get_column_letter(column)}{row}"
                found[at] = FoundCell(parser.CurrentByteIndex, attributes=attributes)
            case "f":
                found[at].formula = attributes

    def end(name: str) -> None:
        passed()
        match name.rpartition(" ")[2]:
            case "f" | "v" | "t" as local if at:
                found[at].texts[local] = found[at].texts.get(local, "") + "".join(texts)
            case "c":
                waiting.append(found[at])
        texts.clear()

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, texts.append
    parser.CommentHandler = lambda _: passed()
    parser.ProcessingInstructionHandler = lambda *_: passed()
    parser.Parse(part, True)
    return found


def outside(part: bytes, cells: Collection[str]) -> bytes:
    """The bytes of a sheet without those of some cells, whose places are marked."""
    kept, at = [], 0
    for address, cell in found_cells(part).items():
        if address in cells:
            kept += [part[at : cell.begin], f"<{address}>".encode()]
            at = cell.end
    return b"".join([*kept, part[at:]])


def differing_cells(before: bytes, after: bytes) -> dict[str, set[str]]:
    """Part -> the cells that differ between two packages, new ones included; fails where anything else differs.

    Charts may differ: they keep the values of the cells that they show. So may the heights of rows and print areas.
    """
    old, new = package.open_package(before), package.open_package(after)
    assert list(old.members) == list(new.members)
    found: dict[str, set[str]] = {}
    for name in old.members:
        if old.members[name] == new.members[name] or "/charts/" in name:
            continue
        one, other = old.part(name), new.part(name)
        here, there = found_cells(one), found_cells(other)
        assert here.keys() <= there.keys(), name
        made = there.keys() - here.keys()
        cells = {at for at in here if one[here[at].begin : here[at].end] != other[there[at].begin : there[at].end]}
        rest = outside(other, cells | made)
        for address in made:
            rest = rest.replace(f"<{address}>".encode(), b"")
        assert _without_measures(rest) == _without_measures(outside(one, cells)), name
        found[name] = cells | made
    return found


def _without_measures(part: bytes) -> bytes:
    """A part without what says how far the cells of a sheet reach, how high its rows are and how far it is printed."""
    return re.sub(rb'<dimension ref="[^"]*"| spans="[^"]*"| ht="[^"]*"|(?<=!\$A\$1:)\$[A-Z]+\$\d+(?=</)', b"", part)
