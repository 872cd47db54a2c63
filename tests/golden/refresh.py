"""Rewrites the reference workbooks: python tests/golden/refresh.py

Look at what changed, in the workbook and in what the test says, before you commit them.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import packages  # noqa: E402 - found only with the path above

from bsc_xl.labels import LANGUAGES  # noqa: E402

if __name__ == "__main__":
    for language in LANGUAGES:
        path = HERE / f"bureau_{language}.xlsx"
        path.write_bytes(packages.bureau_package(language)[1])
        print(path.name)  # noqa: T201 - a script talks to the person who runs it
