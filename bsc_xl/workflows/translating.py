"""A filled-in workbook in the other language, recalculated, with nothing lost that people typed or added."""

from __future__ import annotations

from datetime import datetime

from bsc_xl.errors import ChoiceError
from bsc_xl.excel import recalculation
from bsc_xl.excel.file import FileBook
from bsc_xl.excel.port import Changes
from bsc_xl.excel.translation import translated
from bsc_xl.labels import LANGUAGES
from bsc_xl.workflows.recalculation import Recalculated, computed, recalculate


def translate(book: FileBook, language: str, when: datetime) -> tuple[FileBook, Recalculated | None]:
    """The workbook in that language, to be saved, and what recalculating it told; None where it speaks it already, and
    then nothing changes.

    Formulas that somebody has written over stay so until they are recalculated, which puts them back and lists them, as
    ever. Errors: those of the adapter, `SourceError` for a workbook of another version, `ChoiceError` for a language
    that there is none of.
    """
    if language not in LANGUAGES:
        raise ChoiceError(what="language", value=language, choices=", ".join(LANGUAGES))
    layout, blocks, _ = computed(book, when)
    if layout.language == language:
        return book, None
    overwritten = recalculation.lost_formulas(layout, blocks).keys()
    book = translated(book, language)
    layout, blocks, done = computed(book, when)
    lost = recalculation.lost_formulas(layout, blocks)
    # those of the former language are no finding: they and what formulas show are put right before anything is listed
    left = overwritten | (done.changes.formulas.keys() - lost.keys())
    book.apply(
        Changes(
            formulas={ref: formula for ref, formula in lost.items() if ref not in left},
            results={ref: value for ref, value in done.changes.results.items() if ref not in left},
        )
    )
    return book, recalculate(book, when)
