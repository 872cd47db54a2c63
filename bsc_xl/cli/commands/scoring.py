"""The commands that only read: score, check."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bsc_xl import labels as label_files
from bsc_xl.cli import printing
from bsc_xl.cli.options import DONE, FAILED, Period, Sources
from bsc_xl.errors import FAILURE, BscError, ChoiceError, Failure
from bsc_xl.labels import Labels


def score(
    context: typer.Context,
    source: Sources,
    period: Period = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """The scores of data sets, as a table or as the fixed JSON form."""
    from bsc_xl.scorecard import units_as_dicts
    from bsc_xl.workflows import scoring

    labels: Labels = context.obj
    units: list[dict[str, Any]] = []
    found: list[Failure] = []
    failed = False
    for each in source:
        try:
            card, failures = scoring.score(each, period)
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
    from bsc_xl.workflows import scoring

    labels: Labels = context.obj
    failed = False
    for each in source:
        try:
            found = scoring.check(each)
        except BscError as error:
            printing.error(error, labels, each)
            failed = True
            continue
        failed |= printing.check_result(each, found, labels)
    return FAILED if failed else DONE


def _as_dict(failure: Failure) -> dict[str, object]:
    """The failure in the fixed JSON form."""
    return {name: getattr(failure, name) for name in ("table", "row", "cell", "column", "rule", "value")}
