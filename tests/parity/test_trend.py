"""What was closed before is what the history says, in the formulas and in Python alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import workbooks

from bsc_xl import sample
from bsc_xl.excel.block import UnitBlock
from bsc_xl.history import COLUMNS, History
from bsc_xl.scorecard import Scorecard

Convert = Callable[..., Path]
WHEN = datetime(2025, 12, 31, 16)  # noqa: DTZ001 - a workbook's clock has no time zone


@pytest.fixture(params=["libreoffice", "gnumeric"])
def engine(request: pytest.FixtureRequest) -> Convert:
    """A spreadsheet program that calculates."""
    convert: Convert = request.getfixturevalue(request.param)
    return convert


def with_history(card: Scorecard, *closed: tuple[int, int], without: int) -> Scorecard:
    """The scorecard of one unit with these periods (year, period) closed. Each KPI had another index then than its
    figures say, the first one none; the KPI at the place `without` was no KPI yet."""
    frame = card.kpi_frame()
    rows = []
    for number, (year, period) in enumerate(closed):
        index = np.arange(len(frame)) * 1.25 + 40 + number
        index[0] = np.nan
        done = frame.assign(year=year, period=period, index=index, closed=pd.Timestamp(WHEN))
        rows.append(done.drop(index=without)[list(COLUMNS)])
    history = pd.concat(rows, ignore_index=True)
    return replace(card, history=History(np.zeros(len(history), dtype=np.int64), history))


def card_of(folder: Path, period: int, periods: int = 4, missing: str = "zero") -> Scorecard:
    raw = sample.generate(units=1, kpis=24, seed=7 * period, periods=periods, period=period)
    settings = raw["settings"]
    more = pd.DataFrame({"key": ["missing"], "value": [missing]}, dtype=object)
    raw["settings"] = pd.concat([settings[settings["key"] != "missing"], more], ignore_index=True)
    return workbooks.scored(raw, folder)


@pytest.mark.parametrize(
    ("periods", "period", "closed"),
    [
        (4, 3, ((-1, 4), (0, 1), (0, 2))),
        (4, 3, ((0, 1), (0, 2), (0, 3), (0, 4))),  # what is reported is not yet history, whatever it says
        (4, 1, ((-2, 4), (-1, 3), (-1, 4))),
        (4, 2, ((-1, 4),)),
        (2, 2, ((-1, 2), (0, 1))),
        (1, 1, ((-2, 1), (-1, 1))),
    ],
)
def test_closed_periods_are_what_the_history_says(
    engine: Convert, tmp_path: Path, periods: int, period: int, closed: tuple[tuple[int, int], ...]
) -> None:
    card = card_of(tmp_path / "data", period, periods)
    year = card.tables.settings.year
    known = with_history(card, *((year + back, p) for back, p in closed), without=3)
    made = workbooks.make(known, tmp_path / "unit.xlsx")
    bare = workbooks.without_results(made.path, tmp_path / "bare.xlsx")
    found = workbooks.Cells(engine(bare, "xlsx", tmp_path / "calculated"))
    assert workbooks.differences(made.results, made.layout, found) == []

    trend = UnitBlock(known, np.array([0]), made.layout).trend
    before = (-1, closed[-1][1]) if period == 1 else (0, period - 1)
    if before in closed:
        index = np.arange(len(trend.before)) * 1.25 + 40 + closed.index(before)
        assert np.isnan(trend.before[0])
        assert trend.before[1:3].tolist() == index[1:3].tolist()
        assert trend.before[4:].tolist() == index[4:].tolist()
        if period == 1:
            assert np.isnan(trend.before[3])  # no KPI yet


def test_who_does_every_period_alike_neither_rises_nor_falls(engine: Convert, tmp_path: Path) -> None:
    """Ratios such as 3.3 to 3.9 and 2.2 to 2.6 differ in their last bits, and only there."""
    raw = sample.generate(units=1, kpis=6, seed=1, periods=4, period=3)
    figures = raw["measurements"]
    figures["target"], figures["actual"] = "1.3", "1.1"
    raw["kpis"]["polarity"], raw["kpis"]["consolidation"] = "maximize", ["sum", "average", "sum"] * 2
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    bare = workbooks.without_results(made.path, tmp_path / "bare.xlsx")
    found = workbooks.Cells(engine(bare, "xlsx", tmp_path / "calculated"))
    assert workbooks.differences(made.results, made.layout, found) == []
    changes = [made.layout.list_cell(sheet, "change", i) for sheet in ("trend", "action_plan") for i in range(6)]
    changes += [made.layout.rollup("rollup_change", i) for i in range(5)]
    shown = {found.at(made.layout.title(ref.sheet), ref.cell) for ref in changes}
    assert 0 in shown
    assert shown <= {0, ""}
