"""Which workbook counts for each unit, and why the others do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import Received

Value = TypeVar("Value")
_NEVER = datetime(1, 1, 1)  # noqa: DTZ001 - a workbook's clock has no time zone


@dataclass(frozen=True, slots=True)
class Selection:
    """`counted`: unit code -> number of the file whose figures count. `others`: the files of a unit that do not,
    newest first. `refused`: files of a unit that cannot be read, or
    belong to another year or data set. `irregularities`: number of the
    file -> why it does not count."""

    counted: dict[str, int] = field(default_factory=dict)
    others: dict[str, list[int]] = field(default_factory=dict)
    refused: dict[str, list[int]] = field(default_factory=dict)
    irregularities: dict[int, Irregularity] = field(default_factory=dict)


def usual(values: Iterable[Value], otherwise: Value) -> Value:
    """The value that most have, of two that are as frequent the first; `otherwise` where there is none."""
    found = Counter(values).most_common(1)
    return found[0][0] if found else otherwise


def select(
    received: Sequence[Received], units: Mapping[str, int] | None, year: int, dataset: str, when: datetime
) -> Selection:
    """The selection for that year of the data set with that fingerprint (or "" for any); `units` are its codes, None
    where the data set is not known. `when`: the time of the collection.

    Of several workbooks of one unit the newest counts: that which was recalculated or whose file was changed last,
    whichever is later. A recalculation later than the collection is a mistake of somebody's clock and says nothing.
    """
    selection = Selection()
    candidates: dict[str, list[int]] = {}
    for number, each in enumerate(received):
        if not each.unit_code:
            continue
        if not each.readable:  # why has been told
            selection.refused.setdefault(each.unit_code, []).append(number)
            continue
        problem = _problem(each, units, year, dataset)
        if problem:
            selection.irregularities[number] = problem
        if problem or not each.year:
            selection.refused.setdefault(each.unit_code, []).append(number)
        else:
            candidates.setdefault(each.unit_code, []).append(number)
    for unit_code, numbers in candidates.items():
        newest, *others = sorted(numbers, key=lambda number: _age(received[number], when), reverse=True)
        selection.counted[unit_code] = newest
        if others:
            selection.others[unit_code] = others
        for number in others:
            selection.irregularities[number] = Irregularity(
                Severity.ADVICE,
                "duplicate_workbook",
                unit_code,
                received[number].file,
                expected=received[newest].file,
            )
    return selection


def _problem(each: Received, units: Mapping[str, int] | None, year: int, dataset: str) -> Irregularity | None:
    """Why a workbook cannot count, at the setting that says so; the first reason is enough."""
    if each.year and each.year != year:
        return _at(each, "other_year", "year", str(each.year), str(year))
    if dataset and each.dataset and each.dataset != dataset:
        return _at(each, "other_data_set", "dataset", each.dataset, dataset)
    if units is not None and each.unit_code not in units:
        return _at(each, "unit_unknown", "unit_code", each.unit_code, "")
    return None


def _at(each: Received, rule: str, key: str, value: str, expected: str) -> Irregularity:
    cell = each.setting_cells[key]
    return Irregularity(Severity.FAILURE, rule, each.unit_code, each.file, each.settings_title, cell, value, expected)


def _age(each: Received, when: datetime) -> tuple[datetime, datetime, str]:
    stamp = each.recalculated if each.recalculated and each.recalculated <= when else _NEVER
    return max(stamp, each.modified or _NEVER), stamp, each.file
