"""Five sources: what counts, what is set aside, what is outside, and the figure that comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from raw import ASKED, text_file

from bsc_xl import evidence, labels, sample
from bsc_xl.errors import ChoiceError, EvidenceError
from bsc_xl.evidence.model import Span
from bsc_xl.evidence.survey import sample_size
from bsc_xl.evidence.values import FAULTS
from bsc_xl.model import COMPARE_DECIMALS

FIVE = tuple(kind for kind in evidence.KINDS if kind != "attendance")


@pytest.fixture
def measured(tmp_path):
    """Kind and lines of a file -> what it says."""

    def measure(kind, *lines, question=ASKED):
        return evidence.measure(kind, [text_file(tmp_path / "raw.csv", *lines)], question)

    return measure


def refused(measured, kind, *lines, question=ASKED):
    with pytest.raises(EvidenceError) as caught:
        measured(kind, *lines, question=question)
    return caught.value.params


def aside(found):
    return [(each.row, each.rule, each.column, each.value) for each in found.set_aside]


@pytest.mark.parametrize("variant", sample.VARIANTS)
@pytest.mark.parametrize(
    ("kind", "file", "measure", "numerator", "denominator", "value"),
    [
        ("budget", "budget", "realisation", 4_662_305_000, 4_850_000_000, 96.13),
        ("survey", "survey", "satisfaction", 3.6, 4, 90),
        ("checklist", "customers", "done", 45, 50, 90),
        ("documents", "documents_sop", "sop", 177, 178, 99.44),
        ("documents", "documents_time", "on_time", 243, 244, 99.59),
        ("training", "training", "passed", 57, 58, 98.28),
        ("training", "training", "against_plan", 12, 12, 100),
        ("checklist", "checklist", "done", 8, 20, 40),
    ],
)
def test_the_samples_files_give_the_bureaus_figures(
    variant, kind, file, measure, numerator, denominator, value
) -> None:
    path = sample.bureau(variant) / "evidence" / f"{file}.csv"
    found = evidence.measure(kind, [path], replace(ASKED, planned=12))
    figure = found.figures[measure]
    assert (figure.numerator, figure.denominator) == (pytest.approx(numerator), denominator)
    assert round(figure.value, 2) == value
    assert figure.value == round(figure.value, COMPARE_DECIMALS)
    assert found.set_aside == ()


# --- budget


def test_of_each_account_the_latest_period_up_to_the_reporting_one_counts(measured) -> None:
    lines = [
        "akun;pagu;realisasi;triwulan",
        "A;100;10;TW I",
        "A;100;30;TW II",
        "A;100;90;TW III",
        "B;300;60;Triwulan 1",
    ]
    found = measured("budget", *lines, question=replace(ASKED, period=2))
    figure = found.figures["realisation"]
    assert (figure.numerator, figure.denominator, found.used, found.outside) == (90, 400, 2, 2)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("period", ("1", "2", "3")),
        ("Periode", ("I", "II", "III")),
        ("Triwulan", ("Triwulan I 2025", "Triwulan II 2025", "Triwulan III 2025")),
        ("Quarter", ("Q1", "Q2", "Q3")),
        ("Bulan", ("Maret", "Juni", "September")),
        ("Bulan", ("3", "6", "9")),
        ("Bulan", ("s.d. Maret 2025", "s/d Juni 2025", "s.d. Sept 2025")),
        ("Tanggal", ("31/03/2025", "30/06/2025", "30/09/2025")),
        ("Periode", ("2025-03-31", "2025-06-30", "2025-09-30")),
    ],
)
def test_periods_are_read_in_many_forms(measured, heading, cells) -> None:
    lines = [f"akun;pagu;realisasi;{heading}", *(f"A;100;{10 * (i + 1)};{cell}" for i, cell in enumerate(cells))]
    found = measured("budget", *lines, question=replace(ASKED, period=2))
    assert found.figures["realisation"].value == 20
    assert found.set_aside == ()


@pytest.mark.parametrize("periods", [1, 2, 4, 12])
@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Semester", ("1", "2")),
        ("Triwulan", ("2", "4")),
        ("TW", ("II", "IV")),
        ("Quarter", ("2", "4")),
        ("Bulan", ("6", "12")),
        ("Month", ("6", "12")),
        ("Triwulan;Bulan", ("2;6", "4;12")),
    ],
)
def test_a_bare_number_is_what_its_heading_says(measured, heading, cells, periods) -> None:
    lines = [f"akun;pagu;realisasi;{heading}", f"A;100;40;{cells[0]}", f"A;100;90;{cells[1]}"]
    year = measured("budget", *lines, question=replace(ASKED, periods=periods, period=periods))
    assert year.figures["realisation"].value == 90
    if periods > 1:
        half = measured("budget", *lines, question=replace(ASKED, periods=periods, period=periods // 2))
        assert (half.figures["realisation"].value, half.outside) == (40, 1)


def test_a_number_below_period_is_one_of_the_workbooks(measured) -> None:
    lines = ["akun;pagu;realisasi;Periode", "A;100;40;1", "A;100;90;2"]
    assert measured("budget", *lines, question=replace(ASKED, periods=2, period=1)).figures["realisation"].value == 40


@pytest.mark.parametrize(("heading", "cell"), [("Semester", "3"), ("Triwulan", "5"), ("Bulan", "13"), ("Bulan", "0")])
def test_there_are_no_more_of_them_in_a_year(measured, heading, cell) -> None:
    found = measured("budget", f"akun;pagu;realisasi;{heading}", "A;100;40;1", f"B;100;90;{cell}")
    assert [(row, rule, value) for row, rule, _, value in aside(found)] == [(3, "not_a_period", cell)]


def test_rows_of_another_year_do_not_count(measured) -> None:
    lines = ["akun;pagu;realisasi;periode", "A;100;99;Triwulan IV 2024", "A;100;20;Triwulan II 2025"]
    found = measured("budget", *lines)
    assert (found.figures["realisation"].value, found.outside) == (20, 1)


def test_without_periods_every_row_counts(measured) -> None:
    found = measured("budget", "uraian;pagu;realisasi", "A;1.000,50;500,25", "B;1.000,50;0")
    assert (found.figures["realisation"].value, found.used) == (25, 2)


def test_an_account_in_another_spelling_is_the_same_account(measured) -> None:
    lines = ["akun;pagu;realisasi;periode", "Belanja Modal;1000;100;1", "BELANJA  MODAL;1000;500;2"]
    found = measured("budget", *lines)
    assert (found.figures["realisation"].numerator, found.figures["realisation"].denominator) == (500, 1000)


@pytest.mark.parametrize("period", ["", ";2"])
def test_an_account_that_stands_twice_counts_once(measured, period) -> None:
    head = "akun;pagu;realisasi" + (";periode" if period else "")
    lines = [f"5.1.11 Modal;1000;500{period}", f"5.1.11. MODAL;1000;500{period}", f"5.11.1 Modal;1000;500{period}"]
    found = measured("budget", head, *lines)
    assert (found.figures["realisation"].denominator, aside(found)) == (
        2000, [(3, "repeated", "account", "5.1.11. MODAL")],
    )  # fmt: skip


def test_of_two_realisations_of_one_budget_none_counts(measured) -> None:
    found = measured("budget", "akun;pagu;realisasi", "A;1000;500", "B;1000;100", "a;1000;700")
    assert found.figures["realisation"].value == 10
    assert [(row, rule) for row, rule, *_ in aside(found)] == [(2, "contradiction"), (4, "contradiction")]


def test_one_account_of_two_activities_has_two_budgets(measured) -> None:
    found = measured("budget", "uraian;pagu;realisasi", "Belanja ATK;1000;500", "Belanja ATK;3000;500")
    assert found.figures["realisation"].value == 25


def test_totals_and_group_rows_do_not_count_twice(measured) -> None:
    lines = [
        "Kode Rekening;Pagu;Realisasi",
        "5.1 Belanja Operasi;300;150",
        "5.1.01 Belanja Pegawai;200;100",
        "5.1.02 Belanja Barang;100;50",
        "Jumlah Belanja Operasi;300;150",
        "JUMLAH;300;150",
    ]
    found = measured("budget", *lines)
    assert (found.figures["realisation"].denominator, found.used, found.remarks) == (300, 2, ())
    assert [(row, rule) for row, rule, *_ in aside(found)] == [(2, "group_row"), (5, "total_row"), (6, "total_row")]


@pytest.mark.parametrize(
    "name",
    ["J U M L A H", "T O T A L", "T O T A L BELANJA", "Jml", "JML.", "Jlh", "Sub Jumlah", "Σ", "∑", "Belanja Total"],
)
def test_a_total_may_be_written_in_many_ways(measured, name) -> None:
    found = measured("budget", "uraian;pagu;realisasi", "A;1000;500", "B;500;400", f"{name};1500;900")
    assert [(row, rule) for row, rule, *_ in aside(found)] == [(4, "total_row")]
    assert (found.figures["realisation"].denominator, found.remarks) == (1500, ())


@pytest.mark.parametrize("name", ["Belanja Tak Terduga Total", "Belanja Modal"])
def test_what_may_be_a_total_counts_with_a_remark(measured, name) -> None:
    ends_as_one = name.endswith("Total")
    amounts = "1500;800" if ends_as_one else "1500;900"  # by its name, or by its amounts
    found = measured("budget", "uraian;pagu;realisasi", "A;1000;500", "B;500;400", f"{name};{amounts}", "C;500;0")
    assert found.figures["realisation"].denominator == 3500
    assert [(each.rule, each.values) for each in found.remarks] == [("perhaps_total", {"rows": "4"})]


def test_totals_of_each_month_are_those_of_its_rows(measured) -> None:
    lines = ["akun;bulan;pagu;realisasi"]
    for month, spent in ((1, 100), (2, 200)):
        lines += [f"A;{month};1000;{spent}", f"B;{month};500;{spent}", f"Semua Belanja Total;{month};1500;{2 * spent}"]
    found = measured("budget", *lines)
    assert [(row, rule) for row, rule, *_ in aside(found)] == [(4, "total_row"), (7, "total_row")]
    assert (found.figures["realisation"].numerator, found.figures["realisation"].denominator) == (400, 1500)


def test_two_accounts_alike_are_no_sum_of_each_other(measured) -> None:
    found = measured("budget", "akun;pagu;realisasi", "A;100;50", "B;100;50", "C;0;0")
    assert (found.used, found.remarks) == (3, ())


def test_the_total_of_a_part_is_not_compared_with_the_whole(measured) -> None:
    lines = ["akun;pagu;realisasi", "A;100;50", "B;100;50", "TOTAL;200;100", "Jumlah Belanja Modal;100;50"]
    assert measured("budget", *lines).remarks == ()


def test_a_total_that_says_otherwise_is_a_remark(measured) -> None:
    found = measured("budget", "akun;pagu;realisasi", "A;100;50", "Total;150;50")
    assert [(each.rule, each.values["row"], each.values["column"]) for each in found.remarks] == [
        ("total_differs", 3, "budget"),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        "Uraian;Pagu;Realisasi Rp;Realisasi %",
        "Uraian;Pagu (Rp);Realisasi (Rp);Realisasi (%)",
        "Uraian;Anggaran Rp.;Realisasi;Realisasi (persen)",
        "Uraian;PAGU ANGGARAN RP;REALISASI (Rp);Persentase Realisasi",
        "Uraian;Pagu (dalam ribu rupiah);Realisasi [IDR];% Realisasi",
    ],
)
def test_a_column_in_percent_is_no_amount(measured, headings) -> None:
    figure = measured("budget", headings, "Pegawai;1.000;500;50", "Barang;2.000;1.000;50").figures["realisation"]
    assert (figure.numerator, figure.denominator) == (1500, 3000)


def test_a_file_that_has_the_percentage_alone_is_refused(measured) -> None:
    params = refused(measured, "budget", "Uraian;Pagu;Realisasi (%)", "Pegawai;1.000;50")
    assert params["reason"] == "evidence.no_columns"


def test_a_cell_in_percent_is_no_amount_either(measured) -> None:
    found = measured("budget", "Uraian;Pagu;Realisasi", "Pegawai;1.000;500", "Barang;2.000;50 %")
    assert aside(found) == [(3, "not_a_number", "realised", "50 %")]


def test_text_among_figures_is_set_aside_with_its_row(measured) -> None:
    lines = ["akun;pagu;realisasi", "A;100;50", "B;seratus;50", "C;100;", ";100;50", "D;100;=1+1"]
    assert aside(measured("budget", *lines)) == [
        (3, "not_a_number", "budget", ""),
        (4, "missing", "realised", ""),
        (5, "missing", "account", ""),
        (6, "not_a_number", "realised", "=1+1"),
    ]


def test_a_budget_of_nothing_is_refused(measured) -> None:
    assert refused(measured, "budget", "akun;pagu;realisasi", "A;0;50")["reason"] == "evidence.no_budget"


def test_a_number_that_may_be_two_is_set_aside_where_nothing_tells(measured) -> None:
    found = measured("budget", "akun,pagu,realisasi", "A,100,50", "B,1.250,50")
    assert aside(found) == [(3, "ambiguous_number", "budget", "1.250")]
    assert measured("budget", "akun;pagu;realisasi", "B;1.250;500").figures["realisation"].denominator == 1250


# --- documents

HEAD = "document_id,due_date,done_date,follows_sop"


def test_late_documents_are_those_done_after_their_day_and_those_not_done(measured) -> None:
    lines = [HEAD, "1,2025-02-01,2025-02-01,ya", "2,2025-02-01,2025-02-02,ya", "3,2025-02-01,,", "4,2025-09-01,,"]
    found = measured("documents", *lines, question=replace(ASKED, span=Span(date(2025, 1, 1), date(2025, 6, 30))))
    assert (found.figures["on_time"].numerator, found.figures["on_time"].denominator, found.outside) == (1, 3, 1)
    assert (found.figures["sop"].numerator, found.figures["sop"].denominator) == (2, 2)


def test_the_first_and_the_last_day_of_the_span_count(measured) -> None:
    days = ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01")
    found = measured("documents", HEAD, *(f"{day},{day},{day},ya" for day in days))
    assert (found.used, found.outside) == (2, 2)


def test_a_document_that_stands_twice_counts_once(measured) -> None:
    found = measured("documents", HEAD, "1,2025-02-01,2025-02-01,ya", "1,2025-02-01,2025-02-01,", "2,2025-02-01,,ya")
    assert aside(found) == [(3, "completed", "document_id", "1")]
    assert found.figures["sop"].denominator == 2
    assert aside(measured("documents", HEAD, *["1,2025-02-01,2025-02-01,ya"] * 2)) == [
        (3, "repeated", "document_id", "1")
    ]


@pytest.mark.parametrize("done", [("", ""), ("", "2025-01-30"), ("2025-01-30", "2025-01-30"), ("", "2025-02-02")])
@pytest.mark.parametrize("follows", [("", "tidak"), ("ya", ""), ("ya", "ya")])
def test_rows_of_a_document_complete_each_other_in_whichever_order_they_stand(measured, done, follows) -> None:
    rows = [f"1,2025-01-31,{day},{answer}" for day, answer in zip(done, follows, strict=True)]
    found = measured("documents", HEAD, *rows, "2,2025-01-31,2025-01-31,ya")
    assert found.figures["on_time"].numerator == 1 + ("2025-01-30" in done)
    assert found.figures["sop"].numerator == 1 + ("ya" in follows)
    assert {(figure.denominator, found.used) for figure in found.figures.values()} == {(2, 2)}
    assert measured("documents", HEAD, *rows[::-1], "2,2025-01-31,2025-01-31,ya").figures == found.figures


def test_a_document_that_is_open_in_one_file_and_done_in_the_next_is_done(tmp_path) -> None:
    head = "No Surat;Tenggat;Selesai;Sesuai SOP"
    january = text_file(tmp_path / "january.csv", head, "1;31/01/2025;-;ya", "2;31/01/2025;30/01/2025;ya")
    february = text_file(tmp_path / "february.csv", head, "1;31/01/2025;31/01/2025;ya", "3;28/02/2025;28/02/2025;tidak")
    for files in ([january, february], [february, january]):
        found = evidence.measure("documents", files, ASKED)
        assert [(figure.numerator, figure.denominator) for figure in found.figures.values()] == [(2, 3), (3, 3)]
        assert [(each.file, each.row, each.rule) for each in found.set_aside] == [("january.csv", 2, "completed")]


def test_a_document_without_a_due_date_that_is_done_in_another_row_counts_by_that_day(measured) -> None:
    rows = ["1;;ya", "1;30/01/2025;", "2;31/12/2024;ya", "3;;ya"]
    for lines in (rows, rows[::-1]):
        found = measured("documents", "No Surat;Selesai;Sesuai SOP", *lines)
        assert (found.figures["sop"].numerator, found.used, found.outside) == (1, 1, 2)


def test_a_number_that_is_given_again_each_year_is_another_document(measured) -> None:
    found = measured("documents", HEAD, "1,2024-02-01,2024-03-01,tidak", "1,2025-02-01,2025-02-01,ya")
    assert (found.used, found.outside, found.figures["sop"].value) == (1, 1, 100)


@pytest.mark.parametrize(
    "other", ["1,2025-02-01,2025-02-01,tidak", "1,2025-02-01,2025-01-31,ya", "1,2025-02-02,2025-02-01,ya"]
)
def test_a_document_of_which_two_rows_contradict_each_other_does_not_count(measured, other) -> None:
    found = measured("documents", HEAD, "1,2025-02-01,2025-02-01,ya", other, "2,2025-02-01,2025-02-01,ya")
    assert aside(found) == [(row, "contradiction", "document_id", "1") for row in (2, 3)]
    assert (found.used, found.figures["on_time"].value) == (1, 100)


def test_a_register_without_dates_knows_the_sop_alone(measured) -> None:
    assert list(measured("documents", "No Dokumen;Sesuai SOP", "1;ya", "2;tidak").figures) == ["sop"]
    assert list(measured("documents", "No Dokumen;Tenggat;Tanggal Selesai", "1;1/2/2025;1/2/2025").figures) == [
        "on_time"
    ]


def test_a_register_that_knows_neither_is_refused(measured) -> None:
    assert refused(measured, "documents", "No Dokumen;Tenggat", "1;1/2/2025")["reason"] == "evidence.no_columns"
    assert refused(measured, "documents", "No Dokumen;Sesuai SOP", "1;")["reason"] == "evidence.no_answers"


def test_days_that_cannot_be_are_set_aside_each_with_its_reason(measured) -> None:
    lines = [
        HEAD,
        "1,2025-02-01,,ya",
        "2,01/01/1900,,ya",
        "3,01/02/25,,ya",
        "4,soon,,ya",
        "5,,2025-02-01,ya",
        "6,2025-02-01,,x?",
    ]
    assert [(row, rule, column) for row, rule, column, _ in aside(measured("documents", *lines))] == [
        (3, "date_out_of_range", "due_date"),
        (4, "two_digit_year", "due_date"),
        (5, "not_a_date", "due_date"),
        (6, "missing", "due_date"),
    ]


# --- training


def test_trainings_are_counted_once_however_they_are_written(measured) -> None:
    lines = ["peserta;pelatihan;lulus", "P1;Arsip;ya", "P2;ARSIP;tidak", "P1;Pidato;ya", "P1; arsip ;ya"]
    found = measured("training", *lines)
    assert (found.figures["held"].value, found.figures["passed"].numerator, found.used) == (2, 2, 3)
    assert aside(found) == [(5, "repeated", "participant", "")]


def test_two_people_of_one_name_are_told_apart_by_their_ids(measured) -> None:
    lines = ["Nama Peserta;NIP;Pelatihan;Lulus", "Budi;197001;Arsip;ya", "Budi;198001;Arsip;tidak"]
    found = measured("training", *lines)
    assert (found.figures["passed"].numerator, found.figures["passed"].denominator, found.set_aside) == (1, 2, ())


def test_a_name_that_stands_twice_is_told_as_a_name(measured) -> None:
    found = measured("training", "Nama Peserta;Pelatihan;Lulus", "Budi S.;Arsip;ya", "BUDI S;Arsip;ya")
    assert aside(found) == [(3, "same_name", "participant", "")]


@pytest.mark.parametrize("who", ["Budi", "P01"])
def test_of_two_results_for_one_participation_none_counts(measured, who) -> None:
    lines = ["peserta;pelatihan;lulus", f"{who};Arsip;ya", "Siti;Arsip;ya", f"{who};Arsip;tidak"]
    found = measured("training", *lines)
    assert found.figures["passed"].denominator == 1
    assert [(row, rule) for row, rule, *_ in aside(found)] == [(2, "contradiction"), (4, "contradiction")]


def test_a_plan_is_needed_for_a_share_of_it(measured) -> None:
    lines = ["peserta;pelatihan;lulus", "P1;Arsip;ya"]
    assert "against_plan" not in measured("training", *lines).figures
    assert measured("training", *lines, question=replace(ASKED, planned=4)).figures["against_plan"].value == 25


def test_trainings_of_other_days_are_outside(measured) -> None:
    lines = ["peserta;pelatihan;lulus;tanggal", "P1;Arsip;ya;02/01/2025", "P2;Arsip;tidak;02/01/2024"]
    found = measured("training", *lines)
    assert (found.figures["passed"].value, found.outside) == (100, 1)


# --- checklist


def test_an_item_counts_as_it_was_last_seen(measured) -> None:
    lines = ["layanan;digital;periode", "Cuti;tidak;1", "Cuti;ya;2", "Cuti;tidak;3", "Mutasi;tidak;1"]
    found = measured("checklist", *lines, question=replace(ASKED, period=2))
    assert (found.figures["done"].numerator, found.figures["done"].denominator, found.outside) == (1, 2, 2)


@pytest.mark.parametrize("foot", [(), (";;", "Palembang, 31 Desember 2025;;", "Kepala Biro;;")])
@pytest.mark.parametrize("lead", ["", "1;"])
def test_what_stands_below_a_list_is_no_item(measured, lead, foot) -> None:
    no = ";" if lead else ""
    lines = [f"{'No;' if lead else ''}layanan;digital;catatan", f"{lead}Cuti;ya;", f"{lead}Mutasi;tidak;"]
    below = [
        f"{no}Jumlah layanan;2;",
        f"{no}Sudah digital;1;",
        f"{no}Belum digital;1;",
        f"{no}Persentase capaian;50 %;",
    ]
    found = measured("checklist", *lines, *below, *foot)
    assert (found.figures["done"].numerator, found.figures["done"].denominator) == (1, 2)
    assert [rule for row, rule, *_ in aside(found) if row <= 7] == ["total_row"] * 4


def test_an_item_that_begins_like_a_total_counts(measured) -> None:
    lines = ["layanan;digital", "Total Quality Management;1", "Cuti;1", "Sudah dibayar;1", "Jumlah pegawai;ya"]
    assert measured("checklist", *lines).used == 4


def test_an_item_with_both_answers_does_not_count(measured) -> None:
    lines = ["layanan;digital", "Cuti;ya", "cuti ;tidak", "Mutasi;ya", "MUTASI;ya", "Pensiun;tidak"]
    found = measured("checklist", *lines)
    assert (found.figures["done"].numerator, found.figures["done"].denominator) == (1, 2)
    assert [(row, rule) for row, rule, *_ in aside(found)] == [
        (2, "contradiction"), (3, "contradiction"), (5, "repeated"),
    ]  # fmt: skip


def test_an_item_without_an_answer_is_set_aside(measured) -> None:
    assert aside(measured("checklist", "layanan;digital", "Cuti;ya", "Mutasi;", "Pensiun;kadang")) == [
        (3, "missing", "done", ""),
        (4, "not_yes_or_no", "done", ""),
    ]


# --- survey

ELEMENTS = "responden;" + ";".join(f"U{number}" for number in range(1, 10))


def test_answers_beyond_the_scale_and_repeated_respondents_are_set_aside(measured) -> None:
    lines = [
        ELEMENTS,
        "R1" + ";4" * 9,
        "R2;5" + ";4" * 8,
        "R1" + ";1" * 9,
        "R3;2,5" + ";4" * 8,
        "R4" + ";" * 9,
        "R5;4" + ";3" * 7 + ";",
    ]
    found = measured("survey", *lines)
    assert [(row, rule, column) for row, rule, column, _ in aside(found)] == [
        (3, "answer", "element_1"),
        (4, "repeated", "respondent"),
        (5, "answer", "element_1"),
        (6, "missing", "element_1"),
    ]
    assert found.details.respondents == 2


def test_below_the_first_total_of_a_form_stand_no_respondents(measured) -> None:
    lines = [
        ELEMENTS,
        "R1" + ";4" * 9,
        "Σ Nilai / Unsur" + ";4" * 9,
        "NRR per unsur" + ";4" * 9,
        "Indeks unit" + ";4" * 9,
    ]
    found = measured("survey", *lines)
    assert found.details.respondents == 1
    assert [(row, rule) for row, rule, *_ in aside(found)] == [(3, "total_row"), (4, "total_row"), (5, "total_row")]


@pytest.mark.parametrize("name", ["Nilai Rata-Rata per Unsur", "Jumlah Nilai per Unsur", "Rata - rata", "Total nilai"])
def test_a_total_of_a_form_may_be_called_otherwise(measured, name) -> None:
    found = measured("survey", ELEMENTS, "R1" + ";3" * 9, f"{name}" + ";4" * 9, "Indeks unit" + ";4" * 9)
    assert (found.details.respondents, found.figures["satisfaction"].value) == (1, 75)
    assert [(row, rule) for row, rule, *_ in aside(found)] == [(3, "total_row"), (4, "total_row")]


def test_all_fours_are_exactly_100_and_an_a(measured) -> None:
    found = measured("survey", ELEMENTS, *(f"R{n}" + ";4" * 9 for n in range(30)))
    assert (found.figures["satisfaction"].value, found.details.grade) == (100, "A")


def test_the_vector_of_the_domain(measured) -> None:
    answers = [4] * (955 - 3 * 29 * 9) + [3] * (4 * 29 * 9 - 955)
    lines = [";".join([f"R{n}", *map(str, answers[9 * n : 9 * n + 9])]) for n in range(29)]
    found = measured("survey", ELEMENTS, *lines)
    assert (round(found.figures["satisfaction"].value, 2), found.details.grade) == (91.48, "A")


def test_elements_may_bear_the_names_of_the_regulation(measured) -> None:
    names = [
        "Persyaratan", "Sistem, Mekanisme, dan Prosedur", "Waktu Penyelesaian", "Biaya/Tarif",
        "Produk Spesifikasi Jenis Pelayanan", "Kompetensi Pelaksana", "Perilaku Pelaksana",
        "Penanganan Pengaduan, Saran dan Masukan", "Sarana dan Prasarana",
    ]  # fmt: skip
    found = measured("survey", ";".join(names), "1;2;3;4;1;2;3;4;1")
    assert found.details.element_means.tolist() == [1, 2, 3, 4, 1, 2, 3, 4, 1]


def test_too_few_respondents_are_a_remark_and_no_error(measured) -> None:
    lines = [ELEMENTS, *(f"R{n}" + ";4" * 9 for n in range(43))]
    remarks = measured("survey", *lines, question=replace(ASKED, population=50)).remarks
    assert [(each.rule, dict(each.values)) for each in remarks] == [
        ("too_few_respondents", {"count": 43, "needed": 44, "population": 50}),
    ]
    assert measured("survey", *lines, "R43" + ";4" * 9, question=replace(ASKED, population=50)).remarks == ()


@pytest.mark.parametrize(
    ("population", "sample"),
    [(10, 10), (50, 44), (100, 80), (200, 132), (500, 217), (1000, 278), (5000, 357), (10_000, 370), (1_000_000, 384)],
)
def test_samples_are_those_of_the_printed_table(population, sample) -> None:
    assert sample_size(population) == sample


@effort(deadline=None)
@given(st.integers(1, 10**9))
def test_a_sample_is_no_larger_than_its_population_and_never_shrinks_with_it(population) -> None:
    assert 1 <= sample_size(population) <= min(population, 385)
    assert sample_size(population) <= sample_size(population + 1)


def test_nobody_has_no_sample() -> None:
    with pytest.raises(ValueError, match="population"):
        sample_size(0)


# --- all of them


def test_a_kind_that_does_not_exist_is_a_choice(tmp_path) -> None:
    with pytest.raises(ChoiceError) as caught:
        evidence.measure("payroll", [tmp_path / "a.csv"], ASKED)
    assert caught.value.params["choices"] == ", ".join(evidence.KINDS)


SOUND = {
    "budget": ("akun;pagu;realisasi", "A;100;50", "B;100;25", "C;100;75"),
    "survey": (ELEMENTS, "R1" + ";4" * 9, "R2" + ";3" * 9, "R3" + ";1" * 9),
    "documents": (
        "dokumen;tenggat;selesai;sesuai sop",
        "1;1/2/2025;1/2/2025;ya",
        "2;1/2/2025;3/2/2025;ya",
        "3;1/2/2025;;tidak",
    ),
    "training": ("peserta;pelatihan;lulus", "P1;Arsip;ya", "P2;Arsip;tidak", "P3;Pidato;ya"),
    "checklist": ("layanan;digital", "Cuti;ya", "Mutasi;tidak", "Pensiun;ya"),
}


@pytest.mark.parametrize("kind", FIVE)
def test_the_order_of_rows_changes_nothing(measured, kind) -> None:
    head, *lines = SOUND[kind]
    assert measured(kind, head, *lines).figures == measured(kind, head, *reversed(lines)).figures


@pytest.mark.parametrize("kind", FIVE)
def test_a_file_of_which_no_row_counts_is_refused_with_the_rows(measured, kind) -> None:
    head = SOUND[kind][0]
    params = refused(measured, kind, head, ";".join(["?"] * (head.count(";") + 1)))
    assert params["reason"] == "evidence.all_set_aside"
    assert [each.row for each in params["set_aside"]] == [2]


@pytest.mark.parametrize("kind", FIVE)
def test_every_word_of_a_kind_is_a_label(kind) -> None:
    text = labels.load("id")
    assert f"evidence.kind.{kind}" in text
    assert all(f"evidence.measure.{kind}.{measure}" in text for measure in evidence.measures_of(kind))
    assert all(f"evidence.column.{column.name}" in text for column in evidence.columns_of(kind))


def test_every_fault_is_a_label() -> None:
    assert all(f"evidence.rule.{fault}" in labels.load("id") for fault in FAULTS[1:])


@effort(deadline=None)
@given(st.lists(st.sampled_from(["ya", "tidak", "", "?"]), min_size=1, max_size=30))
def test_every_row_is_used_or_set_aside_once(tmp_path_factory, marks) -> None:
    lines = [f"S{number};{mark}" for number, mark in enumerate(marks)]
    path = text_file(tmp_path_factory.mktemp("rows") / "raw.csv", "layanan;digital", *lines)
    if not {"ya", "tidak"} & set(marks):
        with pytest.raises(EvidenceError):
            evidence.measure("checklist", [path], ASKED)
        return
    found = evidence.measure("checklist", [path], ASKED)
    assert found.used == sum(mark in ("ya", "tidak") for mark in marks)
    assert found.used + len(found.set_aside) + found.outside == len(marks)
    assert found.figures["done"].numerator == marks.count("ya")


@pytest.mark.parametrize("variant", sample.VARIANTS)
@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("attendance", "attendance"),
        ("budget", "budget"),
        ("survey", "survey"),
        ("documents_sop", "documents"),
        ("documents_time", "documents"),
        ("training", "training"),
        ("checklist", "checklist"),
        ("customers", "checklist"),
    ],
)
def test_the_columns_of_a_file_suggest_its_kind(variant, file, kind) -> None:
    assert evidence.kind_of([sample.bureau(variant) / "evidence" / f"{file}.csv"]) == kind


def test_columns_of_no_kind_and_of_two_suggest_none(tmp_path) -> None:
    with pytest.raises(EvidenceError) as caught:
        evidence.kind_of([text_file(tmp_path / "a.csv", "warna;bentuk", "merah;bulat")])
    assert caught.value.params["reason"] == "evidence.no_kind"
    with pytest.raises(EvidenceError) as caught:
        evidence.kind_of([text_file(tmp_path / "a.csv", "no dokumen;nip", "1;2")])
    assert caught.value.params["kinds"] == "attendance, documents"
