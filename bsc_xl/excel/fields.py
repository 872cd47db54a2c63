"""What the settings sheet holds: its fields, its lists, and the fields that have a value even when they are empty."""

from __future__ import annotations

from bsc_xl.model import (
    Advice,
    Consolidation,
    DisciplineMeasure,
    EmployeeRating,
    Expectation,
    Missing,
    Outlook,
    Perspective,
    Polarity,
    Status,
    ZeroTarget,
)
from bsc_xl.policies import NAMES as RATING_SETS
from bsc_xl.policies import load as policy
from bsc_xl.tables.columns import SIGNATORY

SETTINGS_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("identity", ("unit_code", "unit_name", *SIGNATORY, "year", "period", "new_idea")),
    ("weights", tuple(f"weight_{p}" for p in Perspective)),
    (
        "rules",
        (
            "policy",
            "rating",
            "floor",
            "cap",
            "zero_target",
            "missing",
            "green_from",
            "yellow_from",
            "employee_rating",
            "discipline",
        ),
    ),
    ("technical", ("template_version", "dataset", "engine_version", "checksum", "recalculated", "shape")),
)
"""Sections of the settings sheet with their cells, one below the other: label in B, value in D."""

RATING_ROWS = 5

SETTINGS_LISTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("list_polarity", tuple(f"polarity.{p}" for p in Polarity)),
    ("list_consolidation", tuple(f"consolidation.{c}" for c in Consolidation)),
    ("list_yes_no", ("choice.yes", "choice.no")),
    ("list_zero_target", tuple(f"zero_target.{z}" for z in ZeroTarget)),
    ("list_missing", tuple(f"missing.{m}" for m in Missing)),
    ("list_rating", tuple(f"policy.{name}" for name in RATING_SETS)),
    ("list_status", tuple(f"status.{s}" for s in Status)),
    ("list_symbol", tuple(f"symbol.{s}" for s in Status)),
    ("list_advice", tuple(f"advice.{advice}" for advice in Advice)),
    ("list_employee_rating", tuple(f"employee_rating.{way}" for way in EmployeeRating)),
    ("list_discipline", tuple(f"discipline_measure.{measure}" for measure in DisciplineMeasure)),
    ("list_expectation", tuple(f"expectation.{level}" for level in Expectation)),
    ("list_matrix_rating", tuple(f"rating.matrix.{name}" for name in policy().employees.ratings)),
    ("list_outlook", (*(f"outlook.{outlook}" for outlook in Outlook), "outlook.ended")),
    ("list_bound", tuple(f"outlook.bound_{polarity}" for polarity in Polarity if polarity is not Polarity.UNSCORED)),
)
"""Lists on the settings sheet: defined name (after ``bsc_``) and the label keys of their entries, one below another."""

EFFECTIVE = (
    "period", "rating", "floor", "cap", "green_from", "yellow_from", "employee_rating",
    *(f"weight_{p}" for p in Perspective),
)  # fmt: skip
"""Fields that fall back to their default when somebody empties them: formulas read the effective value on the trace
sheet by the name ``bsc_<field>``, the cell that people fill in is ``bsc_input_<field>``."""


def settings_label(key: str) -> str:
    """The key of a field's label: a weight bears the name of its perspective."""
    perspective = key.removeprefix("weight_")
    return f"perspective.{perspective}" if perspective in set(Perspective) else f"settings.{key}"


def field_cells() -> dict[str, str]:
    """Settings field -> its value cell."""
    cells: dict[str, str] = {}
    row = 4
    for _, keys in SETTINGS_FIELDS:
        row += 1
        for key in keys:
            cells[key] = f"D{row}"
            row += 1
        row += 1
    return cells


def areas(periods: int, points: int) -> dict[str, str]:
    """The tables on the right of the settings sheet with their ranges; `points` of the stabilize scale."""
    found = {"period_names": f"F6:F{5 + periods}"}
    row = 5
    for i, name in enumerate(("rating_bounds", "rating_names")):
        found[name] = f"{'HI'[i]}{row + 1}:{'HI'[i]}{row + RATING_ROWS}"
    for j, rating in enumerate(RATING_SETS):
        first = row + (RATING_ROWS + 3) * (j + 1)
        for i, name in enumerate(("bounds", "names")):
            found[f"{rating}_{name}"] = f"{'HI'[i]}{first + 1}:{'HI'[i]}{first + RATING_ROWS}"
    for i, name in enumerate(("stabilize_x", "stabilize_y")):
        found[name] = f"{'KL'[i]}6:{'KL'[i]}{5 + points}"
    row = 6
    for name, keys in SETTINGS_LISTS:
        found[name] = f"N{row}:N{row + len(keys) - 1}"
        row += len(keys) + 2
    return found
