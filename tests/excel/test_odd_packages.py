"""What odd programs leave in workbooks is read for what it is, or refused by name; never an exception that nobody
foresaw, and never more memory than there is to read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import workbooks

from bsc_xl.errors import SourceError
from bsc_xl.excel.file import MOST_CELLS, open_book
from bsc_xl.excel.port import Changes
from bsc_xl.excel.recalculation import READ
from bsc_xl.excel.stamp.footer import with_left_footer
from bsc_xl.ooxml import package
from bsc_xl.tables import ExcelError

Change = Callable[[bytes], bytes]


def changed(parts: Mapping[str, bytes], name: str, change: Change, path: Path) -> Path:
    """The workbook with one part changed."""
    after = change(parts[name])
    assert after != parts[name]
    path.write_bytes(package.write({**parts, name: after}))
    return path


def with_row(row: str) -> Change:
    """A row at the end of a sheet."""
    return lambda part: part.replace(b"</sheetData>", row.encode() + b"</sheetData>")


def replaced(old: bytes, new: bytes) -> Change:
    return lambda part: part.replace(old, new, 1)


def read(path: Path) -> None:
    book = open_book(path)
    book.layout()
    book.read(READ)


ODD: dict[str, tuple[str, Change, str]] = {
    "a code name that is no text": (
        "sheet:history", replaced(b'codeName="', b'codeName="\xff'), "package.damaged_part",
    ),
    "a column behind the last": (
        "sheet:history", with_row('<row r="9000"><c r="XFE9000"><v>1</v></c></row>'), "package.damaged_part",
    ),
    "a row behind the last": (
        "sheet:history", with_row('<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), "package.damaged_part",
    ),
    "a table of whole columns": ("xl/tables/table1.xml", replaced(b' ref="', b' ref="A:'), "package.damaged_part"),
    "a table without a range": (
        "xl/tables/table1.xml", replaced(b' ref="', b' ref="#REF!" x="'), "package.damaged_part",
    ),
    "a cell far below": (
        "sheet:history", with_row('<row r="900000"><c r="Z900000"><v>1</v></c></row>'), "source.too_wide",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_no_program_can_mean_is_refused_by_name(name: str, parts: dict[str, bytes], tmp_path: Path) -> None:
    part, change, reason = ODD[name]
    sheet = part.removeprefix("sheet:")
    path = changed(parts, workbooks.sheet_parts(parts)[sheet] if sheet != part else part, change, tmp_path / "a.xlsx")
    with pytest.raises(SourceError) as refused:
        read(path)
    assert refused.value.params["reason"] == reason


def test_tables_that_are_meant_and_not_to_be_found_are_missed(parts: dict[str, bytes], tmp_path: Path) -> None:
    name = next(name for name, part in parts.items() if name.startswith("xl/worksheets/_rels/") and b"/table" in part)
    path = tmp_path / "a.xlsx"
    path.write_bytes(package.write({each: part for each, part in parts.items() if each != name}))
    with pytest.raises(SourceError) as refused:
        read(path)
    assert refused.value.params == {"source": str(path), "reason": "package.missing_part", "part": name}


@pytest.mark.parametrize("text", ["$A:$A", "$1:$3", "#REF!", "OFFSET($A$1,1,1)", "$A$0", "$A$1,$B$2"])
def test_a_name_that_refers_to_no_range_is_as_good_as_gone(
    text: str, made: workbooks.Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    old = next(value for name, value in made.layout.names.items() if name == "bsc_sheet_history").encode()
    title = old.partition(b"!")[0]
    path = changed(parts, "xl/workbook.xml", replaced(old, title + b"!" + text.encode()), tmp_path / "a.xlsx")
    assert open_book(path).layout().signature == made.layout.signature


def test_a_chart_with_bytes_that_are_no_text_stays_as_it_is(parts: dict[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in parts if "/charts/chart" in name)
    path = changed(
        parts, name, lambda part: part.replace(b"f>", b"f>\xff").replace(b"</c:f>\xff", b"</c:f>"), tmp_path / "a.xlsx"
    )
    before = package.read(path.read_bytes())[name]
    book = open_book(path)
    book.apply(Changes(values={book.layout().settings["head"]: "Ibu Sri"}))
    book.save()
    assert package.read(path.read_bytes())[name] == before


@pytest.mark.parametrize("text", ["NaN", "INF", "-INF", "nan", "inf"])
def test_a_number_that_is_none_is_an_error_and_no_blank(text: str, parts: dict[str, bytes], tmp_path: Path) -> None:
    row = f'<row r="900"><c r="B900"><v>{text}</v></c><c r="C900" t="n"><v>{text}</v></c></row>'
    path = changed(parts, workbooks.sheet_parts(parts)["history"], with_row(row), tmp_path / "a.xlsx")
    block = open_book(path).read(["history"])["history"]
    assert [(type(block.value(cell)), block.value(cell)) for cell in ("B900", "C900")] == [(ExcelError, text)] * 2


def test_the_footer_of_a_saved_view_is_not_the_footer_of_the_sheet() -> None:
    footer = "<headerFooter><oddFooter>&amp;L{}&amp;RPage</oddFooter></headerFooter>"
    views = f"<customSheetViews><customSheetView>{footer.format('View')}</customSheetView></customSheetViews>"
    sheet = f"<worksheet><sheetData/>{views}{footer.format('Old')}</worksheet>"
    assert with_left_footer(sheet.encode(), "New") == sheet.replace("Old", "New").encode()
    assert with_left_footer(sheet.replace(footer.format("Old"), "").encode(), "New") is None


PEAK = """
import sys
from pathlib import Path
from bsc_xl.excel.file import open_book
from bsc_xl.excel.recalculation import READ

def peak():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

before = peak()
open_book(Path(sys.argv[1])).read(READ)
print((peak() - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the most memory that a process ever had")
def test_a_stray_cell_as_far_off_as_is_read_takes_little_memory(parts: dict[str, bytes], tmp_path: Path) -> None:
    row = MOST_CELLS // 26
    path = changed(
        parts, workbooks.sheet_parts(parts)["history"],
        with_row(f'<row r="{row}"><c r="Z{row}"><v>1</v></c></row>'), tmp_path / "a.xlsx",
    )  # fmt: skip
    root = Path(package.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, path], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert int(done.stdout) < 120
