"""How results, failures and errors read on a terminal and in a log."""

from __future__ import annotations

import errno
import json
import math
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bsc_xl.cli.help import shown
from bsc_xl.errors import FAILURE, Failure, InputError, OutputError
from bsc_xl.files import lock_of
from bsc_xl.labels import Labels
from bsc_xl.model import Behaviour, Expectation, Perspective, Status

if TYPE_CHECKING:
    from bsc_xl.collection.model import Irregularity
    from bsc_xl.evidence.model import SetAside
    from bsc_xl.excel.plan import Write
    from bsc_xl.files import Saved
    from bsc_xl.scorecard import Scorecard
    from bsc_xl.storage import Stored
    from bsc_xl.workflows.batches import Outcome, PlannedWorkbook
    from bsc_xl.workflows.evidence import Imported

_MOST_ROWS = 20
"""So many rows that were set aside are listed one by one."""
_LOG_WIDTH = 120
"""Where no terminal says how wide it is."""

_STYLES = {Status.GREEN: "green", Status.YELLOW: "yellow", Status.RED: "red", Status.NO_DATA: "dim"}


def line(text: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def json_line(data: object) -> None:
    """`data` as JSON on standard output; a character that its encoding lacks is written as an escape, never lost."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(data, ensure_ascii=True)
    line(text)


def output_lost(problem: OSError, labels: Labels) -> None:
    """Says on standard error that standard output takes nothing more; a reader who has seen enough is told nothing."""
    # What is still waiting to be written would fail once more, with a message of Python's, when the process ends.
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - as os.dup2
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    if isinstance(problem, BrokenPipeError):
        return
    reason = "disk_full" if problem.errno == errno.ENOSPC else "failed"
    error(OutputError(path=labels("cli.standard_output"), reason=reason), labels)


def _complain(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def error(problem: BaseException, labels: Labels, source: str = "") -> list[Failure]:
    """Says on standard error what went wrong and what to do; gives the failures of `source` that the error carries."""
    _complain(labels.error(problem))
    if not isinstance(problem, InputError):
        return []
    failures(problem.failures, source or str(problem.params.get("source", "")), labels)
    return problem.failures


def usage_error(problem: Any, command: str, labels: Labels) -> None:
    """Says on standard error which argument the parser refused, and where to read what `command` takes."""
    kind = type(problem).__name__
    if kind == "BadOptionUsage" and "does not take" in str(problem):  # the parser has one kind for two mistakes
        kind = "FlagWithValue"
    parameter = getattr(problem, "param", None)
    what = getattr(problem, "option_name", None) or (shown(parameter, labels) if parameter is not None else "")
    least = getattr(parameter, "min", None)
    if kind == "BadParameter" and least is not None:
        kind = "TooSmall"
    known = (
        kind
        in (
            "TooSmall",
            "MissingParameter",
            "NoSuchOption",
            "BadParameter",
            "BadOptionUsage",
            "FlagWithValue",
            "ExtraArgumentError",
        )
        and what
    )
    text = labels(f"cli.usage.{kind}", what=what, least=least) if known else labels("cli.usage.other", detail=problem)
    _complain(f"{text} {labels('cli.usage.hint', command=command)}")


def failures(found: Sequence[Failure], source: str, labels: Labels) -> bool:
    """Lists the failures of a data set on standard error, with how much there is to say; True when any failed."""
    wrong = [failure for failure in found if failure.level == FAILURE]
    if found:
        _complain(_count_text(source, found, labels))
    for failure in wrong:
        _complain(finding_text(failure, labels))
    if len(wrong) < len(found):
        _complain(labels("cli.list_advice", source=source))
    return bool(wrong)


def check_result(source: str, found: Sequence[Failure], labels: Labels) -> bool:
    """Lists every failure and advice on standard output, then how many there are; True when any failed."""
    for failure in found:
        line(finding_text(failure, labels))
    line(_count_text(source, found, labels))
    return any(failure.level == FAILURE for failure in found)


def _count_text(source: str, found: Sequence[Failure], labels: Labels) -> str:
    wrong = sum(failure.level == FAILURE for failure in found)
    return labels("cli.checked", source=source, failures=wrong, advice=len(found) - wrong)


def finding_text(failure: Failure, labels: Labels) -> str:
    """Two lines: what is wrong and what to do, for a person; and below it every field as it is, for a search."""
    from bsc_xl.tables.findings import failure_message

    fields = ("table", "row", "cell", "column", "rule", "value")
    exact = "  ".join(f"{name}={getattr(failure, name)!r}" for name in fields)
    return f"{labels(f'cli.level.{failure.level}')}: {failure_message(failure, labels)}\n    {exact}"


def irregularities(found: Sequence[Irregularity], labels: Labels) -> None:
    """Lists what is wrong in collected workbooks on standard error, and what concerns none of them; says on standard
    output how often what else was noticed."""
    from bsc_xl.collection.model import Severity

    noticed = []
    for each in found:
        if each.severity is Severity.FAILURE or not (each.unit_code or each.file):
            at = f"{each.sheet}!{each.cell}" if each.cell else each.sheet
            place = "  ".join(part for part in (each.unit_code, each.file, at) if part)
            _complain(
                ": ".join(part for part in (labels(f"cli.level.{each.severity}"), place, each.text(labels)) if part)
            )
        else:
            noticed.append(each)
    others = Counter(
        (each.severity, each.rule if f"collection.name.{each.rule}" in labels else "others") for each in noticed
    )
    for (severity, rule), count in others.items():
        text = labels("cli.irregularities", name=labels(f"collection.name.{rule}"), count=labels.number(count, 0))
        line(f"{labels(f'cli.level.{severity}')}: {text}")


def scorecard(source: str, card: Scorecard, labels: Labels) -> None:
    """The scores of every unit; of a data set with one unit also every KPI, of one with employees their ratings."""
    score_table(
        [(code, card, unit) for unit, code in enumerate(card.tables.units["unit_code"].tolist())], labels, source
    )
    if len(card.score) == 1:
        kpi_table(card, labels)
    if len(card.employees):
        employee_table(card, labels)


def score_table(rows: Sequence[tuple[str, Scorecard, int]], labels: Labels, title: str) -> None:
    """A title and a table of scores, 0..120: one line for each (name, scorecard, position of the unit).

    Where units have children, the children's weighted mean stands beside the unit's own score.
    """
    table = _table()
    with_children = any(card.children_mean[unit] == card.children_mean[unit] for _, card, unit in rows)
    table.add_column(labels("score_table.unit"), overflow="fold")
    for perspective in Perspective:
        _number_column(table, labels(f"perspective.{perspective}"))
    _number_column(table, labels("score_table.score"))
    if with_children:
        _number_column(table, labels("score_table.children"))
    table.add_column(labels("score_table.rating"))
    table.add_column(labels("score_table.completeness"))
    for name, card, unit in rows:
        scores = zip(card.perspective_score[unit].tolist(), card.perspective_status[unit].tolist(), strict=True)
        bands = card.policy.rating_bands
        table.add_row(
            Text(name),
            *(_coloured(_number(score, labels), status) for score, status in scores),
            _coloured(_number(float(card.score[unit]), labels), int(card.unit_status[unit])),
            *([_number(float(card.children_mean[unit]), labels)] if with_children else []),
            "" if card.rating[unit] < 0 else labels(f"rating.{card.policy.rating}.{bands[card.rating[unit]].name}"),
            labels("score_table.of", scored=card.scored_count[unit], total=card.total_count[unit]),
        )
    line(title)
    _console().print(table)


def kpi_table(card: Scorecard, labels: Labels) -> None:
    """Every KPI: target and actual to date, achievement in percent, index 0..120, status as symbol and word."""
    table = _table()
    table.add_column(labels("score_table.kpi"), overflow="fold")
    for name in ("target", "actual", "achievement", "index"):
        _number_column(table, labels(f"score_table.{name}"))
    table.add_column(labels("score_table.status"))
    kpis = card.tables.kpis
    names = (kpis["kpi_code"] + " " + kpis["kpi_name"]).tolist()
    for row, kpi in enumerate(card.tables.kpi.tolist()):
        figures = (card.target[row], card.actual[row], 100 * card.achievement[row], card.index[row])
        status = Status(list(Status)[card.status[row]])
        table.add_row(
            Text(names[kpi]),
            *(_number(float(figure), labels) for figure in figures),
            _coloured(f"{labels(f'symbol.{status}')} {labels(f'status.{status}')}", int(card.status[row])),
        )
    _console().print(table)


def employee_table(card: Scorecard, labels: Labels) -> None:
    """How every employee is judged: work result 0..120, behaviour 1..5 and of how many values, levels and rating.

    Where behaviour has no level it says why.
    """
    from bsc_xl.scoring.employees import rating_names

    table = _table()
    table.add_column(labels("employee.employee"), overflow="fold")
    _number_column(table, labels("employee.result"))
    table.add_column(labels("employee.result_level"))
    _number_column(table, labels("employee.behaviour"))
    for name in ("judged", "behaviour_level", "rating"):
        table.add_column(labels(f"employee.{name}"))
    people, none = card.employees, labels("score_table.none")
    levels = [*(labels(f"expectation.{level}") for level in Expectation), none]
    ratings = [*(labels(f"rating.{card.policy.employee_rating}.{name}") for name in rating_names(card.policy)), none]
    for place, judged in enumerate(people.judged.tolist()):
        incomplete = labels("employee.incomplete" if judged else "employee.not_judged")
        table.add_row(
            Text(people.code[place]),
            _number(float(people.result[place]), labels),
            levels[people.result_level[place]],
            _number(float(people.behaviour_mean[place]), labels),
            labels("score_table.of", scored=judged, total=len(Behaviour)),
            levels[people.behaviour_level[place]] if people.behaviour_level[place] >= 0 else incomplete,
            ratings[people.rating[place]],
        )
    line(labels("employee.title"))
    _console().print(table)


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)


def _number_column(table: Table, title: str) -> None:
    # on a narrow terminal the title is broken, never the number
    table.add_column(title, justify="right", overflow="fold", min_width=len("100.00"))


def _number(value: float, labels: Labels) -> str:
    return labels("score_table.none") if math.isnan(value) else labels.number(value)


def _coloured(text: str, status: int) -> Text:
    return Text(text, style=_STYLES[list(Status)[status]])


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=_LOG_WIDTH)


def unit_failed(outcome: Outcome, labels: Labels) -> None:
    """Names a unit without a workbook on standard error, and says why."""
    text = labels.error(outcome.error) if outcome.error else ""
    _complain(labels("cli.unit_failed", unit=outcome.workbook.unit_code, text=text))


def stopped(done: int, total: int, labels: Labels) -> None:
    """Says on standard error how far an interrupted run came and how to go on."""
    _complain(labels("cli.stopped", done=done, total=total))


def interrupted(labels: Labels) -> None:
    """Says on standard error that the command was interrupted."""
    _complain(labels("cli.interrupted"))


def signature_ends(path: str, labels: Labels) -> None:
    """Says on standard error that the digital signature of a file does not hold for what is written now."""
    _complain(labels("cli.signature_ends", path=path))


def stale(path: str, labels: Labels) -> None:
    """Says on standard error that a workbook shows, and its PDF too, what its inputs do not give."""
    _complain(labels("cli.stale", path=path))


def other_engine(run: str, before: str, now: str, labels: Labels) -> None:
    """Says that another version of bsc-xl read and scored that run of an archive."""
    _complain(labels("cli.other_engine", run=run, before=before, now=now))


def lock_file(path: str, labels: Labels) -> None:
    """Says on standard error that a file is no workbook but the mark of one that is open."""
    _complain(labels("cli.lock_file", path=path))


def open_elsewhere(saved: Saved, labels: Labels) -> None:
    """Says on standard error that a workbook which has just been written seems to be open in another program."""
    if saved.changed and (lock := lock_of(saved.path)):
        _complain(labels("cli.open_elsewhere", path=saved.path, lock=lock.name))


def resumable(labels: Labels) -> None:
    """Says on standard error how a run goes on that ran out of room."""
    _complain(labels("cli.resumable"))


def saved_text(saved: Saved, labels: Labels) -> str:
    """What became of one file of this computer, and where its former content is kept."""
    return stored_text(saved.path, saved, labels)


def stored_text(path: object, saved: Saved | Stored, labels: Labels) -> str:
    """What became of the file at that path or address, and where its former content is kept."""
    text = labels("cli.saved" if saved.changed else "cli.unchanged", path=path)
    return f"{text} {labels('cli.backup', path=saved.backup)}" if saved.backup else text


def plan(workbook: PlannedWorkbook, writes: Sequence[Write], labels: Labels) -> None:
    """The file that would be written, and below it the cells with their values."""
    key = "cli.plan" if workbook.folder.read(workbook.name) is None else "cli.plan_replaces"
    line(labels(key, path=workbook.place))
    for write in writes:
        line(f"    {write.ref.sheet}!{write.ref.cell}  {write.value!r}")


def planned(count: int, detailed: bool, labels: Labels) -> None:
    """How many files would be written, and how to see the cells where they have not been listed."""
    line(labels("cli.planned" if detailed else "cli.planned_only", count=count))


def set_aside(rows: Sequence[SetAside], labels: Labels) -> None:
    """Lists on standard error which rows of a file of evidence do not count, and why; ids only, never a name."""
    from bsc_xl.evidence.telling import reason

    if not rows:
        return
    _complain(labels("cli.set_aside", count=len(rows)))
    for each in rows[:_MOST_ROWS]:
        _complain(f"    {reason(each, labels)}")
    if len(rows) > _MOST_ROWS:
        _complain(f"    {labels('cli.set_aside_more', count=len(rows) - _MOST_ROWS)}")


def imported(found: Imported, labels: Labels) -> None:
    """What an import found: the figure, where it comes from, and below it every remark."""
    from bsc_xl.evidence.telling import remark

    line(found.sentence(labels))
    for each in found.remarks:
        line(f"    {remark(each, labels)}")


def cells(found: Imported, labels: Labels) -> None:
    """Every cell that an import would write, by the title of its sheet, with what it would show."""
    for ref, value in found.changes.values.items():
        if ref == found.recorded:
            text = f"{found.when:%d/%m/%Y %H:%M}"
        elif isinstance(value, int | float):
            text = labels.number(value, 0 if float(value).is_integer() else 2)
        else:
            text = " ".join((value or labels("placeholder.dash")).split())
        line(f"    {found.titles[ref.sheet]}!{ref.cell}  {text}")
