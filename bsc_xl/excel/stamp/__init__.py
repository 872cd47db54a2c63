"""Changes cells in a workbook package and leaves every other byte alone, in sheets as in the rest of the package.

Text is written inline and never as a formula; a number keeps all its digits; a result stands beside the formula of its
cell, which stays. `stamp` fills a workbook that was just drawn; `patched` changes one that any program has saved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bsc_xl.errors import OutputError
from bsc_xl.excel.layout import FOOTER, Ref, code_name
from bsc_xl.excel.stamp import calculation, charts
from bsc_xl.excel.stamp.footer import with_left_footer
from bsc_xl.excel.stamp.rows import with_heights
from bsc_xl.excel.stamp.sheet import Edit, Kind, edited
from bsc_xl.ooxml.package import Package, open_package
from bsc_xl.ooxml.parts import Parts, Sheet

if TYPE_CHECKING:
    from bsc_xl.excel.plan import Write

__all__ = ["Edit", "Kind", "patched", "stamp"]


def stamp(package: bytes, writes: Iterable[Write]) -> bytes:
    """Return the package with the values of `writes` in its cells.

    A cell that the package does not hold, or a result for a cell without a formula, is an `OutputError`: the plan and
    the drawing do not belong together. So is a number that no cell can hold, NaN or infinity.
    """
    opened = open_package(package)
    parts = {sheet.code_name: sheet for sheet in Parts(opened).sheets}
    edits = {write.ref: Edit(Kind.RESULT if write.result else Kind.ENTRY, write.value) for write in writes}
    asked = dict.fromkeys(ref.sheet for ref in edits)
    if gone := [name for key in asked if (name := code_name(key)) not in parts]:
        raise OutputError(path=", ".join(gone), reason="no_such_sheet")
    return patched(opened, {key: parts[code_name(key)] for key in asked}, edits, insert=False).write()


def patched(
    package: Package, sheets: Mapping[str, Sheet], edits: Mapping[Ref, Edit], *, insert: bool = True
) -> Package:
    """The package with these cells changed; `sheets` holds the sheet of each key.

    `insert`: a cell that its sheet does not hold yet is made, in the style of its row or column, and a footer is left
    out where a sheet has none. `OutputError` as in `stamp`; nothing but `Kind.RESULT` and `Kind.ENTRY` minds what stood
    in the cell before.
    """
    by_sheet: dict[str, dict[str, Edit]] = defaultdict(dict)
    for ref, edit in edits.items():
        by_sheet[ref.sheet][ref.cell] = edit
    parts: dict[str, bytes | None] = {}
    for key, own in by_sheet.items():
        sheet = sheets[key]
        part = package.part(sheet.part)
        if footer := own.pop(FOOTER, None):
            changed = with_left_footer(part, str(footer.value or ""))
            if changed is None and not insert:
                raise OutputError(path=f"{key}!{FOOTER}", reason="no_such_cell")
            part = changed or part
        rows = [address for address in own if ":" in address]
        part = with_heights(part, {int(address.partition(":")[0]): own.pop(address).value for address in rows})
        parts[sheet.part] = edited(part, own, sheet.title if insert else key, insert) if own else part
    put = [edit for edit in edits.values() if edit.kind is Kind.FORMULA]
    if put:
        # the order of calculation lists cells with formulas; a program that finds none makes it anew
        parts |= calculation.without_order(package)
    if any(edit.value is None for edit in put):
        parts |= calculation.with_calculation_on_opening(package)
    return package.with_parts(parts | _charts(package, sheets, edits))


def _charts(package: Package, sheets: Mapping[str, Sheet], edits: Mapping[Ref, Edit]) -> dict[str, bytes]:
    """The charts that show any of these cells, with their new values."""
    values = {(sheets[ref.sheet].title, ref.cell): edit.value for ref, edit in edits.items()}
    return {
        name: b"".join(
            piece if isinstance(piece, bytes) else charts.point(piece, values[piece.title, piece.cell])
            for piece in charts.cut(package.part(name), lambda title, cell: (title, cell) in values)
        )
        for name in charts.chart_parts(Parts(package))
    }
