"""A file of raw evidence to a listing: the right sheet, the headings wherever they stand, the rows that are rows.

What a file holds is data and nothing else: a text that begins with "=" stays a text, formulas in workbooks count with
the result that is stored, and files that unpack to more than a workbook holds are refused.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from bsc_xl.errors import EvidenceError
from bsc_xl.evidence import sheets, textfile
from bsc_xl.evidence.headings import Found, Row, find, missing
from bsc_xl.evidence.model import Column, File, Listing, SetAside, Source
from bsc_xl.evidence.summaries import are_ordinary, blank, filled_and_totals
from bsc_xl.evidence.words import headings_of
from bsc_xl.scoring.arrays import Flags
from bsc_xl.tables import parse


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One way of reading a file: a sheet of it, or a delimiter."""

    head: Sequence[Row]
    grid: Callable[[Collection[int]], pd.DataFrame]
    sheet: str | None = None
    mark: str = ""
    merged: Callable[[], Sequence[sheets.Merged]] = tuple


def read(path: Path, columns: Sequence[Column], *, mapping: Path | None = None, sheet: str | None = None) -> Listing:
    """The rows of a file with the columns that are asked for, found by what files call them (``synonyms.toml``).

    `mapping`: a TOML file that says what this file calls some of them (our name = "their heading"). `sheet`: the title
    of the sheet in a workbook; otherwise the one that has the columns. Rows above the headings are titles, blank rows
    are none, and rows that begin with a word for a total are kept apart. `EvidenceError` when the file cannot be read,
    when columns are missing, when two sheets or two headings fit equally well, and when no row is left.
    """
    content = _bytes(path)
    named = {} if mapping is None else names_of(mapping, columns)
    candidates, encoding = _candidates(path, content, sheet)
    candidate, found = _best(candidates, columns, named, path.name)
    body, filled, total = _body(candidate, found)
    over_rows = [found.places[each.name] for each in columns if each.merged and each.name in found.places]
    body = _whole(body, candidate.merged(), over_rows)
    other = ThreadPoolExecutor(1)  # of a long file the checksum takes a while, and leaves Python free for its rows
    checksum = other.submit(hashlib.sha256, content)
    other.shutdown(wait=False)

    def source() -> Source:
        return Source(path.name, checksum.result().hexdigest(), candidate.sheet, encoding)

    return _listing(File(path.name, source, candidate.mark), body, filled, total, found, candidate)


def kind_of(path: Path, kinds: Mapping[str, Sequence[Column]]) -> str:
    """The kind of which a file has most columns, among those of which it has all that are required.

    `EvidenceError` where there is none, and where two kinds fit equally well.
    """
    candidates, _ = _candidates(path, _bytes(path), None)
    fits: dict[str, int] = {}
    for kind, columns in kinds.items():
        found = [len(fit.places) for each in candidates if (fit := find(each.head, columns, {}))]
        fits[kind] = max(found, default=0)
    most = max(fits.values())
    best = [kind for kind, columns in fits.items() if columns == most]
    if not most:
        raise EvidenceError(source=path.name, reason="evidence.no_kind")
    if len(best) > 1:
        raise EvidenceError(source=path.name, reason="evidence.several_kinds", kinds=", ".join(best))
    return best[0]


def names_of(mapping: Path, columns: Sequence[Column]) -> dict[str, str]:
    """What a mapping file says: our name of a column -> the heading in the file.

    `EvidenceError` for a file that is no TOML, and for names that are none of `columns`; all of them are named at once.
    """
    try:
        named = tomllib.loads(_bytes(mapping).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(source=mapping.name, reason="evidence.mapping_unreadable", why=str(error)) from error
    known = [column.name for column in columns]
    wrong = [
        key for key, value in named.items() if key not in known or not isinstance(value, str) or not headings_of(value)
    ]
    if wrong:
        raise EvidenceError(
            source=mapping.name, reason="evidence.mapping_unknown", names=", ".join(wrong), known=", ".join(known)
        )
    return named


def _bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise EvidenceError(source=path.name, reason="evidence.not_found") from error
    except OSError as error:
        if path.is_dir():
            raise EvidenceError(source=str(path), reason="evidence.folder") from error
        raise EvidenceError(source=path.name, reason="evidence.no_access") from error
    if not content or content.isspace():
        raise EvidenceError(source=path.name, reason="evidence.empty")
    return content


def _candidates(path: Path, content: bytes, sheet: str | None) -> tuple[list[_Candidate], str | None]:
    """The ways in which a file can be read, and the encoding of a text."""
    if content.startswith(sheets.SIGNATURES):
        return _of_workbook(sheets.open_workbook(path, content), sheet), None
    text = textfile.open_text(content, path.name)
    return _of_text(text), text.encoding


def _of_workbook(book: sheets.Workbook, sheet: str | None) -> list[_Candidate]:
    titles = book.titles
    if sheet is not None:
        chosen = [title for title in titles if title.casefold() == sheet.strip().casefold()]
        if not chosen:
            there = ", ".join(titles)
            raise EvidenceError(source=book.source, reason="evidence.no_sheet", sheet=sheet, sheets=there)
        titles = chosen
    return [
        _Candidate(book.head(title), lambda _, title=title: book.grid(title), title, merged=partial(book.merged, title))  # type: ignore[misc]
        for title in titles
    ]


def _of_text(text: textfile.TextFile) -> list[_Candidate]:
    # Where columns are separated by semicolons, the comma is needed for decimals: so Excel saves it in Indonesia.
    return [
        _Candidate(text.head(each), lambda wanted, each=each: text.grid(each, wanted), mark="," if each == ";" else "")  # type: ignore[misc]
        for each in (text.delimiter or textfile.DELIMITERS)
    ]


def _best(
    candidates: list[_Candidate], columns: Sequence[Column], named: Mapping[str, str], source: str
) -> tuple[_Candidate, Found]:
    fitting = [(each, found) for each in candidates if (found := find(each.head, columns, named))]
    if not fitting:
        rows = [row for each in candidates for row in each.head]
        if all(parse.is_blank(cell) for row in rows for cell in row):
            raise EvidenceError(source=source, reason="evidence.empty")
        raise missing(rows, columns, named, source)
    most = max(len(found.places) for _, found in fitting)
    best = [(each, found) for each, found in fitting if len(found.places) == most]
    if len(best) > 1 and best[0][0].sheet is not None:
        several = ", ".join(each.sheet or "" for each, _ in best)
        raise EvidenceError(source=source, reason="evidence.several_sheets", sheets=several)
    candidate, found = best[0]
    if found.twice:
        raise EvidenceError(source=source, reason="evidence.two_headings", column=found.twice)
    return candidate, found


def _body(candidate: _Candidate, found: Found) -> tuple[pd.DataFrame, Flags, Flags]:
    """What stands below the headings, with the rows that hold anything and those that sum others up.

    The columns that nobody asks for tell of blank rows and totals only, so they are read where there may be such.
    """
    width = max(map(len, candidate.head))
    body = candidate.grid({0, *found.places.values(), *range(found.width, width)}).iloc[found.first :]
    if are_ordinary(body[0]):
        return body, np.ones(len(body), dtype=bool), np.zeros(len(body), dtype=bool)
    if len(body.columns) < width:
        body = candidate.grid(range(width)).iloc[found.first :]
    return body, *filled_and_totals(body)


def _whole(body: pd.DataFrame, merged: Sequence[sheets.Merged], places: Collection[int]) -> pd.DataFrame:
    """The rows with what stands in cells that are merged over several of them, in the columns at these places; what is
    counted stands in its first row alone, or it would count several times."""
    if not merged or not len(body):
        return body
    whole, first = body.copy(), int(body.index[0])
    for place in places:
        cells = body[place].to_numpy(dtype=object, copy=True)
        for (top, left), (bottom, right) in merged:
            if left == right == place and 0 <= top - first < len(cells):  # above are the headings
                cells[top - first : bottom - first + 1] = cells[top - first]
        whole[place] = cells
    return whole


def _listing(
    file: File, body: pd.DataFrame, filled: Flags, total: Flags, found: Found, candidate: _Candidate
) -> Listing:
    rows = np.arange(found.first + 1, found.first + len(body) + 1, dtype=np.int64)
    slipped = np.zeros(len(body), dtype=bool)
    if candidate.sheet is None:  # beside the table of a sheet people keep notes; in a text a row has slipped
        beside = body.loc[:, body.columns.to_numpy() >= found.width]
        for place in range(beside.shape[1]):
            slipped |= ~blank(beside.iloc[:, place]) & ~total
    wanted = body[list(found.places.values())].set_axis(list(found.places), axis=1)
    aside = [SetAside(int(row), "total_row") for row in rows[total]]
    aside += [SetAside(int(row), "too_many_cells") for row in rows[slipped]]
    used = filled & ~total & ~slipped
    if not used.any():
        raise EvidenceError(source=file.name, reason="evidence.no_rows", set_aside=tuple(aside))
    everything = used.all()
    return Listing(
        (file,),
        (wanted if everything else wanted[used]).reset_index(drop=True),
        rows if everything else rows[used],
        wanted.iloc[np.flatnonzero(total)].reset_index(drop=True),
        rows[total],
        tuple(sorted(aside, key=lambda each: each.row)),
    )
