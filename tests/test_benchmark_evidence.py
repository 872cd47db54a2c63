"""The benchmark of attendance finds both computations equal before it measures, also for half a million rows."""

from __future__ import annotations

from pathlib import Path

import _benchmark_evidence as benchmark
import pytest


def test_the_log_of_the_benchmark_is_counted_as_a_plain_computation_counts_it(tmp_path: Path) -> None:
    written = benchmark.write_log(tmp_path / "log.csv", rows=3000)
    found = benchmark.attendance(tmp_path / "log.csv")
    benchmark.check(found, written)
    assert found.set_aside
    bare = benchmark.write_log(tmp_path / "bare.csv", 3000, benchmark.BARE)
    benchmark.check(benchmark.attendance(tmp_path / "bare.csv"), bare)


def test_a_row_for_each_punch_is_counted_alike(tmp_path: Path) -> None:
    written = benchmark.write_punches(tmp_path / "tap.csv", benchmark.write_log(tmp_path / "log.csv", rows=3000))
    benchmark.check(benchmark.attendance(tmp_path / "tap.csv"), written)


def test_a_side_that_counts_something_else_is_found_out(tmp_path: Path) -> None:
    written = benchmark.write_log(tmp_path / "log.csv", rows=600)
    found = benchmark.attendance(tmp_path / "log.csv")
    found.details.employees.loc[3, "late_minutes"] += 1
    with pytest.raises(AssertionError, match="late_minutes"):
        benchmark.check(found, written)


@pytest.mark.slow
def test_half_a_million_rows_are_counted_right(tmp_path: Path) -> None:
    written = benchmark.write_log(tmp_path / "log.csv", rows=500_000)
    found = benchmark.attendance(tmp_path / "log.csv")
    benchmark.check(found, written)
    assert found.used + len(found.set_aside) == 500_000


@pytest.mark.slow
def test_the_benchmark_names_both_sides_with_time_and_memory() -> None:
    found = benchmark.measure(rows=2000, repeats=1)
    for form in ("bare", "punches"):
        assert set(found[form]["processor_seconds"]) == set(found["processor_seconds"])
    assert set(found["processor_seconds"]) == set(found["peak_memory_mib"]) == {"bsc_xl", "pandas", "pandas_as_text"}
