"""Worksheet functions for own sheets: the rules of `bsc_xl.scoring` for cells and ranges, in Excel on Windows.

Every argument is a cell, a range or a value; a range gives a range of the same size, and one cell goes with every cell
of a range. Each cell keeps its state (domain.md, section 3): a blank gives a blank, N/A gives N/A, and what cannot be
read gives a sentence that says what is wrong, in the language of the workbook. Nothing is raised.

xlwings makes worksheet functions of these on Windows; elsewhere they are plain functions. The VBA that Excel calls,
workbook/src/BscFunctions.bas, is made from their signatures by scripts/build_template.py; `language` is no argument in
Excel, the workbook fills it in.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import xlwings as xw
from numpy.typing import NDArray

from bsc_xl import labels, policies
from bsc_xl.errors import ChoiceError
from bsc_xl.model import NA_TEXT, Cell, Polarity, Policy, Status
from bsc_xl.scoring import achievement, rating, rollup
from bsc_xl.scoring.arrays import Codes, Flags, Floats, Positions, code
from bsc_xl.tables import ExcelError, NumberStyle, parse

Cells = Any
"""What xlwings hands over: a list of rows, or None for an argument that was left out. Python callers may give a value.
It must be Any: xlwings takes the annotation of an argument for the way in which it is to be converted."""

_Function = TypeVar("_Function", bound=Callable[..., Any])
_POLARITIES = {str(polarity): code(polarity) for polarity in Polarity} | {
    labels.load(language)(f"polarity.{polarity}").casefold(): code(polarity)
    for language in labels.LANGUAGES
    for polarity in Polarity
}
"""Polarities as data sets and as workbooks write them."""
_POLICIES = {name: name for name in policies.NAMES} | {
    labels.load(language)(f"policy.{name}").casefold(): name for language in labels.LANGUAGES for name in policies.NAMES
}

_ERROR_TEXTS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
_ERROR_NUMBERS = 0x800A0000
"""The upper half of the number under which Excel hands over an error value, as a 32-bit SCODE."""


def worksheet_function(function: _Function) -> _Function:
    """Makes a worksheet function: every argument arrives as rows of cells, error values as their text."""
    for name in inspect.signature(function).parameters:
        if name == "language":
            function = xw.arg(name, vba='Wording("language")')(function)
        else:
            function = xw.arg(name, ndim=2, err_to_str=True)(function)
    made: _Function = xw.func(function)
    return made


@worksheet_function
def BSC_ACHIEVEMENT(
    target: Cells,
    actual: Cells,
    polarity: Cells = None,
    worst: Cells = None,
    policy: Cells = None,
    language: str = labels.DEFAULT,
) -> Any:
    """The achievement of each KPI: a ratio, 1 is on target (domain.md, section 5). Consolidated figures are expected.

    `polarity`: maximize (also when left out), minimize, stabilize, binary or unscored, or the workbook's words for
    them; `worst`: the worst tolerable value where the target is 0; `policy`: nko, lkjip or pp30. Blank where the
    rule has no answer.
    """
    call = _Call(language, target=target, actual=actual, polarity=polarity, worst=worst)
    return call.answered(lambda: call.numbers_as_cells(_achievement(call, policy)[0]))


@worksheet_function
def BSC_INDEX(
    target: Cells,
    actual: Cells,
    polarity: Cells = None,
    worst: Cells = None,
    ceiling: Cells = None,
    policy: Cells = None,
    language: str = labels.DEFAULT,
) -> Any:
    """The index of each KPI, 0..120: 100 times the achievement within the policy's floor and cap (section 5).

    `ceiling`: yes or true where the target cannot be exceeded. The other arguments are those of BSC_ACHIEVEMENT.
    """
    call = _Call(language, target=target, actual=actual, polarity=polarity, worst=worst, ceiling=ceiling)

    def index() -> list[object]:
        ratio, polarity_codes = _achievement(call, policy)
        capped = call.flags("ceiling")
        return call.numbers_as_cells(achievement.index(ratio, polarity_codes, capped, _policy(policy)))

    return call.answered(index)


@worksheet_function
def BSC_WEIGHTED_TOTAL(index: Cells, weight: Cells, language: str = labels.DEFAULT) -> Any:
    """The weighted mean of the indices, 0..120, of two ranges of the same size (section 6).

    Weights are percent on any common scale. An index that is blank or N/A leaves its weight to the others; so does a
    blank weight. Blank when nothing has weight; one cell that cannot be read is named instead of a total.
    """
    call = _Call(language, index=index, weight=weight)

    def total() -> object:
        values, weights = call.numbers("index"), call.numbers("weight", na=False)
        call.refuse("weight", weights < 0.0, "negative_weight")
        group: Positions = np.zeros(call.size, dtype=np.int64)
        scores, _, _ = rollup.perspective_scores(values, weights, group, units=1)
        return call.first_problem() or _cell(scores[0, 0])

    return call.answered_once(total)


@worksheet_function
def BSC_STATUS(
    index: Cells, green_from: Cells = None, yellow_from: Cells = None, language: str = labels.DEFAULT
) -> Any:
    """The status of each index or score as a word (section 7): green, yellow, red; no data for a blank and for N/A.

    `green_from`, `yellow_from`: lower bounds, inclusive, 100 and 80 when left out; a workbook's own are
    bsc_green_from and bsc_yellow_from.
    """
    call = _Call(language, index=index, green_from=green_from, yellow_from=yellow_from)

    def words() -> list[object]:
        bounds = (call.numbers(name, na=False) for name in ("green_from", "yellow_from"))
        codes = rating.status(call.numbers("index"), policies.load(), *bounds)
        call.not_applicable[:] = False  # what does not apply has no data either
        return [call.labels(f"status.{list(Status)[found]}") for found in codes]

    return call.answered(words)


@worksheet_function
def BSC_RATING(score: Cells, policy: Cells = None, new_idea: Cells = None, language: str = labels.DEFAULT) -> Any:
    """The rating of each score as a word (section 7).

    `policy`: the rating set, nko (also when left out), lkjip or pp30; a workbook's own is bsc_rating. `new_idea`:
    yes or true where a new idea is on record, which pp30 asks for. Blank for a blank score.
    """
    call = _Call(language, score=score, new_idea=new_idea)

    def words() -> list[object]:
        chosen = _policy(policy)
        codes = rating.rating(call.numbers("score"), chosen, call.flags("new_idea"))
        names = [f"rating.{chosen.rating}.{band.name}" for band in chosen.rating_bands]
        return ["" if found == rating.NO_RATING else call.labels(names[found]) for found in codes]

    return call.answered(words)


def _achievement(call: _Call, policy: Cells) -> tuple[Floats, Codes]:
    polarity = call.polarities("polarity")
    target, actual, worst = call.numbers("target"), call.numbers("actual"), call.numbers("worst", na=False)
    return achievement.achievement(target, actual, polarity, worst, _policy(policy)), polarity


def _policy(cells: Cells) -> Policy:
    """The policy that one cell names; `ChoiceError` when there is none."""
    name = parse.as_text(_grid(cells)[0, 0]).strip()
    if name and name.casefold() not in _POLICIES:
        raise ChoiceError(what="policy", value=name, choices=", ".join(policies.NAMES))
    return policies.load(_POLICIES[name.casefold()] if name else policies.DEFAULT)


def _grid(cells: Cells) -> NDArray[np.object_]:
    """The cells as (rows, columns)."""
    rows = [row if isinstance(row, list) else [row] for row in cells] if isinstance(cells, list) else [[cells]]
    grid = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        grid[i, :] = [_error_or(cell) for cell in row]
    return grid


def _error_or(cell: object) -> object:
    """The cell, an error value marked as one: xlwings gives those that it knows as text, the others by Excel's number
    for them, while the numbers in cells are never whole numbers to it."""
    if isinstance(cell, int) and cell & 0xFFFF0000 == _ERROR_NUMBERS:
        return ExcelError(f"#{cell & 0xFFFF}")
    return ExcelError(cell) if isinstance(cell, str) and cell in _ERROR_TEXTS else cell


def _cell(number: float) -> object:
    """A result as a cell holds it: blank where there is none."""
    return "" if np.isnan(number) else float(number)


class _Call:
    """The arguments of one call, cell by cell; what is wrong with a cell; and the answer in the shape of the arguments.

    Columns are (n,), n cells row by row. A problem takes the place of the cell's result, and N/A comes next.
    """

    def __init__(self, language: str, **arguments: Cells) -> None:
        self.labels = labels.load(language if language in labels.LANGUAGES else labels.DEFAULT)
        grids = {name: _grid(cells) for name, cells in arguments.items()}
        shapes = {grid.shape for grid in grids.values()}
        self._same_size = len(shapes - {(1, 1)}) <= 1
        self._shape = max(shapes, key=lambda shape: shape[0] * shape[1])
        self.size = self._shape[0] * self._shape[1]
        self._columns = {
            name: np.broadcast_to(grid, self._shape).ravel() if grid.size == 1 else grid.ravel()
            for name, grid in grids.items()
        }
        self.not_applicable: Flags = np.zeros(self.size, dtype=np.bool_)
        self._problems = np.full(self.size, "", dtype=object)

    def numbers(self, name: str, na: bool = True) -> Floats:
        """The numbers of an argument, NaN where there is none; `na`: N/A has a meaning there."""
        cells = self._columns[name]
        found = parse.numbers(cells, NumberStyle.CELLS)
        found = found if na else found.without_na()
        self.not_applicable |= found.state == Cell.NA
        for fault in set(found.fault[found.state == Cell.ERROR]):
            self.refuse(name, found.fault == fault, parse.FAULTS[fault], self.labels.number(96.13))
        return found.value

    def flags(self, name: str) -> Flags:
        """The yes and no of an argument; blank is no."""
        found, unclear = parse.flags(parse.texts(self._columns[name]))
        self.refuse(name, unclear, "bad_flag", self._words("choice.yes", "choice.no"))
        return found

    def polarities(self, name: str) -> Codes:
        """The codes of the polarities of an argument; blank is maximize."""
        text = parse.texts(self._columns[name], trim=True)
        found = parse.choices(text, _POLARITIES)
        blank = text.value == ""
        expected = self._words(*(f"polarity.{polarity}" for polarity in Polarity))
        self.refuse(name, (found < 0) & ~blank, "unknown_polarity", expected)
        return np.where(blank, np.int8(code(Polarity.MAXIMIZE)), found)

    def refuse(self, name: str, where: NDArray[np.bool_], rule: str, expected: str = "") -> None:
        """Says of each of these cells which rule it breaks, unless something was wrong with its row before.

        `expected`: what would be right there.
        """
        style = self.labels("rule.decimal_comma" if "," in expected else "rule.decimal_point")
        for place in np.flatnonzero(where & (self._problems == "")):
            value = parse.as_text(self._columns[name][place])
            self._problems[place] = self.labels(f"rule.{rule}", value=value, expected=expected, style=style)

    def _words(self, *keys: str) -> str:
        return ", ".join(map(self.labels, keys))

    def numbers_as_cells(self, values: Floats) -> list[object]:
        """Results as cells hold them."""
        return [_cell(value) for value in values]

    def first_problem(self) -> str:
        """What is wrong with the first cell that cannot be read; "" when all can."""
        return next((str(text) for text in self._problems if text), "")

    def answered(self, results: Callable[[], list[object]]) -> Any:
        """The results (n,) in the shape of the arguments, or one sentence when the call as a whole is wrong."""

        def grid() -> Any:
            cells = [
                problem or (NA_TEXT if not_applicable else result)
                for result, problem, not_applicable in zip(results(), self._problems, self.not_applicable, strict=True)
            ]
            rows, columns = self._shape
            return cells[0] if self.size == 1 else [cells[i * columns : (i + 1) * columns] for i in range(rows)]

        return self.answered_once(grid)

    def answered_once(self, result: Callable[[], Any]) -> Any:
        """The one result, or one sentence when the call as a whole is wrong."""
        if not self._same_size:
            return self.labels("worksheet_function.sizes")
        try:
            return result()
        except ChoiceError as error:
            return self.labels("error.choice", **error.params | {"what": self.labels("error.what.policy")})
