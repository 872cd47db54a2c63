"""What people filled in in many workbooks, checked and scored together: a thousand small tables cost far more than one.

It reads each workbook as `reading.read` does, with the same findings: every KPI is its unit's own, so that one check of
the tables serves them all. Workbooks are taken together that have the same language, periods, settings and links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from openpyxl.utils import column_index_from_string

from bsc_xl.errors import Failure
from bsc_xl.excel.address import split
from bsc_xl.excel.columns import PERIOD_INPUTS
from bsc_xl.excel.file import plain_value
from bsc_xl.excel.intake.opened import Opened
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Found
from bsc_xl.excel.reading import KPI_KEYS, SETTING_KEYS, words
from bsc_xl.excel.shape import SPARE_ROWS
from bsc_xl.model import Cell, Perspective
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import ExcelError, NumberStyle, Place, RawTables, UncalculatedFormulaError, parse, validate
from bsc_xl.tables import columns as table_columns
from bsc_xl.tables.findings import shown
from bsc_xl.tables.frames import frames
from bsc_xl.tables.settings import YEARS
from bsc_xl.tables.units import repeated

_ANY_YEAR = YEARS.start
"""In the place of each workbook's own year while the figures of many are checked together."""
_IN_BOOK = re.compile(r"\[(\d+)\](.*)!([A-Z]+)(\d+)")
_USUAL = frozenset({str, float})


class Slot(NamedTuple):
    """A KPI row in which anything is filled in: number of the workbook, perspective, sheet row, place among all rows,
    and the cells of `KPI_KEYS` followed by those of `PERIOD_INPUTS`, each for every period."""

    book: int
    perspective: Perspective
    row: int
    place: int
    cells: tuple[Found, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Workbooks that were checked together. `books`: their numbers; the units of `card` are those, in this order.

    `slots`: where each KPI of ``card.tables.kpis`` stands. `kpis`, `measurements`: as in `Intake`, without places.
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


def setting(book: Opened, key: str) -> Found:
    """What a field of the settings sheet holds."""
    ref = book.layout.settings[key]
    found: Found = plain_value(book.blocks[ref.sheet].value(ref.cell))
    return found


def links(book: Opened) -> list[tuple[int, Found, Found]]:
    """The rows of the table of causes and effects in which anything stands, with their place."""
    block, layout = book.blocks["strategy_map"], book.layout
    found = []
    for i in range(layout.links + SPARE_ROWS):
        cause, effect = (plain_value(block.value(layout.link_cell(key, i).cell)) for key in ("cause", "effect"))
        if not (parse.is_blank(cause) and parse.is_blank(effect)):
            found.append((i, cause, effect))
    return found


def _identity(book: Opened, failures: list[Failure]) -> Identity:
    """Who it is from; what is wrong with the year and the period goes to `failures`."""

    def report(key: str, rule: str, expected: str = "") -> None:
        value = setting(book, key)
        if isinstance(value, ExcelError):
            uncalculated = isinstance(value, UncalculatedFormulaError)
            rule = "formula_without_value" if uncalculated else "excel_error"
        place = _place(book, book.layout.settings[key])
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


class _Form(NamedTuple):
    """Where the inputs of a KPI row stand: a getter of their values, and how many cells a row must have for it."""

    get: Callable[[Sequence[Found]], tuple[Found, ...]]
    width: int
    slots: tuple[tuple[Perspective, int], ...]


@lru_cache(maxsize=256)
def _form(layout: Layout) -> _Form:
    keys = [(key, 0) for key in KPI_KEYS]
    keys += [(key, period) for key in PERIOD_INPUTS for period in range(1, layout.periods + 1)]
    columns = [column_index_from_string(layout.columns[key]) - 1 for key in keys]
    return _Form(itemgetter(*columns), max(columns) + 1, layout.slots)


def slots(number: int, book: Opened) -> list[Slot]:
    """The KPI rows that are not empty, in the order in which the formulas look for the first with a code."""
    form = _form(book.layout)
    found = []
    for place, (perspective, row) in enumerate(form.slots):
        line = book.blocks[perspective].row(row)
        if len(line) < form.width:
            line = [*line, *[None] * (form.width - len(line))]
        cells = form.get(line)
        if cells.count("") + cells.count(None) < len(cells):
            if not set(map(type, cells)) <= _USUAL:
                cells = tuple(map(plain_value, cells))
            if not all(map(parse.is_blank, cells)):
                found.append(Slot(number, perspective, row, place, cells))
    return found


RESULTS = ("target_to_date", "actual_to_date", "achievement", "index", "weighted_score", "status")
"""What is looked at of a KPI's results: all others follow from these."""


def results(slot: Slot, book: Opened) -> tuple[Found, ...]:
    """What the sheet shows in the columns of `RESULTS`."""
    get, width = _results(book.layout)
    line = book.blocks[slot.perspective].row(slot.row)
    return get(line if len(line) >= width else [*line, *[None] * (width - len(line))])


@lru_cache(maxsize=256)
def _results(layout: Layout) -> tuple[Callable[[Sequence[Found]], tuple[Found, ...]], int]:
    columns = [column_index_from_string(layout.column(key)) - 1 for key in RESULTS]
    return itemgetter(*columns), max(columns) + 1


def scores(book: Opened) -> list[Found]:
    """What the sheets show as the scores of the perspectives."""
    return [book.blocks[p].value(cell) for p, cell in _score_cells(book.layout)]


@lru_cache(maxsize=256)
def _score_cells(layout: Layout) -> list[tuple[Perspective, str]]:
    return [(perspective, layout.summary(perspective, "score").cell) for perspective in Perspective]


def _place(book: Opened, ref: Ref) -> Place:
    return Place(book.blocks[ref.sheet].title, *split(ref.cell))


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
        known = {code: i for i, code in enumerate(self._codes) if code}
        own = [self._slots[known[code]] for code in tables.kpis["kpi_code"].tolist()]
        found = frames(tables)
        group = Group(
            self._numbers,
            score(tables),
            own,
            self._plain(found["kpis"]),
            self._plain(_filled(found["measurements"])),
        )
        return group, [each for failure in failures for each in self._told(failure)]

    def _own_codes(self) -> list[str]:
        """The code of each slot with the number of its workbook; "" where it is blank or stands in an earlier row."""
        cells = _column([slot.cells[0] for slot in self._slots])
        codes = parse.texts(cells, trim=True, limit=table_columns.NAME_LIMIT).value
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
        mark = "," if self._layout.language == "id" else "."
        styles = dict.fromkeys(raw, NumberStyle.CELLS)
        return RawTables(raw, styles=styles, where=self._where, words=words(self._layout), mark=mark)

    @property
    def _links(self) -> list[tuple[int, Found, Found]]:
        return links(self._first)

    def _units(self) -> pd.DataFrame:
        columns: dict[str, Any] = {"unit_code": _column([str(number) for number in self._numbers])}
        for key in ("unit_name", "head", "new_idea"):
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
        codes = _column([code.rpartition("\n")[0] for code in frame["kpi_code"]])
        return frame.assign(file=numbers.to_numpy(), kpi_code=codes).drop(columns="unit_code")

    # --- places -----------------------------------------------------------------------------------------------------

    def _where(self, table: str, position: int, column: str | None) -> Place | None:
        """The cell, in the book of which number, as a spreadsheet writes it: ``[3]Title!A1``; without a number for one
        that all have."""
        number, ref = self._ref(table, position, column or "")
        if ref is None:
            return None
        book = self._books[number] if number is not None else self._first
        place = _place(book, ref)
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
