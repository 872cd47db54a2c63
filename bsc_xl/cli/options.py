"""What several commands share: the form of their arguments, and their exit codes."""

from __future__ import annotations

from typing import Annotated

import typer

DONE, FAILED, USAGE = 0, 1, 2
INTERRUPTED = 130
"""As shells have it for Ctrl-C: neither done nor failed, so that a scheduler can tell that `--resume` goes on."""

Sources = Annotated[list[str], typer.Argument()]
Language = Annotated[str | None, typer.Option("--language")]
Period = Annotated[int | None, typer.Option("--period")]
