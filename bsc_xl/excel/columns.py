"""The columns of every table, in their order. Those of a KPI table also say who fills them in and how wide they are."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.tables.columns import PLAN_ENTRIES


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the KPI tables. `kind` names its number format; `group` the heading above it. `earlier`: there is
    one for each period that may be over while another one is reported: for all but the last."""

    key: str
    group: str
    kind: str
    width: float
    per_period: bool = False
    earlier: bool = False

    @property
    def is_input(self) -> bool:
        """True when staff or the planning office fill it in."""
        return self.group in ("kpi", "target", "actual", "evidence", "definition")

    def of_periods(self, periods: int) -> range:
        """The periods for which there is such a column; 0 stands for the only one."""
        return range(1, periods + self.per_period) if self.per_period or self.earlier else range(1)


COLUMNS = (
    Column("kpi_code", "kpi", "text", 10),
    Column("kpi_name", "kpi", "text", 32),
    Column("unit_of_measure", "kpi", "text", 9),
    Column("polarity", "kpi", "choice", 14.5),
    Column("weight", "kpi", "weight", 8),
    Column("target", "target", "value", 9, per_period=True),
    Column("actual", "actual", "value", 9, per_period=True),
    Column("target_to_date", "result", "value", 12),
    Column("actual_to_date", "result", "value", 12),
    Column("achievement", "result", "percent", 9.5),
    Column("index", "result", "score", 9),
    Column("weighted_score", "result", "score", 10.5),
    Column("status", "result", "text", 16.5),
    Column("evidence", "evidence", "text", 22, per_period=True),
    Column("note", "evidence", "text", 22, per_period=True),
    Column("objective", "definition", "text", 34),
    Column("consolidation", "definition", "choice", 15),
    Column("worst", "definition", "value", 11),
    Column("ceiling", "definition", "choice", 11),
    Column("green_from", "definition", "score", 10),
    Column("yellow_from", "definition", "score", 10),
    Column("source", "definition", "text", 26),
    Column("owner", "definition", "text", 22),
    Column("usable", "trace", "integer", 9),
    Column("polarity_code", "trace", "integer", 9),
    Column("consolidation_code", "trace", "integer", 9),
    Column("invalid", "trace", "integer", 9),
    Column("periods_counted", "trace", "integer", 9),
    Column("periods_complete", "trace", "integer", 9),
    Column("last_period", "trace", "integer", 9),
    Column("closeness", "trace", "percent", 9),
    Column("segment", "trace", "integer", 9),
    Column("status_code", "trace", "integer", 9),
    Column("counted_weight", "trace", "weight", 9),
    Column("points", "trace", "score", 9),
    Column("scored", "trace", "integer", 9),
    Column("applicable", "trace", "integer", 9),
    Column("earlier_target", "trace", "value", 9, earlier=True),
    Column("earlier_actual", "trace", "value", 9, earlier=True),
    Column("earlier_achievement", "trace", "percent", 9, earlier=True),
)

PERIOD_INPUTS = tuple(column.key for column in COLUMNS if column.is_input and column.per_period)
"""What people fill in for each period."""

TRACE_COLUMNS = (
    "place", "code", "name", "index", "status", "low", "high", "order",
    "perspective", "before", "weight_before", "change", "year_target", "remaining", "required", "forecast",
    "forecast_achievement", "forecast_index", "outlook", "advice",
)  # fmt: skip
TRACE_CHART = ("chart_place", "chart_name", "chart_good", "chart_red")
TRACE_ROLLUP = (
    "rollup_name", "score", "target", "counted", "points", "scored", "applicable", "rollup_status",
    "invalid", "unproven", "rollup_before", "rollup_change",
)  # fmt: skip
ROLLED_UP = {key: key for key in ("score", "scored", "applicable", "rollup_status")} | {"change": "rollup_change"}
"""Names, between ``bsc_`` and the perspective, of what is rolled up, and the keys of its columns."""
TRACE_GAUGE = ("gauge_name", "gauge_band", "gauge_value")
TRACE_SETTINGS = ("setting_name", "setting_value")
_TRACE = (*TRACE_COLUMNS, "", *TRACE_CHART, "", *TRACE_ROLLUP, "", *TRACE_SETTINGS, "", *TRACE_GAUGE)


def trace_letter(key: str) -> str:
    """The letter of a column of the trace sheet: five lists stand side by side, one empty column between them."""
    return str(get_column_letter(1 + _TRACE.index(key)))


PLAN_CODE = "entered_for"
"""The column that keeps the code of the KPI for which a row was filled in."""
PLAN_WIDTHS = {"cause": 20.0, "action": 21.5, "owner": 14.0, "due": 10.5, "progress": 14.0}
"""Of the columns in which people write."""
PLAN_COLUMNS = (
    "kpi_code",
    "perspective",
    "kpi_name",
    "status",
    "gap",
    "change",
    "advice",
    "recommendation",
    *PLAN_ENTRIES,
    PLAN_CODE,
)
HISTORY_COLUMNS = (
    "year", "period", "kpi_code", "perspective", "kpi_name", "target_to_date", "actual_to_date",
    "achievement", "index", "status", "closed",
)  # fmt: skip
HISTORY_NAME = 36.0
"""Width of the column of a closed KPI's name."""
EVIDENCE_COLUMNS = (
    "recorded", "kpi_code", "period", "evidence_kind", "measure", "numerator", "denominator", "evidence_value",
    "file", "checksum", "rows_used", "rows_set_aside", "reasons",
)  # fmt: skip
DISCIPLINE_COLUMNS = (
    "employee_id", "period", "workdays", "attended", "on_leave", "absent", "on_time_percent", "late", "late_minutes",
    "late_1", "late_2", "late_3", "late_4", "early", "early_minutes", "missing_clocks", "year_days", "sanction",
)  # fmt: skip
"""What `evidence.attendance` says of each employee and period; the sanction in the words of the workbook."""
RECORD_TEXTS = frozenset(
    ("kpi_code", "evidence_kind", "measure", "file", "checksum", "reasons", "employee_id", "sanction")
)
"""Columns of words among those of evidence and discipline; all others hold figures."""
CHECK_COLUMNS = ("number", "kind", "sheet", "cell", "finding", "found")
MAP_COLUMNS = ("perspective", "objective", "kpis", "score", "status", "linked")
TREND_COLUMNS = (
    "kpi_code", "kpi_name", "index_0", *(f"index_{period}" for period in range(1, max(PERIODS_PER_YEAR) + 1)),
    "sparkline", "change", "year_target", "bound", "required", "forecast", "forecast_index", "outlook",
)  # fmt: skip
"""What the year may come to; `index_0` is that of the last period that was closed last year."""
LIST_COLUMNS = {
    "action_plan": PLAN_COLUMNS,
    "trend": TREND_COLUMNS,
    "discipline": DISCIPLINE_COLUMNS,
    "evidence": EVIDENCE_COLUMNS,
    "history": HISTORY_COLUMNS,
    "checks": CHECK_COLUMNS,
    "strategy_map": MAP_COLUMNS,
}
"""Columns of the plain table of each sheet that has one."""
KPI_LISTS = ("action_plan", "trend")
"""The sheets whose plain table has a row for each KPI row of the workbook."""
RECORDS = ("discipline", "evidence")
"""The sheets that importing evidence fills."""
LOOKED_UP = {
    "discipline": ("employee_id", "period", "year_days", "sanction"),
    "evidence": ("period",),
    "history": ("year", "period", "kpi_code", "index"),
}
"""Columns of plain tables that formulas look into, by the name ``bsc_<sheet>_<column>``."""


def list_columns(sheet: str, periods: int) -> tuple[str, ...]:
    """The columns of the plain table on a sheet, in a workbook whose year has so many periods."""
    last = TREND_COLUMNS.index(f"index_{periods}")
    return TREND_COLUMNS[: last + 1] + TREND_COLUMNS[_SPARKLINE:] if sheet == "trend" else LIST_COLUMNS[sheet]


_SPARKLINE = TREND_COLUMNS.index("sparkline")
