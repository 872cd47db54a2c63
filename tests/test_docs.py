"""The documentation cannot drift: what the README shows is what runs, what it lists is what there is.

Every command of the README runs here. The two that set a new clone up are `python scripts/demo.py`, run below in a copy
of the tracked files with an empty home, and `python scripts/test.py`, which runs this test: it is compared with what CI
runs.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

import pytest

from bsc_xl.model import DisciplineMeasure, EmployeeRating, Missing, ZeroTarget
from bsc_xl.tables.columns import COLUMNS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

SET_UP = {"python scripts/demo.py", "python scripts/test.py"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("console") for line in block.splitlines()]


def test_the_readme_shows_the_set_up_commands_and_otherwise_only_ours() -> None:
    assert {command for command in COMMANDS if not command.startswith("bsc-xl ")} == SET_UP


def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "bsc_xl").symlink_to(ROOT / "bsc_xl")  # the commands name the sample as seen from the root

    for command in (command for command in COMMANDS if command.startswith("bsc-xl ")):
        done = subprocess.run(
            [sys.executable, "-m", "bsc_xl", *shlex.split(command)[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout, command


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")

    exec(compile(code, "README.md", "exec"), {})

    assert "88.74" in capsys.readouterr().out


_STARRED = ("units", "kpis", "measurements", "behaviour", "action_plan")


def test_the_tables_of_the_readme_are_those_that_are_read() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", README, flags=re.MULTILINE))
    assert list(rows) == list(COLUMNS)
    for table, columns in COLUMNS.items():
        for column in columns:
            # a column that is required bears a star where the table lists columns; settings and links name their two
            star = r"\*" if column.required and table in _STARRED else r"(?!\*)"
            assert re.search(rf"`{column.name}`{star}", rows[table]), f"{table}.{column.name}"


@pytest.mark.parametrize(
    ("setting", "choices"),
    [
        ("zero_target", ZeroTarget),
        ("missing", Missing),
        ("employee_rating", EmployeeRating),
        ("discipline", DisciplineMeasure),
    ],
)
def test_the_readme_says_what_each_choice_of_a_setting_means(setting: str, choices: type[StrEnum]) -> None:
    explained = re.findall(rf"^\| `{setting}` = `(\w+)`[^|]*\| [^|]+ \|$", README, flags=re.MULTILINE)
    assert explained == list(map(str, choices))
    assert f"`{setting}` ({', '.join(f'`{choice}`' for choice in choices)})" in README


def test_the_pictures_of_the_readme_exist() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_ci_runs_the_test_command_of_the_readme_and_no_other() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert [line for line in script.splitlines() if line.startswith("python ")] == ['python scripts/test.py "$@"']


@pytest.fixture(scope="module")
def new_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that are tracked or about to be, as a new clone has them."""
    clone = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    return clone


def run_demo(clone: Path, home: Path, *arguments: str) -> str:
    python = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin") or sys.executable
    done = subprocess.run(
        [python, "scripts/demo.py", *arguments],
        cwd=clone,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_demo_runs_in_a_new_clone_with_an_empty_home(new_clone: Path, tmp_path: Path) -> None:
    first = run_demo(new_clone, tmp_path)
    again = run_demo(new_clone, tmp_path, "--out", "elsewhere")

    for output, folder in ((first, new_clone / "bsc-demo"), (again, new_clone / "elsewhere")):
        assert "88.57" in output
        assert "88.74" in output
        assert str(folder) in output
        assert {path.parent.name for path in folder.rglob("*.xlsx")} == {"id", "en"}
    assert "Setting up" in first
    assert "Setting up" not in again  # nothing is installed twice
