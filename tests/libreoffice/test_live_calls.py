"""How often Recalculate calls the program: every call takes its time in Excel, so the number is a budget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import workbooks
import xlwings as xw
from opening import Opened, fresh, paste_over, write_over

from bsc_xl import ribbon, sample
from bsc_xl.excel import recalculation
from bsc_xl.excel.layout import FIRST_ROW
from bsc_xl.model import Perspective

USUAL_CALLS, MOST_CALLS = 40, 45
"""For a press on a workbook that nothing has broken, and on one where formulas of two sheets were written over."""
SHEET_CALLS = {"kpi_name": 9, "kpi_code": 39}
"""So many more for each sheet whose conditional formats are put back, by where cells were pasted: on an input, or on
the first one, where rules are made anew."""


def write_nothing(opened: Opened) -> None:
    """The workbook stays as it is."""


def paste(opened: Opened, column: str, *perspectives: Perspective) -> None:
    for perspective in perspectives:
        paste_over(opened, opened.layout.cell(perspective, FIRST_ROW, column))


@pytest.mark.parametrize(("wrong", "written", "most"), [(write_nothing, 0, USUAL_CALLS), (write_over, 2, MOST_CALLS)])
def test_recalculate_costs_the_same_few_calls_for_any_number_of_kpis(
    offices: Callable[[str], xw.App], tmp_path: Path, wrong: Callable[[Opened], object], written: int, most: int
) -> None:
    few, many = (calls_to_recalculate(offices("id"), tmp_path / str(kpis), kpis, wrong) for kpis in (8, 200))
    assert few[:-1] == many[:-1]  # the last tells, in the status bar or in a window
    assert len(many) <= most, many
    assert many.count("values") == len(recalculation.READ) - len(recalculation.FORMULAS_ONLY)
    assert many.count("set_formulas") == 2 + written


@pytest.mark.parametrize("column", SHEET_CALLS)
def test_putting_conditional_formats_back_costs_a_few_more_for_each_sheet(
    offices: Callable[[str], xw.App], tmp_path: Path, column: str
) -> None:
    """The worst case: they are broken on all sheets, and formulas were written over."""

    def wrong(opened: Opened) -> None:
        paste(opened, column, *Perspective)
        write_over(opened)

    few, many = (calls_to_recalculate(offices("id"), tmp_path / str(kpis), kpis, wrong) for kpis in (8, 200))
    assert few == many
    assert len(many) <= MOST_CALLS + len(Perspective) * SHEET_CALLS[column]


def calls_to_recalculate(app: xw.App, folder: Path, kpis: int, wrong: Callable[[Opened], object]) -> list[str]:
    """The calls of a press after something went wrong in a workbook that was recalculated before."""
    raw = sample.generate(units=1, kpis=kpis, seed=4)
    made = workbooks.make(workbooks.scored(raw, folder / "data"), folder / "unit.xlsx")
    with fresh(app, made.path, made.layout) as opened:
        ribbon.recalculate()
        wrong(opened)
        start = len(opened.line.calls)
        ribbon.recalculate()
        return opened.line.calls[start:]
