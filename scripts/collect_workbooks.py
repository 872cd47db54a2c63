"""Reads filled-in workbooks back: python scripts/collect_workbooks.py WORKBOOK... --out DIR [further options]."""

import sys

from bsc_xl.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["collect", *sys.argv[1:]]))
