"""What the cells of a workbook hold in the other language: headings, choices, and what programs have recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bsc_xl.excel import reading
from bsc_xl.excel.address import cells
from bsc_xl.excel.fields import SETTINGS_LISTS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found
from bsc_xl.excel.results import Value
from bsc_xl.excel.translation.drawn import Drawn
from bsc_xl.excel.translation.wording import Wording
from bsc_xl.model import Status

RECORDED = {
    ("history", "perspective"): ("perspective.",),
    ("history", "status"): (),
    ("evidence", "evidence_kind"): ("evidence.kind.",),
    ("evidence", "measure"): ("evidence.measure.",),
    ("evidence", "file"): ("evidence.files",),
    ("evidence", "reasons"): ("evidence.counted", "evidence.outside", "evidence.rule."),
    ("discipline", "sanction"): ("discipline.in_a_row", "discipline.everybody", "sanction."),
}
"""Columns that programs fill in words, and the labels these come from; statuses come with their symbol."""


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
