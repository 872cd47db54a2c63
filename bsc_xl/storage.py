"""Folders on this computer, and at any address that fsspec knows (s3://, gs://, sftp://, memory://, ...), as one thing.

`folder` gives either kind. What is put there is there at once, whole or not at all; that is what lets processes on
several computers share a folder. A folder object holds an address and no connection, so it can be sent to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from bsc_xl import files
from bsc_xl.errors import BscError, MissingExtraError, OutputError, SourceError

_ADDRESS = re.compile(r"([a-z][a-z0-9+_.-]+)://", re.IGNORECASE)
_PASSWORD = re.compile(r"(://[^/@:]*):[^/@]*@")
_WHOLE_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "memory"})
"""Stores that show a new object only when all of it has arrived, and that have no folders; renaming would copy."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one file. `changed` is False when it held the content before; `backup` is where the former
    content is kept, None when there was none to keep."""

    changed: bool
    backup: str | None = None


class Folder(Protocol):
    """A folder for the files of a run; names are relative to it. Writing raises `OutputError`."""

    def place(self, name: str) -> str:
        """The file of that name as people find it: a path or an address, without a password."""

    def absolute(self) -> Folder:
        """The same folder for a process that stands elsewhere."""

    def read(self, name: str) -> bytes | None:
        """The content of the file, None where there is none."""

    def save(self, name: str, content: bytes) -> Stored:
        """Puts the content there; other content that stood there is kept beside it, the same is left alone."""

    def put(self, name: str, content: bytes) -> None:
        """Puts the content there, whatever stood there before."""

    def names(self, inner: str) -> list[str]:
        """The names of the files in a folder within this one, in order; none where there is no such folder."""

    def remove(self, inner: str) -> None:
        """Removes a folder within this one, with what is in it."""

    def remove_leftovers(self) -> None:
        """Removes what a process that was killed while it wrote has left."""


def folder(place: str | Path) -> Folder:
    """The folder at a path or an address. It need not exist: the first file makes it."""
    address = isinstance(place, str) and _ADDRESS.match(place)
    return RemoteFolder(str(place).rstrip("/")) if address else LocalFolder(Path(place))


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder on this computer, or one that looks like it: a network drive."""

    path: Path

    def place(self, name: str) -> str:
        """As in `Folder`."""
        return str(self.path / name)

    def absolute(self) -> LocalFolder:
        """As in `Folder`."""
        return LocalFolder(self.path.absolute())

    def read(self, name: str) -> bytes | None:
        """As in `Folder`."""
        path = self.path / name
        return path.read_bytes() if path.is_file() else None

    def save(self, name: str, content: bytes) -> Stored:
        """As in `Folder`."""
        saved = files.save(self.path / name, content)
        return Stored(saved.changed, str(saved.backup) if saved.backup else None)

    def put(self, name: str, content: bytes) -> None:
        """As in `Folder`."""
        files.put(self.path / name, content)

    def names(self, inner: str) -> list[str]:
        """As in `Folder`."""
        path = self.path / inner
        return sorted(each.name for each in path.iterdir()) if path.is_dir() else []

    def remove(self, inner: str) -> None:
        """As in `Folder`."""
        path = self.path / inner
        if path.is_dir():
            for each in path.iterdir():
                each.unlink(missing_ok=True)
            path.rmdir()

    def remove_leftovers(self) -> None:
        """As in `Folder`."""
        files.remove_leftovers(self.path)


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder at an address that fsspec knows."""

    address: str

    def place(self, name: str) -> str:
        """As in `Folder`."""
        return f"{shown(self.address)}/{name}"

    def absolute(self) -> RemoteFolder:
        """As in `Folder`: an address is the same everywhere."""
        return self

    def read(self, name: str) -> bytes | None:
        """As in `Folder`."""
        with self._answering(name) as (system, path):
            try:
                content: bytes = system.cat_file(path)
            except FileNotFoundError:
                return None
            return content

    def save(self, name: str, content: bytes) -> Stored:
        """As in `Folder`."""
        former = self.read(name)
        if former == content:
            return Stored(changed=False)
        backup = None if former is None else self._back_up(name, former)
        self.put(name, content)
        return Stored(changed=True, backup=backup)

    def put(self, name: str, content: bytes) -> None:
        """As in `Folder`."""
        with self._answering(name) as (system, path):
            if self._whole_objects:
                system.pipe_file(path, content)
                return
            parent = path.rpartition("/")[0]
            system.makedirs(parent, exist_ok=True)
            new = f"{parent}/{token_hex(8).join(files.PART)}"
            try:
                system.pipe_file(new, content)
                system.mv(new, path)
            except BaseException:
                if system.exists(new):
                    system.rm_file(new)
                raise

    def names(self, inner: str) -> list[str]:
        """As in `Folder`."""
        with self._answering(inner) as (system, path):
            system.invalidate_cache()  # others write there, too
            try:
                return sorted(each.rpartition("/")[2] for each in system.ls(path, detail=False))
            except FileNotFoundError:
                return []

    def remove(self, inner: str) -> None:
        """As in `Folder`."""
        names = self.names(inner)
        with self._answering(inner) as (system, path):
            for name in names:
                system.rm_file(f"{path}/{name}")  # removing it at once would take [ and * in an address for a pattern
            if names and not self._whole_objects:
                system.rmdir(path)

    def remove_leftovers(self) -> None:
        """As in `Folder`."""
        if self._whole_objects:
            return
        for name in self.names(""):
            if fnmatchcase(name, "*".join(files.PART)):
                with self._answering(name) as (system, path):
                    system.rm_file(path)

    @property
    def _whole_objects(self) -> bool:
        return self.address.partition("://")[0].lower() in _WHOLE_OBJECTS

    def _back_up(self, name: str, former: bytes) -> str:
        for backup in files.backup_names(name):
            kept = self.read(backup)
            if kept is None:
                self.put(backup, former)
            if kept in (None, former):
                return self.place(backup)
        raise AssertionError("there is no last name")

    @contextmanager
    def _answering(self, name: str) -> Iterator[tuple[Any, str]]:
        """The file system and the path of a file in it; whatever it refuses is an `OutputError`."""
        try:
            system, path = _system(self.address)
            yield system, f"{path}/{name}".rstrip("/")
        except BscError:
            raise
        except Exception as error:  # each kind of storage has errors of its own
            reason = files.refusal(error) if isinstance(error, OSError) else "failed"
            raise OutputError(path=self.place(name), reason=reason) from error


def is_readable(address: str) -> bool:
    """Whether fsspec knows addresses of this kind, so that there are files and not a database."""
    found = _ADDRESS.match(address)
    if not found:
        return False
    try:
        import fsspec
    except ModuleNotFoundError:
        return False
    return found[1].lower() in fsspec.available_protocols()


def download(address: str, into: Path, suffixes: tuple[str, ...]) -> Path:
    """A copy of what is at the address: of the file, or a folder with the files in it that have one of the suffixes.

    `SourceError` when there is nothing, or when it cannot be read.
    """
    source = shown(address)
    try:
        system, path = _system(address)
        if not system.exists(path):
            raise SourceError(source=source, reason="source.not_found")
        copy = into / path.rstrip("/").rpartition("/")[2]
        if system.isfile(path):
            system.get_file(path, str(copy))
            return copy
        copy.mkdir()
        for each in system.ls(path, detail=False):
            if each.casefold().endswith(suffixes):
                system.get_file(each, str(copy / each.rpartition("/")[2]))
    except OutputError as error:
        raise SourceError(source=source, reason=error.params["reason"]) from error
    except BscError:
        raise
    except Exception as error:  # each kind of storage has errors of its own
        denied = isinstance(error, PermissionError)
        raise SourceError(source=source, reason=f"source.{'no_permission' if denied else 'unreadable'}") from error
    return copy


@lru_cache(maxsize=16)
def _system(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it, without a slash at its end."""
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError as error:
        raise MissingExtraError(package="fsspec", extra="cluster") from error
    try:
        system, path = url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise OutputError(path=shown(address), reason="no_protocol") from error
    return system, path.rstrip("/")


def shown(address: str) -> str:
    """The address as it may be shown: without the password."""
    return _PASSWORD.sub(r"\1:***@", address)
