"""The consolidated workbook calculated by others: every formula gives what Python gave, and every page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import collected
import pandas as pd
import pytest
import sheets
import workbooks
from collected import Case
from test_pages import bad_lines, text_of

from bsc_xl.excel import consolidated
from bsc_xl.ooxml import package
from bsc_xl.ooxml.parts import Parts

Convert = Callable[..., Path]
NUMBERS_AGREE = 1e-9


def rules(**settings: object) -> Callable[[collected.Raw], collected.Raw]:
    """The tables with other rules of scoring."""

    def change(raw: collected.Raw) -> collected.Raw:
        added = pd.DataFrame({"key": list(settings), "value": list(settings.values())}, dtype=object)
        kept = raw["settings"][~raw["settings"]["key"].isin(settings)]
        return raw | {"settings": pd.concat([kept, added], ignore_index=True)}

    return change


def uneven(raw: collected.Raw) -> collected.Raw:
    """Weights of 0 and fractions among the units, and bounds of their own for some KPIs."""
    units = raw["units"].assign(weight=[(0, 0.5, None, 3)[i % 4] for i in range(len(raw["units"]))])
    kpis = raw["kpis"].assign(green_from=95.5, yellow_from=70)
    kpis.loc[::2, ["green_from", "yellow_from"]] = None
    return raw | {"units": units, "kpis": kpis}


def only_employees(raw: collected.Raw) -> collected.Raw:
    return raw | {"units": raw["units"].assign(level="employee", parent_code=None)}


STRICT = {
    "floor": -40, "cap": 110.5, "rating": "lkjip", "missing": "zero", "weight_financial": 40, "weight_customer": 10,
}  # fmt: skip
CASES = {
    "one unit": Case(1, whole=True),
    "a tree, hard text, two years": Case(30, earlier=1, more=(("hard_text", True), ("language", "en"))),
    "months and uneven weights": Case(26, change=uneven, more=(("periods", 12), ("period", 5))),
    "own KPIs and strict rules": Case(14, 6, change=rules(**STRICT), more=(("own_kpis", True),)),
    "employees alone": Case(9, change=only_employees, more=(("period", 1),)),
}  # fmt: skip


@pytest.fixture(params=["libreoffice", "gnumeric"])
def engine(request: pytest.FixtureRequest) -> Convert:
    convert: Convert = request.getfixturevalue(request.param)
    return convert


def formula_cells(path: Path) -> dict[str, list[str]]:
    """Title of each sheet -> the cells with a formula."""
    opened = package.open_package(path.read_bytes())
    found = {}
    for sheet in Parts(opened).sheets:
        cells = sheets.found_cells(opened.part(sheet.part))
        found[sheet.title] = [cell for cell, each in cells.items() if "f" in each.texts]
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_formula_gives_what_python_gave(case: Case, engine: Convert, tmp_path: Path) -> None:
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(consolidated.draw(collected.collect(case, tmp_path / "data")))
    emptied = workbooks.without_results(path, tmp_path / "emptied.xlsx")
    shown = workbooks.Cells(path)
    calculated = workbooks.Cells(engine(emptied, "xlsx", tmp_path / "calculated"))
    wrong, count = [], 0
    for title, cells in formula_cells(path).items():
        for cell in cells:
            expected, found = shown.at(title, cell), calculated.at(title, cell)
            count += 1
            numeric = isinstance(expected, int | float) and isinstance(found, int | float)
            same = abs(expected - found) <= NUMBERS_AGREE * max(1, abs(expected)) if numeric else expected == found
            if not same:
                wrong.append(f"{title}!{cell}: expected {expected!r}, found {found!r}")
    assert wrong == []
    assert count > 60


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_page_shows_its_figures(case: Case, libreoffice: Convert, tmp_path: Path) -> None:
    path = tmp_path / "consolidated.xlsx"
    collection = collected.collect(case, tmp_path / "data")
    path.write_bytes(consolidated.draw(collection))
    pages = text_of(libreoffice(path, "pdf", tmp_path / "printed"))
    names = set(collection.card.tables.units["unit_name"])
    # a unit may well be called like an error value
    assert [line for line in bad_lines(pages) if not any(name in line for name in names & {"#DIV/0!", "N/A"})] == []
    last = re.search(r"(\d+)\s*$", pages[-1].strip())
    assert last is not None
    assert int(last[1]) == len(pages)
