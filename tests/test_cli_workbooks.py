"""Filled-in workbooks on the command line: scored, checked and recalculated without Excel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import workbooks

from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import FIRST_ROW, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.excel.results import Value
from bsc_xl.excel.roster import FIRST_VALUE, LAST_VALUE
from bsc_xl.labels import LANGUAGES
from bsc_xl.ooxml import package

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made(tmp_path: Path) -> workbooks.Made:
    """The bureau's workbook, in Indonesian."""
    return workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")


def type_into(path: Path, entries: dict[Ref, Value]) -> None:
    book = open_book(path)
    book.apply(Changes(values=entries))
    backup = book.save().backup
    assert backup is not None
    backup.unlink()  # a person's program keeps none


def shown(made: workbooks.Made, ref: Ref) -> object:
    return workbooks.Cells(made.path).at(made.layout.title(ref.sheet), ref.cell)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_is_scored_like_its_data_set(bsc: Run, tmp_path: Path, language: str) -> None:
    made = workbooks.make(workbooks.bureau(language).card, tmp_path / "unit.xlsx")
    code, output, _ = bsc("score", made.path, "--json")
    (unit,) = json.loads(output)["units"]
    assert code == 0
    assert unit["unit_code"] == "BAP"
    assert unit["score"] == pytest.approx(float(made.card.score[0]), abs=1e-12)


def test_a_workbook_is_checked_cell_by_cell_and_not_written(bsc: Run, made: workbooks.Made) -> None:
    actual = made.layout.cell("financial", FIRST_ROW, "actual", 2)
    type_into(made.path, {actual: "abc"})
    before = made.path.read_bytes()
    code, output, _ = bsc("check", made.path)
    assert code == 1
    assert f"Keuangan!{actual.cell}" in output
    assert "rule='not_a_number'  value='abc'" in output
    assert made.path.read_bytes() == before


def test_check_names_entries_about_employees_as_recalc_does(bsc: Run, made: workbooks.Made) -> None:
    cells = [made.layout.person(key, 0) for key in (FIRST_VALUE, LAST_VALUE)]
    type_into(made.path, dict(zip(cells, (6.0, "bagus"), strict=True)))
    code, output, _ = bsc("check", made.path)
    assert code == 1
    for ref, rule in zip(cells, ("behaviour_out_of_range", "not_a_number"), strict=True):
        assert f"{made.layout.title('employees')}!{ref.cell}" in output
        assert f"rule='{rule}'" in output
    assert "4,5" in output  # what a number looks like


def test_recalc_puts_new_results_beside_the_formulas_and_keeps_the_former_file(bsc: Run, made: workbooks.Made) -> None:
    row = made.layout.cell("financial", FIRST_ROW, "index")
    type_into(made.path, {made.layout.cell("financial", FIRST_ROW, "actual", 4): 50.0, row: 120.0})
    code, output, errors = bsc("recalc", made.path)
    assert code == 0
    assert "failures: 0, advice: 1." in errors  # the KPI is red now, and has no plan
    assert "Organisation score: 77." in output
    assert shown(made, row) == 50.0
    assert len(list(made.path.parent.glob("bureau.bak*.xlsx"))) == 1


def test_what_was_typed_over_formulas_stays_in_a_backup_each_time(bsc: Run, made: workbooks.Made) -> None:
    rows = [made.layout.cell("financial", FIRST_ROW, key) for key in ("index", "achievement")]
    for ref in rows:
        type_into(made.path, {ref: 55.0})
        assert bsc("recalc", made.path)[0] == 0
    kept = [open_book(path) for path in sorted(made.path.parent.glob("bureau.bak*.xlsx"))]
    assert [book.read([ref.sheet])[ref.sheet].value(ref.cell) for book, ref in zip(kept, rows, strict=True)] == [55, 55]


def test_recalc_says_what_is_wrong_and_ends_with_1(bsc: Run, made: workbooks.Made) -> None:
    actual = made.layout.cell("financial", FIRST_ROW, "actual", 4)
    type_into(made.path, {actual: "abc"})
    code, _, errors = bsc("recalc", made.path)
    assert code == 1
    assert f"Keuangan!{actual.cell}" in errors
    assert shown(made, made.layout.list_cell("checks", "found", 0)) == "abc"


def test_recalc_says_that_a_signature_does_not_hold_any_more(bsc: Run, made: workbooks.Made) -> None:
    content = package.open_package(made.path.read_bytes())
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    relation = f'<Relationship Id="rIdS" Type="{kind}" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    relations = content.part("_rels/.rels").replace(b"</Relationships>", relation.encode())
    signed = content.with_parts({"_rels/.rels": relations, "_xmlsignatures/origin.sigs": b""})
    made.path.write_bytes(signed.write())
    code, output, errors = bsc("recalc", made.path)
    assert code == 0
    assert output.count("Written: ") == 1
    assert errors.count(f"{made.path} bears a digital signature") == errors.count("\n") == 1


def test_the_mark_of_a_workbook_that_is_open_is_passed_over_with_a_word(
    bsc: Run, made: workbooks.Made, tmp_path: Path
) -> None:
    mark = tmp_path / "~$bureau.xlsx"
    mark.write_bytes(b"\x05Sri  ")
    code, output, errors = bsc("recalc", mark, made.path)
    assert (code, output.count("Written: ")) == (0, 1)
    assert errors.startswith(f"Passed over: {mark}")
    assert mark.read_bytes() == b"\x05Sri  "


def test_a_file_that_fails_does_not_stop_the_others(bsc: Run, made: workbooks.Made, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    code, output, errors = bsc("recalc", broken, made.path)
    assert code == 1
    assert "broken.xlsx" in errors
    assert "88.57" in output
    assert broken.read_bytes() == b"no workbook"


def test_recalculating_again_writes_nothing(bsc: Run, made: workbooks.Made) -> None:
    bsc("recalc", made.path)
    before = made.path.read_bytes(), made.path.stat().st_mtime_ns
    code, output, _ = bsc("recalc", made.path)
    assert (code, output.count("Unchanged: "), output.count("88.57")) == (0, 1, 1)
    assert (made.path.read_bytes(), made.path.stat().st_mtime_ns) == before


def test_translate_replaces_the_file_and_keeps_the_former_one(bsc: Run, made: workbooks.Made) -> None:
    before = made.path.read_bytes()

    code, output, errors = bsc("translate", made.path, "--language", "en")

    assert (code, errors) == (0, "")
    assert "Organisation score: 88.57" in output
    assert open_book(made.path).layout().language == "en"
    assert made.path.with_name("bureau.bak.xlsx").read_bytes() == before
    assert "Unchanged: " in bsc("translate", made.path, "--language", "en")[1]


def test_translate_into_a_folder_leaves_the_file_alone(bsc: Run, made: workbooks.Made, tmp_path: Path) -> None:
    before = made.path.read_bytes()

    code, _, _ = bsc("translate", made.path, "--language", "en", "--out", tmp_path / "en")

    assert code == 0
    assert made.path.read_bytes() == before
    assert open_book(tmp_path / "en" / "bureau.xlsx").layout().language == "en"


def test_workbooks_of_the_same_name_are_translated_into_files_of_their_own(
    bsc: Run, made: workbooks.Made, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        name = {"a": "Scorecard.xlsx", "b": "scorecard.xlsx"}[folder]
        (tmp_path / "in" / folder / name).write_bytes(made.path.read_bytes())
    type_into(tmp_path / "in" / "b" / "scorecard.xlsx", {made.layout.list_cell("action_plan", "cause", 1): "b"})

    code, output, errors = bsc("translate", tmp_path / "in", "--language", "en", "--out", tmp_path / "in" / "en")

    assert (code, errors, output.count("Written: ")) == (0, "", 2)
    causes = {}
    for path in (tmp_path / "in" / "en").iterdir():
        book = open_book(path)
        ref = book.layout().list_cell("action_plan", "cause", 1)
        causes[path.name] = book.read([ref.sheet])[ref.sheet].value(ref.cell)
    assert causes == {"Scorecard.xlsx": None, "scorecard-2.xlsx": "b"}
    # a second time, the results in the folder are no workbooks of it
    again = bsc("translate", tmp_path / "in", "--language", "en", "--out", tmp_path / "in" / "en")[1]
    assert again.count("Written: ") + again.count("Unchanged: ") == 2
    code, output, errors = bsc("translate", tmp_path / "in", "--language", "en", "--out", tmp_path / "in")
    assert (code, output.count("Written: "), errors.count("the folder for the results")) == (1, 0, 1)


def test_a_folder_and_a_pattern_stand_for_the_workbooks_in_them(bsc: Run, made: workbooks.Made, tmp_path: Path) -> None:
    code, output, errors = bsc("recalc", tmp_path, made.path, tmp_path / "*.xlsx")
    assert (code, errors, output.count("88.57")) == (0, "", 1)
    (tmp_path / "none").mkdir()
    code, _, errors = bsc("recalc", tmp_path / "none")
    assert (code, errors.count(str(tmp_path / "none")), errors.count("no workbook in this folder")) == (1, 1, 1)


def test_translate_knows_two_languages(bsc: Run, made: workbooks.Made) -> None:
    code, _, errors = bsc("translate", made.path, "--language", "fr")
    assert code == 2
    assert "id, en" in errors


def test_recalculating_and_checking_count_alike(bsc: Run, made: workbooks.Made) -> None:
    shape = made.layout
    plan = {shape.list_cell("action_plan", "cause", 7): None, shape.list_cell("action_plan", "due", 1): "besok"}
    type_into(made.path, {**plan, shape.cell("financial", FIRST_ROW, "actual", 2): "abc"})
    said = bsc("check", made.path)[1].splitlines()[-1]
    assert "2" in said
    assert "1" in said
    assert said in bsc("recalc", made.path)[2].splitlines()


def test_recalculating_again_writes_nothing_after_an_entry_in_the_action_plan(bsc: Run, made: workbooks.Made) -> None:
    type_into(made.path, {made.layout.list_cell("action_plan", "cause", 1): "Kekurangan tenaga"})
    bsc("recalc", made.path)
    assert bsc("recalc", made.path)[1].count("Unchanged: ") == 1
