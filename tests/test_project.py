"""What must hold for the project as a whole: layers, sizes, labels, what is shipped, what is never committed."""

from __future__ import annotations

import re
import string
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bsc_xl import labels

MOST_LINES = 400

Convert = Callable[..., Path]


def tracked_files(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := root / name).is_file()]


def is_text(path: Path) -> bool:
    return path.suffix not in {".png", ".xlsx", ".xlsm", ".pdf", ".bin"}


def test_every_import_goes_downwards(project_root: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=project_root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_is_short_enough_to_read_at_once(project_root: Path) -> None:
    lengths = {
        str(path.relative_to(project_root)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("bsc_xl", "scripts")
        for path in (project_root / folder).rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_both_languages_have_the_same_labels() -> None:
    assert labels.load("id").keys() ^ labels.load("en").keys() == frozenset()


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_a_label_has_the_same_placeholders_in_both_languages() -> None:
    indonesian, english = labels.load("id"), labels.load("en")
    # some labels are number formats or hold braces of their own, and are never filled
    different = {
        key
        for key in indonesian.keys() & english.keys()
        if not key.startswith("format.") and placeholders(indonesian(key)) != placeholders(english(key))
    }
    assert different == set()


def test_every_label_says_something() -> None:
    assert {
        (language, key)
        for language in labels.LANGUAGES
        for key in sorted(labels.load(language).keys())
        if not labels.load(language)(key).strip()
    } == set()


def test_no_label_is_left_in_the_other_language() -> None:
    indonesian, english = labels.load("id"), labels.load("en")
    # whole sentences are never the same in both; single words and symbols may be
    same = {
        key for key in sorted(indonesian.keys()) if indonesian(key) == english(key) and indonesian(key).count(" ") > 3
    }
    assert same == set()


@pytest.fixture(scope="module")
def wheel(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    # the build backend itself, without pip: no network, and an environment made by an outside pip has none
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(command, cwd=project_root, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def test_the_wheel_holds_all_that_the_package_reads_at_run_time(project_root: Path, wheel: zipfile.ZipFile) -> None:
    needed = {
        path.relative_to(project_root).as_posix()
        for path in tracked_files(project_root)
        if path.is_relative_to(project_root / "bsc_xl")
    }
    assert {f"bsc_xl/labels/{name}" for name in ("id.toml", "en.toml", "help.id.txt", "help.en.txt")} <= needed
    assert needed - set(wheel.namelist()) == set()


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    others = [n for n in wheel.namelist() if not n.startswith("bsc_xl/") and ".dist-info/" not in n]
    caches = [n for n in wheel.namelist() if n.endswith(".pyc") or "__pycache__" in n]
    assert others + caches == []


def test_the_wheel_installs_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    names = {name.partition(".dist-info/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert "bsc-xl = bsc_xl.__main__:main" in wheel.read(names["entry_points.txt"]).decode()
    assert "licenses/LICENSE" in names


def test_every_dependency_has_a_lower_and_an_upper_bound(project_root: Path) -> None:
    project = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [d for d in project["dependencies"] if not re.search(r">=[\d.]+,<\d", d)] == []


LEAKS = {
    # host names are put together here so that this list is not its own finding
    "a registry": "|".join(
        re.escape(".".join(parts)) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"))
    ),
    "an index option": r"(?:extra-)?index-" + r"url|find-" + r"links",
    "a home directory": r"/home/\w+/|/Us" + r"ers/\w+/|C:\\Us" + r"ers\\",
    "a temporary or working directory": r"(?<![\w.~-])/(?:tmp|work|root)" + r"/\w",
}


@pytest.mark.parametrize("kind", LEAKS)
def test_no_tracked_file_names_a_machine_or_a_registry(kind: str, project_root: Path) -> None:
    found = [
        f"{path.relative_to(project_root)}: {match.group()}"
        for path in tracked_files(project_root)
        if is_text(path) and (match := re.search(LEAKS[kind], path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def wrongly_cached(folder: Path) -> Path:
    """A workbook in which 2 * 3 has the cached value 99."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["A1"], sheet["A2"] = 2, "=A1*3"
    plain, path = folder / "plain.xlsx", folder / "cached.xlsx"
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content, replaced = re.subn(rb"(<f>A1\*3</f>)<v ?/?>(</v>)?", rb"\1<v>99</v>", source.read(name))
            assert replaced == (name == "xl/worksheets/sheet1.xml")
            target.writestr(name, content)
    return path


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric"])
def test_the_engines_that_judge_our_formulas_calculate_and_do_not_trust_what_is_cached(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    convert: Convert = request.getfixturevalue(engine)

    recalculated = openpyxl.load_workbook(convert(wrongly_cached(tmp_path), "xlsx", tmp_path / engine), data_only=True)

    sheet: Any = recalculated.active
    assert sheet["A2"].value == 6


def test_the_validator_finds_what_is_wrong_in_a_package(
    tmp_path: Path, ooxml_findings: Callable[[Path], list[dict[str, Any]]]
) -> None:
    good, bad = wrongly_cached(tmp_path), tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<sheetData>", b"<sheetDatum/><sheetData>"))

    found = [finding for finding in ooxml_findings(bad) if finding["path"] == "/xl/worksheets/sheet1.xml"]

    assert len(found) == 1
    assert "sheetDatum" in found[0]["description"]
