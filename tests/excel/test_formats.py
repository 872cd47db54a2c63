"""Conditional formats that a closed workbook has lost come back in front of the others; what people added stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import workbooks

from bsc_xl.excel import formats
from bsc_xl.excel.file import open_book
from bsc_xl.excel.recalculation import READ, recalculate
from bsc_xl.excel.template.rules import Rule, rules
from bsc_xl.model import Perspective
from bsc_xl.ooxml import package

WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone
FORMATS = re.compile(rb"<conditionalFormatting.*</conditionalFormatting>", re.DOTALL)
OWN = (
    b'<conditionalFormatting sqref="B2"><cfRule type="expression" dxfId="0" priority="1"><formula>B2=9</formula>'
    b"</cfRule></conditionalFormatting>"
)


@pytest.fixture(scope="module")
def drawn(made: workbooks.Made) -> list[Rule]:
    return rules(made.layout, Perspective.FINANCIAL)


@pytest.fixture(scope="module")
def sheet(parts: dict[str, bytes]) -> str:
    return workbooks.sheet_parts(parts)["financial"]


def test_a_sheet_as_it_was_drawn_lacks_nothing(parts: dict[str, bytes], sheet: str, drawn: list[Rule]) -> None:
    assert formats.missing(parts[sheet], drawn) == []


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    {
        "gone": ('sqref="O8:P12"', 'sqref="Z99"', 1),
        "smaller": ('sqref="O8:P12"', 'sqref="O8:P11"', 1),
        "larger": ('sqref="O8:P12"', 'sqref="O8:Q12"', 0),
        "another formula": ("<formula>ISTEXT(Q3)</formula>", "<formula>ISTEXT(Q4)</formula>", 1),
        "written otherwise": ("<formula>ISTEXT(Q3)</formula>", "<formula> istext( Q3 )</formula>", 0),
    }.values(),
)
def test_a_rule_is_lost_where_it_does_not_cover_all_its_cells(
    before: str, after: str, lost: int, parts: dict[str, bytes], sheet: str, drawn: list[Rule]
) -> None:
    changed = parts[sheet].replace(before.encode(), after.encode())
    assert changed != parts[sheet]
    assert len(formats.missing(changed, drawn)) == lost


def test_a_rule_in_pieces_that_cover_all_its_cells_is_whole(
    parts: dict[str, bytes], sheet: str, drawn: list[Rule]
) -> None:
    rule = b'<cfRule type="expression" dxfId="0" priority="1"><formula>%b</formula></cfRule></conditionalFormatting>'
    pieces = b'<conditionalFormatting sqref="T8:T9">' + rule % b"$AT8=1"
    pieces += b'<conditionalFormatting sqref="T12 T10:T11">' + rule % b"$AT12=1"
    whole = parts[sheet].replace(b"<formula>$AT8=1</formula>", b"<formula>FALSE</formula>")
    assert [rule.formula for rule in formats.missing(whole, drawn)] == ["=$AT8=1"]
    assert formats.missing(whole.replace(b"<conditionalFormatting", pieces + b"<conditionalFormatting", 1), drawn) == []


def test_all_rules_come_back_before_those_that_people_added(
    parts: dict[str, bytes],
    sheet: str,
    drawn: list[Rule],
    tmp_path: Path,
    ooxml_findings: Callable[[Path], list[dict[str, Any]]],
) -> None:
    path = tmp_path / "buku.xlsx"
    path.write_bytes(package.write(parts | {sheet: FORMATS.sub(OWN, parts[sheet])}))
    book = open_book(path)
    book.apply(recalculate(book.layout(), book.read(READ), WHEN).changes)
    book.save()
    coloured: Any = openpyxl.load_workbook(path)["Keuangan"].conditional_formatting
    shown = {rule.priority: (str(area.sqref), rule.formula[0]) for area in coloured for rule in area.rules}
    expected = [(rule.area, rule.formula.removeprefix("=")) for rule in drawn]
    assert shown == dict(enumerate([*expected, ("B2", "B2=9")], start=1))
    bold = {rule.priority: rule.dxf.font.b for area in coloured for rule in area.rules if rule.dxf.font}
    assert {i: rule.bold for i, rule in enumerate(drawn, start=1) if rule.bold is not None}.items() <= bold.items()
    assert ooxml_findings(path) == []
    again = open_book(path)
    again.apply(recalculate(again.layout(), again.read(READ), WHEN).changes)
    assert not again.save().changed


@pytest.mark.parametrize(
    "styles",
    [
        b'<styleSheet xmlns="urn:x"><cellXfs/><dxfs count="0"/><colors/></styleSheet>',
        b'<styleSheet xmlns="urn:x"><cellXfs/><colors/></styleSheet>',
        b'<s:styleSheet xmlns:s="urn:x"><s:dxfs count="1"><s:dxf/></s:dxfs></s:styleSheet>',
        b'<styleSheet xmlns="urn:x"></styleSheet>',
    ],
)
def test_looks_find_their_place_in_any_list_of_styles(styles: bytes, drawn: list[Rule]) -> None:
    part = b'<worksheet xmlns="urn:x"><sheetData/><mergeCells><mergeCell/></mergeCells><pageMargins/></worksheet>'
    made, looks = formats.with_rules(part, styles, drawn[:2])
    first = 1 if b"<s:dxf/>" in styles else 0
    assert re.findall(rb'dxfId="(\d+)" priority="(\d+)"', made) == [
        (b"%d" % first, b"1"), (b"%d" % (first + 1), b"2"),
    ]  # fmt: skip
    assert made.index(b"</mergeCells>") < made.index(b"<conditionalFormatting") < made.index(b"<pageMargins")
    assert len(re.findall(rb"<(?:s:)?dxf[>/]", looks)) == first + 2
    assert b'dxfs count="%d"' % (first + 2) in looks
