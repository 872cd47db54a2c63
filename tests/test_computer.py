"""What a computer says about itself: programs, marks on files, other Pythons, variables."""

from __future__ import annotations

import importlib.util
import re
import sys
from importlib.metadata import version
from pathlib import Path

import computers
import pytest

from bsc_xl.computer import (
    Interpreter,
    System,
    ask,
    from_internet,
    from_store,
    program_bits,
    read_only,
    this_computer,
)
from bsc_xl.errors import SetupError


@pytest.mark.parametrize("bits", [32, 64])
def test_the_header_of_a_windows_program_tells_its_bits(bits: int, tmp_path: Path) -> None:
    assert program_bits(computers.program(tmp_path / "EXCEL.EXE", bits)) == bits


@pytest.mark.parametrize("content", [b"", b"MZ", b"MZ" + bytes(200), b"#!/bin/sh\n" + bytes(200), b"MZ" + b"\xff" * 99])
def test_what_is_no_windows_program_has_no_bits(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_bytes(content)
    assert program_bits(path) is None


def test_a_program_that_is_not_there_has_no_bits(tmp_path: Path) -> None:
    assert program_bits(tmp_path / "EXCEL.EXE") is None


def test_a_python_says_what_it_has(tmp_path: Path) -> None:
    answer = ask(computers.environment(tmp_path / "env", with_us=True), tmp_path)
    assert answer == Interpreter(
        bits=64 if sys.maxsize > 2**32 else 32,
        base=Path(sys.base_prefix),
        xlwings=version("xlwings"),
        bsc_xl=version("bsc-xl"),
    )


def test_a_python_that_lacks_what_a_button_needs_is_a_problem(tmp_path: Path) -> None:
    python = computers.environment(tmp_path / "env", with_us=False)
    (packages,) = tmp_path.glob("env/lib/python*/site-packages")
    for package in ("xlwings", "bsc_xl"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        (packages / package).symlink_to(Path(spec.origin).parent)

    missing = r"ModuleNotFoundError: No module named '\w+'|importlib.metadata.PackageNotFoundError: .*"
    assert re.fullmatch(missing, ask(python, tmp_path).problem)


def test_a_copy_of_ours_in_the_current_folder_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(computers.ROOT)
    assert ask(computers.environment(tmp_path / "env", with_us=False), tmp_path).problem


def test_a_program_that_is_no_python_is_a_problem(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexit 9\n")
    program.chmod(0o755)
    assert ask(program, tmp_path) == Interpreter(problem="9")

    program.write_text("#!/bin/sh\necho hello\n")
    assert "hello" in ask(program, tmp_path).problem


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("[ZoneTransfer]\nZoneId=3", True),
        ("[ZoneTransfer]\r\nReferrerUrl=https://a\r\nzoneid = 4\r\n", True),
        ("[ZoneTransfer]\nZoneId=1", False),
        ("[ZoneTransfer]\nHostUrl=https://a/?ZoneId=3", False),
        ("", False),
    ],
)
def test_the_mark_of_the_web_is_a_zone_from_the_internet_on(text: str, marked: bool, tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsm"
    path.touch()
    Path(f"{path}:Zone.Identifier").write_text(text)
    assert from_internet(path) is marked


def test_a_file_without_a_mark_does_not_come_from_the_internet(tmp_path: Path) -> None:
    assert not from_internet(tmp_path / "unit.xlsm")


def test_read_only_is_what_the_file_says_whoever_asks(tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsm"
    path.touch()
    assert not read_only(path)
    path.chmod(0o444)
    assert read_only(path)


@pytest.mark.parametrize(
    ("path", "store"),
    [
        ("/home of a/AppData/Local/Microsoft/WindowsApps/python.exe", True),
        ("/Program Files/windowsapps/PythonSoftwareFoundation.Python.3.12/python.exe", True),
        ("/home of a/AppData/Local/Programs/Python/Python312/python.exe", False),
        ("/home of a/MyWindowsAppsTools/python.exe", False),
    ],
)
def test_a_program_of_the_microsoft_store_lies_in_its_folder(path: str, store: bool) -> None:
    assert from_store(Path(path)) is store


def test_a_variable_that_is_not_set_stays_as_it_is(tmp_path: Path) -> None:
    windows = computers.windows(tmp_path, tmp_path / "python.exe")
    assert windows.expanded("%Nowhere%\\100%") == "%Nowhere%\\100%"
    assert windows.expanded("%AppData%\\x") == f"{windows.environment['APPDATA']}\\x"


def test_a_variable_stands_only_at_the_beginning_on_a_mac(tmp_path: Path) -> None:
    mac = computers.mac(tmp_path, tmp_path / "python")
    assert mac.expanded("$HOME/a$HOME") == f"{mac.home}/a$HOME"


@pytest.mark.parametrize(("platform", "system"), [("win32", System.WINDOWS), ("darwin", System.MAC)])
def test_this_computer_is_the_one_that_runs_us(platform: str, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    computer = this_computer()
    assert (computer.system, computer.python, computer.home) == (system, Path(sys.executable), Path.home())


def test_elsewhere_there_is_no_excel_to_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SetupError):
        this_computer()
