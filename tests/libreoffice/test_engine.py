"""The xlwings engine over LibreOffice behaves as xlwings does with Excel, so that what runs on it runs there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import uno_engine
import workbooks
import xlwings as xw
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Protection
from uno_engine import ApplicationError, InjectedError, grammar

from bsc_xl.excel import formulas
from bsc_xl.excel.layout import SHEETS, code_name
from bsc_xl.labels import LANGUAGES

WHEN = datetime(2025, 12, 31, 13, 30)  # noqa: DTZ001 - a workbook's clock has no time zone
TITLES = st.sampled_from(["Keuangan", "Proses Bisnis Internal", 'Bob\'s; "own", sheet', "Ünit_1"])
PIECES = st.sampled_from(['"a,b;c!""d"', "$A$1", "B8:C9", "bsc_period", "1.5", "SUM(A1,B2)", "IF(A1<>0,1,)"])


@pytest.fixture(scope="module", params=LANGUAGES)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    """A LibreOffice in each locale: what xlwings shows does not depend on it."""
    started = uno_engine.start(tmp_path_factory.mktemp("profile"), request.param)
    yield started
    started.quit()


@pytest.fixture
def book(app: xw.App, tmp_path: Path) -> Iterator[xw.Book]:
    """A workbook of two plain sheets; B1:B9 of the first is unlocked."""
    drawn = Workbook()
    first, _ = drawn.worksheets[0], drawn.create_sheet("Bob's own")
    first.title = "Data"
    first["A1"], first["A2"], first["A3"], first["A4"] = 1.5, "text", True, WHEN
    first["A6"], first["A7"] = '=""', "=1/0"
    for row in range(1, 10):
        first[f"B{row}"].protection = Protection(locked=False)
    drawn.save(tmp_path / "plain.xlsx")
    opened = app.books.open(tmp_path / "plain.xlsx")
    yield opened
    opened.close()


def entered(cells: xw.Range, entry: Any) -> tuple[Any, Any]:
    cells.value = entry
    return cells.options(err_to_str=True).value, cells.formula


@given(TITLES, st.lists(PIECES, min_size=1, max_size=4))
def test_a_formula_comes_back_from_the_grammar_of_libreoffice(title: str, pieces: list[str]) -> None:
    formula = "=" + "&".join(f"{grammar.quoted(title)}!{p}" if p[0] in "$B" else p for p in pieces)
    assert grammar.to_excel(grammar.to_calc(formula)) == formula


def test_values_come_as_excel_gives_them(book: xw.Book) -> None:
    column = book.sheets["Data"].range("A1:A7")
    assert column.options(ndim=2, err_to_str=True).value == [
        [1.5], ["text"], [True], [WHEN], [None], [None], ["#DIV/0!"],
    ]  # fmt: skip
    assert column.value[-1] is None
    assert book.sheets["Data"].range("A1").value == 1.5


def test_formulas_come_in_excels_grammar_and_the_rest_as_text(book: xw.Book) -> None:
    sheet = book.sheets["Data"]
    sheet.range("C1").formula = "=SUM(A1,1.5)&'Bob''s own'!A1&\"a;b\""
    assert sheet.range("C1").formula == "=SUM(A1,1.5)&'Bob''s own'!A1&\"a;b\""
    assert sheet.range("C1").value == "3a;b"
    assert sheet.range("A1:A2").formula == (("1.5",), ("text",))


@pytest.mark.parametrize(
    ("entry", "value", "formula"),
    [
        ("plain", "plain", "plain"),
        ("12.5", 12.5, "12.5"),
        ("'12.5", "12.5", "12.5"),
        ("=1+1", 2.0, "=1+1"),
        ("'=1+1", "=1+1", "=1+1"),
        ("''quoted", "'quoted", "'quoted"),
        (0.1 + 0.2, 0.1 + 0.2, None),
        (None, None, ""),
        ("", None, ""),
        (True, True, None),
        ("=NA()", "#N/A", "=NA()"),
    ],
)
def test_an_entry_is_read_as_excel_reads_it(book: xw.Book, entry: Any, value: Any, formula: Any) -> None:
    found, shown = entered(book.sheets["Data"].range("D1"), entry)
    assert found == value
    assert type(found) is type(value)
    assert formula is None or shown == formula


def test_an_apostrophe_leaves_the_number_format(book: xw.Book) -> None:
    cell = book.sheets["Data"].range("D1")
    cell.number_format = "0.00"
    entered(cell, "'=1+1")
    assert cell.number_format == "0.00"
    assert entered(cell, "=1+1")[0] == 2.0


def test_a_block_is_written_at_once_and_one_value_fills_a_range(book: xw.Book) -> None:
    sheet = book.sheets["Data"]
    sheet.range("D1:E2").value = [[1, "'=a"], [None, 2.5]]
    assert sheet.range("D1:E2").value == [[1.0, "=a"], [None, 2.5]]
    sheet.range("D1:E2").value = "N/A"
    assert sheet.range("D1:E2").value == [["N/A", "N/A"]] * 2


def test_protection_refuses_locked_cells_only(book: xw.Book) -> None:
    sheet = book.sheets["Data"]
    sheet.api.Protect()
    sheet.range("B1:B3").value = [[1], [2], [3]]
    for cells in ("A1", "A1:B1"):
        with pytest.raises(ApplicationError, match="protected"):
            sheet.range(cells).value = 9
    assert sheet.range("A1").value == 1.5
    assert sheet.api.ProtectContents
    sheet.api.Protect(UserInterfaceOnly=True)
    sheet.range("A1").value = 9
    assert sheet.range("A1").value == 9
    assert sheet.api.ProtectContents
    sheet.api.Unprotect()
    assert not sheet.api.ProtectContents


def test_cells_are_locked_and_unlocked(book: xw.Book) -> None:
    sheet = book.sheets["Data"]
    assert [sheet.range(cells).api.Locked for cells in ("A1", "B1", "A1:B1")] == [True, False, None]
    sheet.range("B1").api.Locked = True
    assert sheet.range("B1").api.Locked


def test_settings_of_the_application_stay_as_they_are_set(book: xw.Book) -> None:
    app = book.app
    book.sheets["Data"].range("D1").value = "=A1*2"
    with app.properties(screen_updating=False, enable_events=False, status_bar="busy", calculation="manual"):
        assert (app.screen_updating, app.enable_events, app.status_bar) == (False, False, "busy")
        book.sheets["Data"].range("A1").value = 10
        assert book.sheets["Data"].range("D1").value == 3.0
        app.calculate()
        assert book.sheets["Data"].range("D1").value == 20.0
    assert (app.screen_updating, app.enable_events, app.status_bar, app.calculation) == (True, True, False, "automatic")


def test_only_the_active_sheet_takes_a_selection(book: xw.Book) -> None:
    first, second = book.sheets
    first.activate()
    first.range("B2:C3").select()
    assert app_selection(book) == ("Data", "$B$2:$C$3")
    with pytest.raises(ApplicationError, match="active"):
        second.range("A1").select()
    second.activate()
    second.range("C4").select()
    assert app_selection(book) == ("Bob's own", "$C$4")
    first.activate()
    assert app_selection(book) == ("Data", "$B$2:$C$3")


def app_selection(book: xw.Book) -> tuple[str, str]:
    chosen = book.app.selection
    assert chosen is not None
    return chosen.sheet.name, chosen.address


def test_a_rule_means_its_formula_from_the_active_cell(book: xw.Book, request: pytest.FixtureRequest) -> None:
    sheet = book.sheets["Data"]
    sheet.activate()
    mark = {"id": ";", "en": ","}[request.node.callspec.params["app"]]
    sheet.range("B2").select()
    rule = sheet.range("B2:C5").conditional_formats.add_custom(f"=AND(B2=1{mark}$A2=2)", fill_color="#fbe4e1")
    rule.impl.api.NumberFormat = "#,##0"
    sheet.range("A1").select()
    sheet.range("D2:D5").conditional_formats.add_custom("=A1=1", font_color="#b42318", font_bold=True)
    assert rules(sheet.range("A1:Z9")) == [
        (f"=AND(B2=1{mark}$A2=2)", "$B$2:$C$5", (251, 228, 225), None, None, "#,##0"),
        ("=D2=1", "$D$2:$D$5", None, (180, 35, 24), True, None),
    ]
    sheet.range("A1:B3").conditional_formats.clear()
    assert [where for _, where, *_ in rules(sheet.range("A1:C9"))] == ["$C$2:$C$3,$B$4:$C$5"]


def rules(cells: xw.Range) -> list[tuple[Any, ...]]:
    def colour(found: Any) -> Any:
        return found and tuple(found)

    return [
        (
            rule.formula,
            rule.impl.api.AppliesTo.Address,
            colour(rule.fill_color),
            colour(rule.font_color),
            rule.font_bold,
            rule.impl.api.NumberFormat,
        )
        for rule in cells.conditional_formats
    ]


def test_cells_are_inserted_and_deleted_and_references_follow(book: xw.Book) -> None:
    sheet = book.sheets["Data"]
    sheet.range("D9").value = "=SUM(A1:A2)"
    sheet.range("A2").number_format = "0.00"
    sheet.range("A2:B2").insert("down", copy_origin="format_from_right_or_below")
    assert sheet.range("D9").formula == "=SUM(A1:A3)"
    assert sheet.range("A1:A3").value == [1.5, None, "text"]
    assert [sheet.range(cell).number_format for cell in ("A2", "A3")] == ["0.00", "0.00"]
    assert sheet.range("B2").api.Locked is False
    sheet.range("A2:B2").delete("up")
    assert sheet.range("D9").formula == "=SUM(A1:A2)"
    assert sheet.range("A2").value == "text"


def test_each_access_is_one_call_and_handles_are_none(book: xw.Book) -> None:
    line = uno_engine.line(book.app)
    before = len(line.calls)
    cells = book.sheets["Data"].range("A1:D200")
    assert len(line.calls) == before
    _ = cells.options(ndim=2, err_to_str=True, chunksize=0).value, cells.formula
    cells.value = [[0.0] * 4] * 200
    assert line.calls[before:] == ["values", "formulas", "set_values"]


def test_a_call_fails_where_a_test_says_so_and_does_nothing(book: xw.Book) -> None:
    line = uno_engine.line(book.app)
    line.breaks_at = ("set_values", 1)
    with pytest.raises(InjectedError):
        book.sheets["Data"].range("A1").value = 99
    assert book.sheets["Data"].range("A1").value == 1.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_formula_of_a_workbook_comes_back(app: xw.App, tmp_path: Path, language: str) -> None:
    made = workbooks.make(workbooks.bureau(language).card, tmp_path / "unit.xlsx", language=language)
    opened = app.books.open(made.path)
    try:
        sheets = {key: opened.sheets[made.layout.title(key)] for key in SHEETS}
        assert [sheet.api.CodeName for sheet in sheets.values()] == [code_name(key) for key in SHEETS]
        shown = {key: sheet.used_range.formula for key, sheet in sheets.items()}
        sheets["trace"].api.Unprotect()
        for ref in formulas.every(made.layout):
            sheet = opened.sheets[made.layout.title(ref.sheet)]
            cell = sheet.range(ref.cell)
            formula = shown[ref.sheet][cell.row - 1][cell.column - 1]
            assert formula.startswith("="), ref
        row = sheets["trace"].range("A4:Z4")
        before = row.formula
        row.formula = before
        assert row.formula == before
    finally:
        opened.close()
