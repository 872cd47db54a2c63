"""Setting the ribbon up on a computer: the xlwings add-in where Excel opens it, and the Python that it starts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bsc_xl import files
from bsc_xl.computer import Computer, System, content_of, from_store
from bsc_xl.errors import OutputError, SetupError
from bsc_xl.excel import addin
from bsc_xl.files import Saved


class Part(StrEnum):
    """What is put in place, in this order: the add-in last, since Excel then finds everything it asks for."""

    SETTINGS = "settings"
    SCRIPT = "script"
    ADDIN = "addin"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that the ribbon needs, whether it is there already, exactly so, and where what it replaces is kept."""

    part: Part
    path: Path
    content: bytes
    backups: Path
    in_place: bool


def planned_setup(computer: Computer) -> list[PlannedFile]:
    """Every file that the ribbon needs on this computer, as it should be; nothing is written.

    `SetupError` when Excel could not start this Python, whatever is written; `OutputError` when the system does not
    let us see what is there.
    """
    _check_python(computer)
    settings = addin.settings_file(computer)
    former = _former(settings)
    # Excel opens whatever lies in its startup folder, so a former add-in is kept beside the settings
    keep = settings.parent
    planned = [_planned(Part.SETTINGS, settings, _settings(computer, former), keep)]
    if computer.system is System.MAC:
        script = addin.script_file(computer)
        planned.append(_planned(Part.SCRIPT, script, addin.shipped(script.name), script.parent))
    target = addin.startup_folder(computer) / addin.ADDIN
    planned.append(_planned(Part.ADDIN, target, addin.shipped(f"addin/{addin.ADDIN}"), keep))
    return planned


def set_up(planned: list[PlannedFile]) -> list[Saved]:
    """Puts the files in place, in their order; `OutputError` for the first that cannot be written."""
    return [files.save(each.path, each.content, each.backups) for each in planned]


def _planned(part: Part, path: Path, content: bytes, backups: Path) -> PlannedFile:
    return PlannedFile(part, path, content, backups, in_place=_former(path) == content)


def _former(path: Path) -> bytes | None:
    try:
        return content_of(path)
    except OSError as error:
        raise OutputError(path=str(path), reason=files.refusal(error)) from error


def _check_python(computer: Computer) -> None:
    python = str(computer.python)
    if from_store(computer.python) or from_store(computer.base):
        raise SetupError(reason="setup.store_python", path=python)
    if computer.system is System.MAC and " " in python:
        raise SetupError(reason="setup.space", path=python)
    try:
        python.encode(computer.encoding)
    except UnicodeEncodeError as error:
        raise SetupError(reason="setup.characters", path=python) from error


def _settings(computer: Computer, former: bytes | None) -> bytes:
    """The content of the settings file with this Python in it; what it says about anything else stays."""
    # a byte that the encoding does not know is kept as it is
    text = (former or b"").decode(computer.encoding, errors="surrogateescape")
    wanted = {addin.interpreter_setting(computer.system): str(computer.python), **_conda(computer)}
    if former is None:
        wanted[addin.SEARCH_BESIDE_WORKBOOK] = "False"
    changed = {name: value for name, value in wanted.items() if addin.setting(text, name) != value}
    if former is not None and not changed:
        return former
    newline = "\r\n" if computer.system is System.WINDOWS else "\n"
    return addin.with_settings(text, changed, newline).encode(computer.encoding, errors="surrogateescape")


def _conda(computer: Computer) -> dict[str, str]:
    """The environment that Excel activates before it starts Python: ours when we run in one, otherwise none."""
    if computer.system is not System.WINDOWS:
        return {}
    program, name, prefix = (
        computer.environment.get(each, "") for each in ("CONDA_EXE", "CONDA_DEFAULT_ENV", "CONDA_PREFIX")
    )
    if not (program and name and prefix and computer.python.is_relative_to(prefix)):
        return dict.fromkeys(addin.CONDA, "")
    return dict(zip(addin.CONDA, (str(Path(program).parent.parent), name), strict=True))
