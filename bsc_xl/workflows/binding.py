"""One PDF file of many: the printed workbooks one after the other, each under a bookmark with those of its sheets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from pypdf import PdfReader, PdfWriter


class Chapter(NamedTuple):
    """What a bookmark says, and the PDF file that stands under it, with its own bookmarks and page numbers."""

    title: str
    content: bytes


def bound(chapters: Sequence[Chapter], title: str) -> bytes:
    """The chapters as one PDF file with that title, in their order."""
    writer = PdfWriter()
    for chapter in chapters:
        writer.append(PdfReader(io.BytesIO(chapter.content)), outline_item=chapter.title)
    writer.add_metadata({"/Title": title})
    writer.page_mode = "/UseOutlines"
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
