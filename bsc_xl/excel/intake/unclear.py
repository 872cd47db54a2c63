"""KPI rows that do not count in their workbook, since code, polarity or consolidation is none that can be used.

Their figures are somebody's work all the same: with stand-ins they are read as those of every other row, and whoever
puts the workbooks together may know which KPI was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bsc_xl.excel.layout import Layout
from bsc_xl.excel.port import Found
from bsc_xl.excel.reading import KPI_KEYS, words
from bsc_xl.model import Consolidation, Polarity
from bsc_xl.tables import columns, parse

_CODE = KPI_KEYS.index("kpi_code")
_STAND_INS: Mapping[str, str] = {"polarity": Polarity.UNSCORED, "consolidation": Consolidation.LAST}
"""What never changes a score."""


def legible(cells: Sequence[Found], place: int, layout: Layout) -> tuple[Found, ...]:
    """The cells of a row with a code that no other row of the workbook has, and choices that can be read."""
    done = list(cells)
    done[_CODE] = str(place)
    for key, stand_in in _STAND_INS.items():
        at = KPI_KEYS.index(key)
        if not _readable([cells[at]], key, layout)[0]:
            done[at] = next(word for word, code in words(layout)[key].items() if code == stand_in)
    return tuple(done)


def as_found(kpis: pd.DataFrame, rows: Sequence[Sequence[Found]], layout: Layout) -> pd.DataFrame:
    """The KPI table of such rows, in their order, without the stand-ins: the code in `code`, choices None."""
    found: dict[str, Any] = {"code": codes(row[_CODE] for row in rows)}
    for key in _STAND_INS:
        at = KPI_KEYS.index(key)
        readable = _readable([row[at] for row in rows], key, layout).tolist()
        found[key] = [choice if read else None for choice, read in zip(kpis[key], readable, strict=True)]
    return kpis.assign(**found)


def codes(cells: Iterable[Found]) -> list[str]:
    """What cells of codes say; "" for nothing, and for what is no text."""
    found: list[str] = parse.texts(_column(cells), trim=True, limit=columns.NAME_LIMIT).value.tolist()
    return found


def _readable(cells: Sequence[Found], key: str, layout: Layout) -> np.ndarray:
    members = dict.fromkeys(words(layout)[key], 1)
    return np.asarray(parse.choices(parse.texts(_column(cells), trim=True), members) > 0)


def _column(cells: Iterable[Found]) -> Any:
    found = list(cells)
    column = np.empty(len(found), dtype=object)
    column[:] = found
    return column
