"""The workbooks of many units put together as one data set, and everything that stands against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from bsc_xl import policies
from bsc_xl.collection import catalogue
from bsc_xl.collection.model import Irregularity, Receipt, Severity, Submission
from bsc_xl.collection.received import Intake, Received
from bsc_xl.collection.selection import Selection, select, usual
from bsc_xl.model import NA_TEXT, NOISE, Cell, Level, Status
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import RawTables, Settings, Tables, parse, validate
from bsc_xl.tables.columns import COLUMNS
from bsc_xl.tables.excerpt import fingerprint
from bsc_xl.tables.frames import frames

MOVED = 0.5
"""An actual that differs from the one before by more than this share of it is asked about."""

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """`frames`: the data set in the form of its source tables; `card`: its scores. The rest as in `Collection`."""

    frames: Frames
    card: Scorecard
    submissions: list[Submission]
    irregularities: list[Irregularity]


def gather(intake: Intake, given: Tables | None, period: int | None, when: datetime) -> Gathered | None:
    """The data set that came back. `given`: the one from which the workbooks were made, as far as it is known: it says
    which units are expected, their place in the tree, what is shared, and holds the figures of other years.

    `period`: the reporting period, by default the one that most workbooks have. `when`: the time of the collection.
    None when no workbook counts and there is no data set either.
    """
    received = intake.received
    year = given.settings.year if given else usual((each.year for each in received if each.year), 0)
    dataset = fingerprint(given) if given else usual((each.dataset for each in received if each.dataset), "")
    codes = given.units["unit_code"].tolist() if given else None
    selection = select(received, None if codes is None else dict.fromkeys(codes, 0), year, dataset, when)
    order = sorted(selection.counted) if codes is None else codes
    if not order:
        return None
    counted = [selection.counted[code] for code in order if code in selection.counted]
    rows = _of(intake.kpis, counted)
    given_frames = _of_other_years(given) if given else None
    kpis = catalogue.assemble(rows, received, counted, given_frames["kpis"] if given_frames else None)
    settings = _settings([received[file].settings for file in counted], given, year, period)
    found: Frames = {
        "units": _units(order, selection, received, given_frames),
        "kpis": kpis.kpis,
        "measurements": _measurements(intake, rows, kpis.codes, received, counted, year, given_frames),
        "settings": settings_frame(settings),
        "links": given_frames["links"] if given_frames else _links(received, counted),
    }
    card = scored(found)
    wrong = _of_files(intake, selection)
    wrong += [*selection.irregularities.values(), *kpis.irregularities]
    wrong += _of_settings([received[file] for file in counted], settings, chosen=period is not None)
    wrong += [Irregularity(Severity.FAILURE, "missing", code) for code in order if _came(code, selection) is None]
    wanted = _wanted(card.tables, given)
    figures = _Figures(card, rows.assign(kpi_code=kpis.codes), received, wanted)
    wrong += [*figures.irregularities(), *_without_figures(card, selection, received)]
    submissions = _submissions(card, _due(card, wanted), selection, received, _incomplete(wrong, selection, received))
    return Gathered(found, card, submissions, _in_order(wrong, order))


def _of_files(intake: Intake, selection: Selection) -> list[Irregularity]:
    """What is wrong in each file alone; of a superseded one it is enough that it does not count."""
    superseded = {number for numbers in selection.others.values() for number in numbers}
    return [each for number, listed in intake.irregularities.items() if number not in superseded for each in listed]


def scored(found: Frames) -> Scorecard:
    """The scorecard of a data set that was put together here; what is wrong in it has been told by its workbook."""
    tables, failures = validate(RawTables(found), without_kpis=True)
    assert tables is not None, failures
    return score(tables)


def _came(code: str, selection: Selection) -> int | None:
    """The file that says most about a unit: the one that counts, else one that was refused."""
    refused = selection.refused.get(code)
    return selection.counted.get(code, refused[0] if refused else None)


def _in_order(found: Sequence[Irregularity], order: Sequence[str]) -> list[Irregularity]:
    """Failures first, then advice, then questions; each by unit, in the order of the units, and place; none twice."""
    known = {code: place for place, code in enumerate(order)}
    severity = list(Severity)

    def place(each: Irregularity) -> tuple[object, ...]:
        unit = known.get(each.unit_code, len(known))
        return severity.index(each.severity), unit, each.file, each.sheet, len(each.cell), each.cell, each.rule

    return sorted(dict.fromkeys(found), key=place)


# --- the tables -----------------------------------------------------------------------------------------------------


def _of(frame: pd.DataFrame, files: Sequence[int]) -> pd.DataFrame:
    """The rows of these files, in the order of the files."""
    places = {file: place for place, file in enumerate(files)}
    place = frame["file"].map(places)
    return frame.assign(_place=place)[place.notna()].sort_values("_place", kind="stable").drop(columns="_place")


def _of_other_years(given: Tables) -> Frames:
    """The data set as its source has it, without the figures of the year that is collected."""
    figures = given.measurements
    return frames(replace(given, measurements=figures[figures["year"] != given.settings.year]))


def _units(
    order: Sequence[str], selection: Selection, received: Sequence[Received], given: Frames | None
) -> pd.DataFrame:
    """The units; whatever their workbook says of head and new idea is the unit's own to say."""
    if given is not None:
        units = given["units"].reset_index(drop=True)
    else:
        blank = dict.fromkeys((column.name for column in COLUMNS["units"]), None)
        names = [received[selection.counted[code]].unit_name for code in order]
        own = [blank | {"unit_code": code, "unit_name": name} for code, name in zip(order, names, strict=True)]
        units = pd.DataFrame(own, dtype=object).assign(level=str(Level.UNIT))
    about = [received[selection.counted[code]] if code in selection.counted else None for code in order]
    for name in ("head", "new_idea"):
        cells = zip(about, units[name].tolist(), strict=True)
        units[name] = pd.Series([getattr(own, name) if own else cell for own, cell in cells], dtype=object)
    return units


def _measurements(
    intake: Intake,
    rows: pd.DataFrame,
    codes: Sequence[str],
    received: Sequence[Received],
    counted: Sequence[int],
    year: int,
    given: Frames | None,
) -> pd.DataFrame:
    names = [column.name for column in COLUMNS["measurements"]]
    own = dict(zip(zip(rows["file"], rows["kpi_code"], strict=True), codes, strict=True))
    figures = _of(intake.measurements, counted)
    if len(figures):
        at = zip(figures["file"].tolist(), figures["kpi_code"].tolist(), strict=True)
        unit_codes = [received[file].unit_code for file in figures["file"].tolist()]
        kpi_codes = pd.Series([own.get(each) for each in at], index=figures.index, dtype=object)
        figures = figures.assign(kpi_code=kpi_codes, unit_code=unit_codes, year=year)
        figures = figures[figures["kpi_code"].notna()]
        for name in ("target", "actual"):
            figures[name] = pd.Series(_as_found(figures[name]), index=figures.index, dtype=object)
    figures = figures.reindex(columns=names)
    if given is not None:
        figures = pd.concat([given["measurements"], figures], ignore_index=True)
    return figures.reset_index(drop=True).astype(object)


def _as_found(cells: pd.Series) -> list[object]:
    """Figures as a data set takes them: a text that is no figure in its workbook, such as "12" or " ", must not become
    one, so it is marked as the text that it is."""
    found: list[object] = []
    for cell in cells.tolist():
        if isinstance(cell, str) and cell != NA_TEXT:
            state = parse.numbers(np.array([cell], dtype=object)).state[0]
            found.append(cell if state == Cell.ERROR else f"'{cell}")
        else:
            found.append(cell)
    return found


def _links(received: Sequence[Received], counted: Sequence[int]) -> pd.DataFrame:
    found = dict.fromkeys(link for file in counted for link in received[file].links)
    return pd.DataFrame(list(found), columns=["cause", "effect"], dtype=object)


# --- settings -------------------------------------------------------------------------------------------------------


def _settings(own: Sequence[Settings], given: Tables | None, year: int, period: int | None) -> Settings:
    """What holds for all units: the data set's settings, or those that most workbooks have."""
    if given is not None:
        chosen = given.settings
    else:
        alike = usual((repr(_effective(each)) for each in own), "")
        chosen = next((each for each in own if repr(_effective(each)) == alike), Settings(year, 1))
    usual_period = usual((each.period for each in own), chosen.period)
    return replace(chosen, year=year, period=min(period or usual_period, chosen.periods))


def settings_frame(settings: Settings) -> pd.DataFrame:
    """The settings as the table of a data set."""
    rows: dict[str, object] = {"year": settings.year, "period": settings.period, "periods": settings.periods}
    rows |= {"language": settings.language, "policy": settings.policy}
    rows |= {f"weight_{perspective}": weight for perspective, weight in settings.weights.items()}
    rows |= settings.overrides
    return pd.DataFrame({"key": list(rows), "value": pd.Series(list(rows.values()), dtype=object)})


def _effective(settings: Settings) -> dict[str, object]:
    """What the settings come to, by field of the settings sheet, whether or not they name it."""
    policy = policies.with_overrides(policies.load(settings.policy), settings.overrides)
    found: dict[str, object] = {"policy": settings.policy, "rating": policy.rating}
    found |= {"floor": float(policy.floor), "cap": float(policy.cap)}
    found |= {"zero_target": str(policy.zero_target), "missing": str(policy.missing)}
    found |= {f"{band.name}_from": float(band.lower) for band in policy.status if band.name != Status.RED}
    return found | {f"weight_{perspective}": float(weight) for perspective, weight in settings.weights.items()}


def _of_settings(workbooks: Sequence[Received], settings: Settings, *, chosen: bool) -> Iterator[Irregularity]:
    """Settings of a workbook that differ from those that hold for all; `chosen`: the office chose the period, which is
    then no mistake of a unit."""
    expected = {**_effective(settings), "period": settings.period}
    alike = {id(each.settings): each.settings for each in workbooks}  # those that were read together share them
    effective = {key: {**_effective(own), "period": own.period} for key, own in alike.items()}
    for each in workbooks:
        found = effective[id(each.settings)]
        for key, value in expected.items():
            if found[key] != value and not (chosen and key == "period"):
                yield Irregularity(
                    Severity.ADVICE,
                    "setting_differs",
                    each.unit_code,
                    each.file,
                    each.settings_title,
                    each.setting_cells[key],
                    parse.as_text(found[key]),
                    parse.as_text(value),
                )


# --- figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """What the data set wants of each row of the scorecard, (n, P): its targets as `Tables` has them, all BLANK where
    it does not know the KPI, or is not known itself."""

    target: np.ndarray
    state: np.ndarray


def _wanted(tables: Tables, given: Tables | None) -> _Wanted:
    target, state = np.full(tables.target.shape, np.nan), np.full(tables.target.shape, Cell.BLANK, dtype=np.int8)
    if given is not None and len(given.target):
        known = {at: row for row, at in enumerate(_keys(given))}
        rows = np.array([known.get(at, -1) for at in _keys(tables)], dtype=np.int64)
        target = np.where(rows[:, None] >= 0, given.target[rows], target)
        state = np.where(rows[:, None] >= 0, given.target_state[rows], state)
    return _Wanted(target, state)


def _keys(tables: Tables) -> Iterator[tuple[str, str]]:
    """Unit and KPI code of each row."""
    units = tables.units["unit_code"].to_numpy()[tables.unit]
    codes = tables.kpis["kpi_code"].to_numpy()[tables.kpi]
    return zip(units.tolist(), codes.tolist(), strict=True)


_INCOMPLETE = frozenset({"incomplete", "no_target", "no_figures", "kpi_missing"})
"""What a unit has not sent."""


def _incomplete(found: Sequence[Irregularity], selection: Selection, received: Sequence[Received]) -> set[str]:
    """The units of which anything that is expected did not come in the workbook that counts."""
    counted = {received[number].file for number in selection.counted.values()}
    return {each.unit_code for each in found if each.rule in _INCOMPLETE and each.file in counted}


def _without_figures(card: Scorecard, selection: Selection, received: Sequence[Received]) -> Iterator[Irregularity]:
    """The workbooks in which there is no figure at all."""
    tables = card.tables
    rows = ((tables.target_state != Cell.BLANK) | (tables.actual_state != Cell.BLANK)).any(axis=1)
    figures = np.bincount(tables.unit, rows, len(tables.units)).tolist()
    for code, found in zip(tables.units["unit_code"].tolist(), figures, strict=True):
        if not found and code in selection.counted:
            file = received[selection.counted[code]].file
            yield Irregularity(Severity.ADVICE, "no_figures", code, file)


def _submissions(
    card: Scorecard, due: np.ndarray, selection: Selection, received: Sequence[Received], incomplete: set[str]
) -> list[Submission]:
    tables = card.tables
    expected = np.bincount(tables.unit, due.sum(axis=1), len(tables.units)).astype(int).tolist()
    filled_in = (due & (tables.actual_state != Cell.BLANK)).sum(axis=1)
    filled = np.bincount(tables.unit, filled_in, len(tables.units)).astype(int).tolist()
    submissions = []
    for place, code in enumerate(tables.units["unit_code"].tolist()):
        file = _came(code, selection)
        if file is None:
            submissions.append(Submission(code, Receipt.MISSING))
            continue
        numbers = (*selection.others.get(code, ()), *selection.refused.get(code, ()))
        others = tuple(received[number].file for number in numbers if number != file)
        whole = Receipt.INCOMPLETE if code in incomplete or filled[place] < expected[place] else Receipt.RECEIVED
        submissions.append(
            Submission(
                code,
                whole if code in selection.counted else Receipt.REFUSED,
                received[file].file,
                received[file].modified,
                received[file].recalculated,
                others,
                filled[place],
                expected[place],
            )
        )
    return submissions


def _due(card: Scorecard, wanted: _Wanted) -> np.ndarray:
    """Where there is a target in a period up to the reporting one, (n, P), so that an actual is wanted: in the workbook
    or in the data set, so that nothing is whole because its targets were cleared."""
    due: np.ndarray = (card.tables.target_state == Cell.NUMBER) | (wanted.state == Cell.NUMBER)
    due[:, card.period :] = False
    return due


class _Figures:
    """What figures that are right by themselves leave open."""

    def __init__(self, card: Scorecard, rows: pd.DataFrame, received: Sequence[Received], wanted: _Wanted) -> None:
        self._card, self._received, self._wanted = card, received, wanted
        keys = list(_keys(card.tables))
        self._codes = [code for _, code in keys]
        own = {
            (received[file].unit_code, code): place
            for place, (file, code) in enumerate(zip(rows["file"], rows["kpi_code"], strict=True))
        }
        self._places = {row: own[at] for row, at in enumerate(keys) if at in own}
        self._rows: Mapping[str, list[object]] = {
            name: rows[name].tolist() for name in ("file", "title", "row", "planned", "plan_title", "plan_cell")
        }

    def irregularities(self) -> Iterator[Irregularity]:
        yield from self._incomplete()
        yield from self._without_target()
        yield from self._other_targets()
        yield from self._without_action()
        yield from self._moved()

    def _incomplete(self) -> Iterator[Irregularity]:
        blank = _due(self._card, self._wanted) & (self._card.tables.actual_state == Cell.BLANK)
        for row in np.flatnonzero(blank.any(axis=1)).tolist():
            periods = (np.flatnonzero(blank[row]) + 1).tolist()
            listed = ", ".join(map(str, periods))
            yield from self._at(row, Severity.ADVICE, "incomplete", periods[0], self._codes[row], listed)

    def _without_target(self) -> Iterator[Irregularity]:
        """KPIs without any target so far, which nobody expects to be without."""
        told = self._card.tables.target_state[:, : self._card.period] != Cell.BLANK
        without = ~told.any(axis=1) & ~(self._wanted.state != Cell.BLANK).any(axis=1)
        for row in np.flatnonzero(without).tolist():
            yield from self._at(row, Severity.ADVICE, "no_target", 1, self._codes[row], "", "target")

    def _other_targets(self) -> Iterator[Irregularity]:
        """Targets that are not those of the data set. Where it has none, they are the unit's to say; what is no figure
        has been told."""
        tables, wanted = self._card.tables, self._wanted
        with np.errstate(invalid="ignore"):
            size = np.maximum(np.abs(tables.target), np.abs(wanted.target))
            other = (tables.target_state != wanted.state) | (np.abs(tables.target - wanted.target) > NOISE * size)
        asked = np.isin(wanted.state, (Cell.NUMBER, Cell.NA)) & (tables.target_state != Cell.ERROR)
        for row, place in np.argwhere(asked & other).tolist():
            own, expected = (
                NA_TEXT if state[row, place] == Cell.NA else parse.as_text(target[row, place])
                for target, state in ((tables.target, tables.target_state), (wanted.target, wanted.state))
            )
            yield from self._at(row, Severity.ADVICE, "target_differs", place + 1, own, expected, "target")

    def _without_action(self) -> Iterator[Irregularity]:
        red = list(Status).index(Status.RED)
        for row in np.flatnonzero(self._card.status == red).tolist():
            place = self._places.get(row)
            if place is not None and not self._rows["planned"][place]:
                each = self._received[self._rows["file"][place]]  # type: ignore[call-overload]
                title, cell = str(self._rows["plan_title"][place]), str(self._rows["plan_cell"][place])
                yield Irregularity(
                    Severity.ADVICE,
                    "no_action_plan",
                    each.unit_code,
                    each.file,
                    title,
                    cell,
                    self._codes[row],
                )

    def _moved(self) -> Iterator[Irregularity]:
        tables, period = self._card.tables, self._card.period
        now = tables.actual[:, period - 1]
        before = tables.actual[:, period - 2] if period > 1 else _last_of_year_before(tables)
        with np.errstate(invalid="ignore"):
            moved = (np.abs(now - before) > MOVED * np.abs(before)) & (before != 0)
        for row in np.flatnonzero(moved).tolist():
            value, former = parse.as_text(now[row]), parse.as_text(before[row])
            yield from self._at(row, Severity.QUESTION, "moved", period, value, former)

    def _at(
        self, row: int, severity: Severity, rule: str, period: int, value: str, expected: str, key: str = "actual"
    ) -> Iterator[Irregularity]:
        """An irregularity at the actual or target of a period, if the KPI stands in a workbook."""
        place = self._places.get(row)
        if place is None:
            return
        each = self._received[self._rows["file"][place]]  # type: ignore[call-overload]
        cell = f"{each.columns[key, period]}{self._rows['row'][place]}"
        title = str(self._rows["title"][place])
        yield Irregularity(severity, rule, each.unit_code, each.file, title, cell, value, expected)


def _last_of_year_before(tables: Tables) -> np.ndarray:
    """The actual of the last period of the year before for each row, NaN for none, (n,)."""
    figures = tables.measurements
    last = figures[(figures["year"] == tables.settings.year - 1) & (figures["period"] == tables.settings.periods)]
    known = dict(zip(zip(last["unit_code"], last["kpi_code"], strict=True), last["actual"], strict=True))
    return np.array([known.get(at, np.nan) for at in _keys(tables)], dtype=np.float64)
