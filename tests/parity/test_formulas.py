"""The two computations agree: what LibreOffice and Gnumeric calculate from the formulas is what Python scored.

Every calculated cell of every sheet is compared, KPI rows, perspectives, organisation, dashboard, rankings. No cached
value is left in the file that they are given.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import workbooks

from bsc_xl import sample
from bsc_xl.labels import LANGUAGES

Convert = Callable[..., Path]
ROWS = 760
"""KPI rows of one sweep; there are seven."""

RULES = {
    "as shipped": {},
    "strict": {"missing": "zero"},
    "excluding": {"zero_target": "exclude", "rating": "lkjip"},
    "bounds": {"floor": -40, "cap": 110.5, "rating": "pp30"},
    "uneven": {"weight_financial": 40, "weight_customer": 10, "policy": "lkjip", "missing": "zero"},
}


def with_settings(raw: dict[str, pd.DataFrame], **settings: object) -> dict[str, pd.DataFrame]:
    """The tables with some settings added or replaced."""
    table = raw["settings"]
    kept = table[~table["key"].isin(settings)]
    added = pd.DataFrame({"key": list(settings), "value": list(settings.values())}, dtype=object)
    return raw | {"settings": pd.concat([kept, added], ignore_index=True)}


def own_bands(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with status bounds of its own for every third KPI."""
    kpis = raw["kpis"].copy()
    chosen = kpis.index % 3 == 0
    kpis["green_from"] = pd.Series([95.5 if own else None for own in chosen], dtype=object)
    kpis["yellow_from"] = pd.Series([70 if own else None for own in chosen], dtype=object)
    return raw | {"kpis": kpis}


@pytest.fixture(params=["libreoffice", "gnumeric"])
def engine(request: pytest.FixtureRequest) -> Convert:
    """A spreadsheet program that calculates."""
    convert: Convert = request.getfixturevalue(request.param)
    return convert


def calculated(made: workbooks.Made, engine: Convert, folder: Path) -> workbooks.Cells:
    bare = workbooks.without_results(made.path, folder / "bare.xlsx")
    return workbooks.Cells(engine(bare, "xlsx", folder / "calculated"))


def assert_agrees(made: workbooks.Made, engine: Convert, folder: Path) -> None:
    assert workbooks.differences(made.results, made.layout, calculated(made, engine, folder)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("periods", "period"), [(4, 1), (4, 2), (4, 3), (4, 4), (1, 1), (2, 1), (12, 7)], ids=str)
def test_every_calculated_cell_agrees_over_random_rows(
    engine: Convert, tmp_path: Path, periods: int, period: int
) -> None:
    raw = sample.generate(units=1, kpis=ROWS, seed=100 * periods + period, periods=periods, period=period)
    made = workbooks.make(workbooks.scored(own_bands(raw), tmp_path / "data"), tmp_path / "unit.xlsx")
    assert len(made.card.tables.kpi) == ROWS
    assert_agrees(made, engine, tmp_path)


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_every_calculated_cell_agrees_under_every_rule(
    engine: Convert, tmp_path: Path, rules: dict[str, object]
) -> None:
    raw = with_settings(sample.generate(units=1, kpis=60, seed=7, period=3), **rules)
    if "weight_financial" not in rules:
        raw = own_bands(raw)
    assert_agrees(workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx"), engine, tmp_path)


@pytest.mark.parametrize("new_idea", ["true", "false"])
def test_the_highest_pp30_rating_needs_a_new_idea(engine: Convert, tmp_path: Path, new_idea: str) -> None:
    raw = with_settings(sample.generate(units=1, kpis=4, seed=3, period=1), policy="pp30")
    raw["units"]["new_idea"] = new_idea
    raw["kpis"] = raw["kpis"].assign(polarity="maximize", consolidation="last", worst=None, ceiling=None)
    raw["measurements"] = raw["measurements"].assign(target=100.0, actual=115.0)
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    assert made.card.rating.tolist() == [0 if new_idea == "true" else 1]
    assert_agrees(made, engine, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_agrees(engine: Convert, tmp_path: Path, language: str) -> None:
    tables, _ = workbooks.dataset.read(sample.bureau(language))
    assert tables is not None
    made = workbooks.make(workbooks.score(tables), tmp_path / "unit.xlsx")
    expected = {"id": 88.57, "en": 88.74}[language]
    score = made.layout.rollup("score", 4)
    assert round(made.results[score], 2) == expected
    assert_agrees(made, engine, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("periods", [1, 2, 4, 12])
def test_the_empty_template_agrees(engine: Convert, tmp_path: Path, language: str, periods: int) -> None:
    path, shape, writes = workbooks.make_empty(tmp_path / "empty.xlsx", language, periods)
    bare = workbooks.without_results(path, tmp_path / "bare.xlsx")
    found = workbooks.Cells(engine(bare, "xlsx", tmp_path / "calculated"))
    expected = {write.ref: write.value for write in writes if write.result}
    assert workbooks.differences(expected, shape, found) == []
