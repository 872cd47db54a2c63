"""A package keeps what does not change as it lies; a damaged or monstrous one is refused, in little memory."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl.errors import SourceError
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.ooxml import package

REFERENCE = Path(__file__).parent.parent / "golden" / "bureau_id.xlsx"
NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda name: not name.endswith("/")
)


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package as another program writes it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def reference(**changed: bytes | None) -> dict[str, bytes]:
    """The parts of the bureau's workbook."""
    parts: dict[str, bytes | None] = package.read(REFERENCE.read_bytes()) | changed
    return {name: content for name, content in parts.items() if content is not None}


# --- what is written ------------------------------------------------------------------------------------------------


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=6))
def test_what_is_written_is_read_again_by_us_and_by_the_standard_library(parts: dict[str, bytes]) -> None:
    if len({name.casefold() for name in parts}) < len(parts):
        return
    content = package.write(parts)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} <= {(1980, 1, 1, 0, 0, 0)}
    assert package.read(content) == parts
    assert list(package.read(content)) == list(parts)
    assert package.write(package.read(content)) == content


def test_unzip_finds_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "buku.xlsx"
    path.write_bytes(package.write(reference()))
    done = subprocess.run(["unzip", "-tq", path], capture_output=True, text=True, check=False)
    assert (done.returncode, "No errors detected" in done.stdout) == (0, True)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_parts_that_do_not_change_keep_their_compressed_bytes_and_their_order(method: int) -> None:
    opened = package.open_package(zipped({"a.xml": b"a" * 999, "b.bin": bytes(range(256)), "c.xml": b"c"}, method))
    changed = opened.with_parts({"c.xml": b"C", "a.xml": b"a" * 999, "d.xml": b"new"})
    assert list(changed.members) == ["a.xml", "b.bin", "c.xml", "d.xml"]
    assert [changed.members[name] is opened.members[name] for name in ("a.xml", "b.bin", "c.xml")] == [
        True,
        True,
        False,
    ]
    written = package.open_package(changed.write())
    assert dict(written.members) == dict(changed.members)
    assert {name: written.part(name) for name in written.members} == {
        "a.xml": b"a" * 999, "b.bin": bytes(range(256)), "c.xml": b"C", "d.xml": b"new",
    }  # fmt: skip


def test_a_part_can_be_taken_out() -> None:
    opened = package.open_package(zipped({"a": b"1", "b": b"2"}))
    assert list(opened.with_parts({"a": None}).members) == ["b"]


def test_sizes_behind_the_data_and_comments_are_read() -> None:
    target = io.BytesIO()

    class Pipe(io.RawIOBase):
        """Takes bytes and cannot go back, so that sizes are written behind the data."""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            return target.write(data)  # type: ignore[arg-type]

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        archive.comment = b"catatan di ujung berkas"
        archive.writestr("a", b"a" * 500)
        with archive.open("b", "w", force_zip64=True) as part:
            part.write(b"b")
    assert target.getvalue()[6] & 0x08
    assert package.read(target.getvalue()) == {"a": b"a" * 500, "b": b"b"}


# --- what is refused ------------------------------------------------------------------------------------------------


def declaring(content: bytes, size: int) -> bytes:
    """The package with another unpacked size declared for its first part."""
    changed = bytearray(content)
    struct.pack_into("<L", changed, 22, size)
    struct.pack_into("<L", changed, content.index(b"PK\1\2") + 24, size)
    return bytes(changed)


def overlapping(entries: int) -> bytes:
    """A package in which many parts lie in the same compressed bytes."""
    whole = zipped({"a": b"\0" * 100_000})
    first, last = whole.index(b"PK\1\2"), whole.index(b"PK\5\6")
    directory = b"".join(whole[first : last - 1] + bytes([97 + i]) for i in range(entries))
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, len(directory), first, 0)
    return whole[:first] + directory + end


def encrypted(content: bytes) -> bytes:
    """The package with its first part marked as encrypted."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


def one_bit_wrong(content: bytes) -> bytes:
    """The package with one bit of the compressed data of a sheet turned."""
    at = content.index(b"xl/worksheets/sheet2.xml") + 2000
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


def twice(content: bytes, name: str) -> bytes:
    """The package with a second part of that name."""
    target = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library sees what is wrong here, too
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr(name, b"<other/>")
    return target.getvalue()


def with_sheet(xml_: bytes) -> bytes:
    """The bureau's workbook with other XML in the sheet that holds its settings."""
    parts = reference()
    name = next(name for name, content in parts.items() if b"Sheet_Settings" in content)
    return zipped({**parts, name: xml_})


def old_or_locked(locked: bool) -> bytes:
    """The beginning of a compound file: an .xls, or what Excel makes of an .xlsx with a password."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + ("EncryptedPackage" * locked).encode("utf-16-le")


DAMAGED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"Kode;Nama\n1;2\n" * 100, "not_a_workbook"),
    "empty": (lambda: b"", "not_a_workbook"),
    "old Excel": (lambda: old_or_locked(False), "old_format"),
    "password": (lambda: old_or_locked(True), "password"),
    "password of zip": (lambda: encrypted(REFERENCE.read_bytes()), "password"),
    "cut in the middle": (lambda: REFERENCE.read_bytes()[:40_000], "cut_short"),
    "cut at the end": (lambda: REFERENCE.read_bytes()[:-30], "cut_short"),
    "one bit wrong": (lambda: one_bit_wrong(REFERENCE.read_bytes()), "damaged_part"),
    "two of one name": (lambda: twice(REFERENCE.read_bytes(), "xl/workbook.xml"), "two_parts"),
    "two but for case": (lambda: twice(REFERENCE.read_bytes(), "XL/Workbook.xml"), "two_parts"),
    "declares too much": (lambda: declaring(zipped({"a": b"\0" * 1_000_000}), 600 << 20), "too_large"),
    "declares too little": (lambda: declaring(zipped({"a": b"\0" * 50_000_000}), 1_000), "damaged_part"),
    "declares one byte less": (lambda: declaring(zipped({"a": b"\0" * 1_000}), 999), "damaged_part"),
    "declares one byte more": (lambda: declaring(zipped({"a": b"\0" * 1_000}), 1_001), "damaged_part"),
    "shrinks too well": (lambda: zipped({"a": b"\0" * (17 << 20)}), "too_large"),
    "too much in all": (
        lambda: package.write_members(package.Member(str(i), 8, 0, 15 << 20, b"x" * 160_000) for i in range(40)),
        "too_large",
    ),
    "parts in one another": (lambda: overlapping(20), "damaged_part"),
    "too many parts": (lambda: zipped({str(i): b"" for i in range(10_001)}), "too_large"),
    "no content types": (lambda: zipped(reference(**{"[Content_Types].xml": None})), "missing_part"),
    "no workbook": (lambda: zipped(reference(**{"xl/workbook.xml": None})), "missing_part"),
    "no sheet": (lambda: zipped(reference(**{"xl/worksheets/sheet2.xml": None})), "missing_part"),
    "no styles": (lambda: zipped(reference(**{"xl/styles.xml": None})), "missing_part"),
    "no drawing": (lambda: zipped(reference(**{"xl/drawings/drawing1.xml": None})), "missing_part"),
    "entities beside the sheets": (
        lambda: zipped(reference(**{"docProps/core.xml": b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'})),
        "forbidden_xml",
    ),
    "much of nothing in many parts": (
        lambda: zipped(reference(**{f"xl/media/{i}.bin": b"\0" * (4 << 20) for i in range(16)})),
        "too_large",
    ),
    "an empty zip": (lambda: zipped({}), "missing_part"),
    "entities": (
        lambda: with_sheet(b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'),
        "forbidden_xml",
    ),
    "outside entities": (
        lambda: with_sheet(b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>'), "forbidden_xml",
    ),
    "deep": (lambda: with_sheet(b"<a>" * 3_000_000), "forbidden_xml"),
    "long attribute": (lambda: with_sheet(b'<a b="' + b"c" * 12_000_000 + b'"/>'), "forbidden_xml"),
    "many attributes": (
        lambda: with_sheet(b"<a " + b" ".join(b'b%d=""' % i for i in range(900_000)) + b"/>"), "forbidden_xml",
    ),
    "broken XML": (lambda: with_sheet(b"<worksheet><sheetData></worksheet>"), "damaged_part"),
    "no XML": (lambda: with_sheet(b"\0\1\2"), "damaged_part"),
    "workbook of many elements": (
        lambda: zipped(reference(**{"xl/workbook.xml": b"<workbook>" + b"<a/>" * 3_000_000 + b"</workbook>"})),
        "forbidden_xml",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """How a process that may not have more than 200 MiB refuses each of the damaged packages."""
    folder = tmp_path_factory.mktemp("damaged")
    for name, (make, _) in DAMAGED.items():
        (folder / f"{name}.xlsx").write_bytes(make())
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", REFUSING, folder], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert len(list(folder.iterdir())) == len(DAMAGED), "a refusal writes nothing"
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


REFUSING = """
import json, resource, sys, time
from pathlib import Path
from bsc_xl.errors import SourceError
from bsc_xl.excel import port
from bsc_xl.excel.file import open_book

def refusal(path):
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    begin = time.perf_counter()
    try:
        book = open_book(path)
        book.layout()
        book.read(port.READ)
    except SourceError as error:
        found = error.params
    seconds = time.perf_counter() - begin
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) << 10
    return {**found, "peak": peak, "seconds": seconds}

resource.setrlimit(resource.RLIMIT_DATA, (200 << 20, 200 << 20))
print(json.dumps({path.stem: refusal(path) for path in sorted(Path(sys.argv[1]).iterdir())}))
"""


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_package_is_refused_with_the_reason_in_little_memory(
    refusals: dict[str, dict[str, Any]], name: str
) -> None:
    found = refusals[name]
    assert found["reason"] == f"package.{DAMAGED[name][1]}"
    assert found["source"].endswith(f"{name}.xlsx")
    assert found["peak"] < 200 << 20


@pytest.mark.parametrize("name", DAMAGED)
def test_every_refusal_has_words_in_both_languages(refusals: dict[str, dict[str, Any]], name: str) -> None:
    error = SourceError(**{key: refusals[name][key] for key in ("source", "reason")}, part=refusals[name].get("part"))
    for language in LANGUAGES:
        text = load(language).error(error)
        assert "package." not in text
        assert "{" not in text
