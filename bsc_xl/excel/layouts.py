"""The layouts of units' workbooks, as they follow from a scorecard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bsc_xl.excel import room
from bsc_xl.excel.lanes import Picture
from bsc_xl.excel.layout import FIRST_ROW, Layout
from bsc_xl.excel.shape import VALUE_WIDTH
from bsc_xl.model import Level, Perspective
from bsc_xl.scorecard import Scorecard
from bsc_xl.scoring.arrays import Positions


def for_unit(card: Scorecard, unit: int, language: str) -> Layout:
    """The layout of one unit's workbook: a row for each of its KPIs, and spare ones."""
    return for_units(card, [unit], language)[0]


def for_units(card: Scorecard, units: Sequence[int], language: str) -> list[Layout]:
    """The layouts of these units' workbooks; units with the same KPIs differ only in the width of their figures,
    in what was closed before, and in their employees."""
    tables = card.tables
    shapes: dict[bytes, Layout] = {}
    layouts = []
    closed = card.history.counts(units)
    levels = tables.units["level"].to_numpy()[list(units)].tolist()
    staff = np.bincount(card.employees.parent + 1, minlength=len(tables.units) + 1)[1:][list(units)].tolist()
    for unit, width, *about in zip(units, room.value_widths(card, units), closed, staff, levels, strict=True):
        kpis = tables.kpi[tables.rows_of(unit)]
        key = kpis.tobytes()
        if key not in shapes:
            shapes[key] = _shape(card, kpis, language)
        usual = (width, *about) == (VALUE_WIDTH, 0, 0, Level.UNIT)
        layouts.append(shapes[key] if usual else _with(shapes[key], width, *about))
    return layouts


def _with(shape: Layout, width: int, closed: int, employees: int, level: str) -> Layout:
    """The layout with what differs between units of the same KPIs; the report of an employee lists no employees."""
    count = 0 if level == Level.EMPLOYEE else employees
    return replace(shape, value_width=width, closed=closed, employees=count, level=Level(level))


def _shape(card: Scorecard, kpis: Positions, language: str) -> Layout:
    """The layout of a workbook with these KPIs, for figures of usual length."""
    tables = card.tables
    perspectives, names, measures, objectives = (
        tables.kpis[key].to_numpy()[kpis].tolist()
        for key in ("perspective", "kpi_name", "unit_of_measure", "objective")
    )
    own = {p: [i for i, at in enumerate(perspectives) if at == p] for p in Perspective}
    tall = {p: room.tall([names[i] for i in of], [measures[i] for i in of]) for p, of in own.items()}
    pursued = dict.fromkeys(zip(perspectives, objectives, strict=True))
    mapped = [(p, objective) for p in Perspective for at, objective in pursued if at == p and objective]
    picture = Picture([perspective for perspective, _ in mapped])
    a, b, c, d = (len(own[p]) for p in Perspective)
    return Layout(
        language,
        tables.settings.periods,
        (a, b, c, d),
        points=len(card.policy.stabilize),
        tall=tuple((p, FIRST_ROW + i, lines) for p in Perspective for i, lines in tall[p]),
        lanes=tuple(perspective for perspective, _ in mapped),
        wordy=tuple(room.wordy(picture.line_length, picture.lines, [objective for _, objective in mapped])),
        links=len(tables.links),
        arrows=_arrows([objective for _, objective in mapped], tables.links),
    )


def _arrows(objectives: Sequence[str], links: pd.DataFrame) -> tuple[tuple[int, int], ...]:
    """Causes and effects as numbers of objectives, each pair once; an objective of two lanes is the first of them."""
    number = {objective.strip(): i for i, objective in reversed(list(enumerate(objectives)))}
    pairs = zip(links["cause"].str.strip().map(number), links["effect"].str.strip().map(number), strict=True)
    return tuple(dict.fromkeys((int(a), int(b)) for a, b in pairs if a >= 0 and b >= 0 and a != b))
