"""`bsc-xl doctor`: each thing that keeps the ribbon from working is found on a prepared computer, and only that."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import computers
import pytest

from bsc_xl import labels
from bsc_xl.cli import app
from bsc_xl.cli.commands import setup
from bsc_xl.computer import Computer, System
from bsc_xl.errors import SourceError
from bsc_xl.excel import addin, macros
from bsc_xl.excel.file import open_book
from bsc_xl.excel.port import Changes
from bsc_xl.ooxml import package
from bsc_xl.workflows.diagnosis import Verdict, diagnose
from bsc_xl.workflows.installation import planned_setup, set_up

pytestmark = pytest.mark.usefixtures("english_terminal")

ROOT = computers.ROOT
TEMPLATE = ROOT / "workbook" / "BSC_Template.xlsx"
ALL_GOOD = {"excel_good", "addin_good", "python_good", "office_good"}

Workbook = Callable[..., Path]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A program that answers as a Python does which has everything."""
    return computers.answering(tmp_path / "env" / "bin" / "python")


@pytest.fixture
def windows(tmp_path: Path, python: Path) -> Computer:
    """A computer with Windows on which everything is set up."""
    computer = computers.windows(tmp_path, python)
    set_up(planned_setup(computer))
    return computer


@pytest.fixture
def mac(tmp_path: Path, python: Path) -> Computer:
    """A computer with macOS on which everything is set up."""
    computer = computers.mac(tmp_path, python)
    set_up(planned_setup(computer))
    return computer


@pytest.fixture
def workbook(tmp_path: Path) -> Workbook:
    """Puts a workbook of ours with a ribbon somewhere."""

    def put(path: Path = tmp_path / "unit.xlsm") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = package.read(TEMPLATE.read_bytes())
        path.write_bytes(package.write(macros.add(parts, "en")))
        return path

    return put


def names(computer: Computer, *workbooks: object) -> set[str]:
    return {symptom.name for symptom in diagnose(computer, list(map(str, workbooks)))}


def missing(computer: Computer, *workbooks: object) -> set[str]:
    return {
        symptom.name for symptom in diagnose(computer, list(map(str, workbooks))) if symptom.verdict is Verdict.MISSING
    }


def points_to(computer: Computer, python: object) -> None:
    """Lets the settings of the add-in name that Python."""
    name = addin.interpreter_setting(computer.system)
    addin.settings_file(computer).write_text(f'"{name}","{python}"\n', encoding="utf-8")


def with_registry(computer: Computer, values: dict[tuple[str, str], object]) -> Computer:
    before = computer.registry
    return dataclasses.replace(computer, registry=lambda key, name: values.get((key, name), before(key, name)))


def test_after_install_nothing_is_missing_on_windows(windows: Computer) -> None:
    assert names(windows) == ALL_GOOD


def test_after_install_nothing_is_missing_on_a_mac(mac: Computer) -> None:
    assert names(mac) == ALL_GOOD


@pytest.mark.parametrize("make", [computers.windows, computers.mac])
def test_install_with_a_real_python_that_has_us_leaves_nothing_missing(
    make: Callable[..., Computer], tmp_path: Path
) -> None:
    computer = make(tmp_path, computers.environment(tmp_path / "environment", with_us=True))
    set_up(planned_setup(computer))
    assert names(computer) == ALL_GOOD


def test_without_libreoffice_it_says_which_command_needs_it(windows: Computer) -> None:
    (office,) = Path(windows.environment["PROGRAMFILES"]).rglob("soffice.com")
    office.unlink()
    assert names(windows) == ALL_GOOD - {"office_good"} | {"office_missing"}
    assert missing(windows) == set()


def test_before_install_it_asks_for_the_add_in_and_the_python_on_windows(tmp_path: Path, python: Path) -> None:
    assert missing(computers.windows(tmp_path, python)) == {"addin_missing", "python_unset"}


def test_before_install_it_asks_for_the_script_too_on_a_mac(tmp_path: Path, python: Path) -> None:
    assert missing(computers.mac(tmp_path, python)) == {"addin_missing", "script_missing", "python_unset"}


def test_it_changes_nothing(windows: Computer, tmp_path: Path, workbook: Workbook) -> None:
    path = workbook()
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}

    diagnose(windows, [str(path)])

    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before


def test_excel_that_is_not_registered_is_missing(windows: Computer) -> None:
    assert missing(with_registry(windows, {(computers.EXCEL_KEY, ""): None})) == {"excel_missing"}


def test_excel_that_was_removed_and_left_its_registration_is_missing(windows: Computer) -> None:
    assert windows.excel is not None
    windows.excel.unlink()
    assert missing(windows) == {"excel_missing"}


def test_a_mac_without_excel_lacks_it(mac: Computer) -> None:
    (mac.applications / "Microsoft Excel.app").rmdir()
    assert missing(mac) == {"excel_missing"}


def test_excel_for_one_user_of_a_mac_counts(mac: Computer) -> None:
    (mac.applications / "Microsoft Excel.app").rmdir()
    (mac.home / "Applications" / "Microsoft Excel.app").mkdir(parents=True)
    assert names(mac) == ALL_GOOD


@pytest.mark.parametrize(("value", "off"), [(None, False), (1, False), (2, False), (3, True), (4, True)])
@pytest.mark.parametrize("key", [computers.POLICY_KEY, computers.CHOICE_KEY])
def test_macros_that_excel_neither_runs_nor_asks_about_are_named(
    key: str, value: int | None, off: bool, windows: Computer
) -> None:
    found = names(with_registry(windows, {(key, "VBAWarnings"): value}))
    assert ("macros_off" in found) is off


def test_the_administrators_rule_about_macros_comes_before_the_users_choice(windows: Computer) -> None:
    rules = {(computers.POLICY_KEY, "VBAWarnings"): 2, (computers.CHOICE_KEY, "VBAWarnings"): 4}
    assert names(with_registry(windows, dict(rules))) == ALL_GOOD


def test_an_add_in_of_another_version_is_named(windows: Computer) -> None:
    (addin.startup_folder(windows) / addin.ADDIN).write_bytes(b"of another version")
    assert missing(windows) == {"addin_other"}


def test_an_add_in_for_all_users_counts_and_an_old_one_there_is_named_beside_the_own(windows: Computer) -> None:
    assert windows.excel is not None
    everybodys = windows.excel.parent / "XLSTART"
    everybodys.mkdir()
    own = addin.startup_folder(windows) / addin.ADDIN
    shutil.move(own, everybodys / addin.ADDIN)
    assert names(windows) == ALL_GOOD

    shutil.copy(everybodys / addin.ADDIN, own)
    (everybodys / addin.ADDIN).write_bytes(b"of another version")
    assert names(windows) == {*ALL_GOOD, "addin_other"}


def test_a_script_of_another_version_does_not_count_on_a_mac(mac: Computer) -> None:
    script = addin.script_file(mac)
    script.rename(script.with_name("xlwings-0.30.0.applescript"))
    assert missing(mac) == {"script_missing"}


def test_settings_that_the_system_does_not_let_us_read_are_named(windows: Computer) -> None:
    settings = addin.settings_file(windows)
    settings.unlink()
    settings.mkdir()

    (symptom,) = (each for each in diagnose(windows) if each.verdict is Verdict.MISSING)

    assert (symptom.name, symptom.values["path"]) == ("no_access", str(settings))


def test_a_python_that_is_gone_is_named(windows: Computer, tmp_path: Path) -> None:
    points_to(windows, tmp_path / "gone" / "python.exe")
    assert missing(windows) == {"python_absent"}


def test_a_python_that_is_found_by_its_name_only_is_not_relied_on(windows: Computer) -> None:
    points_to(windows, "python")
    assert missing(windows) == {"python_absent"}


def test_a_variable_in_the_path_of_the_python_is_filled_in(windows: Computer, python: Path) -> None:
    points_to(windows, f"%Where%/{python.name}")
    computer = dataclasses.replace(windows, environment={**windows.environment, "WHERE": str(python.parent)})
    assert names(computer) == ALL_GOOD


def test_the_first_folder_of_the_path_may_be_a_variable_on_a_mac(mac: Computer, python: Path) -> None:
    link = mac.home / "env"
    link.symlink_to(python.parent.parent)
    points_to(mac, "$HOME/env/bin/python")
    assert names(mac) == ALL_GOOD


def test_a_python_without_us_is_named_with_what_it_says(windows: Computer, tmp_path: Path) -> None:
    points_to(windows, computers.environment(tmp_path / "bare", with_us=False))

    (symptom,) = (each for each in diagnose(windows) if each.verdict is Verdict.MISSING)

    assert symptom.name == "python_without_us"
    assert symptom.values["problem"] == "ModuleNotFoundError: No module named 'xlwings'"


def test_a_python_that_cannot_be_started_is_named_with_the_reason(windows: Computer, tmp_path: Path) -> None:
    broken = tmp_path / "broken" / "python.exe"
    broken.parent.mkdir()
    broken.write_bytes(b"no program")
    points_to(windows, broken)
    assert missing(windows) == {"python_without_us"}


@pytest.mark.parametrize("part", ["xlwings", "bsc_xl"])
def test_a_python_with_another_version_is_named(part: str, windows: Computer, tmp_path: Path) -> None:
    points_to(windows, computers.answering(tmp_path / "other" / "python.exe", **{part: "0.0.1"}))
    assert missing(windows) == {"python_other"}


def test_a_python_of_the_microsoft_store_is_named(windows: Computer, tmp_path: Path) -> None:
    points_to(windows, tmp_path / "Local" / "Microsoft" / "WindowsApps" / "python.exe")
    assert missing(windows) == {"python_store"}


def test_an_environment_made_from_a_python_of_the_store_is_named(windows: Computer, tmp_path: Path) -> None:
    base = "/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12"
    points_to(windows, computers.answering(tmp_path / "env" / "python.exe", base=base))
    assert missing(windows) == {"python_store"}


def test_a_space_in_the_path_of_the_python_is_named_on_a_mac_only(
    windows: Computer, tmp_path: Path, python: Path
) -> None:
    spaced = tmp_path / "my env"
    spaced.symlink_to(python.parent.parent)
    points_to(windows, spaced / "bin" / "python")
    assert names(windows) == ALL_GOOD

    mac = computers.mac(tmp_path / "mac", python)
    set_up(planned_setup(mac))
    points_to(mac, spaced / "bin" / "python")
    assert missing(mac) == {"python_space"}


def test_32_and_64_bits_work_together_and_are_said(windows: Computer) -> None:
    assert windows.excel is not None
    computers.program(windows.excel, 32)
    found = {symptom.name: symptom for symptom in diagnose(windows)}
    assert found["bits_differ"].verdict is Verdict.GOOD
    assert found["bits_differ"].values == {"excel": 32, "python": 64}


def test_the_library_for_excels_bits_must_lie_beside_the_python(windows: Computer, tmp_path: Path) -> None:
    other = computers.answering(tmp_path / "other" / "python.exe")
    points_to(windows, other)
    assert names(windows) == ALL_GOOD

    (other.parent / addin.library_name(64)).unlink()
    assert missing(windows) == {"library_missing"}


@pytest.mark.parametrize("kind", System)
def test_a_workbook_of_ours_with_a_ribbon_is_fine(
    kind: System, workbook: Workbook, request: pytest.FixtureRequest
) -> None:
    computer: Computer = request.getfixturevalue(kind.value)
    assert names(computer, workbook()) == {*ALL_GOOD, "workbook_good"}


def test_an_xlsx_of_ours_has_no_ribbon(windows: Computer) -> None:
    assert missing(windows, TEMPLATE) == {"workbook_plain"}


def problem(computer: Computer, path: Path) -> str:
    """What makes a file no workbook of ours, as the reason of its error."""
    found = [symptom for symptom in diagnose(computer, [str(path)]) if symptom.verdict is Verdict.MISSING]
    assert [symptom.name for symptom in found] == ["workbook_unfit"]
    error = found[0].values["problem"]
    assert isinstance(error, SourceError)
    return str(error.params["reason"])


def test_any_other_workbook_is_not_ours(windows: Computer, tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    parts = package.read(TEMPLATE.read_bytes())
    names_of_others = parts["xl/workbook.xml"].replace(b"bsc_", b"abc_")
    path.write_bytes(package.write({**parts, "xl/workbook.xml": names_of_others}))
    assert problem(windows, path) == "source.not_a_unit_workbook"


def test_a_workbook_of_another_template_version_is_named(windows: Computer, workbook: Workbook) -> None:
    path = workbook()
    book = open_book(path)
    book.apply(Changes(values={book.layout().settings["template_version"]: "0"}))
    book.save()
    assert problem(windows, path) == "source.other_version"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "source.not_found"), (b"", "package.not_a_workbook"), (b"no workbook", "package.not_a_workbook")],
)
def test_what_cannot_be_read_is_named(content: bytes | None, reason: str, windows: Computer, tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsm"
    if content is not None:
        path.write_bytes(content)
    assert problem(windows, path) == reason


def test_a_folder_is_no_workbook(windows: Computer, tmp_path: Path) -> None:
    assert problem(windows, tmp_path) == "source.unreadable"


@pytest.mark.parametrize(("zone", "marked"), [(0, False), (1, False), (2, False), (3, True), (4, True)])
def test_a_file_from_the_internet_is_named_on_windows(
    zone: int, marked: bool, windows: Computer, workbook: Workbook
) -> None:
    path = workbook()
    # on Windows this is a stream of the file; elsewhere it is a file of that name
    Path(f"{path}:Zone.Identifier").write_text(f"[ZoneTransfer]\r\nZoneId={zone}\r\nHostUrl=https://a\r\n")
    assert ("workbook_marked" in missing(windows, path)) is marked


def test_a_read_only_file_is_named(windows: Computer, workbook: Workbook) -> None:
    path = workbook()
    path.chmod(0o444)
    assert missing(windows, path) == {"workbook_read_only"}


def test_a_web_address_is_not_a_file(windows: Computer) -> None:
    assert missing(windows, "https://pemda-my.sharepoint.com/personal/a/Documents/u.xlsm") == {"workbook_address"}


def test_settings_beside_the_workbook_that_name_another_python_are_said(windows: Computer, workbook: Workbook) -> None:
    path = workbook()
    beside = path.with_name("xlwings.conf")
    beside.write_text('"interpreter_win","C:\\other\\python.exe"\n', encoding="utf-8")
    assert names(windows, path) == {*ALL_GOOD, "workbook_settings"}

    beside.write_text(addin.settings_file(windows).read_text(encoding="utf-8"), encoding="utf-8")
    assert names(windows, path) == {*ALL_GOOD, "workbook_good"}


def test_a_workbook_in_onedrive_is_fine_after_install(windows: Computer, workbook: Workbook) -> None:
    path = workbook(Path(windows.environment["ONEDRIVE"]) / "Documents" / "unit.xlsm")
    assert names(windows, path) == {*ALL_GOOD, "workbook_good"}


def test_a_workbook_in_onedrive_is_said_when_python_looks_beside_it_for_modules(
    windows: Computer, mac: Computer, workbook: Workbook, python: Path
) -> None:
    for computer, cloud in (
        (windows, Path(windows.environment["ONEDRIVE"])),
        (mac, mac.home / "Library" / "CloudStorage" / "OneDrive-Pemda"),
    ):
        points_to(computer, python)
        (symptom,) = (each for each in diagnose(computer, [str(workbook(cloud / "u.xlsm"))]) if "cloud" in each.name)
        assert symptom.verdict is Verdict.ADVICE


def test_every_workbook_gets_its_own_answer(windows: Computer, tmp_path: Path, workbook: Workbook) -> None:
    found = [symptom.name for symptom in diagnose(windows, [str(workbook()), str(TEMPLATE), str(tmp_path / "gone")])]
    assert found[-3:] == ["workbook_good", "workbook_plain", "workbook_unfit"]


def test_the_command_ends_with_0_when_nothing_is_missing(
    windows: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "this_computer", lambda: windows)

    assert app.run(["doctor"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == ["Good"] * len(ALL_GOOD)
    assert lines[-1] == "Nothing is missing."


def test_the_command_ends_with_1_and_says_what_to_do_when_something_is_missing(
    windows: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "this_computer", lambda: windows)
    (addin.startup_folder(windows) / addin.ADDIN).unlink()

    assert app.run(["doctor", str(tmp_path / "gone.xlsm")]) == 1

    output = capsys.readouterr()
    assert output.err == ""
    assert re.search(r"^Missing: The xlwings add-in is missing .*Run: bsc-xl install$", output.out, re.MULTILINE)
    assert re.search(r"^Missing: .*gone\.xlsm cannot be read: there is no such file", output.out, re.MULTILINE)
    assert output.out.splitlines()[-1] == "To be put right: 2."


def test_every_sentence_of_the_labels_is_one_that_it_can_say() -> None:
    said = set(re.findall(r'_(?:good|advice|missing)\("(\w+)"', (ROOT / "bsc_xl/workflows/diagnosis.py").read_text()))
    said.add("workbook_good")
    known = {
        key.removeprefix("doctor.") for key in sorted(labels.load("en").keys()) if re.fullmatch(r"doctor\.\w+", key)
    }
    assert known - {"result_good", "result_missing"} == said
