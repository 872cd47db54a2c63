"""Data sets of any size for trying out, tests and benchmarks: valid, varied, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl import labels
from bsc_xl.model import NA_TEXT, PERIODS_PER_YEAR, Behaviour, Consolidation, Level, Perspective, Polarity
from bsc_xl.tables.columns import COLUMNS, SIGNATORY

_CHILDREN = 8
_EMPLOYEES = 0.2
"""The last fifth of the units are employees; they are leaves of the tree."""
_HARD_TEXTS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "Ketepatan SOP 👍🏽 «99,44 %»",
    "<b>tebal</b> & \"kutip\" 'tunggal'; koma, titik",
    "baris satu\nbaris dua\r\nbaris tiga",
    "_x0041_ bukan A",
    " spasi di kedua ujung ",
    "N/A",
    "#DIV/0!",
    "001",
    "1e5",
    "TRUE",
    "panjang " * 625,
)
_BOUND_PERCENTS = (80, 100, 120)
_BLANK, _NOT_APPLICABLE, _NO_TARGET, _STEADY = 0.04, 0.03, 0.03, 0.3
"""Shares of the figures: actual not reported, N/A, no target; and of the KPIs: the same percentage in every period."""

_UNJUDGED, _SKIPPED = 0.05, 0.02
"""Shares of the judgements without any value, and of the values that were left out."""
_USUAL = (4, 5, 3, 2)
"""What the behaviour of one employee after the other is about."""
_JUDGED = 1
"""What tells the random numbers of behaviour from those of the figures."""

Objects = NDArray[np.object_]


def generate(
    units: int = 10,
    kpis: int = 8,
    *,
    seed: int = 0,
    periods: int = 4,
    years: Sequence[int] = (2025,),
    period: int | None = None,
    language: str = labels.DEFAULT,
    own_kpis: bool = False,
    hard_text: bool = False,
) -> dict[str, pd.DataFrame]:
    """The raw tables of a data set without a failure, by table name.

    `units`: how many, in a tree of several levels, the last fifth of them employees. `kpis`: how many per unit, spread
    over the perspectives, every polarity and consolidation in turn; shared by all units, or with `own_kpis` each
    unit's own. The behaviour of employees is judged in every period. `periods` per year (1, 2, 4 or 12); `period` is
    the reporting period, by default the last, and nothing is reported or judged later. The settings name the last of
    `years`. Among the figures are blanks, N/A, targets that are 0 or negative, worst values, ceilings, and indices
    exactly on 80, 100 and 120; some behaviour is not judged, or not on every value. `hard_text` puts text in that
    programs like to mistake: formulas, markup, line breaks, long notes, codes such as 001.
    ValueError for sizes below 1 or another number of periods.
    """
    if units < 1 or kpis < 1 or not years or periods not in PERIODS_PER_YEAR:
        raise ValueError(f"no data set has {units} units, {kpis} KPIs, {len(years)} years and {periods} periods")
    random = np.random.default_rng(seed)
    text = labels.load(language)
    prefix = "" if hard_text else "U"
    unit_codes = np.array([f"{prefix}{number:05d}" for number in range(1, units + 1)], dtype=object)
    owners = units if own_kpis else 1
    kpi_codes = np.array(
        [f"{code}-K{number:02d}" for code in unit_codes for number in range(1, kpis + 1)]
        if own_kpis
        else [f"K{number:02d}" for number in range(1, kpis + 1)],
        dtype=object,
    )
    shape = _Kpis(random, kpis, owners)
    tables = {
        "units": _units(unit_codes, text),
        "kpis": _kpi_table(kpi_codes, np.repeat(unit_codes, kpis) if own_kpis else None, shape, text),
        "measurements": _measurements(
            random, unit_codes, kpi_codes, shape, owners, periods, years, period or periods, text
        ),
        "settings": _settings(max(years), period or periods, periods, language),
        "links": _links(np.unique(shape.perspective), text),
    }
    employees = unit_codes[(tables["units"]["level"] == Level.EMPLOYEE).to_numpy()]
    # Numbers of its own, so that the figures of a seed are the same as without it.
    tables["behaviour"] = _behaviour(
        np.random.default_rng([seed, _JUDGED]), employees, periods, years, period or periods
    )
    if hard_text:
        _harden(tables)
    return tables


class _Kpis:
    """What each KPI is, `owners` times `count` of them: arrays of that length, in the order of the KPI table."""

    def __init__(self, random: np.random.Generator, count: int, owners: int) -> None:
        number = np.arange(count)
        self.count = count
        self.perspective = np.tile(number * len(Perspective) // count if count >= len(Perspective) else number, owners)
        self.polarity = np.tile(number % len(Polarity), owners)
        self.consolidation = np.tile((number % len(Polarity) + number // len(Polarity)) % len(Consolidation), owners)
        self.scale = np.tile(number // len(Polarity), owners) + random.integers(1, 4, count * owners)
        self.sign = np.where(np.tile(number % 7, owners) == 5, -1, 1)
        # A target of 0 is for Minimize only: for the others nothing could be computed from it.
        minimize, maximize = self.member(Polarity.MINIMIZE), self.member(Polarity.MAXIMIZE)
        self.zero = minimize & (np.tile(number // len(Polarity) % 3, owners) == 1)
        self.worst = minimize & (np.tile(number // len(Polarity) % 2, owners) == 1)
        self.ceiling = maximize & (np.tile(number // len(Polarity) % 2, owners) == 1)
        self.weight = _weights(random, self.perspective[:count], owners)

    def member(self, polarity: Polarity) -> NDArray[np.bool_]:
        """Which KPIs have that polarity."""
        return np.asarray(self.polarity == list(Polarity).index(polarity), dtype=bool)


def _weights(random: np.random.Generator, perspective: NDArray[np.int64], owners: int) -> NDArray[np.float64]:
    """Weights with two decimals that total 100 in each perspective of each owner."""
    shares = random.integers(1, 6, (owners, len(perspective)))
    weights = np.zeros((owners, len(perspective)), dtype=np.int64)
    for place in range(len(Perspective)):
        of = np.flatnonzero(perspective == place)
        if of.size:
            weights[:, of] = shares[:, of] * 10_000 // shares[:, of].sum(axis=1, keepdims=True)
            weights[:, of[-1]] += 10_000 - weights[:, of].sum(axis=1)
    result: NDArray[np.float64] = weights.ravel() / 100
    return result


def _units(codes: Objects, text: labels.Labels) -> pd.DataFrame:
    place = np.arange(len(codes))
    parent = codes[np.maximum(place - 1, 0) // _CHILDREN]
    parent[0] = None
    employee = place >= max(1.0, len(codes) * (1 - _EMPLOYEES))
    names = [
        text("sample.employee" if of else "sample.unit", number=number)
        for number, of in enumerate(employee.tolist(), start=1)
    ]
    return _frame(
        unit_code=codes,
        unit_name=names,
        parent_code=parent,
        level=np.where(employee, Level.EMPLOYEE.value, Level.UNIT.value),
        **{name: [text(f"sample.{name}", number=number) for number in range(1, len(codes) + 1)] for name in SIGNATORY},
        weight=[None if number % 3 else 1.0 + number % 4 for number in range(len(codes))],
        new_idea=place % 5 == 0,
    )


def _kpi_table(codes: Objects, unit_codes: Objects | None, kpis: _Kpis, text: labels.Labels) -> pd.DataFrame:
    names = np.array([text("sample.kpi", number=number) for number in range(1, kpis.count + 1)], dtype=object)
    repeats = len(codes) // kpis.count
    worst = np.where(kpis.zero, 10.0, kpis.scale * 100.0 * 2)
    return _frame(
        kpi_code=codes,
        perspective=_words(Perspective, kpis.perspective),
        objective=np.array(_objectives(text), dtype=object)[kpis.perspective],
        kpi_name=np.tile(names, repeats),
        unit_of_measure=np.full(len(codes), "%", dtype=object),
        polarity=_words(Polarity, kpis.polarity),
        consolidation=_words(Consolidation, kpis.consolidation),
        weight=kpis.weight,
        worst=_where(kpis.worst, worst),
        ceiling=kpis.ceiling,
        source=np.full(len(codes), text("sample.source"), dtype=object),
        owner=np.full(len(codes), text("sample.owner"), dtype=object),
        unit_code=np.full(len(codes), None, dtype=object) if unit_codes is None else unit_codes,
    )


def _measurements(
    random: np.random.Generator,
    unit_codes: Objects,
    kpi_codes: Objects,
    kpis: _Kpis,
    owners: int,
    periods: int,
    years: Sequence[int],
    period: int,
    text: labels.Labels,
) -> pd.DataFrame:
    pairs = len(unit_codes) * kpis.count
    kpi = np.arange(pairs) if owners > 1 else np.tile(np.arange(kpis.count), len(unit_codes))
    frames = []
    for year in sorted(years):
        target, actual = _figures(random, kpis, kpi, periods)
        if year == max(years):
            actual[:, period:] = None
        target, actual = target.ravel(), actual.ravel()
        given = ~pd.isna(actual)
        frames.append(
            _frame(
                unit_code=np.repeat(np.repeat(unit_codes, kpis.count), periods),
                kpi_code=np.repeat(kpi_codes[kpi], periods),
                year=np.full(pairs * periods, year),
                period=np.tile(np.arange(1, periods + 1), pairs),
                target=target,
                actual=actual,
                evidence=_where(given & (random.random(len(given)) < 0.2), text("sample.evidence")),
                note=_where(random.random(len(given)) < 0.02, text("sample.note")),
            )
        )
    return pd.concat(frames, ignore_index=True)


def _figures(random: np.random.Generator, kpis: _Kpis, kpi: NDArray[np.int64], periods: int) -> tuple[Objects, Objects]:
    """Target and actual (pairs, periods): numbers, None for blank, N/A.

    Targets are whole hundreds, so that a whole percentage of one is a whole number and a bound is met exactly.
    """
    size = (len(kpi), periods)
    binary, unscored = (kpis.member(kind)[kpi, np.newaxis] for kind in (Polarity.BINARY, Polarity.UNSCORED))
    minimize = kpis.member(Polarity.MINIMIZE)[kpi, np.newaxis]
    stabilize = kpis.member(Polarity.STABILIZE)[kpi, np.newaxis]
    percent = random.integers(30, 131, size)
    steady = random.random(len(kpi)) < _STEADY
    percent[steady] = random.choice(_BOUND_PERCENTS, int(steady.sum()))[:, np.newaxis]
    percent = np.where(stabilize, np.clip(percent, 70, 125), percent)
    percent = np.where(kpis.ceiling[kpi, np.newaxis], np.minimum(percent, 100), percent)
    # The better side of a target is below it for Minimize, and for a negative target the same distance counts.
    scale = (kpis.scale * kpis.sign)[kpi, np.newaxis]
    distance = np.where(minimize, 100 - percent, percent - 100) * np.abs(scale)
    target = np.broadcast_to(np.where(binary, 1, scale * 100), size)
    actual = np.where(binary, (percent >= 70).astype(np.int64), target + distance)
    zero = kpis.zero[kpi, np.newaxis]
    target, actual = np.where(zero, 0, target), np.where(zero, percent // 20 - 1, actual)

    targets, actuals = target.astype(np.float64).astype(object), actual.astype(np.float64).astype(object)
    chance = random.random(size)
    no_target = (chance < _NO_TARGET) | unscored
    targets[no_target] = None
    actuals[no_target & ~unscored] = None
    actuals[(chance >= _NO_TARGET) & (chance < _NO_TARGET + _BLANK)] = None
    not_applicable = chance > 1 - _NOT_APPLICABLE
    targets[not_applicable] = NA_TEXT
    actuals[not_applicable] = NA_TEXT
    return targets, actuals


def _behaviour(
    random: np.random.Generator, employees: Objects, periods: int, years: Sequence[int], period: int
) -> pd.DataFrame:
    """Whole values around a mean of the employee's own, so that every level is found among few employees."""
    judged = [(year, number) for year in sorted(years) for number in range(1, periods + 1)]
    judged = [(year, number) for year, number in judged if year < max(years) or number <= period]
    usual = np.tile(np.arange(len(employees)) % len(_USUAL), len(judged))
    size = (len(usual), len(Behaviour))
    values = np.clip(np.array(_USUAL)[usual][:, np.newaxis] + random.integers(-1, 2, size), 1, 5).astype(object)
    values[random.random(size) < _SKIPPED] = None
    values[random.random(len(usual)) < _UNJUDGED] = None
    return _frame(
        unit_code=np.tile(employees, len(judged)),
        year=np.repeat([year for year, _ in judged], len(employees)),
        period=np.repeat([number for _, number in judged], len(employees)),
        **dict(zip(Behaviour, values.T, strict=True)),
    )


def _settings(year: int, period: int, periods: int, language: str) -> pd.DataFrame:
    rows: list[tuple[str, object]] = [("year", year), ("period", period), ("periods", periods), ("language", language)]
    rows += [(f"weight_{perspective}", 25) for perspective in Perspective]
    return _frame(key=[key for key, _ in rows], value=[value for _, value in rows])


def _links(perspectives: NDArray[np.int64], text: labels.Labels) -> pd.DataFrame:
    objectives = [_objectives(text)[place] for place in perspectives]
    return _frame(cause=objectives[1:], effect=objectives[:-1])


def _harden(tables: dict[str, pd.DataFrame]) -> None:
    for table, columns in (("units", ("unit_name", *SIGNATORY)), ("kpis", ("kpi_name",)), ("measurements", ("note",))):
        frame = tables[table]
        limits = {column.name: column.limit for column in COLUMNS[table]}
        for shift, column in enumerate(columns):
            count = len(frame) if table != "measurements" else min(len(frame), 100 * len(_HARD_TEXTS))
            texts = [_HARD_TEXTS[(place + shift) % len(_HARD_TEXTS)][: limits[column]] for place in range(count)]
            frame.loc[: count - 1, column] = np.array(texts, dtype=object)


def _objectives(text: labels.Labels) -> list[str]:
    return [text("sample.objective", perspective=text(f"perspective.{perspective}")) for perspective in Perspective]


def _words(kind: type[StrEnum], place: NDArray[np.int64]) -> Objects:
    return np.array([member.value for member in kind], dtype=object)[place]


def _where(given: NDArray[np.bool_], cells: object) -> Objects:
    """The cells where they are given, blank elsewhere."""
    result = np.full(len(given), None, dtype=object)
    result[given] = np.broadcast_to(np.asarray(cells, dtype=object), given.shape)[given]
    return result


def _frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
