"""Draws the workbook with openpyxl: formulas, formats, validation, protection, charts; no figures.

The drawing depends on the layout alone, so that it is made once and then filled by `excel.stamp` for every unit of
the same shape. openpyxl never loads what it has saved: that would lose parts.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel import macros
from bsc_xl.excel.layout import SHEETS, Layout, code_name
from bsc_xl.excel.template import (
    action_plan,
    dashboard,
    dashboard_charts,
    entry,
    guide,
    lists,
    opening,
    people,
    records,
    settings,
    strategy,
    style,
    trend,
)
from bsc_xl.excel.template.mend import mended
from bsc_xl.excel.template.pictures import with_pictures
from bsc_xl.excel.template.shapes import with_shapes
from bsc_xl.model import Perspective
from bsc_xl.ooxml import package


@lru_cache(maxsize=64)
def draw(layout: Layout, with_macros: bool = False) -> bytes:
    """Return the workbook of that layout as a package without figures and without cached values.

    It is an .xlsx package; `with_macros` an .xlsm package, which is the same with the ribbon tab and the VBA project.
    """
    if with_macros:
        return package.write(macros.add(package.read(draw(layout)), layout.language))
    target = BytesIO()
    drawing(layout).save(target)
    descriptions = [layout.labels(f"chart.{key}_alt") for key in dashboard_charts.DESCRIBED]
    drawn = with_shapes(mended(package.read(target.getvalue()), descriptions), layout)
    return package.write(with_pictures(trend.with_sparklines(drawn, layout), layout))


def drawing(layout: Layout) -> Workbook:
    """The workbook of that layout as openpyxl has it before it is saved."""
    book = Workbook()
    book.code_name = "ThisWorkbook"  # the VBA document module of the workbook
    book.remove(book.worksheets[0])
    book.properties = DocumentProperties(creator="bsc-xl", title="Balanced Scorecard")
    sheets: dict[str, Worksheet] = {}
    for key in SHEETS:
        sheets[key] = book.create_sheet(layout.title(key))
        # the VBA document module of a sheet bears this name: unique, ASCII, the same in every language
        sheets[key].sheet_properties.codeName = code_name(key)
    for name, reference in layout.names.items():
        book.defined_names[name] = DefinedName(name, attr_text=reference)
    for perspective in Perspective:
        entry.draw(sheets[perspective], layout, perspective)
    lists.trace(sheets["trace"], layout)
    strategy.draw(sheets["strategy_map"], layout)
    action_plan.draw(sheets["action_plan"], layout)
    trend.draw(sheets["trend"], layout)
    people.draw(sheets["employees"], layout)
    records.discipline(sheets["discipline"], layout)
    records.evidence(sheets["evidence"], layout)
    lists.history(sheets["history"], layout)
    lists.checks(sheets["checks"], layout)
    guide.draw(sheets["guide"], layout)
    settings.draw(sheets["settings"], layout)
    dashboard.draw(book, sheets["dashboard"], layout)
    for key, sheet in sheets.items():
        sheet.sheet_properties.tabColor = style.BRAND if key == "dashboard" else style.DATA_LIGHT
        opening.on_first_input(sheet)
    # whoever opens the empty workbook reads first how to fill it in
    book.active = SHEETS.index("dashboard" if any(layout.kpis) else "guide")
    return book
