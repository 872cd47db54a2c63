"""Makes what bsc_xl.excel.macros puts into a workbook out of the texts in workbook/src, the labels and bsc_xl.udf.

Needs the extra `build`: pyOpenVBA writes the VBA project, xlwings' own generator the worksheet functions.
"""

from __future__ import annotations

import importlib
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import pyopenvba

from bsc_xl.excel import layout, template
from bsc_xl.excel.macros import PROJECT, tab
from bsc_xl.labels import DEFAULT, LANGUAGES, load
from bsc_xl.ooxml import package

SOURCES = Path(__file__).resolve().parent.parent / "workbook" / "src"
MODULES = ("BscRibbon", "BscFunctions")
FUNCTIONS = "bsc_xl.udf"
QUARTERS = 4
CUSTOM_UI = "http://schemas.microsoft.com/office/2006/01/customui"


def built() -> dict[str, bytes]:
    """The files beside bsc_xl.excel.macros by name."""
    return {PROJECT: vba_project()} | {tab(language): ribbon_tab(language) for language in LANGUAGES}


def functions_module() -> str:
    """BscFunctions.bas: its head, and below it what xlwings' generator gives for the worksheet functions."""
    head, mark, _ = (SOURCES / "BscFunctions.bas").read_text(encoding="utf-8").partition("' --- generated")
    rule = mark + " by xlwings from bsc_xl/udf.py; scripts/build_template.py writes everything below this line\n\n"
    return head + rule + "\n".join(line.rstrip() for line in generated_functions().splitlines()).rstrip() + "\n"


def generated_functions() -> str:
    """The VBA functions as xlwings would import them into a workbook on Windows."""
    text = io.StringIO()
    with xlwings_as_on_windows() as (udfs, functions):
        udfs.generate_vba_wrapper(FUNCTIONS, functions, text, SimpleNamespace(Name="BSC_Template.xlsm"))
    return text.getvalue()


@contextmanager
def xlwings_as_on_windows() -> Iterator[tuple[Any, ModuleType]]:
    """xlwings.udfs and bsc_xl.udf as they are on Windows, where the decorators of xlwings do something.

    xlwings.udfs needs pywin32 to be imported, not to generate; both modules are as before afterwards.
    """
    import xlwings

    windows = ("pythoncom", "pywintypes", "win32com", "win32com.client")
    stubs: dict[str, Any] = {name: ModuleType(name) for name in windows}
    stubs["pythoncom"].CoInitialize = None
    stubs["win32com.client"].Dispatch = None
    with patch.dict(sys.modules, stubs):
        sys.modules.pop(FUNCTIONS, None)
        udfs = importlib.import_module("xlwings.udfs")
        with patch.multiple(xlwings, func=udfs.xlfunc, arg=udfs.xlarg):
            yield udfs, importlib.import_module(FUNCTIONS)


def vba_project() -> bytes:
    """The VBA project: a document module for the workbook and each sheet, and the modules of workbook/src.

    The document modules take the code names of a drawn workbook; they hold no code.
    """
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "drawn.xlsm"
        drawn.write_bytes(template.draw(layout.empty(DEFAULT, QUARTERS)))
        with pyopenvba.ExcelFile(drawn) as book:
            project = book.add_vba_project()
            for name in MODULES:
                source = (SOURCES / f"{name}.bas").read_text(encoding="utf-8")
                project.add_module(name, source.replace("\n", "\r\n"))
            book.save()
        return package.read(drawn.read_bytes())[f"xl/{PROJECT}"]


def ribbon_tab(language: str) -> bytes:
    """ribbon.xml with the texts of that language: labels of everything, explanations of the buttons."""
    labels = load(language)
    ElementTree.register_namespace("", CUSTOM_UI)
    root = ElementTree.fromstring((SOURCES / "ribbon.xml").read_text(encoding="utf-8"))  # noqa: S314 - our own file
    for element in root.iter():
        for text in ("label", "screentip", "supertip"):
            key = f"ribbon_tab.{element.get('id')}.{text}"
            if key in labels:
                element.set(text, labels(key))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
