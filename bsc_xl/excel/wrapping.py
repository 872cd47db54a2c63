"""Into how many lines a text is broken in a cell, and how wide it is: an estimate, since the typeface decides."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

CHARACTERS = 1.15
"""Of running text to a unit of a column's width."""
_INDENT = 1.5
"""Of that width to a step of indentation, of which one is in `CHARACTERS`."""
_WIDTHS = """
23 33 41 50 51 72 69 23 31 31 50 50 25 31 26 39 51 51 51 51 51 51 51 51 51 51 27 27 50 50 50 47
90 58 55 54 62 49 46 64 63 26 32 52 43 86 65 67 52 68 55 46 49 65 57 89 52 49 47 31 39 31 50 50
30 48 53 43 53 50 31 48 53 23 24 46 23 80 53 53 53 53 35 40 34 53 46 72 44 46 40 32 47 32 50
"""
_ADVANCES = tuple(map(int, _WIDTHS.split()))
"""How wide the typeface's characters from the space on are, in hundredths of its size."""
_OTHER, _WHOLE = 55, 102
"""So wide are others, and those of scripts whose characters are as wide as they are high."""
_SIZE = 10
_DIGIT, _PADDING, _STEP = 5.25, 3.75, 6.75
"""Points of a unit of a column's width, of what stays free beside a text, and of a step of indentation."""
_LINE, _HIGHEST = 13.0, 409.0
"""Points of a line of text, and of the highest row that programs have."""


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


def height_needed(values: Iterable[object], widths: Iterable[float]) -> float:
    """The height in points of a row in which the texts among these values are seen whole, in columns of these widths;
    a column of width 0 is hidden."""
    texts = ((text, width) for text, width in zip(values, widths, strict=False) if width and isinstance(text, str))
    return min(_LINE * max((_measured_lines(*each) for each in texts if each[0]), default=0), _HIGHEST)


def _measured_lines(text: str, width: float) -> int:
    """Into how many lines a text is broken in a column of that width, by the width of its characters."""
    room = (width * _DIGIT - _PADDING - _STEP) * 100 / _SIZE
    count = 0
    for line in text.split("\n"):
        count, used = count + 1, 0.0
        for word in line.split(" "):
            length = _length(word)
            if used and used + _ADVANCES[0] + length > room:
                count, used = count + 1, 0.0
            used += length + (_ADVANCES[0] if used else 0)
            while used > room:  # a word that is longer than a line is broken anywhere
                count, used = count + 1, used - room + _OTHER
    return count


def _length(word: str) -> int:
    codes = (ord(each) - 32 for each in word)
    return sum(
        _ADVANCES[code]
        if 0 <= code < len(_ADVANCES)
        else _WHOLE
        if unicodedata.east_asian_width(chr(code + 32)) in "WF"
        else _OTHER
        for code in codes
    )
