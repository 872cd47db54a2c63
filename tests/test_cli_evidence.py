"""Evidence on the command line: from raw files to a scored workbook, and nothing changed where a file is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import workbooks
from raw import text_file, workbook_file

from bsc_xl import sample
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.port import Changes
from bsc_xl.excel.reading import read_book
from bsc_xl.scorecard import score

Run = Callable[..., tuple[int, str, str]]

IMPORTS = {
    "id": [
        ("budget", "budget", "K1"), ("survey", "survey", "K2"), ("checklist", "customers", "K3"),
        ("documents", "documents_sop", "K4"), ("attendance", "attendance", "K5"),
        ("documents", "documents_time", "K6", "--measure", "on_time"), ("training", "training", "K7"),
        ("checklist", "checklist", "K8"),
    ],
}  # fmt: skip
IMPORTS["en"] = [
    ("training", "training", "K5", "--measure", "against_plan", "--planned", 12) if each[2] == "K5" else each
    for each in IMPORTS["id"]
]
TOTAL = {"id": 88.57, "en": 88.74}


def bureau(path: Path, language: str) -> Path:
    """The bureau's workbook without any actual."""
    made = workbooks.make(workbooks.bureau(language).card, path)
    book = open_book(path)
    layout = book.layout()
    cells = [
        layout.cell(perspective, row, key, period)
        for perspective, row in layout.slots
        for key in ("actual", "evidence")
        for period in range(1, 5)
    ]
    book.apply(Changes(values=dict.fromkeys(cells)))
    book.save()
    assert made.path == path
    return path


def total(path: Path) -> float:
    return round(float(score(read_book(open_book(path)).tables).score[0]), 2)


def shown_total(path: Path, layout: Layout) -> object:
    ref = layout.rollup("score", len(layout.kpis))
    return round(workbooks.Cells(path).at(layout.title(ref.sheet), ref.cell), 2)


@pytest.mark.parametrize("language", sample.VARIANTS)
def test_from_raw_files_alone_the_bureau_reaches_its_score(
    bsc: Run, tmp_path: Path, language: str, ooxml_findings: Callable[[Path], list[object]]
) -> None:
    path = bureau(tmp_path / "bureau.xlsx", language)
    for kind, file, kpi, *options in IMPORTS[language]:
        raw = sample.bureau(language) / "evidence" / f"{file}.csv"
        code, output, errors = bsc("evidence", kind, raw, "--workbook", path, "--kpi", kpi, "--period", 4, *options)
        assert (code, errors) == (0, ""), output
        assert f"{kpi}, " in output
    assert total(path) == TOTAL[language]
    assert shown_total(path, open_book(path).layout()) == TOTAL[language]
    assert bsc("check", path)[0] == 0
    assert ooxml_findings(path) == []


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The bureau's workbook, in English."""
    folder = tmp_path / "unit"
    folder.mkdir()
    return workbooks.make(workbooks.bureau("en").card, folder / "bureau.xlsx").path


@pytest.mark.parametrize("option", ["--population", "--planned"])
@pytest.mark.parametrize("value", ["0", "many"])
def test_a_number_of_people_or_trainings_is_1_or_more(bsc: Run, workbook: Path, option: str, value: str) -> None:
    asked = ("evidence", "survey", "raw.csv", "--workbook", workbook, "--kpi", "K3", "--period", 4, option, value)
    code, _, errors = bsc(*asked)
    assert code != 0
    assert f"The value of {option} N must be a whole number, 1 or more." in errors


def test_the_former_workbook_is_kept_and_everything_is_told(bsc: Run, workbook: Path, tmp_path: Path) -> None:
    before = workbook.read_bytes()
    raw = text_file(tmp_path / "raw.csv", "dokumen;sesuai sop", "1;ya", "2;tidak", "2;tidak", "3;entah", "4;ya")
    code, output, errors = bsc("evidence", "documents", raw, "--workbook", workbook, "--kpi", "K4", "--period", 4)
    assert code == 0
    assert "documents that follow the SOP: 2 of 3 (66.67 %)" in output
    assert "Rows used: 3, set aside: 2" in output
    assert 'Row 4, document "2": the same stands in an earlier row' in errors
    assert "Row 5, follows SOP: it is neither yes nor no." in errors
    assert workbook.with_name("bureau.bak.xlsx").read_bytes() == before
    assert "Findings: 1" in output  # the KPI is red, and its action is still to be written


@pytest.mark.parametrize("lock", ["~$bureau.xlsx", ".~lock.bureau.xlsx#"])
@pytest.mark.parametrize("command", ["evidence", "recalc"])
def test_a_workbook_that_is_open_elsewhere_is_written_with_a_warning(
    bsc: Run, workbook: Path, tmp_path: Path, lock: str, command: str
) -> None:
    raw = text_file(tmp_path / "raw.csv", "dokumen;sesuai sop", "1;ya", "2;ya")
    asked = {
        "evidence": ("evidence", "documents", raw, "--workbook", workbook, "--kpi", "K4", "--period", 4),
        "recalc": ("recalc", workbook),
    }[command]
    workbook.with_name(lock).write_bytes(b"")
    code, output, errors = bsc(*asked)
    assert (code, output.count("Written: ")) == (0, 1)
    assert errors.count(f"{workbook} seems to be open in another program: {lock}") == errors.count("\n") == 1
    if command == "recalc":
        assert bsc(*asked)[2] == ""  # nothing is written a second time


def test_several_files_are_imported_as_one(bsc: Run, workbook: Path, tmp_path: Path) -> None:
    heading = "No Dokumen;Sesuai SOP"
    files = [text_file(tmp_path / f"{n}.csv", heading, f"D{n};ya", "D9;tidak") for n in (1, 2)]
    code, output, errors = bsc("evidence", "documents", *files, "--workbook", workbook, "--kpi", "K4", "--period", 4)
    assert code == 0
    assert "documents that follow the SOP: 2 of 3 (66.67 %). 2 files: 1.csv (rows used: 2, SHA-256 " in output
    assert '2.csv: Row 3, document "D9": the same stands in an earlier row' in errors


def test_what_is_wrong_in_each_of_several_files_is_told_and_nothing_is_written(
    bsc: Run, workbook: Path, tmp_path: Path
) -> None:
    before = workbook.read_bytes()
    files = [text_file(tmp_path / "1.csv", "No Dokumen;Sesuai SOP", "D1;ya"), tmp_path / "2.csv", tmp_path / "3.csv"]
    code, _, errors = bsc("evidence", "documents", *files, "--workbook", workbook, "--kpi", "K4", "--period", 4)
    assert code == 1
    assert [re.findall(r"\d\.csv", line) for line in errors.splitlines()] == [["2.csv"], ["3.csv"]]
    assert workbook.read_bytes() == before


def test_a_dry_run_says_what_it_would_write_and_writes_nothing(bsc: Run, workbook: Path) -> None:
    before = workbook.read_bytes()
    raw = sample.bureau("en") / "evidence" / "budget.csv"
    code, output, _ = bsc("evidence", "budget", raw, "--workbook", workbook, "--kpi", "K1", "--period", 4, "--dry-run")
    assert code == 0
    assert "Financial!" in output
    assert "Evidence!" in output
    assert "  budget.csv\n" in output
    assert "  4,662,305,000\n" in output
    assert re.search(rf"  {datetime.now():%d/%m/%Y} [0-9]{{2}}:[0-9]{{2}}\n", output)  # noqa: DTZ005
    assert workbook.read_bytes() == before
    assert [path.name for path in workbook.parent.iterdir()] == ["bureau.xlsx"]


def test_files_say_what_they_call_their_columns_and_sheets(bsc: Run, workbook: Path, tmp_path: Path) -> None:
    rows = [["Perihal", "Beres?"], ["A", "ya"], ["B", "tidak"]]
    raw = workbook_file(tmp_path / "raw.xlsx", {"Satu": rows, "Dua": [*rows, ["C", "ya"]]})
    columns = tmp_path / "columns.toml"
    columns.write_text('item = "Perihal"\ndone = "Beres?"\n', encoding="utf-8")
    asked = ("evidence", "checklist", raw, "--workbook", workbook, "--kpi", "K8", "--period", 4, "--columns", columns)
    code, _, errors = bsc(*asked)
    assert code == 1
    assert "several sheets have the columns: Satu, Dua" in errors
    code, output, _ = bsc(*asked, "--sheet", "Dua")
    assert code == 0
    assert "2 of 3" in output


def test_too_few_respondents_are_told(bsc: Run, workbook: Path) -> None:
    raw = sample.bureau("en") / "evidence" / "survey.csv"
    asked = ("evidence", "survey", raw, "--workbook", workbook, "--kpi", "K2", "--period", 4)
    assert "a sample needs 80" in bsc(*asked, "--population", 100)[1]
    assert "a sample needs" not in bsc(*asked, "--population", 50)[1]


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({1: "payroll"}, 2, "Choose from: attendance, budget, survey, documents, training, checklist."),
        ({6: "K9"}, 2, "Choose from: K1, K2"),
        ({8: "5"}, 2, "Choose from: 1, 2, 3, 4."),
        ({2: "nowhere.csv"}, 1, "there is no such file"),
        ({4: "nowhere.xlsx"}, 1, "there is no such file"),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(bsc: Run, workbook: Path, changed, code: int, said: str) -> None:
    raw = sample.bureau("en") / "evidence" / "budget.csv"
    asked = ["evidence", "budget", raw, "--workbook", workbook, "--kpi", "K1", "--period", "4"]
    for place, value in changed.items():
        asked[place] = value
    before = workbook.read_bytes()
    found, _, errors = bsc(*asked)
    assert found == code
    assert said in errors
    assert workbook.read_bytes() == before
