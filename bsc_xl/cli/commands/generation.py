"""The commands that write workbooks: demo, generate, template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bsc_xl import labels as label_files
from bsc_xl.cli import printing
from bsc_xl.cli.options import DONE, FAILED, Language, Period
from bsc_xl.errors import ChoiceError
from bsc_xl.labels import Labels


def demo(context: typer.Context, out_folder: Annotated[Path, typer.Option("--out")] = Path("bsc-demo")) -> int:
    """The main job on the sample: both variants of the bureau's data set, scored and as workbooks."""
    from bsc_xl import sample, workflows

    labels: Labels = context.obj
    rows, failed = [], False
    for variant in label_files.LANGUAGES:
        card, _ = workflows.score(sample.bureau(variant))
        rows.append((labels(f"cli.demo.{variant}"), card, 0))
        outcomes = workflows.generate(card, workflows.planned_workbooks(card, out_folder / variant))
        failed |= printing.outcomes(outcomes, len(card.score), labels)
    printing.score_table(rows, labels, labels("cli.demo.title"))
    printing.line(labels("cli.demo.assumed"))
    if failed:
        return FAILED
    printing.line(labels("cli.demo.written", path=out_folder.resolve()))
    return DONE


def template(
    context: typer.Context,
    out_file: Annotated[Path, typer.Option("--out")] = Path("BSC_Template.xlsx"),
    template_language: Language = None,
    periods: Annotated[int, typer.Option("--periods")] = 4,
) -> int:
    """The empty workbook."""
    from bsc_xl import workflows

    labels: Labels = context.obj
    _only_xlsx(out_file.suffix.removeprefix("."))
    saved = workflows.write_template(out_file, template_language or label_files.DEFAULT, periods)
    printing.line(printing.saved_text(saved, labels))
    return DONE


def generate(
    context: typer.Context,
    data_set: Annotated[str, typer.Argument()],
    out_folder: Annotated[Path, typer.Option("--out")],
    file_format: Annotated[str, typer.Option("--format")] = "xlsx",
    workbook_language: Language = None,
    period: Period = None,
    units: Annotated[str, typer.Option("--units")] = "*",
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> int:
    """A workbook for every unit of a data set."""
    from bsc_xl import workflows

    labels: Labels = context.obj
    _only_xlsx(file_format)
    card, failures = workflows.score(data_set, period)
    wrong = printing.failures(failures, data_set, labels)
    workbooks = workflows.planned_workbooks(card, out_folder, units)
    if dry_run:
        for workbook in workbooks:
            printing.plan(workbook, workflows.workbook_writes(card, workbook, workbook_language), labels)
        return FAILED if wrong else DONE
    failed = printing.outcomes(workflows.generate(card, workbooks, workbook_language), len(workbooks), labels)
    return FAILED if failed or wrong else DONE


def _only_xlsx(file_format: str) -> None:
    from bsc_xl.workflows import FORMATS

    if file_format.lower() not in FORMATS:
        raise ChoiceError(what="format", value=file_format, choices=", ".join(FORMATS))
