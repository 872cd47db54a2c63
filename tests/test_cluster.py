"""The workers of a real dask scheduler, on this computer, give what one process gives."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import runs
from runs import ROOT, after_the_first_file, content, ended, run, start

pytest.importorskip("distributed")


class Cluster:
    """A scheduler and its workers, each a process that ends with the block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes = ExitStack()
        with socket.socket() as any_port:
            any_port.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{any_port.getsockname()[1]}"

    def __enter__(self) -> Cluster:
        port = self.address.rpartition(":")[2]
        self._begin("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        _until(lambda: _answers(int(port)))
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.close()

    def worker(self) -> subprocess.Popen[bytes]:
        """One more worker, with nobody to start it again."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder))
        return self._begin("worker", self.address, *options)

    def _begin(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-m", "dask", what, *options], stdout=log, stderr=log, cwd=ROOT)
        self._processes.callback(_end, process)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _until(true: object) -> None:
    end = time.monotonic() + 60
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path) as running:
        yield running


def joined(cluster: Cluster, workers: int) -> None:
    """Waits until so many workers have joined."""
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


def test_two_workers_of_a_cluster_one_of_them_killed_leave_what_one_process_leaves(
    cluster: Cluster, many_units: Path, undisturbed: runs.Content, tmp_path: Path
) -> None:
    unlucky, _ = cluster.worker(), cluster.worker()
    joined(cluster, 2)
    process = start(many_units, f"file://{tmp_path}/out", "--cluster", cluster.address)
    after_the_first_file(process)
    unlucky.kill()

    done = ended(process)

    assert (done.code, done.errors.count("no workbook")) == (0, 0)
    assert done.output.endswith(f"Workbooks: {runs.UNITS}, failed: 0.\n")
    assert content(tmp_path / "out") == undisturbed


def test_a_run_of_this_computer_goes_on_with_what_a_cluster_began(
    cluster: Cluster, many_units: Path, undisturbed: runs.Content, tmp_path: Path
) -> None:
    cluster.worker()
    joined(cluster, 1)
    run(many_units, tmp_path / "out", "--cluster", cluster.address, "--units", "U000*")

    done = run(many_units, tmp_path / "out", "--resume")

    assert (done.output.count("Unchanged: "), done.output.count("Written: ")) == (99, runs.UNITS - 99)
    assert content(tmp_path / "out") == undisturbed


def test_a_cluster_without_workers_says_how_to_start_one(cluster: Cluster, many_units: Path, tmp_path: Path) -> None:
    done = run(many_units, tmp_path / "out", "--cluster", cluster.address)

    assert done.code == 1
    assert f"dask worker {cluster.address} --nthreads 1" in done.errors
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
def test_an_address_at_which_nobody_answers_says_how_to_start_a_cluster(
    address: str, many_units: Path, tmp_path: Path
) -> None:
    done = run(many_units, tmp_path / "out", "--cluster", address)

    assert (done.code, "Traceback" in done.errors) == (1, False)
    assert f"nothing answers at {address}. Start it with: dask scheduler" in done.errors


def _collect(inbox: Path, source: Path, out: Path, *options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bsc_xl", "collect", str(inbox), "--out", str(out), "--dataset", str(source)]
    return subprocess.Popen(
        [*command, *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


def _figures(out: Path) -> dict[str, bytes]:
    """What a collection leaves, apart from what tells its time."""
    files = [*sorted((out / "dataset").iterdir()), out / "exceptions.csv"]
    return {file.name: file.read_bytes() for file in files}


def test_two_workers_of_a_cluster_one_of_them_killed_collect_every_workbook_once(
    cluster: Cluster, many_units: Path, undisturbed: runs.Content, tmp_path: Path
) -> None:
    inbox = many_units.parent / "undisturbed"
    alone = ended(_collect(inbox, many_units, tmp_path / "alone", "--workers", 1))
    unlucky, _ = cluster.worker(), cluster.worker()
    joined(cluster, 2)
    process = _collect(inbox, many_units, tmp_path / "shared", "--cluster", cluster.address)
    assert process.stdout is not None
    first = process.stdout.readline()
    unlucky.kill()

    done = ended(process)

    assert done.code == alone.code, done.errors
    read = [line for line in (first + done.output).splitlines() if str(inbox) in line]
    # lines that came together with the first may be lost to it; what was written says below that none is missing
    assert len(read) == len(set(read)) <= runs.UNITS == sum(name.endswith(".xlsx") for name in undisturbed)
    assert _figures(tmp_path / "shared") == _figures(tmp_path / "alone")
