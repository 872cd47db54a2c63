"""Several files of one kind: read as one, whatever each of them looks like, and refused together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw import ASKED, text_file, workbook_file

from bsc_xl import evidence, labels
from bsc_xl.errors import EvidenceError, SeveralFilesError
from bsc_xl.evidence.model import Evidence, SetAside
from bsc_xl.evidence.telling import citation, reason

HEADINGS = "NIP;Tanggal;Jam Datang;Jam Pulang"
DAYS = [
    (person, day, clock)
    for day in (date(2025, month, number) for month in (1, 2, 3) for number in range(3, 29))
    if day.weekday() < 5
    for person, clock in (("P1", "07:20"), ("P2", "08:45"))
]


def lines(days: Sequence[tuple[str, date, str]]) -> list[str]:
    return [f"{person};{day:%d/%m/%Y};{clock};16:30" for person, day, clock in days]


def log(path: Path, days: Sequence[tuple[str, date, str]]) -> Path:
    return text_file(path, HEADINGS, *lines(days))


def measured(*files: Path, kind: str = "attendance") -> Evidence:
    return evidence.measure(kind, files, ASKED)


def refused(*files: Path, kind: str = "attendance") -> EvidenceError:
    with pytest.raises(EvidenceError) as caught:
        measured(*files, kind=kind)
    return caught.value


def of_month(month: int) -> list[tuple[str, date, str]]:
    return [each for each in DAYS if each[1].month == month]


def test_three_months_in_three_looks_say_what_they_say_in_one_file(tmp_path: Path) -> None:
    january = log(tmp_path / "january.csv", of_month(1))
    rows = [["PRESENSI FEBRUARI"], [], ["No", "NIP", "Tanggal", "Scan Masuk", "Scan Pulang", "Nama"]]
    rows += [[i, person, day, clock, "16:30", "X"] for i, (person, day, clock) in enumerate(of_month(2))]
    february = workbook_file(tmp_path / "february.xlsx", {"Log": rows})
    american = ["Employee ID,Date,Check In,Check Out", *(f"{p},{d:%m/%d/%Y},{c},16:30" for p, d, c in of_month(3))]
    march = text_file(tmp_path / "march.csv", *american, encoding="utf-16")
    apart = measured(january, february, march)
    together = measured(log(tmp_path / "all.csv", DAYS))
    assert apart.figures == together.figures
    assert (apart.remarks, apart.set_aside) == (together.remarks, together.set_aside)
    assert apart.details.employees.equals(together.details.employees)  # type: ignore[union-attr]


def test_what_one_file_says_of_its_days_holds_for_no_other(tmp_path: Path) -> None:
    # one of a machine that prints texts, from the 13th on; one with dates, up to the 12th; neither was turned by Excel
    first = [[person, day, clock, "16:30"] for person, day, clock in of_month(2) if day.day <= 12]
    workbook = workbook_file(tmp_path / "first.xlsx", {"Log": [HEADINGS.split(";"), *first]})
    found = measured(workbook, log(tmp_path / "second.csv", [each for each in of_month(2) if each[1].day > 12]))
    assert (found.used, found.set_aside) == (len(of_month(2)), ())


def test_amounts_are_read_as_their_own_file_writes_them(tmp_path: Path) -> None:
    files = [
        text_file(tmp_path / "id.csv", "Akun;Pagu;Realisasi", "A;1.250;500,5"),
        text_file(tmp_path / "en.csv", "Account,Budget,Realised", 'B,"1,250.00","2.500"'),
    ]
    found = measured(*files, kind="budget").figures["realisation"]
    assert (found.numerator, found.denominator) == (503, 2500)


def test_an_employee_who_is_in_one_of_the_files_is_found_there(tmp_path: Path) -> None:
    files = [log(tmp_path / f"{who}.csv", [each for each in DAYS if each[0] == who]) for who in ("P1", "P2")]
    found = evidence.measure("attendance", files, replace(ASKED, employees=frozenset({"P2"})))
    assert [source.used for source in found.sources] == [0, len(DAYS) // 2]


def test_files_that_are_read_in_three_ways_come_together(tmp_path: Path) -> None:
    plain = log(tmp_path / "plain.csv", of_month(1)[::2])
    titled = text_file(tmp_path / "titled.csv", "PRESENSI JANUARI", HEADINGS, *lines(of_month(1)[1::2]))
    *others, last = lines([*of_month(2), *of_month(3)])
    # the quotes and the cells that are too many stand below what is searched for headings
    longer = text_file(tmp_path / "longer.csv", HEADINGS, *others, f'{last};"";""')
    apart, together = measured(plain, titled, longer), measured(log(tmp_path / "all.csv", DAYS))
    assert apart.figures == together.figures
    assert (apart.used, apart.set_aside) == (len(DAYS), ())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=len(DAYS), max_size=len(DAYS)))
def test_the_figures_do_not_depend_on_how_the_rows_are_spread(
    tmp_path_factory: pytest.TempPathFactory, places: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("spread")
    parts = [[each for each, place in zip(DAYS, places, strict=True) if place == part] for part in range(4)]
    files = [log(folder / f"{number}.csv", part) for number, part in enumerate(parts) if part]
    together = measured(log(folder / "all.csv", DAYS))
    apart = measured(*files)
    assert (apart.figures, apart.used) == (together.figures, len(DAYS))
    assert [source.used for source in apart.sources] == [len(part) for part in parts if part]


def test_each_file_keeps_its_checksum_and_its_rows(tmp_path: Path) -> None:
    files = [log(tmp_path / f"{month}.csv", of_month(month)) for month in (1, 2)]
    found = measured(*files)
    assert [(source.name, source.sha256, source.used) for source in found.sources] == [
        (path.name, sha256(path.read_bytes()).hexdigest(), len(of_month(month)))
        for month, path in enumerate(files, start=1)
    ]
    text = citation(found, found.figures["on_time"], labels.load("en"))
    checksums = [source.sha256[:12] for source in found.sources]
    assert text.endswith(
        f"2 files: 1.csv (rows used: {len(of_month(1))}, SHA-256 {checksums[0]}), "
        f"2.csv (rows used: {len(of_month(2))}, SHA-256 {checksums[1]})"
    )


def test_a_row_that_is_in_two_files_counts_once_and_is_told_with_its_file(tmp_path: Path) -> None:
    first = log(tmp_path / "a.csv", DAYS[:4])
    second = log(tmp_path / "b.csv", DAYS[3:6])
    found = measured(first, second)
    assert found.used == 6
    assert found.set_aside == (SetAside(2, "repeated", "employee_id", DAYS[3][0], "b.csv"),)
    assert reason(found.set_aside[0], labels.load("en")).startswith("b.csv: Row 2, ")


def test_rows_are_told_by_the_number_that_they_have_in_their_own_file(tmp_path: Path) -> None:
    rows = ["layanan;digital", "A;ya", "", "B;entah", "Jumlah;2"]
    found = measured(*(text_file(tmp_path / f"{n}.csv", *rows, f"C{n};x") for n in (1, 2)), kind="checklist")
    told = [(each.file, each.row, each.rule) for each in found.set_aside]
    own = [(4, "not_yes_or_no"), (5, "total_row")]
    assert told == [("1.csv", *each) for each in own] + [("2.csv", *each) for each in [(2, "repeated"), *own]]


def test_a_day_of_one_file_and_its_leave_in_another_come_together(tmp_path: Path) -> None:
    clocks = log(tmp_path / "machine.csv", [("P1", date(2025, 1, 6), "07:20"), ("P1", date(2025, 1, 8), "07:20")])
    leave = text_file(tmp_path / "leave.csv", f"{HEADINGS};Keterangan", "P1;07/01/2025;;;Cuti")
    found = measured(clocks, leave)
    assert (found.figures["attendance"].value, found.figures["attendance"].denominator) == (100, 2)


def test_what_stands_below_the_total_of_one_survey_takes_nothing_from_the_next(tmp_path: Path) -> None:
    head = "responden;" + ";".join(f"u{n}" for n in range(1, 10))
    forms = [[f"R{n}" + f";{n}" * 9, "Jumlah" + ";4" * 9, "NRR" + ";4" * 9] for n in (2, 4)]
    found = measured(*(text_file(tmp_path / f"{n}.csv", head, *form) for n, form in enumerate(forms)), kind="survey")
    assert (found.used, found.figures["satisfaction"].value) == (2, 75)


def test_the_total_of_one_budget_is_not_compared_with_two(tmp_path: Path) -> None:
    files = [text_file(tmp_path / f"{n}.csv", "Akun;Pagu;Realisasi", f"{n};100;50", "Jumlah;100;50") for n in (1, 2)]
    found = measured(*files, kind="budget")
    assert (found.figures["realisation"].denominator, found.remarks) == (200, ())


def test_what_may_be_a_total_is_named_by_its_file_and_looked_for_in_each(tmp_path: Path) -> None:
    first = text_file(tmp_path / "1.csv", "Akun;Pagu;Realisasi", "A;100;50", "B;50;10")
    second = text_file(tmp_path / "2.csv", "Akun;Pagu;Realisasi", "C;150;60", "D;50;10", "E;200;70")
    found = measured(first, second, kind="budget")
    assert [(each.rule, each.values) for each in found.remarks] == [("perhaps_total", {"rows": "2.csv: 4"})]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("january", "february")]
    for folder in folders:
        folder.mkdir()
    found = measured(*(log(folder / "log.csv", of_month(m)) for m, folder in enumerate(folders, start=1)))
    assert [source.name for source in found.sources] == ["january/log.csv", "february/log.csv"]


def test_files_whose_folders_are_named_alike_are_told_apart_all_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a/x", "b/x", "x", "y")]
    for folder in folders:
        folder.mkdir(parents=True)
    files = [log(folder / "log.csv", DAYS[part::4]) for part, folder in enumerate(folders)]
    names = [source.name for source in measured(*files).sources]
    assert names == ["a/x/log.csv", "b/x/log.csv", f"{tmp_path.name}/x/log.csv", "y/log.csv"]
    same = log(folders[1] / "log.csv", DAYS[::4])
    assert refused(files[0], same).params == {
        "source": "b/x/log.csv", "reason": "evidence.same_file", "other": "a/x/log.csv",
    }  # fmt: skip


def test_what_is_wrong_with_files_of_one_name_is_told_of_each(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    gone = refused(tmp_path / "a" / "log.csv", tmp_path / "b" / "log.csv")
    assert isinstance(gone, SeveralFilesError)
    assert [each.params["source"] for each in gone.problems] == ["a/log.csv", "b/log.csv"]
    total = text_file(tmp_path / "a" / "log.csv", HEADINGS, "Jumlah;1;1;1")
    assert refused(total, log(tmp_path / "b" / "log.csv", DAYS)).set_aside == (
        SetAside(2, "total_row", file="a/log.csv"),
    )
    budget = text_file(tmp_path / "a" / "log.csv", "Akun;Pagu;Realisasi", "X;1;1")
    with pytest.raises(EvidenceError) as caught:
        evidence.kind_of([budget, tmp_path / "b" / "log.csv"])
    assert caught.value.params["kinds"] == "a/log.csv: budget, b/log.csv: attendance"


def test_the_same_content_twice_is_refused(tmp_path: Path) -> None:
    error = refused(log(tmp_path / "a.csv", DAYS), log(tmp_path / "b.csv", DAYS[:9]), log(tmp_path / "c.csv", DAYS))
    assert error.params == {"source": "c.csv", "reason": "evidence.same_file", "other": "a.csv"}


def test_one_file_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    path = log(tmp_path / "a.csv", DAYS)
    (tmp_path / "b").mkdir()
    assert refused(path, tmp_path / "b" / ".." / "a.csv").params == refused(path, path).params
    assert refused(path, path).params == {"source": "a.csv", "reason": "evidence.same_file", "other": "a.csv"}


def test_a_log_by_day_and_a_log_by_punch_are_not_mixed(tmp_path: Path) -> None:
    punches = text_file(tmp_path / "b.csv", "NIP;Waktu", "P1;2025-01-03 07:20")
    error = refused(log(tmp_path / "a.csv", DAYS), punches)
    assert isinstance(error, SeveralFilesError)
    assert [problem.params for problem in error.problems] == [
        {"source": "a.csv", "reason": "evidence.columns_differ", "columns": "moment"},
        {"source": "b.csv", "reason": "evidence.columns_differ", "columns": "date, clock_in, clock_out"},
    ]


def test_all_that_is_wrong_with_all_files_is_told_at_once(tmp_path: Path) -> None:
    empty = text_file(tmp_path / "c.csv", HEADINGS, "Jumlah;1;1;1")
    error = refused(tmp_path / "a.csv", log(tmp_path / "b.csv", DAYS), empty)
    assert error.set_aside == (SetAside(2, "total_row", file="c.csv"),)
    text = labels.load("en").error(error).splitlines()
    assert [line.partition(": ")[0] for line in text] == ["No figure from a.csv", "No figure from c.csv"]


@pytest.mark.parametrize("typed", [".", "logs", "logs/.."])
def test_a_folder_is_called_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    (tmp_path / "logs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert refused(log(Path("a.csv"), DAYS), Path(typed)).params == {"source": typed, "reason": "evidence.folder"}


def test_what_is_wrong_with_what_they_share_is_told_once(tmp_path: Path) -> None:
    files = [log(tmp_path / f"{month}.csv", of_month(month)) for month in (1, 2)]
    with pytest.raises(EvidenceError) as caught:
        evidence.measure("attendance", files, ASKED, mapping=tmp_path / "columns.toml")
    assert caught.value.params == {"source": "columns.toml", "reason": "evidence.not_found"}


def test_files_of_two_kinds_are_refused_before_they_are_read(tmp_path: Path) -> None:
    budget = text_file(tmp_path / "b.csv", "Akun;Pagu;Realisasi", "X;1;1")
    with pytest.raises(EvidenceError) as caught:
        evidence.kind_of([log(tmp_path / "a.csv", DAYS), budget])
    assert caught.value.params["kinds"] == "a.csv: attendance, b.csv: budget"
