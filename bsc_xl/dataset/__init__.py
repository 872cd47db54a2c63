"""A data set from and to a folder of CSV or Parquet files, one .xlsx workbook, or a database.

One module per kind of source; all give the same `RawTables` and take the same frames, so that a data set that goes
through any of them comes back the same.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bsc_xl import storage
from bsc_xl.dataset import database, folder, workbook
from bsc_xl.dataset.plain import plain_columns
from bsc_xl.errors import Failure, OutputError, SourceError
from bsc_xl.tables import RawTables, Tables, validate
from bsc_xl.tables.frames import frames

if TYPE_CHECKING:
    import pandas as pd

_ADDRESS = re.compile(r"[a-z][a-z0-9+_.-]+://", re.IGNORECASE)
_WORKBOOKS = (".xlsx", ".xlsm")


def read(source: str | Path) -> tuple[Tables | None, list[Failure]]:
    """The data set at `source`, validated, and everything that is wrong or doubtful in it.

    `source` is a folder with ``units.csv`` and so on (UTF-8; comma, or semicolon with decimal comma) or with
    ``units.parquet`` and so on, an .xlsx file with a sheet per table, either of them also at an address that fsspec
    knows (``s3://...``), or a SQLAlchemy address such as ``sqlite:///data.db``. Names of tables and columns are found
    without regard to case. The tables are None where nothing can be scored (see `tables.validate`).
    `SourceError` when it cannot be read at all, `MissingExtraError` when that takes a package that is not installed.
    """
    return validate(read_raw(source))


def read_raw(source: str | Path) -> RawTables:
    """The tables at `source` as they were found; sources and errors as for `read`."""
    if isinstance(source, str) and storage.is_readable(source):
        return _read_copy(source)
    if _is_address(source):
        return database.read(str(source))
    path = Path(source)
    try:
        if not path.exists():
            raise SourceError(source=str(path), reason="source.not_found")
        if path.is_dir():
            return folder.read(path)
        if path.suffix.casefold() in _WORKBOOKS:
            return workbook.read(path)
    except PermissionError as error:
        raise SourceError(source=str(path), reason="source.no_permission") from error
    except OSError as error:
        raise SourceError(source=str(path), reason="source.unreadable") from error
    raise SourceError(source=str(path), reason="source.kind")


def _read_copy(address: str) -> RawTables:
    """The tables at an address of fsspec; what is wrong with the copy is said of the address."""
    with tempfile.TemporaryDirectory(prefix="bsc-xl-") as place:
        copy = storage.download(address, Path(place), folder.FORMATS)
        try:
            return read_raw(copy)
        except SourceError as error:
            where = str(error.params["source"]).replace(str(copy), storage.shown(address))
            raise SourceError(**error.params | {"source": where}) from error


def write(
    data: Tables | Mapping[str, pd.DataFrame],
    target: str | Path,
    *,
    overwrite: bool = False,
    file_format: Literal["csv", "parquet"] = "csv",
) -> None:
    """Writes validated tables, or frames by table name in the shape of the source tables, to `target`.

    `target` is as in `read`: an address, a path that ends in .xlsx, otherwise a folder with files of `file_format`.
    All text is written as text, also where it begins with "=". What a workbook could not hold (control characters) is
    left out everywhere. A data set that is already there is replaced only with `overwrite`.
    `OutputError` when it cannot be written, `ChoiceError` for a frame that is no table of a data set.
    """
    tables = plain_columns(frames(data) if isinstance(data, Tables) else data)
    if _is_address(target):
        database.write(tables, str(target), overwrite)
        return
    path = Path(target)
    if path.suffix.casefold() == ".xlsx":
        workbook.write(tables, path, overwrite)
    elif path.is_file():
        raise OutputError(path=str(path), reason="not_a_place")
    else:
        folder.write(tables, path, file_format, overwrite)


def _is_address(place: str | Path) -> bool:
    return isinstance(place, str) and _ADDRESS.match(place) is not None
