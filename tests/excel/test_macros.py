"""The ribbon tab and the VBA project: what is committed is what the texts say, and a press of a button arrives."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import _macros
import openpyxl
import pytest
import vba
import workbooks
from oletools.olevba import VBA_Parser
from pyopenvba import ExcelFile

from bsc_xl import udf
from bsc_xl.excel import layout, macros, plan, plates, stamp, template
from bsc_xl.labels import LANGUAGES, load
from bsc_xl.ooxml import package

CUSTOM_UI = f"{{{_macros.CUSTOM_UI}}}"
BUTTONS = [
    "recalculate", "check_inputs", "next_empty_cell", "add_kpi_row", "not_applicable", "import_evidence",
    "close_period", "action_plan", "pdf", "guide", "about",
]  # fmt: skip
IMAGES = {
    "CalculateNow", "ErrorChecking", "GoTo", "TableRowsInsertBelowExcel", "Strikethrough", "Lock",
    "GetExternalDataFromText", "FileWorkflowTasks", "FileSaveAsPdfOrXps", "Help", "PropertySheet",
}  # fmt: skip
"""Excel's own commands, whose icons the buttons borrow: each is in Microsoft's lists of command identifiers for Excel
2013, 2016, 2019 and 365 (github.com/OfficeDev/office-fluent-ui-command-identifiers)."""

REMEDY = "python scripts/build_template.py"
LONGEST_TEXT_IN_A_FORMULA = 255
LONGEST_TIP = 1024
NOISE = {"Run", "Hex Strings", "Base64 Strings"}
"""What olevba finds suspicious here: Application.Run, without which no add-in can be called by its name, the class ids
of Excel's own sheets in every project's document modules, and words that could be read as Base64."""


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def parts(language: str) -> dict[str, bytes]:
    return package.read(template.draw(layout.empty(language, 4), with_macros=True))


@pytest.fixture(scope="module")
def workbook(language: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("macros") / "template.xlsm"
    shape = layout.empty(language, 4)
    path.write_bytes(stamp.stamp(template.draw(shape, with_macros=True), plan.empty_writes(shape)))
    return path


# --- what is committed ----------------------------------------------------------------------------------------------


def test_the_committed_project_and_tabs_are_a_fresh_build() -> None:
    committed = {name: (files(macros) / name).read_bytes() for name in _macros.built()}
    assert [name for name, content in _macros.built().items() if committed[name] != content] == [], REMEDY


def test_nothing_else_lies_beside_the_code() -> None:
    present = {path.name for path in files(macros).iterdir() if path.is_file()}
    assert present == {"__init__.py", macros.PROJECT, *map(macros.tab, LANGUAGES)}


def test_the_worksheet_functions_are_what_the_generator_of_xlwings_gives() -> None:
    committed = (_macros.SOURCES / "BscFunctions.bas").read_text(encoding="utf-8")
    assert committed == _macros.functions_module(), REMEDY
    generated = [line.rstrip() for line in _macros.generated_functions().splitlines()]
    assert "\n".join(generated).strip() == committed.partition("below this line")[2].strip()


def test_the_generator_leaves_the_modules_as_they_were() -> None:
    _macros.generated_functions()
    assert "xlwings.udfs" not in sys.modules
    assert sys.modules["bsc_xl.udf"] is udf
    assert not hasattr(udf.BSC_INDEX, "__xlfunc__")


# --- what others read in it -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def macros_found(workbook: Path) -> dict[str, str]:
    """Module -> source, as olevba prints it."""
    parser = VBA_Parser(str(workbook))
    found = {Path(name).stem: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    return found


def test_olevba_prints_the_texts_of_the_sources(macros_found: dict[str, str]) -> None:
    for module in _macros.MODULES:
        source = (_macros.SOURCES / f"{module}.bas").read_text(encoding="utf-8")
        assert macros_found[module].replace("\r\n", "\n").strip() == source.strip(), module


def test_document_modules_hold_no_code(macros_found: dict[str, str]) -> None:
    documents = {name: code for name, code in macros_found.items() if name not in _macros.MODULES}
    lines = {line for code in documents.values() for line in code.splitlines() if line.strip()}
    assert len(documents) == len(layout.SHEETS) + 1
    assert [line for line in lines if not line.startswith("Attribute VB_")] == []


def test_nothing_runs_by_itself_calls_a_shell_or_declares_a_library(workbook: Path) -> None:
    parser = VBA_Parser(str(workbook))
    found = {(kind, keyword) for kind, keyword, _ in parser.analyze_macros()}
    parser.close()
    assert {kind for kind, _ in found} <= {"Suspicious"}
    assert {keyword for _, keyword in found} <= NOISE


def test_the_sources_name_no_shell_and_no_library() -> None:
    source = "\n".join((_macros.SOURCES / f"{name}.bas").read_text(encoding="utf-8") for name in _macros.MODULES)
    assert re.findall(r"\b(Shell|Declare|Lib|CreateObject|GetObject|Auto_?Open|Workbook_\w+)\b", source, re.I) == []


def test_document_modules_bear_the_code_names_of_the_drawing(workbook: Path, parts: dict[str, bytes]) -> None:
    with ExcelFile(workbook) as book:
        modules = book.module_names()
        assert book.validate() == []
    sheets = [layout.code_name(key) for key in layout.SHEETS]
    assert modules == ["ThisWorkbook", *sheets, *_macros.MODULES]
    assert re.findall(rb'<workbookPr[^>]* codeName="(\w+)"', parts["xl/workbook.xml"]) == [b"ThisWorkbook"]
    assert workbooks.sheet_parts(parts).keys() == set(layout.SHEETS)


def test_names_of_modules_are_unique_short_and_ascii(workbook: Path) -> None:
    with ExcelFile(workbook) as book:
        names = book.module_names()
    assert len({name.casefold() for name in names}) == len(names)
    assert [name for name in names if len(name) > 31 or not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name)] == []


def test_the_project_refers_to_no_addin(workbook: Path) -> None:
    with ExcelFile(workbook) as book:
        assert [reference.name for reference in book.references()] == ["stdole", "Office"]


# --- the ribbon tab -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tab(parts: dict[str, bytes]) -> ElementTree.Element:
    return ElementTree.fromstring(parts["customUI/customUI.xml"].decode())


def buttons(tab: ElementTree.Element) -> Iterator[ElementTree.Element]:
    yield from tab.iter(f"{CUSTOM_UI}button")


def test_the_tab_has_these_buttons(tab: ElementTree.Element) -> None:
    assert [button.get("id") for button in buttons(tab)] == BUTTONS


def test_ids_are_unique(tab: ElementTree.Element) -> None:
    ids = [element.get("id") for element in tab.iter() if element.get("id")]
    assert len(set(ids)) == len(ids) == len(BUTTONS) + 5


def test_every_button_calls_the_one_callback_there_is(tab: ElementTree.Element) -> None:
    assert {button.get("onAction") for button in buttons(tab)} == {"BscRibbon.OnAction"}
    source = (_macros.SOURCES / "BscRibbon.bas").read_text(encoding="utf-8")
    assert source.count("Public Sub OnAction(ByVal control As IRibbonControl)") == 1


def test_every_icon_is_one_of_excels(tab: ElementTree.Element) -> None:
    assert {button.get("imageMso") for button in buttons(tab)} == IMAGES


def test_texts_are_static_and_come_from_the_labels(language: str, tab: ElementTree.Element) -> None:
    labels = load(language)
    texts = {
        f"ribbon_tab.{element.get('id')}.{kind}": text
        for element in tab.iter()
        for kind in ("label", "screentip", "supertip")
        if (text := element.get(kind))
    }
    assert texts == {key: labels(key) for key in labels.keys() if key.startswith("ribbon_tab.")}  # noqa: SIM118 - no dict
    assert len(texts) == 3 * len(BUTTONS) + 5
    assert max(map(len, texts.values())) < LONGEST_TIP
    assert [name for element in tab.iter() for name in element.attrib if name.startswith("get")] == []


def test_the_tab_is_in_the_namespace_that_every_excel_reads(parts: dict[str, bytes]) -> None:
    assert b'<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui">' in parts["customUI/customUI.xml"]
    relations = ElementTree.fromstring(parts["_rels/.rels"].decode())
    kinds = {relation.get("Target"): relation.get("Type") for relation in relations}
    assert kinds["customUI/customUI.xml"] == "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"


# --- the package ----------------------------------------------------------------------------------------------------


def test_an_xlsm_is_the_xlsx_with_two_parts_more(language: str, parts: dict[str, bytes]) -> None:
    without = package.read(template.draw(layout.empty(language, 4)))
    assert parts.keys() - without.keys() == {"customUI/customUI.xml", "xl/vbaProject.bin"}
    assert {name for name in without if without[name] != parts[name]} == {
        "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/workbook.xml"
    }  # fmt: skip


def test_the_same_drawing_is_the_same_file(language: str, parts: dict[str, bytes]) -> None:
    template.draw.cache_clear()
    assert package.write(parts) == template.draw(layout.empty(language, 4), with_macros=True)


def test_the_content_type_says_that_there_are_macros(parts: dict[str, bytes]) -> None:
    types = parts["[Content_Types].xml"]
    assert b"application/vnd.ms-excel.sheet.macroEnabled.main+xml" in types
    assert b"spreadsheetml.sheet.main+xml" not in types


def test_texts_for_vba_are_hidden_names_of_the_workbook(language: str, workbook: Path) -> None:
    names = openpyxl.load_workbook(workbook, keep_vba=True).defined_names
    texts = {key: names[f"bsc_text_{key}"] for key in ("language", *macros.WORDINGS)}
    assert all(name.hidden for name in texts.values())
    labels = load(language)
    expected = {key: labels(f"macros.{key}") for key in macros.WORDINGS} | {"language": language}
    assert {key: name.attr_text[1:-1].replace('""', '"') for key, name in texts.items()} == expected
    assert max(len(name.attr_text) for name in texts.values()) < LONGEST_TEXT_IN_A_FORMULA


def test_a_message_has_only_characters_that_a_message_box_shows_everywhere(language: str) -> None:
    assert all(load(language)(f"macros.{key}").isascii() for key in macros.WORDINGS)


def test_excel_has_nothing_to_repair(
    language: str, workbook: Path, tmp_path: Path, ooxml_findings: Callable[[Path], list[dict[str, Any]]]
) -> None:
    made = workbooks.bureau(language)
    unit = tmp_path / "unit.xlsm"
    unit.write_bytes(stamp.stamp(template.draw(made.layout, with_macros=True), made.writes))
    assert ooxml_findings(workbook) == []
    assert ooxml_findings(unit) == []


def test_workbooks_made_in_numbers_have_the_macros_too(language: str) -> None:
    made = workbooks.bureau(language)
    ((_, content),) = plates.workbooks(made.card, [0], language, with_macros=True)
    alone = stamp.stamp(template.draw(made.layout, with_macros=True), made.writes)
    assert isinstance(content, bytes)
    assert package.read(content) == package.read(alone)


def test_nobody_who_makes_workbooks_needs_the_tools_of_the_build() -> None:
    code = (
        "import sys; sys.modules |= {'pyopenvba': None, 'oletools': None}\n"
        "from bsc_xl.excel import layout, template\n"
        "assert template.draw(layout.empty('id', 4), with_macros=True)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- what happens when a button is pressed --------------------------------------------------------------------------


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_runs_the_python_function_of_its_name(
    button: str, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    excel = vba.Excel(workbook, monkeypatch, {"RunPython": lambda _: 0})
    excel.press(button)
    ((procedure, statement),) = excel.calls
    assert procedure == "RunPython"
    imported, called = ast.parse(statement).body
    assert ast.unparse(imported) == f"from bsc_xl.ribbon import {button}"
    assert ast.unparse(called) == f"{button}()"
    assert excel.messages == []


@pytest.mark.parametrize("button", BUTTONS)
def test_a_statement_has_nothing_in_it_that_a_command_line_would_read(
    button: str, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = vba.Excel(workbook, monkeypatch, None).run("BscRibbon.PythonStatement", button)
    assert re.fullmatch(r"[A-Za-z0-9_. ;()]+", statement)


def test_an_addin_that_waits_for_nothing_is_no_failure(workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    excel = vba.Excel(workbook, monkeypatch, {"RunPython": lambda _: None})  # as on macOS
    excel.press("recalculate")
    assert excel.messages == []


def test_without_the_addin_the_message_says_what_to_do(
    language: str, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    excel = vba.Excel(workbook, monkeypatch, None)
    excel.press("recalculate")
    (message,) = excel.messages
    assert message == f"{load(language)('macros.no_addin')}\r\n\r\n{vba.REFUSAL}"
    assert "bsc-xl install" in message


def test_where_python_fails_the_message_says_how_to_find_out_why(
    language: str, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    excel = vba.Excel(workbook, monkeypatch, {"RunPython": lambda _: -1})
    excel.press("recalculate")
    assert excel.messages == [load(language)("macros.no_python")]
    assert "bsc-xl doctor" in excel.messages[0]


# --- worksheet functions --------------------------------------------------------------------------------------------


@pytest.fixture
def in_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worksheet function knows the cell that called it, which the interpreter has no notion of."""
    vba.call_from_a_cell(monkeypatch)


@pytest.mark.usefixtures("in_a_cell")
@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("BSC_ACHIEVEMENT", (100.0, 96.13)),
        ("BSC_INDEX", (7.0, 6.5, "minimize")),
        ("BSC_WEIGHTED_TOTAL", (96.13, 100.0)),
        ("BSC_STATUS", (80.0,)),
        ("BSC_RATING", (90.5, "lkjip")),
    ],
)
def test_a_worksheet_function_reaches_python_with_the_language_of_the_workbook(
    function: str, arguments: tuple[Any, ...], language: str, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    excel = vba.Excel(workbook, monkeypatch, {"XLPy": lambda: vba.Server(udf)})
    expected = getattr(udf, function)(*arguments, language=language)
    assert excel.run(f"BscFunctions.{function}", *arguments) == expected
    assert expected != ""


@pytest.mark.usefixtures("in_a_cell")
def test_without_the_addin_the_cell_says_what_the_function_needs(
    language: str, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = vba.Excel(workbook, monkeypatch, None).run("BscFunctions.BSC_STATUS", 80.0)
    assert shown == load(language)("macros.no_function")
