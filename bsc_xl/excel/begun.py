"""What the formulas show for a KPI row that somebody filled in and that does not count (yet).

The scoring passes such a row over; its formulas count what is there, and its code and name stand on the lists.
"""

from __future__ import annotations

from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Found, is_number
from bsc_xl.excel.reading import KpiRow
from bsc_xl.excel.results import Value
from bsc_xl.model import NA_TEXT, Consolidation, Polarity
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.tables import parse


def results(layout: Layout, row: KpiRow, period: int) -> dict[Ref, Value]:
    """The cells in which the row shows something else than an empty one. `period`: the reporting period."""
    text = layout.labels
    polarities = {_folded(text(f"polarity.{p}")): code_of(p) + 1 for p in Polarity}
    consolidations = {_folded(text(f"consolidation.{c}")): code_of(c) + 1 for c in Consolidation}
    kpi_code, name = (parse.as_text(row.inputs[key]) for key in ("kpi_code", "kpi_name"))
    shown: dict[str, Value] = {
        "polarity_code": polarities.get(_folded(parse.as_text(row.inputs["polarity"])), 0),
        "consolidation_code": consolidations.get(_folded(parse.as_text(row.inputs["consolidation"])), 0),
        "status": text("placeholder.incomplete") if kpi_code + name else "",
        **_counts(row, period),
    }
    found = {layout.cell(row.perspective, row.row, key): value for key, value in shown.items()}
    place = layout.slots.index((row.perspective, row.row))
    found |= {layout.trace("code", place): kpi_code.strip(), layout.trace("name", place): name}
    named = {"kpi_code": kpi_code.strip(), "kpi_name": name}
    found |= {layout.list_cell("trend", key, place): value for key, value in named.items()}
    if kpi_code.strip() + name:
        planned = {**named, "recommendation": ""}
        found |= {layout.list_cell("action_plan", key, place): value for key, value in planned.items()}
    return found


def _counts(row: KpiRow, period: int) -> dict[str, Value]:
    """How many periods count and which is the last, as for a row that counts (domain.md, section 4)."""
    periods = range(1, period + 1)
    figures = [(row.figures["target", p], row.figures["actual", p]) for p in periods]
    counted = [p for p, (target, actual) in zip(periods, figures, strict=True) if is_number(target) and not _na(actual)]
    complete = sum(is_number(target) and is_number(actual) for target, actual in figures)
    invalid = sum(not (value in (None, "") or is_number(value) or _na(value)) for pair in figures for value in pair)
    return {
        "invalid": invalid,
        "periods_counted": len(counted),
        "periods_complete": complete,
        "last_period": 0 if invalid else max(counted, default=0),
    }


def _na(value: Found) -> bool:
    return isinstance(value, str) and value.upper() == NA_TEXT


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
