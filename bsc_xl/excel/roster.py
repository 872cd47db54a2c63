"""Where everything stands on the sheet `employees`: the list of a unit's employees with the nine-box picture above it,
or, in the workbook of an employee, the report of that one on a grid of narrow equal columns."""

from __future__ import annotations

from itertools import product

from openpyxl.utils import get_column_letter

from bsc_xl.excel.grid import grid, signature
from bsc_xl.model import Behaviour, Expectation
from bsc_xl.policies import load

SPARE_EMPLOYEES = 12
"""Empty, complete rows for employees whom the data set does not have."""

ROSTER_COLUMNS = (
    "employee_id", "employee_name", "work_result", *map(str, Behaviour), "behaviour_mean", "behaviour_level",
    "result_level", "unexcused_days", "sanction", "new_idea", "employee_rating",
)  # fmt: skip
ROSTER_INPUTS = ("employee_id", "employee_name", "work_result", *map(str, Behaviour), "new_idea")
"""What people fill in, or the planning office when it makes the workbook."""
FIRST_VALUE, *_, LAST_VALUE = map(str, Behaviour)
ROSTER_HEADER_ROW = 17

RATINGS = len(load().employees.ratings)
"""Both ways to rate know as many ratings; a test says so."""

BOXES = tuple(product(range(len(Expectation)), repeat=2))
"""The nine boxes: level of the work result, level of behaviour."""

REPORT_KPIS = 12
"""So many KPI rows are on the report of an employee: the first ones."""
REPORT_COLUMNS = ("kpi_code", "kpi_name", "target_to_date", "actual_to_date", "index", "status")


def roster_cell(key: str, i: int) -> str:
    """Cell of the i-th employee of the list; i = -1 is the header."""
    return f"{get_column_letter(2 + ROSTER_COLUMNS.index(key))}{ROSTER_HEADER_ROW + 1 + i}"


def _picture() -> dict[str, str]:
    """The nine-box picture above the list, better to the right and to the top, and how often each rating was given."""
    places = {"nine_box": "E5:J5", "result_axis": "C6:D6", "behaviour_axis": "E14:J14", "ratings": "M5:O5"}
    for r, b in BOXES:
        first = 9 - 2 * b
        left, right = get_column_letter(first), get_column_letter(first + 1)
        row = 7 + 2 * r
        places |= {f"count_{r}_{b}": f"{left}{row}:{right}{row}", f"box_{r}_{b}": f"{left}{row + 1}:{right}{row + 1}"}
        places |= {f"result_{r}": f"C{row}:D{row + 1}", f"behaviour_{b}": f"{left}13:{right}13"}
    for k in range(RATINGS + 1):
        places |= {f"rating_{k}": f"M{7 + k}:N{7 + k}", f"given_{k}": f"O{7 + k}"}
    return places


def _report() -> dict[str, str]:
    """The report of one employee: who it is, four results, KPIs and behaviour, nine boxes, conclusion, signatures."""
    places = {
        "employee_name": grid(1, 36, 2), "employee_id": grid(1, 36, 3),
        "kpis": grid(1, 23, 9), "behaviour": grid(25, 36, 9), "nine_box": grid(25, 36, 18),
        "conclusion": grid(1, 36, 27),
        "signed_by_employee": grid(2, 13, 30), "employee_signature": grid(2, 13, 33),
        **signature(24, 35, 29, "signed_by_head"),
    }  # fmt: skip
    tiles = (
        ("work_result", "result_level"), ("behaviour_mean", "behaviour_level"), ("unexcused_days", "sanction"),
        ("", "employee_rating"),
    )  # fmt: skip
    for i, (figure, word) in enumerate(tiles):
        first = 1 + 9 * i
        places |= {f"caption_{word}": grid(first, first + 7 + i // 3, 5), word: grid(first, first + 7 + i // 3, 7)}
        if figure:
            places[figure] = grid(first, first + 7, 6)
    places["new_idea"] = grid(28, 36, 6)
    for k, value in enumerate(Behaviour):
        places |= {f"name_{value}": grid(25, 33, 10 + k), str(value): grid(34, 36, 10 + k)}
    spans = ((1, 3), (4, 11), (12, 14), (15, 17), (18, 19), (20, 23))
    for key, (first, last) in zip(REPORT_COLUMNS, spans, strict=True):
        places |= {f"{key}_{i}": grid(first, last, 11 + i) for i in range(-1, REPORT_KPIS)}
    for r, b in BOXES:
        first = 34 - 3 * b
        places |= {
            f"box_{r}_{b}": grid(first, first + 2, 19 + 2 * r, 20 + 2 * r),
            f"behaviour_{b}": grid(first, first + 2, 25),
        }
        places[f"result_{r}"] = grid(25, 27, 19 + 2 * r, 20 + 2 * r)
    return places


PICTURE = _picture()
"""What stands above the list of employees: key and range. A value stands in the first cell, the range is merged."""
REPORT = _report()
"""Every place of the report of an employee, likewise."""
