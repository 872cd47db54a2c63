"""The workbooks of many units put together as one data set, and everything that stands against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from bsc_xl import policies
from bsc_xl.collection import catalogue, plans, work_results
from bsc_xl.collection.causes import told_once
from bsc_xl.collection.figures import Figures, due, wanted_of
from bsc_xl.collection.judgements import Judgements
from bsc_xl.collection.model import Irregularity, Receipt, Severity, Submission
from bsc_xl.collection.received import OWN_TO_SAY, Intake, Received
from bsc_xl.collection.selection import Selection, select, usual
from bsc_xl.model import NA_TEXT, Cell, Level, Status
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import RawTables, Settings, Tables, parse, validate
from bsc_xl.tables.columns import COLUMNS
from bsc_xl.tables.excerpt import fingerprint
from bsc_xl.tables.frames import frames

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """`frames`: the data set in the form of its source tables, without its measurements; `card`: its scores, with the
    measurements among its tables. The rest as in `Collection`."""

    frames: Frames
    card: Scorecard
    submissions: list[Submission]
    irregularities: list[Irregularity]


def gather(intake: Intake, given: Tables | None, period: int | None, when: datetime) -> Gathered | None:
    """The data set that came back. `given`: the one from which the workbooks were made, as far as it is known: it says
    which units are expected, their place in the tree, what is shared, and holds the behaviour of employees and the
    figures of other years.

    `period`: the reporting period, by default the one that most workbooks have. `when`: the time of the collection.
    None when no workbook counts and there is no data set either. Its tables are taken out of the intake.
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
    rows = _of(intake.take("kpis"), counted)
    given_frames = _of_other_years(given) if given else None
    kpis = catalogue.assemble(rows, received, counted, given_frames["kpis"] if given_frames else None)
    settings = _settings([received[file].settings for file in counted], given, year, period)
    found: Frames = {
        "units": _units(order, selection, received, given_frames),
        "kpis": kpis.kpis,
        "settings": settings_frame(settings),
        "links": given_frames["links"] if given_frames else _links(received, counted),
    }
    judgements = Judgements(found["units"], [received[file] for file in counted], settings, given)
    found["behaviour"] = judgements.frame(given_frames["behaviour"] if given_frames else None)
    found["action_plan"] = plans.frame(
        _planned(rows, kpis.codes, counted, received),
        settings,
        given,
        given_frames["action_plan"] if given_frames else None,
    )
    # which are held by nobody else: in the tables of the card they are once more
    card = scored(found | {"measurements": _measurements(intake, rows, kpis.codes, counted, year, given_frames)})
    wrong = told_once(_of_files(intake, selection), kpis.irregularities)
    wrong += work_results.irregularities([received[file] for file in counted], card, given)
    wrong += [*judgements.irregularities(), *selection.irregularities.values()]
    wrong += _of_settings([received[file] for file in counted], settings, chosen=period is not None)
    wrong += [Irregularity(Severity.FAILURE, "missing", code) for code in order if _came(code, selection) is None]
    wanted = wanted_of(card.tables, given)
    figures = Figures(card, rows.assign(kpi_code=kpis.codes), received, wanted)
    wrong += [*figures.irregularities(), *_without_figures(card, selection, received)]
    submissions = _submissions(card, due(card, wanted), selection, received, _incomplete(wrong, selection, received))
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
    severity = {each: place for place, each in enumerate(Severity)}

    def place(each: Irregularity) -> tuple[object, ...]:
        unit = known.get(each.unit_code, len(known))
        return severity[each.severity], unit, each.file, each.sheet, len(each.cell), each.cell, each.rule

    return sorted(dict.fromkeys(found), key=place)


# --- the tables -----------------------------------------------------------------------------------------------------


def _of(frame: pd.DataFrame, files: Sequence[int]) -> pd.DataFrame:
    """The rows of these files, in the order of the files."""
    places = {file: place for place, file in enumerate(files)}
    place = frame["file"].map(places).to_numpy(dtype=np.float64)
    return frame.take(np.argsort(place, kind="stable")[: np.isfinite(place).sum()])


def _of_other_years(given: Tables) -> Frames:
    """The data set as its source has it, without the figures of the year that is collected."""
    figures = given.measurements
    return frames(replace(given, measurements=figures[figures["year"] != given.settings.year]))


def _units(
    order: Sequence[str], selection: Selection, received: Sequence[Received], given: Frames | None
) -> pd.DataFrame:
    """The units; whatever their workbook says of who signs and of a new idea is the unit's own to say, and what is new
    in the list of the unit in which an employee works."""
    new_ideas: dict[str, bool] = {}
    if given is not None:
        units = given["units"].reset_index(drop=True)
        employees = units[units["level"] == str(Level.EMPLOYEE)]
        held = dict(zip(employees["unit_code"], employees["new_idea"], strict=True))
        for said in (said for file in selection.counted.values() for said in received[file].listed):
            if said.new_idea is not None and said.unit_code in held and said.new_idea != held[said.unit_code]:
                new_ideas[said.unit_code] = said.new_idea
    else:
        blank = dict.fromkeys((column.name for column in COLUMNS["units"]), None)
        names = [received[selection.counted[code]].unit_name for code in order]
        own = [blank | {"unit_code": code, "unit_name": name} for code, name in zip(order, names, strict=True)]
        levels = [str(received[selection.counted[code]].level) for code in order]
        units = pd.DataFrame(own, dtype=object).assign(level=levels)
    about = [received[selection.counted[code]] if code in selection.counted else None for code in order]
    for name in OWN_TO_SAY:
        cells = zip(about, units[name].tolist(), strict=True)
        units[name] = pd.Series([own.of_unit[name] if own else cell for own, cell in cells], dtype=object)
    ideas = zip(order, units["new_idea"].tolist(), strict=True)
    return units.assign(new_idea=pd.Series([new_ideas.get(code, idea) for code, idea in ideas], dtype=object))


def _planned(
    rows: pd.DataFrame, codes: Sequence[str], counted: Sequence[int], received: Sequence[Received]
) -> list[plans.Rows]:
    """The workbooks with the places of their KPIs."""
    own: dict[int, dict[int, str]] = {file: {} for file in counted}
    for file, place, code in zip(rows["file"].tolist(), rows["order"].tolist(), codes, strict=True):
        if code is not None:
            own[file][place] = code
    return [plans.Rows(received[file], own[file]) for file in counted]


def _measurements(
    intake: Intake,
    rows: pd.DataFrame,
    codes: Sequence[str],
    counted: Sequence[int],
    year: int,
    given: Frames | None,
) -> pd.DataFrame:
    names = [column.name for column in COLUMNS["measurements"]]
    own = dict(zip(zip(rows["file"], rows["kpi_code"], strict=True), codes, strict=True))
    figures = _of(intake.take("measurements"), counted)
    files, stated = figures["file"].tolist(), figures["kpi_code"].tolist()
    columns: dict[str, Sequence[object] | pd.Series] = {name: figures[name] for name in ("period", "evidence", "note")}
    columns |= {name: _as_found(figures[name]) for name in ("target", "actual")}
    columns["unit_code"] = [intake.received[file].unit_code for file in files]
    columns["kpi_code"] = [own.get(each) for each in zip(files, stated, strict=True)]
    columns["year"] = [year] * len(figures)
    # as objects, so that equal ones are one: each row would have texts and numbers of its own otherwise
    cells = {name: pd.Series(columns.pop(name), figures.index, dtype=object) for name in names}
    figures = pd.DataFrame(cells, copy=False).dropna(subset="kpi_code")
    if given is not None and len(given["measurements"]):
        figures = pd.concat([given["measurements"], figures])
    return figures.reset_index(drop=True)


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
    found |= {"employee_rating": str(policy.employee_rating), "discipline": str(policy.discipline)}
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
                    column=key,
                )


# --- figures --------------------------------------------------------------------------------------------------------


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
