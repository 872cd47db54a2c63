"""Runs the VBA of a workbook without Excel, with the xlwings add-in as the test wants it to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._model import Application
from pyopenvba.interpreter import EMPTY, MISSING, VBAObject, VBARuntimeError, member, method
from pyopenvba.interpreter._objects import MemberSpec

ADDIN = "xlwings.xlam!"
CANNOT_RUN = 1004
REFUSAL = "Cannot run the macro."
"""What Excel raises, and says in its own language, when the workbook of a macro is not open."""

Procedure = Callable[..., Any]


class Control(VBAObject):
    """A button of the ribbon tab, as Excel hands it to a callback."""

    vba_type_name = "IRibbonControl"

    def __init__(self, control_id: str) -> None:
        self._id = control_id

    @member
    def ID(self) -> str:  # noqa: N802 - as VBA spells it
        return self._id


class Server(VBAObject):
    """The add-in's Python server: `CallUDF` calls the function as xlwings would, without another process."""

    vba_type_name = "XLPython"

    def __init__(self, functions: Any) -> None:
        self._functions = functions

    @method
    def CallUDF(self, module: str, name: str, cells: Any, book: Any = MISSING, caller: Any = MISSING) -> Any:  # noqa: N802
        assert module == self._functions.__name__
        arguments = [cell if isinstance(cell, str) else [[cell]] for cell in cells.items]
        missing = [cell is MISSING for cell in cells.items]
        given = [None if left_out else value for value, left_out in zip(arguments, missing, strict=True)]
        return getattr(self._functions, name)(*given)


class Excel:
    """An Excel with one workbook open, whose macros run in pyOpenVBA's interpreter.

    `addin`: the procedures of the xlwings add-in by name; None when the add-in is not there. `calls` are the procedures
    of the add-in that were called, with their arguments.
    """

    def __init__(self, workbook: Path, monkeypatch: pytest.MonkeyPatch, addin: dict[str, Procedure] | None) -> None:
        self._app = ExcelApplication.open(workbook)
        self._addin = addin
        self.calls: list[tuple[str, Any]] = []
        self._own = self._app.interpreter.run
        monkeypatch.setattr(self._app.interpreter, "run", self._run)

    def press(self, button: str) -> None:
        """Press a button of the tab."""
        self.run("BscRibbon.OnAction", Control(button))

    def run(self, procedure: str, *arguments: Any) -> Any:
        """Run a procedure of the workbook."""
        return self._app.run(procedure, *arguments)

    @property
    def messages(self) -> list[str]:
        """What the user was told."""
        return [prompt for _, prompt, *_ in self._app.dialogs]

    def _run(self, name: str, arguments: Sequence[Any] = (), **options: Any) -> Any:
        """`Application.Run` also reaches the other workbooks that are open: here that is the add-in only."""
        if not name.startswith(ADDIN):
            return self._own(name, arguments, **options)
        if self._addin is None:
            raise VBARuntimeError(CANNOT_RUN, REFUSAL)
        procedure = name.removeprefix(ADDIN)
        self.calls.append((procedure, *arguments))
        outcome = self._addin[procedure](*arguments)
        return EMPTY if outcome is None else outcome


def call_from_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the interpreter's Excel an `Application.Caller`: the cell A1 of the active sheet."""
    caller = MemberSpec("Caller", "property", getter=lambda application: application.vba_get("Range", ["A1"], {}))
    monkeypatch.setitem(Application._vba_members, "caller", caller)
