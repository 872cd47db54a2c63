"""Puts the ribbon tab and the VBA project into a drawn workbook, which thereby becomes an .xlsm workbook.

What it puts in lies beside this file, built from the texts in workbook/src by scripts/build_template.py, so that nobody
who generates workbooks needs the tools for that: one VBA project for every language, and a tab for each. The texts that
VBA shows stand in the workbook as hidden names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from xml.sax.saxutils import escape

from bsc_xl.labels import load

PROJECT = "vbaProject.bin"
"""The VBA project, beside this file and in a workbook's folder ``xl``."""

WORDINGS = ("no_addin", "no_python", "no_function")
"""Labels of the section [macros] that VBA shows."""

_OFFICE = "http://schemas.microsoft.com/office/2006"
_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WITH_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


class _Addition(NamedTuple):
    """A text that goes in front of the end tag of the root, or of another element, of a part."""

    part: str
    before: bytes
    text: str


def tab(language: str) -> str:
    """The name of the file that holds the ribbon tab in that language."""
    return f"ribbon.{language}.xml"


def add(parts: Mapping[str, bytes], language: str) -> dict[str, bytes]:
    """The parts of the drawn workbook with ribbon tab and VBA project in that language.

    The code names of the drawing are those of the project's document modules; a test says so.
    """
    names = {"language": language} | {key: load(language)(f"macros.{key}") for key in WORDINGS}
    additions = (
        _Addition("[Content_Types].xml", b"</Types>", _PROJECT_TYPE),
        _Addition("_rels/.rels", b"</Relationships>", _TAB_RELATION),
        _Addition("xl/_rels/workbook.xml.rels", b"</Relationships>", _PROJECT_RELATION),
        _Addition("xl/workbook.xml", b"</definedNames>", "".join(_name(key, text) for key, text in names.items())),
    )
    added = dict(parts)
    added["[Content_Types].xml"] = _replaced(added["[Content_Types].xml"], _WORKBOOK, _WITH_MACROS)
    for part, before, text in additions:
        added[part] = _replaced(added[part], before, text.encode() + before)
    return added | {"customUI/customUI.xml": _built(tab(language)), f"xl/{PROJECT}": _built(PROJECT)}


@cache
def _built(name: str) -> bytes:
    return (files(__name__) / name).read_bytes()


def _replaced(part: bytes, old: bytes, new: bytes) -> bytes:
    assert part.count(old) == 1, old
    return part.replace(old, new)


def _name(key: str, text: str) -> str:
    """A hidden name that holds a text, as `Wording` in BscRibbon.bas reads it."""
    return f'<definedName name="bsc_text_{key}" hidden="1">"{escape(text.replace(chr(34), chr(34) * 2))}"</definedName>'


_PROJECT_TYPE = f'<Override PartName="/xl/{PROJECT}" ContentType="application/vnd.ms-office.vbaProject"/>'
_TAB_RELATION = (
    f'<Relationship Id="ribbonTab" Type="{_OFFICE}/relationships/ui/extensibility" Target="customUI/customUI.xml"/>'
)
_PROJECT_RELATION = f'<Relationship Id="vbaProject" Type="{_OFFICE}/relationships/vbaProject" Target="{PROJECT}"/>'
