"""What a valid data set is: its tables, how raw cells become one of four states, and every rule that is checked."""

from __future__ import annotations

from bsc_xl.tables.columns import Settings, Tables
from bsc_xl.tables.findings import failure_message
from bsc_xl.tables.raw import ExcelError, NumberStyle, Place, RawTables, UncalculatedFormulaError
from bsc_xl.tables.validate import validate

__all__ = [
    "ExcelError",
    "NumberStyle",
    "Place",
    "RawTables",
    "Settings",
    "Tables",
    "UncalculatedFormulaError",
    "failure_message",
    "validate",
]
