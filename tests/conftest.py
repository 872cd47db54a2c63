"""The other programs that judge our files: LibreOffice, Gnumeric, the Open XML SDK validator.

`python scripts/test.py` brings them. A test that needs one fails where it is missing; it is never skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import runs

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 180
"""After so long a program hangs: LibreOffice takes about ten seconds for its first start."""

Convert = Callable[..., Path]


@pytest.fixture
def bsc(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in English: exit code, standard output, standard error."""
    from bsc_xl.cli.app import run

    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run(list(map(str, arguments)))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def ooxml_findings() -> Callable[[Path], list[dict[str, Any]]]:
    """Everything the Open XML SDK validator finds in a workbook; what it finds, Excel may offer to repair."""
    program = ROOT / ".tools" / "node_modules" / ".bin" / "ooxml-validator"
    _there(program.exists(), "ooxml-validator")

    def findings(path: Path) -> list[dict[str, Any]]:
        done = _run([program, path], accept=(0, 1))
        errors: list[dict[str, Any]] = json.loads(done)["errors"]
        return errors

    return findings


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Converts a file with LibreOffice: ``libreoffice(path, "xlsx", folder)`` gives the new file.

    One profile for each test process, so that processes never wait for one another and no home directory is touched.
    The profile recalculates every formula on loading: a cached value proves nothing.
    """
    program = shutil.which("soffice")
    _there(program is not None, "libreoffice-calc")
    profile = tmp_path_factory.mktemp("libreoffice")
    settings = profile / "user" / "registrymodifications.xcu"
    settings.parent.mkdir()
    settings.write_text(_ALWAYS_RECALCULATE, encoding="utf-8")

    def convert(path: Path, kind: str, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        _run([*command, "--convert-to", kind, "--outdir", folder, path])
        return _made(folder / f"{path.stem}.{kind.partition(':')[0]}")

    return convert


@pytest.fixture(scope="session")
def gnumeric() -> Convert:
    """Converts a file with Gnumeric, every formula recalculated: ``gnumeric(path, "xlsx", folder)``."""
    program = shutil.which("ssconvert")
    _there(program is not None, "gnumeric")

    def convert(path: Path, kind: str, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{path.stem}.{kind}"
        _run([program, "--recalc", path, target])
        return _made(target)

    return convert


@pytest.fixture(scope="session")
def many_units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of as many units as a run takes a while for."""
    return runs.data_set(tmp_path_factory.mktemp("run") / "data", runs.UNITS)


@pytest.fixture(scope="session")
def undisturbed(many_units: Path) -> runs.Content:
    """What a run of one process over these units leaves that nothing happened to, in the folder beside them."""
    out = many_units.parent / "undisturbed"
    done = runs.run(many_units, out, "--workers", 1)
    assert (done.code, len(list(out.glob("*.xlsx")))) == (0, runs.UNITS)
    return runs.content(out)


@pytest.fixture
def english_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal set to English, whatever the one is that the tests run in."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


def _there(found: bool, what: str) -> None:
    if not found:
        pytest.fail(f"{what} is not installed; python scripts/test.py brings it", pytrace=False)


def _made(path: Path) -> Path:
    assert path.exists(), f"no {path.name}"
    return path


def _run(command: list[Any], accept: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=SECONDS, env={**os.environ}, check=False
    )
    assert done.returncode in accept, f"{command[0]} ended with {done.returncode}: {done.stderr or done.stdout}"
    return done.stdout


_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
    <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
  </item>
</oor:items>
"""
