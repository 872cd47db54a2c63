"""The command `bsc-xl`, also ``python -m bsc_xl``.

The overview of the commands is answered from a text that ships with the package, before anything heavy is imported;
`bsc_xl.cli.help` draws that text, and a test compares the two.
"""

from __future__ import annotations

import os
import sys

from bsc_xl.cli.terminal import COMPLETION, language


def main() -> None:
    """Runs the command line of this process and ends it with its exit code."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # a service or a window without a terminal: there is nobody to read
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - lasts as we do
    arguments = sys.argv[1:]
    if arguments in ([], ["--help"]) and COMPLETION not in os.environ:
        folder = os.path.join(os.path.dirname(__file__), "labels")  # noqa: PTH118, PTH120 - pathlib alone takes 4 ms
        with open(os.path.join(folder, f"help.{language()}.txt"), encoding="utf-8") as text:  # noqa: PTH118, PTH123
            page = text.read()
        try:
            sys.stdout.write(page)
            sys.stdout.flush()
        except OSError:  # a full disk, a closed pipe: the long way has the words for it
            arguments = ["--help"]
        else:
            return
    from bsc_xl.cli.app import run

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
