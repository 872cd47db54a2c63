"""The months of every employee as tables for people, by employee or for all together, and as the figures of a KPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.evidence.attendance.days import Counts, Months
from bsc_xl.evidence.attendance.discipline import days_of_absence, levels, names, points
from bsc_xl.evidence.model import Figure, share
from bsc_xl.model import DisciplineMeasure, DisciplineRules
from bsc_xl.scoring.arrays import Codes

MEASURES = ("on_time", "attendance", "late_count", "late_minutes", "level")
"""The figures of attendance; the policy may put another one first (`model.DisciplineMeasure`)."""

_SUMS = (
    "workdays",
    "attended",
    "leave",
    "absent",
    "on_time",
    "late",
    "late_minutes",
    "early",
    "early_minutes",
    "missing_in",
    "missing_out",
)


@dataclass(frozen=True, slots=True)
class Discipline:
    """What the attendance says since 1 January, in ids and numbers only.

    `employees`: one row for each employee and period with a workday, in the order of ids and periods. Its columns,
    whole numbers where nothing else is said:

    - `employee_id` (text), `year`, `period` (1..n);
    - of the period, in days: `workdays` = `attended` + `leave` + `absent` (without a valid reason); of those attended
      `on_time`, `late`, `early` (left too early), `missing_in` and `missing_out` (without that clock);
      `on_time_percent` (0..100, NaN where none was attended);
    - `late_1` ... and `late_minutes_1` ...: `late`, `late_minutes` by the brackets of `DisciplineRules.lateness_from`;
    - of the period, in minutes: `late_minutes`, `early_minutes`, and `minutes`, what PP 94/2021 adds up;
    - since 1 January: `year_absent` (days), `year_minutes`, `year_days` (both together), `year_longest` (absences in a
      row), `level` (the name of a `Sanction`, or "none") and `level_points` (0..100).

    `unit`: the same for all employees together, one row for each period, with `employees`, how many had a workday, and
    without what is judged by employee: the columns since 1 January.
    """

    employees: pd.DataFrame
    unit: pd.DataFrame


def by_period(months: Months, months_per_period: int, rules: DisciplineRules) -> Discipline:
    """The tables by period; with one month per period, by month."""
    sums, days = _sums(months, months_per_period, rules)
    _, periods = sums["workdays"].shape
    level = levels(days["year_days"], days["year_longest"], rules)
    worked = (sums["workdays"] > 0).ravel()
    employees = {
        "employee_id": np.repeat(months.ids, periods),
        "year": np.full(len(worked), months.year),
        "period": np.tile(np.arange(1, periods + 1), len(months.ids)),
        **_with_percent({name: of.ravel() for name, of in sums.items()}),
        **{name: of.ravel() for name, of in days.items()},
        "level": np.array(names(rules), dtype=object)[level].ravel(),
        "level_points": points(level, rules).ravel(),
    }
    unit = {
        "year": np.full(periods, months.year),
        "period": np.arange(1, periods + 1),
        "employees": (sums["workdays"] > 0).sum(axis=0),
        **_with_percent({name: of.sum(axis=0) for name, of in sums.items()}),
    }
    return Discipline(
        pd.DataFrame({name: of[worked] for name, of in employees.items()}, copy=False), pd.DataFrame(unit, copy=False)
    )


def figures(months: Months, first_month: int, rules: DisciplineRules, default: DisciplineMeasure) -> list[Figure]:
    """The figures of all employees together from `first_month` (1..12) to the last month; the first is what the policy
    feeds a discipline KPI with.

    `on_time`: of the attended workdays, percent. `attendance`: of the workdays without leave, percent attended.
    `late_count`: days on which someone was late, and `late_minutes`, both beside the attended days. `level`: the mean
    of 100 less the points of each employee's level at the end, since 1 January. Empty without an attended workday.
    """

    def total(of: Counts) -> int:
        return int(of[:, first_month - 1 :].sum())

    attended, absent = total(months.attended), total(months.absent)
    if not attended:
        return []
    level = points(_levels_at_the_end(months, rules), rules)[months.workdays.any(axis=1)]
    late, minutes = total(months.late), total(months.late_minutes)
    found = [
        share("on_time", total(months.on_time), attended),
        share("attendance", attended, attended + absent),
        Figure("late_count", late, attended, late, is_percent=False),
        Figure("late_minutes", minutes, attended, minutes, is_percent=False),
        Figure("level", float(level.sum()), len(level), float(level.mean()), is_percent=False),
    ]
    return sorted(found, key=lambda figure: figure.measure != default)


def _sums(
    months: Months, length: int, rules: DisciplineRules
) -> tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.int64]]]:
    """Sums of the periods, and what has come together since 1 January at the end of each; (employees, periods)."""
    starts = np.arange(0, months.workdays.shape[1], length)
    ends = np.append(starts[1:], months.workdays.shape[1]) - 1

    def summed(of: Counts) -> Counts:
        return np.add.reduceat(of, starts, axis=1)

    sums = {name: summed(getattr(months, name)) for name in _SUMS}
    for name, brackets in (("late", months.brackets), ("late_minutes", months.bracket_minutes)):
        sums |= {f"{name}_{place + 1}": summed(brackets[..., place]) for place in range(brackets.shape[2])}
    sums["minutes"] = summed(months.deducted)
    absent, minutes = sums["absent"].cumsum(axis=1), sums["minutes"].cumsum(axis=1)
    days = {
        "year_absent": absent,
        "year_minutes": minutes,
        "year_days": days_of_absence(absent, minutes, rules),
        "year_longest": months.longest[:, ends],
    }
    return sums, days


def _levels_at_the_end(months: Months, rules: DisciplineRules) -> Codes:
    days = days_of_absence(months.absent.sum(axis=1), months.deducted.sum(axis=1), rules)
    return levels(days, months.longest[:, -1], rules)


def _with_percent(sums: Mapping[str, Counts]) -> dict[str, NDArray[Any]]:
    """The sums, and beside the days on time their share of those attended."""
    attended = sums["attended"].astype(np.float64)
    percent = 100 * sums["on_time"] / np.where(attended > 0, attended, np.nan)
    columns: dict[str, NDArray[Any]] = {}
    for name, of in sums.items():
        columns[name] = of
        if name == "on_time":
            columns["on_time_percent"] = percent
    return columns
