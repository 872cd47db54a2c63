"""The tables of a data set: their columns, which are required, and the validated form that scoring takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.model import Behaviour, Perspective

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Index = NDArray[np.int64]
Texts = NDArray[np.object_]


TEXT_LIMIT = 32_767
"""Excel's limit for the text of one cell, in UTF-16 units."""
NAME_LIMIT = 1_000
"""The longest code or name: the workbook builds sentences and lists from several of them, each in one cell."""


class Kind(Enum):
    """What the cells of a column hold, and so how they are read."""

    CODE = auto()
    NAME = auto()
    """A text that the workbook repeats within others."""
    TEXT = auto()
    CHOICE = auto()
    NUMBER = auto()
    FIGURE = auto()
    """A number that may be N/A; N/A belongs nowhere else."""
    FLAG = auto()
    DATE = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `required`: the table is of no use without it."""

    name: str
    kind: Kind
    required: bool = False

    @property
    def limit(self) -> int:
        """The longest text that the column takes, in UTF-16 units."""
        return NAME_LIMIT if self.kind in (Kind.CODE, Kind.NAME) else TEXT_LIMIT


SIGNATORY = ("head", "head_title", "head_rank", "head_number", "place")
"""Who signs for a unit and where, the columns of `units`: name, office, rank, personnel number, town."""
PLAN_ENTRIES = ("cause", "action", "owner", "due", "progress")
"""What people enter about a KPI in the action plan, in the order of the sheet."""
PLAN_TEXTS = tuple(name for name in PLAN_ENTRIES if name != "due")
"""Those of it that are texts, and no date."""

COLUMNS: dict[str, tuple[Column, ...]] = {
    "units": (
        Column("unit_code", Kind.CODE, required=True),
        Column("unit_name", Kind.NAME, required=True),
        Column("parent_code", Kind.CODE),
        Column("level", Kind.CHOICE),
        *(Column(name, Kind.TEXT) for name in SIGNATORY),
        Column("weight", Kind.NUMBER),
        Column("new_idea", Kind.FLAG),
    ),
    "kpis": (
        Column("kpi_code", Kind.CODE, required=True),
        Column("perspective", Kind.CHOICE, required=True),
        Column("objective", Kind.NAME),
        Column("kpi_name", Kind.NAME, required=True),
        Column("unit_of_measure", Kind.TEXT),
        Column("polarity", Kind.CHOICE, required=True),
        Column("consolidation", Kind.CHOICE, required=True),
        Column("weight", Kind.NUMBER, required=True),
        Column("worst", Kind.NUMBER),
        Column("ceiling", Kind.FLAG),
        Column("green_from", Kind.NUMBER),
        Column("yellow_from", Kind.NUMBER),
        Column("source", Kind.TEXT),
        Column("owner", Kind.TEXT),
        Column("unit_code", Kind.CODE),
    ),
    "measurements": (
        Column("unit_code", Kind.CODE, required=True),
        Column("kpi_code", Kind.CODE, required=True),
        Column("year", Kind.NUMBER, required=True),
        Column("period", Kind.NUMBER, required=True),
        Column("target", Kind.FIGURE),
        Column("actual", Kind.FIGURE),
        Column("evidence", Kind.TEXT),
        Column("note", Kind.TEXT),
    ),
    "settings": (Column("key", Kind.CODE, required=True), Column("value", Kind.TEXT, required=True)),
    "links": (Column("cause", Kind.NAME, required=True), Column("effect", Kind.NAME, required=True)),
    "behaviour": (
        Column("unit_code", Kind.CODE, required=True),
        Column("year", Kind.NUMBER, required=True),
        Column("period", Kind.NUMBER, required=True),
        *(Column(value.value, Kind.NUMBER) for value in Behaviour),
    ),
    "action_plan": (
        Column("unit_code", Kind.CODE, required=True),
        Column("kpi_code", Kind.CODE, required=True),
        Column("year", Kind.NUMBER, required=True),
        Column("period", Kind.NUMBER, required=True),
        *(Column(name, Kind.TEXT if name in PLAN_TEXTS else Kind.DATE) for name in PLAN_ENTRIES),
    ),
}
"""Every table of a data set and its columns, in the order in which they are written."""

OPTIONAL_TABLES = frozenset({"settings", "links", "behaviour", "action_plan"})


def heading(name: object) -> str:
    """A table's or column's name as it is compared: trimmed, in small letters; "" for none."""
    return "" if name is None else str(name).strip().casefold()


@dataclass(frozen=True, slots=True)
class Settings:
    """The validated settings table. `weights` are percent by perspective; `overrides` are those of the policy
    (`policies.OVERRIDES`), with only the ones that the data set names."""

    year: int
    period: int
    periods: int = 4
    language: str = "id"
    policy: str = "nko"
    weights: dict[Perspective, float] = field(default_factory=lambda: dict.fromkeys(Perspective, 25.0))
    overrides: dict[str, Any] = field(default_factory=dict)


def no_behaviour() -> pd.DataFrame:
    """The frame `Tables.behaviour` of a data set in which nobody was judged."""
    keys = {"unit_code": object, "year": np.int64, "period": np.int64}
    values = dict.fromkeys(map(str, Behaviour), np.float64)
    texts = dict.fromkeys((f"{value}_text" for value in Behaviour), object)
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in {**keys, **values, **texts}.items()})


def no_action_plan() -> pd.DataFrame:
    """The frame `Tables.action_plan` of a data set without any entry."""
    keys = {"unit_code": object, "kpi_code": object, "year": np.int64, "period": np.int64}
    entries = dict.fromkeys((*PLAN_TEXTS, "due", "due_text"), object)
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in {**keys, **entries}.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """A validated data set, in the shape that scoring and the workbook take. n rows, one per unit and KPI of that
    unit, ordered by unit, perspective and place in the KPI table; P = `settings.periods`.

    `units`: frame with a RangeIndex and all columns of the table; text columns hold str (blank is ""), `parent` is
        the position of the parent unit or -1, `weight` float64 (blank is 1.0), `new_idea` bool.
    `kpis`: frame with a RangeIndex; text columns hold str; `perspective`, `polarity`, `consolidation` hold the
        member's value; `weight` float64 percent (NaN: not valid), `worst`, `green_from`, `yellow_from` float64
        (NaN: not given; `worst` inf: given and not a number, so that nothing can be computed from it), `ceiling` bool.
    `unit`, `kpi` (n,): positions in `units` and `kpis`.
    `target`, `actual` (n, P): float64, NaN unless the state is NUMBER; `target_state`, `actual_state` (n, P): int8
        codes of `model.Cell`; a figure that is not there is BLANK.
    `evidence`, `note` (n, P): object arrays of str, "" when there is none.
    `measurements`: the tidy figures of every year, as validated: `unit_code`, `kpi_code`, `year`, `period`,
        `target`, `target_state`, `actual`, `actual_state`, `evidence`, `note`; those of `settings.year` are the arrays.
        `target_text`, `actual_text`: what stands in place of a number where the state is ERROR, else "".
    `rejected`: what stands in place of a number: ("target" or "actual", row, period from 0) -> text for ERROR figures,
        and ("weight", "worst", "green_from" or "yellow_from", position in `kpis`, 0) -> text. Nobody's entry is lost.
    `links`: frame `cause`, `effect` (may be empty).
    `behaviour`: the judgements of every year, tidy: `unit_code` of an employee, `year`, `period`, and for each value of
        `model.Behaviour` a float64, 1..5, NaN where it is blank or wrong; `<value>_text` is what stands there when it
        is wrong, else "".
    `action_plan`: the entries of every year, tidy: `unit_code`, `kpi_code`, `year`, `period` (in which they were made),
        `cause`, `action`, `owner`, `progress` (str, "" when there is none), `due` (a `datetime.date` or None);
        `due_text` is what stands there when it is no date, else "".
    `excerpt_of`: where these are some units of a larger data set, the fingerprint of that one (`tables.excerpt`).
    """

    settings: Settings
    units: pd.DataFrame
    kpis: pd.DataFrame
    unit: Index
    kpi: Index
    target: Floats
    target_state: Codes
    actual: Floats
    actual_state: Codes
    evidence: NDArray[np.object_]
    note: NDArray[np.object_]
    measurements: pd.DataFrame
    links: pd.DataFrame
    behaviour: pd.DataFrame = field(default_factory=no_behaviour)
    action_plan: pd.DataFrame = field(default_factory=no_action_plan)
    rejected: dict[tuple[str, int, int], str] = field(default_factory=dict)
    excerpt_of: str = ""

    def codes(self) -> list[tuple[str, str]]:
        """The codes of unit and KPI of each row (n)."""
        units = self.units["unit_code"].to_numpy()[self.unit].tolist()
        return list(zip(units, self.kpis["kpi_code"].to_numpy()[self.kpi].tolist(), strict=True))

    def rows_of(self, unit: int) -> slice:
        """Where the rows of the unit at that position stand; they lie together."""
        first, after = np.searchsorted(self.unit, (unit, unit + 1)).tolist()
        return slice(first, after)
