"""The look of a workbook: colours, type, borders, number formats. Nothing else sets any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import room
from bsc_xl.excel.layout import Layout
from bsc_xl.model import Status

INK, CAPTION, RULE, SOFT = "1F2A37", "6B7280", "E5E7EB", "F6F8FA"
BRAND, DATA, DATA_LIGHT, INPUT, INPUT_RULE = "12355B", "2A6F97", "7FA8C4", "1D4ED8", "9DB7F3"
STATUS_INK = {Status.GREEN: "2D7C4E", Status.YELLOW: "9C6100", Status.RED: "9C2117", Status.NO_DATA: "686F7E"}
STATUS_GROUND = {Status.GREEN: "E6F6EC", Status.YELLOW: "FDF4DF", Status.RED: "F8DFDB", Status.NO_DATA: "F3F4F6"}
"""As far apart, and as far from their grounds, as a test demands it for every kind of sight."""

TYPEFACE = "Calibri"
UNIT_SIZE, NUMBER_SIZE, TILE_SIZE, TEXT_SIZE, CAPTION_SIZE = 20, 30, 22, 10, 9

FORMATS = {
    "text": "@",
    "choice": "General",
    "integer": "0",
    "value": "#,##0.00",
    "weight": "0.00",
    "percent": "0.00%",
    "score": "0.00",
    "gap": "+0.00;-0.00;0.00",
}
FOOTER_SIZE = 8
LINE = room.LINE
LINE_PER_SIZE = 1.22
"""Height of a line in the typeface, for a font of size 1."""

WHOLE, SMALL = "#,##0", "0.00####"
"""Values without decimals show none, and those below a tenth more of them; conditional formats put these in the place
of ``value``."""


def font(size: int = TEXT_SIZE, colour: str = INK, bold: bool = False, underline: bool = False) -> Font:
    """A font of the workbook's typeface."""
    return Font(name=TYPEFACE, size=size, color=colour, bold=bold, underline="single" if underline else None)


def fill(colour: str) -> PatternFill:
    """A plain ground."""
    return PatternFill("solid", fgColor=colour)


def under(colour: str = RULE, style: str = "thin") -> Border:
    """A thin rule below."""
    return Border(bottom=Side(style=style, color=colour))


def put(
    cell: Cell | MergedCell,
    value: Any = None,
    *,
    size: int = TEXT_SIZE,
    colour: str = INK,
    bold: bool = False,
    underline: bool = False,
    ground: str | None = None,
    align: str = "left",
    vertical: str = "center",
    wrap: bool = False,
    shrink: bool = False,
    indent: int = 0,
    number_format: str | None = None,
    border: Border | None = None,
) -> None:
    """Give a cell its value and its look; a text that begins with "=" is a formula only when code writes it here."""
    if value is not None:
        cell.value = value
    cell.font = font(size, colour, bold, underline)
    cell.alignment = Alignment(horizontal=align, vertical=vertical, wrap_text=wrap, shrink_to_fit=shrink, indent=indent)
    if ground:
        cell.fill = fill(ground)
    if number_format:
        cell.number_format = number_format
    if border:
        cell.border = border


def put_column(
    sheet: Worksheet,
    letter: str,
    *,
    align: str = "left",
    wrap: bool = False,
    indent: int = 0,
    link: bool = False,
    number_format: str = "General",
    vertical: str = "top",
) -> None:
    """The look of a column's cells that nobody has written yet. `link`: what stands there leads somewhere."""
    column = sheet.column_dimensions[letter]
    column.font = font(TEXT_SIZE, BRAND if link else INK, underline=link)
    column.alignment = Alignment(horizontal=align, vertical=vertical, wrap_text=wrap, indent=indent)
    column.number_format = number_format


def as_input(cell: Cell | MergedCell, kind: str = "text") -> None:
    """White, a blue rule on the left, blue ink, unlocked: something that people fill in."""
    text = kind in ("text", "choice")
    put(
        cell,
        colour=INPUT,
        align="left" if text else "right",
        indent=int(text),
        wrap=kind == "text",
        shrink=kind != "text",  # a long figure gets smaller instead of ####
        number_format=FORMATS[kind],
    )
    cell.border = Border(left=Side(style="thin", color=INPUT_RULE), bottom=Side(style="thin", color=RULE))
    cell.protection = Protection(locked=False)


def as_result(cell: Cell | MergedCell, kind: str = "text", *, bold: bool = False, wrap: bool = False) -> None:
    """Ink on soft ground, locked: something that the workbook calculates."""
    text = kind == "text"
    put(
        cell,
        ground=SOFT,
        align="left" if text else "right",
        indent=int(text),
        bold=bold,
        wrap=wrap,
        shrink=not wrap,
        number_format="General" if text else FORMATS[kind],
        border=under(),
    )


def centre(cell: Cell | MergedCell) -> None:
    """What stands in the cell, also in the other look that it has, stands in the middle."""
    cell.alignment = Alignment(horizontal="center", vertical=cell.alignment.vertical, wrap_text=True)


def header(cell: Cell | MergedCell, text: str | None, *, numeric: bool = False) -> None:
    """The heading of a column, aligned like what stands below it."""
    put(
        cell,
        text,
        size=CAPTION_SIZE,
        colour=CAPTION,
        bold=True,
        ground=SOFT,
        align="right" if numeric else "left",
        vertical="bottom",
        indent=0 if numeric else 1,
        wrap=True,
        border=under(CAPTION),
    )


def like(cell: Cell | MergedCell, model: Cell | MergedCell) -> None:
    """The look of another cell: a tenth of the time of styling anew, which counts for long tables."""
    cell._style = model._style  # noqa: SLF001 - openpyxl offers no public way that is as cheap


class _Fitted(RowDimension):  # type: ignore[misc]  # openpyxl has no types
    """A row whose height programs find anew when somebody types into it; openpyxl calls every height a fixed one."""

    customHeight = False  # noqa: N815 - openpyxl's name


def fitted(sheet: Worksheet, row: int, height: float) -> None:
    """A row that grows with what is typed into it, and is so high, in points, before anything is."""
    sheet.row_dimensions[row] = _Fitted(sheet, row, ht=height)
    # an empty cell counts with the size of its font, so one in the margin keeps the row from getting lower
    sheet[f"A{row}"].font = font(round(height / LINE_PER_SIZE))


def area(sheet: Worksheet, cells: str) -> Cell:
    """Merge a range and return its first cell."""
    first, _, last = cells.partition(":")
    if last and last != first:
        sheet.merge_cells(cells)
    cell: Cell = sheet[first]
    return cell


def colour_by_status(sheet: Worksheet, cells: str, code: str, *, ground: bool = True, ink: bool = True) -> None:
    """Status colours as conditional formats over `cells`; `code` gives the position in the list of statuses."""
    for position, status in enumerate(Status, start=1):
        rule = FormulaRule(
            formula=[f"{code}={position}"],
            font=Font(color=STATUS_INK[status], bold=True) if ink else None,
            fill=PatternFill(bgColor=STATUS_GROUND[status]) if ground else None,
        )
        sheet.conditional_formatting.add(cells, rule)


def code_of_status(cell: str) -> str:
    """The position in the list of statuses of what `cell` shows, by the symbol before the word: a conditional format of
    this kind may not look at another sheet except through a name."""
    return f"MATCH(LEFT({cell},1),bsc_list_symbol,0)"


def colour_where(sheet: Worksheet, cells: str, formula: str, status: Status = Status.RED) -> None:
    """The colours of a status where `formula`, as the first of `cells` has it, says so."""
    ground = PatternFill(bgColor=STATUS_GROUND[status])
    rule = FormulaRule(formula=[formula], font=Font(color=STATUS_INK[status], bold=True), fill=ground)
    sheet.conditional_formatting.add(cells, rule)


def set_apart(sheet: Worksheet, cells: str, *, above: bool = True) -> None:
    """White lines around an area, which part it from its neighbours, also from those `above`."""
    white = Side(style="thick", color="FFFFFF")
    rows = sheet[cells]
    for row in rows:
        for cell in row:
            cell.border = Border(
                left=white if cell is row[0] else None,
                right=white if cell is row[-1] else None,
                top=white if above and row is rows[0] else None,
                bottom=white if row is rows[-1] else None,
            )


def whole_numbers(sheet: Worksheet, cells: str, where: Callable[[str], str] = str, large: float | None = None) -> None:
    """Show values without decimals as whole numbers, and all from `large` on; `where` makes of the formula one that
    looks where it stands."""
    first = cells.partition(":")[0]
    whole = f"{first}=INT({first})"
    if large is not None:
        whole = f"OR({whole},ABS({first})>={large:.0f})"
    rule = FormulaRule(formula=[where(f"IF(ISNUMBER({first}),{whole},0)")])
    rule.dxf = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode=WHOLE))
    sheet.conditional_formatting.add(cells, rule)


def small_numbers(sheet: Worksheet, cells: str) -> None:
    """Show values below a tenth with as many decimals as it takes to see them."""
    first = cells.partition(":")[0]
    rule = FormulaRule(formula=[f"IF(ISNUMBER({first}),AND({first}<>0,ABS({first})<0.1),0)"])
    rule.dxf = DifferentialStyle(numFmt=NumberFormat(numFmtId=201, formatCode=SMALL))
    sheet.conditional_formatting.add(cells, rule)


def page(
    sheet: Worksheet, layout: Layout, print_area: str | None, *, header_rows: str | None = None, one_page: bool = False
) -> None:
    """A4 landscape, one page wide, the header repeated, unit and page in the footer; gridlines off.

    Without a print area all that is filled in is printed.
    """
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    setup = sheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 1 if one_page else 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if print_area:
        sheet.print_area = print_area
    if header_rows:
        sheet.print_title_rows = header_rows
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.65, 0.3, 0.3
    sheet.oddFooter.left.text = "Balanced Scorecard · &A"
    sheet.oddFooter.right.text = layout.labels("print.page")
    for part in (sheet.oddFooter.left, sheet.oddFooter.right):
        part.size, part.font, part.color = FOOTER_SIZE, f"{TYPEFACE},Regular", CAPTION


def footer(text: str) -> str:
    """A text in the look of a printed footer, in the codes of one."""
    return f'&"{TYPEFACE},Regular"&{FOOTER_SIZE}&K{CAPTION}' + text.replace("&", "&&")


def heading(sheet: Worksheet, title: str, subtitle: str, *, last: str, row: int = 1) -> None:
    """The title of a sheet in brand colour, a caption below it, and a rule to column `last`."""
    put(sheet[f"B{row}"], title, size=UNIT_SIZE, colour=BRAND, bold=True)
    put(sheet[f"B{row + 1}"], subtitle, size=CAPTION_SIZE, colour=CAPTION)
    sheet.row_dimensions[row].height, sheet.row_dimensions[row + 1].height = 30, 16
    for cells in sheet[f"B{row + 1}:{last}{row + 1}"]:
        for cell in cells:
            cell.border = Border(bottom=Side(style="medium", color=BRAND))
    sheet.column_dimensions["A"].width = 2


def lock(sheet: Worksheet) -> None:
    """Protect the sheet without a password; widths, heights and filters stay free."""
    guard = sheet.protection
    guard.sheet = True
    guard.formatColumns = guard.formatRows = guard.autoFilter = guard.sort = False
