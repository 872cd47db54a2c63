"""Work results that were typed into the list of a unit: no table holds them, since an employee's own KPIs give them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import Listed, Received
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import Tables, parse

_DECIMALS = 2
"""So many are shown: who types what is shown has changed nothing."""


def irregularities(counted: Sequence[Received], card: Scorecard, given: Tables | None) -> Iterator[Irregularity]:
    """The work results that are neither what the KPIs come to in `card`, the data set that is collected, nor what they
    came to in `given` when the workbook was made, with what they come to now."""
    now = _results(card)
    made = cache(lambda period: {} if given is None else _results(score(given, min(period, given.settings.periods))))
    for each in counted:
        for typed in each.listed:
            if typed.result is None:
                continue
            result = round(typed.result, _DECIMALS)
            current = now.get(typed.unit_code)
            if result != current and result != made(each.settings.period).get(typed.unit_code):
                yield _told(each, typed, current)


def _results(card: Scorecard) -> dict[str, float]:
    """What the KPIs of each employee come to; NaN for nothing, which equals no number."""
    rounded = card.employees.result.round(_DECIMALS).tolist()
    return dict(zip(card.employees.code.tolist(), rounded, strict=True))


def _told(each: Received, typed: Listed, result: float | None) -> Irregularity:
    return Irregularity(
        Severity.ADVICE,
        "work_result",
        each.unit_code,
        each.file,
        typed.sheet,
        typed.cell,
        parse.as_text(typed.result),
        parse.as_text(result) or "-",
    )
