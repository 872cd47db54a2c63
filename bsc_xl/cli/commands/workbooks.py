"""The commands that change filled-in workbooks: recalc."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bsc_xl import files
from bsc_xl.cli import printing
from bsc_xl.cli.options import DONE, FAILED
from bsc_xl.errors import BscError, UnexpectedError
from bsc_xl.labels import Labels


def recalc(context: typer.Context, workbook: Annotated[list[str], typer.Argument()]) -> int:
    """What the Recalculate button does, on closed files: one after the other, a line for each."""
    from bsc_xl.excel.file import open_book
    from bsc_xl.excel.findings import Kind
    from bsc_xl.workflows.recalculation import recalculate

    labels: Labels = context.obj
    failed = False
    for path in workbook:
        if files.is_lock(Path(path)):  # *.xlsx means it, too
            printing.lock_file(path, labels)
            continue
        try:
            book = open_book(Path(path))
            recalculated = recalculate(book, datetime.now())  # noqa: DTZ005 - a workbook's clock has no time zone
            if book.signed:
                printing.signature_ends(path, labels)
            saved = book.save(lossless=not recalculated.done.count(Kind.OVERWRITTEN))
        except Exception as error:  # noqa: BLE001 - whatever one file does must not cost the others theirs
            told = error if isinstance(error, BscError) else UnexpectedError(kind=type(error).__name__, text=str(error))
            printing.error(told, labels, path)
            failed = True
            continue
        printing.line(f"{printing.saved_text(saved, labels)} {recalculated.sentence(labels)}")
        failed |= printing.failures(recalculated.done.reading.failures, path, labels)
    return FAILED if failed else DONE
