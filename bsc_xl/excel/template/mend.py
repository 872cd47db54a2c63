"""Puts right what openpyxl writes and the Open XML SDK objects to, part by part, right after drawing."""

from __future__ import annotations

import re

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


def mended(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Return the same parts with the fonts of the styles in the order of the schema, and a fixed date."""
    styles = parts["xl/styles.xml"].decode("utf-8")
    core = parts["docProps/core.xml"].decode("utf-8")
    re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{MADE}", core)
    return parts | {
        "xl/styles.xml": re.sub(r"<font>(.*?)</font>", _font, styles).encode("utf-8"),
        "docProps/core.xml": re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{MADE}", core).encode(
            "utf-8"
        ),
    }


def _font(found: re.Match[str]) -> str:
    children = re.findall(r"<(\w+)[^>]*/>", found[1])
    texts = re.findall(r"<\w+[^>]*/>", found[1])
    ordered = sorted(zip(children, texts, strict=True), key=lambda child: FONT_ORDER.index(child[0]))
    return "<font>" + "".join(text for _, text in ordered) + "</font>"
