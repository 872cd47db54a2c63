"""Collecting on the command line: exit codes, what is said, what is written."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bsc_xl import dataset, sample
from bsc_xl.collection.archive import archive
from bsc_xl.excel.file import open_book
from bsc_xl.excel.port import Changes
from bsc_xl.model import Perspective
from bsc_xl.scorecard import score
from bsc_xl.workflows import generation

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the data set ``data`` and its three workbooks in ``inbox``; commands run there."""
    dataset.write(sample.generate(units=3, kpis=8, seed=4), tmp_path / "data")
    tables, _ = dataset.read(tmp_path / "data")
    assert tables is not None
    card = score(tables)
    for outcome in generation.generate(card, generation.planned_workbooks(card, tmp_path / "inbox")):
        assert outcome.error is None
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_in_order_ends_with_0_and_writes_everything(office: Path, bsc: Run) -> None:
    code, said, complained = bsc("collect", "inbox", "--out", "out", "--dataset", "data")
    assert (code, complained) == (0, "")
    assert said.count("Read: inbox/") == 3
    assert "received" in said
    assert {path.name for path in (office / "out").iterdir()} == {
        "archive", "consolidated.xlsx", "dataset", "exceptions.csv",
    }  # fmt: skip


def test_a_missing_unit_and_a_wrong_figure_end_with_1_and_are_named(office: Path, bsc: Run) -> None:
    first, second, _ = sorted(Path("inbox").glob("*.xlsx"))
    first.unlink()
    book = open_book(second)
    ref = book.layout().cell(Perspective.CUSTOMER, 8, "actual", 2)
    book.apply(Changes(values={ref: "=1+1"}))
    book.save()
    for backup in Path("inbox").glob("*.bak*"):
        backup.unlink()
    code, _, complained = bsc("collect", "inbox", "--out", "out", "--dataset", "data")
    lines = complained.splitlines()
    assert code == 1
    assert lines[0].startswith("Wrong: U00001: no workbook has come")
    assert lines[1].startswith(f"Wrong: U00002  {second.as_posix()}  Pelanggan!{ref.cell}: Actual:")
    with (office / "out" / "exceptions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [(row["rule"], row["sheet"], row["cell"], row["value"]) for row in rows if row["severity"] == "failure"]
    assert wrong == [("missing", "", "", ""), ("not_a_number", "Pelanggan", ref.cell, "'=1+1")]


def test_patterns_and_files_name_workbooks_each_once(office: Path, bsc: Run) -> None:
    first = sorted(Path("inbox").glob("*.xlsx"))[0]
    code, said, _ = bsc("collect", "inbox/*.xlsx", first, "inbox", "--out", "out")
    assert code == 0
    assert said.count("Read: ") == 3


def test_results_within_the_folder_are_not_collected(office: Path, bsc: Run) -> None:
    for _ in range(2):
        code, said, _ = bsc("collect", "inbox", "--out", "inbox/results", "--dataset", "data")
        assert (code, said.count("Read: ")) == (0, 3)


def test_an_earlier_collection_comes_again(office: Path, bsc: Run) -> None:
    bsc("collect", "inbox", "--out", "out", "--dataset", "data", "--archive", "sqlite:///kept.db")
    before = Path("out/consolidated.xlsx").read_bytes()
    Path("out/consolidated.xlsx").unlink()
    (name,) = archive("sqlite:///kept.db").runs()
    code, said, _ = bsc("collect", "--out", "out", "--archive", "sqlite:///kept.db", "--as-of", name)
    assert code == 0
    assert name in said
    assert Path("out/consolidated.xlsx").read_bytes() == before


def test_a_run_of_another_version_comes_again_with_a_warning(
    office: Path, bsc: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    bsc("collect", "inbox", "--out", "out", "--dataset", "data")
    (name,) = archive("out/archive").runs()
    assert bsc("collect", "--out", "again", "--archive", "out/archive", "--as-of", name)[2] == ""
    monkeypatch.setattr("bsc_xl.excel.results.engine_version", lambda: "99.0")
    code, _, complained = bsc("collect", "--out", "again", "--archive", "out/archive", "--as-of", name)
    assert code == 0
    assert complained.startswith("Advice: ")
    assert name in complained
    assert "99.0" in complained


def test_workbooks_below_the_folder_of_the_results_are_collected(office: Path, bsc: Run) -> None:
    for _ in range(2):
        code, said, _ = bsc("collect", "inbox", "--out", ".", "--dataset", "data")
        assert (code, said.count("Read: ")) == (0, 3)


@pytest.mark.parametrize("where", ["inbox/rekap.xlsx", "inbox/consolidated.xlsx"])
def test_a_copy_of_former_results_is_no_workbook_of_a_unit(office: Path, bsc: Run, where: str) -> None:
    bsc("collect", "inbox", "--out", "out", "--dataset", "data")
    Path(where).write_bytes(Path("out/consolidated.xlsx").read_bytes())
    code, said, complained = bsc("collect", "inbox", "--out", "out", "--dataset", "data")
    if where.endswith("rekap.xlsx"):
        assert code == 1
        assert complained.startswith(f"Wrong: {where}: this is a consolidated workbook")
        assert len(complained.splitlines()) == 1
    else:
        assert (code, complained, said.count("Read: ")) == (0, "", 3)


@pytest.mark.parametrize("taken", ["out", "kept"])
def test_a_place_where_nothing_can_be_written_is_told_before_anything_is_read(
    office: Path, bsc: Run, taken: str
) -> None:
    Path(taken).write_text("a file")
    code, said, complained = bsc("collect", "inbox", "--out", "out", "--archive", "kept", "--dataset", "data")
    assert (code, said) == (1, "")
    assert complained.startswith(f"{taken} cannot be written")


def test_a_database_that_is_none_is_told_before_anything_is_read(office: Path, bsc: Run) -> None:
    Path("kept.db").write_bytes(b"no database at all" * 99)
    code, said, complained = bsc("collect", "inbox", "--out", "out", "--archive", "sqlite:///kept.db")
    assert (code, said) == (1, "")
    assert "--archive" in complained


def test_a_damaged_run_of_the_archive_is_told_and_the_rest_is_done(office: Path, bsc: Run) -> None:
    bsc("collect", "inbox", "--out", "out", "--dataset", "data")
    (name,) = archive("out/archive").runs()
    (Path("out/archive") / name / "trend.parquet").write_bytes(b"nothing")
    code, said, complained = bsc("collect", "inbox", "--out", "out", "--dataset", "data")
    assert code == 0
    assert complained.startswith(f"Advice: the run {name} of the archive is damaged")
    assert "Written: out/consolidated.xlsx" in said


def test_a_reporting_period_can_be_chosen(office: Path, bsc: Run) -> None:
    assert bsc("collect", "inbox", "--out", "out", "--dataset", "data", "--period", 2)[0] == 0
    tables, _ = dataset.read("out/dataset")
    assert tables is not None
    assert tables.settings.period == 2
    assert "setting_differs" not in Path("out/exceptions.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "arguments",
    [("--as-of", "never"), (), ("inbox", "--period", "9", "--dataset", "data"), ("inbox", "--workers", "0")],
    ids=["no such run", "no workbook", "no such period", "no worker"],
)
def test_what_does_not_exist_is_a_mistake_of_the_command(office: Path, bsc: Run, arguments: tuple[str, ...]) -> None:
    code, _, complained = bsc("collect", *arguments, "--out", "out")
    assert code == 2
    assert complained


def test_a_place_without_workbooks_is_named(office: Path, bsc: Run) -> None:
    code, _, complained = bsc("collect", "nowhere/*.xlsx", "--out", "out")
    assert code == 1
    assert "nowhere/*.xlsx" in complained


def test_an_empty_folder_says_that_every_unit_is_missing(office: Path, bsc: Run) -> None:
    Path("empty").mkdir()
    code, _, complained = bsc("collect", "empty", "--out", "out", "--dataset", "data")
    assert code == 1
    assert complained.count("no workbook has come") == 3


def test_files_of_which_none_counts_write_nothing(office: Path, bsc: Run) -> None:
    Path("bad").mkdir()
    Path("bad/a.xlsx").write_bytes(b"nothing")
    code, _, complained = bsc("collect", "bad", "--out", "out")
    assert code == 1
    assert "bad/a.xlsx" in complained
    assert not Path("out").exists()
