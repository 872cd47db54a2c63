"""What the action plan shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bsc_xl.excel.block import Cells, UnitBlock, objects, shown
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.results.values import results, same, status_texts
from bsc_xl.model import Advice


def action_plan(own: UnitBlock) -> Iterator[Cells]:
    """One row per KPI row of the workbook."""
    layout, text = own.layout, own.layout.labels
    advice = objects([text(f"advice.{each}") for each in Advice])
    values = {
        "kpi_code": objects(own.texts("kpi_code")),
        "perspective": objects([text(f"perspective.{perspective}") for perspective, _ in own.filled]),
        "kpi_name": objects(own.texts("kpi_name")),
        "status": status_texts(layout)[own.status],
        "gap": shown(own.index - 100),
        "advice": advice[own.by_unit(own.trend.advice)],
    }
    for key, found in values.items():
        yield results([layout.list_cell("action_plan", key, i) for i in own.places], found)
    empty = [key for key in values if key != "kpi_code"]
    yield same((layout.list_cell("action_plan", key, i) for key in empty for i in own.spare), "")
    codes = own.agenda.column(PLAN_CODE)[:, own.spare]
    refs = [layout.list_cell("action_plan", "kpi_code", i) for i in own.spare]
    yield results(refs, np.where(codes == None, "", codes)) if codes.any() else same(refs, "")  # noqa: E711
