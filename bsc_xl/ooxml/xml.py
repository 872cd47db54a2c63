"""XML of packages, read as a stream, without what no spreadsheet program writes and what can hurt a reader.

Names of elements and attributes come without their namespace: programs differ in prefixes, and the strict and the
usual form of workbooks in namespaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree import ElementTree
from xml.parsers import expat

from bsc_xl.errors import PackageError

MOST_DEPTH = 256
LONGEST_TAG = 1 << 20
MOST_ELEMENTS = 200_000
"""Of a part that is held as a tree; sheets are read as streams and may have any number."""

_STEP = 1 << 16
Start = Callable[[str, dict[str, str]], object]
End = Callable[[str], object]
Text = Callable[[str], object]


def steps(content: bytes, part: str, start: Start, end: End, text: Text | None = None) -> Iterator[None]:
    """Reads XML piece by piece, calling `start`, `end` and `text` for what it holds; yields after each piece.

    `PackageError` for XML that is not well formed, declares a document type or entities, nests deeper than
    `MOST_DEPTH` or has a tag longer than `LONGEST_TAG`.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise _forbidden(part)
        start(name.rpartition(" ")[2], attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(" ")[2])

    def refused(*_: object) -> None:
        raise _forbidden(part)

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = opened, closed, refused
    if text:
        parser.CharacterDataHandler = text
    try:
        for at in range(0, len(content), _STEP):
            parser.Parse(content[at : at + _STEP], False)
            # what has been read and not yet been told is one unfinished tag
            if at + _STEP - max(parser.CurrentByteIndex, 0) > LONGEST_TAG:
                raise _forbidden(part)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise PackageError(reason="package.damaged_part", part=part) from error
    yield


def tree(content: bytes, part: str) -> ElementTree.Element:
    """The elements of a small part; refuses what `steps` refuses, and more than `MOST_ELEMENTS`."""
    builder = ElementTree.TreeBuilder()
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS:
            raise _forbidden(part)
        builder.start(name, {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    for _ in steps(content, part, start, builder.end, builder.data):
        pass
    return builder.close()


def check(content: bytes, part: str) -> None:
    """Refuses what `steps` refuses."""
    for _ in steps(content, part, lambda *_: None, lambda _: None):
        pass


def decoded(content: bytes, part: str) -> str:
    """The text of bytes that were found in a part; `PackageError` when they are none."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise PackageError(reason="package.damaged_part", part=part) from error


def _forbidden(part: str) -> PackageError:
    return PackageError(reason="package.forbidden_xml", part=part)
