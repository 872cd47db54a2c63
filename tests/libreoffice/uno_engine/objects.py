"""What Excel's own object model calls things, as far as the live adapter reaches past xlwings.

An attribute that is missing here is one that the adapter must not use without a look at how Excel behaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlwings.utils import col_name

if TYPE_CHECKING:
    from uno_engine.cells import ConditionalFormat, Range
    from uno_engine.impl import App, Sheet


class AppApi:
    """The application. `chosen`: what a person chooses in the window for files; none is False to Excel."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.chosen: tuple[str, ...] = ()

    @property
    def ActiveCell(self) -> ActiveCellApi:
        return ActiveCellApi(self._app)

    def GetOpenFilename(self, FileFilter: str, Title: str, MultiSelect: bool) -> tuple[str, ...] | bool:  # noqa: N803 - Excel's words
        return self.chosen if FileFilter and Title and MultiSelect and self.chosen else False


class ActiveCellApi:
    """The cell into which a person would type."""

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def Address(self) -> str:
        row, column = self._app.line.ask("active_cell")
        return f"${col_name(column)}${row}"


class SheetApi:
    """A worksheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def CodeName(self) -> str:
        name: str = self._sheet.ask("code_name")
        return name

    @property
    def ProtectContents(self) -> bool:
        there: bool = self._sheet.ask("protected")
        return there

    def Protect(self, **options: bool | str) -> None:
        self._sheet.ask("protect", options)

    def Unprotect(self, Password: str = "") -> None:  # noqa: N803 - Excel's word
        self._sheet.ask("unprotect")

    @property
    def PageSetup(self) -> PageSetupApi:
        return PageSetupApi(self._sheet)


class PageSetupApi:
    """How a worksheet is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def LeftFooter(self) -> str:
        text: str = self._sheet.ask("footer")
        return text

    @LeftFooter.setter
    def LeftFooter(self, value: str) -> None:
        self._sheet.ask("set_footer", value)


class RangeApi:
    """Cells."""

    def __init__(self, range_: Range) -> None:
        self._range = range_

    @property
    def at(self) -> list[int]:
        """Their place."""
        return list(self._range.at)

    @property
    def FormulaLocal(self) -> str:
        text: str = self._range.ask("local_formula")
        return text

    @property
    def Locked(self) -> bool | None:
        locked: bool | None = self._range.ask("locked")
        return locked

    @Locked.setter
    def Locked(self, value: bool) -> None:
        self._range.ask("set_locked", value)


class ConditionApi:
    """A rule of a conditional format."""

    def __init__(self, condition: ConditionalFormat) -> None:
        self._condition = condition

    @property
    def AppliesTo(self) -> AreasApi:
        return AreasApi(self._condition)

    def ModifyAppliesToRange(self, cells: RangeApi) -> None:
        self._condition.ask("apply_condition", cells.at)

    @property
    def NumberFormat(self) -> str | None:
        code: str | None = self._condition.ask("condition").get("number_format")
        return code

    @NumberFormat.setter
    def NumberFormat(self, value: str) -> None:
        self._condition.set({"number_format": value})


class AreasApi:
    """The cells of a rule."""

    def __init__(self, condition: ConditionalFormat) -> None:
        self._condition = condition

    @property
    def Address(self) -> str:
        cells = self._condition.range
        areas = self._condition.ask("condition")["at"]
        return ",".join(type(cells)(cells.sheet, at).address for at in areas)
