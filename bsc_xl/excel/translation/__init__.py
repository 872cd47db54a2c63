"""A filled-in workbook in the other language: the same file with other words, so that nothing in it gets lost.

What a workbook of that shape says in each language is known from drawing it in both. Where the file says just that, it
says the same in the other language afterwards; what people typed, drew or added stays as it is, and so do the locks on
closed periods. Sheets that people gave a title of their own keep it.
"""

from __future__ import annotations

from dataclasses import replace

from bsc_xl.excel.file import FileBook
from bsc_xl.excel.layout import SHEETS
from bsc_xl.excel.port import Changes
from bsc_xl.excel.translation import entries, package
from bsc_xl.excel.translation.drawn import drawn

__all__ = ["translated"]


def translated(book: FileBook, language: str) -> FileBook:
    """The workbook with its fixed texts, choices and records in that language; the file is as before until `save`.

    The formulas that hold words, and all that formulas show, are still those of the former language: they are what
    recalculating finds and writes. Errors are those of `FileBook`.
    """
    layout = book.layout()
    there, here = drawn(layout, book.with_macros), drawn(replace(layout, language=language), book.with_macros)
    blocks = book.read(SHEETS)
    book.apply(Changes(values=entries.changed(there, here, blocks)))
    return book.reopened(package.translated(book.package, book.sheets, there, here, book.rows_added))
