"""Puts the ribbon tab and the VBA project into a drawn workbook, which thereby becomes an .xlsm workbook.

What it puts in lies beside this file, built from the texts in workbook/src by scripts/build_template.py, so that nobody
who generates workbooks needs the tools for that: one VBA project for every language, and a tab for each. The texts that
VBA shows stand in the workbook as hidden names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

from bsc_xl.labels import load

PROJECT = "vbaProject.bin"
"""The VBA project, beside this file and in a workbook's folder ``xl``."""

WORDINGS = ("no_addin", "no_python", "no_function")
"""Labels of the section [macros] that VBA shows."""


def tab(language: str) -> str:
    """The name of the file that holds the ribbon tab in that language."""
    return f"ribbon.{language}.xml"


def add(parts: Mapping[str, bytes], language: str) -> dict[str, bytes]:
    """The parts of the drawn workbook with ribbon tab and VBA project in that language.

    The code names of the drawing are those of the project's document modules; a test says so.
    """
    added = dict(parts)

    def put(part: str, old: bytes, new: bytes) -> None:
        assert added[part].count(old) == 1, old
        added[part] = added[part].replace(old, new)

    put("[Content_Types].xml", _WORKBOOK, _WITH_MACROS)
    put("[Content_Types].xml", b"</Types>", _PROJECT_TYPE + b"</Types>")
    put("_rels/.rels", b"</Relationships>", _TAB_RELATION + b"</Relationships>")
    put("xl/_rels/workbook.xml.rels", b"</Relationships>", _PROJECT_RELATION + b"</Relationships>")
    texts = {"language": language} | {key: load(language)(f"macros.{key}") for key in WORDINGS}
    names = b"".join(_name(key, text) for key, text in texts.items())
    put("xl/workbook.xml", b"</definedNames>", names + b"</definedNames>")
    return added | {"customUI/customUI.xml": _built(tab(language)), f"xl/{PROJECT}": _built(PROJECT)}


@cache
def _built(name: str) -> bytes:
    return (files(__name__) / name).read_bytes()


def _name(key: str, text: str) -> bytes:
    """A hidden name that holds a text, as `Wording` in BscRibbon.bas reads it."""
    constant = '"' + text.replace('"', '""') + '"'
    return f'<definedName name="bsc_text_{key}" hidden="1">{escape(constant)}</definedName>'.encode()


_OFFICE = "http://schemas.microsoft.com/office/2006/relationships"
_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WITH_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_PROJECT_TYPE = f'<Override PartName="/xl/{PROJECT}" ContentType="application/vnd.ms-office.vbaProject"/>'.encode()
_PROJECT_RELATION = f'<Relationship Id="vbaProject" Type="{_OFFICE}/vbaProject" Target="{PROJECT}"/>'.encode()
_TAB_RELATION = (
    f'<Relationship Id="ribbonTab" Type="{_OFFICE}/ui/extensibility" Target="customUI/customUI.xml"/>'.encode()
)
