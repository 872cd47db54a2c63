"""The formulas of a signature: who signs for the unit, and where; a dotted line for what is not known."""

from __future__ import annotations

from bsc_xl.excel.formulas.words import joined, quoted_label
from bsc_xl.excel.layout import Layout


def signature(layout: Layout) -> dict[str, str]:
    """Every calculated place of `grid.signature`."""
    text, dots = layout.labels, quoted_label(layout, "signature.dots")

    def known(field: str, otherwise: str = dots) -> str:
        return f'IF(TRIM(bsc_{field})="",{otherwise},bsc_{field})'

    return {
        "signed_at": joined(text("signature.signed_at"), place=known("place"), dots=dots),
        "head_title": known("head_title", quoted_label(layout, "signature.head")) + '&","',
        "head_signature": known("head"),
        "head_rank": known("head_rank"),
        "head_number": joined(text("signature.number"), number=known("head_number")),
    }
