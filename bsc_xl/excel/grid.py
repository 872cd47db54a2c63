"""Where everything stands on the dashboard: one grid of narrow equal columns."""

from __future__ import annotations

from openpyxl.utils import get_column_letter

from bsc_xl.model import Perspective, Status

CHART_NAME, LIST_NAME = 32, 48
"""Characters of a KPI's name in the chart and in the lists of the dashboard; a longer one ends in an ellipsis."""

GAUGE_SLICES = 4
"""Of the ring of the gauge: one for each band of scores, and its lower half, which is not drawn."""

LIST_ROWS = 3
"""How many best and worst KPIs the dashboard names."""

SHORTEST_BAR = 0.001
"""What an index of 0 is worth in the chart: too short to be seen, and its label still says 0.00. An empty cell counts
as 0 in a chart and must not."""

DASHBOARD_COLUMNS = 36
"""The dashboard's grid: so many narrow equal columns from B on."""


def grid(first: int, last: int, row: int, last_row: int | None = None) -> str:
    """Cells of the dashboard's grid as a range; grid column 1 is B."""
    left, right = get_column_letter(first + 1), get_column_letter(last + 1)
    return f"{left}{row}:{right}{last_row or row}"


def signature(first: int, last: int, row: int, *role: str) -> dict[str, str]:
    """The places of a signature between two grid columns, from a row on: where and when, as what (after the places
    named in `role`), and below an empty row, in which one signs, who."""
    keys = ("signed_at", *role, "head_title", "", *SIGNED)
    return {key: grid(first, last, row + i) for i, key in enumerate(keys) if key}


SIGNED = ("head_signature", "head_rank", "head_number")
"""The places of a signature that say who signed."""


CHARTS = range(13, 29)
"""The rows of the charts and of the lists beside them, all of the same height."""
_LISTS = {"worst": CHARTS[0], "best": CHARTS[len(CHARTS) // 2]}
_ROWS_LISTED = 2
"""So many of these rows has a KPI in a list."""
SCREEN, SIGNATURE = 31, 33
"""The last row that a screen need not scroll to, and the first of the signature, which is for paper."""


def _dashboard() -> dict[str, str]:
    first, last = CHARTS[0], CHARTS[-1]
    places = {
        "unit_name": grid(1, 26, 2),
        "completeness": grid(27, 36, 2),
        "subtitle": grid(1, 26, 3),
        "recalculated": grid(27, 36, 3),
        "caption": grid(1, 8, 5),
        "score": grid(1, 5, 6, 7),
        "change": grid(6, 8, 6, 7),
        "rating": grid(1, 5, 8),
        "score_status": grid(6, 8, 8),
        "next_rating": grid(1, 5, 9),
        "next_gap": grid(6, 8, 9),
        "radar": grid(1, 9, first, last),
        "bars": grid(10, 22, first, last),
        "conclusion": grid(1, 36, 30),
        "quality": grid(1, 36, SCREEN),
        **signature(22, 36, SIGNATURE),
    }
    for i, perspective in enumerate(Perspective):
        first = 10 + 7 * i
        places |= {
            f"caption_{perspective}": grid(first, first + 5, 5),
            f"score_{perspective}": grid(first, first + 5, 6),
            f"change_{perspective}": grid(first, first + 5, 7),
            f"status_{perspective}": grid(first, first + 5, 8),
            f"completeness_{perspective}": grid(first, first + 2, 9),
            f"weight_{perspective}": grid(first + 3, first + 5, 9),
        }
    for i, status in enumerate(Status):
        first = 1 + 9 * i
        places |= {
            f"count_{status}": grid(first, first + 1, 11),
            f"count_word_{status}": grid(first + 2, first + 8, 11),
        }
    for which, top in _LISTS.items():
        places |= {
            which: grid(24, 31, top),
            f"{which}_index_caption": grid(32, 34, top),
            f"{which}_gap_caption": grid(35, 36, top),
        }
        for k in range(LIST_ROWS):
            row = top + 1 + _ROWS_LISTED * k
            columns = {"code": (24, 25), "name": (26, 31), "symbol": (32, 32), "index": (33, 34), "gap": (35, 36)}
            places |= {
                f"{which}_{key}_{k}": grid(left, right, row, row + _ROWS_LISTED - 1)
                for key, (left, right) in columns.items()
            }
    return places


DASHBOARD = _dashboard()
"""Every place on the dashboard: key and range. A value stands in the first cell, the range is merged."""


def place(key: str) -> str:
    """The first cell of a place on the dashboard, where its value stands."""
    return DASHBOARD[key].split(":")[0]
