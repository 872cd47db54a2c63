"""A workbook file as the members of a zip package, each still compressed: what does not change is copied as it lies.

The same members always give the same bytes: order as given, one fixed time stamp, no trace of the computer.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bsc_xl.errors import PackageError

LEVEL = 6
MOST_MEMBERS = 10_000
MOST_PACKED = 64 << 20
MOST_UNPACKED = 512 << 20
MOST_RATIO, RATIO_FROM = 100, 16 << 20
"""Sheets shrink to a tenth or a thirtieth; what shrinks to less than a hundredth and is large is no workbook."""

STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_VERSION, _DATE = 20, 0x21  # 2.0 knows deflate; 1980-01-01, where the time stamps of zip begin
_ENCRYPTED, _UTF8 = 0x1, 0x800
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_XML = (".xml", ".rels", ".vml")
_DECLARATIONS = re.compile(rb"<!(?:DOCTYPE|ENTITY)\b")
"""No spreadsheet program writes them; what they declare may grow without bounds in whoever reads it."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STEP = 1 << 18


class Member(NamedTuple):
    """One part as it lies in a package: `data` is packed by `method` and unpacks to `size` bytes with that `crc`."""

    name: str
    method: int
    crc: int
    size: int
    data: bytes


def packed(name: str, content: bytes, level: int = LEVEL) -> Member:
    """The member that holds `content`, compressed."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = compressor.compress(content) + compressor.flush()
    return Member(name, _DEFLATED, zlib.crc32(content), len(content), data)


def unpacked(member: Member) -> bytes:
    """The content of a member; `PackageError` when it does not have the size and checksum that it declares."""
    if member.method == STORED:
        content = member.data
    else:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(member.data, member.size + 1)
        except zlib.error as error:
            raise _damaged(member) from error
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise _damaged(member)
    return content


@dataclass(frozen=True)
class Package:
    """The members of a workbook file by name, in the order in which they lie."""

    members: Mapping[str, Member]

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def part(self, name: str) -> bytes:
        """The content of a part; `PackageError` when there is none of that name."""
        if name not in self.members:
            raise PackageError(reason="package.missing_part", part=name)
        return unpacked(self.members[name])

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of a part that is there; whether the rest of it is sound has not been looked at."""
        return next(_inflated(self.members[name], size))[:size]

    def with_parts(self, parts: Mapping[str, bytes | None]) -> Package:
        """The package with these parts in place of its own, new ones at its end, and without those that are None.

        A part that holds the same content already stays as it lies.
        """
        members = dict(self.members)
        for name, content in parts.items():
            if content is None:
                members.pop(name, None)
            elif name not in members or not _holds(members[name], content):
                members[name] = packed(name, content)
        return Package(members)

    def write(self) -> bytes:
        """The bytes of the file."""
        return write_members(self.members.values())


def _holds(member: Member, content: bytes) -> bool:
    same = member.size == len(content) and member.crc == zlib.crc32(content)
    return same and unpacked(member) == content


def read(data: bytes) -> dict[str, bytes]:
    """The parts of a package by name, in the order in which they stand."""
    return {name: unpacked(member) for name, member in open_package(data).members.items()}


def write(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts, in their order."""
    return write_members(packed(name, content) for name, content in parts.items())


def write_members(members: Iterable[Member]) -> bytes:
    """A zip file of these members, in their order, with a fixed time stamp; what is compressed already is copied."""
    local: list[bytes] = []
    central: list[bytes] = []
    at = 0
    for name, method, crc, size, data in members:
        encoded = name.encode()
        flags = 0 if name.isascii() else _UTF8
        common = (flags, method, 0, _DATE, crc, len(data), size, len(encoded), 0)
        local += (_LOCAL.pack(b"PK\3\4", _VERSION, *common), encoded, data)
        central += (_CENTRAL.pack(b"PK\1\2", _VERSION, _VERSION, *common, 0, 0, 0, 0, at), encoded)
        at += _LOCAL.size + len(encoded) + len(data)
    directory = b"".join(central)
    count = len(central) // 2
    return b"".join([*local, directory, _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), at, 0)])


def open_package(data: bytes) -> Package:
    """The package in `data`, nothing unpacked yet.

    `PackageError` when it is none, is encrypted, cut short, has two parts of one name or parts that lie in one another,
    or declares more than any workbook holds. What the parts themselves hold is seen when they are unpacked.
    """
    if data.startswith(_OLE):
        raise PackageError(
            reason="package.password" if "EncryptedPackage".encode("utf-16-le") in data else "package.old_format"
        )
    if data.count(b"PK\1\2") > MOST_MEMBERS:
        raise PackageError(reason="package.too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries, end = archive.infolist(), archive.start_dir
        members = list(_members(memoryview(data), entries, end))
    except (zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError) as error:
        raise PackageError(
            reason="package.cut_short" if data.startswith(b"PK") else "package.not_a_workbook"
        ) from error
    unpacked_size = sum(member.size for member in members)
    if unpacked_size > min(MOST_UNPACKED, max(RATIO_FROM, MOST_RATIO * len(data))):
        raise PackageError(reason="package.too_large")
    by_name = {member.name: member for member in members}
    # the names of parts are the same to Excel whatever their case
    if len({name.casefold() for name in by_name}) < len(members):
        raise PackageError(reason="package.two_parts")
    return Package(by_name)


def open_file(path: Path) -> Package:
    """The package in a file, every part of it found sound; `PackageError` for the first that is damaged."""
    if path.stat().st_size > MOST_PACKED:
        raise PackageError(reason="package.too_large")
    package = open_package(path.read_bytes())
    for member in package.members.values():
        for number, chunk in enumerate(_chunks(member)):
            if not number and _DECLARATIONS.search(chunk) and member.name.endswith(_XML):
                raise PackageError(reason="package.forbidden_xml", part=member.name)
    return package


def _members(data: memoryview, entries: list[zipfile.ZipInfo], end: int) -> Iterator[Member]:
    before = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.is_dir() and not entry.file_size:
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise PackageError(reason="package.password")
        if entry.compress_type not in (STORED, _DEFLATED):
            raise PackageError(reason="package.damaged_part", part=entry.filename)
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * entry.compress_size:
            raise PackageError(reason="package.too_large")
        header = data[entry.header_offset :][: _LOCAL.size]
        signature, *_, name_size, extra_size = _LOCAL.unpack(header)
        first = entry.header_offset + _LOCAL.size + name_size + extra_size
        last = first + entry.compress_size
        if signature != b"PK\3\4" or entry.header_offset < before or last > end:
            raise PackageError(reason="package.damaged_part", part=entry.filename)
        before = last
        yield Member(entry.filename, entry.compress_type, entry.CRC, entry.file_size, bytes(data[first:last]))


def _chunks(member: Member) -> Iterator[bytes]:
    """The content of a member in pieces, never more than a piece beyond what it declares."""
    left, crc = member.size, 0
    for chunk in _inflated(member):
        left -= len(chunk)
        if left < 0:
            break
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if left or crc != member.crc:
        raise _damaged(member)


def _inflated(member: Member, step: int = _STEP) -> Iterator[bytes]:
    if member.method == STORED:
        yield member.data
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(member.data), step):
            rest = member.data[at : at + step]
            while rest and not inflater.eof:
                yield inflater.decompress(rest, step)
                rest = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise _damaged(member) from error


def _damaged(member: Member) -> PackageError:
    return PackageError(reason="package.damaged_part", part=member.name)
