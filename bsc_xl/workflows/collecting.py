"""Filled-in workbooks back into one data set, with everything that stands against it, kept in an archive."""

from __future__ import annotations

import csv
import glob
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from bsc_xl import dataset, files
from bsc_xl.collection import archive as archives
from bsc_xl.collection import record
from bsc_xl.collection.archive import Archive
from bsc_xl.collection.gathering import Frames, Gathered, gather
from bsc_xl.collection.model import Collection, Irregularity, Severity
from bsc_xl.collection.received import Intake, Received, joined, nothing
from bsc_xl.errors import ChoiceError, ClusterError, OutputError, SourceError, WorkerError
from bsc_xl.files import Saved
from bsc_xl.labels import Labels
from bsc_xl.tables import Tables
from bsc_xl.workflows.workers import crew, outcomes, processors

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".ods", ".fods")
"""Files of a folder that may be somebody's workbook; those that cannot be read are told, the rest is none."""
ARCHIVE, DATASET, WORKBOOK, EXCEPTIONS = "archive", "dataset", "consolidated.xlsx", "exceptions.csv"

AT_ONCE = 128
"""Workbooks of a batch: enough that what one check of the tables costs vanishes, few enough that little is held."""
_BATCHES_EACH = 4
_WORTH_A_PROCESS = 500
"""So many workbooks for each process: starting one takes as long as reading a good part of these."""


def found_workbooks(arguments: Sequence[str], out: Path | None = None) -> list[Path]:
    """The files that the arguments name, each once, in the order of their paths: files, folders with all that is below
    them, and patterns with ``*``, ``?``, ``**``. What a spreadsheet program or a former collection put there is left
    out, and so are backups beside their file. A file that is named itself is always one. `SourceError` for an argument
    that names nothing, and for `out`, the folder of workbooks that result.
    """
    found: dict[Path, Path] = {}
    inside = out.resolve() if out else None
    for argument in arguments:
        path = Path(argument)
        if path.is_dir() and path.resolve() == inside:
            raise SourceError(source=argument, reason="source.output_folder")
        if path.is_dir():
            own = [each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES and _is_somebodys(each)]
        elif path.exists():
            own = [path]
        else:
            matches = map(Path, glob.glob(argument, recursive=True))  # noqa: PTH207 - a pattern may be absolute
            own = [each for each in matches if each.is_file() and _is_somebodys(each)]
            if not own:
                raise SourceError(source=argument, reason="source.not_found")
        found |= {each.resolve(): each for each in own if each.resolve() not in found}
    return sorted(found.values(), key=lambda path: path.as_posix())


def _is_somebodys(path: Path) -> bool:
    own = path.is_file() and not path.name.startswith(("~$", ".")) and not files.is_backup(path)
    return own and not _is_ours(path)


def _is_ours(path: Path) -> bool:
    """It is the consolidated workbook of a collection, whichever folder it was written to."""
    if not path.name.startswith(Path(WORKBOOK).stem):
        return False
    from bsc_xl.excel import consolidated

    return consolidated.is_consolidated(path)


@dataclass(frozen=True, slots=True)
class Portion:
    """Files that one worker reads: paths and their names for people. `engine` is the version that is to read them."""

    files: tuple[tuple[str, str], ...]
    engine: str
    first: int
    number: int = 0

    def run(self) -> tuple[int, Intake]:
        """The place of the first file among all, and what the files hold."""
        from bsc_xl.excel import intake
        from bsc_xl.excel.results import engine_version

        if self.engine != engine_version():
            raise ClusterError(reason="cluster.version", here=self.engine, there=engine_version())
        return self.first, intake.take_in([(Path(path), name) for path, name in self.files])

    def numbered(self, number: int) -> Portion:
        """The same files under that number."""
        return replace(self, number=number)

    def singles(self) -> list[Portion]:
        """File by file."""
        return [replace(self, files=(file,), first=self.first + place) for place, file in enumerate(self.files)]

    def lost(self, error: WorkerError) -> tuple[int, Intake]:
        """A file during which workers die, as one that cannot be read."""
        del error
        name = self.files[0][1]
        told = Irregularity(Severity.FAILURE, "source.unreadable", file=name)
        return self.first, nothing([Received(name)], {0: [told]})


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """What came of a collection. `collection` is None where no workbook counts and no data set says who is expected;
    `irregularities` then say why."""

    collection: Collection | None
    irregularities: list[Irregularity]


def collect(
    paths: Sequence[Path],
    out: Path,
    given: Tables | None,
    place: Archive,
    when: datetime,
    *,
    period: int | None = None,
    workers: int = 1,
    cluster: str | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[list[str] | Collected]:
    """Reads the workbooks back and keeps what they hold in the archive: yields the files of each batch that has been
    read, and at last what came of it. Nothing is written but the archive.

    `out`: the folder to which links to the files are relative. `given`: the data set from which they were made, if it
    is known. `period`: the reporting period, by default the one that most workbooks have. Once `stopped` says so,
    nothing is kept and nothing comes at last. `ChoiceError` for a period that the year does not have, `ClusterError`
    when the cluster cannot be used; before anything is read, `OutputError` when nothing can be written into `out` or
    the archive. An archive that fails later costs nothing but its run, and that is told.
    """
    from bsc_xl.excel.results import engine_version

    if given is not None and period is not None and not 1 <= period <= given.settings.periods:
        raise ChoiceError(what="period", value=period, choices=f"1..{given.settings.periods}")
    files.check_place(out)
    place.check()
    parts: dict[int, Intake] = {}
    taken = crew(workers, cluster)
    for first, part in outcomes(taken, _portions(paths, taken.count, engine_version()), stopped):
        parts[first] = part
        yield [each.file for each in part.received]
    if stopped():
        return
    intake = joined([parts.pop(first) for first in sorted(parts)])
    gathered = gather(intake, given, period, when)
    if gathered is None:
        yield Collected(None, [each for _, listed in sorted(intake.irregularities.items()) for each in listed])
        return
    links = {each.file: _link(path, out) for each, path in zip(intake.received, paths, strict=True)}
    collection = _kept(place, gathered, intake.received, links, when)
    yield Collected(collection, collection.irregularities)


def _kept(
    place: Archive, gathered: Gathered, received: Sequence[Received], links: dict[str, str], when: datetime
) -> Collection:
    """The collection as a new run of the archive; where the archive fails, the same, and that it did."""
    from bsc_xl.excel.results import engine_version

    def recorded(runs: Sequence[str], noticed: Sequence[Irregularity], before: pd.DataFrame) -> tuple[str, Frames]:
        name = archives.name_of_run(when, runs)
        every = sorted([*noticed, *gathered.irregularities], key=lambda each: list(Severity).index(each.severity))
        told = replace(gathered, irregularities=every)
        return name, record.record(name, when, engine_version(), told, received, links, before)

    runs: Sequence[str] = ()
    noticed: list[Irregularity] = []
    before = record.trend_frame([])
    try:
        runs = place.runs()
        before, damaged = archives.trend_before(place, gathered.card.tables.settings.year, runs)
        noticed = [Irregularity(Severity.ADVICE, "run_damaged", value=run) for run in damaged]
        name, kept = recorded(runs, noticed, before)
        place.append(name, kept)
    except OutputError:
        noticed.append(Irregularity(Severity.FAILURE, "not_archived", value=place.place))
        _, kept = recorded(runs, noticed, before)
    return record.restored(kept, gathered.card)


def usual_readers(workbooks: int) -> int:
    """How many processes read so many workbooks soonest: one for few, else as many as there are processors."""
    return max(1, min(processors(), workbooks // _WORTH_A_PROCESS))


def _portions(paths: Sequence[Path], workers: int, engine: str) -> Iterator[Portion]:
    size = max(1, min(AT_ONCE, len(paths) // (workers * _BATCHES_EACH)))
    for first in range(0, len(paths), size):
        some = paths[first : first + size]
        yield Portion(tuple((str(path.resolve()), path.as_posix()) for path in some), engine, first)


def _link(path: Path, out: Path) -> str:
    """The address of a file as a hyperlink in a workbook in `out` takes it."""
    try:
        return quote(Path(os.path.relpath(path.resolve(), out.resolve())).as_posix())
    except ValueError:  # another drive of Windows
        return path.resolve().as_uri()


def again(place: Archive, run: str) -> Collection:
    """An earlier collection as its run of the archive has it; `ChoiceError` when there is no such run."""
    return record.restored(place.read(run))


def write(collection: Collection, out: Path, labels: Labels) -> list[Saved]:
    """Writes the data set, the consolidated workbook and the list of exceptions into the folder; what stood there is
    kept beside it."""
    from bsc_xl.excel import consolidated

    dataset.write(collection.card.tables, out / DATASET, overwrite=True)
    return [
        files.save(out / WORKBOOK, consolidated.draw(collection)),
        files.save(out / EXCEPTIONS, exceptions(collection.irregularities, labels)),
    ]


def exceptions(found: Sequence[Irregularity], labels: Labels) -> bytes:
    """The exceptions as a CSV file: their fields as they are, and the sentence in the language of the labels."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((*_FIELDS, "text"))
    for each in found:
        writer.writerow([_harmless(str(getattr(each, name))) for name in _FIELDS] + [each.text(labels)])
    return text.getvalue().encode("utf-8-sig", "replace")


_FIELDS = ("severity", "rule", "unit_code", "file", "sheet", "cell", "table", "column", "value", "expected")


def _harmless(text: str) -> str:
    """A text that a spreadsheet program would take for a formula, marked as a text; numbers stay."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(text) else text


_NUMBER = re.compile(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", re.IGNORECASE)
