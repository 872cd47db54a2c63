"""The copy that is printed shows what the workbook shows, and holds nothing that printing does not need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import workbooks
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from bsc_xl.errors import SourceError
from bsc_xl.excel.address import corners
from bsc_xl.excel.file import open_book
from bsc_xl.excel.grammar import quoted_title
from bsc_xl.excel.layout import SHEETS, Layout
from bsc_xl.excel.port import Changes
from bsc_xl.excel.printable import LOOKED_AT, MOST_ROWS, fits_a_page, last_filled_row, values_only, with_room
from bsc_xl.labels import LANGUAGES
from bsc_xl.ooxml import package
from bsc_xl.workflows.printed import PRINTABLE

RECORDS = ("employees", "discipline", "evidence", "history", "checks")
WANTED = tuple(key for key in PRINTABLE if key not in (*RECORDS, "settings", "guide"))


@pytest.fixture(params=LANGUAGES)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> workbooks.Made:
    return workbooks.make(workbooks.bureau(request.param).card, tmp_path / "bureau.xlsx")


def copy_of(made: workbooks.Made, wanted: tuple[str, ...] = WANTED) -> Path:
    path = made.path.with_name("copy.xlsx")
    path.write_bytes(open_book(made.path).printable(wanted))
    return path


def test_only_the_sheets_that_are_wanted_are_seen(made: workbooks.Made) -> None:
    book = CalamineWorkbook.from_path(copy_of(made))
    seen = {each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible}
    assert seen == {made.layout.title(key) for key in WANTED}
    assert {each.name for each in book.sheets_metadata} - seen == {made.layout.title(key) for key in LOOKED_AT}


def test_they_show_what_the_workbook_shows(made: workbooks.Made) -> None:
    before, after = (CalamineWorkbook.from_path(path) for path in (made.path, copy_of(made)))
    for title in after.sheet_names:
        own, copied = (book.get_sheet_by_name(title).to_python(skip_empty_area=False) for book in (before, after))
        assert copied == own


def test_nothing_is_left_to_calculate_or_to_check(made: workbooks.Made) -> None:
    parts = package.read(copy_of(made).read_bytes())
    for key in (*WANTED, *LOOKED_AT):
        part = parts[workbooks.sheet_parts(package.read(made.path.read_bytes()))[key]]
        assert b"<f>" not in part
        assert b"<dataValidation" not in part
        assert b"</worksheet>" in part


def looked_at(made: workbooks.Made, parts: dict[str, bytes], key: str) -> str:
    """Every formula by which the look of a sheet or a drawing on it depends on cells."""
    own = workbooks.sheet_parts(package.read(made.path.read_bytes()))[key]
    text = parts[own].decode()
    rules = " ".join(re.findall(r"<conditionalFormatting.*</conditionalFormatting>|<ext .*</ext>", text, re.DOTALL))
    drawings = (
        content.decode() for name, content in parts.items() if re.search(r"xl/(drawings/drawing|charts/chart)", name)
    )
    return rules + (" ".join(drawings) if key == "dashboard" else "")


@pytest.mark.parametrize("key", WANTED)
def test_no_rule_and_no_chart_misses_a_sheet_that_is_gone(made: workbooks.Made, key: str) -> None:
    parts = package.read(copy_of(made).read_bytes())
    text = looked_at(made, parts, key)
    names = made.layout.names
    text += " ".join(names[name] for name in set(re.findall(r"bsc_\w+", text)) if name in names)
    gone = set(SHEETS) - {*WANTED, *LOOKED_AT}
    assert [other for other in gone if quoted_title(made.layout.title(other)) in text.replace("&apos;", "'")] == []


def test_print_areas_belong_to_the_sheets_that_are_seen(made: workbooks.Made) -> None:
    # LibreOffice prints a hidden sheet that has one
    copied = package.read(copy_of(made, ("dashboard", "action_plan")).read_bytes())["xl/workbook.xml"].decode()
    sheets = re.findall(r'sheet [^>]*name="([^"]*)"', copied)
    owners = {sheets[int(place)] for place in re.findall(r'localSheetId="(\d+)"', copied)}
    assert owners == {made.layout.title(key) for key in ("dashboard", "action_plan")}


def sheet_of(heights: list[float | None], setup: bytes = b'<pageSetup paperSize="9"/>') -> bytes:
    rows = "".join(
        f'<row r="{number}"/>' if height is None else f'<row r="{number}" ht="{height}" customHeight="1"/>'
        for number, height in enumerate(heights, start=1)
    )
    return b"<worksheet><sheetData>" + rows.encode() + b"</sheetData>" + setup + b"</worksheet>"


def test_rows_are_repeated_on_further_pages_where_there_may_be_any() -> None:
    assert fits_a_page(sheet_of([28.0] * 16), MOST_ROWS)
    assert fits_a_page(sheet_of([None] * 15), MOST_ROWS)
    assert not fits_a_page(sheet_of([28.0] * 17), MOST_ROWS)
    assert not fits_a_page(sheet_of([None] * 16), MOST_ROWS)
    assert not fits_a_page(sheet_of([28.0], b'<pageSetup paperSize="11"/>'), MOST_ROWS)
    assert not fits_a_page(sheet_of([28.0], b""), MOST_ROWS)
    assert not fits_a_page(sheet_of([28.0], b'<pageSetup paperSize="9"/><rowBreaks count="1"/>'), MOST_ROWS)
    assert not fits_a_page(
        b'<worksheet><sheetData><row r="40"/></sheetData><pageSetup paperSize="9"/></worksheet>', MOST_ROWS
    )


def test_spare_rows_are_not_printed(made: workbooks.Made) -> None:
    copied = package.read(copy_of(made).read_bytes())["xl/workbook.xml"].decode()
    areas = dict(re.findall(r"Print_Area[^>]*>'?([^<'!]*)'?![^<]*\$([0-9]+)<", copied))
    layout = made.layout
    for sheet in ("action_plan", "trend"):
        last = layout.list_cell(sheet, "kpi_code", sum(layout.kpis) - 1).cell
        assert areas[layout.title(sheet).replace("&", "&amp;")] == re.sub(r"\D", "", last)
    tables = package.read(copy_of(made).read_bytes())[
        workbooks.sheet_parts(package.read(made.path.read_bytes()))["strategy_map"]
    ]
    assert areas[layout.title("strategy_map")] == str(last_filled_row(tables))
    assert last_filled_row(tables) < max(corners(ref)[1][1] for _, ref in (layout.link_table(),))
    row = layout.rows("financial")[-1]
    assert areas[layout.title("financial")] == str(row)


def test_a_row_whose_formulas_show_nothing_is_not_filled() -> None:
    part = (
        b'<worksheet><sheetData><row r="3"><c r="A3"><v>0</v></c></row><row r="4"><c r="A4" t="str"><v></v></c></row>'
        b'<row r="5"/></sheetData></worksheet>'
    )
    assert last_filled_row(part) == 3
    assert last_filled_row(b"<worksheet><sheetData/></worksheet>") == 0


def test_rows_are_as_high_as_what_they_hold() -> None:
    columns = (
        b'<cols><col min="2" max="3" width="20" customWidth="1"/><col min="4" max="4" width="9" hidden="1"/></cols>'
    )
    rows = b'<row r="1" ht="30" customHeight="1"/><row r="2" ht="56"/><row r="3"/><row r="4" ht="56"/><row r="5"/>'
    part = b"<worksheet>" + columns + b"<sheetData>" + rows.replace(b"/>", b"></row>") + b"</sheetData></worksheet>"
    long, short = "dengan masyarakat umum " * 9, "sesuai"
    grown = with_room(
        part, {2: (None, short, long), 3: (None, short, 4.5), 4: (None, short), 5: (None, None, "", long)}
    )
    heights = [float(height) for height in re.findall(rb' ht="([0-9.]+)"', grown)]
    assert heights[0] == 30  # its texts were not given
    assert heights[1] >= 13 * len(long) / 23
    assert heights[2:] == [13, 56]  # and what a hidden column holds makes none higher
    assert with_room(grown, {2: (None, short, long)}) == grown
    capitals = with_room(part, {2: (None, short, long.upper())})
    assert float(re.findall(rb' ht="([0-9.]+)"', capitals)[1]) > heights[1]


def test_what_people_plan_is_printed_whole(made: workbooks.Made) -> None:
    layout, book = made.layout, open_book(made.path)
    long = "Menyusun ulang jadwal pelaksanaan bersama bagian perencanaan. " * 8
    cell = layout.list_cell("action_plan", "action", 1)
    book.apply(Changes(values={cell: long}))
    book.save()
    copied = package.read(copy_of(made).read_bytes())
    part = copied[workbooks.sheet_parts(package.read(made.path.read_bytes()))["action_plan"]].decode()
    row = re.sub(r"\D", "", cell.cell)
    heights = {number: float(height) for number, height in re.findall(r'<row r="([0-9]+)" ht="([0-9.]+)"', part)}
    assert heights[row] > 13 * len(long) / 25
    assert {height for number, height in heights.items() if number != row and int(number) > int(row)} <= {28.0, 56.0}


def test_a_sheet_that_somebody_deleted_cannot_be_printed(made: workbooks.Made) -> None:
    with pytest.raises(SourceError) as raised:
        open_book(copy_of(made, ("dashboard",))).printable(("dashboard", "guide"))
    assert raised.value.params["sheet"] == made.layout.title("guide")


def test_the_formulas_of_small_charts_in_cells_stay() -> None:
    part = (
        b'<worksheet xmlns="m"><sheetData><row r="1"><c r="A1" t="str"><f t="shared" si="0">A2&amp;"&lt;"</f><v>x</v>'
        b"</c>"
        b'<c r="B1"><f t="shared" si="0"/><v>1</v></c></row></sheetData><dataValidations count="1"><dataValidation>'
        b"<formula1>1</formula1></dataValidation></dataValidations><extLst><ext><x14:sparkline><xm:f>S!A1</xm:f>"
        b"</x14:sparkline></ext></extLst></worksheet>"
    )
    assert values_only(part) == (
        b'<worksheet xmlns="m"><sheetData><row r="1"><c r="A1" t="str"><v>x</v></c><c r="B1"><v>1</v></c></row>'
        b"</sheetData><extLst><ext><x14:sparkline><xm:f>S!A1</xm:f></x14:sparkline></ext></extLst></worksheet>"
    )


def test_what_another_program_calls_things_makes_no_difference() -> None:
    cell = b'<x:c r="A1"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
    part = b'<x:worksheet xmlns:x="m"><x:sheetData>' + cell + b"</x:sheetData></x:worksheet>"
    assert b"1+1" not in values_only(part)
    assert b"<x:v>2</x:v>" in values_only(part)


def test_macros_stay_behind() -> None:
    template = Path(__file__).resolve().parents[2] / "workbook" / "BSC_Template.xlsm"
    book = open_book(template)
    layout: Layout = book.layout()
    copied = package.read(book.printable(("dashboard",)))
    assert b"vbaProject" in package.read(template.read_bytes())["xl/_rels/workbook.xml.rels"]
    assert b"vbaProject" not in copied["xl/_rels/workbook.xml.rels"]
    assert layout.title("dashboard").encode() in copied["xl/workbook.xml"]
