"""What keeps the ribbon from working on a computer, or in a workbook; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from bsc_xl import office
from bsc_xl.computer import (
    Computer,
    Interpreter,
    System,
    ask,
    content_of,
    from_internet,
    from_store,
    program_bits,
    read_only,
)
from bsc_xl.errors import BscError
from bsc_xl.excel import addin
from bsc_xl.excel.file import open_book
from bsc_xl.excel.reading import check_version

_PLATFORMS = {System.WINDOWS: "win32", System.MAC: "darwin"}


class Verdict(StrEnum):
    """GOOD as it should be; ADVICE works, yet worth knowing; MISSING must be put right before the ribbon works."""

    GOOD = "good"
    ADVICE = "advice"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was looked at. `name` is the label ``doctor.<name>``, `values` fill it."""

    name: str
    verdict: Verdict
    values: dict[str, object] = field(default_factory=dict)


def diagnose(computer: Computer, workbooks: Sequence[str] = ()) -> list[Symptom]:
    """Everything that the ribbon needs, as it is on this computer, and in each of these workbooks; and LibreOffice,
    which the command `report` needs."""
    found = [*_looked(_excel(computer)), *_looked(_addin(computer)), *_looked(_interpreter(computer))]
    found += _looked(_office(computer))
    for workbook in workbooks:
        symptoms = list(_looked(_workbook(computer, workbook)))
        found += symptoms or [_good("workbook_good", path=workbook)]
    return found


def _looked(symptoms: Iterator[Symptom]) -> Iterator[Symptom]:
    """The symptoms, up to a place that the system does not let us see; that place is one, too."""
    try:
        yield from symptoms
    except OSError as error:
        yield _missing("no_access", path=error.filename)


def _good(name: str, **values: object) -> Symptom:
    return Symptom(name, Verdict.GOOD, values)


def _advice(name: str, **values: object) -> Symptom:
    return Symptom(name, Verdict.ADVICE, values)


def _missing(name: str, **values: object) -> Symptom:
    return Symptom(name, Verdict.MISSING, values)


def _setting(computer: Computer, name: str, path: Path | None = None) -> str:
    """A setting of the add-in, by default from the user's own settings file; "" where there is none."""
    found = content_of(path or addin.settings_file(computer)) or b""
    return computer.expanded(addin.setting(found.decode(computer.encoding, errors="surrogateescape"), name))


def _python(computer: Computer, path: Path | None = None) -> str:
    """The Python that the add-in is to start, as those settings name it."""
    return _setting(computer, addin.interpreter_setting(computer.system), path)


def _excel(computer: Computer) -> Iterator[Symptom]:
    if computer.excel is None:
        yield _missing("excel_missing")
        return
    yield _good("excel_good", path=computer.excel)
    if computer.macros_off:
        yield _missing("macros_off")


def _office(computer: Computer) -> Iterator[Symptom]:
    place = office.found(_PLATFORMS[computer.system], computer.environment, computer.home)
    yield _good("office_good", path=place) if place else _advice("office_missing")


def _addin(computer: Computer) -> Iterator[Symptom]:
    folders = [addin.startup_folder(computer)]
    if computer.system is System.WINDOWS and computer.excel is not None:
        folders.append(computer.excel.parent / "XLSTART")  # of all users of this computer
    installed = {path: found for folder in folders if (found := content_of(path := folder / addin.ADDIN)) is not None}
    if not installed:
        yield _missing("addin_missing", path=folders[0])
    for path, found in installed.items():
        if found == addin.shipped(f"addin/{addin.ADDIN}"):
            yield _good("addin_good", path=path, version=addin.version())
        else:
            yield _missing("addin_other", path=path, version=addin.version())
    if computer.system is System.MAC:
        script = addin.script_file(computer)
        if content_of(script) != addin.shipped(script.name):
            yield _missing("script_missing", path=script)


def _interpreter(computer: Computer) -> Iterator[Symptom]:
    """The Python that the settings name: there, reachable for Excel, and with us in it."""
    python = _python(computer)
    path = Path(python)
    if not python:
        yield _missing("python_unset")
    elif from_store(path):
        yield _missing("python_store", path=path)
    elif not path.is_file():
        yield _missing("python_absent", path=path)
    elif computer.system is System.MAC and " " in python:
        yield _missing("python_space", path=path)
    else:
        yield from _answers(computer, path, ask(path, computer.home))


def _answers(computer: Computer, path: Path, answer: Interpreter) -> Iterator[Symptom]:
    """What the Python itself says."""
    if answer.problem:
        yield _missing("python_without_us", path=path, problem=answer.problem)
        return
    if from_store(answer.base):
        yield _missing("python_store", path=path)
        return
    theirs, ours = _versions(answer.bsc_xl, answer.xlwings), _versions(version("bsc-xl"), addin.version())
    if theirs != ours:
        yield _missing("python_other", path=path, theirs=theirs, ours=ours)
        return
    yield _good("python_good", path=path)
    bits = program_bits(computer.excel) if computer.excel else None
    if computer.system is System.WINDOWS and bits:
        # in an environment, the libraries lie beside the folder of its programs
        if not any((folder / addin.library_name(bits)).is_file() for folder in path.parents[:2]):
            yield _missing("library_missing", library=addin.library_name(bits), path=path.parent)
        elif bits != answer.bits:
            yield _good("bits_differ", excel=bits, python=answer.bits)


def _versions(bsc_xl: str, xlwings: str) -> str:
    return f"bsc-xl {bsc_xl}, xlwings {xlwings}"


def _workbook(computer: Computer, workbook: str) -> Iterator[Symptom]:
    """What is wrong with one workbook; nothing when its buttons can work."""
    if "://" in workbook:
        yield _missing("workbook_address", path=workbook)
        return
    path = Path(workbook)
    try:
        book = open_book(path)
        check_version(book.layout(), book.read(["settings"]), workbook)
    except BscError as error:
        yield _missing("workbook_unfit", problem=error)
        return
    if not book.ribbon:
        yield _missing("workbook_plain", path=path)
    yield from _place(computer, path.absolute())


def _place(computer: Computer, path: Path) -> Iterator[Symptom]:
    if computer.system is System.WINDOWS and from_internet(path):
        yield _missing("workbook_marked", path=path)
    if read_only(path):
        yield _missing("workbook_read_only", path=path)
    beside = path.with_name(addin.SETTINGS)
    own = _python(computer, beside)
    if own and Path(own) != Path(_python(computer)):
        yield _advice("workbook_settings", path=beside, python=own)
    in_cloud = any(path.is_relative_to(cloud) for cloud in computer.clouds)
    if in_cloud and _setting(computer, addin.SEARCH_BESIDE_WORKBOOK).casefold() != "false":
        yield _advice("workbook_cloud", path=path)
