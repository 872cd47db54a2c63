"""The two computations agree: what LibreOffice and Gnumeric calculate from the formulas is what Python scored.

Every calculated cell of every sheet is compared, KPI rows, perspectives, organisation, dashboard, rankings. No cached
value is left in the file that they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import workbooks

from bsc_xl import dataset, sample
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Consolidation, Polarity
from bsc_xl.scorecard import score

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


def hostile(raw: dict[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """The tables with every choice of a row drawn by itself, from figures that arithmetic in doubles finds hard."""
    random = np.random.default_rng(seed)
    figures = [None, "N/A", 0, -2, 0.1, 0.2, 0.3, 0.7, 9.6, 12, 4.39, 4.56, 1e-7, -0.6, 80, 100, 120, 1e12 + 0.01, -3e9]
    pool = np.array(figures, dtype=object)
    kpis, measured = raw["kpis"].copy(), raw["measurements"].copy()

    def draw(choices: Sequence[object], rows: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        return np.array(choices, dtype=object)[random.integers(len(choices), size=rows)]

    for column in ("target", "actual"):
        measured[column] = pool[random.integers(len(pool), size=len(measured))]
    same = random.random(len(measured)) < 0.2
    measured.loc[same, "actual"] = measured.loc[same, "target"]
    kpis["polarity"] = draw(list(Polarity), len(kpis))
    kpis["consolidation"] = draw(list(Consolidation), len(kpis))
    kpis["worst"] = draw([None, None, 10, 0.5, 1e13], len(kpis))
    limited = kpis["polarity"].isin([Polarity.MAXIMIZE, Polarity.MINIMIZE])
    kpis["ceiling"] = limited & (random.random(len(kpis)) < 0.5)
    return raw | {"kpis": kpis, "measurements": measured}


@pytest.mark.slow
@pytest.mark.parametrize("period", [1, 2, 3, 4])
def test_every_calculated_cell_agrees_over_hostile_rows(engine: Convert, tmp_path: Path, period: int) -> None:
    raw = hostile(sample.generate(units=1, kpis=ROWS, seed=period, period=period), seed=period)
    dataset.write(raw, tmp_path / "data")
    tables, findings = dataset.read(tmp_path / "data")
    # a worst value that contradicts its target is named, and scored all the same
    assert {f.rule for f in findings if f.level == "failure"} == {"polarity_contradicts"}
    assert tables is not None
    made = workbooks.make(score(tables), tmp_path / "unit.xlsx")
    assert len(made.card.tables.kpi) == ROWS
    assert_agrees(made, engine, tmp_path)


def test_entries_that_are_no_numbers_stay_to_be_seen_and_are_not_scored(engine: Convert, tmp_path: Path) -> None:
    raw = sample.generate(units=1, kpis=40, seed=11, period=2)
    kpis, measured = raw["kpis"].astype(object), raw["measurements"].astype(object)
    for row, word in enumerate(["abc", "-", "12,5", "#DIV/0!", "1 000", "inf", "tiga", "=1+1"]):
        measured.loc[4 * row, "target" if row % 2 else "actual"] = word
    for row, column in enumerate(["weight", "worst", "green_from", "yellow_from"]):
        kpis.loc[7 * row, column] = "banyak"
    kpis.loc[30, "weight"] = -5
    zero = kpis.index[kpis["polarity"] == "minimize"][-1]
    kpis.loc[zero, "worst"] = "buruk"
    of_zero = measured["kpi_code"] == kpis.loc[zero, "kpi_code"]
    measured.loc[of_zero, ["target", "actual"]] = [0, 3]
    dataset.write(raw | {"kpis": kpis, "measurements": measured}, tmp_path / "data")
    tables, _ = dataset.read(tmp_path / "data")
    assert tables is not None
    made = workbooks.make(score(tables), tmp_path / "unit.xlsx")
    written = [write.value for write in made.writes if not write.result]
    assert {"abc", "12,5", "#DIV/0!", "=1+1", "banyak", "buruk", "-5"} <= set(written)
    assert made.card.invalid.sum() == 8
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
    tables, _ = dataset.read(sample.bureau(language))
    assert tables is not None
    made = workbooks.make(score(tables), tmp_path / "unit.xlsx")
    expected = {"id": 88.57, "en": 88.74}[language]
    organisation = made.layout.rollup("score", 4)
    assert round(made.results[organisation], 2) == expected
    assert_agrees(made, engine, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("periods", [1, 2, 4, 12])
def test_the_empty_template_agrees(engine: Convert, tmp_path: Path, language: str, periods: int) -> None:
    path, shape, writes = workbooks.make_empty(tmp_path / "empty.xlsx", language, periods)
    bare = workbooks.without_results(path, tmp_path / "bare.xlsx")
    found = workbooks.Cells(engine(bare, "xlsx", tmp_path / "calculated"))
    expected = {write.ref: write.value for write in writes if write.result}
    assert workbooks.differences(expected, shape, found) == []


def test_a_map_with_objectives_that_have_no_link_agrees(engine: Convert, tmp_path: Path) -> None:
    raw = sample.generate(units=1, kpis=30, seed=12, period=2)
    kpis = raw["kpis"].copy()
    kpis["objective"] = [f"{'Mutu*' if i % 2 else 'mutu?'} ~{i % 7} {p}" for i, p in enumerate(kpis["perspective"])]
    first, second, third, *_ = kpis["objective"].unique()
    links = pd.DataFrame({"cause": [second, third, "Mutu"], "effect": [first, first, first]}, dtype=object)
    dataset.write(raw | {"kpis": kpis, "links": links}, tmp_path / "data")
    tables, findings = dataset.read(tmp_path / "data")
    assert tables is not None
    assert {"unknown_objective", "unlinked_objective"} <= {f.rule for f in findings}
    made = workbooks.make(score(tables), tmp_path / "unit.xlsx")
    warned = [made.results[made.layout.list_cell("strategy_map", "linked", i)] for i in range(len(made.layout.lanes))]
    assert warned.count("") == 3 < len(warned)
    assert_agrees(made, engine, tmp_path)
