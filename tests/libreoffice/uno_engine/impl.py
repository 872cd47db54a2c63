"""What xlwings calls an engine, for LibreOffice: its classes with the behaviour that xlwings has with Excel on Windows.

Only what a live adapter uses is there; everything else raises `NotImplementedError`, as xlwings' base classes do.
`api` gives objects with the names that Excel's own object model has, as far as they are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import xlwings as xw
from xlwings import base_classes as base

from uno_engine.cells import Range, at_of
from uno_engine.client import Line
from uno_engine.objects import AppApi, SheetApi

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's clock has no time zone
NAME = "libreoffice"


class Engine:
    """The engine as xlwings registers it."""

    name = NAME
    type = "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any) -> Any:
        """A value as it goes out: None and NaN empty a cell, dates are serial numbers."""
        if x is None or (isinstance(x, float) and x != x):
            return ""
        if isinstance(x, datetime):
            return (x - EPOCH) / timedelta(days=1)
        return x

    @staticmethod
    def clean_value_data(
        data: Any, dates: Callable[..., Any], empty: Any, numbers: Callable[[float], Any] | None, err_to_str: bool
    ) -> list[list[Any]]:
        """Values as they come in: a formula that shows nothing is `empty` too, errors are None unless asked for."""

        def cleaned(value: Any) -> Any:
            match value:
                case None | "":
                    return empty
                case {"error": error}:
                    return error if err_to_str else None
                case {"date": serial}:
                    at = EPOCH + timedelta(milliseconds=round(serial * 86_400_000))
                    parts = {part: getattr(at, part) for part in ("year", "month", "day", "hour", "minute", "second")}
                    return dates(**parts, microsecond=at.microsecond, tzinfo=None)
                case float() if numbers is not None:
                    return numbers(value)
                case _:
                    return value

        return [[cleaned(value) for value in row] for row in data]


class Apps(base.Apps):
    """The LibreOffices that tests have started."""

    def __init__(self) -> None:
        self.running: list[App] = []

    def keys(self) -> list[int]:
        return [app.pid for app in self.running]

    def __iter__(self) -> Iterator[App]:
        return iter(self.running)

    def __len__(self) -> int:
        return len(self.running)

    def __getitem__(self, pid: int) -> App:
        return next(app for app in self.running if app.pid == pid)

    @staticmethod
    def cleanup() -> None:
        """Nothing is left behind."""


def _setting(name: str) -> property:
    return property(lambda self: self.line.ask("get", name), lambda self, value: self.line.ask("set", name, value))


class App(base.App):
    """One running LibreOffice. `said` are the messages that it has shown, `api` answers for a person at the window."""

    def __init__(self, engine: Engine, line: Line) -> None:
        self.engine = engine
        self.line = line
        self.said: list[str] = []
        self._api = AppApi(self)

    @property
    def api(self) -> AppApi:
        return self._api

    screen_updating = _setting("screen_updating")
    enable_events = _setting("enable_events")
    display_alerts = _setting("display_alerts")
    interactive = _setting("interactive")
    visible = _setting("visible")
    status_bar = _setting("status_bar")
    cut_copy_mode = _setting("cut_copy_mode")

    @property
    def pid(self) -> int:
        return self.line.pid

    @property
    def version(self) -> str:
        return "16.0"

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Range:
        book = self.books.active
        title, at = self.line.ask("selection", book.name)
        return Range(Sheet(book, title), at)

    @property
    def calculation(self) -> str:
        mode: str = self.line.ask("calculation")
        return mode

    @calculation.setter
    def calculation(self, value: str) -> None:
        self.line.ask("set_calculation", self.books.active.name, value)

    def calculate(self) -> None:
        self.line.ask("calculate", self.books.active.name)

    def activate(self, steal_focus: bool = False) -> None:
        """The active application is the first of the list."""
        running = self.engine.apps.running
        running.insert(0, running.pop(running.index(self)))

    def alert(self, prompt: str, title: str | None, buttons: str, mode: str | None, callback: str | None) -> Any:
        self.said.append(prompt)
        return self.line.ask("alert", prompt, title, buttons)

    def quit(self) -> None:
        self.line.close()
        self.engine.apps.running.remove(self)


class Books(base.Books):
    """The open workbooks."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def active(self) -> Book:
        return next(iter(self))

    def __call__(self, name_or_index: str | int) -> Book:
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        if name_or_index not in self.app.line.ask("books"):
            raise KeyError(name_or_index)
        return Book(self.app, name_or_index)

    def __len__(self) -> int:
        return len(self.app.line.ask("books"))

    def __iter__(self) -> Iterator[Book]:
        return (Book(self.app, name) for name in self.app.line.ask("books"))

    def open(self, fullname: str, *options: Any, **more: Any) -> Book:
        return Book(self.app, self.app.line.ask("open", fullname))


class Book(base.Book):
    """An open workbook, known by its file name."""

    def __init__(self, app: App, name: str) -> None:
        self._app, self._name = app, name

    def ask(self, what: str, *arguments: Any) -> Any:
        """The answer to a request about this workbook."""
        return self._app.line.ask(what, self._name, *arguments)

    @property
    def app(self) -> App:
        return self._app

    @property
    def name(self) -> str:
        return self._name

    @property
    def fullname(self) -> str:
        path: str = self.ask("fullname")
        return path

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    def activate(self) -> None:
        self.ask("activate_book")

    def save(self, path: str | None = None, password: str | None = None) -> None:
        self.ask("save", path)

    def close(self) -> None:
        self.ask("close")

    def to_pdf(self, path: str, quality: str) -> None:
        self.ask("to_pdf", path)


class Sheets(base.Sheets):
    """The sheets of a workbook, by title or by place from 1."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.ask("active_sheet"))

    def __call__(self, name_or_index: str | int) -> Sheet:
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        return Sheet(self.book, name_or_index)

    def __len__(self) -> int:
        return len(self.book.ask("sheets"))

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, title) for title in self.book.ask("sheets"))


class Sheet(base.Sheet):
    """A sheet, known by its title."""

    def __init__(self, book: Book, title: str) -> None:
        self._book, self._title = book, title

    def ask(self, what: str, *arguments: Any) -> Any:
        """The answer to a request about this sheet."""
        return self._book.ask(what, self._title, *arguments)

    @property
    def api(self) -> SheetApi:
        return SheetApi(self)

    @property
    def book(self) -> Book:
        return self._book

    @property
    def name(self) -> str:
        return self._title

    @name.setter
    def name(self, value: str) -> None:
        self.ask("rename", value)
        self._title = value

    @property
    def index(self) -> int:
        titles: list[str] = self._book.ask("sheets")
        return titles.index(self._title) + 1

    @property
    def visible(self) -> bool:
        there: bool = self.ask("sheet_visible")
        return there

    @visible.setter
    def visible(self, value: bool) -> None:
        self.ask("set_sheet_visible", value)

    @property
    def page_setup(self) -> PageSetup:
        return PageSetup(self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def used_range(self) -> Range:
        return Range(self, (1, 1, *self.ask("used_range")))

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, str):
            return Range(self, at_of(arg1))
        first = arg1.at if isinstance(arg1, Range) else arg1
        if arg2 is None:
            height, width = first[2:] or (1, 1)
            return Range(self, (*first[:2], first[0] + height - 1, first[1] + width - 1))
        last = arg2.at[2:] if isinstance(arg2, Range) else arg2
        return Range(self, (*first[:2], *last))

    def activate(self) -> None:
        self.ask("activate")

    select = activate

    def delete(self) -> None:
        self.ask("delete_sheet")


class PageSetup(base.PageSetup):
    """How a sheet is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def print_area(self) -> str | None:
        areas = self._sheet.ask("print_areas")
        return ",".join(Range(self._sheet, at).address for at in areas) or None

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        self._sheet.ask("set_print_areas", [at_of(area.replace("$", "")) for area in (value or "").split(",") if area])


class Names(base.Names):
    """The defined names of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def __call__(self, name_or_index: str | int) -> Name:
        if isinstance(name_or_index, int):
            return Name(self.book, self.book.ask("names")[name_or_index - 1])
        return Name(self.book, name_or_index)

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name, Name(self.book, name)) for name in self.book.ask("names")]

    def contains(self, name_or_index: str) -> bool:
        return name_or_index.casefold() in {name.casefold() for name in self.book.ask("names")}

    def __len__(self) -> int:
        return len(self.book.ask("names"))


class Name(base.Name):
    """A defined name."""

    def __init__(self, book: Book, name: str) -> None:
        self._book, self._name = book, name

    @property
    def name(self) -> str:
        return self._name

    @property
    def refers_to(self) -> str:
        formula: str = self._book.ask("refers_to", self._name)
        return formula

    @property
    def refers_to_range(self) -> Range:
        title, at = self._book.ask("referred_range", self._name)
        return Range(Sheet(self._book, title), at)


class Tables(base.Tables):
    """The tables of a sheet, by name."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def __call__(self, name_or_index: str) -> Table:
        return Table(self.sheet, name_or_index)


class Table(base.Table):
    """A table, known by its name."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self._sheet, self._name = sheet, name

    @property
    def name(self) -> str:
        return self._name

    @property
    def range(self) -> Range:
        title, at = self._sheet.book.ask("tables")[self._name]
        return Range(Sheet(self._sheet.book, title), at)

    def resize(self, cells: xw.Range) -> None:
        self._sheet.book.ask("resize_table", self._name, cells.impl.at)
