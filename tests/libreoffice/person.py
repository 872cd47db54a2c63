"""A person at LibreOffice: opens a workbook, types into its cells, saves it, prints it. See `answering.py`.

Entries go the way of the keyboard (``.uno:EnterString`` at the cell that is picked): numbers are read in the locale of
the profile, a text cell keeps what is typed, a locked cell refuses it, and dependent cells calculate at once.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from answering import FILTERS, component, named, service
from com.sun.star.document.MacroExecMode import USE_CONFIG


class Person:
    """What can be asked for; each public method is a request."""

    def __init__(self, context):
        self._desktop = service(context, "com.sun.star.frame.Desktop")
        self._dispatcher = service(context, "com.sun.star.frame.DispatchHelper")
        self._book = None

    def open(self, path):
        """Open a workbook; one is open at a time."""
        self.close()
        options = named(MacroExecutionMode=USE_CONFIG)  # whether macros may run is a setting of the profile
        self._book = self._desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, options)
        if self._book is None:
            raise ValueError(f"LibreOffice does not open {path}")
        self._sheets = {name: self._book.Sheets.getByName(name) for name in self._book.Sheets.ElementNames}
        self._controller = self._book.CurrentController
        self._frame = self._controller.Frame

    def close(self):
        """Close the workbook without saving it."""
        if self._book is not None:
            self._book.close(True)
            self._book = None

    def type(self, entries):
        """Type each text into its cell (title of the sheet, address, text); None presses the delete key."""
        on = None
        self._book.lockControllers()  # nobody watches, and painting takes longer than all else
        try:
            for title, address, text in entries:
                if title != on:
                    self._controller.setActiveSheet(self._sheets[title])
                    on = title
                self._controller.select(self._cell(title, address))
                if text is None:
                    self._do(".uno:ClearContents")
                else:
                    self._do(".uno:EnterString", StringName=text)
        finally:
            self._book.unlockControllers()

    def formulas(self, cells):
        """What stands in each cell (title of the sheet, address), as the formula bar shows it."""
        return [self._cell(title, address).FormulaLocal for title, address in cells]

    def run(self, function, arguments):
        """What a function of the workbook's VBA project returns, such as ``BscRibbon.PythonStatement``."""
        address = f"vnd.sun.star.script:VBAProject.{function}?language=Basic&location=document"
        returned, _, _ = self._book.getScriptProvider().getScript(address).invoke(tuple(arguments), (), ())
        return returned

    def invalid(self):
        """The titles of the sheets in which an entry breaks the validation of its cell."""
        # the detective draws a circle round each such cell and says whether there was one
        found = [title for title, sheet in self._sheets.items() if sheet.showInvalid()]
        for title in found:
            self._sheets[title].clearArrows()
        return found

    def unprotect(self, title):
        """Take the protection off a sheet; it asks for no password."""
        self._sheets[title].unprotect("")

    def insert_rows(self, title, row, count):
        """Insert rows above `row` of a sheet that is not protected."""
        self._sheets[title].Rows.insertByIndex(row - 1, count)

    def save(self, path):
        """Write the workbook as it is now, as .xlsx or .pdf."""
        target = Path(path)
        self._book.storeToURL(target.as_uri(), named(FilterName=FILTERS[target.suffix]))

    def _cell(self, title, address):
        return self._sheets[title].getCellRangeByName(address)

    def _do(self, command, **values):
        self._dispatcher.executeDispatch(self._frame, command, "", 0, named(**values))


g_ImplementationHelper = component(Person)  # noqa: N816 - LibreOffice's loader looks for it
