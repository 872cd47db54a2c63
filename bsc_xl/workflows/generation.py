"""A workbook for every unit of a data set, and the empty template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_xl.errors import ChoiceError
from bsc_xl.files import Saved, safe_names, save
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.scorecard import Scorecard

if TYPE_CHECKING:
    from bsc_xl.excel.layout import Layout
    from bsc_xl.excel.plan import Write

SUFFIX = ".xlsx"
FORMATS = ("xlsx",)
"""Kinds of workbook that can be generated: .xlsx holds everything but the ribbon tab."""


@dataclass(frozen=True, slots=True)
class PlannedWorkbook:
    """A workbook that is to be written: the unit's position in the tables, its code, and the file."""

    unit: int
    unit_code: str
    path: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one planned workbook: exactly one of `saved` and `error` is given."""

    workbook: PlannedWorkbook
    saved: Saved | None = None
    error: Exception | None = None


def planned_workbooks(card: Scorecard, out: Path, pattern: str = "*") -> list[PlannedWorkbook]:
    """The workbooks to be written into the folder `out`: one for each unit whose code matches `pattern`.

    The pattern knows ``*``, ``?`` and ``[...]`` and minds no case; a code that is spelled just like it matches too.
    A unit's file name is the same whichever other units are asked for. `ChoiceError` when no unit matches.
    """
    units = card.tables.units
    unit_codes = units["unit_code"].tolist()
    names = safe_names([f"{code} {name}" for code, name in zip(unit_codes, units["unit_name"].tolist(), strict=True)])
    planned = [
        PlannedWorkbook(unit, unit_code, out / f"{name}{SUFFIX}")
        for unit, (unit_code, name) in enumerate(zip(unit_codes, names, strict=True))
        if unit_code.casefold() == pattern.casefold() or fnmatchcase(unit_code.casefold(), pattern.casefold())
    ]
    if not planned:
        raise ChoiceError(what="units", value=pattern, choices=_some(unit_codes))
    return planned


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:5]) + (", ..." if len(codes) > 5 else "")


def workbook_writes(card: Scorecard, workbook: PlannedWorkbook, language: str | None = None) -> list[Write]:
    """Every cell that `generate` would put into the workbook of that unit, in the same order."""
    return _layout_and_writes(card, workbook, language)[1]


def generate(card: Scorecard, workbooks: list[PlannedWorkbook], language: str | None = None) -> Iterator[Outcome]:
    """Writes the workbooks one after the other and tells of each what became of it.

    `language`: that of the workbooks, by default the data set's. A workbook that fails never stops the others. One
    that exists already is kept beside the new one, since staff may have filled it in; the same data gives the same
    bytes, and a file that holds them is left alone.
    """
    from bsc_xl.excel import stamp, template

    if language is not None:
        _choose("language", language, LANGUAGES)
    for workbook in workbooks:
        try:
            layout, writes = _layout_and_writes(card, workbook, language)
            saved = save(workbook.path, stamp.stamp(template.draw(layout), writes))
        except Exception as error:  # noqa: BLE001 - whatever one unit's data does must not cost the others their file
            yield Outcome(workbook, error=error)
        else:
            yield Outcome(workbook, saved=saved)


def _layout_and_writes(card: Scorecard, workbook: PlannedWorkbook, language: str | None) -> tuple[Layout, list[Write]]:
    from bsc_xl.excel import layout, plan

    shape = layout.for_unit(card, workbook.unit, language or card.tables.settings.language)
    # No time of recalculation: that is when staff last pressed the button, and nobody has.
    return shape, plan.unit_writes(card, workbook.unit, shape, None)


def write_template(path: Path, language: str, periods: int) -> Saved:
    """Writes the empty workbook, ready to be filled in, for years of that many periods (1, 2, 4 or 12).

    What stood at `path` is kept beside it. `ChoiceError` for a language or number of periods that does not exist.
    """
    from bsc_xl.excel import layout, plan, stamp, template

    _choose("language", language, LANGUAGES)
    _choose("periods", periods, PERIODS_PER_YEAR)
    shape = layout.empty(language, periods)
    return save(path, stamp.stamp(template.draw(shape), plan.empty_writes(shape)))


def _choose(what: str, value: object, choices: Sequence[object]) -> None:
    if value not in choices:
        raise ChoiceError(what=what, value=value, choices=", ".join(map(str, choices)))
