"""Changes cell values in a workbook package and leaves every other byte of its sheets alone.

Cells are found by their address, sheets by their code name. Text is written inline and never as a formula; a number
keeps all its digits; a result stands beside the formula of its cell, which stays.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bsc_xl.errors import OutputError
from bsc_xl.excel import package as packages
from bsc_xl.excel.layout import FOOTER, code_name
from bsc_xl.tables import parse

if TYPE_CHECKING:
    from bsc_xl.excel.plan import Write
    from bsc_xl.excel.results import Value

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CODE_NAME = re.compile(rb'<sheetPr\b[^>]*\bcodeName="([^"]+)"')
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_TYPE = re.compile(r' t="[^"]*"')
_FOOTER_TEXT = r"(?:&amp;(?:&amp;|[^R&<])|&(?!amp;)[#\w]+;|[^&<])*"
"""Up to the right part; a doubled ampersand is one of the text, also where an R follows it."""
_FOOTER = re.compile(rf"(<oddFooter>&amp;L[^<]*?&amp;K[0-9A-F]{{6}}){_FOOTER_TEXT}(&amp;R)")
_FORMULA = re.compile(r"<f\b.*?(?:/>|</f>)", re.DOTALL)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def stamp(package: bytes, writes: Iterable[Write]) -> bytes:
    """Return the package with the values of `writes` in its cells.

    A cell that the package does not hold, or a result for a cell without a formula, is an `OutputError`: the plan and
    the drawing do not belong together. So is a number that no cell can hold, NaN or infinity.
    """
    parts = packages.read(package)
    sheets = {name: found[1].decode() for name, part in parts.items() if (found := _sheet(name, part))}
    by_sheet: dict[str, dict[str, Write]] = defaultdict(dict)
    for write in writes:
        by_sheet[code_name(write.ref.sheet)][write.ref.cell] = write
    for name, sheet in sheets.items():
        own = by_sheet.pop(sheet, None)
        if own:
            parts[name] = _stamped(parts[name].decode("utf-8"), own).encode("utf-8")
    if by_sheet:
        raise OutputError(path=", ".join(by_sheet), reason="no_such_sheet")
    return packages.write(parts)


def _sheet(name: str, part: bytes) -> re.Match[bytes] | None:
    return _CODE_NAME.search(part[:4096]) if _SHEET.fullmatch(name) else None


def _stamped(xml: str, writes: dict[str, Write]) -> str:
    left = dict(writes)
    footer = left.pop(FOOTER, None)
    if footer:
        text = escaped(str(footer.value).replace("&", "&&"))
        xml, found = _FOOTER.subn(lambda parts: parts[1] + text + parts[2], xml)
        if not found:
            raise OutputError(path="!".join(footer.ref), reason="no_such_cell")

    def cell(found: re.Match[str]) -> str:
        write = left.pop(found[1], None)
        if write is None:
            return found[0]
        attributes = _TYPE.sub("", found[2])
        formula = _FORMULA.search(found[3] or "")
        if write.result != bool(formula):
            raise OutputError(path="!".join(write.ref), reason="formula_expected" if write.result else "formula_found")
        if isinstance(write.value, float) and not math.isfinite(write.value):
            raise OutputError(path="!".join(write.ref), reason="not_finite")
        kind, content = _content(write.value, write.result)
        kept = formula[0] if formula else ""
        return (
            f'<c r="{found[1]}"{attributes}{kind}>{kept}{content}</c>'
            if kept + content
            else _empty(found[1], attributes)
        )

    stamped = _CELL.sub(cell, xml)
    if left:
        raise OutputError(path=", ".join("!".join(write.ref) for write in left.values()), reason="no_such_cell")
    return stamped


def _empty(address: str, attributes: str) -> str:
    return f'<c r="{address}"{attributes}/>'


def _content(value: Value, result: bool) -> tuple[str, str]:
    """The type attribute and the content of a cell element."""
    match value:
        case None:
            return "", ""
        case bool():
            return ' t="b"', f"<v>{int(value)}</v>"
        case int():
            return "", f"<v>{value}</v>"
        case float():
            return "", f"<v>{float(value)!r}</v>"  # all digits, also of a numpy double
        case _ if result:
            return ' t="str"', f"<v>{escaped(value)}</v>"
        case "":
            return "", ""
        case _:
            return ' t="inlineStr"', f'<is><t xml:space="preserve">{escaped(value)}</t></is>'


_ESCAPES: tuple[tuple[str, str], ...] = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "_x000D_"))


def escaped(text: str) -> str:
    """Text as a cell holds it: XML escapes, what XML forbids left out, and nothing that reads as Excel's own escape."""
    text = parse.without_codes(_FORBIDDEN.sub("", text))
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text
