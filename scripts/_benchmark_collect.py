"""The benchmark `collect`: workbooks read back, checked, put together and scored, against reading their cells alone.

The floor reads the same sheets with python-calamine and does nothing else; the rivals read them with openpyxl. The
sides take turns, openpyxl on a few workbooks in each round, since it needs so much longer.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from bsc_xl import dataset, sample
from bsc_xl.collection.gathering import gather
from bsc_xl.collection.received import joined
from bsc_xl.excel import layout as layouts
from bsc_xl.excel.intake import take_in
from bsc_xl.excel.intake.opened import VALUES
from bsc_xl.model import Level
from bsc_xl.scorecard import score
from bsc_xl.tables import Tables
from bsc_xl.workflows import generation
from bsc_xl.workflows.collecting import AT_ONCE

SEED, LANGUAGE = 20240101, "id"
WHEN = datetime(2100, 1, 1)  # noqa: DTZ001 - a workbook's clock has no time zone
_KIB = 1024


def measure(units: int, kpis: int, repeats: int, rivals: int) -> dict[str, Any]:
    """Seconds per workbook of each side, the median over the rounds, and their ratios to ours."""
    with tempfile.TemporaryDirectory() as place:
        tables, paths = _made(Path(place), units, kpis)
        titles = read_titles(tables)
        sides: dict[str, Callable[[Sequence[Path]], None]] = {
            "bsc_xl": lambda some: collected(some, tables),
            "floor": lambda some: _calamine(some, titles),
            "openpyxl": lambda some: _openpyxl(some, titles, read_only=False),
            "openpyxl_read_only": lambda some: _openpyxl(some, titles, read_only=True),
        }
        shares = {"bsc_xl": len(paths), "floor": len(paths), "openpyxl": rivals, "openpyxl_read_only": rivals}
        collected(paths[:AT_ONCE], tables)  # what is known of the structure of workbooks is known from then on
        seconds: dict[str, list[float]] = {name: [] for name in sides}
        for round_ in range(repeats):
            for name, side in sides.items():
                first = round_ * shares[name] % len(paths)
                some = (paths + paths)[first : first + shares[name]]
                started = time.process_time()
                side(some)
                seconds[name].append((time.process_time() - started) / len(some))
        median = {name: statistics.median(each) for name, each in seconds.items()}
        few, all_ = (_peak_memory(Path(place), count) for count in (len(paths) // 4, len(paths)))
    return {
        "workbooks": len(paths),
        "kpis": kpis,
        "processor_seconds_per_workbook": median,
        "times_the_floor": median["bsc_xl"] / median["floor"],
        "faster_than_openpyxl": median["openpyxl"] / median["bsc_xl"],
        "faster_than_openpyxl_read_only": median["openpyxl_read_only"] / median["bsc_xl"],
        "peak_memory_mib": {"a_quarter": few, "all": all_},
    }


def _made(place: Path, units: int, kpis: int) -> tuple[Tables, list[Path]]:
    dataset.write(sample.generate(units=units, kpis=kpis, seed=SEED, language=LANGUAGE), place / "data")
    tables, _ = dataset.read(place / "data")
    assert tables is not None
    card = score(tables)
    planned = generation.planned_workbooks(card, place / "inbox")
    for outcome in generation.generate(card, planned, crew=generation.crew(generation.usual_workers(units))):
        assert outcome.error is None
    return tables, [place / "inbox" / workbook.name for workbook in planned]


def read_titles(tables: Tables) -> frozenset[str]:
    """The sheets that are read, of a unit's workbook and of an employee's, in which one is called otherwise."""
    empty = layouts.empty(LANGUAGE, tables.settings.periods)
    shapes = [replace(empty, level=level) for level in (Level.UNIT, Level.EMPLOYEE)]
    return frozenset(shape.title(key) for shape in shapes for key in VALUES)


def collected(paths: Sequence[Path], tables: Tables) -> None:
    """Everything but the files that are written: read, checked, put together, scored."""
    files = [(path, path.name) for path in paths]
    intake = joined([take_in(files[first : first + AT_ONCE]) for first in range(0, len(files), AT_ONCE)])
    gathered = gather(intake, tables, None, WHEN)
    assert gathered is not None


def _calamine(paths: Sequence[Path], titles: frozenset[str]) -> None:
    for path in paths:
        with CalamineWorkbook.from_path(path) as book:
            for title in titles.intersection(book.sheet_names):
                book.get_sheet_by_name(title).to_python(skip_empty_area=False)


def _openpyxl(paths: Sequence[Path], titles: frozenset[str], read_only: bool) -> None:
    for path in paths:
        book = openpyxl.load_workbook(path, read_only=read_only, data_only=True)
        for title in titles.intersection(book.sheetnames):
            for row in book[title].iter_rows(values_only=True):
                tuple(row)
        book.close()


def _peak_memory(place: Path, count: int) -> float:
    """The most memory that a process of its own takes for so many workbooks, in MiB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_collect_alone, (str(place), count))


def _collect_alone(place: str, count: int) -> float:
    tables, _ = dataset.read(Path(place) / "data")
    assert tables is not None
    paths = sorted((Path(place) / "inbox").glob("*.xlsx"))[:count]
    collected(paths, tables)
    # getrusage tells of the process before as well, from which this one was started
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / _KIB
