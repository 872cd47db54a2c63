"""Where everything stands on the strategy map: a picture of lanes and boxes on a grid of narrow equal columns, and the
tables of objectives and of causes and effects, on a printed page of their own.

The tables stand below the picture and to its right, so that the width of their columns and the height of their rows are
their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from bsc_xl.excel.grid import grid
from bsc_xl.model import Perspective

MAP_GRID = 46
"""The picture's grid: so many narrow equal columns from B on; the last two hold nothing but arrows."""
HEADING = range(1, 6)
"""The columns of a lane's heading."""
BOXES = range(7, 45)
"""The columns for boxes."""
WIDTHS = {1: (18, 20), 2: (14, 20), 3: (10, 14), 4: (8, 10)}
"""Boxes in the longest row -> columns of a box, and from one box to the next. All are even, so that a box has its
middle between two columns."""
MOST_IN_ROW = max(WIDTHS)
LETTERS = 5
"""Characters of an objective on the width of a column."""
BOX_MARGIN = 1
"""Columns on the right of a box that an objective leaves free: programs that print smaller than they draw break its
lines a little late."""
SCORE_COLUMNS = 3
"""Columns of the score on the right of a box's last line; its status has the others."""

UNLINKED_ROW, TOP_ROW = 4, 6
"""The line above the lanes, and the first row of the first lane."""
SPACING = ((4, 3, 3), (5, 3, 2), (6, 3, 1), (8, 2, 1))
"""Up to so many rows of boxes: sheet rows of a box, and between two boxes. All of these fit on one page; with more
boxes the last of them stays, and the picture goes on on another page."""

SPARE_OBJECTIVES = MOST_IN_ROW
"""Empty rows for objectives of each perspective in the empty template."""

TABLE_COLUMN = MAP_GRID + 3
"""The column in which the table of objectives begins."""
LINK_LETTERS = {"cause": get_column_letter(TABLE_COLUMN + 7), "effect": get_column_letter(TABLE_COLUMN + 8)}


class Box(NamedTuple):
    """One objective's box: the row of boxes, counted through all lanes, and its columns on the grid."""

    row: int
    columns: range

    @property
    def left(self) -> int:
        """So many columns of the grid lie to the left of it."""
        return self.columns[0] - 1

    @property
    def right(self) -> int:
        """So many columns of the grid lie to the left of its right edge."""
        return self.columns[-1]

    @property
    def middle(self) -> int:
        """So many columns of the grid lie to the left of its middle."""
        return (self.left + self.right) // 2


@dataclass(frozen=True)
class Picture:
    """The picture of objectives in these lanes, given by the perspective of each, in the order of the perspectives."""

    lanes: Sequence[Perspective]

    @cached_property
    def rows(self) -> dict[Perspective, range]:
        """The rows of boxes of each lane; one without objectives has one, too."""
        found, first = {}, 0
        for perspective in Perspective:
            count = max(-(-self.lanes.count(perspective) // MOST_IN_ROW), 1)
            found[perspective] = range(first, first + count)
            first += count
        return found

    @cached_property
    def _in_rows(self) -> dict[int, int]:
        """How many boxes each row has; the rows of a lane are filled evenly."""
        return {
            row: self.lanes.count(perspective) // len(rows) + (i < self.lanes.count(perspective) % len(rows))
            for perspective, rows in self.rows.items()
            for i, row in enumerate(rows)
        }

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """The box of each objective, in their order; those of a row are centred."""
        found = []
        width, pitch = WIDTHS[max(1, *self._in_rows.values())]
        for row, count in self._in_rows.items():
            spare = len(BOXES) - (count - 1) * pitch - width
            starts = (BOXES[0] + spare // 2 + pitch * k for k in range(count))
            found += [Box(row, range(start, start + width)) for start in starts]
        return tuple(found)

    @property
    def box_rows(self) -> int:
        """Rows of boxes in all lanes."""
        return self.rows[list(Perspective)[-1]].stop

    @property
    def _spacing(self) -> tuple[int, int]:
        fitting = (own[1:] for own in SPACING if self.box_rows <= own[0])
        return next(fitting, SPACING[-1][1:])

    @property
    def deep(self) -> int:
        """Sheet rows of a box: the last holds score and status, the others the objective."""
        return self._spacing[0]

    @property
    def lines(self) -> int:
        """So many lines of an objective fit into a box."""
        return 2 * (self.deep - 1)

    @property
    def line_length(self) -> int:
        """So many characters of an objective fit on a line of its box."""
        return (len(self.boxes[0].columns) - BOX_MARGIN) * LETTERS if self.boxes else 1

    @property
    def apart(self) -> int:
        """Sheet rows between two rows of boxes."""
        return self._spacing[1]

    def top(self, row: int) -> int:
        """The first sheet row of a row of boxes."""
        return TOP_ROW + row * (self.deep + self.apart)

    def bottom(self, row: int) -> int:
        """The last sheet row of a row of boxes."""
        return self.top(row) + self.deep - 1

    @property
    def last_row(self) -> int:
        """The last sheet row of the picture; below the boxes there is room for arrows."""
        return self.bottom(self.box_rows - 1) + 1

    @property
    def tables_row(self) -> int:
        """The sheet row with the heading of the tables."""
        return self.last_row + 2

    @property
    def header_row(self) -> int:
        """The sheet row with the headings of their columns."""
        return self.tables_row + 3

    @cached_property
    def places(self) -> dict[str, str]:
        """Every place of the picture: key and range. A value stands in the first cell, the range is merged. The line
        above the lanes says how many objectives have neither cause nor effect, or what to do where there are none."""
        places = {"unlinked": grid(HEADING[0], BOXES[-1], UNLINKED_ROW), "to_tables": grid(BOXES[-1] - 9, MAP_GRID, 3)}
        for perspective, rows in self.rows.items():
            first, last = self.top(rows[0]), self.bottom(rows[-1])
            left, right = HEADING[0], HEADING[-1]
            places |= {
                f"lane_{perspective}": grid(left, right, first, last - 1),
                f"lane_status_{perspective}": grid(left, right - 2, last),
                f"lane_score_{perspective}": grid(right - 1, right, last),
            }
        for i, box in enumerate(self.boxes):
            first, last = self.top(box.row), self.bottom(box.row)
            left, right = box.columns[0], box.columns[-1]
            places |= {
                f"objective_{i}": grid(left, right - BOX_MARGIN, first, last - 1),
                f"margin_{i}": grid(right - BOX_MARGIN + 1, right, first, last - 1),
                f"status_{i}": grid(left, right - SCORE_COLUMNS, last),
                f"score_{i}": grid(right - SCORE_COLUMNS + 1, right, last),
            }
        return places
