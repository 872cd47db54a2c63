"""The dashboard: what its sentences say, how its gauge is cut, who signs, and that page and screen hold it."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import people
import pytest
import workbooks
from openpyxl import load_workbook
from openpyxl.chart import DoughnutChart
from openpyxl.utils.cell import range_boundaries

from bsc_xl import dataset, sample
from bsc_xl.excel import layout, layouts, plan, template
from bsc_xl.excel.grid import DASHBOARD, GAUGE_SLICES, SCREEN, SIGNATURE, place
from bsc_xl.excel.layout import Ref
from bsc_xl.excel.stamp import charts
from bsc_xl.excel.template.dashboard import GAUGE_SIZE, HEIGHTS, LAST_ROW, ZOOM
from bsc_xl.excel.template.dashboard_charts import INSET, RINGS
from bsc_xl.excel.template.style import LINE
from bsc_xl.history import COLUMNS, History
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import Level, Perspective
from bsc_xl.ooxml import package
from bsc_xl.ooxml.parts import Parts
from bsc_xl.scorecard import score
from bsc_xl.tables.columns import SIGNATORY

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

LAPTOP = (1366, 768)
AROUND = (20, 32 + 30 + 96 + 26 + 24 + 22 + 40)
"""What Windows and Excel take of a laptop's screen, in pixels: the scroll bar beside the sheet; above and below it the
title, the tabs of the ribbon, the open ribbon, the formula bar, the tabs of the sheets, the status bar, the task bar.
"""
PIXELS_PER_POINT = 96 / 72

Raw = dict[str, pd.DataFrame]


def bureau(language: str = "id") -> Raw:
    """The sample's tables as texts."""
    files = sample.bureau(language).glob("*.csv")
    return {file.stem: pd.read_csv(file, dtype=object, keep_default_na=False) for file in files}


def shown(raw: Raw, folder: Path) -> dict[str, Any]:
    """What stands in the places of the dashboard."""
    dataset.write(raw, folder / "data")
    tables, failures = dataset.read(folder / "data")
    assert tables is not None, failures
    made = workbooks.make(score(tables), folder / "unit.xlsx")
    return {key: made.results[ref] for key in DASHBOARD if (ref := Ref("dashboard", place(key))) in made.results}


# --- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "id",
            (
                "Kesimpulan: dari 8 IKU belum ada yang mencapai target untuk dipertahankan; K8 Digitalisasi layanan "
                "kepegawaian, dengan indeks 40,00, didahulukan untuk ditingkatkan (selisih 60,00 poin)."
            ),
        ),
        (
            "en",
            (
                "Conclusion: performance is maintained where targets are met (KPIs: 1 of 8); K8 Digitised personnel "
                "services, at an index of 40.00, is to be improved first (a gap of 60.00 points)."
            ),
        ),
    ],
)
def test_the_sample_is_maintained_where_targets_are_met_and_digitisation_is_improved_first(
    tmp_path: Path, language: str, sentence: str
) -> None:
    assert shown(bureau(language), tmp_path)["conclusion"] == sentence


def test_where_one_kpi_meets_its_target_that_one_is_maintained(tmp_path: Path) -> None:
    raw = bureau()
    figures = raw["measurements"]
    of = figures["kpi_code"] == "K1"
    figures.loc[of, "actual"] = figures.loc[of, "target"]
    said = shown(raw, tmp_path)["conclusion"]
    assert said.startswith("Kesimpulan: kinerja dipertahankan pada IKU yang mencapai target (1 dari 8); K8 ")


@pytest.mark.parametrize(("actual", "lowest"), [("100", "100,00"), ("99.999", "99,999"), ("130", "120,00")])
def test_who_meets_every_target_is_told_to_keep_it_up(tmp_path: Path, actual: str, lowest: str) -> None:
    raw = bureau()
    raw["measurements"]["actual"] = actual
    said = shown(raw, tmp_path)["conclusion"]
    if actual == "99.999":
        assert said.endswith("dengan indeks 100,00, didahulukan untuk ditingkatkan (selisih kurang dari 0,01 poin).")
    else:
        assert said.startswith("Kesimpulan: semua IKU yang dinilai mencapai target")
        assert said.endswith(f"dengan indeks {lowest}.")


def test_the_quality_of_the_data_is_counted_up_to_the_reporting_period(tmp_path: Path) -> None:
    """Of the four quarters of eight KPIs three are reported: 24 actuals."""
    raw = bureau()
    figures = raw["measurements"]
    raw["settings"].loc[raw["settings"]["key"] == "period", "value"] = "3"
    figures["evidence"] = "surat"
    of = (figures["kpi_code"] == "K1") & figures["period"].isin(["1", "2", "4"])
    figures.loc[of, "evidence"] = ""
    figures.loc[(figures["kpi_code"] == "K2") & (figures["period"] == "2"), ["actual", "evidence"]] = ["belum", ""]
    figures.loc[(figures["kpi_code"] == "K3") & (figures["period"] == "1"), ["actual", "evidence"]] = ["N/A", ""]
    figures.loc[(figures["kpi_code"] == "K4") & (figures["period"] == "4"), "target"] = "nanti"
    said = shown(raw, tmp_path)["quality"]
    assert said.startswith("Mutu data: 7 dari 8 IKU ternilai · isian salah: 1 · realisasi tanpa bukti dukung: 2")


@pytest.mark.parametrize(
    ("actual", "heading"), [("130", "TERENDAH"), ("99", "PERLU PERHATIAN"), ("", "PERLU PERHATIAN")]
)
def test_nothing_needs_attention_where_every_target_is_met(tmp_path: Path, actual: str, heading: str) -> None:
    raw = bureau()
    figures = raw["measurements"]
    figures["target"], figures["actual"] = "100", actual
    raw["kpis"]["polarity"], raw["kpis"]["worst"] = "maximize", ""
    assert shown(raw, tmp_path)["worst"] == heading


def test_what_has_no_year_yet_leaves_no_hole_for_it(tmp_path: Path) -> None:
    _, _, writes = workbooks.make_empty(tmp_path / "empty.xlsx")
    values = {write.ref: write.value for write in writes}
    said = "Balanced Scorecard · s.d. TW\N{NO-BREAK SPACE}IV"
    assert str(values[Ref("dashboard", place("subtitle"))]).startswith(said)
    assert values[Ref("dashboard", layout.FOOTER)] == said


@pytest.mark.parametrize("rated", [True, False])
def test_one_workbook_of_an_employee_has_one_rating(tmp_path: Path, rated: bool) -> None:
    raw = people.raw()
    if not rated:
        raw["behaviour"] = raw["behaviour"][0:0]
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "own.xlsx", unit=1)
    found = {key: made.results[Ref("dashboard", place(key))] for key in ("rating", "next_rating", "next_gap")}
    assert made.layout.level is Level.EMPLOYEE
    assert found == {
        "rating": made.results[made.layout.person("employee_rating", 0)],
        "next_rating": "",
        "next_gap": "",
    }
    assert (found["rating"] == load("id")("employee.not_judged")) is not rated
    caption = load_workbook(made.path)[made.layout.title("dashboard")][place("caption")]
    assert caption.value == load("id")("employee.caption_result_level")


@pytest.mark.parametrize(("key", "length"), [("unit_name", 150), ("head", 100), ("head_title", 157), ("place", 50)])
def test_a_long_identity_has_its_lines_on_the_settings(tmp_path: Path, key: str, length: int) -> None:
    path, shape, _ = workbooks.make_empty(tmp_path / "empty.xlsx")
    sheet = load_workbook(path)[shape.title("settings")]
    cell = sheet[shape.settings[key].cell]
    lines = math.ceil(length / sheet.column_dimensions["D"].width)
    assert cell.alignment.wrap_text
    assert (sheet.row_dimensions[cell.row].height or LINE) >= lines * LINE


# --- changes --------------------------------------------------------------------------------------------------------


def of_bureau(period: int, history: History | None = None) -> dict[str, Any]:
    """What the dashboard of the sample shows in that period."""
    tables, _ = dataset.read(sample.bureau("id"))
    assert tables is not None
    card = score(tables, period)
    card = card if history is None else replace(card, history=history)
    shape = layouts.for_unit(card, 0, "id")
    return {write.ref.cell: write.value for write in plan.unit_writes(card, 0, shape) if write.ref.sheet == "dashboard"}


def test_the_change_of_a_score_is_counted_from_the_period_before() -> None:
    now, before = of_bureau(4), of_bureau(3)
    for key in ("", *(f"_{perspective}" for perspective in Perspective)):
        score_, change = place(f"score{key}"), place(f"change{key}")
        assert now[change] == pytest.approx(now[score_] - before[score_])
    assert now[place("change_financial")] != 0


def test_there_is_no_change_in_the_first_period_of_which_nothing_is_known_before() -> None:
    found = of_bureau(1)
    assert {found[place(key)] for key in DASHBOARD if key.startswith("change")} == {""}


def test_the_noise_of_adding_up_is_neither_rise_nor_fall(tmp_path: Path) -> None:
    raw = bureau()
    figures = raw["measurements"]
    figures["target"] = [("1.3", "2.9", "0.9")[int(code[1:]) % 3] for code in figures["kpi_code"]]
    figures["actual"] = [("1.1", "2.3", "0.7")[int(code[1:]) % 3] for code in figures["kpi_code"]]
    raw["kpis"]["polarity"], raw["kpis"]["ceiling"] = "maximize", ""
    raw["kpis"]["consolidation"] = ["sum", "average"] * 4
    found = shown(raw, tmp_path)
    changes = [found[key] for key in DASHBOARD if key.startswith("change")]
    assert [(change, str(change)) for change in changes] == [(0.0, "0.0")] * 5


def closed(*periods: tuple[int, int]) -> History:
    """A history in which these years and periods are closed, at an index of 50 for K1 alone."""
    rows = [dict.fromkeys(COLUMNS, "") | {"year": y, "period": p, "kpi_code": "K1", "index": 50.0} for y, p in periods]
    whole = [
        row | {"target": 100.0, "actual": 50.0, "achievement": 0.5, "status": "red", "perspective": "financial"}
        for row in rows
    ]
    frame = pd.DataFrame(whole).assign(closed=pd.Timestamp("2025-12-31"))
    return History(np.zeros(len(rows), dtype=np.int64), frame)


def test_the_closed_periods_of_the_year_are_counted_once_each() -> None:
    known = closed((2024, 4), (2025, 1), (2025, 2), (2025, 2))
    said = of_bureau(3, known)
    assert said[place("quality")].endswith("periode ditutup: 2 dari 4")
    assert said[place("change_financial")] == pytest.approx(said[place("score_financial")] - 50)


# --- signature ------------------------------------------------------------------------------------------------------


def test_a_signature_names_place_office_head_rank_and_number(tmp_path: Path) -> None:
    raw = bureau()
    values = ("Ani Wijaya, S.E.", "Kepala Biro", "Pembina (IV/a)", "19700101 199503 2 001", "Palembang")
    raw["units"].loc[0, list(SIGNATORY)] = values
    found, dots = shown(raw, tmp_path), load("id")("signature.dots")
    lines = ("signed_at", "head_title", "head_signature", "head_rank", "head_number")
    assert [found[key] for key in lines] == [
        f"Palembang, {dots}", "Kepala Biro,", "Ani Wijaya, S.E.", "Pembina (IV/a)", "NIP 19700101 199503 2 001",
    ]  # fmt: skip


def test_what_is_not_known_of_who_signs_is_a_dotted_line(tmp_path: Path) -> None:
    raw = bureau()
    raw["units"].loc[0, list(SIGNATORY)] = ""
    found, dots = shown(raw, tmp_path), load("id")("signature.dots")
    lines = ("signed_at", "head_title", "head_signature", "head_rank", "head_number")
    assert [found[key] for key in lines] == [f"{dots}, {dots}", "Kepala unit kerja,", dots, dots, f"NIP {dots}"]


# --- gauge ----------------------------------------------------------------------------------------------------------


def gauge(made: workbooks.Made) -> dict[str, list[float]]:
    """The slices of the gauge's two rings."""
    keys = ("gauge_band", "gauge_value")
    return {key: [made.results[made.layout.trace(key, i)] for i in range(GAUGE_SLICES)] for key in keys}


@pytest.mark.parametrize(
    ("settings", "bands", "value"),
    [
        ({}, [80, 20, 20, 120], 88.57),
        ({"yellow_from": 60, "green_from": 90, "cap": 110}, [60, 30, 20, 110], 88.57),
        ({"floor": 20}, [60, 20, 20, 100], 68.57),
        ({"cap": 95}, [80, 15, 0, 95], None),
        ({"floor": 85}, [0, 15, 20, 35], None),
    ],
)
def test_the_gauge_is_cut_at_the_bounds_of_the_settings(
    tmp_path: Path, settings: dict[str, float], bands: list[float], value: float | None
) -> None:
    raw = bureau()
    added = pd.DataFrame({"key": list(settings), "value": list(settings.values())}, dtype=object)
    raw["settings"] = pd.concat([raw["settings"], added], ignore_index=True)
    found = gauge(workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx"))
    assert found["gauge_band"] == pytest.approx(bands)
    assert sum(found["gauge_value"][:2]) == pytest.approx(bands[-1])
    assert found["gauge_value"][-1] == pytest.approx(bands[-1])
    if value is not None:
        assert found["gauge_value"][0] == pytest.approx(value, abs=0.005)


def test_without_a_score_the_gauge_is_empty(tmp_path: Path) -> None:
    _, _, writes = workbooks.make_empty(tmp_path / "empty.xlsx")
    shape = layout.empty("id", 4)
    values = {write.ref: write.value for write in writes if write.result}
    assert [values[shape.trace("gauge_value", i)] for i in range(GAUGE_SLICES)] == [0, 120, 0, 120]


def test_the_lower_half_of_the_gauge_is_not_drawn_and_its_hole_is_as_wide_as_in_libreoffice() -> None:
    """LibreOffice does not know the width of a hole: its hole is as wide as a ring."""
    opened = package.open_package(template.draw(layout.empty("id", 4)))
    roots = [ElementTree.fromstring(opened.part(name)) for name in charts.chart_parts(Parts(opened))]
    (ring,) = [found for root in roots for found in root.iter(f"{CHART}doughnutChart")]
    series = ring.findall(f"{CHART}ser")
    assert ring.find(f"{CHART}firstSliceAng").attrib["val"] == "270"  # type: ignore[union-attr]
    hole = int(ring.find(f"{CHART}holeSize").attrib["val"])  # type: ignore[union-attr]
    assert hole == round(100 / (len(series) + 1))
    unseen = [[p.find(f".//{CHART}spPr/{DRAWING}noFill") is not None for p in s.findall(f"{CHART}dPt")] for s in series]
    assert all(len(points) == GAUGE_SLICES and points[-1] for points in unseen)
    assert [all(points) for points in unseen] == [True] * (len(series) - 2) + [False, False]


def test_the_number_of_the_gauge_stands_in_the_middle_below_its_arc() -> None:
    """The arc is as wide as the place of the number, and the number narrower than the hole."""
    drawn = load_workbook(io.BytesIO(template.draw(layout.empty("id", 4))))[load("id")("sheet.dashboard")]
    (anchor,) = (chart.anchor for chart in drawn._charts if isinstance(chart, DoughnutChart))
    left, _, right, _ = range_boundaries(DASHBOARD["score"])
    assert (anchor._from.col, anchor.to.col) == (left - 1, right)
    assert anchor._from.colOff == anchor.to.colOff == 0
    rows = range(anchor._from.row + 1, anchor.to.row + 1)
    height = sum(HEIGHTS[row] for row in rows) * PIXELS_PER_POINT - INSET
    # the narrowest and the widest columns that programs make of the same width
    narrow, wide = (round((right - left + 1) * pixels) for pixels in (29, 31.3))
    assert narrow <= height <= wide
    hole = narrow * (RINGS - 1) / (RINGS + 1)
    digits, point = 0.507, 0.267  # of the height of bold type
    assert (5 * digits + point) * GAUGE_SIZE * PIXELS_PER_POINT < hole - 12


# --- page and screen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_but_the_signature_is_on_the_screen_of_a_laptop(tmp_path: Path, language: str) -> None:
    path, *_ = workbooks.make_empty(tmp_path / "empty.xlsx", language)
    sheet = load_workbook(path)[load(language)("sheet.dashboard")]
    assert sheet.sheet_view.zoomScale == ZOOM
    assert not sheet.sheet_view.showRowColHeaders
    width = sum(
        round(column.width * 7 + 5) * (column.max - column.min + 1) for column in sheet.column_dimensions.values()
    )
    height = sum(sheet.row_dimensions[row].height for row in range(1, SCREEN + 1)) * PIXELS_PER_POINT
    room = [(whole - around) * 100 / ZOOM for whole, around in zip(LAPTOP, AROUND, strict=True)]
    assert width <= room[0]
    assert height <= room[1]
    assert SCREEN < SIGNATURE


def test_the_page_is_printed_at_four_fifths_of_its_size_or_more() -> None:
    """A4 landscape without its margins is 770 points wide and 512 high; 10 points stay 8."""
    assert set(HEIGHTS) == set(range(1, LAST_ROW + 1))
    assert 512 / sum(HEIGHTS.values()) >= 0.8
