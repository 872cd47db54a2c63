"""KPIs side by side: the index of every unit in each KPI that several units have, with the least, middle and most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bsc_xl.excel.consolidated.canvas import Canvas, Page
from bsc_xl.excel.consolidated.listing import Area, Column
from bsc_xl.excel.consolidated.view import View
from bsc_xl.excel.consolidated.who import UNITS, unit_columns
from bsc_xl.excel.results import Value
from bsc_xl.excel.template import style
from bsc_xl.model import NA_TEXT, Perspective, Polarity
from bsc_xl.scoring.arrays import Floats, Positions

KEY, FIGURES_ROW, HEADER_ROW = "comparison", 5, 10
FIGURES = {"count": "COUNT", "most": "MAX", "median": "MEDIAN", "mean": "AVERAGE", "least": "MIN"}
MOST_KPIS, KPIS_PER_PAGE, WIDTH, MOST_LINES = 250, 12, 13, 8


def shared(view: View) -> Positions:
    """The KPIs that are scored and that at least two units have, by perspective and place in their table."""
    card = view.collection.card
    kpis = card.tables.kpis
    count = np.bincount(card.tables.kpi, minlength=len(kpis))
    found = np.flatnonzero((count > 1) & (kpis["polarity"] != Polarity.UNSCORED).to_numpy())
    place = kpis["perspective"].map({str(each): i for i, each in enumerate(Perspective)}).to_numpy(np.int64)
    return found[np.argsort(place[found], kind="stable")]


def draw(canvas: Canvas, view: View) -> None:
    """Draw the comparison; a data set without shared KPIs gets a sentence that says so."""
    page, sheet = canvas.page(KEY), canvas.page(KEY).sheet
    found = shared(view)
    kpis = found[:MOST_KPIS]
    area = Area((*UNITS, *(f"kpi{place}" for place in kpis)), HEADER_ROW, len(view.codes))
    subtitle = view.word("comparison_subtitle", shown=len(kpis), count=len(found), period=view.period)
    style.heading(sheet, page.title, subtitle, last=area.letters[area.keys[-1]])
    if not len(kpis):
        sheet.column_dimensions["B"].width = 60
        page.put(f"B{FIGURES_ROW}", view.word("comparison_none"), colour=style.CAPTION)
        style.page(sheet, view.shape, None)
        return
    units = view.tree.order
    table, indices = view.collection.card.tables.kpis, _indices(view, kpis)
    columns = unit_columns(view, units.tolist())
    for place, kpi in enumerate(kpis.tolist()):
        heading = f"{table['kpi_code'].iloc[kpi]} {table['kpi_name'].iloc[kpi]}"
        bounds = [float(table[name].iloc[kpi]) for name in ("green_from", "yellow_from")]
        own = [None if bound != bound else bound for bound in bounds]
        key = area.keys[2 + place]
        look = ({"number_format": view.score_format(*own)},)
        columns.append(Column(key, heading, WIDTH, indices[units, place].tolist(), "score", looks=look))
        style.colour_by_status(sheet, area.body(key), view.status_code(area.cell(key, 0), *own))
        _figures(page, area, key, indices[:, place])
    sheet.row_dimensions[FIGURES_ROW - 1].height = 44
    _captions(page, view, area, [table["perspective"].iloc[kpi] for kpi in kpis.tolist()])
    page.fill(area, columns, frozen="unit_name", header_height=_height(columns))
    style.page(sheet, view.shape, None, header_rows=f"{FIGURES_ROW - 1}:{HEADER_ROW}")
    sheet.print_title_cols = f"A:{area.letters['unit_name']}"
    sheet.page_setup.fitToWidth = -(-len(kpis) // KPIS_PER_PAGE)


def _indices(view: View, kpis: Positions) -> NDArray[np.object_]:
    """What stands for each unit and KPI, (U, K): the index, N/A, the sign of no data, None where it is not theirs."""
    card = view.collection.card
    column = np.full(len(card.tables.kpis), -1)
    column[kpis] = np.arange(len(kpis))
    place = column[card.tables.kpi]
    rows = np.flatnonzero(place >= 0)
    shown = card.index[rows].astype(object)
    shown[~card.scored[rows]] = view.no_data
    shown[~card.applicable[rows]] = NA_TEXT
    found = np.full((len(view.codes), len(kpis)), None, dtype=object)
    found[card.tables.unit[rows], place[rows]] = shown
    return found


def _figures(page: Page, area: Area, key: str, indices: NDArray[np.object_]) -> None:
    """How the units stand in one KPI, as formulas over its column."""
    known = np.array([value for value in indices if isinstance(value, float)], dtype=np.float64)
    body = area.body(key)
    for row, (name, function) in enumerate(FIGURES.items(), start=FIGURES_ROW):
        look = {"align": "right", "border": style.under(), "bold": name == "median"}
        cell = f"{area.letters[key]}{row}"
        if name == "count":
            page.calculate(cell, f"COUNT({body})", len(known), number_format=style.WHOLE, **look)
            continue
        value: Value = float(_COMPUTED[name](known)) if known.size else ""
        number_format = style.FORMATS["score"]
        page.calculate(cell, f'IF(COUNT({body})=0,"",{function}({body}))', value, number_format=number_format, **look)


_COMPUTED: dict[str, Callable[[Floats], np.float64]] = {
    "most": np.max, "median": np.median, "mean": np.mean, "least": np.min,
}  # fmt: skip


def _height(columns: Sequence[Column]) -> float:
    """The height of the headings, which hold names of KPIs."""
    lines = max(-(-len(column.heading) // WIDTH) for column in columns)
    return 6 + 12.5 * min(max(lines, 2), MOST_LINES)


def _captions(page: Page, view: View, area: Area, perspectives: list[str]) -> None:
    """What the figures above the columns are, and above them the perspectives."""
    look = {"size": style.CAPTION_SIZE, "colour": style.CAPTION}
    name = area.letters["unit_name"]
    for row, key in enumerate(FIGURES, start=FIGURES_ROW):
        page.put(f"{name}{row}", view.word(f"figure.{key}"), align="right", border=style.under(), **look)
    keys = area.keys[2:]
    for key, perspective, before in zip(keys, perspectives, ["", *perspectives], strict=False):
        if perspective != before:
            cell = f"{area.letters[key]}{FIGURES_ROW - 1}"
            title = view.shape.title(perspective)
            page.put(cell, title, colour=style.BRAND, bold=True, align="right", vertical="bottom", wrap=True)
