"""Workbooks to which rows were added with the button, in LibreOffice, are collected with all that was filled in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import uno_engine
import xlwings as xw

from bsc_xl import dataset, ribbon, sample
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Severity
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.live import LiveBook
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.workflows import collecting
from bsc_xl.workflows.generation import generate, planned_workbooks

pytestmark = pytest.mark.slow
WHEN = datetime.fromisoformat("2026-01-09T10:00")
UNITS = 3
ADDED = {"K98": Perspective.CUSTOMER, "K99": Perspective.LEARNING_GROWTH}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    app = uno_engine.start(tmp_path_factory.mktemp("profile"), "id")
    yield app
    app.quit()


def _with_added_rows(office: xw.App, path: Path) -> None:
    """Adds a row to two perspectives with the button, fills in the last row of each, and saves."""
    book = office.books.open(path)
    book.set_mock_caller()
    for kpi_code, perspective in ADDED.items():
        layout = LiveBook(book).layout()
        sheet = book.sheets[layout.title(perspective)]
        sheet.activate()
        sheet.range(layout.cell(perspective, layout.rows(perspective)[0], "actual", 1).cell).select()
        ribbon.add_kpi_row()
        grown = LiveBook(book).layout()
        assert len(grown.rows(perspective)) == len(layout.rows(perspective)) + 1
        _fill_in(sheet, grown, perspective, kpi_code)
    ribbon.recalculate()
    book.save(path)
    book.close()


def _fill_in(sheet: xw.Sheet, layout: Layout, perspective: Perspective, kpi_code: str) -> None:
    row, text = layout.rows(perspective)[-1], layout.labels
    entries: dict[tuple[str, int], object] = {
        ("kpi_code", 0): kpi_code, ("kpi_name", 0): f"IKU {kpi_code}", ("weight", 0): 0,
        ("polarity", 0): text("polarity.maximize"), ("consolidation", 0): text("consolidation.sum"),
    }  # fmt: skip
    for period in range(1, layout.periods + 1):
        entries |= {("target", period): 10 * period, ("actual", period): 9.5 * period}
    entries |= {("evidence", 1): "laporan.pdf", ("note", 2): "catatan"}
    for at, value in entries.items():
        sheet.range(layout.cell(perspective, row, *at).cell).value = value


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scorecard, Path]:
    """The scorecard that went out, and the folder with its workbooks in `inbox`."""
    root = tmp_path_factory.mktemp("collected")
    dataset.write(sample.generate(seed=3, hard_text=True, units=UNITS, kpis=8), root / "data")
    tables, failures = dataset.read(root / "data")
    assert tables is not None, failures
    card = score(tables)
    assert all(made.error is None for made in generate(card, planned_workbooks(card, root / "inbox")))
    return card, root


def test_kpis_in_rows_that_were_really_added_are_collected_and_nothing_else_has_changed(
    office: xw.App, sent: tuple[Scorecard, Path]
) -> None:
    card, root = sent
    changed = planned_workbooks(card, root / "inbox")[1]
    _with_added_rows(office, root / "inbox" / changed.name)

    paths = collecting.found_workbooks([str(root / "inbox")], root / "out")
    *_, last = collecting.collect(paths, root / "out", card.tables, archive(root / "archive"), WHEN)
    assert isinstance(last, collecting.Collected)
    assert last.collection is not None
    tables = last.collection.card.tables

    new = tables.kpis[tables.kpis["unit_code"] != ""]
    found = new[["kpi_code", "kpi_name", "perspective", "unit_code"]].to_numpy().tolist()
    assert found == [[code, f"IKU {code}", str(p), changed.unit_code] for code, p in ADDED.items()]
    told = [(each.rule, each.value) for each in last.irregularities if each.rule == "kpi_added"]
    assert told == [("kpi_added", code) for code in ADDED]
    assert [each for each in last.irregularities if each.severity is Severity.FAILURE] == []

    codes = tables.kpis["kpi_code"].to_numpy()[tables.kpi]
    rows = np.isin(codes, list(ADDED))
    periods = np.arange(1.0, tables.settings.periods + 1)
    np.testing.assert_array_equal(tables.target[rows], [10 * periods] * 2)
    np.testing.assert_array_equal(tables.actual[rows], [9.5 * periods] * 2)
    assert tables.evidence[rows][:, 0].tolist() == ["laporan.pdf"] * 2
    assert tables.note[rows][:, 1].tolist() == ["catatan"] * 2
    for name in ("target", "target_state", "actual", "actual_state", "evidence", "note"):
        np.testing.assert_array_equal(getattr(tables, name)[~rows], getattr(card.tables, name), err_msg=name)
