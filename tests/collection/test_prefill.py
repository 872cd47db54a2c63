"""Workbooks of a new year begin with the targets of the year before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from bsc_xl import dataset, sample, workflows
from bsc_xl.collection.archive import archive
from bsc_xl.errors import ChoiceError
from bsc_xl.model import Cell
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.workflows import collecting

WHEN = datetime.fromisoformat("2026-01-09T10:00")


def _card(place: Path) -> Scorecard:
    tables, failures = dataset.read(place)
    assert tables is not None, failures
    return score(tables)


@pytest.fixture
def years(tmp_path: Path) -> tuple[Scorecard, Scorecard, str]:
    """The scorecard of 2025, which was collected; that of 2026, with one target of its own; and the archive."""
    frames = sample.generate(units=4, kpis=8, seed=6)
    dataset.write(frames, tmp_path / "2025")
    former = _card(tmp_path / "2025")
    list(workflows.generate(former, workflows.planned_workbooks(former, tmp_path / "inbox")))
    paths = collecting.found_workbooks([str(tmp_path / "inbox")], tmp_path / "out")
    list(collecting.collect(paths, tmp_path / "out", former.tables, archive(tmp_path / "kept"), WHEN))
    settings = frames["settings"]
    frames["settings"] = settings.assign(
        value=["2026" if key == "year" else value for key, value in settings.to_numpy()]
    )
    frames["measurements"] = frames["measurements"].iloc[:2].assign(year="2026", target=["7", ""], actual="")
    dataset.write(frames, tmp_path / "2026")
    return former, _card(tmp_path / "2026"), str(tmp_path / "kept")


def test_targets_come_from_the_year_before_and_own_ones_stay(years: tuple[Scorecard, Scorecard, str]) -> None:
    former, new, kept = years
    filled = workflows.with_last_years_targets(new, kept).tables
    expected = np.where(former.tables.target_state == Cell.NUMBER, former.tables.target, np.nan)
    expected[0, 0] = 7.0
    np.testing.assert_array_equal(filled.target, expected)


def test_actuals_do_not_come_along(years: tuple[Scorecard, Scorecard, str]) -> None:
    _, new, kept = years
    assert (workflows.with_last_years_targets(new, kept).tables.actual_state == Cell.BLANK).all()


def test_a_year_that_was_not_collected_is_named(years: tuple[Scorecard, Scorecard, str]) -> None:
    former, _, kept = years
    with pytest.raises(ChoiceError) as refused:
        workflows.with_last_years_targets(former, kept)
    assert (refused.value.params["value"], refused.value.params["choices"]) == (2024, "2025")
