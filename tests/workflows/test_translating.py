"""A filled-in workbook in the other language: what people typed and added stays, all else says the same."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import people
import pytest
import shapes
import workbooks
from closed import WHEN
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_xl.errors import ChoiceError
from bsc_xl.excel import history, reading, stamp, template
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.file import FileBook, open_book
from bsc_xl.excel.layout import FIRST_ROW, SHEETS, Layout, Ref
from bsc_xl.excel.plan import unit_writes
from bsc_xl.excel.port import Changes
from bsc_xl.excel.results import Value
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import Perspective, Polarity, Status
from bsc_xl.ooxml.package import open_package
from bsc_xl.workflows.recalculation import recalculate, settle
from bsc_xl.workflows.translating import translate

Cells = dict[tuple[str, int, int], tuple[Any, str | None]]
OTHER = {"id": "en", "en": "id"}


def book_of(content: bytes) -> FileBook:
    return FileBook(Path("unit.xlsx"), open_package(content))


def written(card: Any, shape: Layout, with_macros: bool = False) -> bytes:
    return stamp.stamp(template.draw(shape, with_macros), unit_writes(card, 0, shape))


def cells(book: FileBook) -> Cells:
    """Everything that stands in the cells of all sheets, value and formula."""
    found: Cells = {}
    for key, block in book.read(SHEETS).items():
        for number, row in enumerate(block.values):
            formulas = block.formulas[number] if number < len(block.formulas) else []
            for column, value in enumerate(row):
                formula = formulas[column] if column < len(formulas) else None
                if value not in (None, "") or formula is not None:
                    found[key, number, column] = value, formula
    return found


def outside_cells(book: FileBook) -> dict[str, list[str]]:
    """What the parts of a package say that are no sheets, and sheets outside their rows."""
    found = {}
    for name in book.package.members:
        part = book.package.part(name)
        if name.startswith("xl/worksheets/sheet"):
            part = part[: part.find(b"<sheetData>")] + part[part.find(b"</sheetData>") :]
        if not name.endswith(("sharedStrings.xml", ".bin")):
            found[name] = [html.unescape(part.decode("utf-8", "replace"))]
    return found


def translated(book: FileBook, language: str) -> FileBook:
    done, told = translate(book, language, WHEN)
    assert told is not None
    return FileBook(done.path, open_package(done.package.write()))


def recalculated(book: FileBook) -> FileBook:
    settle(book, WHEN)
    return FileBook(book.path, open_package(book.package.write()))


@pytest.mark.parametrize("with_macros", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translated_workbook_is_the_one_that_would_have_been_generated(language: str, with_macros: bool) -> None:
    made = workbooks.bureau(language)
    other = replace(made.layout, language=OTHER[language])

    found = translated(book_of(written(made.card, made.layout, with_macros)), OTHER[language])

    expected = recalculated(book_of(written(made.card, other, with_macros)))
    assert cells(found) == cells(expected)
    assert outside_cells(found) == outside_cells(expected)


SEVERAL = ("a year of one period", "a year of twelve periods", "long names", "hard text", "many links")


@pytest.mark.parametrize("shape", SEVERAL)
def test_there_and_back_again_every_cell_is_what_it_was(shape: str, tmp_path: Path) -> None:
    made = shapes.make(shape, tmp_path)
    before = recalculated(open_book(made.path))

    there = translated(open_book(made.path), OTHER[made.layout.language])
    back = translated(there, made.layout.language)

    assert there.layout().language == OTHER[made.layout.language]
    assert cells(back) == cells(before)
    assert outside_cells(back) == outside_cells(before)


def test_employees_and_what_is_recorded_of_them_come_along(tmp_path: Path) -> None:
    made = workbooks.make(workbooks.scored(people.raw("id"), tmp_path / "data"), tmp_path / "unit.xlsx")
    layout, book = made.layout, open_book(made.path)
    old, new = load("id"), load("en")
    rows: dict[tuple[str, str, int], tuple[str, str]] = {
        ("discipline", "sanction", 0): (old("sanction.light_2"), new("sanction.light_2")),
        ("discipline", "sanction", 1): (
            old("discipline.in_a_row", sanction=old("sanction.heavy_3"), count=11),
            new("discipline.in_a_row", sanction=new("sanction.heavy_3"), count=11),
        ),
        ("discipline", "sanction", 2): (
            old("discipline.everybody", count=51),
            new("discipline.everybody", count=51),
        ),
        ("discipline", "sanction", 3): ("Catatan sendiri", "Catatan sendiri"),
        ("evidence", "evidence_kind", 0): (old("evidence.kind.budget"), new("evidence.kind.budget")),
        ("evidence", "measure", 0): (
            old("evidence.measure.budget.realisation"),
            new("evidence.measure.budget.realisation"),
        ),
        ("evidence", "file", 1): (
            old("evidence.files", count=2, files="januari.csv, februari.csv"),
            new("evidence.files", count=2, files="januari.csv, februari.csv"),
        ),
        ("evidence", "reasons", 0): (
            "; ".join(
                [
                    old("evidence.counted", count=3, rule=old("evidence.rule.missing")),
                    old("evidence.outside", count=2),
                ]
            ),
            "; ".join(
                [
                    new("evidence.counted", count=3, rule=new("evidence.rule.missing")),
                    new("evidence.outside", count=2),
                ]
            ),
        ),
        ("evidence", "file", 0): ("Anggaran.csv", "Anggaran.csv"),
    }
    book.apply(Changes(values={layout.list_cell(*place): before for place, (before, _) in rows.items()}))

    found = translated(book, "en").read(["discipline", "evidence"])

    assert {place: found[place[0]].value(layout.list_cell(*place).cell) for place in rows} == {
        place: after for place, (_, after) in rows.items()
    }


def test_the_history_of_closed_periods_is_told_in_the_other_language() -> None:
    made = workbooks.bureau("id")
    book = book_of(written(made.card, made.layout))
    read = reading.read_book(book)
    closed = history.rows(made.layout, read, made.card, WHEN)
    refs = {
        made.layout.list_cell("history", key, i): value for i, row in enumerate(closed) for key, value in row.items()
    }
    book.apply(Changes(values=refs))

    block = translated(book, "en").read(["history"])["history"]

    titles = {load("en")(f"perspective.{p}") for p in Perspective}
    statuses = {f"{load('en')(f'symbol.{status}')} {load('en')(f'status.{status}')}" for status in Status}
    for i, row in enumerate(closed):
        said = {key: block.value(made.layout.list_cell("history", key, i).cell) for key in row}
        assert said.pop("perspective") in titles
        assert said.pop("status") in statuses
        assert said == {key: row[key] for key in said}


# --- what people typed ----------------------------------------------------------------------------------------------

TYPED = st.sampled_from(
    [None, 0.0, 12.5, -3.0, "N/A", "n/a", "12,5", "abc", "Keuangan", "Hijau", "Ya", "maksimalkan ", "=1+1", "#N/A", " "]
)
INPUTS = [column for column in COLUMNS if column.is_input]


@st.composite
def entries(draw: st.DrawFn) -> dict[Ref, Value]:
    """Whatever somebody may type, anywhere that is filled in: also in rows that are spare, in words of the lists, and
    text where numbers belong."""
    layout = workbooks.bureau("id").layout
    found: dict[Ref, Value] = {}
    for _ in range(draw(st.integers(1, 12))):
        perspective = draw(st.sampled_from(list(Perspective)))
        row = draw(st.sampled_from(list(layout.rows(perspective))))
        column = draw(st.sampled_from(INPUTS))
        period = draw(st.integers(1, layout.periods)) if column.per_period else 0
        words = [layout.labels(f"polarity.{p}") for p in Polarity] if column.key == "polarity" else []
        found[layout.cell(perspective, row, column.key, period)] = draw(st.sampled_from(words) if words else TYPED)
    keys = draw(st.lists(st.sampled_from(["unit_name", "head", "period", "policy", "new_idea", "rating"])))
    found |= {layout.settings[key]: draw(TYPED) for key in keys}
    plan = [layout.list_cell("action_plan", key, 1) for key in ("cause", "action", "owner", "due", "progress")]
    return found | {ref: draw(TYPED) for ref in plan}


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(entries())
def test_whatever_is_typed_comes_back_and_scores_the_same(typed: dict[Ref, Value]) -> None:
    made = workbooks.bureau("id")
    book = book_of(written(made.card, made.layout))
    book.apply(Changes(values=typed))
    before = recalculated(book)

    expected, one = cells(before), reading.read_book(before)
    there = translated(before, "en")
    other = reading.read_book(there)
    back = translated(there, "id")

    assert cells(back) == expected
    figures = ("target", "actual", "target_state", "actual_state")
    assert [getattr(one.tables, key).tobytes() for key in figures] == [
        getattr(other.tables, key).tobytes() for key in figures
    ]
    assert [(each.rule, each.row, each.value) for each in one.failures] == [
        (each.rule, each.row, each.value) for each in other.failures
    ]


def test_what_only_looks_like_a_heading_stays() -> None:
    made = workbooks.bureau("id")
    book = book_of(written(made.card, made.layout))
    layout = made.layout
    own = {
        layout.cell("financial", FIRST_ROW, "kpi_name"): "Target",
        layout.cell("financial", FIRST_ROW, "note", 1): "Hijau",
        layout.cell("financial", FIRST_ROW, "objective"): "Keuangan",
        layout.settings["head"]: "Baik",
        Ref("financial", "B1"): "Keuangan Daerah",
    }
    book.apply(Changes(values=own))

    found = translated(book, "en").read(SHEETS)

    assert {ref: found[ref.sheet].value(ref.cell) for ref in own} == own


# --- what people added ----------------------------------------------------------------------------------------------


OWN_SHEET = (
    b'<sheet xmlns:o="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    b'name="Milik Saya" sheetId="99" o:id="rIdOwn"/></sheets>'
)


def with_additions(content: bytes) -> bytes:
    """With a sheet of somebody's own that looks at ours, widths, a picture and a part that nobody knows."""
    package = open_package(content)
    own = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1"><f>Keuangan!$B$1&amp;" Keuangan!"</f><v>1</v></c>'
        b"<c r=\"B1\"><f>SUM('Proses Bisnis Internal'!A1:B2)</f><v>1</v></c>"
        b'<c r="C1" t="inlineStr"><is><t>Keuangan</t></is></c>'
        b'<c r="D1"><f>SUM(tbl_financial[Target\nTW I])&amp;"tbl_financial[Nama IKU]"</f><v>1</v></c>'
        b'<c r="E1"><f>COUNTA(tbl_financial[[Kode]:[Nama IKU]],tbl_own[Nama IKU])</f><v>1</v></c>'
        b"<c r=\"G1\"><f>SUM('keuangan:Proses Bisnis Internal'!N8)</f><v>1</v></c>"
        b'<c r="F1"><f>tbl_history[[#Totals],[Capaian (%)]]+MAX(tbl_customer[Bobot (%)])</f><v>1</v></c>'
        b"</row></sheetData></worksheet>"
    )
    workbook = package.part("xl/workbook.xml")
    sheets = workbook.replace(b"</sheets>", OWN_SHEET)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relation = f'<Relationship Id="rIdOwn" Type="{kind}" Target="worksheets/own.xml"/></Relationships>'
    types = (
        b'<Override PartName="/xl/worksheets/own.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    )
    return package.with_parts(
        {
            "xl/workbook.xml": sheets,
            "xl/worksheets/own.xml": own,
            "xl/_rels/workbook.xml.rels": package.part("xl/_rels/workbook.xml.rels").replace(
                b"</Relationships>", relation.encode()
            ),
            "[Content_Types].xml": package.part("[Content_Types].xml").replace(b"</Types>", types),
            "xl/media/own.png": b"\x89PNG own",
            "xl/comments7.xml": b"<comments><text>Keuangan</text></comments>",
        }
    ).write()


def test_a_sheet_of_ones_own_stays_and_still_looks_at_ours() -> None:
    made = workbooks.bureau("id")

    found = translated(book_of(with_additions(written(made.card, made.layout))), "en")

    own = found.package.part("xl/worksheets/own.xml").decode()
    assert "<f>'Financial'!$B$1&amp;\" Keuangan!\"</f>" in own
    assert "<f>SUM('Internal Business Process'!A1:B2)</f>" in own
    assert "<f>SUM('Financial:Internal Business Process'!N8)</f>" in own
    assert "<t>Keuangan</t>" in own
    assert '<f>SUM(tbl_financial[Target\nQ1])&amp;"tbl_financial[Nama IKU]"</f>' in own
    assert "<f>COUNTA(tbl_financial[[Code]:[KPI]],tbl_own[Nama IKU])</f>" in own
    assert "<f>tbl_history[[#Totals],[Achievement (%)]]+MAX(tbl_customer[Weight (%)])</f>" in own
    assert 'name="Milik Saya"' in found.package.part("xl/workbook.xml").decode()
    assert found.package.part("xl/media/own.png") == b"\x89PNG own"
    assert found.package.part("xl/comments7.xml") == b"<comments><text>Keuangan</text></comments>"


def test_a_title_that_somebody_gave_a_sheet_stays_and_one_that_is_taken_is_not_taken_again() -> None:
    made = workbooks.bureau("id")
    package = open_package(with_additions(written(made.card, made.layout)))
    renamed = {
        name: package.part(name).replace(b"Pelanggan", b"Warga").replace(b"Milik Saya", b"Financial")
        for name in package.members
        if name.startswith("xl/w") and name.endswith(".xml")
    }

    found = translated(FileBook(Path("unit.xlsx"), package.with_parts(renamed)), "en")

    titles = [block.title for block in found.read(SHEETS).values()]
    assert {"Warga", "Keuangan", "Internal Business Process"} <= set(titles)
    assert not recalculate(found, WHEN).done.found


def test_cells_that_were_locked_stay_locked() -> None:
    made = workbooks.bureau("id")
    content = written(made.card, made.layout)
    locked = made.layout.cell("financial", FIRST_ROW, "actual", 1).cell.encode()
    heading = f"{made.layout.column('kpi_code')}{FIRST_ROW - 1}".encode()
    package = open_package(content)
    part = package.part("xl/worksheets/sheet2.xml")
    style = re.search(rb'<c r="%b" s="(\d+)"' % heading, part)
    assert style
    changed = re.sub(rb'(<c r="%b" s=)"\d+"' % locked, rb'\1"%b"' % style[1], part)
    book = FileBook(Path("unit.xlsx"), package.with_parts({"xl/worksheets/sheet2.xml": changed}))

    found = translated(book, "en").package.part("xl/worksheets/sheet2.xml")

    def styles(part: bytes) -> dict[bytes, bytes]:
        return dict(re.findall(rb'<c r="([A-Z]+\d+)" s="(\d+)"', part))

    assert styles(found) == styles(changed)


def test_a_formula_that_was_written_over_is_put_back_and_told_in_the_new_language() -> None:
    made = workbooks.bureau("id")
    book = book_of(written(made.card, made.layout))
    lost = made.layout.cell("financial", FIRST_ROW, "index")
    book.apply(Changes(values={lost: 55.0}))

    done, told = translate(book, "en", WHEN)

    assert told is not None
    assert [(each.cell, each.found) for each in told.done.found] == [(lost.cell, "55")]
    assert told.done.found[0].text == load("en")("checks.overwritten")
    assert done.read(["financial"])["financial"].formula(lost.cell) is not None


@pytest.mark.slow
@pytest.mark.parametrize("saved_by", ["libreoffice", "gnumeric"])
def test_what_another_program_saved_is_translated_too(
    saved_by: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    convert: Callable[..., Path] = request.getfixturevalue(saved_by)
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")
    saved = convert(made.path, "xlsx", tmp_path / saved_by)

    found, told = translate(open_book(saved), "en", WHEN)

    assert told is not None
    assert told.done.found == []
    assert [block.title for block in found.read(SHEETS).values()] == [
        Layout.from_signature(made.layout.signature.replace("=id", "=en")).title(key) for key in SHEETS
    ]
    score = float(told.done.card.score[0])
    assert score == pytest.approx(float(made.card.score[0]), abs=1e-9)


def test_the_validator_finds_nothing_in_a_translated_workbook(
    tmp_path: Path, ooxml_findings: Callable[[Path], list[dict[str, Any]]]
) -> None:
    made = workbooks.bureau("id")
    path = tmp_path / "unit.xlsm"
    path.write_bytes(translated(book_of(written(made.card, made.layout, with_macros=True)), "en").package.write())

    assert ooxml_findings(path) == []
    with zipfile.ZipFile(path) as archive:
        assert (
            archive.read("customUI/customUI.xml")
            == (Path(template.__file__).parent.parent / "macros" / "ribbon.en.xml").read_bytes()
        )


def test_a_workbook_that_speaks_the_language_is_left_alone() -> None:
    made = workbooks.bureau("id")
    book = book_of(written(made.card, made.layout))
    before = book.package.members

    done, told = translate(book, "id", WHEN)

    assert told is None
    assert done.package.members == before


def test_there_is_no_third_language() -> None:
    made = workbooks.bureau("id")
    with pytest.raises(ChoiceError):
        translate(book_of(written(made.card, made.layout)), "fr", WHEN)
