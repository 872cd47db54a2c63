"""The KPI table of a collection, put together again from the KPI rows of many workbooks.

With a data set, its KPI table counts; a KPI that a unit added is its own. Without one, a KPI that more than half of the
units have is shared by all, as most of them define it; every other is its unit's own. A row whose code is none of these
is the KPI of that name which its workbook has nowhere else; one of which nobody can tell what it is keeps its figures,
as a KPI of its unit that is not scored.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, compress
from operator import itemgetter

import pandas as pd

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import Received
from bsc_xl.model import NOISE, Consolidation, Polarity
from bsc_xl.tables import parse
from bsc_xl.tables.columns import COLUMNS

KPI_COLUMNS = tuple(column.name for column in COLUMNS["kpis"])
_DEFINING = tuple(name for name in KPI_COLUMNS if name != "unit_code")
_SCORED = frozenset(
    {"perspective", "polarity", "consolidation", "weight", "worst", "ceiling", "green_from", "yellow_from"}
)
"""What a score depends on."""

_PERSPECTIVE, _NAME = _DEFINING.index("perspective"), _DEFINING.index("kpi_name")

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
        found = rows.assign(kpi_code=rows["code"])
        self._definitions: list[Definition] = list(zip(*(found[name] for name in _DEFINING), strict=True))
        self._counting: list[bool] = rows["counts"].tolist()
        self._units = [received[file].unit_code for file in rows["file"]]
        self._known: dict[str, _Kpi] = {}
        self._of_perspective: dict[tuple[str, object], dict[int, _Kpi]] = {}
        self._irregularities: list[Irregularity] = []

    def catalogue(self) -> Catalogue:
        common = list(self._common() if self._given is None else _listed(self._given))
        for place, kpi in enumerate(common):
            self._known[_folded(kpi.code)] = kpi
            self._of_perspective.setdefault((kpi.owner, kpi.definition[_PERSPECTIVE]), {})[place] = kpi
        codes = self._codes()
        self._missing(common, codes)
        table = [(*kpi.definition, kpi.owner) for kpi in self._known.values()]
        cells = zip(*table, strict=True) if table else [()] * (len(_DEFINING) + 1)
        frame = pd.DataFrame(dict(zip((*_DEFINING, "unit_code"), map(_column, cells), strict=True)))
        return Catalogue(frame[list(KPI_COLUMNS)], codes, self._irregularities)

    def _codes(self) -> list[str]:
        """The code of each row in the table; first of those that say so themselves, so that the others are looked for
        among what is left. A KPI that is not there is added."""
        codes = [""] * len(self._definitions)
        taken: set[tuple[str, str]] = set()
        rest = []
        for i, (definition, unit) in enumerate(zip(self._definitions, self._units, strict=True)):
            known = self._known.get(_folded(str(definition[0])))
            if known and known.owner in ("", unit) and (unit, known.code) not in taken:
                taken.add((unit, known.code))
                codes[i] = known.code
                self._compare(i, known)
            else:
                rest.append(i)
        for i in sorted(rest, key=lambda i: not self._counting[i]):
            if known := self._recognised(i, taken):
                taken.add((self._units[i], known.code))
                codes[i] = known.code
                self._report(
                    Severity.FAILURE, "kpi_recognised", i, "kpi_code", str(self._definitions[i][0]), *[known.code] * 2
                )
                self._compare(i, known)
            else:
                codes[i] = self._added(i)
        return codes

    def _recognised(self, i: int, taken: Container[tuple[str, str]]) -> _Kpi | None:
        """The KPI of a row whose code does not tell: of those of its perspective that its workbook has nowhere else the
        one of that name; where the row has neither code nor name, or several have it, the one that the data set has in
        that line."""
        definition, unit = self._definitions[i], self._units[i]
        kpis = (self._of_perspective.get((owner, definition[_PERSPECTIVE]), {}) for owner in ("", unit))
        own = [kpi for _, kpi in sorted(chain.from_iterable(each.items() for each in kpis), key=itemgetter(0))]
        left = [kpi for kpi in own if (unit, kpi.code) not in taken]
        name = _folded(parse.as_text(definition[_NAME]))
        alike = [kpi for kpi in left if not name or _folded(parse.as_text(kpi.definition[_NAME])) == name]
        if name and len(alike) == 1:
            return alike[0]
        if self._given is None or not (name or not definition[0]):
            return None
        line = int(self._rows["line"].iloc[i])
        return own[line] if line < len(own) and own[line] in alike else None

    def _added(self, i: int) -> str:
        """The code of a row that is nobody else's KPI; without any it is called after its place."""
        definition, unit, counts = self._definitions[i], self._units[i], self._counting[i]
        row = self._rows.iloc[i]
        code = str(definition[0]) or f"{row['title']}!{self._received[row['file']].columns['kpi_code', 0]}{row['row']}"
        free = code if _folded(code) not in self._known and definition[0] else _free(code, unit, self._known)
        told = dict(zip(_DEFINING, definition, strict=True)) | {"kpi_code": free}
        if not counts:
            told |= {
                "polarity": str(Polarity.UNSCORED),
                "consolidation": told["consolidation"] or str(Consolidation.LAST),
            }
        self._known[_folded(free)] = _Kpi(free, unit, tuple(told.values()))
        if not counts:
            self._report(Severity.ADVICE, "kpi_set_aside", i, "kpi_code", str(definition[0]), free, free)
        elif self._given is not None or free != code:
            self._report(Severity.ADVICE, "kpi_added", i, "kpi_code", code, free, free)
        return free

    def _common(self) -> Iterator[_Kpi]:
        """The KPIs that more than half of the units have, in the order in which they are met."""
        found: dict[str, Counter[Definition]] = {}
        for definition in compress(self._definitions, self._counting):
            found.setdefault(_folded(str(definition[0])), Counter())[definition] += 1
        units = len(self._counted)
        for definitions in found.values():
            if 2 * sum(definitions.values()) > units:
                definition = definitions.most_common(1)[0][0]
                yield _Kpi(str(definition[0]), "", definition)

    def _compare(self, i: int, known: _Kpi) -> None:
        if self._definitions[i] == known.definition:
            return
        for name, found, expected in zip(_DEFINING, self._definitions[i], known.definition, strict=True):
            recognised = name == "kpi_code" and _folded(str(found)) != _folded(known.code)  # which has been told
            if not (recognised or _same(found, expected)):
                severity = Severity.FAILURE if name in _SCORED else Severity.ADVICE
                value, right = parse.as_text(found), parse.as_text(expected)
                self._report(severity, "definition_differs", i, name, value, right, known.code)

    def _missing(self, common: Sequence[_Kpi], codes: Sequence[str]) -> None:
        """The KPIs of the table that a workbook no longer has."""
        there = set(zip(self._units, codes, strict=True))
        at = zip(self._units, self._rows["perspective"].tolist(), self._rows["title"].tolist(), strict=True)
        titles = {(unit, perspective): title for unit, perspective, title in at}
        for file in self._counted:
            each = self._received[file]
            for kpi in common:
                if kpi.owner in ("", each.unit_code) and (each.unit_code, kpi.code) not in there:
                    title = titles.get((each.unit_code, kpi.definition[_PERSPECTIVE]), "")
                    self._irregularities.append(
                        Irregularity(
                            Severity.FAILURE,
                            "kpi_missing",
                            each.unit_code,
                            each.file,
                            title,
                            value=kpi.code,
                            kpi=kpi.code,
                        )
                    )

    def _report(self, severity: Severity, rule: str, i: int, column: str, value: str, expected: str, kpi: str) -> None:
        """An irregularity at the cell of that attribute."""
        row = self._rows.iloc[i]
        each = self._received[row["file"]]
        stands = "kpi_code" if column == "perspective" else column  # the sheet itself is the perspective
        cell = f"{each.columns[stands, 0]}{row['row']}"
        told = Irregularity(severity, rule, each.unit_code, each.file, row["title"], cell, value, expected)
        self._irregularities.append(replace(told, column=column, kpi=kpi))


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
