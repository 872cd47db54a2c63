"""The benchmarks compare sides that made the same, and say what they measured."""

from __future__ import annotations

from pathlib import Path

import _benchmark_batch
import _benchmark_report
import pytest
import workbooks
from _rivals import XlsxWriterFromScratch

from bsc_xl.excel.layout import FOOTER, Ref


@pytest.mark.slow
def test_a_batch_names_every_side_with_its_time_and_memory() -> None:
    found = _benchmark_batch.measure_batch(units=5, kpis=4, rounds=1, sample_size=5, many=2)
    sides = {"bsc_xl", "floor", "openpyxl_load_fill_save", "openpyxl_from_scratch", "xlsxwriter_from_scratch"}
    assert set(found["seconds_per_workbook"]) == set(found["peak_mib"]) == sides
    assert set(found["times_as_long_as_bsc_xl"]) == sides - {"bsc_xl"}
    assert found["workers"]["units"] == 2


def test_a_changed_workbook_is_compared_with_openpyxl_and_the_floor() -> None:
    found = _benchmark_batch.measure_stamp(kpis=4, rounds=1)
    assert set(found["seconds"]) == {"bsc_xl", "openpyxl", "floor"}


def test_a_side_that_makes_something_else_is_found_out(tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")
    _benchmark_batch._check(made.path, made.layout, made.writes, "ours")
    other = [
        write._replace(value=1234.5) if write.ref == made.layout.rollup("score", 0) else write for write in made.writes
    ]
    with pytest.raises(AssertionError, match=r"1234\.5"):
        _benchmark_batch._check(made.path, made.layout, other, "ours")


def test_xlsxwriter_makes_every_cell_of_the_workbook_also_the_fixed_ones(tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "unit.xlsx")
    rival = tmp_path / "rival.xlsx"
    XlsxWriterFromScratch(made.layout)(made.writes, rival)
    ours, theirs = workbooks.Cells(made.path), workbooks.Cells(rival)
    everywhere = {
        Ref(sheet.key, cell.address): ours.at(sheet.title, cell.address)
        for sheet in XlsxWriterFromScratch(made.layout).sheets
        for cell in sheet.cells
        if cell.address != FOOTER
    }
    assert sum(value != "" for value in everywhere.values()) > 1000
    assert workbooks.differences(everywhere, made.layout, theirs) == []


@pytest.mark.slow
def test_a_report_prints_the_same_pages_as_a_process_for_each_workbook() -> None:
    found = _benchmark_report.measure(units=3, kpis=8, repeats=1, rivals=1)
    sides = {"bsc_xl", "bsc_xl_two_workers", "one_process_each", "whole_files"}
    assert set(found["seconds_per_workbook"]) == set(found["processor_seconds_per_workbook"]) == sides
    ours, whole = found["pages_of_a_workbook"]
    assert 0 < ours < whole
