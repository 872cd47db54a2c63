"""The xlwings add-in: where Excel looks for it, and the settings that tell it which Python to start.

The settings file has one line for each setting, ``"NAME","value"``; the add-in takes the first line with the name,
whatever its case, and reads the file in the system's own encoding.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path

from bsc_xl.computer import Computer, System
from bsc_xl.errors import SetupError

ADDIN = "xlwings.xlam"
SETTINGS = "xlwings.conf"
SEARCH_BESIDE_WORKBOOK = "ADD_WORKBOOK_TO_PYTHONPATH"
"""Whether the add-in lets Python look for modules beside the workbook. It then needs to know the workbook's folder,
which it does not where Excel knows a web address only. Our code is installed and needs no such search."""
CONDA = ("CONDA PATH", "CONDA ENV")

_LINE = re.compile(r'\s*"?([^",]*)"?\s*,\s*"?([^"]*)"?\s*')


def version() -> str:
    """The version of the xlwings that is installed with us."""
    return importlib.metadata.version("xlwings")


def shipped(name: str) -> bytes:
    """A file of the xlwings package, by its path there; `SetupError` when this installation lacks it."""
    # found without importing xlwings, which would look for Excel
    spec = importlib.util.find_spec("xlwings")
    assert spec is not None
    assert spec.origin is not None
    try:
        return (Path(spec.origin).parent / name).read_bytes()
    except OSError as error:
        raise SetupError(reason="setup.incomplete_xlwings", path=name) from error


def startup_folder(computer: Computer) -> Path:
    """The folder of which Excel opens everything when the user starts it."""
    if computer.system is System.WINDOWS:
        roaming = computer.environment.get("APPDATA")
        return (Path(roaming) if roaming else computer.home / "AppData" / "Roaming") / "Microsoft" / "Excel" / "XLSTART"
    office = computer.home / "Library" / "Group Containers" / "UBF8T346G9.Office"
    return office / "User Content.localized" / "Startup.localized" / "Excel"


def settings_file(computer: Computer) -> Path:
    """The user's settings of the add-in. On macOS they lie where Excel may read without asking."""
    if computer.system is System.WINDOWS:
        return computer.home / ".xlwings" / SETTINGS
    return computer.home / "Library" / "Containers" / "com.microsoft.Excel" / "Data" / SETTINGS


def script_name() -> str:
    """The script through which Excel for macOS starts Python; every version of the add-in asks for its own."""
    return f"xlwings-{version()}.applescript"


def script_file(computer: Computer) -> Path:
    """Where Excel for macOS looks for the script."""
    return computer.home / "Library" / "Application Scripts" / "com.microsoft.Excel" / script_name()


def library_name(bits: int) -> str:
    """The library through which worksheet functions reach Python, for an Excel of that many bits."""
    return f"xlwings{bits}-{version()}.dll"


def interpreter_setting(system: System) -> str:
    """The name of the setting that holds the Python to be started."""
    return "INTERPRETER_WIN" if system is System.WINDOWS else "INTERPRETER_MAC"


def setting(text: str, name: str) -> str:
    """The value of a setting in the text of a settings file, "" when there is none."""
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found and found[1].casefold() == name.casefold():
            return found[2]
    return ""


def with_settings(text: str, values: Mapping[str, str], newline: str) -> str:
    """`text` with these settings, all other lines as they were; a value "" takes the setting out.

    Blank lines go: the add-in reads names and values in pairs, and one of them would shift the rest.
    """
    names = {name.casefold() for name in values}
    kept = [line for line in text.splitlines() if line.strip() and not _named(line, names)]
    lines = [*kept, *(f'"{name}","{value}"' for name, value in values.items() if value)]
    return "".join(f"{line}{newline}" for line in lines)


def _named(line: str, names: set[str]) -> bool:
    found = _LINE.fullmatch(line)
    return found is not None and found[1].casefold() in names
