"""Every recommendation is calculated by every program as Python gives it, and all of them occur."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import workbooks

from bsc_xl import dataset
from bsc_xl.excel.results import values
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import Perspective
from bsc_xl.scorecard import score

Convert = Callable[..., Path]
PERIODS = 4
# polarity, consolidation, unit of measure, targets and actuals of four periods (None: blank), green from
CASES = [
    ("maximize", "sum", "unit", [10, 10, 10, 10], [10, 11, None, None], None, "met"),
    ("maximize", "average", "%", [100, 100, 100, 100], [40, 30, None, None], None, "needs_each"),
    ("minimize", "sum", "hari", [5, 5, 5, 5], [30, 1, None, None], None, "year_missed"),
    ("minimize", "average", "jam ", [5, 5, 5, None], [6, 6.25, None, None], None, "needs_one"),
    ("maximize", "last", "", [25, 50, 75, 1e6], [20, 45.5, None, None], None, "needs_last"),
    ("stabilize", "average", "°C", [20, 20, 20, 20], [19, 25, None, None], None, "bound_stabilize"),
    ("binary", "last", "ada", [1, 1, 1, 1], [1, 0, None, None], None, "needs_last"),
    # on a bound of the scale but for noise, which the programs see on different sides
    ("stabilize", "last", "", [0.84] * 4, [0.924, 0.924, None, None], None, "met"),
    ("binary", "sum", "ada", [1] * 4, [0, 1, None, None], None, "year_missed"),
    ("binary", "average", "ada", [1, 1, 1, 1], [0, 1, None, None], None, "year_missed"),
    ("binary", "sum", "ada", [5, 5, 5, 5], [4, 4, None, None], None, "needs_each"),
    ("maximize", "sum", "", [10, 10, None, None], [5, 5, None, None], None, "year_unset"),
    ("maximize", "sum", "", [10, None, None, None], [11, None, None, None], None, "year_unset"),
    ("maximize", "sum", "", [10, 10, 10, None], [5, 5, "N/A", "N/A"], None, "lead_correct"),
    ("maximize", "sum", "", [10, 10, 10, 10], [15, 5, "N/A", None], None, "needs_one"),
    # what is required is told so that it is enough
    ("maximize", "average", "", [10, 10, 10, 10], [6.66, 10.0033, None, None], None, "needs_each"),
    ("minimize", "sum", "", [0.6, 0.6, 0.6, 0.6], [0.6894, 0.6, None, None], None, "needs_each"),
    ("minimize", "average", "", [0.004] * 4, [0.004, 0.00123, None, None], None, "needs_each"),
    (
        "maximize",
        "last",
        "",
        [0.004, 0.004, 0.00012345, 0.0000123456],
        [0.004, 0.00123, None, None],
        None,
        "needs_last",
    ),
    ("maximize", "sum", "", [0.1, 0.1, 0.05, 0.05], [0.1, 0.0000001, None, None], None, "needs_each"),
    ("stabilize", "sum", "", [0.1, 0.1, 0.1, 0.1], [0.1, 0.1345, None, None], None, "needs_each"),
    ("maximize", "sum", "", [-1, 4, 4, 4], [5, 5.9995, None, None], None, "needs_each"),
    ("maximize", "sum", "rupiah", [2.5e9] * 4, [3e9, 7.5e9, None, None], None, "year_reached"),
    ("maximize", "sum", "rupiah", [2.5e9] * 4, [2e9, 2.6e9, None, None], None, "needs_each"),
    ("maximize", "sum", "Rp", [400_000] * 4, [350_000, 300_001.25, None, None], None, "needs_each"),
    ("stabilize", "average", "Rp", [-2000] * 4, [-1700, -1000, None, None], None, "needs_each"),
    ("minimize", "sum", "Rp juta", [4000.25] * 4, [4321.5, 3999, None, None], None, "needs_each"),
    # indices of 81.2500625 and the like lie between two numbers of six decimals
    ("maximize", "sum", "Rp", [400_000] * 4, [350_000, 300_000.5, None, None], None, "needs_each"),
    ("maximize", "sum", "Rp", [400_000] * 4, [350_000, 300_001.5, None, None], None, "needs_each"),
    ("maximize", "sum", "Rp", [160_000_000] * 4, [90_000_000, 80_000_201, None, None], None, "needs_each"),
    ("maximize", "last", "%", [50, 50, None, None], [50, 49, None, None], 70, "green"),
    # two decimals show no gap
    ("maximize", "last", "%", [100, 100, 100, None], [99, 99.997, None, None], None, "unseen_gap"),
    ("maximize", "last", "%", [100, 100, 100, None], [99, 99.9949, None, None], None, "below"),
    ("maximize", "last", "%", [50, 50, 60, 60], [60, 51, None, None], None, "fell"),
    ("maximize", "last", "%", [50, 50, None, None], [50, 50.5, None, None], 110, "below_green"),
    ("unscored", "last", "%", [50, 50, None, None], [60, 49, None, None], None, "unscored"),
    ("maximize", "sum", "%", [50, 50, 50, 50], ["abc", 49, None, None], None, "invalid"),
    ("maximize", "sum", "%", [None, None, 50, 50], [None, None, None, None], None, "no_target"),
    ("maximize", "sum", "%", [50, 50, 50, 50], [50, None, None, None], None, "no_actual"),
    ("maximize", "sum", "%", [50, "N/A", 50, 50], ["N/A", None, None, None], None, "not_applicable"),
    ("maximize", "last", "%", [0, 0, 50, 50], [50, 5, None, None], None, "no_index"),
]


@pytest.fixture(params=LANGUAGES)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> workbooks.Made:
    kpis = pd.DataFrame(
        {
            "kpi_code": [f"K{i}" for i, _ in enumerate(CASES)],
            "perspective": [list(Perspective)[i % 4] for i, _ in enumerate(CASES)],
            "kpi_name": [f"IKU {case[6]}" for case in CASES],
            "unit_of_measure": [case[2] for case in CASES],
            "polarity": [case[0] for case in CASES],
            "consolidation": [case[1] for case in CASES],
            "weight": [1] * len(CASES),
            "green_from": pd.Series([case[5] for case in CASES], dtype=object),
        }
    )
    figures = [
        {
            "unit_code": "A",
            "kpi_code": f"K{i}",
            "year": 2026,
            "period": p + 1,
            "target": case[3][p],
            "actual": case[4][p],
        }
        for i, case in enumerate(CASES)
        for p in range(PERIODS)
    ]
    raw = {
        "units": pd.DataFrame({"unit_code": ["A"], "unit_name": ["Bagian A"]}),
        "kpis": kpis,
        "measurements": pd.DataFrame(figures, dtype=object),
        "settings": pd.DataFrame({"key": ["year", "period", "language"], "value": ["2026", "2", request.param]}),
    }
    dataset.write(raw, tmp_path / "data")
    tables, failures = dataset.read(tmp_path / "data")
    assert tables is not None, failures
    return workbooks.make(score(tables), tmp_path / "unit.xlsx")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "id",
            (
                "Perbaiki lebih dulu: 60,00 poin di bawah target. "
                "Tahun ini sudah berakhir: susun perbaikan untuk tahun depan."
            ),
        ),
        ("en", "Correct first: 60.00 points below target. The year is over: plan the improvement for next year."),
    ],
)
def test_the_sample_improves_digitisation_first(language: str, said: str) -> None:
    made = workbooks.bureau(language)
    assert recommendation(made, "K8") == said
    assert recommendation(made, "K1") == load(language)("recommendation.below").format(
        lead=load(language)("recommendation.lead_improve"), gap="3,87" if language == "id" else "3.87"
    ) + load(language)("recommendation.year_over")


def recommendation(made: workbooks.Made, code: str) -> str:
    return str(made.results[made.layout.list_cell("action_plan", "recommendation", place(made, code))])


def place(made: workbooks.Made, code: str) -> int:
    """Where a KPI stands in the lists."""
    codes = (made.results[made.layout.list_cell("action_plan", "kpi_code", i)] for i, _ in enumerate(made.layout.slots))
    return list(codes).index(code)


def test_every_rule_has_its_sentence(made: workbooks.Made) -> None:
    text = load(made.layout.language)
    for i, case in enumerate(CASES):
        sentence = text("unseen_gap" if case[6] == "unseen_gap" else f"recommendation.{case[6]}")
        longest = max(sentence.replace("}", "{").split("{")[::2], key=len)
        assert longest.strip() in recommendation(made, f"K{i}"), (case, recommendation(made, f"K{i}"))


@pytest.mark.parametrize("made", ["en"], indirect=True)
def test_a_gap_that_two_decimals_do_not_show_is_told_in_words(made: workbooks.Made) -> None:
    told = {case[4][1]: recommendation(made, f"K{i}") for i, case in enumerate(CASES)}
    assert told[99.997].startswith("Improve: less than 0.01 points below target. ")
    assert told[99.9949].startswith("Improve: 0.01 points below target. ")


@pytest.mark.parametrize("made", ["id"], indirect=True)
def test_a_recommendation_writes_an_amount_as_people_do_and_the_trend_shows_the_same(made: workbooks.Made) -> None:
    told = {recommendation(made, f"K{i}"): i for i, case in enumerate(CASES) if case[6].startswith("needs")}
    assert any("paling sedikit Rp\u00a0474.999,38." in text for text in told)
    assert any("tepat Rp\u00a0\u22122.650." in text for text in told)
    assert any("paling banyak Rp\u00a03.840,25\u00a0juta." in text for text in told)
    assert any("paling sedikit 165\u00a0%." in text for text in told)
    assert any("paling sedikit 2.700.000.000\u00a0rupiah." in text for text in told)
    for text, i in told.items():
        required = made.results[made.layout.list_cell("trend", "required", place(made, f"K{i}"))]
        assert values.amount_text(made.layout, required) in text


@pytest.mark.parametrize("made", ["id"], indirect=True)
def test_nothing_is_asked_of_a_target_that_is_reached_or_cannot_be_any_more(made: workbooks.Made) -> None:
    """Nothing makes up for what is missed by sum or average, and "at most -24" is no figure that anybody can bring."""
    settled = [
        (i, state) for i, case in enumerate(CASES) for state in ("missed", "reached") if case[6] == f"year_{state}"
    ]
    assert [state for _, state in settled].count("missed") == 3
    assert len(settled) == 4
    text = load("id")
    for i, state in settled:
        row = place(made, f"K{i}")
        shown = [made.results[made.layout.list_cell("trend", key, row)] for key in ("bound", "required", "outlook")]
        assert shown == ["", "", text(f"outlook.{state}")]
        assert recommendation(made, f"K{i}").endswith(text(f"recommendation.year_{state}"))


@pytest.mark.parametrize("program", ["libreoffice", "gnumeric"])
def test_every_program_says_the_same(
    made: workbooks.Made, request: pytest.FixtureRequest, tmp_path: Path, program: str
) -> None:
    convert: Convert = request.getfixturevalue(program)
    bare = workbooks.without_results(made.path, tmp_path / "bare.xlsx")
    found = workbooks.Cells(convert(bare, "xlsx", tmp_path / "calculated"))
    assert workbooks.differences(made.results, made.layout, found) == []
