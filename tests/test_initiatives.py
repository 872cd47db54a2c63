"""Which entries of the action plan hold in a period: the latest of each unit and KPI, and none that was emptied."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from bsc_xl import sample
from bsc_xl.dataset import read, write
from bsc_xl.scorecard import Scorecard, excerpt, score
from bsc_xl.tables.columns import PLAN_ENTRIES


def card_of(folder: Path, rows: list[dict[str, object]], period: int = 2) -> Scorecard:
    raw = sample.generate(units=3, kpis=8, seed=2, period=period)
    write(raw | {"action_plan": pd.DataFrame(rows, dtype=object)}, folder)
    tables, failures = read(folder)
    assert tables is not None, failures
    return score(tables)


def entry(card: Scorecard, unit: int, kpi: int) -> list[object]:
    row = card.tables.rows_of(unit).start + kpi
    found: list[object] = card.initiatives.of(np.array([row]))[0].tolist()
    return found


def row(card: Scorecard, unit: int, kpi: int, year: int, period: int, **entries: object) -> dict[str, object]:
    tables = card.tables
    at = tables.rows_of(unit).start + kpi
    keys = {"unit_code": tables.units["unit_code"][unit], "kpi_code": tables.kpis["kpi_code"][tables.kpi[at]]}
    return keys | {"year": year, "period": period} | entries


def test_the_latest_entry_up_to_the_reporting_period_holds(tmp_path: Path) -> None:
    bare = card_of(tmp_path / "bare", [])
    year = bare.tables.settings.year
    card = card_of(
        tmp_path / "data",
        [
            row(bare, 0, 0, year, 1, action="lama", due="2026-05-01"),
            row(bare, 0, 0, year, 2, action="baru", due="segera"),
            row(bare, 0, 0, year, 3, action="nanti"),
            row(bare, 1, 2, year - 1, 4, cause="tahun lalu", due="31/01/2026"),
            row(bare, 2, 1, year, 1, owner="Kasubag"),
            row(bare, 2, 1, year, 2),
        ],
    )
    assert entry(card, 0, 0) == [None, "baru", None, "segera", None]
    assert entry(card, 1, 2) == ["tahun lalu", None, None, date(2026, 1, 31), None]
    assert entry(card, 2, 1) == [None] * len(PLAN_ENTRIES)
    assert len(card.initiatives.row) == 2


def test_an_excerpt_has_the_entries_of_its_units(tmp_path: Path) -> None:
    bare = card_of(tmp_path / "bare", [])
    year = bare.tables.settings.year
    planned = [row(bare, unit, kpi, year, 1, action=f"{unit}{kpi}") for unit in (0, 1, 2) for kpi in (1, 5)]
    taken = excerpt(card_of(tmp_path / "data", planned), [2, 0])
    assert [entry(taken, 0, 1)[1], entry(taken, 1, 5)[1], entry(taken, 1, 0)[1]] == ["21", "05", None]
    assert len(taken.initiatives.row) == 4
