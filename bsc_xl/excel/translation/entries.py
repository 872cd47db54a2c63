"""What the cells of a workbook hold in the other language: headings, choices, and what programs have recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from bsc_xl.excel import reading
from bsc_xl.excel.address import cells
from bsc_xl.excel.fields import SETTINGS_LISTS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found
from bsc_xl.excel.results import Value
from bsc_xl.excel.translation.drawn import Drawn
from bsc_xl.labels import Labels
from bsc_xl.model import Status

RECORDED = {
    ("history", "perspective"): ("perspective.",),
    ("history", "status"): (),
    ("evidence", "evidence_kind"): ("evidence.kind.",),
    ("evidence", "measure"): ("evidence.measure.",),
    ("evidence", "reasons"): ("evidence.counted", "evidence.outside", "evidence.rule."),
    ("discipline", "sanction"): ("discipline.in_a_row", "discipline.everybody", "sanction."),
}
"""Columns that programs fill in words, and the labels these come from; statuses come with their symbol."""
_APART = "; "


def changed(there: Drawn, here: Drawn, blocks: Mapping[str, Block]) -> dict[Ref, Value]:
    """Every cell that says something else `here` than `there`, where the workbook says that; and its shape."""
    found = dict(_fixed(there, here, blocks)) | dict(_chosen(there, here, blocks))
    found |= dict(_recorded(there.layout, here.layout, blocks))
    return found | {here.layout.settings["shape"]: here.layout.signature}


def _fixed(there: Drawn, here: Drawn, blocks: Mapping[str, Block]) -> Iterator[tuple[Ref, Value]]:
    """Headings, captions and lists, unless somebody has written something else in their place."""
    for key, texts in there.texts.items():
        for cell, text in texts.items():
            said = here.texts[key].get(cell)
            if said != text and _plain(blocks[key].value(cell)) == _plain(text):
                yield Ref(key, cell), said


def _chosen(there: Drawn, here: Drawn, blocks: Mapping[str, Block]) -> Iterator[tuple[Ref, Value]]:
    """What was chosen from a list, also in rows that do not count yet; what is on no list stays as it was typed."""
    lists = {f"bsc_{name}": keys for name, keys in SETTINGS_LISTS}
    for key, ranges in there.lists.items():
        for area, name in ranges:
            words = {there.layout.labels(word).casefold(): here.layout.labels(word) for word in lists.get(name, ())}
            for cell in cells(area):
                found = blocks[key].value(cell)
                if isinstance(found, str) and found.strip().casefold() in words:
                    yield Ref(key, cell), words[found.strip().casefold()]
    for field, ref in there.layout.settings.items():  # those that are shown and not chosen
        codes, words = (reading.words(drawn.layout).get(field, {}) for drawn in (there, here))
        names = {code: word for word, code in words.items()}
        found = blocks[ref.sheet].value(ref.cell)
        if isinstance(found, str) and found in codes:
            yield ref, names[codes[found]]


def _recorded(old: Layout, new: Layout, blocks: Mapping[str, Block]) -> Iterator[tuple[Ref, Value]]:
    wording = Wording(old.labels, new.labels)
    statuses = {old.status_text(status): new.status_text(status) for status in Status}
    for (sheet, column), labels in RECORDED.items():
        _, area = old.list_body(sheet, column)
        for cell in cells(area):
            found = blocks[sheet].value(cell)
            if isinstance(found, str) and found:
                yield Ref(sheet, cell), wording.of(found, labels) if labels else statuses.get(found, found)


def _plain(text: Found) -> str:
    """Programs differ in how they write the end of a line."""
    return " ".join(text.split()) if isinstance(text, str) else ""


class Wording:
    """What was put together from labels of one language, in another one."""

    def __init__(self, old: Labels, new: Labels) -> None:
        self._old, self._new = old, new

    def of(self, text: str, labels: tuple[str, ...]) -> str:
        """The text in the other language, from these labels or, where a name ends in a dot, those of a section, several
        of them perhaps, one after the other; as it is where it comes from none of them."""
        return _APART.join(self._one(piece, labels) for piece in text.split(_APART))

    def _one(self, text: str, labels: tuple[str, ...]) -> str:
        for key in self._keys:
            if any(key == name or (name.endswith(".") and key.startswith(name)) for name in labels):
                found = self._pattern(key).fullmatch(text)
                if found:
                    values = {name: self._one(value, labels) for name, value in found.groupdict().items()}
                    return self._new(key, **values)
        return text

    @cached_property
    def _keys(self) -> list[str]:
        return sorted(self._old.keys())

    def _pattern(self, key: str) -> re.Pattern[str]:
        pieces = re.split(r"\{(\w+)\}", self._old(key))
        return re.compile("".join(f"(?P<{p}>.+)" if i % 2 else re.escape(p) for i, p in enumerate(pieces)), re.DOTALL)
