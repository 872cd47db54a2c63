"""The table of a file is found wherever it begins, whatever its columns are called, in whatever it was written."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pytest
from raw import text_file, workbook_file

from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.days import dates
from bsc_xl.evidence.model import Column
from bsc_xl.evidence.reading import names_of, read
from bsc_xl.evidence.values import texts

COLUMNS = (Column("item", personal=True), Column("done"), Column("period", required=False))


def found(path, columns=COLUMNS, **how):
    listing = read(path, columns, **how)
    return [tuple(texts(listing.frame[name]).value[i] for name in ("item", "done")) for i in range(len(listing.rows))]


def refusal(path, columns=COLUMNS, **how):
    with pytest.raises(EvidenceError) as caught:
        read(path, columns, **how)
    return caught.value.params


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter) -> None:
    lines = [delimiter.join(row) for row in (("Layanan", "Digital"), ("Cuti", "ya"), ("Pensiun", "tidak"))]
    assert found(text_file(tmp_path / "a.csv", *lines)) == [("Cuti", "ya"), ("Pensiun", "tidak")]


@pytest.mark.parametrize("hidden", ["\ufeff", "\u200b"])
def test_what_nobody_sees_in_a_text_makes_no_other_id(tmp_path, hidden) -> None:
    lines = ("Layanan;Digital", "Cuti;ya", f"{hidden}Cuti;tidak{hidden}", f"Café{hidden};ya")
    assert found(text_file(tmp_path / "a.csv", *lines)) == [("Cuti", "ya"), ("Cuti", "tidak"), ("Café", "ya")]


@pytest.mark.parametrize("first", ["sep=|", '"sep=|"'])
def test_a_line_that_names_the_delimiter_is_no_row(tmp_path, first) -> None:
    listing = read(text_file(tmp_path / "a.csv", first, "layanan|digital", "Cuti; sakit|ya"), COLUMNS)
    assert listing.rows.tolist() == [2]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_letters_survive_every_encoding(tmp_path, encoding, named) -> None:
    listing = read(text_file(tmp_path / "a.csv", "Layanan;Digital", "Café – résumé;ya", encoding=encoding), COLUMNS)
    assert listing.files[0].source().encoding == named
    assert texts(listing.frame["item"]).value.tolist() == ["Café – résumé"]


def test_a_file_that_was_put_together_is_read_line_by_line(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Layanan;Digital\nCafé;ya\n".encode() + "Résumé;ya\n".encode("cp1252"))
    listing = read(path, COLUMNS)
    assert listing.files[0].source().encoding == "mixed"
    assert texts(listing.frame["item"]).value.tolist() == ["Café", "Résumé"]


def test_titles_and_blank_rows_above_do_not_matter_and_rows_keep_their_numbers(tmp_path) -> None:
    lines = [
        "DAFTAR LAYANAN;;",
        "Biro Administrasi Pimpinan;;",
        ";;",
        "No;Layanan;Digital",
        "1;Cuti;ya",
        ";;",
        "2;Mutasi;x",
    ]
    listing = read(text_file(tmp_path / "a.csv", *lines), COLUMNS)
    assert listing.rows.tolist() == [5, 7]


def test_headings_do_not_depend_on_case_punctuation_and_units(tmp_path) -> None:
    assert found(text_file(tmp_path / "a.csv", "NAMA_LAYANAN;Status Digital (ya/tidak)", "Cuti;ya")) == [("Cuti", "ya")]


def test_headings_over_two_rows_belong_to_the_columns_below(tmp_path) -> None:
    rows = [["No", "Layanan", "Status", None], [None, None, "Digital", "Sejak"], [1, "Cuti", "ya", None]]
    path = workbook_file(tmp_path / "a.xlsx", {"Data": rows}, merged=["A1:A2", "B1:B2", "C1:D1"])
    assert found(path) == [("Cuti", "ya")]


def test_a_row_that_numbers_the_columns_is_no_data(tmp_path) -> None:
    path = text_file(tmp_path / "a.csv", "No;Layanan;Digital", "(1);(2);(3)", "1;Cuti;ya")
    assert found(path) == [("Cuti", "ya")]


def test_a_row_that_begins_with_a_total_is_kept_apart(tmp_path) -> None:
    listing = read(text_file(tmp_path / "a.csv", "No;Layanan;Digital", "1;Cuti;ya", ";Jumlah :;1"), COLUMNS)
    assert listing.rows.tolist() == [2]
    assert listing.total_rows.tolist() == [3]
    assert [(each.row, each.rule) for each in listing.set_aside] == [(3, "total_row")]


@pytest.mark.parametrize("above", [(), ("REKAP",)])
@pytest.mark.parametrize(
    ("total", "rows"),
    [
        ("Jumlah;;;2;2", [4]),
        (";Jumlah;;;2", [4]),  # in a column that nobody asks for, with nothing before it
        (";;;;Jumlah", [4]),
        (";;;;", []),
        ("4;Jumlah;;;2", None),  # a row, of which nobody says that it is no service
    ],
)
def test_totals_are_found_in_columns_that_nobody_asks_for(tmp_path, above, total, rows) -> None:
    lines = (*above, "No;Unit;Layanan;Digital;Catatan", "1;A;Cuti;ya;", "2;A;Izin;ya;", total, "3;A;Pensiun;tidak;")
    listing = read(text_file(tmp_path / "a.csv", *lines), COLUMNS)
    assert len(listing.rows) == (4 if rows is None else 3)
    assert listing.total_rows.tolist() == [row + len(above) for row in rows or []]


def test_a_row_that_has_slipped_is_set_aside(tmp_path) -> None:
    listing = read(text_file(tmp_path / "a.csv", "layanan,digital", "Cuti,ya", "Izin, sakit,ya", "Mutasi,x,"), COLUMNS)
    assert listing.rows.tolist() == [2, 4]
    assert [(each.row, each.rule) for each in listing.set_aside] == [(3, "too_many_cells")]


def test_line_ends_within_quotes_are_part_of_the_cell(tmp_path) -> None:
    listing = read(text_file(tmp_path / "a.csv", "layanan;digital", '"Cuti\nsakit";ya', "Mutasi;ya"), COLUMNS)
    assert listing.rows.tolist() == [2, 3]


def test_the_sheet_that_has_the_columns_is_found(tmp_path) -> None:
    sheets = {"Petunjuk": [["Isi lembar Data"]], "Data": [["Layanan", "Digital"], ["Cuti", True]]}
    listing = read(workbook_file(tmp_path / "a.xlsx", sheets), COLUMNS)
    assert listing.files[0].source().sheet == "Data"
    assert listing.frame["done"].tolist() == [True]


def test_of_two_sheets_that_fit_one_must_be_named(tmp_path) -> None:
    rows = [["Layanan", "Digital"], ["Cuti", "ya"]]
    path = workbook_file(tmp_path / "a.xlsx", {"Januari": rows, "Februari": [*rows, ["Mutasi", "ya"]]})
    assert refusal(path) == {
        "source": "a.xlsx", "reason": "evidence.several_sheets", "sheets": "Januari, Februari",
    }  # fmt: skip
    assert len(found(path, sheet="februari")) == 2


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path) -> None:
    path = workbook_file(tmp_path / "a.xlsx", {"Data": [["Layanan", "Digital"], ["Cuti", "ya"]]})
    assert refusal(path, sheet="Dta")["sheets"] == "Data"


def test_a_columns_file_says_what_the_file_calls_them(tmp_path) -> None:
    path = text_file(tmp_path / "a.csv", "Perihal;Layanan;Sudah?", "Cuti;x;ya")
    mapping = tmp_path / "columns.toml"
    mapping.write_text('item = "perihal"\n', encoding="utf-8")
    assert found(path, mapping=mapping) == [("Cuti", "ya")]


def test_a_columns_file_with_mistakes_names_all_of_them(tmp_path) -> None:
    mapping = tmp_path / "columns.toml"
    mapping.write_text('itm = "Perihal"\ndone = 3\nperiod = " "\n', encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        names_of(mapping, COLUMNS)
    assert caught.value.params["names"] == "itm, done, period"
    assert caught.value.params["known"] == "item, done, period"
    mapping.write_text("done = ", encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        names_of(mapping, COLUMNS)
    assert caught.value.params["reason"] == "evidence.mapping_unreadable"


def test_missing_columns_are_named_with_the_headings_that_are_there(tmp_path) -> None:
    params = refusal(text_file(tmp_path / "a.csv", "Rekap;;", "Layanan;Pagu;Perihal", "1;2;3"))
    assert params["reason"] == "evidence.no_columns"
    assert params["sought"] == "item, done"
    assert params["found"] == "Layanan, Pagu (+1)"


@pytest.mark.parametrize(
    "rows", [("P01;Budi Santoso;07:31", "P02;Siti;07:30"), ("Budi Santoso;Arsip;ya",), ("Budi;lulus",)]
)
def test_a_file_without_headings_gives_no_name_away(tmp_path, rows) -> None:
    assert "Budi" not in str(refusal(text_file(tmp_path / "a.csv", *rows)))


def test_two_headings_that_are_the_same_are_not_guessed_between(tmp_path) -> None:
    assert refusal(text_file(tmp_path / "a.csv", "Layanan;Digital;Digital", "Cuti;ya;tidak"))["column"] == "done"


def test_of_two_headings_for_one_column_the_likelier_counts(tmp_path) -> None:
    columns = (Column("employee_id"), Column("clock_in"))
    path = text_file(tmp_path / "a.csv", "NIP;Jam Masuk;Scan Masuk", "P1;07:30;07:45")
    assert texts(read(path, columns).frame["clock_in"]).value.tolist() == ["07:45"]


def test_cells_beside_the_table_of_a_sheet_do_not_matter(tmp_path) -> None:
    rows = [["Layanan", "Digital", None, None], ["Cuti", "ya", None, "catatan"]]
    assert found(workbook_file(tmp_path / "a.xlsx", {"Data": rows})) == [("Cuti", "ya")]


def test_the_source_is_the_files_name_and_checksum(tmp_path) -> None:
    path = text_file(tmp_path / "a.csv", "Layanan;Digital", "Cuti;ya")
    source = read(path, COLUMNS).files[0].source()
    assert (source.name, source.sha256) == ("a.csv", hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "evidence.empty"),
        (b" \r\n\r\n", "evidence.empty"),
        (b"layanan;digital\r\n", "evidence.no_rows"),
        (b"layanan;digital\r\n;\r\nJumlah;3\r\n", "evidence.no_rows"),
        (b"<html><table><tr><td>layanan</td></tr></table>", "evidence.markup"),
        (b"\x00\x01\x02layanan;digital", "evidence.not_text"),
        (b'layanan;digital\r\nCuti;ya\r\n"Mutasi;ya\r\n', "evidence.quote"),
        (b"PK\x03\x04 and no more", "package.cut_short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "evidence.unreadable"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, reason) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert refusal(path)["reason"] == reason


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path) -> None:
    assert refusal(tmp_path / "a.csv")["reason"] == "evidence.not_found"
    assert refusal(tmp_path)["reason"] == "evidence.folder"


def test_a_workbook_of_excel_97_is_read_too(tmp_path, libreoffice) -> None:
    rows = [["Layanan", "Digital", "Tanggal"], ["Cuti", True, date(2025, 1, 31)], ["Mutasi", "tidak", None]]
    path = libreoffice(workbook_file(tmp_path / "a.xlsx", {"Data": rows}), "xls", tmp_path / "old")
    assert path.read_bytes().startswith(b"\xd0\xcf\x11\xe0")
    listing = read(path, (*COLUMNS, Column("date")))
    assert texts(listing.frame["done"]).value.tolist() == ["true", "tidak"]
    assert dates(listing.frame["date"]).value[0] == np.datetime64("2025-01-31")
