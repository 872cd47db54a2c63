"""Builds the empty workbooks from their text sources: python scripts/build_template.py.

First what lies in workbook/src becomes the ribbon tab and the VBA project that every .xlsm workbook gets, then
workbook/BSC_Template.xlsm is made, and BSC_Template.xlsx for offices that allow no macros. Needs the extra `build`.
"""

import sys
from importlib.resources import files
from pathlib import Path

import _macros

from bsc_xl.cli.app import run
from bsc_xl.excel import macros

TEMPLATE = Path(__file__).resolve().parent.parent / "workbook" / "BSC_Template.xlsm"

if __name__ == "__main__":
    (_macros.SOURCES / "BscFunctions.bas").write_text(_macros.functions_module(), encoding="utf-8")
    for name, content in _macros.built().items():
        Path(str(files(macros) / name)).write_bytes(content)
    sys.exit(max(run(["template", "--out", str(path)]) for path in (TEMPLATE, TEMPLATE.with_suffix(".xlsx"))))
