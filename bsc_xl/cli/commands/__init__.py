"""The commands: each translates its arguments into one use case and the result into text and an exit code."""

from __future__ import annotations

from collections.abc import Callable

from bsc_xl.cli.commands.collection import collect
from bsc_xl.cli.commands.evidence import evidence
from bsc_xl.cli.commands.generation import demo, generate, template
from bsc_xl.cli.commands.reporting import report
from bsc_xl.cli.commands.scoring import check, score
from bsc_xl.cli.commands.setup import doctor, install
from bsc_xl.cli.commands.workbooks import recalc, translate

COMMANDS: dict[str, Callable[..., int]] = {
    "demo": demo,
    "check": check,
    "score": score,
    "generate": generate,
    "template": template,
    "evidence": evidence,
    "recalc": recalc,
    "report": report,
    "translate": translate,
    "collect": collect,
    "install": install,
    "doctor": doctor,
}
"""In the order of the help: what a planner does, one after the other."""
