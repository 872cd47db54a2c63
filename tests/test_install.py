"""`bsc-xl install`: what it puts where on Windows and macOS, what it leaves alone, and when it refuses."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import computers
import pytest

from bsc_xl.cli import app
from bsc_xl.cli.commands import setup
from bsc_xl.computer import Computer, System
from bsc_xl.errors import OutputError, SetupError
from bsc_xl.excel import addin
from bsc_xl.workflows.installation import Part, planned_setup, set_up

pytestmark = pytest.mark.usefixtures("english_terminal")

XLSTART = "AppData/Roaming/Microsoft/Excel/XLSTART"
MAC_STARTUP = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
MAC_SETTINGS = "Library/Containers/com.microsoft.Excel/Data/xlwings.conf"
MAC_SCRIPTS = "Library/Application Scripts/com.microsoft.Excel"


@pytest.fixture(params=System)
def computer(request: pytest.FixtureRequest, tmp_path: Path) -> Computer:
    make = {System.WINDOWS: computers.windows, System.MAC: computers.mac}[request.param]
    return make(tmp_path, tmp_path / "python" / "python.exe")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def install(computer: Computer) -> None:
    set_up(planned_setup(computer))


def test_on_windows_it_puts_two_files_in_place_and_nothing_else(tmp_path: Path) -> None:
    computer = computers.windows(tmp_path, tmp_path / "Python" / "python.exe")

    install(computer)

    assert tree(computer.home) == {
        f"{XLSTART}/xlwings.xlam": addin.shipped("addin/xlwings.xlam"),
        ".xlwings/xlwings.conf": (
            f'"INTERPRETER_WIN","{computer.python}"\r\n"ADD_WORKBOOK_TO_PYTHONPATH","False"\r\n'.encode()
        ),
    }


def test_on_a_mac_there_is_also_the_script_that_starts_python(tmp_path: Path) -> None:
    computer = computers.mac(tmp_path, tmp_path / "env" / "bin" / "python")

    install(computer)

    script = f"xlwings-{addin.version()}.applescript"
    assert tree(computer.home) == {
        f"{MAC_STARTUP}/xlwings.xlam": addin.shipped("addin/xlwings.xlam"),
        f"{MAC_SCRIPTS}/{script}": addin.shipped(script),
        MAC_SETTINGS: f'"INTERPRETER_MAC","{computer.python}"\n"ADD_WORKBOOK_TO_PYTHONPATH","False"\n'.encode(),
    }


def test_a_second_run_changes_nothing(computer: Computer) -> None:
    install(computer)
    before = tree(computer.home)

    saved = set_up(planned_setup(computer))

    assert [each.changed for each in saved] == [False] * len(saved)
    assert tree(computer.home) == before


def test_the_add_in_comes_last_so_that_excel_finds_what_it_asks_for(computer: Computer) -> None:
    assert planned_setup(computer)[-1].part is Part.ADDIN


def test_a_former_add_in_is_kept_where_excel_does_not_open_it(computer: Computer) -> None:
    startup = addin.startup_folder(computer)
    startup.mkdir(parents=True)
    (startup / addin.ADDIN).write_bytes(b"of another version")

    install(computer)

    assert [path.name for path in startup.iterdir()] == [addin.ADDIN]
    kept = addin.settings_file(computer).with_name("xlwings.bak.xlam")
    assert kept.read_bytes() == b"of another version"


def test_what_the_settings_say_about_other_things_stays_and_the_former_file_is_kept(computer: Computer) -> None:
    former = (
        b'"LICENSE_KEY","caf\xe9"\n\n"interpreter_win","C:\\old\\python.exe"\n'
        b'"INTERPRETER_MAC","/old"\n"SHOW CONSOLE","True"\n'
    )
    settings = addin.settings_file(computer)
    settings.parent.mkdir(parents=True)
    settings.write_bytes(former)

    install(computer)

    lines = settings.read_bytes().splitlines()
    assert lines[0] == b'"LICENSE_KEY","caf\xe9"'
    assert b'"SHOW CONSOLE","True"' in lines
    own = addin.interpreter_setting(computer.system)
    assert lines[-1] == f'"{own}","{computer.python}"'.encode()
    assert sum(line.lower().startswith(f'"{own.lower()}"'.encode()) for line in lines) == 1
    assert b"" not in lines
    assert settings.with_name("xlwings.bak.conf").read_bytes() == former


def test_a_user_who_has_settings_keeps_the_search_beside_workbooks(computer: Computer) -> None:
    settings = addin.settings_file(computer)
    settings.parent.mkdir(parents=True)
    settings.write_bytes(b'"SHOW CONSOLE","True"\n')

    install(computer)

    assert addin.setting(settings.read_text(encoding="utf-8"), addin.SEARCH_BESIDE_WORKBOOK) == ""


def test_in_a_conda_environment_excel_activates_it_first(tmp_path: Path) -> None:
    conda = tmp_path / "miniconda3"
    computer = computers.windows(tmp_path, conda / "envs" / "bsc" / "python.exe")
    about = {
        "CONDA_EXE": str(conda / "Scripts" / "conda.exe"),
        "CONDA_DEFAULT_ENV": "bsc",
        "CONDA_PREFIX": str(conda / "envs" / "bsc"),
    }

    install(dataclasses.replace(computer, environment={**computer.environment, **about}))

    text = addin.settings_file(computer).read_text(encoding="utf-8")
    assert addin.setting(text, "INTERPRETER_WIN") == str(computer.python)
    assert addin.setting(text, "CONDA PATH") == str(conda)
    assert addin.setting(text, "CONDA ENV") == "bsc"


def test_outside_conda_a_former_environment_is_no_longer_activated(tmp_path: Path) -> None:
    computer = computers.windows(tmp_path, tmp_path / "Python" / "python.exe")
    settings = addin.settings_file(computer)
    settings.parent.mkdir(parents=True)
    settings.write_text('"CONDA PATH","C:\\gone"\n"CONDA ENV","base"\n', encoding="utf-8")
    # a shell of conda's, from which another Python runs
    elsewhere = {"CONDA_EXE": "C:/c/Scripts/conda.exe", "CONDA_DEFAULT_ENV": "base", "CONDA_PREFIX": "C:/c"}

    install(dataclasses.replace(computer, environment={**computer.environment, **elsewhere}))

    assert "CONDA" not in settings.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("python", "base"),
    [
        ("Local/Microsoft/WindowsApps/PythonSoftwareFoundation.Python.3.12/python.exe", "anywhere"),
        ("env/Scripts/python.exe", "Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12"),
    ],
)
def test_it_refuses_a_python_of_the_microsoft_store_and_an_environment_made_from_it(
    python: str, base: str, tmp_path: Path
) -> None:
    computer = dataclasses.replace(computers.windows(tmp_path, tmp_path / python), base=tmp_path / base)

    with pytest.raises(SetupError) as refusal:
        install(computer)

    assert refusal.value.params["reason"] == "setup.store_python"
    assert tree(computer.home) == {}


def test_on_a_mac_it_refuses_a_path_that_excel_would_cut_at_the_space(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as refusal:
        install(computers.mac(tmp_path, tmp_path / "my env" / "bin" / "python"))
    assert refusal.value.params["reason"] == "setup.space"


def test_on_windows_it_refuses_a_path_that_the_add_in_could_not_read(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as refusal:
        install(computers.windows(tmp_path, tmp_path / "Анна" / "python.exe"))
    assert refusal.value.params["reason"] == "setup.characters"


def test_letters_that_the_code_page_has_are_written_in_it(tmp_path: Path) -> None:
    computer = computers.windows(tmp_path, tmp_path / "Renée" / "python.exe")

    install(computer)

    assert "Renée".encode("cp1252") in addin.settings_file(computer).read_bytes()


def test_a_folder_where_the_settings_should_be_is_an_error_that_names_it(computer: Computer) -> None:
    addin.settings_file(computer).mkdir(parents=True)
    with pytest.raises(OutputError, match=r"xlwings\.conf"):
        install(computer)


def test_a_dry_run_lists_the_files_and_writes_none(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "this_computer", lambda: computer)

    assert app.run(["install", "--dry-run"]) == 0

    assert tree(computer.home) == {}
    lines = capsys.readouterr().out.splitlines()
    planned = planned_setup(computer)
    assert len(lines) == len(planned)
    for line, each in zip(lines, planned, strict=True):
        assert line.startswith("Would write: ")
        assert str(each.path) in line


def test_a_dry_run_says_what_is_in_place_already(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "this_computer", lambda: computer)
    install(computer)

    assert app.run(["install", "--dry-run"]) == 0

    assert all(line.startswith("In place already: ") for line in capsys.readouterr().out.splitlines())


def test_the_command_says_what_it_did_and_what_to_do_next(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "this_computer", lambda: computer)

    assert app.run(["install"]) == 0

    output = capsys.readouterr()
    lines = output.out.splitlines()
    assert output.err == ""
    assert lines[0] == f"The settings of the add-in: Written: {addin.settings_file(computer)}"
    assert lines[-2] == f"The xlwings add-in: Written: {addin.startup_folder(computer) / addin.ADDIN}"
    assert "start it again" in lines[-1]
    assert str(computer.python) in lines[-1]


@pytest.mark.parametrize("command", ["install", "doctor"])
def test_elsewhere_it_refuses_in_one_sentence_that_says_what_works_instead(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")

    assert app.run([command]) == 1

    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "Windows or macOS" in output.err
    assert "bsc-xl" in output.err
