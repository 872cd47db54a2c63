"""How the employees of a scorecard are judged: work result, behaviour, levels and rating, side by side with its units.

An employee is a unit of level `employee`: the work result is the score of their own KPIs. The rating is another scale
than that of units and never becomes one (domain.md, section 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.model import Behaviour, Cell, Expectation, Level, Policy
from bsc_xl.scoring import employees as rules
from bsc_xl.scoring.arrays import Codes, Flags, Floats, Positions
from bsc_xl.tables.columns import Tables

_NOWHERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Employees:
    """The results of m employees, in the order of the units table; arrays (m,) unless another shape is said.

    `unit`: the position of the employee's own scorecard among the units, -1 where it is not among them (see
    `excerpt`). `parent`: that of the unit in which they work, -1 for none. `code`, `name`: as in the units table.
    `result`: the work result, 0..120, NaN for none. `behaviour` (m, 7): values 1..5 in the order of
    `model.Behaviour`, NaN where there is none; `behaviour_state` (m, 7): codes of `model.Cell`, BLANK for not judged
    and ERROR for an entry that is no value; `behaviour_text` (m, 7): that entry, else "". `behaviour_mean`: over the
    values that are given, NaN for none. `result_level`, `behaviour_level`: codes of `model.Expectation`; the latter
    takes all seven values. `box`: the box of the nine-box picture, 0..8 (`scoring.employees.nine_box`). `new_idea`:
    one is on record. `rating`: positions in `scoring.employees.rating_names`. Levels, boxes and ratings are -1 for
    none. Source: domain.md, section 8.
    """

    unit: Positions
    parent: Positions
    code: NDArray[np.object_]
    name: NDArray[np.object_]
    result: Floats
    behaviour: Floats
    behaviour_state: Codes
    behaviour_text: NDArray[np.object_]
    behaviour_mean: Floats
    result_level: Codes
    behaviour_level: Codes
    box: Codes
    new_idea: Flags
    rating: Codes

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def judged(self) -> Positions:
        """How many of the seven values each employee has, (m,)."""
        counts: Positions = (self.behaviour_state == Cell.NUMBER).sum(axis=1)
        return counts

    def under(self, unit: int) -> Employees:
        """The employees who work directly in the unit at that position."""
        return self._those(self.parent == unit)

    def boxes(self) -> Positions:
        """How many employees stand in each box of the nine-box picture: shape (3, 3), result levels by behaviour
        levels, both in the order of `model.Expectation`."""
        size = len(Expectation)
        return np.bincount(self.box[self.box >= 0], minlength=size * size).reshape(size, size)

    def excerpt(self, units: Sequence[int]) -> Employees:
        """Those who are one of these units or work in one of them, whose positions become 0, 1 and so on."""
        if not len(self):
            return self
        most = max(*units, self.unit.max(), self.parent.max())
        place = np.full(most + 2, _NOWHERE)  # the last one is that of nowhere
        place[list(units)] = np.arange(len(units))
        unit, parent = place[self.unit], place[self.parent]
        kept = (unit != _NOWHERE) | (parent != _NOWHERE)
        return self._those(kept, unit=unit[kept], parent=parent[kept])

    def content(self) -> list[list[Any]]:
        """Everything that is known of them as plain values, field by field: what tells whether any of it changed."""
        return [getattr(self, field.name).tolist() for field in fields(self)]

    def _those(self, kept: Flags, **changed: Positions) -> Employees:
        arrays: dict[str, Any] = {field.name: getattr(self, field.name)[kept] for field in fields(self)}
        return Employees(**(arrays | changed))

    def frame(self, policy: Policy) -> pd.DataFrame:
        """One row per employee; levels and the rating by their names, "" for none."""
        levels = np.array([*map(str, Expectation), ""], dtype=object)
        ratings = np.array([*rules.rating_names(policy), ""], dtype=object)
        columns: dict[str, Any] = {"unit_code": self.code, "unit_name": self.name, "result": self.result}
        columns |= dict(zip(map(str, Behaviour), self.behaviour.T, strict=True))
        columns |= {"behaviour_mean": self.behaviour_mean, "behaviour_judged": self.judged}
        columns |= {"result_level": levels[self.result_level], "behaviour_level": levels[self.behaviour_level]}
        return pd.DataFrame(columns | {"new_idea": self.new_idea, "rating": ratings[self.rating]})


def judge(tables: Tables, score: Floats, policy: Policy, period: int) -> Employees:
    """The employees of `tables` in that period; `score` (U,): what their KPIs come to, as of every unit, 0..120.

    Behaviour is that of the latest period of the year, up to `period`, in which anything was entered for the employee:
    what is blank there is not taken from a period before.
    """
    units = tables.units
    unit = np.flatnonzero((units["level"] == Level.EMPLOYEE).to_numpy(np.bool_))
    about = units.iloc[unit]
    result = score[unit]
    behaviour, state, text = behaviour_of(tables, about["unit_code"].to_numpy(object), period)
    levels = rules.result_levels(result, policy), rules.behaviour_levels(behaviour, policy)
    new_idea = about["new_idea"].to_numpy(np.bool_)
    return Employees(
        unit=unit,
        parent=about["parent"].to_numpy(np.int64),
        code=about["unit_code"].to_numpy(object),
        name=about["unit_name"].to_numpy(object),
        result=result,
        behaviour=behaviour,
        behaviour_state=state,
        behaviour_text=text,
        behaviour_mean=rules.behaviour_means(behaviour),
        result_level=levels[0],
        behaviour_level=levels[1],
        box=rules.nine_box(*levels),
        new_idea=new_idea,
        rating=rules.ratings(result, levels[1], new_idea, policy),
    )


def behaviour_of(tables: Tables, codes: NDArray[np.object_], period: int) -> tuple[Floats, Codes, NDArray[np.object_]]:
    """The values (m, 7) that hold for the employees with these codes (m,), their states, and the entries that are no
    values, as `judge` takes them."""
    found = tables.behaviour
    found = found[(found["year"] == tables.settings.year) & (found["period"] <= period)]
    values = found[[*map(str, Behaviour)]].to_numpy(np.float64)
    texts = found[[f"{value}_text" for value in Behaviour]].to_numpy(object)
    state = np.where(texts != "", Cell.ERROR, np.where(np.isnan(values), Cell.BLANK, Cell.NUMBER)).astype(np.int8)

    entered = np.flatnonzero((state != Cell.BLANK).any(axis=1))
    latest = entered[np.argsort(found["period"].to_numpy()[entered], kind="stable")]
    of_latest = pd.Series(latest, index=found["unit_code"].to_numpy(object)[latest])
    row = of_latest[~of_latest.index.duplicated(keep="last")].reindex(codes, fill_value=_NOWHERE).to_numpy()

    def with_nothing(known: NDArray[Any], nothing: object) -> NDArray[Any]:
        of_row: NDArray[Any] = np.vstack([known, np.full((1, len(Behaviour)), nothing, dtype=known.dtype)])[row]
        return of_row

    return with_nothing(values, np.nan), with_nothing(state, Cell.BLANK), with_nothing(texts, "")
