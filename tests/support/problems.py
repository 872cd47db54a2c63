"""A folder of filled-in workbooks as a planning office gets it: many in order, and one for every kind of trouble.

Every workbook has at most one thing wrong with it, done as a person or a program would do it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bsc_xl import dataset, sample
from bsc_xl.excel.dates import EPOCH, serial
from bsc_xl.excel.file import FileBook, open_book
from bsc_xl.excel.grid import place
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.model import Perspective
from bsc_xl.ooxml import package
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.workflows import generation

OLD, NEW = 1_700_000_000, 1_750_000_000
FINANCIAL, CUSTOMER, PROCESS, GROWTH = Perspective


@dataclass(frozen=True)
class Told:
    """What is to be told of a workbook: the rule, and where there is one, sheet key and cell."""

    rule: str
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Problem:
    """`spoil` does it to the file and says what is to be told of it. `counts`: the figures are consolidated."""

    name: str
    spoil: Callable[[Path], list[Told]]
    counts: bool = True


def typed(rule: str, at: Callable[[Layout], Ref], value: object, *also: str) -> Callable[[Path], list[Told]]:
    """Somebody typed that into a cell."""

    def spoil(path: Path) -> list[Told]:
        book = open_book(path)
        ref = at(book.layout())
        book.apply(Changes(values={ref: value}))  # type: ignore[dict-item]
        book.save()
        _without_backup(path)
        told = [Told(rule, *ref)] if rule else []
        return told + [Told(each, *ref) for each in also]

    return spoil


def kpi(perspective: Perspective, key: str, period: int = 0, row: int = 8) -> Callable[[Layout], Ref]:
    """A cell of a KPI row."""
    return lambda layout: layout.cell(perspective, row, key, period)


def setting(key: str) -> Callable[[Layout], Ref]:
    """A cell of the settings sheet."""
    return lambda layout: layout.settings[key]


def content(rule: str, change: Callable[[bytes], bytes]) -> Callable[[Path], list[Told]]:
    """Something happened to the file on its way."""

    def spoil(path: Path) -> list[Told]:
        path.write_bytes(change(path.read_bytes()))
        return [Told(rule)]

    return spoil


def unplaced(spoil: Callable[[Path], list[Told]]) -> Callable[[Path], list[Told]]:
    """The same, told of the whole file."""
    return lambda path: [Told(told.rule) for told in spoil(path)]


def _not_recalculated(path: Path) -> list[Told]:
    """A program wrote the file that does not calculate: a result is still that of former inputs."""
    book = open_book(path)
    ref = book.layout().cell(GROWTH, 8, "index")
    book.apply(Changes(results={ref: 1.0}))
    book.save()
    _without_backup(path)
    return [Told("difference", *ref)]


def _without_backup(path: Path) -> None:
    for backup in path.parent.glob("*.bak*"):
        backup.unlink()


def _damaged_part(data: bytes) -> bytes:
    members = dict(package.open_package(data).members)
    name = "xl/worksheets/sheet3.xml"
    members[name] = members[name]._replace(data=members[name].data[: len(members[name].data) // 2])
    return package.write_members(members.values())


def _without_part(data: bytes) -> bytes:
    parts = package.read(data)
    return package.write({name: part for name, part in parts.items() if name != "xl/worksheets/sheet2.xml"})


def _broken_xml(data: bytes) -> bytes:
    parts = package.read(data)
    return package.write(parts | {"xl/worksheets/sheet2.xml": parts["xl/worksheets/sheet2.xml"][:-40]})


def _foreign(_: bytes) -> bytes:
    import io

    from openpyxl import Workbook

    found = io.BytesIO()
    Workbook().save(found)
    return found.getvalue()


def _removed(path: Path) -> list[Told]:
    path.unlink()
    return [Told("missing")]


def _older_copy(path: Path) -> list[Told]:
    copy = path.with_name(f"copy of {path.name}")
    copy.write_bytes(path.read_bytes())
    os.utime(copy, (OLD, OLD))
    return [Told("duplicate_workbook")]


def _recalculated_before(path: Path) -> list[Told]:
    """Both were recalculated after the time of their files, as downloads have them: the stamp decides."""
    copy = path.with_name(f"sent again {path.name}")
    copy.write_bytes(path.read_bytes())
    for file, when, day in ((path, OLD, 20), (copy, NEW, 10)):
        book = open_book(file)
        ref = book.layout().settings["recalculated"]
        book.apply(Changes(values={ref: serial(EPOCH.replace(year=2025, month=12, day=day))}))
        book.save()
        _without_backup(file)
        os.utime(file, (when, when))
    return [Told("duplicate_workbook")]


def _row_moved(path: Path) -> list[Told]:
    """A KPI row was emptied, and nothing put in its place."""
    book = open_book(path)
    layout = book.layout()
    book.apply(Changes(values=dict.fromkeys(_inputs(layout, FINANCIAL, 8))))
    book.save()
    _without_backup(path)
    return [Told("kpi_missing")]


def _inputs(layout: Layout, perspective: Perspective, row: int) -> list[Ref]:
    from bsc_xl.excel.columns import COLUMNS

    keys = {column.key for column in COLUMNS if column.is_input}
    return [layout.cell(perspective, row, *at) for at in layout.columns if at[0] in keys]


def _added(path: Path) -> list[Told]:
    """A KPI in a spare row, which takes its weight from another."""
    book = open_book(path)
    layout = book.layout()
    row = layout.rows(FINANCIAL)[-1]
    text = layout.labels
    cells = {
        "kpi_code": "NEW", "kpi_name": "IKU baru", "polarity": text("polarity.maximize"), "weight": 0.0,
        "consolidation": text("consolidation.sum"),
    }  # fmt: skip
    values = {layout.cell(FINANCIAL, row, key): value for key, value in cells.items()}
    values |= {layout.cell(FINANCIAL, row, key, 1): 10.0 for key in ("target", "actual")}
    book.apply(Changes(values=values))  # type: ignore[arg-type]
    book.save()
    _without_backup(path)
    return [Told("kpi_added", *layout.cell(FINANCIAL, row, "kpi_code"))]


PROBLEMS = (
    *(
        Problem(f"text in the actual of {p}, period {q}", typed("not_a_number", kpi(p, "actual", q), "abc"))
        for p in Perspective
        for q in (1, 4)
    ),
    *(
        Problem(f"a number typed as text in the target of {p}", typed("not_a_number", kpi(p, "target", 2), "12"))
        for p in Perspective
    ),
    *(Problem(f"a figure over the index of {p}", typed("overwritten", kpi(p, "index"), 120.0)) for p in Perspective),
    *(
        Problem(f"a figure over the {key}", typed("overwritten", kpi(CUSTOMER, key), 1.0))
        for key in ("target_to_date", "actual_to_date", "achievement", "weighted_score", "counted_weight")
    ),
    Problem("a word over the status", typed("overwritten", kpi(PROCESS, "status"), "● Hijau")),
    Problem("a figure over the score", typed("overwritten", lambda _: Ref("dashboard", place("score")), 119.0)),
    Problem("a figure over a perspective", typed("overwritten", lambda layout: layout.summary(GROWTH, "score"), 119.0)),
    Problem("a figure in the roll-up", typed("overwritten", lambda layout: layout.rollup("score", 4), 119.0)),
    Problem(
        "a status in the plan",
        typed("overwritten", lambda layout: layout.list_cell("action_plan", "status", 0), "● Hijau"),
    ),
    Problem(
        "a score on the map", typed("overwritten", lambda layout: layout.list_cell("strategy_map", "score", 0), 119.0)
    ),
    Problem("not recalculated", _not_recalculated),
    Problem("no unit code", typed("no_unit_code", setting("unit_code"), None), counts=False),
    Problem("an unknown unit", typed("unit_unknown", setting("unit_code"), "NOBODY"), counts=False),
    Problem("last year's workbook", typed("other_year", setting("year"), 2024.0), counts=False),
    Problem("a year that is none", typed("year_out_of_range", setting("year"), 20.0), counts=False),
    Problem("no year", typed("required", setting("year"), None), counts=False),
    Problem("a period that is none", typed("period_out_of_range", setting("period"), 9.0)),
    Problem("another data set", typed("other_data_set", setting("dataset"), "0123456789abcdef"), counts=False),
    Problem(
        "an older template", unplaced(typed("source.other_version", setting("template_version"), "0")), counts=False
    ),
    Problem("a shape that is none", unplaced(typed("source.not_a_unit_workbook", setting("shape"), "?")), counts=False),
    Problem("an older copy", _older_copy),
    Problem("sent twice", _recalculated_before),
    Problem("did not come", _removed, counts=False),
    Problem("cut short", content("package.cut_short", lambda data: data[: len(data) // 2]), counts=False),
    Problem("empty", content("package.not_a_workbook", lambda _: b""), counts=False),
    Problem("a picture", content("package.not_a_workbook", lambda _: b"\x89PNG" * 100), counts=False),
    Problem("Excel 97", content("package.old_format", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 8), counts=False),
    Problem(
        "a password",
        content(
            "package.password",
            lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        ),
        counts=False,
    ),
    Problem("a damaged part", content("package.damaged_part", _damaged_part), counts=False),
    Problem("a missing part", content("package.missing_part", _without_part), counts=False),
    Problem("broken XML", content("package.damaged_part", _broken_xml), counts=False),
    Problem("another workbook", content("source.not_a_unit_workbook", _foreign), counts=False),
    Problem("a KPI that is gone", _row_moved),
    Problem("a KPI that was added", _added),
    Problem("another weight", typed("definition_differs", kpi(CUSTOMER, "weight"), 1.0)),
    Problem("a weight that is none", typed("definition_differs", kpi(PROCESS, "weight"), "x")),
    Problem("a weight below 0", typed("definition_differs", kpi(PROCESS, "weight"), -5.0)),
    Problem("a polarity that is none", typed("definition_differs", kpi(CUSTOMER, "polarity"), "Naik")),
    Problem("no polarity", typed("definition_differs", kpi(CUSTOMER, "polarity"), None)),
    Problem("a consolidation that is none", typed("definition_differs", kpi(GROWTH, "consolidation"), "Total")),
    Problem("no KPI code", typed("kpi_recognised", kpi(PROCESS, "kpi_code"), None)),
    Problem("another KPI code", typed("kpi_recognised", kpi(PROCESS, "kpi_code"), "X01")),
    Problem("the code of another KPI", typed("kpi_recognised", kpi(CUSTOMER, "kpi_code"), "K01")),
    Problem("another name", typed("definition_differs", kpi(GROWTH, "kpi_name"), "Nama lain")),
    Problem("an own bound", typed("definition_differs", kpi(GROWTH, "green_from"), 90.0)),
    Problem("N/A for a weight", typed("definition_differs", kpi(FINANCIAL, "worst"), "N/A")),
    Problem("a floor above the cap", typed("bad_setting", setting("floor"), 500.0)),
    Problem("another cap", typed("setting_differs", setting("cap"), 110.0)),
    Problem(
        "another weight of a perspective", typed("weights_total", setting("weight_financial"), 26.0, "setting_differs")
    ),
    Problem(
        "another way to rate employees",
        typed("setting_differs", setting("employee_rating"), "Numeric scale PP 30/2019"),
    ),
    Problem("another period", typed("setting_differs", setting("period"), 3.0)),
    Problem("no actual", typed("incomplete", kpi(FINANCIAL, "actual", 4), None)),
    Problem("a figure that moved", typed("moved", kpi(GROWTH, "actual", 4), 1e6)),
    Problem("a text too long", typed("text_too_long", kpi(CUSTOMER, "kpi_name"), "x" * 1001)),
)
"""More than sixty kinds."""

IN_ORDER = 8
"""Units with nothing wrong."""


@dataclass(frozen=True)
class Folder:
    """The folder, the data set behind it, and what is to be told of each problem, by its name."""

    path: Path
    data_set: Path
    card: Scorecard
    files: dict[str, str]
    units: dict[str, str]
    told: dict[str, list[Told]]
    titles: Layout


def make(root: Path) -> Folder:
    """Generates the workbooks, and spoils all but `IN_ORDER` of them."""
    frames = sample.generate(units=len(PROBLEMS) + IN_ORDER, kpis=8, seed=11, language="en")
    figures = frames["measurements"]
    # everything on target and in order, so that whatever is told was done here
    frames["measurements"] = figures.assign(target="100", actual="100")
    frames["kpis"] = frames["kpis"].assign(worst="", ceiling="false")
    dataset.write(frames, root / "data")
    tables, failures = dataset.read(root / "data")
    assert tables is not None, failures
    card = score(tables)
    planned = generation.planned_workbooks(card, root / "inbox")
    for outcome in generation.generate(card, planned):
        assert outcome.error is None
    for leftover in ("manifest.csv",):
        (root / "inbox" / leftover).unlink()
    files, units, told = {}, {}, {}
    for problem, workbook in zip(PROBLEMS, planned, strict=False):
        path = root / "inbox" / workbook.name
        os.utime(path, (NEW, NEW))
        told[problem.name] = problem.spoil(path)
        files[problem.name], units[problem.name] = workbook.name, workbook.unit_code
    layout = open_book(root / "inbox" / planned[-1].name).layout()
    return Folder(root / "inbox", root / "data", card, files, units, told, layout)


def book(path: Path) -> FileBook:
    """A workbook as it lies."""
    return open_book(path)
