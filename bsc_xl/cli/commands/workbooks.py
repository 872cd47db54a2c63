"""The commands that change filled-in workbooks: recalc, translate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsc_xl import files
from bsc_xl.cli import printing
from bsc_xl.cli.options import DONE, FAILED
from bsc_xl.errors import BscError, ChoiceError, SourceError, UnexpectedError
from bsc_xl.labels import LANGUAGES, Labels

if TYPE_CHECKING:
    from bsc_xl.excel.file import FileBook
    from bsc_xl.files import Saved
    from bsc_xl.workflows.recalculation import Recalculated


def recalc(context: typer.Context, workbook: Annotated[list[str], typer.Argument()]) -> int:
    """What the Recalculate button does, on closed files: one after the other, a line for each."""
    from bsc_xl.excel.findings import Kind
    from bsc_xl.workflows.recalculation import recalculate

    def work(book: FileBook) -> tuple[FileBook, Recalculated | None]:
        return book, recalculate(book, _now())

    def save(book: FileBook, told: Recalculated | None) -> Saved:
        return book.save(lossless=told is None or not told.done.count(Kind.OVERWRITTEN))

    return _each(_found(workbook), context.obj, work, save)


def translate(
    context: typer.Context,
    workbook: Annotated[list[str], typer.Argument()],
    other_language: Annotated[str, typer.Option("--language")],
    out_translated: Annotated[Path | None, typer.Option("--out")] = None,
) -> int:
    """Filled-in workbooks in the other language; the files themselves, or new ones in a folder."""
    from bsc_xl.workflows import translating

    if other_language not in LANGUAGES:
        raise ChoiceError(what="language", value=other_language, choices=", ".join(LANGUAGES))

    found = _found(workbook, out_translated)
    names = dict(zip(found, files.all_different([path.name for path in found]), strict=True))

    def work(book: FileBook) -> tuple[FileBook, Recalculated | None]:
        return translating.translate(book, other_language, _now())

    def save(book: FileBook, _: Recalculated | None) -> Saved:
        if out_translated is None:
            return book.save()
        return files.save(out_translated / names[book.path], book.package.write())

    return _each(found, context.obj, work, save)


def _found(arguments: list[str], out: Path | None = None) -> list[Path]:
    """The workbooks that the arguments name, each once: files, folders without those that are below `out`, and
    patterns. A file that does not exist is one of them, so that it does not cost the others theirs."""
    from bsc_xl.workflows import collecting

    found: dict[Path, Path] = {}
    results = out.resolve() if out else None
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            own = [
                each for each in collecting.found_workbooks([argument], out) if results not in each.resolve().parents
            ]
            if not own:
                raise SourceError(source=argument, reason="source.no_workbook")
        elif has_magic(argument) and not path.exists():
            own = collecting.found_workbooks([argument])
        else:
            own = [path]
        found |= {each.resolve(): each for each in own if each.resolve() not in found}
    return list(found.values())


def _now() -> datetime:
    return datetime.now()  # noqa: DTZ005 - a workbook's clock has no time zone


def _each(
    paths: list[Path],
    labels: Labels,
    work: Callable[[FileBook], tuple[FileBook, Recalculated | None]],
    save: Callable[[FileBook, Recalculated | None], Saved],
) -> int:
    """Does the work on one file after the other, saves it and tells of it; whatever one does must not cost the others
    theirs."""
    from bsc_xl.excel.file import open_book

    failed = False
    for file in paths:
        path = str(file)
        if files.is_lock(file):  # *.xlsx means it, too
            printing.lock_file(path, labels)
            continue
        try:
            book, told = work(open_book(file))
            if book.signed and told is not None:
                printing.signature_ends(path, labels)
            saved = save(book, told)
        except Exception as error:  # noqa: BLE001 - see above
            problem = (
                error if isinstance(error, BscError) else UnexpectedError(kind=type(error).__name__, text=str(error))
            )
            printing.error(problem, labels, path)
            failed = True
            continue
        text = printing.saved_text(saved, labels)
        printing.line(text if told is None else f"{text} {told.sentence(labels)}")
        printing.open_elsewhere(saved, labels)
        failed |= told is not None and bool(printing.failures(told.done.failures, path, labels))
    return FAILED if failed else DONE
