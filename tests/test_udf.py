"""Worksheet functions: the figures of the scoring core, cell by cell, and a sentence where there is none."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import _macros
import numpy as np
import pytest
import workbooks
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import labels, policies, udf
from bsc_xl.excel.layout import Layout
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import NA_TEXT, Perspective, Polarity, Status
from bsc_xl.scoring import achievement, rating
from bsc_xl.scoring.arrays import code

FUNCTIONS = ("BSC_ACHIEVEMENT", "BSC_INDEX", "BSC_WEIGHTED_TOTAL", "BSC_STATUS", "BSC_RATING")
SPILL = -2146826243
"""#SPILL! as Excel hands it over: younger than the list of xlwings, which passes the number on."""

numbers = st.floats(-1e9, 1e9)
states = st.one_of(numbers, st.none(), st.sampled_from(["", NA_TEXT, "n/a", "abc", "12", "#REF!", True, SPILL]))


def columns(size: int) -> st.SearchStrategy[list[list[Any]]]:
    return st.lists(states.map(lambda cell: [cell]), min_size=size, max_size=size)


# --- figures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "polarity", "index"),
    [
        (4.39, 4.56, "maximize", 103.872),
        (100.0, 150.0, "maximize", 120.0),
        (-10.0, -11.0, "maximize", 90.0),
        (8.0, 9.0, "minimize", 87.5),
        (10.0, 21.0, "minimize", 0.0),
        (100.0, 96.0, "stabilize", 112.0),
        (100.0, 80.0, "stabilize", 88.889),
        (3.0, 3.0, "binary", 100.0),
    ],
)
def test_index_of_the_test_vectors(target: float, actual: float, polarity: str, index: float) -> None:
    assert udf.BSC_INDEX(target, actual, polarity) == pytest.approx(index, abs=5e-4)


def test_achievement_is_a_ratio_that_no_limit_holds() -> None:
    assert udf.BSC_ACHIEVEMENT(100.0, 150.0) == 1.5
    assert udf.BSC_ACHIEVEMENT(0.0, 4.0, "minimize", 10.0) == pytest.approx(0.6)


def test_a_target_that_cannot_be_exceeded_gets_the_cap_when_met() -> None:
    assert [udf.BSC_INDEX(4.0, actual, None, None, yes) for actual, yes in ((4.0, "ya"), (3.0, True))] == [120.0, 75.0]


def test_weighted_total_is_the_weighted_mean() -> None:
    assert udf.BSC_WEIGHTED_TOTAL([[90.0], [100.0]], [[30.0], [70.0]]) == pytest.approx(97.0)


@pytest.mark.parametrize("left_out", [None, "", NA_TEXT])
def test_an_index_that_is_missing_or_does_not_apply_leaves_its_weight_to_the_others(left_out: str | None) -> None:
    assert udf.BSC_WEIGHTED_TOTAL([[90.0, left_out, 100.0]], [[30.0, 50.0, 30.0]]) == pytest.approx(95.0)


def test_nothing_with_weight_has_no_total() -> None:
    assert udf.BSC_WEIGHTED_TOTAL([[90.0, None]], [[None, 5.0]]) == ""


def test_a_score_on_a_bound_belongs_to_the_higher_band() -> None:
    assert udf.BSC_STATUS([[100.0, 99.999, 80.0, 79.999]]) == [["Hijau", "Kuning", "Kuning", "Merah"]]
    assert udf.BSC_RATING(90.5, "lkjip") == "Tinggi"


def test_bounds_of_their_own_may_stand_beside_the_indices() -> None:
    assert udf.BSC_STATUS([[96.0], [96.0]], [[95.0], [None]], 50.0) == [["Hijau"], ["Kuning"]]


def test_a_rating_that_needs_a_new_idea_asks_for_one() -> None:
    assert [udf.BSC_RATING(115.0, "pp30", idea) for idea in (True, False, None)] == ["Sangat Baik", "Baik", "Baik"]


# --- cells and ranges -----------------------------------------------------------------------------------------------


def test_a_cell_gives_a_value_and_a_range_gives_a_range_of_its_size() -> None:
    assert udf.BSC_INDEX([[100.0]], [[90.0]]) == 90.0
    assert udf.BSC_INDEX([[100.0, 50.0], [10.0, 20.0]], [[90.0, 50.0], [5.0, 10.0]]) == [[90.0, 100.0], [50.0, 50.0]]


def test_one_cell_goes_with_every_cell_of_a_range() -> None:
    assert udf.BSC_INDEX(100.0, [[90.0], [50.0]], [["minimize"]]) == [[pytest.approx(110.0)], [120.0]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ranges_of_different_sizes_are_refused(language: str) -> None:
    expected = labels.load(language)("worksheet_function.sizes")
    assert udf.BSC_INDEX([[1.0, 2.0]], [[1.0], [2.0]], language=language) == expected
    assert udf.BSC_WEIGHTED_TOTAL([[1.0, 2.0]], [[1.0, 2.0, 3.0]], language=language) == expected


@given(st.integers(1, 6).flatmap(lambda size: st.tuples(columns(size), columns(size))))
def test_a_range_gives_for_each_cell_what_that_cell_alone_gives(pair: tuple[list[list[Any]], list[list[Any]]]) -> None:
    target, actual = pair
    each = [[udf.BSC_INDEX(t, a)] for (t,), (a,) in zip(target, actual, strict=True)]
    assert udf.BSC_INDEX(target, actual) == (each if len(each) > 1 else each[0][0])


@given(
    st.lists(numbers, min_size=2, max_size=20), st.lists(numbers, min_size=2, max_size=20), st.sampled_from(Polarity)
)
def test_figures_are_those_of_the_scoring_core(target: list[float], actual: list[float], polarity: Polarity) -> None:
    size = min(len(target), len(actual))
    t, a = np.array(target[:size]), np.array(actual[:size])
    codes = np.full(size, code(polarity), dtype=np.int8)
    ratio = achievement.achievement(t, a, codes, None, policies.load())
    index = achievement.index(ratio, codes, None, policies.load())
    rows = [[x] for x in t.tolist()], [[x] for x in a.tolist()], str(polarity)
    assert udf.BSC_ACHIEVEMENT(*rows) == [["" if np.isnan(x) else x] for x in ratio.tolist()]
    assert udf.BSC_INDEX(*rows) == [["" if np.isnan(x) else x] for x in index.tolist()]
    statuses = [list(Status)[found] for found in rating.status(index, policies.load())]
    assert udf.BSC_STATUS([[x] for x in index.tolist()]) == [[labels.load()(f"status.{s}")] for s in statuses]


@given(st.lists(st.tuples(st.floats(0, 120), st.floats(0.01, 100)), min_size=1, max_size=20), st.floats(0.01, 100))
def test_a_total_lies_among_its_indices_and_does_not_depend_on_the_scale_of_the_weights(
    rows: list[tuple[float, float]], scale: float
) -> None:
    indices, weights = [[i] for i, _ in rows], [[w] for _, w in rows]
    total = udf.BSC_WEIGHTED_TOTAL(indices, weights)
    assert min(i for i, _ in rows) - 1e-9 <= total <= max(i for i, _ in rows) + 1e-9
    assert udf.BSC_WEIGHTED_TOTAL(indices, [[w * scale] for (w,) in weights]) == pytest.approx(total)


# --- the states of a cell -------------------------------------------------------------------------------------------


def test_blank_na_zero_and_error_stay_four_different_things() -> None:
    blank, na, zero, error = (row[0] for row in udf.BSC_INDEX([[100.0]] * 4, [[None], [NA_TEXT], [0.0], ["#N/A"]]))
    assert (blank, na, zero) == ("", NA_TEXT, 0.0)
    assert "galat (#N/A)" in error


@pytest.mark.parametrize("cell", ["abc", "12", " ", "N/A ", True, "#REF!", SPILL])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_number_is_named_in_the_language_of_the_workbook(cell: object, language: str) -> None:
    sentence = udf.BSC_INDEX([[100.0]], [[cell]], language=language)
    rule = "excel_error" if cell in ("#REF!", SPILL) else "not_a_number"
    known, _, _ = labels.load(language)(f"rule.{rule}").partition("{style}" if rule == "not_a_number" else "({value}")
    assert re.sub('^".*?"', '"{value}"', sentence).startswith(known)


def test_an_error_anywhere_is_named_instead_of_a_total() -> None:
    assert udf.BSC_WEIGHTED_TOTAL([[90.0], ["abc"]], [[50.0], [50.0]]).startswith('"abc" bukan angka')
    assert udf.BSC_WEIGHTED_TOTAL([[90.0]], [[-1.0]]).startswith("bobot -1")
    assert udf.BSC_WEIGHTED_TOTAL([[90.0]], [[NA_TEXT]]).startswith("N/A tidak berlaku")


def test_a_status_says_that_there_is_no_data() -> None:
    assert udf.BSC_STATUS([[None], [NA_TEXT]]) == [["Belum Ada Data"], ["Belum Ada Data"]]


def test_no_score_has_no_rating() -> None:
    assert udf.BSC_RATING([[None], [NA_TEXT]]) == [[""], [NA_TEXT]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_word_is_answered_with_the_right_ones(language: str) -> None:
    text = labels.load(language)
    assert text("polarity.stabilize") in udf.BSC_INDEX(1.0, 1.0, "naik", language=language)
    assert text("choice.yes") in udf.BSC_INDEX(1.0, 1.0, None, None, "mungkin", language=language)
    assert "lkjip" in udf.BSC_RATING(1.0, "abc", language=language)


@given(states, states, states)
def test_nothing_is_ever_raised(a: object, b: object, c: object) -> None:
    for result in (
        udf.BSC_ACHIEVEMENT(a, b, c, a, b),
        udf.BSC_INDEX(a, b, None, c, a),
        udf.BSC_WEIGHTED_TOTAL(a, b),
        udf.BSC_STATUS(a, b, c),
        udf.BSC_RATING(a, b, c),
    ):
        assert isinstance(result, (str, float))
        assert result == result, "NaN is no value of a cell"


# --- words ----------------------------------------------------------------------------------------------------------


def test_results_are_in_the_language_that_is_asked_for_and_indonesian_otherwise() -> None:
    assert [udf.BSC_STATUS(80.0, language=language) for language in ("id", "en", "fr")] == [
        "Kuning",
        "Yellow",
        "Kuning",
    ]
    assert udf.BSC_RATING(95.0, language="en") == "Fair"


@pytest.mark.parametrize("language", LANGUAGES)
def test_polarities_and_policies_are_known_by_code_and_by_word(language: str) -> None:
    text = labels.load(language)
    for polarity in Polarity:
        assert udf.BSC_INDEX(8.0, 9.0, text(f"polarity.{polarity}")) == udf.BSC_INDEX(8.0, 9.0, str(polarity))
    for name in policies.NAMES:
        assert udf.BSC_RATING(95.0, text(f"policy.{name}")) == udf.BSC_RATING(95.0, name)


def kpi_column(shape: Layout, figures: dict[Any, Any], key: str) -> list[list[Any]]:
    rows = [(p, row) for p in Perspective for row in shape.rows(p)]
    return [[figures.get(shape.cell(p, row, key))] for p, row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_functions_on_the_cells_of_a_workbook_show_what_the_workbook_shows(language: str) -> None:
    made = workbooks.bureau(language)
    shape, figures = made.layout, {write.ref: write.value for write in made.writes}
    polarity, worst, ceiling, target, actual, index, status = (
        kpi_column(shape, figures, key)
        for key in ("polarity", "worst", "ceiling", "target_to_date", "actual_to_date", "index", "status")
    )
    computed = udf.BSC_INDEX(target, actual, polarity, worst, ceiling, language=language)
    assert computed == [["" if cell is None else cell] for (cell,) in index]
    words = [[shown.split(" ", 1)[1]] if shown else None for (shown,) in status]
    assert [w for w, s in zip(udf.BSC_STATUS(index, language=language), words, strict=True) if s is not None] == [
        s for s in words if s is not None
    ]
    score = figures[shape.rollup("score", 4)]
    assert udf.BSC_RATING(score, language=language) == labels.load(language)(
        f"rating.nko.{policies.load().rating_bands[made.card.rating[0]].name}"
    )


# --- how xlwings sees them ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def as_on_windows() -> Iterator[Callable[[str], dict[str, Any]]]:
    """What the decorators of xlwings note about a function, where they do something."""
    with _macros.xlwings_as_on_windows() as (_, functions):
        yield lambda name: getattr(functions, name).__xlfunc__


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_arrives_as_rows_of_cells_with_errors_as_text(
    name: str, as_on_windows: Callable[[str], dict[str, Any]]
) -> None:
    cells = [argument for argument in as_on_windows(name)["args"] if argument["name"] != "language"]
    assert [(a["options"]["ndim"], a["options"]["err_to_str"], a["options"]["convert"]) for a in cells] == [
        (2, True, Any)
    ] * len(cells)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_workbook_says_its_language_and_nothing_is_volatile(
    name: str, as_on_windows: Callable[[str], dict[str, Any]]
) -> None:
    known = as_on_windows(name)
    assert {a["name"]: a["vba"] for a in known["args"] if a["vba"]} == {"language": 'Wording("language")'}
    assert not known["volatile"]


def test_the_five_functions_are_all_there_are() -> None:
    with _macros.xlwings_as_on_windows() as (_, functions):
        assert {name for name in dir(functions) if hasattr(getattr(functions, name), "__xlfunc__")} == set(FUNCTIONS)


def test_importing_them_does_not_load_what_draws_workbooks() -> None:
    code = "import sys, bsc_xl.udf; assert not {'openpyxl', 'typer', 'rich'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
