"""The program `bsc-xl`: runs one command, and turns every error into text, once.

Exit codes: 0 done; 1 input failures, or files that failed (named on standard error); 2 usage; 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from bsc_xl import labels as label_files
from bsc_xl.cli import help as pages
from bsc_xl.cli import printing
from bsc_xl.cli.commands import COMMANDS
from bsc_xl.cli.options import DONE, FAILED, INTERRUPTED, USAGE
from bsc_xl.cli.terminal import PROGRAM, language
from bsc_xl.errors import BscError, ChoiceError


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

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            printing.interrupted(ctx.obj)
            return INTERRUPTED

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
