"""Labels and references as pieces of a formula."""

from __future__ import annotations

import re

from bsc_xl.excel.layout import Layout, Ref

Formulas = dict[Ref, str]


def joined(text: str, **parts: str) -> str:
    """A label with placeholders as a formula that joins its pieces: ``"Q" & bsc_period``."""
    pieces = re.split(r"\{(\w+)\}", text)
    terms = [parts[p] if i % 2 else '"' + p.replace('"', '""') + '"' for i, p in enumerate(pieces) if p]
    return "&".join(terms)


def quoted_label(layout: Layout, key: str) -> str:
    """A label as a text constant."""
    return '"' + layout.labels(key).replace('"', '""') + '"'


def code_and_name(place: str) -> str:
    """A KPI by its place in the trace list: long names may begin alike, codes never are alike."""
    return f'INDEX(bsc_kpi_code,{place})&" "&INDEX(bsc_kpi_name,{place})'


def shortened(text: str, limit: int) -> str:
    """A text that ends in an ellipsis when it is longer than `limit` characters."""
    return f'IF(LEN({text})>{limit},LEFT({text},{limit - 1})&"…",{text})'


def of_period(layout: Layout, cells: str, place: str) -> str:
    """One of the cells that stand for the periods; Gnumeric knows no INDEX into a single cell."""
    return cells if layout.periods == 1 else f"INDEX({cells},{place})"
