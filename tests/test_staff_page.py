"""The page for staff says what is on the screen: every button, every message and every command, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bsc_xl import labels
from bsc_xl.cli.commands import COMMANDS
from bsc_xl.errors import BscError, OutputError, SourceError

ROOT = Path(__file__).resolve().parent.parent
CUSTOM_UI = "{http://schemas.microsoft.com/office/2006/01/customui}"
MESSAGES = ("action.", "error.reason.action.", "macros.")
"""The sections of labels whose texts reach staff through a button."""
REFUSING = {
    "excel/live.py": r'reason="(source\.\w+)"',
    "excel/reading.py": r'reason="(source\.\w+)"',
    "files.py": r'(?:return|else|reason=) ?"(\w+)"',
}
"""Where a button refuses a workbook, or to write a file, and how the reasons stand there."""

pytestmark = pytest.mark.parametrize("language", labels.LANGUAGES)


def page(language: str) -> str:
    return (ROOT / "workbook" / "notes" / f"ribbon.{language}.md").read_text(encoding="utf-8")


def errors() -> Iterator[BscError]:
    """Every error that a button tells, but for those of its own; names and numbers are left open."""
    named = dict.fromkeys(("source", "path", "sheet", "version", "expected"), "…")
    for module, reason in REFUSING.items():
        reasons = re.findall(reason, (ROOT / "bsc_xl" / module).read_text(encoding="utf-8"))
        assert len(reasons) >= (5 if module == "files.py" else 1)
        kind = OutputError if module == "files.py" else SourceError
        yield from (kind(**named | {"reason": each}) for each in reasons)


def rows(language: str) -> list[list[str]]:
    """The cells of every row of every table, headings and rules included."""
    lines = re.findall(r"^\| (.*) \|$", page(language), flags=re.MULTILINE)
    return [line.split(" | ") for line in lines]


def test_the_tab_is_described_button_by_button_in_its_order(language: str) -> None:
    words = labels.load(language)
    tab = ElementTree.parse(ROOT / "workbook" / "src" / "ribbon.xml")
    expected = [
        [
            words(f"ribbon_tab.{group.get('id')}.label"),
            f"**{words(f'ribbon_tab.{id_}.label')}**",
            words(f"ribbon_tab.{id_}.supertip"),
        ]
        for group in tab.iter(f"{CUSTOM_UI}group")
        for id_ in (button.get("id") for button in group.iter(f"{CUSTOM_UI}button"))
    ]
    assert expected
    described = [cells for cells in rows(language) if len(cells) == 3]
    assert described[2:] == expected  # below the heading and its rule


def test_every_message_of_a_button_is_explained_and_none_that_is_gone(language: str) -> None:
    words = labels.load(language)
    messages = {re.sub(r"\{\w+\}", "…", words(key)) for key in sorted(words.keys()) if key.startswith(MESSAGES)}
    messages |= {words.error(error) for error in errors()} | {words("error.unexpected", kind="…", text="…")}
    heading = {"en": "message", "id": "pesan"}[language]
    every = rows(language)
    first = next(number for number, cells in enumerate(every) if cells[0] == heading) + 2
    explained = {cells[0] for cells in every[first : first + len(messages)] if len(cells) == 2 and cells[1].strip()}
    assert messages
    assert explained ^ messages == set()


def test_every_command_on_the_page_exists(language: str) -> None:
    named = set(re.findall(r"`bsc-xl (\w+)", page(language)))
    assert {"install", "doctor"} <= named <= set(COMMANDS)


def test_both_languages_have_the_same_tables_and_steps(language: str) -> None:
    other = next(each for each in labels.LANGUAGES if each != language)
    assert [len(cells) for cells in rows(language)] == [len(cells) for cells in rows(other)]
    assert len(re.findall(r"^\d\. ", page(language), re.MULTILINE)) == len(
        re.findall(r"^\d\. ", page(other), re.MULTILINE)
    )
    assert f"(ribbon.{other}.md)" in page(language)
