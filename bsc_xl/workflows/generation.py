"""A workbook for every unit of a data set, and the empty template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_xl import storage
from bsc_xl.errors import ChoiceError, ClusterError
from bsc_xl.files import Saved, safe_names, save
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import PERIODS_PER_YEAR, Level
from bsc_xl.scorecard import Scorecard, excerpt, score
from bsc_xl.workflows import manifest, workers
from bsc_xl.workflows.batches import (
    Batch,
    Outcome,
    PlannedWorkbook,
    inputs_checksums,
    is_current,
    is_disk_full,
    prepare,
)
from bsc_xl.workflows.manifest import Record
from bsc_xl.workflows.workers import Workers, outcomes, processors

if TYPE_CHECKING:
    from bsc_xl.excel.plan import Write
    from bsc_xl.excel.plates import Drawing

FORMATS = ("xlsm", "xlsx")
"""Kinds of workbook: .xlsm has the ribbon tab and the worksheet functions, .xlsx is the same without macros."""

_MOST_IN_BATCH = 64
"""Units of a batch: enough that handing it over costs little beside making it, few enough to be soon done."""
_LEAST_IN_BATCH = 8
_BATCHES_EACH = 4
"""So many batches for each worker are left at any time, until they are small: all are done at about the same time."""
_WORTH_A_PROCESS = 500
"""So many units for each process: starting one takes as long as making a good part of these."""


def planned_workbooks(
    card: Scorecard, out: str | Path, pattern: str = "*", file_format: str = "xlsx", level: str | None = None
) -> list[PlannedWorkbook]:
    """The workbooks to be written into the folder `out`, a path or an address: one for each unit whose code matches,
    with `level` only for units or only for employees (`model.Level`).

    The pattern knows ``*``, ``?`` and ``[...]`` and minds no case; a code that is spelled just like it matches too.
    A unit's file name is the same whichever other units are asked for. `ChoiceError` when no unit matches, for a
    `level` that no unit has, or for a `file_format` that is none of `FORMATS`.
    """
    _choose("format", file_format, FORMATS)
    units = card.tables.units
    levels = units["level"].tolist()
    if level is not None:
        _choose("level", level, [str(each) for each in Level if each in levels])
    unit_codes = units["unit_code"].tolist()
    names = safe_names([f"{code} {name}" for code, name in zip(unit_codes, units["unit_name"].tolist(), strict=True)])
    folder = storage.folder(out)
    wanted = [unit for unit, its_level in enumerate(levels) if level in (None, its_level)]
    planned = [
        PlannedWorkbook(unit, unit_codes[unit], folder, f"{names[unit]}.{file_format}")
        for unit in wanted
        if _matches(unit_codes[unit].casefold(), pattern.casefold())
    ]
    if not planned:
        raise ChoiceError(what="units", value=pattern, choices=_some([unit_codes[unit] for unit in wanted]))
    return planned


def _matches(code: str, pattern: str) -> bool:
    return code == pattern or fnmatchcase(code, pattern)


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:5]) + (", ..." if len(codes) > 5 else "")


def with_archive(card: Scorecard, place: str) -> Scorecard:
    """The scorecard with the plans that units have made and, where the year before was collected, with its targets
    where there is none and its results as the history; `place`: the archive of collections, a folder or the address of
    a database. `ChoiceError` when it holds nothing of this year or of the one before."""
    from bsc_xl.collection import prefill
    from bsc_xl.collection.archive import archive

    kept = archive(place)
    runs = prefill.runs_of(card.tables, kept)
    formers = prefill.year_before(card.tables, kept, runs)
    tables = prefill.with_plans(prefill.with_targets(card.tables, formers), card.period, kept, runs)
    return replace(score(tables, card.period), history=prefill.history(card.tables, formers))


def slim(card: Scorecard) -> Scorecard:
    """The scorecard without its figures as they were read, which no workbook needs: two thirds of what it holds."""
    nothing = card.tables.measurements.iloc[:0].copy()  # a view would hold all that it is a view of
    return replace(card, tables=replace(card.tables, measurements=nothing))


def workbook_writes(card: Scorecard, workbook: PlannedWorkbook, language: str | None = None) -> list[Write]:
    """Every cell that `generate` would put into the workbook of that unit, in the same order."""
    from bsc_xl.excel import layouts, plan

    shape = layouts.for_unit(card, workbook.unit, _language(card, language))
    return plan.unit_writes(card, workbook.unit, shape)


def usual_workers(workbooks: int) -> int:
    """How many processes make so many workbooks soonest: one for few, else as many as there are processors."""
    return max(1, min(processors(), workbooks // _WORTH_A_PROCESS))


def crew(number: int, cluster: str | None = None) -> Workers:
    """Who makes workbooks: that many processes of this computer (one is this process), or the workers of the dask
    scheduler at an address. They begin to start at once, while the caller goes on, and `generate` ends them; so does
    their `close`, for a caller who does not come so far. `ClusterError` when the cluster cannot be used."""
    return workers.crew(number, cluster, prepare)


def generate(
    card: Scorecard,
    workbooks: Sequence[PlannedWorkbook],
    language: str | None = None,
    *,
    crew: Workers | None = None,
    resume: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Outcome]:
    """Writes the workbooks, all into one folder, and tells of each what became of it, in the order of being finished.

    `language`: that of the workbooks, by default the data set's. `crew`: who makes them, by default this process; with
    other processes, a script that calls this needs ``if __name__ == "__main__":``. The bytes are the same for all.

    A workbook that fails never stops the others. One that exists already is kept beside the new one, since staff may
    have filled it in; a file that holds the same bytes is left alone. With `resume`, so is one that was made from the
    same data by an earlier run and not altered since; nothing is computed for it. The folder's ``manifest.csv`` says
    what it holds, also after a run that ended early.

    Once `stopped` says so, what is under way is finished and the rest is left. A full disk ends the run likewise, with
    an `OutputError`. `ClusterError` when a cluster ends, or its workers write elsewhere.
    """
    language = _language(card, language)
    taken = crew or workers.crew(1, None)
    if taken.far:  # they need not stand where we do
        workbooks = [replace(workbook, folder=workbook.folder.absolute()) for workbook in workbooks]
    folder = workbooks[0].folder
    unit_codes = card.tables.units["unit_code"].tolist()
    folder.remove_leftovers()
    former = manifest.settle(folder, unit_codes)
    drawing = None if resume else _drawing(card, workbooks[0], language)  # who resumes may have nothing to draw
    batches = _batches(card, workbooks, language, former if resume else {}, taken.count, drawing)
    made = set()
    try:
        for outcome in chain.from_iterable(outcomes(taken, batches, stopped)):
            if outcome.error and is_disk_full(outcome.error):
                raise outcome.error
            made.add(outcome.workbook.unit_code)
            yield outcome
    finally:
        folder.remove_leftovers()
        noted = manifest.settle(folder, unit_codes)
    if not made <= noted.keys():
        raise ClusterError(reason="cluster.not_shared", place=folder.place(""))


def outdated(
    card: Scorecard, workbooks: Sequence[PlannedWorkbook], language: str | None = None
) -> Iterator[PlannedWorkbook]:
    """Those of the workbooks that `generate` would make with `resume`. Reads the folder and changes nothing."""
    former = manifest.read(workbooks[0].folder)
    for batch in _batches(card, workbooks, _language(card, language), former):
        inputs = inputs_checksums(batch.card, batch.language, batch.engine)
        for workbook, its_inputs, record in zip(batch.workbooks, inputs, batch.former, strict=True):
            if not is_current(workbook, its_inputs, record):
                yield workbook


def _drawing(card: Scorecard, workbook: PlannedWorkbook, language: str) -> Drawing | None:
    """What most units have in common; while it is drawn here, the workers start."""
    from bsc_xl.excel import plates

    with suppress(Exception):  # of a unit that nothing can be made for tells whoever tries to
        return plates.drawn(card, workbook.unit, language, workbook.with_macros)
    return None


def _batches(
    card: Scorecard,
    workbooks: Sequence[PlannedWorkbook],
    language: str,
    former: dict[str, Record],
    makers: int = 1,
    drawing: Drawing | None = None,
) -> Iterator[Batch]:
    from bsc_xl.excel.results import engine_version

    least = max(1, min(_LEAST_IN_BATCH, len(workbooks) // (makers * _BATCHES_EACH)))
    first = 0
    while first < len(workbooks):
        size = min(_MOST_IN_BATCH, max(least, (len(workbooks) - first) // (makers * _BATCHES_EACH)))
        some = tuple(workbooks[first : first + size])
        first += size
        yield Batch(
            number=0,
            card=excerpt(card, [workbook.unit for workbook in some]),
            language=language,
            workbooks=some,
            former=tuple(former.get(workbook.unit_code) for workbook in some),
            engine=engine_version(),
            drawing=drawing,
        )


def write_template(path: Path, language: str, periods: int) -> Saved:
    """Writes the empty workbook, ready to be filled in, for years of that many periods (1, 2, 4 or 12).

    The suffix of `path` says which kind of workbook it is. What stood there is kept beside it. `ChoiceError` for a
    kind, language or number of periods that does not exist.
    """
    from bsc_xl.excel import layout, plan, stamp, template

    file_format = path.suffix.removeprefix(".").lower()
    _choose("format", file_format, FORMATS)
    _choose("language", language, LANGUAGES)
    _choose("periods", periods, PERIODS_PER_YEAR)
    shape = layout.empty(language, periods)
    drawn = template.draw(shape, with_macros=file_format == "xlsm")
    return save(path, stamp.stamp(drawn, plan.empty_writes(shape)))


def _language(card: Scorecard, language: str | None) -> str:
    if language is not None:
        _choose("language", language, LANGUAGES)
    return language or card.tables.settings.language


def _choose(what: str, value: object, choices: Sequence[object]) -> None:
    if value not in choices:
        raise ChoiceError(what=what, value=value, choices=", ".join(map(str, choices)))
