"""The command line: what it prints, where it prints it, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
import python_calamine

from bsc_xl import dataset, labels, sample
from bsc_xl.cli import app
from bsc_xl.cli import help as pages
from bsc_xl.cli.commands import COMMANDS
from bsc_xl.cli.terminal import language
from bsc_xl.model import Behaviour
from bsc_xl.scorecard import score

pytestmark = pytest.mark.usefixtures("english_terminal")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str, str]:
        code = app.run(list(map(str, arguments)))
        output = capsys.readouterr()
        return code, output.out, output.err

    return command


@pytest.fixture
def bureau(tmp_path: Path) -> Path:
    """A copy of the sample that a test may spoil."""
    return Path(copytree(sample.bureau("en"), tmp_path / "bureau"))


def change(folder: Path, table: str, row: int, column: str, value: str) -> None:
    """Writes `value` into a data set's table; `row` counts as a spreadsheet does."""
    path = folder / f"{table}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    rows[row - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def workbooks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.xlsx") if path.is_file())


def cells(path: Path) -> set[object]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}


# --- help and usage --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoken", labels.LANGUAGES)
def test_the_overview_that_ships_is_the_one_that_the_parser_would_print(
    spoken: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", f"{spoken}.UTF-8")
    shipped = pages.shipped_overview(spoken).read_text(encoding="utf-8")

    assert run("--help") == (0, shipped, "")


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_overview_comes_without_anything_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from bsc_xl.__main__ import main; main();"
        "heavy = {'typer', 'rich', 'pandas', 'numpy', 'openpyxl', 'xlwings', 'typing', 'pathlib'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, *arguments], capture_output=True, text=True, check=False, cwd=root()
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == pages.shipped_overview("en").read_text(encoding="utf-8")


def root() -> Path:
    return Path(labels.__file__).parent.parent.parent


def test_importing_the_package_loads_no_excel_library_and_no_pandas() -> None:
    program = "import bsc_xl, sys; assert not {'pandas', 'numpy', 'openpyxl', 'xlwings'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root())


def test_the_names_of_the_package_are_found_when_they_are_asked_for() -> None:
    import bsc_xl

    assert {name: getattr(bsc_xl, name).__name__ for name in bsc_xl.__all__} == {name: name for name in bsc_xl.__all__}
    assert set(bsc_xl.__all__) <= set(dir(bsc_xl))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = bsc_xl.nothing


@pytest.mark.parametrize("spoken", labels.LANGUAGES)
@pytest.mark.parametrize("command", app.COMMANDS)
def test_every_option_of_every_command_is_explained_within_the_width(
    command: str, spoken: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", spoken)

    code, page, _ = run(command, "--help")

    assert code == 0
    assert page.startswith(f"{labels.load(spoken)('cli.help.usage')}: bsc-xl {command} ")
    assert "--help" in page
    assert max(map(len, page.splitlines())) <= pages.WIDTH


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate"], "DATASET is missing. See: bsc-xl generate --help"),
        (["score"], "SOURCE... is missing. See: bsc-xl score --help"),
        (["score", "x", "--perod", "2"], "There is no option --perod. See: bsc-xl score --help"),
        (
            ["score", "x", "--period", "two"],
            "The value of --period N must be a whole number, such as 2. See: bsc-xl score --help",
        ),
        (["demo", "a", "b"], "The command does not take a b. See: bsc-xl demo --help"),
        (["template", "--out"], "Option --out needs a value. See: bsc-xl template --help"),
        (["score", "x", "--json=1"], "Option --json takes no value. See: bsc-xl score --help"),
        (["publish"], f'Command: "publish" does not exist. Choose from: {", ".join(COMMANDS)}.'),
        (["template", "--language", "fr"], 'Language: "fr" does not exist. Choose from: id, en.'),
        (["template", "--periods", "3"], 'Periods of a year: "3" does not exist. Choose from: 1, 2, 4, 12.'),
        (["template", "--out", "a.ods"], 'Kind of workbook: "ods" does not exist. Choose from: xlsm, xlsx.'),
    ],
)
def test_a_mistyped_command_ends_with_2_and_says_what_to_do(arguments: list[str], message: str, run: Run) -> None:
    assert run(*arguments) == (2, "", f"{message}\n")


def test_a_mistyped_command_is_explained_in_indonesian_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")

    assert run("generate", "x") == (2, "", "--out FOLDER belum diisi. Lihat: bsc-xl generate --help\n")
    assert run("demo", "x") == (2, "", "Perintah ini tidak menerima x. Lihat: bsc-xl demo --help\n")


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id"}, "id"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "is_IS.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "id_ID"}, "id"),
        ({"LANG": "id_ID", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "id_ID", "LC_ALL": ""}, "id"),
    ],
)
def test_the_terminal_says_which_language(
    variables: dict[str, str], spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert language() == spoken


# --- score -----------------------------------------------------------------------------------------------------------


def test_score_prints_perspectives_total_rating_and_completeness(run: Run) -> None:
    code, output, errors = run("score", sample.bureau("id"))

    assert (code, errors) == (0, "")
    for expected in ("96.13", "90.00", "99.01", "69.14", "88.57", "Poor", "8 of 8", "▼ Red"):
        assert expected in output


def test_scores_are_written_as_the_language_of_the_terminal_writes_numbers(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "id_ID.UTF-8")

    _, output, _ = run("score", sample.bureau("id"))

    assert "88,57" in output
    assert "8 dari 8" in output


def test_json_is_the_fixed_contract_and_nothing_else_is_printed(run: Run) -> None:
    code, output, errors = run("score", sample.bureau("id"), sample.bureau("en"), "--json")

    assert (code, errors) == (0, "")
    answer = json.loads(output)
    assert list(answer) == ["units", "failures"]
    assert answer["failures"] == []
    indonesian, english = answer["units"]
    assert list(indonesian) == ["unit_code", "score", "rating", "completeness", "perspectives", "kpis"]
    assert (indonesian["unit_code"], indonesian["rating"], english["rating"]) == ("BAP", "Kurang", "Poor")
    assert indonesian["score"] == pytest.approx(88.57, abs=0.005)
    assert english["score"] == pytest.approx(88.74, abs=0.005)
    assert indonesian["completeness"] == {"scored": 8, "total": 8}
    assert indonesian["perspectives"]["financial"] == {"score": 96.13, "weight": 25.0, "scored": 1, "total": 1}
    assert indonesian["kpis"]["K8"] == {
        "target": 100.0, "actual": 40.0, "achievement": 0.4, "index": 40.0, "status": "red",
    }  # fmt: skip


def test_a_failure_is_in_the_json_and_on_standard_error_and_ends_with_1(run: Run, bureau: Path) -> None:
    change(bureau, "measurements", 5, "actual", "abc")

    code, output, errors = run("score", bureau, "--json")

    assert code == 1
    assert json.loads(output)["failures"] == [
        {
            "table": "measurements", "row": 5, "cell": "measurements!F5", "column": "actual",
            "rule": "not_a_number", "value": "abc",
        }
    ]  # fmt: skip
    assert "not_a_number" in errors


def test_what_cannot_be_computed_is_null(run: Run, bureau: Path) -> None:
    change(bureau, "measurements", 5, "actual", "")

    code, output, _ = run("score", bureau, "--json")

    (unit,) = json.loads(output)["units"]
    assert code == 0
    assert unit["kpis"]["K1"] == {
        "target": 100.0, "actual": None, "achievement": None, "index": None, "status": "no_data",
    }  # fmt: skip
    assert unit["perspectives"]["financial"]["score"] is None
    assert unit["completeness"] == {"scored": 7, "total": 8}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_loses_no_character_on_an_old_terminal(encoding: str, bureau: Path) -> None:
    change(bureau, "kpis", 2, "kpi_code", "数1")
    change(bureau, "kpis", 3, "kpi_code", "字1")
    done = subprocess.run(
        [sys.executable, "-m", "bsc_xl", "score", bureau, "--json"],
        capture_output=True, check=False, cwd=root(), env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert list(json.loads(done.stdout.decode(encoding))["units"][0]["kpis"])[:2] == ["数1", "字1"]


def test_a_period_changes_the_score_and_one_that_the_year_does_not_have_is_a_usage_error(run: Run) -> None:
    _, year, _ = run("score", sample.bureau("id"), "--json")
    _, half, _ = run("score", sample.bureau("id"), "--json", "--period", 2)

    assert json.loads(half)["units"][0]["score"] != json.loads(year)["units"][0]["score"]
    assert run("score", sample.bureau("id"), "--period", 5) == (
        2,
        "",
        'Period: "5" does not exist. Choose from: 1..4.\n',
    )


def test_one_source_that_cannot_be_read_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    code, output, errors = run("score", tmp_path / "nowhere", sample.bureau("id"), "--json")

    assert code == 1
    assert [unit["unit_code"] for unit in json.loads(output)["units"]] == ["BAP"]
    assert f"{tmp_path / 'nowhere'} cannot be read: there is no such file" in errors


def test_a_data_set_that_cannot_be_scored_says_why(run: Run, bureau: Path) -> None:
    (bureau / "kpis.csv").unlink()

    code, output, errors = run("score", bureau, "--json")

    assert code == 1
    assert json.loads(output)["units"] == []
    assert [failure["rule"] for failure in json.loads(output)["failures"]] == ["missing_table"]
    assert "cannot be scored" in errors


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["score", sample.bureau("en")], ["check", sample.bureau("en")], ["--help"]])
def test_output_into_a_full_disk_is_one_line_and_not_a_traceback(arguments: list[object], unbuffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bsc_xl", *map(str, arguments)],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=root(),
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "The output cannot be written: the disk is full.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the output here")
@pytest.mark.parametrize("arguments", ["--help", f"score {sample.bureau('en')}", f"score {sample.bureau('en')} --json"])
def test_where_there_is_no_output_at_all_a_command_still_works(arguments: str) -> None:
    command = f"{sys.executable} -m bsc_xl {arguments} >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False, cwd=root())
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Windows say nothing when they are closed")
def test_a_reader_who_has_seen_enough_is_told_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bsc_xl", "score", str(sample.bureau("en"))],
        stdout=writing, stderr=subprocess.PIPE, text=True, check=False, cwd=root(),
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_names_every_failure_with_all_its_fields_and_writes_nothing(run: Run, bureau: Path) -> None:
    change(bureau, "measurements", 5, "actual", "=1+1")
    change(bureau, "kpis", 3, "polarity", "upwards")
    before = {path: path.read_bytes() for path in bureau.rglob("*") if path.is_file()}

    code, output, errors = run("check", bureau)

    assert (code, errors) == (1, "")
    for fields in (
        "table='measurements'  row=5  cell='measurements!F5'  column='actual'  rule='not_a_number'  value='=1+1'",
        "table='kpis'  row=3  cell='kpis!F3'  column='polarity'  rule='unknown_polarity'  value='upwards'",
    ):
        assert fields in output
    assert before == {path: path.read_bytes() for path in bureau.rglob("*") if path.is_file()}


def test_advice_is_listed_and_does_not_fail_a_check(run: Run, bureau: Path) -> None:
    change(bureau, "measurements", 5, "target", "")

    code, output, _ = run("check", bureau)

    assert code == 0
    assert "rule='actual_without_target'" in output
    assert f"{bureau}: failures: 0, advice: 1.\n" in output


def test_where_scores_are_asked_for_advice_is_counted_and_the_way_to_it_named(run: Run, bureau: Path) -> None:
    change(bureau, "measurements", 5, "target", "")

    code, _, errors = run("score", bureau)

    assert code == 0
    assert errors == f"{bureau}: failures: 0, advice: 1.\nTo read the advice: bsc-xl check {bureau}\n"


def test_a_source_that_cannot_be_read_fails_the_check_and_the_others_are_checked(run: Run, tmp_path: Path) -> None:
    code, output, errors = run("check", tmp_path / "nowhere", sample.bureau("en"))

    assert code == 1
    assert "cannot be read" in errors
    assert "failures: 0, advice: 0." in output


@pytest.mark.parametrize("spoken", labels.LANGUAGES)
def test_no_workbooks_are_made_from_the_workbook_of_a_unit(spoken: str, run: Run, tmp_path: Path) -> None:
    run("generate", sample.bureau("en"), "--out", "out", "--language", spoken)
    (path,) = (tmp_path / "out").glob("*.xlsx")

    code, output, errors = run("generate", path, "--out", "more")

    assert (code, output, errors.count("\n")) == (1, "", 1)
    assert "the workbook of a unit, not a data set" in errors


# --- generate --------------------------------------------------------------------------------------------------------


def test_generate_writes_a_workbook_that_shows_the_score_without_calculating(run: Run, tmp_path: Path) -> None:
    code, output, errors = run("generate", sample.bureau("id"), "--out", "out")

    (path,) = (tmp_path / "out").glob("*.xlsx")
    assert (code, errors) == (0, "")
    assert path.name == "BAP_Biro_Administrasi_Pimpinan.xlsx"
    assert path.name in output
    assert [value for value in cells(path) if isinstance(value, float) and round(value, 2) == 88.57]


def test_the_same_data_gives_the_same_bytes_and_leaves_the_file_alone(tmp_path: Path) -> None:
    # two processes: within one, a drawn workbook is drawn once
    command = [sys.executable, "-m", "bsc_xl", "generate", sample.bureau("id"), "--out", tmp_path / "out"]
    subprocess.run(command, check=True, cwd=root(), stdout=subprocess.DEVNULL)
    (path,) = (tmp_path / "out").glob("*.xlsx")
    before = path.read_bytes()

    output = subprocess.run(command, check=True, cwd=root(), capture_output=True, text=True).stdout

    assert "Unchanged" in output
    assert [each.read_bytes() for each in (tmp_path / "out").glob("*.xlsx")] == [before]


def test_a_workbook_that_staff_filled_in_is_kept_and_said_to_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "BAP_Biro_Administrasi_Pimpinan.xlsx").write_bytes(b"filled in")

    _, output, _ = run("generate", sample.bureau("id"), "--out", "out")

    backup = tmp_path / "out" / "BAP_Biro_Administrasi_Pimpinan.bak.xlsx"
    assert backup.read_bytes() == b"filled in"
    assert backup.name in output


def test_a_dry_run_lists_every_cell_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    code, output, errors = run("generate", sample.bureau("id"), "--out", "out", "--dry-run")

    assert (code, errors) == (0, "")
    assert "  96.13\n" in output
    assert "  'Biro Administrasi Pimpinan'\n" in output
    assert list(tmp_path.iterdir()) == []


def test_only_units_whose_code_matches_get_a_workbook_under_their_usual_name(run: Run, tmp_path: Path) -> None:
    source = data_set(tmp_path / "units", ["A/1", "A:1", "B1"])

    run("generate", source, "--out", "all")
    run("generate", source, "--out", "some", "--units", "a:*")

    assert workbooks(tmp_path / "all") == ["A_1_Unit.xlsx", "A_1_Unit_2.xlsx", "B1_Unit.xlsx"]
    assert workbooks(tmp_path / "some") == ["A_1_Unit_2.xlsx"]


def test_a_code_that_is_spelled_like_the_pattern_is_meant_by_it(run: Run, tmp_path: Path) -> None:
    source = data_set(tmp_path / "units", ["A[1]", "A1", "B1"])

    run("generate", source, "--out", "out", "--units", "a[1]")

    assert workbooks(tmp_path / "out") == ["A1_Unit.xlsx", "A[1]_Unit.xlsx"]


def test_workbooks_for_employees_only_or_for_units_only(run: Run, tmp_path: Path) -> None:
    dataset.write(sample.generate(units=10, kpis=1), tmp_path / "data")

    assert run("generate", "data", "--out", "staff", "--level", "employee")[0] == 0
    assert run("generate", "data", "--out", "units", "--level", "unit", "--units", "U0000[78]")[0] == 0
    assert run("generate", "data", "--out", "staff", "--level", "employee", "--resume")[1].count("Unchanged: ") == 2

    assert [name[:6] for name in workbooks(tmp_path / "staff")] == ["U00009", "U00010"]
    assert [name[:6] for name in workbooks(tmp_path / "units")] == ["U00007", "U00008"]
    with (tmp_path / "staff" / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["unit_code"] for row in csv.DictReader(file)] == ["U00009", "U00010"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--level", "employee"), 'Level: "employee" does not exist. Choose from: unit.\n'),
        (("--level", "boss"), 'Level: "boss" does not exist. Choose from: unit.\n'),
        (("--level", "unit", "--units", "X*"), 'Unit code: "X*" does not exist. Choose from: BAP.\n'),
    ],
)
def test_a_level_that_no_unit_has_is_a_usage_error(arguments: tuple[str, ...], sentence: str, run: Run) -> None:
    assert run("generate", sample.bureau("id"), "--out", "out", *arguments) == (2, "", sentence)


def test_a_pattern_that_no_unit_matches_is_a_usage_error(run: Run) -> None:
    assert run("generate", sample.bureau("id"), "--out", "out", "--units", "X*") == (
        2,
        "",
        'Unit code: "X*" does not exist. Choose from: BAP.\n',
    )


def test_one_unit_that_fails_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    source = data_set(tmp_path / "units", ["A1", "B1", "C1"])
    (tmp_path / "out" / "B1_Unit.xlsx").mkdir(parents=True)  # a folder stands where the file should

    code, output, errors = run("generate", source, "--out", "out")

    assert code == 1
    assert workbooks(tmp_path / "out") == ["A1_Unit.xlsx", "C1_Unit.xlsx"]
    assert "Unit B1: no workbook." in errors
    assert "Workbooks: 2, failed: 1." in output


@pytest.mark.parametrize(("file_format", "has_ribbon"), [("xlsm", True), ("XLSM", True), ("xlsx", False)])
def test_the_kind_of_workbook_is_chosen(file_format: str, has_ribbon: bool, run: Run, tmp_path: Path) -> None:
    assert run("generate", sample.bureau("id"), "--out", "out", "--format", file_format)[0] == 0

    (made,) = (tmp_path / "out").glob("*.xls?")
    assert made.suffix == f".{file_format.lower()}"
    with zipfile.ZipFile(made) as package:
        assert ("customUI/customUI.xml" in package.namelist()) is has_ribbon
        assert ("xl/vbaProject.bin" in package.namelist()) is has_ribbon


def test_another_kind_of_workbook_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, errors = run("generate", sample.bureau("id"), "--out", "out", "--format", "ods")

    assert (code, errors) == (2, 'Kind of workbook: "ods" does not exist. Choose from: xlsm, xlsx.\n')
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_sees_a_progress_bar_instead_of_a_line_for_each_file(tmp_path: Path) -> None:
    source = data_set(tmp_path / "units", ["A1", "B1"])

    code, seen, errors = on_a_terminal(100, "generate", source, "--out", tmp_path / "out")

    assert (code, errors) == (0, "")
    for shown in ("Writing workbooks", "0/2", "2/2", "/s", "0:00:00"):  # count, rate, time left
        assert shown in seen
    assert "Written:" not in seen
    assert "Workbooks: 2, failed: 0." in seen


def test_a_narrow_terminal_breaks_titles_and_never_a_number() -> None:
    _, seen, _ = on_a_terminal(80, "score", sample.bureau("en"))

    for number in ("96.13", "90.00", "99.68", "69.14", "88.74"):
        assert number in seen


def on_a_terminal(width: int, *arguments: object) -> tuple[int, str, str]:
    """Runs a command whose standard output is a terminal of that width."""
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bsc_xl", *map(str, arguments)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        cwd=root(),
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(width)},
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        seen += part
    _, errors = process.communicate()
    os.close(ours)
    return process.returncode, seen.decode(), errors.decode()


def data_set(folder: Path, unit_codes: list[str]) -> Path:
    """A data set of one KPI for units of that code, all named Unit."""
    folder.mkdir()
    tables = {
        "units": [["unit_code", "unit_name"], *([code, "Unit"] for code in unit_codes)],
        "kpis": [
            ["kpi_code", "perspective", "kpi_name", "polarity", "consolidation", "weight"],
            ["K1", "financial", "Expenditure", "maximize", "last", "100"],
        ],
        "measurements": [
            ["unit_code", "kpi_code", "year", "period", "target", "actual"],
            *([code, "K1", "2025", "1", "100", "96"] for code in unit_codes),
        ],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


# --- template and demo -----------------------------------------------------------------------------------------------


def test_the_template_is_a_workbook_of_its_language(run: Run, tmp_path: Path) -> None:
    assert run("template", "--out", "t.xlsx", "--language", "en") == (0, "Written: t.xlsx\n", "")
    assert run("template", "--out", "t-id.xlsx")[0] == 0

    assert "Dashboard" in python_calamine.CalamineWorkbook.from_path("t.xlsx").sheet_names
    assert "Dasbor" in python_calamine.CalamineWorkbook.from_path("t-id.xlsx").sheet_names


def test_the_demo_scores_both_texts_and_says_where_the_workbooks_lie(run: Run, tmp_path: Path) -> None:
    code, output, errors = run("demo", "--out", "shown")

    assert (code, errors) == (0, "")
    assert "88.57" in output
    assert "88.74" in output
    assert str(tmp_path / "shown") in output
    assert sorted(path.parent.name for path in (tmp_path / "shown").rglob("*.xlsx")) == ["en", "id"]


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    """A unit with three employees: fully judged, half judged, not judged at all."""
    source = data_set(tmp_path / "staff", ["BAP", "P1", "P2", "P3"])
    tables = {
        "units": [
            ["unit_code", "unit_name", "parent_code", "level"],
            ["BAP", "Bureau", "", "unit"],
            *([code, "Ibu Rahasia", "BAP", "employee"] for code in ("P1", "P2", "P3")),
        ],
        "behaviour": [
            ["unit_code", "year", "period", *Behaviour],
            ["P1", "2025", "1", *"4444444"],
            ["P2", "2025", "1", *"333", "", "", "", ""],
        ],
    }
    for name, rows in tables.items():
        with (source / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return source


def test_employees_have_a_table_of_their_own_without_their_names(run: Run, staff: Path) -> None:
    code, output, errors = run("score", staff)

    own = output.split("Employees\n")[1]
    shown = {line.split()[0]: " ".join(line.split()) for line in own.splitlines() if line.startswith(" P")}
    assert (code, errors) == (0, "")
    assert shown["P1"] == "P1 96.00 As expected 4.00 7 of 7 Above expectation Good"
    assert shown["P2"].startswith("P2 96.00 As expected 3.00 3 of 7 Behaviour not fully")
    assert shown["P3"] == "P3 96.00 As expected - 0 of 7 Not judged yet -"
    assert "Rahasia" not in output


def test_a_data_set_without_employees_says_nothing_of_them(run: Run) -> None:
    assert "Employees" not in run("score", sample.bureau("en"))[1]


def test_the_json_of_an_employee_has_one_key_more(run: Run, staff: Path) -> None:
    units = json.loads(run("score", staff, "--json")[1])["units"]

    assert [unit["unit_code"] for unit in units if "employee" in unit] == ["P1", "P2", "P3"]
    assert units[1]["employee"] == {
        "result": 96.0,
        "result_level": "as_expected",
        "behaviour": dict.fromkeys(Behaviour, 4.0),
        "behaviour_mean": 4.0,
        "behaviour_judged": 7,
        "behaviour_level": "above",
        "rating": "Baik",
    }


def test_a_value_of_behaviour_outside_its_scale_fails_with_table_row_column_and_value(run: Run, staff: Path) -> None:
    change(staff, "behaviour", 3, "loyal", "6")

    code, output, _ = run("score", staff, "--json")

    assert code == 1
    assert json.loads(output)["failures"] == [
        {"table": "behaviour", "row": 3, "cell": "behaviour!H3", "column": "loyal"}
        | {"rule": "behaviour_out_of_range", "value": "6"}
    ]
    assert "the behaviour value 6 is not between 1..5" in run("check", staff)[1]


def test_a_parent_shows_its_childrens_mean_beside_its_own_score(run: Run, tmp_path: Path) -> None:
    data_set = tmp_path / "tree"
    dataset.write(sample.generate(units=4, kpis=4, seed=2), data_set)
    tables, _ = dataset.read(data_set)
    assert tables is not None
    mean = score(tables).children_mean[0]
    code, table, _ = run("score", data_set)
    assert code == 0
    assert f"{mean:.2f}" in next(line for line in table.splitlines() if "U00001" in line)
