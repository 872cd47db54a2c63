"""What a person types into an open workbook gives the same results as the same inputs generated into it.

LibreOffice is open with the workbook, in the locale of the workbook's language; entries go the way of the keyboard,
into protected sheets; dependent cells calculate as they do for a person, without being told to. Then every calculated
cell of every sheet is compared with what Python scores from the data set that holds the same inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import workbooks
from office import Entry, Office, Offices

from bsc_xl import dataset, sample
from bsc_xl.excel import formulas, plan
from bsc_xl.excel.fields import EFFECTIVE
from bsc_xl.excel.layout import FIRST_ROW, Layout, Ref
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard, score

Raw = dict[str, pd.DataFrame]

RULES: tuple[dict[str, object], ...] = (
    {},
    {"missing": "zero", "zero_target": "exclude"},
    {"rating": "lkjip", "floor": -12.5, "cap": 110},
    {"rating": "pp30", "missing": "zero", "weight_financial": 40.5, "weight_customer": 9.5},
)
EVERY_INPUT = range(8)
KPIS = 24
TYPED = {
    # what is typed, and what stands for it in a data set
    "": (None, None),
    "0": ("0", 0),
    "-0": ("-0", 0),
    "whole": ("1250", 1250),
    "decimal": ("96{mark}13", 96.13),
    "negative": ("-4{mark}56", -4.56),
    "large": ("1234567890123{mark}45", 1234567890123.45),
    "small": ("0{mark}0000123", 0.0000123),
    "N/A": ("N/A", "N/A"),
    "n/a": ("n/a", "N/A"),
    "N/a": ("N/a", "N/A"),
    "text": ("belum ada", "belum ada"),
    "dash": ("-", "-"),
    "two numbers": ("12 13", "12 13"),
}


@pytest.fixture(scope="session")
def sit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """A person at a LibreOffice of each language."""
    with Offices(tmp_path_factory.mktemp) as offices:
        yield offices


def ruled(raw: Raw, rules: Mapping[str, object]) -> Raw:
    """The tables with these settings."""
    settings = dict(zip(raw["settings"]["key"], raw["settings"]["value"], strict=True)) | dict(rules)
    return raw | {"settings": pd.DataFrame(settings.items(), columns=["key", "value"], dtype=object)}


def dealt(raw: Raw, seed: int) -> Raw:
    """The tables with each KPI at another place, so that a place changes polarity, consolidation, limits and texts.

    Perspective, objective and weight stay with the place: the workbook's shape and the totals of the weights do.
    """
    kpis = raw["kpis"]
    order = np.random.default_rng(seed).permutation(len(kpis))
    moved = kpis.drop(columns=["perspective", "objective", "weight"]).iloc[order].reset_index(drop=True)
    moved["green_from"] = [None if place % 3 else 95.5 for place in range(len(moved))]
    moved["yellow_from"] = [None if place % 4 else 60 for place in range(len(moved))]
    return raw | {"kpis": kpis[["perspective", "objective", "weight"]].join(moved)[kpis.columns.union(moved.columns)]}


def scored(raw: Raw, folder: Path) -> Scorecard:
    """The scorecard of raw tables, whatever is wrong in them."""
    dataset.write(raw, folder)
    tables, failures = dataset.read(folder)
    assert tables is not None, failures
    return score(tables)


def unlocked(path: Path, shape: Layout) -> set[Ref]:
    """Every cell in which people may type."""
    book = openpyxl.load_workbook(path)
    keys = {shape.title(key): key for key in ("settings", "strategy_map", "action_plan", *map(str, Perspective))}
    return {
        Ref(key, cell.coordinate)
        for title, key in keys.items()
        for row in book[title].iter_rows()
        for cell in row
        if not cell.protection.locked
    }


def inputs(card: Scorecard, made: workbooks.Made) -> list[plan.Write]:
    """What people type so that the open workbook `made` holds the inputs of `card`, blanks included."""
    free = unlocked(made.path, made.layout)
    return [write for write in plan.unit_writes(card, 0, made.layout) if not write.result and write.ref in free]


def differences(office: Office, card: Scorecard, shape: Layout, folder: Path) -> list[str]:
    """Every calculated cell of the open workbook, saved as it is, that does not show what Python scored."""
    planned = {write.ref: write.value for write in plan.unit_writes(card, 0, shape) if write.result}
    expected = {ref: planned[ref] for ref in formulas.every(shape)}
    return workbooks.differences(expected, shape, workbooks.Cells(office.save(folder / "typed.xlsx")))


@pytest.mark.slow
@pytest.mark.parametrize("seed", EVERY_INPUT)
def test_inputs_typed_over_others_give_what_they_give_when_generated(sit: Offices, tmp_path: Path, seed: int) -> None:
    language, rules = LANGUAGES[seed % 2], RULES[seed // 2]
    periods = (4, 4, 4, 12, 4, 2, 4, 1)[seed]
    before, after = (
        sample.generate(1, KPIS, seed=own, periods=periods, language=language) for own in (seed, 100 + seed)
    )
    after = ruled(dealt(after, seed), rules)
    made = workbooks.make(scored(before, tmp_path / "before"), tmp_path / "unit.xlsx")
    card = scored(after, tmp_path / "after")

    office = sit(language)
    office.open(made.path)
    office.type(made.layout, office.entries(inputs(card, made)))
    assert office.sheets_with_invalid_entries() == []
    wrong = {}
    for period in range(1, periods + 1):
        office.type(made.layout, [(made.layout.settings["period"], str(period))])
        wrong[period] = differences(office, score(card.tables, period), made.layout, tmp_path)
    assert wrong == {period: [] for period in range(1, periods + 1)}


def random_figures(raw: Raw, seed: int) -> tuple[Raw, pd.DataFrame]:
    """The tables with every target and actual one of `TYPED`, and the frame of what is typed for them."""
    random = np.random.default_rng(seed)
    measured = raw["measurements"].copy()
    typed = measured[["kpi_code", "period"]].copy()
    names = list(TYPED)
    chance = np.array([3 if name in ("", "whole", "decimal", "N/A") else 1 for name in names], dtype=float)
    for column in ("target", "actual"):
        drawn = random.choice(names, size=len(measured), p=chance / chance.sum())
        measured[column] = pd.Series([TYPED[name][1] for name in drawn], dtype=object)
        typed[column] = pd.Series([TYPED[name][0] for name in drawn], dtype=object)
    return raw | {"measurements": measured}, typed


def places(card: Scorecard) -> dict[str, tuple[str, int]]:
    """KPI code -> its perspective and sheet row."""
    found: dict[str, tuple[str, int]] = {}
    for perspective, code in card.tables.kpis[["perspective", "kpi_code"]].to_numpy().tolist():
        found[code] = perspective, FIRST_ROW + sum(other == perspective for other, _ in found.values())
    return found


def figure_entries(card: Scorecard, shape: Layout, typed: pd.DataFrame, mark: str) -> list[Entry]:
    """What is typed into the cells of targets and actuals."""
    rows = places(card)
    return [
        (shape.cell(*rows[code], key, period), None if text is None else text.format(mark=mark))
        for code, period, *texts in typed[["kpi_code", "period", "target", "actual"]].to_numpy().tolist()
        for key, text in zip(("target", "actual"), texts, strict=True)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_kind_of_entry_counts_as_the_same_figure_of_a_data_set(sit: Offices, tmp_path: Path, seed: int) -> None:
    language, mark = LANGUAGES[seed % 2], ",."[seed % 2]
    before = ruled(sample.generate(units=1, kpis=40, seed=seed, language=language), RULES[seed])
    made = workbooks.make(scored(before, tmp_path / "before"), tmp_path / "unit.xlsx")
    after, typed = random_figures(before, seed)
    card = scored(after, tmp_path / "after")

    office = sit(language)
    office.open(made.path)
    office.type(made.layout, figure_entries(card, made.layout, typed, mark))
    wrong = {}
    for period in range(1, 5):
        office.type(made.layout, [(made.layout.settings["period"], str(period))])
        wrong[period] = differences(office, score(card.tables, period), made.layout, tmp_path)
    assert wrong == {1: [], 2: [], 3: [], 4: []}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_kpis_typed_into_spare_rows_count_like_generated_ones(sit: Offices, tmp_path: Path, language: str) -> None:
    few, many = (sample.generate(units=1, kpis=count, seed=count, period=3, language=language) for count in (8, KPIS))
    made = workbooks.make(scored(few, tmp_path / "few"), tmp_path / "unit.xlsx")
    card = scored(many, tmp_path / "many")

    office = sit(language)
    office.open(made.path)
    office.type(made.layout, office.entries(inputs(card, made)))
    assert office.sheets_with_invalid_entries() == []
    assert differences(office, card, made.layout, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("periods", [1, 2, 4, 12])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_template_filled_in_by_hand_gives_what_a_generated_workbook_gives(
    sit: Offices, tmp_path: Path, language: str, periods: int
) -> None:
    raw = sample.generate(units=1, kpis=12, seed=periods, periods=periods, language=language)
    card = scored(ruled(raw, {"missing": "zero", "rating": "lkjip"}), tmp_path / "data")
    path, shape, writes = workbooks.make_empty(tmp_path / "empty.xlsx", language, periods)

    office = sit(language)
    office.open(path)
    office.type(shape, office.entries(inputs(card, workbooks.Made(path, shape, writes, card))))
    assert office.sheets_with_invalid_entries() == []
    assert differences(office, card, shape, tmp_path) == []


def test_deleting_every_actual_leaves_no_data(sit: Offices, tmp_path: Path) -> None:
    raw = sample.generate(units=1, kpis=8, seed=5)
    made = workbooks.make(scored(raw, tmp_path / "before"), tmp_path / "unit.xlsx")
    raw["measurements"]["actual"] = None
    card = scored(raw, tmp_path / "after")
    assert np.isnan(card.score).all()

    office = sit("id")
    office.open(made.path)
    office.type(made.layout, office.entries(inputs(card, made)))
    assert differences(office, card, made.layout, tmp_path) == []


def test_status_bounds_typed_on_the_settings_colour_kpis_perspectives_and_organisation(
    sit: Offices, tmp_path: Path
) -> None:
    raw = sample.generate(units=1, kpis=24, seed=8)
    made = workbooks.make(scored(raw, tmp_path / "before"), tmp_path / "unit.xlsx")
    card = scored(ruled(raw, {"green_from": 88.5, "yellow_from": 62}), tmp_path / "after")
    assert (card.status != made.card.status).any()
    assert (card.perspective_status != made.card.perspective_status).any()

    office = sit("id")
    office.open(made.path)
    office.type(
        made.layout, [(made.layout.settings["green_from"], "88,5"), (made.layout.settings["yellow_from"], "62")]
    )
    assert differences(office, card, made.layout, tmp_path) == []


def test_settings_that_somebody_empties_fall_back_to_their_defaults(sit: Offices, tmp_path: Path) -> None:
    plain = sample.generate(units=1, kpis=24, seed=12)
    odd: dict[str, object] = {"period": 2, "rating": "lkjip", "floor": 10, "cap": 110, "green_from": 95}
    odd |= {"yellow_from": 60, "weight_financial": 40, "weight_customer": 10}
    made = workbooks.make(scored(ruled(plain, odd), tmp_path / "before"), tmp_path / "unit.xlsx")
    card = scored(plain, tmp_path / "after")
    office = sit("id")
    office.open(made.path)
    office.type(made.layout, [(made.layout.settings[key], None) for key in EFFECTIVE])
    assert differences(office, card, made.layout, tmp_path) == []


def test_a_row_that_is_only_begun_and_a_code_that_stands_twice_count_nowhere(sit: Offices, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")
    shape = made.layout
    code_only, name_only, again = range(shape.rows("financial")[-1] - 2, shape.rows("financial")[-1] + 1)
    entries = [(shape.cell("financial", code_only, "kpi_code"), "K99")]
    entries += [(shape.cell("financial", name_only, "kpi_name"), "Indikator baru")]
    repeated = {
        "kpi_code": "k1",
        "kpi_name": "Sekali lagi",
        "polarity": "Maksimalkan",
        "consolidation": "Nilai terakhir",
    }
    entries += [(shape.cell("financial", again, key), text) for key, text in (repeated | {"weight": "100"}).items()]
    entries += [(shape.cell("financial", again, key, 4), "100") for key in ("target", "actual")]
    office = sit("id")
    office.open(made.path)
    office.type(shape, entries)

    begun = {
        shape.cell("financial", row, "status"): shape.labels("placeholder.incomplete") for row in (code_only, name_only)
    }
    scores = {f"bsc_{key}" for key in ("score", "scored", "applicable", "score_financial", "applicable_financial")}
    kept = {
        ref: value for ref, value in made.results.items() if shape.absolute(ref) in {shape.names[n] for n in scores}
    }
    assert len(kept) == len(scores)
    found = workbooks.Cells(office.save(tmp_path / "typed.xlsx"))
    assert workbooks.differences(kept | begun, shape, found) == []
    assert found.at(shape.title("financial"), shape.cell("financial", again, "usable").cell) == 0


def test_text_that_looks_like_something_else_is_typed_as_text(sit: Offices, tmp_path: Path) -> None:
    raw = sample.generate(units=1, kpis=16, seed=9, hard_text=True)
    # a keyboard has one kind of line break
    raw["kpis"]["kpi_name"] = raw["kpis"]["kpi_name"].str.replace("\r\n", "\n")
    plain = sample.generate(units=1, kpis=16, seed=9)
    made = workbooks.make(scored(plain, tmp_path / "before"), tmp_path / "unit.xlsx")
    card = scored(raw, tmp_path / "after")
    office = sit("id")
    office.open(made.path)
    office.type(made.layout, office.entries(inputs(card, made)))
    assert differences(office, card, made.layout, tmp_path) == []


def test_calculated_cells_refuse_what_is_typed(sit: Offices, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")
    shape = made.layout
    # nobody reaches the hidden sheet
    calculated = [ref for ref in formulas.every(shape) if ref.sheet != "trace"]
    fixed = [shape.settings[key] for key in ("policy", "dataset", "checksum")]
    office = sit("id")
    office.open(made.path)
    before = office.formulas(shape, calculated + fixed)
    assert all(shown.startswith("=") for shown in before[: len(calculated)])
    office.type(shape, [(ref, text) for ref in calculated + fixed for text in ("77", None)])
    assert office.formulas(shape, calculated + fixed) == before


def test_every_input_cell_takes_what_is_typed_while_the_sheets_are_protected(sit: Offices, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")
    free = sorted(unlocked(made.path, made.layout))
    for key in ("unit_name", "period", "green_from"):
        assert made.layout.settings[key] in free
    office = sit("id")
    office.open(made.path)
    office.type(made.layout, [(ref, "3") for ref in free])
    dates = {"02/01/1900"}  # the third day of the workbook's calendar
    assert set(office.formulas(made.layout, free)) == {"3"} | dates


@pytest.mark.parametrize("entry", ["N/A ", " ", "", "belum ada", "TRUE", "12%x", "'100", "96.13", "=1/0", '=""'])
def test_an_entry_that_is_no_figure_is_refused(sit: Offices, tmp_path: Path, entry: str) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")
    actual = made.layout.cell("financial", FIRST_ROW, "actual", 1)
    office = sit("id")
    office.open(made.path)
    assert office.sheets_with_invalid_entries() == []
    office.type(made.layout, [(actual, entry)])
    assert office.sheets_with_invalid_entries() == ([made.layout.title("financial")] if entry else [])
