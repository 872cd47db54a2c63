"""The buttons' module: what Excel imports at every press, and that each button has its function."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from bsc_xl import ribbon

BUTTON = "{http://schemas.microsoft.com/office/2006/01/customui}button"


def test_every_button_has_a_function_of_its_id_that_takes_nothing(project_root: Path) -> None:
    tab = ElementTree.parse(project_root / "workbook" / "src" / "ribbon.xml")
    ids = {button.attrib["id"] for button in tab.iter(BUTTON)}
    public = {
        name: function
        for name, function in inspect.getmembers(ribbon, inspect.isfunction)
        if function.__module__ == ribbon.__name__ and not name.startswith("_")
    }
    assert public.keys() == ids
    assert [name for name, function in public.items() if inspect.signature(function).parameters] == []


def test_importing_the_buttons_imports_nothing_else_of_ours() -> None:
    code = "import json, sys, bsc_xl.ribbon; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = json.loads(done.stdout)
    assert [name for name in modules if name.partition(".")[0] == "bsc_xl"] == ["bsc_xl", "bsc_xl.ribbon"]
    assert {"pandas", "xlwings", "numpy"}.isdisjoint(modules)
