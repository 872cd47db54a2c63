"""From a file to the figures and the tables of a unit, its employees, its months and periods."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import logs
import pytest
from raw import text_file, workbook_file

from bsc_xl import evidence, labels, policies, sample
from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.attendance import MEASURES, Discipline
from bsc_xl.evidence.model import Evidence, Question, Span

MARCH = Span(date(2025, 3, 1), date(2025, 3, 31))


def tables(found: Evidence) -> Discipline:
    assert isinstance(found.details, Discipline)
    return found.details


@pytest.mark.parametrize("variant", labels.LANGUAGES)
def test_the_sample_was_on_time_980_times_of_1000(variant: str) -> None:
    path = sample.bureau(variant) / "evidence" / "attendance.csv"
    question = Question(Span(date(2025, 10, 1), date(2025, 12, 31)), period=4)
    found = evidence.measure("attendance", [path], question)
    figure = found.figures["on_time"]
    assert next(iter(found.figures)) == "on_time"
    assert (figure.numerator, figure.denominator, figure.value, figure.is_percent) == (980, 1000, 98, True)
    assert (found.used, found.set_aside, found.outside) == (1024, (), 0)
    assert tables(found).employees["level"].unique().tolist() == ["none"]
    # nobody came on 25 and 26 December, which the usual schedule does not know as holidays
    assert [remark.values for remark in found.remarks if remark.rule == "quiet"] == [
        {"count": 2, "days": "25/12/2025, 26/12/2025"}
    ]


@pytest.mark.parametrize("variant", labels.LANGUAGES)
def test_with_its_own_schedule_the_sample_leaves_no_holiday_in_doubt(variant: str) -> None:
    folder = sample.bureau(variant) / "evidence"
    question = Question(Span(date(2025, 10, 1), date(2025, 12, 31)), period=4, schedule=folder / "schedule.toml")
    found = evidence.measure("attendance", [folder / "attendance.csv"], question)
    assert found.figures["on_time"].value == 98
    assert [remark.rule for remark in found.remarks] == ["year_from"]
    assert tables(found).unit.iloc[-1][["workdays", "leave", "absent", "early"]].tolist() == [1024, 24, 0, 0]


def test_a_machine_s_export_is_read_as_it_comes(tmp_path: Path) -> None:
    lines = [
        "LAPORAN PRESENSI PEGAWAI;;;;;",
        "Periode : 01/03/2025 s.d. 31/03/2025;;;;;",
        "",
        "No. ID;Nama;Tanggal;Scan Masuk;Scan Pulang;Keterangan",
        "0012;Ani;03/03/2025;07.29;16.01;",
        "0012;Ani;04/03/2025;07.41;16.00;Terlambat",
        "0012;Ani;05/03/2025;;;Cuti Tahunan",
        "0012;Ani;06/03/2025;--:--;16.00;",
        '="0013";"=HYPERLINK(""x"")";07/03/2025;07.30;16.30;=1+1',
        '="0013";"=HYPERLINK(""x"")";10/03/2025;07.30;16.00;Hadir',
        "Jumlah;;;4;5;",
    ]
    found = evidence.measure("attendance", [text_file(tmp_path / "a.csv", *lines)], Question(MARCH, 3, 12))
    assert [(each.row, each.rule, each.value) for each in found.set_aside] == [
        (9, "unknown_leave", ""),
        (11, "total_row", ""),
    ]
    table = tables(found).employees.set_index("employee_id")
    assert table.loc["0012", ["attended", "leave", "late_minutes", "missing_in"]].tolist() == [3, 1, 11, 1]
    assert table.loc["0013", ["attended", "absent"]].tolist() == [1, 0]


def test_a_machine_s_workbook_is_read_as_it_comes(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Catatan kehadiran"],
        ["NIP", "Tanggal", "Jam Masuk", "Jam Pulang"],
        ["P01", date(2025, 3, 3), "07:29", 16 / 24],
        ["P01", "04/03/2025", 7.75 / 24, "16:00:30"],
        ["P01", 45721, "7:31 AM", "4:00 PM"],
        ["Total", None, None, None],
    ]
    found = evidence.measure(
        "attendance", [workbook_file(tmp_path / "a.xlsx", {"Maret": rows})], Question(MARCH, 3, 12)
    )
    assert (found.sources[0].sheet, found.used) == ("Maret", 3)
    assert logs.only(found)["late_minutes"] == 15 + 1
    assert [(each.row, each.rule) for each in found.set_aside] == [(6, "total_row")]


ROWS = [
    logs.day("P01", "2025-01-06", "08:00", "16:00"),
    logs.day("P01", "2025-02-03", leave_code="TK"),
    logs.day("P01", "2025-02-04", "07:30", "16:00"),
    logs.day("P01", "2025-03-03", "07:30", "16:00"),
    logs.day("P02", "2025-03-03", "09:00", "16:00"),
    logs.day("P02", "2025-03-04", "07:30", ""),
    logs.day("P02", "2025-04-01", "09:00", "16:00"),
    logs.day("P02", "2024-12-31", "09:00", "16:00"),
]


def test_the_figures_are_of_the_span_alone() -> None:
    found = logs.measured(ROWS, span=MARCH, period=3, periods=12)
    assert {name: (each.numerator, each.denominator, each.value) for name, each in found.figures.items()} == {
        "on_time": (2, 3, pytest.approx(200 / 3)),
        # P01: 3 March is the last row; P02: 3 and 4 March, and then every workday up to April is a gap
        "attendance": (3, 3 + 19, pytest.approx(300 / 22)),
        "late_count": (1, 3, 1),
        "late_minutes": (90, 3, 90),
        "level": (0, 2, 0),  # both were away for more than 28 days since January
    }
    assert tuple(found.figures) == MEASURES
    assert (found.used, found.outside) == (3, 5)


def test_sanctions_look_at_the_year_from_january_on() -> None:
    table = tables(logs.measured(ROWS, span=MARCH, period=3, periods=12)).employees
    of_p01 = table[table["employee_id"] == "P01"]
    assert of_p01["period"].tolist() == [1, 2, 3]
    # 7 to 31 January, 3 February; 5 to 28 February; until 3 March nothing more
    assert of_p01["absent"].tolist() == [19, 19, 0]
    assert of_p01["year_absent"].tolist() == [19, 38, 38]
    assert of_p01["level"].tolist() == ["heavy_3"] * 3


def test_the_unit_is_the_sum_of_its_employees() -> None:
    found = tables(logs.measured(ROWS, span=logs.whole_year(), period=4, periods=4))
    summed = found.employees.groupby("period")[["workdays", "attended", "late", "late_4", "minutes"]].sum()
    unit = found.unit.set_index("period")
    assert unit.loc[summed.index, list(summed.columns)].equals(summed)
    assert unit["employees"].tolist() == [2, 1, 0, 0]
    assert unit["on_time_percent"].round(6).tolist()[:2] == [round(100 * 3 / 5, 6), 0]
    assert unit["on_time_percent"].isna().tolist() == [False, False, True, True]


def test_months_and_periods_say_the_same() -> None:
    by_month, by_half = (
        tables(logs.measured(ROWS, span=logs.whole_year(), period=periods, periods=periods)).unit for periods in (12, 2)
    )
    assert by_month["minutes"].to_numpy().reshape(2, 6).sum(axis=1).tolist() == by_half["minutes"].tolist()


def test_other_employees_than_those_asked_for_are_neither_counted_nor_reported() -> None:
    rows = [*ROWS, logs.day("P01", "2025-03-04", "pagi", "16:00"), logs.day("P02", "2025-03-05", "pagi", "16:00")]
    found = logs.measured(rows, span=MARCH, period=3, periods=12, employees=frozenset({"P01"}))
    assert found.figures["on_time"].denominator == 1
    assert set(tables(found).employees["employee_id"]) == {"P01"}
    assert [(each.row, each.value) for each in found.set_aside] == [(10, "")]
    assert "P02" not in repr(found)
    with pytest.raises(EvidenceError) as caught:
        logs.measured(ROWS, employees=frozenset({"P77"}))
    assert caught.value.params == {
        "source": "log.csv",
        "reason": "evidence.no_employee",
        "set_aside": (),
        "ids": "P77",
    }


def test_the_days_of_one_employee_are_read_as_those_of_the_whole_log() -> None:
    days = [("P01", 3), ("P01", 4), ("P02", 13)]  # of March; the 13th says that the month comes first
    rows = [logs.day(person, f"03/{day:02}/2025", "07:20", "16:40") for person, day in days]
    found = logs.measured(rows, span=MARCH, period=3, periods=12, employees=frozenset({"P01"}))
    assert (found.used, found.outside) == (2, 0)
    assert tables(found).employees[["workdays", "attended"]].to_numpy().tolist() == [[2, 2]]


def test_a_workday_on_which_nobody_left_a_trace_counts_as_nobody_s_absence() -> None:
    days = ("2025-03-03", "2025-03-05")
    several = [logs.day(f"P{number}", day, "07:30", "16:00") for number in range(3) for day in days]
    found = logs.measured(several)
    assert tables(found).employees["absent"].tolist() == [0, 0, 0]
    assert ("quiet", "04/03/2025") in [(remark.rule, remark.values.get("days")) for remark in found.remarks]
    blank = [*several, *(logs.day(f"P{number}", "2025-03-04") for number in range(3))]
    assert tables(logs.measured(blank)).employees["absent"].tolist() == [0, 0, 0]
    trace = [*several, logs.day("P0", "2025-03-04", leave_code="CT")]
    assert tables(logs.measured(trace)).employees["absent"].tolist() == [0, 1, 1]
    # one employee's day says nothing of the others', also where the others are not asked for
    asked = logs.measured(several, employees=frozenset({"P0"}))
    assert tables(asked).employees["absent"].tolist() == [0]
    assert tables(logs.measured(several[:4])).employees["absent"].tolist() == [1, 1]


def test_who_falls_silent_before_the_others_is_named_by_id() -> None:
    rows = [logs.day("P01", "2025-03-03", "07:30", "16:00")]
    rows += [logs.day("P02", f"2025-03-{day:02d}", "07:30", "16:00") for day in (3, 10)]
    remarks = {remark.rule: remark.values for remark in logs.measured(rows).remarks}
    assert remarks["silent"] == {"count": 1, "ids": "P01"}
    assert remarks["year_from"] == {"day": date(2025, 3, 3)}


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_remarks_and_figures_have_words(language: str) -> None:
    words = labels.load(language)
    values = {"day": date(2025, 3, 3), "count": 2, "days": "04/03/2025", "ids": "P01"}
    for rule in ("year_from", "quiet", "silent", "gaps_unknown", "no_leave_codes", "zeros_in_front"):
        assert "{" not in words(f"evidence.remark.{rule}", **values)
    assert all(f"evidence.measure.attendance.{measure}" in words for measure in MEASURES)


def test_a_log_without_a_day_at_work_gives_no_figure() -> None:
    with pytest.raises(EvidenceError) as caught:
        logs.measured([logs.day("P01", "2025-03-03", leave_code="CT")], policy=policies.load())
    assert caught.value.params["reason"] == "evidence.no_workday"
