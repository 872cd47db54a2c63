"""The order in which a tree of units is read: each unit right before its own, so that descendants lie together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from bsc_xl.scoring.arrays import Positions


@dataclass(frozen=True)
class Tree:
    """`order` (U,): positions of the units as they are read. By unit, (U,): `tier`, 1 at the top, and `family`, how
    many it is with all its descendants, which follow it in `order`."""

    order: Positions
    tier: Positions
    family: Positions

    @classmethod
    def of(cls, parent: Positions) -> Self:
        """`parent` (U,): positions of units, -1 for none; siblings keep their order."""
        count = len(parent)
        children: list[list[int]] = [[] for _ in range(count)]
        roots: list[int] = []
        for unit, above in enumerate(parent.tolist()):
            (children[above] if above >= 0 else roots).append(unit)
        order: list[int] = []
        tier, family = [1] * count, [1] * count
        waiting = roots[::-1]
        while waiting:
            unit = waiting.pop()
            order.append(unit)
            for child in children[unit]:
                tier[child] = tier[unit] + 1
            waiting += reversed(children[unit])
        for unit in reversed(order):
            if parent[unit] >= 0:
                family[parent[unit]] += family[unit]
        return cls(*(np.array(values, dtype=np.int64) for values in (order, tier, family)))
