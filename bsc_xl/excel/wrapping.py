"""Into how many lines a text is broken in a cell, and how wide it is: an estimate, since the typeface decides."""

from __future__ import annotations

import math
import unicodedata

CHARACTERS = 1.15
"""Of running text to a unit of a column's width."""
_INDENT = 1.5
"""Of that width to a step of indentation, of which one is in `CHARACTERS`."""
_CAUTION = 0.85
"""So much of a column counts where a line too few would be cut."""
_WIDE = 0.4
"""Capitals, and the letters that are as wide, take so much more room than others."""


def lines_needed(text: str, width: float, indent: int = 1) -> int:
    """Into how many lines a text is broken in a column of that width, between its words as far as they let it."""
    room = int((width - _INDENT * (indent - 1)) * CHARACTERS)
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(_broken(line, room) for line in text.split("\n"))


def width_needed(text: str, indent: int = 1) -> int:
    """The width of a column in which each line of a text stays one."""
    return math.ceil(max(map(len, text.split("\n"))) / CHARACTERS + _INDENT * (indent - 1))


def _broken(line: str, room: int) -> int:
    count, used = 1, 0
    for word in line.split(" "):
        if used and used + 1 + len(word) > room:
            count, used = count + 1, 0
        used += len(word) + bool(used)
        count, used = count + max(0, used - 1) // room, (max(0, used - 1) % room + 1) if used else 0
    return count


def most_lines(text: str, width: float) -> int:
    """So many lines a text takes at most in a column of that width, also where its letters are wide ones."""
    wide = sum(
        _WIDE * (each.isupper() or each in "mw@%") + (unicodedata.east_asian_width(each) in "WF") for each in text
    )
    return lines_needed(text, _CAUTION * width * len(text) / (len(text) + wide))
