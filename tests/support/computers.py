"""Computers with Excel as folder trees: what Windows and macOS say about themselves, as data, and Pythons that run."""

from __future__ import annotations

import json
import struct
import sysconfig
import venv
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bsc_xl.computer import Computer, RegistryValue, System
from bsc_xl.excel import addin

ROOT = Path(__file__).resolve().parents[2]

EXCEL_KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
POLICY_KEY = r"SOFTWARE\Policies\Microsoft\Office\16.0\Excel\Security"
CHOICE_KEY = r"SOFTWARE\Microsoft\Office\16.0\Excel\Security"

MACHINES = {32: 0x014C, 64: 0x8664}


def windows(root: Path, python: Path, registry: dict[tuple[str, str], RegistryValue] | None = None) -> Computer:
    """A user of Windows with a 64-bit Excel, LibreOffice and nothing set up."""
    home = root / "Users" / "Ani"
    program(root / "Program Files" / "LibreOffice" / "program" / "soffice.com", 64)
    excel = program(root / "Program Files" / "Microsoft Office" / "root" / "Office16" / "EXCEL.EXE", 64)
    values = {(EXCEL_KEY, ""): str(excel), **(registry or {})}
    home.mkdir(parents=True)
    return Computer(
        system=System.WINDOWS,
        home=home,
        environment={
            "APPDATA": str(home / "AppData" / "Roaming"),
            "ONEDRIVE": str(home / "OneDrive - Pemda"),
            "PROGRAMFILES": str(root / "Program Files"),
        },
        python=python,
        base=python.parent,
        encoding="cp1252",
        registry=lambda key, name: values.get((key, name)),
    )


def mac(root: Path, python: Path) -> Computer:
    """A user of macOS with Excel, LibreOffice and nothing set up."""
    home = root / "Users" / "ani"
    (root / "Applications" / "Microsoft Excel.app").mkdir(parents=True)
    program(root / "bin" / "soffice", 64).chmod(0o755)
    return Computer(
        system=System.MAC,
        home=home,
        environment={"HOME": str(home), "PATH": str(root / "bin")},
        python=python,
        base=python.parent,
        applications=root / "Applications",
    )


def program(path: Path, bits: int) -> Path:
    """The beginning of a Windows program, as far as it tells the bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    start = 0x80
    header = bytearray(start + 6)
    header[:2] = b"MZ"
    struct.pack_into("<I", header, 0x3C, start)
    struct.pack_into("<4sH", header, start, b"PE\0\0", MACHINES[bits])
    path.write_bytes(header)
    return path


def environment(folder: Path, *, with_us: bool) -> Path:
    """A real Python in an environment of its own, with everything that is installed here or with nothing.

    The libraries for worksheet functions lie where xlwings puts them on Windows.
    """
    venv.create(folder, symlinks=True, with_pip=False)
    if with_us:
        (packages,) = folder.glob("lib/python*/site-packages")
        places = {str(ROOT), *(sysconfig.get_path(each) for each in ("purelib", "platlib"))}
        (packages / "ours.pth").write_text("\n".join(sorted(places)), encoding="utf-8")
    for bits in MACHINES:
        (folder / addin.library_name(bits)).touch()
    return folder / "bin" / "python"


def answering(path: Path, **answer: Any) -> Path:
    """A program that answers as a Python does which has these things: bits, base, xlwings, bsc_xl."""
    facts = {"bits": 64, "base": str(path.parent), "xlwings": addin.version(), "bsc_xl": version("bsc-xl"), **answer}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(list(facts.values()))}\nEND\n", encoding="utf-8")
    path.chmod(0o755)
    for bits in MACHINES:
        (path.parent / addin.library_name(bits)).touch()
    return path
