"""The use cases, one module each. No printing, no arguments, no knowledge of who asked; an adapter is handed in."""

from __future__ import annotations

from bsc_xl.workflows.batches import Outcome, PlannedWorkbook
from bsc_xl.workflows.diagnosis import diagnose
from bsc_xl.workflows.generation import (
    FORMATS,
    generate,
    outdated,
    planned_workbooks,
    usual_workers,
    with_last_year,
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
    "outdated",
    "planned_setup",
    "planned_workbooks",
    "score",
    "set_up",
    "usual_workers",
    "with_last_year",
    "workbook_writes",
    "write_template",
]
