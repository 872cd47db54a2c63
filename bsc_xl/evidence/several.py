"""Several files of one kind as one listing: a month or a machine in each.

Every file is found its own way, with its own encoding, separator, headings and order of day and month; below that the
rows stand one after the other, so that what is twice, or belongs to one day, comes together whichever file it is in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from bsc_xl.errors import EvidenceError, SeveralFilesError
from bsc_xl.evidence import reading
from bsc_xl.evidence.model import Column, Listing

_T = TypeVar("_T")


def read(
    files: Sequence[Path], columns: Sequence[Column], *, mapping: Path | None = None, sheet: str | None = None
) -> Listing:
    """The rows of all files, as `reading.read` finds them in each.

    All of them need the same columns, but for spare ones. `EvidenceError` as there, for a file that lacks a column, and
    for the same content twice; `SeveralFilesError` with all of them where several files are refused.
    """
    found = each(files, lambda path: reading.read(path, columns, mapping=mapping, sheet=sheet))
    if len(found) == 1:
        return found[0]
    listings = [_named(*of) for of in zip(found, names(files), strict=True)]
    there = [column for column in columns if any(column.name in listing.frame for listing in listings)]
    needed = [column.name for column in there if not column.spare]
    of = dict(zip(files, listings, strict=True))
    each(files, lambda path: _check_columns(of[path], needed))
    _check_contents(listings)
    return _joined(listings, [column.name for column in there])


def each(files: Sequence[Path], read: Callable[[Path], _T]) -> list[_T]:
    """What `read` gives for each file; the errors of all come at once, each with what its file is called, and what they
    have in common one time."""
    found: list[_T] = []
    problems: dict[str, EvidenceError] = {}
    for file, name in zip(files, names(files), strict=True):
        try:
            found.append(read(file))
        except EvidenceError as error:
            problem = error if len(files) == 1 else _in_its_file(error, file, name)
            problems[str(problem)] = problem
    if len(problems) > 1:
        raise SeveralFilesError(problems=list(problems.values()))
    for problem in problems.values():
        raise problem
    return found


def _in_its_file(error: EvidenceError, file: Path, name: str) -> EvidenceError:
    rows = tuple(replace(row, file=name) for row in error.set_aside)
    own = {"source": name} if error.params["source"] == file.name else {}  # not that of the columns file
    return EvidenceError(**error.params | own | ({"set_aside": rows} if rows else {}))


def names(files: Sequence[Path]) -> list[str]:
    """What each file is called: with so many of its folders that no other one has the same name."""
    paths = [path.parent.resolve() / path.name for path in files]  # with ".." one file would look like two

    def name(path: Path, depth: int) -> str:
        return Path(*path.parts[-depth:]).as_posix()

    def deep_enough(path: Path) -> int:
        others = [other for other in paths if other != path]
        depths = range(1, len(path.parts))
        return next((n for n in depths if all(name(other, n) != name(path, n) for other in others)), len(path.parts))

    return [name(path, deep_enough(path)) for path in paths]


def _named(listing: Listing, name: str) -> Listing:
    (file,) = listing.files
    return replace(listing, files=(replace(file, name=name),))


def _check_columns(listing: Listing, needed: Collection[str]) -> None:
    lacking = [column for column in needed if column not in listing.frame]
    if lacking:
        raise EvidenceError(source=listing.name, reason="evidence.columns_differ", columns=", ".join(lacking))


def _check_contents(listings: Sequence[Listing]) -> None:
    known: dict[str, str] = {}
    for listing in listings:
        checksum = listing.files[0].source().sha256
        if checksum in known:
            raise EvidenceError(source=listing.name, reason="evidence.same_file", other=known[checksum])
        known[checksum] = listing.name


def _joined(listings: Sequence[Listing], columns: Sequence[str]) -> Listing:
    behind = list(zip(listings, accumulate(map(_length, listings[:-1]), initial=0), strict=True))
    return Listing(
        tuple(replace(file, before=rows) for listing, rows in behind for file in listing.files),
        pd.DataFrame({column: _cells(column, [listing.frame for listing in listings]) for column in columns}),
        np.concatenate([listing.rows + rows for listing, rows in behind]),
        pd.concat([listing.totals.astype(object) for listing in listings], ignore_index=True).reindex(
            columns=list(columns)
        ),
        np.concatenate([listing.total_rows + rows for listing, rows in behind]),
        tuple(replace(row, row=row.row + rows) for listing, rows in behind for row in listing.set_aside),
    )


def _length(listing: Listing) -> int:
    """The last row of which anything is known."""
    return max(int(listing.rows[-1]), *(row.row for row in listing.set_aside), 0)


def _cells(column: str, frames: Sequence[pd.DataFrame]) -> pd.Series:
    """A column of all files; what a file lacks is blank."""
    parts = [frame[column] if column in frame else pd.Series([None] * len(frame), dtype=object) for frame in frames]
    if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
        return pd.Series(union_categoricals(parts))
    return pd.concat([part.astype(object) for part in parts], ignore_index=True)
