"""The sheets that importing evidence fills: which rows they have, and what an import writes into them.

A figure has one row, by its KPI and period: importing anew replaces it. An attendance log has one for the unit and one
for each employee in each of its periods; those of the period that is imported are replaced as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import pandas as pd

from bsc_xl.errors import ActionError
from bsc_xl.evidence import telling
from bsc_xl.evidence.attendance import Discipline
from bsc_xl.evidence.attendance.schedule import identity
from bsc_xl.evidence.model import Evidence, Figure, Remark
from bsc_xl.excel.address import corners
from bsc_xl.excel.columns import DISCIPLINE_COLUMNS, LIST_COLUMNS
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found, is_number
from bsc_xl.excel.results import Value
from bsc_xl.labels import Labels
from bsc_xl.model import DisciplineRules, Level
from bsc_xl.tables import parse

SHEETS = ("evidence", "discipline")

_Row = Mapping[str, Found]
_Key = tuple[str, float]
"""Whose row it is, in small letters, and the period."""
_LISTED = 10
"""So many ids go into a remark."""


def evidence_row(
    layout: Layout, block: Block, kpi: str, period: int, found: Evidence, figure: Figure, when: datetime
) -> dict[Ref, Value]:
    """What traces the actual of that KPI and period to its file, the cell that says when first; `ActionError` when the
    sheet has no room."""
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
        "file": telling.files(found, text),
        "checksum": "\n".join(source.sha256 for source in found.sources),
        "rows_used": float(found.used),
        "rows_set_aside": float(len(found.set_aside)),
        "reasons": telling.reasons(found, text) or None,
    }
    return {layout.list_cell("evidence", key, i): value for key, value in row.items()}


def replaced(layout: Layout, block: Block, kpi: str, period: int, found: Evidence) -> list[Remark]:
    """`replaced` (`file`), where the sheet knows the actual of that KPI and period from a file that is none of these:
    two parts of a log would otherwise pass for the whole of it, one after the other. `content_differs` (`file`) where
    one of these is called as that file was and holds something else."""
    row = _rows(layout, block, "evidence")[_row(layout, block, kpi, period)]
    checksums = parse.as_text(row["checksum"]).split()
    counted = layout.labels("evidence.files", count=len(checksums), files="")
    former = parse.as_text(row["file"]).removeprefix(counted)  # in the workbook's language, which may be another one
    if not former or {source.sha256 for source in found.sources}.issuperset(checksums):
        return []
    names = {parse.without_forbidden(source.name) for source in found.sources}
    called_alike = names.issuperset(former.split(", ")) or former in names
    return [Remark("content_differs" if called_alike else "replaced", {"file": former})]


def discipline_rows(
    layout: Layout, block: Block, found: Discipline, period: int, unit: str, rules: DisciplineRules
) -> tuple[dict[Ref, Value], tuple[Remark, ...]]:
    """What an attendance log that is imported for that period says of the unit and its employees, among what is there.

    The unit is first, then the rows are in the order of employees and periods, as those who look for the latest one
    need it. Remarks: `employees_gone` (`count`, `ids`), who is in this period no longer; `rows_left_out` (`count`,
    `most`, `sheet`) where the sheet has no room, which the newest row of each employee gets first; and
    `employees_left_out` (`count`, `ids`), who has none at all for that.
    """
    rows = _rows(layout, block, "discipline")
    kept = {_key(row): row for row in rows if not parse.is_blank(row["employee_id"]) and is_number(row["period"])}
    said = {_key(row): row for row in _of_log(layout, found, unit, rules)}
    own = identity(unit)
    gone = {key: row for key, row in kept.items() if key[1] == period and key not in said and key[0] != own}
    merged = {key: row for key, row in kept.items() if key not in gone} | said
    listed = _by_use(merged, own)[: len(rows)]
    ordered = [merged[key] for key in sorted(listed, key=lambda key: (key[0] != own, key))]
    blank: dict[str, Value] = dict.fromkeys(DISCIPLINE_COLUMNS)
    cells = {
        layout.list_cell("discipline", key, i): value
        for i, former in enumerate(rows)
        for row in [ordered[i] if i < len(ordered) else blank]
        if row != former
        for key, value in row.items()
    }
    remarks = [_about("employees_gone", gone.values())] if gone else []
    if len(merged) > len(rows):
        values = {"count": len(merged) - len(rows), "most": len(rows), "sheet": block.title}
        remarks.append(Remark("rows_left_out", values))
        there = {person for person, _ in listed}
        if missing := {key[0]: row for key, row in merged.items() if key[0] not in there}:
            remarks.append(_about("employees_left_out", missing.values()))
    return cells, tuple(remarks)


def _by_use(rows: Mapping[_Key, _Row], unit: str) -> list[_Key]:
    """Whose rows are needed first: the newest of each, since it says what has come together since 1 January, and of
    these the unit's and then those with most days."""
    older: dict[str, int] = defaultdict(int)
    age = {}
    for key in sorted(rows, key=lambda key: -key[1]):
        age[key] = older[key[0]]
        older[key[0]] += 1

    def days(key: _Key) -> float:
        found = rows[key]["year_days"]
        return float(found) if is_number(found) else 0.0

    return sorted(rows, key=lambda key: (age[key], key[0] != unit, -days(key), key))


def _about(rule: str, rows: Iterable[_Row]) -> Remark:
    ids = sorted(parse.as_text(row["employee_id"]) for row in rows)
    return Remark(rule, {"count": len(ids), "ids": ", ".join(ids[:_LISTED])})


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


def _rows(layout: Layout, block: Block, sheet: str) -> Sequence[_Row]:
    (_, header), (_, last) = corners(layout.list_table(sheet)[1])
    columns = LIST_COLUMNS[sheet]
    return [{key: block.value(layout.list_cell(sheet, key, i).cell) for key in columns} for i in range(last - header)]


def _key(row: _Row) -> _Key:
    period = row["period"]
    assert is_number(period)
    return identity(parse.as_text(row["employee_id"])), float(period)


def _of_log(layout: Layout, found: Discipline, unit: str, rules: DisciplineRules) -> list[dict[str, Found]]:
    """The rows of the unit and of its employees; an employee's own workbook needs none for all together."""
    employees, text = found.employees, layout.labels
    tables = [employees.assign(sanction=[_sanction(*of, rules, text) for of in _levels(employees)])]
    if layout.level is not Level.EMPLOYEE:
        everybody = found.unit[found.unit["workdays"] > 0]
        words = [text("discipline.everybody", count=count) for count in everybody["employees"]]
        tables.append(everybody.assign(employee_id=unit, sanction=words))
    return [row for table in tables for row in _as_cells(table)]


def _levels(employees: pd.DataFrame) -> Iterable[tuple[str, int]]:
    return zip(employees["level"], employees["year_longest"], strict=True)


def _sanction(level: str, longest: int, rules: DisciplineRules, text: Labels) -> str:
    """The sanction in words; where absences in a row led to it, these too, since the days alone do not explain it."""
    words = text(f"sanction.{level}")
    return text("discipline.in_a_row", sanction=words, count=longest) if longest >= rules.consecutive_days else words


def _as_cells(table: pd.DataFrame) -> list[dict[str, Found]]:
    table = table.assign(on_leave=table["leave"], missing_clocks=table["missing_in"] + table["missing_out"])
    rows = table.reindex(columns=list(DISCIPLINE_COLUMNS)).astype(object).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: object) -> Found:
    """A number as cells hold it; None for a missing one."""
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
