"""What Recalculate does to a workbook, as a pure computation: what it says, what is wrong with it, what to write.

Python is the authority: it scores the inputs anew, compares with what the sheet shows, puts formulas back that somebody
wrote over, and lists everything on the sheet of findings. Inputs are never written, save that the entries of the action
plan follow their KPI.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from bsc_xl.errors import Failure
from bsc_xl.excel import begun, findings, formulas, plan
from bsc_xl.excel.block import UnitBlock
from bsc_xl.excel.columns import KPI_LISTS, LIST_COLUMNS, list_columns
from bsc_xl.excel.findings import Finding, Kind
from bsc_xl.excel.grammar import same_formula, with_titles
from bsc_xl.excel.grid import place
from bsc_xl.excel.initiatives import open_points
from bsc_xl.excel.layout import FOOTER, SHEETS, Layout, Ref
from bsc_xl.excel.port import Block, Changes, Found, is_number
from bsc_xl.excel.reading import Reading, read
from bsc_xl.excel.results import Value
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import ExcelError, UncalculatedFormulaError, parse
from bsc_xl.tables.findings import shown

READ = tuple(sheet for sheet in SHEETS if sheet != "guide")
"""The sheets that a recalculation reads: all that hold inputs, formulas or findings."""

FORMULAS_ONLY = ("evidence", "history", "checks", "trace")
"""Those of them whose results need not be read: their captions are those of other sheets, and what is traced shows in
cells that are compared, or as bars of a chart."""

COLOURED = frozenset((*map(str, Perspective), *LIST_COLUMNS, "employees", "settings", "dashboard"))
"""The sheets with conditional formats."""

STAMP = ("engine_version", "checksum", "recalculated")
TOLERANCE = 1e-9
"""So much a figure of the sheet may differ from ours, absolute or relative to its size."""


@dataclass(frozen=True, slots=True, eq=False)
class Recalculation:
    """What came of it. `reading`: what the workbook says; `card`: its scores, those of the one unit.

    `failures`: what is wrong with the inputs, or doubtful, and what the action plan leaves open; `found`: everything to
    be told, in the order in which it is listed; `changes`: everything to be written. `moves`: entries of the action
    plan that stand elsewhere than their KPI; they are to be written before all else, and the workbook is to be
    recalculated once they are.
    """

    reading: Reading
    card: Scorecard
    failures: Sequence[Failure]
    found: list[Finding]
    changes: Changes
    moves: Mapping[Ref, Value]

    def count(self, kind: Kind) -> int:
        """How many findings there are of a kind."""
        return sum(finding.kind is kind for finding in self.found)


def recalculate(layout: Layout, blocks: Mapping[str, Block], when: datetime) -> Recalculation:
    """Everything that Recalculate finds and writes; `blocks` hold the sheets of `READ`, those of `FORMULAS_ONLY`
    perhaps without results. Nothing is written here.

    A cell counts as overwritten when its formula is gone or another. Then no results are compared: those that depend
    on it differ, and are right again as soon as it is put back. A cell that no program has calculated yet is no
    difference.
    """
    reading = read(layout, blocks)
    card = score(reading.tables)
    plan_of = reading.plan
    assert plan_of is not None  # its sheet is one of READ
    own = UnitBlock(card, np.array([0]), layout, when, reading.standing)
    cells = plan.block_cells(own)
    planned = {
        ref: value
        for each in cells
        for ref, value in zip(each.refs, np.atleast_2d(each.content)[0].tolist(), strict=True)
    }
    beside_formulas = {ref: planned[ref] for each in cells if each.result for ref in each.refs}
    results = _results(layout, blocks, reading, beside_formulas)
    lost = lost_formulas(layout, blocks)
    left = list(open_points(plan_of, own, when))
    found = sorted(
        (
            *_of_reading(layout, blocks, reading),
            *(findings.of_failure(each, layout, incomplete=False) for each in left),
            *(_overwritten(layout, blocks, ref) for ref in lost),
            *(() if lost else _differences(layout, blocks, results)),
        ),
        key=lambda finding: list(Kind).index(finding.kind),
    )
    listed = findings.listing(layout, found, when, blocks[findings.SHEET])
    changes = Changes(
        values={layout.settings[key]: planned[layout.settings[key]] for key in STAMP} | plan_of.stamps | listed.values,
        formulas=lost | listed.formulas,
        results=results | listed.results,
        formats=COLOURED,
        footer=str(planned[Ref("dashboard", FOOTER)]),
        printed=_printed(layout, reading),
        times=frozenset({layout.settings["recalculated"], Ref("dashboard", place("recalculated")), layout.checked()}),
    )
    return Recalculation(reading, card, [*reading.failures, *left], found, changes, plan_of.moves)


def _printed(layout: Layout, reading: Reading) -> dict[str, str]:
    """The lists of KPIs that are drawn to be printed without rows that are filled in by now, and their last cells."""
    last = max((layout.slots.index((row.perspective, row.row)) for row in reading.filled), default=-1)
    if last < sum(layout.kpis):
        return {}
    return {key: layout.list_cell(key, list_columns(key, layout.periods)[-1], last).cell for key in KPI_LISTS}


def _results(
    layout: Layout, blocks: Mapping[str, Block], reading: Reading, planned: Mapping[Ref, Value]
) -> dict[Ref, Value]:
    """What every formula shows, also in rows that do not count."""
    expected = dict(planned)
    for row in reading.begun:
        expected |= begun.results(layout, row, reading.tables.settings.period)
    for perspective in Perspective:
        # whatever is a number is added up above the column, also where it is no weight
        weights = [row.inputs["weight"] for row in reading.filled if row.perspective is perspective]
        expected[layout.summary(perspective, "weights")] = float(sum(filter(is_number, weights)))
    year = layout.settings["year"]
    if not reading.tables.settings.year and not parse.is_blank(blocks[year.sheet].value(year.cell)):
        # the captions show whatever stands in the place of the year, as the program writes it
        for ref in (*layout.captions(), Ref("dashboard", place("subtitle"))):
            del expected[ref]
    return expected


def lost_formulas(layout: Layout, blocks: Mapping[str, Block]) -> dict[Ref, str]:
    """The cells in which a formula of the workbook does not stand (any more), with that formula; sheets are named as
    they are today."""
    titles = {layout.title(key): block.title for key, block in blocks.items() if layout.title(key) != block.title}
    canonical = {ref: with_titles(formula, titles) for ref, formula in _formulas(layout).items()}
    return {ref: formula for ref, formula in canonical.items() if not _stands(blocks, ref, formula)}


@lru_cache(maxsize=16)
def _formulas(layout: Layout) -> Mapping[Ref, str]:
    """The formulas of a shape, which many workbooks have in common."""
    return formulas.every(layout)


def _stands(blocks: Mapping[str, Block], ref: Ref, formula: str) -> bool:
    found = blocks[ref.sheet].formula(ref.cell)
    return found is not None and same_formula(found, formula)


# --- findings -------------------------------------------------------------------------------------------------------


def _of_reading(layout: Layout, blocks: Mapping[str, Block], reading: Reading) -> Iterator[Finding]:
    begun_in = [(blocks[row.perspective], row.row) for row in reading.begun]
    unfinished = {(block.title, row + block.offset) for block, row in begun_in}
    for failure in reading.failures:
        at = (failure.cell or "").rpartition("!")[0], failure.row
        incomplete = failure.rule == "required" and failure.table == "kpis" and at in unfinished
        yield findings.of_failure(failure, layout, incomplete=incomplete)


def _overwritten(layout: Layout, blocks: Mapping[str, Block], ref: Ref) -> Finding:
    formula, block = blocks[ref.sheet].formula(ref.cell), blocks[ref.sheet]
    stands = shown(block.value(ref.cell)) if formula is None else shown(f"={formula.removeprefix('=')}")
    return Finding(Kind.OVERWRITTEN, block.title, block.today(ref.cell), layout.labels("checks.overwritten"), stands)


def _differences(layout: Layout, blocks: Mapping[str, Block], expected: Mapping[Ref, Value]) -> Iterator[Finding]:
    stamped = Ref("dashboard", place("recalculated"))
    for ref, value in expected.items():
        found = blocks[ref.sheet].value(ref.cell)
        if ref != stamped and not isinstance(found, UncalculatedFormulaError) and not agree(value, found):
            ours = layout.labels.number(value, 4) if isinstance(value, float) else parse.as_text(value)
            text = layout.labels("checks.difference", expected=ours or layout.labels("checks.nothing"))
            block = blocks[ref.sheet]
            yield Finding(Kind.DIFFERENCE, block.title, block.today(ref.cell), text, shown(found))


def agree(value: Value, found: Found) -> bool:
    """Whether a cell shows what it must: numbers within `TOLERANCE`, texts but for blanks; an empty text is nothing."""
    if is_number(value) and is_number(found):
        return abs(value - found) <= TOLERANCE * max(1.0, abs(value), abs(found))
    if is_number(value) or not isinstance(found, str | None) or isinstance(found, ExcelError):
        return False
    return _words(str(value or "")) == _words(found or "")


def _words(text: str) -> list[str]:
    return parse.without_forbidden(text).split()
