"""Whether two texts are the same formula: programs rewrite blanks, quotes, capitals and numbers when they save."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    |(?P<sheet>(?:'(?:[^']|'')*'|(?<![\]:!\w.])(?!\$?[A-Z]{1,3}\d+:)[^\W\d][\w.]*)  # or a range of sheets
        (?::(?:'(?:[^']|'')*'|[^\W\d][\w.]*))?(?=!))
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?(?![\w.!(:]))
    |(?P<word>[\w$.\\?]+)
    |(?P<blank>\s+)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_BARE = re.compile(r"(?![A-Z]{1,3}\d*$)[^\W\d][\w.]*", re.IGNORECASE)
"""A title that needs no quotes: nobody takes it for a cell or a column."""
_HEADING = re.compile(r"(?<=\[)(?:[^\[\]']|'.)+(?=\])", re.DOTALL)
"""What stands in the brackets of a structured reference; a sign that means something there follows an apostrophe."""
_OF_TABLE = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    |(?P<sheet>'(?:[^']|'')*'(?=!))
    |(?<![\w.!])(?P<table>[^\W\d][\w.]*)(?P<inside>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])""",
    re.VERBOSE | re.DOTALL,
)
_SIGNS = re.compile(r"([\[\]#'])")
_LATER_FUNCTION = re.compile(r"_XLFN\.(_XLWS\.)?")


def same_formula(one: str, other: str) -> bool:
    """Whether both compute the same cells in the same way; dollar signs and the order of terms count."""
    return one == other or _plain(one) == _plain(other)


def with_titles(formula: str, titles: Mapping[str, str]) -> str:
    """The formula with the sheets named as `titles` says, former title -> title of today; also both ends of a range of
    sheets, and within the address that a link of ours leads to."""
    if not titles:
        return formula
    folded = {former.casefold(): today for former, today in titles.items()}
    return _TOKEN.sub(lambda found: _retitled(found, folded), formula)


def with_headings(formula: str, heading: Callable[[str, str], str]) -> str:
    """The formula with the columns of tables named as `heading` says, from the name of the table and the former heading
    of the column; not those of a table in another workbook."""
    if "[" not in formula:
        return formula
    return _OF_TABLE.sub(lambda found: _reheaded(found, heading), formula)


def quoted_title(title: str) -> str:
    """A sheet's title as formulas write it."""
    return "'" + title.replace("'", "''") + "'"


def literals(formula: str) -> list[str]:
    """The texts that stand in a formula, in their quotation marks."""
    return [found[0] for found in _TOKEN.finditer(formula) if found["text"]]


def with_literals(formula: str, texts: Mapping[str, str]) -> str:
    """The formula with its texts as `texts` says, both in their quotation marks."""
    return _TOKEN.sub(lambda found: texts.get(found[0], found[0]) if found["text"] else found[0], formula)


def _retitled(found: re.Match[str], titles: Mapping[str, str]) -> str:
    if found["text"] and found[0].startswith('"#'):
        return f'"{with_titles(found[0][1:-1], titles)}"'
    if not found["sheet"] or "[" in found[0]:  # of another workbook
        return found[0]
    former = _titles(found[0])
    today = [titles.get(title.casefold(), title) for title in former]
    if today == former:
        return found[0]
    if len(today) > 1 and all(map(_BARE.fullmatch, today)):
        return ":".join(today)
    if ":'" in found[0]:  # as LibreOffice and Gnumeric write a range of sheets, who do not read it as Excel writes it
        return ":".join(title if _BARE.fullmatch(title) else quoted_title(title) for title in today)
    return quoted_title(":".join(today))


def _reheaded(found: re.Match[str], heading: Callable[[str, str], str]) -> str:
    if not found["table"]:
        return found[0]

    def renamed(column: re.Match[str]) -> str:
        if column[0].startswith("#"):  # such as #All
            return column[0]
        former = re.sub("'(.)", r"\1", column[0], flags=re.DOTALL)
        today = heading(found["table"], former)
        return column[0] if today == former else _SIGNS.sub(r"'\1", today)

    return found["table"] + _HEADING.sub(renamed, found["inside"])


def _titles(sheets: str) -> list[str]:
    """The sheet that a reference names, or the first and the last of a range of sheets; together or each in quotes."""
    return [title.strip("'").replace("''", "'") for title in sheets.split(":")]


@lru_cache(maxsize=1 << 14)  # a workbook's formulas, and once more as another program wrote them
def _plain(formula: str) -> str:
    tokens = (_plain_token(found) for found in _TOKEN.finditer(formula.strip().removeprefix("=")))
    plain = "".join(_without_signs_apart([token for token in tokens if token]))
    return plain.replace("TRUE()", "TRUE").replace("FALSE()", "FALSE")


def _without_signs_apart(tokens: list[str]) -> list[str]:
    """The tokens with "--(x)" for "-(-(x))", as Gnumeric writes it."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for i, sign in enumerate(tokens):
        if sign == "(":
            opened.append(i)
        elif sign == ")" and opened:
            closing[opened.pop()] = i
    needless = {
        place
        for begin, end in closing.items()
        if begin and tokens[begin - 1] == tokens[begin + 1] == "-" and closing.get(begin + 2) == end - 1
        for place in (begin, end)
    }
    return [token for i, token in enumerate(tokens) if i not in needless]


def _plain_token(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "text":
            return found[0]
        case "sheet":
            return ":".join(_titles(found[0])).upper()
        case "number":
            return repr(float(found[0]))
        case "blank":
            return ""
        case _:
            return _LATER_FUNCTION.sub("", found[0].upper())
