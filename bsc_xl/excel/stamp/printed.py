"""Down to which row a sheet is printed, as the workbook part says it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from bsc_xl.excel.stamp import markup

_TITLE = re.compile(r"^.*!")
_DIGITS = "0123456789"


def with_print_areas(part: bytes, areas: Mapping[str, str]) -> bytes:
    """The workbook part in which the print areas of the sheets with these titles end as `areas` say, such as
    ``$A$1:$O$29``; an area that begins elsewhere, or has other columns, stays."""
    part = markup.utf8(part)
    shadow = markup.shadow(part)
    titles = [markup.attribute(sheet["rest"], b"name") or b"" for sheet in markup.tag(b"sheet").finditer(shadow)]
    wanted = {
        b"%d" % i: areas[title] for i, name in enumerate(titles) if (title := html.unescape(name.decode())) in areas
    }
    pieces, at = [], 0
    for name in markup.tag(b"definedName").finditer(shadow):
        area = wanted.get(markup.attribute(name["rest"], b"localSheetId") or b"")
        if area is None or markup.attribute(name["rest"], b"name") != b"_xlnm.Print_Area":
            continue
        end = shadow.index(b"<", name.end())
        kept = part[name.end() : end].decode()
        own = _TITLE.sub("", kept)
        if own.rstrip(_DIGITS) == area.rstrip(_DIGITS):
            pieces += [part[at : name.end()], kept.removesuffix(own).encode(), area.encode()]
            at = end
    return b"".join([*pieces, part[at:]])
