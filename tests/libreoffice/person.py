"""A person at LibreOffice: opens a workbook, types into its cells, saves it, prints it. Run by the system's Python.

Debian's python3-uno belongs to /usr/bin/python3, so this is a process of its own: one request a line on standard input,
one answer a line on standard output, both JSON. It starts its own soffice with the profile folder that it is given and
a pipe of its own, and ends that soffice, and only that, when its standard input ends.

Entries go the way of the keyboard (``.uno:EnterString`` at the cell that is picked): numbers are read in the locale of
the profile, a text cell keeps what is typed, a locked cell refuses it, and dependent cells calculate at once.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from functools import partial
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.document.MacroExecMode import USE_CONFIG
from com.sun.star.lang import DisposedException

SECONDS = 180
"""After so long soffice hangs, whatever it was asked for."""
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".pdf": "calc_pdf_Export"}


def named(**values):
    """The values as UNO's list of named properties."""
    properties = []
    for name, value in values.items():
        entry = PropertyValue()
        entry.Name, entry.Value = name, value
        properties.append(entry)
    return tuple(properties)


class Office:
    """One running soffice, started and ended here."""

    def __init__(self, profile):
        pipe = f"bsc_xl_{uuid.uuid4().hex}"
        command = [shutil.which("soffice"), f"-env:UserInstallation={Path(profile).as_uri()}", "--headless"]
        command += ["--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # a session of its own, so that the launcher and the program behind it can be ended together
        self._process = subprocess.Popen(command, start_new_session=True, **quiet)
        self._context = self._connected(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        self.desktop = self._service("com.sun.star.frame.Desktop")
        self.dispatcher = self._service("com.sun.star.frame.DispatchHelper")

    def _connected(self, address):
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + SECONDS
        while True:
            try:
                return resolver.resolve(address)
            except NoConnectException:
                if self._process.poll() is not None or time.monotonic() > until:
                    self._end_process()
                    raise
                time.sleep(0.1)

    def _service(self, name):
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def watched(self, request):
        """Return what `request` gives; end soffice when that takes too long, so that the call that waits fails."""
        watchdog = threading.Timer(SECONDS, self._end_process)
        watchdog.daemon = True
        watchdog.start()
        try:
            return request()
        finally:
            watchdog.cancel()

    def end(self):
        """Ask soffice to go, and see that it has gone."""
        with suppress(DisposedException):  # it may be on its way already
            self.desktop.terminate()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._end_process()

    def _end_process(self):
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Person:
    """What can be asked for; each public method is a request.

    Calls into soffice are what takes time, so sheets and frame are asked for once per workbook.
    """

    def __init__(self, office):
        self._office = office
        self._book = None

    def open(self, path):
        """Open a workbook; one is open at a time."""
        self.close()
        options = named(MacroExecutionMode=USE_CONFIG)  # whether macros may run is a setting of the profile
        self._book = self._office.desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, options)
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
        self._office.dispatcher.executeDispatch(self._frame, command, "", 0, named(**values))


def main(profile):
    """Answer requests until there are no more."""
    office = Office(profile)
    person = Person(office)
    try:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = {"done": office.watched(partial(getattr(person, request["do"]), *request["with"]))}
            except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
                answer = {"failed": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    finally:
        office.end()


if __name__ == "__main__":
    main(sys.argv[1])
