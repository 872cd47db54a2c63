"""Puts conditional formats back into a closed workbook that lost some: pasting cells breaks them into pieces.

What is there stays, also what people have added; a rule of ours that no longer covers its cells is added once more and
goes before the others.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bsc_xl.excel.address import corners
from bsc_xl.excel.grammar import same_formula
from bsc_xl.excel.stamp import markup
from bsc_xl.excel.stamp.content import escaped, formula_text
from bsc_xl.excel.stamp.groups import moved
from bsc_xl.excel.template.rules import Rule
from bsc_xl.ooxml.cells import column_of

_OWN_FORMAT = 200
"""Numbers of formats below 164 are Excel's own; inside a look a number means nothing beyond that."""

_TRUTH = re.compile(r"\b(TRUE|FALSE)\b(?:\(\))?", re.IGNORECASE)
_PRIORITY = re.compile(rb"""(<(?:[\w.-]+:)?cfRule\s[^>]*?\bpriority\s*=\s*["'])([0-9]+)""")
_AFTER_STYLES = re.compile(rb"<(?:[\w.-]+:)?(?:tableStyles|colors|extLst)[\s/>]|</(?:[\w.-]+:)?styleSheet\s*>")
_BEFORE = re.compile(
    rb"</(?:[\w.-]+:)?(?:sheetData|customSheetViews|autoFilter|mergeCells)\s*>|<(?:[\w.-]+:)?sheetData[^>]*/>"
)
_AFTER = re.compile(
    rb"<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidations|hyperlinks|printOptions|pageMargins|pageSetup|headerFooter"
    rb"|rowBreaks|colBreaks|customProperties|cellWatches|ignoredErrors|smartTags|drawing|legacyDrawing|legacyDrawingHF"
    rb"|picture|oleObjects|controls|webPublishItems|tableParts|extLst)[\s/>]|</(?:[\w.-]+:)?worksheet\s*>"
)


class _Format(NamedTuple):
    """A conditional format of a sheet: the cells it covers, the one its formula is written for, the formula."""

    cells: frozenset[tuple[int, int]]
    origin: str
    formula: str


def missing(part: bytes, rules: Sequence[Rule]) -> list[Rule]:
    """Those rules that the sheet does not apply to all of their cells, in their order."""
    there = list(_formats(markup.utf8(part)))
    return [rule for rule in rules if not _covered(_of_rule(rule), there)]


def with_rules(part: bytes, styles: bytes, rules: Sequence[Rule]) -> tuple[bytes, bytes]:
    """The XML of a sheet with these rules before all others, and that of the styles with how they look."""
    styles, first = _with_looks(markup.utf8(styles), rules)
    part = markup.utf8(part)
    part = _PRIORITY.sub(lambda found: found[1] + b"%d" % (int(found[2]) + len(rules)), part)
    shadow = markup.shadow(part)
    begin = max((found.end() for found in _BEFORE.finditer(shadow)), default=0)
    place = _AFTER.search(shadow, begin)
    data = markup.tag(b"sheetData").search(shadow)
    assert place is not None, "the XML is well formed"
    assert data is not None, "the XML is well formed"
    made = "".join(_element(rule, data["prefix"].decode(), i, first + i) for i, rule in enumerate(rules))
    return part[: place.start()] + made.encode() + part[place.start() :], styles


def _element(rule: Rule, prefix: str, i: int, look: int) -> str:
    formula = f"<{prefix}formula>{formula_text(rule.formula.removeprefix('='))}</{prefix}formula>"
    return (
        f'<{prefix}conditionalFormatting sqref="{rule.area}">'
        f'<{prefix}cfRule type="expression" dxfId="{look}" priority="{i + 1}">{formula}</{prefix}cfRule>'
        f"</{prefix}conditionalFormatting>"
    )


def _with_looks(styles: bytes, rules: Sequence[Rule]) -> tuple[bytes, int]:
    """The styles with the looks of the rules at the end of their list, and the number of the first of them."""
    shadow = markup.shadow(styles)
    found = markup.tag(b"dxfs").search(shadow)
    root = markup.tag(b"styleSheet").search(shadow)
    assert root is not None, "the XML is well formed"
    prefix = root["prefix"].decode()
    looks = "".join(_look(rule, prefix) for rule in rules).encode()
    name = f"{prefix}dxfs".encode()
    if found is None:
        place = _AFTER_STYLES.search(shadow)
        assert place is not None, "the XML is well formed"
        made = b'<%b count="%d">%b</%b>' % (name, len(rules), looks, name)
        return styles[: place.start()] + made + styles[place.start() :], 0
    first = len(markup.tag(b"dxf", found["prefix"]).findall(shadow, found.end()))
    opened = (
        b"<"
        + name
        + markup.with_attribute(found["rest"].removesuffix(b"/"), b"count", b"%d" % (first + len(rules)))
        + b">"
    )
    if found["rest"].endswith(b"/"):
        return styles[: found.start()] + opened + looks + b"</" + name + b">" + styles[found.end() :], 0
    closing = markup.end(b"dxfs", found["prefix"]).search(shadow, found.end())
    assert closing is not None, "the XML is well formed"
    end = closing.start()
    return styles[: found.start()] + opened + styles[found.end() : end] + looks + styles[end:], first


def _look(rule: Rule, prefix: str) -> str:
    """The element that says what a rule changes in the look of a cell."""
    font = "" if rule.bold is None else f'<b val="{int(rule.bold)}"/>'
    font += "" if rule.ink is None else f'<color rgb="FF{rule.ink}"/>'
    parts = [f"<font>{font}</font>"] if font else []
    if rule.number_format is not None:
        code = escaped(rule.number_format).replace('"', "&quot;")
        parts.append(f'<numFmt numFmtId="{_OWN_FORMAT}" formatCode="{code}"/>')
    if rule.ground is not None:
        parts.append(f'<fill><patternFill patternType="solid"><bgColor rgb="FF{rule.ground}"/></patternFill></fill>')
    return re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", f"<dxf>{''.join(parts)}</dxf>")


def _formats(part: bytes) -> Iterator[_Format]:
    shadow = markup.shadow(part)
    for found in markup.tag(b"conditionalFormatting").finditer(shadow):
        closing = markup.end(b"conditionalFormatting", found["prefix"]).search(shadow, found.end())
        areas = (markup.attribute(found["rest"], b"sqref") or b"").decode().replace("$", "").split()
        if closing is None or not areas:
            continue
        formula = markup.tag(b"formula", found["prefix"])
        for each in formula.finditer(shadow, found.end(), closing.start()):
            end = markup.end(b"formula", found["prefix"]).search(shadow, each.end())
            if end is not None:
                text = html.unescape(part[each.end() : end.start()].decode("utf-8"))
                yield _Format(_cells(areas), areas[0].partition(":")[0], text)


def _of_rule(rule: Rule) -> _Format:
    areas = rule.area.split()
    return _Format(_cells(areas), areas[0].partition(":")[0], rule.formula.removeprefix("="))


def _covered(rule: _Format, there: Sequence[_Format]) -> bool:
    if rule in there:
        return True
    left = set(rule.cells)
    for other in there:
        if not left.isdisjoint(other.cells) and _same(rule, other):
            left -= other.cells
    return not left


def _same(rule: _Format, other: _Format) -> bool:
    formula = rule.formula if rule.origin == other.origin else moved(rule.formula, rule.origin, other.origin)
    return same_formula(_numbers(formula), _numbers(other.formula))


def _numbers(formula: str) -> str:
    """The formula with truth values as numbers, as LibreOffice writes them in conditions."""
    return _TRUTH.sub(lambda found: str(int(found[1].upper() == "TRUE")), formula)


def _cells(areas: Sequence[str]) -> frozenset[tuple[int, int]]:
    cells: set[tuple[int, int]] = set()
    for area in areas:
        (left, top), (right, bottom) = corners(area)
        cells |= {(row, i) for row in range(top, bottom + 1) for i in range(column_of(left), column_of(right) + 1)}
    return frozenset(cells)
