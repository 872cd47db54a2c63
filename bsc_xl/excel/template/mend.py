"""Puts right what openpyxl writes and the Open XML SDK objects to, part by part, right after drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

FONT_ORDER = (
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
)
"""CT_Font in the order of the schema that Excel writes; openpyxl puts the name first."""


MADE = "2026-01-01T00:00:00Z"
"""The date in the document's properties: openpyxl writes the time of saving, but the same drawing is the same file."""


def mended(parts: dict[str, bytes], descriptions: Sequence[str]) -> dict[str, bytes]:
    """Return the same parts, put right: fonts in the order of the schema, labels of charts with their own format.

    The date is fixed, and each chart, in the order of drawing, has its description for those who cannot see it.
    """
    mended_parts, left = dict(parts), iter(descriptions)
    for name, part in parts.items():
        for pattern, mend in MENDS:
            if pattern.fullmatch(name):
                mended_parts[name] = mend(part.decode("utf-8"), left).encode("utf-8")
    return mended_parts


def _styles(xml: str, _: Iterator[str]) -> str:
    return re.sub(r"<font>(.*?)</font>", _font, xml)


def _core(xml: str, _: Iterator[str]) -> str:
    return re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{MADE}", xml)


def _chart(xml: str, _: Iterator[str]) -> str:
    return re.sub(r'(<(?:c:)?dLbls><(?:c:)?numFmt formatCode="[^"]*") ?/>', r'\1 sourceLinked="0"/>', xml)


def _drawing(xml: str, descriptions: Iterator[str]) -> str:
    return re.sub(r'name="Chart \d+"', lambda chart: f"{chart[0]} descr={quoteattr(next(descriptions))}", xml)


def _font(found: re.Match[str]) -> str:
    children = re.findall(r"<(\w+)[^>]*/>", found[1])
    texts = re.findall(r"<\w+[^>]*/>", found[1])
    ordered = sorted(zip(children, texts, strict=True), key=lambda child: FONT_ORDER.index(child[0]))
    return "<font>" + "".join(text for _, text in ordered) + "</font>"


MENDS = (
    (re.compile(r"xl/styles\.xml"), _styles),
    (re.compile(r"docProps/core\.xml"), _core),
    (re.compile(r"xl/charts/chart\d+\.xml"), _chart),
    (re.compile(r"xl/drawings/drawing\d+\.xml"), _drawing),
)
