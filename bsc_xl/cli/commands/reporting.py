"""The command that prints closed workbooks: report."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsc_xl.cli import printing, progress
from bsc_xl.cli.options import DONE, FAILED, INTERRUPTED
from bsc_xl.errors import SourceError
from bsc_xl.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bsc_xl.workflows.reporting import Reported


def report(
    context: typer.Context,
    to_print: Annotated[list[str], typer.Argument()],
    out_printed: Annotated[Path, typer.Option("--out")],
    printed_sheets: Annotated[str | None, typer.Option("--sheets")] = None,
    bound: Annotated[Path | None, typer.Option("--bound")] = None,
    printers: Annotated[int | None, typer.Option("--workers", min=1)] = None,
) -> int:
    """A PDF file of each workbook and, of several, one of all."""
    from bsc_xl.workflows import reporting

    labels: Labels = context.obj
    sheets = reporting.chosen_sheets(printed_sheets)
    workbooks, missing = _found(to_print, labels)
    if not workbooks:
        printing.line(labels("cli.nothing_printed"))
        return FAILED
    if bound is not None:
        reporting.check_bound(bound, workbooks, out_printed)
    number = reporting.usual_workers(len(workbooks)) if printers is None else printers
    with (
        progress.interruptible() as stopped,
        closing(reporting.report(workbooks, out_printed, sheets=sheets, workers=number, stopped=stopped)) as events,
    ):
        reported = _followed(events, len(workbooks), labels)
    if len(reported) < len(workbooks):
        printing.interrupted(labels)
        return INTERRUPTED
    printed = sum(each.error is None for each in reported)
    if bound is not None or printed > 1:
        saved = reporting.bind(reported, bound or out_printed / reporting.BOUND)
        printing.line(printing.saved_text(saved, labels))
    failed = missing + len(reported) - printed
    printing.line(labels("cli.printed", printed=printed, failed=failed))
    return FAILED if failed else DONE


def _found(arguments: list[str], labels: Labels) -> tuple[list[Path], int]:
    """The workbooks that the arguments name, and how many of these name nothing, which costs no other."""
    from bsc_xl.workflows import collecting

    found: list[str] = []
    missing = 0
    for argument in arguments:
        try:
            found += map(str, collecting.found_workbooks([argument]))
        except SourceError as error:
            printing.error(error, labels)
            missing += 1
    return collecting.found_workbooks(found), missing


def _followed(events: Iterable[Reported], total: int, labels: Labels) -> list[Reported]:
    """Follows the printing: a bar on a terminal, a line for each workbook elsewhere; then what went wrong."""
    reported: list[Reported] = []
    with progress.bar(total, labels("cli.printing"), labels) as advance:
        for each in events:
            reported.append(each)
            advance(1)
            if each.saved and (each.saved.backup or not sys.stdout.isatty()):
                printing.line(printing.saved_text(each.saved, labels))
    for each in reported:
        if each.error:
            printing.error(each.error, labels)
        elif each.stale:
            printing.stale(str(each.workbook), labels)
    return reported
