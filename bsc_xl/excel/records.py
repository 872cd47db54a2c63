"""The sheets that importing evidence fills: which rows they have, and what an import writes into them.

A figure has one row, by its KPI and period, and so have an employee and a period: importing anew replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from bsc_xl.errors import ActionError
from bsc_xl.evidence import telling
from bsc_xl.evidence.model import Evidence, Figure
from bsc_xl.excel.address import corners
from bsc_xl.excel.block import serial
from bsc_xl.excel.columns import DISCIPLINE_COLUMNS, LIST_COLUMNS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found, is_number
from bsc_xl.excel.results import Value
from bsc_xl.labels import Labels
from bsc_xl.tables import parse

SHEETS = ("evidence", "discipline")


def evidence_row(
    layout: Layout, block: Block, kpi: str, period: int, found: Evidence, figure: Figure, when: datetime
) -> dict[Ref, Value]:
    """What traces the actual of that KPI and period to its file; `ActionError` when the sheet has no room."""
    i = _row(layout, block, kpi, period)
    text = layout.labels
    row: dict[str, Value] = {
        "recorded": serial(when),
        "kpi_code": kpi,
        "period": float(period),
        "evidence_kind": text(f"evidence.kind.{found.kind}"),
        "measure": telling.measure_name(found.kind, figure.measure, text),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "evidence_value": figure.value,
        "file": parse.without_forbidden(found.source.name),
        "checksum": found.source.sha256,
        "rows_used": float(found.used),
        "rows_set_aside": float(len(found.set_aside)),
        "reasons": telling.reasons(found, text) or None,
    }
    return {layout.list_cell("evidence", key, i): value for key, value in row.items()}


def discipline_rows(layout: Layout, block: Block, employees: pd.DataFrame) -> dict[Ref, Value]:
    """What an attendance log says of employees (`evidence.attendance.Discipline.employees`), among what is there.

    The rows are in the order of employees and periods, as those who look for the latest one need it. `ActionError` when
    the sheet has no room.
    """
    rows = _rows(layout, block, "discipline")
    kept = [row for row in rows if not parse.is_blank(row["employee_id"]) and is_number(row["period"])]
    merged = {_key(row): row for row in kept} | {_key(row): row for row in _of_log(employees, layout.labels)}
    ordered = [merged[key] for key in sorted(merged)]
    if len(ordered) > len(rows):
        raise ActionError(reason="action.sheet_full", sheet=block.title, count=len(ordered), most=len(rows))
    blank: dict[str, Value] = dict.fromkeys(DISCIPLINE_COLUMNS)
    return {
        layout.list_cell("discipline", key, i): value
        for i, former in enumerate(rows)
        for row in [ordered[i] if i < len(ordered) else blank]
        if row != former
        for key, value in row.items()
    }


def _row(layout: Layout, block: Block, kpi: str, period: int) -> int:
    """The row of that KPI and period, otherwise the first below all that are filled."""
    rows = _rows(layout, block, "evidence")
    filled = [i for i, row in enumerate(rows) if any(not parse.is_blank(value) for value in row.values())]
    for i in filled:
        if parse.as_text(rows[i]["kpi_code"]).casefold() == kpi.casefold() and rows[i]["period"] == period:
            return i
    free = max(filled, default=-1) + 1
    if free == len(rows):
        raise ActionError(reason="action.sheet_full", sheet=block.title, count=free + 1, most=len(rows))
    return free


def _rows(layout: Layout, block: Block, sheet: str) -> Sequence[Mapping[str, Found]]:
    (_, header), (_, last) = corners(layout.list_table(sheet)[1])
    columns = LIST_COLUMNS[sheet]
    return [{key: block.value(layout.list_cell(sheet, key, i).cell) for key in columns} for i in range(last - header)]


def _key(row: Mapping[str, Found]) -> tuple[str, float]:
    period = row["period"]
    assert is_number(period)
    return parse.as_text(row["employee_id"]).casefold(), float(period)


def _of_log(employees: pd.DataFrame, labels: Labels) -> list[dict[str, Found]]:
    table = employees.assign(
        on_leave=employees["leave"],
        missing_clocks=employees["missing_in"] + employees["missing_out"],
        sanction=[labels(f"sanction.{level}") for level in employees["level"]],
    )
    rows = table.reindex(columns=list(DISCIPLINE_COLUMNS)).astype(object).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: object) -> Found:
    """A number as cells hold it; None for a missing one."""
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
