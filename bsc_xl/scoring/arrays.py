"""The array types of scoring, and the small integers that stand for the words of the domain in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from enum import StrEnum

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]


def code(member: StrEnum) -> int:
    """The code of a polarity, consolidation, perspective or status in arrays: its position in its enum."""
    return list(type(member)).index(member)
