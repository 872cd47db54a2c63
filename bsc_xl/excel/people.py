"""The sheets about employees and evidence read back: what people filled in, what is wrong in it, how many rows.

Discipline is looked up as the formulas look it up: the last row of an employee that is not beyond the reporting period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from bsc_xl.errors import Failure
from bsc_xl.excel.address import cells, split
from bsc_xl.excel.columns import LOOKED_UP, RECORDS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Block, Found, is_number
from bsc_xl.excel.roster import ROSTER_INPUTS
from bsc_xl.excel.staff import Staff
from bsc_xl.model import Behaviour, Level
from bsc_xl.policies import load
from bsc_xl.tables import ExcelError, Place, UncalculatedFormulaError, parse
from bsc_xl.tables.findings import shown

SHEETS = ("employees", *RECORDS)
_EXAMPLE = "4.5"
"""A number that both a value of behaviour and a work result can be."""


def staff(layout: Layout, blocks: Mapping[str, Block], unit_code: str, period: int) -> Staff:
    """What stands on the sheets of one unit, (1, R): all rows of the list, also empty ones."""
    block = blocks["employees"]
    report = layout.level is Level.EMPLOYEE
    keys = tuple(map(str, Behaviour)) if report else ROSTER_INPUTS
    entries = np.full((1, layout.people, len(ROSTER_INPUTS)), None, dtype=object)
    for i in range(layout.people):
        for key in keys:
            found = block.value(layout.person(key, i).cell)
            entries[0, i, ROSTER_INPUTS.index(key)] = None if found == "" else found
    codes = [unit_code] if report else [parse.as_text(entries[0, i, 0]) for i in range(layout.people)]
    known = _discipline(layout, blocks["discipline"], period)
    days, sanctions = np.full((1, layout.people), "", dtype=object), np.full((1, layout.people), "", dtype=object)
    for i, code in enumerate(codes):
        days[0, i], sanctions[0, i] = known.get(code.strip().casefold(), ("", "")) if code.strip() else ("", "")
    return Staff(entries, days, sanctions)


def _discipline(layout: Layout, block: Block, period: int) -> dict[str, tuple[Found, Found]]:
    """Days of absence and sanction by the employee's id in small letters."""
    found: dict[str, tuple[Found, Found]] = {}
    columns = (cells(layout.list_body("discipline", key)[1]) for key in LOOKED_UP["discipline"])
    for code, of_period, days, sanction in zip(*columns, strict=True):
        employee, when = block.value(code), block.value(of_period)
        if isinstance(employee, str) and is_number(when) and when <= period:
            found[employee.casefold()] = (_shown(block, days), _shown(block, sanction))
    return found


def _shown(block: Block, cell: str) -> Found:
    """What a formula shows of a cell: 0 for an empty one."""
    found = block.value(cell)
    return 0.0 if found is None else found


def records(layout: Layout, blocks: Mapping[str, Block]) -> dict[str, int]:
    """How many rows the tables of discipline and evidence have, by sheet."""
    return {
        sheet: sum(is_number(blocks[sheet].value(cell)) for cell in cells(layout.list_body(sheet, "period")[1]))
        for sheet in RECORDS
    }


def failures(layout: Layout, blocks: Mapping[str, Block]) -> Iterator[Failure]:
    """Entries that are no value of behaviour, or no work result, with their cells."""
    block = blocks["employees"]
    least, most = load().employees.behaviour_scale
    mark = layout.labels.mark
    for i in range(layout.people):
        for value in Behaviour:
            yield from _wrong(block, layout.person(value, i), str(value), least, most, mark)
        if layout.level is Level.UNIT:
            yield from _wrong(block, layout.person("work_result", i), "work_result", 0, np.inf, mark)


def _wrong(block: Block, ref: Ref, column: str, least: float, most: float, mark: str) -> Iterator[Failure]:
    found = block.value(ref.cell)
    if parse.is_blank(found) or (is_number(found) and least <= found <= most):
        return
    rule = "behaviour_out_of_range" if is_number(found) else "not_a_number"
    if isinstance(found, ExcelError):
        rule = "formula_without_value" if isinstance(found, UncalculatedFormulaError) else "excel_error"
    place = Place(block.title, *split(block.today(ref.cell)))
    expected = f"{least:g}..{most:g}" if rule == "behaviour_out_of_range" else _EXAMPLE.replace(".", mark)
    yield Failure("behaviour", place.row, str(place), column, rule, shown(found), expected=expected)
