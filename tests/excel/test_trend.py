"""The sheet of trend and forecast: what stands where, and the sparklines that openpyxl could not draw."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest
import workbooks

from bsc_xl import sample
from bsc_xl.excel import template
from bsc_xl.excel.address import split
from bsc_xl.excel.columns import TREND_COLUMNS, list_columns
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.plan import unit_writes
from bsc_xl.excel.room import VALUE_WIDTHS
from bsc_xl.excel.template.trend import PART
from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.ooxml import package
from bsc_xl.scorecard import Scorecard, score

X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
SHAPE = Layout("id", 4, (2, 1, 3, 1))


@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_a_row_has_the_index_of_each_period_of_the_year_and_of_last_year(periods: int) -> None:
    columns = list_columns("trend", periods)
    assert [key for key in columns if key.startswith("index_")] == [f"index_{i}" for i in range(periods + 1)]
    assert [key for key in TREND_COLUMNS if key in columns] == list(columns)
    assert len(set(columns)) == len(columns)


def test_each_row_draws_its_own_indices_all_on_one_scale() -> None:
    sheet = ElementTree.fromstring(package.read(template.draw(SHAPE))[PART])
    (group,) = sheet.iter(f"{X14}sparklineGroup")
    assert (group.get("manualMin"), group.get("type")) == ("0", "column")
    drawn = {line.findtext(f"{XM}sqref"): line.findtext(f"{XM}f") for line in group.iter(f"{X14}sparkline")}
    assert len(drawn) == len(SHAPE.slots)
    for i, _ in enumerate(SHAPE.slots):
        first, last = (SHAPE.list_cell("trend", f"index_{period}", i).cell for period in (0, 4))
        area = ":".join(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", cell) for cell in (first, last))
        assert drawn[SHAPE.list_cell("trend", "sparkline", i).cell] == f"{SHAPE.quoted('trend')}!{area}"


@pytest.mark.parametrize("width", VALUE_WIDTHS)
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_amounts_have_the_room_of_the_figures_that_they_come_from(width: int, periods: int, tmp_path: Path) -> None:
    shape = replace(SHAPE, periods=periods, value_width=width)
    (tmp_path / "unit.xlsx").write_bytes(template.draw(shape))
    sheet = openpyxl.load_workbook(tmp_path / "unit.xlsx")[shape.title("trend")]
    widths = {
        key: sheet.column_dimensions[split(shape.list_cell("trend", key, 0).cell)[0]].width
        for key in list_columns("trend", periods)
    }
    assert all(widths[key] >= max(width, 14) for key in ("year_target", "required", "forecast"))
    months = {width for key, width in widths.items() if key.startswith("index_")}
    assert max(months) < 7 if periods == 12 else min(months) == 8


def shown(card: Scorecard, shape: Layout) -> dict[Ref, object]:
    return {write.ref: write.value for write in unit_writes(card, 0, shape)}


def bureau(period: int) -> tuple[Scorecard, Layout]:
    made = workbooks.bureau("id")
    return score(made.card.tables, period), made.layout


def test_the_sample_says_what_digitisation_needs() -> None:
    # 10, 20 and 30 of a target of 100 that counts at the end: 10 points a quarter lead to 30 again, not to 100
    card, shape = bureau(3)
    place = list(card.tables.kpis["kpi_code"]).index("K8")
    cells = shown(card, shape)
    row = {key: cells.get(shape.list_cell("trend", key, place)) for key in list_columns("trend", 4)}
    assert row["kpi_name"] == "Digitalisasi layanan kepegawaian"
    assert [row[f"index_{period}"] for period in range(5)] == ["", 10, 20, 30, ""]
    assert (row["change"], row["year_target"], row["bound"], row["required"]) == (10, 100, "≥", 100)
    assert (row["forecast"], row["forecast_index"], row["outlook"]) == (30, 30, "Masih terbuka")


def test_at_the_end_of_the_year_nothing_is_forecast() -> None:
    card, shape = bureau(4)
    cells = shown(card, shape)
    for place, index in enumerate(card.index):
        row = [cells.get(shape.list_cell("trend", key, place)) for key in ("bound", "required", "forecast", "outlook")]
        assert row == ["", "", "", "Tidak tercapai" if index < 100 else "Sudah tercapai"]


def test_what_is_not_there_is_left_empty(tmp_path: Path) -> None:
    raw = sample.generate(units=1, kpis=8, seed=1)
    raw["measurements"] = raw["measurements"].assign(actual=None)
    card = workbooks.scored(raw, tmp_path)
    shape = replace(SHAPE, kpis=(2, 2, 2, 2))
    cells = shown(card, shape)
    silent = [key for key in list_columns("trend", 4) if key not in ("kpi_code", "kpi_name", "sparkline")]
    assert {cells[shape.list_cell("trend", key, i)] for key in silent for i, _ in enumerate(shape.slots)} == {""}
    assert np.isnan(card.index).all()
