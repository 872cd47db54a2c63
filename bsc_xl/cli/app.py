"""The commands: each translates its arguments into one use case and the result into text and an exit code.

Exit codes: 0 done; 1 input failures, or files that failed (named on standard error); 2 usage.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from bsc_xl import labels as label_files
from bsc_xl.cli import help as pages
from bsc_xl.cli import printing
from bsc_xl.cli.terminal import PROGRAM, language
from bsc_xl.errors import FAILURE, BscError, ChoiceError, Failure
from bsc_xl.labels import Labels

DONE, FAILED, USAGE = 0, 1, 2

Sources = Annotated[list[str], typer.Argument()]
Language = Annotated[str | None, typer.Option("--language")]
Period = Annotated[int | None, typer.Option("--period")]


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


def score(
    context: typer.Context,
    source: Sources,
    period: Period = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """The scores of data sets, as a table or as the fixed JSON form."""
    from bsc_xl import workflows
    from bsc_xl.scorecard import units_as_dicts

    labels: Labels = context.obj
    units: list[dict[str, Any]] = []
    found: list[Failure] = []
    failed = False
    for each in source:
        try:
            card, failures = workflows.score(each, period)
        except ChoiceError:
            raise
        except BscError as error:
            failed = True
            found += printing.error(error, labels, each)
            continue
        found += failures
        printing.failures(failures, each, labels)
        if as_json:
            units += units_as_dicts(card, label_files.load(card.tables.settings.language))
        else:
            printing.scorecard(each, card, labels)
    wrong = [failure for failure in found if failure.level == FAILURE]
    if as_json:
        printing.json_line({"units": units, "failures": [_as_dict(f) for f in wrong]})
    return FAILED if failed or wrong else DONE


def check(context: typer.Context, source: Sources) -> int:
    """Everything that is wrong or doubtful in data sets."""
    from bsc_xl import workflows

    labels: Labels = context.obj
    failed = False
    for each in source:
        try:
            found = workflows.check(each)
        except BscError as error:
            printing.error(error, labels, each)
            failed = True
            continue
        failed |= printing.check_result(each, found, labels)
    return FAILED if failed else DONE


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


def _as_dict(failure: Failure) -> dict[str, object]:
    """The failure in the fixed JSON form."""
    return {name: getattr(failure, name) for name in ("table", "row", "cell", "column", "rule", "value")}


COMMANDS: dict[str, Callable[..., int]] = {
    "demo": demo,
    "check": check,
    "score": score,
    "generate": generate,
    "template": template,
}
"""In the order of the help: what a planner does, one after the other."""


class ExtraArgumentError(typer.TyperException):
    """Something stands behind the last argument that a command takes."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(" ".join(arguments))
        self.option_name = self.message


class _Command(TyperCommand):
    """A command whose help page comes from our labels, and so does what it says to an argument too many."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        rest: list[str] = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise ExtraArgumentError(rest)
        return rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(pages.command_page(str(self.name), self.get_params(ctx), ctx.obj))


class _Program(TyperGroup):
    """The program: its help page comes from our labels, and an unknown command is one of our own errors."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(pages.overview_page(COMMANDS, ctx.obj))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        if command is None:
            raise ChoiceError(what="command", value=cmd_name, choices=", ".join(COMMANDS))
        return command


def _program() -> Any:
    app = typer.Typer(cls=_Program, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    for name, command in COMMANDS.items():
        app.command(name, cls=_Command)(command)
    return typer.main.get_command(app)


def run(arguments: list[str]) -> int:
    """Runs one command and returns its exit code; every error becomes text here, once."""
    labels = label_files.load(language())
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # an old code page lacks our symbols; that must not stop anyone
        return int(_program().main(args=arguments, prog_name=PROGRAM, standalone_mode=False, obj=labels) or DONE)
    except ChoiceError as error:
        printing.error(error, labels)
        return USAGE
    except BscError as error:
        printing.error(error, labels)
        return FAILED
    except OSError as error:
        # Reading and writing files have errors of their own: this is the output, into a full disk or a closed pipe.
        printing.output_lost(error, labels)
        return FAILED
    except typer.TyperException as error:
        printing.usage_error(error, next((f"{PROGRAM} {a}" for a in arguments if a in COMMANDS), PROGRAM), labels)
        return USAGE
