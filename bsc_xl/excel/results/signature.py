"""What a signature says."""

from __future__ import annotations

from bsc_xl.excel.block import Objects, UnitBlock, objects


def signature(own: UnitBlock) -> dict[str, Objects]:
    """The values of `formulas.signature`, each (U,)."""
    text, dots = own.layout.labels, own.layout.labels("signature.dots")

    def known(column: str, otherwise: str = dots) -> list[str]:
        return [found or otherwise for found in own.about(column)]

    return {
        "signed_at": objects([text("signature.signed_at", place=place, dots=dots) for place in known("place")]),
        "head_title": objects([f"{title}," for title in known("head_title", text("signature.head"))]),
        "head_signature": objects(known("head")),
        "head_rank": objects(known("head_rank")),
        "head_number": objects([text("signature.number", number=number) for number in known("head_number")]),
    }
