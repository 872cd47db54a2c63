"""LibreOffice answers requests: one a line on standard input, one answer a line on standard output, both JSON.

Run by the system's Python, to which Debian's python3-uno belongs, with a module and a profile folder. The module says
what can be asked for: it is loaded into LibreOffice itself, where a call takes a hundredth of the time that it takes
from another process. This process starts a soffice of its own with that profile and a pipe of its own, hands requests
over, and ends that soffice, and only that, when its standard input ends.
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
import unohelper
from com.sun.star.beans import NamedValue, PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException
from com.sun.star.task import XJob

SECONDS = 180
"""After so long soffice hangs, whatever it was asked for."""
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".pdf": "calc_pdf_Export"}
COMPONENT = "bsc_xl.tests.Answering"


# --- what a module of requests uses -----------------------------------------------------------------------------------


def component(kind):
    """What LibreOffice's Python loader looks for in a module: the public methods of `kind` are the requests."""

    class Answering(unohelper.Base, XJob):
        def __init__(self, context):
            self._asked = kind(context)

        def execute(self, arguments):
            request = json.loads(arguments[0].Value)
            try:
                answer = {"done": getattr(self._asked, request["do"])(*request["with"])}
            except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
                answer = {"failed": f"{type(error).__name__}: {error}"}
            return json.dumps(answer)

    helper = unohelper.ImplementationHelper()
    helper.addImplementation(Answering, COMPONENT, (COMPONENT,))
    return helper


def service(context, name):
    """A service of LibreOffice, such as ``com.sun.star.frame.Desktop``."""
    return context.ServiceManager.createInstanceWithContext(name, context)


def named(**values):
    """The values as UNO's list of named properties."""
    properties = []
    for name, value in values.items():
        entry = PropertyValue()
        entry.Name, entry.Value = name, value
        properties.append(entry)
    return tuple(properties)


# --- the process around it --------------------------------------------------------------------------------------------


class Office:
    """One running soffice, started and ended here."""

    def __init__(self, profile):
        pipe = f"bsc_xl_{uuid.uuid4().hex}"
        command = [shutil.which("soffice"), f"-env:UserInstallation={Path(profile).as_uri()}", "--headless"]
        command += ["--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # the Python within soffice takes the first python3 on PATH for its own, whose libraries another's are not
        environment = os.environ | {"PATH": os.defpath}
        # a session of its own, so that the launcher and the program behind it can be ended together
        self._process = subprocess.Popen(command, env=environment, start_new_session=True, **quiet)
        self._context = self._connected(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")

    def answering(self, module):
        """The requests of a module, loaded into soffice: a function from a line to a line."""
        loader = service(self._context, "com.sun.star.loader.Python")
        factory = loader.activate(COMPONENT, "", Path(module).as_uri(), None)
        job = factory.createInstanceWithContext(self._context)

        def answer(line):
            request = NamedValue()
            request.Name, request.Value = "request", line
            return self._watched(partial(job.execute, (request,)))

        return answer

    def _connected(self, address):
        resolver = service(uno.getComponentContext(), "com.sun.star.bridge.UnoUrlResolver")
        until = time.monotonic() + SECONDS
        while True:
            try:
                return resolver.resolve(address)
            except NoConnectException:
                if self._process.poll() is not None or time.monotonic() > until:
                    self._end_process()
                    raise
                time.sleep(0.1)

    def _watched(self, request):
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
            service(self._context, "com.sun.star.frame.Desktop").terminate()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._end_process()

    def _end_process(self):
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def main(module, profile):
    """Answer requests until there are no more, or until it is told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that soffice ends with it
    office = Office(profile)
    try:
        answer = office.answering(module)
        for line in sys.stdin:
            sys.stdout.write(answer(line) + "\n")
            sys.stdout.flush()
    finally:
        office.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
