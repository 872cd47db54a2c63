"""Cells that show results: what a value may be, and how cells come by theirs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from importlib.metadata import version

import numpy as np

from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects
from bsc_xl.excel.formulas.words import (
    BEYOND_A_STEP,
    HARD_SPACE,
    LARGE,
    MINUS,
    OF_A_STEP,
    POINT_DECIMALS,
    SMALL,
    SMALLEST,
)
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.model import Polarity, Status
from bsc_xl.scoring.arrays import Floats, Positions

Value = str | float | int | None
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
"""Enough digits for every double."""


def results(refs: Sequence[Ref], values: Objects) -> Cells:
    """Cells that show these values beside their formulas."""
    return Cells(refs, values, result=True)


def same(refs: Iterable[Ref], value: Value) -> Cells:
    """Cells that all show one value, whichever the unit."""
    listed = list(refs)
    return results(listed, objects([value] * len(listed)))


def status_texts(layout: Layout) -> Objects:
    """Symbol and word of each status, by its code."""
    return objects([layout.status_text(status) for status in Status])


def completeness(own: UnitBlock, key: str) -> Objects:
    """The sentence "so many of so many" for each unit and perspective, (U, 4)."""
    card, text = own.card, own.layout.labels
    scored, total = card.perspective_scored[own.units], card.perspective_total[own.units]
    counts = zip(scored.ravel().tolist(), total.ravel().tolist(), strict=True)
    return objects([text(key, scored=a, total=b) for a, b in counts]).reshape(scored.shape)


def in_order(terms: Floats) -> Floats:
    """The sums (U,) of the terms (U, n), added one after the other: the last digit is the same for every block."""
    total = np.zeros(len(terms))
    for column in terms.T:
        total = total + column
    return total


def ranked(own: UnitBlock, values: Objects, ranking: Positions, count: int) -> Objects:
    """The values (K,) or (U, K) of each unit's first `count` KPIs of a ranking, (U, count); "" beyond the last."""
    picked = ranking[:, :count]
    found = values[picked] if values.ndim == 1 else np.take_along_axis(values, picked, axis=1)
    known = np.arange(picked.shape[1]) < own.scored.sum(axis=1)[:, None]
    listed = np.full((len(ranking), count), "", dtype=object)
    listed[:, : picked.shape[1]] = np.where(known, found, "")
    return listed


def subtitle(own: UnitBlock) -> str:
    """Year and reporting period in words."""
    period = own.layout.period_names()[own.card.period - 1]
    said = own.layout.labels("dashboard.subtitle", year=own.card.tables.settings.year or "", period=period)
    return " ".join(filter(None, said.split(" ")))  # as TRIM does, which leaves hard spaces alone


def number_text(layout: Layout, value: float) -> str:
    """What the formula of `formulas.words.number_text` shows for a number."""
    rounded = _rounded(value, math.copysign(OF_A_STEP, value), POINT_DECIMALS)
    return f"{rounded:f}".replace(".", layout.labels.mark)


def gap_text(layout: Layout, gap: float) -> str:
    """What the formula of `formulas.words.gap_text` shows for a difference as it is `seen`."""
    return number_text(layout, -gap) if gap else layout.labels("unseen_gap")


def bounded(value: float, polarity: Polarity) -> float:
    """What the formula of `formulas.words.bounded` comes to for a number; NaN stays."""
    if math.isnan(value):
        return value
    size = abs(value)
    decimals = 0 if size >= LARGE else 2 + (size >= SMALLEST) * _more_decimals(size)
    up, nearest = 0.5 - BEYOND_A_STEP, math.copysign(OF_A_STEP, value)
    step = {Polarity.MINIMIZE: -up, Polarity.STABILIZE: nearest}.get(polarity, up)
    return float(_rounded(value, step, decimals))


def amount_text(layout: Layout, value: float) -> str:
    """What the formula of `formulas.words.amount_text` shows for an amount that is rounded already."""
    size = abs(value)
    text = layout.labels.number(size, 0 if value.is_integer() else 2 + _more_decimals(size))
    return MINUS + text if value < 0 else text


def with_unit(layout: Layout, figure: str, unit: str) -> str:
    """What the formula of `formulas.words.with_unit` shows for a figure."""
    words = list(filter(None, unit.split(" ")))  # as TRIM does, which leaves hard spaces alone
    if words and f",{words[0].lower()}," in f",{layout.labels('recommendation.currencies')},":
        return HARD_SPACE.join(filter(None, (words[0], figure, " ".join(words[1:]))))
    return HARD_SPACE.join(filter(None, (figure, " ".join(words))))


def _more_decimals(size: float) -> int:
    return sum(size < bound for bound in SMALL)


def _rounded(value: float, step: float, decimals: int) -> Decimal:
    """A number, moved by so much of the last decimal and rounded; a zero has no sign."""
    rounded = _EXACT.quantize(Decimal(value + step * 10**-decimals), Decimal(1).scaleb(-decimals))
    return rounded if rounded else abs(rounded)


@cache
def engine_version() -> str:
    """The version of bsc-xl that a workbook was made with."""
    return version("bsc-xl")
