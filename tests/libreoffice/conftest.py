"""LibreOffice with a workbook of a unit, as xlwings sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uno_engine
import workbooks
import xlwings as xw
from opening import Opened


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], xw.App]]:
    """A LibreOffice in the locale of a language, started when it is first asked for."""
    running: dict[str, xw.App] = {}

    def of(language: str) -> xw.App:
        if language not in running:
            running[language] = uno_engine.start(tmp_path_factory.mktemp("profile"), language)
        running[language].activate()
        return running[language]

    yield of
    for app in running.values():
        app.quit()


@pytest.fixture
def opened(offices: Callable[[str], xw.App], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The bureau's workbook; its language is Indonesian unless the test asks for another."""
    language = getattr(request, "param", "id")
    made = workbooks.make(workbooks.bureau(language).card, tmp_path / "bureau.xlsx", language=language)
    app = offices(language)
    app.status_bar = False
    uno_engine.said(app).clear()
    uno_engine.line(app).breaks_at = None
    book = app.books.open(made.path)
    book.set_mock_caller()
    yield Opened(book, made.layout)
    uno_engine.line(app).breaks_at = None
    book.close()
