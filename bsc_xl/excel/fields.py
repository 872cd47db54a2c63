"""What the settings sheet holds: its fields, its lists, and the fields that have a value even when they are empty."""

from __future__ import annotations

from bsc_xl.model import Consolidation, Missing, Perspective, Polarity, Status, ZeroTarget
from bsc_xl.policies import NAMES as RATING_SETS

SETTINGS_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("identity", ("unit_code", "unit_name", "head", "year", "period", "new_idea")),
    ("weights", tuple(f"weight_{p}" for p in Perspective)),
    ("rules", ("policy", "rating", "floor", "cap", "zero_target", "missing", "green_from", "yellow_from")),
    ("technical", ("template_version", "dataset", "engine_version", "checksum", "recalculated", "shape")),
)
"""Sections of the settings sheet with their cells, one below the other: label in B, value in D."""

SETTINGS_LISTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("list_polarity", tuple(f"polarity.{p}" for p in Polarity)),
    ("list_consolidation", tuple(f"consolidation.{c}" for c in Consolidation)),
    ("list_yes_no", ("choice.yes", "choice.no")),
    ("list_zero_target", tuple(f"zero_target.{z}" for z in ZeroTarget)),
    ("list_missing", tuple(f"missing.{m}" for m in Missing)),
    ("list_rating", tuple(f"policy.{name}" for name in RATING_SETS)),
    ("list_status", tuple(f"status.{s}" for s in Status)),
    ("list_symbol", tuple(f"symbol.{s}" for s in Status)),
    ("list_advice", tuple(f"advice.{s}" for s in Status)),
)
"""Lists on the settings sheet: defined name (after ``bsc_``) and the label keys of their entries, one below another."""

EFFECTIVE = ("period", "rating", "floor", "cap", "green_from", "yellow_from", *(f"weight_{p}" for p in Perspective))
"""Fields that fall back to their default when somebody empties them: formulas read the effective value on the trace
sheet by the name ``bsc_<field>``, the cell that people fill in is ``bsc_input_<field>``."""


def settings_label(key: str) -> str:
    """The key of a field's label: a weight bears the name of its perspective."""
    perspective = key.removeprefix("weight_")
    return f"perspective.{perspective}" if perspective in set(Perspective) else f"settings.{key}"
