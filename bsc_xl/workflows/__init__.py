"""The use cases, one module each. No printing, no arguments, no knowledge of who asked; an adapter is handed in."""

from __future__ import annotations

from bsc_xl.workflows.diagnosis import diagnose
from bsc_xl.workflows.generation import (
    FORMATS,
    Outcome,
    PlannedWorkbook,
    generate,
    planned_workbooks,
    workbook_writes,
    write_template,
)
from bsc_xl.workflows.installation import planned_setup, set_up
from bsc_xl.workflows.scoring import check, score

__all__ = [
    "FORMATS",
    "Outcome",
    "PlannedWorkbook",
    "check",
    "diagnose",
    "generate",
    "planned_setup",
    "planned_workbooks",
    "score",
    "set_up",
    "workbook_writes",
    "write_template",
]
