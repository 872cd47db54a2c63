"""The order of calculation that Excel keeps beside the sheets: wrong once a formula comes or goes, and no loss."""

from __future__ import annotations

import re

from bsc_xl.excel.stamp import markup
from bsc_xl.ooxml.package import Package
from bsc_xl.ooxml.parts import CONTENT_TYPES, Parts, relations_part


def without_order(package: Package) -> dict[str, bytes | None]:
    """What changes in the package when the order of calculation is taken out, with all that points to it."""
    parts = Parts(package)
    found = [relation for relation in parts.relations(parts.workbook) if relation.kind == "calcChain"]
    changed: dict[str, bytes | None] = {}
    relations = relations_part(parts.workbook)
    for relation in found:
        changed[relation.target] = None
        for name, attribute, value in (
            (relations, b"Id", relation.id),
            (CONTENT_TYPES, b"PartName", f"/{relation.target}"),
        ):
            content = changed.get(name) or package.part(name)
            changed[name] = _without(content, attribute, value.encode())
    return changed


def _without(part: bytes, attribute: bytes, value: bytes) -> bytes:
    """The XML without the element that has no content and that value of the attribute."""
    part = markup.utf8(part)
    for found in markup.any_tag.finditer(markup.shadow(part)):
        if markup.attribute(found[2], attribute) == value:
            end = found.end()
            if not found[2].endswith(b"/"):
                closing = re.compile(rb"</" + re.escape(found[1]) + rb"\s*>").search(part, end)
                assert closing is not None, "the XML is well formed"
                end = closing.end()
            return part[: found.start()] + part[end:]
    return part
