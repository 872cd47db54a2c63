"""What a folder of generated workbooks holds: ``manifest.csv``, a line for each unit.

While a run goes on, each finished batch adds a small file of its own to ``.bsc-run``, there at once and whole. So a run
that is killed loses no line, several computers can add lines, and it is the same on any storage. `settle` makes these
files part of the manifest: when a run begins (for one that was killed before) and when it ends.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from bsc_xl.storage import Folder

NAME = "manifest.csv"
_RUN = ".bsc-run"


class Record(NamedTuple):
    """One unit's line, in the order of the columns; "" is none.

    `checksum`: SHA-256 of the file. `inputs`: tells everything that the file was made from; when it is the same, so is
    the file. `score`: 0..120, unrounded. `seconds`: what making it took, the mean of its batch. `error`: why there is
    no file, as a stable code; then `checksum` is "".
    """

    unit_code: str
    file: str
    checksum: str
    inputs: str
    score: str
    seconds: str
    error: str


def note(folder: Folder, batch: int, records: Iterable[Record]) -> None:
    """Adds the lines of one batch; `batch` is a number that no other batch of the run has, later ones have higher."""
    folder.put(f"{_RUN}/{batch:08d}.csv", _text(records))


def read(folder: Folder) -> dict[str, Record]:
    """The lines by unit code: those of the manifest, and over them what was noted since.

    A manifest that cannot be read as one counts as empty, since making a workbook again does no harm.
    """
    found = _records(folder.read(NAME))
    for name in folder.names(_RUN):
        found |= _records(folder.read(f"{_RUN}/{name}"))
    return found


def settle(folder: Folder, unit_codes: Sequence[str]) -> dict[str, Record]:
    """What `read` gives, after putting it into the manifest: in the order of `unit_codes`, then other units."""
    found = read(folder)
    if folder.names(_RUN):
        known = [code for code in unit_codes if code in found]
        others = sorted(found.keys() - set(known))
        folder.put(NAME, _text(found[code] for code in (*known, *others)))
        folder.remove(_RUN)
    return found


def _text(records: Iterable[Record]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(Record._fields)
    writer.writerows(records)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _records(content: bytes | None) -> dict[str, Record]:
    """The lines of a file by unit code; what is none (cut short, edited by hand) is passed over."""
    found: dict[str, Record] = {}
    rows = csv.reader(io.StringIO((content or b"").decode("utf-8", "replace"), newline=""))
    with suppress(csv.Error):
        next(rows, None)  # the headings
        for row in rows:
            if len(row) == len(Record._fields):
                found[row[0]] = Record(*row)
    return found
