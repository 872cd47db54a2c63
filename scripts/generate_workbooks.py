"""Writes a workbook for every unit: python scripts/generate_workbooks.py DATASET --out DIR [further options]."""

import sys

from bsc_xl.cli.app import run

if __name__ == "__main__":
    sys.exit(run(["generate", *sys.argv[1:]]))
