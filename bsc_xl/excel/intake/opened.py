"""One closed workbook opened for reading only, as fast as its cells can be read without missing anything.

Most workbooks of a collection were made alike and saved by the same program: the parts that say where things stand are
the same, byte for byte, and so are their formulas. What has been looked at cell by cell once, with `FileBook`, is known
then; of every further workbook like it only the values are read, and its formulas are compared as a list. Whatever
differs is looked at cell by cell again.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import python_calamine

from bsc_xl.errors import PackageError, SourceError
from bsc_xl.excel import recalculation
from bsc_xl.excel.file import MOST_CELLS, FileBook
from bsc_xl.excel.layout import HEADER_ROW, SHEETS, Layout, Ref
from bsc_xl.excel.plates.recent import Recent
from bsc_xl.excel.port import Block, Found
from bsc_xl.excel.reading import INPUT_SHEETS, check_version
from bsc_xl.model import Perspective
from bsc_xl.ooxml.package import MOST_PACKED, STORED, Member, Package, open_package, write_members

VALUES = (*INPUT_SHEETS, "action_plan", "employees")
"""The sheets whose values are read."""
FORMULAS = tuple(key for key in SHEETS if key not in ("guide", "checks"))
"""The sheets with formulas of ours; those on the sheet of findings only lead to cells."""

_BEGIN = b"<f"
_FORMULA = re.compile(rb"<f[ />][^<]*(?:</f>)?")
_KIND = re.compile(rb' t="[a-zA-Z]*"')
_ERROR = b't="e"'
_OTHER_QUOTES = b"='"
_HEAD = 1 << 13
"""Where some program writes attributes in other quotation marks, it does so from the beginning."""
_LAST_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_MOST_ROWS = MOST_CELLS // 16_384
"""Whichever columns they reach to."""
_SHEET_OR_NAME = re.compile(rb"<workbookPr [^>]*>|<sheet [^>]*>|<definedName [^<]*<")
_TABLE = re.compile(rb"""\s(?:displayName|ref)=["'][^"']*["']""")
_TO_TABLE = re.compile(rb"""Target=["'][^"']*tables?/[^"']*["']""")


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A workbook of a unit: its shape and the values on the sheets of `VALUES`.

    `intact`: every formula of ours stands where it belongs. `book`: for whoever wants to know more.
    """

    layout: Layout
    blocks: Mapping[str, Block]
    intact: bool
    book: FileBook


class _Formulas(NamedTuple):
    """The formulas of a sheet as they stand in its part, in the order of their cells. `texts`: the elements, behind
    their first two bytes. `heads`: the ways in which each cell may begin up to its formula, whatever kind of value it
    shows; the address is in it. `rest`: what follows a formula, as a slice of what follows those bytes."""

    texts: list[bytes]
    heads: list[tuple[bytes, ...]]
    rest: list[slice]

    def values(self, cells: Sequence[bytes]) -> bytes | None:
        """The cells without their formulas, if they are these, each in its cell: a formula that was moved is another
        one, whatever it says. `cells`: the rows of the sheet, split at `_BEGIN`."""
        before, behind = cells[:-1], cells[1:]
        if len(behind) != len(self.texts) or not all(map(bytes.startswith, behind, self.texts)):
            return None
        if not all(map(bytes.endswith, before, self.heads)):
            return None
        return b"".join([cells[0], *(each[rest] for each, rest in zip(behind, self.rest, strict=True))])


@dataclass(slots=True, eq=False)
class _Known:
    """What workbooks with the same structure share. `headers`: of the KPI tables, by column; `formulas`: by sheet,
    those that have been found complete; `packed`: by sheet, of which no value is read, the part that was found in order
    last, as it stands in its package."""

    layout: Layout
    titles: Mapping[str, str]
    parts: Mapping[str, str]
    shape: Ref
    headers: list[dict[int, Found]]
    formulas: dict[str, list[_Formulas]] = field(default_factory=lambda: {key: [] for key in FORMULAS})
    packed: dict[str, bytes] = field(default_factory=dict)


_KNOWN: Recent[tuple[object, ...], list[_Known]] = Recent(64)
_STRUCTURES: Recent[tuple[object, ...], tuple[object, ...]] = Recent(64)
_NOT_FOR_VALUES = tuple(
    f"xl/{folder}/" for folder in ("worksheets", "tables", "charts", "drawings", "media", "theme", "printerSettings")
)
_STRUCTURAL = ("xl/workbook.xml", "xl/tables/")
_MOST_VARIANTS = 16


def open_workbook(path: Path, name: str, data: bytes) -> Opened:
    """The workbook with that content; `SourceError` that names it when it cannot be read, or is none of this version.

    Everything that counts is looked at, by the short way or by the long one; the result is the same.
    """
    try:
        if len(data) > MOST_PACKED:
            raise PackageError(reason="package.too_large")
        package = open_package(data)
        known = _KNOWN.get(_structure(package), list)
        return _briefly(path, package, known) or _at_length(path, package, known)
    except PackageError as error:
        raise SourceError(source=name, **error.params) from error
    except SourceError as error:
        raise SourceError(**error.params | {"source": name}) from error


def _structure(package: Package) -> tuple[object, ...]:
    """What decides where cells stand, apart from the shape that the workbook keeps."""
    parts = [member for name, member in package.members.items() if name.startswith(_STRUCTURAL) or ".rels" in name]
    return _STRUCTURES.get(tuple((name, data) for name, _, _, _, data in parts), lambda: _read_structure(package))


def _read_structure(package: Package) -> tuple[object, ...]:
    """The same as far as it matters: programs add to these parts what is different in every file, such as identifiers,
    paths and the size of windows."""
    workbook = package.part("xl/workbook.xml") if "xl/workbook.xml" in package else b""
    names = _SHEET_OR_NAME.findall(workbook)
    found: list[object] = names if len(names) > len(SHEETS) else [each.data for each in package.members.values()]
    for name in package.members:
        if name.startswith("xl/tables/"):
            found += (name, *_TABLE.findall(package.part(name)))
        elif name.startswith("xl/worksheets/_rels/"):
            found += (name, *_TO_TABLE.findall(package.part(name)))
        elif name.endswith(".rels"):
            found.append(package.members[name].data)
    return tuple(found)


def _briefly(path: Path, package: Package, known: list[_Known]) -> Opened | None:
    """The workbook, when all of it is like one that is known; None when anything has to be looked at more closely."""
    if not known:
        return None
    packed = {key: package.members[part].data for key, part in known[0].parts.items() if key not in VALUES}
    for each in known:
        looked_at = [key for key in each.parts if key in VALUES or packed[key] != each.packed.get(key)]
        parts = {key: package.part(each.parts[key]) for key in looked_at}
        if not all(map(_is_whole, parts.values())):
            return None
        compared = [key for key in looked_at if key in FORMULAS]
        found = ((key, _without_formulas(parts[key], each.formulas[key])) for key in compared)
        without = {key: content for key, content in found if content is not None}
        if len(without) < len(compared) or not all(_is_plain(without[key]) for key in VALUES):
            continue
        try:
            content = _only_values(package, {each.parts[key]: without[key] for key in VALUES})
            with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as values:
                blocks = {key: _block(values, each.titles[key]) for key in VALUES}
        except python_calamine.CalamineError:
            return None
        if blocks["settings"].value(each.shape.cell) == each.layout.signature and _headers(blocks) == each.headers:
            check_version(each.layout, blocks, path.name)
            each.packed |= packed
            return Opened(each.layout, blocks, intact=True, book=FileBook(path, package))
    return None


def _rows(content: bytes) -> tuple[int, int]:
    """Where the rows of a sheet begin and end."""
    return content.find(b"<sheetData>"), content.rfind(b"</sheetData>")


def _without_formulas(content: bytes, known: Sequence[_Formulas]) -> bytes | None:
    """The sheet up to the end of its rows without its formulas, which are half of what would have to be read; None
    where they are none of the lists that are known."""
    first, last = _rows(content)
    cells = content[first:last].split(_BEGIN) if 0 <= first < last else []
    found = (values for each in known if (values := each.values(cells)) is not None)
    rows = next(found, None)
    return None if rows is None else b"".join((content[:first], rows, b"</sheetData></worksheet>"))


def _heads(cell: bytes) -> tuple[bytes, ...]:
    bare = _KIND.sub(b"", cell).removesuffix(b">")
    return (cell, bare + b">", *(b'%b t="%b">' % (bare, kind) for kind in (b"str", b"n", b"b")))


def _only_values(package: Package, sheets: Mapping[str, bytes]) -> bytes:
    """A package with these sheets only and nothing compressed in them: unpacking takes as long as reading them."""
    members = [member for name, member in package.members.items() if not name.startswith(_NOT_FOR_VALUES)]
    for part, content in sheets.items():
        members.append(Member(part, STORED, zlib.crc32(content), len(content), content))
    return write_members(members)


def _is_whole(content: bytes) -> bool:
    """The XML of the sheet ends where it should: calamine has enough with the rows."""
    return content.rstrip().endswith(b"worksheet>")


def _is_plain(content: bytes) -> bool:
    """The sheet has no error value, which calamine takes for a blank, and no cell so far off that it costs memory."""
    last = content.rfind(b"<row ")
    row = _LAST_ROW.match(content, last) if last >= 0 else None
    near = row is not None and int(row[1]) <= _MOST_ROWS
    return near and _OTHER_QUOTES not in content[:_HEAD] and _ERROR not in content


def _block(values: Any, title: str) -> Block:
    rows = values.get_sheet_by_name(title).to_python(skip_empty_area=False)
    return Block(title, rows, ())


def _at_length(path: Path, package: Package, known: list[_Known]) -> Opened:
    """The workbook read cell by cell, which is remembered where it is as it was drawn."""
    for member in package.members:
        package.part(member)
    book = FileBook(path, package)
    layout = book.layout()
    blocks = book.read(recalculation.READ)
    check_version(layout, blocks, path.name)
    intact = not recalculation.lost_formulas(layout, blocks)
    sheets = book.drawn_sheets
    if intact and sheets is not None:
        titles = {key: sheet.title for key, sheet in sheets.items()}
        _remember(known, layout, titles, {key: sheet.part for key, sheet in sheets.items()}, package, blocks)
    return Opened(layout, blocks, intact, book)


def _remember(
    known: list[_Known],
    layout: Layout,
    titles: Mapping[str, str],
    parts: Mapping[str, str],
    package: Package,
    blocks: Mapping[str, Block],
) -> None:
    each = next((own for own in known if own.layout == layout), None)
    if each is None:
        each = _Known(layout, titles, parts, layout.settings["shape"], _headers(blocks))
        known.append(each)
        del known[:-_MOST_VARIANTS]
    for key in FORMULAS:
        found = _learnt(package.part(parts[key]))
        stand = sum(text is not None for row in blocks[key].formulas for text in row)
        # where our look at the bytes sees fewer or more than there are, it cannot tell anything
        if found is not None and len(found.texts) == stand == _ours(layout)[key] and found not in each.formulas[key]:
            each.formulas[key].append(found)
            del each.formulas[key][:-_MOST_VARIANTS]


def _learnt(content: bytes) -> _Formulas | None:
    """The formulas of a sheet; None where anything else begins as they do, or a cell does not say where it is."""
    first, last = _rows(content)
    cells = content[first:last].split(_BEGIN)
    texts = [_FORMULA.match(_BEGIN + behind) for behind in cells[1:]]
    starts = [before[before.rfind(b"<c ") :] for before in cells[:-1]]
    if not all(texts) or not all(b' r="' in cell for cell in starts):
        return None
    lengths = [len(text[0]) - len(_BEGIN) for text in texts if text]
    return _Formulas(
        [behind[:length] for behind, length in zip(cells[1:], lengths, strict=True)],
        [_heads(cell) for cell in starts],
        [slice(length, None) for length in lengths],
    )


def _headers(blocks: Mapping[str, Block]) -> list[dict[int, Found]]:
    """What the headers of the KPI tables say, and where: a program may move cells away from under their tables,
    without moving a formula."""
    rows = (blocks[perspective].row(HEADER_ROW) for perspective in Perspective)
    return [{column: text for column, text in enumerate(row) if text} for row in rows]


_COUNTS: Recent[Layout, dict[str, int]] = Recent(64)


def _ours(layout: Layout) -> dict[str, int]:
    """How many formulas the layout has on each sheet."""
    return _COUNTS.get(layout, lambda: _counted(layout))


def _counted(layout: Layout) -> dict[str, int]:
    from bsc_xl.excel import formulas

    counts = dict.fromkeys(SHEETS, 0)
    for ref in formulas.every(layout):
        counts[ref.sheet] += 1
    return counts
