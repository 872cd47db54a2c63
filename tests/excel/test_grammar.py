"""Two texts are the same formula when a program merely wrote it its own way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_xl.excel import formulas
from bsc_xl.excel.grammar import same_formula, with_headings, with_titles
from bsc_xl.excel.layout import Layout
from bsc_xl.model import Perspective

SHAPE = Layout("id", 4, (2, 1, 2, 1), lanes=tuple(Perspective))
FORMULAS = sorted(set(formulas.every(SHAPE).values()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SUM(A1:B2)", "=sum( A1 : B2 )"),
        ("'Keuangan'!$F8", "Keuangan!$F8"),
        ("SUM('Keuangan:Pelanggan'!F8)", "SUM(Keuangan:'Pelanggan'!F8)"),
        ("IF(A1>=1-1E-14,1,0)", "IF(A1>=1-1E-014,1,0)"),
        ("ROUND(A1,6)+B1*1E-9", "ROUND(A1,6)+B1*0.000000001"),
        ("IF(A1,TRUE,FALSE)", "IF(A1,TRUE(),FALSE())"),
        ("IFERROR(A1,0)", "_xlfn.IFERROR(A1,0)"),
        ("SUMPRODUCT(--(A1:A9=C6),B1:B9)", "SUMPRODUCT(-(-(A1:A9=C6)),B1:B9)"),
        ("SUM(--(A1:A9=(B1+1)*2))-1", "SUM(-( -(A1:A9=(B1+1)*2) ))-1"),
    ],
)
def test_what_programs_rewrite_makes_no_other_formula(one: str, other: str) -> None:
    assert same_formula(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SUM(A1:B2)", "SUM(A1:B3)"),
        ("SUM(A1:B2)", "SUM($A$1:B2)"),
        ('IF(A1="","x y","")', 'IF(A1="","xy","")'),
        ('A1&"Ya"', 'A1&"YA"'),
        ("'Keuangan'!A1", "'Pelanggan'!A1"),
        ("SUM('Keuangan:Pelanggan'!F8)", "SUM('Keuangan'!F8)"),
        ("IF(A1>=1-1E-14,1,0)", "IF(A1>=1-1E-13,1,0)"),
        ("A1+B1", "B1+A1"),
        ("--(A1)+B1", "-(-(A1)+B1)"),
        ("--(A1)", "-(A1)"),
        ('A1&"--(x)"', 'A1&"-(-(x))"'),
    ],
)
def test_what_computes_something_else_is_another_formula(one: str, other: str) -> None:
    assert not same_formula(one, other)


@settings(deadline=None)
@given(st.sampled_from(FORMULAS), st.data())
def test_blanks_between_the_parts_of_our_formulas_change_nothing(formula: str, data: st.DataObject) -> None:
    places = [
        i
        for i, sign in enumerate(formula)
        if sign in "(),+-*/&" and not formula[:i].count('"') % 2 and not formula[:i].count("'") % 2
    ]
    if places:
        at = data.draw(st.sampled_from(places))
        if formula[at - 1].upper() != "E":  # not inside a number
            assert same_formula(formula, f"{formula[:at]} {formula[at:]}")


@settings(deadline=None)
@given(st.sampled_from(FORMULAS), st.sampled_from(FORMULAS))
def test_no_two_of_our_formulas_are_taken_for_each_other(one: str, other: str) -> None:
    assert same_formula(one, other) == (one == other)


def test_formulas_follow_sheets_that_change_their_titles_also_when_two_swap() -> None:
    titles = {"Keuangan": "Pelanggan", "Pelanggan": "Kas & Bank's"}
    found = with_titles("""IF('Keuangan'!A1="'Keuangan'!A1",'Pelanggan'!B2,'Dasbor'!C3)""", titles)
    assert found == """IF('Pelanggan'!A1="'Keuangan'!A1",'Kas & Bank''s'!B2,'Dasbor'!C3)"""


@pytest.mark.parametrize(
    ("formula", "today"),
    [
        ("SUM(Keuangan:Pelanggan!N8)", "SUM(Financial:Customer!N8)"),
        ("SUM('Keuangan:Pelanggan'!N8)", "SUM(Financial:Customer!N8)"),
        ("SUM('Keuangan:Proses Bisnis Internal'!$F$8:$F$9)", "SUM('Financial:Internal Process'!$F$8:$F$9)"),
        ("SUM(Keuangan:'Proses Bisnis Internal'!F8)", "SUM(Financial:'Internal Process'!F8)"),
        ("SUM('TW1':'Proses Bisnis Internal'!F8)", "SUM('TW1':'Internal Process'!F8)"),
        ("SUM('TW1:Pelanggan'!F8)", "SUM('TW1:Customer'!F8)"),
        ("SUM('Pelanggan:Kas ''26'!F8)", "SUM('Customer:Kas ''26'!F8)"),
        ("SUM(Awal:Pelanggan!N8:N9)", "SUM(Awal:Customer!N8:N9)"),
        ("keuangan!B8+'PROSES bisnis internal'!B8", "'Financial'!B8+'Internal Process'!B8"),
        ("A1:Keuangan!B2", "A1:Keuangan!B2"),  # names no sheet before the colon
        ("Keuangan!A:'Pelanggan'!A", "'Financial'!A:'Customer'!A"),
        ("SUM(Awal:Akhir!N8)", "SUM(Awal:Akhir!N8)"),
        ("SUM([1]Keuangan:Pelanggan!N8)", "SUM([1]Keuangan:Pelanggan!N8)"),
        ("SUM('[1]Keuangan:Pelanggan'!N8)", "SUM('[1]Keuangan:Pelanggan'!N8)"),
        (r"'C:\Keuangan:\[x.xlsx]Keuangan'!N8", r"'C:\Keuangan:\[x.xlsx]Keuangan'!N8"),
        ('INDIRECT("Keuangan!B8")', 'INDIRECT("Keuangan!B8")'),
        ('HYPERLINK("#keuangan!B8")', """HYPERLINK("#'Financial'!B8")"""),
    ],
)
def test_ranges_of_sheets_and_titles_in_other_capitals_follow_too(formula: str, today: str) -> None:
    titles = {"Keuangan": "Financial", "Pelanggan": "Customer", "Proses Bisnis Internal": "Internal Process"}
    assert with_titles(formula, titles) == today


HEADINGS = {"Target": "Ziel", "Bobot (%)": "Weight #1", "It's": "Its"}


@pytest.mark.parametrize(
    ("formula", "today"),
    [
        ("SUM(tbl_x[Target])", "SUM(tbl_x[Ziel])"),
        ("tbl_x[[#This Row],[Target]]*2", "tbl_x[[#This Row],[Ziel]]*2"),
        ("SUM(tbl_x[[#All],[Target]:[Bobot (%)]])", "SUM(tbl_x[[#All],[Ziel]:[Weight '#1]])"),
        ("tbl_x[It''s]", "tbl_x[Its]"),
        ("ROWS(tbl_x[#All])+ROWS(tbl_x[])", "ROWS(tbl_x[#All])+ROWS(tbl_x[])"),
        ('tbl_x[Target]&"tbl_x[Target]"', 'tbl_x[Ziel]&"tbl_x[Target]"'),
        ("'tbl_x[Target]'!A1", "'tbl_x[Target]'!A1"),
        ("tbl_y[Target]+[1]!tbl_x[Target]", "tbl_y[Target]+[1]!tbl_x[Target]"),
        ("tbl_x[Target s.d. TW I]", "tbl_x[Target s.d. TW I]"),
        ("[1]Sheet1!A1+atbl_x[Target]", "[1]Sheet1!A1+atbl_x[Target]"),
    ],
)
def test_formulas_follow_columns_that_change_their_headings(formula: str, today: str) -> None:
    def heading(table: str, former: str) -> str:
        return HEADINGS.get(former, former) if table == "tbl_x" else former

    assert with_headings(formula, heading) == today
