"""The settings sheet: identity, period, weights and rules on the left; bands, scales and lists on the right."""

from __future__ import annotations

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl import policies
from bsc_xl.excel import formulas
from bsc_xl.excel.address import cells, dollars, split
from bsc_xl.excel.fields import SETTINGS_FIELDS, SETTINGS_LISTS, settings_label
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import checks, style
from bsc_xl.model import WEIGHT_TOLERANCE, WEIGHT_TOTAL, Perspective, Status

CHOICES = {
    "new_idea": "bsc_list_yes_no",
    "rating": "bsc_list_rating",
    "zero_target": "bsc_list_zero_target",
    "missing": "bsc_list_missing",
    "employee_rating": "bsc_list_employee_rating",
    "discipline": "bsc_list_discipline",
}
KINDS = {
    "year": "integer",
    "period": "integer",
    "floor": "score",
    "cap": "score",
    "green_from": "score",
    "yellow_from": "score",
}
FIXED = frozenset(("policy", *dict(SETTINGS_FIELDS)["technical"]))
"""Fields that a person reads and never types."""

LONG = {"unit_name": 3, "head": 2, "head_title": 3, "shape": 2}
"""Fields that may take so many lines: a name of 150 characters is not cut. LibreOffice fits no rows by itself."""

WIDTHS = {
    "B": 40,
    "C": 2,
    "D": 56,
    "E": 4,
    "F": 16,
    "G": 4,
    "H": 10,
    "I": 18,
    "J": 4,
    "K": 12,
    "L": 12,
    "M": 4,
    "N": 24,
}


def draw(sheet: Worksheet, layout: Layout) -> None:
    """Draw the settings sheet."""
    text = layout.labels
    style.heading(sheet, text("settings.title"), text("settings.subtitle"), last="L")
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    _fields(sheet, layout)
    _ratings(sheet, layout)
    _scales(sheet, layout)
    _lists(sheet, layout)
    ratings = cells(layout.setting_ranges[f"{policies.NAMES[-1]}_names"][1])
    last = f"L{max(int(cell[1:]) for cell in (layout.settings['shape'].cell, ratings[-1]))}"
    sheet.freeze_panes = "A4"
    style.page(sheet, layout, f"A1:{last}", one_page=True)
    style.lock(sheet)


def _caption(sheet: Worksheet, cell: str, text: str) -> None:
    style.put(sheet[cell], text, bold=True, colour=style.BRAND, border=style.under(style.BRAND))


def _above(cell: str, rows: int = 1) -> str:
    letters, row = split(cell)
    return f"{letters}{row - rows}"


def _fields(sheet: Worksheet, layout: Layout) -> None:
    text = layout.labels
    for section, keys in SETTINGS_FIELDS:
        top = int(layout.settings[keys[0]].cell[1:]) - 1
        _caption(sheet, f"B{top}", text(f"settings.{section}"))
        for letter in "CD":
            sheet[f"{letter}{top}"].border = style.under(style.BRAND)
        for key in keys:
            cell = sheet[layout.settings[key].cell]
            label = text(settings_label(key))
            style.put(sheet[f"B{cell.row}"], label, border=style.under())
            sheet[f"C{cell.row}"].border = style.under()
            kind = "weight" if section == "weights" else KINDS.get(key, "text")
            (style.as_result if key in FIXED else style.as_input)(cell, kind)
            if kind == "text":
                cell.alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    for key, lines in LONG.items():
        sheet.row_dimensions[sheet[layout.settings[key].cell].row].height = lines * style.LINE
    sheet[layout.settings["recalculated"].cell].number_format = "dd/mm/yyyy hh:mm"
    _validate(sheet, layout)
    _colour(sheet, layout)


def _validate(sheet: Worksheet, layout: Layout) -> None:
    text = layout.labels

    def rule(key: str, message: str, **options: str) -> None:
        checks.add(sheet, text, layout.settings[key].cell, message, **options)

    whole = {"type": "whole", "operator": "between"}
    rule(
        "period", text("validation.period", periods=layout.periods), formula1="1", formula2=str(layout.periods), **whole
    )
    rule("year", text("validation.year"), formula1="1900", formula2="9999", **whole)
    for key, name in CHOICES.items():
        rule(key, text("validation.choice"), type="list", formula1=name)
    for perspective in Perspective:
        rule(
            f"weight_{perspective}",
            text("validation.weight"),
            type="decimal",
            operator="between",
            formula1="0",
            formula2="100",
        )
    for key in ("floor", "cap", "green_from", "yellow_from"):
        cell = layout.settings[key].cell
        rule(key, text("validation.optional_number"), type="custom", formula1=f"ISNUMBER({cell})")


def _colour(sheet: Worksheet, layout: Layout) -> None:
    """Weights that do not total 100 are red."""
    weights = [layout.settings[f"weight_{p}"].cell for p in Perspective]
    first, last = weights[0], weights[-1]
    total = f"SUM({dollars(first)}:{dollars(last)})"
    wrong = FormulaRule(
        formula=[f"ABS({total}-{WEIGHT_TOTAL:g})>{WEIGHT_TOLERANCE:g}"],
        font=Font(color=style.STATUS_INK[Status.RED], bold=True),
    )
    sheet.conditional_formatting.add(f"{first}:{last}", wrong)


def _ratings(sheet: Worksheet, layout: Layout) -> None:
    """The bands in use follow the chosen set; the sets themselves stand below."""
    text = layout.labels
    live = formulas.settings(layout)
    for ref, formula in live.items():
        cell = sheet[ref.cell]
        cell.value = "=" + formula
        style.as_result(cell, "score" if ref.cell.startswith("H") else "text")
    blocks = [("rating_bounds", text("settings.bands"))]
    blocks += [(f"{name}_bounds", text("settings.rating_set", name=text(f"policy.{name}"))) for name in policies.NAMES]
    for name, caption in blocks:
        top = cells(layout.setting_ranges[name][1])[0]
        _caption(sheet, _above(top), caption)
        style.put(sheet["I" + _above(top)[1:]], border=style.under(style.BRAND))
    for rating in policies.NAMES:
        bounds, names = (cells(layout.setting_ranges[f"{rating}_{part}"][1]) for part in ("bounds", "names"))
        for bound, name, band in zip(bounds, names, policies.load(rating).rating_bands, strict=True):
            style.put(
                sheet[bound], band.lower, align="right", number_format=style.FORMATS["score"], border=style.under()
            )
            style.put(sheet[name], text(f"rating.{rating}.{band.name}"), indent=1, border=style.under())


def _scales(sheet: Worksheet, layout: Layout) -> None:
    text = layout.labels
    periods = cells(layout.setting_ranges["period_names"][1])
    _caption(sheet, _above(periods[0]), text("settings.periods"))
    for cell, name in zip(periods, layout.period_names(), strict=True):
        style.put(sheet[cell], name, border=style.under())
    for name, key in (("stabilize_x", "closeness_point"), ("stabilize_y", "achievement_point")):
        points = cells(layout.setting_ranges[name][1])
        _caption(sheet, _above(points[0]), text(f"heading.{key}"))
        for cell in points:
            style.as_result(sheet[cell], "percent")
    style.put(sheet["K4"], text("settings.stabilize"), size=style.CAPTION_SIZE, colour=style.CAPTION)


def _lists(sheet: Worksheet, layout: Layout) -> None:
    text = layout.labels
    for name, keys in SETTINGS_LISTS:
        own = cells(layout.setting_ranges[name][1])
        _caption(sheet, _above(own[0]), text(f"settings.{name}"))
        for cell, key in zip(own, keys, strict=True):
            style.put(sheet[cell], text(key), colour=style.CAPTION)
