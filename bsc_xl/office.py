"""LibreOffice on this computer, as the program that prints closed workbooks: files in, PDF files out.

One process prints many files, one after the other, and is watched: a file that it cannot load, at which it hangs or
dies, costs that file alone. Its profile is a folder of its own, so that neither what the user has set nor a window that
is open matters: numbers look as in the language of the workbook, macros never run, nothing is calculated on loading,
nothing is fetched from anywhere.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bsc_xl.errors import OfficeError

PATIENCE = 120.0
"""Seconds after which a process that has finished no further file is ended."""
_COMMANDS = ("soffice", "libreoffice")
_END = b"%%EOF"
_TAIL = 64

_LOCALES = {"id": "id-ID", "en": "en-US"}


def find() -> Path:
    """The program on this computer; `OfficeError` when there is none."""
    place = found(sys.platform, os.environ, Path.home())
    if place is None:
        raise OfficeError(reason="office.missing")
    return place


def found(platform: str, environment: Mapping[str, str], home: Path) -> Path | None:
    """The program on a computer with that ``sys.platform``, environment and home: on the search path, or where it
    usually is."""
    named = (shutil.which(command, path=environment.get("PATH", "")) for command in _COMMANDS)
    places = (*(Path(each) for each in named if each), *_usual_places(platform, environment, home))
    return next((place for place in places if place.is_file()), None)


def _usual_places(platform: str, environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    if platform == "win32":  # soffice.com waits for what soffice.exe only starts
        for name in ("PROGRAMFILES", "PROGRAMW6432", "PROGRAMFILES(X86)"):
            if folder := environment.get(name):
                yield Path(folder) / "LibreOffice" / "program" / "soffice.com"
    elif platform == "darwin":
        for applications in (Path("/Applications"), home / "Applications"):
            yield applications / "LibreOffice.app" / "Contents" / "MacOS" / "soffice"
    else:
        yield Path("/usr/lib/libreoffice/program/soffice")
        yield from sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file: the PDF file, None where LibreOffice did not print it."""

    file: Path
    printed: Path | None


class Office:
    """A LibreOffice that shows numbers as `language` does; `folder` is its own and holds nothing else. One process of
    it runs at a time."""

    def __init__(self, program: Path, folder: Path, language: str, patience: float = PATIENCE) -> None:
        self._program, self._folder, self._patience = program, folder, patience
        settings = folder / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_settings(_LOCALES[language]), encoding="utf-8")

    def start(self, files: Sequence[Path], out: Path) -> Printing:
        """Begins to print the files, whose names without ending are all different, into the folder."""
        return Printing(self.command(files, out), files, out, self._patience)

    def command(self, files: Sequence[Path], out: Path) -> list[str]:
        """What runs then."""
        return [
            str(self._program),
            f"-env:UserInstallation={self._folder.resolve().as_uri()}",
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
            *("--convert-to", "pdf:calc_pdf_Export", "--outdir", str(out)),
            *map(str, files),
        ]


class Printing:
    """One process of LibreOffice at work on files. Ask for `news` until it has `ended`; `left` are then the files that
    it did not come to, because it had to be ended or died."""

    def __init__(self, command: Sequence[str], files: Sequence[Path], out: Path, patience: float) -> None:
        self._waiting = list(files)
        self._out, self._patience = out, patience
        self._since = monotonic()
        self.left: list[Path] = []
        self.ended = False
        try:
            # a group of its own: Ctrl-C is meant for us, and it ends with everything that it has started
            self._process = subprocess.Popen(  # noqa: S603 - the program that was found, and no shell
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **_GROUP,
            )
        except OSError as error:
            raise OfficeError(reason="office.refused", text=str(error)) from error

    def news(self) -> list[Fate]:
        """What has become of files since the last time, in their order."""
        code = self._process.poll()  # before the files are looked at: what it made before it ended is there
        fates = self._fates()
        if fates:
            self._since = monotonic()
        hangs = code is None and monotonic() - self._since > self._patience
        if code is None and not hangs:
            return fates
        self.end()
        if not hangs and code == 0:  # it has tried all of them
            fates += [Fate(file, None) for file in self._waiting]
        elif self._waiting:
            culprit, *self.left = self._waiting
            fates.append(Fate(culprit, None))
        self._waiting = []
        return fates

    def _fates(self) -> list[Fate]:
        """Of the files up to the last one that is printed: it goes through them in their order."""
        printed = [self._out / f"{file.stem}.pdf" for file in self._waiting]
        done = max((place + 1 for place, path in enumerate(printed) if _is_whole(path)), default=0)
        fates = [
            Fate(file, path if _is_whole(path) else None)
            for file, path in zip(self._waiting[:done], printed[:done], strict=True)
        ]
        del self._waiting[:done]
        return fates

    def end(self) -> None:
        """Ends the process and all that belongs to it, if it still runs."""
        self.ended = True
        if self._process.poll() is None:
            if sys.platform == "win32":
                tree = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
                subprocess.run(tree, capture_output=True, check=False)  # noqa: S603
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


_GROUP: dict[str, bool] | dict[str, int]
if sys.platform == "win32":
    _GROUP = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _GROUP = {"start_new_session": True}


def _is_whole(path: Path) -> bool:
    """A PDF file is there, and written to its end."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            return _END in file.read()
    except OSError:
        return False


def _settings(locale: str) -> str:
    items = "\n".join(
        f'  <item oor:path="/org.openoffice.{path}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in (
            ("Setup/L10N", "ooSetupSystemLocale", locale),
            ("Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"),  # never
            ("Office.Calc/Content/Update", "Link", "2"),  # never
            ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
            ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
            ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
            ("Office.Java/VirtualMachine", "Enable", "false"),
        )
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
