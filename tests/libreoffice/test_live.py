"""The buttons of the ribbon on a workbook that is open: in LibreOffice, through xlwings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import uno_engine
import workbooks
import xlwings as xw

from bsc_xl import ribbon, sample
from bsc_xl.excel import recalculation
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import FIRST_ROW, SHEETS, Layout, Ref
from bsc_xl.excel.live import LiveBook
from bsc_xl.excel.port import Block
from bsc_xl.excel.reading import read_book
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Perspective
from bsc_xl.scorecard import score
from bsc_xl.workflows.recalculation import recalculate

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone
MOST_CALLS = 40
SETTINGS = ("screen_updating", "enable_events", "calculation", "display_alerts", "interactive", "status_bar")
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
        blocks, shape = self.blocks(), LiveBook(self.book).layout()
        cells = [
            shape.cell(perspective, row, column.key, period)
            for perspective in Perspective
            for column in COLUMNS
            if column.is_input
            for row in shape.rows(perspective)
            for period in (range(1, shape.periods + 1) if column.per_period else (0,))
        ]
        return {ref: blocks[ref.sheet].value(ref.cell) for ref in cells}


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], xw.App]]:
    """A LibreOffice in the locale of a language, started when it is first asked for."""
    running: dict[str, xw.App] = {}

    def of(language: str) -> xw.App:
        if language not in running:
            running[language] = uno_engine.start(tmp_path_factory.mktemp("profile"), language)
        running[language].activate()
        return running[language]

    yield of
    for app in running.values():
        app.quit()


@pytest.fixture
def opened(offices: Callable[[str], xw.App], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The bureau's workbook; its language is Indonesian unless the test asks for another."""
    language = getattr(request, "param", "id")
    made = workbooks.make(workbooks.bureau(language).card, tmp_path / "bureau.xlsx", language=language)
    app = offices(language)
    app.status_bar = False
    uno_engine.said(app).clear()
    uno_engine.line(app).breaks_at = None
    book = app.books.open(made.path)
    book.set_mock_caller()
    yield Opened(book, made.layout)
    uno_engine.line(app).breaks_at = None
    book.close()


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


def without_stamp(blocks: dict[str, Block], layout: Layout) -> dict[tuple[str, int, int], Any]:
    stamp = {layout.settings["recalculated"], layout.checked()}
    named = Ref("dashboard", recalculation.place("recalculated"))
    return {
        (key, row, column): (value, block.formulas[row][column])
        for key, block in blocks.items()
        for row, values in enumerate(block.values)
        for column, value in enumerate(values)
        if Ref(key, f"{xw.utils.col_name(column + 1)}{row + 1}") not in {*stamp, named}
    }


# --- recalculate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opened", LANGUAGES, indirect=True)
def test_recalculate_puts_right_what_a_person_has_done_and_names_it(opened: Opened) -> None:
    layout, sheet = opened.layout, opened.sheet("financial")
    formats = {key: rules_of(opened.sheet(key)) for key in Perspective}
    formulas = {key: block.formulas for key, block in opened.blocks().items()}
    # new actuals, two formulas typed over, cells pasted over the formats from elsewhere
    opened.cell(opened.actual()).value = 80
    opened.cell(opened.actual("customer")).value = 95.5
    overwritten = [layout.cell("financial", FIRST_ROW, "index"), layout.summary("customer", "score")]
    for ref in overwritten:
        opened.sheet(ref.sheet).api.Unprotect()
    opened.cell(overwritten[0]).value = 77
    opened.cell(overwritten[1]).formula = "=1+1"
    opened.sheet("settings").range("B5:C6").copy(sheet.range(layout.cell("financial", FIRST_ROW, "target", 1).cell))
    opened.cell(layout.cell("financial", FIRST_ROW, "target", 1)).value = 100
    for ref in overwritten:
        opened.sheet(ref.sheet).api.Protect()
    assert rules_of(sheet) != formats["financial"]
    opened.select(opened.actual("customer"))
    inputs, protected, settings = opened.inputs(), opened.protected(), opened.settings()

    told = recalculate(LiveBook(opened.book), WHEN)

    after = opened.blocks()
    assert opened.inputs() == inputs
    assert {key: block.formulas for key, block in after.items() if key != "checks"} == {
        key: found for key, found in formulas.items() if key != "checks"
    }
    for key in Perspective:
        assert rules_of(opened.sheet(key)) == formats[key]
    named = [(finding.sheet, finding.cell) for finding in told.done.found if finding.kind is Kind.OVERWRITTEN]
    assert sorted(named) == sorted((layout.title(ref.sheet), ref.cell) for ref in overwritten)
    listed = [after["checks"].value(layout.list_cell("checks", "cell", i).cell) for i in range(len(told.done.found))]
    assert {ref.cell for ref in overwritten} <= set(listed)
    # totals and statuses are those of Python, in the sheet as well
    card = score(read_book(LiveBook(opened.book)).tables)
    shown = after["trace"].value(layout.rollup("score", len(Perspective)).cell)
    assert shown == pytest.approx(float(card.score[0]), abs=1e-9)
    status = after["financial"].value(layout.cell("financial", FIRST_ROW, "status").cell)
    assert status == layout.status_text(list(recalculation_status())[int(card.status[0])])
    assert after["settings"].value(layout.settings["recalculated"].cell) == pytest.approx(46347.58680555555)
    assert (opened.selected(), opened.protected(), opened.settings()) == (
        (layout.title("customer"), opened.actual("customer").cell), protected, settings,
    )  # fmt: skip

    # a second run finds nothing and changes nothing but the stamp
    again = recalculate(LiveBook(opened.book), WHEN.replace(hour=15))
    assert [finding for finding in again.done.found if finding.kind in (Kind.OVERWRITTEN, Kind.DIFFERENCE)] == []
    quiet = opened.blocks()
    third = recalculate(LiveBook(opened.book), WHEN.replace(hour=16))
    assert third.done.found == again.done.found
    assert without_stamp(opened.blocks(), layout) == without_stamp(quiet, layout)


def recalculation_status() -> Any:
    from bsc_xl.model import Status

    return Status


def test_pasting_within_a_table_leaves_its_formats_whole(opened: Opened) -> None:
    sheet, before = opened.sheet("financial"), rules_of(opened.sheet("financial"))
    sheet.api.Unprotect()
    sheet.range(opened.layout.cell("financial", FIRST_ROW, "kpi_code").cell).copy(sheet.range(opened.actual().cell))
    assert rules_of(sheet) == before


def test_sheets_are_found_whatever_they_are_called(opened: Opened) -> None:
    opened.sheet("financial").name = "Bob's (uang), 2026"
    opened.sheet("trace").name = "x"
    blocks = LiveBook(opened.book).read(SHEETS)
    assert blocks["financial"].title == "Bob's (uang), 2026"
    told = recalculate(LiveBook(opened.book), WHEN)
    assert [finding for finding in told.done.found if finding.kind is Kind.OVERWRITTEN] == []


@pytest.mark.parametrize("kpis", [8, 200])
def test_recalculate_costs_the_same_few_calls_for_any_number_of_kpis(
    offices: Callable[[str], xw.App], tmp_path: Path, kpis: int
) -> None:
    raw = sample.generate(units=1, kpis=kpis, seed=4)
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    book = offices("id").books.open(made.path)
    try:
        book.set_mock_caller()
        ribbon.recalculate()
        calls = uno_engine.line(book.app).calls
        before = len(calls)
        ribbon.recalculate()
        own = calls[before:]
        assert len(own) <= MOST_CALLS, own
        assert own.count("values") == own.count("formulas") + 1 == len(recalculation.READ) + 1
    finally:
        book.close()
