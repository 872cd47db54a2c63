"""What was read out of workbooks: who each is from, and the figures of all as tidy frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

import pandas as pd

from bsc_xl.collection.model import Irregularity
from bsc_xl.model import Level
from bsc_xl.tables import Settings
from bsc_xl.tables.columns import COLUMNS, SIGNATORY

KPI_PLACES = (
    "file", "code", "counts", "order", "title", "row", "line", "plan_title", "plan_cell",
)  # fmt: skip
"""Columns of `Intake.kpis` beside those of the table: the number of the file, the code that stands there, whether the
row counts in its workbook, the place among its KPIs, where the KPI stands (title of the sheet, row, and the same as the
place in its table, from 0), and where the action plan does not say what it must about it, if anything."""


class Judged(NamedTuple):
    """How one employee was judged: the code, what was given in the order of `model.Behaviour` (None: nothing, a text:
    what is no value, as a data set keeps it), and where that stands: title of the sheet, cell of the code, cells of the
    values."""

    unit_code: str
    given: tuple[float | str | None, ...]
    sheet: str
    cell: str
    cells: tuple[str, ...]


class Listed(NamedTuple):
    """What the list of a unit says of one employee beside behaviour: the code, the work result (None: no number),
    whether a new idea is on record (None: neither yes nor no), and where the work result stands: title of the sheet,
    cell."""

    unit_code: str
    result: float | None
    new_idea: bool | None
    sheet: str
    cell: str


OWN_TO_SAY = (*SIGNATORY, "new_idea")
"""Columns of the units table in which a workbook knows better than the data set that it was made from."""


class Planned(NamedTuple):
    """What the action plan says of one KPI: its code as it stands there, the place of its row among those of the
    workbook (None: it has none), the texts in the order of `PLAN_ENTRIES` (None: nothing), and where they stand:
    title of the sheet, cell of the code."""

    code: str
    owner: int | None
    entries: tuple[str | None, ...]
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Received:
    """One workbook. `file`: its path as it was given. `checksum`: SHA-256 of its content.

    `unit_code` is "" and `year` 0 where the workbook does not tell; `dataset` is "" for one that was not made from a
    data set. `of_unit`: what it says of its unit, by the columns of `OWN_TO_SAY`. `settings`: those of the workbook,
    with its reporting period. `links`: cause and effect.
    `level`: of whom the workbook is; `judged`: its employees, or this one, in the reporting period of `settings`;
    `listed`: what else its list says of them; `planned`: its action plan.
    `modified`, `recalculated`: by the clock on the wall, as a workbook has it.
    `setting_cells`: where each setting stands on the sheet `settings_title`; `columns`: (key, period) -> letters of the
    column of a KPI row. `readable` is False for a file that is no workbook of a unit, or cannot be read; then nothing
    but `file`, `checksum` and `modified` is known, and `unit_code` where it still can be found.
    """

    file: str
    checksum: str = ""
    modified: datetime | None = None
    readable: bool = False
    unit_code: str = ""
    unit_name: str = ""
    of_unit: Mapping[str, str | bool] = field(default_factory=dict)
    year: int = 0
    dataset: str = ""
    recalculated: datetime | None = None
    settings_title: str = ""
    setting_cells: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, int], str] = field(default_factory=dict)
    settings: Settings = field(default_factory=lambda: Settings(year=0, period=1))
    links: tuple[tuple[str, str], ...] = ()
    level: Level = Level.UNIT
    judged: tuple[Judged, ...] = ()
    listed: tuple[Listed, ...] = ()
    planned: tuple[Planned, ...] = ()


@dataclass(slots=True, eq=False)
class Intake:
    """What some files hold. `irregularities`: number of the file -> what is wrong in it alone.

    `kpis`, `measurements`: the tables of the data set as frames, every cell as a data set holds it, with the number of
    the file in `file` in the place of the unit; `kpis` also has the columns of `KPI_PLACES`. Only figures and texts
    that somebody filled in are there. A row that does not count, since its code is blank or stands twice, or polarity
    or consolidation is none (None), is there as well: its `kpi_code` is unlike any other of the file.
    """

    received: Sequence[Received]
    irregularities: dict[int, list[Irregularity]]
    kpis: pd.DataFrame
    measurements: pd.DataFrame

    def take(self, table: Literal["kpis", "measurements"]) -> pd.DataFrame:
        """That table, which is no longer here from then on: what many files hold is not to be held twice."""
        taken: pd.DataFrame = getattr(self, table)
        setattr(self, table, getattr(nothing(), table))
        return taken


def _empty(table: str, places: Sequence[str]) -> pd.DataFrame:
    names = [column.name for column in COLUMNS[table] if column.name != "unit_code"]
    kinds = {"file": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "object")) for name in (*names, *places)})


def nothing(received: Sequence[Received] = (), irregularities: dict[int, list[Irregularity]] | None = None) -> Intake:
    """The intake of files in which there is no figure."""
    return Intake(received, irregularities or {}, _empty("kpis", KPI_PLACES), _empty("measurements", ("file",)))


def joined(parts: Sequence[Intake]) -> Intake:
    """Several intakes as one; the files are numbered in the order of the parts."""
    received: list[Received] = []
    irregularities: dict[int, list[Irregularity]] = {}
    none = nothing()
    frames: dict[str, list[pd.DataFrame]] = {"kpis": [], "measurements": []}
    for part in parts:
        first = len(received)
        received += part.received
        irregularities |= {first + file: found for file, found in part.irregularities.items()}
        for name, found in frames.items():
            frame: pd.DataFrame = getattr(part, name)
            if len(frame):
                found.append(frame.assign(file=frame["file"] + first))
    whole = {name: pd.concat(found or [getattr(none, name)], ignore_index=True) for name, found in frames.items()}
    return Intake(received, irregularities, **whole)
