"""A drawing of our own on a sheet: openpyxl knows no shapes, and pictures only where another library is installed, so
what is drawn is written as XML and put into the package that openpyxl has made."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from bsc_xl.excel.layout import SHEETS

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWINGS = "http://schemas.openxmlformats.org/drawingml/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_NAMESPACES = f'xmlns:xdr="{_DRAWINGS}/spreadsheetDrawing" xmlns:a="{_DRAWINGS}/main" xmlns:r="{_OFFICE}"'
_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "[Content_Types].xml"


def with_drawing(
    parts: Mapping[str, bytes], sheet: str, anchors: str, kind: str, targets: Mapping[str, str]
) -> dict[str, bytes]:
    """The parts of a drawn workbook with a drawing on that sheet, which has none.

    `anchors`: what is drawn, each piece with its place. `targets`: where what they refer to lies, by the id that they
    use, all of that kind of relationship ("hyperlink", "image").
    """
    number = next(i for i in count(1) if f"xl/drawings/drawing{i}.xml" not in parts)
    page, drawing = f"sheet{SHEETS.index(sheet) + 1}.xml", f"drawing{number}.xml"
    worksheet, relations = f"xl/worksheets/{page}", f"xl/worksheets/_rels/{page}.rels"
    made = dict(parts)
    made.setdefault(relations, _relations(""))
    _put(made, relations, b"</Relationships>", _relation(sheet, "drawing", f"/xl/drawings/{drawing}"))
    after = b"<tableParts" if b"<tableParts" in made[worksheet] else b"</worksheet>"
    _put(made, worksheet, after, f'<drawing xmlns:r="{_OFFICE}" r:id="{sheet}"/>')
    _put(made, _TYPES, b"</Types>", f'<Override PartName="/xl/drawings/{drawing}" ContentType="{_TYPE}"/>')
    named = "".join(_relation(key, kind, target) for key, target in targets.items())
    return made | {
        f"xl/drawings/{drawing}": f"{_DECLARATION}<xdr:wsDr {_NAMESPACES}>{anchors}</xdr:wsDr>".encode(),
        f"xl/drawings/_rels/{drawing}.rels": _relations(named),
    }


def with_file_type(parts: Mapping[str, bytes], ending: str, content_type: str) -> dict[str, bytes]:
    """The parts, in which files with that ending are known for what they are."""
    made = dict(parts)
    _put(made, _TYPES, b"</Types>", f'<Default Extension="{ending}" ContentType="{content_type}"/>')
    return made


def _put(parts: dict[str, bytes], part: str, before: bytes, new: str) -> None:
    """Writes something into a part before a place that there is once."""
    assert parts[part].count(before) == 1, part
    parts[part] = parts[part].replace(before, new.encode() + before)


def _relation(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _relations(each: str) -> bytes:
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}">{each}</Relationships>'.encode()
