"""The files we write: names that every system accepts, replacement in one step, a backup of what stood there."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bsc_xl.errors import OutputError

NAME_BYTES = 120
"""Long enough to recognise a unit; short enough for Windows' 260 characters of path and Linux' 255 bytes of name."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one file: `path` now holds the content. `changed` is False when it did so before.

    `backup` is where the former content is kept, None when there was none to keep.
    """

    path: Path
    changed: bool
    backup: Path | None = None


def safe_names(texts: Sequence[str]) -> list[str]:
    """A file name, without suffix, for each text, in order: readable, valid on Windows, macOS and Linux, all different.

    Names that differ only in case count as the same, as Windows and macOS take them. The same texts in the same order
    always get the same names.
    """
    taken: set[str] = set()
    names = []
    for text in texts:
        name = stem = _safe_name(text)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _safe_name(text: str) -> str:
    # surrogates and unassigned code points have no place in a name; a leading dot hides a file, a leading dash is
    # taken for an option, trailing dots vanish on Windows
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in ("Cs", "Cn", "Cf"))
    name = _FORBIDDEN.sub("_", kept).strip("._- ")
    name = name.encode()[:NAME_BYTES].decode(errors="ignore").rstrip("._- ")
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name


def save(path: Path, content: bytes, backups: Path | None = None) -> Saved:
    """Puts `content` at `path`, at once or not at all; what stood there before is kept beside it, or in `backups`.

    A file that holds the content already is left alone, so that doing the same work again changes nothing.
    `OutputError` when it cannot be written, for example because it is open in Excel.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        former = path.read_bytes() if path.exists() else None
        if former == content:
            return Saved(path, changed=False)
        backup = None if former is None else _back_up(path, former, backups or path.parent)
        _replace(path, content)
    except PermissionError as error:
        raise OutputError(path=str(path), reason="no_permission") from error
    except OSError as error:
        raise OutputError(path=str(path), reason=_reason(error)) from error
    return Saved(path, changed=True, backup=backup)


def _reason(error: OSError) -> str:
    if isinstance(error, (IsADirectoryError, NotADirectoryError, FileExistsError)):
        return "not_a_place"
    return "disk_full" if error.errno == errno.ENOSPC else "failed"


def _back_up(path: Path, former: bytes, folder: Path) -> Path:
    """Where `former` is kept: the first free of name.bak.xlsx, name.bak2.xlsx, ... or the one that holds it already."""
    number = 1
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        backup = folder / f"{path.stem}.bak{'' if number == 1 else number}{path.suffix}"
        if not backup.exists():
            shutil.copy2(path, backup)
            return backup
        if backup.read_bytes() == former:
            return backup
        number += 1


def _replace(path: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".bsc-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(beside).chmod(0o666 & ~umask)  # mkstemp allows the owner only; a new file follows the folder's rules
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
