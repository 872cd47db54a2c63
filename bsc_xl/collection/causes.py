"""One cause is told once, however many rules it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bsc_xl.collection.model import Irregularity, Severity

_DEFINITION = frozenset({"definition_differs", "kpi_recognised"})
"""Rules that say of a cell what is wrong, and what is right in its place."""


def told_once(of_cells: Sequence[Irregularity], of_kpis: Sequence[Irregularity]) -> list[Irregularity]:
    """`of_cells`: what is wrong in each workbook alone; `of_kpis`: what differs from the KPIs that all have.

    Of two about one cell that stays which knows what is right, unless the other is graver, with what stands there. That
    weights do not total 100 follows from a weight that differs, and from a KPI that is gone.
    """
    definitions = {_place(each): each for each in of_kpis if each.rule in _DEFINITION}
    found = {_place(each): each for each in of_cells if each.table == "kpis" and each.rule != "weights_total"}
    unbalanced = set(_unbalanced(of_kpis))
    kept = [each for each in of_cells if not _follows(each, definitions.get(_place(each)), unbalanced)]
    for each in of_kpis:
        same = found.get(_place(each)) if each.rule in _DEFINITION else None
        if same is None:
            kept.append(each)
        elif not _is_graver(same, each):
            kept.append(replace(each, value=same.value))
    return kept


def _place(of: Irregularity) -> tuple[str, str, str]:
    return of.file, of.sheet, of.cell


def _unbalanced(of_kpis: Iterable[Irregularity]) -> Iterator[tuple[str, str]]:
    """The sheets whose weights cannot total 100."""
    for each in of_kpis:
        if each.rule == "kpi_missing" or (each.rule == "definition_differs" and each.column == "weight"):
            yield each.file, each.sheet


def _follows(each: Irregularity, definition: Irregularity | None, unbalanced: set[tuple[str, str]]) -> bool:
    if each.table != "kpis":
        return False
    if each.rule == "weights_total":
        return (each.file, each.sheet) in unbalanced
    return definition is not None and not _is_graver(each, definition)


def _is_graver(one: Irregularity, other: Irregularity) -> bool:
    order = list(Severity)
    return order.index(one.severity) < order.index(other.severity)
