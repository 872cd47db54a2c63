"""Stamping changes the cells that it was asked to change, and no other byte; text arrives as text, numbers whole."""

from __future__ import annotations

import gzip
import html
import math
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
import openpyxl
import pytest
import workbooks
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from bsc_xl.errors import OutputError
from bsc_xl.excel import stamp
from bsc_xl.excel.layout import FOOTER, Layout, Ref, code_name
from bsc_xl.excel.plan import Write
from bsc_xl.ooxml import package

Convert = Callable[..., Path]

MOST_CHARACTERS = 32_767
"""As many as one cell of Excel holds."""

HARD_TEXTS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "'=1+1",
    "catatan " * 625,
    "x" * MOST_CHARACTERS,
    "👍🏽 é e\u0301 \u202bbidi\u202c \u2028",
    "Peta & Strategi <b>",
    "&amp; &#65; ]]> <!-- --> </t></is></c>",
    " spasi di kedua ujung  ",
    "a  b",
    "baris satu\nbaris dua",
    "a\rb",
    "_x0041_",
    "_x0041_x0042_",
    "_x000D_",
    "_x005F_",
    "__x0041_ _X0041_ _x00zz_",
    "001",
    "1e5",
    "1.234,50",
    "TRUE",
    "#DIV/0!",
    "N/A",
    "01/02/2025",
)
CONTROLS = "a\x00b\x08c\x0bd\x1fe\ud800f\ufffeg\uffffh"
TEXT_CELLS = [f"B{row}" for row in range(1, 41)]
NUMBER_CELLS = [f"C{row}" for row in range(1, 41)]
RESULT_CELLS = [f"D{row}" for row in range(1, 41)]
SHEET = "settings"


def plain_package() -> bytes:
    """A workbook with cells of every kind that stamping meets: empty with a style, filled, and formulas."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title, sheet.sheet_properties.codeName = "Isi & <Lembar>", code_name(SHEET)
    for row, cell in enumerate((*TEXT_CELLS, *NUMBER_CELLS), start=1):
        sheet[cell].font = Font(bold=row % 2 == 0)
    for row, cell in enumerate(RESULT_CELLS, start=1):
        sheet[cell] = f'=IF("a"<"b",C{row}&"</c>",1)'
    sheet["A1"], sheet["A2"], sheet["A3"] = 12, "sudah ada", True
    other = book.create_sheet("Lain")
    other.sheet_properties.codeName = code_name("guide")
    other["B1"] = "milik lembar lain"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def plain() -> bytes:
    return plain_package()


def text_writes(texts: list[str] | tuple[str, ...]) -> list[Write]:
    return [Write(Ref(SHEET, cell), text) for cell, text in zip(TEXT_CELLS, texts, strict=False)]


def result_writes(values: list[Any] | tuple[Any, ...]) -> list[Write]:
    return [Write(Ref(SHEET, cell), value, result=True) for cell, value in zip(RESULT_CELLS, values, strict=False)]


def shown_by_calamine(content: bytes, cells: list[str]) -> list[Any]:
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [rows[int(cell[1:]) - 1]["ABCD".index(cell[0])] for cell in cells]


def shown_by_openpyxl(content: bytes, cells: list[str]) -> list[Any]:
    sheet: Any = openpyxl.load_workbook(BytesIO(content), data_only=True).worksheets[0]
    return [sheet[cell].value for cell in cells]


def spans(part: bytes) -> dict[str, tuple[int, int]]:
    """Where each cell of a sheet begins and ends, in bytes, as an XML parser tells it."""
    found: dict[str, tuple[int, int]] = {}
    parser = expat.ParserCreate()
    open_cell: list[tuple[str, int]] = []

    def close() -> None:
        if open_cell:
            address, begin = open_cell.pop()
            found[address] = begin, parser.CurrentByteIndex

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            close()
            open_cell.append((attributes["r"], parser.CurrentByteIndex))

    def end(name: str) -> None:
        if name == "row":
            close()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(part, True)
    return found


def outside(part: bytes, cells: set[str]) -> bytes:
    """The bytes of a sheet without those of some cells, whose places are marked."""
    kept, at = [], 0
    for address, (begin, end) in spans(part).items():
        if address in cells:
            kept += [part[at:begin], f"<{address}>".encode()]
            at = end
    return b"".join([*kept, part[at:]])


def without_footer(part: bytes) -> bytes:
    """A sheet without the left part of its printed footer."""
    taken_out, found = re.subn(rb"(<oddFooter>&amp;L).*?(&amp;R&amp;[^<]*</oddFooter>)", rb"\1\2", part)
    assert found == 1
    return taken_out


# --- what changes and what does not ---------------------------------------------------------------------------------


def test_nothing_asked_for_changes_nothing() -> None:
    drawn = workbooks.template.draw(workbooks.layout.empty("id", 4))
    assert package.read(stamp.stamp(drawn, [])) == package.read(drawn)


@pytest.mark.parametrize("share", [1, 2, 7])
def test_only_the_cells_asked_for_change_and_every_other_byte_of_every_part_stays(share: int) -> None:
    made = workbooks.bureau("id")
    writes = made.writes[::share]
    before = package.read(workbooks.template.draw(made.layout))
    after = package.read(stamp.stamp(workbooks.template.draw(made.layout), writes))
    asked = {key: {write.ref.cell for write in writes if write.ref.sheet == key} for key in workbooks.layout.SHEETS}
    parts = workbooks.sheet_parts(before)
    for key, cells in asked.items():
        if FOOTER in cells:
            before[parts[key]], after[parts[key]] = map(without_footer, (before[parts[key]], after[parts[key]]))
    assert list(after) == list(before)
    charts = {name for name in before if name.startswith("xl/charts/")}  # they keep what their cells show
    changed = {name for name in before if before[name] != after[name]}
    assert changed - charts <= {parts[key] for key in asked if asked[key]}
    for key, name in parts.items():
        assert outside(after[name], asked[key]) == outside(before[name], asked[key]), name


def test_formula_and_style_of_a_cell_that_changes_stay() -> None:
    made = workbooks.bureau("id")
    before = package.read(workbooks.template.draw(made.layout))
    after = package.read(stamp.stamp(workbooks.template.draw(made.layout), made.writes))

    def kept(part: bytes, cell: tuple[int, int]) -> tuple[list[bytes], list[bytes]]:
        xml = part[slice(*cell)]
        return re.findall(rb' s="\d+"', xml), re.findall(rb"<f>.*?</f>", xml, re.DOTALL)

    for name in workbooks.sheet_parts(before).values():
        old, new = spans(before[name]), spans(after[name])
        assert list(old) == list(new)
        assert [a for a in old if kept(before[name], old[a]) != kept(after[name], new[a])] == []


def test_a_second_stamp_replaces_the_first(plain: bytes) -> None:
    again = stamp.stamp(stamp.stamp(plain, text_writes(["dulu", "</t>"])), text_writes(["kini", ""]))
    assert package.read(again) == package.read(stamp.stamp(plain, text_writes(["kini", ""])))


def test_a_value_that_is_taken_away_leaves_the_cell_as_it_was_drawn(plain: bytes) -> None:
    filled = stamp.stamp(plain, text_writes(["isi"] * 3))
    emptied = stamp.stamp(filled, [Write(Ref(SHEET, cell), None) for cell in TEXT_CELLS[:3]])
    assert package.read(emptied) == package.read(stamp.stamp(plain, text_writes([""] * 3)))
    assert shown_by_openpyxl(emptied, TEXT_CELLS[:3]) == [None] * 3


def test_the_same_input_gives_the_same_bytes(plain: bytes) -> None:
    writes = [*text_writes(HARD_TEXTS), *result_writes([1.5, "a", ""])]
    assert stamp.stamp(plain, writes) == stamp.stamp(plain, iter(reversed(writes)))


def test_sheets_are_found_by_code_name_whatever_their_title(plain: bytes) -> None:
    content = stamp.stamp(plain, [Write(Ref("guide", "B1"), "kedua"), Write(Ref(SHEET, "B1"), "pertama")])
    book: Any = openpyxl.load_workbook(BytesIO(content))
    assert [sheet["B1"].value for sheet in book.worksheets] == ["pertama", "kedua"]


# --- text -----------------------------------------------------------------------------------------------------------


def test_no_text_becomes_a_formula(plain: bytes) -> None:
    book: Any = openpyxl.load_workbook(BytesIO(stamp.stamp(plain, text_writes(HARD_TEXTS))))
    kinds = [book.worksheets[0][cell].data_type for cell, _ in zip(TEXT_CELLS, HARD_TEXTS, strict=False)]
    assert kinds == ["s"] * len(HARD_TEXTS)


def test_hard_texts_arrive_as_they_are_in_python(plain: bytes) -> None:
    content = stamp.stamp(plain, [*text_writes(HARD_TEXTS), *result_writes(HARD_TEXTS)])
    for cells in (TEXT_CELLS[: len(HARD_TEXTS)], RESULT_CELLS[: len(HARD_TEXTS)]):
        assert shown_by_calamine(content, cells) == list(HARD_TEXTS)
        # openpyxl leaves Excel's escapes to its caller, and has the function that reads them
        assert [unescape(text) for text in shown_by_openpyxl(content, cells)] == list(HARD_TEXTS)


def test_what_xml_forbids_is_left_out_and_the_rest_arrives(plain: bytes) -> None:
    content = stamp.stamp(plain, [*text_writes([CONTROLS]), *result_writes([CONTROLS])])
    assert shown_by_calamine(content, [TEXT_CELLS[0], RESULT_CELLS[0]]) == ["abcdefgh"] * 2


PLAIN = plain_package()
ANYTHING = st.text(st.one_of(st.characters(), st.sampled_from("_x0041F=+-@'\"<>&;\r\n\t ")), max_size=60)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANYTHING, min_size=40, max_size=40))
@example([*HARD_TEXTS, *[CONTROLS] * (40 - len(HARD_TEXTS))])
def test_any_text_arrives_as_it_is(texts: list[str]) -> None:
    content = stamp.stamp(PLAIN, [*text_writes(texts), *result_writes(texts)])
    possible = [re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text) for text in texts]
    assert shown_by_calamine(content, TEXT_CELLS) == possible
    assert shown_by_calamine(content, RESULT_CELLS) == possible


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> workbooks.HardText:
    return workbooks.hard_text(HARD_TEXTS, tmp_path_factory.mktemp("hard") / "hard.xlsx")


def test_hard_texts_arrive_as_they_are_in_libreoffice(hard: workbooks.HardText, libreoffice: Convert) -> None:
    # in .ods a line is a paragraph, and no escapes of Excel are written once more
    found = workbooks.Cells(libreoffice(hard.path, "ods", hard.path.parent / "libreoffice"))
    assert [found.at(hard.title, ref.cell) for ref in hard.refs] == list(HARD_TEXTS)


def test_hard_texts_arrive_as_they_are_in_gnumeric(hard: workbooks.HardText, gnumeric: Convert) -> None:
    # its own format: on the way to .xlsx Gnumeric loses spaces at both ends, to .ods calamine cannot follow it
    shown = gnumeric_texts(gnumeric(hard.path, "gnumeric", hard.path.parent / "gnumeric"), hard.title)
    # it shows Excel's escapes as they stand, which is seen only where a text holds one or a carriage return
    assert [unescape(shown[ref.cell]) for ref in hard.refs] == list(HARD_TEXTS)


def gnumeric_texts(path: Path, title: str) -> dict[str, str]:
    """The cells of a sheet that Gnumeric holds as text, not as formula or number."""
    space = "{http://www.gnumeric.org/v10.dtd}"
    for sheet in ElementTree.fromstring(gzip.decompress(path.read_bytes())).iter(f"{space}Sheet"):
        if sheet.findtext(f"{space}Name") == title:
            return {
                f"{openpyxl.utils.get_column_letter(int(cell.attrib['Col']) + 1)}{int(cell.attrib['Row']) + 1}": (
                    cell.text or ""
                )
                for cell in sheet.iter(f"{space}Cell")
                if cell.get("ValueType") == "60"
            }
    raise AssertionError(f"no sheet {title}")


# --- footers --------------------------------------------------------------------------------------------------------


def footer(content: bytes, sheet: str) -> str:
    """The printed footer of a sheet with its codes."""
    parts = package.read(content)
    found = re.search(r"<oddFooter>(.*?)</oddFooter>", parts[workbooks.sheet_parts(parts)[sheet]].decode())
    assert found is not None
    return html.unescape(found[1])


@pytest.mark.parametrize(
    "text", ["Biro", "Litbang & Riset", "A&R", "&R &P &D &&", "R&", "2025", "<b>", "&amp;R", '"kutip"', ""]
)
def test_a_footer_shows_its_text_however_often_it_is_stamped(text: str) -> None:
    drawn = workbooks.template.draw(workbooks.layout.empty("id", 4))
    left, _, right = footer(drawn, "financial").partition("&R")
    codes = left[: left.index("&K") + len("&K6B7280")]
    once = stamp.stamp(drawn, [Write(Ref("financial", FOOTER), text)])
    other = stamp.stamp(once, [Write(Ref("financial", FOOTER), "lain & R &R")])
    again = stamp.stamp(other, [Write(Ref("financial", FOOTER), text)])
    assert footer(once, "financial") == f"{codes}{text.replace('&', '&&')}&R{right}"
    assert package.read(again) == package.read(once)


def test_a_sheet_that_has_no_footer_takes_none() -> None:
    drawn = workbooks.template.draw(workbooks.layout.empty("id", 4))
    with pytest.raises(OutputError) as refused:
        stamp.stamp(drawn, [Write(Ref("trace", FOOTER), "x")])
    assert refused.value.params == {"path": f"trace!{FOOTER}", "reason": "no_such_cell"}


# --- numbers --------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=40, max_size=40))
@example([0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 88.5712962962963, 2.0**53 + 2, 1e16, 96.13] * 5)
def test_every_digit_of_a_number_arrives(numbers: list[float]) -> None:
    writes = [Write(Ref(SHEET, cell), number) for cell, number in zip(NUMBER_CELLS, numbers, strict=True)]
    content = stamp.stamp(PLAIN, [*writes, *result_writes([np.float64(number) for number in numbers])])
    for cells in (NUMBER_CELLS, RESULT_CELLS):
        assert shown_by_calamine(content, cells) == numbers


def test_whole_numbers_truth_values_text_and_nothing_are_different_things(plain: bytes) -> None:
    values: list[Any] = [0, 0.0, "0", False, True, "", None, "N/A", 1 << 53]
    content = stamp.stamp(plain, [Write(Ref(SHEET, c), v) for c, v in zip(NUMBER_CELLS, values, strict=False)])
    shown = shown_by_openpyxl(content, NUMBER_CELLS[: len(values)])
    assert list(zip(shown, map(type, shown), strict=True)) == [
        (0, int), (0.0, float), ("0", str), (False, bool), (True, bool), (None, type(None)), (None, type(None)),
        ("N/A", str), (1 << 53, int),
    ]  # fmt: skip


def test_a_result_of_nothing_is_an_empty_text_and_the_formula_stays(plain: bytes) -> None:
    content = stamp.stamp(plain, result_writes(["", 0.0]))
    part = package.read(content)["xl/worksheets/sheet1.xml"]
    found = [part[slice(*spans(part)[cell])] for cell in RESULT_CELLS[:2]]
    formula = b'<f>IF("a"&lt;"b",C%d&amp;"&lt;/c&gt;",1)</f>'
    assert found == [
        b'<c r="D1" t="str">' + formula % 1 + b"<v></v></c>",
        b'<c r="D2">' + formula % 2 + b"<v>0.0</v></c>",
    ]


# --- what does not belong together ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "reason", "place"),
    {
        "no such cell": (Write(Ref(SHEET, "Z99"), 1), "no_such_cell", f"{SHEET}!Z99"),
        "no such sheet": (Write(Ref("dashboard", "B1"), 1), "no_such_sheet", code_name("dashboard")),
        "a result where no formula is": (Write(Ref(SHEET, "B1"), 1, result=True), "formula_expected", f"{SHEET}!B1"),
        "a result for a filled cell": (Write(Ref(SHEET, "A2"), "x", result=True), "formula_expected", f"{SHEET}!A2"),
        "an input over a formula": (Write(Ref(SHEET, "D1"), 1), "formula_found", f"{SHEET}!D1"),
        "not a number": (Write(Ref(SHEET, "C1"), math.nan), "not_finite", f"{SHEET}!C1"),
        "endless": (Write(Ref(SHEET, "D1"), -math.inf, result=True), "not_finite", f"{SHEET}!D1"),
    }.values(),
)
def test_a_plan_that_does_not_fit_the_drawing_is_refused(plain: bytes, write: Write, reason: str, place: str) -> None:
    with pytest.raises(OutputError) as refused:
        stamp.stamp(plain, [*text_writes(["sebelum"] * 5)[1:], write])
    assert refused.value.params == {"path": place, "reason": reason}


def test_every_missing_cell_is_named(plain: bytes) -> None:
    with pytest.raises(OutputError) as refused:
        stamp.stamp(plain, [Write(Ref(SHEET, cell), 1) for cell in ("Y1", "B2", "Z1")])
    assert refused.value.params["path"] == f"{SHEET}!Y1, {SHEET}!Z1"


def test_a_layout_of_another_shape_is_refused() -> None:
    made = workbooks.bureau("id")
    smaller = Layout(made.layout.language, made.layout.periods, (1, 1, 1, 1), spare=(0, 0, 0, 0))
    with pytest.raises(OutputError):
        stamp.stamp(workbooks.template.draw(smaller), made.writes)
