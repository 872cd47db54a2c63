"""Exports as they really come: each is read right, or refused with row and reason; a workbook is never half changed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import workbooks
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from raw import ASKED, text_file, workbook_file

from bsc_xl import evidence
from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.model import Evidence
from bsc_xl.evidence.textfile import TextFile
from bsc_xl.excel.file import open_book
from bsc_xl.workflows.evidence import Asked, import_evidence

BUDGET = ["Uraian", "Pagu", "Realisasi"]
WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone


def budget(path: Path) -> Evidence:
    return evidence.measure("budget", [path], ASKED)


def rules(found: Evidence) -> list[tuple[int, str]]:
    return [(each.row, each.rule) for each in found.set_aside]


def test_merged_header_cells_below_a_title(tmp_path: Path) -> None:
    rows: list[Sequence[object]] = [
        ["LAPORAN REALISASI ANGGARAN"],
        ["Tahun Anggaran 2025"],
        [],
        ["No", "Uraian", "Anggaran", None, "Sisa"],
        [None, None, "Pagu (Rp)", "Realisasi (Rp)", None],
        [1, 2, 3, 4, 5],
        [1, "Belanja Pegawai", 1000, 500, 500],
        [2, "Belanja Barang", 500, 250, 250],
    ]
    path = workbook_file(
        tmp_path / "a.xlsx", {"LRA": rows}, merged=["A1:E1", "A2:E2", "A4:A5", "B4:B5", "C4:D4", "E4:E5"]
    )
    found = budget(path)
    assert (found.figures["realisation"].value, found.used, found.set_aside) == (50, 2, ())


@pytest.mark.parametrize("percent_first", [False, True])
def test_a_heading_merged_over_amount_and_percentage(tmp_path: Path, percent_first: bool) -> None:
    def pair(amount: object, percent: object) -> list[object]:
        return [percent, amount] if percent_first else [amount, percent]

    rows = [["Uraian", "Pagu", "Realisasi", None], [None, None, *pair("Rp", "%")]]
    rows += [["Pegawai", 1000, *pair(500, 50)], ["Barang", 2000, *pair(1000, 50)]]
    found = budget(workbook_file(tmp_path / "a.xlsx", {"A": rows}, merged=["A1:A2", "B1:B2", "C1:D1"]))
    assert (found.figures["realisation"].numerator, found.figures["realisation"].denominator) == (1500, 3000)
    assert found.set_aside == ()


def test_a_totals_row_at_the_end(tmp_path: Path) -> None:
    found = budget(
        workbook_file(tmp_path / "a.xlsx", {"A": [BUDGET, ["X", 100, 50], ["Y", 100, 30], ["JUMLAH", 200, 80]]})
    )
    assert (found.figures["realisation"].denominator, rules(found), found.remarks) == (200, [(4, "total_row")], ())


def test_rows_that_came_twice(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "No Dokumen;Sesuai SOP", "D1;ya", "D2;tidak", "D1;ya", "D2;tidak")
    found = evidence.measure("documents", [path], ASKED)
    assert (found.figures["sop"].denominator, rules(found)) == (2, [(4, "repeated"), (5, "repeated")])


def test_an_end_before_its_beginning(tmp_path: Path) -> None:
    lines = ["No Dokumen;Tenggat;Tanggal Selesai", "D1;10/02/2025;01/02/2025", "D2;10/02/2025;11/02/2025"]
    found = evidence.measure("documents", [text_file(tmp_path / "a.csv", *lines)], ASKED)
    assert found.figures["on_time"].numerator == 1


def test_text_in_numbers(tmp_path: Path) -> None:
    rows = [BUDGET, ["X", "Rp 1.000.000,00", "500.000"], ["Y", "belum ada", 30], ["Z", "'1000", 1]]
    found = budget(workbook_file(tmp_path / "a.xlsx", {"A": rows}))
    assert (found.figures["realisation"].value, rules(found)) == (50, [(3, "not_a_number"), (4, "not_a_number")])


def test_dates_of_1900(tmp_path: Path) -> None:
    rows = [["No Dokumen", "Tenggat", "Tanggal Selesai"], ["D1", date(2025, 2, 1), date(2025, 2, 1)], ["D2", 0, 1]]
    rows += [["D3", datetime(1900, 1, 1), date(2025, 2, 1)]]  # noqa: DTZ001
    found = evidence.measure("documents", [workbook_file(tmp_path / "a.xlsx", {"A": rows})], ASKED)
    assert rules(found) == [(3, "date_out_of_range"), (4, "date_out_of_range")]


def test_one_id_for_two(tmp_path: Path) -> None:
    lines = ["responden;" + ";".join(f"u{n}" for n in range(1, 10)), "R1" + ";4" * 9, "R1" + ";1" * 9]
    found = evidence.measure("survey", [text_file(tmp_path / "a.csv", *lines)], ASKED)
    assert (found.figures["satisfaction"].value, rules(found)) == (100, [(3, "repeated")])


def test_a_sheet_that_is_not_the_first(tmp_path: Path) -> None:
    sheets = {"Sampul": [["LAPORAN"], ["Biro", "Pagu"]], "Data": [BUDGET, ["X", 100, 50]]}
    found = budget(workbook_file(tmp_path / "a.xlsx", sheets))
    assert (found.figures["realisation"].value, found.sources[0].sheet) == (50, "Data")


@pytest.mark.slow
def test_half_a_million_rows_are_counted_right_and_without_a_loop_over_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a row that is read one by one would come through here
    monkeypatch.setattr(TextFile, "_by_row", lambda *_: pytest.fail("the rows were read one by one"))
    marks = np.random.default_rng(2025).choice(["ya", "tidak", "", "entah"], 500_000)
    lines = [f"S{number};{mark}" for number, mark in enumerate(marks.tolist())]
    found = evidence.measure("checklist", [text_file(tmp_path / "a.csv", "layanan;digital", *lines)], ASKED)
    assert found.figures["done"].numerator == (marks == "ya").sum()
    assert found.used == np.isin(marks, ["ya", "tidak"]).sum()
    assert len(found.set_aside) == np.isin(marks, ["", "entah"]).sum()


def test_mixed_encodings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Uraian;Pagu;Realisasi\nCafé;100;50\n".encode() + "Résumé;100;50\n".encode("cp1252"))
    found = budget(path)
    assert (found.used, found.sources[0].encoding) == (2, "mixed")


def test_formula_injection_is_text_and_formulas_count_by_their_stored_result(tmp_path: Path) -> None:
    rows = [BUDGET, ['=HYPERLINK("http://x","y")', 100, 50], ["Y", 100, "=1+1"], ["Z", 100, 50]]
    found = budget(workbook_file(tmp_path / "a.xlsx", {"A": rows}))
    # openpyxl writes formulas without a result: nobody has calculated them, and nobody does here
    assert rules(found) == [(2, "formula_without_value"), (3, "formula_without_value")]
    lines = ["Uraian;Pagu;Realisasi", "=cmd|'/c calc'!A1;100;50", "@SUM(1);100;50", "Y;=100;50"]
    found = budget(text_file(tmp_path / "a.csv", *lines))
    assert (found.used, rules(found)) == (2, [(4, "not_a_number")])


def test_an_id_that_excel_reads_as_an_error(tmp_path: Path) -> None:
    rows = [["Layanan", "Digital"], ["#N/A", "ya"], ["Mutasi", "#DIV/0!"], ["Cuti", "ya"]]
    found = evidence.measure("checklist", [workbook_file(tmp_path / "a.xlsx", {"A": rows})], ASKED)
    assert rules(found) == [(2, "excel_error"), (3, "excel_error")]


def test_dates_that_an_american_excel_has_turned_are_not_believed(tmp_path: Path) -> None:
    rows: list[Sequence[object]] = [["No Dokumen", "Tenggat", "Tanggal Selesai"]]
    # the file said 05/01/2025 (5 January) and 13/01/2025
    rows += [["D1", date(2025, 5, 1), None], ["D2", "13/01/2025", None], ["D3", date(2025, 7, 12), None]]
    path = workbook_file(tmp_path / "a.xlsx", {"A": rows})
    found = evidence.measure("documents", [path], ASKED)
    assert (found.used, rules(found)) == (1, [(2, "turned_date"), (4, "turned_date")])


@pytest.mark.parametrize("others", [[date(2025, 1, 13), "14/01/2025"], [date(2025, 1, 5), "05/01/2025", "14/01/2025"]])
def test_dates_beside_texts_are_believed_where_excel_has_turned_none(tmp_path: Path, others: list[object]) -> None:
    rows = [["No Dokumen", "Tenggat", "Tanggal Selesai"], *([f"D{i}", day, None] for i, day in enumerate(others))]
    found = evidence.measure("documents", [workbook_file(tmp_path / "a.xlsx", {"A": rows})], ASKED)
    assert (found.used, found.set_aside) == (len(others), ())


def test_a_sum_that_is_carried_to_the_next_page_counts_nowhere(tmp_path: Path) -> None:
    lines = ["Uraian;Pagu;Realisasi", "A;1000;500", "Jumlah dipindahkan;1000;500", "Pindahan dari halaman 1;1000;500"]
    found = budget(text_file(tmp_path / "a.csv", *lines, "B;2000;500", "Jumlah;3000;1000"))
    assert (found.figures["realisation"].denominator, found.remarks) == (3000, ())
    assert rules(found) == [(3, "total_row"), (4, "total_row"), (6, "total_row")]


def test_groups_of_accounts_whose_codes_have_no_points(tmp_path: Path) -> None:
    lines = ["51;3000;1500", "5111;2500;1250", "511111;2000;1000", "511119;500;250", "5112;500;250", "52;1000;400"]
    found = budget(text_file(tmp_path / "a.csv", "Kode Akun;Pagu;Realisasi", *lines, "521111;1000;400"))
    assert (found.figures["realisation"].denominator, found.figures["realisation"].numerator) == (4000, 1900)
    assert rules(found) == [(2, "group_row"), (3, "group_row"), (7, "group_row")]


def test_numbers_of_accounts_that_begin_others_are_no_groups(tmp_path: Path) -> None:
    lines = [f"{number};100;50" for number in range(1, 13)]
    assert budget(text_file(tmp_path / "a.csv", "Akun;Pagu;Realisasi", *lines)).used == 12


def test_several_times_in_one_cell_are_none(tmp_path: Path) -> None:
    heading = "NIP;Tanggal;Jam Datang;Jam Pulang"
    lines = ["P1;01/10/2025;07:20 12:01;16:40", "P1;02/10/2025;07.20 12.01 13.00;16.40", "P1;03/10/2025;07:20;16:40"]
    found = evidence.measure("attendance", [text_file(tmp_path / "a.csv", heading, *lines)], ASKED)
    assert (found.used, rules(found)) == (1, [(2, "not_a_time"), (3, "not_a_time")])
    assert found.set_aside[0].value == "07:20 12:01"


def test_an_id_behind_an_apostrophe_is_the_id(tmp_path: Path) -> None:
    lines = ["NIP;Tanggal;Jam Datang;Jam Pulang", "'0012;01/10/2025;07:20;16:40", "0012;02/10/2025;07:20;16:40"]
    found = evidence.measure("attendance", [text_file(tmp_path / "a.csv", *lines)], ASKED)
    assert found.details.employees["employee_id"].tolist() == ["0012"]  # type: ignore[union-attr]


def test_ticked_and_empty_boxes(tmp_path: Path) -> None:
    found = evidence.measure(
        "checklist", [text_file(tmp_path / "a.csv", "Layanan;Digital", "A;☑", "B;☐", "C;✔️")], ASKED
    )
    assert (found.figures["done"].numerator, found.figures["done"].denominator) == (2, 3)


@pytest.mark.parametrize("person", ["P1", 12])
def test_an_id_that_is_merged_over_its_rows_is_that_of_each(tmp_path: Path, person: object) -> None:
    rows: list[Sequence[object]] = [["NIP", "Nama", "Tanggal", "Jam Datang", "Jam Pulang"]]
    rows += [[person, "A", "01/10/2025", "07:20", "16:40"], [None, None, "02/10/2025", "07:40", "16:40"]]
    rows += [["P2", "B", "01/10/2025", "07:20", "16:40"], [None, None, "02/10/2025", "07:20", None]]
    path = workbook_file(tmp_path / "a.xlsx", {"A": rows}, merged=["A2:A3", "B2:B3", "A4:A5", "B4:B5"])
    found = evidence.measure("attendance", [path], ASKED)
    assert (found.used, found.set_aside) == (4, ())
    table = found.details.employees  # type: ignore[union-attr]
    assert table[["employee_id", "attended", "late", "missing_out"]].to_numpy().tolist() == [
        [str(person), 2, 1, 0],
        ["P2", 2, 0, 1],
    ]


def test_an_amount_that_is_merged_over_two_rows_counts_once(tmp_path: Path) -> None:
    rows = [BUDGET, ["A", 1000, 500], ["B", None, None]]
    found = budget(workbook_file(tmp_path / "a.xlsx", {"A": rows}, merged=["B2:B3", "C2:C3"]))
    assert (found.figures["realisation"].denominator, rules(found)) == (1000, [(3, "missing")])


def test_headings_that_come_again_on_each_page(tmp_path: Path) -> None:
    heading = "NIP;Tanggal;Jam Datang;Jam Pulang"
    pages = ["P1;01/10/2025;07:20;16:40", "Halaman 1 dari 2", heading, "P1;02/10/2025;07:20;16:40"]
    found = evidence.measure("attendance", [text_file(tmp_path / "a.csv", heading, *pages)], ASKED)
    assert (found.used, rules(found)) == (2, [(3, "missing"), (4, "heading_row")])


def test_a_heading_that_comes_again_has_passed_nothing(tmp_path: Path) -> None:
    heading: list[object] = ["NIP", "Nama Pelatihan", "Lulus"]
    rows: list[Sequence[object]] = [["DIKLAT A"], heading, ["1", "Diklat A", "ya"], ["2", "Diklat A", "Lulus"]]
    rows += [["DIKLAT B"], heading, ["3", "Diklat B", "tidak"]]
    found = evidence.measure("training", [workbook_file(tmp_path / "a.xlsx", {"A": rows})], ASKED)
    assert (found.figures["passed"].numerator, found.figures["passed"].denominator) == (2, 3)
    assert rules(found) == [(5, "missing"), (6, "heading_row")]


def test_an_answer_that_is_also_a_heading_is_an_answer(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "Layanan;Sudah", "Mutasi;Sudah", "Layanan;Belum", "Cuti;Sudah")
    found = evidence.measure("checklist", [path], ASKED)
    assert (found.figures["done"].numerator, found.used, found.set_aside) == (2, 3, ())


def test_a_dash_for_a_day_is_no_day(tmp_path: Path) -> None:
    lines = ["No Dokumen;Tenggat;Tanggal Selesai", "D1;31/01/2025;30/01/2025", "D2;31/01/2025;-", "D3;--;30/01/2025"]
    found = evidence.measure("documents", [text_file(tmp_path / "a.csv", *lines)], ASKED)
    assert (found.figures["on_time"].numerator, found.figures["on_time"].denominator) == (1, 2)
    assert rules(found) == [(4, "missing")]


def test_a_workbook_that_counts_its_days_from_1904(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (["No Dokumen", "Tenggat", "Tanggal Selesai"], ["D1", date(2025, 1, 31), date(2025, 1, 31)]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = evidence.measure("documents", [tmp_path / "a.xlsx"], ASKED)
    assert (found.figures["on_time"].value, found.used) == (100, 1)


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (80 << 20))
    return path


REFUSED: dict[str, Callable[[Path], Path]] = {
    "empty": _empty,
    "headings only": lambda path: text_file(path, "Uraian;Pagu;Realisasi"),
    "no headings": lambda path: text_file(path, "X;100;50", "Y;100;50"),
    "wrong columns": lambda path: text_file(path, "Nama;Alamat", "X;Y"),
    "every row wrong": lambda path: text_file(path, "Uraian;Pagu;Realisasi", "X;seratus;lima puluh"),
    "another year": lambda path: text_file(path, "Uraian;Pagu;Realisasi;Periode", "X;100;50;TW I 2019"),
    "budget of 0": lambda path: text_file(path, "Uraian;Pagu;Realisasi", "X;0;50"),
    "no workbook": lambda path: text_file(path, "PK\x03\x04"),
    "zip bomb": _bomb,
    "folder": lambda path: path.parent,
    "not there": lambda path: path,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_refused_leaves_the_workbook_as_it_was(tmp_path: Path, name: str) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    before = made.path.read_bytes()
    raw = REFUSED[name](tmp_path / "raw.csv")
    book = open_book(made.path)
    with pytest.raises(EvidenceError):
        import_evidence(book, Asked("budget", [raw], "K1", 4), WHEN)
    book.save()
    assert made.path.read_bytes() == before
