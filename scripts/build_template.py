"""Builds the empty workbook from its text sources: python scripts/build_template.py [--out FILE] [--language id|en]."""

import sys

from bsc_xl.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["template", *sys.argv[1:]]))
