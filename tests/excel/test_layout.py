"""The layout is the only owner of places: each place has one purpose, and every name leads to where it should."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.cell import range_boundaries

from bsc_xl import sample
from bsc_xl.dataset import read
from bsc_xl.excel import address, columns, formulas, grid, layout, layouts
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.fields import EFFECTIVE
from bsc_xl.excel.grid import GAUGE_SLICES
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.excel.shape import SPARE_ROWS
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.model import PERIODS_PER_YEAR, Level, Perspective
from bsc_xl.scorecard import score

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
SHAPES = st.builds(
    Layout,
    language=st.sampled_from(LANGUAGES),
    periods=st.sampled_from(PERIODS_PER_YEAR),
    kpis=st.tuples(*[st.integers(0, 12)] * 4),
    spare=st.tuples(*[st.integers(1, 6)] * 4),
    points=st.integers(2, 9),
    lanes=st.lists(st.sampled_from(list(Perspective)), max_size=9).map(
        lambda found: tuple(sorted(found, key=list(Perspective).index))
    ),
    links=st.integers(0, 9),
    closed=st.integers(0, 30),
    employees=st.integers(0, 40),
    level=st.sampled_from(list(Level)),
)


def area_cells(area: str) -> set[tuple[int, int]]:
    """The cells of a range as (row, column)."""
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    return {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}


def owners(shape: Layout) -> dict[str, str]:
    """What owns which range: every table, field, list and block of the workbook, as ``sheet!range``."""
    found = {f"table of {p}": f"{p}!{shape.table(p)[1]}" for p in Perspective}
    found |= {f"summary {p} {key}": "!".join(shape.summary(p, key)) for p in Perspective for key in layout.SUMMARY}
    found |= {f"periods of {p}": f"{p}!{shape.period_block()}" for p in Perspective}
    found |= {f"list on {s}": f"{s}!{shape.list_table(s)[1]}" for s in columns.LIST_COLUMNS}
    found |= {"checked": "!".join(shape.checked()), "more findings": "!".join(shape.more_findings())}
    found |= {f"line above {sheet}": "!".join(shape.records_line(sheet)) for sheet in columns.LOOKED_UP}
    found |= {f"picture {key}": f"employees!{area}" for key, area in shape.pictures.items()}
    if shape.level is Level.UNIT:
        found |= {"employees": f"employees!{shape.people_table()[1]}"}
    found |= {"links": f"strategy_map!{shape.link_table()[1]}"}
    found |= {f"map {key}": f"strategy_map!{area}" for key, area in shape.map.places.items()}
    found |= {f"caption {ref.sheet}": "!".join(ref) for ref in shape.captions()}
    found |= {f"field {key}": "!".join(ref) for key, ref in shape.settings.items()}
    found |= {f"range {key}": "!".join(area) for key, area in shape.setting_ranges.items()}
    found |= {f"dashboard {key}": f"dashboard!{area}" for key, area in grid.DASHBOARD.items()}
    found |= {f"trace {key}": "!".join(shape.trace_body(key)) for key in (*columns.TRACE_COLUMNS, *columns.TRACE_CHART)}
    for key in columns.TRACE_GAUGE:
        first, last = (shape.trace(key, i).cell for i in (0, GAUGE_SLICES - 1))
        found[f"gauge {key}"] = f"trace!{first}:{last}"
    for key in columns.TRACE_ROLLUP:
        first, last = (shape.rollup(key, i).cell for i in (0, layout.ORGANISATION))
        found[f"rollup {key}"] = f"trace!{first}:{last}"
    for key in EFFECTIVE:
        for column in ("setting_name", "setting_value"):
            found[f"{column} {key}"] = f"trace!{shape.effective(key, column).cell}"
    return found


@settings(deadline=None, max_examples=80)
@given(SHAPES)
def test_no_cell_serves_two_purposes(shape: Layout) -> None:
    taken: dict[tuple[str, tuple[int, int]], str] = {}
    twice = []
    for owner, place in owners(shape).items():
        sheet, area = place.split("!")
        for cell in area_cells(area):
            other = taken.setdefault((sheet, cell), owner)
            if other != owner:
                twice.append((owner, other, sheet, cell))
    assert twice == []


@settings(deadline=None, max_examples=60)
@given(SHAPES)
def test_every_formula_stands_in_a_place_that_something_owns(shape: Layout) -> None:
    owned: dict[str, set[tuple[int, int]]] = {}
    for place in owners(shape).values():
        sheet, area = place.split("!")
        owned.setdefault(sheet, set()).update(area_cells(area))
    strays = [ref for ref in formulas.every(shape) if not area_cells(ref.cell) <= owned[ref.sheet]]
    assert strays == []


@settings(deadline=None, max_examples=80)
@given(SHAPES)
def test_every_kpi_row_has_one_slot_and_spare_rows_come_last(shape: Layout) -> None:
    assert Counter(shape.slots) == Counter((p, row) for p in Perspective for row in shape.rows(p))
    filled = [row < layout.FIRST_ROW + shape.kpis[list(Perspective).index(p)] for p, row in shape.slots]
    assert filled == sorted(filled, reverse=True)
    assert sum(filled) == sum(shape.kpis)


@settings(deadline=None)
@given(SHAPES)
def test_a_layout_comes_back_from_its_signature(shape: Layout) -> None:
    assert Layout.from_signature(shape.signature) == shape


@pytest.mark.parametrize("text", ["", "4", "id 4", "language=fr" + " ".join(["x=1"] * 7)])
def test_what_is_no_signature_gives_no_layout(text: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(text)):
        Layout.from_signature(text)


def test_a_signature_is_short_enough_to_read() -> None:
    assert Layout("id", 12, (40, 40, 40, 40)).signature == (
        "language=id periods=12 points=3 width=9 links=0 kpis=40.40.40.40 spare=4.4.4.4 lanes=0.0.0.0"
    )


@settings(deadline=None, max_examples=80)
@given(SHAPES)
def test_every_defined_name_leads_into_a_sheet_of_the_workbook(shape: Layout) -> None:
    titles = [shape.quoted(sheet) for sheet in layout.SHEETS]
    names = dict(shape.names)
    everywhere = [
        *(shape.absolute(layout.Ref(sheet, shape.whole(sheet))) for sheet in layout.SHEETS),
        names["bsc_shape"],
    ]
    assert names.pop(layout.ALL_SHEETS) == f"COUNT({','.join(everywhere)})"
    for name, target in names.items():
        title, _, area = target.rpartition("!")
        assert title in titles, name
        assert re.fullmatch(r"\$[A-Z]{1,3}\$\d+(:\$[A-Z]{1,3}\$\d+)?", area), name
        left, top, right, bottom = range_boundaries(area)
        assert left <= right <= MOST_COLUMNS, name
        assert top <= bottom <= MOST_ROWS, name


@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_defined_names_are_names_that_excel_takes(periods: int) -> None:
    names = layout.empty("id", periods).names
    assert [name for name in names if not re.fullmatch(r"bsc_[a-z0-9_]+", name) or len(name) > 255] == []
    # Excel minds no case, and takes R1C1 and A1 for cells; the prefix keeps our names clear of both
    assert len({name.casefold() for name in names}) == len(names)


def test_a_workbook_has_the_same_names_and_tables_in_every_language() -> None:
    indonesian, english = (Layout(language, 4, (1, 2, 3, 4), lanes=tuple(Perspective)) for language in LANGUAGES)
    assert indonesian.names.keys() == english.names.keys()
    assert [indonesian.table(p) for p in Perspective] == [english.table(p) for p in Perspective]
    assert indonesian.columns == english.columns


def test_code_names_are_unique_and_names_that_vba_takes() -> None:
    names = [layout.code_name(sheet) for sheet in layout.SHEETS]
    assert [name for name in names if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", name)] == []
    assert len({name.casefold() for name in names}) == len(layout.SHEETS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheet_titles_are_titles_that_excel_takes(language: str) -> None:
    titles = [layout.empty(language, 4).title(sheet) for sheet in layout.SHEETS]
    wrong = [title for title in titles if not 1 <= len(title) <= 31 or re.search(r"[\[\]:*?/\\]|^'|'$", title)]
    assert wrong == []
    assert len({title.casefold() for title in titles}) == len(titles)


def test_no_sheet_bears_the_name_that_excel_keeps_for_itself() -> None:
    # the log of changes of a shared workbook
    assert "history" not in {layout.empty("en", 4).title(sheet).casefold() for sheet in layout.SHEETS}


@given(SHAPES, st.sampled_from(list(Perspective)))
def test_the_columns_of_a_kpi_table_stand_side_by_side_in_the_order_of_their_groups(
    shape: Layout, perspective: Perspective
) -> None:
    name, area = shape.table(perspective)
    left, top, right, bottom = range_boundaries(area)
    count = sum(len(column.of_periods(shape.periods)) for column in COLUMNS)
    assert name == f"tbl_{perspective}"
    assert (left, top) == (layout.FIRST_COLUMN, layout.HEADER_ROW)
    assert right - left + 1 == count == len(shape.columns)
    assert bottom - top == len(shape.rows(perspective))


@given(st.integers(1, 400), st.integers(0, 30))
def test_the_cells_of_a_range_go_from_top_to_bottom(first: int, more: int) -> None:
    assert address.cells(f"N{first}:N{first + more}") == [f"N{row}" for row in range(first, first + more + 1)]
    assert address.cells(f"N{first}") == [f"N{first}"]


def test_a_unit_has_a_row_for_each_of_its_kpis_and_spare_ones() -> None:
    tables, _ = read(sample.bureau("id"))
    assert tables is not None
    shape = layouts.for_unit(score(tables), 0, "id")
    assert shape.kpis == (1, 2, 3, 2)
    assert [len(shape.rows(p)) for p in Perspective] == [count + SPARE_ROWS for count in shape.kpis]
    assert shape.lanes == tuple(Perspective)


def test_a_title_with_an_apostrophe_is_quoted_as_formulas_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = layout.empty("en", 4)
    monkeypatch.setattr(Layout, "title", lambda self, sheet: "Unit's sheet")
    assert shape.absolute(Ref("guide", "C3")) == "'Unit''s sheet'!$C$3"


# --- one owner ------------------------------------------------------------------------------------------------------

OWNERS = (
    *(f"excel/{name}.py" for name in ("layout", "columns", "fields", "grid", "roster")),
    *("excel/template/", "excel/consolidated/"),
)
"""Where places are decided, and where the drawing sets widths and page areas."""

ADDRESS = re.compile(r"(?<![A-Za-z0-9_#])\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}(?![A-Za-z0-9_])")
TEXT_EXAMPLES = {"sample/generator.py": {"@SUM(A1:A9)"}, "office.py": {"PROGRAMFILES(X86)"}}
"""Data, and a name in the environment, that look like an address and are none."""


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """The text constants of a module with their lines, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def strangers(root: Path) -> Iterator[tuple[str, int, str]]:
    """Every text constant of a module that owns no places."""
    for path in sorted((root / "bsc_xl").rglob("*.py")):
        name = path.relative_to(root / "bsc_xl").as_posix()
        if not name.startswith(OWNERS):
            yield from ((name, line, text) for line, text in texts_of(path))


def test_no_other_module_holds_the_address_of_a_cell(project_root: Path) -> None:
    found = [
        (name, line, text)
        for name, line, text in strangers(project_root)
        if ADDRESS.search(text) and text not in TEXT_EXAMPLES.get(name, set())
    ]
    assert found == []


CLASSES = {("tables/__init__.py", "Settings"), ("evidence/attendance/__init__.py", "Discipline")}
"""What a module exports, and a sheet happens to be called too."""


def test_no_module_holds_the_title_of_a_sheet(project_root: Path) -> None:
    titles = {load(language)(f"sheet.{key}") for language in LANGUAGES for key in layout.SHEETS[5:]}
    titles |= {load(language)(f"perspective.{perspective}") for language in LANGUAGES for perspective in Perspective}
    drawing = [
        (path.name, *found) for path in (project_root / "bsc_xl/excel").rglob("*.py") for found in texts_of(path)
    ]
    assert [
        (name, line, text)
        for name, line, text in (*strangers(project_root), *drawing)
        if text in titles and (name, text) not in CLASSES
    ] == []
