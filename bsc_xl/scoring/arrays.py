"""The array types of scoring, and the small integers that stand for the words of the domain in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bsc_xl.model import COMPARE_DECIMALS, SEEN

if TYPE_CHECKING:
    from enum import StrEnum

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]


def code(member: StrEnum) -> int:
    """The code of a polarity, consolidation, perspective or status in arrays: its position in its enum."""
    return list(type(member)).index(member)


def comparable(values: Floats) -> Floats:
    """The values as they are compared with a bound: rounded, so that noise in the last bits never decides."""
    with np.errstate(over="ignore"):  # too large to be rounded is infinite, and compares as it should
        return np.round(values, COMPARE_DECIMALS)


def seen(differences: Floats) -> Floats:
    """Differences in points, 0 for one that two decimals show as none; NaN stays."""
    return np.where(np.abs(comparable(differences)) < SEEN, 0.0, differences)
