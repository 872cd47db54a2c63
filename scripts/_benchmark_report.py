"""The benchmark `report`: many closed workbooks printed, against one process of LibreOffice for each of them.

`one_process_each` prints the same copies, which hold only the sheets that are printed, with the same settings and in a
profile that has been started before; making the copies costs it nothing. `whole_files` is what people do by hand: the
workbooks as they are, with all of their sheets. Both are measured on some of the workbooks, in turns with ours.
"""

from __future__ import annotations

import re
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bsc_xl import dataset, office, sample
from bsc_xl.excel.file import open_book
from bsc_xl.office import Office
from bsc_xl.scorecard import score
from bsc_xl.workflows import generation, reporting
from bsc_xl.workflows.printed import pdf_name, signed_sheets
from bsc_xl.workflows.recalculation import computed

SEED, LANGUAGE = 20240101, "id"
WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone
_CODE = re.compile(r"\bK\d+\b")

Seconds = tuple[float, float]
"""On the clock and of processors, LibreOffice's included."""


def measure(units: int, kpis: int, repeats: int, rivals: int) -> dict[str, Any]:
    """Seconds per workbook of each side, the median over the rounds, and how many times as long as ours they take."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        paths = _made(place, units, kpis)
        copies = _copied(paths, place / "copies")
        ours = Office(office.find(), place / "profile", LANGUAGE)
        sides: dict[str, tuple[int, Callable[[Sequence[int]], object]]] = {
            "bsc_xl": (units, lambda some: _reported([paths[i] for i in some], place / "bsc_xl", 1)),
            "bsc_xl_two_workers": (units, lambda some: _reported([paths[i] for i in some], place / "two", 2)),
            "one_process_each": (rivals, lambda some: _one_by_one(ours, [copies[i] for i in some], place / "each")),
            "whole_files": (rivals, lambda some: _one_by_one(ours, [paths[i] for i in some], place / "whole")),
        }
        pages = _compare(sides, [path.stem for path in paths[:2]], place)
        seconds: dict[str, list[Seconds]] = {side: [] for side in sides}
        for round_ in range(repeats):
            for side, (count, run) in sides.items():
                some = [(round_ * count + i) % units for i in range(count)]
                clock, processors = _timed(lambda run=run, some=some: run(some))  # type: ignore[misc]
                seconds[side].append((clock / count, processors / count))
    medians = {
        side: [statistics.median(column) for column in zip(*each, strict=True)] for side, each in seconds.items()
    }
    return {
        "benchmark": "report",
        "workbooks": units,
        "kpis": kpis,
        "pages_of_a_workbook": pages,
        "repeats": repeats,
        "seconds_per_workbook": {side: clock for side, (clock, _) in medians.items()},
        "processor_seconds_per_workbook": {side: processors for side, (_, processors) in medians.items()},
        "times_as_long_as_bsc_xl": {
            side: clock / medians["bsc_xl"][0] for side, (clock, _) in medians.items() if side != "bsc_xl"
        },
        "times_the_processor_of_bsc_xl": {
            side: processors / medians["bsc_xl"][1] for side, (_, processors) in medians.items() if side != "bsc_xl"
        },
    }


def _made(place: Path, units: int, kpis: int) -> list[Path]:
    dataset.write(sample.generate(units=units, kpis=kpis, seed=SEED, language=LANGUAGE), place / "data")
    tables, _ = dataset.read(place / "data")
    assert tables is not None
    card = score(tables)
    planned = generation.planned_workbooks(card, place / "in")
    for outcome in generation.generate(card, planned):
        assert outcome.error is None
    return [place / "in" / workbook.name for workbook in planned]


def _copied(paths: Sequence[Path], folder: Path) -> list[Path]:
    folder.mkdir()
    copies = []
    for path in paths:
        book = open_book(path)
        layout, _, done = computed(book, WHEN)
        copies.append(folder / f"{path.stem}.xlsx")
        copies[-1].write_bytes(book.printable(signed_sheets(book, layout, done)))
    return copies


def _reported(paths: Sequence[Path], out: Path, workers: int) -> None:
    for each in reporting.report(paths, out, workers=workers):
        assert each.error is None, each.error


def _one_by_one(program: Office, paths: Sequence[Path], out: Path) -> None:
    for path in paths:
        subprocess.run(program.command([path], out), check=True, capture_output=True)


def _timed(run: Callable[[], object]) -> Seconds:
    before, begin = _processors(), time.perf_counter()
    run()
    return time.perf_counter() - begin, _processors() - before


def _processors() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _compare(
    sides: dict[str, tuple[int, Callable[[Sequence[int]], object]]], stems: Sequence[str], place: Path
) -> list[int]:
    """Has every side print the same workbooks: ours and the same sheets one by one must be the same pages, and all
    their KPIs those of the whole workbook. Gives how many pages ours and the whole workbook have."""
    for _, run in sides.values():
        run(range(len(stems)))
    for stem in stems:
        name = pdf_name(f"{stem}.xlsx")
        own, two, each, whole = (_pages(place / folder / name) for folder in ("bsc_xl", "two", "each", "whole"))
        if own != two or own != each:
            raise AssertionError(f"{stem}: the sides print different pages")
        if _kpis(own) != _kpis(whole):
            raise AssertionError(f"{stem}: other KPIs than the workbook prints")
    return [len(own), len(whole)]


def _kpis(pages: Sequence[str]) -> list[str]:
    """The codes of KPIs, page after page."""
    return [code for page in pages for code in _CODE.findall(page)]


def _pages(path: Path) -> list[str]:
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]
