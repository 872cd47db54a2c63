"""A workbook that a person filled in and saved with LibreOffice: recalculating the file agrees with LibreOffice.

LibreOffice is asked twice: its own hard recalculation of what it saved, and of what we made of it. Neither reads the
other's cached values, and ours reads no value of a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import workbooks
from office import Entry, Office
from sheets import differing_cells

from bsc_xl.excel import stamp, template
from bsc_xl.excel.file import open_book
from bsc_xl.excel.formulas import every
from bsc_xl.excel.grid import place
from bsc_xl.excel.layout import FIRST_ROW, Ref
from bsc_xl.excel.recalculation import READ, recalculate
from bsc_xl.ooxml import package
from bsc_xl.ooxml.parts import Parts

WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone
LANGUAGE = "id"


@pytest.fixture(scope="module")
def made() -> workbooks.Made:
    return workbooks.bureau(LANGUAGE)


@pytest.fixture(scope="module")
def saved(made: workbooks.Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The bureau's workbook after a person has opened it, typed figures and a new KPI, and saved it."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "buku.xlsx").write_bytes(stamp.stamp(template.draw(made.layout), made.writes))
    with Office(tmp_path_factory.mktemp("office"), LANGUAGE) as office:
        office.open(folder / "buku.xlsx")
        office.type(made.layout, entries(made))
        yield office.save(folder / "disimpan.xlsx")


def entries(made: workbooks.Made) -> list[Entry]:
    shape = made.layout
    spare = FIRST_ROW + shape.kpis[0]
    new = {"kpi_code": "BARU", "kpi_name": "KPI baru", "polarity": "Maximize", "consolidation": "Sum", "weight": "7,5"}
    labels = {"polarity": shape.labels("polarity.maximize"), "consolidation": shape.labels("consolidation.sum")}
    typed: list[Entry] = [(shape.cell("financial", spare, key), labels.get(key, text)) for key, text in new.items()]
    for period, (target, actual) in enumerate((("10", "9,5"), ("20", "N/A"), ("30", "0"), ("40", None)), start=1):
        typed += [
            (shape.cell("financial", spare, "target", period), target),
            (shape.cell("financial", spare, "actual", period), actual),
        ]
    return [
        *typed,
        (shape.cell("customer", FIRST_ROW, "actual", 4), "12,25"),
        (shape.cell("internal_process", FIRST_ROW, "actual", 4), "belum ada"),
        (shape.cell("learning_growth", FIRST_ROW, "actual", 4), None),
        (shape.settings["weight_financial"], "40,5"),
    ]


def test_our_results_are_those_of_its_own_hard_recalculation(
    made: workbooks.Made, saved: Path, tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    theirs = workbooks.Cells(libreoffice(saved, "ods", tmp_path / "theirs"))
    path = tmp_path / "ours.xlsx"
    path.write_bytes(saved.read_bytes())
    book = open_book(path)
    done = recalculate(book.layout(), book.read(READ), WHEN)
    book.apply(done.changes)
    book.save()
    assert [finding for finding in done.found if finding.kind.name in ("DIFFERENCE", "OVERWRITTEN")] == []
    ours = workbooks.Cells(path)
    calculated = every(made.layout).keys() - {Ref("dashboard", place("recalculated"))}
    expected = {ref: theirs.at(made.layout.title(ref.sheet), ref.cell) for ref in calculated}
    assert len(expected) > 900
    assert workbooks.differences(expected, made.layout, ours) == []


def test_nothing_changes_in_what_it_saved_but_cells_that_we_write(
    made: workbooks.Made, saved: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ours.xlsx"
    path.write_bytes(saved.read_bytes())
    book = open_book(path)
    changes = recalculate(book.layout(), book.read(READ), WHEN).changes
    book.apply(changes)
    book.save()
    titles = {sheet.part: sheet.title for sheet in Parts(package.open_package(saved.read_bytes())).sheets}
    written = {(made.layout.title(ref.sheet), ref.cell) for ref in (*changes.values, *changes.results)}
    changed = differing_cells(saved.read_bytes(), path.read_bytes())
    cells = {(titles[part], cell) for part, cells in changed.items() for cell in cells}
    assert cells
    assert cells <= written
