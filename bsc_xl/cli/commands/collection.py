"""The command that reads filled-in workbooks back: collect."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsc_xl.cli import printing, progress
from bsc_xl.cli.options import DONE, FAILED, INTERRUPTED
from bsc_xl.errors import ChoiceError, InputError
from bsc_xl.labels import Labels

if TYPE_CHECKING:
    from bsc_xl.collection.archive import Archive
    from bsc_xl.collection.model import Collection
    from bsc_xl.tables import Tables
    from bsc_xl.workflows.collecting import Collected


def collect(
    context: typer.Context,
    out_collected: Annotated[Path, typer.Option("--out")],
    filled_in: Annotated[list[str] | None, typer.Argument()] = None,
    made_from: Annotated[str | None, typer.Option("--dataset")] = None,
    collected_period: Annotated[int | None, typer.Option("--period")] = None,
    readers: Annotated[int | None, typer.Option("--workers", min=1)] = None,
    readers_cluster: Annotated[str | None, typer.Option("--cluster")] = None,
    archive_place: Annotated[str | None, typer.Option("--archive")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of")] = None,
) -> int:
    """Filled-in workbooks back into one data set and one consolidated workbook, with everything that is wrong."""
    from bsc_xl.collection.archive import archive
    from bsc_xl.workflows import collecting

    labels: Labels = context.obj
    kept = archive(archive_place or out_collected / collecting.ARCHIVE)
    if as_of:
        return FAILED if _written(_again(kept, as_of, labels), out_collected, labels) else DONE
    if not filled_in:
        raise ChoiceError(what="workbooks", value="", choices="FOLDER, *.xlsx, *.xlsm")
    given, wrong = _data_set(made_from, labels) if made_from else (None, False)
    paths = collecting.found_workbooks(filled_in, out_collected)
    number = collecting.usual_readers(len(paths)) if readers is None else readers
    with progress.interruptible() as stopped:
        events = collecting.collect(
            paths,
            out_collected,
            given,
            kept,
            datetime.now(UTC).astimezone().replace(tzinfo=None, microsecond=0),
            period=collected_period,
            workers=number,
            cluster=readers_cluster,
            stopped=stopped,
        )
        collected = _followed(events, len(paths), labels)
    if collected is None:
        printing.interrupted(labels)
        return INTERRUPTED
    if collected.collection is None:
        printing.irregularities(collected.irregularities, labels)
        printing.line(labels("cli.nothing_collected"))
        return FAILED
    return FAILED if _written(collected.collection, out_collected, labels) or wrong else DONE


def _again(kept: Archive, run: str, labels: Labels) -> Collection:
    """An earlier collection; another version than this may have scored it otherwise, which is told."""
    from bsc_xl.excel.results import engine_version
    from bsc_xl.workflows import collecting

    collection = collecting.again(kept, run)
    if collection.engine != engine_version():
        printing.other_engine(run, collection.engine, engine_version(), labels)
    return collection


def _data_set(source: str, labels: Labels) -> tuple[Tables, bool]:
    """The data set that says what was sent out, and whether anything in it is wrong."""
    from bsc_xl import dataset

    tables, failures = dataset.read(source)
    if tables is None:
        raise InputError(failures=failures)
    return tables, printing.failures(failures, source, labels)


def _followed(events: Iterable[list[str] | Collected], total: int, labels: Labels) -> Collected | None:
    """Follows the reading: a bar on a terminal, a line for each workbook elsewhere. None when it was interrupted."""
    with progress.bar(total, labels("cli.reading"), labels) as advance:
        for event in events:
            if not isinstance(event, list):
                return event
            advance(len(event))
            if not sys.stdout.isatty():
                for file in event:
                    printing.line(labels("cli.read", path=file))
    return None


def _written(collection: Collection, out: Path, labels: Labels) -> bool:
    """Writes what the office gets and says what is wrong; True when anything is."""
    from bsc_xl.collection.model import Receipt
    from bsc_xl.workflows import collecting

    saved = collecting.write(collection, out, labels)
    printing.irregularities(collection.irregularities, labels)
    for each in saved:
        printing.line(printing.saved_text(each, labels))
    counts = {receipt.value: labels.number(collection.count(receipt), 0) for receipt in Receipt}
    printing.line(labels("cli.collected", run=collection.run, **counts))
    return collection.failed
