"""A run over many units gives the same files whoever makes them, however often it is interrupted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
import runs
from runs import ROOT, after_the_first_file, change, content, ended, run, start

from bsc_xl.cli import app
from bsc_xl.errors import ClusterError, WorkerError
from bsc_xl.workflows import batches, generation, scoring, workers

psutil = pytest.importorskip("psutil")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data set that a test may change."""
    return runs.data_set(tmp_path / "small", 5, kpis=4)


# --- whoever makes them ----------------------------------------------------------------------------------------------


def test_two_workers_leave_the_same_as_one(many_units: Path, undisturbed: runs.Content, tmp_path: Path) -> None:
    done = run(many_units, tmp_path / "out", "--workers", 2)

    assert (done.code, done.output.count("Written: ")) == (0, runs.UNITS)
    assert content(tmp_path / "out") == undisturbed


def test_the_same_is_left_at_an_address(many_units: Path, undisturbed: runs.Content, tmp_path: Path) -> None:
    run(f"file://{many_units}", f"file://{tmp_path}/out", "--workers", 2)

    assert content(tmp_path / "out") == undisturbed


def test_the_manifest_says_what_the_folder_holds(small: Path, tmp_path: Path) -> None:
    run(small, tmp_path / "out")

    card, _ = scoring.score(small)
    lines = runs.manifest(tmp_path / "out")
    assert [line["unit_code"] for line in lines] == card.tables.units["unit_code"].tolist()
    assert [line["score"] for line in lines] == list(map(repr, card.score.tolist()))
    assert {line["error"] for line in lines} == {""}
    for line in lines:
        digest = subprocess.run(["sha256sum", tmp_path / "out" / line["file"]], capture_output=True, check=True)
        assert digest.stdout.decode().startswith(line["checksum"])


def test_a_run_over_some_units_keeps_the_lines_of_the_others(small: Path, tmp_path: Path) -> None:
    run(small, tmp_path / "whole")
    run(small, tmp_path / "parts", "--units", "*[45]")
    run(small, tmp_path / "parts", "--units", "*[123]")

    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_where_there_is_neither_terminal_nor_environment_a_run_is_a_line_for_each_file(
    small: Path, tmp_path: Path
) -> None:
    done = run(small, tmp_path / "out", "--workers", 2, env={}, stdin=subprocess.DEVNULL)

    assert (done.code, done.output.count("Written: "), done.errors) == (0, 5, "")


def test_no_workers_is_a_usage_error(small: Path, tmp_path: Path) -> None:
    done = run(small, tmp_path / "out", "--workers", 0)

    told = "The value of --workers N must be a whole number, 1 or more. See: bsc-xl generate --help\n"
    assert (done.code, done.errors) == (2, told)


# --- going on --------------------------------------------------------------------------------------------------------


def dated(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.xlsx")}


def made(source: Path, out: Path, resume: bool = False, period: int | None = None, language: str | None = None) -> str:
    """Generates in this process, and gives the units whose files were written, by the last letters of their codes."""
    card, failures = scoring.score(source, period)
    outcomes = list(generation.generate(card, generation.planned_workbooks(card, out), language, resume=resume))
    assert [each for each in failures if each.level == "failure"] == []
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return "".join(sorted(each.workbook.unit_code[-1] for each in outcomes if each.stored and each.stored.changed))


def test_what_is_finished_is_not_made_again(small: Path, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    before = (tmp_path / "out" / "manifest.csv").read_bytes()

    assert run(small, tmp_path / "out", "--resume").output.count("Unchanged: ") == 5
    assert (tmp_path / "out" / "manifest.csv").read_bytes() == before  # the seconds, too: nothing was computed


def test_a_file_that_is_gone_is_made_again(small: Path, tmp_path: Path) -> None:
    made(small, tmp_path / "out")
    before = content(tmp_path / "out")
    next((tmp_path / "out").glob("U00002*")).unlink()

    assert made(small, tmp_path / "out", resume=True) == "2"
    assert content(tmp_path / "out") == before


def test_a_file_that_staff_filled_in_since_is_kept_and_said_to_be(small: Path, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    (filled,) = (tmp_path / "out").glob("U00002*")
    before = filled.read_bytes()
    filled.write_bytes(b"filled in")

    done = run(small, tmp_path / "out", "--resume")

    backup = filled.with_suffix(".bak.xlsx")
    assert (filled.read_bytes(), backup.read_bytes()) == (before, b"filled in")
    assert f"Written: {filled} (the former file is kept as {backup})" in done.output


@pytest.mark.parametrize(
    ("table", "column", "value", "where", "again"),
    [
        ("measurements", "actual", "17", {"unit_code": "U00002"}, "2"),
        ("measurements", "actual", "N/A", {"unit_code": "U00002"}, "2"),
        ("measurements", "target", "", {"unit_code": "U00003"}, "3"),
        ("measurements", "note", "checked", {"unit_code": "U00004"}, "4"),
        ("units", "head", "Ibu Sri", {"unit_code": "U00005"}, "5"),
        ("kpis", "owner", "Sekretariat", {"kpi_code": "K02"}, "12345"),
        ("units", "unit_name", "Unit Lain", {"unit_code": "U00001"}, "1"),
        ("settings", "value", "2", {"key": "period"}, "12345"),
    ],
)
def test_a_unit_whose_data_changed_is_made_again(
    table: str, column: str, value: str, where: dict[str, str], again: str, small: Path, tmp_path: Path
) -> None:
    made(small, tmp_path / "out")
    change(small, table, column, value, **where)

    assert made(small, tmp_path / "out", resume=True) == again
    assert made(small, tmp_path / "out", resume=True) == ""


@pytest.mark.parametrize(
    ("table", "column", "where"),
    [("behaviour", "loyal", {"period": "4"}), ("units", "unit_name", {}), ("units", "new_idea", {})],
)
def test_what_changes_of_an_employee_outdates_the_workbook_of_the_unit_and_no_other(
    table: str, column: str, where: dict[str, str], small: Path, tmp_path: Path
) -> None:
    made(small, tmp_path / "out")
    change(small, table, column, "1", unit_code="U00005", **where)

    card, _ = scoring.score(small)
    planned = generation.planned_workbooks(card, tmp_path / "out")
    assert card.tables.units["parent_code"].tolist()[-1] == "U00001"
    assert [each.unit_code for each in generation.outdated(card, planned)] == ["U00001", "U00005"]


def test_another_period_or_language_makes_all_again(small: Path, tmp_path: Path) -> None:
    made(small, tmp_path / "out")

    assert made(small, tmp_path / "out", resume=True, period=2) == "12345"
    assert made(small, tmp_path / "out", resume=True, period=2, language="en") == "12345"


def test_another_version_makes_all_again(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card, _ = scoring.score(small)
    planned = generation.planned_workbooks(card, tmp_path / "out")
    list(generation.generate(card, planned))
    assert list(generation.outdated(card, planned)) == []

    monkeypatch.setattr("bsc_xl.excel.results.engine_version", lambda: "99")

    assert list(generation.outdated(card, planned)) == planned


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.8, 0.99])
def test_a_manifest_that_is_cut_short_only_costs_time(kept: float, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made(small, out)
    before = content(out)
    whole = (out / "manifest.csv").read_bytes()
    (out / "manifest.csv").write_bytes(whole[: int(kept * len(whole))])

    assert made(small, out, resume=True) == ""
    assert content(out) == before


def test_a_dry_run_with_resume_lists_what_would_be_made_and_writes_nothing(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(small, out)
    next(out.glob("U00002*")).unlink()
    before = content(out)

    done = run(small, out, "--resume", "--dry-run")

    assert (done.code, done.output.count("Would write"), done.output.count("Would replace")) == (0, 1, 0)
    assert f"Would write {out / 'U00002_'}" in done.output
    assert done.output.endswith("Workbooks that would be written: 1.\n")
    assert content(out) == before


def test_a_dry_run_over_many_units_is_a_line_for_each(many_units: Path, tmp_path: Path) -> None:
    done = run(many_units, tmp_path / "out", "--dry-run", "--workers", 2)

    *lines, last = done.output.splitlines()
    assert (done.code, len(lines), {line.partition(" U")[0][:12] for line in lines}) == (
        0,
        runs.UNITS,
        {"Would write "},
    )
    assert "--units CODE" in last
    assert not (tmp_path / "out").exists()


# --- units that fail -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_unit_with_a_number_that_no_cell_can_hold_is_named_at_the_end(
    workers: int, small: Path, tmp_path: Path
) -> None:
    for period in "1234":  # their total is more than any number
        change(small, "measurements", "target", "1e308", unit_code="U00002", kpi_code="K01", period=period)

    done = run(small, tmp_path / "out", "--workers", workers)

    assert done.code == 1
    assert done.output.endswith("Workbooks: 4, failed: 1.\n")
    assert "Unit U00002: no workbook." in done.errors.splitlines()[-1]
    assert [line["error"] for line in runs.manifest(tmp_path / "out")] == ["", "output.not_finite", "", "", ""]


HARD_NAMES = {
    "../../etc": "etc_X",
    "CON": "CON_X",
    "a/b\\c": "a_b_c_X",
    "A:B*C": "A_B_C_X_2",
    "n" * 300: "n" * 120,
    "N" * 299: "N" * 120 + "_2",
    "=1+1": "=1+1_X",
    "Réunion 🏛": "Réunion_🏛_X",
}


def test_units_with_hard_names_get_files_that_every_system_takes_and_are_found_again(
    small: Path, tmp_path: Path
) -> None:
    (small / "units.csv").write_text(
        "unit_code,unit_name\r\n" + "".join(f'"{code}",X\r\n' for code in HARD_NAMES), encoding="utf-8"
    )
    (small / "measurements.csv").write_text("unit_code,kpi_code,year,period\r\n", encoding="utf-8")
    (small / "behaviour.csv").unlink()
    (small / "settings.csv").write_text("key,value\r\nyear,2025\r\nperiod,4\r\n", encoding="utf-8")
    out = tmp_path / "out"

    done = run(small, out)

    assert (done.code, done.errors) == (0, "")
    assert [path.stem for path in sorted(out.glob("*.xlsx"))] == sorted(HARD_NAMES.values())
    assert [line["unit_code"] for line in runs.manifest(out)] == list(HARD_NAMES)
    before = dated(out)
    run(small, out, "--resume")
    assert dated(out) == before


# --- workers that die ------------------------------------------------------------------------------------------------


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]


def test_a_worker_that_is_killed_costs_nothing(many_units: Path, undisturbed: runs.Content, tmp_path: Path) -> None:
    process = start(many_units, tmp_path / "out", "--workers", 2)
    after_the_first_file(process)
    workers_of(process)[0].kill()

    done = ended(process)

    assert (done.code, done.errors.count("no workbook")) == (0, 0)
    assert content(tmp_path / "out") == undisturbed


def test_workers_that_die_while_much_is_on_its_way_to_them_hold_nobody_up() -> None:
    crew = workers.Processes(2, workers.nothing)
    with suppress(BrokenProcessPool):
        wait([crew._pool.submit(runs.die, bytes(3_000_000)) for _ in range(4)])
    closing = threading.Thread(target=crew.close, daemon=True)
    closing.start()
    closing.join(60)
    assert not closing.is_alive()


def planned_in(folder: runs.LocalFolder, source: Path) -> tuple[scoring.score, list[batches.PlannedWorkbook]]:
    card, _ = scoring.score(source)
    return card, [replace(each, folder=folder) for each in generation.planned_workbooks(card, folder.path)]


def test_a_unit_that_kills_every_worker_fails_by_name_and_only_that_unit(small: Path, tmp_path: Path) -> None:
    card, planned = planned_in(runs.DeadlyFolder(tmp_path / "out"), small)

    outcomes = list(generation.generate(card, planned, crew=generation.crew(2)))

    failed = [outcome for outcome in outcomes if outcome.error]
    assert len(outcomes) == 5
    assert [(outcome.workbook.unit_code, type(outcome.error)) for outcome in failed] == [("U00003", WorkerError)]
    assert [line["error"] for line in runs.manifest(tmp_path / "out")] == ["", "", "worker", "", ""]
    assert not list((tmp_path / "out").glob(".*"))


def test_a_worker_of_another_version_makes_nothing(small: Path, tmp_path: Path) -> None:
    card, _ = scoring.score(small)
    planned = generation.planned_workbooks(card, tmp_path / "out")
    batch = batches.Batch(0, card, "id", tuple(planned), (None,) * 5, engine="0.0.1")

    with pytest.raises(ClusterError) as caught:
        batches.make(batch)

    assert caught.value.params["there"] != "0.0.1"
    assert not (tmp_path / "out").exists()


# --- interruptions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_cleanly_and_can_be_gone_on_with(
    how: signal.Signals, workers: int, many_units: Path, undisturbed: runs.Content, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start(many_units, out, "--workers", workers, start_new_session=True)
    after_the_first_file(process)
    os.killpg(process.pid, how) if how == signal.SIGINT else process.send_signal(how)  # as a terminal, as a scheduler

    stopped = ended(process)

    done = len(list(out.glob("*.xlsx")))
    assert stopped.code == 130
    assert stopped.errors.splitlines()[-1] == (
        f"Stopped: {done} of {runs.UNITS} workbooks are done. The same command with --resume goes on from there."
    )
    assert "Traceback" not in stopped.errors
    left = content(out)
    assert {name for name in left if not name.startswith("U")} == {"manifest.csv"}
    assert {name: left[name] for name in left if name != "manifest.csv"}.items() <= undisturbed.items()
    assert run(many_units, out, "--workers", workers, "--resume").code == 0
    assert content(out) == undisturbed


@pytest.mark.usefixtures("english_terminal")
def test_an_interruption_before_anything_is_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scoring, "score", lambda *_, **__: signal.raise_signal(signal.SIGINT))

    assert app.run(["generate", "data", "--out", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err.split() == ["Interrupted."]


def test_workers_do_not_outlive_a_run_that_is_killed(many_units: Path, tmp_path: Path) -> None:
    process = start(many_units, tmp_path / "out", "--workers", 2)
    after_the_first_file(process)
    workers = workers_of(process)
    process.kill()
    process.wait()

    _, alive = psutil.wait_procs(workers, timeout=10)

    assert (len(workers), alive) == (2, [])
    process.communicate()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + runs.SECONDS
    while not true() and time.monotonic() < end:
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(5))
def test_a_run_that_is_killed_at_any_moment_leaves_whole_files_and_can_be_gone_on_with(
    moment: int, many_units: Path, undisturbed: runs.Content, tmp_path: Path
) -> None:
    workers, out = 1 + moment % 2, tmp_path / "out"
    process = start(many_units, out, "--workers", workers)
    _until(lambda: out.exists() or process.poll() is not None)  # before, there is nothing that could be damaged
    time.sleep(random.Random(moment).uniform(0, 1.5))
    process.kill()
    process.communicate()

    left = {path.name: path.read_bytes() for path in out.glob("*.xlsx")} if out.exists() else {}
    assert left.items() <= undisturbed.items()
    assert run(many_units, out, "--workers", workers, "--resume").code == 0
    assert content(out) == undisturbed


# --- little room -----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only the administrator may mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a disk of half a megabyte")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_ends_the_run_with_one_error_and_no_damaged_file(
    workers: int, small_disk: Path, many_units: Path, undisturbed: runs.Content
) -> None:
    done = run(many_units, small_disk / "out", "--workers", workers)

    left = {path.name: path.read_bytes() for path in (small_disk / "out").glob("*.xlsx")}
    assert done.code == 1
    assert done.errors.splitlines()[-2].endswith("cannot be written: the disk is full.")
    assert done.errors.splitlines()[-1] == "Make room; the same command with --resume then goes on from there."
    assert "Traceback" not in done.errors
    assert 0 < len(left) < runs.UNITS
    assert left.items() <= undisturbed.items()
    assert not list((small_disk / "out").glob(".bsc-*.part"))


def test_a_full_disk_can_be_gone_on_with_elsewhere(
    small_disk: Path, many_units: Path, undisturbed: runs.Content, tmp_path: Path
) -> None:
    run(many_units, small_disk / "out")
    copytree(small_disk / "out", tmp_path / "out")

    assert run(many_units, tmp_path / "out", "--resume").code == 0
    assert content(tmp_path / "out") == undisturbed


PEAK = """
import multiprocessing, re, sys
from pathlib import Path
from bsc_xl import sample
from bsc_xl.workflows import generation
from bsc_xl.scorecard import score
from bsc_xl.tables import RawTables, validate

if __name__ == "__main__":
    tables, _ = validate(RawTables(sample.generate(units=int(sys.argv[1]), kpis=24)))
    planned = generation.planned_workbooks(score(tables), sys.argv[2])
    for outcome in generation.generate(score(tables), planned, crew=generation.crew(2)):
        assert outcome.error is None
        if outcome.workbook.unit % 100 == 0:
            status = [Path(f"/proc/{each.pid}/status").read_text() for each in multiprocessing.active_children()]
    print(max(int(re.search(r"VmHWM:\\s+(\\d+)", each)[1]) for each in status))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the most memory that a process ever had")
def test_a_worker_needs_no_more_memory_for_many_units_than_for_few(tmp_path: Path) -> None:
    script = tmp_path / "peak.py"
    script.write_text(PEAK, encoding="utf-8")

    def peak(units: int) -> int:
        command = [sys.executable, script, str(units), tmp_path / str(units)]
        path = os.environ | {"PYTHONPATH": str(ROOT)}
        return int(subprocess.run(command, capture_output=True, text=True, check=True, env=path).stdout)

    assert peak(5000) <= 1.2 * peak(200)
