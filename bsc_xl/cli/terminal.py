"""What the terminal tells us. Imports almost nothing: it is read before anything else."""

from __future__ import annotations

import os
import sys

PROGRAM = "bsc-xl"
COMPLETION = "_BSC_XL_COMPLETE"
"""Set by the shell while it asks for completions."""

_INDONESIAN = 0x21  # primary language identifier of Windows


def language() -> str:
    """ "id" where the terminal is set to Indonesian, otherwise "en".

    The first of LC_ALL, LC_MESSAGES and LANG that is set decides; where none is, Windows' display language does.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "id" if value.lower().partition("_")[0].partition(".")[0] in ("id", "in", "ind") else "en"
    if sys.platform == "win32":
        import ctypes

        if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _INDONESIAN:
            return "id"
    return "en"
