"""The main job on the sample, from a new clone: python scripts/demo.py [--out DIR]."""

import sys

from _setup import PYTHON, prepare, run

if __name__ == "__main__":
    prepare()
    sys.exit(run([PYTHON, "-m", "bsc_xl", "demo", *sys.argv[1:]]))
