"""The errors that bsc-xl raises, as a small tree with stable codes.

Texts for people are looked up by code in `labels` where an error reaches a person; nothing here is shown as it is.
All data of an error stays in ``args``, so that it survives the way through a process pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FAILURE, ADVICE = "failure", "advice"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong (or, as advice, doubtful) in the input, with the place where it stands.

    `row` counts as a spreadsheet does: the header is row 1. `cell` is ``sheet!A1`` where the source has cells,
    otherwise None. `value` is what was found, as text. `level` is "failure" or "advice"; advice never fails a check.
    `expected` is what would be right there, for the message: an example as this source writes it, or the choices.
    """

    table: str
    row: int | None
    cell: str | None
    column: str | None
    rule: str
    value: str | None
    level: str = FAILURE
    expected: str = ""


class BscError(Exception):
    """Root of all errors that a caller of bsc-xl can expect. `code` is stable; `params` fill the message."""

    code = "error"

    def __init__(self, **params: object) -> None:
        super().__init__(params)

    @property
    def params(self) -> dict[str, object]:
        """The named values for the message of this code."""
        params: dict[str, object] = self.args[0]
        return params

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.params)

    def __str__(self) -> str:
        return f"{self.code}: {self.params}" if self.params else self.code


def _rebuild(kind: type[BscError], params: dict[str, object]) -> BscError:
    return kind(**params)


class InputError(BscError):
    """The data set cannot be scored at all. Correct the failures in ``params["failures"]`` and try again."""

    code = "input"

    @property
    def failures(self) -> list[Failure]:
        """Every failure that was found, in the order of the tables."""
        failures = self.params["failures"]
        assert isinstance(failures, list)
        return failures


class ScheduleError(InputError):
    """A work schedule cannot be used. Params: `source`, and the `failures` in it."""

    code = "schedule"


class SourceError(BscError):
    """A data set cannot be read. Params: `source`, `reason`."""

    code = "source"


class EvidenceError(BscError):
    """A file of raw evidence gives no figure. Params: `source`, `reason`, and what the sentence for it names;
    `set_aside` where rows were looked at and none of them counts."""

    code = "evidence"

    @property
    def set_aside(self) -> tuple[Any, ...]:
        """The rows that were set aside, as `evidence.model.SetAside`."""
        return tuple(self.params.get("set_aside", ()))  # type: ignore[arg-type]


class SeveralFilesError(EvidenceError):
    """Several files of raw evidence are refused. Params: `problems`, an `EvidenceError` for each."""

    @property
    def problems(self) -> list[EvidenceError]:
        """The errors, in the order of the files."""
        problems = self.params["problems"]
        assert isinstance(problems, list)
        return problems

    @property
    def set_aside(self) -> tuple[Any, ...]:
        """The rows that were set aside in all of them."""
        return tuple(row for problem in self.problems for row in problem.set_aside)


class PackageError(BscError):
    """A workbook file is damaged, or no workbook at all. Params: `reason`, `part` (where one is concerned)."""

    code = "package"


class OutputError(BscError):
    """A file cannot be written. Params: `path`, `reason`."""

    code = "output"


class ChoiceError(BscError):
    """A named choice is not one of those that exist. Params: `what`, `value`, `choices`."""

    code = "choice"


class MissingExtraError(BscError):
    """An optional package is needed. Params: `package`, `extra`: install ``bsc-xl[extra]``."""

    code = "missing_extra"


class UnexpectedError(BscError):
    """Something that nobody foresaw, told with `kind` and `text`: an exception that may have come from far away."""

    code = "unexpected"


class WorkerError(BscError):
    """A process that made workbooks ended before its time, and once more when it tried again."""

    code = "worker"


class ClusterError(BscError):
    """The workers of a cluster cannot be used. Params: `reason`, and `address`, `place`, or the versions `here`
    and `there`."""

    code = "cluster"


class ActionError(BscError):
    """A button has nothing to do here, or must not do it. Params: `reason`, and what the sentence for it names."""

    code = "action"


class SetupError(BscError):
    """The ribbon cannot be set up on this computer, or not with this Python. Params: `reason`, `path` (of what)."""

    code = "setup"


class OfficeError(BscError):
    """LibreOffice is not there, does not start, or does not print a workbook. Params: `reason`, and what the sentence
    for it names."""

    code = "office"
