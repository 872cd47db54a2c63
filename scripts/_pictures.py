"""Cut-outs of printed pages as small PNG files: poppler draws the part that is wanted, in few colours."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bsc_xl.excel.template import style

Pixels = NDArray[np.uint8]
"""Rows of pixels of red, green and blue, (height, width, 3)."""

COARSE = 50
"""Dots per inch that are enough to see where the margins of a page end."""
COLOURS = 32
OWN = (
    style.INK, style.CAPTION, style.SOFT, style.BRAND, style.DATA, style.INPUT,
    *style.STATUS_INK.values(), *style.STATUS_GROUND.values(),
)  # fmt: skip
"""Colours of the workbook that a picture keeps, however little of them it shows."""
MARGIN = 0.08
"""Of white around what is printed, in inches."""


def cut_out(pdf: Path, share: float, below: float, size: tuple[int, int]) -> bytes:
    """A part of the first page from its left margin on, as wide as that share of what is printed, so many pixels wide
    and high. `below`: how far below the upper margin it begins, as a share of the width."""
    wide, high = size
    left, top, right = (edge / COARSE for edge in _edges(drawn(pdf, COARSE)))
    left, top, right = left - MARGIN, top - MARGIN, right + MARGIN
    top += below * (right - left)
    dots = wide / (share * (right - left))
    return png(drawn(pdf, dots, (round(left * dots), round(top * dots), wide, high)))


def drawn(pdf: Path, dots: float, part: tuple[int, int, int, int] | None = None) -> Pixels:
    """The first page at so many dots per inch; `part`: left, top, width and height of what is drawn, in dots."""
    options = [] if part is None else [f"-{name}={value}" for name, value in zip("xyWH", part, strict=True)]
    options = [word for option in options for word in option.split("=")]
    command = ["pdftoppm", "-f", "1", "-l", "1", "-r", f"{dots:.3f}", *options, str(pdf)]
    shown = subprocess.run(command, check=True, capture_output=True).stdout
    kind, wide, high, most = shown.split(maxsplit=4)[:4]
    assert (kind, most) == (b"P6", b"255")
    pixels = np.frombuffer(shown[-3 * int(wide) * int(high) :], np.uint8)
    return pixels.reshape(int(high), int(wide), 3)


def _edges(page: Pixels) -> tuple[int, int, int]:
    """Where on the page anything is printed: first column, first row, column behind the last."""
    rows, columns = np.nonzero((page < 250).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1


def png(pixels: Pixels) -> bytes:
    """A PNG file of these pixels with a palette of `COLOURS`: our own and those that are most frequent, and for others
    the nearest of them."""
    coarse = pixels.reshape(-1, 3) & 0xFC
    fine, where, counts = np.unique(coarse | coarse >> 6, axis=0, return_inverse=True, return_counts=True)
    own = np.array([list(bytes.fromhex(colour)) for colour in OWN])
    frequent = fine[np.argsort(-counts, kind="stable")[: COLOURS - len(own)]]
    palette = np.concatenate([own, frequent]).astype(np.int64)
    apart = ((fine[:, None, :].astype(np.int64) - palette[None]) ** 2).sum(axis=2)
    index = apart.argmin(axis=1).astype(np.uint8)[where.ravel()]
    high, wide = pixels.shape[:2]
    # each line begins with 0: it is stored as it is
    lines = np.insert(index.reshape(high, wide), 0, 0, axis=1)
    header = struct.pack(">2I5B", wide, high, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in (*chunks, (b"IEND", b"")))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
