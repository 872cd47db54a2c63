"""What is known about a data set, or the workbook of a unit, without writing anything: failures and scorecard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np

from bsc_xl import dataset
from bsc_xl.errors import Failure, InputError, SourceError
from bsc_xl.scorecard import Scorecard
from bsc_xl.scorecard import score as score_tables
from bsc_xl.tables import Tables


def check(source: str | Path) -> list[Failure]:
    """Every failure and every advice in the data set or unit workbook, in the order of its tables; of a workbook also
    what its action plan leaves open today. Nothing is written.

    `SourceError` when it cannot be read at all.
    """
    _, failures, open_points = _read(source)
    return [*failures, *open_points()]


def score(
    source: str | Path, period: int | None = None, *, only_data_set: bool = False
) -> tuple[Scorecard, list[Failure]]:
    """The scorecard of a data set or unit workbook for that period, and what is wrong in it; by default the period that
    its settings name. `only_data_set`: refuse a workbook, from which no workbooks are made.

    Failures do not prevent a scorecard as long as something can be scored; otherwise `InputError` carries them.
    `SourceError` when the data set cannot be read, `ChoiceError` for a period that the year does not have.
    """
    tables, failures = dataset.read(source) if only_data_set else _read(source)[:2]
    if tables is None:
        raise InputError(failures=failures)
    return score_tables(tables, period), failures


def _read(source: str | Path) -> tuple[Tables | None, list[Failure], Callable[[], Iterable[Failure]]]:
    """The tables of a data set, or those that a unit's workbook holds, what is wrong in them, and what its action plan
    leaves open."""
    try:
        return *dataset.read(source), tuple
    except SourceError as error:
        if error.params["reason"] != "source.unit_workbook":
            raise
    from bsc_xl.excel.block import UnitBlock
    from bsc_xl.excel.file import open_book
    from bsc_xl.excel.initiatives import open_points
    from bsc_xl.excel.reading import read_book

    book = open_book(Path(source))
    reading = read_book(book)

    def left() -> Iterator[Failure]:
        assert reading.plan is not None  # `read_book` reads its sheet
        own = UnitBlock(score_tables(reading.tables), np.array([0]), book.layout(), None, reading.standing)
        yield from open_points(reading.plan, own, datetime.now())  # noqa: DTZ005 - the day of whoever asks

    return reading.tables, reading.failures, left
