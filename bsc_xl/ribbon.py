"""The buttons of the tab "Balanced Scorecard": a function for each id in ``workbook/src/ribbon.xml``.

Excel starts a new Python for every press, so everything is imported where a button needs it. What a button has done is
told in one sentence in the workbook's language: below the sheet in the status bar, and in a window as well when there
is something to act upon.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bsc_xl.excel.live import LiveBook
    from bsc_xl.labels import Labels
    from bsc_xl.workflows.evidence import Imported
    from bsc_xl.workflows.recalculation import Recalculated
    from bsc_xl.workflows.told import Told

    Action = Callable[[LiveBook], Told | Recalculated | Imported]


def recalculate() -> None:
    """Scores the inputs anew, puts back what was written over, lists what was found."""
    from bsc_xl.workflows.recalculation import recalculate

    _press(lambda book: recalculate(book, _now()))


def check_inputs() -> None:
    """Lists what is wrong or missing in the inputs."""
    from bsc_xl.workflows.recalculation import check_inputs

    _press(lambda book: check_inputs(book, _now()))


def next_empty_cell() -> None:
    """Selects the next input that the reporting period needs."""
    from bsc_xl.workflows.filling import next_empty

    _press(next_empty)


def add_kpi_row() -> None:
    """Adds an empty KPI row to the perspective that is shown."""
    from bsc_xl.workflows.filling import add_kpi_row

    _press(add_kpi_row)


def not_applicable() -> None:
    """Marks the selected figures N/A."""
    from bsc_xl.workflows.filling import not_applicable

    _press(not_applicable)


def import_evidence() -> None:
    """Takes the actual of the selected KPI and period from a file of raw evidence."""
    from bsc_xl.workflows.evidence import choose_evidence

    _press(lambda book: choose_evidence(book, _now()))


def close_period() -> None:
    """Records the reporting period in the history and locks its inputs."""
    from bsc_xl.workflows.closing import close_period

    _press(lambda book: close_period(book, _now()))


def action_plan() -> None:
    """Shows the action plan."""
    from bsc_xl.workflows.showing import action_plan

    _press(action_plan)


def pdf() -> None:
    """Prints the workbook into a PDF file beside it."""
    from bsc_xl.workflows.showing import pdf

    _press(lambda book: pdf(book, _now()))


def guide() -> None:
    """Shows the guide."""
    from bsc_xl.workflows.showing import guide

    _press(guide)


def about() -> None:
    """Says which versions are at work."""
    from bsc_xl.workflows.showing import about

    _press(about)


def _press(action: Action) -> None:
    """Lets an action work on the workbook from which the button was pressed, and tells what came of it."""
    import xlwings as xw

    from bsc_xl.excel.live import LiveBook

    book = LiveBook(xw.Book.caller())
    try:
        told = action(book)
        text = told.sentence(book.layout().labels)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the person who pressed the button is told
        book.warn(_labels(book).error(problem))
    else:
        book.tell(text, window=told.to_act_upon)


def _labels(book: LiveBook) -> Labels:
    """The workbook's own, as far as its language can be told."""
    from bsc_xl import labels

    try:
        return book.layout().labels
    except Exception:  # noqa: BLE001 - the very thing that has just gone wrong
        return labels.load()


def _now() -> datetime:
    from datetime import datetime

    return datetime.now()  # noqa: DTZ005 - the time of the clock on this computer's wall
