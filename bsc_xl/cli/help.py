"""The help pages, drawn from the labels, so that all of a page is in one language.

The parser knows which parameters there are; what they mean is looked up under ``cli.command.<name>``,
``cli.parameter.<name>`` and ``cli.metavar.<name>``. The pages of the overview ship as ``labels/help.<language>.txt``
(see `bsc_xl.__main__`); ``python -m bsc_xl.cli.help`` writes them anew.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bsc_xl import labels as label_files
from bsc_xl.cli.terminal import PROGRAM

if TYPE_CHECKING:
    from bsc_xl.labels import Labels

WIDTH = 80
_INDENT = "  "


def overview_page(commands: dict[str, Any], labels: Labels) -> str:
    """The page of the program: what it is for and its commands, in the order in which they are needed."""
    rows = [(name, labels(f"cli.command.{name}")) for name in commands]
    return _page(
        f"{PROGRAM} {labels('cli.help.command')} ...",
        labels("cli.about"),
        [(labels("cli.help.commands"), rows), (labels("cli.help.options"), [("--help", labels("cli.parameter.help"))])],
        labels,
    )


def command_page(name: str, parameters: list[Any], labels: Labels) -> str:
    """The page of one command. `parameters` are the parser's, with `name`, `opts`, `nargs`, `param_type_name`."""
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    pieces = [PROGRAM, name, f"[{labels('cli.help.options').upper()}]", *(shown(p, labels) for p in arguments)]
    sections = []
    if arguments:
        rows = [(shown(p, labels), labels(f"cli.parameter.{p.name}")) for p in arguments]
        sections.append((labels("cli.help.arguments"), rows))
    rows = [(shown(p, labels), _meaning(p, labels)) for p in options]
    sections.append((labels("cli.help.options"), rows))
    return _page(" ".join(pieces), labels(f"cli.command.{name}"), sections, labels)


def shown(parameter: Any, labels: Labels) -> str:
    """How a parameter is written: ``SOURCE...`` or ``--out DIR``, the placeholder in the user's language."""
    key = f"cli.metavar.{parameter.name}"
    metavar = labels(key) if key in labels else ""
    if parameter.param_type_name == "argument":
        return f"{metavar}..." if parameter.nargs == -1 else metavar
    return f"{', '.join(parameter.opts)} {metavar}".rstrip()


def _meaning(parameter: Any, labels: Labels) -> str:
    text = labels(f"cli.parameter.{parameter.name}")
    return f"{text} {labels('cli.help.required')}" if parameter.required else text


def _page(usage: str, text: str, sections: list[tuple[str, list[tuple[str, str]]]], labels: Labels) -> str:
    lines = [f"{labels('cli.help.usage')}: {usage}", "", *_wrapped(text, _INDENT, _INDENT)]
    for title, rows in sections:
        column = max(len(left) for left, _ in rows) + 2 * len(_INDENT)
        lines += ["", f"{title}:"]
        for left, right in rows:
            lines += _wrapped(right, f"{_INDENT}{left}".ljust(column), " " * column)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)


def shipped_overview(language: str) -> Path:
    """The file that holds the overview in that language."""
    return Path(label_files.__file__).with_name(f"help.{language}.txt")


if __name__ == "__main__":
    from bsc_xl.cli.commands import COMMANDS

    for each in label_files.LANGUAGES:
        shipped_overview(each).write_text(overview_page(COMMANDS, label_files.load(each)), encoding="utf-8")
