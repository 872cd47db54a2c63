"""The strategy map: objectives as boxes in four lanes, coloured by their score, and the tables that they show.

Boxes are cells, so that they are live; the outlines and arrows above them are shapes (`shapes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import ceil, floor

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.address import corners, dollars, split
from bsc_xl.excel.columns import MAP_COLUMNS
from bsc_xl.excel.lanes import LINK_LETTERS, MAP_GRID, TABLE_COLUMN, Picture
from bsc_xl.excel.layout import FIRST_CELL, Layout
from bsc_xl.excel.template import style
from bsc_xl.excel.template.entry import add_table
from bsc_xl.model import Perspective, Status

SHEET = "strategy_map"
GRID_WIDTH = 4.6
COLUMN_POINTS = 24.0
"""Width of a column of the grid: 32 pixels of 96 to the inch."""
LANE_ROW, TABLE_ROW = 26.5, 28.0
TOP_HEIGHTS = {1: 30.0, 2: 16.0, 3: 15.0, 4: 16.0, 5: 30.0}
HEADING_HEIGHTS = (30.0, 16.0, 16.0, 30.0)
"""Of the rows above the tables."""
LEAST_SPACE = 20.0
"""So much is always left for arrows between two rows of boxes, in points."""
PAGE_POINTS = 748.0
"""So many points of height fit on a page, as wide as the picture."""
WIDTHS = {"perspective": 27, "objective": 46, "kpis": 9, "score": 9, "status": 18, "linked": 19}
LINK_WIDTH, MARGIN = 44, 3
KINDS = {"kpis": "integer", "score": "score"}


def draw(sheet: Worksheet, layout: Layout) -> None:
    """Draw the sheet."""
    found = {ref.cell: formula for ref, formula in formulas.strategy_map(layout).items()}
    text, last = layout.labels, get_column_letter(MAP_GRID + 1)
    style.heading(sheet, layout.title(SHEET), text("map.subtitle"), last=last)
    style.put(sheet["B3"], "=" + formulas.unit_and_period(layout), size=style.CAPTION_SIZE, colour=style.CAPTION)
    for i in range(MAP_GRID):
        sheet.column_dimensions[get_column_letter(i + 2)].width = GRID_WIDTH
    for row, height in enumerate(heights(layout), start=1):
        sheet.row_dimensions[row].height = height
    line = found.get(layout.mapped("unlinked").cell)
    quiet = {"size": style.CAPTION_SIZE, "colour": style.CAPTION, "bold": True}
    _fill(sheet, layout, "unlinked", line and "=" + line, **quiet)
    _lead(sheet, layout.mapped("to_tables").cell, text("map.to_tables"), _heading(layout))
    style.area(sheet, layout.map.places["to_tables"])
    _lead(sheet, f"{LINK_LETTERS['effect']}{layout.map.tables_row}", text("map.to_picture"), FIRST_CELL)
    _lanes(sheet, layout, found)
    _boxes(sheet, layout, found)
    _objectives(sheet, layout, found)
    _links(sheet, layout)
    colour(sheet, layout)
    header = layout.map.header_row
    repeated = f"{header}:{header}" if _are_long(layout) else None
    style.page(sheet, layout, None, header_rows=repeated)
    sheet.print_area = ",".join(pages(layout))
    style.lock(sheet)


def heights(layout: Layout) -> list[float]:
    """The height of every row, in points: a box with a long objective is higher, and so is its row of the table. What
    that takes is spared between the rows of boxes where the picture then fits on its page."""
    picture, (_, bottom) = layout.map, split(_last(layout))
    found = {row: LANE_ROW if row <= picture.last_row else TABLE_ROW for row in range(1, bottom + 1)} | TOP_HEIGHTS
    for k, height in enumerate(HEADING_HEIGHTS):
        found[picture.tables_row + k] = height
    for i, in_box, in_table in layout.wordy:
        row, inner = picture.top(picture.boxes[i].row), picture.deep - 1
        for own in range(row, row + inner):
            found[own] = max(found[own], style.LINE * in_box / inner)
        linked = {picture.header_row + 1 + k for k, pair in enumerate(layout.arrows) if i in pair}
        for own in {picture.header_row + 1 + i, *linked}:
            found[own] = max(found[own], style.LINE * in_table)
    between = [row for above in range(picture.box_rows - 1) for row in _space(picture, above)]
    over = sum(found[row] for row in range(1, picture.last_row + 1)) - PAGE_POINTS
    least = LEAST_SPACE / picture.apart
    if 0 < over <= sum(found[row] - least for row in between):
        for row in between:
            found[row] = floor(100 * (found[row] - over / len(between))) / 100
    return [found[row] for row in sorted(found)]


def _space(picture: Picture, above: int) -> range:
    """The sheet rows between two rows of boxes."""
    return range(picture.bottom(above) + 1, picture.top(above + 1))


def _last(layout: Layout) -> str:
    """The last cell of the longer table."""
    bottom = max(corners(area)[1][1] for _, area in (layout.list_table(SHEET), layout.link_table()))
    return f"{LINK_LETTERS['effect']}{bottom}"


def _are_long(layout: Layout) -> bool:
    """The tables are higher than a page."""
    return sum(heights(layout)[layout.map.tables_row - 1 :]) > PAGE_POINTS


def _printed_last(layout: Layout) -> str:
    """The last cell that is printed: rows for more links only where they bring no page of their own."""
    letters, bottom = split(_last(layout))
    filled = layout.map.header_row + max(len(layout.lanes), layout.links, 1)
    return f"{letters}{filled if _are_long(layout) else bottom}"


def pages(layout: Layout) -> list[str]:
    """What is printed on pages of their own: the picture, cut between lanes where it is higher than one, and within a
    lane that is; the tables."""
    picture, edges = layout.map, [0.0, *accumulate(heights(layout))]
    lanes = [picture.top(rows[0]) - 1 for rows in picture.rows.values()]
    rows = [picture.top(row) - 1 for row in range(picture.box_rows)]
    ends = list[int]()
    for begin, end in pairwise([0, *_ends(edges, 0, picture.last_row, lanes), picture.last_row]):
        ends += [*_ends(edges, begin, end, [above for above in rows if begin <= above < end]), end]
    last, starts = get_column_letter(MAP_GRID + 1), [1, *(row + 1 for row in ends)]
    pages = [f"A{top}:{last}{end}" for top, end in zip(starts, ends, strict=False)]
    return [*pages, f"{_heading(layout)}:{_printed_last(layout)}"]


def _ends(edges: Sequence[float], begin: int, end: int, above: Sequence[int]) -> Iterator[int]:
    """Where pages end between the rows `begin` and `end`, after about the same height each: at some of the rows
    `above` blocks. `edges`: the lower edge of each row, in points."""
    height = edges[end] - edges[begin]
    if height <= PAGE_POINTS:
        return
    share = height / ceil(height / PAGE_POINTS)
    for top, bottom in pairwise([*above[1:], end]):
        if edges[bottom] - edges[begin] > PAGE_POINTS or (edges[top] + edges[bottom]) / 2 - edges[begin] > share:
            yield top
            begin = top


def _heading(layout: Layout) -> str:
    """The cell with the heading of the tables."""
    return f"{get_column_letter(TABLE_COLUMN)}{layout.map.tables_row}"


def _fill(sheet: Worksheet, layout: Layout, key: str, value: object, **look: object) -> None:
    cells = layout.map.places[key]
    style.area(sheet, cells)
    for row in sheet[cells] if ":" in cells else ((sheet[cells],),):
        for cell in row:
            style.put(cell, **look)  # type: ignore[arg-type]
    sheet[layout.mapped(key).cell].value = value


def _lead(sheet: Worksheet, cell: str, text: str, to: str) -> None:
    """A text that leads to another cell of the sheet."""
    style.put(sheet[cell], text, size=style.CAPTION_SIZE, colour=style.BRAND, underline=True, align="right")
    sheet[cell].hyperlink = Hyperlink(ref=cell, location=f"{quote_sheetname(sheet.title)}!{to}")


def _lanes(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    """The heading of each lane: the perspective, its status and its score."""
    score = {"number_format": style.FORMATS["score"], "align": "right", "indent": 1}
    for perspective in Perspective:
        name, status, number = (f"lane{key}_{perspective}" for key in ("", "_status", "_score"))
        _fill(sheet, layout, name, layout.title(perspective), colour=style.BRAND, bold=True, wrap=True, indent=1,
              ground=style.SOFT)  # fmt: skip
        shown = "=" + found[layout.mapped(status).cell]
        _fill(sheet, layout, status, shown, bold=True, indent=1, shrink=True, ground=style.SOFT)
        shown = "=" + found[layout.mapped(number).cell]
        _fill(sheet, layout, number, shown, bold=True, ground=style.SOFT, **score)
        (letters, top), (_, bottom) = corners(layout.map.places[name])[0], corners(layout.map.places[status])[1]
        for row in range(top, bottom + 1):
            sheet[f"{letters}{row}"].border = Border(left=Side(style="thick", color=style.BRAND))
        style.colour_by_status(sheet, layout.map.places[status], f"bsc_rollup_status_{perspective}", ground=False)


def _boxes(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    looks: dict[str, dict[str, object]] = {
        "objective": {"wrap": True, "indent": 1, "ground": style.SOFT},
        "status": {"bold": True, "indent": 1, "shrink": True, "ground": style.SOFT},
        "score": {
            "bold": True,
            "align": "right",
            "indent": 1,
            "number_format": style.FORMATS["score"],
            "ground": style.SOFT,
        },
    }
    for i, _ in enumerate(layout.lanes):
        for key, look in looks.items():
            place = f"{key}_{i}"
            _fill(sheet, layout, place, "=" + found[layout.mapped(place).cell], **look)
        _fill(sheet, layout, f"margin_{i}", None, ground=style.SOFT)


def _objectives(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    text, last = layout.labels, LINK_LETTERS["effect"]
    (first, top), _ = corners(layout.list_table(SHEET)[1])
    heading, below = _heading(layout), layout.map.tables_row + 1
    style.put(sheet[heading], text("map.tables"), size=style.UNIT_SIZE, colour=style.BRAND, bold=True)
    style.put(sheet[f"{first}{below}"], text("map.tables_subtitle"), size=style.CAPTION_SIZE, colour=style.CAPTION)
    for row in sheet[f"{first}{below}:{last}{below}"]:
        for cell in row:
            cell.border = style.under(style.BRAND, "medium")
    for key in MAP_COLUMNS:
        cell = sheet[layout.list_cell(SHEET, key, -1).cell]
        style.header(cell, text(f"heading.{key}"), numeric=key in KINDS)
        sheet.column_dimensions[cell.column_letter].width = WIDTHS[key]
    for i, perspective in enumerate(layout.lanes):
        for key in MAP_COLUMNS:
            cell = sheet[layout.list_cell(SHEET, key, i).cell]
            if key == "perspective":
                name = layout.title(perspective)
                style.put(cell, name, colour=style.BRAND, bold=True, indent=1, border=style.under())
            elif key == "objective":
                style.as_input(cell)
            else:
                cell.value = "=" + found[cell.coordinate]
                style.as_result(cell, KINDS.get(key, "text"), bold=key != "kpis")
    add_table(sheet, *layout.list_table(SHEET), top)


def _links(sheet: Worksheet, layout: Layout) -> None:
    name, ref = layout.link_table()
    (_, header), (_, bottom) = corners(ref)
    for key, label in (("cause", "cause_objective"), ("effect", "effect")):
        cell = sheet[layout.link_cell(key, -1).cell]
        style.header(cell, layout.labels(f"heading.{label}"))
        sheet.column_dimensions[cell.column_letter].width = LINK_WIDTH
        for row in range(header + 1, bottom + 1):
            style.as_input(sheet[f"{cell.column_letter}{row}"])
    sheet.column_dimensions[get_column_letter(MAP_GRID + 2)].width = MARGIN
    sheet.column_dimensions[get_column_letter(MAP_GRID + 2 + len(MAP_COLUMNS) + 1)].width = MARGIN
    add_table(sheet, name, ref, header)


def colour(sheet: Worksheet, layout: Layout) -> None:
    """The status colours of boxes and table, and the warning about objectives without a link."""
    if not layout.lanes:
        return
    status = layout.list_body(SHEET, "status")[1]
    style.colour_by_status(sheet, status, style.code_of_status(f"${status.split(':')[0]}"))
    linked = layout.list_body(SHEET, "linked")[1]
    style.colour_where(sheet, linked, f"LEN({linked.split(':')[0]})>0", Status.YELLOW)
    word = formulas.quoted_label(layout, "map.unlinked")
    caution = Font(color=style.STATUS_INK[Status.YELLOW], bold=True)
    some = FormulaRule(formula=[f"COUNTIF({':'.join(map(dollars, linked.split(':')))},{word})>0"], font=caution)
    sheet.conditional_formatting.add(layout.mapped("unlinked").cell, some)
    for i, _ in enumerate(layout.lanes):
        letters, row = split(layout.list_cell(SHEET, "status", i).cell)
        code = style.code_of_status(f"${letters}${row}")
        for first, last, ink in (("objective", "margin", False), ("status", "score", True)):
            begin, end = (layout.map.places[f"{key}_{i}"].split(":") for key in (first, last))
            style.colour_by_status(sheet, f"{begin[0]}:{end[-1]}", code, ink=ink)
