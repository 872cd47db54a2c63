"""The files we write: names that every system accepts, replacement in one step, a backup of what stood there."""

from __future__ import annotations

import errno
import filecmp
import os
import re
import secrets
import shutil
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from pathlib import Path

from bsc_xl.errors import OutputError

NAME_BYTES = 120
"""Long enough to recognise a unit; short enough for Windows' 260 characters of path and Linux' 255 bytes of name."""

PART = (".bsc-", ".part")
"""A file that is being written begins and ends with these."""

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
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
    return _each_unlike(map(_safe_name, texts), (), lambda name, number: f"{name}_{number}")


def all_different(names: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """These names of files in order, each unlike those before it and those that are taken, also where only capitals
    differ: the second scorecard.xlsx is scorecard-2.xlsx."""
    return _each_unlike(names, taken, lambda name, number: f"{Path(name).stem}-{number}{Path(name).suffix}")


def _each_unlike(names: Iterable[str], taken: Iterable[str], numbered: Callable[[str, int], str]) -> list[str]:
    """Each name as it is, or with the first number from 2 on that makes it unlike all before it."""
    used = {name.casefold() for name in taken}
    found = []
    for name in names:
        own = next(own for own in chain([name], (numbered(name, i) for i in count(2))) if own.casefold() not in used)
        used.add(own.casefold())
        found.append(own)
    return found


def _safe_name(text: str) -> str:
    # surrogates and unassigned code points have no place in a name; a leading dot hides a file, a leading dash is
    # taken for an option, trailing dots vanish on Windows
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in ("Cs", "Cn", "Cf"))
    name = _FORBIDDEN.sub("_", kept).strip("._- ")
    name = name.encode()[:NAME_BYTES].decode(errors="ignore").rstrip("._- ")
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name


def save(path: Path, content: bytes, backups: Path | None = None, day: date | None = None) -> Saved:
    """Puts `content` at `path`, at once or not at all; what stood there before is kept beside it, or in `backups`.

    With `day`, it is kept once a day only, as it was before the first change of that day, under a name with the day:
    for changes that lose nothing that people typed, and come often.

    A link stays one, and what it points to is replaced; a file keeps its permissions, and one that is read-only is
    refused.

    A file that holds the content already is left alone, so that doing the same work again changes nothing. Nothing is
    forced onto the disk: after a power cut a new file may be damaged, the backup of the former one is not.
    `OutputError` when it cannot be written, for example because it is open in Excel; the folder is then as before.
    """
    with _refusals(path):
        former = _former(path)
        real = path.resolve() if path.is_symlink() else path
        if former and former.st_size == len(content) and real.read_bytes() == content:
            return Saved(path, changed=False)
        if former and not former.st_mode & _WRITABLE:
            raise OutputError(path=str(path), reason="read_only")
        with _beside(real, content) as new:
            if former is None:
                new.replace(real)
                return Saved(path, changed=True)
            shutil.copymode(real, new)
            with _kept(real, backups or real.parent, day) as backup:
                new.replace(real)
        return Saved(path, changed=True, backup=backup)


def put(path: Path, content: bytes) -> None:
    """Puts `content` at `path`, at once or not at all, and keeps nothing of what stood there. Errors as for `save`."""
    with _refusals(path), _beside(path, content) as new:
        new.replace(path)


def check_place(folder: Path) -> None:
    """`OutputError` when nothing can be written into the folder, whether or not it is there yet: to be told before long
    work and not after it. Nothing stays behind."""
    with _refusals(folder):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        with _beside(there / "trial", b""):
            pass


def remove_leftovers(folder: Path) -> None:
    """Removes what a process that was killed while it wrote has left in the folder."""
    for leftover in folder.glob(f"{PART[0]}*{PART[1]}"):
        leftover.unlink(missing_ok=True)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Whatever the system refuses as an `OutputError` that names the file."""
    try:
        yield
    except OSError as error:
        raise OutputError(path=str(path), reason=refusal(error)) from error


def refusal(error: OSError) -> str:
    """Why a file cannot be written, as the reason of an `OutputError`."""
    if isinstance(error, PermissionError):
        return "no_permission"
    if isinstance(error, (IsADirectoryError, NotADirectoryError, FileExistsError)):
        return "not_a_place"
    return "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "failed"


def _former(path: Path) -> os.stat_result | None:
    """What the system says of the file, None where there is none."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(about.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return about


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A new file with the content in the folder of `path`; it is gone afterwards, unless it was renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(secrets.token_hex(8).join(PART))
    try:
        with new.open("xb") as file:
            file.write(content)
        yield new
    finally:
        new.unlink(missing_ok=True)


def backup_names(name: str) -> Iterator[str]:
    """The names under which a former file is kept, in the order in which they are tried."""
    stem, dot, suffix = name.rpartition(".")
    for number in count(1):
        yield f"{stem}.bak{'' if number == 1 else number}{dot}{suffix}"


def _name_of_day(name: str, day: date) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.bak-{day:%Y-%m-%d}{dot}{suffix}"


_BACKUP = re.compile(r"(.+)\.bak([2-9]|[1-9][0-9]+|-[0-9]{4}-[0-9]{2}-[0-9]{2})?(\.[^.]*)")


def is_backup(path: Path) -> bool:
    """The name is one of `backup_names`, or that of a day, of a file that lies beside it."""
    found = _BACKUP.fullmatch(path.name)
    return found is not None and path.with_name(found[1] + found[3]).is_file()


def is_lock(path: Path) -> bool:
    """The file only marks that somebody has a workbook open in Excel; it lies beside the workbook meanwhile."""
    return path.name.startswith("~$")


def lock_of(path: Path) -> Path | None:
    """The file by which Excel or LibreOffice says that somebody has that workbook open; None where there is none. Where
    the system lets an open file be replaced, nothing else tells."""
    locks = (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#"))
    return next((lock for lock in locks if lock.exists()), None)


@contextmanager
def _kept(path: Path, folder: Path, day: date | None) -> Iterator[Path | None]:
    """Where the file is kept while it is replaced, and if that succeeds, afterwards: under the first free of its backup
    names, or the one that holds the same already; with `day` under that day's, or nowhere when that is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    if day:
        backup = folder / _name_of_day(path.name, day)
        if backup.exists():
            yield None
            return
    else:
        names = map(folder.joinpath, backup_names(path.name))
        backup = next(name for name in names if not name.exists() or filecmp.cmp(path, name, shallow=False))
    new = not backup.exists()
    if new:
        _second_name(path.resolve(), backup)
    try:
        yield backup
    except BaseException:
        if new:
            backup.unlink(missing_ok=True)
        raise


def _second_name(path: Path, name: Path) -> None:
    # A link is there at once, whole and with its date. Where the file system knows none, a copy is made and renamed.
    try:
        name.hardlink_to(path)
    except OSError:
        with _beside(name, b"") as new:
            shutil.copy2(path, new)
            new.replace(name)
