"""A data set as tables of a database, through SQLAlchemy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_xl.dataset.plain import PlainColumn
from bsc_xl.errors import MissingExtraError, OutputError, SourceError
from bsc_xl.tables import RawTables
from bsc_xl.tables.columns import COLUMNS, heading
from bsc_xl.tables.sheet import typed_styles

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_BATCH = 50_000


def read(address: str) -> RawTables:
    """The tables and views of the database that are named like those of a data set, rows in the order of their primary
    key. Values are taken as the driver gives them, whatever type a column was declared with: a declared type would
    round numbers, and fail on an N/A."""
    engine, shown = engine_of(address)
    from sqlalchemy.exc import SQLAlchemyError

    if not _exists(engine):
        raise SourceError(source=shown, reason="source.not_found")
    try:
        with engine.connect() as connection:
            names = _names(connection, views=True)
            frames = {heading(name): _frame(connection, name) for name in names}
    except SQLAlchemyError as error:
        raise SourceError(source=shown, reason="source.database") from error
    finally:
        engine.dispose()
    if not frames:
        raise SourceError(source=shown, reason="source.no_tables")
    if len(frames) < len(names):
        raise SourceError(source=shown, reason="source.two_tables")
    return RawTables(frames, styles=typed_styles(frames))


def write(tables: dict[str, list[PlainColumn]], address: str, overwrite: bool) -> None:
    """Writes all tables in one transaction: after a failure the database is as it was before."""
    engine, shown = engine_of(address)
    from sqlalchemy import MetaData, Table
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.begin() as connection:
            former = _names(connection)
            if former and not overwrite:
                raise OutputError(path=shown, reason="source.exists")
            for name in former:
                Table(name, MetaData()).drop(connection)
            for table, columns in tables.items():
                _insert(connection, table, columns)
    except SQLAlchemyError as error:
        raise OutputError(path=shown, reason="source.database") from error
    finally:
        engine.dispose()


def engine_of(address: str) -> tuple[Engine, str]:
    """The engine, and the address as it may be shown: without the password."""
    try:
        from sqlalchemy import create_engine, event, make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    except ModuleNotFoundError as error:
        raise MissingExtraError(package="SQLAlchemy", extra="sql") from error
    try:
        url = make_url(address)
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # The address cannot be taken apart, so a password in it cannot be told from the rest.
        raise SourceError(source=address.partition("://")[0], reason="source.database") from error
    except ModuleNotFoundError as error:
        raise MissingExtraError(package=error.name or url.drivername, extra="sql") from error
    if engine.dialect.name == "sqlite":
        # Left alone, Python's sqlite3 begins a transaction only at the first INSERT, after tables have been dropped.
        event.listen(engine, "connect", _leave_transactions_to_sqlalchemy)
        event.listen(engine, "begin", _begin)
    return engine, url.render_as_string(hide_password=True)


def _leave_transactions_to_sqlalchemy(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _exists(engine: Engine) -> bool:
    # SQLite makes an empty file for a name that does not exist; a misspelt name must not leave one behind.
    file = engine.url.database
    return engine.dialect.name != "sqlite" or not file or file == ":memory:" or Path(file).is_file()


def _names(connection: Connection, views: bool = False) -> list[str]:
    from sqlalchemy import inspect

    inspector = inspect(connection)
    names = inspector.get_table_names() + (inspector.get_view_names() if views else [])
    return [name for name in names if heading(name) in COLUMNS]


def _frame(connection: Connection, name: str) -> pd.DataFrame:
    from sqlalchemy import case, column, inspect, select, table

    inspector = inspect(connection)
    names = [str(found["name"]) for found in inspector.get_columns(name)]
    known = {each.name for each in COLUMNS[heading(name)]}
    # Untyped, so that nothing is converted. Of a column that is not known comes only whether it holds anything: enough
    # to advise against a misspelt heading, and whatever else the table keeps cannot fail.
    chosen = [
        column(each) if heading(each) in known else case((column(each).is_not(None), 1)).label(f"filled_{place}")
        for place, each in enumerate(names)
    ]
    key = inspector.get_pk_constraint(name)["constrained_columns"]
    rows = connection.execute(select(*chosen).select_from(table(name)).order_by(*map(column, key))).all()
    columns = {place: pd.Series([row[place] for row in rows], dtype=object) for place in range(len(names))}
    return pd.DataFrame(columns).set_axis(pd.Index(names, dtype=object), axis=1)


def _insert(connection: Connection, name: str, columns: list[PlainColumn]) -> None:
    from sqlalchemy import BigInteger, Column, Double, MetaData, Table, Text

    types: dict[type, Any] = {int: BigInteger(), float: Double(), str: Text()}
    typed = [(column.name, *column.one_type()) for column in columns]
    table = Table(name, MetaData(), *(Column(heading, types[kind]) for heading, kind, _ in typed))
    table.create(connection)
    rows = list(zip(*(values for _, _, values in typed), strict=True))
    names = [heading for heading, _, _ in typed]
    for first in range(0, len(rows), _BATCH):
        batch = [dict(zip(names, row, strict=True)) for row in rows[first : first + _BATCH]]
        connection.execute(table.insert(), batch)
