"""From a validated data set to its scorecard: the only place where scoring meets tables.

``score(tables)`` computes every KPI of every unit at once; a `Scorecard` keeps the results as arrays, row by row beside
the tables they came from, and shows them as frames for analysts and as the fixed ``--json`` form of the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bsc_xl import employees, history, initiatives, policies
from bsc_xl.employees import Employees
from bsc_xl.errors import ChoiceError
from bsc_xl.history import History
from bsc_xl.initiatives import Initiatives
from bsc_xl.model import Behaviour, Consolidation, Expectation, Level, Perspective, Polarity, Policy, Status
from bsc_xl.scoring import achievement as achievements
from bsc_xl.scoring import rating as ratings
from bsc_xl.scoring import rollup
from bsc_xl.scoring.arrays import Codes, Flags, Floats, Positions, code
from bsc_xl.scoring.consolidation import consolidate
from bsc_xl.scoring.employees import rating_names
from bsc_xl.tables.excerpt import excerpt as take_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from bsc_xl.labels import Labels
    from bsc_xl.tables.columns import Tables

_UNSCORED = code(Polarity.UNSCORED)
_BLOCK = 1 << 15
"""Rows that are scored together: their intermediate arrays stay in the processor's cache, which is what a million rows
cost most for."""


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard:
    """The results of one period.

    n rows are the rows of `tables`, U units those of `tables.units`; the perspectives (4) are in the order of
    `model.Perspective`.

    By KPI, (n,): `target`, `actual` to date in the KPI's unit of measure; `achievement`, an uncapped ratio (1.0 is on
    target); `index`, 0..120; all NaN where there is none. `status`: positions in `model.Status`. `has_target`,
    `incomplete`, `invalid`: as in `scoring.consolidation.Consolidated`. `scored`: it has an index. `applicable`: it is
    in the total of the completeness. `counted_weight`: percent as in the table, 0 when it is not in the roll-up.
    `weighted_score`: its part of the perspective score; those of a perspective add up to it; NaN when not in the
    roll-up, 0 when counted as missing.
    By unit and perspective, (U, 4): `perspective_score` 0..120, NaN for none; `perspective_status`;
    `perspective_scored` of `perspective_total` KPIs, the completeness. `perspective_weight` (4,), percent.
    By unit, (U,): `score`, 0..120, NaN for none; `unit_status`; `rating`, positions in `policy.rating_bands` or
    -1 for none; `scored_count` of `total_count` KPIs; `children_mean`, the weighted mean of the scores of the direct
    children, NaN for none. `employees`: how those units that are employees are judged. `history`: closed periods of
    earlier years. `initiatives`: what the units plan to do about their KPIs. Sources: domain.md, sections 4 to 8.
    """

    tables: Tables
    policy: Policy
    period: int

    target: Floats
    actual: Floats
    achievement: Floats
    index: Floats
    status: Codes
    has_target: Flags
    incomplete: Flags
    invalid: Flags
    scored: Flags
    applicable: Flags
    counted_weight: Floats
    weighted_score: Floats

    perspective_weight: Floats
    perspective_score: Floats
    perspective_status: Codes
    perspective_scored: Positions
    perspective_total: Positions

    score: Floats
    unit_status: Codes
    rating: Codes
    scored_count: Positions
    total_count: Positions
    children_mean: Floats
    employees: Employees
    history: History = history.NONE
    initiatives: Initiatives = initiatives.NONE

    def kpi_frame(self) -> pd.DataFrame:
        """One row per unit and KPI, in the order of the tables: who and what it is, and every figure of the KPI."""
        tables = self.tables
        units, kpis = tables.units.iloc[tables.unit], tables.kpis.iloc[tables.kpi]
        columns: dict[str, Any] = {"unit_code": units["unit_code"].to_numpy()}
        for name in ("kpi_code", "kpi_name", "perspective", "weight"):
            columns[name] = kpis[name].to_numpy()
        for name in ("target", "actual", "achievement", "index"):
            columns[name] = getattr(self, name)
        columns["status"] = _words(self.status, Status)
        for name in ("weighted_score", "counted_weight", "scored", "applicable", "incomplete", "invalid"):
            columns[name] = getattr(self, name)
        return pd.DataFrame(columns)

    def unit_frame(self) -> pd.DataFrame:
        """One row per unit, with the score of each perspective under the perspective's name.

        `rating` is the name of the band, "" for none; `scored` of `total` KPIs is the completeness.
        """
        units = self.tables.units
        bands = np.array([*(band.name for band in self.policy.rating_bands), ""], dtype=object)
        columns: dict[str, Any] = {
            "unit_code": units["unit_code"].to_numpy(),
            "unit_name": units["unit_name"].to_numpy(),
            "score": self.score,
            "status": _words(self.unit_status, Status),
            "rating": bands[self.rating],
            "scored": self.scored_count,
            "total": self.total_count,
            "children_mean": self.children_mean,
        }
        for position, perspective in enumerate(Perspective):
            columns[perspective.value] = self.perspective_score[:, position]
        return pd.DataFrame(columns)

    def employee_frame(self) -> pd.DataFrame:
        """One row per employee: work result, the seven values, levels and rating by their names, "" for none."""
        return self.employees.frame(self.policy)


def score(tables: Tables, period: int | None = None) -> Scorecard:
    """The scorecard of `tables` for periods 1..`period`, by default the period of its settings.

    The policy is the one that the settings name, with their overrides. `ChoiceError` for a policy that does not exist
    or a period that the year does not have. Numbers, missing values and sources: see `Scorecard`.
    """
    settings = tables.settings
    period = settings.period if period is None else period
    if not 1 <= period <= settings.periods:
        raise ChoiceError(what="period", value=period, choices=f"1..{settings.periods}")
    policy = policies.with_overrides(policies.load(settings.policy), settings.overrides)

    kpi = _score_kpis(tables, policy, period)
    units = len(tables.units)
    perspectives = _codes(tables.kpis["perspective"], Perspective).astype(np.int64)
    group = tables.unit * len(Perspective) + perspectives[tables.kpi]
    perspective_score, counted_weight, weighted_score = rollup.perspective_scores(
        rollup.counted_index(kpi.index, kpi.incomplete & kpi.applicable, policy),
        tables.kpis["weight"].to_numpy(np.float64)[tables.kpi],
        group,
        units,
    )
    perspective_weight = np.array([settings.weights[perspective] for perspective in Perspective], dtype=np.float64)
    unit_score = rollup.organisation_scores(perspective_score, perspective_weight)
    scored = ~np.isnan(kpi.index)
    perspective_scored = rollup.group_counts(scored, group, units)
    perspective_total = rollup.group_counts(kpi.applicable, group, units)
    return Scorecard(
        tables=tables,
        policy=policy,
        period=period,
        target=kpi.target,
        actual=kpi.actual,
        achievement=kpi.achievement,
        index=kpi.index,
        status=kpi.status,
        has_target=kpi.has_target,
        incomplete=kpi.incomplete,
        invalid=kpi.invalid,
        scored=scored,
        applicable=kpi.applicable,
        counted_weight=counted_weight,
        weighted_score=weighted_score,
        perspective_weight=perspective_weight,
        perspective_score=perspective_score,
        perspective_status=ratings.status(perspective_score, policy),
        perspective_scored=perspective_scored,
        perspective_total=perspective_total,
        score=unit_score,
        unit_status=ratings.status(unit_score, policy),
        rating=ratings.rating(unit_score, policy, tables.units["new_idea"].to_numpy(np.bool_)),
        scored_count=perspective_scored.sum(axis=1),
        total_count=perspective_total.sum(axis=1),
        children_mean=rollup.children_means(
            unit_score,
            tables.units["parent"].to_numpy(np.int64),
            tables.units["weight"].to_numpy(np.float64),
            (tables.units["level"] != Level.EMPLOYEE).to_numpy(np.bool_),
        ),
        employees=employees.judge(tables, unit_score, policy, period),
        initiatives=initiatives.latest(tables, period),
    )


_BY_KPI = (
    "target", "actual", "achievement", "index", "status", "has_target", "incomplete", "invalid", "scored",
    "applicable", "counted_weight", "weighted_score",
)  # fmt: skip
_BY_UNIT = (
    "perspective_score", "perspective_status", "perspective_scored", "perspective_total", "score", "unit_status",
    "rating", "scored_count", "total_count", "children_mean",
)  # fmt: skip


def excerpt(card: Scorecard, units: Sequence[int]) -> Scorecard:
    """The scorecard of the units at these positions alone, in this order: every figure is the one in `card`.

    Of the others it holds only how those are judged who work in one of these units, and it is small enough to be sent
    to another process; see `tables.excerpt`.
    """
    tables, rows = take_units(card.tables, units)
    arrays = {name: getattr(card, name)[rows] for name in _BY_KPI}
    arrays |= {name: getattr(card, name)[list(units)] for name in _BY_UNIT}
    people, past = card.employees.excerpt(units), card.history.excerpt(units)
    plans = card.initiatives.excerpt(rows)
    return replace(card, tables=tables, employees=people, history=past, initiatives=plans, **arrays)


def units_as_dicts(card: Scorecard, labels: Labels, units: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """The ``units`` part of the ``--json`` contract, for the units at these positions (by default all).

    Numbers are unrounded doubles, what cannot be computed is None, a status is its code word, and the rating is the
    word of `labels`. All four perspectives appear; one without KPIs has score None, scored 0, total 0. An employee has
    one key more, ``employee``.
    """
    tables = card.tables
    people = _employees_as_dicts(card, labels)
    order = np.argsort(tables.unit, kind="stable")
    bounds = np.searchsorted(tables.unit[order], np.arange(len(tables.units) + 1))
    unit_codes = tables.units["unit_code"].tolist()
    ratings_ = [labels(f"rating.{card.policy.rating}.{band.name}") for band in card.policy.rating_bands]
    scores = _json_numbers(card.score)
    return [
        {
            "unit_code": unit_codes[unit],
            "score": scores[unit],
            "rating": None if card.rating[unit] == ratings.NO_RATING else ratings_[card.rating[unit]],
            "completeness": {"scored": int(card.scored_count[unit]), "total": int(card.total_count[unit])},
            "perspectives": _perspectives_as_dicts(card, unit),
            "kpis": _kpis_as_dicts(card, order[bounds[unit] : bounds[unit + 1]]),
            **people.get(unit, {}),
        }
        for unit in (range(len(tables.units)) if units is None else units)
    ]


def _employees_as_dicts(card: Scorecard, labels: Labels) -> dict[int, dict[str, Any]]:
    """The key ``employee`` by the position of each employee's unit."""
    people = card.employees
    levels = [*map(str, Expectation), None]  # the last one is that of the code for none, -1
    names = rating_names(card.policy)
    words = [*(labels(f"rating.{card.policy.employee_rating}.{name}") for name in names), None]
    judged = people.judged.tolist()
    results, means = _json_numbers(people.result), _json_numbers(people.behaviour_mean)
    return {
        unit: {
            "employee": {
                "result": results[place],
                "result_level": levels[people.result_level[place]],
                "behaviour": dict(zip(map(str, Behaviour), _json_numbers(people.behaviour[place]), strict=True)),
                "behaviour_mean": means[place],
                "behaviour_judged": judged[place],
                "behaviour_level": levels[people.behaviour_level[place]],
                "rating": words[people.rating[place]],
            }
        }
        for place, unit in enumerate(people.unit.tolist())
    }


def _perspectives_as_dicts(card: Scorecard, unit: int) -> dict[str, dict[str, Any]]:
    scores, weights = _json_numbers(card.perspective_score[unit]), _json_numbers(card.perspective_weight)
    return {
        perspective.value: {
            "score": scores[position],
            "weight": weights[position],
            "scored": int(card.perspective_scored[unit, position]),
            "total": int(card.perspective_total[unit, position]),
        }
        for position, perspective in enumerate(Perspective)
    }


def _kpis_as_dicts(card: Scorecard, rows: Positions) -> dict[str, dict[str, Any]]:
    words = [status.value for status in Status]
    columns = zip(
        card.tables.kpis["kpi_code"].iloc[card.tables.kpi[rows]].tolist(),
        *(_json_numbers(figures[rows]) for figures in (card.target, card.actual, card.achievement, card.index)),
        card.status[rows].tolist(),
        strict=True,
    )
    return {
        kpi_code: {
            "target": target,
            "actual": actual,
            "achievement": achievement,
            "index": index,
            "status": words[status],
        }
        for kpi_code, target, actual, achievement, index, status in columns
    }


def _json_numbers(values: Floats) -> list[float | None]:
    """The numbers as JSON can hold them; one that is not finite has not been computed."""
    return [value if finite else None for value, finite in zip(values.tolist(), np.isfinite(values), strict=True)]


def _codes(words: pd.Series[Any], kind: type[StrEnum]) -> Codes:
    """The codes (n,) of a column that holds values of the enum `kind`."""
    return pd.Index([member.value for member in kind]).get_indexer(pd.Index(words)).astype(np.int8)


def _words(codes: Codes, kind: type[StrEnum]) -> pd.Categorical[str]:
    """The words of these codes (n,), as a pandas categorical in the order of the enum `kind`."""
    return pd.Categorical.from_codes(codes, categories=pd.Index([member.value for member in kind]))


class KpiResults:
    """What scoring says of each KPI row, filled block by block; the fields are those of `Scorecard`."""

    def __init__(self, rows: int) -> None:
        self.target, self.actual = np.empty(rows), np.empty(rows)
        self.achievement, self.index = np.empty(rows), np.empty(rows)
        self.status = np.empty(rows, dtype=np.int8)
        self.has_target, self.incomplete = np.empty(rows, dtype=np.bool_), np.empty(rows, dtype=np.bool_)
        self.invalid, self.applicable = np.empty(rows, dtype=np.bool_), np.empty(rows, dtype=np.bool_)


def results_at(card: Scorecard, rows: Positions, period: int) -> KpiResults:
    """What scoring said of these rows (m,) of a scorecard at the end of a period, by its policy."""
    tables = card.tables
    arrays = {name: getattr(tables, name)[rows] for name in ("kpi", *_FIGURES)}
    return _score_kpis(replace(tables, **arrays), card.policy, period)


_FIGURES = ("target", "target_state", "actual", "actual_state")


def _score_kpis(tables: Tables, policy: Policy, period: int) -> KpiResults:
    polarity_of = _codes(tables.kpis["polarity"], Polarity)
    method_of = _codes(tables.kpis["consolidation"], Consolidation)
    worst_of = _given(tables.kpis["worst"])
    green_of, yellow_of = _given(tables.kpis["green_from"]), _given(tables.kpis["yellow_from"])
    ceiling_of = tables.kpis["ceiling"].to_numpy(np.bool_)

    results = KpiResults(len(tables.kpi))
    for start in range(0, len(tables.kpi), _BLOCK):
        rows = slice(start, start + _BLOCK)
        kpi = tables.kpi[rows]
        polarity = polarity_of[kpi]
        done = consolidate(
            tables.target[rows],
            tables.target_state[rows],
            tables.actual[rows],
            tables.actual_state[rows],
            method_of[kpi],
            period,
        )
        ratio = achievements.achievement(
            done.target, done.actual, polarity, None if worst_of is None else worst_of[kpi], policy
        )
        index = achievements.index(ratio, polarity, ceiling_of[kpi] if ceiling_of.any() else None, policy)
        results.target[rows], results.actual[rows] = done.target, done.actual
        results.achievement[rows], results.index[rows] = ratio, index
        results.status[rows] = ratings.status(
            index,
            policy,
            None if green_of is None else green_of[kpi],
            None if yellow_of is None else yellow_of[kpi],
        )
        results.has_target[rows], results.incomplete[rows] = done.has_target, done.incomplete
        results.invalid[rows] = done.invalid
        results.applicable[rows] = (polarity != _UNSCORED) & ~done.all_na
    return results


def _given(column: pd.Series[Any]) -> Floats | None:
    """A column of numbers that may be left out: None when no KPI gives one, so that no row has to be asked."""
    values: Floats = column.to_numpy(np.float64)
    return None if np.isnan(values).all() else values
