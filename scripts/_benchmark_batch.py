"""The benchmarks `batch` and `stamp`: workbooks for many units, and one workbook changed, against other libraries.

Every side writes files. What a rival needs to know (the values of a unit, its own description of the workbook) is ready
before its clock runs; bsc-xl starts from the scorecard. The rivals take turns with bsc-xl and with the floor on other
units in each round: they need so much longer that making all units with them would only take time.
"""

from __future__ import annotations

import math
import multiprocessing
import shutil
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import _rivals
from python_calamine import CalamineWorkbook

from bsc_xl import dataset, sample
from bsc_xl.excel import layouts, plan, plates, stamp, template
from bsc_xl.excel.dates import serial
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.plan import Write
from bsc_xl.excel.plates.plate import LEVEL
from bsc_xl.ooxml import package
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.workflows import generation

SEED, LANGUAGE = 20240101, "id"
OURS = "bsc_xl"
Side = Callable[[Sequence[int], Path], None]
"""Writes the workbooks of these units into a folder."""


class Sides:
    """All ways to make the workbooks of a data set, by name."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self._shapes = layouts.for_units(card, range(len(card.score)), LANGUAGE)
        self._writes: dict[int, list[Write]] = {}
        self._parts: dict[int, list[bytes]] = {}
        self._xlsxwriter: dict[Layout, _rivals.XlsxWriterFromScratch] = {}
        self.all: dict[str, Side] = {
            OURS: self._ours,
            "floor": self._floor,
            "openpyxl_load_fill_save": self._openpyxl_filled,
            "openpyxl_from_scratch": self._openpyxl_from_scratch,
            "xlsxwriter_from_scratch": self._xlsxwriter_from_scratch,
        }

    def prepare(self, name: str, units: Sequence[int], folder: Path) -> None:
        """Gets ready what the side may know beforehand."""
        for unit in units:
            shape = self._shapes[unit]
            if name == "floor":
                if unit not in self._parts:
                    self._parts |= self._changing_parts(units)
            elif name != OURS and unit not in self._writes:
                self._writes[unit] = plan.unit_writes(self.card, unit, shape)
            if name == "openpyxl_load_fill_save":
                self._drawn(folder, unit).write_bytes(template.draw(shape))
            if name == "xlsxwriter_from_scratch" and shape not in self._xlsxwriter:
                self._xlsxwriter[shape] = _rivals.XlsxWriterFromScratch(shape)

    def expected(self, unit: int) -> tuple[Layout, list[Write]]:
        """The layout of a unit's workbook and what stands in it."""
        return self._shapes[unit], plan.unit_writes(self.card, unit, self._shapes[unit])

    def _ours(self, units: Sequence[int], folder: Path) -> None:
        generate(self.card, units, folder, workers=1)

    def _floor(self, units: Sequence[int], folder: Path) -> None:
        for unit in units:
            path = _file(folder, unit)
            path.write_bytes(b"".join(map(_compressed, self._parts[unit])))

    def _openpyxl_filled(self, units: Sequence[int], folder: Path) -> None:
        for unit in units:
            target = _file(folder, unit)
            _rivals.openpyxl_filled(self._drawn(folder, unit), self._shapes[unit], self._writes[unit], target)

    def _drawn(self, folder: Path, unit: int) -> Path:
        """The drawn workbook of units of that shape."""
        return folder / f"drawn_{self._shapes.index(self._shapes[unit])}.xlsx"

    def _openpyxl_from_scratch(self, units: Sequence[int], folder: Path) -> None:
        for unit in units:
            _rivals.openpyxl_from_scratch(self._shapes[unit], self._writes[unit], _file(folder, unit))

    def _xlsxwriter_from_scratch(self, units: Sequence[int], folder: Path) -> None:
        for unit in units:
            self._xlsxwriter[self._shapes[unit]](self._writes[unit], _file(folder, unit))

    def _changing_parts(self, units: Sequence[int]) -> dict[int, list[bytes]]:
        """The parts of each unit's workbook that are not the same for all."""
        drawn = package.read(template.draw(self._shapes[units[0]]))
        made = {unit: package.read(_bytes(content)) for unit, content in plates.workbooks(self.card, units, LANGUAGE)}
        return {unit: [part for name, part in own.items() if part != drawn[name]] for unit, own in made.items()}


def generate(card: Scorecard, units: Sequence[int], folder: Path, workers: int) -> None:
    """What the command `generate` does."""
    planned = generation.planned_workbooks(card, folder)
    crew = generation.crew(workers)
    failed = [o for o in generation.generate(card, [planned[u] for u in units], LANGUAGE, crew=crew) if o.error]
    if failed:
        raise RuntimeError(failed[0].error)


def measure_batch(units: int, kpis: int, rounds: int, sample_size: int, many: int) -> dict[str, Any]:
    """Workbooks of so many units: seconds for one, for each side; `many` units for the comparison of workers."""
    card = card_of(units, kpis)
    sides = Sides(card)
    fast = {OURS: range(units), "floor": range(units)}
    seconds: dict[str, list[float]] = {name: [] for name in sides.all}
    _check_equal(sides, range(0, units, max(1, units // 4)))
    for turn in range(rounds):
        rivals = [(turn * sample_size + i) % units for i in range(sample_size)]
        for name, side in sides.all.items():
            own = fast.get(name, rivals)
            with _folder() as folder:
                sides.prepare(name, own, folder)
                begin = time.perf_counter()
                side(own, folder)
                seconds[name].append((time.perf_counter() - begin) / len(own))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "benchmark": "batch",
        "units": units,
        "kpis": kpis,
        "rounds": rounds,
        "units_of_a_rival_in_a_round": sample_size,
        "seconds_per_workbook": medians,
        "times_as_long_as_bsc_xl": {name: value / medians[OURS] for name, value in medians.items() if name != OURS},
        "bsc_xl_to_floor": medians[OURS] / medians["floor"],
        "peak_mib": {name: _peak(name, card, fast.get(name, range(sample_size))) for name in sides.all},
        "workers": _workers(many, kpis),
    }


def measure_stamp(kpis: int, rounds: int) -> dict[str, Any]:
    """One finished workbook gets the values of another unit: all its entries and results."""
    sides = Sides(card_of(2, kpis))
    shape, writes = sides.expected(1)
    changing = sides._changing_parts([0, 1])[1]  # noqa: SLF001 - the same floor
    seconds: dict[str, list[float]] = {OURS: [], "openpyxl": [], "floor": []}
    with _folder() as folder:
        finished, target = folder / "finished.xlsx", folder / "changed.xlsx"
        finished.write_bytes(_bytes(dict(plates.workbooks(sides.card, [0], LANGUAGE))[0]))
        ways: dict[str, Callable[[], object]] = {
            OURS: lambda: target.write_bytes(stamp.stamp(finished.read_bytes(), writes)),
            "openpyxl": partial(_rivals.openpyxl_filled, finished, shape, writes, target),
            "floor": lambda: target.write_bytes(b"".join(map(_compressed, changing))),
        }
        for name in (OURS, "openpyxl"):
            ways[name]()
            _check(target, shape, [write for write in writes if name == OURS or not write.result], name)
        for _ in range(rounds):
            for name, way in ways.items():
                begin = time.perf_counter()
                way()
                seconds[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "benchmark": "stamp",
        "kpis": kpis,
        "cells": len(writes),
        "rounds": rounds,
        "seconds": medians,
        "openpyxl_to_bsc_xl": medians["openpyxl"] / medians[OURS],
        "bsc_xl_to_floor": medians[OURS] / medians["floor"],
    }


# --- the same content -----------------------------------------------------------------------------------------------


def _check_equal(sides: Sides, units: Sequence[int]) -> None:
    """Every side puts the same into every cell of these units; openpyxl keeps no results beside formulas."""
    for name, side in sides.all.items():
        if name == "floor":
            continue
        with _folder() as folder:
            sides.prepare(name, units, folder)
            side(units, folder)
            planned = generation.planned_workbooks(sides.card, folder)
            for unit in units:
                shape, writes = sides.expected(unit)
                kept = [write for write in writes if not (write.result and name.startswith("openpyxl"))]
                _check(folder / planned[unit].name if name == OURS else _file(folder, unit), shape, kept, name)


def _check(path: Path, shape: Layout, writes: Sequence[Write], side: str) -> None:
    book = CalamineWorkbook.from_path(path)
    grids = {title: book.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in book.sheet_names}
    for write in writes:
        if not write.ref.is_cell:
            continue
        row, column = _rivals.place(write.ref.cell)
        grid = grids[shape.title(write.ref.sheet)]
        found = grid[row][column] if row < len(grid) and column < len(grid[row]) else ""
        if not _same("" if write.value is None else write.value, found):
            raise AssertionError(f"{side}: {write.ref} is {found!r} and should be {write.value!r}")


def _same(expected: object, found: object) -> bool:
    if isinstance(found, date):  # calamine reads the number of a day as a date
        found = serial(datetime(found.year, found.month, found.day))  # noqa: DTZ001 - as in a workbook
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-14)  # XlsxWriter writes 16 digits
    return expected == found


# --- processes ------------------------------------------------------------------------------------------------------


def _workers(units: int, kpis: int) -> dict[str, Any]:
    """One and two processes, each from its start to its end."""
    card = card_of(units, kpis)
    seconds = {}
    for workers in (1, 2):
        with _folder() as folder:
            begin = time.perf_counter()
            generate(card, range(units), folder, workers)
            seconds[workers] = time.perf_counter() - begin
    return {"units": units, "seconds": seconds, "speedup": seconds[1] / seconds[2]}


def _peak(name: str, card: Scorecard, units: Sequence[int]) -> float:
    """The most memory in MiB that a process holds that makes these workbooks in this way from a scorecard."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak_here, (name, card, units))


def _peak_here(name: str, card: Scorecard, units: Sequence[int]) -> float:
    sides = Sides(card)
    with _folder() as folder:
        sides.prepare(name, units, folder)
        sides.all[name](units, folder)
    return most_memory()


def most_memory() -> float:
    """Of this process, in MiB. What Linux tells of its use of resources begins with the parent's; this does not."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def card_of(units: int, kpis: int) -> Scorecard:
    with _folder() as folder:
        dataset.write(sample.generate(units=units, kpis=kpis, seed=SEED, language=LANGUAGE), folder / "data")
        tables, failures = dataset.read(folder / "data")
    if tables is None:
        raise RuntimeError(failures)
    return score(tables)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bsc-benchmark-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _file(folder: Path, unit: int) -> Path:
    return folder / f"{unit:06}.xlsx"


def _compressed(part: bytes) -> bytes:
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(part) + compressor.flush()


def _bytes(made: bytes | Exception) -> bytes:
    if isinstance(made, Exception):
        raise made
    return made
