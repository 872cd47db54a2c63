"""What is known about a data set without writing anything: its failures and its scorecard."""

from __future__ import annotations

from pathlib import Path

from bsc_xl import dataset
from bsc_xl.errors import Failure, InputError
from bsc_xl.scorecard import Scorecard
from bsc_xl.scorecard import score as score_tables


def check(source: str | Path) -> list[Failure]:
    """Every failure and every advice in the data set, in the order of its tables; nothing is written.

    `SourceError` when the data set cannot be read at all.
    """
    return dataset.read(source)[1]


def score(source: str | Path, period: int | None = None) -> tuple[Scorecard, list[Failure]]:
    """The scorecard of a data set for that period (by default the one its settings name), and what is wrong in it.

    Failures do not prevent a scorecard as long as something can be scored; otherwise `InputError` carries them.
    `SourceError` when the data set cannot be read, `ChoiceError` for a period that the year does not have.
    """
    tables, failures = dataset.read(source)
    if tables is None:
        raise InputError(failures=failures)
    return score_tables(tables, period), failures
