"""A running LibreOffice for tests that type, as `tests/libreoffice/person.py` has it: one start, many workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conversation import Conversation

from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.plan import Write

PERSON = Path(__file__).resolve().parent.parent / "libreoffice" / "person.py"
_DECIMAL_MARKS = {"id": ",", "en": "."}

Entry = tuple[Ref, str | None]
"""A cell and what is typed into it; None is the delete key."""


class Office:
    """One LibreOffice in the locale of `language`, with `folder` as its profile; use it as a context manager.

    One workbook is open at a time, and its macros may run. What LibreOffice refuses to do at all is a RuntimeError;
    what it refuses to enter into a locked cell is refused silently, as on the screen.
    """

    def __init__(self, folder: Path, language: str) -> None:
        self.language = language
        self._conversation = Conversation(PERSON, folder, language, RuntimeError)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End it."""
        self._conversation.close()

    def open(self, path: Path) -> None:
        """Open a workbook, and close the one before without saving it."""
        self._conversation.ask("open", str(path))

    def type(self, shape: Layout, entries: Iterable[Entry]) -> None:
        """Type into cells of the open workbook, one after the other, as at the keyboard."""
        self._conversation.ask("type", [[shape.title(ref.sheet), ref.cell, text] for ref, text in entries])

    def formulas(self, shape: Layout, refs: Sequence[Ref]) -> list[str]:
        """What the formula bar shows at each cell."""
        shown: list[str] = self._conversation.ask("formulas", [[shape.title(ref.sheet), ref.cell] for ref in refs])
        return shown

    def run(self, function: str, *arguments: Any) -> Any:
        """What a function of the open workbook's VBA project returns: ``run("BscRibbon.PythonStatement", "about")``."""
        return self._conversation.ask("run", function, arguments)

    def sheets_with_invalid_entries(self) -> list[str]:
        """The titles of the sheets on which an entry breaks the validation of its cell."""
        titles: list[str] = self._conversation.ask("invalid")
        return titles

    def insert_rows(self, shape: Layout, sheet: str, row: int, count: int = 1) -> None:
        """Insert rows above `row` of a sheet, as somebody does who takes its protection off; it stays off."""
        self._conversation.ask("unprotect", shape.title(sheet))
        self._conversation.ask("insert_rows", shape.title(sheet), row, count)

    def save(self, path: Path) -> Path:
        """Save the open workbook, as it is now, as .xlsx or .pdf."""
        self._conversation.ask("save", str(path))
        assert path.exists(), f"no {path.name}"
        return path

    def typed(self, value: Any) -> str | None:
        """A value as people type it where numbers look as in this office's language."""
        if value is None or isinstance(value, str):
            return value
        text = repr(value).removesuffix(".0")
        return text.replace(".", _DECIMAL_MARKS[self.language])

    def entries(self, writes: Iterable[Write]) -> list[Entry]:
        """Planned inputs as entries."""
        return [(write.ref, self.typed(write.value)) for write in writes]


class Offices(ExitStack):
    """A LibreOffice for each language, started when it is first asked for; they end together."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        super().__init__()
        self._folder = folder
        self._running: dict[str, Office] = {}

    def __call__(self, language: str) -> Office:
        """The running LibreOffice of that language."""
        if language not in self._running:
            self._running[language] = self.enter_context(Office(self._folder(f"office_{language}"), language))
        return self._running[language]
