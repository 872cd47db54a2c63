"""What makes two workbooks differ in shape, and the text by which a workbook keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from bsc_xl.excel import room
from bsc_xl.labels import LANGUAGES, Labels, load
from bsc_xl.model import Level, Perspective

SPARE_ROWS = 4
"""Empty, complete KPI rows per perspective that staff can fill in: Excel cannot grow a table on a locked sheet."""

VALUE_WIDTH = room.VALUE_WIDTHS[0]
"""Of the columns of figures, unless a figure needs more."""

_FOUR = r"\d+(?:\.\d+){3}"
_SIGNATURE = re.compile(
    r"language=(?P<language>\w+) periods=(?P<periods>1|2|4|12) points=(?P<points>[1-9]\d*) width=(?P<width>\d+)"
    rf" links=(?P<links>\d+) kpis=(?P<kpis>{_FOUR}) spare=(?P<spare>{_FOUR}) lanes=(?P<lanes>{_FOUR})"
    r"(?: closed=(?P<closed>[1-9]\d*))?(?: employees=(?P<employees>[1-9]\d*))?(?P<employee> level=employee)?"
)


@dataclass(frozen=True)
class Shape:
    """The shape of one workbook. `kpis` and `spare` are KPI rows per perspective; `points` of the stabilize scale;
    `value_width` of the columns of figures, in characters; `tall` KPI rows (perspective, sheet row, lines of its name);
    `lanes` names the perspective of each objective on the strategy map, in the order of the perspectives; `wordy` are
    the objectives that need more lines than usual (number, lines in the box, in the table); `links` counts causes and
    effects, and `arrows` are those that are drawn, as numbers of objectives; `closed` the rows of the history with
    which it begins; `level` says whose workbook it is, and `employees` how many of a unit's own it begins with."""

    language: str
    periods: int
    kpis: tuple[int, int, int, int]
    spare: tuple[int, int, int, int] = (SPARE_ROWS, SPARE_ROWS, SPARE_ROWS, SPARE_ROWS)
    points: int = 3
    value_width: int = VALUE_WIDTH
    tall: tuple[tuple[Perspective, int, int], ...] = ()
    lanes: tuple[Perspective, ...] = ()
    wordy: tuple[tuple[int, int, int], ...] = ()
    links: int = 0
    arrows: tuple[tuple[int, int], ...] = ()
    closed: int = 0
    level: Level = Level.UNIT
    employees: int = 0

    @property
    def signature(self) -> str:
        """The shape as a short text that a workbook keeps in its `shape` field, so that `from_signature` gives back
        the layout. It leaves out `tall`, `wordy` and `arrows`, which move no cell."""
        lanes = [self.lanes.count(perspective) for perspective in Perspective]
        kpis, spare, of_lanes = (".".join(map(str, counts)) for counts in (self.kpis, self.spare, lanes))
        text = (
            f"language={self.language} periods={self.periods} points={self.points} width={self.value_width}"
            f" links={self.links} kpis={kpis} spare={spare} lanes={of_lanes}"
        )
        counted = (f" {key}={count}" for key, count in self._seldom().items() if count)
        return text + "".join(counted) + (f" level={self.level}" if self.level is Level.EMPLOYEE else "")

    def _seldom(self) -> dict[str, int]:
        """What few workbooks have."""
        return {"closed": self.closed, "employees": self.employees}

    @classmethod
    def from_signature(cls, text: str) -> Self:
        """The layout that gave this signature; ValueError for a text that is none."""
        found = _SIGNATURE.fullmatch(text.strip())
        if found is None or found["language"] not in LANGUAGES:
            raise ValueError(text)
        kpis, spare, lanes = (
            (int(a), int(b), int(c), int(d)) for a, b, c, d in (found[k].split(".") for k in ("kpis", "spare", "lanes"))
        )
        return cls(
            found["language"],
            int(found["periods"]),
            kpis,
            spare,
            points=int(found["points"]),
            value_width=int(found["width"]),
            lanes=tuple(p for p, count in zip(Perspective, lanes, strict=True) for _ in range(count)),
            links=int(found["links"]),
            closed=int(found["closed"] or 0),
            employees=int(found["employees"] or 0),
            level=Level.EMPLOYEE if found["employee"] else Level.UNIT,
        )

    @cached_property
    def labels(self) -> Labels:
        """The labels of the workbook's language."""
        return load(self.language)

    def period_names(self) -> tuple[str, ...]:
        """The names of the periods of a year, in order."""
        return tuple(self.labels(f"period.{self.periods}.{p}") for p in range(1, self.periods + 1))
