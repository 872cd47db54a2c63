"""How a run over many workbooks is followed on a terminal and in a log, and how it is interrupted."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bsc_xl.cli import printing
from bsc_xl.cli.options import DONE, FAILED, INTERRUPTED

if TYPE_CHECKING:
    from bsc_xl.labels import Labels
    from bsc_xl.workflows.batches import Outcome

Stopped = Callable[[], bool]


@contextmanager
def interruptible() -> Iterator[Stopped]:
    """Within this, the first Ctrl-C or SIGTERM is only noted, and the function that is given says so: whoever asks it
    finishes what is under way. The second one interrupts at once."""
    asked = threading.Event()

    def note(*_: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():  # signals are none of its business
        yield asked.is_set
        return
    before = {each: signal.signal(each, note) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def follow(results: Iterable[Outcome], total: int, labels: Labels, stopped: Stopped = lambda: False) -> int:
    """Follows the writing of workbooks: a bar on a terminal, a line for each elsewhere. Gives the exit code.

    Backups are named either way, and at the end every workbook that failed, how many were written, and when the run
    was interrupted, how to go on.
    """
    failures: list[Outcome] = []
    written = 0
    try:
        for outcome in _followed(results, total, labels):
            if outcome.stored is None:
                failures.append(outcome)
                continue
            written += 1
            if outcome.stored.backup or not sys.stdout.isatty():
                printing.line(printing.stored_text(outcome.workbook.place, outcome.stored, labels))
    finally:
        for failure in failures:
            printing.unit_failed(failure, labels)
        if written or failures:
            printing.line(labels("cli.written", written=written, failed=len(failures)))
    if stopped() and written + len(failures) < total:
        printing.stopped(written, total, labels)
        return INTERRUPTED
    return FAILED if failures else DONE


def _followed(results: Iterable[Outcome], total: int, labels: Labels) -> Iterator[Outcome]:
    with bar(total, labels("cli.writing"), labels) as advance:
        for outcome in results:
            advance(1)
            yield outcome


@contextmanager
def bar(total: int, description: str, labels: Labels) -> Iterator[Callable[[int], object]]:
    """A progress bar on a terminal, nothing elsewhere; the function that is given moves it on by so many steps."""
    if not sys.stdout.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(labels("cli.rate", rate=labels.number(task.speed or 0, 1)))

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda steps: progress.advance(task, steps)
