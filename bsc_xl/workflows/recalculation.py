"""Recalculate and Check Inputs, for a workbook that is open or closed: read everything, compute, then write once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bsc_xl.excel import findings, recalculation
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.port import Block, Book, Changes, OpenBook
from bsc_xl.excel.reading import check_version
from bsc_xl.excel.recalculation import Recalculation
from bsc_xl.labels import Labels
from bsc_xl.workflows.told import Told

INPUT_KINDS = (Kind.FAILURE, Kind.INCOMPLETE, Kind.ADVICE)
"""What people can put right themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class Recalculated:
    """What a recalculation tells: `done`, and `sheet`, the title of the sheet that lists what it found."""

    done: Recalculation
    sheet: str

    @property
    def to_act_upon(self) -> bool:
        """There are findings."""
        return bool(self.done.found)

    def sentence(self, labels: Labels) -> str:
        """The score, and how much there is to look at."""
        count, card = len(self.done.found), self.done.card
        found = labels("action.found", count=count, sheet=self.sheet) if count else labels("action.found_none")
        if not card.scored_count[0]:
            return labels("action.recalculated_none", found=found)
        band = card.policy.rating_bands[int(card.rating[0])]
        rating = labels(f"rating.{card.policy.rating}.{band.name}")
        return labels("action.recalculated", score=labels.number(float(card.score[0])), rating=rating, found=found)


def recalculate(book: Book, when: datetime) -> Recalculated:
    """Scores the inputs anew, puts back what was written over, and lists what was found; inputs stay as they are, and
    what stands in the action plan stands in the row of its KPI.

    `when`: the time that the workbook shows. A second run changes nothing but that. Errors: those of the adapter, and
    `SourceError` for a workbook of another version.
    """
    _, blocks, done = computed(book, when)
    if done.moves:
        book.apply(Changes(values=done.moves))
        _, blocks, done = _as_calculated(book, when)
    book.apply(done.changes)
    return Recalculated(done, blocks[findings.SHEET].title)


def settle(book: Book, when: datetime) -> Recalculated:
    """`recalculate` after entries were written into a closed file: what formulas showed for the former entries is no
    finding, since a program would have calculated them anew at once."""
    _as_calculated(book, when)
    return recalculate(book, when)


def _as_calculated(book: Book, when: datetime) -> tuple[Layout, dict[str, Block], Recalculation]:
    """`computed` after entries were written: in a closed file, formulas show what a program would have calculated."""
    _, _, done = computed(book, when)
    standing = {ref: value for ref, value in done.changes.results.items() if ref not in done.changes.formulas}
    book.apply(Changes(results=standing))
    return computed(book, when)


def check_inputs(book: OpenBook, when: datetime) -> Told:
    """Lists what is wrong or missing in the inputs, and leads to the list; no score and no formula changes."""
    layout, blocks, done = computed(book, when)
    found = [finding for finding in done.found if finding.kind in INPUT_KINDS]
    listed = findings.listing(layout, found, when, blocks[findings.SHEET])
    book.apply(Changes(listed.values, listed.formulas, listed.results))
    if not found:
        return Told("checked_none")
    book.select(layout.list_cell(findings.SHEET, "cell", 0))
    return Told("checked", {"count": len(found), "sheet": blocks[findings.SHEET].title}, to_act_upon=True)


def computed(book: Book, when: datetime) -> tuple[Layout, dict[str, Block], Recalculation]:
    """The workbook as it is, and what recalculating it would find and write; nothing is written. The sheets of
    `recalculation.FORMULAS_ONLY` come from `Book.read_formulas`."""
    layout = book.layout()
    compared = [key for key in recalculation.READ if key not in recalculation.FORMULAS_ONLY]
    blocks = book.read(compared) | book.read_formulas(recalculation.FORMULAS_ONLY)
    check_version(layout, blocks, book.name)
    return layout, blocks, recalculation.recalculate(layout, blocks, when)
