"""A unit with employees at every bound of results and behaviour, for tests of workbooks."""

from __future__ import annotations

from itertools import product

import pandas as pd

from bsc_xl import sample
from bsc_xl.model import Behaviour, Level

RESULTS = (120.0, 100.5, 100.0, 99.99, 90.0, 89.99, 60.0, 0.0)
MEANS = (5.0, 4.0, 27.9 / 7, 3.0, 20.9 / 7, 1.0)
UNIT = "UNIT"


def raw(language: str = "id", **settings: object) -> dict[str, pd.DataFrame]:
    """Raw tables: a unit, and below it an employee for each of `RESULTS` with each of `MEANS`, one who is judged on six
    values, one who is not judged, and one without figures. Every second employee has a new idea."""
    found = sample.generate(units=1, kpis=4, seed=3, periods=4, period=2, language=language)
    judged: list[tuple[float | None, list[float | None]]] = [
        (result, [mean] * len(Behaviour)) for result, mean in product(RESULTS, MEANS)
    ]
    judged += [(95.0, [4.0] * 6 + [None]), (95.0, [None] * 7), (None, [4.0] * 7)]
    codes = [f"1987{number:03}" for number in range(len(judged))]
    units = pd.DataFrame(
        {
            "unit_code": [UNIT, *codes],
            "unit_name": ["Biro", *(f"Pegawai {code}" for code in codes)],
            "parent_code": [None, *[UNIT] * len(codes)],
            "level": [Level.UNIT, *[Level.EMPLOYEE] * len(codes)],
            "head": "Kepala",
            "new_idea": [False, *(number % 2 == 0 for number in range(len(codes)))],
        },
        dtype=object,
    )
    kpis = found["kpis"].assign(polarity="maximize", consolidation="last", worst=None, ceiling=None, unit_code=None)
    cells = product([(UNIT, 100.0), *zip(codes, (result for result, _ in judged), strict=True)], kpis["kpi_code"])
    measured = [
        {"unit_code": code, "kpi_code": kpi, "year": 2025, "period": 1, "target": 100.0, "actual": actual}
        for (code, actual), kpi in cells
    ]
    behaviour = [
        {"unit_code": code, "year": 2025, "period": 1} | dict(zip(map(str, Behaviour), values, strict=True))
        for code, (_, values) in zip(codes, judged, strict=True)
    ]
    kept = found["settings"][~found["settings"]["key"].isin(settings)]
    added = pd.DataFrame({"key": list(settings), "value": list(settings.values())}, dtype=object)
    return found | {
        "units": units,
        "kpis": kpis,
        "measurements": pd.DataFrame(measured, dtype=object),
        "behaviour": pd.DataFrame(behaviour, dtype=object),
        "settings": pd.concat([kept, added], ignore_index=True),
    }
