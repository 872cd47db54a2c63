"""What a worker does: makes the workbooks of a batch of units, puts them into the folder, and notes what it did.

A batch carries everything that takes, and no more: the part of the scorecard that its units need. It may run in this
process, in another one or on another computer, and more than once; the files are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bsc_xl.errors import BscError, ClusterError, OutputError, UnexpectedError, WorkerError
from bsc_xl.scorecard import Scorecard, excerpt
from bsc_xl.storage import Folder, Stored
from bsc_xl.tables.excerpt import fingerprint
from bsc_xl.workflows import manifest
from bsc_xl.workflows.manifest import Record

if TYPE_CHECKING:
    from bsc_xl.excel.plates import Drawing


@dataclass(frozen=True, slots=True)
class PlannedWorkbook:
    """A workbook that is to be written: the unit's position in the tables, its code, and the file in the folder."""

    unit: int
    unit_code: str
    folder: Folder
    name: str

    @property
    def place(self) -> str:
        """The path or address of the file, as people find it."""
        return self.folder.place(self.name)

    @property
    def with_macros(self) -> bool:
        """Whether it is an .xlsm workbook, with the ribbon tab."""
        return self.name.endswith(".xlsm")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one planned workbook: exactly one of `stored` and `error` is given."""

    workbook: PlannedWorkbook
    stored: Stored | None = None
    error: BscError | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Workbooks of one kind that one worker makes. `card` holds their units alone, in the same order; `former` what the
    manifest says of each, None where it is to be made anyway; `engine` is the version that is to make them; `drawing`
    what the run has drawn once for all workers."""

    number: int
    card: Scorecard
    language: str
    workbooks: tuple[PlannedWorkbook, ...]
    former: tuple[Record | None, ...]
    engine: str
    drawing: Drawing | None = None

    def run(self) -> list[Outcome]:
        """What became of each workbook: `make`."""
        return make(self)

    def numbered(self, number: int) -> Batch:
        """The same work under that number."""
        return replace(self, number=number)

    def lost(self, error: WorkerError) -> list[Outcome]:
        """The first workbook as one that cannot be made, told and noted."""
        outcome, line = failed(self.workbooks[0], error)
        manifest.note(self.workbooks[0].folder, self.number, [line])
        return [outcome]

    def singles(self) -> list[Batch]:
        """The same work, unit by unit. The numbers are to be given anew."""
        return [
            replace(self, card=excerpt(self.card, [place]), workbooks=(workbook,), former=(former,))
            for place, (workbook, former) in enumerate(zip(self.workbooks, self.former, strict=True))
        ]


def prepare() -> None:
    """Imports what making workbooks needs."""
    from bsc_xl.excel import plates, results

    del plates, results


def make(batch: Batch) -> list[Outcome]:
    """Makes and stores the workbooks of the batch; what is up to date is left alone.

    One that fails has its error in the outcome. When the disk is full, nothing after it is tried, and the outcomes end
    there. `ClusterError` where another version of bsc-xl runs: it might make other files.
    """
    from bsc_xl.excel.results import engine_version

    if batch.engine != engine_version():
        raise ClusterError(reason="cluster.version", here=batch.engine, there=engine_version())
    started = perf_counter()
    made: list[tuple[Outcome, Record]] = []
    for outcome, record in _made(batch):
        made.append((outcome, record))
        if is_disk_full(outcome.error):
            break
    untimed = [not (record.seconds or record.error) for _, record in made]
    each = f"{(perf_counter() - started) / max(1, sum(untimed)):.4f}"
    records = [record._replace(seconds=each) if new else record for new, (_, record) in zip(untimed, made, strict=True)]
    manifest.note(batch.workbooks[0].folder, batch.number, records)
    return [outcome for outcome, _ in made]


def is_disk_full(error: BscError | None) -> bool:
    """Whether the error says that there is no room for any further file."""
    return isinstance(error, OutputError) and error.params["reason"] == "disk_full"


def is_current(workbook: PlannedWorkbook, inputs: str, former: Record | None) -> bool:
    """Whether the file is there, unaltered, and was made from the same inputs."""
    if former is None or (former.file, former.inputs) != (workbook.name, inputs):
        return False
    content = workbook.folder.read(workbook.name)
    return content is not None and _checksum(content) == former.checksum


def failed(workbook: PlannedWorkbook, error: BscError) -> tuple[Outcome, Record]:
    """A workbook that could not be made, and its line in the manifest."""
    reason = error.params.get("reason")
    code = f"{error.code}.{reason}" if reason else error.code
    return Outcome(workbook, error=error), Record(workbook.unit_code, workbook.name, "", "", "", "", code)


def _made(batch: Batch) -> Iterator[tuple[Outcome, Record]]:
    from bsc_xl.excel import plates

    if batch.drawing is not None:
        plates.keep(batch.drawing)
    inputs = inputs_checksums(batch.card, batch.language, batch.engine)
    wanted = []
    for place, (workbook, former) in enumerate(zip(batch.workbooks, batch.former, strict=True)):
        if former is not None and is_current(workbook, inputs[place], former):
            yield Outcome(workbook, Stored(changed=False)), former
        else:
            wanted.append(place)
    for place, content in plates.workbooks(batch.card, wanted, batch.language, batch.workbooks[0].with_macros):
        workbook = batch.workbooks[place]
        try:
            if isinstance(content, Exception):
                raise content
            stored = workbook.folder.save(workbook.name, content)
        except BscError as error:
            yield failed(workbook, error)
        except Exception as error:  # noqa: BLE001 - whatever one unit's data does must not cost the others their file
            yield failed(workbook, UnexpectedError(kind=type(error).__name__, text=str(error)))
        else:
            score = float(batch.card.score[place])
            shown = "" if score != score else repr(score)
            record = Record(workbook.unit_code, workbook.name, _checksum(content), inputs[place], shown, "", "")
            yield Outcome(workbook, stored), record


def inputs_checksums(card: Scorecard, language: str, engine: str) -> list[str]:
    """For each unit what tells everything that its workbook is made from: data, results of its employees, settings,
    period, language, engine."""
    tables = card.tables
    common = repr(
        (
            engine,
            language,
            fingerprint(tables),
            card.period,
            card.policy,
            tables.settings,
            tables.links.to_numpy().tolist(),
        )
    )
    kpis = list(map(repr, tables.kpis.itertuples(index=False, name=None)))
    rejected: dict[int, list[object]] = {}
    for (column, place, period), text in tables.rejected.items():
        rows = [place] if column in ("target", "actual") else (tables.kpi == place).nonzero()[0].tolist()
        for row in rows:
            rejected.setdefault(row, []).append((column, period, text))
    about = tables.units.drop(columns="parent").itertuples(index=False, name=None)
    return [_inputs(card, unit, repr(texts), common, kpis, rejected) for unit, texts in enumerate(about)]


def _inputs(
    card: Scorecard, unit: int, about: str, common: str, kpis: Sequence[str], rejected: dict[int, list[object]]
) -> str:
    tables = card.tables
    rows = tables.rows_of(unit)
    digest = hashlib.sha256(f"{common}\0{about}".encode("utf-8", "surrogatepass"))
    for kpi in tables.kpi[rows].tolist():
        digest.update(kpis[kpi].encode("utf-8", "surrogatepass"))
    for figures in (tables.target, tables.target_state, tables.actual, tables.actual_state):
        digest.update(figures[rows].tobytes())
    entries = (tables.evidence[rows].tolist(), tables.note[rows].tolist())
    wrong = [rejected.get(row) for row in range(rows.start, rows.stop)]
    closed = card.history.of(unit).to_numpy().tolist() if len(card.history.unit) else []
    people = card.employees.excerpt([unit])
    judged = people.content() if len(people) else []  # the same whether or not units with employees came along
    planned = card.initiatives.of(np.arange(rows.start, rows.stop)).tolist() if len(card.initiatives.row) else []
    digest.update(repr((entries, wrong, closed, judged, planned)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
