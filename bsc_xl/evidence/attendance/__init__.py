"""Attendance: from the log of a clock and a work schedule to punctuality and discipline (domain.md, sections 8, 9)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bsc_xl import policies
from bsc_xl.evidence.attendance import punches, schedule
from bsc_xl.evidence.attendance.days import count_months
from bsc_xl.evidence.attendance.log import quiet_days
from bsc_xl.evidence.attendance.remarks import number_of, remarks
from bsc_xl.evidence.attendance.summary import MEASURES, Discipline, by_period, figures
from bsc_xl.evidence.model import Evidence, Listing, Question
from bsc_xl.evidence.rows import Rows

__all__ = ["COLUMNS", "MEASURES", "Discipline", "measure"]

COLUMNS = punches.COLUMNS
_MONTHS = 12


def measure(listing: Listing, question: Question) -> Evidence:
    """The figures of `question.span`, which consists of whole months; `details` is a `Discipline` from 1 January on.

    The rows of the year before the span count towards sanctions, which look at a year, and in no figure. Other
    employees than those who are asked for count in none, and their rows are not reported.
    `EvidenceError` where no attended workday is left, `ScheduleError` for a schedule that cannot be used.
    """
    policy, span = question.policy or policies.load(), question.span
    hours = schedule.usual() if question.schedule is None else schedule.read(question.schedule)
    rows = Rows(listing, COLUMNS)
    read = punches.read(rows, hours)
    log = punches.log(read, rows, hours)
    quiet = quiet_days(log)  # of everybody: one employee's silence says nothing of the day
    if question.employees is not None:
        wanted = set(map(schedule.identity, question.employees))
        asked = np.array([schedule.identity(each) in wanted for each in log.ids], dtype=bool)
        if not asked.any():
            rows.refuse("evidence.no_employee", ids=", ".join(sorted(question.employees)))
        rows.only(np.append(asked, True)[read.person])  # the last is for rows without an id, which may be theirs
        log = log.only(asked)
    spelled = {schedule.identity(each): each for each in (*question.spelled, *(question.employees or ()))}
    log = replace(log, ids=np.array([spelled.get(schedule.identity(each), each) for each in log.ids], dtype=object))
    rows.leave_out((read.day < number_of(span.first)) | (read.day > number_of(span.last)))
    months = count_months(log, quiet, hours, policy.discipline_rules, span.last)
    found = figures(months, span.first.month, policy.discipline_rules, policy.discipline)
    if not found:
        rows.refuse("evidence.no_workday")
    details = by_period(months, _MONTHS // question.periods, policy.discipline_rules)
    told = remarks(log, quiet, hours, span.last, absent=0 if rows.has("leave_code") else int(months.absent.sum()))
    return rows.evidence("attendance", found, told, details)
