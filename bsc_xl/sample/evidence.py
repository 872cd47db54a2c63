"""The bureau's raw evidence: synthetic, and made so that its counts give the figures of the sample (domain.md, 9).

Only what is counted is fixed; which person was late or which document missed its date is drawn from a fixed seed, so
that every run makes the same files.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from bsc_xl.files import save

YEAR = 2025
_SEED = 2025
_BUDGET = 4_850_000_000
_REALISED = (1_035_475_000, 2_270_770_000, 3_487_150_000, 4_662_305_000)
"""Cumulative by quarter: 21.35, 46.82, 71.90 and 96.13 % of the budget."""
_RESPONDENTS, _ELEMENTS, _ANSWERS = 50, 9, 1_620
_SOP, _FOLLOWED = 178, 177
_DOCUMENTS, _ON_TIME = 244, 243
_PARTICIPANTS, _PASSED = 58, 57
_DIGITISED = 8
_CUSTOMERS, _CAME_BACK = 50, 45
_EMPLOYEES, _ATTENDED, _LATE = 16, 1_000, 20
_DAY_BEGINS, _DAY_ENDS = time(7, 30), time(16, 0)
_QUARTER = (date(YEAR, 10, 1), date(YEAR, 12, 31))
_HOLIDAYS = (date(YEAR, 12, 25), date(YEAR, 12, 26))
_LEAVES = ("CT", "CS", "DL")
"""Annual leave, sick leave, duty elsewhere."""


def write(folder: Path, variant: str) -> list[Path]:
    """Writes the raw evidence of one variant, "id" or "en", into `folder`; gives the paths of the files."""
    words = tomllib.loads((files("bsc_xl.sample") / "words.toml").read_text(encoding="utf-8"))[variant]
    made = {
        "attendance": _attendance(Random(_SEED)),  # noqa: S311 - made-up data, nothing to guard
        "budget": _budget(words["accounts"]),
        "survey": _survey(Random(_SEED)),  # noqa: S311
        "documents_sop": _documents(Random(_SEED), words, "S", _SOP, _SOP - _FOLLOWED, 0),  # noqa: S311
        "documents_time": _documents(Random(_SEED), words, "D", _DOCUMENTS, 0, _DOCUMENTS - _ON_TIME),  # noqa: S311
        "training": _training(Random(_SEED), words),  # noqa: S311
        "checklist": _checklist(words),
        "customers": _customers(Random(_SEED), words),  # noqa: S311
    }
    schedule = save(folder / "schedule.toml", _schedule(words["holidays"]).encode()).path
    return [*(save(folder / f"{name}.csv", _csv(rows)).path for name, rows in made.items()), schedule]


def _attendance(random: Random) -> list[Sequence[object]]:
    days = [_QUARTER[0] + timedelta(days=day) for day in range((_QUARTER[1] - _QUARTER[0]).days + 1)]
    workdays = [day for day in days if day.weekday() < 5 and day not in _HOLIDAYS]
    entries = [(f"P{person:02d}", day) for person in range(1, _EMPLOYEES + 1) for day in workdays]
    order = random.sample(range(len(entries)), len(entries))
    late, absent = set(order[:_LATE]), set(order[_ATTENDED:])
    rows: list[Sequence[object]] = [("employee_id", "date", "clock_in", "clock_out", "leave_code")]
    for place, (person, day) in enumerate(entries):
        if place in absent:
            rows.append((person, day, "", "", random.choice(_LEAVES)))
            continue
        minutes = random.choice((5, 12, 25, 40, 75, 95)) if place in late else -random.randint(0, 35)
        leaves = _clock(day, _DAY_ENDS, random.randint(0, 50))
        rows.append((person, day, _clock(day, _DAY_BEGINS, minutes), leaves, ""))
    return rows


def _schedule(holidays: Sequence[str]) -> str:
    """The hours by which the attendance is judged."""
    hours = f'"{_DAY_BEGINS:%H:%M}-{_DAY_ENDS:%H:%M}"'
    weekdays = [f"{day} = {hours}" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")]
    named = [f'{day} = "{name}"' for day, name in zip(_HOLIDAYS, holidays, strict=True)]
    return "\n".join(["[shifts.day]", *weekdays, "", "[holidays]", *named, ""])


def _budget(accounts: Sequence[str]) -> list[Sequence[object]]:
    shares = (46, 24, 9, 11, 7, 3)
    budgets = _split(_BUDGET, shares)
    rows: list[Sequence[object]] = [("account", "budget", "realised", "period")]
    for period, total in enumerate(_REALISED, start=1):
        realised = _split(total, shares)
        rows += zip(accounts, budgets, realised, [period] * len(accounts), strict=True)
    return rows


def _survey(random: Random) -> list[Sequence[object]]:
    answers = [4] * (_ANSWERS - 3 * _RESPONDENTS * _ELEMENTS)
    answers += [3] * (_RESPONDENTS * _ELEMENTS - len(answers))
    random.shuffle(answers)
    rows: list[Sequence[object]] = [("respondent", *(f"element_{number}" for number in range(1, _ELEMENTS + 1)))]
    rows += [
        (f"R{number + 1:02d}", *answers[number * _ELEMENTS : (number + 1) * _ELEMENTS])
        for number in range(_RESPONDENTS)
    ]
    return rows


def _documents(
    random: Random, words: dict[str, Any], prefix: str, count: int, against_sop: int, late: int
) -> list[Sequence[object]]:
    order = random.sample(range(count), count)
    wrong, delayed = set(order[:against_sop]), set(order[:late])
    rows: list[Sequence[object]] = [("document_id", "due_date", "done_date", "follows_sop")]
    for number in range(count):
        due = date(YEAR, 1, 6) + timedelta(days=number * 350 // count)
        done = due + timedelta(days=random.randint(1, 4) if number in delayed else -random.randint(0, 3))
        rows.append((f"{prefix}{number + 1:03d}", due, done, words["no" if number in wrong else "yes"]))
    return rows


def _training(random: Random, words: dict[str, Any]) -> list[Sequence[object]]:
    trainings = words["trainings"]
    failed = random.sample(range(_PARTICIPANTS), _PARTICIPANTS - _PASSED)
    rows: list[Sequence[object]] = [("participant", "training", "passed")]
    for number in range(_PARTICIPANTS):
        training = trainings[number % len(trainings)]
        person = (number + number // 48) % _EMPLOYEES  # after 48 rows the pairs of person and training would come again
        rows.append((f"P{person + 1:02d}", training, words["no" if number in failed else "yes"]))
    return rows


def _checklist(words: dict[str, Any]) -> list[Sequence[object]]:
    services = words["services"]
    marks = [words["yes" if place < _DIGITISED else "no"] for place in range(len(services))]
    return [("service", "digitised"), *zip(services, marks, strict=True)]


def _customers(random: Random, words: dict[str, Any]) -> list[Sequence[object]]:
    lost = set(random.sample(range(_CUSTOMERS), _CUSTOMERS - _CAME_BACK))
    marks = [words["no" if number in lost else "yes"] for number in range(_CUSTOMERS)]
    return [("customer", "returned"), *((f"C{number + 1:02d}", mark) for number, mark in enumerate(marks))]


def _split(total: int, shares: Sequence[int]) -> list[int]:
    parts = [total * share // 100 for share in shares[:-1]]
    return [*parts, total - sum(parts)]


def _clock(day: date, moment: time, minutes: int) -> str:
    return f"{datetime.combine(day, moment) + timedelta(minutes=minutes):%H:%M}"


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
