from __future__ import annotations

from datetime import date, timedelta

import logs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import policies
from bsc_xl.evidence.attendance import discipline
from bsc_xl.model import DisciplineMeasure

RULES = policies.load().discipline_rules

# domain.md, section 8: 3 · 4-6 · 7-10 light; 11-13 · 14-16 · 17-20 medium; 21-24 · 25-27 · 28 or more heavy
LEVELS = {
    "none": (0, 1, 2),
    "light_1": (3,),
    "light_2": (4, 5, 6),
    "light_3": (7, 8, 9, 10),
    "medium_1": (11, 12, 13),
    "medium_2": (14, 15, 16),
    "medium_3": (17, 18, 19, 20),
    "heavy_1": (21, 22, 23, 24),
    "heavy_2": (25, 26, 27),
    "heavy_3": (28, 29, 100, 366),
}


def level(days: int, longest: int = 0) -> str:
    return discipline.names(RULES)[discipline.levels(np.array([days]), np.array([longest]), RULES)[0]]


@pytest.mark.parametrize(("name", "days"), [(name, days) for name, all_ in LEVELS.items() for days in all_])
def test_a_level_has_the_days_that_the_regulation_gives_it(name: str, days: int) -> None:
    assert level(days) == name


@pytest.mark.parametrize(("longest", "name"), [(9, "light_3"), (10, "heavy_3"), (11, "heavy_3")])
def test_ten_days_in_a_row_reach_the_highest_level(longest: int, name: str) -> None:
    assert level(10, longest) == name


@pytest.mark.parametrize(("minutes", "days"), [(0, 5), (449, 5), (450, 6), (899, 6), (900, 7)])
def test_450_minutes_make_one_more_day(minutes: int, days: int) -> None:
    assert discipline.days_of_absence(np.array([5]), np.array([minutes]), RULES) == [days]


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 30), st.integers(0, 30))
def test_more_absence_never_leads_to_a_lighter_level(days: int, more: int, longest: int, longer: int) -> None:
    before, after = discipline.levels(
        np.array([days, days + more]), np.array([longest, max(longest, longer)]), RULES
    ).tolist()
    assert after <= before  # highest first
    points = discipline.points(np.array([before, after], dtype=np.int8), RULES)
    assert points[1] <= points[0]
    assert 0 <= points.min() <= points.max() <= 100


def absences(count: int) -> list[dict[str, object]]:
    """So many weekdays without leave, from Tuesday, 4 March 2025, between two days at work."""
    days = [day for number in range(60) if (day := date(2025, 3, 3) + timedelta(days=number)).weekday() < 5]
    return [
        logs.day("P01", day.isoformat(), *(("", "") if 0 < place <= count else ("07:30", "16:30")))
        for place, day in enumerate(days[: count + 2])
    ]


@pytest.mark.parametrize(("count", "name"), [(9, "light_3"), (10, "heavy_3")])
def test_weekends_do_not_end_a_row_of_absences(count: int, name: str) -> None:
    found = logs.only(logs.measured(absences(count)))
    assert (found["absent"], found["year_longest"], found["level"]) == (count, count, name)


def test_a_day_at_work_ends_a_row_of_absences() -> None:
    rows = absences(12)
    rows[8] = logs.day("P01", str(rows[8]["date"]), "09:00", "")
    found = logs.only(logs.measured(rows))
    assert (found["absent"], found["year_longest"], found["level"]) == (11, 7, "medium_1")


@pytest.mark.parametrize("code", ["CS", "cuti sakit", "Dinas Luar", " dl "])
def test_leave_neither_counts_in_a_row_of_absences_nor_ends_it(code: str) -> None:
    rows = absences(11)
    rows[8]["leave_code"] = code
    found = logs.only(logs.measured(rows))
    assert (found["absent"], found["leave"], found["year_longest"], found["level"]) == (10, 1, 10, "heavy_3")


def test_a_day_of_which_nobody_knows_ends_a_row_of_absences() -> None:
    rows = absences(12)
    rows[8]["clock_in"] = "siang"
    found = logs.only(logs.measured(rows))
    assert (found["absent"], found["year_longest"]) == (11, 7)


def test_a_day_never_counts_more_minutes_than_a_day_has() -> None:
    # 360 late and no clock-out: 585 minutes would be more than the day of absence that staying away costs
    found = logs.only(logs.measured([logs.day("P01", "2025-03-04", "13:30", "")]))
    assert (found["late_minutes"], found["minutes"], found["year_days"]) == (360, 450, 1)


@pytest.mark.parametrize(
    ("choice", "measure", "value"), [("on_time", "on_time", 100 * 1 / 1), ("level", "level", 70.0)]
)
def test_the_policy_says_what_feeds_a_discipline_kpi(choice: str, measure: str, value: float) -> None:
    policy = policies.with_overrides(policies.load(), {"discipline": choice})
    assert policy.discipline == DisciplineMeasure(choice)
    rows = [logs.day("P01", "2025-03-03", "07:30", "16:00")]
    rows += [logs.day("P01", f"2025-03-{day:02d}", leave_code="TK") for day in (4, 5, 6, 7, 10, 11, 12)]
    evidence = logs.measured(rows, policy=policy)
    assert next(iter(evidence.figures)) == measure
    assert evidence.figures[measure].value == value
