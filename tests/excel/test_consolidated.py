"""The consolidated workbook keeps its promises: what it shows, what it links to, how it is filtered and printed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import collected
import numpy as np
import openpyxl
import pandas as pd
import pytest
import sheets
import workbooks
from collected import Case
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from bsc_xl import labels
from bsc_xl.collection.model import Collection, Receipt, Severity
from bsc_xl.excel import consolidated, wrapping
from bsc_xl.excel.consolidated import canvas, comparison, distribution, findings, ranking, scores
from bsc_xl.excel.consolidated.tree import Tree
from bsc_xl.excel.consolidated.view import View
from bsc_xl.excel.layout import empty
from bsc_xl.model import NA_TEXT, Status
from bsc_xl.ooxml import package
from bsc_xl.ooxml.parts import Parts, relations_part
from bsc_xl.scoring import rating

LISTS = ("scores", "ranking", "comparison", "trend", "findings", "submissions")
SHARED_FUNCTIONS = {
    "ABS", "AND", "AVERAGE", "AVERAGEIFS", "CHOOSE", "COUNT", "COUNTIF", "COUNTIFS", "IF", "IFERROR", "ISNUMBER",
    "ISTEXT", "MAX", "MEDIAN", "MIN", "N", "ROUND", "ROWS", "SUM", "SUMIF", "SUMIFS",
}  # fmt: skip
"""What Excel 2016, LibreOffice 7 and Gnumeric all know and calculate alike; none of them is volatile."""
LONGEST_FORMULA, LONGEST_CONSTANT = 8192, 255
A4 = "9"
NAMING = ("scores", "ranking", "comparison", "trend", "submissions")
"""The sheets on which the name of a unit leads to its file."""
USUAL = Case(30, earlier=1, more=(("hard_text", True),))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return collected.collect(USUAL, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def drawn(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drawn") / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(collection))
    return path


@pytest.fixture(scope="module")
def book(drawn: Path) -> Any:
    return openpyxl.load_workbook(drawn)


@pytest.fixture(scope="module")
def view(collection: Collection) -> View:
    return view_of(collection)


def view_of(collection: Collection) -> View:
    settings = collection.card.tables.settings
    return View(collection, empty(settings.language, settings.periods))


def title(key: str, language: str = "id") -> str:
    return labels.load(language)(f"consolidated.sheet.{key}")


def rows_of(path: Path, key: str, language: str = "id") -> list[dict[str, Any]]:
    """A list as a reader sees it that does not calculate: heading -> value."""
    found = pd.read_excel(path, sheet_name=title(key, language), header=None, dtype=object, engine="calamine",
                          na_filter=False)  # fmt: skip
    table = found.to_numpy().tolist()
    code = labels.load(language)("consolidated.heading.unit_code")
    header = next(row for row in table if code in row)
    return [dict(zip(header, row, strict=True)) for row in table[table.index(header) + 1 :]]


# --- what every program says of it ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    [
        Case(1, whole=True),
        Case(30, earlier=2, more=(("hard_text", True), ("language", "en"))),
        Case(12, 6, more=(("own_kpis", True), ("period", 1))),
    ],
    ids=["one unit", "hard text", "nothing shared, one period"],
)
def test_the_validator_finds_nothing(
    case: Case, ooxml_findings: Callable[[Path], list[dict[str, Any]]], tmp_path: Path
) -> None:
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(collected.collect(case, tmp_path / "data")))
    assert ooxml_findings(path) == []


def test_the_same_collection_is_the_same_file(collection: Collection, drawn: Path) -> None:
    assert consolidated.draw(collection) == drawn.read_bytes()


def test_every_formula_has_its_value_beside_it(drawn: Path) -> None:
    opened = package.open_package(drawn.read_bytes())
    found = [each for sheet in Parts(opened).sheets for each in sheets.found_cells(opened.part(sheet.part)).values()]
    formulas = [each for each in found if "f" in each.texts]
    assert len(formulas) > 200
    assert [each for each in formulas if "v" not in each.texts] == []


def test_formulas_use_what_every_program_shares_and_stay_short(drawn: Path) -> None:
    opened = package.open_package(drawn.read_bytes())
    used, long = set(), []
    for sheet in Parts(opened).sheets:
        for cell, each in sheets.found_cells(opened.part(sheet.part)).items():
            if "f" not in each.texts:
                continue
            for token in Tokenizer("=" + each.texts["f"]).items:
                if (token.type, token.subtype) == (Token.FUNC, Token.OPEN):
                    used.add(token.value.rstrip("("))
                if token.type == Token.OPERAND and len(token.value) >= LONGEST_CONSTANT:
                    long.append((sheet.title, cell))
            if len(each.texts["f"]) >= LONGEST_FORMULA:
                long.append((sheet.title, cell))
    assert used == SHARED_FUNCTIONS
    assert long == []


def test_charts_keep_the_points_that_they_show_and_are_described(drawn: Path) -> None:
    with zipfile.ZipFile(drawn) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "/charts/chart" in name]
        drawings = "".join(archive.read(name).decode() for name in archive.namelist() if "/drawings/drawing" in name)
    text = labels.load("id")
    assert len(charts) == 4
    for chart in charts:
        counts = [int(count) for count in re.findall(r'ptCount val="(\d+)"', chart)]
        caches = re.findall(r"<(?:c:)?(?:num|str)Cache>.*?</(?:c:)?(?:num|str)Cache>", chart, re.DOTALL)
        assert len(counts) == len(caches) > 3
    trends = [chart for chart in charts if "lineChart" in chart]
    assert [len(re.findall(r"<(?:c:)?pt ", chart)) for chart in trends] == [4 * 8, 4 * 8]
    for key in ("spread_alt", "trend_alt"):
        assert drawings.count(text(f"consolidated.{key}")) == 2


# --- figures --------------------------------------------------------------------------------------------------------


def test_the_roll_up_shows_own_score_and_childrens_mean(collection: Collection, view: View, drawn: Path) -> None:
    text = labels.load("id")
    found = rows_of(drawn, "scores")
    card = collection.card
    for row, unit in zip(found, view.tree.order.tolist(), strict=True):
        assert row[text("consolidated.heading.unit_code")] == view.codes[unit]
        for key, value in (("score", card.score[unit]), ("children_mean", card.children_mean[unit])):
            none = "" if key == "children_mean" and view.tree.family[unit] == 1 else "○"
            assert row[text(f"consolidated.heading.{key}")] == (none if np.isnan(value) else pytest.approx(value))


def test_the_ranking_goes_from_best_to_worst_and_ends_with_employees(view: View, drawn: Path) -> None:
    text = labels.load("id")
    found = rows_of(drawn, "ranking")
    score, rank, level = (text(f"consolidated.heading.{key}") for key in ("score", "rank", "level"))
    assert [row[level] for row in found] == ["Unit kerja"] * 24 + ["Pegawai"] * 6
    for own in (found[:24], found[24:]):
        known = [row for row in own if row[score] != "○"]
        assert own[: len(known)] == known
        assert [row[score] for row in known] == sorted((row[score] for row in known), reverse=True)
        expected = pd.Series([row[score] for row in known]).rank(method="min", ascending=False)
        assert [row[rank] for row in known] == expected.tolist()
        assert {row[rank] for row in own[len(known) :]} <= {""}


def test_headlines_count_units_and_leave_employees_out(collection: Collection, view: View, drawn: Path) -> None:
    own = collection.card.score[~view.employee]
    cells = workbooks.Cells(drawn)
    summary = title("summary")
    assert cells.at(summary, "B6") == pytest.approx(np.nanmean(own))
    assert cells.at(summary, "B7") == (~np.isnan(own)).sum()
    received = [cells.at(summary, cell) for cell in ("N6", "T6", "Z6", "AF6")]
    assert received == [collection.count(receipt) for receipt in Receipt]
    failures = [each for each in collection.irregularities if each.severity is Severity.FAILURE]
    assert cells.at(summary, "Z2") == len(failures)


def test_every_counted_score_falls_into_one_class_and_has_one_rating(
    collection: Collection, view: View, drawn: Path
) -> None:
    at, cells, sheet = distribution.places(view), workbooks.Cells(drawn), title("distribution")
    known = int((~np.isnan(collection.card.score[view.counted])).sum())
    first = distribution.FIRST_ROW
    assert sum(cells.at(sheet, f"F{first + i}") for i in range(len(at.classes))) == known
    assert sum(cells.at(sheet, f"D{at.first_rating + i}") for i in range(at.ratings + 1)) == view.counted.sum()


def test_the_comparison_tells_no_data_from_not_applicable(tmp_path: Path) -> None:
    def change(raw: collected.Raw) -> collected.Raw:
        of_second = raw["measurements"]["unit_code"] == "U00002"
        raw["measurements"].loc[of_second & (raw["measurements"]["kpi_code"] == "K01"), ["target", "actual"]] = NA_TEXT
        raw["measurements"].loc[of_second & (raw["measurements"]["kpi_code"] == "K02"), "actual"] = None
        return raw

    made = collected.collect(Case(3, whole=True, change=change), tmp_path / "data")
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(made))
    second = rows_of(path, "comparison")[1]
    assert [second["K01 Indikator 1"], second["K02 Indikator 2"]] == [NA_TEXT, "○"]
    assert 0 <= second["K03 Indikator 3"] <= 120


def test_kpis_of_one_unit_alone_are_not_compared(tmp_path: Path) -> None:
    made = collected.collect(Case(5, 4, more=(("own_kpis", True),)), tmp_path / "data")
    assert len(comparison.shared(view_of(made))) == 0
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(made))
    assert workbooks.Cells(path).at(title("comparison"), "B5") == labels.load("id")("consolidated.comparison_none")


def test_what_nobody_sees_of_a_difference_is_none(tmp_path: Path) -> None:
    """A change and a distance from the mean below: noise is 0, what two decimals show is there."""
    noise, made = 3e-14, collected.collect(Case(4, whole=True), tmp_path / "data")
    card = made.card
    units = card.tables.units.assign(parent=[-1, 0, 0, 0], weight=1.0, level="unit")
    score, below = np.array([88.0, 88.0, 88.0 + noise, 89.25]), np.array([88.0 + noise, np.nan, np.nan, np.nan])
    told = replace(card, tables=replace(card.tables, units=units), score=score, children_mean=below)
    before = score - np.array([noise, -noise, -0.004, 0.006])
    scores = {2024: before, 2025: score}
    trend = pd.concat(
        pd.DataFrame({"unit_code": units["unit_code"], "year": year, "period": 4, "periods": 4, "score": found})
        for year, found in scores.items()
    )
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(replace(made, card=told, trend=trend)))
    word = labels.load("id")
    change, difference = (word(f"consolidated.heading.{key}") for key in ("change", "difference"))
    assert [row[change] for row in rows_of(path, "trend")] == pytest.approx([0, 0, 0, 0.006], abs=1e-12)
    assert [row[change] for row in rows_of(path, "trend")][:3] == [0, 0, 0]
    found = {row[word("consolidated.heading.unit_code")]: row for row in rows_of(path, "ranking")}
    heading = next(key for key in found[units["unit_code"][0]] if key.startswith(change))
    assert [found[code][heading] for code in units["unit_code"]][:3] == [0, 0, 0]
    assert rows_of(path, "scores")[0][difference] == 0


def test_one_period_is_no_trend_and_says_so(tmp_path: Path) -> None:
    made = collected.collect(Case(5, more=(("period", 1),)), tmp_path / "data")
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(made))
    with zipfile.ZipFile(path) as archive:
        assert not any(b"lineChart" in archive.read(name) for name in archive.namelist() if "/charts/" in name)
    shown = {value for row in workbooks.Cells(path)._sheets[title("summary")] for value in row}
    assert labels.load("id")("consolidated.trend_one") in shown


def test_only_the_latest_periods_are_shown(tmp_path: Path) -> None:
    made = collected.collect(Case(2, whole=True, earlier=1, more=(("periods", 12), ("period", 3))), tmp_path / "data")
    latest = view_of(made).periods
    assert (len(latest), latest[0], latest[-1]) == (12, (2024, 4, 12), (2025, 3, 12))


def test_units_that_are_gone_leave_no_trace_in_the_trend(collection: Collection) -> None:
    gone = collection.trend.head(1).assign(unit_code="GONE", score=55.0)
    more = replace(collection, trend=pd.concat([collection.trend, gone], ignore_index=True))
    np.testing.assert_array_equal(view_of(more).history, view_of(collection).history)


# --- text and links -------------------------------------------------------------------------------------------------


def test_texts_of_people_stay_what_they_are(collection: Collection, view: View, drawn: Path) -> None:
    heading = labels.load("id")("consolidated.heading.unit_name")
    expected = sorted(name.replace("\r\n", "\n") for name in view.names)
    for key in NAMING:
        found = sorted(str(row[heading]).replace("\r\n", "\n") for row in rows_of(drawn, key))
        assert found == expected, key
    opened = package.open_package(drawn.read_bytes())
    for sheet in Parts(opened).sheets:
        for each in sheets.found_cells(opened.part(sheet.part)).values():
            assert "cmd|" not in each.texts.get("f", "")


@pytest.mark.parametrize("key", NAMING)
def test_code_and_name_of_a_unit_lead_to_its_file(view: View, book: Any, key: str) -> None:
    """A name that needs several lines has no link of its own."""
    text = labels.load("id")
    sheet = book[title(key)]
    columns = {cell.value: cell.column - 1 for row in sheet.iter_rows(max_row=12) for cell in row if cell.value}
    of_code, of_name = (columns[text(f"consolidated.heading.{each}")] for each in ("unit_code", "unit_name"))
    targets = dict(zip(view.codes, view.links, strict=True))
    rows = {row[of_code].value: row for row in sheet.iter_rows(min_row=5) if row[of_code].value in targets}
    assert rows.keys() == targets.keys()
    for code, row in rows.items():
        one_line = len(row[of_name].value) <= 40 and "\n" not in row[of_name].value
        found = [cell.hyperlink.target if cell.hyperlink else "" for cell in (row[of_code], row[of_name])]
        assert found == [targets[code], targets[code] if one_line else found[1]]
        assert found[1] in ("", targets[code])
    assert "" in targets.values()
    assert any("%20" in target for target in targets.values())


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("short", 20, 1), ("a b c", 2, 3), ("x" * 100, 20, 5), ("one\ntwo", 20, 2), ("", 20, 1), ("word " * 9, 20, 3),
     ("wide wide wide wide wide", 8, 3)],
)  # fmt: skip
def test_rows_are_as_high_as_their_words_are_broken(text: str, width: float, expected: int) -> None:
    assert wrapping.lines_needed(text, width) == expected


def test_the_names_on_the_summary_lead_to_their_files(view: View, book: Any) -> None:
    sheet = book[title("summary")]
    found = [cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert len(found) > 10
    assert set(found) <= set(view.links)
    assert sheet["B25"].hyperlink.target == view.links[view.tree.order[0]]


def test_a_finding_leads_to_its_cell(collection: Collection, book: Any) -> None:
    sheet = book[title("findings")]
    links = {
        cell.hyperlink.location: cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink
    }
    placed = [each for each in collection.irregularities if each.cell]
    assert len(placed) > 10
    assert links["'Unit''s & Co'!L9"] in collection.links.values()
    assert {unquote(target) for target in links.values()} <= {unquote(link) for link in collection.links.values()}


def test_findings_beyond_what_a_sheet_lists_are_counted(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(findings, "MOST", 4)
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(collection))
    assert [row["No."] for row in rows_of(path, "findings")] == [1, 2, 3, 4]
    more = labels.load("id")("consolidated.findings_more", count=len(collection.irregularities) - 4)
    assert workbooks.Cells(path).at(title("findings"), "B2").endswith(more)
    assert workbooks.Cells(path).at(title("summary"), "Z2") == 4


def test_a_sheet_has_no_more_links_than_excel_opens(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "MOST_LINKS", 7)
    opened = package.open_package(consolidated.draw(collection))
    for sheet in Parts(opened).sheets:
        part = opened.part(sheet.part)
        assert part.count(b"<hyperlink ") in (0, 7)
        name = relations_part(sheet.part)
        if name in opened:
            ids = {each.get("Id") for each in ElementTree.fromstring(opened.part(name))}
            assert {each.decode() for each in re.findall(rb'<hyperlink [^>]*r:id="([^"]*)"', part)} <= ids


# --- on the screen and on paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", LISTS)
def test_lists_are_filtered_and_keep_their_heading_in_sight(book: Any, key: str) -> None:
    sheet = book[title(key)]
    header = int(re.findall(r"\d+", sheet.auto_filter.ref)[0])
    assert re.fullmatch(rf"[C-E]{header + 1}", sheet.freeze_panes)
    assert sheet.print_title_rows.endswith(f"${header}")
    assert int(re.findall(r"\d+", sheet.auto_filter.ref)[1]) == sheet.max_row


def test_every_sheet_prints_on_a4_landscape_with_page_numbers(book: Any) -> None:
    for sheet in book.worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, str(setup.paperSize), setup.fitToWidth) == ("landscape", A4, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.right.text


def test_many_kpis_are_spread_over_several_pages(tmp_path: Path) -> None:
    made = collected.collect(Case(3, 40, whole=True), tmp_path / "data")
    sheet = openpyxl.load_workbook(BytesIO(consolidated.draw(made)))[title("comparison")]
    assert sheet.page_setup.fitToWidth == 3
    assert sheet.print_title_cols == "$A:$C"


def test_sorting_is_kept_from_the_sheet_whose_formulas_look_at_neighbours(book: Any) -> None:
    locked = [sheet.title for sheet in book.worksheets if sheet.protection.sheet]
    assert locked == [title("scores")]
    assert not book[title("scores")].protection.autoFilter


@given(score=st.floats(-40, 130) | st.sampled_from([80.0, 100.0, 79.99999999999, 99.999999999996, 80.000000000001]))
def test_the_symbol_before_a_score_is_that_of_its_status(view: View, score: float) -> None:
    sections = re.findall(r'\[>=([0-9.]+)\]"(.)', view.score_format())
    shown = next((symbol for bound, symbol in sections if score >= float(bound)), "▼")
    status = list(Status)[int(rating.status(np.array([score]), view.collection.card.policy)[0])]
    assert shown == labels.load("id")(f"symbol.{status}")


def test_labels_that_go_into_number_formats_and_formulas_hold_no_quotes() -> None:
    for language in labels.LANGUAGES:
        text = labels.load(language)
        keys = ("failures", "failures_none", "mean_of", "of_units", "unit", "employee", "units_counted")
        keys += tuple(f"severity.{each}" for each in Severity) + tuple(f"receipt.{each}" for each in Receipt)
        assert [key for key in keys if '"' in text(f"consolidated.{key}")] == []


def test_counts_are_said_as_the_language_says_them(tmp_path: Path) -> None:
    """No "1 units", and thousands with their mark."""
    one = collected.collect(Case(1, more=(("language", "en"),)), tmp_path / "one")
    book = openpyxl.load_workbook(BytesIO(consolidated.draw(one)))
    formats = {cell.number_format for row in book["Summary"].iter_rows() for cell in row}
    assert '"Units with a score: "#,##0' in formats
    said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [text for text in [*said, *formats] if re.search(r"\b1 (units|employees|findings)\b", text)] == []
    assert View(one, empty("id", 4)).word("of_units", count=1234) == "dari 1.234"
    assert View(one, empty("en", 4)).word("of_units", count=1234) == "of 1,234"


# --- size -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-1, 30), max_size=40))
def test_descendants_follow_their_unit_in_the_order_of_reading(drawn_parents: list[int]) -> None:
    parent = np.array([min(above, unit - 1) for unit, above in enumerate(drawn_parents)], dtype=np.int64)
    tree = Tree.of(parent)
    assert sorted(tree.order.tolist()) == list(range(len(parent)))
    for unit in range(len(parent)):
        below = {unit}
        for other in range(unit + 1, len(parent)):
            if parent[other] in below:
                below.add(other)
        at = tree.order.tolist().index(unit)
        assert set(tree.order[at : at + tree.family[unit]].tolist()) == below
        assert tree.tier[unit] == (1 if parent[unit] < 0 else tree.tier[parent[unit]] + 1)


def test_a_mean_looks_at_the_descendants_of_its_unit_alone(view: View) -> None:
    area = scores.area_of(view)
    for row, (formula, unit) in enumerate(zip(scores.means(area, view), view.tree.order.tolist(), strict=True)):
        spans = {(int(a), int(b)) for a, b in re.findall(r"[A-Z]+(\d+):[A-Z]+(\d+)", formula)}
        last = area.first + row + int(view.tree.family[unit]) - 1
        assert spans == ({(area.first + row + 1, last)} if view.tree.family[unit] > 1 else set())


def test_looks_do_not_grow_with_the_units(tmp_path: Path) -> None:
    counts = []
    for units in (20, 200):
        parts = package.read(consolidated.draw(collected.collect(Case(units), tmp_path / str(units))))
        counts.append(len(re.findall(rb"<xf ", parts["xl/styles.xml"])))
    assert counts[0] == pytest.approx(counts[1], abs=6)
    assert counts[1] < 200


@pytest.mark.slow
def test_ten_thousand_units_are_all_there(tmp_path: Path) -> None:
    made = collected.collect(Case(10_000, 8), tmp_path / "data")
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(made))
    assert path.stat().st_size < 10_000_000
    for key in NAMING:
        assert len(rows_of(path, key)) == 10_000, key
    assert ranking.ranks(view_of(made)).count(1) >= 2
