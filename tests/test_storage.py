"""A folder behaves the same wherever it is: on this computer, or at an address."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from bsc_xl import dataset, sample, storage
from bsc_xl.errors import OutputError, SourceError
from bsc_xl.storage import Folder, Stored


@pytest.fixture(params=["path", "file", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    places = {
        "path": tmp_path / "out",
        "file": f"file://{tmp_path / 'out'}",
        "memory": f"memory://{tmp_path.name}-{request.node.name}",
    }
    return storage.folder(places[request.param])


def test_what_is_not_there_is_nothing(folder: Folder) -> None:
    assert folder.read("a.xlsx") is None
    assert folder.names("inner") == []
    folder.remove("inner")
    folder.remove_leftovers()
    assert folder.names("") == []


def test_a_new_file_needs_no_backup_and_the_same_content_changes_nothing(folder: Folder) -> None:
    assert folder.save("a.xlsx", b"1") == Stored(changed=True)
    assert folder.save("a.xlsx", b"1") == Stored(changed=False)
    assert folder.read("a.xlsx") == b"1"
    assert folder.names("") == ["a.xlsx"]


def test_whatever_stood_there_is_kept_and_named(folder: Folder) -> None:
    folder.save("a.xlsx", b"filled in")

    assert folder.save("a.xlsx", b"2") == Stored(changed=True, backup=folder.place("a.bak.xlsx"))
    assert folder.save("a.xlsx", b"3") == Stored(changed=True, backup=folder.place("a.bak2.xlsx"))
    assert [folder.read(name) for name in folder.names("")] == [b"filled in", b"2", b"3"]


def test_what_is_kept_already_is_not_kept_twice(folder: Folder) -> None:
    for content in (b"1", b"2", b"1"):
        folder.save("a.xlsx", content)

    assert folder.save("a.xlsx", b"2").backup == folder.place("a.bak.xlsx")
    assert folder.names("") == ["a.bak.xlsx", "a.bak2.xlsx", "a.xlsx"]


def test_what_is_put_replaces_and_an_inner_folder_goes_as_a_whole(folder: Folder) -> None:
    for name in ("inner/1.csv", "inner/2.csv", "inner/1.csv"):
        folder.put(name, name.encode())

    assert folder.names("inner") == ["1.csv", "2.csv"]
    folder.remove("inner")
    assert folder.names("inner") == []


def test_a_folder_can_be_sent_to_another_process(folder: Folder) -> None:
    folder.put("a.csv", b"1")
    assert pickle.loads(pickle.dumps(folder)).read("a.csv") == b"1"


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_what_a_killed_process_left_is_removed_and_nothing_else(scheme: str, tmp_path: Path) -> None:
    for name in (".bsc-0123.part", "a.part", ".bsc-run", "a.xlsx"):
        (tmp_path / name).write_bytes(b"")

    storage.folder(f"{scheme}{tmp_path}").remove_leftovers()

    assert sorted(path.name for path in tmp_path.iterdir()) == [".bsc-run", "a.part", "a.xlsx"]


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_what_the_system_refuses_names_the_file_and_leaves_nothing(scheme: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    folder = storage.folder(f"{scheme}{tmp_path}")

    with pytest.raises(OutputError) as caught:
        folder.save("a.xlsx", b"1")

    assert caught.value.params == {"path": folder.place("a.xlsx"), "reason": "not_a_place"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_an_address_of_a_kind_that_nobody_knows_is_an_error_without_the_password() -> None:
    folder = storage.folder("nowhere://user:secret@host/out/")

    with pytest.raises(OutputError) as caught:
        folder.put("a.csv", b"")

    assert caught.value.params == {"path": "nowhere://user:***@host/out", "reason": "no_protocol"}


# --- data sets at an address -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_a_data_set_at_an_address_is_the_one_that_lies_there(scheme: str, form: str, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    local = tmp_path / ("data.xlsx" if form == "xlsx" else "data")
    dataset.write(sample.generate(units=3, kpis=4), local, file_format="parquet" if form == "parquet" else "csv")
    address = f"{scheme}://{tmp_path}/{local.name}"
    if scheme == "memory":
        fsspec.filesystem("memory").put(str(local), str(local), recursive=True)

    there, failures = dataset.read(address)

    here, _ = dataset.read(local)
    assert failures == []
    assert there is not None
    assert here is not None
    assert (there.measurements.equals(here.measurements), there.units.equals(here.units)) == (True, True)


def test_what_is_wrong_at_an_address_is_said_of_the_address(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("", encoding="utf-8")

    with pytest.raises(SourceError) as caught:
        dataset.read(f"file://{tmp_path}")

    assert caught.value.params["source"] == f"file://{tmp_path}/units.csv"


@pytest.mark.parametrize(
    ("address", "reason"),
    [("memory://nothing/there", "source.not_found"), ("s3://bucket/data", "no_protocol")],
)
def test_an_address_without_a_data_set_says_why(address: str, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        dataset.read(address)

    assert caught.value.params == {"source": address, "reason": reason}
