"""How high the rows of a sheet are."""

from __future__ import annotations

from collections.abc import Mapping

from bsc_xl.excel.results import Value
from bsc_xl.excel.stamp import markup


def with_heights(part: bytes, heights: Mapping[int, Value]) -> bytes:
    """The XML of a sheet whose rows with these numbers have these heights, in points; a row that is not there has none.

    Whether a program may find another height when somebody types into a row stays as it was.
    """
    if not heights:
        return part
    part = markup.utf8(part)
    pieces, at, number = [], 0, 0
    for row in markup.tag(b"row").finditer(markup.shadow(part)):
        number = int(markup.attribute(row["rest"], b"r") or number + 1)
        if number in heights:
            rest, empty = row["rest"].removesuffix(b"/"), row["rest"].endswith(b"/")
            height = heights[number]
            said = height if isinstance(height, str) else f"{height:g}"
            pieces += [part[at : row.start("rest")], markup.with_attribute(rest, b"ht", said.encode())]
            at = row.end("rest") - empty
    return b"".join([*pieces, part[at:]])
