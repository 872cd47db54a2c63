"""The left part of a sheet's printed footer, among the codes that say how it looks and what stands beside it."""

from __future__ import annotations

import html
import re

from bsc_xl.excel.stamp import markup
from bsc_xl.excel.stamp.content import escaped

_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]+|.)', re.DOTALL)
_LOOK = re.compile(r'(?:\s*&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]+|[BIUESXY]))*')


def with_left_footer(part: bytes, text: str) -> bytes | None:
    """The XML of a sheet whose footer says `text` on the left; None when the sheet has no footer.

    The views that people have saved of a sheet may have footers of their own, which stay.
    """
    part = markup.utf8(part)
    shadow = markup.shadow(part)
    after_views = max((each.end() for each in markup.ends(b"customSheetViews").finditer(shadow)), default=0)
    found = markup.tag(b"oddFooter").search(shadow, after_views)
    if found is None or found["rest"].endswith(b"/"):
        return None
    closing = markup.end(b"oddFooter", found["prefix"]).search(shadow, found.end())
    assert closing is not None, "the XML is well formed"
    codes = html.unescape(part[found.end() : closing.start()].decode("utf-8"))
    changed = _with_left(codes, text)
    if changed == codes:
        return part
    return part[: found.end()] + escaped(changed).encode("utf-8") + part[closing.start() :]


def _with_left(codes: str, text: str) -> str:
    begin, end = _left(codes)
    look = _LOOK.match(codes, begin, end)
    assert look is not None
    # a digit right after a size would be taken for a part of it
    apart = (
        " " if look[0][-1:].isdigit() and text[:1].isdigit() and not re.search(r"&K[0-9A-Fa-f]{6}$", look[0]) else ""
    )
    section = "" if codes[:begin].endswith("&L") else "&L"
    return codes[:begin] + section + look[0] + apart + text.replace("&", "&&") + codes[end:]


def _left(codes: str) -> tuple[int, int]:
    """Where the text of the left section begins and ends; a footer without one begins with it."""
    begin = None
    for code in _CODE.finditer(codes):
        if begin is not None and code[0] in ("&C", "&R", "&L"):
            return begin, code.start()
        if code[0] == "&L":
            begin = code.end()
    return (0, 0) if begin is None else (begin, len(codes))
