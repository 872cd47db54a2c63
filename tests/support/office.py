"""A running LibreOffice for tests that type, as `tests/libreoffice/person.py` has it: one start, many workbooks."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.plan import Write

SYSTEM_PYTHON = Path("/usr/bin/python3")
PERSON = Path(__file__).resolve().parent.parent / "libreoffice" / "person.py"
LOCALES = {"id": "id-ID", "en": "en-US"}
_DECIMAL_MARKS = {"id": ",", "en": "."}

Entry = tuple[Ref, str | None]
"""A cell and what is typed into it; None is the delete key."""


class Office:
    """One LibreOffice in the locale of `language`, with `folder` as its profile; use it as a context manager.

    One workbook is open at a time, and its macros may run. What LibreOffice refuses to do at all is a RuntimeError;
    what it refuses to enter into a locked cell is refused silently, as on the screen.
    """

    def __init__(self, folder: Path, language: str) -> None:
        profile(folder, language)
        self.language = language
        self._complaints = folder / "complaints.txt"
        with self._complaints.open("w", encoding="utf-8") as complaints:
            self._process = subprocess.Popen(
                [SYSTEM_PYTHON, PERSON, folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                encoding="utf-8",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End it: it goes when its input ends."""
        self._process.communicate()

    def open(self, path: Path) -> None:
        """Open a workbook, and close the one before without saving it."""
        self._ask("open", str(path))

    def type(self, shape: Layout, entries: Iterable[Entry]) -> None:
        """Type into cells of the open workbook, one after the other, as at the keyboard."""
        self._ask("type", [[shape.title(ref.sheet), ref.cell, text] for ref, text in entries])

    def formulas(self, shape: Layout, refs: Sequence[Ref]) -> list[str]:
        """What the formula bar shows at each cell."""
        shown: list[str] = self._ask("formulas", [[shape.title(ref.sheet), ref.cell] for ref in refs])
        return shown

    def run(self, function: str, *arguments: Any) -> Any:
        """What a function of the open workbook's VBA project returns: ``run("BscRibbon.PythonStatement", "about")``."""
        return self._ask("run", function, arguments)

    def sheets_with_invalid_entries(self) -> list[str]:
        """The titles of the sheets on which an entry breaks the validation of its cell."""
        titles: list[str] = self._ask("invalid")
        return titles

    def insert_rows(self, shape: Layout, sheet: str, row: int, count: int = 1) -> None:
        """Insert rows above `row` of a sheet, as somebody does who takes its protection off; it stays off."""
        self._ask("unprotect", shape.title(sheet))
        self._ask("insert_rows", shape.title(sheet), row, count)

    def save(self, path: Path) -> Path:
        """Save the open workbook, as it is now, as .xlsx or .pdf."""
        self._ask("save", str(path))
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

    def _ask(self, what: str, *arguments: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = ""
        if self._process.poll() is None:
            print(json.dumps({"do": what, "with": arguments}), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        if not line:
            complaints = self._complaints.read_text(encoding="utf-8")
            pytest.fail(f"LibreOffice cannot be used (python scripts/test.py brings it): {complaints}", pytrace=False)
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(f"{what}: {answer['failed']}")
        return answer["done"]


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


def profile(folder: Path, language: str) -> None:
    """Make `folder` the profile of a LibreOffice in the locale of `language`."""
    settings = folder / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_LOCALE.format(locale=LOCALES[language]), encoding="utf-8")


_LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Setup/L10N">
    <prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop>
  </item>
  <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
    <prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop>
  </item>
</oor:items>
"""
