"""Some units of a data set, taken out, stay exactly what they were."""

from __future__ import annotations

import pickle
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_xl import sample
from bsc_xl.excel import layouts, plan
from bsc_xl.scorecard import Scorecard, excerpt, score
from bsc_xl.tables import RawTables, validate
from bsc_xl.tables.excerpt import fingerprint

UNITS = 9


def scored() -> Scorecard:
    """Units with KPIs of their own, and with every state of a cell, also where a number should be."""
    raw = sample.generate(units=UNITS, kpis=6, seed=4)
    raw["measurements"]["actual"] = raw["measurements"]["actual"].astype(object)
    raw["measurements"].loc[::7, "actual"] = "abc"
    raw["kpis"]["worst"] = raw["kpis"]["worst"].astype(object)
    raw["kpis"].loc[::3, "worst"] = "x"
    raw["kpis"]["unit_code"] = raw["kpis"]["unit_code"].astype(object)
    raw["kpis"].loc[2:3, "unit_code"] = raw["units"]["unit_code"].iloc[3]
    tables, _ = validate(RawTables(raw))
    assert tables is not None
    return score(tables)


CARD = scored()


@settings(deadline=None)
@given(st.lists(st.integers(0, UNITS - 1), min_size=1, unique=True))
def test_every_cell_of_a_workbook_is_the_same_whichever_units_come_along(units: list[int]) -> None:
    part = excerpt(CARD, units)
    for place, unit in enumerate(units):
        shape = layouts.for_unit(CARD, unit, "id")
        assert layouts.for_unit(part, place, "id") == shape
        assert repr(plan.unit_writes(part, place, shape)) == repr(plan.unit_writes(CARD, unit, shape))


def test_the_data_has_what_can_go_wrong() -> None:
    assert {name for name, _, _ in CARD.tables.rejected} == {"actual", "worst"}
    assert len({CARD.tables.rows_of(unit).stop - CARD.tables.rows_of(unit).start for unit in range(UNITS)}) == 2


@pytest.mark.parametrize("field", [field.name for field in fields(Scorecard)])
def test_an_excerpt_of_all_units_has_every_figure_of_the_whole(field: str) -> None:
    part, whole = getattr(excerpt(CARD, range(UNITS)), field), getattr(CARD, field)
    if isinstance(whole, np.ndarray):
        np.testing.assert_array_equal(part, whole)
    elif field == "employees":
        assert repr(part) == repr(whole)
    elif field != "tables":
        assert part == whole


def test_a_parent_that_stays_behind_leaves_only_its_code() -> None:
    child = int(np.flatnonzero(CARD.tables.units["parent"] >= 0)[-1])
    parent = int(CARD.tables.units["parent"].iloc[child])
    assert excerpt(CARD, [child]).tables.units["parent"].tolist() == [-1]
    assert excerpt(CARD, [child, parent]).tables.units["parent"].iloc[0] == 1
    assert excerpt(CARD, [child]).tables.units["parent_code"].tolist() == [CARD.tables.units["unit_code"].iloc[parent]]


def test_an_excerpt_of_an_excerpt_still_names_the_whole_data_set() -> None:
    part = excerpt(excerpt(CARD, [1, 2, 3]), [1])
    assert part.tables.units["unit_code"].tolist() == [CARD.tables.units["unit_code"].iloc[2]]
    assert fingerprint(part.tables) == fingerprint(CARD.tables)


def test_an_excerpt_survives_the_way_to_another_process() -> None:
    part = excerpt(CARD, [4])
    shape = layouts.for_unit(part, 0, "en")
    there = pickle.loads(pickle.dumps(part))
    assert repr(plan.unit_writes(there, 0, shape)) == repr(plan.unit_writes(part, 0, shape))
