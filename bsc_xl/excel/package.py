"""Moved to `bsc_xl.ooxml.package`: data sets are read from such files too; this name goes when nobody uses it."""

from bsc_xl.ooxml.package import (
    LEVEL,
    Member,
    Package,
    open_package,
    packed,
    read,
    unpacked,
    write,
    write_members,
)

__all__ = ["LEVEL", "Member", "Package", "open_package", "packed", "read", "unpacked", "write", "write_members"]
