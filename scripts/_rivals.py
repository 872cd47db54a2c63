"""The same workbooks made with other libraries, as somebody who knows these well would: what benchmarks compare with.

A rival is given what `excel.plan` says of a unit, as addresses and values, and writes a file. What its library needs to
know of the workbook's look is prepared beforehand, where the library allows that at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter
from openpyxl.cell import MergedCell
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import template
from bsc_xl.excel.grid import GAUGE_SLICES
from bsc_xl.excel.layout import FOOTER, ORGANISATION, SHEETS, Layout
from bsc_xl.excel.plan import Write
from bsc_xl.excel.results import Value

# --- openpyxl -------------------------------------------------------------------------------------------------------


def openpyxl_filled(drawn: Path, layout: Layout, writes: Sequence[Write], target: Path) -> None:
    """Loads the drawn workbook, types the entries in, saves it. openpyxl has no place for results beside formulas."""
    book = openpyxl.load_workbook(drawn)
    _fill(book, layout, writes)
    book.save(target)


def openpyxl_from_scratch(layout: Layout, writes: Sequence[Write], target: Path) -> None:
    """Draws the workbook, types the entries in and saves it."""
    book = template.drawing(layout)
    _fill(book, layout, writes)
    book.save(target)


def _fill(book: Workbook, layout: Layout, writes: Sequence[Write]) -> None:
    for write in writes:
        if write.result:
            continue
        sheet = book[layout.title(write.ref.sheet)]
        if write.ref.cell == FOOTER:
            sheet.oddFooter.left.text = str(write.value).replace("&", "&&")
            continue
        if not write.ref.is_cell:
            sheet.row_dimensions[int(write.ref.cell.partition(":")[0])].height = write.value
            continue
        cell = sheet[write.ref.cell]
        cell.value = write.value
        if isinstance(write.value, str):
            cell.data_type = "s"  # a text that begins with "=" is no formula


# --- XlsxWriter -----------------------------------------------------------------------------------------------------


class _Cell(NamedTuple):
    """A cell of the drawing: its place from 0, its address, its format, its formula or else its fixed value."""

    row: int
    column: int
    address: str
    look: int
    formula: str | None
    value: Value


class _Sheet(NamedTuple):
    """A sheet of the drawing as arguments of XlsxWriter's methods, names of formats in the place of formats."""

    key: str
    title: str
    code_name: str
    hidden: bool
    tab: str
    zoom: int
    columns: list[tuple[int, int, float | None, int | None, dict[str, Any]]]
    rows: list[tuple[int, float | None, dict[str, Any]]]
    merged: list[tuple[int, int, int, int]]
    cells: list[_Cell]
    tables: list[tuple[tuple[int, int, int, int], dict[str, Any]]]
    conditions: list[tuple[tuple[int, int, int, int], dict[str, Any], dict[str, Any]]]
    checks: list[tuple[tuple[int, int, int, int], dict[str, Any]]]
    frozen: tuple[int, int] | None
    printed: tuple[int, int, int, int] | None
    header_rows: tuple[int, int] | None
    fit: tuple[int, int] | None
    footer: tuple[str, str] | None
    protection: dict[str, bool]


class XlsxWriterFromScratch:
    """Writes workbooks of one layout; everything about it that can be known beforehand is."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.looks: dict[int, dict[str, Any]] = {}
        book = template.drawing(layout)
        self.names = [(name, "=" + defined.attr_text) for name, defined in book.defined_names.items()]
        self.sheets = [self._described(key, book[layout.title(key)]) for key in SHEETS]

    def __call__(self, writes: Sequence[Write], target: Path) -> None:
        """One unit's workbook with a cached value beside each formula."""
        values = {write.ref: write.value for write in writes}
        with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
            formats = {look: book.add_format(options) for look, options in self.looks.items()}
            pages = [book.add_worksheet(sheet.title) for sheet in self.sheets]
            for name, formula in self.names:
                book.define_name(name, formula)
            for sheet, page in zip(self.sheets, pages, strict=True):
                self._arrange(book, page, sheet, formats)
                own = {ref.cell: value for ref, value in values.items() if ref.sheet == sheet.key}
                if sheet.footer:
                    text = str(own.get(FOOTER, "")).replace("&", "&&")
                    page.set_footer(sheet.footer[0].format(text) + sheet.footer[1])
                for cell in sheet.cells:
                    look, value = formats[cell.look], own.get(cell.address, cell.value)
                    if cell.formula is not None:
                        page.write_formula(cell.row, cell.column, cell.formula, look, value)
                    elif value is None:
                        page.write_blank(cell.row, cell.column, None, look)
                    elif isinstance(value, str):
                        page.write_string(cell.row, cell.column, value, look)
                    else:
                        page.write_number(cell.row, cell.column, value, look)
            self._charts(book, pages[0])

    def _arrange(self, book: Any, page: Any, sheet: _Sheet, formats: dict[int, Any]) -> None:
        page.set_vba_name(sheet.code_name)
        page.set_tab_color(sheet.tab)
        page.set_zoom(sheet.zoom)
        page.hide_gridlines(2)
        for first, last, width, look, options in sheet.columns:
            page.set_column(first, last, width, formats.get(look) if look is not None else None, options)
        for row, height, options in sheet.rows:
            page.set_row(row, height, None, options)
        for area in sheet.merged:
            page.merge_range(*area, "")
        for area, options in sheet.tables:
            page.add_table(*area, options)
        for area, options, look_ in sheet.conditions:
            page.conditional_format(*area, options | {"format": book.add_format(look_)})
        for area, options in sheet.checks:
            page.data_validation(*area, options)
        if sheet.hidden:
            page.hide()
        page.protect("", sheet.protection)
        self._lay_out(page, sheet)

    def _lay_out(self, page: Any, sheet: _Sheet) -> None:
        if sheet.frozen:
            page.freeze_panes(*sheet.frozen)
        if sheet.fit:
            page.set_landscape()
            page.set_paper(9)
            page.center_horizontally()
            page.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.65)
            page.fit_to_pages(*sheet.fit)
        if sheet.printed:
            page.print_area(*sheet.printed)
        if sheet.header_rows:
            page.repeat_rows(*sheet.header_rows)

    def _charts(self, book: Any, page: Any) -> None:
        layout, text = self.layout, self.layout.labels
        names, last = layout.rollup("rollup_name", 0), ORGANISATION - 1
        radar = book.add_chart({"type": "radar"})
        for key, label in (("target", "dashboard.target"), ("score", "dashboard.score")):
            radar.add_series(
                {
                    "name": text(label),
                    "categories": self._range(names.cell, layout.rollup("rollup_name", last).cell),
                    "values": self._range(layout.rollup(key, 0).cell, layout.rollup(key, last).cell),
                    "line": {"color": "#9CA3AF", "width": 1, "dash_type": "dash"}
                    if key == "target"
                    else {"color": "#2A6F97", "width": 2.25},
                }
            )
        radar.set_y_axis({"min": 0, "max": 120, "major_unit": 40, "num_format": "0", "num_font": {"size": 9}})
        radar.set_title({"name": text("dashboard.radar"), "name_font": {"size": 10}})
        radar.set_legend({"position": "bottom", "font": {"size": 9}})
        bars = book.add_chart({"type": "bar"})
        for key, colour, place in (
            ("chart_good", "#7FA8C4", "inside_end"),
            ("chart_red", "#B42318", "outside_end"),
        ):
            bars.add_series(
                {
                    "name": text(f"heading.{key}"),
                    "categories": self._range(*layout.trace_body("chart_name")[1].split(":")),
                    "values": self._range(*layout.trace_body(key)[1].split(":")),
                    "fill": {"color": colour},
                    "gap": 45,
                    "overlap": 100,
                    "data_labels": {"value": True, "num_format": "0.00;-0.00;;", "position": place},
                }
            )
        bars.set_x_axis({"min": 0, "max": 120, "major_unit": 100, "num_format": "0", "num_font": {"size": 9}})
        bars.set_y_axis({"reverse": True, "num_font": {"size": 9}, "interval_unit": 1})
        bars.set_title({"name": text("dashboard.bars"), "name_font": {"size": 10}})
        bars.set_legend({"none": True})
        page.insert_chart("B6", self._gauge(book), {"object_position": 2})
        page.insert_chart("B13", radar, {"x_scale": 0.65, "y_scale": 1.05})
        page.insert_chart("K13", bars, {"x_scale": 0.9, "y_scale": 1.05})

    def _gauge(self, book: Any) -> Any:
        layout = self.layout
        gauge = book.add_chart({"type": "doughnut"})
        colours = {"gauge_value": ("#12355B", "#E5E7EB"), "gauge_band": ("#F9D6D2", "#FBF0D9", "#E3F3E9")}
        for key, fills in colours.items():
            names, values = (
                self._range(*(layout.trace(column, i).cell for i in (0, GAUGE_SLICES - 1)))
                for column in ("gauge_name", key)
            )
            points: list[dict[str, Any]] = [{"fill": {"color": colour}} for colour in fills]
            points += [{"fill": {"none": True}}] * (GAUGE_SLICES - len(points))
            gauge.add_series({"categories": names, "values": values, "points": points})
        gauge.set_rotation(270)
        gauge.set_hole_size(70)
        gauge.set_legend({"none": True})
        gauge.set_chartarea({"fill": {"none": True}, "border": {"none": True}})
        gauge.set_size({"width": 168, "height": 168})
        return gauge

    def _range(self, first: str, last: str) -> str:
        return "=" + self.layout.absolute(("trace", f"{first}:{last}"))

    # --- what the drawing says, in XlsxWriter's words -------------------------------------------------------------

    def _described(self, key: str, sheet: Worksheet) -> _Sheet:
        footer = sheet.oddFooter
        return _Sheet(
            key,
            sheet.title,
            sheet.sheet_properties.codeName,
            sheet.sheet_state == "hidden",
            _colour(sheet.sheet_properties.tabColor) or "#000000",
            sheet.sheet_view.zoomScale or 100,
            [self._column(column) for column in sheet.column_dimensions.values()],
            [
                (number - 1, row.height, {"hidden": True} if row.hidden else {})
                for number, row in sheet.row_dimensions.items()
                if row.height or row.hidden
            ],
            [_zero_based(str(area)) for area in sheet.merged_cells.ranges],
            [self._cell(cell) for row in sheet.iter_rows() for cell in row if cell.value is not None or cell.has_style],
            [
                (
                    _zero_based(table.ref),
                    {
                        "name": table.name,
                        "autofilter": table.autoFilter is not None,
                        "style": None,
                        "columns": [{"header": str(cell.value)} for cell in sheet[table.ref][0]],
                    },
                )
                for table in sheet.tables.values()
            ],
            [
                (_zero_based(str(area)), {"type": "formula", "criteria": "=" + rule.formula[0]}, _condition(rule.dxf))
                for found in sheet.conditional_formatting
                for area in found.sqref.ranges
                for rule in found.rules
            ],
            [
                (_zero_based(str(area)), _check(check))
                for check in sheet.data_validations.dataValidation
                for area in check.sqref.ranges
            ],
            place(sheet.freeze_panes) if sheet.freeze_panes else None,
            # XlsxWriter knows one printed area to a sheet
            _zero_based(sheet.print_area.split(",")[0].split("!")[1].replace("$", "")) if sheet.print_area else None,
            _rows(sheet.print_title_rows) if sheet.print_title_rows else None,
            (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) if sheet.page_setup.paperSize else None,
            (f"&L{_codes(footer.left)}{{}}", f"&R{_codes(footer.right)}{footer.right.text}")
            if footer.left.text
            else None,
            {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True},
        )

    def _column(self, column: Any) -> tuple[int, int, float | None, int | None, dict[str, Any]]:
        place = column_index_from_string(column.index) - 1
        look = self._look(column) if column.has_style else None
        options = {"hidden": True, "level": 1} if column.hidden else {}
        return place, place, column.width, look, options

    def _cell(self, cell: Any) -> _Cell:
        value = None if isinstance(cell, MergedCell) else cell.value
        formula = value if isinstance(value, str) and cell.data_type == "f" else None
        return _Cell(
            cell.row - 1, cell.column - 1, cell.coordinate, self._look(cell), formula, None if formula else value
        )

    def _look(self, cell: Any) -> int:
        number: int = cell.style_id
        if number not in self.looks:
            self.looks[number] = _look(cell)
        return number


def _look(cell: Any) -> dict[str, Any]:
    alignment = cell.alignment
    look: dict[str, Any] = {
        "font_name": cell.font.name,
        "font_size": cell.font.size,
        "bold": bool(cell.font.bold),
        "font_color": _colour(cell.font.color),
        "num_format": cell.number_format,
        "align": alignment.horizontal,
        "valign": {"center": "vcenter"}.get(alignment.vertical, alignment.vertical),
        "text_wrap": bool(alignment.wrap_text),
        "shrink": bool(alignment.shrink_to_fit),
        "indent": int(alignment.indent or 0),
        "locked": bool(cell.protection.locked),
    }
    if cell.fill.fill_type == "solid":
        look["bg_color"] = _colour(cell.fill.fgColor)
    for side in ("left", "bottom"):
        line = getattr(cell.border, side)
        if line is not None and line.style:
            look |= {side: {"thin": 1, "medium": 2, "thick": 5}[line.style], f"{side}_color": _colour(line.color)}
    return {key: value for key, value in look.items() if value is not None}


def _condition(style: DifferentialStyle) -> dict[str, Any]:
    look: dict[str, Any] = {}
    if style.font is not None:
        look |= {"font_color": _colour(style.font.color), "bold": bool(style.font.bold)}
    if style.fill is not None:
        look["bg_color"] = _colour(style.fill.bgColor)
    if style.numFmt is not None:
        look["num_format"] = style.numFmt.formatCode
    if style.border is not None:
        look |= {"bottom": 1, "bottom_color": _colour(style.border.bottom.color)}
    return {key: value for key, value in look.items() if value is not None}


def _check(check: Any) -> dict[str, Any]:
    kind = {"whole": "integer"}.get(check.type, check.type)
    options: dict[str, Any] = {
        "validate": kind,
        "ignore_blank": True,
        "error_title": check.errorTitle,
        "error_message": check.error,
        "input_title": check.promptTitle or "",
        "input_message": check.prompt or "",
    }
    if kind == "list":
        return options | {"source": "=" + check.formula1}
    if kind == "custom":
        return options | {"value": "=" + check.formula1}
    if check.formula2 is None:
        return options | {"criteria": {"greaterThanOrEqual": ">="}[check.operator], "value": float(check.formula1)}
    return options | {"criteria": "between", "minimum": float(check.formula1), "maximum": float(check.formula2)}


def _codes(part: Any) -> str:
    return f'&"{part.font}"&{part.size}&K{part.color}'


def _colour(colour: Any) -> str | None:
    return f"#{colour.rgb[-6:]}" if colour is not None and isinstance(colour.rgb, str) else None


def _zero_based(area: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(area)
    return top - 1, left - 1, bottom - 1, right - 1


def place(cell: str) -> tuple[int, int]:
    """Row and column of a cell, from 0."""
    row, column, _, _ = _zero_based(cell)
    return row, column


def _rows(rows: str) -> tuple[int, int]:
    first, last = (int(row.replace("$", "")) - 1 for row in rows.split(":"))
    return first, last
