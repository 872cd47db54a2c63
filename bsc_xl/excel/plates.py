"""Workbooks for many units of one scorecard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bsc_xl.excel import layout as layouts
from bsc_xl.excel import plan, stamp, template
from bsc_xl.scorecard import Scorecard


def workbooks(card: Scorecard, units: Sequence[int], language: str) -> Iterator[tuple[int, bytes | Exception]]:
    """The workbook of each of these units, in their order; the exception for a unit that none can be made for.

    The bytes of a workbook depend on the unit's own data alone, whichever other units are asked for.
    """
    for unit in units:
        try:
            layout = layouts.for_unit(card, unit, language)
            yield unit, stamp.stamp(template.draw(layout), plan.unit_writes(card, unit, layout))
        except Exception as error:  # noqa: BLE001 - whatever one unit's data does must not cost the others their file
            yield unit, error
