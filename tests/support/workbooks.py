"""What tests of workbooks share: build one from raw tables, empty its cached values, read all of its cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.utils.cell import coordinate_to_tuple
from python_calamine import CalamineWorkbook

from bsc_xl import dataset, sample
from bsc_xl.excel import layout, layouts, plan, stamp, template
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.plan import Write
from bsc_xl.scorecard import Scorecard, score

NUMBERS_AGREE = 1e-9
_RESULT = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*?)(?: t="str")?>(<f>.*?</f>)<v>.*?</v></c>', re.DOTALL)


@dataclass(frozen=True)
class Made:
    """A workbook that was just generated: where it lies, its shape, and everything that was written into it."""

    path: Path
    layout: Layout
    writes: list[Write]
    card: Scorecard

    @property
    def results(self) -> dict[Ref, Any]:
        """What every calculated cell must show."""
        return {write.ref: write.value for write in self.writes if write.result}


def scored(raw: Mapping[str, pd.DataFrame], folder: Path) -> Scorecard:
    """The scorecard of raw tables that hold no failure, by way of a CSV data set."""
    dataset.write(raw, folder, overwrite=True)
    tables, failures = dataset.read(folder)
    assert tables is not None, failures
    assert [f for f in failures if f.level == "failure"] == []
    return score(tables)


def make(card: Scorecard, path: Path, unit: int = 0, language: str | None = None) -> Made:
    """Generate the workbook of one unit."""
    shape = layouts.for_unit(card, unit, language or card.tables.settings.language)
    writes = plan.unit_writes(card, unit, shape)
    path.write_bytes(stamp.stamp(template.draw(shape), writes))
    return Made(path, shape, writes, card)


def make_empty(path: Path, language: str = "id", periods: int = 4) -> tuple[Path, Layout, list[Write]]:
    """Build the empty template."""
    shape = layout.empty(language, periods)
    writes = plan.empty_writes(shape)
    path.write_bytes(stamp.stamp(template.draw(shape), writes))
    return path, shape, writes


def bureau(language: str) -> Made:
    """The bureau's workbook as it would be generated, without a file."""
    tables, failures = dataset.read(sample.bureau(language))
    assert tables is not None, failures
    card = score(tables)
    shape = layouts.for_unit(card, 0, language)
    return Made(Path(), shape, plan.unit_writes(card, 0, shape), card)


def sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Sheet key -> name of the part that holds the sheet, by code name."""
    keys = {layout.code_name(key): key for key in layout.SHEETS}
    found = {}
    for name, content in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            match = re.search(rb'codeName="(\w+)"', content)
            assert match is not None, name
            found[keys[match[1].decode()]] = name
    assert found.keys() == set(layout.SHEETS)
    return found


@dataclass(frozen=True)
class HardText:
    """A workbook with texts in cells that people fill in: `refs` on the sheet `title`, one for each text."""

    path: Path
    title: str
    refs: list[Ref]


def hard_text(texts: Sequence[str], path: Path) -> HardText:
    """Put texts into the notes of a drawn workbook."""
    shape = Layout("id", 4, (0, 0, len(texts), 0), spare=(1, 1, 1, 1))
    refs = [shape.cell("internal_process", row, "note", 1) for row in shape.rows("internal_process")][: len(texts)]
    writes = [Write(ref, text) for ref, text in zip(refs, texts, strict=True)]
    path.write_bytes(stamp.stamp(template.draw(shape), writes))
    return HardText(path, shape.title("internal_process"), refs)


def without_results(path: Path, target: Path) -> Path:
    """A copy whose formulas have no cached value, so that whoever shows a value has calculated it."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = _RESULT.sub(rb'<c r="\1"\2>\3</c>', content)
                assert b"</f><v>" not in content
            copy.writestr(name, content)
    return target


class Cells:
    """Every cell of a workbook as a reader sees it that does not calculate."""

    def __init__(self, path: Path) -> None:
        book = CalamineWorkbook.from_path(path)
        self._sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }

    def at(self, title: str, cell: str) -> Any:
        """The value of a cell; "" where there is none."""
        row, column = coordinate_to_tuple(cell)
        rows = self._sheets[title]
        return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else ""


def differences(expected: Mapping[Ref, Any], shape: Layout, found: Cells) -> list[str]:
    """Every cell that does not show what is expected: texts must be the same, numbers agree within 1e-9."""
    wrong = []
    for ref, value in expected.items():
        shown = found.at(shape.title(ref.sheet), ref.cell)
        if not _same(value, shown):
            wrong.append(f"{ref.sheet}!{ref.cell}: expected {value!r}, found {shown!r}")
    return wrong


def _same(value: Any, shown: Any) -> bool:
    numeric = isinstance(value, int | float) and isinstance(shown, int | float)
    if numeric:
        return abs(value - shown) <= NUMBERS_AGREE * max(1.0, abs(value))
    return bool(("" if value is None else value) == shown)
