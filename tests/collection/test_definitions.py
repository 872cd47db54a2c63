"""Whatever happens to the definition of a KPI in a workbook, its figures come back, and what is wrong is told once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sent import collect, fill_in, layout, send

from bsc_xl import dataset, labels, sample
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Collection, Receipt, Severity
from bsc_xl.model import NA_TEXT, Perspective
from bsc_xl.scorecard import Scorecard
from bsc_xl.workflows import collecting

ROW = 8
CUSTOMER = Perspective.CUSTOMER


@pytest.fixture
def sent(tmp_path: Path) -> Scorecard:
    """Three units with two KPIs in each perspective, on target."""
    frames = sample.generate(units=3, kpis=8, seed=4, language="en")
    frames["measurements"] = frames["measurements"].assign(target="100", actual="90", note="by hand")
    frames["kpis"] = frames["kpis"].assign(worst="", ceiling="false")
    return send(tmp_path, frames)


def _typed(root: Path, key: str, value: object, row: int = ROW) -> str:
    """Somebody types into a definition of the first unit; the address of the cell."""
    ref = layout(root).cell(CUSTOMER, row, key)
    fill_in(root, {ref: value})
    return ref.cell


def _told(collected: Collection, *rules: str) -> list[tuple[str, str, str, str, str]]:
    """Rule, cell, KPI, value and what would be right, of failures; or of everything with these rules."""
    return [
        (each.rule, each.cell, each.kpi, each.value, each.expected)
        for each in collected.irregularities
        if (each.rule in rules if rules else each.severity is Severity.FAILURE)
    ]


def _first(sent: Scorecard) -> str:
    """The code of the KPI in the first row of the customer perspective."""
    kpis = sent.tables.kpis
    return str(kpis.loc[kpis["perspective"] == CUSTOMER, "kpi_code"].iloc[0])


@pytest.mark.parametrize(
    ("key", "value"),
    [("polarity", "Upwards"), ("polarity", None), ("consolidation", "Total"), ("weight", -5.0), ("weight", "half"),
     ("weight", 40.0), ("worst", NA_TEXT)],
)  # fmt: skip
def test_a_definition_that_is_none_is_one_failure_and_that_of_the_data_set_counts(
    tmp_path: Path, sent: Scorecard, key: str, value: object
) -> None:
    cell = _typed(tmp_path, key, value)
    collected = collect(tmp_path, sent.tables)
    kpis = sent.tables.kpis.set_index("kpi_code")
    right = kpis.loc[_first(sent), key]
    expected = "" if key == "worst" else f"{right:g}" if isinstance(right, float) else str(right)
    value = "" if value is None else f"{value:g}" if isinstance(value, float) else value
    assert _told(collected) == [("definition_differs", cell, _first(sent), value, expected)]
    assert collected.card.tables.kpis.equals(sent.tables.kpis)
    np.testing.assert_array_equal(collected.card.score, sent.score)
    assert (collected.card.tables.note == sent.tables.note).all()
    assert [each.receipt for each in collected.submissions] == [Receipt.RECEIVED] * 3


@pytest.mark.parametrize("code", [None, "K99", "K01"], ids=["cleared", "unknown", "of another KPI"])
def test_a_kpi_whose_code_does_not_tell_is_known_by_its_name(tmp_path: Path, sent: Scorecard, code: str | None) -> None:
    cell = _typed(tmp_path, "kpi_code", code)
    collected = collect(tmp_path, sent.tables)
    first = _first(sent)
    assert _told(collected) == [("kpi_recognised", cell, first, code or "", first)]
    np.testing.assert_array_equal(collected.card.score, sent.score)
    assert collected.card.tables.kpis.equals(sent.tables.kpis)


def test_a_kpi_without_code_and_name_is_known_by_its_place(tmp_path: Path, sent: Scorecard) -> None:
    cell = _typed(tmp_path, "kpi_code", None)
    _typed(tmp_path, "kpi_name", None)
    collected = collect(tmp_path, sent.tables)
    assert _told(collected, "kpi_recognised") == [("kpi_recognised", cell, _first(sent), "", _first(sent))]
    np.testing.assert_array_equal(collected.card.score, sent.score)


def test_a_place_does_not_make_another_kpi_of_it(tmp_path: Path, sent: Scorecard) -> None:
    """A KPI was replaced: neither code nor name is one that is known."""
    cell = _typed(tmp_path, "kpi_code", None)
    _typed(tmp_path, "kpi_name", "Something new")
    collected = collect(tmp_path, sent.tables)
    code = f"Customer!{cell} ({sent.tables.units['unit_code'].iloc[0]})"
    assert _told(collected, "kpi_set_aside") == [("kpi_set_aside", cell, code, "", code)]
    assert [rule for rule, *_ in _told(collected)] == ["kpi_missing", "required"]


def test_figures_of_which_nobody_knows_the_kpi_are_kept_and_not_scored(tmp_path: Path, sent: Scorecard) -> None:
    """Without a data set, and with a polarity that is none in every workbook."""
    for number in range(3):
        fill_in(tmp_path, {layout(tmp_path).cell(CUSTOMER, ROW, "polarity"): "Upwards"}, number)
    collected = collect(tmp_path, None)
    kept = collected.card.tables.kpis.loc[collected.card.tables.kpis["unit_code"] != ""]
    assert kept["polarity"].tolist() == ["unscored"] * 3
    assert kept["kpi_code"].tolist() == [_first(sent), *(f"{_first(sent)} ({unit})" for unit in kept["unit_code"][1:])]
    figures = collected.card.tables.measurements
    for unit, code in zip(kept["unit_code"], kept["kpi_code"], strict=True):
        own = figures[(figures["unit_code"] == unit) & (figures["kpi_code"] == code)]
        assert own[["target", "actual", "note"]].to_numpy().tolist() == [[100.0, 90.0, "by hand"]] * 4
    assert [rule for rule, *_ in _told(collected)] == ["unknown_polarity"] * 3

    run = archive(tmp_path / "archive").runs()[0]
    assert collecting.again(archive(tmp_path / "archive"), run).card.tables.measurements.equals(figures)


def test_without_the_data_set_most_workbooks_say_what_a_kpi_is(tmp_path: Path, sent: Scorecard) -> None:
    cell = _typed(tmp_path, "polarity", "Upwards")
    collected = collect(tmp_path, None)
    polarity = sent.tables.kpis.set_index("kpi_code").loc[_first(sent), "polarity"]
    assert _told(collected) == [("definition_differs", cell, _first(sent), "Upwards", polarity)]
    np.testing.assert_array_equal(collected.card.score, sent.score)


def test_a_text_among_the_figures_of_a_row_without_a_code_is_told_and_kept(tmp_path: Path, sent: Scorecard) -> None:
    shape = layout(tmp_path)
    code, actual = (shape.cell(CUSTOMER, ROW, *at) for at in (("kpi_code", 0), ("actual", 2)))
    fill_in(tmp_path, {code: None, actual: "soon"})
    collected = collect(tmp_path, sent.tables)
    assert [(rule, cell, value) for rule, cell, _, value, _ in _told(collected)] == [
        ("kpi_recognised", code.cell, ""),
        ("not_a_number", actual.cell, "soon"),
    ]
    assert list(collected.card.tables.rejected.values()) == ["soon"]


def test_a_kpi_that_is_gone_is_not_also_a_total_that_is_wrong(tmp_path: Path, sent: Scorecard) -> None:
    shape = layout(tmp_path)
    fill_in(tmp_path, {shape.cell(CUSTOMER, ROW, *at): None for at in shape.columns if _is_input(at[0])})
    assert [rule for rule, *_ in _told(collect(tmp_path, sent.tables))] == ["kpi_missing"]


def _is_input(key: str) -> bool:
    from bsc_xl.excel.columns import COLUMNS

    return any(column.key == key and column.is_input for column in COLUMNS)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", 'KPI {code}, Weight (%): "1,234.5" stands here. For all units counts: "50".'),
        ("id", 'IKU {code}, Bobot (%): di sini tertulis "1.234,5". Yang berlaku bagi semua unit: "50".'),
    ],
)
def test_what_differs_names_kpi_attribute_and_both_values_as_the_language_writes_them(
    tmp_path: Path, sent: Scorecard, language: str, sentence: str
) -> None:
    _typed(tmp_path, "weight", 1234.5)
    (told,) = (each for each in collect(tmp_path, sent.tables).irregularities if each.rule == "definition_differs")
    assert told.text(labels.load(language)) == sentence.format(code=_first(sent))


def test_the_data_set_that_is_written_holds_what_was_kept(tmp_path: Path, sent: Scorecard) -> None:
    _typed(tmp_path, "kpi_code", None)
    collecting.write(collect(tmp_path, sent.tables), tmp_path / "out", labels.load("en"))
    back, failures = dataset.read(tmp_path / "out" / "dataset")
    assert back is not None
    assert [each for each in failures if each.level == "failure"] == []
    np.testing.assert_array_equal(back.actual, sent.tables.actual)
