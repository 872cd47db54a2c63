"""The strategy map: objectives as boxes in four lanes, coloured by their score, and the tables that they show.

Boxes are cells, so that they are live; the outlines and arrows above them are shapes (`shapes`).
"""

from __future__ import annotations

from openpyxl.styles import Border, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import formulas
from bsc_xl.excel.address import corners, split
from bsc_xl.excel.columns import MAP_COLUMNS
from bsc_xl.excel.lanes import LINK_LETTERS, MAP_GRID, TABLES_HEADING
from bsc_xl.excel.layout import LIST_HEADER_ROW, Layout
from bsc_xl.excel.template import style
from bsc_xl.excel.template.entry import add_table
from bsc_xl.model import Perspective, Status

SHEET = "strategy_map"
GRID_WIDTH = 4.6
COLUMN_POINTS = 24.0
"""Width of a column of the grid: 32 pixels of 96 to the inch."""
LANE_ROW, HEADER_HEIGHT, TABLE_ROW = 27.0, 30.0, 28.0
TOP_HEIGHTS = {1: 30.0, 2: 16.0, 3: 15.0, 4: 16.0, LIST_HEADER_ROW: HEADER_HEIGHT}
PAGE_POINTS = 740.0
"""So many points of height fit on a page, as wide as the picture."""
WIDTHS = {"perspective": 27, "objective": 48, "kpis": 9, "score": 9, "status": 18, "linked": 19}
LINK_WIDTH, MARGIN = 42, 3
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
    caution = {"size": style.CAPTION_SIZE, "colour": style.STATUS_INK[Status.YELLOW], "bold": True}
    _fill(sheet, layout, "unlinked", line and "=" + line, **caution)
    _lanes(sheet, layout, found)
    _boxes(sheet, layout, found)
    _objectives(sheet, layout, found)
    _links(sheet, layout)
    colour(sheet, layout)
    style.page(sheet, layout, None, header_rows=f"{LIST_HEADER_ROW}:{LIST_HEADER_ROW}")
    sheet.print_area = ",".join(_pages(layout))
    style.lock(sheet)


def heights(layout: Layout) -> list[float]:
    """The height of every row, in points: a box with a long objective is higher, and so is its row of the table."""
    picture = layout.map
    bottoms = [picture.last_row, *(corners(area)[1][1] for _, area in (layout.list_table(SHEET), layout.link_table()))]
    usual = [LANE_ROW if row <= picture.last_row else TABLE_ROW for row in range(1, max(bottoms) + 1)]
    found = dict(enumerate(usual, start=1)) | TOP_HEIGHTS
    for i, in_box, in_table in layout.wordy:
        box = picture.boxes[i]
        row, inner = picture.top(box.row), picture.deep - 1
        for own in range(row, row + inner):
            found[own] = max(found[own], style.LINE * in_box / inner)
        own = LIST_HEADER_ROW + 1 + i
        found[own] = max(found[own], style.LINE * in_table)
    return [found[row] for row in sorted(found)]


def _pages(layout: Layout) -> list[str]:
    """What is printed on pages of their own: the picture, cut between lanes where it is higher than one, the tables."""
    picture, tall = layout.map, heights(layout)
    last, cuts, first = get_column_letter(MAP_GRID + 1), list[int](), 1
    for rows in list(picture.rows.values())[1:]:
        above, below = picture.top(rows[0]) - 1, picture.bottom(rows[-1]) + picture.apart
        if sum(tall[first - 1 : below]) > PAGE_POINTS and above > LIST_HEADER_ROW:
            cuts.append(above)
            first = above + 1
    starts, ends = [1, *(row + 1 for row in cuts)], [*cuts, picture.last_row]
    bottom = max(corners(area)[1][1] for _, area in (layout.list_table(SHEET), layout.link_table()))
    tables = f"{TABLES_HEADING}:{LINK_LETTERS['effect']}{bottom}"
    return [*(f"A{first}:{last}{end}" for first, end in zip(starts, ends, strict=True)), tables]


def _fill(sheet: Worksheet, layout: Layout, key: str, value: object, **look: object) -> None:
    cells = layout.map.places[key]
    style.area(sheet, cells)
    for row in sheet[cells] if ":" in cells else ((sheet[cells],),):
        for cell in row:
            style.put(cell, **look)  # type: ignore[arg-type]
    sheet[layout.mapped(key).cell].value = value


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


def _objectives(sheet: Worksheet, layout: Layout, found: dict[str, str]) -> None:
    text, last = layout.labels, LINK_LETTERS["effect"]
    (first, top), _ = corners(layout.list_table(SHEET)[1])
    style.put(sheet[TABLES_HEADING], text("map.tables"), size=style.UNIT_SIZE, colour=style.BRAND, bold=True)
    style.put(sheet[f"{first}2"], text("map.tables_subtitle"), size=style.CAPTION_SIZE, colour=style.CAPTION)
    for row in sheet[f"{first}2:{last}2"]:
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
    style.colour_by_status(sheet, status, _code(f"${status.split(':')[0]}"))
    linked = layout.list_body(SHEET, "linked")[1]
    style.colour_where(sheet, linked, f"LEN({linked.split(':')[0]})>0", Status.YELLOW)
    for i, _ in enumerate(layout.lanes):
        letters, row = split(layout.list_cell(SHEET, "status", i).cell)
        places = (layout.map.places[f"{key}_{i}"] for key in ("objective", "status", "score"))
        objective, (first, last) = next(places), (place.split(":") for place in places)
        code = _code(f"${letters}${row}")
        style.colour_by_status(sheet, objective, code, ink=False)
        style.colour_by_status(sheet, f"{first[0]}:{last[1]}", code)


def _code(cell: str) -> str:
    """The position in the list of statuses, by the symbol before the word: a conditional format of this kind may not
    look at another sheet except through a name."""
    return f"MATCH(LEFT({cell},1),bsc_list_symbol,0)"
