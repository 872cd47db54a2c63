"""The benchmark `recalc`: a closed workbook whose figures have changed is recalculated, against openpyxl.

bsc-xl reads the workbook, scores it, compares every formula and result, writes what has changed and keeps a backup.
openpyxl loads the workbook, gets the values of the cells that change as a gift, and saves; it does not score, and the
results beside formulas are lost. The floor unpacks and compresses exactly the parts that change, and writes the file.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import _rivals
from _benchmark_batch import LANGUAGE, OURS, card_of, most_memory
from python_calamine import CalamineWorkbook

from bsc_xl.excel import layouts, plan, stamp, template
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.plan import Write
from bsc_xl.excel.recalculation import READ, recalculate
from bsc_xl.ooxml import package

WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone


def measure_recalc(kpis: int, rounds: int) -> dict[str, Any]:
    """Recalculate the workbook of a unit in which the figures of another one have been entered."""
    card = card_of(2, kpis)
    shape = layouts.for_unit(card, 0, LANGUAGE)
    before, entered = plan.unit_writes(card, 0, shape), plan.unit_writes(card, 1, shape)
    content = stamp.stamp(template.draw(shape), before)
    content = stamp.stamp(content, [write for write in entered if not write.result])
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "workbook.xlsx"
        path.write_bytes(content)
        recalculated(path)
        after = path.read_bytes()
        _check(path, shape, entered)
        changed = _changed(content, after)
        ways: dict[str, Callable[[Path], object]] = {
            OURS: recalculated,
            "openpyxl": _Openpyxl(shape, [write for write in entered if not write.result]),
            "floor": _Floor(content, changed),
        }
        seconds = {way: statistics.median(times) for way, times in _times(ways, path, content, rounds).items()}
        peaks = {way: _peak(run, path, content) for way, run in ways.items()}
    return {
        "benchmark": "recalc",
        "kpis": kpis,
        "formulas": sum(write.result for write in entered),
        "parts_changed": len(changed),
        "rounds": rounds,
        "seconds": seconds,
        "openpyxl_to_bsc_xl": seconds["openpyxl"] / seconds[OURS],
        "bsc_xl_to_floor": seconds[OURS] / seconds["floor"],
        "peak_mebibytes": peaks,
    }


def recalculated(path: Path) -> None:
    """What `bsc-xl recalc` does to a file."""
    book = open_book(path)
    book.apply(recalculate(book.layout(), book.read(READ), WHEN).changes)
    book.save()


class _Openpyxl:
    """Load, fill and save; what is filled in is known."""

    def __init__(self, shape: Layout, writes: list[Write]) -> None:
        self._shape, self._writes = shape, writes

    def __call__(self, path: Path) -> None:
        _rivals.openpyxl_filled(path, self._shape, self._writes, path)


class _Floor:
    """Unpack and compress the parts that change, copy the others, and write."""

    def __init__(self, content: bytes, changed: dict[str, bytes]) -> None:
        self._content, self._changed = content, changed

    def __call__(self, path: Path) -> None:
        path.read_bytes()
        members = package.open_package(self._content).members
        for name in self._changed:
            zlib.decompress(members[name].data, -zlib.MAX_WBITS)
        made = (
            package.packed(name, self._changed[name]) if name in self._changed else each
            for name, each in members.items()
        )
        path.write_bytes(package.write_members(made))


def _times(
    ways: dict[str, Callable[[Path], object]], path: Path, content: bytes, rounds: int
) -> dict[str, list[float]]:
    """The seconds of each side in turns, each time from the same file."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            for former in path.parent.iterdir():
                former.unlink()
            path.write_bytes(content)
            begin = time.perf_counter()
            run(path)
            seconds[name].append(time.perf_counter() - begin)
    return seconds


def _peak(run: Callable[[Path], object], path: Path, content: bytes) -> float:
    """The most memory, in MiB, of a fresh process that does it once."""
    path.write_bytes(content)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak_here, (run, path))


def _peak_here(run: Callable[[Path], object], path: Path) -> float:
    run(path)
    return most_memory()


def _changed(before: bytes, after: bytes) -> dict[str, bytes]:
    old, new = package.read(before), package.read(after)
    return {name: part for name, part in new.items() if old[name] != part}


def _check(path: Path, shape: Layout, writes: list[Write]) -> None:
    """Every result in the file is that of the unit whose figures were entered."""
    book = CalamineWorkbook.from_path(path)
    grids = {title: book.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in book.sheet_names}
    for write in writes:
        row, column = _rivals.place(write.ref.cell) if write.result else (0, 0)
        if write.result and write.ref.sheet not in ("dashboard", "checks"):
            found = grids[shape.title(write.ref.sheet)][row][column]
            if found != ("" if write.value is None else write.value):
                raise AssertionError(f"{write.ref}: {write.value!r}, found {found!r}")
