"""A closed workbook is read and recalculated whichever program saved it, and nothing changes but what has to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyopenvba
import pytest
import workbooks
from closed import WHEN, recalculated
from sheets import differing_cells

from bsc_xl.errors import SourceError
from bsc_xl.excel import formulas, stamp, template
from bsc_xl.excel.address import dollars, split
from bsc_xl.excel.file import open_book
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.grid import place
from bsc_xl.excel.intake.opened import open_workbook
from bsc_xl.excel.layout import FIRST_ROW, SHEETS, Layout, Ref
from bsc_xl.excel.places import sheets_by_key
from bsc_xl.excel.port import Changes
from bsc_xl.excel.recalculation import READ, Recalculation
from bsc_xl.excel.stamp.printed import with_print_areas
from bsc_xl.ooxml import package
from bsc_xl.ooxml.parts import Parts
from bsc_xl.tables import ExcelError, UncalculatedFormulaError

Convert = Callable[..., Path]
MACROS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 64


@pytest.fixture(scope="module")
def made() -> workbooks.Made:
    return workbooks.bureau("id")


@pytest.fixture(scope="module")
def content(made: workbooks.Made) -> bytes:
    return stamp.stamp(template.draw(made.layout), made.writes)


def rewritten(content: bytes, **changes: Callable[[str], str]) -> bytes:
    """The package with the text of some parts changed; the key is the end of the part's name without its suffix."""
    parts = package.read(content)
    for end, change in changes.items():
        name = next(name for name in parts if name.endswith((f"{end}.xml", f"{end}.xml.rels")))
        after = change(parts[name].decode())
        assert after.encode() != parts[name], end
        parts[name] = after.encode()
    return package.write(parts)


def part_of(content: bytes, key: str) -> str:
    """The part of a sheet, without folder and suffix."""
    return Path(workbooks.sheet_parts(package.read(content))[key]).stem


def above_the_history(content: bytes, row: str) -> dict[str, Callable[[str], str]]:
    """The change that puts a fourth row into the sheet of closed periods."""
    return {part_of(content, "history"): lambda xml: xml.replace('<row r="5"', f'{row}<row r="5"', 1)}


def scores(done: Recalculation) -> list[float]:
    return [float(done.card.score[0]), *done.card.perspective_score[0].tolist()]


# --- reading --------------------------------------------------------------------------------------------------------


def test_what_was_written_is_read_again(made: workbooks.Made, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "buku.xlsx"
    path.write_bytes(content)
    book = open_book(path)
    assert (book.name, book.layout()) == ("buku.xlsx", Layout.from_signature(made.layout.signature))
    blocks = book.read(READ)
    assert {key: block.title for key, block in blocks.items()} == {key: made.layout.title(key) for key in READ}
    for write in made.writes:
        if write.ref.sheet in READ and write.ref.is_cell:
            expected = "" if write.result and write.value is None else write.value
            found = blocks[write.ref.sheet].value(write.ref.cell)
            assert found == expected or (expected == "" and found is None and not write.result), write
    canonical = formulas.every(made.layout)
    assert {ref: blocks[ref.sheet].formula(ref.cell) for ref in canonical} == canonical


def test_blank_error_uncalculated_and_empty_text_are_different_things(content: bytes, tmp_path: Path) -> None:
    cells = {
        "B4": '<c r="{}"><f>1+1</f></c>',
        "C4": '<c r="{}" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        "D4": '<c r="{}" t="str"><f>""</f><v></v></c>',
        "E4": '<c r="{}" t="inlineStr"><is><t>#DIV/0!</t></is></c>',
        "F4": '<c r="{}" t="b"><v>0</v></c>',
        "G4": '<c r="{}"/>',
        "H4": '<c r="{}"><v>0</v></c>',
    }
    row = f'<row r="4">{"".join(cell.format(at) for at, cell in cells.items())}</row>'
    path = tmp_path / "buku.xlsx"
    path.write_bytes(rewritten(content, **above_the_history(content, row)))
    block = open_book(path).read(["history"])["history"]
    found = [block.value(cell) for cell in cells]
    assert [(type(each), each) for each in found] == [
        (UncalculatedFormulaError, "=1+1"), (ExcelError, "#DIV/0!"), (str, ""), (str, "#DIV/0!"), (bool, False),
        (type(None), None), (float, 0.0),
    ]  # fmt: skip


def test_a_formula_that_cells_share_is_read_in_each_of_them(content: bytes, tmp_path: Path) -> None:
    row = (
        '<row r="4"><c r="B4"><f t="shared" ref="B4:D4" si="5">B$1+Lain!B2</f><v>1</v></c>'
        '<c r="C4"><f t="shared" si="5"/><v>1</v></c><c r="D4"><f t="shared" si="5"/><v>1</v></c></row>'
    )
    path = tmp_path / "buku.xlsx"
    path.write_bytes(rewritten(content, **above_the_history(content, row)))
    block = open_book(path).read(["history"])["history"]
    assert [block.formula(cell) for cell in ("B4", "C4", "D4")] == ["B$1+Lain!B2", "C$1+Lain!C2", "D$1+Lain!D2"]


# --- recalculating, byte by byte ------------------------------------------------------------------------------------


def test_a_recalculation_of_a_fresh_workbook_changes_the_stamp_alone(
    made: workbooks.Made, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "buku.xlsx"
    path.write_bytes(content)
    done, saved = recalculated(path)
    assert (done.found, saved.changed) == ([], True)
    assert saved.backup is not None
    assert saved.backup.read_bytes() == content
    parts = workbooks.sheet_parts(package.read(content))
    changed = differing_cells(content, path.read_bytes())
    assert {key: changed[part] for key, part in parts.items() if part in changed} == {
        "settings": {made.layout.settings["recalculated"].cell},
        "dashboard": {place("recalculated")},
        "checks": {made.layout.checked().cell},
    }
    again = path.read_bytes()
    assert not recalculated(path, when=WHEN + timedelta(days=1))[1].changed
    assert path.read_bytes() == again


def test_macros_ribbon_signatures_and_unknown_parts_stay_as_they_are(content: bytes, tmp_path: Path) -> None:
    extra = {
        "xl/vbaProject.bin": MACROS,
        "xl/vbaProjectSignature.bin": MACROS[::-1],
        "customUI/customUI14.xml": b"<customUI/>",
        "xl/media/image1.png": bytes(range(256)),
        "lain.bin": b"\0" * 5000,
    }
    path = tmp_path / "buku.xlsm"
    path.write_bytes(package.open_package(content).with_parts(extra).write())
    before = package.open_package(path.read_bytes()).members
    recalculated(path)
    after = package.open_package(path.read_bytes()).members
    assert list(before) == list(after)
    assert {name: after[name] for name in extra} == {name: before[name] for name in extra}
    assert [name for name in before if not name.startswith("xl/worksheets/") and before[name] != after[name]] == []


@pytest.mark.parametrize("own_macros", [False, True])
def test_a_workbook_with_macros_keeps_its_project_and_ribbon_byte_for_byte(
    own_macros: bool, made: workbooks.Made, tmp_path: Path
) -> None:
    path = tmp_path / "buku.xlsm"
    path.write_bytes(stamp.stamp(template.draw(made.layout, with_macros=True), made.writes))
    if own_macros:  # somebody has added a module, and saved with another compression
        with pyopenvba.ExcelFile(path) as book:
            book.vba_project().add_module("Sendiri", "Public Sub Halo()\r\nEnd Sub\r\n")
            book.save()
    actual = made.layout.cell("financial", made.layout.rows("financial")[0], "actual", 2)
    entered = open_book(path)
    entered.apply(Changes(values={actual: 12.5}))
    entered.save()
    before = package.open_package(path.read_bytes()).members
    done, saved = recalculated(path)
    after = package.open_package(path.read_bytes()).members
    assert done.card.scored_count[0]
    assert saved.changed
    assert list(before) == list(after)
    differ = [name for name in before if before[name] != after[name]]
    assert [name for name in differ if not name.startswith(("xl/worksheets/sheet", "xl/charts/chart"))] == []
    with pyopenvba.ExcelFile(path) as book:
        assert {"BscRibbon", "BscFunctions"} <= set(book.module_names())
        assert ("Sendiri" in book.module_names()) is own_macros
    assert open_book(path).ribbon


def test_a_formula_that_was_written_over_is_put_back(made: workbooks.Made, content: bytes, tmp_path: Path) -> None:
    cell = made.layout.cell("financial", 8, "index")
    path = tmp_path / "buku.xlsx"
    path.write_bytes(content)
    book = open_book(path)
    book.apply(Changes(values={cell: 12.0}))
    book.save()
    done, _ = recalculated(path)
    assert [(finding.sheet, finding.cell) for finding in done.found] == [("Keuangan", cell.cell)]
    block = open_book(path).read(["financial"])["financial"]
    assert block.formula(cell.cell) == formulas.every(made.layout)[cell]
    assert block.value(cell.cell) == made.results[cell]


def with_dates_from_1904(parts: dict[str, bytes], value: bytes) -> bytes:
    """The package with that option of the workbook, as Excel writes it."""
    workbook = re.sub(rb"<workbookPr\b", b'<workbookPr date1904="%b"' % value, parts["xl/workbook.xml"], count=1)
    assert workbook != parts["xl/workbook.xml"]
    return package.write(parts | {"xl/workbook.xml": workbook})


def test_a_workbook_that_counts_dates_from_1904_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "buku.xlsx"
    path.write_bytes(with_dates_from_1904(package.read(content), b"1"))
    before = path.read_bytes()
    with pytest.raises(SourceError) as refused:
        recalculated(path)
    assert refused.value.params == {"source": str(path), "reason": "source.dates_1904"}
    open_workbook(tmp_path / "lain.xlsx", "lain.xlsx", content)  # one like it, but for the option, is known by now
    with pytest.raises(SourceError) as refused:
        open_workbook(path, path.name, before)
    assert refused.value.params["reason"] == "source.dates_1904"
    assert path.read_bytes() == before
    path.write_bytes(with_dates_from_1904(package.read(content), b"0"))
    assert recalculated(path)[0].found == []


# --- saved by other programs ----------------------------------------------------------------------------------------


def test_a_workbook_of_another_version_is_told_as_such_although_its_cells_stand_elsewhere(
    made: workbooks.Made, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "former.xlsx"
    path.write_bytes(content)
    book = open_book(path)
    book.apply(Changes(values={made.layout.settings["template_version"]: "1"}))
    book.save()
    letters, row = split(made.layout.settings["cap"].cell)
    here, there = (dollars(f"{letters}{at}") for at in (row, row - 2))
    path.write_bytes(rewritten(path.read_bytes(), workbook=lambda text: text.replace(f"!{here}<", f"!{there}<")))
    with pytest.raises(SourceError) as refused:
        open_book(path).layout()
    assert (refused.value.params["reason"], refused.value.params["version"]) == ("source.other_version", "1")


def by_openpyxl(source: Path, target: Path, **_: Any) -> Path:
    """Saved by openpyxl after somebody renamed, moved and added sheets: strings are shared, values are gone."""
    book = openpyxl.load_workbook(source)
    book.move_sheet("Pengaturan", -7)
    book.create_sheet("Catatan sendiri", 0)["A1"] = "jangan hilang"
    book.save(target)
    return target


@pytest.mark.parametrize("program", ["libreoffice", "gnumeric", "openpyxl"])
def test_what_other_programs_saved_gives_the_same_scores(
    program: str, made: workbooks.Made, content: bytes, tmp_path: Path, libreoffice: Convert, gnumeric: Convert
) -> None:
    source = tmp_path / "buku.xlsx"
    source.write_bytes(content)
    if program == "openpyxl":
        path = by_openpyxl(source, tmp_path / "lain.xlsx")
    else:
        path = {"libreoffice": libreoffice, "gnumeric": gnumeric}[program](source, "xlsx", tmp_path / program)
    before = package.open_package(path.read_bytes())
    done, _ = recalculated(path)
    assert done.count(Kind.OVERWRITTEN) == 0
    assert scores(done) == pytest.approx([float(made.card.score[0]), *made.card.perspective_score[0]], abs=1e-9)
    after = package.open_package(path.read_bytes())
    sheets = {sheet.part for sheet in Parts(before).sheets}
    # charts keep values of cells; Gnumeric takes conditional formats to pieces, and ours come back with their looks
    touched = sheets | {"xl/styles.xml"} if program == "gnumeric" else sheets
    kept = [name for name in before.members if name not in touched and "/charts/" not in name]
    assert {name: after.members[name] for name in kept} == {name: before.members[name] for name in kept}
    shown = workbooks.Cells(path)
    assert workbooks.differences({r: v for r, v in made.results.items() if stable(r)}, made.layout, shown) == []


def test_cells_that_libreoffice_wrote_with_the_type_of_numbers_keep_it(
    made: workbooks.Made, content: bytes, tmp_path: Path, libreoffice: Convert
) -> None:
    source = tmp_path / "buku.xlsx"
    source.write_bytes(content)
    path = libreoffice(source, "xlsx", tmp_path / "saved")
    before = path.read_bytes()
    recalculated(path)
    changed = {sheet: cells for sheet, cells in differing_cells(before, path.read_bytes()).items() if cells}
    keys = {sheet.part: key for key, sheet in sheets_by_key(Parts(package.open_package(before))).items()}
    values = {made.results.get(Ref(keys[part], cell)) for part, cells in changed.items() for cell in cells}
    # it writes fewer digits than a number has; whole numbers are what they were
    assert {
        value for value in values if isinstance(value, int) or (isinstance(value, float) and value == int(value))
    } == set()


def stable(ref: Ref) -> bool:
    """Whether a cell shows the same before and after a recalculation."""
    return ref.sheet not in ("checks", "dashboard")


def test_sheets_of_other_titles_and_parts_of_other_names_are_found(
    made: workbooks.Made, content: bytes, tmp_path: Path
) -> None:
    parts = package.read(content)
    moved = {re.sub("worksheets/(_rels/)?sheet", r"lembar/\1isi", name): part for name, part in parts.items()}
    relations = "xl/_rels/workbook.xml.rels"
    moved[relations] = re.sub(rb'Target="/?(?:xl/)?worksheets/sheet', b'Target="/xl/lembar/isi', moved[relations])
    moved["[Content_Types].xml"] = moved["[Content_Types].xml"].replace(b"/xl/worksheets/sheet", b"/xl/lembar/isi")
    for name, part in moved.items():
        if name.endswith(".rels") and "lembar" in name:
            moved[name] = part.replace(b"../", b"/xl/")
        elif b"Keuangan" in part:
            title = b"Uang &amp; Kas"
            moved[name] = part.replace(b"'Keuangan'", b"'" + title + b"'").replace(
                b'name="Keuangan"', b'name="%b"' % title
            )
    path = tmp_path / "buku.xlsx"
    path.write_bytes(package.write(moved))
    done, _ = recalculated(path)
    assert done.found == []
    assert scores(done) == pytest.approx([float(made.card.score[0]), *made.card.perspective_score[0]], abs=1e-12)


def print_areas(content: bytes, shape: Layout) -> dict[str, str]:
    """What is printed of each sheet that does not say "all", by key."""
    part = package.read(content)["xl/workbook.xml"].decode()
    names = re.findall(r'name="_xlnm.Print_Area" localSheetId="(\d+)"[^>]*>([^<]*)<', part)
    return {SHEETS[int(place)]: area.rpartition("!")[2] for place, area in names}


def test_a_kpi_in_a_spare_row_is_printed_in_the_lists_once_it_is_recalculated(
    made: workbooks.Made, content: bytes, tmp_path: Path
) -> None:
    shape, row = made.layout, made.layout.rows("customer")[-1]
    before = print_areas(content, shape)
    (tmp_path / "buku.xlsx").write_bytes(content)
    book = open_book(tmp_path / "buku.xlsx")
    book.apply(Changes(values={shape.cell("customer", row, "kpi_code"): "K99"}))
    book.save()
    recalculated(book.path)
    after = print_areas(book.path.read_bytes(), shape)
    more = shape.slots.index(("customer", row)) + 1 - sum(shape.kpis)
    for key in ("action_plan", "trend"):
        corner, _, end = before.pop(key).rpartition("$")
        assert after.pop(key) == f"{corner}${int(end) + more}"
    assert after == before


def test_what_people_have_chosen_to_print_stays() -> None:
    part = (
        b'<workbook><sheets><sheet name="A &amp; B"/><sheet name="C"/></sheets><definedNames>'
        b'<definedName name="_xlnm.Print_Area" localSheetId="0">\'A &amp; B\'!$A$1:$D$9</definedName>'
        b'<definedName name="_xlnm.Print_Titles" localSheetId="0">\'A &amp; B\'!$5:$5</definedName>'
        b'<definedName localSheetId="1" name="_xlnm.Print_Area">C!$A$1:$O$9</definedName></definedNames></workbook>'
    )
    assert with_print_areas(part, {"A & B": "$A$1:$O$12"}) == part
    assert with_print_areas(part, {"A & B": "$A$1:$D$12"}) == part.replace(b"$D$9", b"$D$12")
    assert with_print_areas(part, {"C": "$A$1:$O$12"}) == part.replace(b"$O$9", b"$O$12")


def test_rows_of_findings_are_as_high_as_what_is_written_there(
    made: workbooks.Made, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "buku.xlsx").write_bytes(content)
    book = open_book(tmp_path / "buku.xlsx")
    wrong = "sembilan puluh enam koma tiga belas " * 8
    book.apply(Changes(values={made.layout.cell("financial", FIRST_ROW, "actual", 1): wrong}))
    book.save()
    done, _ = recalculated(book.path)
    part = package.read(book.path.read_bytes())[f"xl/worksheets/{part_of(content, 'checks')}.xml"].decode()
    before = package.read(content)[f"xl/worksheets/{part_of(content, 'checks')}.xml"].decode()
    heights, drawn = (dict(re.findall(r'<row r="(\d+)" ht="([\d.]+)"', each)) for each in (part, before))
    assert done.found[0].found.startswith("sembilan")
    first, *others = range(split(made.layout.list_cell("checks", "found", 0).cell)[1], 206)
    assert float(heights[str(first)]) > 12.5 * len(done.found[0].found) / 28
    assert {heights[str(row)] for row in others[len(done.found) :]} == {"28"}
    above = [str(row) for row in range(1, first)]
    assert [heights.get(row) for row in above] == [drawn.get(row) for row in above]
