"""What this computer says about itself: its folders, its registry, its Excel and its Pythons.

Every fact about the platform reaches the installation and the diagnosis through one `Computer`, so that the branches
for Windows and macOS are rules about data, and run anywhere.
"""

from __future__ import annotations

import json
import locale
import os
import re
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bsc_xl.errors import SetupError

RegistryValue = str | int | None

STORE_FOLDER = "windowsapps"
"""The folder, whatever its case, from which Windows runs what the Microsoft Store has installed."""

_EXCEL_KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_SECURITY_KEYS = (
    r"SOFTWARE\Policies\Microsoft\Office\16.0\Excel\Security",
    r"SOFTWARE\Microsoft\Office\16.0\Excel\Security",
)
"""The administrator's rule comes before the user's choice. 16.0 is every Excel since 2016."""
_UNSIGNED_MACROS_OFF = (3, 4)
"""Values of VBAWarnings: 1 runs all macros, 2 asks (the default), 3 runs signed ones only, 4 none."""

_BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
"""Machine type of a Windows program -> bits."""
_LONGEST_HEADER = 4096

_INTERNET = 3
"""Zones from this one on are the internet and what is distrusted explicitly."""

_QUESTION = (
    "import json, struct, sys, xlwings, bsc_xl.workflows;"  # with all that a button needs
    "print(json.dumps([8 * struct.calcsize('P'), sys.base_prefix, xlwings.__version__, bsc_xl.__version__]))"
)
_ANSWER_SECONDS = 60
"""The first start of a Python on a computer with a virus scanner may take half of that."""


class System(StrEnum):
    """The systems on which xlwings reaches Excel."""

    WINDOWS = "windows"
    MAC = "mac"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What a Python says about itself; `problem` is the last line of its complaint when it cannot load what we need."""

    bits: int = 0
    base: Path = Path()
    xlwings: str = ""
    bsc_xl: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Computer:
    """One computer and its user. `environment` has its names in capitals, as Windows hands them out.

    `python` is the Python that runs us and `base` the installation it comes from; `encoding` is how programs here that
    know no Unicode files (VBA on Windows) read text; `registry` gives the value of a name below a key, None where
    there is none; `applications` is where macOS keeps programs.
    """

    system: System
    home: Path
    environment: Mapping[str, str]
    python: Path
    base: Path
    encoding: str = "utf-8"
    registry: Callable[[str, str], RegistryValue] = lambda _key, _name: None
    applications: Path = Path("/Applications")

    @property
    def excel(self) -> Path | None:
        """Where Excel is, None where it is not."""
        if self.system is System.WINDOWS:
            registered = self.registry(_EXCEL_KEY, "")
            places = [Path(self.expanded(registered).strip('"'))] if isinstance(registered, str) else []
        else:
            places = [folder / "Microsoft Excel.app" for folder in (self.applications, self.home / "Applications")]
        return next((place for place in places if place.exists()), None)

    @property
    def macros_off(self) -> bool:
        """Whether Excel is told to run no unsigned macro, without asking."""
        values = (self.registry(key, "VBAWarnings") for key in _SECURITY_KEYS)
        return next((value for value in values if value is not None), None) in _UNSIGNED_MACROS_OFF

    @property
    def clouds(self) -> list[Path]:
        """The folders that OneDrive keeps equal with the internet; Excel gives workbooks in them a web address."""
        if self.system is System.WINDOWS:
            names = ("ONEDRIVE", "ONEDRIVECOMMERCIAL", "ONEDRIVECONSUMER")
            return [Path(self.environment[name]) for name in names if self.environment.get(name)]
        return [*self.home.glob("OneDrive*"), *(self.home / "Library" / "CloudStorage").glob("OneDrive*")]

    def expanded(self, text: str) -> str:
        """`text` with the variables of the environment filled in as this system writes them: %NAME% or a first $NAME.

        A name that is not set stays as it is.
        """
        pattern = r"%([^%]+)%" if self.system is System.WINDOWS else r"^\$(\w+)"
        return re.sub(pattern, lambda found: self.environment.get(found[1].upper(), found[0]), text)


def this_computer() -> Computer:
    """The computer that runs us; `SetupError` where xlwings reaches no Excel."""
    system = {"win32": System.WINDOWS, "darwin": System.MAC}.get(sys.platform)
    if system is None:
        raise SetupError(reason="setup.other_system")
    return Computer(
        system=system,
        home=Path.home(),
        environment=dict(os.environ),
        python=Path(sys.executable),
        base=Path(sys.base_prefix),
        encoding=locale.getencoding() if system is System.WINDOWS else "utf-8",
        registry=_registry,
    )


def _registry(key: str, name: str) -> RegistryValue:
    """The user's value before the machine's; both views, since a 32-bit Excel registers itself in its own."""
    if sys.platform != "win32":
        return None
    import winreg

    for hive in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
            try:
                with winreg.OpenKey(hive, key, 0, winreg.KEY_READ | view) as opened:
                    value: RegistryValue = winreg.QueryValueEx(opened, name)[0]
                    return value
            except OSError:
                continue
    return None


def ask(python: Path, folder: Path) -> Interpreter:
    """What that Python says about itself, started in `folder`, where no copy of ours may lie by chance."""
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user's own settings name
            [python, "-B", "-W", "ignore", "-c", _QUESTION],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Interpreter(problem=str(error))
    if done.returncode:
        return Interpreter(problem=_last_line(done.stderr) or str(done.returncode))
    try:
        bits, base, *versions = json.loads(done.stdout)
    except ValueError:  # no Python, or one whose start-up prints something
        return Interpreter(problem=_last_line(done.stdout))
    return Interpreter(bits, Path(base), *versions)


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def content_of(path: Path) -> bytes | None:
    """What is in the file, None where there is none; an OSError when the system refuses to say."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def from_store(path: Path) -> bool:
    """Whether a program or a Python installation comes from the Microsoft Store."""
    return STORE_FOLDER in (part.lower() for part in path.parts)


def program_bits(program: Path) -> int | None:
    """32 or 64, as the header of a Windows program says; None when it is none."""
    try:
        with program.open("rb") as file:
            header = file.read(_LONGEST_HEADER)
        if header[:2] != b"MZ":
            return None
        (start,) = struct.unpack_from("<I", header, 0x3C)
        signature, machine = struct.unpack_from("<4sH", header, start)
    except (OSError, struct.error):
        return None
    return _BITS.get(machine) if signature == b"PE\0\0" else None


def from_internet(path: Path) -> bool:
    """Whether Windows has marked a file as coming from the internet: the Mark of the Web, a stream beside its content.

    Elsewhere than on Windows' own file system there is no such mark.
    """
    try:
        text = Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    zone = re.search(r"^ZoneId\s*=\s*(\d+)", text, flags=re.MULTILINE | re.IGNORECASE)
    return zone is not None and int(zone[1]) >= _INTERNET


def read_only(path: Path) -> bool:
    """Whether the file itself says that it must not be changed, whoever asks."""
    return not path.stat().st_mode & stat.S_IWUSR
