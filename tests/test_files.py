"""Files are named so that every system takes them, and are replaced without losing what stood there."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl import files
from bsc_xl.errors import OutputError
from bsc_xl.files import NAME_BYTES, Saved, put, remove_leftovers, safe_names, save

ROOT = str(Path(files.__file__).parent.parent)


def test_a_name_keeps_what_a_person_recognises() -> None:
    assert safe_names(["BAP Biro Administrasi Pimpinan"]) == ["BAP_Biro_Administrasi_Pimpinan"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("A/B: C?", "A_B_C"),
        ("-rf", "rf"),
        ("...", "_"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("a\u202etxt.exe\u0000", "atxt.exe"),
        ("Dinas 🏛 Kesehatan", "Dinas_🏛_Kesehatan"),
    ],
)
def test_a_name_loses_what_a_system_would_take_for_something_else(text: str, name: str) -> None:
    assert safe_names([text]) == [name]


def test_units_whose_names_become_equal_get_different_files() -> None:
    assert safe_names(["A/B", "a:b", "A?B", "A_B_2"]) == ["A_B", "a_b_2", "A_B_3", "A_B_2_2"]


@given(st.lists(st.text(), max_size=8))
def test_every_name_is_safe_and_different_from_the_others(texts: list[str]) -> None:
    names = safe_names(texts)

    assert len({name.casefold() for name in names}) == len(texts)
    for name in names:
        name.encode()
        assert name
        assert not set(name) & set('<>:"/\\|?* \t\r\n\0')
        assert not name.startswith((".", "-"))
        assert not name.endswith(".")
        assert len(name.encode()) <= NAME_BYTES + len("_999")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_needs_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.xlsx"

    assert save(path, b"1") == Saved(path, changed=True)
    assert path.read_bytes() == b"1"


def test_the_same_content_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path, b"1")
    before = path.stat().st_mtime_ns

    assert save(path, b"1") == Saved(path, changed=False)
    assert path.stat().st_mtime_ns == before
    assert names_in(tmp_path) == ["a.xlsx"]


def test_whatever_stood_there_is_kept_however_often_the_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for content in (b"filled in", b"2", b"3"):
        save(path, content)

    assert path.read_bytes() == b"3"
    assert (tmp_path / "a.bak.xlsx").read_bytes() == b"filled in"
    assert (tmp_path / "a.bak2.xlsx").read_bytes() == b"2"


def test_what_is_kept_already_is_not_kept_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for content in (b"1", b"2", b"1"):
        save(path, content)

    assert save(path, b"2").backup == tmp_path / "a.bak.xlsx"
    assert names_in(tmp_path) == ["a.bak.xlsx", "a.bak2.xlsx", "a.xlsx"]


def test_by_the_day_a_file_is_kept_as_it_was_before_the_first_change_of_that_day(tmp_path: Path) -> None:
    path, monday, tuesday = tmp_path / "a[1].xlsx", date(2026, 3, 2), date(2026, 3, 3)
    path.write_bytes(b"filled in")
    (tmp_path / "a[1].bak.xlsx").write_bytes(b"of another run")

    first, second = (save(path, content, day=monday).backup for content in (b"1", b"2"))

    assert (first, second) == (tmp_path / "a[1].bak-2026-03-02.xlsx", None)
    assert (tmp_path / "a[1].bak-2026-03-02.xlsx").read_bytes() == b"filled in"
    assert save(path, b"3", day=tuesday).backup == tmp_path / "a[1].bak-2026-03-03.xlsx"
    assert (tmp_path / "a[1].bak-2026-03-03.xlsx").read_bytes() == b"2"
    assert names_in(tmp_path) == ["a[1].bak-2026-03-02.xlsx", "a[1].bak-2026-03-03.xlsx", "a[1].bak.xlsx", "a[1].xlsx"]
    assert all(files.is_backup(each) == (each != path) for each in tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"1")
    path.chmod(0o640)

    save(path, b"2")

    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_one_and_the_file_behind_it_is_replaced_and_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "archive" / "a.xlsx", tmp_path / "link.xlsx"
    save(path, b"1")
    link.symlink_to(path)

    saved = save(link, b"2")

    assert link.is_symlink()
    assert (path.read_bytes(), link.read_bytes()) == (b"2", b"2")
    assert saved == Saved(link, changed=True, backup=tmp_path / "archive" / "a.bak.xlsx")
    assert names_in(tmp_path) == ["archive", "link.xlsx"]


def test_a_file_that_is_read_only_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"1")
    path.chmod(0o444)

    with pytest.raises(OutputError) as caught:
        save(path, b"2")

    assert caught.value.params == {"path": str(path), "reason": "read_only"}
    assert (path.read_bytes(), names_in(tmp_path)) == (b"1", ["a.xlsx"])


def test_a_file_that_cannot_be_written_leaves_the_former_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    save(path, b"1")

    def locked(*_: object) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(Path, "replace", locked)  # what Windows does while Excel has the file open
    with pytest.raises(OutputError) as caught:
        save(path, b"2")

    assert caught.value.params == {"path": str(path), "reason": "no_permission"}
    assert path.read_bytes() == b"1"
    assert names_in(tmp_path) == ["a.xlsx"]


def test_a_folder_at_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()

    with pytest.raises(OutputError) as caught:
        save(tmp_path / "a.xlsx", b"1")

    assert caught.value.params["reason"] == "not_a_place"


def test_a_new_file_follows_the_rules_of_the_system_for_new_files(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")

    save(tmp_path / "a.xlsx", b"1")

    assert (tmp_path / "a.xlsx").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without links"])
def test_a_backup_is_whole_and_keeps_its_date(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    save(path, b"filled in")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("FAT knows none")))

    backup = save(path, b"2").backup

    assert backup is not None
    assert (backup.read_bytes(), backup.stat().st_mtime) == (b"filled in", 1_000_000_000)
    assert names_in(tmp_path) == ["a.bak.xlsx", "a.xlsx"]


def test_what_is_put_replaces_without_a_backup(tmp_path: Path) -> None:
    for content in (b"1", b"2"):
        put(tmp_path / "new" / "a.csv", content)

    assert (tmp_path / "new" / "a.csv").read_bytes() == b"2"
    assert names_in(tmp_path / "new") == ["a.csv"]


def test_a_process_that_is_killed_while_it_writes_leaves_one_file_that_the_next_removes(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal\n"
        "from bsc_xl import files\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.save(pathlib.Path('a.xlsx'), b'1')\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False, env=os.environ | {"PYTHONPATH": ROOT})
    (leftover,) = names_in(tmp_path)

    remove_leftovers(tmp_path)

    assert leftover != "a.xlsx"
    assert names_in(tmp_path) == []


def test_a_place_is_tried_without_leaving_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.check_place(tmp_path / "new" / "folder")
    monkeypatch.chdir(tmp_path)
    files.check_place(Path())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "taken").write_text("a file")
    for place in ("taken", "taken/below"):
        with pytest.raises(OutputError):
            files.check_place(tmp_path / place)


def test_names_of_files_become_different_also_where_capitals_alone_differ() -> None:
    names = ["a.xlsx", "A.xlsx", "a-2.xlsx", "b.pdf", "a.xlsx", "a.pdf"]
    expected = ["a.xlsx", "A-2.xlsx", "a-2-2.xlsx", "b-2.pdf", "a-3.xlsx", "a.pdf"]
    assert files.all_different(names, ["B.pdf"]) == expected
