"""Which part of a package holds what: sheets, defined names and tables, found as the package itself says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from bsc_xl.errors import PackageError
from bsc_xl.ooxml import xml
from bsc_xl.ooxml.package import Package

CONTENT_TYPES = "[Content_Types].xml"
_HEAD = 1 << 12
AREA = re.compile("[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?")
"""A cell or a range as it is written without dollar signs; whole rows and columns are none."""
_TABLE_PART = re.compile(rb"<(?:[\w.-]+:)?tablePart[\s/>]")
_CODE_NAME = re.compile(rb"""<(?:[\w.-]+:)?sheetPr\s[^>]*?\bcodeName\s*=\s*["']([^"']*)["']""")


class Relation(NamedTuple):
    """What one part refers to: the last word of the relation's type, and the name of the other part."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its visible title, its part, and its code name, "" where a program has dropped it."""

    title: str
    part: str
    code_name: str


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: its name, its part, the part of its sheet, its range with the header, such as ``B7:T12``, and
    what its columns are called, which is what the cells of its header say."""

    name: str
    part: str
    sheet: str
    area: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """The parts of a workbook by what they are for."""

    package: Package

    @cached_property
    def workbook(self) -> str:
        """The name of the workbook part."""
        if CONTENT_TYPES not in self.package:
            raise _missing(CONTENT_TYPES)
        return self._the("", "officeDocument", "xl/workbook.xml")

    @property
    def styles(self) -> str:
        """The name of the part that says how cells look."""
        return self._the(self.workbook, "styles", "xl/styles.xml")

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The worksheets in the order of their tabs; chart sheets and macro sheets are passed over."""
        targets = {relation.id: relation for relation in self.relations(self.workbook)}
        found = []
        for element in self._workbook.iterfind("sheets/sheet"):
            relation = targets.get(element.get("id", ""))
            if relation is None:
                raise _missing(element.get("name", ""))
            if relation.kind == "worksheet":
                if relation.target not in self.package:
                    raise _missing(relation.target)
                name = _CODE_NAME.search(self.package.head(relation.target, _HEAD))
                code_name = xml.decoded(name[1], relation.target) if name else ""
                found.append(Sheet(element.get("name", ""), relation.target, code_name))
        if not found:
            raise _missing("worksheets")
        return tuple(found)

    @cached_property
    def names(self) -> dict[str, str]:
        """The defined names of the whole workbook, and what they refer to."""
        elements = self._workbook.iterfind("definedNames/definedName")
        return {e.get("name", ""): e.text or "" for e in elements if e.get("localSheetId") is None}

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The Excel tables by name. `PackageError` for one without a range, or that is meant and not to be found."""
        found = {}
        for sheet in self.sheets:
            own = relations_part(sheet.part)
            if own not in self.package and _TABLE_PART.search(self.package.part(sheet.part)):
                raise _missing(own)
            for relation in self.relations(sheet.part):
                if relation.kind == "table":
                    element = xml.tree(self.package.part(relation.target), relation.target)
                    name = element.get("displayName", "")
                    columns = tuple(each.get("name", "") for each in element.iterfind("tableColumns/tableColumn"))
                    area = element.get("ref", "").replace("$", "")
                    if not AREA.fullmatch(area):
                        raise PackageError(reason="package.damaged_part", part=relation.target)
                    found[name] = Table(name, relation.target, sheet.part, area, columns)
        return found

    @property
    def signed(self) -> bool:
        """The workbook bears a digital signature, which any change makes invalid."""
        return any(relation.kind == "origin" for relation in self.relations(""))

    @property
    def dates_from_1904(self) -> bool:
        """Dates are numbers of days since 1904, four years later than elsewhere."""
        properties = self._workbook.find("workbookPr")
        return properties is not None and properties.get("date1904") in ("1", "true")

    @property
    def ribbon(self) -> bool:
        """The workbook brings tabs of the ribbon along."""
        return any(relation.kind == "extensibility" for relation in self.relations(""))

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to inside the package; of the package itself for ""."""
        name = relations_part(part)
        if name not in self.package:
            return []
        found = list(_relations(xml.tree(self.package.part(name), name), posixpath.dirname(part)))
        for relation in found:
            if relation.kind in _NEEDED and relation.target not in self.package:
                raise _missing(relation.target)
        return found

    def _the(self, part: str, kind: str, usual: str) -> str:
        target = next((relation.target for relation in self.relations(part) if relation.kind == kind), usual)
        if target not in self.package:
            raise _missing(target)
        return target

    @cached_property
    def _workbook(self) -> Element:
        return xml.tree(self.package.part(self.workbook), self.workbook)


_NEEDED = frozenset({"worksheet", "styles", "theme", "sharedStrings", "drawing", "chart", "table"})
"""Parts without which a program repairs the workbook, so that something of it is lost."""


def relations_part(part: str) -> str:
    """The name of the part that says what `part` refers to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relations(root: Element, folder: str) -> Iterator[Relation]:
    for element in root.iterfind("Relationship"):
        if element.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, unquote(element.get("Target", ""))))
            yield Relation(element.get("Id", ""), posixpath.basename(element.get("Type", "")), target.lstrip("/"))


def _missing(part: str) -> PackageError:
    return PackageError(reason="package.missing_part", part=part)
