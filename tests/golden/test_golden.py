"""What is committed is what the code builds: the bureau's workbook in both languages, and the empty template.

A change that is meant is taken over with `python tests/golden/refresh.py` or `python scripts/build_template.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import packages
import pytest
import workbooks

from bsc_xl.labels import DEFAULT, LANGUAGES
from bsc_xl.ooxml import package
from bsc_xl.workflows import generation, scoring

HERE = Path(__file__).resolve().parent
QUARTERS = 4
OVERSIZE = 220_000


def committed(path: Path, remedy: str) -> dict[str, bytes]:
    """The parts of a committed workbook."""
    if not path.exists():
        pytest.fail(f"{path.name} is missing: {remedy}", pytrace=False)
    return package.read(path.read_bytes())


def agree(expected: dict[str, bytes], found: dict[str, bytes], remedy: str) -> None:
    """Fail with one line for each part that differs."""
    changed = packages.differences(expected, found)
    if changed:
        pytest.fail("\n".join([*changed, f"If this is meant: {remedy}"]), pytrace=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bureaus_workbook_is_the_reference_part_by_part(language: str) -> None:
    remedy = "python tests/golden/refresh.py"
    shape, content = packages.bureau_package(language)
    volatile = packages.volatile_cells(shape)
    reference = committed(HERE / f"bureau_{language}.xlsx", remedy)
    agree(packages.masked(reference, volatile), packages.masked(package.read(content), volatile), remedy)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_is_what_generate_writes(language: str, tmp_path: Path) -> None:
    card, _ = scoring.score(workbooks.sample.bureau(language))
    outcomes = list(generation.generate(card, generation.planned_workbooks(card, tmp_path)))
    assert [outcome.error for outcome in outcomes] == [None]
    written = package.read(Path(outcomes[0].workbook.place).read_bytes())
    assert packages.differences(package.read(packages.bureau_package(language)[1]), written) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reference_is_small(language: str) -> None:
    assert len(packages.bureau_package(language)[1]) < OVERSIZE


@pytest.mark.parametrize("file_format", generation.FORMATS)
def test_the_committed_template_is_a_fresh_build_part_by_part(
    file_format: str, project_root: Path, tmp_path: Path
) -> None:
    # nothing is masked but the drawing library's own version: people are given this file as it is
    remedy = "python scripts/build_template.py"
    made = tmp_path / f"fresh.{file_format}"
    generation.write_template(made, DEFAULT, QUARTERS)
    fresh = package.read(made.read_bytes())
    template = committed(project_root / "workbook" / f"BSC_Template.{file_format}", remedy)
    agree(packages.masked(template), packages.masked(fresh), remedy)


# --- the comparison itself ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    return package.read(packages.bureau_package("id")[1])


def changed(parts: dict[str, bytes], name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    assert parts[name].count(old) >= 1
    return parts | {name: parts[name].replace(old, new, 1)}


def test_equal_parts_have_no_difference(parts: dict[str, bytes]) -> None:
    assert packages.differences(parts, dict(reversed(parts.items()))) == []


def test_a_difference_names_part_cell_and_both_contents(parts: dict[str, bytes]) -> None:
    sheet = workbooks.sheet_parts(parts)["financial"]
    other = changed(parts, sheet, b"<v>96.13</v>", b"<v>96.14</v>")
    (sentence,) = packages.differences(parts, other)
    assert sentence.startswith(f"{sheet}: cell ")
    assert "expected 96.13</v>" in sentence
    assert "found 96.14</v>" in sentence


def test_a_difference_outside_cells_is_shown_too(parts: dict[str, bytes]) -> None:
    other = changed(parts, "xl/styles.xml", b'<name val="Calibri"', b'<name val="Arial"')
    (sentence,) = packages.differences(parts, other)
    assert sentence.startswith('xl/styles.xml: expected <name val="Calibri"')


def test_what_is_cut_off_is_a_difference(parts: dict[str, bytes]) -> None:
    name, end = "xl/_rels/workbook.xml.rels", b"</Relationships>"
    head, _, _ = parts[name].rpartition(b"<Relationship ")
    (sentence,) = packages.differences(parts, parts | {name: head + end})
    assert sentence.startswith(f"{name}: expected <Relationship ")
    assert sentence.endswith(f"found {end.decode()}")


def test_only_what_changes_no_meaning_is_passed_over(parts: dict[str, bytes]) -> None:
    name = "docProps/app.xml"
    spaced = parts | {name: parts[name].replace(b"/>", b" />")}
    assert packages.differences(parts, spaced) == []
    assert packages.differences(parts, parts | {name: parts[name].replace(b"</Application>", b" </Application>")}) != []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_is_the_same_where_lxml_is_not_installed(
    language: str, tmp_path: Path, ooxml_findings: Callable[[Path], list[dict[str, Any]]]
) -> None:
    path = tmp_path / "plain.xlsx"
    code = f"import packages, sys; open(sys.argv[1], 'wb').write(packages.bureau_package({language!r})[1])"
    support = {"PYTHONPATH": str(HERE.parent / "support"), "OPENPYXL_LXML": "False"}
    subprocess.run([sys.executable, "-c", code, path], env=os.environ | support, check=True)
    with_lxml, without = package.read(packages.bureau_package(language)[1]), package.read(path.read_bytes())
    assert b" />" in without["xl/workbook.xml"]
    assert packages.differences(with_lxml, without) == []
    assert ooxml_findings(path) == []


def test_a_part_that_is_not_xml_is_compared_byte_by_byte() -> None:
    name = "xl/vbaProject.bin"
    assert packages.differences({name: b"\xd0\xcf"}, {name: b"\xd0\xcf"}) == []
    assert packages.differences({name: b"\xd0\xcf"}, {name: b"\xd0\xce"}) == [f"{name}: the bytes differ"]


def test_parts_that_are_gone_or_new_are_named(parts: dict[str, bytes]) -> None:
    other = {name: part for name, part in parts.items() if name != "xl/styles.xml"} | {"xl/new.xml": b""}
    assert packages.differences(parts, other) == ["xl/styles.xml: the part is gone", "xl/new.xml: the part is new"]


def test_only_volatile_cells_are_passed_over(parts: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    volatile = packages.volatile_cells(workbooks.bureau("id").layout)
    for module in ("results", "results.values"):
        monkeypatch.setattr(f"bsc_xl.excel.{module}.engine_version", lambda: "99.0")
    later = package.read(packages.bureau_package("id")[1])
    assert packages.masked(parts, volatile) == packages.masked(later, volatile)
    assert {name for name in parts if parts[name] != later[name]} == {
        workbooks.sheet_parts(parts)[key] for key in ("settings", "dashboard")
    }
