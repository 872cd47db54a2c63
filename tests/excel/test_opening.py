"""A workbook opens where a person begins, and the keyboard leads from input to input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import people
import pytest
import workbooks
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import layouts, template
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.layout import SHEETS, Layout, Ref, empty
from bsc_xl.excel.roster import ROSTER_INPUTS
from bsc_xl.excel.shape import SPARE_ROWS
from bsc_xl.excel.template.settings import FIXED
from bsc_xl.model import Behaviour, Level, Perspective
from bsc_xl.tables.columns import PLAN_ENTRIES


def inputs(layout: Layout) -> Iterator[Ref]:
    """Every cell that people fill in."""
    for perspective in Perspective:
        for row in layout.rows(perspective):
            for column in (column for column in COLUMNS if column.is_input):
                for period in range(1, layout.periods + 1) if column.per_period else (0,):
                    yield layout.cell(perspective, row, column.key, period)
    yield from (ref for key, ref in layout.settings.items() if key not in FIXED)
    yield from (layout.list_cell("action_plan", key, i) for key in PLAN_ENTRIES for i, _ in enumerate(layout.slots))
    yield from (layout.list_cell("strategy_map", "objective", i) for i, _ in enumerate(layout.lanes))
    yield from (layout.link_cell(key, i) for key in ("cause", "effect") for i in range(layout.links + SPARE_ROWS))
    keys = tuple(map(str, Behaviour)) if layout.level is Level.EMPLOYEE else ROSTER_INPUTS
    yield from (layout.person(key, i) for key in keys for i in range(layout.people))


def unlocked(sheet: Worksheet) -> list[str]:
    """The cells that Tab goes through, row by row."""
    merged = {
        f"{cell.coordinate}" for area in sheet.merged_cells.ranges for row in sheet[area.coord] for cell in row[1:]
    }
    cells = [cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    return [cell for cell in cells if cell not in merged]


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> list[Layout]:
    """Of a unit with objectives and links, of a unit with employees, of an employee, and of the empty workbook."""
    folder: Path = tmp_path_factory.mktemp("shapes")
    card = workbooks.scored(people.raw("id"), folder)
    return [workbooks.bureau("id").layout, *layouts.for_units(card, [0, 1], "en"), empty("id", 12)]


def test_the_unlocked_cells_are_the_inputs_and_no_others(shapes: list[Layout]) -> None:
    for layout in shapes:
        book = template.drawing(layout)
        expected = set(inputs(layout))
        found = {Ref(key, cell) for key in SHEETS for cell in unlocked(book[layout.title(key)])}
        assert found == expected
        assert all(book[layout.title(key)].protection.sheet for key in SHEETS)


def test_each_sheet_opens_with_the_cursor_on_its_first_input(shapes: list[Layout]) -> None:
    for layout in shapes:
        book = template.drawing(layout)
        for key in SHEETS:
            sheet = book[layout.title(key)]
            view, cells = sheet.sheet_view, unlocked(sheet)
            pane = view.pane.activePane if view.pane else None
            (cursor,) = [own.activeCell for own in view.selection if own.pane == pane]
            assert cursor == (cells[0] if cells else cursor)


def test_a_filled_workbook_opens_on_the_dashboard_and_an_empty_one_on_the_guide(shapes: list[Layout]) -> None:
    opened = [template.drawing(layout).active.title for layout in (shapes[0], shapes[-1])]
    assert opened == [shapes[0].title("dashboard"), shapes[-1].title("guide")]
