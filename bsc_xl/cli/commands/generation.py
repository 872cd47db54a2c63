"""The commands that write workbooks: demo, generate, template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bsc_xl import labels as label_files
from bsc_xl.cli import printing, progress
from bsc_xl.cli.options import DONE, FAILED, Language, Period
from bsc_xl.labels import Labels


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
    workers: Annotated[int | None, typer.Option("--workers")] = None,
    cluster: Annotated[str | None, typer.Option("--cluster")] = None,
    resume: Annotated[bool, typer.Option("--resume")] = False,
    last_year: Annotated[str | None, typer.Option("--archive")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> int:
    """A workbook for every unit of a data set."""
    from bsc_xl.workflows import generation, scoring

    labels: Labels = context.obj
    card, failures = scoring.score(data_set, period, only_data_set=True)
    wrong = printing.failures(failures, data_set, labels)
    if last_year:
        card = generation.with_last_year(card, last_year)
    workbooks = generation.planned_workbooks(card, out_place, units, file_format.lower(), level)
    if dry_run:
        for workbook in generation.outdated(card, workbooks, workbook_language) if resume else workbooks:
            printing.plan(workbook, generation.workbook_writes(card, workbook, workbook_language), labels)
        return FAILED if wrong else DONE
    with progress.interruptible() as stopped:
        outcomes = generation.generate(
            card,
            workbooks,
            workbook_language,
            workers=generation.usual_workers(len(workbooks)) if workers is None else workers,
            cluster=cluster,
            resume=resume,
            stopped=stopped,
        )
        code = progress.follow(outcomes, len(workbooks), labels, stopped)
    return FAILED if wrong and code == DONE else code
