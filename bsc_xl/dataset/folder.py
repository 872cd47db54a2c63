"""A data set as a folder with one CSV or Parquet file per table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl import files
from bsc_xl.dataset.plain import PlainColumn
from bsc_xl.errors import OutputError, SourceError
from bsc_xl.tables import NumberStyle, RawTables, parse
from bsc_xl.tables.columns import COLUMNS, OPTIONAL_TABLES, heading
from bsc_xl.tables.sheet import number_columns, typed_styles

FORMATS = (".csv", ".parquet")

_FIRST_CONTENT = re.compile(r'[^\s;,"][^\r\n]*')
_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?[^\r\n]*(\r\n|\r|\n|$)', re.IGNORECASE)


def read(path: Path) -> RawTables:
    """The tables in the folder; files with other names are no tables and are not looked at."""
    found = _files(path)
    if not found:
        raise SourceError(source=str(path), reason="source.no_tables")
    kinds = {file.suffix.casefold() for file in found}
    if len(kinds) > 1:
        raise SourceError(source=str(path), reason="source.two_formats")
    tables = [heading(file.stem) for file in found]
    if len(set(tables)) < len(tables):
        raise SourceError(source=str(path), reason="source.two_tables")
    if kinds == {".parquet"}:
        read_frames = {table: _read_parquet(file) for table, file in zip(tables, found, strict=True)}
        return RawTables(read_frames, styles=typed_styles(read_frames))
    frames: dict[str, pd.DataFrame] = {}
    above: dict[str, int] = {}
    styles: dict[str, NumberStyle] = {}
    for table, file in zip(tables, found, strict=True):
        rows, delimiter = _rows(file)
        if table in OPTIONAL_TABLES and is_empty(rows):
            continue
        frames[table], above[table] = frame_of_rows(rows, str(file))
        if delimiter != ",":
            styles[table] = parse.number_style(number_columns(table, frames[table]))
    return RawTables(frames, cells=True, styles=styles, above=above)


def write(tables: dict[str, list[PlainColumn]], path: Path, file_format: str, overwrite: bool) -> None:
    """Writes one file per table; each is replaced in one step, and a former one is kept beside it."""
    former = _files(path) if path.is_dir() else []
    if former and not overwrite:
        raise OutputError(path=str(path), reason="source.exists")
    content = _parquet if file_format == "parquet" else _csv
    written = {files.save(path / f"{table}.{file_format}", content(columns)).path for table, columns in tables.items()}
    for file in former:
        # Left there, a table of another format or spelling would make the folder say two things.
        if not any(file.samefile(new) for new in written):
            file.unlink()


def is_empty(rows: list[list[Any]]) -> bool:
    """Nothing stands in any of the rows."""
    return all(parse.is_blank(cell) for row in rows for cell in row)


def frame_of_rows(rows: list[list[Any]], source: str) -> tuple[pd.DataFrame, int]:
    """The rows under their headings, the first row that is not blank, and how many blank ones stand above it.

    What stands to the right of the last heading has the heading None. `SourceError` when there is no heading.
    """
    above = next((place for place, row in enumerate(rows) if not all(map(parse.is_blank, row))), None)
    if above is None:
        raise SourceError(source=source, reason="source.empty")
    rows = rows[above:]
    names: list[object] = list(rows[0])
    width = max(map(len, rows))
    names += [None] * (width - len(names))
    body = [row if len(row) == width else row + [None] * (width - len(row)) for row in rows[1:]]
    cells = [np.array(column, dtype=object) for column in zip(*body, strict=True)]
    empty = np.empty(0, dtype=object)
    frame = pd.DataFrame({place: pd.Series(cells[place] if cells else empty, dtype=object) for place in range(width)})
    return frame.set_axis(pd.Index(names, dtype=object), axis=1), above


def _files(path: Path) -> list[Path]:
    candidates = sorted(file for file in path.iterdir() if file.suffix.casefold() in FORMATS and file.is_file())
    return [file for file in candidates if heading(file.stem) in COLUMNS]


def _rows(file: Path) -> tuple[list[list[Any]], str]:
    """The rows of a CSV file, and what separates its columns: a comma, or a semicolon as Indonesian Excel saves it."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            text = handle.read()
    except UnicodeDecodeError as error:
        raise SourceError(source=str(file), reason="source.encoding") from error
    if named := _SEPARATOR_LINE.match(text):
        # Excel writes and understands this line, and does not count it among the rows.
        text, delimiter = text[named.end() :], named[1]
    else:
        delimiter = _delimiter(text)
    rows: list[list[Any]] = []
    try:
        with _any_length():
            rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        # The reader stops in the row in which a quotation mark opens that nothing closes.
        raise SourceError(source=str(file), reason="source.quote", row=len(rows) + 1) from error
    return rows, delimiter


def _delimiter(text: str) -> str:
    headings = _FIRST_CONTENT.search(text)
    line = headings[0] if headings else text
    return ";" if line.count(";") > line.count(",") else ","


@contextmanager
def _any_length() -> Iterator[None]:
    # The reader refuses long cells; a note that is too long is a finding with a place, not a file that is damaged.
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _csv(columns: list[PlainColumn]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    writer.writerows(zip(*([parse.as_text(value) for value in column.cells] for column in columns), strict=True))
    return text.getvalue().encode()


def _read_parquet(file: Path) -> pd.DataFrame:
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(file)
        cells = [column.to_pylist() for column in table.columns]
    except (arrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise SourceError(source=str(file), reason="source.unreadable") from error
    columns = {place: pd.Series(column, dtype=object) for place, column in enumerate(cells)}
    return pd.DataFrame(columns).set_axis(pd.Index(table.column_names, dtype=object), axis=1)


def _parquet(columns: list[PlainColumn]) -> bytes:
    import pyarrow as arrow
    from pyarrow import parquet

    types = {int: arrow.int64(), float: arrow.float64(), str: arrow.string()}
    typed = [(column.name, *column.one_type()) for column in columns]
    table = arrow.table(
        [arrow.array(values, type=types[kind]) for _, kind, values in typed], names=[name for name, _, _ in typed]
    )
    content = io.BytesIO()
    parquet.write_table(table, content)
    return content.getvalue()
