"""LibreOffice as a printer: found where it is, one process for many files, and no file costs another its PDF."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from printers import stand_in

from bsc_xl import office
from bsc_xl.errors import OfficeError
from bsc_xl.office import Fate, Office, Printing


def made(folder: Path, *contents: str) -> list[Path]:
    files = [folder / f"{place}.xlsx" for place in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_text(content, encoding="utf-8")
    return files


def followed(printing: Printing) -> list[Fate]:
    fates = []
    while not printing.ended:
        fates += printing.news()
        time.sleep(0.02)
    return fates


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def started(folder: Path, files: list[Path], patience: float = 60.0) -> Printing:
    return Office(stand_in(folder), folder / "profile", "id", patience).start(files, folder)


def test_a_file_that_is_not_printed_costs_no_other(tmp_path: Path) -> None:
    files = made(tmp_path, "good", "none", "good")
    printing = started(tmp_path, files)
    assert followed(printing) == [
        Fate(files[0], tmp_path / "0.pdf"),
        Fate(files[1], None),
        Fate(files[2], tmp_path / "2.pdf"),
    ]
    assert printing.left == []


@pytest.mark.parametrize("trouble", ["hang", "die", "half"])
def test_a_file_at_which_it_hangs_or_dies_is_named_and_the_rest_is_left(tmp_path: Path, trouble: str) -> None:
    files = made(tmp_path, "good", "none", trouble, "good")
    printing = started(tmp_path, files, patience=1.5)
    fates = followed(printing)
    # a file that it passed over in silence, right before, cannot be told from the culprit
    assert fates[0] == Fate(files[0], tmp_path / "0.pdf")
    assert fates[1:] == [Fate(files[1], None)]
    assert printing.left == files[2:]
    again = followed(Office(stand_in(tmp_path), tmp_path / "other", "id", 1.5).start(printing.left, tmp_path))
    assert again == [Fate(files[2], None)]


def test_what_it_has_started_ends_with_it(tmp_path: Path) -> None:
    printing = started(tmp_path, made(tmp_path, "hang"))
    helper = tmp_path / "helper"
    while not helper.exists() or not helper.read_text(encoding="utf-8"):
        time.sleep(0.02)
    printing.end()
    process = int(helper.read_text(encoding="utf-8"))
    for _ in range(100):
        if gone(process):
            break
        time.sleep(0.02)
    assert gone(process)


def test_a_program_that_does_not_start_is_told(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text("no program", encoding="utf-8")
    with pytest.raises(OfficeError) as raised:
        Office(program, tmp_path / "profile", "id").start([], tmp_path)
    assert raised.value.params["reason"] == "office.refused"


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.touch(mode=0o755)
    return path


def test_it_is_found_on_the_search_path_before_the_usual_places(tmp_path: Path) -> None:
    usual = program(tmp_path / "Applications" / "LibreOffice.app" / "Contents" / "MacOS" / "soffice")
    assert office.found("darwin", {"PATH": str(tmp_path / "bin")}, tmp_path) == usual
    own = program(tmp_path / "bin" / "soffice")
    assert office.found("darwin", {"PATH": str(tmp_path / "bin")}, tmp_path) == own


def test_windows_has_it_among_its_programs(tmp_path: Path) -> None:
    usual = program(tmp_path / "Program Files" / "LibreOffice" / "program" / "soffice.com")
    environment = {"PROGRAMFILES": str(tmp_path / "missing"), "PROGRAMW6432": str(tmp_path / "Program Files")}
    assert office.found("win32", environment, tmp_path) == usual
    assert office.found("win32", {}, tmp_path) is None


def test_where_there_is_none_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "found", lambda *_: None)
    with pytest.raises(OfficeError) as raised:
        office.find()
    assert raised.value.params["reason"] == "office.missing"
