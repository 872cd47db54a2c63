"""The rules of the settings table: what each key may hold, and what holds when it is not given."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bsc_xl import labels, policies
from bsc_xl.errors import ADVICE
from bsc_xl.model import (
    COMPARE_DECIMALS,
    PERIODS_PER_YEAR,
    WEIGHT_TOLERANCE,
    WEIGHT_TOTAL,
    Cell,
    DisciplineMeasure,
    EmployeeRating,
    Missing,
    Perspective,
    Policy,
    ZeroTarget,
)
from bsc_xl.tables import parse
from bsc_xl.tables.columns import Floats, Texts, heading
from bsc_xl.tables.findings import Findings
from bsc_xl.tables.raw import ExcelError, UncalculatedFormulaError
from bsc_xl.tables.sheet import Sheet

YEARS = range(1900, 3000)
WEIGHT_KEYS = {perspective: f"weight_{perspective}" for perspective in Perspective}
LIMITS = (("floor", "cap"), ("yellow_from", "green_from"))
"""Lower and upper limits that only make sense together: the lower one is below the upper one, or neither counts."""
_OVERRIDES = {
    "zero_target": tuple(map(str, ZeroTarget)),
    "missing": tuple(map(str, Missing)),
    "rating": policies.NAMES,
    "employee_rating": tuple(map(str, EmployeeRating)),
    "discipline": tuple(map(str, DisciplineMeasure)),
}
_KEYS = {"year", "period", "periods", "language", "policy", *WEIGHT_KEYS.values(), *policies.OVERRIDES}


@dataclass(slots=True)
class Checked:
    """The settings as far as they hold. `year`, `period`: None when not given or not usable; `periods`: None when not
    usable. `year_row`: position of the year in the raw frame, None where there is none.

    `usable` is False when a year or period is given and cannot be used, so that nothing can be scored.
    """

    year: int | None = None
    year_row: int | None = None
    period: int | None = None
    periods: int | None = 4
    language: str = labels.DEFAULT
    policy: str = policies.DEFAULT
    weights: dict[Perspective, float] = field(default_factory=lambda: dict.fromkeys(Perspective, 25.0))
    overrides: dict[str, Any] = field(default_factory=dict)
    usable: bool = True

    def scoring_policy(self) -> Policy:
        """The policy that these settings choose."""
        return policies.with_overrides(policies.load(self.policy), self.overrides)


def check(sheet: Sheet, findings: Findings) -> Checked:
    """The settings; every key that is not given has its default, and so has one with a value that is reported."""
    given = _Given(sheet, findings)
    checked = Checked()
    _check_time(given, checked)
    checked.language = given.name_in("language", labels.LANGUAGES) or checked.language
    checked.policy = given.name_in("policy", policies.NAMES) or checked.policy
    _check_weights(given, checked)
    for key, names in _OVERRIDES.items():
        if (name := given.name_in(key, names)) is not None:
            checked.overrides[key] = name
    _check_limits(given, checked)
    return checked


class _Given:
    """The values that the table gives, by key; a key counts the first time, without regard to case."""

    def __init__(self, sheet: Sheet, findings: Findings) -> None:
        keys = sheet.codes("key")
        values = sheet.cells("value")
        self._findings = findings
        self._style = sheet.style
        self._named = sheet.named
        self._place: dict[str, tuple[int, object]] = {}
        known = np.zeros(len(sheet), dtype=bool)
        again = np.zeros(len(sheet), dtype=bool)
        for number, key in enumerate(map(heading, keys)):
            known[number] = key in _KEYS or not key
            again[number] = bool(key) and key in self._place
            if not again[number]:
                self._place[key] = (int(sheet.row[number]), values[number])
        sheet.report("unknown_setting", "key", ~known & ~again, keys, ADVICE)
        sheet.report("duplicate", "key", again, keys)

    def number(self, key: str) -> float | None:
        """The value as a number; None when it is not given, and NaN when it is not a number, N/A included."""
        numbers = self._numbers(key)
        return None if numbers.state[0] == Cell.BLANK else float(numbers.value[0])

    def whole(self, key: str) -> int | None:
        """As `number`, for whole numbers; -1 when it is anything else."""
        number = self.number(key)
        if number is None:
            return None
        return int(number) if number.is_integer() else -1

    def fault(self, key: str) -> str:
        """Which rule of a number the value breaks; "" for none."""
        return parse.FAULTS[self._numbers(key).fault[0]]

    def name_in(self, key: str, names: tuple[str, ...]) -> str | None:
        """One of `names`, without regard to case; None, and reported, when it is another."""
        column = parse.texts(self._cell(key), trim=True)
        members = self._named(key, {name: place for place, name in enumerate(names)})
        place = int(parse.choices(column, members)[0])
        if place >= 0:
            return names[place]
        if column.value[0] or isinstance(self._cell(key)[0], ExcelError):
            # An error value has no text, and is still not the same as nothing.
            self.report("bad_setting", key, expected=", ".join(members))
        return None

    def report(self, rule: str, key: str, value: object = None, expected: str = "") -> None:
        """A failure at the value of `key`, or at the table when the key is not given. `expected`: as in `Failure`."""
        found = self._cell(key)[0] if value is None else value
        if isinstance(found, ExcelError):
            # Whatever the setting asks for, the formula comes first.
            rule = "formula_without_value" if isinstance(found, UncalculatedFormulaError) else "excel_error"
        if key in self._place:
            self._findings.add(rule, "settings", "value", [self._place[key][0]], [found], expected=expected)
        else:
            self._findings.add_table(rule, "settings", "value", parse.as_text(found), expected)

    def row(self, key: str) -> int | None:
        """Where the value of `key` stands in the raw frame; None when the key is not given."""
        return self._place[key][0] if key in self._place else None

    def first(self, keys: list[str]) -> str:
        """The key among `keys` that stands first in the table, or the first of them when none is given."""
        return min((key for key in keys if key in self._place), key=lambda key: self._place[key][0], default=keys[0])

    def _numbers(self, key: str) -> parse.Numbers:
        return parse.numbers(self._cell(key), self._style).without_na()

    def _cell(self, key: str) -> Texts:
        cell = np.empty(1, dtype=object)
        cell[0] = self._place[key][1] if key in self._place else None
        return cell


def _check_time(given: _Given, checked: Checked) -> None:
    checked.year = given.whole("year")
    checked.year_row = given.row("year")
    if checked.year is not None and checked.year not in YEARS:
        given.report("year_out_of_range", "year")
        checked.year, checked.usable = None, False
    periods = given.whole("periods")
    if periods is not None:
        checked.periods = periods if periods in PERIODS_PER_YEAR else None
        if checked.periods is None:
            given.report("bad_setting", "periods", expected=", ".join(map(str, PERIODS_PER_YEAR)))
            checked.usable = False
    checked.period = given.whole("period")
    last = checked.periods or max(PERIODS_PER_YEAR)
    if checked.period is not None and not 1 <= checked.period <= last:
        given.report("period_out_of_range", "period", expected=f"1..{last}")
        checked.period, checked.usable = None, False


def _check_weights(given: _Given, checked: Checked) -> None:
    legible = True
    for perspective, key in WEIGHT_KEYS.items():
        weight = given.number(key)
        if weight is None:
            continue
        if math.isnan(weight):
            given.report(given.fault(key), key)
            legible = False
            continue
        if not 0 <= weight <= WEIGHT_TOTAL:
            given.report("weight_out_of_range", key)
        # A weight below 0 would turn a good score into a bad one, so only the total has it.
        checked.weights[perspective] = weight
    total = sum(checked.weights.values())
    if legible and not is_full(np.float64(total)):
        given.report("weights_total", given.first(list(WEIGHT_KEYS.values())), round(total, 6))
    for perspective, weight in checked.weights.items():
        if weight < 0:
            checked.weights[perspective] = 0.0


def _check_limits(given: _Given, checked: Checked) -> None:
    """Each pair of limits is taken as a whole, and only when the lower one is below the upper one."""
    policy = checked.scoring_policy()
    by_policy = {"floor": policy.floor, "cap": policy.cap}
    by_policy |= {f"{band.name}_from": band.lower for band in policy.status}
    for pair in LIMITS:
        limits: dict[str, float] = {}
        for key in pair:
            limit = given.number(key)
            if limit is not None and math.isnan(limit):
                given.report("bad_setting", key, expected=_side_of(key, pair, by_policy))
            elif limit is not None:
                limits[key] = limit
        lower, upper = (limits.get(key, by_policy[key]) for key in pair)
        if lower < upper:
            checked.overrides |= limits
        elif limits:
            key = next(iter(limits))
            given.report("bad_setting", key, expected=_side_of(key, pair, by_policy | limits))


def _side_of(key: str, pair: tuple[str, str], limits: dict[str, float]) -> str:
    lower, upper = pair
    return f"< {limits[upper]:g}" if key == lower else f"> {limits[lower]:g}"


def is_full(total: Floats | np.float64) -> NDArray[np.bool_]:
    """Whether weights total 100, within the tolerance of domain.md, section 6; of the shape of `total`."""
    found: NDArray[np.bool_] = np.abs(np.round(total - WEIGHT_TOTAL, COMPARE_DECIMALS)) <= WEIGHT_TOLERANCE
    return found
