"""A unit's workbook read back as the tables of a data set, with the same figures as its formulas see.

A KPI row counts once it has code, polarity and consolidation, and only the first with its code. Choices are understood
in the workbook's language, without regard to case; only a cell that holds a number is one. A setting that holds nothing
usable has its default, also year and period, since the formulas go on without them. Every failure names the cell where
it stands today, under the title that its sheet has today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from openpyxl.utils import column_index_from_string

from bsc_xl.errors import Failure, SourceError
from bsc_xl.excel import initiatives, past, people
from bsc_xl.excel.address import split
from bsc_xl.excel.block import Standing
from bsc_xl.excel.columns import COLUMNS, PERIOD_INPUTS
from bsc_xl.excel.initiatives import Plan
from bsc_xl.excel.layout import TEMPLATE_VERSION, Layout, Ref
from bsc_xl.excel.port import Block, Book, Found
from bsc_xl.excel.shape import SPARE_ROWS
from bsc_xl.model import (
    Cell,
    Consolidation,
    DisciplineMeasure,
    EmployeeRating,
    Missing,
    Perspective,
    Polarity,
    ZeroTarget,
)
from bsc_xl.policies import NAMES as RATING_SETS
from bsc_xl.tables import ExcelError, NumberStyle, Place, RawTables, Tables, UncalculatedFormulaError, parse, validate
from bsc_xl.tables import columns as table_columns
from bsc_xl.tables.findings import shown
from bsc_xl.tables.settings import YEARS
from bsc_xl.tables.units import repeated

INPUT_SHEETS = (*map(str, Perspective), "strategy_map", "settings")
"""The sheets that hold what scoring needs."""

KPI_KEYS = tuple(column.key for column in COLUMNS if column.is_input and not column.per_period)
SETTING_KEYS = (
    "policy", "rating", "floor", "cap", "green_from", "yellow_from", "zero_target", "missing", "employee_rating",
    "discipline",
    *(f"weight_{p}" for p in Perspective),
)  # fmt: skip
_UNKNOWN_YEAR, _UNKNOWN_UNIT = YEARS.stop - 1, "-"
"""Stand in the place of a year or unit code that cannot be used, while the tables are checked."""


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One KPI row in which anything is filled in: what stands there by column, and by column and period."""

    perspective: Perspective
    row: int
    inputs: Mapping[str, Found]
    figures: Mapping[tuple[str, int], Found]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a workbook says. `failures`: everything that is wrong or doubtful, as `tables.validate` gives it.

    `tables`: those of the one unit; the year is 0 and the unit code "" where they cannot be used. `standing`: where its
    KPIs and objectives stand. `filled`: the KPI rows in which anything is filled in, in the order of the workbook;
    `begun`: those of them that do not count. `plan`: the action plan, None where its sheet was not read.
    """

    tables: Tables
    failures: list[Failure]
    standing: Standing
    filled: list[KpiRow]
    begun: list[KpiRow]
    plan: Plan | None


def read_book(book: Book) -> Reading:
    """What a workbook says; errors as of `Book`, and `SourceError` when another version of bsc-xl made it."""
    layout = book.layout()
    blocks = book.read((*INPUT_SHEETS, *people.SHEETS, initiatives.SHEET))
    check_version(layout, blocks, book.name)
    return read(layout, blocks)


def check_version(layout: Layout, blocks: Mapping[str, Block], name: str) -> None:
    """`SourceError` when the cells of the workbook stand where another version of the template has them."""
    found = parse.as_text(blocks["settings"].value(layout.settings["template_version"].cell))
    if found != TEMPLATE_VERSION:
        raise SourceError(source=name, reason="source.other_version", version=found, expected=TEMPLATE_VERSION)


def read(layout: Layout, blocks: Mapping[str, Block]) -> Reading:
    """What a workbook of that shape says in these blocks, which hold at least those of `INPUT_SHEETS`; what it says of
    employees is read where `people.SHEETS` are among them, and its action plan where that is."""
    return _Reader(layout, blocks).reading()


class _Reader:
    def __init__(self, layout: Layout, blocks: Mapping[str, Block]) -> None:
        self._layout, self._blocks = layout, blocks
        self._failures: list[Failure] = []

    def reading(self) -> Reading:
        tables, failures = validate(self._raw(), without_kpis=True)
        assert tables is not None  # what would leave nothing to score has a stand-in
        self._failures += failures
        staff, records = None, dict[str, int]()
        if set(people.SHEETS) <= self._blocks.keys():
            self._failures += people.failures(self._layout, self._blocks)
            code = tables.units["unit_code"].iloc[0]
            staff = people.staff(self._layout, self._blocks, "" if code == _UNKNOWN_UNIT else code, self._period)
            records = people.records(self._layout, self._blocks)
        plan = Plan(self._layout, self._blocks) if initiatives.SHEET in self._blocks else None
        self._failures += plan.failures() if plan else ()
        self._failures.sort(key=lambda failure: list(table_columns.COLUMNS).index(failure.table))
        standing = dict(zip(self._codes, self._filled, strict=True))
        slots = [standing[code] for code in tables.kpis["kpi_code"].iloc[tables.kpi].tolist()]
        counting = {(slot.perspective, slot.row) for slot in slots}
        return Reading(
            tables=self._restored(tables),
            failures=self._failures,
            standing=Standing(
                {p: [slot.row for slot in slots if slot.perspective is p] for p in Perspective},
                self._objectives(),
                [(self._text(self._link("cause", i)), self._text(self._link("effect", i))) for i in self._links],
                staff,
                records,
                plan.agenda if plan else None,
                past.closed(self._layout, self._blocks),
            ),
            filled=self._filled,
            begun=[slot for slot in self._filled if (slot.perspective, slot.row) not in counting],
            plan=plan,
        )

    def _objectives(self) -> list[str]:
        refs = [self._layout.list_cell("strategy_map", "objective", i) for i, _ in enumerate(self._layout.lanes)]
        return [self._text(ref) for ref in refs]

    def _text(self, ref: Ref) -> str:
        return parse.as_text(self._value(ref))

    def _value(self, ref: Ref) -> Found:
        return self._blocks[ref.sheet].value(ref.cell)

    def _setting(self, key: str) -> Found:
        return self._value(self._layout.settings[key])

    # --- the tables ---------------------------------------------------------------------------------------------

    def _raw(self) -> RawTables:
        """The tables as they were found; what the formulas go on without has a stand-in and is reported here."""
        frames = {
            "units": self._units(),
            "kpis": _frame("kpis", [{"perspective": row.perspective} | dict(row.inputs) for row in self._filled]),
            "measurements": _frame("measurements", [self._measurement(*at) for at in self._measured]),
            "settings": pd.DataFrame(self._settings(), columns=["key", "value"], dtype=object),
            "links": _frame("links", [{key: self._value(self._link(key, i)) for key in _LINK} for i in self._links]),
        }
        mark = self._layout.labels.mark
        styles = dict.fromkeys(frames, NumberStyle.CELLS)
        return RawTables(frames, styles=styles, where=self._where, words=words(self._layout), mark=mark)

    def _units(self) -> pd.DataFrame:
        code = self._setting("unit_code")
        if isinstance(code, ExcelError) or parse.is_blank(code):
            self._report("units", "unit_code", "unit_code", _rule_of(code, "required"))
        keys = ("unit_name", *table_columns.SIGNATORY, "new_idea")
        return _frame("units", [{"unit_code": self._unit_code} | {key: self._setting(key) for key in keys}])

    @cached_property
    def _unit_code(self) -> Found:
        code = self._setting("unit_code")
        return _UNKNOWN_UNIT if isinstance(code, ExcelError) or parse.is_blank(code) else code

    @cached_property
    def _filled(self) -> list[KpiRow]:
        """The KPI rows that are not empty, in the order in which the formulas look for the first with a code."""
        index = {at: column_index_from_string(letter) - 1 for at, letter in self._layout.columns.items()}
        found = []
        for perspective, row in self._layout.slots:
            line = self._blocks[perspective].row(row)

            def cell(key: str, period: int, line: Sequence[Found] = line) -> Found:
                at = index[key, period]
                return line[at] if at < len(line) else None

            inputs = {key: cell(key, 0) for key in KPI_KEYS}
            periods = range(1, self._layout.periods + 1)
            figures = {(key, period): cell(key, period) for key in PERIOD_INPUTS for period in periods}
            if any(value not in (None, "") for value in (*inputs.values(), *figures.values())):  # a space is something
                found.append(KpiRow(perspective, row, inputs, figures))
        return found

    @cached_property
    def _codes(self) -> list[str]:
        """The code of each filled row, made unlike any other where it is blank or stands in an earlier row."""
        cells = np.array([row.inputs["kpi_code"] for row in self._filled] or [None], dtype=object)[: len(self._filled)]
        codes = parse.texts(cells, trim=True, limit=table_columns.NAME_LIMIT).value
        again = repeated(codes)
        return [f"\n{i}" if again[i] or not codes[i] else codes[i] for i in range(len(codes))]

    @cached_property
    def _measured(self) -> list[tuple[int, int]]:
        """Place in `_filled` and period of every figure of a row that has a code of its own."""
        own = [i for i, code in enumerate(self._codes) if not code.startswith("\n")]
        return [(i, period) for i in own for period in range(1, self._layout.periods + 1)]

    def _measurement(self, i: int, period: int) -> dict[str, Found]:
        found: dict[str, Found] = {"unit_code": self._unit_code, "kpi_code": self._codes[i]}
        found |= {"year": self._year or _UNKNOWN_YEAR, "period": period}
        return found | {key: self._filled[i].figures[key, period] for key in PERIOD_INPUTS}

    def _settings(self) -> list[tuple[str, Found]]:
        layout = self._layout
        fixed: list[tuple[str, Found]] = [("periods", layout.periods), ("language", layout.language)]
        fixed += [("year", self._year or _UNKNOWN_YEAR), ("period", self._period)]
        return fixed + [(key, self._setting(key)) for key in SETTING_KEYS]

    @cached_property
    def _year(self) -> int:
        """The year, 0 where there is none that can be used; the formulas only show it."""
        year = self._whole("year", YEARS)
        if year is None:
            blank = parse.is_blank(self._setting("year"))
            self._report("settings", "year", "value", _rule_of(self._setting("year"), "year_out_of_range", blank))
        return year or 0

    @cached_property
    def _period(self) -> int:
        """The reporting period; the last of the year where there is none that can be used, as the formulas take it."""
        last = self._layout.periods
        period = self._whole("period", range(1, last + 1))
        if period is None and not parse.is_blank(self._setting("period")):
            rule = _rule_of(self._setting("period"), "period_out_of_range")
            self._report("settings", "period", "value", rule, f"1..{last}")
        return period or last

    def _whole(self, key: str, allowed: range) -> int | None:
        cells = np.empty(1, dtype=object)
        cells[0] = self._setting(key)
        number = parse.numbers(cells, NumberStyle.CELLS)
        value = float(number.value[0])
        return int(value) if number.state[0] == Cell.NUMBER and value.is_integer() and int(value) in allowed else None

    @cached_property
    def _links(self) -> list[int]:
        """The rows of the table of causes and effects in which anything stands."""
        rows = range(self._layout.links + SPARE_ROWS)
        return [i for i in rows if not all(parse.is_blank(self._value(self._link(key, i))) for key in _LINK)]

    def _link(self, key: str, i: int) -> Ref:
        return self._layout.link_cell(key, i)

    def _restored(self, tables: Tables) -> Tables:
        """The stand-ins taken out again."""
        if self._unit_code == _UNKNOWN_UNIT:
            tables = replace(tables, units=tables.units.assign(unit_code=""))
        return replace(tables, settings=replace(tables.settings, year=self._year))

    # --- places -------------------------------------------------------------------------------------------------

    def _where(self, table: str, position: int, column: str | None) -> Place | None:
        ref = self._ref(table, position, column or "")
        return None if ref is None else self._place(ref)

    def _place(self, ref: Ref) -> Place:
        block = self._blocks[ref.sheet]
        return Place(block.title, *split(block.today(ref.cell)))

    def _ref(self, table: str, position: int, column: str) -> Ref | None:
        layout = self._layout
        if table in ("units", "settings"):
            key = column if table == "units" else self._settings()[position][0]
            return layout.settings.get(key)
        if table == "links":
            return self._link(column or "cause", self._links[position])
        i, period = (position, 0) if table == "kpis" else self._measured[position]
        row = self._filled[i]
        at = (column, period) if (column, period) in layout.columns else ("kpi_code", 0)
        return layout.cell(row.perspective, row.row, *at)

    def _report(self, table: str, key: str, column: str, rule: str, expected: str = "") -> None:
        ref = self._layout.settings[key]
        place = self._place(ref)
        value = shown(self._value(ref))
        self._failures.append(Failure(table, place.row, str(place), column, rule, value, expected=expected))


_LINK = ("cause", "effect")


def _frame(table: str, rows: Sequence[Mapping[str, Found]]) -> pd.DataFrame:
    """A raw frame with all columns of the table; cells stay what they are."""
    columns = [column.name for column in table_columns.COLUMNS[table]]
    cells = {}
    for name in columns:
        cells[name] = np.empty(len(rows), dtype=object)
        for i, row in enumerate(rows):
            cells[name][i] = row.get(name)
    return pd.DataFrame(cells, columns=columns)


def _rule_of(value: Found, otherwise: str, blank: bool = False) -> str:
    """Whatever is wanted in a cell, a formula that failed comes first."""
    if isinstance(value, UncalculatedFormulaError):
        return "formula_without_value"
    if isinstance(value, ExcelError):
        return "excel_error"
    return "required" if blank else otherwise


def words(layout: Layout) -> dict[str, dict[str, str]]:
    """What the workbook calls the choices, word -> code."""
    text = layout.labels
    yes_no = {text("choice.yes"): "true", text("choice.no"): "false"}
    rating_sets = {text(f"policy.{name}"): name for name in RATING_SETS}
    return {
        "polarity": {text(f"polarity.{p}"): str(p) for p in Polarity},
        "consolidation": {text(f"consolidation.{c}"): str(c) for c in Consolidation},
        "ceiling": yes_no,
        "new_idea": yes_no,
        "policy": rating_sets,
        "rating": rating_sets,
        "zero_target": {text(f"zero_target.{z}"): str(z) for z in ZeroTarget},
        "missing": {text(f"missing.{m}"): str(m) for m in Missing},
        "employee_rating": {text(f"employee_rating.{way}"): str(way) for way in EmployeeRating},
        "discipline": {text(f"discipline_measure.{measure}"): str(measure) for measure in DisciplineMeasure},
    }
