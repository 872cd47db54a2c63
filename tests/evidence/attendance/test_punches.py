"""What machines export, sound and otherwise: read right, or set aside with row and reason."""

from __future__ import annotations

from pathlib import Path

import logs
import pytest

from bsc_xl import labels
from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.attendance import punches

NIGHTS = """
[shifts.day]
monday = "07:30-16:00"
tuesday = "07:30-16:00"
[shifts.night]
monday = "22:00-06:00"
tuesday = "22:00-06:00"
wednesday = "22:00-06:00"
[employees]
P02 = "night"
"""
# Monday, 3 March 2025; Tuesday; Wednesday
MONDAY, TUESDAY, WEDNESDAY = "2025-03-03", "2025-03-04", "2025-03-05"
AT_WORK = logs.day("P01", MONDAY, "07:30", "16:00")


@pytest.fixture
def nights(tmp_path: Path) -> Path:
    path = tmp_path / "jadwal.toml"
    path.write_text(NIGHTS, encoding="utf-8")
    return path


def aside(*rows: dict[str, object], schedule: Path | None = None) -> list[tuple[int, str, str, str]]:
    """What is set aside of these rows beside a sound first one in row 2."""
    found = logs.measured([AT_WORK, *rows], schedule).set_aside
    return [(each.row, each.rule, each.column, each.value) for each in found]


def punch(employee: str, moment: str, **more: str) -> dict[str, object]:
    return {"employee_id": employee, "moment": moment, **more}


def counts(*rows: dict[str, object], schedule: Path | None = None) -> dict[str, object]:
    found = logs.only(logs.measured(rows, schedule))
    names = ("attended", "absent", "late_minutes", "early_minutes", "missing_in", "missing_out")
    return {name: found[name] for name in names if found[name]}


@pytest.mark.parametrize(
    ("row", "rule", "column", "value"),
    [
        (logs.day("", TUESDAY, "07:30", "16:00"), "missing", "employee_id", ""),
        (logs.day("P01", "", "07:30", "16:00"), "missing", "date", ""),
        (logs.day("P01", "31/02/2025", "07:30", "16:00"), "not_a_date", "date", "31/02/2025"),
        (logs.day("P01", "2025-02-29", "07:30", "16:00"), "not_a_date", "date", "2025-02-29"),
        (logs.day("P01", "01/01/1900", "07:30", "16:00"), "date_out_of_range", "date", "01/01/1900"),
        (logs.day("P01", TUESDAY, "pagi", "16:00"), "not_a_time", "clock_in", ""),
        (logs.day("P01", TUESDAY, "07:30", "25:10"), "not_a_time", "clock_out", "25:10"),
        (logs.day("P01", TUESDAY, "16:00", "07:30"), "clock_order", "clock_out", "07:30"),
        (logs.day("P01", TUESDAY, leave_code="??"), "unknown_leave", "leave_code", ""),
        (logs.day("P01", TUESDAY, "07:30", leave_code="TK"), "leave_conflict", "leave_code", ""),
        (logs.day("P01", MONDAY, "07:30", "16:00"), "repeated", "employee_id", "P01"),
        (logs.day("P01", TUESDAY, "=1+1", "16:00"), "not_a_time", "clock_in", "=1+1"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(
    row: dict[str, object], rule: str, column: str, value: str
) -> None:
    assert aside(row) == [(3, rule, column, value)]


def test_every_reason_has_words_in_both_languages() -> None:
    rules = ("shared_id", "unknown_shift", "unknown_leave", "clock_order", "leave_conflict", "two_shifts", "same_day")
    for language in labels.LANGUAGES:
        words = labels.load(language)
        assert all(f"evidence.rule.{rule}" in words for rule in rules)
        assert all(f"evidence.column.{column.name}" in words for column in punches.COLUMNS)


def test_a_row_that_is_set_aside_counts_nowhere_and_against_nobody() -> None:
    rows = [AT_WORK, logs.day("P01", TUESDAY, "siang", ""), logs.day("P01", WEDNESDAY, "07:30", "16:00")]
    found = logs.only(logs.measured(rows))
    assert (found["workdays"], found["attended"], found["absent"]) == (2, 2, 0)


def test_what_else_the_file_says_of_such_a_day_is_set_aside_with_it() -> None:
    bad, good = logs.day("P01", TUESDAY, "siang", ""), logs.day("P01", TUESDAY, "09:00", "16:00")
    assert aside(bad, good) == [(3, "not_a_time", "clock_in", ""), (4, "same_day", "", "")]


def test_a_row_that_only_repeats_another_leaves_that_one_as_it_is() -> None:
    row = logs.day("P01", TUESDAY, "08:00", "16:00")
    assert aside(row, row, row) == [(4, "repeated", "employee_id", "P01"), (5, "repeated", "employee_id", "P01")]
    assert counts(AT_WORK, row, row, row) == {"attended": 2, "late_minutes": 30}


def test_a_gap_is_no_absence_where_a_row_without_a_day_may_have_been_of_that_day() -> None:
    later = logs.day("P01", WEDNESDAY, "07:30", "16:00")
    assert counts(AT_WORK, later) == {"attended": 2, "absent": 1}
    evidence = logs.measured([AT_WORK, later, logs.day("P01", "kemarin", "07:30", "16:00")])
    assert logs.only(evidence)["absent"] == 0
    assert [remark.rule for remark in evidence.remarks] == ["year_from", "gaps_unknown"]


@pytest.mark.parametrize(
    "signature",
    [
        logs.day("", "Palembang, 31 Januari 2025"),
        logs.day("", "", "Kepala Bagian,"),
        logs.day("", "", leave_code="Kepala Bagian,"),
        logs.day("Mengetahui,", "", ""),
    ],
)
def test_signatures_below_the_table_say_nothing_of_anybody(signature: dict[str, object]) -> None:
    rows = [AT_WORK, logs.day("P01", WEDNESDAY, "07:30", "16:00")]
    assert counts(*rows, signature) == counts(*rows) == {"attended": 2, "absent": 1}
    evidence = logs.measured([*rows, signature])
    assert len(evidence.set_aside) == 1
    assert "gaps_unknown" not in [remark.rule for remark in evidence.remarks]


def test_a_gap_is_no_absence_where_a_row_without_an_id_is_of_that_day() -> None:
    later = logs.day("P01", WEDNESDAY, "07:30", "16:00")
    assert counts(AT_WORK, logs.day("", TUESDAY, "07:30", "16:00"), later) == {"attended": 2}


@pytest.mark.parametrize("rounded", [198001012005011001.0, "1,98001E+17"])
def test_a_nip_that_excel_has_rounded_makes_no_person_of_several(rounded: object) -> None:
    rows = [{**logs.day("", day, clock, "16:00"), "employee_id": rounded} for day, clock in ((TUESDAY, "07:30"),) * 2]
    evidence = logs.measured([AT_WORK, *rows])
    assert [(each.row, each.rule, each.column) for each in evidence.set_aside] == [
        (3, "rounded_id", "employee_id"),
        (4, "rounded_id", "employee_id"),
    ]
    assert logs.only(evidence)["employee_id"] == "P01"


def test_before_the_first_and_after_the_last_row_nothing_is_known() -> None:
    assert counts(AT_WORK) == {"attended": 1}


def test_rows_of_one_day_are_first_in_and_last_out() -> None:
    morning, afternoon = logs.day("P01", MONDAY, "07:40", "12:00"), logs.day("P01", MONDAY, "13:00", "15:50")
    assert counts(afternoon, morning) == {"attended": 1, "late_minutes": 10, "early_minutes": 10}
    apart = logs.day("P01", MONDAY, "07:40", ""), logs.day("P01", MONDAY, "", "15:50")
    assert counts(*apart) == {"attended": 1, "late_minutes": 10, "early_minutes": 10}


def test_midnight_is_how_some_machines_print_a_punch_that_is_not_there(nights: Path) -> None:
    assert counts(logs.day("P01", MONDAY, "00:00", "16:00")) == {"attended": 1, "missing_in": 1}
    both = logs.measured([AT_WORK, logs.day("P01", TUESDAY, "00:00:00", "00:00")])
    assert (logs.only(both)["absent"], both.set_aside) == (1, ())
    (row,) = aside(logs.day("P01", TUESDAY, "07:30", "00:00"))
    assert row == (3, "clock_order", "clock_out", "00:00")
    after_begin = logs.measured([logs.day("P02", MONDAY, "00:00", "06:00")], nights)
    assert logs.only(after_begin)["late_minutes"] == 120


def test_seconds_do_not_make_late() -> None:
    assert counts(logs.day("P01", MONDAY, "07:30:59", "16:00:00")) == {"attended": 1}
    assert counts(logs.day("P01", MONDAY, "07:31:00", "15:59:59")) == {
        "attended": 1,
        "late_minutes": 1,
        "early_minutes": 1,
    }


@pytest.mark.parametrize(
    "rows",
    [
        [punch("P01", f"{MONDAY} 12:01"), punch("P01", f"{MONDAY} 15:50"), punch("P01", f"{MONDAY} 07:40:30")],
        [
            {"employee_id": "P01", "date": "03/03/2025", "moment": "07:40"},
            {"employee_id": "P01", "date": "03/03/2025", "moment": "15:50"},
        ],
    ],
)
def test_a_row_for_each_punch_is_first_in_and_last_out(rows: list[dict[str, object]]) -> None:
    found = logs.only(logs.measure(logs.listing(rows), logs.Question(logs.whole_year(), 1, 1)))
    assert (found["attended"], found["late_minutes"], found["early_minutes"]) == (1, 10, 10)


@pytest.mark.parametrize(
    ("times", "missing", "minutes"),
    [
        (["07:25"], "missing_out", 225),
        (["16:05"], "missing_in", 225),
        (["07:25", "07:27"], "missing_out", 225),  # pressed twice
        (["11:44"], "missing_out", 225 + 254),
        (["11:45"], "missing_in", 225 + 255),
    ],
)
def test_a_single_punch_is_the_one_to_which_it_lies_nearer(times: list[str], missing: str, minutes: int) -> None:
    rows = [punch("P01", f"{MONDAY} {time}") for time in times]
    found = logs.only(logs.measure(logs.listing(rows), logs.Question(logs.whole_year(), 1, 1)))
    assert (found["attended"], found[missing], found["minutes"]) == (1, 1, min(minutes, 450))


def test_a_clock_in_that_is_also_the_clock_out_is_a_single_punch() -> None:
    assert counts(logs.day("P01", MONDAY, "07:20", "07:20")) == {"attended": 1, "missing_out": 1}


def test_a_night_ends_on_the_next_day(nights: Path) -> None:
    rows = [logs.day("P02", MONDAY, "22:10", "05:40"), logs.day("P02", TUESDAY, "00:30", "06:00")]
    assert counts(*rows, schedule=nights) == {"attended": 2, "late_minutes": 10 + 150, "early_minutes": 20}


def test_the_punches_of_a_night_belong_to_the_day_on_which_it_began(nights: Path) -> None:
    times = (f"{MONDAY} 21:50", f"{TUESDAY} 06:05", f"{TUESDAY} 22:20", f"{WEDNESDAY} 05:00")
    rows = [punch("P02", moment) for moment in times]
    found = logs.only(logs.measure(logs.listing(rows), logs.Question(logs.whole_year(), 1, 1, schedule=nights)))
    assert (found["attended"], found["late_minutes"], found["early_minutes"], found["absent"]) == (2, 20, 60, 0)


def test_the_first_and_last_punch_of_a_calendar_day_are_no_night(nights: Path) -> None:
    # 06:05 is the end of one night, 21:50 the beginning of the next: no arrival and departure
    row = logs.day("P02", TUESDAY, "06:05", "21:50")
    assert aside(row, schedule=nights) == [(3, "clock_order", "clock_out", "21:50")]


def test_the_log_may_name_the_shift_of_a_day(nights: Path) -> None:
    rows = [logs.day("P01", MONDAY, "22:05", "06:00", shift="NIGHT"), logs.day("P01", TUESDAY, "07:30", "16:00")]
    assert counts(*rows, schedule=nights) == {"attended": 2, "late_minutes": 5}
    unknown = logs.day("P01", TUESDAY, "07:30", "16:00", shift="siang")
    assert aside(unknown, schedule=nights) == [(3, "unknown_shift", "shift", "")]
    hours = {"day": ("07:30", "16:00"), "night": ("22:00", "06:00")}
    two = [logs.day("P01", TUESDAY, *clocks, shift=shift) for shift, clocks in hours.items()]
    assert [rule for _, rule, *_ in aside(*two, schedule=nights)] == ["two_shifts"] * 2


def test_a_schedule_with_one_shift_does_not_look_at_the_column() -> None:
    assert aside(logs.day("P01", TUESDAY, "07:30", "16:00", shift="Reguler")) == []


def test_leave_goes_before_the_clock() -> None:
    assert counts(AT_WORK, logs.day("P01", TUESDAY, "10:00", "11:00", leave_code="DL")) == {"attended": 1}


@pytest.mark.parametrize("code", ["Hadir", "H", "-", "Terlambat", "TL1", "psw 2"])
def test_a_word_for_being_there_leaves_it_to_the_clock(code: str) -> None:
    row = logs.day("P01", TUESDAY, "08:00", "16:00", leave_code=code)
    assert counts(AT_WORK, row) == {"attended": 2, "late_minutes": 30}


NIP = "198001012005011001"
NIP_IN_GROUPS = "19800101 200501 1 001"


@pytest.mark.parametrize("spelling", [NIP_IN_GROUPS, "19800101.200501.1.001", "19800101-200501-1-001"])
def test_a_nip_is_its_digits(spelling: str, tmp_path: Path) -> None:
    rows = [logs.day(NIP, MONDAY, "07:30", "16:00"), logs.day(spelling, TUESDAY, "07:30", "16:00")]
    rows.append(logs.day(NIP, WEDNESDAY, "07:30", "16:00"))
    found = logs.only(logs.measured(rows))
    assert (found["employee_id"], found["attended"], found["absent"]) == (NIP, 3, 0)
    schedule = tmp_path / "nights.toml"
    schedule.write_text(NIGHTS.replace("P02", f'"{spelling}"'), encoding="utf-8")
    assert logs.only(logs.measured([logs.day(NIP, MONDAY, "22:00", "06:00")], schedule))["late"] == 0


@pytest.mark.parametrize(("own", "in_log"), [(NIP, NIP_IN_GROUPS), (NIP_IN_GROUPS, NIP)])
def test_an_employee_s_workbook_has_the_nip_in_its_own_spelling(own: str, in_log: str) -> None:
    rows = [logs.day(in_log, MONDAY, "07:30", "16:00"), logs.day("P02", MONDAY, "07:30", "16:00")]
    assert logs.only(logs.measured(rows, employees=frozenset({own})))["employee_id"] == own


def test_other_digits_than_those_of_a_nip_are_told_apart_by_what_stands_between() -> None:
    rows = [logs.day(each, MONDAY, "07:30", "16:00") for each in ("12-3", "1-23", "123")]
    evidence = logs.measured(rows)
    assert evidence.details.employees["employee_id"].tolist() == ["1-23", "12-3", "123"]
    assert "zeros_in_front" not in [remark.rule for remark in evidence.remarks]


def test_ids_that_differ_in_zeros_in_front_are_a_remark() -> None:
    rows = [logs.day(each, MONDAY, "07:30", "16:00") for each in ("0012", "12", "P01", "13")]
    evidence = logs.measured(rows)
    assert len(evidence.details.employees) == 4
    (remark,) = (each for each in evidence.remarks if each.rule == "zeros_in_front")
    assert remark.values == {"count": 2, "ids": "0012, 12"}


def test_absences_of_a_log_that_cannot_tell_of_leave_are_a_remark() -> None:
    rows = [AT_WORK, logs.day("P01", TUESDAY), logs.day("P01", "2025-03-06", "07:30", "16:00")]
    told = [each for each in logs.measured(rows).remarks if each.rule == "no_leave_codes"]
    assert [each.values for each in told] == [{"count": 2}]
    with_codes = [rows[0] | {"leave_code": ""}, *rows[1:]]
    assert "no_leave_codes" not in [each.rule for each in logs.measured(with_codes).remarks]
    assert "no_leave_codes" not in [each.rule for each in logs.measured([AT_WORK]).remarks]


def test_the_case_of_an_id_does_not_matter() -> None:
    rows = [AT_WORK, logs.day(" p01", TUESDAY, "08:00", "16:00")]
    assert counts(*rows) == {"attended": 2, "late_minutes": 30}
    assert logs.measured(rows, employees=frozenset({"p01"})).used == 2


def test_two_employees_under_one_id_are_set_aside_without_their_names() -> None:
    rows = [logs.day("P09", MONDAY, "09:00", "16:00", name="Siti"), logs.day("P09", TUESDAY, "09:00", name="Budi")]
    evidence = logs.measured([{**AT_WORK, "name": "Ani"}, *rows])
    found = [(each.row, each.rule, each.column, each.value) for each in evidence.set_aside]
    assert found == [(3, "shared_id", "employee_id", "P09"), (4, "shared_id", "employee_id", "P09")]
    assert logs.only(evidence)["employee_id"] == "P01"
    assert not {"Siti", "Budi", "Ani"} & set(repr(evidence).split("'"))


def test_one_name_written_in_two_ways_is_one_employee() -> None:
    rows = [
        logs.day("P01", MONDAY, "07:30", "16:00", name="SITI  Aminah, S.E."),
        logs.day("P01", TUESDAY, "07:30", "16:00", name="Siti Aminah S.E"),
        logs.day("P01", WEDNESDAY, "07:30", "16:00", name=""),
    ]
    assert counts(*rows) == {"attended": 3}


@pytest.mark.parametrize(
    ("name", "other", "days"),
    [
        ("Dr. Ani Suryani, M.Si.", "ANI SURYANI", 2),
        ("Drs.H.Ahmad Fauzi", "Ahmad Fauzi S.Kom", 2),
        ("Siti Aminah SE", "Siti Aminah, S.E.", 2),
        ("A.Rahman", "A. Rahman", 2),
        ("Ph.D.", "Ph.D.", 2),
        ("Dr. Ani Suryani, M.Si.", "Dr. Ani Suryana, M.Si.", 0),
        ("Ani S.", "Ani B.", 0),
        ("Drs. Ani", "Drs. Budi", 0),
    ],
)
def test_names_of_one_id_differ_where_they_do_so_without_case_and_titles(name: str, other: str, days: int) -> None:
    rows = [
        logs.day("P09", MONDAY, "07:30", "16:00", name=name),
        logs.day("P09", TUESDAY, "07:30", "16:00", name=other),
    ]
    found = logs.measured([{**AT_WORK, "name": "Budi"}, *rows])
    assert found.used == 1 + days
    assert [each.rule for each in found.set_aside] == ["shared_id"] * (2 - days)


@pytest.mark.parametrize("columns", [("employee_id", "date"), ("employee_id", "clock_in", "clock_out")])
def test_a_log_without_days_or_clocks_is_refused(columns: tuple[str, ...]) -> None:
    rows = [{name: value for name, value in AT_WORK.items() if name in columns}]
    with pytest.raises(EvidenceError) as caught:
        logs.measure(logs.listing(rows), logs.Question(logs.whole_year(), 1, 1))
    assert caught.value.params["reason"] == "evidence.clock_columns"


def test_a_log_of_which_nothing_can_be_used_is_refused_with_every_reason() -> None:
    with pytest.raises(EvidenceError) as caught:
        logs.measured([logs.day("P01", "kemarin", "07:30"), logs.day("", MONDAY, "07:30")])
    assert caught.value.params["reason"] == "evidence.no_workday"
    assert [each.rule for each in caught.value.params["set_aside"]] == ["not_a_date", "missing"]
