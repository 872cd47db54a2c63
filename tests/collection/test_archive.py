"""Every collection is kept, and any of them can be produced again."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from bsc_xl import dataset, files, labels, sample
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Collection, Receipt
from bsc_xl.errors import ChoiceError, OutputError, SourceError
from bsc_xl.scorecard import score
from bsc_xl.workflows import collecting, generation

MONDAY, TUESDAY = (datetime.fromisoformat(f"2026-01-{day}T09:00") for day in ("12", "13"))
OUTPUTS = (
    "consolidated.xlsx",
    "exceptions.csv",
    *(f"dataset/{name}.csv" for name in ("units", "kpis", "measurements", "behaviour")),
)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    dataset.write(sample.generate(units=5, kpis=8, seed=2), tmp_path / "data")
    card = score(_data(tmp_path))
    for outcome in generation.generate(card, generation.planned_workbooks(card, tmp_path / "inbox")):
        assert outcome.error is None
    return tmp_path


def _data(root: Path):
    tables, failures = dataset.read(root / "data")
    assert tables is not None, failures
    return tables


def _collect(root: Path, place: str | Path, when: datetime) -> Collection:
    out = root / "out"
    paths = collecting.found_workbooks([str(root / "inbox")], out)
    *_, last = collecting.collect(paths, out, _data(root), archive(place), when)
    assert isinstance(last, collecting.Collected)
    assert last.collection is not None
    collecting.write(last.collection, out, labels.load("en"))
    return last.collection


def _outputs(root: Path) -> dict[str, bytes]:
    return {name: (root / "out" / name).read_bytes() for name in OUTPUTS}


@pytest.mark.parametrize("place", ["folder", "database"])
def test_the_first_of_two_collections_is_produced_again_byte_for_byte(office: Path, place: str) -> None:
    kept = office / "kept" if place == "folder" else f"sqlite:///{office}/kept.db"
    late = sorted((office / "inbox").glob("*.xlsx"))[-1]
    shutil.move(late, office / "late.xlsx")
    first = _collect(office, kept, MONDAY)
    outputs = _outputs(office)
    shutil.move(office / "late.xlsx", late)
    second = _collect(office, kept, TUESDAY)
    assert archive(kept).runs() == [first.run, second.run] == ["2026-01-12T090000", "2026-01-13T090000"]
    assert (first.count(Receipt.MISSING), second.count(Receipt.MISSING)) == (1, 0)
    assert _outputs(office) != outputs
    collecting.write(collecting.again(archive(kept), first.run), office / "out", labels.load("en"))
    assert _outputs(office) == outputs


def test_two_collections_in_the_same_second_are_two_runs(office: Path) -> None:
    runs = [_collect(office, office / "kept", MONDAY).run for _ in range(2)]
    assert runs == ["2026-01-12T090000", "2026-01-12T090000-2"]


def test_a_run_that_does_not_exist_is_refused_with_those_that_do(office: Path) -> None:
    _collect(office, office / "kept", MONDAY)
    with pytest.raises(ChoiceError) as refused:
        collecting.again(archive(office / "kept"), "2020-01-01T000000")
    assert refused.value.params["choices"] == "2026-01-12T090000"


def test_the_archive_names_each_file_with_its_checksum(office: Path) -> None:
    run = _collect(office, office / "kept", MONDAY).run
    listed = archive(office / "kept").read(run)["files"]
    assert len(listed) == 5
    assert all(len(checksum) == 64 for checksum in listed["checksum"])


def test_a_run_that_was_kept_before_there_was_behaviour_is_still_read(office: Path) -> None:
    kept = office / "kept"
    first = _collect(office, kept, MONDAY)
    (kept / first.run / "behaviour.parquet").unlink()

    assert len(first.card.tables.behaviour) == 4
    assert len(collecting.again(archive(kept), first.run).card.tables.behaviour) == 0


def test_a_trend_goes_back_over_the_years_of_the_archive(office: Path) -> None:
    _collect(office, office / "kept", MONDAY)
    shutil.rmtree(office / "inbox")
    frames = sample.generate(units=4, kpis=8, seed=2, years=(2026,))
    dataset.write(frames, office / "data", overwrite=True)
    card = score(_data(office))
    list(generation.generate(card, generation.planned_workbooks(card, office / "inbox")))
    trend = _collect(office, office / "kept", TUESDAY).trend
    assert trend[["year", "period"]].drop_duplicates().to_numpy().tolist() == [
        [year, period] for year in (2025, 2026) for period in (1, 2, 3, 4)
    ]


def test_an_archive_that_cannot_be_written_is_an_error_that_names_it(office: Path) -> None:
    (office / "kept").write_text("a file")
    with pytest.raises(OutputError, match="kept"):
        _collect(office, office / "kept", MONDAY)


def test_nothing_is_kept_of_a_collection_that_was_stopped(office: Path) -> None:
    paths = collecting.found_workbooks([str(office / "inbox")], office / "out")
    events = collecting.collect(paths, office / "out", None, archive(office / "kept"), MONDAY, stopped=lambda: True)
    assert list(events) == []
    assert archive(office / "kept").runs() == []


def test_two_workers_collect_the_same_as_one(office: Path) -> None:
    def one(workers: int) -> Collection:
        paths = collecting.found_workbooks([str(office / "inbox")], office / "out")
        place = archive(office / f"kept{workers}")
        *_, last = collecting.collect(paths, office / "out", _data(office), place, MONDAY, workers=workers)
        assert isinstance(last, collecting.Collected)
        assert last.collection is not None
        return last.collection

    found = [one(workers) for workers in (1, 2)]
    assert found[0].irregularities == found[1].irregularities
    assert found[0].submissions == found[1].submissions
    assert found[0].card.score.tolist() == found[1].card.score.tolist()


def test_a_damaged_run_is_told_and_blocks_no_collection(office: Path) -> None:
    kept = office / "kept"
    first = _collect(office, kept, MONDAY)
    (kept / first.run / "units.parquet").unlink()
    with pytest.raises(SourceError):
        collecting.again(archive(kept), first.run)
    second = _collect(office, kept, TUESDAY)
    assert [each.value for each in second.irregularities if each.rule == "run_damaged"] == [first.run]


@pytest.mark.parametrize(
    ("table", "column"),
    [("runs", "year"), ("runs", "when"), ("trend", "year"), ("submissions", "receipt"), ("units", "unit_code")],
)
def test_a_run_with_foreign_columns_is_damaged(office: Path, table: str, column: str) -> None:
    kept = office / "kept"
    first = _collect(office, kept, MONDAY)
    file = kept / first.run / f"{table}.parquet"
    pd.read_parquet(file).rename(columns={column: "foreign"}).to_parquet(file)
    with pytest.raises(SourceError) as refused:
        collecting.again(archive(kept), first.run)
    assert refused.value.params["reason"] == "source.run_damaged"
    second = _collect(office, kept, TUESDAY)
    assert [each.value for each in second.irregularities if each.rule == "run_damaged"] == [first.run]


def test_a_run_whose_year_is_none_is_damaged(office: Path) -> None:
    kept = office / "kept"
    first = _collect(office, kept, MONDAY)
    file = kept / first.run / "runs.parquet"
    pd.read_parquet(file).assign(year="soon").to_parquet(file)
    second = _collect(office, kept, TUESDAY)
    assert [each.value for each in second.irregularities if each.rule == "run_damaged"] == [first.run]


def test_what_a_killed_collection_leaves_is_no_run(office: Path) -> None:
    kept = office / "kept"
    first = _collect(office, kept, MONDAY)
    shutil.copytree(kept / first.run, kept / "0123".join(files.PART))
    (kept / "0123".join(files.PART) / "trend.parquet").unlink()
    assert archive(kept).runs() == [first.run]
    second = _collect(office, kept, TUESDAY)
    assert not [each for each in second.irregularities if each.rule == "run_damaged"]


def test_an_archive_that_fails_at_the_end_costs_nothing_but_its_run(office: Path) -> None:
    kept = office / "kept"
    remains = kept / f"{MONDAY:%Y-%m-%dT%H%M%S}"  # of a run, without the table that makes it one
    remains.mkdir(parents=True)
    (remains / "units.parquet").write_bytes(b"")
    collected = _collect(office, kept, MONDAY)
    assert [(each.rule, each.value) for each in collected.irregularities if each.rule == "not_archived"] == [
        ("not_archived", str(kept))
    ]
    assert collected.failed
    assert archive(kept).runs() == []
    assert (office / "out" / "consolidated.xlsx").exists()


def _before_and_after(office: Path, statement: str) -> tuple[Collection, Collection, str]:
    """Collections into a database, on Monday and on Tuesday; something was done to it between them."""
    import sqlite3

    kept = f"sqlite:///{office}/kept.db"
    first = _collect(office, kept, MONDAY)
    with sqlite3.connect(office / "kept.db") as database:
        database.execute(statement)
    return first, _collect(office, kept, TUESDAY), kept


def test_a_run_of_a_database_that_lost_a_table_is_damaged(office: Path) -> None:
    first, second, _ = _before_and_after(office, "DROP TABLE collection_trend")
    assert [each.value for each in second.irregularities if each.rule == "run_damaged"] == [first.run]


def test_a_database_of_an_older_version_takes_new_runs_and_gives_the_old_ones(office: Path) -> None:
    first, second, kept = _before_and_after(office, "ALTER TABLE collection_irregularities DROP COLUMN kpi")
    assert not [each for each in second.irregularities if each.rule == "not_archived"]
    before, now = (collecting.again(archive(kept), each.run).irregularities for each in (first, second))
    assert {each.kpi for each in before} == {""}
    assert [each.rule for each in before] == [each.rule for each in now]


def test_an_archive_without_runs_says_so_by_a_dash(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError) as told:
        archive(tmp_path).read("never")
    assert told.value.params["choices"] == "-"
