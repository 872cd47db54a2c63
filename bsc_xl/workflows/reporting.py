"""Closed workbooks as PDF files through LibreOffice: one for each workbook, and one of all, bound in order of units.

The workbooks are not changed, and nothing in them is calculated: what is printed is what they show. While LibreOffice
prints some, this process makes the copies of the next ones ready.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from bsc_xl import files, office
from bsc_xl.errors import BscError, ChoiceError, OfficeError, OutputError, UnexpectedError
from bsc_xl.excel.file import open_book
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.port import Block
from bsc_xl.excel.recalculation import Recalculation
from bsc_xl.files import Saved
from bsc_xl.office import Fate, Office, Printing
from bsc_xl.tables import UncalculatedFormulaError
from bsc_xl.workflows import binding
from bsc_xl.workflows.printed import PRINTABLE, pdf_name, signed_sheets
from bsc_xl.workflows.recalculation import computed
from bsc_xl.workflows.workers import processors

EVERY_SHEET = "all"
BOUND = "bound.pdf"
TITLE = "Balanced Scorecard"
"""Of the bound file: the same on every terminal, whatever its language."""

MOST_AT_ONCE = 100
"""So many files does one process of LibreOffice print: its start, about a second, no longer counts then."""
FEWEST_AT_ONCE = 8
"""So many are worth its start while more are to come."""
_WORTH_A_PROCESS = 40
"""So many workbooks for each LibreOffice: the first start of one takes two seconds."""
_HOPELESS = 3
"""So many processes that die one after the other, with nothing printed between them, are not the fault of a file."""
_PAUSE = 0.05
"""Seconds between two looks at what LibreOffice has done."""
_MOMENT = re.compile(rb"/(?:CreationDate|ModDate)\s*\([^)]*\)|/ID\s*\[[^\]]*\]|/DocChecksum\s*/[0-9A-F]+")
"""What differs between two prints of the same: when it was, and checksums over that."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of one workbook: exactly one of `saved` and `error` is given. `unit_code`, `unit_name`: whose it is,
    "" where that is not known. `stale`: it shows figures that are not, or not yet, those of its inputs."""

    workbook: Path
    saved: Saved | None = None
    error: BscError | None = None
    unit_code: str = ""
    unit_name: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class _Copy:
    """The copy of a workbook that is to be printed, and what is known of it; `target` is where its PDF goes."""

    file: Path
    target: Path
    language: str
    told: Reported


def chosen_sheets(text: str | None) -> tuple[str, ...] | None:
    """The keys of the sheets in a list such as ``dashboard,action_plan``, every sheet of ours for ``all``; None for
    None, which leaves the choice to each workbook. `ChoiceError` for a key that no sheet has."""
    if text is None:
        return None
    keys = [key.strip() for key in text.split(",")]
    if keys == [EVERY_SHEET]:
        return PRINTABLE
    for key in keys:
        if key not in PRINTABLE:
            raise ChoiceError(what="sheets", value=key, choices=", ".join((EVERY_SHEET, *PRINTABLE)))
    return tuple(key for key in PRINTABLE if key in keys)


def usual_workers(workbooks: int) -> int:
    """How many LibreOffices print so many workbooks soonest: one for few, else as many as there are processors."""
    return max(1, min(processors(), workbooks // _WORTH_A_PROCESS))


def report(
    workbooks: Sequence[Path],
    out: Path,
    *,
    sheets: Sequence[str] | None = None,
    workers: int = 1,
    stopped: Callable[[], bool] = lambda: False,
    patience: float = office.PATIENCE,
) -> Generator[Reported]:
    """Prints the workbooks into the folder, one PDF file for each, under its name; yields what became of each as soon
    as that is known. What stood there under the name is kept beside it, unless it was the same.

    `sheets`: keys of those that are printed, by default `signed_sheets`. `patience`: seconds after which a LibreOffice
    that has printed nothing is given up, with the workbook it is at. Once `stopped` says so, the rest is left.
    `OfficeError` when there is no LibreOffice, or it does not work, `OutputError` when nothing can be written into the
    folder, `ChoiceError` for no workers.
    """
    if workers < 1:
        raise ChoiceError(what="workers", value=workers, choices="1, 2, 3, ...")
    program = office.find()
    files.check_place(out)
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(TemporaryDirectory(prefix="bsc-", ignore_cleanup_errors=True)))
        desks = [_Desk(program, folder / str(number), patience) for number in range(1, workers + 1)]
        for desk in desks:
            cleanup.callback(desk.end)
        to_come = deque(zip(workbooks, _targets(workbooks, out), strict=True))
        ready: dict[str, deque[_Copy]] = defaultdict(deque)
        while (to_come or any(ready.values()) or any(desk.busy for desk in desks)) and not stopped():
            for desk in desks:
                yield from desk.news()
                if desk.left:
                    ready[desk.left[0].language].extendleft(reversed(desk.left))
                    desk.left = []
                if not desk.busy and (some := _portion(ready, more=bool(to_come), desks=len(desks))):
                    desk.start(some)
            if to_come and sum(map(len, ready.values())) < MOST_AT_ONCE * len(desks):
                made = _copied(*to_come.popleft(), folder / f"{len(to_come)}.xlsx", sheets)
                if isinstance(made, Reported):
                    yield made
                else:
                    ready[made.language].append(made)
            else:
                sleep(_PAUSE)


def check_bound(path: Path, workbooks: Sequence[Path], out: Path) -> None:
    """`OutputError` where the bound file would stand in the place of a workbook or of the PDF file of one."""
    taken = {each.resolve().as_posix().casefold() for each in (*workbooks, *_targets(workbooks, out))}
    if path.resolve().as_posix().casefold() in taken:
        raise OutputError(path=str(path), reason="bound_taken")


def _targets(workbooks: Sequence[Path], out: Path) -> list[Path]:
    """A PDF file for each workbook, all different."""
    return [out / name for name in files.all_different([pdf_name(each.name) for each in workbooks], [BOUND])]


def _portion(ready: Mapping[str, deque[_Copy]], *, more: bool, desks: int) -> list[_Copy]:
    """The copies of one language that a LibreOffice is to print next; none while it is better to wait for more."""
    waiting = max(ready.values(), key=len, default=deque[_Copy]())
    if not waiting or (more and len(waiting) < FEWEST_AT_ONCE):
        return []
    share = -(-len(waiting) // desks)
    return [waiting.popleft() for _ in range(min(MOST_AT_ONCE, max(share, min(FEWEST_AT_ONCE, len(waiting)))))]


def _copied(workbook: Path, target: Path, file: Path, sheets: Sequence[str] | None) -> _Copy | Reported:
    """The copy that is printed, written to `file`, or why there is none."""
    try:
        book = open_book(workbook)
        layout, blocks, done = computed(book, datetime.now())  # noqa: DTZ005 - a workbook's clock has no time zone
        wanted = sheets or signed_sheets(book, layout, done)
        file.write_bytes(book.printable(wanted))
        unit = done.card.tables.units.iloc[0]
        told = Reported(
            workbook,
            unit_code=str(unit["unit_code"]),
            unit_name=str(unit["unit_name"]),
            stale=_is_stale(blocks, done, wanted),
        )
    except BscError as error:
        return Reported(workbook, error=error)
    except Exception as error:  # noqa: BLE001 - whatever one file does must not cost the others theirs
        return Reported(workbook, error=UnexpectedError(kind=type(error).__name__, text=str(error)))
    return _Copy(file, target, layout.language, told)


def _is_stale(blocks: Mapping[str, Block], done: Recalculation, wanted: Collection[str]) -> bool:
    """Something that is printed is not what the inputs give: written over, calculated otherwise, or not at all."""
    if done.count(Kind.OVERWRITTEN) or done.count(Kind.DIFFERENCE):
        return True
    printed = (blocks[key] for key in wanted if key in blocks)
    return any(
        isinstance(value, UncalculatedFormulaError) for block in printed for row in block.values for value in row
    )


class _Desk:
    """One LibreOffice for each language, of which one prints at a time. `left`: copies that it did not come to."""

    def __init__(self, program: Path, folder: Path, patience: float) -> None:
        self._program, self._folder, self._patience = program, folder, patience
        self._offices: dict[str, Office] = {}
        self._printing: Printing | None = None
        self._copies: dict[Path, _Copy] = {}
        self._in_vain = 0
        self.left: list[_Copy] = []

    @property
    def busy(self) -> bool:
        return self._printing is not None

    def start(self, copies: Sequence[_Copy]) -> None:
        language = copies[0].language
        if language not in self._offices:
            self._offices[language] = Office(self._program, self._folder / language, language, self._patience)
        self._copies = {copy.file: copy for copy in copies}
        self._printing = self._offices[language].start(list(self._copies), self._folder)

    def news(self) -> Iterator[Reported]:
        """What has become of workbooks since the last time; `OfficeError` when there is no sense in going on."""
        if self._printing is None:
            return
        fates = self._printing.news()
        for fate in fates:
            copy = self._copies[fate.file]
            yield _filed(copy, fate)
            fate.file.unlink()
        if any(fate.printed for fate in fates):
            self._in_vain = 0
        if self._printing.ended:
            self.left = [self._copies[file] for file in self._printing.left]
            self._printing = None
            self._in_vain += bool(self.left)
            if self._in_vain >= _HOPELESS:
                raise OfficeError(reason="office.dies")

    def end(self) -> None:
        """Ends what is under way."""
        if self._printing is not None:
            self._printing.end()


def _filed(copy: _Copy, fate: Fate) -> Reported:
    """Puts what was printed where it belongs; the copy of it is gone then."""
    if fate.printed is None:
        return replace(copy.told, error=OfficeError(reason="office.not_printed", path=str(copy.told.workbook)))
    content = fate.printed.read_bytes()
    fate.printed.unlink()
    try:
        return replace(copy.told, saved=saved(copy.target, content))
    except BscError as error:
        return replace(copy.told, error=error)


def saved(path: Path, content: bytes) -> Saved:
    """Puts a PDF file at `path`, as `files.save` does; one that differs only in when it was printed stays."""
    with suppress(OSError):
        if _MOMENT.sub(b"", path.read_bytes()) == _MOMENT.sub(b"", content):
            return Saved(path, changed=False)
    return files.save(path, content)


def bind(reported: Sequence[Reported], path: Path) -> Saved:
    """Binds what was printed into one PDF file, in order of units, a bookmark for each with those of its sheets."""
    printed = [each for each in reported if each.saved]
    printed.sort(key=lambda each: (_natural(each.unit_code), each.workbook.as_posix()))
    chapters = [
        binding.Chapter(
            f"{each.unit_code} {each.unit_name}".strip() or each.workbook.stem, each.saved.path.read_bytes()
        )
        for each in printed
        if each.saved
    ]
    return saved(path, binding.bound(chapters, TITLE))


def _natural(code: str) -> list[tuple[str, int]]:
    """A key by which U9 comes before U10, and everything of one prefix before the next."""
    return [(text.casefold(), int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d*)", code)]
