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
from typing import Any

import python_calamine

from bsc_xl.errors import PackageError, SourceError
from bsc_xl.excel import recalculation
from bsc_xl.excel.file import FileBook
from bsc_xl.excel.intake.compared import looked_at
from bsc_xl.excel.intake.sheets import Formulas, is_plain, is_whole, learnt
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

_SHEET_OR_NAME = re.compile(rb"<workbookPr [^>]*>|<sheet [^>]*>|<definedName [^<]*<")
_TABLE = re.compile(rb"""\s(?:displayName|ref)=["'][^"']*["']""")
_TO_TABLE = re.compile(rb"""Target=["'][^"']*tables?/[^"']*["']""")


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A workbook of a unit: its shape and the values on the sheets of `VALUES`, of formulas only those that are
    `looked_at`.

    `intact`: every formula of ours stands where it belongs. `book`: for whoever wants to know more.
    """

    layout: Layout
    blocks: Mapping[str, Block]
    intact: bool
    book: FileBook


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
    formulas: dict[str, list[Formulas]] = field(default_factory=lambda: {key: [] for key in FORMULAS})
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
        parts = {
            key: package.part(part)
            for key, part in each.parts.items()
            if key in VALUES or packed[key] != each.packed.get(key)
        }
        if not all(map(is_whole, parts.values())):
            return None
        if not all(_stand_in(parts[key], each.formulas[key]) for key in FORMULAS if key in parts and key not in VALUES):
            continue
        sheets = {each.parts[key]: _only_values(parts[key], each.formulas[key]) for key in VALUES}
        if not all(map(is_plain, sheets.values())):
            continue
        try:
            content = io.BytesIO(_with_sheets(package, sheets))
            with python_calamine.CalamineWorkbook.from_filelike(content) as values:
                blocks = {key: _block(values, each.titles[key]) for key in VALUES}
        except python_calamine.CalamineError:
            return None
        if blocks["settings"].value(each.shape.cell) == each.layout.signature and _headers(blocks) == each.headers:
            check_version(each.layout, blocks, path.name)
            each.packed |= packed
            return Opened(each.layout, blocks, intact=True, book=FileBook(path, package))
    return None


def _stand_in(content: bytes, known: Sequence[Formulas]) -> bool:
    """The formulas of the sheet are one of the lists that are known."""
    return any(each.stand_in(content) for each in known)


def _only_values(content: bytes, known: Sequence[Formulas]) -> bytes:
    """What has to be read of a sheet; nothing where its formulas are none of the lists that are known."""
    return next((values for each in known if (values := each.values(content)) is not None), b"")


def _with_sheets(package: Package, sheets: Mapping[str, bytes]) -> bytes:
    """A package with these sheets only and nothing compressed in them: unpacking takes as long as reading them."""
    members = [member for name, member in package.members.items() if not name.startswith(_NOT_FOR_VALUES)]
    for part, content in sheets.items():
        members.append(Member(part, STORED, zlib.crc32(content), len(content), content))
    return write_members(members)


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
    shown = looked_at(layout)
    for key in FORMULAS:
        found = learnt(package.part(parts[key]), {ref.cell for ref in shown if ref.sheet == key})
        stand = sum(text is not None for row in blocks[key].formulas for text in row)
        # where our look at the bytes sees fewer or more than there are, it cannot tell anything
        if found is not None and len(found.texts) == stand == _ours(layout)[key] and found not in each.formulas[key]:
            each.formulas[key].append(found)
            del each.formulas[key][:-_MOST_VARIANTS]


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
