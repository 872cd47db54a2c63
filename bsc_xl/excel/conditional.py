"""The conditional formats of a perspective's sheet in an open workbook: found broken by pasting, and put back.

Pasting cuts cells out of the rules that stand there and brings rules of its own along. As long as the first input still
has ours, the rules that came with what was pasted go and ours apply to all inputs again: one call for each rule.
Where the first input was pasted over, ours are made anew. Rules that people made themselves stay: those whose formula
is none of ours and that apply to more than what was pasted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.formula.translate import Translator

from bsc_xl.excel import exchange, native, port
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import rules as drawn
from bsc_xl.excel.template.rules import Rule
from bsc_xl.model import Perspective

if TYPE_CHECKING:
    import xlwings as xw

_RELATIVE = re.compile(r"(?<![\w$.!])(\$?)([A-Z]{1,3})(\$?)([0-9]+)(?![\w(.])")
_TEXT = re.compile(r'("[^"]*")')
MOST_HOLES = 8
"""Rules are made anew rather than more rectangles be cleared one by one."""
LONGEST = 240
"""Excel cuts longer addresses off without a word."""


class Repair(NamedTuple):
    """What puts the rules of a sheet back. `shows`: the sheet comes to the front for a while."""

    write: Callable[[], None]
    shows: bool


class ConditionalFormats:
    """The conditional formats of one perspective's sheet, and those that it was drawn with."""

    def __init__(self, sheet: xw.Sheet, layout: Layout, perspective: Perspective) -> None:
        self._sheet, self._layout, self._perspective = sheet, layout, perspective
        self._rules = drawn.rules(layout, perspective)
        self._area = self._rules[0].area
        self._of_inputs = [rule for rule in self._rules if rule.area == self._area]

    def repair(self) -> Repair | None:
        """What is to be done, None where nothing is. Everything is looked at here, so that it can be done at once.

        One call where pasting has broken nothing. It cuts cells out of all rules of the inputs alike, so the area of
        one tells: the last on the first input, which is there as long as none of them is gone.
        """
        on_first = self._sheet.range(self._area.partition(":")[0]).conditional_formats
        last = len(self._of_inputs)
        left = _area_of(on_first, last)
        if left == self._area:
            return None
        # new rules go before all others: the last of ours has its number as long as ours are there and no new one
        if left and len(left) < LONGEST and shape(on_first(last).formula) == shape(self._of_inputs[-1].formula):
            holes = exchange.areas(_cells(self._area) - _cells(left))
            if len(holes) <= MOST_HOLES:
                return Repair(partial(self._mend, on_first, holes), shows=False)
        return self._anew() if self._sheet.visible else None

    def _mend(self, on_first: Any, holes: Sequence[str]) -> None:
        for hole in holes:
            self._sheet.range(hole).conditional_formats.clear()
        inputs = self._sheet.range(self._area)
        for number, _ in enumerate(self._of_inputs, start=1):  # the last, which tells, is the last to be whole
            native.apply_to(on_first(number), inputs)

    # --- anew -------------------------------------------------------------------------------------------------------

    def _anew(self) -> Repair:
        on_inputs = self._sheet.range(self._area).conditional_formats
        numbers = range(1, len(on_inputs) + 1)
        shapes = {number: shape(on_inputs(number).formula) for number in numbers}
        ours = {shape(rule.formula) for rule in self._rules}
        of_inputs = {shape(rule.formula) for rule in self._of_inputs}
        to_delete = [
            number
            for number in numbers
            if shapes[number] in of_inputs
            or (shapes[number] not in ours and self._was_pasted(on_inputs(number), on_inputs, shapes))
        ]
        gone = self._gone(set(shapes.values()), len(numbers))

        def write() -> None:
            for number in reversed(to_delete):
                on_inputs(number).delete()
            for area in dict.fromkeys(rule.area for rule in gone):
                self._sheet.range(area).conditional_formats.clear()
            self._add([*self._of_inputs, *gone])

        return Repair(write, shows=True)

    def _was_pasted(self, rule: Any, on_inputs: Any, shapes: dict[int, str]) -> bool:
        """Whether a rule applies to nothing but cells that were cut out of ours."""
        first = shape(self._of_inputs[0].formula)
        left = [_cells(native.area(on_inputs(number))) for number, known in shapes.items() if known == first]
        return bool(left) and _cells(native.area(rule)) <= _cells(self._area).difference(*left)

    def _gone(self, shapes: set[str], count: int) -> list[Rule]:
        """The rules of calculated cells that somebody has cleared. `shapes`: of the rules in the table, `count` in all;
        above the table their number tells."""
        table = _cells(self._area)
        others = [rule for rule in self._rules if rule not in self._of_inputs]
        above = [rule for rule in others if not _cells(rule.area) <= table]
        on_sheet = self._sheet.range(port.area(self._layout, self._perspective)).conditional_formats
        return [rule for rule in others if rule not in above and shape(rule.formula) not in shapes] + (
            above if len(on_sheet) - count < len(above) else []
        )

    def _add(self, rules: Sequence[Rule]) -> None:
        """Adds rules. Excel takes a formula as it would be typed here, as seen from the active cell."""
        with self._in_front():
            seen_from = native.active_cell(self._sheet.book.app)
            separator = self._separator
            for rule in reversed(rules):  # the one that is added last goes before the others
                formula = Translator(rule.formula, rule.area.partition(":")[0]).translate_formula(seen_from)
                added = self._sheet.range(rule.area).conditional_formats.add_custom(
                    _local(formula, separator),
                    fill_color=_colour(rule.ground),
                    font_color=_colour(rule.ink),
                    font_bold=rule.bold,
                )
                if rule.number_format:
                    native.format_numbers(added, rule.number_format)

    @contextmanager
    def _in_front(self) -> Iterator[None]:
        """Lets the sheet be active for a while."""
        active = self._sheet.book.sheets.active
        self._sheet.activate()
        try:
            yield
        finally:
            native.twice(active.activate)

    @cached_property
    def _separator(self) -> str:
        """What parts arguments where people type: it follows the first empty text of a formula that we know."""
        known = native.local_formula(self._sheet.range(self._layout.summary(self._perspective, "score").cell))
        return known.partition('""')[2][:1]


def _area_of(rules: Any, number: int) -> str | None:
    """The cells of a rule by its number, None where there are fewer rules."""
    try:
        return native.area(rules(number))
    except Exception:
        if len(rules) >= number:
            raise
        return None


def shape(formula: str | None) -> str:
    """A formula without what depends on the cell from which it is seen, which Excel changes with the active one, and
    without the separator that people type."""
    texts = _TEXT.split((formula or "").removeprefix("="))
    return "".join(
        part if i % 2 else _RELATIVE.sub(_blanked, part).replace(";", ",").replace(" ", "")
        for i, part in enumerate(texts)
    ).upper()


def _blanked(found: re.Match[str]) -> str:
    letters, row = (name if fixed else "" for fixed, name in zip(found.group(1, 3), found.group(2, 4), strict=True))
    return f"[{letters}:{row}]"


def _cells(address: str) -> set[tuple[int, int]]:
    """The cells of an address of one or more ranges, as rows and columns from 1."""
    return {cell for part in address.split(",") for cell in exchange.cells(part)}


def _colour(code: str | None) -> str | None:
    return None if code is None else f"#{code}"


def _local(formula: str, separator: str) -> str:
    """A formula with the separator that people type here."""
    if separator == ",":
        return formula
    return "=" + "".join(
        separator if token.type == Token.SEP and token.value == "," else token.value
        for token in Tokenizer(formula).items
    )
