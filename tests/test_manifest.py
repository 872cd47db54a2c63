"""The manifest of a folder: every line survives, and what is no line costs nothing."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_xl import storage
from bsc_xl.storage import Folder
from bsc_xl.workflows import manifest
from bsc_xl.workflows.manifest import Record

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
records = st.builds(Record, *[texts] * len(Record._fields))
_names = count()


def fresh() -> Folder:
    return storage.folder(f"memory://manifest-{next(_names)}")


def line(unit_code: str, checksum: str = "1") -> Record:
    return Record(unit_code, f"{unit_code}.xlsx", checksum, "i", "100.0", "0.1", "")


@settings(deadline=None)
@given(st.lists(records, unique_by=lambda record: record.unit_code, max_size=6))
def test_every_line_comes_back_whatever_text_it_holds(lines: list[Record]) -> None:
    folder = fresh()
    manifest.note(folder, 0, lines)

    assert list(manifest.read(folder).values()) == lines
    manifest.settle(folder, [])
    assert manifest.read(folder) == {each.unit_code: each for each in lines}


def test_lines_stand_in_the_order_of_the_units_and_others_after_them() -> None:
    folder = fresh()
    manifest.note(folder, 0, [line("Z"), line("B"), line("A"), line("Y")])
    manifest.settle(folder, ["B", "C", "A"])

    assert list(manifest.read(folder)) == ["B", "A", "Y", "Z"]


def test_what_was_noted_last_holds() -> None:
    folder = fresh()
    manifest.note(folder, 0, [line("A", "old"), line("B", "old")])
    manifest.settle(folder, ["A", "B"])
    manifest.note(folder, 9, [line("A", "new")])
    manifest.note(folder, 10, [line("A", "newest")])

    assert [each.checksum for each in manifest.settle(folder, ["A", "B"]).values()] == ["newest", "old"]


def test_what_was_noted_by_a_run_that_was_killed_becomes_part_of_the_manifest_with_the_next(tmp_path: Path) -> None:
    folder = storage.folder(tmp_path)
    manifest.note(folder, 0, [line("A")])
    assert not (tmp_path / manifest.NAME).exists()

    manifest.settle(folder, ["A"])

    assert [path.name for path in tmp_path.iterdir()] == [manifest.NAME]


@pytest.fixture
def whole() -> bytes:
    folder = fresh()
    manifest.note(folder, 0, [line("A"), line('B "Bagian"\r\n, dua'), line("C")])
    manifest.settle(folder, [])
    content = folder.read(manifest.NAME)
    assert content is not None
    return content


def test_a_manifest_that_is_cut_anywhere_keeps_the_lines_before_the_cut(whole: bytes) -> None:
    folder = fresh()
    for cut in range(len(whole)):
        folder.put(manifest.NAME, whole[:cut])
        found = manifest.read(folder)
        assert found.keys() <= {"A", 'B "Bagian"\r\n, dua', "C"}
        assert found.get("A", line("A")) == line("A")


@given(st.binary(max_size=200))
def test_what_is_no_manifest_holds_no_lines_of_use(content: bytes) -> None:
    folder = fresh()
    folder.put(manifest.NAME, content)

    assert all(len(record) == len(Record._fields) for record in manifest.read(folder).values())
