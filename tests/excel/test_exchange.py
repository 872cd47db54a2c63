"""What goes to an open workbook and comes from it: text stays text, neighbours go together, nothing gets lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from bsc_xl.excel import exchange
from bsc_xl.excel.layout import Ref
from bsc_xl.tables import ExcelError, UncalculatedFormulaError

PLACES = st.dictionaries(st.tuples(st.integers(1, 12), st.integers(1, 12)), st.floats(allow_nan=False), max_size=60)


@given(PLACES)
def test_rectangles_hold_every_cell_once_and_no_other(places: dict[tuple[int, int], float]) -> None:
    cells = {Ref("settings", f"{get_column_letter(column)}{row}"): value for (row, column), value in places.items()}
    written = [
        ((top + down, left + right), value)
        for top, left, rows in exchange.rectangles(cells).get("settings", [])
        for down, entries in enumerate(rows)
        for right, value in enumerate(entries)
    ]
    assert len(written) == len(places)
    assert dict(written) == places


def test_a_block_is_one_rectangle_and_a_gap_parts_it() -> None:
    block = {Ref("checks", f"{letter}{row}"): 1.0 for letter in "BCD" for row in range(6, 206)}
    assert [(top, left) for top, left, _ in exchange.rectangles(block)["checks"]] == [(6, 2)]
    del block[Ref("checks", "C100")]
    assert len(exchange.rectangles(block)["checks"]) == 4


@pytest.mark.parametrize(
    ("value", "entry"),
    [("=1+1", "'=1+1"), ("007", "'007"), ("'x", "''x"), ("", None), (None, None), (0, 0), (0.5, 0.5)],
)
def test_text_is_entered_so_that_it_is_never_read_as_anything_else(value: object, entry: object) -> None:
    assert exchange.entry(value) == entry  # type: ignore[arg-type]


def test_what_comes_is_blank_nothing_text_number_truth_or_error() -> None:
    values = [[None, None, "=1+1", 3, True, "#N/A", "x"]]
    shown = (("", '=""', "=1+1", "3", "TRUE", "=NA()", "x"),)
    found, formulas = exchange.contents(values, shown)
    assert found == [[None, "", "=1+1", 3.0, True, "#N/A", "x"]]
    assert formulas == [[None, '""', None, None, None, "NA()", None]]
    assert [type(value) for value in found[0][3:6]] == [float, bool, ExcelError]


def test_formulas_that_come_alone_are_uncalculated_and_all_else_is_what_is_typed() -> None:
    found, formulas = exchange.contents_as_typed((("", "=NA()", "3", "x"),))
    assert found == [[None, "=NA()", "3", "x"]]
    assert formulas == [[None, "NA()", None, None]]
    assert isinstance(found[0][1], UncalculatedFormulaError)
