"""The command that brings an actual from files of raw evidence into a workbook: evidence."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bsc_xl.cli import printing
from bsc_xl.cli.options import DONE
from bsc_xl.errors import EvidenceError
from bsc_xl.labels import Labels


def evidence(
    context: typer.Context,
    evidence_kind: Annotated[str, typer.Argument()],
    raw_files: Annotated[list[Path], typer.Argument()],
    into_workbook: Annotated[Path, typer.Option("--workbook")],
    kpi: Annotated[str, typer.Option("--kpi")],
    actual_period: Annotated[int, typer.Option("--period")],
    measure: Annotated[str | None, typer.Option("--measure")] = None,
    columns: Annotated[Path | None, typer.Option("--columns")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet")] = None,
    schedule: Annotated[Path | None, typer.Option("--schedule")] = None,
    population: Annotated[int | None, typer.Option("--population", min=1)] = None,
    planned: Annotated[int | None, typer.Option("--planned", min=1)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> int:
    """Imports one actual, recalculates and saves; or says what it would write."""
    from bsc_xl.excel.file import open_book
    from bsc_xl.workflows.evidence import Asked, import_evidence, plan_import
    from bsc_xl.workflows.recalculation import settle

    labels: Labels = context.obj
    asked = Asked(
        evidence_kind, raw_files, kpi, actual_period, measure, columns, sheet, schedule, population, planned
    )  # fmt: skip
    when = datetime.now()  # noqa: DTZ005 - a workbook's clock has no time zone
    book = open_book(into_workbook)
    try:
        imported = (plan_import if dry_run else import_evidence)(book, asked, when)
    except EvidenceError as error:
        printing.set_aside(error.set_aside, labels)
        raise
    printing.set_aside(imported.found.set_aside, labels)
    printing.imported(imported, labels)
    if dry_run:
        printing.cells(imported, labels)
        return DONE
    recalculated = settle(book, when)
    if book.signed:
        printing.signature_ends(str(into_workbook), labels)
    saved = book.save()
    printing.line(f"{printing.saved_text(saved, labels)} {recalculated.sentence(labels)}")
    printing.open_elsewhere(saved, labels)
    return DONE
