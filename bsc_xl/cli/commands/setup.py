"""The commands that set the ribbon up on a computer and say what it lacks: install, doctor."""

from __future__ import annotations

from typing import Annotated

import typer

from bsc_xl.cli import printing
from bsc_xl.cli.options import DONE, FAILED
from bsc_xl.computer import this_computer
from bsc_xl.labels import Labels


def install(context: typer.Context, preview: Annotated[bool, typer.Option("--dry-run")] = False) -> int:
    """The xlwings add-in and the setting that names this Python."""
    from bsc_xl.workflows import installation

    labels: Labels = context.obj
    computer = this_computer()
    planned = installation.planned_setup(computer)
    if preview:
        for each in planned:
            key = "install.in_place" if each.in_place else "install.planned"
            printing.line(labels(key, what=labels(f"install.part.{each.part}"), path=each.path))
        return DONE
    saved = installation.set_up(planned)
    for each, result in zip(planned, saved, strict=True):
        printing.line(f"{labels(f'install.part.{each.part}')}: {printing.saved_text(result, labels)}")
    printing.line(labels(f"install.next.{computer.system}", python=computer.python))
    return DONE


def doctor(context: typer.Context, workbook_or_address: Annotated[list[str] | None, typer.Argument()] = None) -> int:
    """Everything that keeps the ribbon from working here, and in these workbooks."""
    from bsc_xl.workflows import diagnosis
    from bsc_xl.workflows.diagnosis import Verdict

    labels: Labels = context.obj
    symptoms = diagnosis.diagnose(this_computer(), workbook_or_address or [])
    for symptom in symptoms:
        values = {
            name: labels.error(value) if isinstance(value, Exception) else value
            for name, value in symptom.values.items()
        }
        printing.line(f"{labels(f'doctor.verdict.{symptom.verdict}')}: {labels(f'doctor.{symptom.name}', **values)}")
    missing = sum(symptom.verdict is Verdict.MISSING for symptom in symptoms)
    printing.line(labels("doctor.result_missing", count=missing) if missing else labels("doctor.result_good"))
    return FAILED if missing else DONE
