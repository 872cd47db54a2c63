"""Every rule of a data set, checked at once: raw tables in, what can be scored and the list of findings out.

Checked by our own few rules and not by a schema library such as pandera: its failures know a frame's index and not a
cell of a file, most rules here go across tables (codes, weights per unit, targets against worst values), one cause
must be one finding however many rows it touches, and every message must exist in two languages.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bsc_xl.errors import ADVICE, Failure
from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.tables import action_plan, assemble, behaviour, doubts, kpis, measurements, settings, units
from bsc_xl.tables.columns import COLUMNS, Settings, Tables
from bsc_xl.tables.findings import Findings
from bsc_xl.tables.measurements import Measured
from bsc_xl.tables.raw import RawTables
from bsc_xl.tables.sheet import Sheet
from bsc_xl.tables.units import text_series


def validate(raw: RawTables, *, without_kpis: bool = False) -> tuple[Tables | None, list[Failure]]:
    """The data set as far as it can be scored, and everything that is wrong or doubtful in it.

    Rows that cannot be placed are left out and figures that are wrong have the state ERROR; each is in the list. The
    tables are None where nothing can be scored: a required table or column is missing, the year or the period cannot
    be used, or there is no unit or no KPI. `without_kpis`: no KPI is fine, as in a new workbook. Failures are in the
    order of the tables, rows and columns of the source.
    Rules and states: domain.md, sections 3 to 7.
    """
    findings = Findings(raw)
    sheets = {table: Sheet(raw, table, findings) for table in COLUMNS}
    chosen = settings.check(sheets["settings"], findings)
    unit_rows = units.check(sheets["units"])
    units_known = unit_rows if sheets["units"].has("unit_code") else None
    kpi_rows = kpis.check(sheets["kpis"], units_known, chosen.scoring_policy())
    kpis_known = kpi_rows if sheets["kpis"].has("kpi_code") else None
    measured = measurements.check(sheets["measurements"], units_known, kpis_known, chosen.periods)
    links = _links(sheets["links"], frozenset(kpi_rows.pursued["objective"]))
    kpis.check_links(sheets["kpis"], kpi_rows, links)
    judged = behaviour.check(sheets["behaviour"], units_known, chosen.scoring_policy(), chosen.periods)
    planned = action_plan.check(sheets["action_plan"], units_known, kpis_known, chosen.periods)

    complete = all(sheet.complete for sheet in sheets.values())
    for table, rows in (("units", unit_rows), ("kpis", kpi_rows.rows)):
        if table == "kpis" and without_kpis:
            continue
        if sheets[table].complete and not len(sheets[table]):
            findings.add_table("empty_table", table)
        complete &= len(rows.frame) > 0
    if complete and chosen.usable and chosen.year is None and measured.empty:
        findings.add_table("missing_year", "settings", "value", "year")
    elsewhere = bool(measured.years) and chosen.year not in measured.years
    if elsewhere and chosen.year is not None and chosen.year_row is not None:
        findings.add("no_figures_of_year", "settings", "value", [chosen.year_row], [chosen.year], ADVICE)
    settled = _settled(chosen, measured)
    if settled is None or not len(unit_rows.frame) or not (without_kpis or len(kpi_rows.rows.frame)):
        return None, findings.in_order()
    # What cannot be scored is looked through all the same, so that everything is said at once.
    assembled = assemble.assemble(settled, unit_rows, kpi_rows, measured, links, judged, planned)
    doubts.check(assembled, kpi_rows, findings)
    return assembled.tables if complete and chosen.usable else None, findings.in_order()


def _settled(chosen: settings.Checked, measured: Measured) -> Settings | None:
    """The settings with the year and the period filled in, the last that there are where the settings give none that
    can be used; None when there is no year to take."""
    year = chosen.year
    if year is None:
        placed = measured.frame["year"].tolist()
        year = max(placed or measured.years, default=None)
    if year is None:
        return None
    periods = chosen.periods or max(PERIODS_PER_YEAR)
    return Settings(
        year=year,
        period=periods if chosen.period is None else chosen.period,
        periods=periods,
        language=chosen.language,
        policy=chosen.policy,
        weights=chosen.weights,
        overrides=chosen.overrides,
    )


def _links(sheet: Sheet, objectives: frozenset[str]) -> pd.DataFrame:
    """Cause and effect between objectives; an objective that no KPI has is advised against and left out."""
    kept = np.ones(len(sheet), dtype=bool)
    columns = {name: sheet.text(name) for name in ("cause", "effect")}
    for name, values in columns.items():
        unknown = np.fromiter((value.strip() not in objectives for value in values), dtype=bool, count=len(values))
        sheet.report("unknown_objective", name, unknown & (values != ""), values, ADVICE)
        kept &= ~unknown & (values != "")
    return pd.DataFrame({name: text_series(values[kept]) for name, values in columns.items()})
