"""The behaviour of employees as it came back in workbooks, beside what the data set knew of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import Judged, Received
from bsc_xl.employees import behaviour_of
from bsc_xl.model import Behaviour, Level
from bsc_xl.tables import Settings, Tables
from bsc_xl.tables.columns import COLUMNS


class Judgements:
    """How the employees among `units` were judged in the workbooks that count, in the reporting period of `settings`.

    Only what differs from the data set `given` is new. Where an employee's own workbook and the list of the unit both
    say something new, the unit's counts.
    """

    def __init__(
        self, units: pd.DataFrame, counted: Sequence[Received], settings: Settings, given: Tables | None
    ) -> None:
        self._settings = settings
        known = set(units["unit_code"][units["level"] == str(Level.EMPLOYEE)])
        held = _held(given, settings) if given else {}
        self._new: dict[str, Judged] = {}
        self._strangers: list[tuple[Received, Judged]] = []
        for each in sorted(counted, key=lambda each: each.level is Level.UNIT):
            for judged in each.judged:
                if judged.unit_code not in known:
                    self._strangers.append((each, judged))
                elif judged.given != held.get(judged.unit_code):
                    self._new[judged.unit_code] = judged

    def frame(self, former: pd.DataFrame | None) -> pd.DataFrame:
        """The table `behaviour`: that of the data set, with what is new in the place of what it had."""
        year, period = self._settings.year, self._settings.period
        rows = [
            {"unit_code": code, "year": year, "period": period}
            | dict(zip(map(str, Behaviour), judged.given, strict=True))
            for code, judged in self._new.items()
        ]
        names = [column.name for column in COLUMNS["behaviour"]]
        new = pd.DataFrame(rows, columns=names, dtype=object)
        if former is None or not len(former):
            return new
        now = (former["year"] == year) & (former["period"] == period)
        kept = former[~(now & former["unit_code"].isin(self._new))]
        return pd.concat([kept.astype(object), new], ignore_index=True) if len(new) else kept

    def irregularities(self) -> Iterator[Irregularity]:
        """Those who were judged and are not known as employees."""
        for each, judged in self._strangers:
            yield Irregularity(
                Severity.ADVICE,
                "unknown_employee",
                each.unit_code,
                each.file,
                judged.sheet,
                judged.cell,
                judged.unit_code,
            )


def _held(given: Tables, settings: Settings) -> dict[str, tuple[float | None, ...]]:
    """What the data set has of each employee in that period, as workbooks that were made from it show it."""
    codes = given.units["unit_code"][given.units["level"] == str(Level.EMPLOYEE)].to_numpy(object)
    values, _, _ = behaviour_of(given, codes, settings.period)
    held = [tuple(None if math.isnan(value) else value for value in row) for row in values.tolist()]
    return dict(zip(codes.tolist(), held, strict=True))
