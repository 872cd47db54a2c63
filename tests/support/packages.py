"""Workbook files compared part by part: which part differs, and where first. Zip bytes are never compared.

XML is compared in canonical form: the library that draws writes the same elements with other spaces, prefixes and
entities where lxml is not installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from xml.etree import ElementTree

import workbooks

from bsc_xl.excel import stamp, template
from bsc_xl.excel.grid import place
from bsc_xl.excel.layout import Layout, Ref

VOLATILE_SETTINGS = ("engine_version", "dataset", "checksum")
"""Cells of the settings that change with every release or every entry, and say nothing about drawing or scoring."""

VOLATILE_PLACES = ("recalculated",)
"""Places of the dashboard that name the version."""

VOLATILE_TEXTS = {"docProps/app.xml": (rb"<AppVersion>[^<]*", b"<AppVersion>")}
"""The library that drew the file writes its own version there."""

_TOKEN = re.compile(r"<[^>]*>|[^<]+")
_PREFIX = re.compile(r"(</?)n\d+:")
_CELL = re.compile(r'<c r="([A-Z]+\d+)"')
_SHOWN = 160


def bureau_package(language: str) -> tuple[Layout, bytes]:
    """The bureau's workbook as `generate` writes it."""
    made = workbooks.bureau(language)
    return made.layout, stamp.stamp(template.draw(made.layout), made.writes)


def volatile_cells(shape: Layout) -> list[Ref]:
    """The cells that a comparison with a reference passes over."""
    settings = [shape.settings[key] for key in VOLATILE_SETTINGS]
    return settings + [Ref("dashboard", place(key)) for key in VOLATILE_PLACES]


def masked(parts: Mapping[str, bytes], cells: Iterable[Ref] = ()) -> dict[str, bytes]:
    """The parts with the content of `cells`, and what the drawing library says of itself, taken out."""
    result = dict(parts)
    for name, (pattern, replacement) in VOLATILE_TEXTS.items():
        if name in result:
            result[name] = re.sub(pattern, replacement, result[name])
    names = workbooks.sheet_parts(parts)
    for ref in cells:
        pattern = rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % ref.cell.encode()
        replaced, count = re.subn(
            pattern, b'<c r="%s"/>' % ref.cell.encode(), result[names[ref.sheet]], flags=re.DOTALL
        )
        assert count == 1, ref
        result[names[ref.sheet]] = replaced
    return result


def differences(expected: Mapping[str, bytes], found: Mapping[str, bytes]) -> list[str]:
    """One sentence for each part that differs, with the first place where it does; empty when all are equal."""
    sentences = [f"{name}: the part is gone" for name in expected if name not in found]
    sentences += [f"{name}: the part is new" for name in found if name not in expected]
    for name in expected:
        if name in found and expected[name] != found[name]:
            if not name.endswith((".xml", ".rels")):
                sentences.append(f"{name}: the bytes differ")
            elif (before := _canonical(expected[name])) != (after := _canonical(found[name])):
                sentences.append(f"{name}: {_first_difference(before, after)}")
    return sentences


def _canonical(part: bytes) -> str:
    """The XML of a part without what does not change its meaning."""
    return _PREFIX.sub(r"\1", ElementTree.canonicalize(part.decode(), rewrite_prefixes=True))


def _first_difference(expected: str, found: str) -> str:
    before, after = _TOKEN.findall(expected), _TOKEN.findall(found)
    at = next((i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        at = min(len(before), len(after))
    return f"{_where(before[: at + 1])}expected {_shown(before[at:])}, found {_shown(after[at:])}"


def _where(tokens: Sequence[str]) -> str:
    """The cell in which the last of these tokens stands, as far as one can be told."""
    cells = (match[1] for token in reversed(tokens) if (match := _CELL.match(token)))
    cell = next(cells, None)
    return f"cell {cell}: " if cell else ""


def _shown(tokens: Sequence[str]) -> str:
    text = "".join(tokens[:4])[:_SHOWN]
    return text or "the end"
