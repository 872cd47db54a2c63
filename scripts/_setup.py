"""What a new clone needs before it can run: a virtual environment with the project in it.

Standard library only. Shared by demo.py and test.py.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)


def run(command: Sequence[str | Path], **environment: str) -> int:
    """The exit code of `command`, run where the caller stands, with these variables added."""
    return subprocess.run(list(map(str, command)), env={**os.environ, **environment}, check=False).returncode


def say(text: str) -> None:
    """A progress line, at once, also through a pipe."""
    print(text, flush=True)


def prepare(extra: str = "") -> None:
    """`.venv` with the project and that extra in it. Takes a minute the first time, nothing when it is there already.

    Ends the program with one line that says what to do when the environment cannot be made.
    """
    if sys.version_info < OLDEST:
        sys.exit(f"bsc-xl: Python {'.'.join(map(str, OLDEST))}+ is needed; this is {sys.version.split()[0]}.")
    wanted = _fingerprint(extra)
    done = ENVIRONMENT / "bsc-xl-installed.txt"
    installed = done.read_text(encoding="utf-8").splitlines() if done.exists() else []
    if wanted in installed and PYTHON.exists():
        return
    text = _labels()
    say(text["preparing"].format(path=ENVIRONMENT))
    pip = _pip(text)
    project = f"{ROOT}[{extra}]" if extra else str(ROOT)
    if run([*pip, "install", "--quiet", "--disable-pip-version-check", "--editable", project]):
        sys.exit(text["not_installed"])
    # An installation with an extra serves those who need none as well.
    done.write_text("\n".join({wanted, _fingerprint("")}), encoding="utf-8")


def _fingerprint(extra: str) -> str:
    """Changes when what is to be installed, or the Python that it is for, changes."""
    needs = (ROOT / "pyproject.toml").read_bytes() + sys.version.encode() + str(ROOT).encode()
    return f"{hashlib.sha256(needs).hexdigest()} {extra}".strip()


def _pip(text: Mapping[str, str]) -> list[str | Path]:
    """The command that installs into `.venv`, which is made or brought up to date.

    Debian splits `venv` over packages: without python3-venv an environment can be made, but without pip. Then the
    pip of this Python installs into it from outside.
    """
    make = [sys.executable, "-m", "venv"]
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        if run([*make, ENVIRONMENT]) == 0:
            return [PYTHON, "-m", "pip"]
    elif (
        importlib.util.find_spec("venv")
        and importlib.util.find_spec("pip")
        and run([*make, "--without-pip", ENVIRONMENT]) == 0
    ):
        return [sys.executable, "-m", "pip", "--python", PYTHON]
    sys.exit(text["no_venv"])


def _labels() -> dict[str, str]:
    """The texts of this step in the language of the terminal, read before anything is installed."""
    sys.path.insert(0, str(ROOT))
    from bsc_xl import labels
    from bsc_xl.cli.terminal import language

    look_up = labels.load(language())
    return {key: look_up(f"cli.setup.{key}") for key in ("preparing", "not_installed", "no_venv")}
