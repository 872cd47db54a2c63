"""Conditional formats of an open workbook: broken by pasting, put back by Recalculate, those of people kept."""

from __future__ import annotations

from typing import Any

import pytest
from opening import WHEN, Opened, damage, paste_over, pressed, rules_of
from openpyxl.formula.translate import Translator

from bsc_xl import ribbon
from bsc_xl.excel import conditional, exchange
from bsc_xl.excel.layout import FIRST_ROW, Layout, Ref
from bsc_xl.excel.live import LiveBook
from bsc_xl.excel.template import rules
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Perspective
from bsc_xl.workflows.recalculation import recalculate


def test_pasting_within_a_table_leaves_its_formats_whole(opened: Opened) -> None:
    sheet, before = opened.sheet("financial"), rules_of(opened.sheet("financial"))
    sheet.api.Unprotect()
    sheet.range(opened.layout.cell("financial", FIRST_ROW, "kpi_code").cell).copy(sheet.range(opened.actual().cell))
    assert rules_of(sheet) == before


def first_input(layout: Layout) -> Ref:
    return layout.cell("financial", FIRST_ROW, "kpi_code")


def with_a_rule_of_their_own(opened: Opened) -> tuple[Any, ...]:
    """Somebody colours long texts; the rule, as it is found again."""
    sheet = opened.sheet("financial")
    sheet.api.Unprotect()
    sheet.activate()
    sheet.range("C8").select()
    before = rules_of(sheet)
    sheet.range("C8:F10").conditional_formats.add_custom("=LEN(C8)>40", fill_color="#010203")
    sheet.api.Protect()
    (own,) = [rule for rule in rules_of(sheet) if rule not in before]
    return own


@pytest.mark.parametrize("opened", LANGUAGES, indirect=True)
def test_rules_are_put_back_where_the_first_input_was_pasted_over(opened: Opened) -> None:
    sheet, before = opened.sheet("financial"), rules_of(opened.sheet("financial"))
    paste_over(opened, first_input(opened.layout))
    assert rules_of(sheet) != before
    opened.select(opened.actual("customer"))
    shown = opened.selected(), opened.settings(), opened.protected()
    recalculate(LiveBook(opened.book), WHEN)
    assert rules_of(sheet) == before
    assert (opened.selected(), opened.settings(), opened.protected()) == shown


def test_rules_that_were_all_cleared_are_put_back(opened: Opened) -> None:
    sheet, before = opened.sheet("financial"), rules_of(opened.sheet("financial"))
    sheet.api.Unprotect()
    sheet.range("A1:CZ600").conditional_formats.clear()
    ribbon.recalculate()
    assert rules_of(sheet) == before


def test_a_rule_that_somebody_took_away_is_put_back(opened: Opened) -> None:
    sheet, before = opened.sheet("financial"), rules_of(opened.sheet("financial"))
    sheet.api.Unprotect()
    sheet.range(first_input(opened.layout).cell).conditional_formats(2).delete()
    assert len(rules_of(sheet)) == len(before) - 1
    ribbon.recalculate()
    assert rules_of(sheet) == before


def test_rules_that_were_cut_into_many_pieces_are_put_back(opened: Opened) -> None:
    sheet, before = opened.sheet("financial"), rules_of(opened.sheet("financial"))
    for row in opened.layout.rows("financial"):
        for period in (1 + row % 2, 3 + row % 2):
            paste_over(opened, opened.layout.cell("financial", row, "actual", period), "B5:B5")
    assert len(rules_of(sheet)[0][0].split(",")) > conditional.MOST_HOLES
    ribbon.recalculate()
    assert rules_of(sheet) == before


@pytest.mark.parametrize("where", ["beside the first input", "on the first input"])
def test_a_rule_that_somebody_made_stays_and_one_that_was_pasted_goes(opened: Opened, where: str) -> None:
    layout, sheet, before = opened.layout, opened.sheet("financial"), rules_of(opened.sheet("financial"))
    own = with_a_rule_of_their_own(opened)
    pasted = opened.sheet("guide")
    pasted.api.Unprotect()
    pasted.range("B5:C6").conditional_formats.add_custom("=LEN(B5)>1", fill_color="#040506")
    target = layout.cell("financial", FIRST_ROW, "target", 1) if where.startswith("beside") else first_input(layout)
    paste_over(opened, target, sheet="guide")
    assert {rule[1] for rule in rules_of(sheet)} - {rule[1] for rule in before} > {own[1]}
    recalculate(LiveBook(opened.book), WHEN)
    after = rules_of(sheet)
    assert [rule for rule in after if rule[1] == own[1] and rule[2] == own[2]]
    assert [rule for rule in after if rule[1] != own[1]] == before


def test_a_rule_of_somebody_that_goes_first_is_kept_behind_ours(opened: Opened) -> None:
    sheet = opened.sheet("financial")
    own = with_a_rule_of_their_own(opened)
    assert sheet.range("D8").conditional_formats(1).formula == own[1]
    paste_over(opened, first_input(opened.layout))
    recalculate(LiveBook(opened.book), WHEN)
    drawn = rules.rules(opened.layout, Perspective.FINANCIAL)
    found = [rule.formula.replace(";", ",") for rule in sheet.range("D8").conditional_formats]
    inputs = [rule for rule in drawn if rule.area == drawn[0].area]
    assert len(found) == len(inputs) + 1
    assert found[-1] == own[1]


def test_a_hidden_sheet_is_mended_and_stays_hidden(opened: Opened) -> None:
    sheet, before = opened.sheet("financial"), rules_of(opened.sheet("financial"))
    damage(opened)
    opened.select(opened.actual("customer"))
    sheet.visible = False
    assert pressed(opened, ribbon.recalculate)[1]
    assert (sheet.visible, rules_of(sheet)) == (False, before)


# --- what tells rules apart -----------------------------------------------------------------------------------------


def every_formula() -> list[tuple[str, str]]:
    drawn = rules.rules(Layout("id", 12, (8, 9, 10, 11)), Perspective.CUSTOMER)
    return [(rule.area.partition(":")[0], rule.formula) for rule in drawn]


@pytest.mark.parametrize("seen_from", ["A1", "B8", "AZ700"])
def test_a_rule_is_known_from_wherever_it_is_seen_and_however_arguments_are_parted(seen_from: str) -> None:
    for first, formula in every_formula():
        seen = Translator(formula, first).translate_formula(seen_from)
        assert len(seen) <= 255  # Excel takes no longer ones
        assert conditional.shape(seen.replace(",", ";")) == conditional.shape(formula)


def test_every_rule_of_a_cell_is_told_from_the_others() -> None:
    shapes = [conditional.shape(formula) for _, formula in every_formula()]
    assert len(set(shapes)) >= len(shapes) - 1  # whole numbers stand in two places
    assert conditional.shape("=LEN(C8)>40") not in shapes
    assert conditional.shape('=A1="B8"') != conditional.shape('=A1="C9"')
    assert conditional.shape("=$A1=1") != conditional.shape("=A$1=1")


def test_cells_become_as_few_ranges_as_neighbours_give() -> None:
    cells = {*exchange.cells("B8:D10")} - {*exchange.cells("C9")}
    assert exchange.areas(cells) == ["B8:D8", "B9", "D9", "B10:D10"]
    assert {cell for area in exchange.areas(cells) for cell in exchange.cells(area)} == cells
