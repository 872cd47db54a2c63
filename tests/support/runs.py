"""Runs of ``bsc-xl generate`` as real processes, and what they leave in a folder."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bsc_xl import dataset, sample
from bsc_xl.storage import LocalFolder, Stored

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 120
UNITS = 300
"""Of a run that a test disturbs: it takes a second or two."""

Content = dict[str, bytes]


def data_set(folder: Path, units: int, kpis: int = 8) -> Path:
    """A data set of so many units that is not there yet."""
    dataset.write(sample.generate(units=units, kpis=kpis, seed=5), folder)
    return folder


def change(source: Path, table: str, column: str, value: str, **where: str) -> None:
    """Writes `value` into the first row of a table in which the columns `where` hold these texts."""
    path = source / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if where.items() <= row.items())
    row[column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def start(source: Path | str, out: Path | str, *options: object, **how: object) -> subprocess.Popen[str]:
    """A run that goes on while the test does something to it. Its output is read as text."""
    environment: Mapping[str, str] = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": ""}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "bsc_xl", "generate", str(source), "--out", str(out), *map(str, options)],
        **{
            "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT, "env": environment,
        } | how,
    )  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    output: str
    errors: str


def ended(process: subprocess.Popen[str]) -> Ended:
    """Waits for the end of a run."""
    output, errors = process.communicate(timeout=SECONDS)
    return Ended(process.returncode, output, errors)


def run(source: Path | str, out: Path | str, *options: object, **how: object) -> Ended:
    """A run from beginning to end."""
    return ended(start(source, out, *options, **how))


def after_the_first_file(process: subprocess.Popen[str]) -> None:
    """Waits until a run has said of one workbook that it is written."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Written: "), line


def content(folder: Path) -> Content:
    """Every file of a folder by name, hidden ones too; of the manifest without the seconds, which always differ."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert [path for path in folder.iterdir() if not path.is_file()] == []
    return found | {"manifest.csv": b"".join(repr(row).encode() for row in manifest(folder))}


def manifest(folder: Path) -> list[dict[str, str]]:
    """The lines of the manifest, without the seconds."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        seconds = row.pop("seconds")
        assert (float(seconds) >= 0) if row["checksum"] else seconds == ""
    return rows


class DeadlyFolder(LocalFolder):
    """A folder in which one file costs the process its life that writes it."""

    __slots__ = ()

    def save(self, name: str, content: bytes) -> Stored:
        if name.startswith("U00003"):
            os.abort()
        return super().save(name, content)


def die(load: bytes) -> None:
    """Ends the process in which it is called, whatever was sent along."""
    os._exit(1)
