"""Raw cells become numbers in four states, or texts; nothing is turned into something else."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from bsc_xl.model import Cell
from bsc_xl.tables import parse
from bsc_xl.tables.columns import TEXT_LIMIT
from bsc_xl.tables.raw import ExcelError, NumberStyle


def cells(*values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def read(value, style=NumberStyle.POINT):
    found = parse.numbers(cells(value), style)
    return float(found.value[0]), Cell(found.state[0]), parse.FAULTS[found.fault[0]]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (0, 0.0),
        (0.0, 0.0),
        (-3, -3.0),
        (np.int64(7), 7.0),
        (Decimal("96.13"), 96.13),
        ("0", 0.0),
        (" 96.13 ", 96.13),
        ("-.5", -0.5),
        ("+4.", 4.0),
        ("1e3", 1000.0),
        ("007", 7.0),
    ],
)
def test_a_number_or_numeric_text_is_that_number(cell, number):
    assert read(cell) == (number, Cell.NUMBER, "")


@pytest.mark.parametrize("cell", [None, "", "  ", "\t\n", math.nan, np.nan, pd.NA, pd.NaT, Decimal("NaN")])
def test_nothing_is_blank(cell):
    value, state, fault = read(cell)
    assert (math.isnan(value), state, fault) == (True, Cell.BLANK, "")


@pytest.mark.parametrize("cell", ["N/A", "n/a", "  N/a "])
def test_na_in_any_case_is_not_applicable(cell):
    assert read(cell)[1:] == (Cell.NA, "")


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("abc", "not_a_number"),
        ("96,13", "not_a_number"),
        ("96.13%", "not_a_number"),
        ("1_000", "not_a_number"),
        ("0x10", "not_a_number"),
        ("٣", "not_a_number"),
        ("-", "not_a_number"),
        ("NA", "not_a_number"),
        (True, "not_a_number"),
        (np.False_, "not_a_number"),
        (dt.date(2025, 1, 2), "not_a_number"),
        (dt.datetime(2025, 1, 2, 3, tzinfo=dt.UTC), "not_a_number"),
        (dt.timedelta(hours=1), "not_a_number"),
        (b"1", "not_a_number"),
        (1 + 2j, "not_a_number"),
        ("#DIV/0!", "excel_error"),
        ("#N/A", "excel_error"),
        ("#name?", "excel_error"),
        (ExcelError("#REF!"), "excel_error"),
        (ExcelError(""), "excel_error"),
        ("inf", "not_finite"),
        ("-Infinity", "not_finite"),
        ("nan", "not_finite"),
        ("1e999", "not_finite"),
        (math.inf, "not_finite"),
        (10**400, "not_finite"),
        (-(10**400), "not_finite"),
    ],
)
def test_everything_else_is_an_error_with_its_rule(cell, rule):
    value, state, fault = read(cell)
    assert (math.isnan(value), state, fault) == (True, Cell.ERROR, rule)


def test_one_and_true_in_one_column_are_not_taken_for_each_other():
    found = parse.numbers(cells(1, True, 1.0, "1", False, 0))
    assert found.state.tolist() == [Cell.NUMBER, Cell.ERROR, Cell.NUMBER, Cell.NUMBER, Cell.ERROR, Cell.NUMBER]


@pytest.mark.parametrize(
    ("text", "number"),
    [("96,13", 96.13), ("1.234,5", 1234.5), ("1.234", 1234.0), ("1.250.000", 1250000.0), ("12", 12.0)],
)
def test_a_decimal_comma_is_read_where_the_table_is_written_so(text, number):
    assert read(text, NumberStyle.COMMA) == (number, Cell.NUMBER, "")


@pytest.mark.parametrize("text", ["96.13", "1.23,4", "1,234.5", "1,2,3"])
def test_a_number_in_another_style_than_its_table_is_refused(text):
    assert read(text, NumberStyle.COMMA)[1:] == (Cell.ERROR, "not_a_number")


def test_a_number_that_can_be_read_in_two_ways_is_refused():
    assert read("1.234", NumberStyle.UNCLEAR)[1:] == (Cell.ERROR, "ambiguous_number")


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["1.234", "96,13"], NumberStyle.COMMA),
        (["1.234", "96.13"], NumberStyle.POINT),
        (["1.234", "0.125"], NumberStyle.POINT),
        (["1.234", "12", "N/A", "", "a,b"], NumberStyle.UNCLEAR),
    ],
)
def test_the_style_of_a_table_is_taken_from_its_numbers(texts, style):
    assert parse.number_style([cells(*texts)]) is style


@effort(deadline=None)
@given(st.lists(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans(), st.dates()), max_size=30))
def test_every_cell_is_in_exactly_one_state_and_only_numbers_have_a_value(values):
    found = parse.numbers(cells(*values))
    assert np.array_equal(np.isnan(found.value), found.state != Cell.NUMBER)
    assert np.array_equal(found.fault > 0, found.state == Cell.ERROR)


@effort(deadline=None)
@given(st.lists(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans()), min_size=1, max_size=20))
def test_a_cell_is_read_alike_whatever_stands_beside_it(values):
    together = parse.numbers(cells(*values))
    alone = [parse.numbers(cells(value)) for value in values]
    assert together.state.tolist() == [int(one.state[0]) for one in alone]
    assert together.fault.tolist() == [int(one.fault[0]) for one in alone]


@effort(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_as_text_is_read_back_exactly(number):
    assert read(parse.as_text(number))[0] == number


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "-1",
        "👍🏽",
        "<b>&amp;</b>",
        "a\nb\tc",
        "x" * 5000,
        " a ",
        "#REF!",
    ],
)
def test_a_text_stays_the_same_text(text):
    found = parse.texts(cells(text))
    assert (found.value[0], bool(found.cleaned[0]), bool(found.too_long[0])) == (text, False, False)


@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x85", "\x9f", "\ud800", "\ufffe", "\uffff"]
)
def test_a_character_that_no_workbook_holds_is_removed_and_said(character):
    found = parse.texts(cells(f"a{character}b"))
    assert (found.value[0], bool(found.cleaned[0])) == ("ab", True)


def test_every_end_of_a_line_is_a_line_feed_and_nothing_to_report():
    found = parse.texts(cells("a\r\nb\rc\n\rd"))
    assert (found.value[0], bool(found.cleaned[0])) == ("a\nb\nc\n\nd", False)


@pytest.mark.parametrize(
    ("text", "too_long"), [("x" * 32767, False), ("x" * 32768, True), ("😀" * 16383, False), ("😀" * 16384, True)]
)
def test_a_text_is_as_long_as_excel_counts_it(text, too_long):
    found = parse.texts(cells(text))
    assert bool(found.too_long[0]) is too_long
    assert text.startswith(found.value[0])
    assert len(found.value[0].encode("utf-16-le")) <= 2 * TEXT_LIMIT


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" K1 ", "K1"),
        ("001", "001"),
        (12.0, "12"),
        (12, "12"),
        (12.5, "12.5"),
        (Decimal("12.0"), "12"),
        (None, ""),
        (math.nan, ""),
        (True, "true"),
        (
            dt.datetime(2025, 1, 2, tzinfo=None),  # noqa: DTZ001 - as a sheet gives it
            "2025-01-02",
        ),
        (dt.date(2025, 1, 2), "2025-01-02"),
    ],
)
def test_a_code_is_the_same_text_from_every_source(cell, text):
    assert parse.texts(cells(cell), trim=True).value[0] == text


def test_an_excel_error_in_a_text_column_is_an_error_and_not_a_text():
    found = parse.texts(cells(ExcelError("#REF!"), "#REF!"))
    assert found.excel_error.tolist() == [True, False]
    assert found.value.tolist() == ["", "#REF!"]


@pytest.mark.parametrize(
    ("cell", "flag"),
    [
        *((cell, True) for cell in ("true", "YA", "yes", 1, 1.0, True)),
        *((cell, False) for cell in ("false", "Tidak", "no", "0", False, None)),
    ],
)
def test_yes_and_no_are_read_in_both_languages(cell, flag):
    flags, unclear = parse.flags(parse.texts(cells(cell)))
    assert (bool(flags[0]), bool(unclear[0])) == (flag, False)


@pytest.mark.parametrize("cell", ["maybe", "2", "N/A", "x"])
def test_neither_yes_nor_no_is_unclear(cell):
    assert parse.flags(parse.texts(cells(cell)))[1].tolist() == [True]


def test_an_empty_column_is_read_as_nothing():
    assert parse.numbers(cells()).state.shape == (0,)
    assert parse.texts(cells()).value.shape == (0,)
    assert parse.flags(parse.texts(cells()))[0].shape == (0,)
