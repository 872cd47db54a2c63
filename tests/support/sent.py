"""A data set that went out as workbooks, and what comes back of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd

from bsc_xl import dataset
from bsc_xl.collection.archive import archive
from bsc_xl.collection.model import Collection
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.scorecard import Scorecard, score
from bsc_xl.tables import Tables
from bsc_xl.workflows import collecting, generation

WHEN = datetime.fromisoformat("2026-01-09T10:00")


def send(root: Path, raw: Mapping[str, pd.DataFrame]) -> Scorecard:
    """The data set in ``root/data``, and its workbooks in ``root/inbox``."""
    dataset.write(raw, root / "data")
    tables, failures = dataset.read(root / "data")
    assert tables is not None, failures
    card = score(tables)
    for outcome in generation.generate(card, generation.planned_workbooks(card, root / "inbox")):
        assert outcome.error is None
    return card


def workbook(root: Path, number: int = 0) -> Path:
    """The workbook with that number."""
    return sorted((root / "inbox").glob("*.xlsx"))[number]


def layout(root: Path, number: int = 0) -> Layout:
    """Its shape."""
    return open_book(workbook(root, number)).layout()


def fill_in(root: Path, values: Mapping[Ref, object], number: int = 0) -> Path:
    """The workbook with that number after somebody has typed that into its cells."""
    path = workbook(root, number)
    book = open_book(path)
    book.apply(Changes(values=values))  # type: ignore[arg-type]
    book.save()
    for backup in path.parent.glob("*.bak*"):
        backup.unlink()
    return path


def collect(root: Path, given: Tables | None) -> Collection:
    """What comes back; the archive is ``root/archive``."""
    out = root / "out"
    paths = collecting.found_workbooks([str(root / "inbox")], out)
    *_, last = collecting.collect(paths, out, given, archive(root / "archive"), WHEN)
    assert isinstance(last, collecting.Collected)
    assert last.collection is not None
    return last.collection
