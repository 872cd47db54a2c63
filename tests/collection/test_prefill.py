"""Workbooks of a new year begin with the targets and the results of the year before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from memory import MemoryBook

from bsc_xl import dataset, history, sample
from bsc_xl.collection import prefill
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Severity
from bsc_xl.errors import ChoiceError
from bsc_xl.excel import layouts, plan, recalculation, stamp, template
from bsc_xl.excel.address import corners
from bsc_xl.excel.columns import HISTORY_COLUMNS
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.model import Cell
from bsc_xl.ooxml.package import open_package, unpacked
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import RawTables, validate
from bsc_xl.tables.frames import frames
from bsc_xl.workflows import collecting, generation, scoring
from bsc_xl.workflows.closing import close_period

WHEN = datetime.fromisoformat("2026-01-09T10:00")


def _card(place: Path) -> Scorecard:
    tables, failures = dataset.read(place)
    assert tables is not None, failures
    return score(tables)


@pytest.fixture
def years(tmp_path: Path) -> tuple[Scorecard, Scorecard, str]:
    """The scorecard of 2025, which was collected; that of 2026, with one target of its own; and the archive."""
    frames = sample.generate(units=4, kpis=8, seed=6)
    dataset.write(frames, tmp_path / "2025")
    former = _card(tmp_path / "2025")
    list(generation.generate(former, generation.planned_workbooks(former, tmp_path / "inbox")))
    paths = collecting.found_workbooks([str(tmp_path / "inbox")], tmp_path / "out")
    list(collecting.collect(paths, tmp_path / "out", former.tables, archive(tmp_path / "kept"), WHEN))
    settings = frames["settings"]
    frames["settings"] = settings.assign(
        value=["2026" if key == "year" else value for key, value in settings.to_numpy()]
    )
    frames["measurements"] = frames["measurements"].iloc[:2].assign(year="2026", target=["7", ""], actual="")
    dataset.write(frames, tmp_path / "2026")
    return former, _card(tmp_path / "2026"), str(tmp_path / "kept")


def test_targets_come_from_the_year_before_and_own_ones_stay(years: tuple[Scorecard, Scorecard, str]) -> None:
    former, new, kept = years
    filled = generation.with_archive(new, kept).tables
    expected = np.where(former.tables.target_state == Cell.NUMBER, former.tables.target, np.nan)
    expected[0, 0] = 7.0
    np.testing.assert_array_equal(filled.target, expected)


def test_actuals_do_not_come_along(years: tuple[Scorecard, Scorecard, str]) -> None:
    _, new, kept = years
    assert (generation.with_archive(new, kept).tables.actual_state == Cell.BLANK).all()


def test_an_archive_of_neither_this_year_nor_the_one_before_is_refused(
    years: tuple[Scorecard, Scorecard, str],
) -> None:
    _, new, kept = years
    tables = replace(new.tables, settings=replace(new.tables.settings, year=2027))
    with pytest.raises(ChoiceError) as refused:
        generation.with_archive(replace(new, tables=tables), kept)
    assert (refused.value.params["value"], refused.value.params["choices"]) == (2026, "2025")


def test_in_the_first_year_of_use_there_is_no_history_and_targets_stay(
    years: tuple[Scorecard, Scorecard, str],
) -> None:
    former, _, kept = years
    begun = generation.with_archive(former, kept)
    assert begun.history is history.NONE
    np.testing.assert_array_equal(begun.tables.target, former.tables.target)


def test_each_unit_has_targets_and_history_from_the_collection_in_which_it_came_last(
    years: tuple[Scorecard, Scorecard, str], tmp_path: Path
) -> None:
    former, new, kept = years
    whole = generation.with_archive(new, kept)
    paths = collecting.found_workbooks([str(tmp_path / "inbox")], tmp_path / "out")
    for some in (paths[:3], paths[3:]):  # the last unit is late
        list(collecting.collect(some, tmp_path / "out", former.tables, archive(tmp_path / "parts"), WHEN))
    begun = generation.with_archive(new, str(tmp_path / "parts"))
    np.testing.assert_array_equal(begun.tables.target, whole.tables.target)
    assert begun.history.rows.equals(whole.history.rows)
    np.testing.assert_array_equal(begun.history.unit, whole.history.unit)


# --- the history ----------------------------------------------------------------------------------------------------


@pytest.fixture
def bureau(tmp_path: Path) -> tuple[Scorecard, Scorecard]:
    """The bureau's scorecard of the year that was collected, and that of the next with all its figures filled in."""
    former, _ = scoring.score(sample.bureau("id"))
    list(generation.generate(former, generation.planned_workbooks(former, tmp_path / "inbox")))
    paths = collecting.found_workbooks([str(tmp_path / "inbox")], tmp_path / "out")
    list(collecting.collect(paths, tmp_path / "out", former.tables, archive(tmp_path / "kept"), WHEN))
    found = frames(former.tables)
    year = former.tables.settings.year
    settings = found["settings"]
    found["settings"] = settings.assign(
        value=[year + 1 if key == "year" else value for key, value in settings.to_numpy()]
    )
    found["measurements"] = found["measurements"].assign(year=year + 1)
    tables, failures = validate(RawTables(found))
    assert tables is not None, failures
    return former, generation.with_archive(score(tables), str(tmp_path / "kept"))


def _history(layout: Layout, values: Mapping[Ref, object]) -> list[list[object]]:
    """The rows of the sheet in which anything stands."""
    _, area = layout.list_table("history")
    (_, header), (_, last) = corners(area)
    rows = [[values.get(layout.list_cell("history", key, i)) for key in HISTORY_COLUMNS] for i in range(last - header)]
    return [row for row in rows if any(value is not None for value in row)]


def _book(card: Scorecard) -> MemoryBook:
    layout = layouts.for_unit(card, 0, "id")
    return MemoryBook(layout, plan.unit_writes(card, 0, layout))


def test_the_history_begins_with_what_closing_each_period_of_last_year_would_have_recorded(
    bureau: tuple[Scorecard, Scorecard],
) -> None:
    former, new = bureau
    closing = _book(former)
    for period in range(1, 5):
        closing.values[closing.shape.settings["period"]] = float(period)
        close_period(closing, WHEN)
    expected = _history(closing.shape, closing.values)
    begun = _book(new)
    assert len(expected) == 4 * len(former.tables.kpis)
    assert _history(begun.shape, begun.values) == expected


def test_a_period_is_closed_below_what_came_from_the_archive_and_there_is_room_for_the_year(
    bureau: tuple[Scorecard, Scorecard],
) -> None:
    book = _book(bureau[1])
    before = _history(book.shape, book.values)
    for period in range(1, 5):
        book.values[book.shape.settings["period"]] = float(period)
        close_period(book, WHEN)
    after = _history(book.shape, book.values)
    assert (after[: len(before)], len(after)) == (before, 2 * len(before))
    assert {row[0] for row in after[len(before) :]} == {bureau[1].tables.settings.year}


def test_a_workbook_with_history_is_whole_and_comes_back(
    bureau: tuple[Scorecard, Scorecard], tmp_path: Path, ooxml_findings: Callable[[Path], list[object]]
) -> None:
    _, new = bureau
    (planned,) = generation.planned_workbooks(new, tmp_path / "next")
    list(generation.generate(new, [planned]))
    path = tmp_path / "next" / planned.name
    assert ooxml_findings(path) == []
    *_, last = collecting.collect([path], tmp_path / "out", new.tables, archive(tmp_path / "kept"), WHEN)
    assert isinstance(last, collecting.Collected)
    assert last.collection is not None
    assert [each for each in last.irregularities if each.severity is Severity.FAILURE] == []
    np.testing.assert_array_equal(last.collection.card.tables.actual, new.tables.actual)
    layout = layouts.for_unit(new, 0, "id")
    opened = open_book(path)
    assert opened.layout() == replace(layout, tall=(), arrows=())
    assert recalculation.lost_formulas(layout, opened.read(recalculation.READ)) == {}
    shown = opened.read(["history"])["history"]
    assert [shown.value(layout.list_cell("history", "kpi_code", i).cell) for i in range(layout.closed)] == [
        row[2] for row in _history(layout, _book(new).values)
    ]


def test_workbooks_with_history_are_the_same_whoever_makes_them(
    years: tuple[Scorecard, Scorecard, str], tmp_path: Path
) -> None:
    _, new, kept = years
    new = generation.with_archive(new, kept)
    contents = []
    for workers in (1, 2):
        planned = generation.planned_workbooks(new, tmp_path / str(workers))
        assert all(
            outcome.error is None for outcome in generation.generate(new, planned, crew=generation.crew(workers))
        )
        contents.append([(tmp_path / str(workers) / each.name).read_bytes() for each in planned])
    drawn = []
    for unit in range(len(new.tables.units)):
        layout = layouts.for_unit(new, unit, "id")
        drawn.append(stamp.stamp(template.draw(layout), plan.unit_writes(new, unit, layout)))
    parts = [
        [{name: unpacked(member) for name, member in open_package(each).members.items()} for each in made]
        for made in (contents[0], drawn)
    ]
    assert contents[0] == contents[1]
    assert parts[0] == parts[1]


def test_another_history_is_a_reason_to_make_a_workbook_again(
    years: tuple[Scorecard, Scorecard, str], tmp_path: Path
) -> None:
    _, new, kept = years
    new = generation.with_archive(new, kept)
    planned = generation.planned_workbooks(new, tmp_path / "made")
    list(generation.generate(new, planned))
    assert list(generation.outdated(new, planned)) == []
    rows = new.history.rows.copy()
    rows.loc[0, "actual"] = 1.5
    assert list(generation.outdated(replace(new, history=replace(new.history, rows=rows)), planned)) == planned[:1]
    assert list(generation.outdated(replace(new, history=history.NONE), planned)) == planned


def test_a_unit_that_sent_nothing_begins_without_history(
    years: tuple[Scorecard, Scorecard, str], tmp_path: Path
) -> None:
    former, new, _ = years
    paths = collecting.found_workbooks([str(tmp_path / "inbox")], tmp_path / "out")
    list(collecting.collect(paths[2:], tmp_path / "out", former.tables, archive(tmp_path / "late"), WHEN))
    counts = generation.with_archive(new, str(tmp_path / "late")).history.counts(range(4))
    assert counts == [0, 0, 8 * former.period, 8 * former.period]


def test_the_last_periods_are_kept_where_a_history_would_become_too_long(
    years: tuple[Scorecard, Scorecard, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, new, kept = years
    monkeypatch.setattr(prefill, "MOST_ROWS", 17)
    rows = generation.with_archive(new, kept).history.of(1)
    assert rows["period"].tolist() == [3] * 8 + [4] * 8
