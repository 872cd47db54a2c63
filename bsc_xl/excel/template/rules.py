"""The conditional formats that a sheet was drawn with, as plain data: what an open workbook is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule as Drawn
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import entry, strategy
from bsc_xl.model import Perspective


@dataclass(frozen=True, slots=True)
class Rule:
    """One conditional format. `area`: its range; `formula` as the first cell of that has it, with "=".

    Colours are RRGGBB; None is what the rule leaves as it is.
    """

    area: str
    formula: str
    ground: str | None
    ink: str | None
    bold: bool | None
    number_format: str | None


REPAIRED = frozenset((*map(str, Perspective), strategy.SHEET))
"""The sheets whose conditional formats a closed workbook gets back: there people paste, and colours tell most."""


@lru_cache(maxsize=64)
def rules(layout: Layout, key: str) -> tuple[Rule, ...]:
    """The conditional formats of one of these sheets, the one that goes before the others first."""
    sheet = Worksheet(_book())
    if key == strategy.SHEET:
        strategy.colour(sheet, layout)
    else:
        entry.colour(sheet, layout, Perspective(key))
    found = [(rule.priority, str(cells.sqref), rule) for cells in sheet.conditional_formatting for rule in cells.rules]
    return tuple(_rule(area, rule) for _, area, rule in sorted(found, key=lambda entry_: entry_[0]))


@cache
def _book() -> Workbook:
    """What a sheet must belong to; it stays without sheets, and making it takes longer than all rules of a sheet."""
    return Workbook(write_only=True)


def _rule(area: str, rule: Drawn) -> Rule:
    look = rule.dxf
    return Rule(
        area=area,
        formula=f"={rule.formula[0]}",
        ground=look.fill.bgColor.rgb[-6:] if look.fill else None,
        ink=look.font.color.rgb[-6:] if look.font and look.font.color else None,
        bold=look.font.b if look.font else None,
        number_format=look.numFmt.formatCode if look.numFmt else None,
    )
