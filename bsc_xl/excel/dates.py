"""Days and times as a workbook stores them: the days since 30 December 1899."""

from __future__ import annotations

from datetime import date, datetime

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's clock has no time zone


def serial(when: date) -> float:
    """A date, or a date and time, as a number."""
    since = when - EPOCH if isinstance(when, datetime) else when - EPOCH.date()
    return since.total_seconds() / 86_400
