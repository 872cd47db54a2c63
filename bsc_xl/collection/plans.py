"""The action plans that came back in workbooks, beside what the data set knew of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from bsc_xl import initiatives
from bsc_xl.collection.received import Planned, Received
from bsc_xl.tables import Settings, Tables
from bsc_xl.tables.columns import COLUMNS, PLAN_ENTRIES

Entries = tuple[str | None, ...]
_NOTHING: Entries = (None,) * len(PLAN_ENTRIES)
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The KPIs of one workbook: `codes` in the data set by the place of their row in the workbook."""

    received: Received
    codes: Mapping[int, str]


def frame(
    workbooks: Sequence[Rows], settings: Settings, given: Tables | None, former: pd.DataFrame | None
) -> pd.DataFrame:
    """The table `action_plan`: that of the data set, `former`, and what is new in these workbooks, each in its own
    reporting period.

    Only what differs from what holds in the data set `given` is new, and so is an entry that was emptied. What a
    workbook says of a KPI that it does not have any more counts where the data set has that KPI for the unit.
    """
    new: dict[tuple[str, str, int], Entries] = {}
    held: dict[int, Mapping[_Key, Entries]] = {}
    known = _known(given) if given else {}
    for own in workbooks:
        period = min(own.received.settings.period, settings.periods)
        if period not in held:
            held[period] = _held(given, period) if given else {}
        unit = own.received.unit_code
        for code, entries in _said(own, known.get(unit, {})):
            if entries != held[period].get((unit, code), _NOTHING):
                new[unit, code, period] = entries
    names = [column.name for column in COLUMNS["action_plan"]]
    rows = [
        {"unit_code": unit, "kpi_code": code, "year": settings.year, "period": period}
        | dict(zip(PLAN_ENTRIES, entries, strict=True))
        for (unit, code, period), entries in new.items()
    ]
    found = pd.DataFrame(rows, columns=names, dtype=object)
    if former is None or not len(former):
        return found
    keys = zip(former["unit_code"], former["kpi_code"], former["year"], former["period"], strict=True)
    kept = former[[year != settings.year or (unit, code, period) not in new for unit, code, year, period in keys]]
    return pd.concat([kept.astype(object), found], ignore_index=True) if len(found) else kept


def _said(own: Rows, known: Mapping[str, str]) -> Iterator[tuple[str, Entries]]:
    """What a workbook says of each KPI, by its code in the data set; nothing of those of which it says nothing."""
    found = dict.fromkeys(own.codes.values(), _NOTHING)
    for planned in own.received.planned:
        code = _code(planned, own.codes, known)
        if code is not None and found.get(code, _NOTHING) == _NOTHING:
            found[code] = planned.entries
    yield from found.items()


def _code(planned: Planned, codes: Mapping[int, str], known: Mapping[str, str]) -> str | None:
    if planned.owner is not None and planned.owner in codes:
        return codes[planned.owner]
    return known.get(planned.code.casefold())


def _known(given: Tables) -> dict[str, dict[str, str]]:
    """The codes of each unit's KPIs by themselves in small letters."""
    found: dict[str, dict[str, str]] = {code: {} for code in given.units["unit_code"]}
    for unit, code in given.codes():
        found[unit][code.casefold()] = code
    return found


def _held(given: Tables, period: int) -> dict[_Key, Entries]:
    """What holds in the data set in that period, as workbooks that were made from it show it."""
    latest = initiatives.latest(given, period)
    codes = given.codes()
    listed = (tuple(None if cell is None else str(cell) for cell in row) for row in latest.entries.tolist())
    return dict(zip((codes[row] for row in latest.row), listed, strict=True))
