"""A Balanced Scorecard for Excel: score a data set, and give every unit a workbook.

>>> import bsc_xl
>>> tables, failures = bsc_xl.read(bsc_xl.bureau())
>>> card = bsc_xl.score(tables)
>>> round(float(card.score[0]), 2)
88.57

The names below are loaded when they are first used, so importing the package costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, which alone takes as long to import as Python takes to start

if TYPE_CHECKING:
    from bsc_xl.dataset import read as read
    from bsc_xl.dataset import write as write
    from bsc_xl.sample import bureau as bureau
    from bsc_xl.scorecard import Scorecard as Scorecard
    from bsc_xl.scorecard import score as score

_HOME = {
    "Scorecard": "bsc_xl.scorecard",
    "bureau": "bsc_xl.sample",
    "read": "bsc_xl.dataset",
    "score": "bsc_xl.scorecard",
    "write": "bsc_xl.dataset",
}

__all__ = ["Scorecard", "bureau", "read", "score", "write"]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("bsc-xl")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = import_module(_HOME[name])
    return vars(home)[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, "__version__"})
