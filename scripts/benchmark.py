"""Measures what bsc-xl costs against the least that the same work can cost, and prints the result as JSON.

    python scripts/benchmark.py scoring [--rows 1000000] [--json FILE]
    python scripts/benchmark.py batch [--units 200] [--kpis 24] [--json FILE]
    python scripts/benchmark.py stamp [--kpis 24] [--json FILE]
    python scripts/benchmark.py recalc [--kpis 24] [--json FILE]
    python scripts/benchmark.py ribbon [--json FILE]
    python scripts/benchmark.py collect [--units 1000] [--kpis 24] [--json FILE]
    python scripts/benchmark.py evidence [--rows 500000] [--json FILE]
    python scripts/benchmark.py report [--units 100] [--kpis 24] [--json FILE]

Both sides run in this process, in turns, on the same data, after their results have been found equal. `seconds` is the
median over the repeats, `ratio` that of bsc-xl to the floor.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bsc_xl import scorecard
from bsc_xl.model import Cell, Consolidation, Level, Perspective, Polarity
from bsc_xl.tables.columns import Settings, Tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SEED = 20240101
KPIS_PER_UNIT = 40
PERIODS = 4


def main() -> None:
    """Run the benchmark that the arguments name."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    benchmarks = parser.add_subparsers(required=True, metavar="BENCHMARK")
    scoring = benchmarks.add_parser("scoring", help="scorecard.score against plain numpy on plain arrays")
    scoring.add_argument("--rows", type=int, default=1_000_000, help="units times KPIs (default: %(default)s)")
    scoring.add_argument("--repeats", type=int, default=9, help="runs of each side (default: %(default)s)")
    scoring.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    scoring.set_defaults(run=lambda arguments: measure_scoring(arguments.rows, arguments.repeats))
    batch = benchmarks.add_parser("batch", help="workbooks for many units against openpyxl and XlsxWriter")
    batch.add_argument("--units", type=int, default=200, help="how many units (default: %(default)s)")
    batch.add_argument("--kpis", type=int, default=24, help="KPIs of each unit (default: %(default)s)")
    batch.add_argument("--repeats", type=int, default=5, help="rounds (default: %(default)s)")
    batch.add_argument("--rivals", type=int, default=20, help="units of a rival in a round (default: %(default)s)")
    batch.add_argument("--many", type=int, default=10_000, help="units for one and two workers (default: %(default)s)")
    batch.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    batch.set_defaults(run=_batch)
    stamping = benchmarks.add_parser("stamp", help="one finished workbook changed, against openpyxl")
    stamping.add_argument("--kpis", type=int, default=24, help="KPIs of the unit (default: %(default)s)")
    stamping.add_argument("--repeats", type=int, default=15, help="runs of each side (default: %(default)s)")
    stamping.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    stamping.set_defaults(run=_stamp)
    recalc = benchmarks.add_parser("recalc", help="one closed workbook recalculated, against openpyxl")
    recalc.add_argument("--kpis", type=int, default=24, help="KPIs of the unit (default: %(default)s)")
    recalc.add_argument("--repeats", type=int, default=15, help="runs of each side (default: %(default)s)")
    recalc.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    recalc.set_defaults(run=_recalc)
    ribbon = benchmarks.add_parser("ribbon", help="what a button imports of ours, against pandas and xlwings")
    ribbon.add_argument("--repeats", type=int, default=9, help="runs of each side (default: %(default)s)")
    ribbon.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    ribbon.set_defaults(run=_ribbon)
    collecting = benchmarks.add_parser("collect", help="workbooks read back, checked and scored, against reading alone")
    collecting.add_argument("--units", type=int, default=1000, help="how many workbooks (default: %(default)s)")
    collecting.add_argument("--kpis", type=int, default=24, help="KPIs of each unit (default: %(default)s)")
    collecting.add_argument("--repeats", type=int, default=3, help="rounds (default: %(default)s)")
    collecting.add_argument(
        "--rivals", type=int, default=20, help="workbooks of a rival a round (default: %(default)s)"
    )
    collecting.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    collecting.set_defaults(run=_collect)
    reading = benchmarks.add_parser("evidence", help="an attendance log measured, against pandas reading it alone")
    reading.add_argument("--rows", type=int, default=500_000, help="rows of the log (default: %(default)s)")
    reading.add_argument("--repeats", type=int, default=5, help="runs of each side (default: %(default)s)")
    reading.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    reading.set_defaults(run=_evidence)
    printed = benchmarks.add_parser("report", help="workbooks as PDF files, against one LibreOffice process for each")
    printed.add_argument("--units", type=int, default=100, help="how many workbooks (default: %(default)s)")
    printed.add_argument("--kpis", type=int, default=24, help="KPIs of each unit (default: %(default)s)")
    printed.add_argument("--repeats", type=int, default=3, help="rounds (default: %(default)s)")
    printed.add_argument("--rivals", type=int, default=10, help="workbooks of a rival a round (default: %(default)s)")
    printed.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    printed.set_defaults(run=_report)
    arguments = parser.parse_args()

    text = json.dumps(arguments.run(arguments), indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


def _collect(arguments: argparse.Namespace) -> dict[str, Any]:
    import _benchmark_collect

    return _benchmark_collect.measure(arguments.units, arguments.kpis, arguments.repeats, arguments.rivals)


def _evidence(arguments: argparse.Namespace) -> dict[str, Any]:
    import _benchmark_evidence

    return _benchmark_evidence.measure(arguments.rows, arguments.repeats)


def _report(arguments: argparse.Namespace) -> dict[str, Any]:
    import _benchmark_report

    return _benchmark_report.measure(arguments.units, arguments.kpis, arguments.repeats, arguments.rivals)


def _batch(arguments: argparse.Namespace) -> dict[str, Any]:
    from _benchmark_batch import measure_batch  # the rivals' libraries are needed for this only

    given = arguments
    return measure_batch(given.units, given.kpis, given.repeats, given.rivals, given.many)


def _stamp(arguments: argparse.Namespace) -> dict[str, Any]:
    from _benchmark_batch import measure_stamp

    return measure_stamp(arguments.kpis, arguments.repeats)


def _ribbon(arguments: argparse.Namespace) -> dict[str, Any]:
    from _benchmark_ribbon import measure

    return measure(arguments.repeats)


def _recalc(arguments: argparse.Namespace) -> dict[str, Any]:
    from _benchmark_recalc import measure_recalc

    return measure_recalc(arguments.kpis, arguments.repeats)


def in_turns(repeats: int, **sides: Callable[[], object]) -> dict[str, float]:
    """The median seconds of each side; the sides take turns, so that a slow moment of the machine hits them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeats):
        for name, run in sides.items():
            begin = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - begin)
    return {name: statistics.median(values) for name, values in seconds.items()}


def measure_scoring(rows: int, repeats: int) -> dict[str, Any]:
    """Compare `scorecard.score` with `scoring_floor` on about so many rows of four periods."""
    tables = random_tables(max(1, rows // KPIS_PER_UNIT))
    plain = plain_arrays(tables)
    card, floor = scorecard.score(tables), scoring_floor(**plain)
    for name, expected in floor.items():
        np.testing.assert_allclose(getattr(card, name), expected, rtol=1e-12, atol=1e-12, err_msg=name)
    seconds = in_turns(repeats, bsc_xl=lambda: scorecard.score(tables), floor=lambda: scoring_floor(**plain))
    return {
        "benchmark": "scoring",
        "rows": len(tables.kpi),
        "periods": PERIODS,
        "repeats": repeats,
        "seconds": seconds,
        "ratio": seconds["bsc_xl"] / seconds["floor"],
    }


def random_tables(units: int) -> Tables:
    """A validated data set of so many units with the same KPIs: every polarity and consolidation, and some gaps."""
    random = np.random.default_rng(SEED)
    places = np.arange(KPIS_PER_UNIT)
    polarities, consolidations = [*Polarity], [*Consolidation]
    kpis = pd.DataFrame(
        {
            "kpi_code": [f"K{place}" for place in places],
            "perspective": [[*Perspective][place * len(Perspective) // KPIS_PER_UNIT].value for place in places],
            "kpi_name": [f"KPI {place}" for place in places],
            "polarity": [polarities[place % len(polarities)].value for place in places],
            "consolidation": [consolidations[place % len(consolidations)].value for place in places],
            "weight": np.full(KPIS_PER_UNIT, 10.0),
            "worst": np.full(KPIS_PER_UNIT, np.nan),
            "green_from": np.full(KPIS_PER_UNIT, np.nan),
            "yellow_from": np.full(KPIS_PER_UNIT, np.nan),
            "ceiling": np.zeros(KPIS_PER_UNIT, dtype=np.bool_),
        }
    )
    shape = (units * KPIS_PER_UNIT, PERIODS)
    target = random.uniform(50.0, 150.0, shape)
    actual = target * random.uniform(0.5, 1.3, shape)
    target_state, actual_state = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8)
    draw = random.random(shape)
    actual_state[draw < 0.02] = Cell.NA
    actual_state[draw < 0.01] = Cell.BLANK
    actual[actual_state != Cell.NUMBER] = np.nan
    return Tables(
        settings=Settings(year=2024, period=PERIODS, periods=PERIODS),
        units=pd.DataFrame(
            {
                "unit_code": [f"U{unit}" for unit in range(units)],
                "unit_name": [f"Unit {unit}" for unit in range(units)],
                "parent": np.where(np.arange(units) == 0, -1, np.arange(units) // 10),
                "level": Level.UNIT.value,
                "weight": np.ones(units),
                "new_idea": np.zeros(units, dtype=np.bool_),
            }
        ),
        kpis=kpis,
        unit=np.repeat(np.arange(units), KPIS_PER_UNIT),
        kpi=np.tile(places, units),
        target=target,
        target_state=target_state,
        actual=actual,
        actual_state=actual_state,
        evidence=np.empty((0, PERIODS), dtype=object),
        note=np.empty((0, PERIODS), dtype=object),
        measurements=pd.DataFrame(),
        links=pd.DataFrame({"cause": [], "effect": []}),
    )


def plain_arrays(tables: Tables) -> dict[str, Any]:
    """What the floor is handed: every attribute already spread over the rows, so that it does arithmetic only."""
    kpis = tables.kpis.iloc[tables.kpi]
    perspective = kpis["perspective"].map({word.value: place for place, word in enumerate(Perspective)})
    return {
        "target": tables.target,
        "target_state": tables.target_state,
        "actual": tables.actual,
        "actual_state": tables.actual_state,
        "polarity": kpis["polarity"].map({w.value: i for i, w in enumerate(Polarity)}).to_numpy(np.int8),
        "method": kpis["consolidation"].map({w.value: i for i, w in enumerate(Consolidation)}).to_numpy(np.int8),
        "weight": kpis["weight"].to_numpy(np.float64),
        "group": tables.unit * len(Perspective) + perspective.to_numpy(np.int64),
        "groups": len(tables.units) * len(Perspective),
        "parent": tables.units["parent"].to_numpy(np.int64),
    }


def scoring_floor(
    *,
    target: NDArray[np.float64],
    target_state: NDArray[np.int8],
    actual: NDArray[np.float64],
    actual_state: NDArray[np.int8],
    polarity: NDArray[np.int8],
    method: NDArray[np.int8],
    weight: NDArray[np.float64],
    group: NDArray[np.int64],
    groups: int,
    parent: NDArray[np.int64],
) -> dict[str, NDArray[Any]]:
    """Score the data of `random_tables` with numpy written out by hand.

    It knows what those data cannot hold and leaves it out: targets that are blank, zero or negative, errors, KPIs with
    bounds, worst values or ceilings of their own, other policies. Codes: polarity 0 maximize, 1 minimize, 2 stabilize,
    3 binary, 4 unscored; method 0 sum, 1 average, 2 last; cell 0 number, 1 blank, 2 N/A.
    """
    number = np.zeros(len(target), dtype=np.int8)
    sum_target, sum_actual = np.zeros(len(target)), np.zeros(len(target))
    last_target, last_actual = np.full(len(target), np.nan), np.full(len(target), np.nan)
    for period in range(target.shape[1]):
        state = actual_state[:, period]
        counts = (target_state[:, period] == 0) & (state != 2)
        number += counts
        sum_target += np.where(counts, target[:, period], 0.0)
        sum_actual += np.where(counts, actual[:, period], 0.0)
        last_target = np.where(counts, target[:, period], last_target)
        last_actual = np.where(counts, actual[:, period], last_actual)
    last = method == 2
    divisor = np.where(method == 1, number, 1)
    with np.errstate(invalid="ignore"):
        to_date = np.where(last, last_target, sum_target / divisor)
        done = np.where(last, last_actual, sum_actual / divisor)
    to_date[number == 0] = np.nan
    done[number == 0] = np.nan

    ratio = done / to_date
    ratio = np.where(polarity == 1, 2.0 - ratio, ratio)
    closeness = np.interp(1.0 - np.abs(done - to_date) / to_date, (0.0, 0.9, 1.0), (0.0, 1.0, 1.2))
    ratio = np.where(polarity == 2, closeness, ratio)
    met = np.where(np.isnan(done - to_date), np.nan, done - to_date >= -1e-14 * np.maximum(1.0, to_date))
    ratio = np.where(polarity == 3, met, ratio)
    ratio[polarity == 4] = np.nan
    index = np.clip(ratio * 100.0, 0.0, 120.0)
    rounded = np.round(index, 11)
    status = np.where(rounded >= 100.0, 0, np.where(rounded >= 80.0, 1, 2)).astype(np.int8)
    scored = ~np.isnan(index)
    status[~scored] = 3

    counted_weight = np.where(scored, weight, 0.0)
    weights = np.bincount(group, counted_weight, groups)
    points = np.bincount(group, np.where(scored, weight * index, 0.0), groups)
    with np.errstate(invalid="ignore"):
        perspective = (points / weights).reshape(-1, 4)
        weighted_score = np.where(scored, weight * index / weights[group], np.nan)
    applicable = (polarity != 4) & (number > 0)
    scored_count = np.bincount(group, scored, groups).reshape(-1, 4).sum(axis=1)
    total_count = np.bincount(group, applicable, groups).reshape(-1, 4).sum(axis=1)
    has_score = ~np.isnan(perspective)
    score = np.where(has_score, perspective, 0.0).sum(axis=1) / has_score.sum(axis=1)
    rating = 4 - np.searchsorted([80.0, 90.0, 100.0, 110.0], np.round(score, 11), side="right")
    child = parent >= 0
    with np.errstate(invalid="ignore"):
        children_mean = np.bincount(parent[child], score[child], len(score)) / np.bincount(
            parent[child], minlength=len(score)
        )
    return {
        "target": to_date,
        "actual": done,
        "achievement": ratio,
        "index": index,
        "status": status,
        "counted_weight": counted_weight,
        "weighted_score": weighted_score,
        "perspective_score": perspective,
        "scored_count": scored_count,
        "total_count": total_count,
        "score": score,
        "rating": rating,
        "children_mean": children_mean,
    }


if __name__ == "__main__":
    main()
