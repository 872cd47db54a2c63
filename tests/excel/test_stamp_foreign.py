"""Sheets as other programs write them, and as the standard allows them, change in the cells asked for alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook
from sheets import found_cells, outside

from bsc_xl.errors import OutputError
from bsc_xl.excel.layout import Ref
from bsc_xl.excel.stamp import Edit, Kind, patched
from bsc_xl.excel.stamp.footer import with_left_footer
from bsc_xl.excel.stamp.sheet import edited
from bsc_xl.ooxml import package, xml
from bsc_xl.ooxml.parts import Parts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(body: str, before: str = "", after: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{body}</sheetData>{after}</worksheet>'.encode()


def values(part: bytes) -> dict[str, Any]:
    """What each cell that holds something says."""
    found = found_cells(part).items()
    return {
        address: (f"={cell.texts['f']}", cell.value) if "f" in cell.texts else cell.value
        for address, cell in found
        if cell.texts or cell.formula
    }


def value(value_: Any) -> Edit:
    return Edit(Kind.VALUE, value_)


def changed(part: bytes, **edits: Edit) -> bytes:
    made = edited(part, edits, "Lembar", insert=True)
    xml.check(made, "sheet")
    return made


# --- any sheet, any change ------------------------------------------------------------------------------------------

LETTERS = [get_column_letter(i) for i in range(1, 31)]


@st.composite
def any_sheet(draw: st.DrawFn) -> bytes:
    """A sheet in one of the many ways in which it may be written."""
    prefix = draw(st.sampled_from(["", "x:", "s-s.1:"]))
    quote = draw(st.sampled_from("\"'"))
    noise = st.sampled_from(["", "", "", " ", "\n  ", '<!-- <c r="A1"><v>9</v></c> -->', "<?x <row r='1'> ?>"])
    rows = []
    for row in draw(st.lists(st.integers(1, 20), unique=True, max_size=6).map(sorted)):
        cells = []
        last = 0
        for column in draw(st.lists(st.integers(1, 30), unique=True, max_size=6).map(sorted)):
            kind, inside = draw(
                st.sampled_from(
                    [
                        ("", None),
                        ("n", "<P:v>1.5</P:v>"),
                        ("s", "<P:v>0</P:v>"),
                        ("str", "<P:f>1+1</P:f><P:v>a&lt;/c&gt;</P:v>"),
                        ("", "<P:f/><P:v><![CDATA[3]]></P:v>"),
                        ("inlineStr", "<P:is><P:r><P:t>kaya</P:t></P:r></P:is>"),
                        ("b", "<P:v>1</P:v><P:extLst><P:ext uri='x'/></P:extLst>"),
                        ("", draw(noise) or None),
                    ]
                )
            )
            address = (
                ""
                if column == last + 1 and draw(st.booleans())
                else f" r={quote}{get_column_letter(column)}{row}{quote}"
            )
            last = column
            own = [
                address,
                f" s={quote}3{quote}",
                f"  t = {quote}{kind}{quote}" if kind else "",
                f" a:b={quote}x>y{quote}",
            ]
            attributes = "".join(draw(st.permutations(own)))
            body = (
                "/>"
                if inside is None
                else f">{inside.replace('P:', prefix)}</{prefix}c{draw(st.sampled_from(['', ' ']))}>"
            )
            cells.append(f"<{prefix}c{attributes}{body}{draw(noise)}")
        spans = f" spans={quote}1:30{quote}" if draw(st.booleans()) else ""
        opened = f"<{prefix}row{spans} r={quote}{row}{quote}"
        rows.append(f"{opened}/>" if not cells else f"{opened}>{''.join(cells)}</{prefix}row>{draw(noise)}")
    name = f"{prefix}sheetData"
    data = f"<{name}/>" if not rows else f"<{name}>{draw(noise)}{''.join(rows)}</{name} >"
    space = f'xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{MAIN}" xmlns:a="urn:a"'
    head = draw(noise) + f'<{prefix}dimension ref="B2:C3"/>'
    return f'<?xml version="1.0"?><{prefix}worksheet {space}>{head}{data}{draw(noise)}</{prefix}worksheet>'.encode()


PLACES = st.builds(lambda letters, row: f"{letters}{row}", st.sampled_from(LETTERS), st.integers(1, 22))
EDITS = st.one_of(
    st.builds(
        value, st.one_of(st.none(), st.booleans(), st.integers(0, 99).map(float), st.sampled_from(["a<b", " x "]))
    ),
    st.builds(
        lambda text, shown: Edit(Kind.FORMULA, shown, text),
        st.sampled_from(['A1&"<"', "1+1"]),
        st.sampled_from([2.0, "x", None]),
    ),
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(any_sheet(), st.dictionaries(PLACES, EDITS, max_size=8))
def test_any_cells_of_any_sheet_change_and_no_other_byte(part: bytes, edits: dict[str, Edit]) -> None:
    made = edited(part, edits, "Lembar", insert=True)
    xml.check(made, "sheet")
    expected = values(part)
    for address, edit in edits.items():
        expected.pop(address, None)
        if edit.kind is Kind.FORMULA:
            expected[address] = f"={edit.formula}", edit.value
        elif edit.value is not None:
            expected[address] = edit.value
    assert values(made) == expected
    order = [(int(re.sub("[A-Z]", "", cell)), len(cell), cell) for cell in found_cells(made)]
    assert [row for row, *_ in order] == sorted(row for row, *_ in order)
    there = {address for address in edits if address in found_cells(part)}
    if there == set(edits):
        assert outside(made, there) == outside(part, there)
    for address in there:
        assert found_cells(made)[address].attributes.get("s") == "3"


@given(any_sheet())
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_no_change_changes_nothing(part: bytes) -> None:
    assert edited(part, {}, "Lembar", insert=True) == part


# --- what is not there yet ------------------------------------------------------------------------------------------


def test_a_new_cell_stands_in_its_place_with_the_style_of_its_row_or_column() -> None:
    cols = '<dimension ref="B2"/><cols><col min="3" max="4" width="9" style="7"/></cols>'
    part = sheet('<row r="2" spans="2:2"><c r="B2"><v>1</v></c></row><row r="4" s="5" customFormat="1"/>', cols)
    made = changed(part, C2=value(2.0), A2=value("a"), D4=value(True), C3=value(3.0), E9=value(None))
    inside = (
        '<row r="2" spans="1:3"><c r="A2" t="inlineStr"><is><t xml:space="preserve">a</t></is></c>'
        '<c r="B2"><v>1</v></c><c r="C2" s="7"><v>2.0</v></c></row>'
        '<row r="3"><c r="C3" s="7"><v>3.0</v></c></row>'
        '<row r="4" s="5" customFormat="1"><c r="D4" s="5" t="b"><v>1</v></c></row>'
    )
    assert made == sheet(inside, cols.replace("B2", "A2:D4"))


def test_a_sheet_without_any_cell_takes_one() -> None:
    part = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
    assert values(changed(part, B2=value(1.0))) == {"B2": 1.0}
    assert changed(part, B2=value(None)) == part


def test_a_result_for_a_cell_that_is_not_there_is_refused() -> None:
    with pytest.raises(OutputError) as refused:
        changed(sheet(""), A1=Edit(Kind.RESULT, 1.0))
    assert refused.value.params == {"path": "Lembar!A1", "reason": "formula_expected"}


# --- formulas -------------------------------------------------------------------------------------------------------


def test_a_formula_takes_the_place_of_whatever_stood_there() -> None:
    body = (
        '<row r="1"><c r="A1" s="2" t="s"><v>4</v></c><c r="B1" cm="1" vm="2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    put = Edit(Kind.FORMULA, "", 'IF(A1<1,"&","")')
    element = '<f>IF(A1&lt;1,"&amp;","")</f><v></v></c>'
    expected = f'<row r="1"><c r="A1" s="2" t="str">{element}<c r="B1" t="str">{element}</row>'
    assert changed(sheet(body), A1=put, B1=put) == sheet(expected)


def test_a_value_takes_the_formula_away_and_a_result_leaves_it() -> None:
    part = sheet('<row r="1"><c r="A1" cm="1"><f t="array" ref="A1">B1</f><v>2</v></c></row>')
    assert changed(part, A1=value(3.0)) == sheet('<row r="1"><c r="A1"><v>3.0</v></c></row>')
    kept = sheet('<row r="1"><c r="A1" cm="1" t="str"><f t="array" ref="A1">B1</f><v>x</v></c></row>')
    assert changed(part, A1=Edit(Kind.RESULT, "x")) == kept


SHARED = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1+Lain!D1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="3"><c r="A3"><f t="shared" si="0"/><v>3</v></c></row>'
)


def test_who_shares_a_formula_inherits_it_when_its_owner_loses_it() -> None:
    made = changed(sheet(SHARED), A1=Edit(Kind.FORMULA, 9.0, "7+2"))
    assert values(made) == {"A1": ("=7+2", 9.0), "A2": ("=B2*$C$1+Lain!D2", 2.0), "A3": ("=", 3.0)}
    assert found_cells(made)["A2"].formula == {"t": "shared", "ref": "A2:A3", "si": "0"}
    assert outside(made, {"A1", "A2"}) == outside(sheet(SHARED), {"A1", "A2"})


def test_one_who_shares_a_formula_may_lose_it() -> None:
    made = changed(sheet(SHARED), A2=value("x"))
    assert outside(made, {"A2"}) == outside(sheet(SHARED), {"A2"})
    alone = changed(sheet(SHARED), **dict.fromkeys(("A1", "A2", "A3"), value(1.0)))
    assert values(alone) == {"A1": 1.0, "A2": 1.0, "A3": 1.0}


@pytest.mark.parametrize("cell", ["A1", "B2"])
def test_a_formula_over_several_cells_is_never_taken_apart(cell: str) -> None:
    body = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">D1:E2</f><v>1</v></c></row>'
        '<row r="2"><c r="B2"><v>2</v></c></row>'
    )
    with pytest.raises(OutputError) as refused:
        changed(sheet(body), **{cell: value(1.0)})
    assert refused.value.params == {"path": f"Lembar!{cell}", "reason": "array_formula"}
    assert values(changed(sheet(body), A1=Edit(Kind.RESULT, 5.0)))["A1"] == ("=D1:E2", 5.0)


# --- footers, encodings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "expected"),
    {
        "ours": ('&L&"Calibri,Regular"&8 &K6B7280Lama&R&P', '&L&"Calibri,Regular"&8 &K6B7280Baru && 1&R&P'),
        "no left part": ("&CTengah", "&LBaru && 1&CTengah"),
        "left part last": ("&CTengah&LLama && 2", "&CTengah&LBaru && 1"),
        "nothing": ("&L&P", "&LBaru && 1"),
    }.values(),
)
def test_the_left_part_of_any_footer_changes_and_its_look_stays(codes: str, expected: str) -> None:
    def part(text: str) -> bytes:
        shown = text.replace("&", "&amp;")
        return sheet("", after=f"<headerFooter><oddFooter>{shown}</oddFooter></headerFooter>")

    assert with_left_footer(part(codes), "Baru & 1") == part(expected)


def test_a_number_does_not_run_into_the_size_before_it() -> None:
    made = with_left_footer(sheet("", after="<oddFooter>&amp;L&amp;8Lama</oddFooter>"), "2025")
    assert made is not None
    assert b"&amp;L&amp;8 2025<" in made


def test_sixteen_bit_characters_are_read_and_become_eight() -> None:
    declared = b'<?xml version="1.0" encoding="UTF-16"?>' + sheet('<row r="1"><c r="A1"/></row>')
    part = declared.decode().encode("utf-16")
    made = changed(part, A1=value("é👍"))
    assert made.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert values(made) == {"A1": "é👍"}


# --- whole packages -------------------------------------------------------------------------------------------------

UNKNOWN = {
    "customUI/customUI14.xml": b"<customUI xmlns='http://schemas.microsoft.com/office/2009/07/customui'/>",
    "xl/slicers/slicer1.xml": b"<slicers/>",
    "xl/pivotCache/pivotCacheRecords1.xml": b"<pivotCacheRecords/>",
    "xl/printerSettings/printerSettings1.bin": bytes(range(256)) * 40,
    "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(255, -1, -1)) * 100,
    "_xmlsignatures/origin.sigs": b"",
    "lain/tidak dikenal.dat": b"?",
}


def written_by_xlsxwriter() -> bytes:
    """A workbook with what openpyxl would lose: a picture, a shape, comments, newer formats, sparklines."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    one, two = book.add_worksheet("Isi"), book.add_worksheet("Lain")
    one.write_column("A1", ["sama", "sama", "lain"])
    one.write_rich_string("A4", "biasa ", book.add_format({"bold": True}), "tebal", " lagi")
    one.write_column("B1", [1.5, 2, 3])
    one.write_formula("B4", "=SUM(B1:B3)", None, 6.5)
    one.write_dynamic_array_formula("D1:D3", "=SORT(B1:B3)", None, 1.5)
    one.conditional_format("B1:B3", {"type": "data_bar", "data_bar_2010": True})
    one.conditional_format("B1:B3", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    one.add_sparkline("C1", {"range": "Isi!B1:B3"})
    one.insert_textbox("F2", "Catatan & gambar")
    one.insert_image("F9", "titik.png", {"image_data": io.BytesIO(PIXEL)})
    one.write_comment("A1", "Periksa")
    one.data_validation("B1", {"validate": "decimal", "criteria": ">", "value": 0})
    one.add_table("H1:I3", {"name": "tabel"})
    chart = book.add_chart({"type": "radar"})
    chart.add_series({"values": "=Isi!$G$1:$G$3"})
    two.insert_chart("B2", chart)
    two.write("A1", "sama")
    book.close()
    return target.getvalue()


def written_by_openpyxl() -> bytes:
    """A plain workbook, with strings that cells share."""
    book = openpyxl.Workbook()
    one: Any = book.active
    one.title = "Isi"
    for row in (("sama", 1.5), ("sama", 2), ("lain", 3), ("lagi", "=SUM(B1:B3)")):
        one.append(row)
    book.create_sheet("Lain")["A1"] = "sama"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.mark.parametrize("write", [written_by_xlsxwriter, written_by_openpyxl])
def test_every_other_part_keeps_its_bytes_even_compressed(write: Callable[[], bytes]) -> None:
    opened = package.open_package(write()).with_parts(UNKNOWN)
    isi = Parts(opened).sheets[0]
    edits = {
        Ref("isi", "A1"): value("=baru"),
        Ref("isi", "B2"): value(None),
        Ref("isi", "B4"): Edit(Kind.RESULT, 4.5),
        Ref("isi", "Z30"): value(9.0),
    }
    made = package.open_package(patched(opened, {"isi": isi}, edits).write())
    assert [name for name in opened.members if made.members[name] != opened.members[name]] == [isi.part]
    assert list(made.members) == list(opened.members)
    before, after = opened.part(isi.part), made.part(isi.part)
    touched = {"A1", "B2", "B4"}
    assert found_cells(before).keys() | {"Z30"} == found_cells(after).keys()
    without = outside(after, touched | {"Z30"}).replace(b'<row r="30"><Z30></row>', b"")
    assert re.sub(rb'<dimension ref="[^"]*"', b"", without) == re.sub(
        rb'<dimension ref="[^"]*"', b"", outside(before, touched)
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made_bytes := made.write())).get_sheet_by_name("Isi").to_python()
    assert [row[0] for row in rows[:4]][:3] == ["=baru", "sama", "lain"]
    assert [row[1] for row in rows[:4]] == [1.5, "", 3.0, 4.5]
    assert package.open_package(made_bytes).write() == made_bytes


def test_the_order_of_calculation_goes_when_a_formula_comes() -> None:
    parts = package.read(written_by_openpyxl())
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    relations = "xl/_rels/workbook.xml.rels"
    with_order = package.open_package(
        package.write(
            parts
            | {
                "xl/calcChain.xml": b'<calcChain><c r="B4" i="1"/></calcChain>',
                relations: parts[relations].replace(
                    b"</Relationships>",
                    b'<Relationship Id="rId99" Type="%b" Target="calcChain.xml"/></Relationships>' % kind,
                ),
                "[Content_Types].xml": parts["[Content_Types].xml"].replace(
                    b"</Types>",
                    b'<Override PartName="/xl/calcChain.xml" ContentType="application/xml"></Override></Types>',
                ),
            }
        )
    )
    isi = Parts(with_order).sheets[0]
    kept = patched(with_order, {"isi": isi}, {Ref("isi", "B4"): Edit(Kind.RESULT, 1.0)})
    assert "xl/calcChain.xml" in kept
    made = patched(with_order, {"isi": isi}, {Ref("isi", "A1"): Edit(Kind.FORMULA, 2.0, "1+1")})
    assert "xl/calcChain.xml" not in made
    assert made.part(relations) == parts[relations]
    assert made.part("[Content_Types].xml") == parts["[Content_Types].xml"]


@pytest.mark.parametrize(
    ("before", "after"),
    {
        "not asked for": ('<calcPr calcId="1"/>', '<calcPr calcId="1" fullCalcOnLoad="1"/>'),
        "refused": ("<calcPr fullCalcOnLoad='0'></calcPr>", '<calcPr fullCalcOnLoad="1"></calcPr>'),
        "nothing said": ("", '<calcPr fullCalcOnLoad="1"/>'),
    }.values(),
)
def test_a_formula_without_a_result_asks_for_calculation(before: str, after: str) -> None:
    parts = package.read(written_by_openpyxl())
    name = "xl/workbook.xml"

    def with_calculation(text: str) -> bytes:
        return re.sub(rb"<calcPr [^>]*/>", text.encode(), parts[name])

    opened = package.open_package(package.write(parts | {name: with_calculation(before)}))
    isi = Parts(opened).sheets[0]
    shown = patched(opened, {"isi": isi}, {Ref("isi", "A1"): Edit(Kind.FORMULA, 2.0, "1+1")})
    assert shown.part(name) == with_calculation(before)
    due = patched(opened, {"isi": isi}, {Ref("isi", "A1"): Edit(Kind.FORMULA, None, "1+1")})
    assert due.part(name) == with_calculation(after)


@pytest.mark.parametrize("write", [written_by_xlsxwriter, written_by_openpyxl])
def test_the_validator_and_libreoffice_take_what_was_changed(
    write: Callable[[], bytes],
    tmp_path: Path,
    ooxml_findings: Callable[[Path], list[dict[str, Any]]],
    libreoffice: Callable[..., Path],
) -> None:
    path, before = tmp_path / "buku.xlsx", tmp_path / "dulu.xlsx"
    opened = package.open_package(write())
    edits = {
        Ref("isi", "A9"): value("baru"),
        Ref("isi", "B1"): Edit(Kind.FORMULA, 3.0, "1+2"),
        Ref("isi", "B4"): Edit(Kind.RESULT, 8.0),
    }
    before.write_bytes(opened.write())
    path.write_bytes(patched(opened, {"isi": Parts(opened).sheets[0]}, edits).write())
    assert ooxml_findings(path) == ooxml_findings(before)
    shown = CalamineWorkbook.from_path(libreoffice(path, "ods", tmp_path)).get_sheet_by_name("Isi").to_python()
    assert (shown[0][1], shown[3][1], shown[8][0]) == (3.0, 8.0, "baru")


def test_a_signature_is_seen() -> None:
    parts = package.read(written_by_openpyxl())
    kind = b"http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    relation = b'<Relationship Id="r9" Type="%b" Target="_xmlsignatures/origin.sigs"/></Relationships>' % kind
    signed = parts | {"_rels/.rels": parts["_rels/.rels"].replace(b"</Relationships>", relation)}
    assert [Parts(package.open_package(package.write(each))).signed for each in (parts, signed)] == [False, True]
