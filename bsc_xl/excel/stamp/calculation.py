"""What a workbook says about calculating: an order that is wrong once a formula comes or goes, and when it is due."""

from __future__ import annotations

import re

from bsc_xl.excel.stamp import markup
from bsc_xl.ooxml.package import Package
from bsc_xl.ooxml.parts import CONTENT_TYPES, Parts, relations_part

_BEFORE_CALCULATION = (b"sheets", b"functionGroups", b"externalReferences", b"definedNames")


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


def with_calculation_on_opening(package: Package) -> dict[str, bytes | None]:
    """What changes in the package so that a program calculates all formulas when it opens the workbook."""
    name = Parts(package).workbook
    part = markup.utf8(package.part(name))
    shadow = markup.shadow(part)
    found = markup.tag(b"calcPr").search(shadow)
    if found is not None:
        rest, empty = found["rest"].removesuffix(b"/"), found["rest"].endswith(b"/")
        asked = markup.with_attribute(rest, b"fullCalcOnLoad", b"1") + (b"/" if empty else b"")
        return {name: part[: found.start("rest")] + asked + part[found.end("rest") :]}
    at = max(place.end() for each in _BEFORE_CALCULATION for place in markup.ends(each).finditer(shadow))
    root = markup.tag(b"workbook").search(shadow)
    assert root is not None, "the XML is well formed"
    made = b'<%bcalcPr fullCalcOnLoad="1"/>' % root["prefix"]
    return {name: part[:at] + made + part[at:]}


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
