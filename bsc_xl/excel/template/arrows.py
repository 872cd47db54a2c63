"""The way of each arrow on the strategy map, so that none runs through a box.

An arrow leaves its cause at the upper edge and reaches its effect at the lower one; beside each other in a row, it goes
straight from side to side. It turns in the space between rows of boxes, where arrows to one effect share a line, and
passes rows that lie between through a space between their boxes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bsc_xl.excel.lanes import BOXES, MAP_GRID, TOP_ROW, Box, Picture

SIDE, UPPER, LOWER = {True: 3, False: 1}, 0, 2
"""Numbers of the places of a rectangle where a connector may end: right or left, upper, lower edge."""
_HEAD = 8.0
"""So much of a space above an effect belongs to the heads of arrows, in points."""
_MARGIN, _STEP, _SIDE_BY_SIDE = 4.0, 4.0, 5
"""Within a space between boxes: distance to the boxes and between arrows, and how many find room, in points."""


class Way(NamedTuple):
    """The corners of an arrow (x, y) in points from the left end of the grid and the upper edge of the sheet. Where it
    is one straight line, `ends` are the places of the two rectangles that it joins."""

    corners: tuple[tuple[float, float], ...]
    ends: tuple[int, int] | None


class Ways:
    """The ways of all arrows of a picture. `edges`: the lower edge of each row of the sheet, the first the upper edge
    of the sheet; they and `column`, the width of a column of the grid, are in points."""

    def __init__(self, picture: Picture, edges: Sequence[float], column: float) -> None:
        self._picture, self._edges, self._column = picture, edges, column

    def all(self, arrows: Sequence[tuple[int, int]]) -> Iterator[Way]:
        """The way of each arrow, from its cause to its effect."""
        tracks: dict[int, list[int]] = defaultdict(list)
        for cause, effect in arrows:
            if not self._is_straight(cause, effect):
                for space in {self._box(cause).row, self._box(effect).row + 1}:
                    if effect not in tracks[space]:
                        tracks[space].append(effect)
        for found in tracks.values():
            found.sort(key=lambda effect: self._box(effect).middle)
        passing: dict[float, list[int]] = {}
        for cause, effect in arrows:
            yield self._way(cause, effect, tracks, passing)

    def _box(self, i: int) -> Box:
        return self._picture.boxes[i]

    def _is_straight(self, cause: int, effect: int) -> bool:
        a, b = self._box(cause), self._box(effect)
        if a.row == b.row:
            left, right = sorted((a.middle, b.middle))
            return not any(box.row == a.row and left < box.middle < right for box in self._picture.boxes)
        return a.row == b.row + 1 and a.middle == b.middle

    def _way(self, cause: int, effect: int, tracks: dict[int, list[int]], passing: dict[float, list[int]]) -> Way:
        a, b = self._box(cause), self._box(effect)
        if self._is_straight(cause, effect):
            if a.row != b.row:
                x = a.middle * self._column
                return Way(((x, self._upper(a.row)), (x, self._lower(b.row))), (UPPER, LOWER))
            right = a.middle < b.middle
            y = (self._upper(a.row) + self._lower(a.row)) / 2
            start, end = (a.right, b.left) if right else (a.left, b.right)
            return Way(((start * self._column, y), (end * self._column, y)), (SIDE[right], SIDE[not right]))
        x, to = a.middle * self._column, b.middle * self._column
        leaving, arriving = (self._track(space, effect, tracks) for space in (a.row, b.row + 1))
        if a.row == b.row + 1:
            return Way(((x, self._upper(a.row)), (x, leaving), (to, leaving), (to, self._lower(b.row))), None)
        by = self._passage(a, b, effect, passing)
        corners = ((x, self._upper(a.row)), (x, leaving), (by, leaving), (by, arriving), (to, arriving),
                   (to, self._lower(b.row)))  # fmt: skip
        return Way(tuple(dict.fromkeys(corners)), None)

    def _upper(self, row: int) -> float:
        return self._edges[self._picture.top(row) - 1]

    def _lower(self, row: int) -> float:
        return self._edges[self._picture.bottom(row)]

    def _track(self, space: int, effect: int, tracks: dict[int, list[int]]) -> float:
        """The height at which arrows to that effect run in the space above a row of boxes."""
        top = self._lower(space - 1) if space else self._edges[TOP_ROW - 2]
        last = space == self._picture.box_rows
        bottom = self._edges[self._picture.last_row] if last else self._upper(space)
        own = tracks[space]
        return top + _HEAD + (bottom - top - _HEAD) * (own.index(effect) + 1) / (len(own) + 1)

    def _passage(self, a: Box, b: Box, effect: int, passing: dict[float, list[int]]) -> float:
        """Where arrows to that effect pass the rows between the spaces above `a` and below `b`."""
        rows = range(b.row + 1, a.row) if b.row < a.row else range(a.row, b.row + 1)
        taken = {column for box in self._picture.boxes if box.row in rows for column in box.columns}
        free = {column for column in range(BOXES[0] - 1, MAP_GRID + 1) if column not in taken}
        for middle in (b.middle, a.middle):  # straight ahead, where nobody else goes
            if {middle, middle + 1} <= free and passing.setdefault(middle, [effect]) == [effect]:
                return middle * self._column
        near = min(free, key=lambda column: (abs(column - 0.5 - a.middle) + abs(column - 0.5 - b.middle), column))
        own = passing.setdefault(near - 0.5, [])
        if effect not in own:
            own.append(effect)
        return (near - 1) * self._column + _MARGIN + _STEP * (own.index(effect) % _SIDE_BY_SIDE)
