"""Import evidence: the actual of a KPI and period from files, with all that traces it back to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bsc_xl import evidence, policies
from bsc_xl.errors import ActionError, ChoiceError, EvidenceError
from bsc_xl.evidence import telling
from bsc_xl.evidence.attendance import Discipline
from bsc_xl.evidence.model import Evidence, Figure, Question, Remark, Span
from bsc_xl.evidence.words import is_percent_unit
from bsc_xl.excel import history, records, room
from bsc_xl.excel.address import split
from bsc_xl.excel.layout import FIRST_CELL, Layout, Ref
from bsc_xl.excel.port import Block, Book, Changes, OpenBook
from bsc_xl.excel.reading import INPUT_SHEETS, KpiRow, Reading, check_version, read
from bsc_xl.excel.results import Value
from bsc_xl.labels import Labels
from bsc_xl.model import Consolidation, DisciplineMeasure, Level, Policy
from bsc_xl.tables import parse
from bsc_xl.workflows.told import Told

FILES = (".csv", ".txt", ".xlsx", ".xlsm", ".xls")
"""How the names of files of evidence end."""
READ = (*INPUT_SHEETS, "employees", history.SHEET, *records.SHEETS)

_MONTHS = 12
_CITED = re.compile(rf"SHA-256 [0-9a-f]{{{telling.CHECKSUM}}}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be imported: `files` together as evidence of that `kind`, for the KPI with that code and that period.

    `measure`: which figure of the kind, None for the usual one. `mapping`, `sheet`: as for `evidence.reading.read`.
    `schedule`, `population`, `planned`: as for `evidence.model.Question`.
    """

    kind: str
    files: Sequence[Path]
    kpi: str
    period: int
    measure: str | None = None
    mapping: Path | None = None
    sheet: str | None = None
    schedule: Path | None = None
    population: int | None = None
    planned: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """What an import found. `remarks`: all there is to know of it. `changes`: what it writes, and `former`: what stood
    there before. `titles`: what the sheets of these cells are called today. `recorded`: the cell
    that says `when`."""

    asked: Asked
    found: Evidence
    figure: Figure
    kpi_name: str
    period_name: str
    remarks: tuple[Remark, ...]
    changes: Changes
    former: Changes
    titles: Mapping[str, str]
    recorded: Ref
    when: datetime

    @property
    def to_act_upon(self) -> bool:
        """Rows were set aside, or there is something else to know."""
        return bool(self.found.set_aside or self.remarks)

    def sentence(self, labels: Labels) -> str:
        """The figure, where it comes from, and how much was set aside."""
        return labels(
            "action.evidence_imported",
            kpi=self.asked.kpi,
            period=self.period_name,
            cited=telling.citation(self.found, self.figure, labels),
            used=self.found.used,
            aside=len(self.found.set_aside),
            outside=self.found.outside,
        )


def import_evidence(book: Book, asked: Asked, when: datetime) -> Imported:
    """Writes the actual, its evidence cell and its row on the sheet `evidence`; of an attendance log also the sheet
    `discipline`. Results are not computed: a recalculation does that.

    Everything is read and computed before the first cell is written. `ActionError` for a closed period, a workbook
    without a year and a sheet without room; `ChoiceError` for a KPI, period, kind or measure that does not exist;
    `EvidenceError` for a file that gives no figure.
    """
    imported = plan_import(book, asked, when)
    try:
        book.apply(imported.changes)
    except Exception:  # in a program, some of it may be written
        book.apply(imported.former)
        raise
    return imported


def choose_evidence(book: OpenBook, when: datetime) -> Imported | Told:
    """`import_evidence` for the KPI and period of the selected cell, from files that the person chooses.

    The kind is the one that their columns suggest, the figure its usual one, the period that of the selected
    column, otherwise the reporting one. Before anybody is asked for a file it is certain that an actual can be written
    there. `ActionError` where the selection is no KPI row that is filled in.
    """
    layout = book.layout()
    blocks = book.read(READ)
    check_version(layout, blocks, book.name)
    reading = read(layout, {sheet: blocks[sheet] for sheet in INPUT_SHEETS})
    code, period = _selected(layout, reading, book.selection())
    _check_period(layout, blocks, reading, period)
    files = book.choose_files(layout.labels("evidence.choose"), FILES)
    if not files:
        return Told("evidence_not_chosen")
    return import_evidence(book, Asked(evidence.kind_of(files), files, code, period), when)


def _selected(layout: Layout, reading: Reading, selection: list[Ref]) -> tuple[str, int]:
    """The KPI code and the period of the first selected cell."""
    rows = {(str(row.perspective), row.row): row for row in reading.filled}
    sheet, cell = selection[0] if selection else ("", FIRST_CELL)
    letters, number = split(cell)
    row = rows.get((sheet, number))
    if row is None or parse.is_blank(row.inputs["kpi_code"]):
        raise ActionError(reason="action.not_a_kpi")
    column = next((key for key, own in layout.columns.items() if own == letters), ("", 0))
    return parse.as_text(row.inputs["kpi_code"]), column[1] or reading.tables.settings.period


def plan_import(book: Book, asked: Asked, when: datetime) -> Imported:
    """What `import_evidence` would write; errors as there. Nothing is written."""
    layout = book.layout()
    blocks = book.read(READ)
    check_version(layout, blocks, book.name)
    reading = read(layout, {sheet: blocks[sheet] for sheet in INPUT_SHEETS})
    row, consolidation = _kpi(reading, asked.kpi)
    _check_period(layout, blocks, reading, asked.period)
    if asked.measure is not None and asked.measure not in evidence.measures_of(asked.kind):
        choices = ", ".join(evidence.measures_of(asked.kind))
        raise ChoiceError(what="measure", value=asked.measure, choices=choices)
    question = _question(layout, reading, consolidation, asked, _spelled(layout, blocks))
    found = evidence.measure(asked.kind, asked.files, question, mapping=asked.mapping, sheet=asked.sheet)
    figure = _figure(found, asked.measure)
    code = parse.as_text(row.inputs["kpi_code"]).strip()
    actual = layout.cell(row.perspective, row.row, "actual", asked.period)
    beside = layout.cell(row.perspective, row.row, "evidence", asked.period)
    traced = records.evidence_row(layout, blocks["evidence"], code, asked.period, found, figure, when)
    values = {
        actual: figure.value,
        beside: _beside(blocks[beside.sheet], beside, telling.citation(found, figure, layout.labels)),
        **traced,
    }
    remarks = [*found.remarks, *_of_unit(figure, parse.as_text(row.inputs["unit_of_measure"]).strip())]
    remarks += records.replaced(layout, blocks["evidence"], code, asked.period, found)
    if isinstance(found.details, Discipline):
        cells, of_sheet = _discipline(layout, blocks["discipline"], reading, found.details, asked.period)
        values |= cells
        remarks += of_sheet
    return Imported(
        asked=asked,
        found=found,
        figure=figure,
        kpi_name=parse.as_text(row.inputs["kpi_name"]).strip(),
        period_name=layout.period_names()[asked.period - 1],
        remarks=tuple(remarks),
        changes=Changes(values=values),
        former=_former(blocks, values),
        titles={ref.sheet: blocks[ref.sheet].title for ref in values},
        recorded=next(iter(traced)),
        when=when,
    )


def _discipline(
    layout: Layout, block: Block, reading: Reading, found: Discipline, period: int
) -> tuple[dict[Ref, Value], tuple[Remark, ...]]:
    unit = str(reading.tables.units["unit_code"].iloc[0])
    return records.discipline_rows(layout, block, found, period, unit, _policy(reading).discipline_rules)


def _policy(reading: Reading) -> Policy:
    settings = reading.tables.settings
    return policies.with_overrides(policies.load(settings.policy), settings.overrides)


def _former(blocks: Mapping[str, Block], cells: Iterable[Ref]) -> Changes:
    """What these cells hold today."""
    formulas = {ref: text for ref in cells if (text := blocks[ref.sheet].formula(ref.cell)) is not None}
    return Changes({ref: blocks[ref.sheet].value(ref.cell) for ref in cells if ref not in formulas}, formulas)


def _kpi(reading: Reading, code: str) -> tuple[KpiRow, Consolidation]:
    """The KPI row with that code, among those that count."""
    kpis = reading.tables.kpis.iloc[reading.tables.kpi]
    known = dict(zip(kpis["kpi_code"].str.casefold(), kpis["consolidation"], strict=True))
    wanted = code.strip().casefold()
    if wanted not in known:
        raise ChoiceError(what="kpi", value=code, choices=", ".join(kpis["kpi_code"]))
    row = next(r for r in reading.filled if parse.as_text(r.inputs["kpi_code"]).strip().casefold() == wanted)
    return row, Consolidation(known[wanted])


def _check_period(layout: Layout, blocks: dict[str, Block], reading: Reading, period: int) -> None:
    if not 1 <= period <= layout.periods:
        choices = ", ".join(map(str, range(1, layout.periods + 1)))
        raise ChoiceError(what="period", value=period, choices=choices)
    year = reading.tables.settings.year
    if not year:
        raise ActionError(reason="action.no_year", cell=layout.settings["year"].cell)
    if period in history.closed_periods(layout, blocks, year):
        raise ActionError(reason="action.period_closed", period=layout.period_names()[period - 1])


def _spelled(layout: Layout, blocks: Mapping[str, Block]) -> tuple[str, ...]:
    """The ids of employees as the workbook has them: those of its list last, which find what an import records."""
    refs = [layout.list_cell("discipline", "employee_id", i) for i in range(room.DISCIPLINE_ROWS)]
    refs += [layout.person("employee_id", i) for i in range(layout.people)]
    found = (parse.as_text(blocks[ref.sheet].value(ref.cell)).strip() for ref in refs)
    return tuple(each for each in found if each)


def _question(
    layout: Layout, reading: Reading, consolidation: Consolidation, asked: Asked, spelled: tuple[str, ...]
) -> Question:
    settings = reading.tables.settings
    months = _MONTHS // layout.periods
    first = 1 if consolidation is Consolidation.LAST else (asked.period - 1) * months + 1
    end = asked.period * months
    last = date(settings.year + end // _MONTHS, end % _MONTHS + 1, 1) - timedelta(days=1)
    own = reading.tables.units["unit_code"].iloc[0]
    return Question(
        span=Span(date(settings.year, first, 1), last),
        period=asked.period,
        periods=layout.periods,
        schedule=asked.schedule,
        population=asked.population,
        planned=asked.planned,
        policy=_policy(reading),
        employees=frozenset((own,)) if layout.level is Level.EMPLOYEE else None,
        spelled=spelled,
    )


def _figure(found: Evidence, measure: str | None) -> Figure:
    if measure is None:
        return next(iter(found.figures.values()))
    if measure not in found.figures:
        there = ", ".join(found.figures)
        raise EvidenceError(source=found.name, reason="evidence.no_measure", measure=measure, measures=there)
    return found.figures[measure]


def _beside(block: Block, cell: Ref, citation: str) -> str:
    """What the evidence cell says afterwards: what people wrote there stays, a former citation is replaced."""
    lines = parse.as_text(block.value(cell.cell)).splitlines()
    return "\n".join([*(line for line in lines if line.strip() and not _CITED.search(line)), citation])


def _of_unit(figure: Figure, unit: str) -> list[Remark]:
    """Whether a share is written where the KPI counts something else, or the other way round; 100 points of discipline
    are as good as percent."""
    up_to_100 = figure.is_percent or figure.measure == DisciplineMeasure.LEVEL
    if not unit or up_to_100 == is_percent_unit(unit):
        return []
    return [Remark("not_percent" if figure.is_percent else "not_a_count", {"unit": unit})]
