"""Workbooks for many units: drawn once, then filled.

Units with the same KPIs share a plate: their workbook with all that they have in common, cut into fixed pieces and the
slots between them. A workbook is then the plate with the unit's own values in the slots, and one pass of compression
over what changes; all else is copied as it lies compressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from bsc_xl.excel import layouts, plan
from bsc_xl.excel.block import Cells, UnitBlock
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.plates.frame import Drawing, drawing, keep
from bsc_xl.excel.plates.plate import Plate, compiled
from bsc_xl.excel.plates.recent import Recent
from bsc_xl.scorecard import Scorecard

__all__ = ["Drawing", "drawn", "keep", "workbooks"]

UNITS_AT_ONCE = 64
"""Units that are computed together: enough that numpy's fixed costs vanish, few enough that a block stays small."""


def drawn(card: Scorecard, unit: int, language: str, with_macros: bool = False) -> Drawing:
    """The drawing behind the workbook of a unit. Where units share their KPIs, it is that of all of them; a process
    that `keep`s it does not draw."""
    return drawing(layouts.for_unit(card, unit, language), with_macros)


def workbooks(
    card: Scorecard, units: Sequence[int], language: str, with_macros: bool = False
) -> Iterator[tuple[int, bytes | Exception]]:
    """The workbook of each of these units, in their order; the exception for a unit that none can be made for.

    The bytes of a workbook depend on the unit's own data alone, whichever other units are asked for. Memory does not
    grow with their number.
    """
    left = iter(units)
    while window := list(islice(left, UNITS_AT_ONCE)):
        made = _made(card, window, language, with_macros)
        for unit in window:
            yield unit, made[unit]


def _made(card: Scorecard, units: list[int], language: str, with_macros: bool) -> dict[int, bytes | Exception]:
    """The workbooks of some units; where they cannot be made together, each is tried alone."""
    try:
        made: dict[int, bytes | Exception] = {}
        for layout, group in _groups(card, units, language):
            cells = plan.block_cells(UnitBlock(card, np.array(group), layout))
            made |= zip(group, _plate(layout, with_macros, cells).filled(cells), strict=True)
    except Exception as error:  # noqa: BLE001 - whatever one unit's data does must not cost the others their file
        if len(units) == 1:
            return {units[0]: error}
        return {alone: _made(card, [alone], language, with_macros)[alone] for alone in units}
    return made


def _groups(card: Scorecard, units: list[int], language: str) -> list[tuple[Layout, list[int]]]:
    """The units that share a layout and their KPIs."""
    groups: dict[tuple[Layout, bytes], list[int]] = {}
    for unit, layout in zip(units, layouts.for_units(card, units, language), strict=True):
        groups.setdefault((layout, card.tables.kpi[card.tables.rows_of(unit)].tobytes()), []).append(unit)
    return [(layout, group) for (layout, _), group in groups.items()]


_PLATES: Recent[tuple[Layout, bool, str], Plate] = Recent(16)


def _plate(layout: Layout, with_macros: bool, cells: Sequence[Cells]) -> Plate:
    """The plate that holds what is the same for all units of a block."""
    same = repr([own.content.tolist() for own in cells if own.shared])
    return _PLATES.get((layout, with_macros, same), lambda: compiled(layout, with_macros, cells))
