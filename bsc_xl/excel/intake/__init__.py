"""Filled-in workbooks read back, many at once: who each is from, its figures, and what is wrong in it.

Figures are taken from inputs alone, never from a cell that a formula fills.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.collection.model import Irregularity, Severity
from bsc_xl.collection.received import KPI_PLACES, OWN_TO_SAY, Intake, Received, nothing
from bsc_xl.errors import FAILURE, Failure, SourceError
from bsc_xl.excel import initiatives, people, recalculation
from bsc_xl.excel.address import split
from bsc_xl.excel.dates import EPOCH
from bsc_xl.excel.findings import Finding, Kind
from bsc_xl.excel.initiatives import Plan
from bsc_xl.excel.intake import cells, entries, judging, planning, refused
from bsc_xl.excel.intake.cells import Slot
from bsc_xl.excel.intake.compared import RESULTS
from bsc_xl.excel.intake.entries import Group, Identity
from bsc_xl.excel.intake.opened import Opened, open_workbook
from bsc_xl.excel.layout import FIRST_ROW, Layout
from bsc_xl.excel.port import Found, is_number
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import Perspective, Status
from bsc_xl.scoring.arrays import Floats
from bsc_xl.tables import ExcelError, Settings, parse
from bsc_xl.tables.findings import shown

__all__ = ["take_in"]

_NOTHING = frozenset({None, "", *(load(language)("placeholder.dash") for language in LANGUAGES)})


def take_in(files: Sequence[tuple[Path, str]]) -> Intake:
    """What the files hold: each its path, and its name for people. Nothing is written, and none is left out: a file
    that cannot be read is there with the reason."""
    with _without_garbage_collection():
        return _taken_in(files)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Cells make many objects and no cycles: looking for cycles among them would take a tenth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _taken_in(files: Sequence[tuple[Path, str]]) -> Intake:
    received: list[Received] = []
    found: dict[int, list[Irregularity]] = {}
    books: dict[int, Opened] = {}
    for number, (path, name) in enumerate(files):
        about, book = _open(path, name, found.setdefault(number, []))
        received.append(about)
        if book:
            books[number] = book
    groups, identities, failures = entries.read_all(books)
    plans = {number: planning.plan_of(book) for number, book in books.items()}
    for group in groups:
        units = group.card.tables.units[["unit_name", *OWN_TO_SAY]].to_dict("records")
        for number, unit in zip(group.books, units, strict=True):
            settings = group.card.tables.settings
            planned = tuple(planning.planned(books[number], plans[number]))
            about = _received(received[number], books[number], identities[number], unit, settings)
            received[number] = replace(about, planned=planned)
    for number, book in books.items():
        name, unit_code = received[number].file, received[number].unit_code
        if not unit_code:
            found[number].append(_no_unit_code(book, name))
        wrong = (*failures[number], *people.failures(book.layout, book.blocks), *plans[number].failures())
        found[number] += [_of_failure(failure, name, unit_code) for failure in wrong]
    for number in _doubtful(groups, books):
        found[number] += _of_results(books[number], received[number])
    if not any(group.slots for group in groups):
        return nothing(received, found)
    return Intake(received, found, *_frames(groups, books, plans))


def _open(path: Path, name: str, found: list[Irregularity]) -> tuple[Received, Opened | None]:
    data, checksum, modified = b"", "", None
    try:
        data = _content(path, name)
        checksum = hashlib.sha256(data).hexdigest()
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone().replace(tzinfo=None, microsecond=0)
        return Received(name, checksum, modified), open_workbook(path, name, data)
    except SourceError as error:
        told = {key: str(error.params.get(key, "")) for key in ("part", "version", "expected", "sheet")}
        value = told["part"] or told["version"]
        rule = str(error.params["reason"])
        if rule == "source.not_a_unit_workbook" and _is_consolidated(path):
            rule = "source.consolidated"
        fields = refused.settings(data)
        unit_code = fields[refused.UNIT_CODE].text if refused.UNIT_CODE in fields else ""
        at = fields.get(refused.CONCERNED.get(rule, ""))
        sheet, cell = (at.sheet, at.cell) if at else (told["sheet"], "")
        found.append(Irregularity(Severity.FAILURE, rule, unit_code, name, sheet, cell, value, told["expected"]))
        return Received(name, checksum, modified, unit_code=unit_code), None


def _is_consolidated(path: Path) -> bool:
    from bsc_xl.excel import consolidated  # which draws with openpyxl: too much to load for every worker

    return consolidated.is_consolidated(path)


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(source=name, reason="source.not_found") from error
    except PermissionError as error:
        raise SourceError(source=name, reason="source.no_permission") from error
    except OSError as error:
        raise SourceError(source=name, reason="source.unreadable") from error


def _received(
    about: Received, book: Opened, identity: Identity, unit: Mapping[Any, Any], settings: Settings
) -> Received:
    when = cells.setting(book, "recalculated")
    return Received(
        file=about.file,
        checksum=about.checksum,
        modified=about.modified,
        readable=True,
        unit_code=identity.unit_code,
        unit_name=unit["unit_name"],
        of_unit={name: unit[name] for name in OWN_TO_SAY},
        year=identity.year,
        dataset=parse.as_text(cells.setting(book, "dataset")),
        recalculated=_time(when) if is_number(when) else None,
        settings_title=book.blocks["settings"].title,
        setting_cells=_setting_cells(book.layout),
        columns=book.layout.columns,
        settings=settings,
        links=tuple(_links(book)),
        level=book.layout.level,
        judged=tuple(judging.judged(book, identity.unit_code)),
        listed=tuple(judging.listed(book)),
    )


@lru_cache(maxsize=256)
def _setting_cells(layout: Layout) -> dict[str, str]:
    return {key: ref.cell for key, ref in layout.settings.items()}


def _time(serial: float) -> datetime | None:
    try:
        return EPOCH + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return None


def _links(book: Opened) -> Iterator[tuple[str, str]]:
    for _, cause, effect in cells.links(book):
        texts = tuple("" if isinstance(end, ExcelError) else parse.as_text(end) for end in (cause, effect))
        if all(text.strip() for text in texts):
            yield texts[0], texts[1]


# --- what is wrong in one workbook ----------------------------------------------------------------------------------


def _no_unit_code(book: Opened, name: str) -> Irregularity:
    ref = book.layout.settings["unit_code"]
    title = book.blocks[ref.sheet].title
    found = shown(cells.setting(book, "unit_code"))
    return Irregularity(Severity.FAILURE, "no_unit_code", file=name, sheet=title, cell=ref.cell, value=found)


def _of_failure(failure: Failure, name: str, unit_code: str) -> Irregularity:
    sheet, _, cell = (failure.cell or "").rpartition("!")
    return Irregularity(
        Severity.FAILURE if failure.level == FAILURE else Severity.ADVICE,
        failure.rule,
        unit_code=unit_code,
        file=name,
        sheet=sheet,
        cell=cell,
        value=failure.value or "",
        expected=failure.expected,
        table=failure.table,
        column=failure.column or "",
    )


def _doubtful(groups: Sequence[Group], books: Mapping[int, Opened]) -> list[int]:
    """The workbooks in which a formula is gone, or in which a KPI or a perspective shows something else than ours."""
    found = {number for number, book in books.items() if not book.intact}
    for group in groups:
        found |= set(_unlike(group, books))
    return sorted(found)


def _unlike(group: Group, books: Mapping[int, Opened]) -> Iterator[int]:
    card = group.card
    weighted = np.where(card.counted_weight == 0, np.nan, card.weighted_score)
    ours = np.column_stack([card.target, card.actual, card.achievement, card.index, weighted])
    slots = [group.slots[kpi] for kpi in card.tables.kpi.tolist()]
    shown_ = [cells.results(slot, books[slot.book]) for slot in slots]
    right = _agree(ours, np.array([list(map(_number, own[:-1])) for own in shown_]).reshape(ours.shape))
    statuses = list(Status)
    alike: list[bool] = np.all(right, axis=1).tolist()
    for slot, own, figures, status in zip(slots, shown_, alike, card.status.tolist(), strict=True):
        if not figures or own[-1] != books[slot.book].layout.status_text(statuses[status]):
            yield slot.book
    scores = np.array([[_number(cell) for cell in cells.scores(books[number])] for number in group.books])
    right = _agree(card.perspective_score, scores.reshape(card.perspective_score.shape))
    alike = np.all(right, axis=1).tolist()
    yield from (number for number, same in zip(group.books, alike, strict=True) if not same)


def _agree(ours: Floats, shown_: Floats) -> NDArray[np.bool_]:
    """Where two figures are the same as `recalculation.agree` has it; NaN is none."""
    with np.errstate(invalid="ignore"):
        size = np.maximum(1.0, np.maximum(np.abs(ours), np.abs(shown_)))
        near: NDArray[np.bool_] = np.abs(ours - shown_) <= recalculation.TOLERANCE * size
    return near | (np.isnan(ours) & np.isnan(shown_))


def _number(cell: Found) -> float:
    """What a result shows: NaN for nothing and for the dash in its place, infinity for what is no result."""
    if is_number(cell):
        return float(cell)
    return np.nan if cell in _NOTHING else np.inf


def _of_results(book: Opened, about: Received) -> Iterator[Irregularity]:
    """Formulas that are gone; where none is, the first cell that shows something else than ours. What differs because
    a formula is gone is not told again."""
    blocks = book.book.read(recalculation.READ)
    done = recalculation.recalculate(book.layout, blocks, about.modified or EPOCH)
    overwritten = [finding for finding in done.found if finding.kind is Kind.OVERWRITTEN]
    differences = [finding for finding in done.found if finding.kind is Kind.DIFFERENCE]
    keys = {block.title: key for key, block in blocks.items()}

    def told(rule: str, severity: Severity, finding: Finding) -> Irregularity:
        refs = (ref for ref in done.changes.results if ref == (keys[finding.sheet], finding.cell))
        ours = next((done.changes.results[ref] for ref in refs), None)
        expected = shown(round(ours, 4) if isinstance(ours, float) else ours)
        return Irregularity(
            severity, rule, about.unit_code, about.file, finding.sheet, finding.cell, finding.found, expected
        )

    if overwritten:
        yield from (told("overwritten", Severity.FAILURE, finding) for finding in overwritten)
    elif differences:
        yield told("difference", Severity.ADVICE, _plainest(differences, book, keys))


def _plainest(differences: Sequence[Finding], book: Opened, keys: Mapping[str, str]) -> Finding:
    """The first difference that a person sees as a result of a KPI, else the first of all."""
    letters = {book.layout.column(key) for key in RESULTS}
    for finding in differences:
        if keys[finding.sheet] in set(Perspective) and split(finding.cell)[0] in letters:
            return finding
    return differences[0]


# --- the figures ----------------------------------------------------------------------------------------------------


def _frames(
    groups: Sequence[Group], books: Mapping[int, Opened], plans: Mapping[int, Plan]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    kpis = []
    for group in groups:
        places: dict[str, list[Any]] = {name: [] for name in KPI_PLACES[3:]}
        for slot in group.slots:
            for name, value in _places(slot, books[slot.book], plans[slot.book]).items():
                places[name].append(value)
        kpis.append(group.kpis.assign(**places))
    figures = [group.measurements for group in groups]
    return pd.concat(kpis, ignore_index=True), pd.concat(figures, ignore_index=True)


def _places(slot: Slot, book: Opened, plan: Plan) -> dict[str, Any]:
    return {
        "order": slot.place,
        "title": book.blocks[slot.perspective].title,
        "row": slot.row,
        "line": slot.row - FIRST_ROW,
        "plan_title": book.blocks[initiatives.SHEET].title,
        "plan_cell": planning.lacking(book, plan, slot.place),
    }
