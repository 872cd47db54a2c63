"""The bureau's data set in both languages, with raw evidence, and a generator for larger ones. All of it synthetic."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from bsc_xl.errors import ChoiceError
from bsc_xl.sample.generator import generate

VARIANTS = ("id", "en")

__all__ = ["VARIANTS", "bureau", "generate"]


def bureau(variant: str = "id") -> Path:
    """The folder of the bureau's data set: "id" after the Indonesian abstract, "en" after the English one.

    The folder's `evidence` holds the raw data behind the figures. Source: domain.md, section 1. `ChoiceError` for
    another variant.
    """
    if variant not in VARIANTS:
        raise ChoiceError(what="variant", value=variant, choices=", ".join(VARIANTS))
    return Path(str(files(__name__) / f"bureau_{variant}"))
