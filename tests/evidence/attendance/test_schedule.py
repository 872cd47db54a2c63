from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bsc_xl import labels
from bsc_xl.errors import ScheduleError, SourceError
from bsc_xl.evidence.attendance import schedule
from bsc_xl.evidence.attendance.schedule import Leave, Schedule
from bsc_xl.tables.findings import failure_message


def read(tmp_path: Path, text: str) -> Schedule:
    path = tmp_path / "jadwal.toml"
    path.write_text(text, encoding="utf-8")
    return schedule.read(path)


def refusals(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    """The key and the rule of everything that is wrong."""
    with pytest.raises(ScheduleError) as caught:
        read(tmp_path, text)
    return [((failure.cell or "").removeprefix("jadwal.toml: "), failure.rule) for failure in caught.value.failures]


def test_without_a_file_the_week_is_that_of_most_offices() -> None:
    usual = schedule.usual()
    assert usual.begins.tolist() == [[450, 450, 450, 450, 450, -1, -1]]
    assert usual.ends.tolist() == [[960, 960, 960, 960, 990, -1, -1]]
    assert (usual.tolerance, usual.holidays, usual.employees) == (0, frozenset(), {})


def test_an_empty_file_is_the_usual_schedule(tmp_path: Path) -> None:
    found, usual = read(tmp_path, ""), schedule.usual()
    assert found.begins.tolist() == usual.begins.tolist()
    assert (found.leave, found.everybody) == (usual.leave, usual.everybody)


def test_the_shipped_schedule_can_be_copied_as_it_stands(tmp_path: Path) -> None:
    text = (files("bsc_xl.evidence.attendance") / "schedule.toml").read_text(encoding="utf-8")
    found = read(tmp_path, text)
    assert found.begins.tolist() == schedule.usual().begins.tolist()


def test_a_file_says_what_differs(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        tolerance = 10
        everybody = "Pagi"
        [shifts.pagi]
        monday = "08.00 - 16.00"
        [shifts."Jaga  Malam"]
        sunday = "22:00–6:00"
        on_holidays = true
        [employees]
        P07 = "jaga malam"
        [holidays]
        2025-12-25 = "Hari Raya Natal"
        """,
    )
    assert (found.tolerance, found.shifts, found.everybody) == (10, {"pagi": 0, "jaga malam": 1}, 0)
    assert found.begins[0].tolist() == [480, -1, -1, -1, -1, -1, -1]
    assert (found.begins[1, 6], found.ends[1, 6]) == (1320, 1440 + 360)
    assert found.crosses_midnight.tolist() == [False, True]
    assert found.on_holidays.tolist() == [False, True]
    assert (found.employees, found.holidays) == ({"p07": 1}, {date(2025, 12, 25)})
    assert found.leave["ct"] is Leave.EXCUSED


def test_the_turn_of_the_day_is_midway_between_two_nights(tmp_path: Path) -> None:
    found = read(tmp_path, '[shifts.a]\nmonday = "22:00-06:00"\n[shifts.day]\nmonday = "07:30-16:00"')
    assert found.turn_of_day.tolist() == [14 * 60, 0]


def test_the_one_shift_of_a_file_is_that_of_everybody(tmp_path: Path) -> None:
    assert read(tmp_path, '[shifts.kantor]\nmonday = "08:00-16:00"').everybody == 0


def test_what_the_file_says_of_a_code_holds_against_the_usual_meaning(tmp_path: Path) -> None:
    found = read(tmp_path, '[leave]\nunexcused = ["Izin"]')
    assert found.leave["izin"] is Leave.UNEXCUSED
    assert found.leave["ct"] is Leave.EXCUSED
    assert "tk" not in found.leave


WRONG = """
tolerance = "lima"
everybody = "siang"
lembur = 1
[shifts.day]
monday = "07:30"
friday = "25:00-16:00"
senin = "07:30-16:00"
on_holidays = "ya"
[shifts.DAY]
[shifts.night]
monday = "06:00-06:00"
[employees]
P07 = "malam"
[holidays]
2025-02-29 = "tidak ada"
[leave]
excused = ["CT", "TK"]
unexcused = ["tk"]
sakit = ["S"]
present = "H"
"""


def test_everything_that_is_wrong_is_named_at_once_with_its_key(tmp_path: Path) -> None:
    assert sorted(refusals(tmp_path, WRONG)) == sorted(
        [
            ("tolerance", "schedule_tolerance"),
            ("everybody", "schedule_shift"),
            ("lembur", "schedule_key"),
            ("shifts.day.monday", "schedule_hours"),
            ("shifts.day.friday", "schedule_hours"),
            ("shifts.day.senin", "schedule_key"),
            ("shifts.day.on_holidays", "schedule_flag"),
            ("shifts.DAY", "schedule_twice"),
            ("shifts.DAY", "schedule_no_hours"),
            ("shifts.night.monday", "schedule_hours"),
            ("employees.P07", "schedule_shift"),
            ("holidays.2025-02-29", "schedule_date"),
            ("leave.unexcused", "schedule_twice"),
            ("leave.sakit", "schedule_key"),
            ("leave.present", "schedule_codes"),
        ]
    )


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_every_failure_has_a_sentence_with_file_and_key(tmp_path: Path, language: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        read(tmp_path, WRONG)
    for failure in caught.value.failures:
        assert failure_message(failure, labels.load(language)).startswith(f"{failure.cell}: ")


@pytest.mark.parametrize(
    ("text", "key"), [("shifts = 3", "shifts"), ("[shifts]\nday = 3", "shifts.day"), ("holidays = 1", "holidays")]
)
def test_a_section_that_is_none_is_refused(tmp_path: Path, text: str, key: str) -> None:
    assert (key, "schedule_section") in refusals(tmp_path, text)


@pytest.mark.parametrize("value", ["-1", "1440", "true", "2.5"])
def test_a_tolerance_is_whole_minutes_of_a_day(tmp_path: Path, value: str) -> None:
    assert refusals(tmp_path, f"tolerance = {value}") == [("tolerance", "schedule_tolerance")]


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert refusals(tmp_path, "tolerance = 5\nmonday = 07:30-16:00\n") == [("jadwal.toml:2", "schedule_toml")]


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "jadwal.toml"
    path.write_bytes("tolerance = 5\n# Café".encode("cp1252"))
    with pytest.raises(ScheduleError) as caught:
        schedule.read(path)
    assert [failure.cell for failure in caught.value.failures] == ["jadwal.toml:2"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        schedule.read(tmp_path / "jadwal.toml")
    assert caught.value.params == {"source": "jadwal.toml", "reason": "source.not_found"}
