"""The only owner of sheet keys, table names, defined names and cell positions.

A workbook is found by defined name and table name, never by a visible title. Everything that draws, fills or reads a
workbook asks a `Layout` where a thing stands; it is small, hashable and follows from the `Shape` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from bsc_xl.excel import room
from bsc_xl.excel.address import corners, dollars, last_cell, span, split
from bsc_xl.excel.columns import (
    COLUMNS,
    LIST_COLUMNS,
    LOOKED_UP,
    ROLLED_UP,
    TRACE_CHART,
    TRACE_COLUMNS,
    TRACE_GAUGE,
    TRACE_ROLLUP,
    list_columns,
    trace_letter,
)
from bsc_xl.excel.fields import EFFECTIVE, areas, field_cells
from bsc_xl.excel.grid import DASHBOARD, GAUGE_SLICES
from bsc_xl.excel.lanes import LINK_LETTERS, SPARE_OBJECTIVES, TABLE_COLUMN, Picture
from bsc_xl.excel.roster import PICTURE, REPORT, ROSTER_COLUMNS, SPARE_EMPLOYEES, roster_cell
from bsc_xl.excel.shape import SPARE_ROWS, Shape
from bsc_xl.model import Level, Perspective, Status
from bsc_xl.scoring.arrays import code as code_of

TEMPLATE_VERSION = "3"
"""Changes when cells move or change their meaning; a workbook says by which version it was made."""

SHEETS = (
    "dashboard",
    *(str(p) for p in Perspective),
    "strategy_map",
    "action_plan",
    "trend",
    "employees",
    "discipline",
    "evidence",
    "history",
    "checks",
    "settings",
    "guide",
    "trace",
)
"""Sheet keys in the order of the tabs; `trace` is hidden and holds the list behind charts and rankings."""

FIRST_CELL = "A1"
ALL_SHEETS = "bsc_sheets"
"""The defined name that refers to `Layout.whole` of every sheet, in the order of `SHEETS`, and to the shape."""

FOOTER = "footer"
"""In the place of a cell's address: the left part of the sheet's printed footer."""


class Ref(NamedTuple):
    """One cell: the key of its sheet and its address, such as ``("settings", "D7")``; or the sheet's `FOOTER`, or a row
    such as ``("action_plan", "6:6")``, which stands for its height in points."""

    sheet: str
    cell: str

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell."""
        return self.cell[0].isupper()


FIRST_COLUMN = 2
SUBTITLE_ROW, SUMMARY_ROW, GROUP_ROW, PERIOD_ROW, HEADER_ROW = 2, 3, 5, 6, 7
FIRST_ROW = HEADER_ROW + 1

SUMMARY = {"completeness": "kpi_name", "weights": "weight", "score": "achievement", "status": "status"}
"""What the summary line of a perspective shows, and above which column it stands."""

TRACE_FIRST_ROW = 4
ORGANISATION = len(Perspective)
"""The organisation's row of the roll-up, below those of the perspectives."""

LIST_HEADER_ROW = 5
"""Header row of the plain tables."""


@dataclass(frozen=True)
class Layout(Shape):
    """Where everything stands in a workbook of that shape."""

    def title(self, sheet: str) -> str:
        """The visible title of a sheet."""
        if sheet == "employees" and self.level is Level.EMPLOYEE:
            return self.labels("sheet.individual")
        return self.labels(f"perspective.{sheet}" if sheet in set(Perspective) else f"sheet.{sheet}")

    def status_text(self, status: Status) -> str:
        """Symbol and word of a status, as the workbook shows it."""
        return f"{self.labels(f'symbol.{status}')} {self.labels(f'status.{status}')}"

    def quoted(self, sheet: str) -> str:
        """The title as formulas write it."""
        return "'" + self.title(sheet).replace("'", "''") + "'"

    def absolute(self, ref: Ref | tuple[str, str]) -> str:
        """A cell or range with its sheet and dollar signs, as defined names and chart series write it."""
        sheet, cells = ref
        return f"{self.quoted(sheet)}!" + ":".join(dollars(cell) for cell in cells.split(":"))

    # --- KPI tables ---------------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> dict[tuple[str, int], str]:
        """(key, period) -> column letter of the KPI tables; the period is 0 where the column has none."""
        letters: dict[tuple[str, int], str] = {}
        at = FIRST_COLUMN
        groups = list(dict.fromkeys(c.group for c in COLUMNS))
        if self.results_first:
            groups.insert(1, groups.pop(groups.index("result")))
        for group in groups:
            for column in (c for c in COLUMNS if c.group == group):
                for period in column.of_periods(self.periods):
                    letters[column.key, period] = get_column_letter(at)
                    at += 1
        return letters

    @property
    def results_first(self) -> bool:
        """The figures of the periods are too wide to be printed: they stand to the right of what is."""
        return self.value_width * 2 * (self.periods + 1) > room.PRINTED_FIGURES

    def rows(self, perspective: str) -> range:
        """The sheet rows of a perspective's KPI table, spare ones included."""
        i = code_of(Perspective(perspective))
        count = self.kpis[i] + self.spare[i]
        return range(FIRST_ROW, FIRST_ROW + count)

    def column(self, key: str, period: int = 0) -> str:
        """The letter of a KPI column."""
        return self.columns[key, period]

    def cell(self, perspective: str, row: int, key: str, period: int = 0) -> Ref:
        """The cell of a KPI column in a sheet row."""
        return Ref(str(perspective), f"{self.columns[key, period]}{row}")

    def block(self, key: str, row: int, last: int = 0) -> str:
        """The cells of the periods up to `last`, or all, of a KPI column in one row, columns fixed: ``$G8:$J8``."""
        return span(f"${self.columns[key, 1]}{row}", f"${self.columns[key, last or self.periods]}{row}")

    def period_block(self, last: int = 0) -> str:
        """The hidden cells above the targets that number the periods up to `last`, or all."""
        return span(*(f"${self.columns['target', period]}${PERIOD_ROW}" for period in (1, last or self.periods)))

    def body(self, perspective: str, key: str, period: int = 0) -> str:
        """A KPI column without its header, absolute: ``$K$8:$K$15``."""
        letter, rows = self.columns[key, period], self.rows(perspective)
        return f"${letter}${rows[0]}:${letter}${rows[-1]}"

    def table(self, perspective: str) -> tuple[str, str]:
        """Name and range of a perspective's Excel table."""
        rows = self.rows(perspective)
        letters = list(self.columns.values())
        return f"tbl_{perspective}", f"{letters[0]}{HEADER_ROW}:{letters[-1]}{rows[-1]}"

    def summary(self, perspective: str, key: str) -> Ref:
        """A cell of the line above a KPI table: `completeness`, `weights`, `score` or `status`."""
        return Ref(str(perspective), f"{self.columns[SUMMARY[key], 0]}{SUMMARY_ROW}")

    def lines(self, perspective: Perspective, row: int) -> int:
        """How many lines a KPI row needs; two is what every row has."""
        return next((lines for p, r, lines in self.tall if (p, r) == (perspective, row)), 2)

    # --- the trace sheet ----------------------------------------------------------------------------------------

    @cached_property
    def slots(self) -> tuple[tuple[Perspective, int], ...]:
        """Every KPI row of the workbook as (perspective, sheet row), spare rows last.

        The order of charts, rankings and action plan.
        """
        rows = [
            (p, row, row >= FIRST_ROW + kpis)
            for p, kpis in zip(Perspective, self.kpis, strict=True)
            for row in self.rows(p)
        ]
        return tuple((p, row) for p, row, _ in sorted(rows, key=lambda entry: entry[2]))

    @property
    def bars(self) -> int:
        """How many bars the dashboard's KPI chart has."""
        return room.within(room.CHART_ROWS, sum(self.kpis))

    def trace(self, key: str, i: int) -> Ref:
        """Cell of the i-th KPI slot, of the i-th bar, or of the i-th slice of the gauge, on the trace sheet."""
        return Ref("trace", f"{trace_letter(key)}{TRACE_FIRST_ROW + i}")

    def trace_body(self, key: str) -> tuple[str, str]:
        """A whole column of the trace sheet."""
        letter = trace_letter(key)
        count = self.bars if key in TRACE_CHART else len(self.slots)
        return "trace", f"{letter}{TRACE_FIRST_ROW}:{letter}{TRACE_FIRST_ROW + count - 1}"

    def rollup(self, key: str, i: int) -> Ref:
        """The roll-up on the trace sheet: row i is the i-th perspective, the row after them the organisation."""
        return Ref("trace", f"{trace_letter(key)}{TRACE_FIRST_ROW + i}")

    def effective(self, key: str, column: str = "setting_value") -> Ref:
        """The value (or the name) of a settings field that holds whether or not the field is filled in."""
        return Ref("trace", f"{trace_letter(column)}{TRACE_FIRST_ROW + EFFECTIVE.index(key)}")

    # --- plain tables -------------------------------------------------------------------------------------------

    def list_cell(self, sheet: str, key: str, i: int) -> Ref:
        """Cell of the i-th row of the plain table on a sheet; i = -1 is the header."""
        column, header = self._list_corner(sheet)
        return Ref(sheet, f"{get_column_letter(column + list_columns(sheet, self.periods).index(key))}{header + 1 + i}")

    def _list_corner(self, sheet: str) -> tuple[int, int]:
        return (TABLE_COLUMN, self.map.header_row) if sheet == "strategy_map" else (FIRST_COLUMN, LIST_HEADER_ROW)

    def list_table(self, sheet: str) -> tuple[str, str]:
        """Name and range of that table."""
        count = {
            "action_plan": len(self.slots),
            "trend": len(self.slots),
            "history": self.closed + room.within(room.HISTORY_ROWS, self.periods * sum(self.kpis)),
            "checks": room.CHECK_ROWS,
            "evidence": room.EVIDENCE_ROWS,
            "discipline": room.DISCIPLINE_ROWS,
            "strategy_map": max(len(self.lanes), 1),
        }[sheet]
        left, top = self._list_corner(sheet)
        first, last = (get_column_letter(at) for at in (left, left + len(list_columns(sheet, self.periods)) - 1))
        return f"tbl_{sheet}", f"{first}{top}:{last}{top + count}"

    def list_body(self, sheet: str, key: str) -> tuple[str, str]:
        """A column of a plain table without its header."""
        bottom = corners(self.list_table(sheet)[1])[1][1]
        first = self.list_cell(sheet, key, 0).cell
        return sheet, f"{first}:{split(first)[0]}{bottom}"

    def link_cell(self, key: str, i: int) -> Ref:
        """Cell of the i-th cause and effect beside the objectives; i = -1 is the header."""
        return Ref("strategy_map", f"{LINK_LETTERS[key]}{self.map.header_row + 1 + i}")

    def link_table(self) -> tuple[str, str]:
        """Name and range of the links table."""
        first, last = self.link_cell("cause", -1).cell, self.link_cell("effect", self.links + SPARE_ROWS - 1).cell
        return "tbl_links", f"{first}:{last}"

    @cached_property
    def map(self) -> Picture:
        """The picture of the strategy map."""
        return Picture(self.lanes)

    def mapped(self, key: str) -> Ref:
        """The first cell of a place of that picture, where its value stands."""
        return Ref("strategy_map", self.map.places[key].split(":")[0])

    def records_line(self, sheet: str) -> Ref:
        """The line above a table that begins empty: what will fill it, or how many rows there are."""
        return Ref(sheet, f"B{LIST_HEADER_ROW - 1}")

    def checked(self) -> Ref:
        """The line above the findings: when they were looked for, by which version, and how many there are."""
        return Ref("checks", f"B{LIST_HEADER_ROW - 1}")

    def more_findings(self) -> Ref:
        """The line below the findings: how many more there are."""
        return self.list_cell("checks", "finding", room.CHECK_ROWS)

    def captions(self) -> list[Ref]:
        """The cells that say whose figures a sheet shows, and up to when."""
        sheets = [*LIST_COLUMNS, "employees"] if self.level is Level.UNIT else list(LIST_COLUMNS)
        return [Ref(str(p), f"B{SUBTITLE_ROW}") for p in Perspective] + [Ref(sheet, "B3") for sheet in sheets]

    # --- employees ----------------------------------------------------------------------------------------------

    @property
    def people(self) -> int:
        """How many employees the sheet `employees` has room for; the report of an employee is about that one alone."""
        return 1 if self.level is Level.EMPLOYEE else self.employees + SPARE_EMPLOYEES

    def person(self, key: str, i: int = 0) -> Ref:
        """The cell that holds something of the i-th employee, by the key of `ROSTER_COLUMNS`; i = -1 is the header."""
        return self.picture(key) if self.level is Level.EMPLOYEE else Ref("employees", roster_cell(key, i))

    def people_body(self, key: str) -> str:
        """A column of the list of employees without its header, absolute."""
        return ":".join(dollars(roster_cell(key, i)) for i in (0, self.people - 1))

    def people_table(self) -> tuple[str, str]:
        """Name and range of the list of employees."""
        return "tbl_employees", span(
            roster_cell(ROSTER_COLUMNS[0], -1), roster_cell(ROSTER_COLUMNS[-1], self.people - 1)
        )

    @property
    def pictures(self) -> dict[str, str]:
        """Every place on the sheet `employees` that is not in the list: key and range."""
        return REPORT if self.level is Level.EMPLOYEE else PICTURE

    def picture(self, key: str) -> Ref:
        """The first cell of such a place, where its value stands."""
        return Ref("employees", self.pictures[key].split(":")[0])

    # --- whole sheets -------------------------------------------------------------------------------------------

    def ranges(self, sheet: str) -> list[str]:
        """Ranges that hold every cell of a sheet that has a place here; none on the guide."""
        if sheet in set(Perspective):
            return [self.table(sheet)[1]]
        if sheet == "dashboard":
            return list(DASHBOARD.values())
        if sheet == "settings":
            return [ref.cell for ref in self.settings.values()] + [cells for _, cells in self.setting_ranges.values()]
        if sheet == "trace":
            own = [self.trace_body(key)[1] for key in (*TRACE_COLUMNS, *TRACE_CHART)]
            rollup = [self.rollup(key, ORGANISATION).cell for key in TRACE_ROLLUP]
            gauge = [self.trace(key, GAUGE_SLICES - 1).cell for key in TRACE_GAUGE]
            return own + rollup + [self.effective(key).cell for key in EFFECTIVE] + gauge
        if sheet == "employees":
            return [*self.pictures.values(), *([self.people_table()[1]] if self.level is Level.UNIT else [])]
        if sheet not in LIST_COLUMNS:
            return []
        on_map = [self.link_table()[1], *self.map.places.values()]
        extra = {"strategy_map": on_map, "checks": [self.more_findings().cell]}
        return [self.list_table(sheet)[1], *extra.get(sheet, [])]

    def whole(self, sheet: str) -> str:
        """The range that becomes another one when rows or columns are inserted or deleted on the sheet.

        It is as wide as what `growth` inserts, so that it grows with one more KPI row and by nothing else.
        """
        if sheet == "trace":
            first, last = (
                self.trace_body(key)[1].split(":")[i] for i, key in ((0, TRACE_COLUMNS[0]), (1, TRACE_COLUMNS[-1]))
            )
            return span(first, last)
        last = last_cell(self.ranges(sheet))
        return span(f"{get_column_letter(FIRST_COLUMN)}{SUBTITLE_ROW}", last) if last != FIRST_CELL else FIRST_CELL

    # --- settings and defined names -----------------------------------------------------------------------------

    @cached_property
    def settings(self) -> dict[str, Ref]:
        """Settings field -> its value cell."""
        return {key: Ref("settings", cell) for key, cell in field_cells().items()}

    @cached_property
    def setting_ranges(self) -> dict[str, tuple[str, str]]:
        """Tables on the right of the settings sheet: name -> (sheet, range)."""
        return {name: ("settings", cells) for name, cells in areas(self.periods, self.points).items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """Defined name -> what it refers to, absolute."""
        names = {
            f"bsc_input_{key}" if key in EFFECTIVE else f"bsc_{key}": self.absolute(ref)
            for key, ref in self.settings.items()
        }
        names |= {f"bsc_{key}": self.absolute(self.effective(key)) for key in EFFECTIVE}
        names |= {f"bsc_{key}": self.absolute(ref) for key, ref in self.setting_ranges.items()}
        for i, perspective in enumerate(Perspective):
            names |= {f"bsc_{key}_{perspective}": self.absolute(self.rollup(of, i)) for key, of in ROLLED_UP.items()}
        for key, of in (ROLLED_UP | {"invalid": "invalid", "unproven": "unproven"}).items():
            names[f"bsc_{key}"] = self.absolute(self.rollup(of, ORGANISATION))
        # programs that rewrite a workbook drop code names and tables, and keep names: so every sheet has one
        anchors = {key: self.absolute(Ref(key, FIRST_CELL)) for key in SHEETS}
        names |= {f"bsc_sheet_{key}": anchor for key, anchor in anchors.items()}
        # an open workbook tells at one question the titles of its sheets, what has moved, and where its shape stands
        everywhere = [self.absolute(Ref(key, self.whole(key))) for key in SHEETS]
        names[ALL_SHEETS] = f"COUNT({','.join((*everywhere, names['bsc_shape']))})"
        for key in TRACE_COLUMNS:
            names[f"bsc_kpi_{key}"] = self.absolute(self.trace_body(key))
        for sheet, keys in LOOKED_UP.items():
            names |= {f"bsc_{sheet}_{key}": self.absolute(self.list_body(sheet, key)) for key in keys}
        return names


def code_name(sheet: str) -> str:
    """The code name of a sheet, the same in every language: unique, ASCII, at most 31 characters."""
    return "Sheet_" + "".join(part.title() for part in sheet.split("_"))


def empty(language: str, periods: int) -> Layout:
    """The layout of the empty template: spare rows only."""
    lanes = tuple(p for p in Perspective for _ in range(SPARE_OBJECTIVES))
    return Layout(language, periods, (0, 0, 0, 0), spare=(12, 12, 12, 12), lanes=lanes)
