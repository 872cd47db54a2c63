"""Everything that must hold, from a new clone: python scripts/test.py [-- arguments for pytest].

Sets up `.venv`, brings the programs that the tests compare with, then runs every check and says which failed.
"""

import os
import sys
from time import monotonic

from _setup import BIN, ROOT, prepare, run, say
from _tools import bring_tools

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import layers": ["lint-imports"],
    "pytest": ["pytest", "-n", "2", "--dist", "worksteal"],
}


def main(arguments: list[str]) -> int:
    """1 when any check failed, otherwise 0; all of them run either way."""
    if arguments and arguments[0] != "--":
        say(f"usage: {__doc__.splitlines()[0]}")
        return 2
    os.chdir(ROOT)
    prepare("test")
    bring_tools()
    failed = []
    for name, (program, *rest) in CHECKS.items():
        say(f"== {name}")
        begin = monotonic()
        extra = arguments[1:] if name == "pytest" else []
        if run([BIN / program, *rest, *extra]):
            failed.append(name)
        say(f"== {name}: {'FAILED' if name in failed else 'passed'} after {monotonic() - begin:.0f} s")
    say(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
