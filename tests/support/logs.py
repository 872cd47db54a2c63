"""Attendance logs for tests, as a reader of files would hand them on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.evidence.attendance import measure
from bsc_xl.evidence.model import Evidence, File, Listing, Question, Source, Span

YEAR = 2025


def listing(rows: Iterable[Mapping[str, object]], columns: Iterable[str] = ()) -> Listing:
    """The rows of a file whose headings stand in row 1; a key that a row lacks is a blank cell."""
    frame = pd.DataFrame(list(rows), dtype=object)
    for column in columns:
        if column not in frame:
            frame[column] = None
    frame = frame.astype(object).where(frame.notna(), None)
    empty = frame.iloc[:0]
    return Listing(
        (File("log.csv", lambda: Source("log.csv", "", None, "utf-8")),),
        frame,
        np.arange(2, len(frame) + 2),
        empty,
        np.zeros(0, np.int64),
        (),
    )


def day(employee: str, when: str, clock_in: str = "", clock_out: str = "", **more: str) -> dict[str, object]:
    """A row for a day."""
    return {"employee_id": employee, "date": when, "clock_in": clock_in, "clock_out": clock_out, **more}


def whole_year(year: int = YEAR) -> Span:
    """All days of a year."""
    return Span(date(year, 1, 1), date(year, 12, 31))


def measured(rows: Iterable[Mapping[str, object]], schedule: Path | None = None, **more: Any) -> Evidence:
    """What the rows say of a whole year, by default `YEAR`, in one period unless it says otherwise."""
    span = more.pop("span", whole_year(more.pop("year", YEAR)))
    question = Question(span, more.pop("period", 1), more.pop("periods", 1), schedule=schedule, **more)
    return measure(listing(rows, ("employee_id", "date", "clock_in", "clock_out")), question)


def only(evidence: Evidence) -> dict[str, Any]:
    """The one row of the discipline table."""
    table = evidence.details.employees  # type: ignore[union-attr]
    assert len(table) == 1
    return {str(name): value for name, value in table.iloc[0].items()}
