"""A workbook of a unit that is open in LibreOffice, what people do to it, and buttons that are pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uno_engine
import xlwings as xw

from bsc_xl import sample
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.layout import FIRST_ROW, SHEETS, Layout, Ref
from bsc_xl.excel.live import LiveBook
from bsc_xl.excel.port import Block
from bsc_xl.labels import load
from bsc_xl.model import Perspective

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone
SETTINGS = ("screen_updating", "enable_events", "calculation", "display_alerts", "interactive")
LAST = 4


@dataclass(frozen=True)
class Opened:
    """A workbook of a unit, open in LibreOffice, as the calling book of xlwings."""

    book: xw.Book
    layout: Layout

    @property
    def line(self) -> uno_engine.Line:
        return uno_engine.line(self.book.app)

    def sheet(self, key: str) -> xw.Sheet:
        return self.book.sheets[self.layout.title(key)]

    def cell(self, ref: Ref) -> xw.Range:
        return self.sheet(ref.sheet).range(ref.cell)

    def actual(self, perspective: str = "financial", row: int = FIRST_ROW, period: int = LAST) -> Ref:
        return self.layout.cell(perspective, row, "actual", period)

    def blocks(self) -> dict[str, Block]:
        return LiveBook(self.book).read(SHEETS)

    def select(self, ref: Ref, last: Ref | None = None) -> None:
        self.sheet(ref.sheet).activate()
        (self.cell(ref) if last is None else self.sheet(ref.sheet).range(f"{ref.cell}:{last.cell}")).select()

    def selected(self) -> tuple[str, str]:
        chosen = self.book.app.selection
        assert chosen is not None
        return chosen.sheet.name, chosen.address.replace("$", "")

    def protected(self) -> list[str]:
        return [sheet.name for sheet in self.book.sheets if sheet.api.ProtectContents]

    def settings(self) -> dict[str, Any]:
        return {name: getattr(self.book.app, name) for name in SETTINGS}

    def inputs(self) -> dict[Ref, Any]:
        """What people have filled in, by its place."""
        blocks = self.blocks()
        return {ref: blocks[ref.sheet].value(ref.cell) for ref in input_cells(LiveBook(self.book).layout())}


def input_cells(shape: Layout) -> list[Ref]:
    """The cells of the KPI rows that people fill in."""
    return [
        shape.cell(perspective, row, column.key, period)
        for perspective in Perspective
        for column in COLUMNS
        if column.is_input
        for row in shape.rows(perspective)
        for period in (range(1, shape.periods + 1) if column.per_period else (0,))
    ]


@contextmanager
def calling(app: xw.App, path: Path) -> Iterator[xw.Book]:
    """A workbook, whosever it is, as the one in which buttons are pressed."""
    book = app.books.open(path)
    try:
        book.set_mock_caller()
        yield book
    finally:
        uno_engine.line(app).breaks_at = None
        book.close()


@contextmanager
def fresh(app: xw.App, path: Path, layout: Layout) -> Iterator[Opened]:
    with calling(app, path) as book:
        app.status_bar = False
        yield Opened(book, layout)


def write_over(opened: Opened) -> list[Ref]:
    """Types over two formulas, which are given; the sheets are protected again."""
    overwritten = [opened.layout.cell("financial", FIRST_ROW, "index"), opened.layout.summary("customer", "score")]
    for ref, formula in zip(overwritten, ("77", "=1+1"), strict=True):
        opened.sheet(ref.sheet).api.Unprotect()
        opened.cell(ref).formula = formula
        opened.sheet(ref.sheet).api.Protect()
    return overwritten


def paste_over(opened: Opened, first: Ref, cells: str = "B5:C6", sheet: str = "settings") -> None:
    """Pastes cells from elsewhere over the formats of inputs, from `first` on; what was typed there is typed again."""
    target = opened.cell(first).resize(*opened.sheet(sheet).range(cells).shape)
    opened.sheet(first.sheet).api.Unprotect()
    typed = target.formula
    opened.sheet(sheet).range(cells).copy(opened.cell(first))
    target.formula = typed
    opened.sheet(first.sheet).api.Protect()


def damage(opened: Opened) -> list[Ref]:
    """Types over two formulas, which are given, and pastes cells from elsewhere over the formats of inputs."""
    overwritten = write_over(opened)
    paste_over(opened, opened.layout.cell("financial", FIRST_ROW, "target", 1))
    return overwritten


def ruled_areas(sheet: xw.Sheet) -> set[str]:
    """The cells of each conditional format of a sheet."""
    found = sheet.range("A1:CZ600").conditional_formats
    return {rule.impl.api.AppliesTo.Address.replace("$", "") for rule in found}


def rules_of(sheet: xw.Sheet) -> list[tuple[Any, ...]]:
    """The conditional formats of a sheet without the grammar of their formulas, in any order."""
    found = sheet.range("A1:CZ600").conditional_formats
    return sorted(
        (
            rule.impl.api.AppliesTo.Address.replace("$", ""),
            rule.formula.replace(";", ","),
            str(rule.fill_color),
            str(rule.font_color),
            str(bool(rule.font_bold)),
            str(rule.impl.api.NumberFormat),
        )
        for rule in found
    )


def pressed(opened: Opened, button: Callable[[], None]) -> tuple[str, bool]:
    """What the button has told, and whether in a window."""
    said = uno_engine.said(opened.book.app)
    before = len(said)
    button()
    return (said[-1], True) if len(said) > before else (opened.book.app.status_bar, False)


def text(opened: Opened, key: str, **values: object) -> str:
    return load(opened.layout.language)(key, **values)


def refused(opened: Opened, button: Callable[[], None], reason: str, **values: object) -> None:
    """The button says why it does nothing, in a window, and the workbook is as it was."""
    before, state = opened.blocks(), (opened.selected(), opened.protected(), opened.settings())
    told = pressed(opened, button)
    labels = load(opened.layout.language)
    expected = labels("error.action", reason=labels(f"error.reason.action.{reason}", **values))
    assert told == (expected, True)
    after = opened.blocks()
    assert {key: (block.values, block.formulas) for key, block in after.items()} == {
        key: (block.values, block.formulas) for key, block in before.items()
    }
    assert (opened.selected(), opened.protected(), opened.settings()) == state
    assert opened.book.app.status_bar is False


def choose_documents(opened: Opened) -> None:
    """A person selects the actual of the second quarter, and the register of documents in the window for files."""
    opened.select(opened.actual("internal_process", FIRST_ROW, 2))
    opened.book.app.api.chosen = (str(sample.bureau("id") / "evidence" / "documents_sop.csv"),)
