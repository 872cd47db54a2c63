"""The judgements of employees' behaviour: whose they are, and what a value may be (domain.md, section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import labels
from bsc_xl.errors import Failure
from bsc_xl.model import Behaviour
from bsc_xl.tables import ExcelError, RawTables, Tables, failure_message, validate

VALUES = dict.fromkeys(map(str, Behaviour), 4)


def _judged(unit: Any = "P1", period: Any = 1, year: Any = 2025, **values: Any) -> dict[str, Any]:
    return {"unit_code": unit, "year": year, "period": period} | VALUES | values


def _check(*rows: dict[str, Any], **settings: Any) -> tuple[Tables, list[Failure]]:
    """A unit with two employees, one KPI, and these judgements."""
    frames = {
        "units": [
            {"unit_code": "U", "unit_name": "Unit", "parent_code": "", "level": "unit"},
            {"unit_code": "P1", "unit_name": "Satu", "parent_code": "U", "level": "employee"},
            {"unit_code": "P2", "unit_name": "Dua", "parent_code": "U", "level": "employee"},
        ],
        "kpis": [
            {"kpi_code": "K", "perspective": "financial", "kpi_name": "IKU", "polarity": "maximize"}
            | {"consolidation": "sum", "weight": 100}
        ],
        "measurements": [
            {"unit_code": "P1", "kpi_code": "K", "year": 2025, "period": 1, "target": 10, "actual": 10},
        ],
        "settings": [{"key": key, "value": value} for key, value in ({"year": 2025} | settings).items()],
        "behaviour": list(rows) or [dict.fromkeys(_judged())],
    }
    raw = RawTables({table: pd.DataFrame(found, dtype=object) for table, found in frames.items()}, cells=True)
    tables, failures = validate(raw)
    assert tables is not None
    return tables, failures


def _found(*rows: dict[str, Any], **settings: Any) -> list[tuple[int | None, str | None, str, str | None]]:
    return [(f.row, f.column, f.rule, f.value) for f in _check(*rows, **settings)[1]]


def _codes(*rows: dict[str, Any]) -> list[str]:
    found: list[str] = _check(*rows)[0].behaviour["unit_code"].tolist()
    return found


def test_judgements_are_kept_as_they_are() -> None:
    tables, failures = _check(_judged(loyal=5), _judged("P2", 4, 2024, accountable=None, competent=2.5))
    assert failures == []
    assert tables.behaviour["unit_code"].tolist() == ["P1", "P2"]
    assert tables.behaviour[["year", "period"]].to_numpy().tolist() == [[2025, 1], [2024, 4]]
    np.testing.assert_array_equal(
        [[4, 4, 4, 4, 5, 4, 4], [4, np.nan, 2.5, 4, 4, 4, 4]], tables.behaviour[list(Behaviour)].to_numpy()
    )


def test_a_data_set_needs_no_judgements() -> None:
    tables, failures = _check()
    assert (len(tables.behaviour), failures) == (0, [])


@pytest.mark.parametrize("value", [1, 5, "1", "5", 4.999])
def test_the_ends_of_the_scale_belong_to_it(value: Any) -> None:
    tables, failures = _check(_judged(harmonious=value))
    assert (tables.behaviour["harmonious"].tolist(), failures) == ([float(value)], [])


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (0, "behaviour_out_of_range"),
        (0.99, "behaviour_out_of_range"),
        (5.01, "behaviour_out_of_range"),
        (-4, "behaviour_out_of_range"),
        (50, "behaviour_out_of_range"),
        ("baik", "not_a_number"),
        ("N/A", "na_not_allowed"),
        (ExcelError("#REF!"), "excel_error"),
        (True, "not_a_number"),
    ],
)
def test_what_is_no_value_of_the_scale_is_a_failure_with_its_place(value: Any, rule: str) -> None:
    tables, [failure] = _check(_judged(), _judged("P2", adaptive=value))
    assert (failure.table, failure.row, failure.column, failure.rule) == ("behaviour", 3, "adaptive", rule)
    assert repr(failure.column) == "'adaptive'"  # as the log shows it: a plain word
    assert (failure.cell, failure.level) == ("behaviour!I3", "failure")
    assert failure.value == tables.behaviour["adaptive_text"].tolist()[1]
    assert np.isnan(tables.behaviour["adaptive"].to_numpy()[1])


def test_blank_is_not_judged_and_no_failure() -> None:
    tables, failures = _check(_judged(**dict.fromkeys(VALUES)))
    assert failures == []
    assert tables.behaviour[list(Behaviour)].isna().to_numpy().all()
    assert set(tables.behaviour[[f"{value}_text" for value in Behaviour]].to_numpy().ravel()) == {""}


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (_judged("P9"), ("unit_code", "unknown_unit", "P9")),
        (_judged("U"), ("unit_code", "not_an_employee", "U")),
        (_judged(None), ("unit_code", "required", "")),
        (_judged(year=25), ("year", "year_out_of_range", "25")),
        (_judged(year=None), ("year", "required", "")),
        (_judged(period=5), ("period", "period_out_of_range", "5")),
        (_judged(period=0), ("period", "period_out_of_range", "0")),
        (_judged(period=1.5), ("period", "period_out_of_range", "1.5")),
        (_judged(period="x"), ("period", "not_a_number", "x")),
    ],
)
def test_a_judgement_that_cannot_be_placed_is_left_out(row: dict[str, Any], finding: tuple[str, str, str]) -> None:
    assert [(2, *finding)] == _found(row, _judged("P2"))
    assert _codes(row, _judged("P2")) == ["P2"]


def test_a_period_beyond_those_of_the_year() -> None:
    assert _found(_judged(period=3), periods=2) == [(2, "period", "period_out_of_range", "3")]
    assert _found(_judged(period=12), periods=12) == []


def test_who_is_judged_twice_in_a_period_keeps_the_first() -> None:
    rows = (_judged(loyal=2), _judged(period=2), _judged(loyal=3), _judged(year=2024))
    assert _found(*rows) == [(4, "unit_code", "duplicate", "P1 / 2025 / 1")]
    assert _check(*rows)[0].behaviour["loyal"].tolist() == [2, 4, 4]


def test_everything_wrong_in_a_row_is_said_at_once() -> None:
    assert _found(_judged("P9", 9, accountable="x", collaborative=7)) == [
        (2, "unit_code", "unknown_unit", "P9"),
        (2, "period", "period_out_of_range", "9"),
        (2, "accountable", "not_a_number", "x"),
        (2, "collaborative", "behaviour_out_of_range", "7"),
    ]


def test_a_column_that_a_bureau_does_not_have_is_blank() -> None:
    row = _judged()
    del row["loyal"]
    tables, failures = _check(row)
    assert (tables.behaviour["loyal"].isna().tolist(), failures) == ([True], [])


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("id", "behaviour!H2 (Loyal): nilai perilaku 9 tidak berada di antara 1..5. "),
        ("en", "behaviour!H2 (Loyal): the behaviour value 9 is not between 1..5. "),
    ],
)
def test_the_message_names_cell_value_and_scale(language: str, message: str) -> None:
    [failure] = _check(_judged(loyal=9))[1]
    assert failure_message(failure, labels.load(language)).startswith(message)


entries = st.one_of(st.none(), st.integers(-3, 9), st.floats(0, 6), st.sampled_from(["", "x", "4", "N/A", "3,5"]))


@given(found=st.lists(entries, min_size=7, max_size=7))
def test_an_entry_is_a_value_of_the_scale_or_blank_or_told(found: list[Any]) -> None:
    row = _judged(**dict(zip(VALUES, found, strict=True)))
    tables, failures = _check(row)
    told = {failure.column for failure in failures}
    for name, entry in row.items():
        if name not in VALUES:
            continue
        [value], [text] = tables.behaviour[name].tolist(), tables.behaviour[f"{name}_text"].tolist()
        blank = entry is None or entry == ""
        assert (name in told) == (text != "")
        assert (np.isnan(value)) == (blank or name in told)
        assert np.isnan(value) or 1 <= value <= 5
