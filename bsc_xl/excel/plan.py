"""What goes into which cell of a unit's workbook: the inputs, and the value beside each formula. Pure.

A plan is a list of writes; an adapter applies it, and a dry run prints the same list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from bsc_xl.excel import closed, heights, results
from bsc_xl.excel.address import cells as addresses
from bsc_xl.excel.address import split
from bsc_xl.excel.agenda import KEYS
from bsc_xl.excel.block import Cells, Objects, UnitBlock, objects, shown
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import FOOTER, SHEETS, TEMPLATE_VERSION, Layout, Ref
from bsc_xl.excel.results import Value
from bsc_xl.excel.roster import ROSTER_INPUTS
from bsc_xl.model import NA_TEXT, Behaviour, Cell, Level, Status
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.scoring.arrays import Codes, Floats
from bsc_xl.tables import Settings, Tables
from bsc_xl.tables.columns import PLAN_ENTRIES, SIGNATORY
from bsc_xl.tables.excerpt import fingerprint

KPI_TEXTS = ("kpi_code", "kpi_name", "unit_of_measure", "objective", "source", "owner")
KPI_NUMBERS = ("weight", "worst", "green_from", "yellow_from")


FOOTER_NAME = 120
"""So much of a unit's name fits into a footer, which holds 255 characters in all."""


class Write(NamedTuple):
    """One cell and its new value; `result`: it stands beside the cell's formula, which stays."""

    ref: Ref
    value: Value
    result: bool = False


def unit_writes(card: Scorecard, unit: int, layout: Layout, when: datetime | None = None) -> list[Write]:
    """Every write of one unit's workbook, sheet by sheet. `when`: the time of a recalculation, None for none."""
    block = UnitBlock(card, np.array([unit]), layout, when)
    writes = [
        Write(ref, value, cells.result)
        for cells in block_cells(block)
        for ref, value in zip(cells.refs, np.atleast_2d(cells.content)[0].tolist(), strict=True)
    ]
    return sorted(writes, key=lambda write: _reading_order(write.ref))


def _reading_order(ref: Ref) -> tuple[int, int, int, str]:
    """Sheet by sheet and row by row, the height of a row before its cells; a sheet's footer first."""
    letters, row = ("", 0) if ref.cell == FOOTER else split(ref.cell)
    return SHEETS.index(ref.sheet), row, len(letters), letters


def block_cells(own: UnitBlock) -> list[Cells]:
    """Every cell of the workbooks of a block of units; which of them differ between units follows from the layout."""
    entries = [*_kpi_entries(own), *_map_entries(own), *_staff_entries(own), *_settings_entries(own)]
    planned = _plan_entries(own)
    typed = _typed(planned)
    technical: dict[str, Value] = {
        "template_version": TEMPLATE_VERSION,
        "dataset": fingerprint(own.card.tables),
        "engine_version": results.engine_version(),
        "recalculated": None if own.when is None else serial(own.when),
        "shape": own.layout.signature,
    }
    settings = own.layout.settings
    return [
        *entries,
        planned if any(cell is not None for cell in typed.content.flat) else _alike(planned),
        heights.action_plan(own),
        *closed.entries(own),
        Cells([settings[key] for key in technical], objects(list(technical.values()))),
        Cells([settings["checksum"]], objects(_checksums([*entries, typed], len(own.units)))[:, None]),
        _footers(own),
        *results.every(own),
    ]


def empty_writes(layout: Layout) -> list[Write]:
    """Every write of the empty template: settings with their defaults, and what an empty workbook shows."""
    settings = Settings(year=0, period=layout.periods, periods=layout.periods, language=layout.language)
    writes = unit_writes(score(_blank(settings)), 0, layout)
    unknown = {layout.settings[key] for key in ("year", "unit_code", "unit_name", "dataset", "checksum")}
    return [write._replace(value=None) if write.ref in unknown else write for write in writes]


def _checksums(entries: list[Cells], count: int) -> list[str]:
    """What tells one state of a workbook's entries from another, for each of `count` units: of everything that people
    can fill in or choose, the settings included."""
    alike = repr([cells.content.tolist() for cells in entries if cells.shared])
    own = [cells.content.tolist() for cells in entries if not cells.shared]
    texts = ["\0".join([alike, *(repr(rows[unit]) for rows in own)]) for unit in range(count)]
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16] for text in texts]


def _kpi_entries(own: UnitBlock) -> Iterator[Cells]:
    """What stands in the KPI rows: the same KPIs for every unit of the block, figures and evidence of its own."""
    tables, layout, text = own.card.tables, own.layout, own.layout.labels
    definitions = {key: _entered(own.kpi(key)) for key in KPI_TEXTS} | {key: _given(own, key) for key in KPI_NUMBERS}
    for key in ("polarity", "consolidation"):
        definitions[key] = objects([text(f"{key}.{word}") for word in own.texts(key)])
    definitions["ceiling"] = objects([text("choice.yes") if ceiling else None for ceiling in own.kpi("ceiling")])
    for key, values in definitions.items():
        yield Cells([layout.cell(perspective, row, key) for perspective, row in own.filled], values)
    by_period = {
        "target": _figures(own, "target", tables.target, tables.target_state),
        "actual": _figures(own, "actual", tables.actual, tables.actual_state),
        "evidence": _entered(tables.evidence[own.rows]),
        "note": _entered(tables.note[own.rows]),
    }
    periods = range(1, layout.periods + 1)
    for key, values in by_period.items():
        refs = [layout.cell(perspective, row, key, period) for perspective, row in own.filled for period in periods]
        yield Cells(refs, values.reshape(len(own.units), len(refs)))


def _entered(texts: Objects) -> Objects:
    """Texts as they are typed; an empty one is no entry."""
    found = texts.copy()
    found[found == ""] = None
    return found


def _given(own: UnitBlock, key: str) -> Objects:
    """A number of the KPI table; what was found where it is none is written as the text that it is."""
    values = own.kpi(key).astype(np.float64)
    found = shown(values)
    for k in np.flatnonzero(~np.isfinite(values)).tolist():
        found[k] = own.card.tables.rejected.get((key, int(own.kpis[k]), 0))
    return found


def _figures(own: UnitBlock, key: str, figures: Floats, states: Codes) -> Objects:
    """Figures as staff would type them; text in the place of a number stays to be seen and corrected."""
    state = states[own.rows]
    found = shown(figures[own.rows], nothing=None)
    found[state == Cell.NA] = NA_TEXT
    for u, k, period in np.argwhere(state == Cell.ERROR).tolist():
        found[u, k, period] = own.card.tables.rejected[key, int(own.rows[u, k]), period]
    return found


def _footers(own: UnitBlock) -> Cells:
    """The printed footers: whose figures these are, and up to when."""
    refs = [Ref(sheet, FOOTER) for sheet in SHEETS if sheet != "trace"]
    period = results.subtitle(own)
    texts = [" · ".join(filter(None, (_footer_name(name), period))) for name in own.about("unit_name")]
    return Cells(refs, np.repeat(objects(texts)[:, None], len(refs), axis=1))


def _footer_name(name: str) -> str:
    """As much of a unit's name as its place in a footer holds; "&" is written twice there, an emoji counts as two.
    A longer one ends in an ellipsis."""
    taken, kept = 0, 0
    for i, character in enumerate(name):
        taken += 2 if character == "&" or character > "\uffff" else 1
        if taken < FOOTER_NAME:
            kept = i + 1
        elif taken > FOOTER_NAME:
            return name[:kept].rstrip() + "…"
    return name


def _map_entries(own: UnitBlock) -> Iterator[Cells]:
    layout = own.layout
    rows = [(i, objective) for i, objective in enumerate(results.objectives(own)) if objective]
    refs = [layout.list_cell("strategy_map", "objective", i) for i, _ in rows]
    yield Cells(refs, objects([objective for _, objective in rows]))
    pairs = results.links(own)
    for at, key in enumerate(("cause", "effect")):
        yield Cells([layout.link_cell(key, i) for i in range(len(pairs))], objects([pair[at] for pair in pairs]))


def _staff_entries(own: UnitBlock) -> Iterator[Cells]:
    """What stands in the rows of employees; in the report of one, the values of behaviour."""
    report = own.layout.level is Level.EMPLOYEE
    keys = tuple(map(str, Behaviour)) if report else ROSTER_INPUTS
    entered = np.stack([own.staff.column(key) for key in keys], axis=2)
    rows = [0] if report else np.flatnonzero(own.staff.begun.any(axis=0)).tolist()
    if rows:
        refs = [own.layout.person(key, i) for i in rows for key in keys]
        yield Cells(refs, entered[:, rows].reshape(len(own.units), len(refs)))


def _plan_entries(own: UnitBlock) -> Cells:
    """What stands in the action plan: in the rows of the KPIs, and in those below them in which anybody typed anything;
    a code alone there is of a KPI that is gone, and goes with the next recalculation."""
    entered = own.agenda.entries
    typed = (entered[:, :, : len(PLAN_ENTRIES)] != None).any(axis=(0, 2))  # noqa: E711 - by element
    rows = [*own.places, *(i for i in own.spare if typed[i])]
    refs = [own.layout.list_cell("action_plan", key, i) for i in rows for key in KEYS]
    return Cells(refs, entered[:, rows].reshape(len(own.units), len(refs)))


def _alike(planned: Cells) -> Cells:
    """The rows of an action plan in which nobody has filled in anything: every unit has the same."""
    return planned._replace(content=planned.content[0])


def _typed(planned: Cells) -> Cells:
    """The entries of the action plan without the codes beside them, which nobody types: recalculating keeps them."""
    rows = planned.content.reshape(len(planned.content), -1, len(KEYS))
    return planned._replace(content=rows[:, :, : len(PLAN_ENTRIES)].reshape(len(rows), -1))


def _settings_entries(own: UnitBlock) -> Iterator[Cells]:
    card, layout, text = own.card, own.layout, own.layout.labels
    policy = card.policy
    # a double, as it comes back from a cell: the checksum tells 100 from 100.0
    bounds = {band.name: float(band.lower) for band in policy.status}
    identity = {
        "unit_code": own.about("unit_code"),
        "unit_name": own.about("unit_name"),
        **{name: [given or None for given in own.about(name)] for name in SIGNATORY},
        "new_idea": [text("choice.yes" if given else "choice.no") for given in own.about("new_idea")],
    }
    yield Cells([layout.settings[key] for key in identity], np.column_stack(list(map(objects, identity.values()))))
    values: dict[str, Value] = {
        "year": card.tables.settings.year,
        "period": card.period,
        **{f"weight_{p}": weight for p, weight in card.tables.settings.weights.items()},
        "policy": text(f"policy.{policy.name}"),
        "rating": text(f"policy.{policy.rating}"),
        "floor": policy.floor,
        "cap": policy.cap,
        "zero_target": text(f"zero_target.{policy.zero_target}"),
        "missing": text(f"missing.{policy.missing}"),
        "green_from": bounds[Status.GREEN],
        "yellow_from": bounds[Status.YELLOW],
        "employee_rating": text(f"employee_rating.{policy.employee_rating}"),
        "discipline": text(f"discipline_measure.{policy.discipline}"),
    }
    yield Cells([layout.settings[key] for key in values], objects(list(values.values())))
    for name, points in zip(("stabilize_x", "stabilize_y"), zip(*policy.stabilize, strict=True), strict=True):
        sheet, area = layout.setting_ranges[name]
        yield Cells([Ref(sheet, cell) for cell in addresses(area)], objects(points))


def _blank(settings: Settings) -> Tables:
    """A data set of one unnamed unit without KPIs."""
    texts = ("kpi_code", "perspective", "objective", "kpi_name", "unit_of_measure", "polarity", "consolidation")
    kpis = pd.DataFrame({key: pd.Series(dtype=object) for key in (*texts, "source", "owner", "unit_code")})
    for key in KPI_NUMBERS:
        kpis[key] = pd.Series(dtype=np.float64)
    kpis["ceiling"] = pd.Series(dtype=bool)
    units = {"unit_code": "", "unit_name": "", "parent_code": "", "parent": -1, "level": "unit"} | dict.fromkeys(
        SIGNATORY, ""
    )
    shape = (0, settings.periods)
    return Tables(
        settings=settings,
        units=pd.DataFrame([units | {"weight": 1.0, "new_idea": False}]),
        kpis=kpis,
        unit=np.zeros(0, dtype=np.int64),
        kpi=np.zeros(0, dtype=np.int64),
        target=np.zeros(shape),
        target_state=np.zeros(shape, dtype=np.int8),
        actual=np.zeros(shape),
        actual_state=np.zeros(shape, dtype=np.int8),
        evidence=np.zeros(shape, dtype=object),
        note=np.zeros(shape, dtype=object),
        measurements=pd.DataFrame(),
        links=pd.DataFrame(columns=["cause", "effect"]),
    )
