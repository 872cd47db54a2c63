"""What starting a use case brings along: a worker and the press of a button wait for nothing that they do not use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def imported_by(statement: str) -> set[str]:
    code = f"import json, sys; {statement}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_the_package_brings_no_use_case_along() -> None:
    found = imported_by("import bsc_xl.workflows")
    assert [name for name in found if name.startswith("bsc_xl.") and name != "bsc_xl.workflows"] == []


@pytest.mark.parametrize("module", ["batches", "workers", "scoring", "collecting"])
def test_scores_and_batches_start_without_what_draws_or_opens_workbooks(module: str) -> None:
    found = imported_by(f"import bsc_xl.workflows.{module}")
    assert found.isdisjoint({"openpyxl", "xlwings", "bsc_xl.excel.file", "bsc_xl.workflows.diagnosis"})
