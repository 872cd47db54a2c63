"""The behaviour of employees as it came back in workbooks, beside what the data set knew of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import Judged, Received
from bsc_xl.employees import behaviour_of
from bsc_xl.model import Behaviour, Cell, Level
from bsc_xl.tables import Settings, Tables, parse
from bsc_xl.tables.columns import COLUMNS

_Entry = float | str | None
"""A value, a text that is none, or nothing."""
_Said = tuple[Received, Judged]
_NOTHING: tuple[_Entry, ...] = (None,) * len(Behaviour)


class Judgements:
    """How the employees among `units` were judged in the workbooks that count, each in the reporting period of its own.

    Only what differs from the data set `given` is new, and so is a blank where that has something. Of two workbooks
    that say something new of the same value the list of the unit counts. What cannot be read takes the place of no
    value, whether that is new or of the data set; where there is none, its text is kept.
    """

    def __init__(
        self, units: pd.DataFrame, counted: Sequence[Received], settings: Settings, given: Tables | None
    ) -> None:
        self._year = settings.year
        self._new: dict[tuple[str, int], tuple[_Entry, ...]] = {}
        self._told: list[Irregularity] = []
        known = set(units["unit_code"][units["level"] == str(Level.EMPLOYEE)])
        said: dict[int, dict[str, list[_Said]]] = {}
        for each in sorted(counted, key=lambda each: each.level is not Level.UNIT):
            of_period = said.setdefault(min(each.settings.period, settings.periods), {})
            for judged in each.judged:
                if judged.unit_code in known:
                    of_period.setdefault(judged.unit_code, []).append((each, judged))
                elif judged.given != _NOTHING:
                    self._told.append(_unknown(each, judged))
        for period, employees in said.items():
            held = _held(given, period) if given else {}
            for code, found in employees.items():
                self._settle(code, period, found, held.get(code, _NOTHING))

    def frame(self, former: pd.DataFrame | None) -> pd.DataFrame:
        """The table `behaviour`: that of the data set, with what is new in the place of what it had."""
        rows = [
            {"unit_code": code, "year": self._year, "period": period}
            | dict(zip(map(str, Behaviour), entries, strict=True))
            for (code, period), entries in self._new.items()
            if entries != _NOTHING
        ]
        names = [column.name for column in COLUMNS["behaviour"]]
        new = pd.DataFrame(rows, columns=names, dtype=object)
        if former is None or not len(former):
            return new
        keys = zip(former["unit_code"], former["year"], former["period"], strict=True)
        kept = former[[year != self._year or (code, period) not in self._new for code, year, period in keys]]
        return pd.concat([kept.astype(object), new], ignore_index=True) if len(new) else kept

    def irregularities(self) -> Iterator[Irregularity]:
        """Those who were judged and are not known as employees, what was cleared, and what does not count since another
        workbook says otherwise."""
        yield from self._told

    def _settle(self, code: str, period: int, said: Sequence[_Said], held: tuple[_Entry, ...]) -> None:
        """Decides which values of one employee hold in that period."""
        entries = tuple(
            _counting([judged.given[place] for _, judged in said if not _same(judged.given[place], kept)], kept)
            for place, kept in enumerate(held)
        )
        if entries == held:
            return
        self._new[code, period] = entries
        cleared = [place for place, kept in enumerate(held) if entries[place] is None and kept is not None]
        for each, judged in said:
            blank = [place for place in cleared if judged.given[place] is None]
            cleared = [place for place in cleared if place not in blank]  # told once
            if blank:
                self._told.append(_told("behaviour_cleared", each, judged, blank, code, _listed(judged, held, blank)))
            beaten = [
                place
                for place, entry in enumerate(judged.given)
                if _is_beaten(entry, entries[place]) and not _same(entry, held[place])
            ]
            if beaten:
                counting = _joined((_cell_of(said, entries[place], place), entries[place]) for place in beaten)
                own = _listed(judged, judged.given, beaten)
                self._told.append(_told("behaviour_overruled", each, judged, beaten, own, counting))


def _counting(new: Sequence[_Entry], held: _Entry) -> _Entry:
    """What counts of one value: the first that is new and can be read, else what was held; in the place of no value, a
    new text that cannot be read."""
    counting = next((entry for entry in new if not isinstance(entry, str)), held)
    wrong = [entry for entry in new if isinstance(entry, str)]
    return wrong[0] if wrong and not isinstance(counting, float) else counting


def _same(entry: _Entry, held: _Entry) -> bool:
    """Whether a workbook has what the data set has; there, an apostrophe may mark a text."""
    if isinstance(entry, str) and isinstance(held, str):
        return entry.removeprefix("'") == held.removeprefix("'")
    return entry == held


def _is_beaten(entry: _Entry, counting: _Entry) -> bool:
    """Whether another value counts, or none; what cannot be read is told as that, on either side."""
    return entry != counting and not isinstance(entry, str) and not isinstance(counting, str)


def _cell_of(said: Sequence[_Said], entry: _Entry, place: int) -> str:
    """Where the entry stands that counts."""
    return next(judged.cells[place] for _, judged in said if judged.given[place] == entry)


def _unknown(each: Received, judged: Judged) -> Irregularity:
    filled = [place for place, entry in enumerate(judged.given) if entry is not None]
    listed = _listed(judged, judged.given, filled)
    return _told("unknown_employee", each, judged, (), judged.unit_code, listed)


def _told(rule: str, each: Received, judged: Judged, places: Sequence[int], value: str, expected: str) -> Irregularity:
    """At the first of these values, or at the employee."""
    cell = judged.cells[places[0]] if places else judged.cell
    return Irregularity(Severity.ADVICE, rule, each.unit_code, each.file, judged.sheet, cell, value, expected)


def _listed(judged: Judged, entries: Sequence[_Entry], places: Iterable[int]) -> str:
    return _joined((judged.cells[place], entries[place]) for place in places)


def _joined(found: Iterable[tuple[str, _Entry]]) -> str:
    """Cells, and what stands there, as in "D7: 4; E7: -"."""
    return "; ".join(f"{cell}: {parse.as_text(entry) or '-'}" for cell, entry in found)


def _held(given: Tables, period: int) -> dict[str, tuple[_Entry, ...]]:
    """What the data set has of each employee in that period, as workbooks that were made from it show it."""
    codes = given.units["unit_code"][given.units["level"] == str(Level.EMPLOYEE)].to_numpy(object)
    values, states, texts = behaviour_of(given, codes, period)
    entries = values.astype(object)
    entries[states == Cell.BLANK] = None
    entries[states == Cell.ERROR] = texts[states == Cell.ERROR]
    return dict(zip(codes.tolist(), map(tuple, entries.tolist()), strict=True))
