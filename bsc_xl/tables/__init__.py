"""What a valid data set is: its tables, how raw cells become one of four states, and every rule that is checked."""

from __future__ import annotations

from bsc_xl.tables.columns import Settings, Tables

__all__ = ["Settings", "Tables"]
