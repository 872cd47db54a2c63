"""Where everything stands on the dashboard: one grid of narrow equal columns."""

from __future__ import annotations

from openpyxl.utils import get_column_letter

from bsc_xl.model import Perspective, Status

CHART_NAME, LIST_NAME = 40, 72
"""Characters of a KPI's name in the chart and in the lists of the dashboard; a longer one ends in an ellipsis."""

LIST_ROWS = 3
"""How many best and worst KPIs the dashboard names."""

SHORTEST_BAR = 0.001
"""What an index of 0 is worth in the chart: too short to be seen, and its label still says 0.00. An empty cell counts
as 0 in a chart and must not."""

LISTED = range(30, 30 + LIST_ROWS)
"""The rows of the lists of worst and best KPIs."""

DASHBOARD_COLUMNS = 36
"""The dashboard's grid: so many narrow equal columns from B on."""


def grid(first: int, last: int, row: int, last_row: int | None = None) -> str:
    """Cells of the dashboard's grid as a range; grid column 1 is B."""
    left, right = get_column_letter(first + 1), get_column_letter(last + 1)
    return f"{left}{row}:{right}{last_row or row}"


def _dashboard() -> dict[str, str]:
    places = {
        "unit_name": grid(1, 26, 2),
        "completeness": grid(27, 36, 2),
        "subtitle": grid(1, 26, 3),
        "recalculated": grid(27, 36, 3),
        "caption": grid(1, 8, 5),
        "score": grid(1, 5, 6),
        "score_status": grid(6, 8, 6),
        "rating": grid(1, 8, 7),
        "next_rating": grid(1, 5, 8),
        "next_gap": grid(6, 8, 8),
        "radar": grid(1, 15, 12, 27),
        "bars": grid(17, 36, 12, 27),
        "worst": grid(1, 17, 29),
        "best": grid(19, 36, 29),
        "conclusion": grid(1, 36, 34),
    }
    for i, perspective in enumerate(Perspective):
        first = 10 + 7 * i
        places |= {
            f"caption_{perspective}": grid(first, first + 5, 5),
            f"score_{perspective}": grid(first, first + 5, 6),
            f"status_{perspective}": grid(first, first + 5, 7),
            f"completeness_{perspective}": grid(first, first + 2, 8),
            f"weight_{perspective}": grid(first + 3, first + 5, 8),
        }
    for i, status in enumerate(Status):
        first = 1 + 9 * i
        places |= {
            f"count_{status}": grid(first, first + 1, 10),
            f"count_word_{status}": grid(first + 2, first + 8, 10),
        }
    for k in range(LIST_ROWS):
        row = LISTED[k]
        for which, first, last in (("worst", 1, 17), ("best", 19, 36)):
            places |= {
                f"{which}_code_{k}": grid(first, first + 2, row),
                f"{which}_name_{k}": grid(first + 3, first + 11, row),
                f"{which}_symbol_{k}": grid(first + 12, first + 12, row),
                f"{which}_index_{k}": grid(first + 13, first + 14, row),
                f"{which}_gap_{k}": grid(first + 15, last, row),
            }
    return places


DASHBOARD = _dashboard()
"""Every place on the dashboard: key and range. A value stands in the first cell, the range is merged."""


def place(key: str) -> str:
    """The first cell of a place on the dashboard, where its value stands."""
    return DASHBOARD[key].split(":")[0]
