"""The drawn workbook keeps its promises: what may be changed, what is checked, what is shown, and how it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapes
import workbooks
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils.cell import column_index_from_string, range_boundaries

from bsc_xl.excel import layout, template
from bsc_xl.excel.columns import COLUMNS, KPI_LISTS, LIST_COLUMNS
from bsc_xl.excel.grid import place
from bsc_xl.excel.lanes import LINK_LETTERS
from bsc_xl.excel.layout import HEADER_ROW, LIST_HEADER_ROW, Layout, Ref
from bsc_xl.excel.roster import ROSTER_INPUTS
from bsc_xl.excel.template import rules, style
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import PERIODS_PER_YEAR, Behaviour, Level, Perspective, Status
from bsc_xl.ooxml import package
from bsc_xl.tables.columns import PLAN_ENTRIES

Findings = Callable[[Path], list[dict[str, Any]]]

SHARED_FUNCTIONS = {
    "ABS", "AND", "CHOOSE", "COLUMN", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "FIND", "FIXED", "IF", "IFERROR",
    "INDEX", "INT", "ISBLANK", "ISERROR", "ISNUMBER", "ISTEXT", "LARGE", "LEFT", "LEN", "LOOKUP", "LOWER", "MATCH",
    "MAX", "MID", "MIN", "N", "NOT", "OR", "REPLACE", "RIGHT", "ROUND", "ROW", "ROWS", "SIGN", "SMALL", "SUBSTITUTE",
    "SUM", "SUMIFS", "SUMPRODUCT", "TRIM",
}  # fmt: skip
"""What Excel 2016, LibreOffice 7 and Gnumeric all know and calculate alike; none of them is volatile."""

LONGEST_FORMULA, LONGEST_CONSTANT = 8192, 255
MESSAGE_LIMITS = {"errorTitle": 32, "error": 225, "promptTitle": 32, "prompt": 255}
A4 = "9"
FIELDS_OF_THE_PROGRAM = ("policy", "template_version", "dataset", "engine_version", "checksum", "recalculated", "shape")
MAP_INPUTS = ("objective",)


@pytest.fixture(
    scope="module",
    params=[
        *((lang, periods, Level.UNIT) for lang in LANGUAGES for periods in PERIODS_PER_YEAR),
        *((lang, 4, Level.EMPLOYEE) for lang in LANGUAGES),
    ],
    ids=str,
)
def shape(request: pytest.FixtureRequest) -> Layout:
    """A workbook with everything in it, in each language and number of periods, of a unit and of an employee."""
    language, periods, level = request.param
    employees = 3 if level is Level.UNIT else 0
    return Layout(language, periods, (2, 0, 3, 1), lanes=tuple(Perspective), links=3, level=level, employees=employees)


@pytest.fixture(scope="module")
def book(shape: Layout, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("drawn") / "drawn.xlsx"
    path.write_bytes(template.draw(shape))
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def sheets(shape: Layout, book: Any) -> dict[str, Any]:
    """Sheet key -> sheet."""
    return {key: book[shape.title(key)] for key in layout.SHEETS}


def all_formulas(sheets: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every formula of a workbook with the place where it stands: cells, conditional formats, validation."""
    for key, sheet in sheets.items():
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield key, cell.coordinate, cell.value
        for ranges in sheet.conditional_formatting:
            for rule in ranges.rules:
                yield from ((key, f"format of {ranges.sqref}", f"={formula}") for formula in rule.formula)
        for check in sheet.data_validations.dataValidation:
            for formula in (check.formula1, check.formula2):
                if formula is not None:
                    yield key, f"check of {check.sqref}", f"={formula}"


def tokens(formula: str) -> list[Token]:
    found: list[Token] = Tokenizer(formula).items
    return found


# --- formulas -------------------------------------------------------------------------------------------------------


def test_only_functions_that_every_program_shares_are_used(sheets: dict[str, Any]) -> None:
    used = {
        token.value.rstrip("(")
        for *_, formula in all_formulas(sheets)
        for token in tokens(formula)
        if token.type == Token.FUNC and token.subtype == Token.OPEN
    }
    assert used <= SHARED_FUNCTIONS
    assert len(used) > 15


def test_formulas_hold_no_array_no_error_value_and_no_unknown_name(shape: Layout, sheets: dict[str, Any]) -> None:
    names = {name.casefold() for name in shape.names}
    titles = {shape.quoted(sheet) for sheet in layout.SHEETS}
    strange = []
    for sheet, at, formula in all_formulas(sheets):
        for token in tokens(formula):
            if token.type == Token.ARRAY or (token.type, token.subtype) == (Token.OPERAND, Token.ERROR):
                strange.append((sheet, at, token.value))
            if (token.type, token.subtype) == (Token.OPERAND, Token.RANGE):
                title, _, area = token.value.rpartition("!")
                known = area.casefold() in names or re.fullmatch(r"\$?[A-Z]+\$?\d+(:\$?[A-Z]+\$?\d+)?", area)
                if not known or (title and title not in titles):
                    strange.append((sheet, at, token.value))
    assert strange == []


def test_nothing_refers_to_another_file(shape: Layout, sheets: dict[str, Any]) -> None:
    parts = package.read(template.draw(shape))
    assert [name for name in parts if "external" in name.casefold() or "connections" in name] == []
    assert [name for name, part in parts.items() if b'TargetMode="External"' in part] == []
    # a link to another workbook stands in brackets
    assert [found for found in all_formulas(sheets) if "[" in re.sub('"[^"]*"', "", found[-1])] == []


def test_formulas_and_their_text_constants_are_within_excels_limits(sheets: dict[str, Any]) -> None:
    assert [(sheet, at, len(f)) for sheet, at, f in all_formulas(sheets) if len(f) >= LONGEST_FORMULA] == []
    constants = [
        (sheet, at, token.value)
        for sheet, at, formula in all_formulas(sheets)
        for token in tokens(formula)
        if (token.type, token.subtype) == (Token.OPERAND, Token.TEXT) and len(token.value) - 2 >= LONGEST_CONSTANT
    ]
    assert constants == []


# --- protection and validation --------------------------------------------------------------------------------------


def input_cells(shape: Layout) -> set[Ref]:
    """Every cell that people fill in."""
    columns = {column.key for column in COLUMNS if column.is_input}
    found = {
        Ref(str(p), f"{letter}{row}")
        for p in Perspective
        for row in shape.rows(p)
        for (key, _), letter in shape.columns.items()
        if key in columns
    }
    found |= {ref for key, ref in shape.settings.items() if key not in FIELDS_OF_THE_PROGRAM}
    found |= {shape.list_cell("action_plan", key, i) for key in PLAN_ENTRIES for i in range(len(shape.slots))}
    found |= {shape.list_cell("strategy_map", key, i) for key in MAP_INPUTS for i in range(len(shape.lanes))}
    people = ROSTER_INPUTS if shape.level is Level.UNIT else tuple(Behaviour)
    found |= {shape.person(key, i) for key in people for i in range(shape.people)}
    if shape.level is Level.EMPLOYEE:  # a value stands in the first of its merged cells
        found |= {Ref("employees", cell) for value in Behaviour for cell in _cells(shape.pictures[value])}
    _, links = shape.link_table()
    return found | {
        Ref("strategy_map", f"{letter}{row}")
        for letter in LINK_LETTERS.values()
        for row in range(shape.map.header_row + 1, range_boundaries(links)[3] + 1)
    }


def test_inputs_are_unlocked_and_everything_else_is_locked(shape: Layout, sheets: dict[str, Any]) -> None:
    unlocked = {
        Ref(key, cell.coordinate)
        for key, sheet in sheets.items()
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    assert unlocked == input_cells(shape)


def test_whole_rows_and_columns_are_locked_too(sheets: dict[str, Any]) -> None:
    open_ones = [
        (key, name)
        for key, sheet in sheets.items()
        for dimensions in (sheet.column_dimensions, sheet.row_dimensions)
        for name, dimension in dimensions.items()
        if not dimension.protection.locked
    ]
    assert open_ones == []


def test_every_sheet_is_protected_and_none_has_a_password(sheets: dict[str, Any]) -> None:
    assert {key: (s.protection.sheet, s.protection.password, s.protection.hashValue) for key, s in sheets.items()} == (
        dict.fromkeys(layout.SHEETS, (True, None, None))
    )


def test_a_list_to_choose_from_is_a_defined_name(shape: Layout, sheets: dict[str, Any]) -> None:
    lists = [
        check.formula1
        for sheet in sheets.values()
        for check in sheet.data_validations.dataValidation
        if check.type == "list"
    ]
    assert len(lists) == 3 * len(Perspective) + 6 + (shape.level is Level.UNIT)
    assert set(lists) <= shape.names.keys()


def test_every_choice_and_every_number_is_checked(shape: Layout, sheets: dict[str, Any]) -> None:
    checked = {
        Ref(key, cell)
        for key, sheet in sheets.items()
        for check in sheet.data_validations.dataValidation
        for area in check.sqref.ranges
        for cell in _cells(str(area))
    }
    needed = {
        "polarity",
        "consolidation",
        "ceiling",
        "weight",
        "target",
        "actual",
        "worst",
        "green_from",
        "yellow_from",
    }
    unchecked = [
        ref
        for p in Perspective
        for row in shape.rows(p)
        for (key, _), letter in shape.columns.items()
        if key in needed and (ref := Ref(str(p), f"{letter}{row}")) not in checked
    ]
    assert unchecked == []


def _cells(area: str) -> list[str]:
    left, top, right, bottom = range_boundaries(area)
    letter = openpyxl.utils.get_column_letter
    return [f"{letter(column)}{row}" for row in range(top, bottom + 1) for column in range(left, right + 1)]


def test_no_message_is_longer_than_excel_takes(sheets: dict[str, Any]) -> None:
    too_long = [
        (key, name, text)
        for key, sheet in sheets.items()
        for check in sheet.data_validations.dataValidation
        for name, most in MESSAGE_LIMITS.items()
        if (text := getattr(check, name)) is not None and len(text) > most
    ]
    assert too_long == []


def test_every_check_says_what_is_wrong(sheets: dict[str, Any]) -> None:
    silent = [
        (key, str(check.sqref))
        for key, sheet in sheets.items()
        for check in sheet.data_validations.dataValidation
        if not (check.showErrorMessage and check.error and check.errorTitle)
    ]
    assert silent == []


# --- what is shown --------------------------------------------------------------------------------------------------


def status_cells(shape: Layout) -> Iterator[Ref]:
    """Every cell that shows a status."""
    for p in Perspective:
        yield from (shape.cell(p, row, "status") for row in shape.rows(p))
        yield shape.summary(p, "status")
        yield Ref("dashboard", place(f"status_{p}"))
        yield shape.mapped(f"lane_status_{p}")
    yield Ref("dashboard", place("score_status"))
    yield from (shape.list_cell("action_plan", "status", i) for i in range(len(shape.slots)))
    yield from (shape.list_cell("strategy_map", "status", i) for i in range(len(shape.lanes)))


def test_every_status_is_coloured_by_a_rule_for_each_colour(shape: Layout, sheets: dict[str, Any]) -> None:
    rules: dict[Ref, int] = {}
    for key, sheet in sheets.items():
        for ranges in sheet.conditional_formatting:
            for area in ranges.sqref.ranges:
                for cell in _cells(str(area)):
                    rules[Ref(key, cell)] = rules.get(Ref(key, cell), 0) + len(ranges.rules)
    assert [ref for ref in status_cells(shape) if rules.get(ref, 0) < len(Status)] == []


def test_beside_every_colour_stand_a_symbol_and_the_word(shape: Layout, sheets: dict[str, Any]) -> None:
    formulas = [sheets[ref.sheet][ref.cell].value for ref in status_cells(shape)]
    assert [f for f in formulas if "bsc_list_symbol" not in f or "bsc_list_status" not in f] == []
    words = {shape.labels(f"symbol.{s}") + shape.labels(f"status.{s}") for s in Status}
    assert len(words) == len(Status) == len({shape.labels(f"symbol.{s}") for s in Status})


def test_the_colour_of_a_status_comes_from_rules_alone(shape: Layout, sheets: dict[str, Any]) -> None:
    painted = [
        ref
        for ref in status_cells(shape)
        if sheets[ref.sheet][ref.cell].fill.fgColor.rgb[-6:] in style.STATUS_GROUND.values()
    ]
    assert painted == []


def test_the_columns_that_name_a_kpi_and_the_headers_stay_in_sight(shape: Layout, sheets: dict[str, Any]) -> None:
    first = f"{shape.column('unit_of_measure')}{HEADER_ROW + 1}"
    assert {sheets[p].freeze_panes for p in Perspective} == {first}
    lists = LIST_COLUMNS.keys() - {"strategy_map", "trend"}
    assert {sheets[key].freeze_panes for key in lists} == {f"A{LIST_HEADER_ROW + 1}"}
    assert sheets["trend"].freeze_panes == shape.list_cell("trend", "index_0", 0).cell


def test_every_visible_sheet_prints_on_a4_landscape_one_page_wide_with_a_footer(sheets: dict[str, Any]) -> None:
    for key, sheet in sheets.items():
        if sheet.sheet_state == "visible":
            setup = sheet.page_setup
            assert (setup.orientation, str(setup.paperSize), setup.fitToWidth) == ("landscape", A4, 1), key
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, key
            # empty rows of these hold nothing that would be printed
            assert sheet.print_area or key in ("history", "checks", "discipline", "evidence"), key
            assert "&P" in sheet.oddFooter.right.text, key
            assert "&N" in sheet.oddFooter.right.text, key
            assert sheet.oddFooter.left.text, key


def test_long_sheets_repeat_their_header_on_every_page(sheets: dict[str, Any]) -> None:
    for p in Perspective:
        assert sheets[p].print_title_rows == f"${layout.GROUP_ROW}:${HEADER_ROW}"
    for key in LIST_COLUMNS.keys() - {"strategy_map"}:  # a few rows, on a page of their own
        assert sheets[key].print_title_rows == f"${LIST_HEADER_ROW}:${LIST_HEADER_ROW}"


def test_what_is_printed_of_a_sheet_holds_all_that_people_read(shape: Layout, sheets: dict[str, Any]) -> None:
    for p in Perspective:
        area = sheets[p].print_area.rpartition("!")[2].replace("$", "")
        left, top, right, bottom = range_boundaries(area)
        table = range_boundaries(shape.table(p)[1])
        assert (left, top) == (1, 1)
        assert bottom == table[3]
        assert right == openpyxl.utils.column_index_from_string(shape.column("status"))


def test_lists_of_kpis_are_printed_without_spare_rows(shape: Layout, sheets: dict[str, Any]) -> None:
    for key in KPI_LISTS:
        left, top, right, bottom = range_boundaries(sheets[key].print_area.rpartition("!")[2].replace("$", ""))
        table = range_boundaries(shape.list_table(key)[1])
        assert (left, top, right) == (1, 1, table[2])
        assert bottom == table[1] + (sum(shape.kpis) or len(shape.slots))


def test_only_the_trace_is_hidden(shape: Layout, book: Any) -> None:
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"] == [shape.title("trace")]
    assert [sheet.title for sheet in book.worksheets] == [shape.title(key) for key in layout.SHEETS]


# --- names and tables -----------------------------------------------------------------------------------------------


def test_code_names_are_those_that_the_layout_gives(sheets: dict[str, Any]) -> None:
    assert {key: sheet.sheet_properties.codeName for key, sheet in sheets.items()} == {
        key: layout.code_name(key) for key in layout.SHEETS
    }


def test_defined_names_lead_to_cells_of_existing_sheets(shape: Layout, book: Any) -> None:
    assert {name: found.attr_text for name, found in book.defined_names.items()} == shape.names
    for found in book.defined_names.values():
        for title, area in found.destinations:
            assert title in book.sheetnames
            assert range_boundaries(area.replace("$", ""))


def test_tables_are_named_for_code_and_their_columns_are_what_the_headers_say(
    shape: Layout, sheets: dict[str, Any]
) -> None:
    expected = {shape.table(p)[0]: (str(p), shape.table(p)[1]) for p in Perspective}
    expected |= {shape.list_table(k)[0]: (k, shape.list_table(k)[1]) for k in LIST_COLUMNS}
    if shape.level is Level.UNIT:
        expected |= {shape.people_table()[0]: ("employees", shape.people_table()[1])}
    expected |= {shape.link_table()[0]: ("strategy_map", shape.link_table()[1])}
    found = {}
    for key, sheet in sheets.items():
        for table in sheet.tables.values():
            found[table.name] = (key, table.ref)
            assert table.displayName == table.name
            left, top, right, _ = range_boundaries(table.ref)
            headers = [sheet.cell(top, column).value for column in range(left, right + 1)]
            assert [column.name for column in table.tableColumns] == headers
            assert len({header.casefold() for header in headers}) == len(headers)
    assert found == expected
    ids = [table.id for sheet in sheets.values() for table in sheet.tables.values()]
    assert len(set(ids)) == len(ids)


def test_every_field_of_the_settings_has_its_label(shape: Layout, sheets: dict[str, Any]) -> None:
    assert [key for key, ref in shape.settings.items() if not sheets["settings"][f"B{ref.cell[1:]}"].value] == []


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_workbook_is_calculated_anew_when_it_is_opened(shape: Layout) -> None:
    found = re.search(rb"<calcPr[^>]*>", package.read(template.draw(shape))["xl/workbook.xml"])
    assert found is not None
    assert b'fullCalcOnLoad="1"' in found[0]


def test_the_same_layout_is_drawn_to_the_same_bytes(shape: Layout) -> None:
    assert template.draw.__wrapped__(shape) == template.draw(shape)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drawing_does_not_depend_on_the_process_that_makes_it(language: str) -> None:
    code = (
        "import hashlib; from bsc_xl.excel import layout, template; "
        f"print(hashlib.sha256(template.draw(layout.empty({language!r}, 4))).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_the_validator_finds_nothing_in_the_template(
    language: str, periods: int, tmp_path: Path, ooxml_findings: Findings
) -> None:
    path, _, _ = workbooks.make_empty(tmp_path / "template.xlsx", language, periods)
    assert ooxml_findings(path) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", shapes.SHAPES)
def test_the_validator_finds_nothing_in_a_generated_workbook(
    name: str, tmp_path: Path, ooxml_findings: Findings
) -> None:
    assert ooxml_findings(shapes.make(name, tmp_path).path) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_the_validator_finds_nothing_in_a_workbook_with_figures(
    language: str, periods: int, tmp_path: Path, ooxml_findings: Findings
) -> None:
    raw = shapes.sample.generate(units=1, kpis=9, seed=periods, periods=periods, language=language)
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    assert ooxml_findings(made.path) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_rules_of_perspectives_can_be_put_back_in_any_excel(language: str, periods: int) -> None:
    """Excel takes the formula of a rule as it is typed at that computer, up to 255 characters."""
    shape = Layout(language, periods, (500, 0, 1, 0))
    for perspective in Perspective:
        found = rules.rules(shape, perspective)
        spoken = [token for rule in found for token in tokens(rule.formula) if token.type == Token.OPERAND]
        assert [token.value for token in spoken if token.subtype == Token.LOGICAL or "." in token.value] == []
        assert max(len(rule.formula) for rule in found) <= 255
        # the first rule tells whether pasting has cut holes into the others, so it covers every input
        left, top, right, bottom = range_boundaries(found[0].area)
        inputs = {column.key for column in COLUMNS if column.is_input}
        letters = [column_index_from_string(letter) for (key, _), letter in shape.columns.items() if key in inputs]
        assert (left, right) == (min(letters), max(letters))
        assert range(top, bottom + 1) == shape.rows(perspective)
