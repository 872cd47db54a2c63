"""What a cell says, whoever wrote it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from bsc_xl.evidence.values import FAULTS, decimal_mark, distinct, flags, numbers, shown, texts
from bsc_xl.tables import ExcelError
from bsc_xl.tables.raw import UncalculatedFormulaError


def column(*cells: object) -> pd.Series:
    return pd.Series(cells, dtype=object)


def one(parser, cell, *how):
    parsed = parser(column(cell), *how)
    return FAULTS[parsed.fault[0]] or parsed.value[0]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12),
        (12.5, 12.5),
        (7, 7),
        ("1.250.000,50", 1_250_000.5),
        ("1,250,000.50", 1_250_000.5),
        ("1 250 000", 1_250_000),
        ("Rp 4.850.000.000", 4_850_000_000),
        ("Rp4.850.000.000,-", 4_850_000_000),
        ("IDR 1,5", 1.5),
        ("0.125", 0.125),
        ("(1.000.000)", -1_000_000),
        ("-5", -5),
        ("12,5-", -12.5),
        ("-", 0),
        ("Rp -", 0),
    ],
)
def test_a_number_is_read_as_offices_write_it(cell, number) -> None:
    assert one(numbers, cell) == number


@pytest.mark.parametrize(("mark", "number"), [(",", 1250), (".", 1.25), ("", "ambiguous_number")])
def test_a_lone_point_before_three_digits_means_what_the_column_says(mark, number) -> None:
    assert one(numbers, "1.250", mark) == number


@pytest.mark.parametrize("cell", ["abc", "1.2.3", "12.34.567", "1e5", "=1+1", ".", True, "1.250.00", "4,5,6", "50 %"])
def test_anything_else_is_no_number(cell) -> None:
    assert one(numbers, cell) == "not_a_number"


def test_blank_is_missing_and_never_0() -> None:
    parsed = numbers(column("", "  ", None, np.nan, "0"))
    assert np.isnan(parsed.value[:4]).all()
    assert parsed.value[4] == 0
    assert not parsed.fault.any()


def test_errors_of_excel_have_rules_of_their_own() -> None:
    parsed = numbers(column(ExcelError("#DIV/0!"), UncalculatedFormulaError("=A1"), "#DIV/0!"))
    assert [FAULTS[fault] for fault in parsed.fault] == ["excel_error", "formula_without_value", "not_a_number"]


@pytest.mark.parametrize(
    ("cells", "hint", "mark"),
    [
        (["1.250", "4,5"], "", ","),
        (["1.250", "1.250.000"], "", ","),
        (["1,250", "0.5"], "", "."),
        (["1.250"], ",", ","),
        (["1.250"], "", ""),
        (["0.5", "0,5"], ",", ""),
        ([12.5, 1], "", ""),
    ],
)
def test_the_decimal_mark_is_what_the_other_numbers_settle(cells, hint, mark) -> None:
    assert decimal_mark([column(*cells)], hint) == mark


@effort(deadline=None)
@given(st.integers(-(10**15), 10**15), st.integers(0, 99), st.sampled_from([",", "."]))
def test_grouping_never_changes_a_number(whole, cents, mark) -> None:
    group = "." if mark == "," else ","
    sign = "-" if whole < 0 else ""
    text = f"{sign}{abs(whole):,}".replace(",", group) + f"{mark}{cents:02d}"
    assert one(numbers, text) == float(f"{sign}{abs(whole)}.{cents:02d}")


@pytest.mark.parametrize("cell", ["ya", "YA ", "Y", "yes", 1, 1.0, True, "1", "v", "√", "Sudah", "Lulus", "true"])
def test_yes(cell) -> None:
    assert one(flags, cell) == 1


@pytest.mark.parametrize("cell", ["tidak", "T", "no", 0, 0.0, False, "0", "x", "Belum", "Tidak Lulus", "tidak_lulus"])
def test_no(cell) -> None:
    assert one(flags, cell) == 0


@pytest.mark.parametrize("cell", ["maybe", 2, "1.5", "ya dan tidak"])
def test_neither_yes_nor_no(cell) -> None:
    assert one(flags, cell) == "not_yes_or_no"


def test_texts_are_kept_as_they_are_and_never_run() -> None:
    assert texts(column(" =cmd|'/c calc'!A1 ", 12.0, None, "+62")).value.tolist() == [
        "=cmd|'/c calc'!A1",
        "12",
        "",
        "+62",
    ]
    assert texts(column('="0012"', '="', "=1+1")).value.tolist() == ["0012", '="', "=1+1"]


def test_1_and_true_are_different_cells() -> None:
    code, found = distinct(column(1, 1.0, True, "1", 1))
    assert [repr(found[each]) for each in code] == ["1", "1.0", "True", "'1'", "1"]


def test_categories_and_cells_are_read_alike() -> None:
    cells = ["ya", "tidak", "", "ya", "mungkin"]
    plain, coded = flags(column(*cells)), flags(pd.Series(cells, dtype="category"))
    assert np.array_equal(plain.value, coded.value, equal_nan=True)
    assert plain.fault.tolist() == coded.fault.tolist()


def test_an_id_that_excel_has_rounded_is_at_fault() -> None:
    """Two NIPs that differ in the last digit are the same number in a cell."""
    assert 198001012005011001.0 == 198001012005011002.0
    ids = texts(column(198001012005011001.0, "1,98001E+17", "1.98001e+17", "2E+17", 198001012005011001))
    assert ids.value.tolist() == [""] * 5
    assert [FAULTS[fault] for fault in ids.fault] == ["rounded_id"] * 5


def test_an_id_of_fifteen_digits_is_the_number_without_exponent() -> None:
    ids = texts(column(198001012005011.0, 999999999999999, "198001012005011001", '="198001012005011001"', "1E5"))
    assert not ids.fault.any()
    assert ids.value.tolist() == [
        "198001012005011", "999999999999999", "198001012005011001", "198001012005011001", "1E5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["Sakit TBC", "tidak (Budi sakit)", "diteruskan ke Budi S.", "31/01/2025 cuti melahirkan", "Mei", "kadang"]
)
@pytest.mark.parametrize("rule", ["not_a_time", "not_a_date", "not_yes_or_no", "not_a_number", "not_a_period"])
def test_what_may_be_a_remark_on_a_person_is_not_shown(text, rule) -> None:
    assert shown(column(text, "25:10"), rule) == ["", "25:10"]


@pytest.mark.parametrize("cell", ["31/02/2025", "13:00 PM", "07:61 WIB", "31 Jan 25", "Rp 1.2.3", "=1+1", "?", 7.75])
def test_what_is_no_remark_is_shown(cell) -> None:
    assert shown(column(cell), "not_a_date") == [str(cell)]


def test_the_name_of_an_account_and_an_error_value_are_no_remarks() -> None:
    assert shown(column("Belanja Modal"), "repeated") == ["Belanja Modal"]
    assert shown(column(ExcelError("#N/A")), "excel_error") == ["#N/A"]


def test_a_long_text_is_shown_cut() -> None:
    assert shown(column("x" * 100, "short", None)) == ["x" * 39 + "…", "short", ""]
