"""Action plans go out with the workbooks, come back with what staff wrote, and begin the next period's workbooks."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sent import WHEN, collect, fill_in, layout, send

from bsc_xl import dataset, sample
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Collection, Severity
from bsc_xl.excel.columns import PLAN_CODE
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import Ref
from bsc_xl.labels import load
from bsc_xl.model import Status
from bsc_xl.ooxml import package
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import Tables
from bsc_xl.tables.columns import PLAN_ENTRIES
from bsc_xl.tables.frames import frames
from bsc_xl.workflows import collecting, generation

HARD = ('=HYPERLINK("x")', 'Dua baris;\n-1 <&> "kutip"', "'Kasubag", date(2026, 3, 31), "50%")
DUE = 46_112.0
TYPED = (*HARD[:3], DUE, HARD[4])


@pytest.fixture
def sent(tmp_path: Path) -> Scorecard:
    return send(tmp_path, sample.generate(units=3, kpis=8, seed=6, period=2))


def at(root: Path, place: int, entries: tuple[object, ...] = TYPED) -> dict[Ref, object]:
    shape = layout(root)
    cells = zip(PLAN_ENTRIES, entries, strict=True)
    return {shape.list_cell("action_plan", key, place): cell for key, cell in cells}


def code_of(card: Scorecard, place: int) -> str:
    """The code of a KPI of the first unit by its place in the workbook."""
    return str(card.tables.kpis["kpi_code"][card.tables.kpi[card.tables.rows_of(0).start + place]])


def of_plan(tables: Tables, code: str) -> list[list[Any]]:
    plan = tables.action_plan
    own = plan[(plan["unit_code"] == tables.units["unit_code"][0]) & (plan["kpi_code"] == code)]
    return own[["year", "period", *PLAN_ENTRIES]].to_numpy().tolist()


def told(collection: Collection, rule: str) -> list[tuple[str, str]]:
    return [(each.cell, each.value) for each in collection.irregularities if each.rule == rule]


def test_what_nobody_changed_is_the_same_table(tmp_path: Path, sent: Scorecard) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    first = collect(tmp_path, sent.tables).card.tables
    again = tmp_path / "again"
    resent = send(again, frames(first))
    assert collect(again, resent.tables).card.tables.action_plan.equals(first.action_plan)


@pytest.mark.parametrize("known", [True, False])
def test_what_staff_wrote_comes_back_as_they_wrote_it(tmp_path: Path, sent: Scorecard, known: bool) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    tables = collect(tmp_path, sent.tables if known else None).card.tables
    assert of_plan(tables, code_of(sent, 1)) == [[sent.tables.settings.year, 2, *HARD]]
    assert len(tables.action_plan) == 1


def test_the_next_workbook_begins_with_it_and_no_text_is_a_formula(tmp_path: Path, sent: Scorecard) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    collecting.write(collect(tmp_path, sent.tables), tmp_path / "out", load("en"))
    tables, _ = dataset.read(tmp_path / "out" / "dataset")
    assert tables is not None
    card = score(tables, 3)
    [outcome] = list(generation.generate(card, generation.planned_workbooks(card, tmp_path / "next")[:1]))
    assert outcome.error is None
    made = open_book(sorted((tmp_path / "next").glob("*.xlsx"))[0])
    block, shape = made.read(["action_plan"])["action_plan"], made.layout()
    found = [block.value(shape.list_cell("action_plan", key, 1).cell) for key in (*PLAN_ENTRIES, PLAN_CODE)]
    assert found == [*TYPED, code_of(sent, 1)]
    assert [block.formula(shape.list_cell("action_plan", key, 1).cell) for key in PLAN_ENTRIES] == [None] * 5


def test_an_entry_that_was_emptied_holds_no_longer(tmp_path: Path, sent: Scorecard) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    first = collect(tmp_path, sent.tables).card.tables
    later = tmp_path / "later"
    raw = frames(first)
    raw["settings"]["value"] = [3 if k == "period" else v for k, v in raw["settings"].to_numpy().tolist()]
    resent = send(later, raw)
    fill_in(later, at(later, 1, (None,) * 5))
    tables = collect(later, resent.tables).card.tables
    year = sent.tables.settings.year
    assert of_plan(tables, code_of(sent, 1)) == [[year, 2, *HARD], [year, 3, "", "", "", None, ""]]


def test_entries_in_the_row_of_another_kpi_come_back_as_those_of_their_own(tmp_path: Path, sent: Scorecard) -> None:
    own = at(tmp_path, 1)
    fill_in(tmp_path, own | {layout(tmp_path).list_cell("action_plan", PLAN_CODE, 1): code_of(sent, 4)})
    found = collect(tmp_path, sent.tables)
    assert of_plan(found.card.tables, code_of(sent, 4))[0][2:] == list(HARD)
    assert of_plan(found.card.tables, code_of(sent, 1)) == []
    assert [value for _, value in told(found, "plan_elsewhere")] == [code_of(sent, 4)]


def test_entries_of_no_kpi_and_dates_that_are_none_are_told_with_their_cell(tmp_path: Path, sent: Scorecard) -> None:
    shape = layout(tmp_path)
    values = at(tmp_path, 1, ("a", "b", "c", "besok", None))
    values |= at(tmp_path, 2) | {shape.list_cell("action_plan", PLAN_CODE, 2): "ZZ"}
    fill_in(tmp_path, values)
    found = collect(tmp_path, sent.tables)
    assert told(found, "not_a_date") == [(shape.list_cell("action_plan", "due", 1).cell, "besok")]
    assert told(found, "plan_without_kpi") == [(shape.list_cell("action_plan", "kpi_code", 2).cell, "ZZ")]
    assert found.card.tables.action_plan["due_text"].tolist() == ["besok"]


def test_an_error_is_told_and_not_collected(tmp_path: Path, sent: Scorecard) -> None:
    cause = layout(tmp_path).list_cell("action_plan", "cause", 1)
    path = fill_in(tmp_path, at(tmp_path, 1, ("SEBAB", "b", "c", DUE, None)))
    parts = package.read(path.read_bytes())
    for name, part in parts.items():
        pattern = rf'<c r="{cause.cell}"([^>]*?) t="[^"]*"[^>]*>(?:(?!</c>).)*SEBAB.*?</c>'
        parts[name] = re.sub(pattern.encode(), rb'<c r="%s"\1 t="e"><v>#REF!</v></c>' % cause.cell.encode(), part)
    path.write_bytes(package.write(parts))
    found = collect(tmp_path, sent.tables)
    assert told(found, "plan_error") == [(cause.cell, "#REF!")]
    assert of_plan(found.card.tables, code_of(sent, 1))[0][2:4] == ["", "b"]


def test_a_date_that_is_text_is_collected_as_a_date_and_told_as_advice(tmp_path: Path, sent: Scorecard) -> None:
    fill_in(tmp_path, at(tmp_path, 1, ("a", "b", "c", "31/12/2026", None)))
    found = collect(tmp_path, sent.tables)
    assert of_plan(found.card.tables, code_of(sent, 1))[0][5] == date(2026, 12, 31)
    assert told(found, "not_a_date") == []
    assert [each.severity for each in found.irregularities if each.rule == "date_as_text"] == [Severity.ADVICE]


def test_what_is_for_no_kpi_is_told(tmp_path: Path, sent: Scorecard) -> None:
    shape = layout(tmp_path)
    spare = sum(shape.kpis)
    fill_in(tmp_path, at(tmp_path, spare))
    found = collect(tmp_path, sent.tables)
    assert told(found, "plan_for_no_kpi") == [(shape.list_cell("action_plan", "cause", spare).cell, HARD[0])]
    assert len(found.card.tables.action_plan) == 0


def test_a_red_kpi_whose_plan_is_collected_from_another_row_is_not_told_to_have_none(
    tmp_path: Path, sent: Scorecard
) -> None:
    shape = layout(tmp_path)
    red = next(i for i in range(8) if sent.status[sent.tables.rows_of(0)][i] == list(Status).index(Status.RED))
    perspective, row = shape.slots[red]
    spare = sum(shape.kpis)
    renamed = {shape.cell(perspective, row, "kpi_code"): "LAIN"}
    fill_in(tmp_path, renamed)
    assert code_of(sent, red) in [value for _, value in told(collect(tmp_path, sent.tables), "no_action_plan")]
    stamp = shape.list_cell("action_plan", PLAN_CODE, spare)
    fill_in(tmp_path, at(tmp_path, spare) | {stamp: code_of(sent, red)})
    found = collect(tmp_path, sent.tables)
    assert of_plan(found.card.tables, code_of(sent, red))[0][2:] == list(HARD)
    own = [each for each in found.irregularities if each.unit_code == sent.tables.units["unit_code"][0]]
    assert code_of(sent, red) not in [each.value for each in own if each.rule == "no_action_plan"]


def test_last_years_archive_gives_the_plan_that_still_holds(tmp_path: Path, sent: Scorecard) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    collect(tmp_path, sent.tables)
    raw = sample.generate(units=3, kpis=8, seed=6, period=1)
    year = sent.tables.settings.year + 1
    settings = raw["settings"]
    raw["settings"] = settings.assign(value=[str(year) if k == "year" else v for k, v in settings.to_numpy().tolist()])
    raw["measurements"] = raw["measurements"].assign(year=str(year), actual="")
    raw["kpis"] = raw["kpis"].iloc[::-1].reset_index(drop=True)
    new = generation.with_archive(_scored(tmp_path / "new", raw), str(tmp_path / "archive"))
    row = new.tables.rows_of(0)
    codes = new.tables.kpis["kpi_code"].to_numpy()[new.tables.kpi[row]].tolist()
    place = codes.index(code_of(sent, 1))
    assert new.initiatives.row.tolist() == [row.start + place]
    assert new.initiatives.entries.tolist() == [list(HARD)]
    assert len(archive(str(tmp_path / "archive")).runs()) == 1


def at_period(raw: dict[str, pd.DataFrame], period: int) -> dict[str, pd.DataFrame]:
    """The same data set in another reporting period."""
    settings = raw["settings"]
    value = [period if key == "period" else value for key, value in settings.to_numpy().tolist()]
    return raw | {"settings": settings.assign(value=value)}


def received(root: Path, kept: Path | str, given: Tables | None, *numbers: int) -> None:
    """A collection of the workbooks with these numbers into that archive."""
    paths = sorted((root / "inbox").glob("*.xlsx"))
    chosen = [paths[number] for number in numbers]
    *_, last = collecting.collect(chosen, root / "out", given, archive(kept), WHEN)
    assert isinstance(last, collecting.Collected)
    assert last.collection is not None


def held(card: Scorecard) -> list[tuple[int, str]]:
    """Unit and cause of the entries that hold, by row."""
    units = card.tables.unit[card.initiatives.row].tolist()
    return list(zip(units, card.initiatives.entries[:, 0].tolist(), strict=True))


def test_last_periods_archive_gives_the_plans_in_the_first_year_of_use(tmp_path: Path, sent: Scorecard) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    collect(tmp_path, sent.tables)
    next_one = _scored(tmp_path / "next", at_period(frames(sent.tables), 3))
    assert held(generation.with_archive(next_one, str(tmp_path / "archive"))) == [(0, HARD[0])]


@pytest.mark.parametrize("known", [True, False])
def test_a_plan_that_staff_emptied_stays_away_whatever_earlier_collections_hold(
    tmp_path: Path, sent: Scorecard, known: bool
) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    fill_in(tmp_path, at(tmp_path, 2, ("other", None, None, None, None)))
    received(tmp_path, tmp_path / "kept", sent.tables, 0)
    later = tmp_path / "later"
    resent = send(later, at_period(frames(sent.tables), 3))
    fill_in(later, at(later, 2, ("other", None, None, None, None)))
    received(later, tmp_path / "kept", resent.tables if known else None, 0)
    fourth = _scored(tmp_path / "fourth", at_period(frames(sent.tables), 4))
    assert held(generation.with_archive(fourth, str(tmp_path / "kept"))) == [(0, "other")]


def test_a_plan_of_the_data_set_that_staff_emptied_stays_away_though_it_was_not_at_hand_when_they_sent_it(
    tmp_path: Path, sent: Scorecard
) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    raw = frames(collect(tmp_path, sent.tables).card.tables)
    later = tmp_path / "later"
    send(later, at_period(raw, 3))
    fill_in(later, at(later, 1, (None,) * 5))
    received(later, tmp_path / "kept", None, 0)
    for period, expected in ((4, []), (2, [(0, HARD[0])])):
        card = _scored(tmp_path / str(period), at_period(raw, period))
        assert held(generation.with_archive(card, str(tmp_path / "kept"))) == expected


@pytest.mark.parametrize("place", ["{root}/kept", "sqlite:///{root}/kept.db"])
def test_each_unit_has_the_plans_of_the_collection_in_which_it_came_last(
    tmp_path: Path, sent: Scorecard, place: str
) -> None:
    kept = place.format(root=tmp_path)
    for number, cause in enumerate(("early", "whole", "late")):
        fill_in(tmp_path, at(tmp_path, 1, (cause, None, None, None, None)), number)
    received(tmp_path, kept, sent.tables, 0, 1, 2)
    received(tmp_path, kept, sent.tables, 2)
    next_one = _scored(tmp_path / "next", at_period(frames(sent.tables), 3))
    assert held(generation.with_archive(next_one, kept)) == [(0, "early"), (1, "whole"), (2, "late")]


def test_a_correction_of_an_earlier_period_is_no_later_plan(tmp_path: Path, sent: Scorecard) -> None:
    later = tmp_path / "later"
    resent = send(later, at_period(frames(sent.tables), 3))
    for root, tables, cause in ((later, resent.tables, "third"), (tmp_path, sent.tables, "second")):
        fill_in(root, at(root, 1, (cause, None, None, None, None)))
        received(root, tmp_path / "kept", tables, 0)
    for period, cause in ((2, "second"), (3, "third"), (4, "third")):
        card = _scored(tmp_path / str(period), at_period(frames(sent.tables), period))
        assert held(generation.with_archive(card, str(tmp_path / "kept"))) == [(0, cause)]


def test_what_only_the_data_set_of_a_collection_said_of_a_unit_that_never_came_comes_along(
    tmp_path: Path, sent: Scorecard
) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    known = collect(tmp_path, sent.tables).card.tables
    received(tmp_path, tmp_path / "kept", known, 1)
    next_one = _scored(tmp_path / "next", at_period(frames(sent.tables), 3))
    assert held(generation.with_archive(next_one, str(tmp_path / "kept"))) == [(0, HARD[0])]


def _scored(folder: Path, raw: dict[str, pd.DataFrame]) -> Scorecard:
    dataset.write(raw, folder)
    tables, failures = dataset.read(folder)
    assert tables is not None, failures
    return score(tables)


def test_a_plan_in_the_archive_is_the_one_that_was_collected(tmp_path: Path, sent: Scorecard) -> None:
    fill_in(tmp_path, at(tmp_path, 1))
    found = collect(tmp_path, sent.tables)
    again = collecting.again(archive(str(tmp_path / "archive")), found.run)
    pd.testing.assert_frame_equal(again.card.tables.action_plan, found.card.tables.action_plan)
