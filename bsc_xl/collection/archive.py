"""The archive of collections: every run as tidy tables, added and never changed, so that it can be produced again.

A run is a folder of Parquet files, which is there at once or not at all, or rows of a database with the run's name,
written in one transaction.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from bsc_xl import files
from bsc_xl.collection.gathering import Frames
from bsc_xl.collection.model import Submission
from bsc_xl.collection.record import TEXT_TABLES, trend_frame
from bsc_xl.errors import ChoiceError, OutputError, SourceError
from bsc_xl.storage import shown
from bsc_xl.tables.columns import COLUMNS

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ADDRESS = re.compile(r"[a-z][a-z0-9+_.-]+://", re.IGNORECASE)
_PREFIX = "collection_"
_FIGURES = tuple(f"{name}{part}" for name in ("target", "actual") for part in ("", "_state", "_text"))
_NEEDED: dict[str, tuple[str, ...]] = {
    "runs": ("run", "when", "engine", "year", "period"),
    "files": ("file", "link"),
    "submissions": tuple(field.name for field in fields(Submission)),
    "irregularities": ("severity", "rule"),
    "trend": tuple(map(str, trend_frame([]))),
    "measurements": ("unit_code", "kpi_code", "year", "period", *_FIGURES, "evidence", "note"),
    **{name: tuple(column.name for column in COLUMNS[name] if column.required) for name in TEXT_TABLES},
}
"""The tables that every run holds, each with the columns without which it cannot be produced again."""


class Archive(Protocol):
    """Where the runs are kept. `place`: its folder or address, as people may see it."""

    place: str

    def check(self) -> None:
        """`OutputError` when no run could be added now."""

    def runs(self) -> list[str]:
        """The names of the runs, oldest first."""

    def read(self, run: str) -> Frames:
        """The tables of a run; `ChoiceError` when there is no such run, `SourceError` when it is damaged."""

    def append(self, run: str, frames: Frames) -> None:
        """Adds a run, all of it or nothing."""


def archive(place: str | Path) -> Archive:
    """The archive in a folder, or in the database at a SQLAlchemy address. It need not exist yet."""
    if isinstance(place, str) and _ADDRESS.match(place):
        return DatabaseArchive(place)
    return FolderArchive(Path(place))


def name_of_run(when: datetime, taken: Sequence[str]) -> str:
    """The name of a run at that time: names are in the order of time."""
    name = f"{when:%Y-%m-%dT%H%M%S}"
    number = 1
    while name in taken:
        number += 1
        name = f"{when:%Y-%m-%dT%H%M%S}-{number}"
    return name


def trend_before(place: Archive, year: int, runs: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """The scores of every period of earlier years, as the last of these runs of each year has them; and the runs that
    are damaged, which are passed over."""
    last: dict[int, pd.DataFrame] = {}
    damaged = []
    for run in runs:
        try:
            found = place.read(run)
        except (SourceError, OutputError):
            damaged.append(run)
            continue
        own = int(found["runs"]["year"].iloc[0])
        if own < year:
            last[own] = found["trend"]
    kept = [
        each.drop(columns="run", errors="ignore")[each["year"].astype(int) == own] for own, each in sorted(last.items())
    ]
    return pd.concat(kept, ignore_index=True) if kept else trend_frame([]), damaged


class FolderArchive:
    """Runs as folders of Parquet files."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.place = folder, str(folder)

    def check(self) -> None:
        """As in `Archive`."""
        files.check_place(self._folder)

    def runs(self) -> list[str]:
        """As in `Archive`."""
        if not self._folder.is_dir():
            return []
        names = (each.name for each in self._folder.iterdir() if (each / "runs.parquet").is_file())
        # what a killed collection leaves behind begins with a dot, as in `append`
        return sorted(name for name in names if not name.startswith("."))

    def read(self, run: str) -> Frames:
        """As in `Archive`."""
        if run not in self.runs():
            raise ChoiceError(what="run", value=run, choices=_some(self.runs()))
        try:
            found = {file.stem: pd.read_parquet(file) for file in sorted((self._folder / run).glob("*.parquet"))}
        except (OSError, ValueError) as error:
            raise SourceError(source=str(self._folder / run), reason="source.run_damaged") from error
        return _whole(found, str(self._folder / run))

    def append(self, run: str, frames: Frames) -> None:
        """As in `Archive`."""
        new = self._folder / token_hex(8).join(files.PART)
        try:
            new.mkdir(parents=True)
            for name, frame in frames.items():
                content = io.BytesIO()
                frame.to_parquet(content, index=False)
                (new / f"{name}.parquet").write_bytes(content.getvalue())
            new.rename(self._folder / run)
        except OSError as error:
            raise OutputError(path=str(self._folder / run), reason=files.refusal(error)) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)


class DatabaseArchive:
    """Runs as rows of the tables ``collection_<table>`` of a database, with the name of the run in the column `run`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.place = shown(address)

    def check(self) -> None:
        """As in `Archive`."""
        from sqlalchemy import Column, Integer, MetaData, Table

        with self._connected() as connection:
            trial = Table(f"{_PREFIX}{token_hex(4)}", MetaData(), Column("run", Integer))
            trial.create(connection)
            trial.drop(connection)

    def runs(self) -> list[str]:
        """As in `Archive`."""
        with self._connected() as connection:
            if not self._tables(connection):
                return []
            found = pd.read_sql_table("collection_runs", connection, columns=["run"])
        return sorted(found["run"].tolist())

    def read(self, run: str) -> Frames:
        """As in `Archive`."""
        from sqlalchemy import column, select, table

        if run not in self.runs():
            raise ChoiceError(what="run", value=run, choices=_some(self.runs()))
        found: Frames = {}
        with self._connected() as connection:
            for name in self._tables(connection):
                rows = pd.read_sql_table(name, connection).columns
                chosen: Any = select(*map(column, rows)).select_from(table(name)).where(column("run") == run)
                found[name.removeprefix(_PREFIX)] = pd.read_sql_query(chosen, connection)
        return _whole(found, self.place)

    def append(self, run: str, frames: Frames) -> None:
        """As in `Archive`."""
        with self._connected() as connection:
            for name, frame in frames.items():
                own = frame.drop(columns="run", errors="ignore")
                own.insert(0, "run", run)
                _widen(connection, f"{_PREFIX}{name}", own.columns)
                own.to_sql(f"{_PREFIX}{name}", connection, if_exists="append", index=False)

    def _tables(self, connection: Connection) -> list[str]:
        from sqlalchemy import inspect

        return [name for name in inspect(connection).get_table_names() if name.startswith(_PREFIX)]

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        from bsc_xl.dataset.database import engine_of

        engine, _ = engine_of(self._address)
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise OutputError(path=self.place, reason="source.archive_database") from error
        finally:
            engine.dispose()


def _widen(connection: Connection, table: str, columns: Iterable[str]) -> None:
    """Adds the columns that a table of an older version does not have; its rows have nothing there."""
    from sqlalchemy import Text, inspect, text

    if not inspect(connection).has_table(table):
        return
    known = {column["name"] for column in inspect(connection).get_columns(table)}
    quoted = connection.dialect.identifier_preparer.quote
    for name in columns:
        if name not in known:
            kind = Text().compile(connection.dialect)
            connection.execute(text(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {kind}"))


def _whole(found: Frames, place: str) -> Frames:
    """The tables of a run, if all are there with what they need."""
    whole = all(name in found and {*needed} <= {*found[name]} for name, needed in _NEEDED.items())
    if not whole or found["runs"].empty or not all(_has_years(found[name]) for name in ("runs", "trend")):
        raise SourceError(source=place, reason="source.run_damaged")
    return found


def _has_years(table: pd.DataFrame) -> bool:
    return bool(pd.to_numeric(table["year"], errors="coerce").notna().all())


def _some(runs: Sequence[str]) -> str:
    return ", ".join(runs[-5:]) or "-"
