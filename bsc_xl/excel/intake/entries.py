"""What people filled in in many workbooks, checked and scored together: a thousand small tables cost far more than one.

It reads each workbook as `reading.read` does, with the same findings: every KPI is its unit's own, so that one check of
the tables serves them all. Workbooks are taken together that have the same language, periods, settings and links.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.errors import FAILURE, Failure
from bsc_xl.excel.columns import PERIOD_INPUTS
from bsc_xl.excel.intake import unclear
from bsc_xl.excel.intake.cells import Slot, links, place_of, setting, slots
from bsc_xl.excel.intake.opened import Opened
from bsc_xl.excel.layout import Ref
from bsc_xl.excel.port import Found
from bsc_xl.excel.reading import KPI_KEYS, SETTING_KEYS, words
from bsc_xl.model import Cell
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import ExcelError, NumberStyle, Place, RawTables, Tables, UncalculatedFormulaError, parse, validate
from bsc_xl.tables import columns as table_columns
from bsc_xl.tables.findings import shown
from bsc_xl.tables.frames import frames
from bsc_xl.tables.settings import YEARS
from bsc_xl.tables.units import repeated

_ANY_YEAR = YEARS.start
"""In the place of each workbook's own year while the figures of many are checked together."""
_IN_BOOK = re.compile(r"\[(\d+)\](.*)!([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Workbooks that were checked together. `books`: their numbers; the units of `card` are those, in this order.

    `slots`: where each KPI of ``card.tables.kpis`` stands, and behind those the rows that do not count. `kpis` of all
    of them, `measurements`: as in `Intake`, without places.
    """

    books: Sequence[int]
    card: Scorecard
    slots: Sequence[Slot]
    kpis: pd.DataFrame
    measurements: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Who a workbook is from; `unit_code` is "" and `year` 0 where it does not tell."""

    unit_code: str
    year: int
    period: int


def read_all(books: Mapping[int, Opened]) -> tuple[list[Group], dict[int, Identity], dict[int, list[Failure]]]:
    """What the workbooks say, by their number, and what is wrong in each; nothing that is not of one workbook alone."""
    failures: dict[int, list[Failure]] = {number: [] for number in books}
    identities = {number: _identity(book, failures[number]) for number, book in books.items()}
    rows = {number: slots(number, book) for number, book in books.items()}
    alike: dict[Hashable, list[int]] = {}
    for number, book in books.items():
        alike.setdefault(_common(book, identities[number].period, rows[number]), []).append(number)
    groups = []
    for numbers in alike.values():
        own = [slot for number in numbers for slot in rows[number]]
        period = identities[numbers[0]].period
        group, found = _Reader({number: books[number] for number in numbers}, own, period).group()
        groups.append(group)
        for number, failure in found:
            failures[number].append(failure)
    order = list(table_columns.COLUMNS)
    for each in failures.values():
        each.sort(key=lambda failure: order.index(failure.table))
    return groups, identities, failures


# --- one workbook ---------------------------------------------------------------------------------------------------


def _identity(book: Opened, failures: list[Failure]) -> Identity:
    """Who it is from; what is wrong with the year and the period goes to `failures`."""

    def report(key: str, rule: str, expected: str = "") -> None:
        value = setting(book, key)
        if isinstance(value, ExcelError):
            uncalculated = isinstance(value, UncalculatedFormulaError)
            rule = "formula_without_value" if uncalculated else "excel_error"
        place = place_of(book, book.layout.settings[key])
        failures.append(Failure("settings", place.row, str(place), "value", rule, shown(value), expected=expected))

    last = book.layout.periods
    code, year, period = (setting(book, key) for key in ("unit_code", "year", "period"))
    of_year, of_period = _whole(year, YEARS), _whole(period, range(1, last + 1))
    if of_year is None:
        report("year", "required" if parse.is_blank(year) else "year_out_of_range")
    if of_period is None and not parse.is_blank(period):
        report("period", "period_out_of_range", f"1..{last}")
    unit_code = "" if isinstance(code, ExcelError) else parse.as_text(code).strip()
    return Identity(unit_code, of_year or 0, of_period or last)


def _whole(value: Found, allowed: range) -> int | None:
    if isinstance(value, float) and value in allowed:
        return int(value)
    cells = np.empty(1, dtype=object)
    cells[0] = value
    number = parse.numbers(cells, NumberStyle.CELLS)
    found = float(number.value[0])
    return int(found) if number.state[0] == Cell.NUMBER and found.is_integer() and int(found) in allowed else None


def _common(book: Opened, period: int, rows: Sequence[Slot]) -> Hashable:
    """What workbooks have in common that are checked together."""
    layout = book.layout
    chosen = [setting(book, key) for key in SETTING_KEYS]
    types = [type(value).__name__ for value in chosen]  # 1 and True are not the same here
    drawn = tuple(map(repr, links(book)))
    # whether a link leads to an objective that is there depends on the objectives of its own workbook
    objectives = frozenset(repr(slot.cells[_OBJECTIVE]) for slot in rows) if drawn else frozenset()
    return (layout.language, layout.periods, period, tuple(map(repr, chosen)), tuple(types), drawn, objectives)


_OBJECTIVE = KPI_KEYS.index("objective")


# --- many workbooks -------------------------------------------------------------------------------------------------


class _Reader:
    """Workbooks with the same language, periods, settings and links as one data set: unit codes are their numbers, and
    KPI codes end in the number, so that they are different."""

    def __init__(self, books: Mapping[int, Opened], rows: Sequence[Slot], period: int) -> None:
        self._books, self._period = books, period
        self._numbers = list(books)
        self._first = books[self._numbers[0]]
        self._layout = self._first.layout
        self._slots = rows
        self._codes = self._own_codes()
        self._measured = [i for i, code in enumerate(self._codes) if code]

    def group(self) -> tuple[Group, list[tuple[int, Failure]]]:
        tables, failures = validate(self._raw(), without_kpis=True)
        assert tables is not None  # units, year and period are always there
        placed, kpis, figures = self._found(tables)
        told = [each for failure in failures for each in self._told(failure)]
        group = Group(self._numbers, score(tables), placed, kpis.assign(code=kpis["kpi_code"], counts=True), figures)
        counting = {(slot.book, slot.place) for slot in placed}
        if rest := [slot for slot in self._slots if (slot.book, slot.place) not in counting]:
            return self._with_unclear(group, rest, told)
        return group, told

    def _with_unclear(
        self, group: Group, rest: Sequence[Slot], told: list[tuple[int, Failure]]
    ) -> tuple[Group, list[tuple[int, Failure]]]:
        """The same with the rows that do not count, and with what is wrong in figures that nobody has looked at."""
        legible = [slot._replace(cells=unclear.legible(slot.cells, slot.place, self._layout)) for slot in rest]
        books = {number: self._books[number] for number in dict.fromkeys(slot.book for slot in rest)}
        reader = _Reader(books, legible, self._period)
        tables, failures = validate(reader._raw(), without_kpis=True)
        assert tables is not None
        placed, kpis, figures = reader._found(tables)
        kpis = unclear.as_found(kpis, [slot.cells for slot in rest], self._layout).assign(counts=False)
        of_figures = (failure for failure in failures if failure.table == "measurements" and failure.level == FAILURE)
        more = [each for failure in of_figures for each in reader._told(failure) if each not in told]
        # a code never begins with the end of a line
        kpis, figures = (frame.assign(kpi_code="\n" + frame["kpi_code"]) for frame in (kpis, figures))
        return replace(
            group,
            slots=[*group.slots, *placed],
            kpis=pd.concat([group.kpis, kpis], ignore_index=True),
            measurements=pd.concat([group.measurements, figures], ignore_index=True),
        ), [*told, *more]

    def _found(self, tables: Tables) -> tuple[list[Slot], pd.DataFrame, pd.DataFrame]:
        """Where the KPIs of the tables stand, they themselves, and their figures."""
        known = {code: i for i, code in enumerate(self._codes) if code}
        placed = [self._slots[known[code]] for code in tables.kpis["kpi_code"].tolist()]
        found = frames(tables)
        return placed, self._plain(found["kpis"]), self._plain(_filled(found["measurements"]))

    def _own_codes(self) -> list[str]:
        """The code of each slot with the number of its workbook; "" where it is blank or stands in an earlier row."""
        codes = unclear.codes(slot.cells[0] for slot in self._slots)
        numbers = [slot.book for slot in self._slots]
        own = _column([f"{code}\n{number}" if code else "" for code, number in zip(codes, numbers, strict=True)])
        again = repeated(own)
        return ["" if twice else code for code, twice in zip(own.tolist(), again.tolist(), strict=True)]

    def _raw(self) -> RawTables:
        raw = {
            "units": self._units(),
            "kpis": self._kpis(),
            "measurements": self._measurements(),
            "settings": self._settings(),
            "links": pd.DataFrame(
                {"cause": _column([a for _, a, _ in self._links]), "effect": _column([b for _, _, b in self._links])}
            ),
        }
        mark = self._layout.labels.mark
        styles = dict.fromkeys(raw, NumberStyle.CELLS)
        return RawTables(raw, styles=styles, where=self._where, words=words(self._layout), mark=mark)

    @property
    def _links(self) -> list[tuple[int, Found, Found]]:
        return links(self._first)

    def _units(self) -> pd.DataFrame:
        columns: dict[str, Any] = {"unit_code": _column([str(number) for number in self._numbers])}
        for key in ("unit_name", *table_columns.SIGNATORY, "new_idea"):
            columns[key] = _column([setting(book, key) for book in self._books.values()])
        return pd.DataFrame(columns)

    def _kpis(self) -> pd.DataFrame:
        columns: dict[str, Any] = {
            key: _column([slot.cells[i] for slot in self._slots]) for i, key in enumerate(KPI_KEYS)
        }
        columns["kpi_code"] = _column([_numbered(slot.cells[0], slot.book) for slot in self._slots])
        columns["perspective"] = _column([str(slot.perspective) for slot in self._slots])
        columns["unit_code"] = _column([str(slot.book) for slot in self._slots])
        return pd.DataFrame(columns)

    def _measurements(self) -> pd.DataFrame:
        periods, measured = self._layout.periods, [self._slots[i] for i in self._measured]
        columns: dict[str, Any] = {
            "unit_code": _column([str(slot.book) for slot in measured for _ in range(periods)]),
            "kpi_code": _column([self._codes[i] for i in self._measured for _ in range(periods)]),
            "year": _column([_ANY_YEAR] * (len(measured) * periods)),
            "period": _column(list(range(1, periods + 1)) * len(measured)),
        }
        for k, key in enumerate(PERIOD_INPUTS):
            first = len(KPI_KEYS) + k * periods
            columns[key] = _column([value for slot in measured for value in slot.cells[first : first + periods]])
        return pd.DataFrame(columns)

    def _settings(self) -> pd.DataFrame:
        rows: list[tuple[str, Found]] = [("periods", self._layout.periods), ("language", self._layout.language)]
        rows += [("year", _ANY_YEAR), ("period", self._period)]
        rows += [(key, setting(self._first, key)) for key in SETTING_KEYS]
        return pd.DataFrame({"key": _column([k for k, _ in rows]), "value": _column([v for _, v in rows])})

    def _plain(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table with the number of the workbook in the place of the unit, and the code as it stands there."""
        numbers = frame["unit_code"].astype(np.int64)
        # as one object for all rows with that code, which texts of pandas' own are not
        codes = [sys.intern(code.rpartition("\n")[0]) for code in frame["kpi_code"]]
        shared = pd.Series(codes, frame.index, dtype=object)
        return frame.assign(file=numbers.to_numpy(), kpi_code=shared).drop(columns="unit_code")

    # --- places -----------------------------------------------------------------------------------------------------

    def _where(self, table: str, position: int, column: str | None) -> Place | None:
        """The cell, in the book of which number, as a spreadsheet writes it: ``[3]Title!A1``; without a number for one
        that all have."""
        number, ref = self._ref(table, position, column or "")
        if ref is None:
            return None
        book = self._books[number] if number is not None else self._first
        place = place_of(book, ref)
        return place._replace(title=f"[{self._numbers[0] if number is None else number}]{place.title}")

    def _ref(self, table: str, position: int, column: str) -> tuple[int | None, Ref | None]:
        if table == "units":
            number = self._numbers[position]
            return number, self._books[number].layout.settings.get(column)
        if table == "settings":
            key = ("periods", "language", "year", "period", *SETTING_KEYS)[position]
            return None, self._layout.settings.get(key)
        if table == "links":
            return None, self._layout.link_cell(column or "cause", self._links[position][0])
        periods = self._layout.periods
        i, period = (position, 0) if table == "kpis" else (self._measured[position // periods], position % periods + 1)
        slot = self._slots[i]
        layout = self._books[slot.book].layout
        at = (column, period) if (column, period) in layout.columns else ("kpi_code", 0)
        return slot.book, layout.cell(slot.perspective, slot.row, *at)

    def _told(self, failure: Failure) -> Iterable[tuple[int, Failure]]:
        """The failure of the workbook that it belongs to, or of every one where what is wrong is common to all."""
        found = _IN_BOOK.fullmatch(failure.cell or "")
        if found is None:
            return
        title, cell = found[2], f"{found[3]}{found[4]}"
        value = failure.value and failure.value.removesuffix(f"\n{found[1]}")
        numbers = self._numbers if failure.table in ("settings", "links") else [int(found[1])]
        sheet = {"settings": "settings", "links": "strategy_map"}.get(failure.table)
        for number in numbers:
            own = self._books[number].blocks[sheet].title if sheet else title
            yield number, replace(failure, cell=f"{own}!{cell}", value=value)


def _numbered(code: Found, number: int) -> Found:
    if isinstance(code, ExcelError) or parse.is_blank(code):
        return code
    return f"{parse.as_text(code).strip()}\n{number}"


def _column(values: Sequence[Any]) -> Any:
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


def _filled(measurements: pd.DataFrame) -> pd.DataFrame:
    """The rows in which anybody has filled in anything."""
    anything = np.zeros(len(measurements), dtype=bool)
    for key in PERIOD_INPUTS:
        anything |= np.array([value is not None and value != "" for value in measurements[key]], dtype=bool)
    return measurements[anything]
