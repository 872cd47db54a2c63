"""An xlwings engine over LibreOffice, for tests: xlwings' own objects, a real spreadsheet program behind them.

`start` gives an `xlwings.App`; `line` is where its calls are counted and made to fail. From the first import of this
package on, "libreoffice" is the active engine of xlwings.
"""

from __future__ import annotations

from pathlib import Path

import xlwings as xw
from xlwings.main import Engine as Registered

from uno_engine.client import ApplicationError, InjectedError, Line
from uno_engine.impl import NAME, App, Engine

__all__ = ["ApplicationError", "InjectedError", "Line", "line", "said", "start"]

xw.engines.add(Registered(impl=Engine()))
xw.engines[NAME].activate()


def start(folder: Path, language: str) -> xw.App:
    """A new LibreOffice in the locale of `language`, with `folder` (not there yet) as its profile; `quit` ends it."""
    engine = xw.engines[NAME].impl
    app = App(engine, Line(folder, language))
    engine.apps.running.append(app)
    return xw.App(impl=app)


def line(app: xw.App) -> Line:
    """The line to that LibreOffice."""
    found: Line = app.impl.line
    return found


def said(app: xw.App) -> list[str]:
    """The messages that it has shown, oldest first."""
    messages: list[str] = app.impl.said
    return messages
