"""A chart keeps the values of the cells that it shows, so that who opens no sheets sees it too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import shapes
import workbooks
from openpyxl.utils.cell import rows_from_range

from bsc_xl.excel import stamp
from bsc_xl.excel.layout import ORGANISATION, Ref
from bsc_xl.excel.stamp import charts
from bsc_xl.excel.stamp.charts import Place
from bsc_xl.ooxml import package
from bsc_xl.ooxml.parts import Parts

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module", params=shapes.SHAPES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> workbooks.Made:
    """A workbook of each shape."""
    return shapes.make(request.param, tmp_path_factory.mktemp("shape"))


def references(workbook: bytes) -> list[ElementTree.Element]:
    """What the series and categories of all charts refer to."""
    opened = package.open_package(workbook)
    roots = [ElementTree.fromstring(opened.part(name)) for name in charts.chart_parts(Parts(opened))]
    assert len(roots) == 3
    return [found for root in roots for kind in ("num", "str") for found in root.iter(f"{CHART}{kind}Ref")]


def kept(reference: ElementTree.Element) -> dict[int, str]:
    """The points that a chart keeps, by their number; "_x005F_" is how Excel writes an underscore."""
    texts = {int(point.attrib["idx"]): point.findtext(f"{CHART}v") or "" for point in reference.iter(f"{CHART}pt")}
    return {number: text.replace("_x005F_", "_") for number, text in texts.items()}


def shown(reference: ElementTree.Element, found: workbooks.Cells) -> dict[int, Any]:
    """What stands in the cells that a reference leads to, where it can be shown."""
    title, area = (reference.findtext(f"{CHART}f") or "").replace("$", "").split("!")
    values = [found.at(title.strip("'"), cell) for row in rows_from_range(area) for cell in row]
    kind = str if reference.tag == f"{CHART}strRef" else float
    return {number: value for number, value in enumerate(values) if isinstance(value, kind) and value != ""}


def test_every_kept_point_is_what_its_cell_holds_and_blanks_are_gaps(built: workbooks.Made) -> None:
    found = workbooks.Cells(built.path)
    for reference in references(built.path.read_bytes()):
        expected = shown(reference, found)
        points = kept(reference)
        texts = reference.tag == f"{CHART}strRef"
        assert {number: text if texts else float(text) for number, text in points.items()} == expected


def test_a_chart_says_how_many_cells_it_shows(built: workbooks.Made) -> None:
    for reference in references(built.path.read_bytes()):
        area = (reference.findtext(f"{CHART}f") or "").replace("$", "").split("!")[1]
        count = reference.find(f".//{CHART}ptCount")
        assert count is not None
        assert int(count.attrib["val"]) == sum(len(row) for row in rows_from_range(area))


def test_the_validator_finds_nothing_to_repair(
    built: workbooks.Made, ooxml_findings: Callable[[Path], list[dict[str, Any]]]
) -> None:
    assert ooxml_findings(built.path) == []


def test_names_of_kpis_are_categories_as_text_and_escaped(tmp_path: Path) -> None:
    made = shapes.make("hard text", tmp_path)
    bars = {text for reference in references(made.path.read_bytes()) for text in kept(reference).values()}
    names = {value for ref, value in made.results.items() if ref in bar_names(made)}
    assert {name for name in names if name} <= bars
    assert any("&" in name or "<" in name for name in names)


def bar_names(made: workbooks.Made) -> set[Ref]:
    """The cells with the names of the bars."""
    return {made.layout.trace("chart_name", i) for i in range(made.layout.bars)}


# --- charts that other programs wrote -------------------------------------------------------------------------------

SAVED = (
    b"<c:chart><c:ser><c:val><c:numRef><c:f>'It''s &amp; more'!$B$2:$B$4</c:f><c:numCache>"
    b'<c:formatCode>0.0</c:formatCode><c:ptCount val="3"/><c:pt idx="0"><c:v>1</c:v></c:pt>'
    b'<c:pt idx="2" formatCode="0"><c:v>3</c:v></c:pt><c:extLst/></c:numCache></c:numRef></c:val></c:ser></c:chart>'
)


def changed(part: bytes, values: Mapping[tuple[str, str], Any]) -> bytes:
    """The chart with new values of some cells."""
    pieces = charts.cut(part, lambda title, cell: (title, cell) in values)
    return b"".join(
        charts.point(piece, values[piece.title, piece.cell]) if isinstance(piece, Place) else piece for piece in pieces
    )


def test_a_chart_that_shows_none_of_the_cells_stays_as_it_is() -> None:
    assert charts.cut(SAVED, lambda *_: False) == [SAVED]


def test_only_the_points_of_changed_cells_change() -> None:
    title = "It's & more"
    new = changed(SAVED, {(title, "B3"): 2.5, (title, "B2"): ""})
    assert new == SAVED.replace(b'<c:pt idx="0"><c:v>1</c:v></c:pt>', b'<c:pt idx="1"><c:v>2.5</c:v></c:pt>')


def test_a_cell_that_gets_no_value_leaves_a_gap_and_one_that_gets_it_again_a_point() -> None:
    cell = ("It's & more", "B4")
    without = changed(SAVED, {cell: ""})
    assert b'idx="2"' not in without
    assert b'<c:pt idx="2"><c:v>7.0</c:v></c:pt><c:extLst/>' in changed(without, {cell: 7.0})


@pytest.mark.parametrize("source", ["", "Sheet!name", "(Sheet!$A$1,Sheet!$C$1)", "[1]Sheet!$A$1"])
def test_what_is_no_range_of_cells_is_passed_over(source: str) -> None:
    part = re.sub(rb"<c:f>.*</c:f>", f"<c:f>{source}</c:f>".encode(), SAVED)
    assert charts.cut(part, lambda title, _: title != "[1]Sheet") == [part]


def test_a_score_that_is_stamped_again_moves_the_point(tmp_path: Path) -> None:
    made = shapes.make("a year of four periods", tmp_path)
    ref = made.layout.rollup("score", 0)
    again = [write._replace(value=12.25) for write in made.writes if write.ref == ref]
    assert ref != made.layout.rollup("score", ORGANISATION)
    points = [kept(reference) for reference in references(stamp.stamp(made.path.read_bytes(), again))]
    assert "12.25" in {point.get(0) for point in points}
