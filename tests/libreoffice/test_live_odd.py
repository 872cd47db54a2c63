"""What people do to an open workbook that nobody had in mind when the buttons were made."""

from __future__ import annotations

import pytest
from test_live import Opened, offices, opened, pressed  # noqa: F401 - two are fixtures

from bsc_xl import ribbon
from bsc_xl.errors import SourceError
from bsc_xl.excel.layout import SHEETS

PLACED = tuple(key for key in SHEETS if key not in ("guide", "trace"))


@pytest.mark.parametrize("what", ["row", "column"])
def test_nothing_is_written_where_rows_or_columns_were_inserted(opened: Opened, what: str) -> None:  # noqa: F811
    for key in PLACED:
        sheet = opened.sheet(key)
        sheet.api.Unprotect()
        sheet.range("A6:CZ6" if what == "row" else "D1:D600").insert("down" if what == "row" else "right")
        before = sheet.range("A1:BZ60").formula
        moved = SourceError(source=opened.book.name, reason="source.moved", sheet=sheet.name)
        for button in (ribbon.recalculate, ribbon.next_empty_cell):
            assert pressed(opened, button) == (opened.layout.labels.error(moved), True)
        assert sheet.range("A1:BZ60").formula == before
        sheet.range("A6:CZ6" if what == "row" else "D1:D600").delete("up" if what == "row" else "left")
        assert pressed(opened, ribbon.recalculate)[1] is False
