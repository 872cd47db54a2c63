"""The tests' end of the line to a running LibreOffice; `tests/libreoffice/answering.py` is the other."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

SYSTEM_PYTHON = Path("/usr/bin/python3")
ANSWERING = Path(__file__).resolve().parent.parent / "libreoffice" / "answering.py"
LOCALES = {"id": "id-ID", "en": "en-US"}


class Conversation:
    """One LibreOffice in the locale of `language`, with `folder` (not there yet) as its profile; it ends with `close`.

    `module`: whose requests it answers. What is refused is a `refusal`; a LibreOffice that is not there fails the test.
    """

    def __init__(self, module: Path, folder: Path, language: str, refusal: type[Exception]) -> None:
        _profile(folder, language)
        self._refusal = refusal
        self._complaints = folder / "complaints.txt"
        with self._complaints.open("w", encoding="utf-8") as complaints:
            self._process = subprocess.Popen(
                [SYSTEM_PYTHON, ANSWERING, module, folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                encoding="utf-8",
            )
        self.pid = self._process.pid

    def ask(self, what: str, *arguments: Any) -> Any:
        """The answer to a request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = ""
        if self._process.poll() is None:
            print(json.dumps({"do": what, "with": arguments}), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        if not line:
            complaints = self._complaints.read_text(encoding="utf-8")
            pytest.fail(f"LibreOffice cannot be used (python scripts/test.py brings it): {complaints}", pytrace=False)
        answer = json.loads(line)
        if "failed" in answer:
            raise self._refusal(f"{what}: {answer['failed']}")
        return answer["done"]

    def close(self) -> None:
        """End LibreOffice: it goes when its input ends."""
        self._process.communicate()


def _profile(folder: Path, language: str) -> None:
    settings = folder / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_LOCALE.format(locale=LOCALES[language]), encoding="utf-8")


_LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Setup/L10N">
    <prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop>
  </item>
  <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
    <prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop>
  </item>
</oor:items>
"""
