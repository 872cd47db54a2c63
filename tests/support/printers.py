"""A program that stands in for a LibreOffice that hangs or dies at a file, which no file makes the real one do."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

PROGRAM = """#!{python}
import os, pathlib, signal, subprocess, sys, time
at = sys.argv.index("--outdir")
out = pathlib.Path(sys.argv[at + 1])
for file in map(pathlib.Path, sys.argv[at + 2:]):
    what = file.read_bytes()[:9].decode(errors='replace')
    if what == "hang":
        helper = subprocess.Popen(["sleep", "60"])  # as soffice is a script that starts the program proper
        (out / "helper").write_text(str(helper.pid))
        time.sleep(60)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "half":
        (out / f"{{file.stem}}.pdf").write_text("%PDF-1.7")
        time.sleep(60)
    if what == "good":
        (out / f"{{file.stem}}.pdf").write_text("%PDF-1.7 %%EOF")
"""


def stand_in(folder: Path) -> Path:
    """The program, in that folder: what it does at a file is the word that the file holds; others it passes over."""
    program = folder / "soffice"
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program
