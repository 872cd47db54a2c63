"""A workbook in memory: what an adapter does, without a program and without a file.

It calculates nothing: a formula shows the result that was applied beside it, and forgets it when it is typed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from openpyxl.utils import column_index_from_string

from bsc_xl.errors import SourceError
from bsc_xl.excel import formulas
from bsc_xl.excel.address import split
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.plan import Write
from bsc_xl.excel.port import Block, Changes, Found, Insertion
from bsc_xl.tables import UncalculatedFormulaError


class MemoryBook:
    """Fulfils `port.OpenBook`; a test may change `values`, `formulas`, `titles`, `selected` and `chosen` as a person
    would."""

    name = "memory.xlsx"

    def __init__(self, layout: Layout, writes: Iterable[Write]) -> None:
        self.shape = layout
        self.values: dict[Ref, Found] = {}
        self.formulas = dict(formulas.every(layout))
        self.titles: dict[str, str] = defaultdict(str)
        self.restored: frozenset[str] = frozenset()
        self.footer: str | None = None
        self.applied: list[Changes] = []
        self.selected: list[Ref] = []
        self.locked: set[Ref] = set()
        self.place: Path | None = None
        self.chosen: list[Path] = []
        for write in writes:
            if write.ref.is_cell:
                self.values[write.ref] = write.value

    def layout(self) -> Layout:
        try:
            return Layout.from_signature(str(self.values.get(self.shape.settings["shape"])))
        except ValueError as error:
            raise SourceError(source=self.name, reason="source.not_a_unit_workbook") from error

    def read(self, sheets: Collection[str]) -> dict[str, Block]:
        return {sheet: self._block(sheet) for sheet in sheets}

    def read_formulas(self, sheets: Collection[str]) -> dict[str, Block]:
        return {key: _without_results(block) for key, block in self.read(sheets).items()}

    def apply(self, changes: Changes) -> None:
        self.applied.append(changes)
        for ref, value in changes.values.items():
            self.formulas.pop(ref, None)
            self.values[ref] = None if value == "" else value
        self.formulas |= changes.formulas
        assert changes.results.keys() <= self.formulas.keys()
        self.values |= changes.results
        self.restored |= changes.formats
        self.footer = changes.footer or self.footer

    def selection(self) -> list[Ref]:
        return self.selected

    def select(self, ref: Ref) -> None:
        self.selected = [ref]

    @contextmanager
    def locking(self, refs: Collection[Ref]) -> Iterator[bool]:
        before = set(self.locked)
        self.locked |= set(refs)
        try:
            yield self.locked != before
        except Exception:
            self.locked = before
            raise

    @contextmanager
    def inserted(self, insertions: Sequence[Insertion], grown: Layout) -> Iterator[None]:
        for insertion in insertions:
            self.values = {_moved(ref, insertion): value for ref, value in self.values.items()}
            self.formulas = {_moved(ref, insertion): formula for ref, formula in self.formulas.items()}
        yield

    def folder(self) -> Path | None:
        return self.place

    def choose_files(self, title: str, kinds: Sequence[str]) -> list[Path]:
        assert title
        assert kinds
        return self.chosen

    def print(self, path: Path, sheets: Sequence[str], footer: str) -> None:
        path.write_text("\n".join((*sheets, footer)), encoding="utf-8")

    def type(self, ref: Ref, value: Found) -> None:
        """What a person types into a cell; a formula that stood there is gone."""
        self.formulas.pop(ref, None)
        self.values[ref] = value

    def _block(self, sheet: str) -> Block:
        own = {ref.cell for ref in (*self.values, *self.formulas) if ref.sheet == sheet}
        places = {cell: (split(cell)[1] - 1, column_index_from_string(split(cell)[0]) - 1) for cell in own}
        height = max((row for row, _ in places.values()), default=0) + 1
        width = max((column for _, column in places.values()), default=0) + 1
        values: list[list[Found]] = [[None] * width for _ in range(height)]
        found: list[list[str | None]] = [[None] * width for _ in range(height)]
        for cell, (row, column) in places.items():
            values[row][column] = self.values.get(Ref(sheet, cell))
            found[row][column] = self.formulas.get(Ref(sheet, cell))
        return Block(self.titles[sheet] or self.shape.title(sheet), values, found)


def _without_results(block: Block) -> Block:
    """A block in which every formula is one that nobody has calculated."""
    cells = [zip(*rows, strict=True) for rows in zip(block.values, block.formulas, strict=True)]
    values = [[value if text is None else UncalculatedFormulaError(f"={text}") for value, text in row] for row in cells]
    return Block(block.title, values, block.formulas)


def _moved(ref: Ref, insertion: Insertion) -> Ref:
    """Where a cell stands after an insertion; references in formulas stay as they are."""
    if ref.sheet != insertion.sheet:
        return ref
    letters, row = split(ref.cell)
    first, at, last = (column_index_from_string(each) for each in (insertion.first, letters, insertion.last))
    return Ref(ref.sheet, f"{letters}{row + 1}") if row >= insertion.row and first <= at <= last else ref
