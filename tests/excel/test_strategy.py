"""The strategy map: where its boxes stand, which ways its arrows take, what it says, and the shapes in the package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
import workbooks
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.cell import get_column_letter, range_boundaries

from bsc_xl import sample
from bsc_xl.excel import formats, layout, results, stamp, template
from bsc_xl.excel.block import UnitBlock
from bsc_xl.excel.file import open_book
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.lanes import MAP_GRID, MOST_IN_ROW, Picture
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.recalculation import READ, recalculate
from bsc_xl.excel.shape import SPARE_ROWS
from bsc_xl.excel.template.arrows import Ways
from bsc_xl.excel.template.rules import rules
from bsc_xl.excel.template.strategy import COLUMN_POINTS, PAGE_POINTS, heights, pages
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Perspective
from bsc_xl.ooxml import package

WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
EMU = 12_700
COUNTS = st.tuples(*[st.integers(0, 11)] * 4).filter(any)


def lanes(counts: Sequence[int]) -> tuple[Perspective, ...]:
    return tuple(p for p, count in zip(Perspective, counts, strict=True) for _ in range(count))


@st.composite
def maps(draw: st.DrawFn) -> Layout:
    """A layout with objectives, some of them long, and arrows between any of them."""
    own = lanes(draw(COUNTS))
    numbers = st.integers(0, len(own) - 1)
    pairs = st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1])
    arrows = draw(st.lists(pairs, max_size=40, unique=True)) if len(own) > 1 else []
    long = draw(st.lists(st.tuples(numbers, st.integers(3, 10), st.integers(2, 10)), max_size=4))
    return Layout("id", 4, (1, 1, 1, 1), lanes=own, wordy=tuple(long), arrows=tuple(arrows), links=len(arrows))


# --- the picture ----------------------------------------------------------------------------------------------------


@given(COUNTS)
def test_every_objective_has_its_box_in_the_lane_of_its_perspective(counts: tuple[int, ...]) -> None:
    picture = Picture(lanes(counts))
    for perspective, box in zip(picture.lanes, picture.boxes, strict=True):
        assert box.row in picture.rows[perspective]
        assert 1 <= box.columns[0] <= box.columns[-1] <= MAP_GRID


@given(COUNTS)
def test_rows_of_boxes_are_filled_evenly_and_centred(counts: tuple[int, ...]) -> None:
    picture = Picture(lanes(counts))
    by_row: dict[int, list[int]] = {}
    for box in picture.boxes:
        by_row.setdefault(box.row, []).append(box.middle)
    assert max(map(len, by_row.values())) <= MOST_IN_ROW
    assert len({middles[0] + middles[-1] for middles in by_row.values()}) == 1
    for rows in picture.rows.values():
        own = [len(by_row.get(row, [])) for row in rows]
        assert max(own) - min(own) <= 1


@settings(deadline=None)
@given(COUNTS.filter(lambda counts: max(counts) <= 8))
def test_up_to_eight_objectives_of_a_lane_fit_on_a_page(counts: tuple[int, ...]) -> None:
    shape = Layout("id", 4, (1, 1, 1, 1), lanes=lanes(counts))
    assert sum(heights(shape)[: shape.map.last_row]) <= PAGE_POINTS


@settings(deadline=None)
@given(maps())
def test_no_arrow_runs_through_a_box(shape: Layout) -> None:
    edges = [0.0, *accumulate(heights(shape))]
    boxes = list(boxed(shape, edges))
    for (cause, effect), way in zip(shape.arrows, ways(shape, edges), strict=True):
        for (x, y), (to_x, to_y) in pairwise(way):
            assert x == to_x or y == to_y
            for left, top, right, bottom in boxes:
                inside = max(min(x, to_x), left) < min(max(x, to_x), right) if x != to_x else left < x < right
                inside &= max(min(y, to_y), top) < min(max(y, to_y), bottom) if y != to_y else top < y < bottom
                assert not inside
        assert touches(way[0], boxes[cause])
        assert touches(way[-1], boxes[effect])


@settings(deadline=None)
@given(maps())
def test_arrows_stay_within_the_picture(shape: Layout) -> None:
    edges = [0.0, *accumulate(heights(shape))]
    for way in ways(shape, edges):
        for x, y in way:
            assert 0 <= x <= MAP_GRID * COLUMN_POINTS
            assert edges[4] <= y <= edges[shape.map.last_row]


def ways(shape: Layout, edges: Sequence[float]) -> Iterator[tuple[tuple[float, float], ...]]:
    return (way.corners for way in Ways(shape.map, edges, COLUMN_POINTS).all(shape.arrows))


def boxed(shape: Layout, edges: Sequence[float]) -> Iterator[tuple[float, float, float, float]]:
    for box in shape.map.boxes:
        top, bottom = edges[shape.map.top(box.row) - 1], edges[shape.map.bottom(box.row)]
        yield box.left * COLUMN_POINTS, top, box.right * COLUMN_POINTS, bottom


def touches(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    (x, y), (left, top, right, bottom) = point, box
    return (y in (top, bottom) and left < x < right) or (x in (left, right) and top < y < bottom)


def test_what_a_long_objective_takes_is_spared_between_the_boxes() -> None:
    usual = Layout("id", 4, (1, 1, 1, 1), lanes=lanes((2, 2, 2, 2)))
    long = Layout("id", 4, (1, 1, 1, 1), lanes=usual.lanes, wordy=((0, 7, 4), (5, 7, 4)))
    row, gap = usual.map.top(0) - 1, usual.map.bottom(0)
    assert heights(long)[row] > heights(usual)[row]
    assert heights(long)[gap] < heights(usual)[gap]
    assert sum(heights(long)[: long.map.last_row]) <= PAGE_POINTS


# --- what it says ---------------------------------------------------------------------------------------------------


def linked(links: Sequence[tuple[str, str]], folder: Path) -> workbooks.Made:
    """The workbook of a unit with the objectives A to D, one in each perspective, and these links."""
    raw = sample.generate(units=1, kpis=8, seed=5, period=2)
    names = dict(zip(map(str, Perspective), "ABCD", strict=True))
    kpis = raw["kpis"].assign(objective=raw["kpis"]["perspective"].map(names))
    frame = pd.DataFrame(links, columns=["cause", "effect"], dtype=object)
    return workbooks.make(workbooks.scored(raw | {"kpis": kpis, "links": frame}, folder / "data"), folder / "unit.xlsx")


@pytest.mark.parametrize(
    ("links", "alone"),
    [([], ""), ([("D", "C"), ("C", "B"), ("B", "A")], ""), ([("D", "A")], "BC"), ([("B", "B")], "ACD")],
)
def test_objectives_without_a_link_are_named_unless_there_is_no_link_at_all(
    links: list[tuple[str, str]], alone: str, tmp_path: Path
) -> None:
    made = linked(links, tmp_path)
    text = made.layout.labels
    words = [made.results[made.layout.list_cell("strategy_map", "linked", i)] for i in range(4)]
    assert words == [text("map.unlinked") if name in alone else "" for name in "ABCD"]
    line = made.results[made.layout.mapped("unlinked")]
    assert line == (text("map.unlinked_count", count=len(alone)) if alone else "")
    told = recalculate(made.layout, open_book(made.path).read(READ), WHEN).found
    advised = [each.found for each in told if each.kind is Kind.ADVICE and each.found in ("A", "B", "C", "D")]
    assert sorted(advised) == sorted(alone)


def test_a_box_says_what_its_row_of_the_table_says(made: workbooks.Made) -> None:
    own = UnitBlock(made.card, np.array([0]), made.layout)
    for i, objective in enumerate(results.objectives(own)):
        assert made.results[made.layout.mapped(f"objective_{i}")] == objective
        for key in ("score", "status"):
            assert (
                made.results[made.layout.mapped(f"{key}_{i}")]
                == (made.results[made.layout.list_cell("strategy_map", key, i)])
            )


def test_links_between_objectives_of_other_units_are_no_arrows_here(tmp_path: Path) -> None:
    made = linked([("D", "A"), ("D", "A"), ("A", "A")], tmp_path)
    assert made.layout.arrows == ((3, 0),)


def test_the_empty_template_says_what_to_do_and_has_no_shapes() -> None:
    shape = layout.empty("id", 4)
    assert {p: shape.lanes.count(p) for p in Perspective} == dict.fromkeys(Perspective, MOST_IN_ROW)
    assert drawings(package.read(template.draw(shape)), "strategy_map") == []


# --- the package ----------------------------------------------------------------------------------------------------


def drawings(parts: dict[str, bytes], key: str) -> list[str]:
    """The names of the drawings of a sheet."""
    sheet = Path(workbooks.sheet_parts(parts)[key]).name
    relations = parts.get(f"xl/worksheets/_rels/{sheet}.rels", b"").decode()
    return re.findall(r'Target="/?((?:\.\./|xl/)drawings/[^"]*)"', relations)


@pytest.fixture(scope="module")
def drawing(parts: dict[str, bytes]) -> ElementTree.Element:
    (name,) = drawings(parts, "strategy_map")
    return ElementTree.fromstring(parts[name])


def test_every_shape_has_a_number_and_a_description_of_its_own(drawing: ElementTree.Element) -> None:
    about = [each.attrib for each in drawing.iter(f"{PLACED}cNvPr")]
    assert len(about) == 4 + 3  # the bureau's objectives and links
    for key in ("id", "name", "descr"):
        assert len({each[key] for each in about}) == len(about)


def test_a_straight_arrow_is_a_connector_from_the_upper_edge_of_the_cause_to_the_lower_one_of_the_effect(
    drawing: ElementTree.Element, made: workbooks.Made
) -> None:
    boxes = [each.find(f".//{PLACED}cNvPr").get("id") for each in drawing.iter(f"{PLACED}sp")]  # type: ignore[union-attr]
    joined = [
        tuple((end.get("id"), end.get("idx")) for end in each.find(f".//{PLACED}cNvCxnSpPr") or ())
        for each in drawing.iter(f"{PLACED}cxnSp")
    ]
    assert joined == [((boxes[cause], "0"), (boxes[effect], "2")) for cause, effect in made.layout.arrows]
    heads = [each.find(f".//{DRAWN}tailEnd") for each in drawing.iter(f"{PLACED}cxnSp")]
    assert all(head is not None and head.get("type") == "triangle" for head in heads)


def test_outlines_lie_on_the_cells_of_their_box_and_hide_nothing(
    drawing: ElementTree.Element, made: workbooks.Made
) -> None:
    for i, anchor in enumerate(drawing.findall(f"{PLACED}twoCellAnchor")[: len(made.layout.lanes)]):
        left, top, _, _ = range_boundaries(made.layout.map.places[f"objective_{i}"])
        _, _, right, bottom = range_boundaries(made.layout.map.places[f"score_{i}"])
        ends = [[int(each.text or 0) for each in anchor.find(f"{PLACED}{end}") or ()] for end in ("from", "to")]
        assert [(column, row) for column, _, row, _ in ends] == [(left - 1, top - 1), (right - 1, bottom - 1)]
        # a line within them, so that a page that begins or ends there has all of it
        (_, x, _, y), (_, to_x, _, to_y) = ends
        beyond = (COLUMN_POINTS * EMU - to_x, heights(made.layout)[bottom - 1] * EMU - to_y)
        assert all(0 < each <= EMU for each in (x, y, *beyond))
        assert anchor.find(f".//{PLACED}spPr/{DRAWN}noFill") is not None


def test_a_box_leads_to_its_perspective_by_a_name_that_outlives_new_titles(
    parts: dict[str, bytes], made: workbooks.Made
) -> None:
    (name,) = drawings(parts, "strategy_map")
    relations = parts[f"xl/drawings/_rels/{Path(name).name}.rels"].decode()
    targets = dict(re.findall(r'Id="(\w+)"[^>]*Target="#(\w+)"', relations))
    assert targets == {str(p): f"bsc_sheet_{p}" for p in Perspective}
    assert set(targets.values()) <= made.layout.names.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_map_with_arrows_of_every_kind_has_no_findings(
    language: str, tmp_path: Path, ooxml_findings: Callable[[Path], list[dict[str, Any]]]
) -> None:
    arrows = ((9, 1), (8, 0), (4, 3), (0, 8), (1, 2), (2, 0), (6, 5))
    shape = Layout(language, 4, (4, 2, 3, 3), lanes=lanes((3, 2, 2, 3)), arrows=arrows, links=len(arrows))
    path = tmp_path / "map.xlsx"
    path.write_bytes(template.draw(shape))
    assert ooxml_findings(path) == []


def test_what_is_typed_on_the_map_and_its_shapes_outlive_a_recalculation(made: workbooks.Made, tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsx"
    path.write_bytes(stamp.stamp(template.draw(made.layout), made.writes))
    before = package.read(path.read_bytes())
    book = open_book(path)
    book.apply(recalculate(book.layout(), book.read(READ), WHEN).changes)
    book.save()
    after = package.read(path.read_bytes())
    (name,) = drawings(before, "strategy_map")
    assert drawings(after, "strategy_map") == [name]
    assert after[name] == before[name]


def test_the_colours_of_the_boxes_come_back_into_a_closed_workbook(made: workbooks.Made, tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsx"
    parts = package.read(stamp.stamp(template.draw(made.layout), made.writes))
    sheet = workbooks.sheet_parts(parts)["strategy_map"]
    drawn = rules(made.layout, "strategy_map")
    assert formats.missing(parts[sheet], drawn) == []
    bare = re.sub(rb"<conditionalFormatting.*</conditionalFormatting>", b"", parts[sheet], flags=re.DOTALL)
    path.write_bytes(package.write(parts | {sheet: bare}))
    book = open_book(path)
    book.apply(recalculate(book.layout(), book.read(READ), WHEN).changes)
    book.save()
    assert formats.missing(package.read(path.read_bytes())[sheet], drawn) == []


def test_an_objective_keeps_away_from_both_edges_of_its_box(made: workbooks.Made, tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsx"
    path.write_bytes(template.draw(made.layout))
    sheet = openpyxl.load_workbook(path)[made.layout.title("strategy_map")]
    merged = {range_.coord for range_ in sheet.merged_cells.ranges}
    coloured = {str(each.sqref) for each in sheet.conditional_formatting}
    for i, _ in enumerate(made.layout.lanes):
        place = made.layout.map.places[f"objective_{i}"]
        left, top, right, bottom = range_boundaries(place)
        _, _, edge, _ = range_boundaries(made.layout.map.places[f"score_{i}"])
        assert place in merged
        assert sheet.cell(top, left).alignment.indent == 1
        assert right == edge - 1
        assert sheet.cell(top, edge).fill.fgColor.rgb == sheet.cell(top, left).fill.fgColor.rgb
        assert f"{place.split(':')[0]}:{get_column_letter(edge)}{bottom}" in coloured


def test_the_tables_are_printed_on_a_page_of_their_own(made: workbooks.Made, tmp_path: Path) -> None:
    path = tmp_path / "unit.xlsx"
    path.write_bytes(template.draw(made.layout))
    sheet = openpyxl.load_workbook(path)[made.layout.title("strategy_map")]
    picture, tables = (range_boundaries(area.replace("$", "")) for area in re.findall(r"\$[^,!]*", sheet.print_area))
    assert picture == (1, 1, MAP_GRID + 1, made.layout.map.last_row)
    for area in (made.layout.list_table("strategy_map")[1], made.layout.link_table()[1]):
        left, top, right, bottom = range_boundaries(area)
        assert tables[0] <= left <= right <= tables[2]
        assert tables[1] <= top <= bottom <= tables[3]


@pytest.mark.parametrize(("links", "printed"), [(3, 3 + SPARE_ROWS), (60, 60)])
def test_rows_for_more_links_bring_no_page_of_their_own(links: int, printed: int) -> None:
    shape = Layout("id", 4, (1, 1, 1, 1), lanes=lanes((2, 2, 2, 2)), links=links)
    _, _, _, bottom = range_boundaries(pages(shape)[-1])
    _, _, _, end = range_boundaries(shape.link_table()[1])
    assert min(bottom, end) - shape.map.header_row == printed


@given(st.tuples(*[st.integers(0, 60)] * 4).filter(any), st.lists(st.integers(0, 40), max_size=6))
def test_no_box_lies_on_two_pages_and_no_page_is_higher_than_paper(counts: tuple[int, ...], long: list[int]) -> None:
    own = lanes(counts)
    shape = Layout("id", 4, (1, 1, 1, 1), lanes=own, wordy=tuple((i, 6, 3) for i in long if i < len(own)))
    areas = [range_boundaries(area) for area in pages(shape)[:-1]]
    assert [area[1] for area in areas] == [1, *(area[3] + 1 for area in areas[:-1])]
    assert areas[-1][3] == shape.map.last_row
    edges = [0.0, *accumulate(heights(shape))]
    assert all(edges[bottom] - edges[top - 1] <= PAGE_POINTS for _, top, _, bottom in areas)
    for box in shape.map.boxes:
        assert any(top <= shape.map.top(box.row) <= shape.map.bottom(box.row) <= bottom for _, top, _, bottom in areas)
    whole = [rows for rows in shape.map.rows.values() if edges[shape.map.bottom(rows[-1]) + 1] <= PAGE_POINTS]
    for rows in whole:  # of the lanes that surely fit on a page
        assert any(top <= shape.map.top(rows[0]) <= shape.map.bottom(rows[-1]) <= bottom for _, top, _, bottom in areas)
