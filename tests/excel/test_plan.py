"""A plan names every cell once, gives each formula its value, and keeps blank, N/A, 0 and error apart."""

from __future__ import annotations

import html
import math
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapes
import workbooks

from bsc_xl import sample
from bsc_xl.excel import address, formulas, grid, layout, layouts, plan, results
from bsc_xl.excel.block import UnitBlock
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.layout import FOOTER, ORGANISATION, Layout, Ref
from bsc_xl.excel.plan import Write
from bsc_xl.history import COLUMNS, History
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import PERIODS_PER_YEAR, Cell, Perspective
from bsc_xl.scorecard import Scorecard
from bsc_xl.scorecard import score as score_tables
from bsc_xl.tables.excerpt import fingerprint

SCORES = {"id": 88.57, "en": 88.74}
TECHNICAL = ("policy", "template_version", "dataset", "engine_version", "checksum", "recalculated", "shape")
"""Settings that the program writes and no person: locked."""


def planned(writes: list[Write]) -> dict[Ref, Any]:
    """The results of a plan by cell."""
    return {write.ref: write.value for write in writes if write.result}


def inputs(writes: list[Write]) -> dict[Ref, Any]:
    """What a plan types in, by cell."""
    return {write.ref: write.value for write in writes if not write.result and write.ref.is_cell}


@pytest.fixture(scope="module", params=shapes.SHAPES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> workbooks.Made:
    """A workbook of each shape."""
    return shapes.make(request.param, tmp_path_factory.mktemp("shape"))


# --- every formula has its value ------------------------------------------------------------------------------------


def test_every_formula_has_exactly_one_result_and_every_result_a_formula(built: workbooks.Made) -> None:
    counted = Counter(write.ref for write in built.writes if write.result)
    assert counted.keys() == formulas.every(built.layout).keys()
    assert set(counted.values()) == {1}


def test_every_formula_in_the_file_is_one_that_was_planned(built: workbooks.Made) -> None:
    book = openpyxl.load_workbook(built.path)
    found = {
        Ref(key, cell.coordinate): cell.value
        for key in layout.SHEETS
        for row in book[built.layout.title(key)].iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert found == {ref: "=" + formula for ref, formula in formulas.every(built.layout).items()}


def test_no_cell_is_written_twice(built: workbooks.Made) -> None:
    assert [ref for ref, count in Counter(write.ref for write in built.writes).items() if count > 1] == []


def test_readers_that_do_not_calculate_see_every_result(built: workbooks.Made) -> None:
    assert workbooks.differences(built.results, built.layout, workbooks.Cells(built.path)) == []


def test_pandas_sees_every_result(built: workbooks.Made) -> None:
    frames = pd.read_excel(
        built.path, sheet_name=None, header=None, engine="calamine", keep_default_na=False, na_values=[]
    )
    wrong = []
    for ref, value in built.results.items():
        frame = frames[built.layout.title(ref.sheet)]
        row, column = workbooks.coordinate_to_tuple(ref.cell)
        shown = frame.iloc[row - 1, column - 1] if row <= len(frame) and column <= len(frame.columns) else ""
        if isinstance(shown, float) and math.isnan(shown):
            shown = ""
        if shown != value:
            wrong.append((ref, value, shown))
    assert wrong == []


def test_what_was_typed_in_arrives(built: workbooks.Made) -> None:
    typed = {ref: value for ref, value in inputs(built.writes).items() if value is not None}
    texts = {ref: value for ref, value in typed.items() if isinstance(value, str)}
    found = workbooks.Cells(built.path)
    assert workbooks.differences(typed, built.layout, found) == []
    assert {type(found.at(built.layout.title(ref.sheet), ref.cell)) for ref in texts} <= {str}


def test_no_error_value_and_no_number_without_end_is_ever_shown(built: workbooks.Made) -> None:
    values = [write.value for write in built.writes]
    assert [v for v in values if isinstance(v, float) and not math.isfinite(v)] == []
    assert [
        v for ref, v in built.results.items() if isinstance(v, str) and v.startswith("#") and not _given(built, v)
    ] == []


def _given(made: workbooks.Made, text: str) -> bool:
    """Whether a text that looks like an error is what somebody called a KPI or unit."""
    return text in {value for value in inputs(made.writes).values() if isinstance(value, str)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_score_of_the_bureau_stands_in_its_workbook_for_every_reader(language: str, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau(language).card, tmp_path / "unit.xlsx")
    ref = made.layout.rollup("score", ORGANISATION)
    frame = pd.read_excel(made.path, sheet_name=made.layout.title(ref.sheet), header=None, engine="calamine")
    row, column = workbooks.coordinate_to_tuple(ref.cell)
    assert round(workbooks.Cells(made.path).at(made.layout.title(ref.sheet), ref.cell), 2) == SCORES[language]
    assert round(float(str(frame.iloc[row - 1, column - 1])), 2) == SCORES[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_the_empty_template_has_a_value_beside_every_formula_too(language: str, periods: int, tmp_path: Path) -> None:
    path, shape, writes = workbooks.make_empty(tmp_path / "empty.xlsx", language, periods)
    assert planned(writes).keys() == formulas.every(shape).keys()
    assert workbooks.differences(planned(writes), shape, workbooks.Cells(path)) == []


# --- what is typed in -----------------------------------------------------------------------------------------------


def unlocked(path: Path, shape: Layout) -> set[Ref]:
    """Every cell that people may change."""
    book = openpyxl.load_workbook(path)
    return {
        Ref(key, cell.coordinate)
        for key in layout.SHEETS
        for row in book[shape.title(key)].iter_rows()
        for cell in row
        if not cell.protection.locked
    }


def test_inputs_go_where_people_may_change_them(built: workbooks.Made) -> None:
    locked = inputs(built.writes).keys() - unlocked(built.path, built.layout)
    points = {Ref(sheet, cell) for sheet, area in _points(built.layout) for cell in address.cells(area)}
    codes = {built.layout.list_cell("action_plan", PLAN_CODE, i) for i in range(sum(built.layout.kpis))}
    assert locked == {built.layout.settings[key] for key in TECHNICAL} | points | codes


def _points(shape: Layout) -> list[tuple[str, str]]:
    return [shape.setting_ranges[name] for name in ("stabilize_x", "stabilize_y")]


def states_card(tmp_path: Path, target: object, actual: object) -> Scorecard:
    """A scorecard of one KPI whose figures of the first period are these."""
    raw = sample.generate(units=1, kpis=4, seed=1)
    raw["measurements"] = raw["measurements"].assign(target=100.0, actual=90.0).astype(object)
    raw["measurements"].loc[0, ["target", "actual"]] = [target, actual]
    workbooks.dataset.write(raw, tmp_path / "data")
    tables, _ = workbooks.dataset.read(tmp_path / "data")
    assert tables is not None
    return score_tables(tables)


@pytest.mark.parametrize(
    ("figure", "state", "expected"),
    [(None, Cell.BLANK, None), ("n/a", Cell.NA, "N/A"), (0, Cell.NUMBER, 0.0), ("abc", Cell.ERROR, "abc")],
)
def test_blank_na_zero_and_error_stay_four_things(
    tmp_path: Path, figure: object, state: Cell, expected: object
) -> None:
    card = states_card(tmp_path, 100, figure)
    shape = layouts.for_unit(card, 0, "id")
    assert card.tables.actual_state[0, 0] == state
    value = inputs(plan.unit_writes(card, 0, shape))[shape.cell("financial", layout.FIRST_ROW, "actual", 1)]
    assert (value, type(value)) == (expected, type(expected))


def test_errors_are_counted_beside_the_kpi_and_nothing_is_computed_from_them(tmp_path: Path) -> None:
    card = states_card(tmp_path, "abc", "xyz")
    shape = layouts.for_unit(card, 0, "id")
    shown = planned(plan.unit_writes(card, 0, shape))
    assert shown[shape.cell("financial", layout.FIRST_ROW, "invalid")] == 2
    assert shown[shape.cell("financial", layout.FIRST_ROW, "index")] == ""


def test_the_words_of_a_choice_are_those_of_the_list_that_checks_it(built: workbooks.Made) -> None:
    found = workbooks.Cells(built.path)
    lists = {
        key: {
            found.at(built.layout.title("settings"), cell)
            for cell in address.cells(built.layout.setting_ranges[name][1])
        }
        for key, name in (
            ("polarity", "list_polarity"),
            ("consolidation", "list_consolidation"),
            ("ceiling", "list_yes_no"),
        )
    }
    for key, words in lists.items():
        shown = {found.at(built.layout.title(p), built.layout.cell(p, row, key).cell) for p, row in built.layout.slots}
        assert shown <= {*words, ""}


# --- footers --------------------------------------------------------------------------------------------------------

FOOTER_HOLDS = 255


def footers(made: workbooks.Made) -> dict[str, Any]:
    return {write.ref.sheet: write.value for write in made.writes if write.ref.cell == FOOTER}


def test_every_sheet_that_prints_says_whose_and_of_when_it_is(built: workbooks.Made) -> None:
    unit = built.card.tables.units["unit_name"].iloc[0]
    assert set(footers(built)) == set(layout.SHEETS) - {"trace"}
    assert {text[:40] for text in footers(built).values()} == {f"{unit} · {text}"[:40] for text in [_period(built)]}
    assert {text.endswith(_period(built)) for text in footers(built).values()} == {True}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * plan.FOOTER_NAME, "a" * plan.FOOTER_NAME),
        ("a" * (plan.FOOTER_NAME + 1), "a" * (plan.FOOTER_NAME - 1) + "…"),
        ("&" * plan.FOOTER_NAME, "&" * (plan.FOOTER_NAME // 2 - 1) + "…"),
        ("a" * (plan.FOOTER_NAME - 2) + " bcd", "a" * (plan.FOOTER_NAME - 2) + "…"),
    ],
)
def test_a_name_that_a_footer_cannot_hold_ends_in_an_ellipsis(name: str, shown: str) -> None:
    assert plan._footer_name(name) == shown


def _period(made: workbooks.Made) -> str:
    return results.subtitle(UnitBlock(made.card, np.array([0]), made.layout))


@pytest.mark.parametrize("name", ["&" * 300, "Biro & Bagian " * 40, "👍" * 300, "x" * 300, "Biro"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_footer_holds_no_more_than_excel_takes(name: str, language: str, tmp_path: Path) -> None:
    raw = sample.generate(units=1, kpis=4, periods=2, language=language)
    raw["units"] = raw["units"].assign(unit_name=name)
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    with zipfile.ZipFile(made.path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    found = re.search(r"<oddFooter>(.*?)</oddFooter>", sheet)
    assert found is not None
    assert len(html.unescape(found[1]).encode("utf-16-le")) // 2 <= FOOTER_HOLDS


# --- the time and the fingerprints ----------------------------------------------------------------------------------


def technical(made: workbooks.Made, key: str) -> Any:
    return inputs(made.writes)[made.layout.settings[key]]


def test_a_workbook_that_was_never_recalculated_says_by_what_it_was_made(built: workbooks.Made) -> None:
    assert technical(built, "recalculated") is None
    shown = built.results[Ref("dashboard", grid.place("recalculated"))]
    assert shown == built.layout.labels("placeholder.never", version=results.engine_version())


def test_the_time_of_a_recalculation_is_stored_as_excel_counts_days() -> None:
    made = workbooks.bureau("id")
    writes = plan.unit_writes(made.card, 0, made.layout, datetime(2025, 12, 31, 18, 0))  # noqa: DTZ001 - a workbook's clock has no time zone
    assert inputs(writes)[made.layout.settings["recalculated"]] == 46022.75
    assert planned(writes)[Ref("dashboard", grid.place("recalculated"))] == 46022.75


def test_the_same_tables_give_the_same_plan() -> None:
    assert workbooks.bureau("id").writes == workbooks.bureau("id").writes


def with_actual(made: workbooks.Made, value: float) -> workbooks.Made:
    """The same workbook, one actual changed."""
    actual = made.card.tables.actual.copy()
    actual[0, 0] = value
    card = score_tables(replace(made.card.tables, actual=actual))
    return replace(made, card=card, writes=plan.unit_writes(card, 0, made.layout))


def test_a_changed_figure_changes_the_fingerprint_of_the_entries_and_not_that_of_the_data_set() -> None:
    before = workbooks.bureau("id")
    after = with_actual(before, 12.5)
    assert technical(before, "checksum") != technical(after, "checksum")
    assert technical(before, "dataset") == technical(after, "dataset")


def test_the_fingerprint_of_the_data_set_tells_the_bureaus_two_variants_apart() -> None:
    other = workbooks.bureau("en")
    relabelled = replace(other.card.tables, kpis=other.card.tables.kpis.iloc[:-1])
    assert fingerprint(relabelled) != fingerprint(other.card.tables)


def test_objectives_stand_beside_the_lane_of_their_perspective(built: workbooks.Made) -> None:
    found = results.objectives(UnitBlock(built.card, np.array([0]), built.layout))
    kpis = built.card.tables.kpis
    pursued = dict.fromkeys(zip(kpis["perspective"], kpis["objective"], strict=True))
    assert set(zip(map(str, built.layout.lanes), found, strict=True)) == {pair for pair in pursued if pair[1]}


def test_spare_rows_show_nothing(built: workbooks.Made) -> None:
    spare = [
        (p, row)
        for p, count in zip(Perspective, built.layout.kpis, strict=True)
        for row in built.layout.rows(p)[count:]
    ]
    keys = ("target_to_date", "actual_to_date", "achievement", "index", "weighted_score", "status")
    assert spare
    assert {built.results[built.layout.cell(p, row, key)] for p, row in spare for key in keys} == {""}


def test_rows_of_closed_periods_are_as_high_as_the_names_of_their_kpis(tmp_path: Path) -> None:
    raw = sample.generate(1, 6, seed=2)
    names = ["Nilai", *("Persentase penyelesaian dokumen " * count for count in range(1, 6))]
    card = workbooks.scored(raw | {"kpis": raw["kpis"].assign(kpi_name=names)}, tmp_path / "data")
    done = card.kpi_frame().assign(year=2025, period=1, closed=pd.Timestamp("2025-04-01"))[list(COLUMNS)]
    card = replace(card, history=History(np.zeros(len(done), dtype=np.int64), done))
    made = workbooks.make(card, tmp_path / "unit.xlsx")
    sheet = openpyxl.load_workbook(made.path)[made.layout.title("history")]
    rows = [int(address.split(made.layout.list_cell("history", "kpi_name", i).cell)[1]) for i in range(len(done) + 1)]
    cells = [sheet[made.layout.list_cell("history", "kpi_name", i).cell] for i in range(len(done))]
    assert [cell.value for cell in cells] == done["kpi_name"].tolist()
    assert all(cell.alignment.wrap_text for cell in cells)
    for row, name in zip(rows, done["kpi_name"], strict=False):
        assert sheet.row_dimensions[row].height >= 12.5 * len(name.strip()) / 38, name
    assert sheet.row_dimensions[rows[0]].height < 20
    assert sheet.row_dimensions[rows[-1]].height is None  # nothing stands there yet
