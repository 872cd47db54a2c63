"""Two workbooks open at once: a button acts upon the one in which it was pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import workbooks
import xlwings as xw
from opening import Opened, fresh, paste_over, pressed, write_over

from bsc_xl import ribbon
from bsc_xl.excel.layout import FIRST_ROW
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import NA_TEXT

BUTTONS = [
    ribbon.recalculate,
    ribbon.check_inputs,
    ribbon.next_empty_cell,
    ribbon.not_applicable,
    ribbon.add_kpi_row,
    ribbon.close_period,
    ribbon.action_plan,
    ribbon.guide,
    ribbon.about,
]


@pytest.fixture
def two(offices: Callable[[str], xw.App], tmp_path: Path) -> Iterator[tuple[Opened, Opened]]:
    """The workbooks of two units in two languages; the second is in front."""
    app = offices("id")
    with ExitStack() as opened:
        made = [
            workbooks.make(workbooks.bureau(language).card, tmp_path / f"unit_{language}.xlsx", language=language)
            for language in LANGUAGES
        ]
        first, second = (opened.enter_context(fresh(app, each.path, each.layout)) for each in made)
        yield first, second


def everything(opened: Opened) -> list[Any]:
    """What stands on every sheet, and which is in front with which cells selected."""
    sheets = opened.book.sheets
    return [
        [(sheet.name, sheet.used_range.formula, sheet.visible, sheet.api.ProtectContents) for sheet in sheets],
        opened.book.sheets.active.name,
    ]


@pytest.mark.parametrize("front", [0, 1], ids=["the one in front", "the one behind"])
def test_no_button_touches_another_workbook(two: tuple[Opened, Opened], front: int) -> None:
    """In Excel the workbook of the button is in front; it is found whichever is."""
    own, other = two
    for each in two:
        write_over(each)
        paste_over(each, each.layout.cell("financial", FIRST_ROW, "kpi_code"))
        each.cell(each.actual("customer")).value = None
        each.select(each.actual())
    before = everything(other)
    two[front].book.activate()
    own.book.set_mock_caller()
    for button in BUTTONS:
        button()
        assert everything(other) == before, button.__name__


def test_what_is_selected_in_another_workbook_is_not_taken_for_ours(two: tuple[Opened, Opened]) -> None:
    own, other = two
    own.select(own.actual("customer"))
    other.select(other.actual("financial"))
    own.book.set_mock_caller()
    labels = own.layout.labels
    other.book.activate()
    assert pressed(own, ribbon.not_applicable) == (labels("error.reason.action.not_a_period_cell", cell=""), True)
    own.book.activate()
    assert pressed(own, ribbon.not_applicable) == (labels("action.not_applicable", count=1), False)
    assert own.cell(own.actual("customer")).value == NA_TEXT
    assert other.cell(other.actual("financial")).value != NA_TEXT


def test_each_workbook_is_told_in_its_own_language(two: tuple[Opened, Opened]) -> None:
    for each in two:
        each.book.activate()
        each.book.set_mock_caller()
        told = pressed(each, ribbon.recalculate)[0]
        assert told.startswith({"id": "Sudah dihitung ulang.", "en": "Recalculated."}[each.layout.language])
