"""Builds the empty workbook from its text sources: python scripts/build_template.py [--out FILE] [--language id|en]."""

import sys
from pathlib import Path

from bsc_xl.cli.app import run

TEMPLATE = Path(__file__).resolve().parent.parent / "workbook" / "BSC_Template.xlsx"

if __name__ == "__main__":
    sys.exit(run(["template", "--out", str(TEMPLATE), *sys.argv[1:]]))
