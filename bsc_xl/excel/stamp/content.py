"""What a cell of a sheet's XML holds for a value: its type, its elements, its text without what XML forbids."""

from __future__ import annotations

import re

from bsc_xl.excel.results import Value
from bsc_xl.tables import parse

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\r_\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES: tuple[tuple[str, str], ...] = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "_x000D_"))


def content(value: Value, result: bool, prefix: str = "") -> tuple[str, str]:
    """The type attribute and the content of a cell element. `result`: the value stands beside a formula."""
    match value:
        case None:
            return "", ""
        case bool():
            return ' t="b"', f"<{prefix}v>{int(value)}</{prefix}v>"
        case int():
            return "", f"<{prefix}v>{value}</{prefix}v>"
        case float():
            return "", f"<{prefix}v>{float(value)!r}</{prefix}v>"  # all digits, also of a numpy double
        case _ if result:
            return ' t="str"', f"<{prefix}v>{escaped(value)}</{prefix}v>"
        case "":
            return "", ""
        case _:
            text = f'<{prefix}t xml:space="preserve">{escaped(value)}</{prefix}t>'
            return ' t="inlineStr"', f"<{prefix}is>{text}</{prefix}is>"


def escaped(text: str) -> str:
    """Text as a cell holds it: XML escapes, what XML forbids left out, and nothing that reads as Excel's own escape."""
    if not _SPECIAL.search(text):
        return text
    text = parse.without_codes(_FORBIDDEN.sub("", text))
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def formula_text(formula: str) -> str:
    """A formula as its element holds it."""
    return formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
