"""Which results of a workbook are compared with ours. No other value of a formula is looked at."""

from __future__ import annotations

from functools import lru_cache

from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.model import Perspective

RESULTS = ("target_to_date", "actual_to_date", "achievement", "index", "weighted_score", "status")
"""What is looked at of a KPI's results: all others follow from these."""


@lru_cache(maxsize=256)
def scores(layout: Layout) -> list[Ref]:
    """The scores of the perspectives."""
    return [layout.summary(perspective, "score") for perspective in Perspective]


def looked_at(layout: Layout) -> frozenset[Ref]:
    """The cells whose values are looked at, also where they are a formula's."""
    of_kpis = {layout.cell(perspective, row, key) for perspective, row in layout.slots for key in RESULTS}
    return frozenset({*of_kpis, *scores(layout), *layout.settings.values()})
