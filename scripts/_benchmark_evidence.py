"""The benchmark `evidence`: an attendance log read, checked and counted, against pandas reading the same file alone.

The log has a year of many employees, with lateness, leave, gaps, missing clocks and some rows that cannot be used. Its
columns are those that attendance systems export: beside what is counted, the name, the unit and the weekday. The same
log with nothing but what is counted (`bare`) and one with a row for each punch (`punches`) are measured as well. What
is counted is found equal to a plain computation (`_attendance_reference`) first.
"""

from __future__ import annotations

import csv
import multiprocessing
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import _attendance_reference as reference
import pandas as pd

from bsc_xl import evidence
from bsc_xl.evidence.attendance import Discipline
from bsc_xl.evidence.model import Evidence, Question, Span

SEED, YEAR = 20240101, 2024
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
BEGIN, END, FRIDAY_END = 450, 960, 990
HEADINGS = ("NIP", "Nama", "Unit Kerja", "Tanggal", "Hari", "Jam Masuk", "Jam Pulang", "Keterangan")
BARE = ("NIP", "Tanggal", "Jam Masuk", "Jam Pulang", "Keterangan")
FORENAMES = ("Agus", "Bambang", "Dewi", "Eko", "Indah", "Joko", "Lestari", "Ratna", "Siti", "Wahyu")
SURNAMES = ("Hidayat", "Kurniawan", "Nugroho", "Pratama", "Rahmawati", "Santoso", "Susanti", "Wijaya")
UNITS = ("Bagian Kepegawaian", "Bagian Keuangan", "Bagian Perencanaan", "Subbagian Tata Usaha")
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat")
LEAVES = {"CT": "excused", "cuti sakit": "excused", "DL": "excused", "TK": "unexcused"}
DELIMITER = ";"
BROKEN = "siang"
"""A text where a time belongs: its row is set aside."""

_DAYS = ("workdays", "attended", "leave", "absent", "on_time", "late", "late_1", "late_2", "late_3", "late_4", "early")
_MINUTES = ("late_minutes", "late_minutes_1", "late_minutes_2", "late_minutes_3", "late_minutes_4", "early_minutes")
COUNTS = (*_DAYS, "missing_in", "missing_out", *_MINUTES, "minutes")

_KIB = 1024


def measure(rows: int, repeats: int) -> dict[str, Any]:
    """Median seconds over the repeats, by the clock and of the processors, the ratios to pandas by the clock, and the
    most memory of each, for a log as it is exported, for the same without what is not counted, and for about as many
    rows of a log with a row for each punch."""
    with tempfile.TemporaryDirectory() as place:
        days, bare, punches = (Path(place) / name for name in ("presensi.csv", "ringkas.csv", "tap.csv"))
        written = write_log(days, rows)
        check(attendance(days), written)
        write_log(bare, rows, BARE)
        check(attendance(bare), written)
        punched = write_punches(punches, written[: rows // 2])
        check(attendance(punches), punched)
        return {
            "benchmark": "evidence",
            "rows": len(written),
            "repeats": repeats,
            **_compared(days, repeats),
            "bare": _compared(bare, repeats),
            "punches": {"rows": 2 * len(punched), **_compared(punches, repeats)},
        }


def _compared(path: Path, repeats: int) -> dict[str, Any]:
    sides: dict[str, Callable[[Path], object]] = {"bsc_xl": attendance, "pandas": _plain, "pandas_as_text": _as_text}
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for _ in range(repeats):
        for name, side in sides.items():
            started = time.perf_counter(), time.process_time()
            side(path)
            seconds[name].append((time.perf_counter() - started[0], time.process_time() - started[1]))
    clock, processor = (
        {name: statistics.median(each[which] for each in found) for name, found in seconds.items()} for which in (0, 1)
    )
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        peak = {name: pool.apply(_peak_memory, (side, path)) for name, side in sides.items()}
    return {
        "seconds": clock,
        "processor_seconds": processor,
        "times_pandas": clock["bsc_xl"] / clock["pandas"],
        "times_pandas_as_text": clock["bsc_xl"] / clock["pandas_as_text"],
        "peak_memory_mib": peak,
    }


def attendance(path: Path) -> Evidence:
    """What the log says of the year, from the file to the discipline table."""
    return evidence.measure("attendance", [path], Question(Span(FIRST, LAST), period=4))


def write_log(path: Path, rows: int, headings: Sequence[str] = HEADINGS) -> list[reference.Row]:
    """Writes a log of so many rows with these of its columns; gives what each row says."""
    random = Random(SEED)  # noqa: S311 - made-up data, nothing to guard
    weekdays = [
        day for number in range((LAST - FIRST).days + 1) if (day := FIRST + timedelta(days=number)).weekday() < 5
    ]
    written: list[reference.Row] = []
    with path.open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle, delimiter=DELIMITER)
        lines.writerow(headings)
        employee = 0
        while len(written) < rows:
            employee += 1
            for day in weekdays:
                if random.random() < 0.01:
                    continue  # the log does not know of this day
                cells, row = _row(random, employee, day)
                lines.writerow([cells[heading] for heading in headings])
                written.append(row)
                if len(written) == rows:
                    break
    return written


def write_punches(path: Path, written: list[reference.Row]) -> list[reference.Row]:
    """Writes a row for each clock-in and clock-out of the days that have both; gives what is left of `written`."""
    punched = [row for row in written if row.clock_in is not None and row.clock_out is not None and not row.unclear]
    with path.open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle, delimiter=DELIMITER)
        lines.writerow(("NIP", "Waktu"))
        for row in punched:
            for clock in (row.clock_in, row.clock_out):
                lines.writerow((row.employee, f"{row.day:%d/%m/%Y} {_clock(clock)}:00"))
    return punched


def _row(random: Random, number: int, day: date) -> tuple[dict[str, str], reference.Row]:
    employee = f"1980{number:08d}"
    draw = random.random()
    leave = random.choice(list(LEAVES)) if draw < 0.04 else ""
    came: int | None = BEGIN + (random.randint(1, 150) if draw > 0.9 else -random.randint(0, 40))
    left: int | None = (FRIDAY_END if day.weekday() == 4 else END) + random.randint(-20 if draw > 0.95 else 0, 60)
    if leave or 0.04 <= draw < 0.05:
        came = None
    if leave or 0.045 <= draw < 0.055:
        left = None
    broken = 0.055 <= draw < 0.0555
    cells = {
        "NIP": employee,
        "Nama": f"{FORENAMES[number % len(FORENAMES)]} {SURNAMES[number // len(FORENAMES) % len(SURNAMES)]}",
        "Unit Kerja": UNITS[number % len(UNITS)],
        "Tanggal": f"{day:%d/%m/%Y}",
        "Hari": WEEKDAYS[day.weekday()],
        "Jam Masuk": BROKEN if broken else _clock(came),
        "Jam Pulang": _clock(left),
        "Keterangan": leave,
    }
    return cells, reference.Row(employee, day, came, left, LEAVES.get(leave, ""), unclear=broken)


def _clock(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}"


def check(found: Evidence, written: list[reference.Row]) -> None:
    """Raises AssertionError unless every employee and quarter is as the plain computation has it."""
    assert isinstance(found.details, Discipline)
    counted = reference.count(written, _hours, LAST)
    expected: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for (employee, month), counts in counted.months.items():
        expected[employee, (month + 2) // 3].update(counts)
    rows = found.details.employees.to_dict("records")
    if {(row["employee_id"], row["period"]) for row in rows} != {
        key for key, each in expected.items() if each["workdays"]
    }:
        raise AssertionError("other employees or quarters")
    for row in rows:
        counts = expected[row["employee_id"], row["period"]]
        if wrong := {name: row[name] for name in COUNTS if row[name] != counts[name]}:
            raise AssertionError(f"{row['employee_id']}, quarter {row['period']}: {wrong}, expected {counts}")
        if row["year_longest"] != counted.runs[row["employee_id"], 3 * row["period"]]:
            raise AssertionError(f"{row['employee_id']}: {row['year_longest']} absences in a row")
        if row["period"] == 4 and row["level"] != counted.levels[row["employee_id"]]:
            raise AssertionError(f"{row['employee_id']}: {row['level']}")
    if len(found.set_aside) != sum(row.unclear for row in written):
        raise AssertionError(f"{len(found.set_aside)} rows set aside")


def _hours(_: str, day: date) -> tuple[int, int] | None:
    return None if day.weekday() > 4 else (BEGIN, FRIDAY_END if day.weekday() == 4 else END)


def _plain(path: Path) -> pd.DataFrame:
    """As anybody would read it, which takes least: ids become numbers, and the id 0012 would be 12."""
    return pd.read_csv(path, sep=DELIMITER)


def _as_text(path: Path) -> pd.DataFrame:
    """Every cell as it stands."""
    return pd.read_csv(path, sep=DELIMITER, dtype=str)


def _peak_memory(side: Callable[[Path], object], path: Path) -> float:
    side(path)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / _KIB
