"""Delimited text as machines and finance systems write it, to a grid of cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as arrow
from pyarrow import csv as arrow_csv

from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.headings import HEAD

DELIMITERS = ";,\t|"
MOST_BYTES = 1 << 30

_SEPARATOR_LINE = re.compile(rb'"?sep=([^"\r\n])"?[^\r\n]*(\r\n|\r|\n|$)', re.IGNORECASE)
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_INVISIBLE = tuple(sign.encode() for sign in "\ufeff\u200b")
"""The mark of a file that was put behind another, and what web pages hide in a text: with it an id were another id."""
_HEAD_BYTES = 1 << 18
_MARKUP = re.compile(rb"\s*<(!doctype|html|table|\?xml)", re.IGNORECASE)
_CELL = 1 << 20
_DISTINCT = arrow.dictionary(arrow.int32(), arrow.string())
_BLOCK = 2 << 20
"""Bytes that are read at a time; each such part of a file finds its distinct cells for itself."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """The text of a file in UTF-8 without a mark, what it was written in, and the delimiter where the file names it."""

    source: str
    content: bytes
    encoding: str
    delimiter: str | None

    def head(self, delimiter: str) -> list[list[str]]:
        """The first rows."""
        text = io.TextIOWrapper(io.BytesIO(self.content[:_HEAD_BYTES]), encoding="utf-8", errors="ignore", newline="")
        rows = csv.reader(text, delimiter=delimiter)
        try:
            return list(islice(rows, HEAD))
        except csv.Error:  # a cell without an end; `grid` says where
            return []

    def grid(self, delimiter: str, wanted: Collection[int]) -> pd.DataFrame:
        """Every row, blank ones included, as texts in categories; rows that are too short end in blanks. Other columns
        than those at `wanted` are left out where that takes less time.

        The same text gives the same rows in each of the three ways, of which the faster ones read fewer files: all rows
        as long as the longest of the first ones and nothing in quotes; no row longer than that; any file.
        """
        width = max(map(len, self.head(delimiter)), default=1)
        if b'"' not in self.content:
            try:
                return self._plain(delimiter, width, wanted)
            except arrow.ArrowInvalid:  # titles above the table, or a row that is longer or shorter than others
                pass
        try:
            return pd.read_csv(
                io.BytesIO(self.content),
                sep=delimiter,
                header=None,
                names=list(range(width)),
                dtype="category",
                na_filter=False,
                skip_blank_lines=False,
                encoding="utf-8",
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError):  # a row with more cells than those above, or a quote
            return self._by_row(delimiter)

    def _plain(self, delimiter: str, width: int, wanted: Collection[int]) -> pd.DataFrame:
        places = [place for place in range(width) if place in wanted]
        names = [str(place) for place in range(width)]
        types = {names[place]: _DISTINCT for place in places}
        table = arrow_csv.read_csv(
            arrow.BufferReader(self.content),
            arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(check_utf8=False, column_types=types, include_columns=list(types)),
        ).unify_dictionaries()
        columns = {place: _categories(column) for place, column in zip(places, table.columns, strict=True)}
        return pd.DataFrame(columns, copy=False)

    def _by_row(self, delimiter: str) -> pd.DataFrame:
        rows: list[list[str]] = []
        before = csv.field_size_limit(_CELL)
        try:
            text = io.StringIO(self.content.decode(), newline="")
            rows.extend(csv.reader(text, delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise EvidenceError(source=self.source, reason="evidence.quote", row=len(rows) + 1) from error
        finally:
            csv.field_size_limit(before)
        width = max(map(len, rows), default=0)
        full = [row + [""] * (width - len(row)) for row in rows]
        return pd.DataFrame(full, columns=range(width), dtype=object).astype("category")


def _categories(column: arrow.ChunkedArray) -> pd.Categorical:
    cells = pd.Index(column.chunk(0).dictionary.to_pandas())
    parts = [chunk.indices.to_numpy() for chunk in column.chunks]
    codes = np.concatenate(parts, dtype=np.min_scalar_type(-len(cells)), casting="unsafe")
    return pd.Categorical.from_codes(codes, cells, validate=False)


def open_text(content: bytes, source: str) -> TextFile:
    """The text of a file: UTF-8 with or without a mark, UTF-16 with one, otherwise cp1252, which reads any byte.

    A file that was put together from several may be mixed: then each line is taken as UTF-8 if it is that, and as
    cp1252 if not. A "sep=;" line, as Excel writes and understands it, names the delimiter and is no row.
    `EvidenceError` for a file that is too large, is markup, or is no text at all.
    """
    if len(content) > MOST_BYTES:
        raise EvidenceError(source=source, reason="evidence.too_large")
    if _MARKUP.match(content):
        raise EvidenceError(source=source, reason="evidence.markup")
    text, encoding = (content, "utf-8") if _is_plain(content) else _decoded(content, source)
    named = _SEPARATOR_LINE.match(text)
    if not named:
        return TextFile(source, text, encoding, None)
    return TextFile(source, text[named.end() :], encoding, named[1].decode())


def _is_plain(content: bytes) -> bool:
    """It has no signs but those of ASCII, and no zeros, in one look at half a million rows."""
    return bool(np.frombuffer(content, dtype=np.int8).min(initial=1) > 0)


def _decoded(content: bytes, source: str) -> tuple[bytes, str]:
    text, encoding = _in_utf8(content)
    if b"\0" in text:
        raise EvidenceError(source=source, reason="evidence.not_text")
    for sign in _INVISIBLE:
        text = text.replace(sign, b"")
    return text, encoding


def _in_utf8(content: bytes) -> tuple[bytes, str]:
    for bom, encoding in _BOMS.items():
        if content.startswith(bom):
            if encoding == "utf-16":
                return content.decode(encoding, errors="replace").encode(), encoding
            content = content[len(bom) :]
    if _is_utf8(content):
        return content, "utf-8"
    lines = [_line(line) for line in content.split(b"\n")]
    return b"\n".join(text for text, _ in lines), "mixed" if any(utf8 for _, utf8 in lines) else "cp1252"


def _line(line: bytes) -> tuple[bytes, bool]:
    """The line in UTF-8, and whether it was that, with letters beyond ASCII."""
    if line.isascii():
        return line, False
    return (line, True) if _is_utf8(line) else (line.decode("cp1252", errors="replace").encode(), False)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
