"""A data set that goes out as workbooks and is collected again is the same data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sent import collect, fill_in, layout, send

from bsc_xl import dataset, sample
from bsc_xl.collection.model import Severity
from bsc_xl.excel import layouts, plan, stamp, template
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.growth import grown
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard
from bsc_xl.tables import Tables
from bsc_xl.tables.columns import SIGNATORY
from bsc_xl.workflows import collecting, generation

UNKNOWN_TO_WORKBOOKS = ("parent_code", "level", "weight", "parent")


def _sent(root: Path, **shape: object) -> Scorecard:
    """A data set with texts of every kind."""
    return send(root, sample.generate(seed=3, hard_text=True, **shape))  # type: ignore[arg-type]


def _differences(expected: Tables, found: Tables, without: tuple[str, ...] = ()) -> list[str]:
    wrong = [] if expected.settings == found.settings else ["settings"]
    for name in ("units", "kpis", "links", "behaviour", "action_plan"):
        one, other = (
            getattr(tables, name).drop(columns=list(without), errors="ignore") for tables in (expected, found)
        )
        wrong += [] if one.equals(other) else [name]
    for name in ("unit", "kpi", "target", "target_state", "actual", "actual_state", "evidence", "note"):
        one, other = getattr(expected, name), getattr(found, name)
        same = one.shape == other.shape and np.all((one == other) | ((one != one) & (other != other)))
        wrong += [] if same else [name]
    return wrong + ([] if expected.rejected == found.rejected else ["rejected"])


@pytest.mark.slow
@pytest.mark.parametrize(("units", "own_kpis"), [(300, False), (60, True)], ids=["shared KPIs", "own KPIs"])
def test_hundreds_of_units_come_back_as_they_went_out(tmp_path: Path, units: int, own_kpis: bool) -> None:
    """Where KPIs are the units' own, a workbook is drawn for each, which takes long."""
    sent = _sent(tmp_path, units=units, kpis=9, own_kpis=own_kpis, years=(2024, 2025))
    collected = collect(tmp_path, sent.tables)
    assert _differences(sent.tables, collected.card.tables) == []
    assert [each for each in collected.irregularities if each.severity is Severity.FAILURE] == []
    np.testing.assert_array_equal(collected.card.score, sent.score)


@pytest.mark.parametrize("periods", [1, 2, 4, 12])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_kind_of_year_comes_back(tmp_path: Path, periods: int, language: str) -> None:
    sent = _sent(tmp_path, units=3, kpis=10, periods=periods, language=language)
    assert _differences(sent.tables, collect(tmp_path, sent.tables).card.tables) == []


def test_the_data_set_that_is_written_is_the_one_that_was_sent(tmp_path: Path) -> None:
    sent = _sent(tmp_path, units=5, kpis=10)
    from bsc_xl import labels

    collecting.write(collect(tmp_path, sent.tables), tmp_path / "out", labels.load("en"))
    back, failures = dataset.read(tmp_path / "out" / "dataset")
    assert back is not None, failures
    assert _differences(sent.tables, back) == []


def test_who_signs_is_the_unit_s_own_to_say(tmp_path: Path) -> None:
    sent = _sent(tmp_path, units=2, kpis=8)
    typed = dict(
        zip(SIGNATORY, ("Ani", "Plt. Kepala Biro", "Pembina (IV/a)", "19700101 199503 2 001", None), strict=True)
    )
    fill_in(tmp_path, {layout(tmp_path).settings[name]: value for name, value in typed.items()})
    for given in (sent.tables, None):
        units = collect(tmp_path, given).card.tables.units[list(SIGNATORY)]
        assert units.iloc[0].tolist() == [value or "" for value in typed.values()]
        assert units.iloc[1].tolist() == sent.tables.units[list(SIGNATORY)].iloc[1].tolist()


def test_without_the_data_set_all_comes_back_that_workbooks_hold(tmp_path: Path) -> None:
    sent = _sent(tmp_path, units=12, kpis=9)
    found = collect(tmp_path, None).card.tables
    assert _differences(sent.tables, found, UNKNOWN_TO_WORKBOOKS) == ["settings", "behaviour"]
    assert (found.settings.year, found.settings.period) == (sent.tables.settings.year, sent.tables.settings.period)


def test_a_number_typed_as_text_stays_an_error_in_the_data_set(tmp_path: Path) -> None:
    sent = _sent(tmp_path, units=2, kpis=8)
    fill_in(tmp_path, {layout(tmp_path).cell(Perspective.FINANCIAL, 8, "actual", 1): "12"})
    from bsc_xl import labels

    collecting.write(collect(tmp_path, sent.tables), tmp_path / "out", labels.load("en"))
    back, failures = dataset.read(tmp_path / "out" / "dataset")
    assert back is not None
    assert [(each.rule, each.value) for each in failures if each.level == "failure"] == [("not_a_number", "'12")]


def test_a_kpi_in_an_added_row_is_the_units_own_and_all_else_the_same(tmp_path: Path) -> None:
    """As the button Add KPI row leaves it: the workbook is one drawn with one more spare row."""
    sent = _sent(tmp_path, units=4, kpis=8)
    workbook = generation.planned_workbooks(sent, tmp_path / "inbox")[1]
    shape = grown(layouts.for_unit(sent, 1, sent.tables.settings.language), Perspective.CUSTOMER)
    path = tmp_path / "inbox" / workbook.name
    path.write_bytes(stamp.stamp(template.draw(shape), plan.unit_writes(sent, 1, shape)))
    row = shape.rows(Perspective.CUSTOMER)[-1]
    text = shape.labels
    inputs = {
        ("kpi_code", 0): "K99", ("kpi_name", 0): "IKU tambahan", ("weight", 0): 0.0, ("target", 1): 4.0,
        ("actual", 1): 5.0, ("polarity", 0): text("polarity.maximize"), ("consolidation", 0): text("consolidation.sum"),
    }  # fmt: skip
    fill_in(tmp_path, {shape.cell(Perspective.CUSTOMER, row, *at): value for at, value in inputs.items()}, 1)

    collected = collect(tmp_path, sent.tables)
    tables = collected.card.tables
    own = tables.kpis[tables.kpis["unit_code"] != ""]
    assert own[["kpi_code", "kpi_name", "unit_code"]].to_numpy().tolist() == [
        ["K99", "IKU tambahan", workbook.unit_code]
    ]
    assert [(each.rule, each.cell) for each in collected.irregularities if "kpi" in each.rule] == [
        ("kpi_added", shape.cell(Perspective.CUSTOMER, row, "kpi_code").cell)
    ]
    rest = tables.kpi != len(tables.kpis) - 1
    np.testing.assert_array_equal(tables.actual[rest], sent.tables.actual)
    np.testing.assert_array_equal(tables.note[rest], sent.tables.note)
    assert {column.key for column in COLUMNS} >= {key for key, _ in inputs}


@pytest.mark.slow
def test_workbooks_that_libreoffice_saved_come_back_the_same(
    tmp_path: Path, libreoffice: Callable[[Path, str, Path], Path]
) -> None:
    sent = _sent(tmp_path, units=6, kpis=10)
    for path in sorted((tmp_path / "inbox").glob("*.xlsx"))[::2]:
        saved = libreoffice(path, "xlsx", tmp_path / "saved")
        path.write_bytes(saved.read_bytes())
    collected = collect(tmp_path, sent.tables)
    assert _differences(sent.tables, collected.card.tables) == []
    assert [each for each in collected.irregularities if each.severity is Severity.FAILURE] == []
    assert [each.rule for each in collected.irregularities if each.rule in ("difference", "definition_differs")] == []
