"""Sixty kinds of trouble in one folder: each is told once, with its place, and costs nobody else their figures."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path

import numpy as np
import problems
import pytest
from problems import PROBLEMS, Folder

from bsc_xl import dataset
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Collection, Irregularity, Receipt, Severity
from bsc_xl.errors import SourceError
from bsc_xl.excel.intake import take_in
from bsc_xl.excel.layout import SHEETS
from bsc_xl.excel.reading import read_book
from bsc_xl.workflows import collecting

WHEN = datetime.fromisoformat("2026-01-09T10:00")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return problems.make(tmp_path_factory.mktemp("problems"))


@pytest.fixture(scope="module")
def before(folder: Folder) -> dict[str, str]:
    return _checksums(folder.path)


@pytest.fixture(scope="module")
def collected(folder: Folder, before: dict[str, str]) -> Collection:
    out = folder.path.parent / "out"
    given, _ = dataset.read(folder.data_set)
    paths = collecting.found_workbooks([str(folder.path)], out)
    *_, last = collecting.collect(paths, out, given, archive(out / "archive"), WHEN)
    assert isinstance(last, collecting.Collected)
    assert last.collection is not None
    return last.collection


def _checksums(path: Path) -> dict[str, str]:
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in path.iterdir()}


def _of(collected: Collection, folder: Folder, name: str) -> list[Irregularity]:
    file, unit = folder.files[name], folder.units[name]
    found = collected.irregularities
    return [each for each in found if each.file.endswith(file) or (each.unit_code == unit and not each.file)]


def test_there_are_sixty_kinds() -> None:
    assert len({problem.name for problem in PROBLEMS}) == len(PROBLEMS) >= 60


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_each_is_told_once_with_its_place(problem: problems.Problem, folder: Folder, collected: Collection) -> None:
    titles = {"": ""} | {key: folder.titles.title(key) for key in SHEETS}
    expected = Counter((told.rule, titles[told.sheet], told.cell) for told in folder.told[problem.name])
    found = _of(collected, folder, problem.name)
    whole = {each.rule for each in folder.told[problem.name] if not each.cell}
    told = Counter(
        (each.rule, "", "") if each.rule in whole else (each.rule, each.sheet, each.cell)
        for each in found
        if each.rule not in _CONSEQUENCES or each.rule in {told.rule for told in folder.told[problem.name]}
    )
    assert told == expected


_CONSEQUENCES = {"missing", "difference", "incomplete", "no_action_plan", "moved", "actual_without_target"}
"""What may follow by itself: a unit of whom nothing can be read, results that are still shown, a red KPI."""


def test_units_in_order_are_told_nothing_of(folder: Folder, collected: Collection) -> None:
    spoilt = set(folder.units.values())
    assert [
        each for each in collected.irregularities if each.unit_code and each.unit_code not in spoilt | {"NOBODY"}
    ] == []


def test_figures_of_everybody_else_are_the_same_as_before(folder: Folder, collected: Collection) -> None:
    spoilt = set(folder.units.values())
    own = [i for i, code in enumerate(collected.card.tables.units["unit_code"]) if code not in spoilt]
    assert len(own) == problems.IN_ORDER
    np.testing.assert_array_equal(collected.card.score[own], folder.card.score[own])


def test_a_figure_typed_over_a_formula_changes_nothing(folder: Folder, collected: Collection) -> None:
    codes = collected.card.tables.units["unit_code"].tolist()
    over = [problem for problem in PROBLEMS if [told.rule for told in folder.told[problem.name]] == ["overwritten"]]
    assert len(over) == 15
    for problem in over:
        unit = codes.index(folder.units[problem.name])
        assert collected.card.score[unit] == folder.card.score[unit]
        np.testing.assert_array_equal(collected.card.perspective_score[unit], folder.card.perspective_score[unit])


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_what_cannot_count_is_refused_and_the_rest_received(
    problem: problems.Problem, folder: Folder, collected: Collection
) -> None:
    submission = next(each for each in collected.submissions if each.unit_code == folder.units[problem.name])
    assert (submission.receipt in (Receipt.RECEIVED, Receipt.INCOMPLETE)) is problem.counts


def test_every_unit_without_figures_is_named_once(folder: Folder, collected: Collection) -> None:
    absent = [s.unit_code for s in collected.submissions if s.receipt is Receipt.MISSING]
    assert absent == [each.unit_code for each in collected.irregularities if each.rule == "missing"]


def test_it_fails(collected: Collection) -> None:
    assert collected.failed
    assert collected.irregularities[0].severity is Severity.FAILURE


def test_nothing_in_the_folder_is_changed(folder: Folder, before: dict[str, str], collected: Collection) -> None:
    assert _checksums(folder.path) == before


def test_workbooks_are_read_together_as_each_alone(folder: Folder) -> None:
    paths = sorted(folder.path.iterdir())
    together = take_in([(path, path.name) for path in paths])
    for number, path in enumerate(paths):
        if not together.received[number].readable:
            with pytest.raises(SourceError):
                read_book(problems.book(path))
            continue
        alone = read_book(problems.book(path))
        expected = [(f.rule, f.cell, f.value, f.expected) for f in alone.failures if f.column != "unit_code"]
        found = [
            (each.rule, f"{each.sheet}!{each.cell}", each.value, each.expected)
            for each in together.irregularities[number]
            if each.rule not in ("overwritten", "difference", "no_unit_code")
        ]
        assert sorted(found, key=repr) == sorted(expected, key=repr), path.name
