"""Actuals from raw evidence, one module per source (domain.md, section 9).

`measure` reads files and says what they give: figures that can be traced to them, and the rows that were set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from bsc_xl.errors import ChoiceError, EvidenceError
from bsc_xl.evidence import reading, several
from bsc_xl.evidence.model import Column, Evidence, Listing, Question

KINDS = ("attendance", "budget", "survey", "documents", "training", "checklist")
"""The sources of domain.md, section 9; each is the module of that name here."""

__all__ = ["KINDS", "columns_of", "kind_of", "measure", "measures_of"]


class _Kind(Protocol):
    COLUMNS: Sequence[Column]
    MEASURES: Sequence[str]
    measure: Callable[[Listing, Question], Evidence]


def measure(
    kind: str, files: Sequence[Path], question: Question, *, mapping: Path | None = None, sheet: str | None = None
) -> Evidence:
    """What the files say together as evidence of that kind. Nothing is written anywhere.

    `mapping`, `sheet`: as for `evidence.reading.read`, and the same for all. `ChoiceError` for a kind that does not
    exist, `EvidenceError` for files that give no figure.
    """
    source = _kind(kind)
    return source.measure(several.read(files, source.COLUMNS, mapping=mapping, sheet=sheet), question)


def kind_of(files: Sequence[Path]) -> str:
    """The kind of evidence that the columns of the files suggest; `EvidenceError` where they suggest none, or two."""
    columns = {kind: columns_of(kind) for kind in KINDS}
    kinds = several.each(files, lambda path: reading.kind_of(path, columns))
    if len(set(kinds)) > 1:
        names = several.names(files)
        told = ", ".join(f"{name}: {kind}" for name, kind in zip(names, kinds, strict=True))
        raise EvidenceError(source=", ".join(names), reason="evidence.kinds_differ", kinds=told)
    return kinds[0]


def columns_of(kind: str) -> Sequence[Column]:
    """The columns of a kind's files; `ChoiceError` for one that does not exist."""
    return _kind(kind).COLUMNS


def measures_of(kind: str) -> Sequence[str]:
    """The figures that a kind can give, the usual one first; `ChoiceError` for one that does not exist."""
    return _kind(kind).MEASURES


def _kind(name: str) -> _Kind:
    # Each source when it is asked for: a budget needs nothing of what attendance is made of.
    if name not in KINDS:
        raise ChoiceError(what="evidence_kind", value=name, choices=", ".join(KINDS))
    return cast("_Kind", import_module(f"{__name__}.{name}"))
