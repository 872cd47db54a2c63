"""The buttons that show something: action plan, PDF, guide, about. No figure and no formula changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bsc_xl import files
from bsc_xl.errors import OutputError
from bsc_xl.excel.dates import EPOCH
from bsc_xl.excel.initiatives import SHEET as PLAN
from bsc_xl.excel.layout import FIRST_CELL, Ref
from bsc_xl.excel.port import Found, OpenBook, is_number
from bsc_xl.excel.results import engine_version
from bsc_xl.initiatives import NEEDED
from bsc_xl.tables import parse
from bsc_xl.workflows.printed import pdf_name, signed_sheets
from bsc_xl.workflows.recalculation import computed
from bsc_xl.workflows.told import Told


def action_plan(book: OpenBook) -> Told:
    """Leads to what the plan lacks for the lowest of the KPIs below their target for which it lacks anything."""
    layout = book.layout()
    sheet = book.read([PLAN])[PLAN]

    def value(key: str, place: int) -> Found:
        return sheet.value(layout.list_cell(PLAN, key, place).cell)

    gaps = {i: gap for i, _ in enumerate(layout.slots) if is_number(gap := value("gap", i))}
    below = sorted((gap, i) for i, gap in gaps.items() if gap < 0)
    lacking = [(i, key) for _, i in below for key in NEEDED if parse.is_blank(value(key, i))]
    place, key = (lacking or [(below[0][1] if below else 0, NEEDED[0])])[0]
    book.select(layout.list_cell(PLAN, key, place))
    if below:
        return Told("action_plan", {"count": len(below)})
    return Told("action_plan_none" if gaps else "action_plan_empty")


def guide(book: OpenBook) -> Told:
    """Leads to the guide."""
    book.select(Ref("guide", FIRST_CELL))
    return Told("guide", {"sheet": book.read(["guide"])["guide"].title})


def about(book: OpenBook) -> Told:
    """The versions of bsc-xl and of the workbook, and the time of its last recalculation."""
    layout = book.layout()
    sheet = book.read(["settings"])["settings"]
    template, when = (sheet.value(layout.settings[key].cell) for key in ("template_version", "recalculated"))
    versions: dict[str, object] = {"version": engine_version(), "template": template}
    if not is_number(when):
        return Told("about_never", versions, to_act_upon=True)
    values = versions | {"when": f"{EPOCH + timedelta(days=when):%d/%m/%Y %H:%M}"}
    return Told("about", values, to_act_upon=True)


def pdf(book: OpenBook, when: datetime) -> Told:
    """Prints the sheets that people sign into a PDF file beside the workbook; a former one is kept.

    A workbook that lies in no folder of this computer is printed into the person's documents. `OutputError` when the
    file cannot be written, because it is open, say.
    """
    layout, _, done = computed(book, when)
    sheets = signed_sheets(book, layout, done)
    path = (book.folder() or _documents()) / pdf_name(book.name)
    try:
        with TemporaryDirectory(
            prefix="bsc-", dir=path.parent
        ) as beside:  # Excel for Mac writes where the workbook lies
            printed = Path(beside) / path.name
            book.print(printed, sheets, done.changes.footer or "")
            files.save(path, printed.read_bytes())
    except OSError as error:
        raise OutputError(path=str(path), reason=files.refusal(error)) from error
    return Told("pdf", {"path": path}, to_act_upon=True)


def _documents() -> Path:
    documents = Path.home() / "Documents"
    return documents if documents.is_dir() else Path.home()
