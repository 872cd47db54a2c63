"""Workbooks of every shape that a bureau may bring: few and many periods and KPIs, hard text, nothing to score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import workbooks

from bsc_xl import sample
from bsc_xl.model import NA_TEXT

Raw = dict[str, pd.DataFrame]


def _without_a_perspective() -> Raw:
    raw = sample.generate(units=1, kpis=6, seed=2)
    gone = raw["kpis"]["perspective"] == "customer"
    codes = raw["kpis"].loc[gone, "kpi_code"]
    assert len(codes)
    kept = ~raw["measurements"]["kpi_code"].isin(codes)
    return raw | {"kpis": raw["kpis"][~gone], "measurements": raw["measurements"][kept]}


def _without_objectives() -> Raw:
    raw = sample.generate(units=1, kpis=6, seed=3, language="en")
    return raw | {"kpis": raw["kpis"].assign(objective=None), "links": raw["links"].iloc[:0]}


def _with_long_names() -> Raw:
    raw = sample.generate(units=1, kpis=6, seed=4)
    long = "Persentase penyelesaian dokumen administrasi pimpinan & keprotokolan tepat waktu " * 8
    names = [f"{long}({number})" for number in range(len(raw["kpis"]))]
    kpis = raw["kpis"].assign(kpi_name=names, objective=long, owner=long, source=long, unit_of_measure=long[:60])
    return raw | {"kpis": kpis, "units": raw["units"].assign(unit_name=long, head=long)}


def _with_figures(figure: str | None) -> Raw:
    raw = sample.generate(units=1, kpis=6, seed=5)
    return raw | {"measurements": raw["measurements"].assign(target=figure, actual=figure)}


def _with_links() -> Raw:
    raw = sample.generate(units=1, kpis=12, seed=6, language="en")
    raw["kpis"]["objective"] = [f"Objective {number}" for number in range(len(raw["kpis"]))]
    effects = raw["kpis"]["objective"].tolist()
    links = pd.DataFrame({"cause": effects[1:] + effects[2:], "effect": effects[:-1] + effects[:-2]}, dtype=object)
    return raw | {"links": links}


def _of(**options: object) -> Callable[[], Raw]:
    return lambda: sample.generate(units=1, seed=8, **options)  # type: ignore[arg-type]


SHAPES: dict[str, Callable[[], Raw]] = {
    "a year of one period": _of(kpis=7, periods=1),
    "a year of two periods": _of(kpis=7, periods=2, period=1, language="en"),
    "a year of four periods": _of(kpis=7, periods=4, period=3),
    "a year of twelve periods": _of(kpis=7, periods=12, period=7, language="en"),
    "a perspective without KPIs": _without_a_perspective,
    "forty KPIs per perspective": _of(kpis=160),
    "long names": _with_long_names,
    "hard text": _of(kpis=16, hard_text=True),
    "hard text in English": _of(kpis=16, hard_text=True, language="en"),
    "everything N/A": lambda: _with_figures(NA_TEXT),
    "everything blank": lambda: _with_figures(None),
    "no objectives": _without_objectives,
    "many links": _with_links,
}


def make(shape: str, folder: Path) -> workbooks.Made:
    """The workbook of a shape by its name in `SHAPES`."""
    return workbooks.make(workbooks.scored(SHAPES[shape](), folder / "data"), folder / "unit.xlsx")
