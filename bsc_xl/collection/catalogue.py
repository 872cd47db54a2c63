"""The KPI table of a collection, put together again from the KPI rows of many workbooks.

With a data set, its KPI table counts; a KPI that a unit added is its own. Without one, a KPI that more than half of the
units have is shared by all, as most of them define it; every other is its unit's own.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import Received
from bsc_xl.model import NOISE
from bsc_xl.tables import parse
from bsc_xl.tables.columns import COLUMNS

KPI_COLUMNS = tuple(column.name for column in COLUMNS["kpis"])
_DEFINING = tuple(name for name in KPI_COLUMNS if name != "unit_code")
_SCORED = frozenset(
    {"perspective", "polarity", "consolidation", "weight", "worst", "ceiling", "green_from", "yellow_from"}
)
"""What a score depends on."""

Definition = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """`kpis`: the KPI table. `codes`: for each row of the workbooks' KPIs, the code that it has in that table."""

    kpis: pd.DataFrame
    codes: list[str]
    irregularities: list[Irregularity]


@dataclass(slots=True)
class _Kpi:
    code: str
    owner: str
    definition: Definition


def assemble(
    rows: pd.DataFrame, received: Sequence[Received], counted: Sequence[int], given: pd.DataFrame | None
) -> Catalogue:
    """The KPI table of these rows, which are those of `Intake.kpis` of the files that count, in the order of `counted`.

    `given`: the KPI table of the data set in the form of its source, None where it is not known.
    """
    return _Assembly(rows, received, counted, given).catalogue()


class _Assembly:
    def __init__(
        self, rows: pd.DataFrame, received: Sequence[Received], counted: Sequence[int], given: pd.DataFrame | None
    ) -> None:
        self._rows, self._received, self._counted, self._given = rows, received, counted, given
        self._definitions: list[Definition] = list(zip(*(rows[name] for name in _DEFINING), strict=True))
        self._units = [received[file].unit_code for file in rows["file"]]
        self._known: dict[str, _Kpi] = {}
        self._irregularities: list[Irregularity] = []

    def catalogue(self) -> Catalogue:
        for kpi in self._common() if self._given is None else _listed(self._given):
            self._known[_folded(kpi.code)] = kpi
        common = list(self._known.values())
        codes = [self._code(i) for i in range(len(self._definitions))]
        self._missing(common, codes)
        table = [(*kpi.definition, kpi.owner) for kpi in self._known.values()]
        cells = zip(*table, strict=True) if table else [()] * (len(_DEFINING) + 1)
        frame = pd.DataFrame(dict(zip((*_DEFINING, "unit_code"), map(_column, cells), strict=True)))
        return Catalogue(frame[list(KPI_COLUMNS)], codes, self._irregularities)

    def _common(self) -> Iterator[_Kpi]:
        """The KPIs that more than half of the units have, in the order in which they are met."""
        found: dict[str, Counter[Definition]] = {}
        for definition in self._definitions:
            found.setdefault(_folded(str(definition[0])), Counter())[definition] += 1
        units = len(self._counted)
        for definitions in found.values():
            if 2 * sum(definitions.values()) > units:
                definition = definitions.most_common(1)[0][0]
                yield _Kpi(str(definition[0]), "", definition)

    def _code(self, i: int) -> str:
        """The code of a row in the table; a KPI that is not there is added to it."""
        definition, unit = self._definitions[i], self._units[i]
        code = str(definition[0])
        known = self._known.get(_folded(code))
        if known and known.owner in ("", unit):
            self._compare(i, known)
            return known.code
        free = code if known is None else _free(code, unit, self._known)
        self._known[_folded(free)] = _Kpi(free, unit, (free, *definition[1:]))
        if self._given is not None or free != code:
            self._report(Severity.ADVICE, "kpi_added", i, "kpi_code", code, free)
        return free

    def _compare(self, i: int, known: _Kpi) -> None:
        if self._definitions[i] == known.definition:
            return
        for name, found, expected in zip(_DEFINING, self._definitions[i], known.definition, strict=True):
            if not _same(found, expected):
                severity = Severity.FAILURE if name in _SCORED else Severity.ADVICE
                column = "kpi_code" if name == "perspective" else name  # the sheet itself is the perspective
                self._report(severity, "definition_differs", i, column, parse.as_text(found), parse.as_text(expected))

    def _missing(self, common: Sequence[_Kpi], codes: Sequence[str]) -> None:
        """The KPIs of the table that a workbook no longer has."""
        there = set(zip(self._units, codes, strict=True))
        for file in self._counted:
            each = self._received[file]
            for kpi in common:
                if kpi.owner in ("", each.unit_code) and (each.unit_code, kpi.code) not in there:
                    self._irregularities.append(
                        Irregularity(Severity.FAILURE, "kpi_missing", each.unit_code, each.file, value=kpi.code)
                    )

    def _report(self, severity: Severity, rule: str, i: int, column: str, value: str, expected: str) -> None:
        row = self._rows.iloc[i]
        each = self._received[row["file"]]
        cell = f"{each.columns[column, 0]}{row['row']}"
        self._irregularities.append(
            Irregularity(severity, rule, each.unit_code, each.file, row["title"], cell, value, expected)
        )


def _listed(given: pd.DataFrame) -> Iterator[_Kpi]:
    owners = [str(owner or "") for owner in given["unit_code"]]
    for definition, owner in zip(zip(*(given[name] for name in _DEFINING), strict=True), owners, strict=True):
        yield _Kpi(str(definition[0]), owner, definition)


def _free(code: str, unit: str, known: Mapping[str, object]) -> str:
    """A code that nobody has, for a KPI whose own is another unit's."""
    free, number = f"{code} ({unit})", 1
    while _folded(free) in known:
        number += 1
        free = f"{code} ({unit} {number})"
    return free


def _folded(code: str) -> str:
    return unicodedata.normalize("NFKC", code).casefold()


def _same(found: object, expected: object) -> bool:
    """Whether two cells say the same; programs may write the last digits of a number differently."""
    numbers = [value for value in (found, expected) if isinstance(value, float)]
    if len(numbers) == 2:
        return abs(numbers[0] - numbers[1]) <= NOISE * max(map(abs, numbers))
    return parse.as_text(found) == parse.as_text(expected)


def _column(cells: Sequence[object]) -> pd.Series:
    return pd.Series(list(cells), dtype=object)
