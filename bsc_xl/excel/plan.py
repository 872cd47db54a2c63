"""What goes into which cell of a unit's workbook: the inputs, and the value beside each formula. Pure.

A plan is a list of writes; an adapter applies it, and a dry run prints the same list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from bsc_xl.excel import results
from bsc_xl.excel.address import cells
from bsc_xl.excel.layout import FOOTER, SHEETS, TEMPLATE_VERSION, Layout, Ref
from bsc_xl.excel.results import Value
from bsc_xl.excel.unit_card import UnitCard, serial
from bsc_xl.model import NA_TEXT, Cell, Status
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import Settings, Tables
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
    """Every write of one unit's workbook. `when`: the time of a recalculation, None when there was none."""
    own = UnitCard(card, unit, layout, when)
    inputs = [*_kpi_inputs(own), *_map_inputs(own)]
    technical = {
        "template_version": TEMPLATE_VERSION,
        "dataset": fingerprint(card.tables),
        "engine_version": results.engine_version(),
        "checksum": _fingerprint(f"{write.ref.sheet}!{write.ref.cell}={write.value!r}" for write in inputs),
        "recalculated": None if when is None else serial(when),
        "shape": layout.signature,
    }
    inputs += _settings_inputs(own, technical)
    footer = " · ".join(filter(None, (_footer_name(own.about["unit_name"]), results.subtitle(own))))
    inputs += [Write(Ref(sheet, FOOTER), footer) for sheet in SHEETS if sheet != "trace"]
    return inputs + [Write(ref, value, result=True) for ref, value in results.every(own).items()]


def empty_writes(layout: Layout) -> list[Write]:
    """Every write of the empty template: settings with their defaults, and what an empty workbook shows."""
    settings = Settings(year=0, period=layout.periods, periods=layout.periods, language=layout.language)
    writes = unit_writes(score(_blank(settings)), 0, layout)
    unknown = {layout.settings[key] for key in ("year", "unit_code", "unit_name", "dataset", "checksum")}
    return [write._replace(value=None) if write.ref in unknown else write for write in writes]


def _fingerprint(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def _kpi_inputs(own: UnitCard) -> list[Write]:
    card, layout, text = own.card, own.layout, own.layout.labels
    tables = card.tables
    writes: list[Write] = []
    for perspective, rows in own.rows.items():
        for sheet_row, row in zip(layout.rows(perspective), rows.tolist(), strict=False):

            def put(key: str, value: Value, period: int = 0, at: int = sheet_row, on: str = perspective) -> None:
                writes.append(Write(layout.cell(on, at, key, period), value))

            for key in KPI_TEXTS:
                put(key, own.kpi(key, row) or None)
            for key in KPI_NUMBERS:
                put(key, _given(tables, key, row, float(own.value(key, row))))
            for key in ("polarity", "consolidation"):
                put(key, text(f"{key}.{own.kpi(key, row)}"))
            put("ceiling", text("choice.yes") if own.value("ceiling", row) else None)
            for period in range(layout.periods):
                put("target", _figure(tables, "target", row, period), period + 1)
                put("actual", _figure(tables, "actual", row, period), period + 1)
                put("evidence", tables.evidence[row, period] or None, period + 1)
                put("note", tables.note[row, period] or None, period + 1)
    return writes


def _given(tables: Tables, key: str, row: int, value: float) -> Value:
    """A number of the KPI table; what was found where it is none is written as the text that it is."""
    return value if np.isfinite(value) else tables.rejected.get((key, int(tables.kpi[row]), 0))


def _figure(tables: Tables, key: str, row: int, period: int) -> Value:
    """A figure as staff would type it; text in the place of a number stays to be seen and corrected."""
    values, states = (tables.target, tables.target_state) if key == "target" else (tables.actual, tables.actual_state)
    match Cell(states[row, period]):
        case Cell.NUMBER:
            return float(values[row, period])
        case Cell.NA:
            return NA_TEXT
        case Cell.ERROR:
            return tables.rejected[key, row, period]
        case _:
            return None


def _footer_name(name: str) -> str:
    """As much of a unit's name as its place in a footer holds; "&" is written twice there, an emoji counts as two."""
    taken = 0
    for i, character in enumerate(name):
        taken += 2 if character == "&" or character > "\uffff" else 1
        if taken > FOOTER_NAME:
            return name[:i]
    return name


def _map_inputs(own: UnitCard) -> list[Write]:
    layout = own.layout
    writes = [
        Write(layout.list_cell("strategy_map", "objective", i), objective)
        for i, (_, objective) in enumerate(results.objectives(own))
    ]
    for i, link in enumerate(own.card.tables.links[["cause", "effect"]].to_numpy().tolist()):
        writes += [Write(layout.link_cell(key, i), text) for key, text in zip(("cause", "effect"), link, strict=True)]
    return writes


def _settings_inputs(own: UnitCard, technical: dict[str, Value]) -> list[Write]:
    card, layout, text = own.card, own.layout, own.layout.labels
    unit, policy = own.about, card.policy
    bounds = {band.name: band.lower for band in policy.status}
    values: dict[str, Value] = {
        "unit_code": unit["unit_code"],
        "unit_name": unit["unit_name"],
        "head": unit["head"] or None,
        "year": card.tables.settings.year,
        "period": card.period,
        "new_idea": text("choice.yes" if unit["new_idea"] else "choice.no"),
        **{f"weight_{p}": weight for p, weight in card.tables.settings.weights.items()},
        "policy": text(f"policy.{policy.name}"),
        "rating": text(f"policy.{policy.rating}"),
        "floor": policy.floor,
        "cap": policy.cap,
        "zero_target": text(f"zero_target.{policy.zero_target}"),
        "missing": text(f"missing.{policy.missing}"),
        "green_from": bounds[Status.GREEN],
        "yellow_from": bounds[Status.YELLOW],
    }
    writes = [Write(layout.settings[key], value) for key, value in (values | technical).items()]
    pick: Callable[[tuple[float, float]], float]
    for name, pick in (("stabilize_x", lambda point: point[0]), ("stabilize_y", lambda point: point[1])):
        sheet, area = layout.setting_ranges[name]
        writes += [Write(Ref(sheet, c), pick(point)) for c, point in zip(cells(area), policy.stabilize, strict=True)]
    return writes


def _blank(settings: Settings) -> Tables:
    """A data set of one unnamed unit without KPIs."""
    texts = ("kpi_code", "perspective", "objective", "kpi_name", "unit_of_measure", "polarity", "consolidation")
    kpis = pd.DataFrame({key: pd.Series(dtype=object) for key in (*texts, "source", "owner", "unit_code")})
    for key in KPI_NUMBERS:
        kpis[key] = pd.Series(dtype=np.float64)
    kpis["ceiling"] = pd.Series(dtype=bool)
    units = {"unit_code": "", "unit_name": "", "parent_code": "", "parent": -1, "level": "unit", "head": ""}
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
