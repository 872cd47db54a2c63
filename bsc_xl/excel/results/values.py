"""Cells that show results: what a value may be, and how cells come by theirs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from importlib.metadata import version

import numpy as np

from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects
from bsc_xl.excel.formulas.words import BEYOND_A_STEP, LARGE, OF_A_STEP, SMALL, SMALLEST
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


def number_text(layout: Layout, value: float, decimals: int = 2, *, signed: bool = False) -> str:
    """What the formula of `formulas.words.number_text` shows for a number."""
    return _rounded(layout, value, math.copysign(OF_A_STEP, value), decimals, "+" if signed else "")


def bounded_text(layout: Layout, value: float, polarity: Polarity) -> str:
    """What the formula of `formulas.words.bounded_text` shows for a number."""
    size = abs(value)
    decimals = 0 if size >= LARGE else 2 + (size >= SMALLEST) * sum(size < bound for bound in SMALL)
    up, nearest = 0.5 - BEYOND_A_STEP, math.copysign(OF_A_STEP, value)
    step = {Polarity.MINIMIZE: -up, Polarity.STABILIZE: nearest}.get(polarity, up)
    return _rounded(layout, value, step, decimals).removesuffix(f"{layout.labels.mark}00")


def _rounded(layout: Layout, value: float, step: float, decimals: int, plus: str = "") -> str:
    """A number, moved by so much of the last decimal and rounded, in the language of the workbook."""
    rounded = _EXACT.quantize(Decimal(value + step * 10**-decimals), Decimal(1).scaleb(-decimals))
    text = f"{abs(rounded):f}".replace(".", layout.labels.mark)
    if not rounded:
        return text
    return ("-" if rounded < 0 else plus) + text


@cache
def engine_version() -> str:
    """The version of bsc-xl that a workbook was made with."""
    return version("bsc-xl")
