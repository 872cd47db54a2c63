"""The action plan of a data set: entries are placed by unit, KPI, year and period, and nothing of them is lost."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import dataset
from bsc_xl.errors import Failure
from bsc_xl.tables import RawTables, Tables, parse, validate

KEYS = {"unit_code": "A", "kpi_code": "K1", "year": 2026, "period": 2}
ENTRIES = {
    "cause": "=2+2 petugas",
    "action": "Pindai arsip;\nlatih petugas",
    "owner": "Kasubag, TU",
    "due": date(2026, 9, 30),
    "progress": "50%",
}
UNITS = [{"unit_code": "A", "unit_name": "Bagian A"}, {"unit_code": "B", "unit_name": "Bagian B"}]
KPI = {"perspective": "customer", "polarity": "maximize", "consolidation": "last", "weight": 100}
KPIS = [
    KPI | {"kpi_code": "K1", "kpi_name": "Kepuasan", "unit_code": "A"},
    KPI | {"kpi_code": "K2", "kpi_name": "Layanan", "unit_code": "B"},
]


def planned(*rows: dict[str, object]) -> tuple[Tables, list[Failure]]:
    frames = {
        "units": UNITS,
        "kpis": KPIS,
        "measurements": [KEYS | {"target": 1, "actual": 1}],
        "settings": [{"key": "year", "value": 2026}, {"key": "period", "value": 2}],
    }
    frames |= {"action_plan": list(rows)} if rows else {}
    tables, failures = validate(RawTables({name: pd.DataFrame(table, dtype=object) for name, table in frames.items()}))
    assert tables is not None
    return tables, failures


def of_plan(failures: list[Failure]) -> list[tuple[int | None, str | None, str, str | None]]:
    return [(each.row, each.column, each.rule, each.value) for each in failures if each.table == "action_plan"]


def test_a_data_set_without_the_table_has_no_entry() -> None:
    assert len(planned()[0].action_plan) == 0


def test_every_failure_is_named_at_once_and_such_rows_are_left_out() -> None:
    tables, failures = planned(
        KEYS | ENTRIES,
        KEYS | {"unit_code": "X"},
        KEYS | {"kpi_code": "K9"},
        KEYS | {"kpi_code": "K2"},
        KEYS | {"period": 5},
        KEYS | {"action": "lagi"},
        KEYS | {"period": 1, "due": "akhir bulan"},
        {"kpi_code": "K1", "year": 2026, "period": 3},
    )
    assert of_plan(failures) == [
        (3, "unit_code", "unknown_unit", "X"),
        (4, "kpi_code", "unknown_kpi", "K9"),
        (5, "kpi_code", "kpi_not_of_unit", "K2"),
        (6, "period", "period_out_of_range", "5"),
        (7, "kpi_code", "duplicate", "A / K1 / 2026 / 2"),
        (8, "due", "not_a_date", "akhir bulan"),
        (9, "unit_code", "required", ""),
    ]
    assert tables.action_plan["period"].tolist() == [2, 1]
    assert tables.action_plan["due"].tolist() == [date(2026, 9, 30), None]
    assert tables.action_plan["due_text"].tolist() == ["", "akhir bulan"]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-04",
        " 4/3/2026 ",
        "04-03-2026",
        "04.03.2026",
        date(2026, 3, 4),
        datetime(2026, 3, 4),  # noqa: DTZ001 - a sheet's dates have no time zone
        "2026-03-04 00:00:00",
    ],
    ids=str,
)
def test_a_date_is_understood_with_the_day_first(cell: object) -> None:
    tables, failures = planned(KEYS | {"due": cell})
    assert (tables.action_plan["due"].tolist(), of_plan(failures)) == ([date(2026, 3, 4)], [])


@pytest.mark.parametrize("cell", ["31/02/2026", "2026-13-01", "03/2026", 46_000, "0026-01-01", "1/2-2026"], ids=str)
def test_what_is_no_date_stays_as_its_text(cell: object) -> None:
    tables, failures = planned(KEYS | {"due": cell})
    assert [each[2] for each in of_plan(failures)] == ["not_a_date"]
    assert tables.action_plan["due_text"].tolist() == [parse.as_text(cell)]


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_date_comes_back(day: date) -> None:
    tables, _ = planned(KEYS | {"due": day.isoformat()})
    assert tables.action_plan["due"].tolist() == [day]


def places(folder: Path) -> dict[str, Any]:
    return {
        "csv": (folder / "csv", {}),
        "parquet": (folder / "parquet", {"file_format": "parquet"}),
        "xlsx": (folder / "data.xlsx", {}),
        "sql": (f"sqlite:///{folder / 'data.db'}", {}),
    }


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "sql"])
def test_entries_come_back_from_every_kind_of_data_set_as_they_were(tmp_path: Path, kind: str) -> None:
    sent, _ = planned(KEYS | ENTRIES, KEYS | {"period": 1, "due": "akhir bulan", "owner": "'='"}, KEYS | {"year": 2025})
    place, options = places(tmp_path)[kind]
    dataset.write(sent, place, **options)
    found, _ = dataset.read(place)
    assert found is not None
    pd.testing.assert_frame_equal(found.action_plan, sent.action_plan)
    assert [type(due) for due in found.action_plan["due"]] == [date, type(None), type(None)]
