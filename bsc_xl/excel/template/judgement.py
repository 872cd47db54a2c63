"""What the list of employees and the report of one have in common: places, and the colours of ratings and sanctions."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.excel.formulas.people import RULES
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.template import style
from bsc_xl.model import Status
from bsc_xl.policies import load

_GOOD = 2
"""So many ratings, best first, are green; one is yellow, the others are red."""


def fill(sheet: Worksheet, layout: Layout, key: str, value: object, **look: object) -> None:
    """Put a value into a place of `Layout.pictures`, and its look on all cells of the place."""
    style.area(sheet, layout.pictures[key])
    cells = sheet[layout.pictures[key]]
    for row in cells if isinstance(cells, tuple) else ((cells,),):
        for cell in row:
            style.put(cell, **look)  # type: ignore[arg-type]
    sheet[layout.picture(key).cell].value = value


def box_status(rating: str) -> Status:
    """The colour of a rating of the matrix."""
    place = RULES.ratings.index(rating)
    return Status.GREEN if place < _GOOD else Status.YELLOW if place == _GOOD else Status.RED


def rating_status(rating: str) -> str:
    """The position in the list of statuses that colours a rating: the two best green, the third yellow, others red."""
    place = f"IFERROR(MATCH({rating},bsc_list_matrix_rating,0),IFERROR(MATCH({rating},bsc_pp30_names,0),0))"
    return f"IF({place}=0,0,IF({place}<={_GOOD},1,IF({place}={_GOOD + 1},2,3)))"


def wrong_value(cell: str) -> str:
    """Whether a cell holds something that is no value of behaviour."""
    least, most = (f"{bound:g}" for bound in RULES.behaviour_scale)
    return f"IF(ISBLANK({cell}),0,IF(ISNUMBER({cell}),OR({cell}<{least},{cell}>{most}),1))"


def punished(layout: Layout) -> str:
    """Whether the days of absence reach a sanction."""
    days = f"${layout.person('unexcused_days', 0).cell}"
    return f"IF(ISNUMBER({days}),{days}>={load().discipline_rules.sanctions[-1].days},0)"
