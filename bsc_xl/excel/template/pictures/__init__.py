"""The pictures of the guide: cut-outs of a workbook in its language, beside the step that they show.

They lie beside this file, made from the sample by scripts/render_pictures.py; every workbook of a language has the same
bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import quoteattr

from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import guide, style
from bsc_xl.excel.template.drawings import with_drawing, with_file_type

NAMES = guide.SHOWN
"""Of each step of the guide the sheet that its picture shows."""
WIDTH, HEIGHT = 478, 110
"""Of a picture on the sheet, in pixels."""

_EMU = 9_525
"""Units of length of a drawing to the pixel."""


@cache
def picture(language: str, name: str) -> bytes:
    """The picture of that sheet as a PNG file."""
    return (files(__name__) / language / f"{name}.png").read_bytes()


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG picture in its own pixels."""
    width, height = struct.unpack(">2I", png[16:24])
    return width, height


def with_pictures(parts: Mapping[str, bytes], layout: Layout) -> dict[str, bytes]:
    """The parts of a drawn workbook with the pictures of its guide."""
    shown = "".join(_anchored(layout, step, name) for step, name in enumerate(NAMES, start=1))
    images = {name: f"/xl/media/guide_{name}.png" for name in NAMES}
    made = with_file_type(with_drawing(parts, "guide", shown, "image", images), "png", "image/png")
    return made | {target.lstrip("/"): picture(layout.language, name) for name, target in images.items()}


def _anchored(layout: Layout, step: int, name: str) -> str:
    """A picture at its natural proportions within the place for it."""
    wide, high = size(picture(layout.language, name))
    scale = min(WIDTH / wide, HEIGHT / high)
    extent = f'cx="{round(wide * scale) * _EMU}" cy="{round(high * scale) * _EMU}"'
    alt = layout.labels("guide.picture_alt", sheet=layout.title(name), step=step)
    about = f'<xdr:cNvPr id="{step + 1}" name={quoteattr(layout.title(name))} descr={quoteattr(alt)}/>'
    return (
        f"<xdr:oneCellAnchor><xdr:from><xdr:col>{guide.PICTURE_COLUMN}</xdr:col><xdr:colOff>0</xdr:colOff>"
        f"<xdr:row>{guide.step_row(step) - 1}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext {extent}/>"
        f'<xdr:pic><xdr:nvPicPr>{about}<xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="{name}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>'
        f'<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:ln w="{_EMU}"><a:solidFill><a:srgbClr val="{style.RULE}"/></a:solidFill></a:ln></xdr:spPr></xdr:pic>'
        "<xdr:clientData/></xdr:oneCellAnchor>"
    )
