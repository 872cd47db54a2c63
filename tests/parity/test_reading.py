"""Whatever people leave in the input cells, bsc-xl reads from a workbook what its formulas see, in every cell.

Inputs are drawn at random, sensible and odd ones: text that looks like a number, codes twice and with blanks, words in
other capitals, limits that contradict each other. LibreOffice calculates the workbook and saves it its own way; then a
recalculation must find no cell that shows something else, and take none of its formulas for another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import workbooks

from bsc_xl import sample
from bsc_xl.excel.file import open_book
from bsc_xl.excel.findings import Finding, Kind
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.excel.recalculation import READ, recalculate
from bsc_xl.excel.results import Value
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Perspective

WHEN = datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001 - a workbook's clock has no time zone
FIGURES: list[Value] = [None, 0.0, 12.5, -3.0, 100.0, 250.0, "N/A", "n/a", "N/A ", " ", "12", "12,5", "belum ada"]
NUMBERS: list[Value] = [None, 0.0, 12.5, -5.0, 60.0, 95.0, 150.0, "20", "abc", " "]


def words(layout: Layout, *keys: str) -> list[Value]:
    """The words of a list as people may write them, codes that are no words here, nonsense and nothing."""
    texts = [layout.labels(key) for key in keys]
    odd: list[Value] = [None, "zzz", " ", *(key.rpartition(".")[2] for key in keys)]
    return [*texts, *texts, *(text.upper() for text in texts), *(f"  {text} " for text in texts), *odd]


def pools(layout: Layout) -> dict[str, list[Value]]:
    """What may stand in a column, or in a settings field."""
    yes_no = words(layout, "choice.yes", "choice.no")
    ratings = words(layout, *(f"policy.{name}" for name in ("nko", "lkjip", "pp30")))
    return {
        "kpi_code": [None, "K001", "k001", " K002 ", "K  5", "Z9", " ", 12.0],
        "kpi_name": [None, "Nama baru", "  Nama  ", "=1+1"],
        "polarity": words(
            layout, *(f"polarity.{p}" for p in ("maximize", "minimize", "stabilize", "binary", "unscored"))
        ),
        "consolidation": words(layout, *(f"consolidation.{c}" for c in ("sum", "average", "last"))),
        "objective": [None, "Sasaran baru", "sasaran BARU"],
        "ceiling": yes_no,
        "new_idea": yes_no,
        "target": FIGURES,
        "actual": FIGURES,
        "period": [None, 1.0, 2.0, 4.0, 9.0, 2.5, "2", "x"],
        "rating": ratings,
        "zero_target": words(layout, "zero_target.pass_fail", "zero_target.exclude"),
        "missing": words(layout, "missing.redistribute", "missing.zero"),
        "unit_name": [None, "Biro & Bagian", "  Biro "],
        "unit_code": [None, "B1"],
        "head_title": [None, "Kepala Biro", " "],
        "head_number": [None, "19700101 199503 1 001", " ", 12.0, 198501012010011001.0],
        "place": [None, "Palembang"],
        "evidence": [None, "surat", " ", "0", 12.0],
        "year": [None, 2025.0],
        **dict.fromkeys(("weight", "worst", "green_from", "yellow_from", "floor", "cap"), NUMBERS),
        **{f"weight_{p}": NUMBERS for p in Perspective},
    }


def entries(layout: Layout, seed: int, share: float) -> dict[Ref, Value]:
    """Random contents for a share of the input cells, spare rows included."""
    random, known = np.random.default_rng(seed), pools(layout)
    cells = [
        (layout.cell(p, row, key, period), key)
        for p in Perspective
        for row in layout.rows(p)
        for key, period in layout.columns
        if key in known
    ]
    fields = [(ref, key) for key, ref in layout.settings.items() if key in known and key != "policy"]
    drawn = [at for at in (*cells, *fields) if random.random() < share]
    return {ref: known[key][int(random.integers(len(known[key])))] for ref, key in drawn}


def said(found: list[Finding], kind: Kind) -> list[str]:
    return [f"{f.sheet}!{f.cell}: {f.text} ({f.found})" for f in found if f.kind is kind]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))])
def test_the_sheet_and_bsc_xl_see_the_same(tmp_path: Path, libreoffice: Callable[..., Path], seed: int) -> None:
    raw = sample.generate(units=1, kpis=12, seed=seed, periods=(4, 2, 12, 1)[seed % 4], language=LANGUAGES[seed % 2])
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    book = open_book(made.path)
    book.apply(Changes(values=entries(made.layout, seed, (0.02, 0.1, 0.4)[seed % 3])))
    book.save()

    saved = open_book(libreoffice(made.path, "xlsx", tmp_path / "saved"))
    done = recalculate(saved.layout(), saved.read(READ), WHEN)
    assert said(done.found, Kind.OVERWRITTEN) == []
    assert said(done.found, Kind.DIFFERENCE) == []


@pytest.mark.parametrize("linked", ["target", "actual", "worst", "weight", "green_from"])
def test_a_link_to_a_cell_that_shows_nothing_is_a_blank(
    tmp_path: Path, libreoffice: Callable[..., Path], linked: str
) -> None:
    """In Python and in the sheet: neither invalid nor a figure."""
    raw = sample.generate(units=1, kpis=12, seed=2)
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    layout = made.layout
    cells = [
        layout.cell(p, row, key, period)
        for p in Perspective
        for row in layout.rows(p)
        for key, period in layout.columns
        if key == linked and period in (0, 2)
    ]
    results = {}
    for name, changes in {
        "blank": Changes(values=dict.fromkeys(cells)),
        "linked": Changes(formulas=dict.fromkeys(cells, '""')),
    }.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(made.path.read_bytes())
        book = open_book(path)
        book.apply(changes)
        book.save()
        saved = open_book(libreoffice(path, "xlsx", tmp_path / f"saved_{name}"))
        done = recalculate(saved.layout(), saved.read(READ), WHEN)
        assert said(done.found, Kind.DIFFERENCE) == []
        results[name] = done.changes.results, [f.kind for f in done.found]
    assert results["linked"] == results["blank"]
