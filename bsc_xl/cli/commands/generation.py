"""The commands that write workbooks: demo, generate, template."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsc_xl import labels as label_files
from bsc_xl.cli import printing, progress
from bsc_xl.cli.options import DONE, FAILED, Language, Period
from bsc_xl.errors import OutputError
from bsc_xl.labels import Labels

if TYPE_CHECKING:
    from bsc_xl.scorecard import Scorecard
    from bsc_xl.workflows.batches import PlannedWorkbook
    from bsc_xl.workflows.workers import Workers

FEW = 5
"""Of so many workbooks a plan lists every cell; each has hundreds."""


def demo(context: typer.Context, out_folder: Annotated[Path, typer.Option("--out")] = Path("bsc-demo")) -> int:
    """The main job on the sample: both variants of the bureau's data set, scored and as workbooks."""
    from bsc_xl import sample
    from bsc_xl.workflows import generation, scoring

    labels: Labels = context.obj
    rows, failed = [], False
    for variant in label_files.LANGUAGES:
        card, _ = scoring.score(sample.bureau(variant))
        rows.append((labels(f"cli.demo.{variant}"), card, 0))
        workbooks = generation.planned_workbooks(card, out_folder / variant)
        failed |= progress.follow(generation.generate(card, workbooks), len(workbooks), labels) != DONE
    printing.score_table(rows, labels, labels("cli.demo.title"))
    printing.line(labels("cli.demo.assumed"))
    if failed:
        return FAILED
    printing.line(labels("cli.demo.written", path=out_folder.resolve()))
    return DONE


def template(
    context: typer.Context,
    out_file: Annotated[Path, typer.Option("--out")] = Path("BSC_Template.xlsm"),
    template_language: Language = None,
    periods: Annotated[int, typer.Option("--periods")] = 4,
) -> int:
    """The empty workbook."""
    from bsc_xl.workflows import generation

    labels: Labels = context.obj
    saved = generation.write_template(out_file, template_language or label_files.DEFAULT, periods)
    printing.line(printing.saved_text(saved, labels))
    return DONE


def generate(
    context: typer.Context,
    data_set: Annotated[str, typer.Argument()],
    out_place: Annotated[str, typer.Option("--out")],
    file_format: Annotated[str, typer.Option("--format")] = "xlsx",
    workbook_language: Language = None,
    period: Period = None,
    units: Annotated[str, typer.Option("--units")] = "*",
    level: Annotated[str | None, typer.Option("--level")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster")] = None,
    resume: Annotated[bool, typer.Option("--resume")] = False,
    last_year: Annotated[str | None, typer.Option("--archive")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> int:
    """A workbook for every unit of a data set."""
    from bsc_xl.workflows import generation, scoring
    from bsc_xl.workflows.batches import is_disk_full

    labels: Labels = context.obj
    with ExitStack() as hired:

        def crew(number: int) -> Workers:
            return hired.enter_context(closing(generation.crew(number, cluster)))

        # those that were asked for start while we read
        makers = None if dry_run or (workers is None and cluster is None) else crew(1 if workers is None else workers)
        card, failures = scoring.score(data_set, period, only_data_set=True)
        wrong = printing.failures(failures, data_set, labels)
        if last_year:
            card = generation.with_archive(card, last_year)
        card = generation.slim(card)
        workbooks = generation.planned_workbooks(card, out_place, units, file_format.lower(), level)
        if dry_run:
            some = generation.outdated(card, workbooks, workbook_language) if resume else workbooks
            _plan(card, list(some), workbook_language, labels)
            return FAILED if wrong else DONE
        with progress.interruptible() as stopped:
            makers = makers or crew(generation.usual_workers(len(workbooks)))
            outcomes = generation.generate(
                card, workbooks, workbook_language, crew=makers, resume=resume, stopped=stopped
            )
            try:
                code = progress.follow(outcomes, len(workbooks), labels, stopped)
            except OutputError as error:
                if not is_disk_full(error):
                    raise
                printing.error(error, labels)
                printing.resumable(labels)
                return FAILED
    return FAILED if wrong and code == DONE else code


def _plan(card: Scorecard, workbooks: Sequence[PlannedWorkbook], language: str | None, labels: Labels) -> None:
    """A line for each workbook; of a few every cell, too."""
    from bsc_xl.workflows import generation

    detailed = len(workbooks) <= FEW
    for workbook in workbooks:
        printing.plan(workbook, generation.workbook_writes(card, workbook, language) if detailed else [], labels)
    printing.planned(len(workbooks), detailed, labels)
