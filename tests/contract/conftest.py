"""The adapters under contract, each opened on a workbook that was just made.

To put another one under the contract, write a class like these and add it to `ADAPTERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
import workbooks
from memory import MemoryBook

from bsc_xl.excel.file import FileBook, open_book
from bsc_xl.excel.port import Book


class Subject(Protocol):
    """One workbook behind an adapter. `calculates`: the program behind it computes results by itself. `times`: a time
    is written, also where nothing else would change."""

    calculates: bool
    times: bool

    def book(self) -> Book:
        """The workbook, opened anew: what was written must show in what is read."""


class InMemory:
    calculates = False
    times = True

    def __init__(self, made: workbooks.Made) -> None:
        self._book = MemoryBook(made.layout, made.writes)

    def book(self) -> Book:
        return self._book


class ClosedFile:
    calculates = False
    times = False

    def __init__(self, made: workbooks.Made) -> None:
        self._path = made.path
        self._open: FileBook | None = None

    def book(self) -> Book:
        if self._open is not None:
            self._open.save()
        self._open = open_book(self._path)
        return self._open


class Live:
    """In LibreOffice, through xlwings."""

    calculates = True
    times = True

    def __init__(self, made: workbooks.Made, app: object) -> None:
        self._book = app.books.open(made.path)  # type: ignore[attr-defined]

    def book(self) -> Book:
        from bsc_xl.excel.live import LiveBook

        return LiveBook(self._book)

    def close(self) -> None:
        self._book.close()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], object]]:
    """LibreOffice behind xlwings, started when it is first asked for."""
    started: list[object] = []

    def app() -> object:
        if not started:
            import uno_engine

            started.append(uno_engine.start(tmp_path_factory.mktemp("office"), "id"))
        return started[0]

    yield app
    for each in started:
        each.quit()  # type: ignore[attr-defined]


ADAPTERS = ("memory", "file", pytest.param("live", marks=pytest.mark.slow))


@pytest.fixture
def made(tmp_path: Path) -> workbooks.Made:
    """The bureau's workbook."""
    return workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")


@pytest.fixture(params=ADAPTERS)
def subject(request: pytest.FixtureRequest, made: workbooks.Made, office: Callable[[], object]) -> Iterator[Subject]:
    """The workbook behind each adapter."""
    if request.param == "memory":
        yield InMemory(made)
    elif request.param == "file":
        yield ClosedFile(made)
    else:
        live = Live(made, office())
        yield live
        live.close()
