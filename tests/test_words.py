"""No word that a person reads is only in code: all of them come from the labels, and no label is left unread."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bsc_xl import labels

ROOT = Path(__file__).resolve().parent.parent
PSEUDO = ROOT / "tests" / "support" / "pseudo.py"

NEUTRAL = re.compile(
    r"/\S*/\S*|balanced scorecard|bsc[-_]xl|N/A|\.xls[xm]|\b\w*_x000[ad]_|nan\b"
    r"|(?:GET|sqlite|file):?//\S*|\b[0-9a-f]{16,64}\b"  # addresses, checksums
    r"|language=\w+ periods=.*",  # the shape of a workbook, which it keeps for us
    re.IGNORECASE,
)
"""Names that are the same in every language."""

READ_ATTRIBUTES = {
    ("sheet", "name"), ("tableColumn", "name"), ("table", "comment"), ("numFmt", "formatCode"),
    ("dataValidation", "error"), ("dataValidation", "errorTitle"),
    ("dataValidation", "prompt"), ("dataValidation", "promptTitle"),
    ("cNvPr", "descr"), ("cNvPr", "title"), ("hyperlink", "tooltip"), ("hyperlink", "display"),
}  # fmt: skip
"""Element and attribute: what a person sees, or hears from a screen reader."""
FORMULAS = {"f", "formula", "formula1", "formula2", "definedName"}
NOT_READ = {"sqref", "from", "to", "col", "colOff", "row", "rowOff", "formatCode"}
PASSED_OVER = re.compile(r".*\.(?:bin|png|rels)|\[Content_Types\]\.xml|xl/theme/.*|docProps/app\.xml|customUI/.*")

CODES = re.compile(r"dd/mm/yyyy|hh:mm|d+/m+/y+|General|Red\b")
"""Of number formats."""
LITERAL = re.compile(r'"((?:[^"]|"")*)"')


def local(name: str) -> str:
    return name.rpartition("}")[2]


def texts(package: Path) -> Iterator[tuple[str, str]]:
    """Everything that a person may read in a workbook, with the part that holds it."""
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            if PASSED_OVER.fullmatch(name):
                continue
            for element in ElementTree.fromstring(archive.read(name)).iter():
                tag = local(element.tag)
                if element.get("name") == "bsc_text_language":  # tells our program in which language to answer
                    continue
                for attribute, value in element.attrib.items():
                    if (tag, local(attribute)) in READ_ATTRIBUTES:
                        yield name, CODES.sub("", value) if tag == "numFmt" else value
                if tag in FORMULAS:
                    yield from ((name, found[1]) for found in LITERAL.finditer(element.text or ""))
                elif element.text and tag not in NOT_READ:
                    footer = tag in ("oddHeader", "oddFooter")
                    yield name, re.sub(r'&"[^"]*"|&K[0-9A-F]{6}|&[A-Z]', "", element.text) if footer else element.text


def in_code_only(text: str) -> list[str]:
    """The words of a text that are in Latin letters, and so neither from a label nor from the data."""
    return re.findall(r"[A-Za-z]{2,}", NEUTRAL.sub(" ", text))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a person reads, in a language that nobody writes."""
    folder = tmp_path_factory.mktemp("pseudo")
    environment = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "PYTHONPATH": str(ROOT)}
    environment["PYTHONIOENCODING"] = "utf-8"
    done = subprocess.run(
        [sys.executable, str(PSEUDO), str(folder)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def found_in(packages: list[Path]) -> set[tuple[str, str]]:
    assert packages
    return {(part, text[:90]) for path in packages for part, text in texts(path) if in_code_only(text)}


def test_every_text_of_a_workbook_is_a_label_or_what_somebody_typed(written: Path) -> None:
    made = sorted((written / "books").glob("*.xlsm"))

    assert {re.sub(r"[0-9]+", "", part) + ": " + text for part, text in found_in([made[0], made[-1]])} == set()


def test_every_text_of_the_empty_workbook_is_a_label(written: Path) -> None:
    assert found_in([written / "empty.xlsm"]) == set()


def test_every_text_of_the_consolidated_workbook_is_a_label_or_what_somebody_typed(written: Path) -> None:
    assert found_in([written / "collected" / "consolidated.xlsx"]) == set()


SAID = re.compile(
    r"\b\w+=(?:'[^']*'|\S+)"
    r"|bsc-xl(?: \w+)?|--[a-z-]+|\b(?:id|en|xlsx|xlsm|csv|toml|json|zzz|no-such-command)\b|[\w./:-]*/[\w./-]+"
    r"|\b[\w-]+\.(?:csv|xlsx|xlsm|toml|db|gb)\b|\b[a-z]+_[a-z_]+\b",
    re.IGNORECASE,
)
"""What a message may name in any language: commands, options, files, columns of a data set, rules; and the list of
findings for programs, ``table='kpis'  row=2``."""


def test_every_message_of_a_command_is_a_label(written: Path) -> None:
    from bsc_xl.cli.commands import COMMANDS

    said = (written / "said.txt").read_text(encoding="utf-8")
    lines = [line for line in said.splitlines() if not line.startswith("$ ")]
    assert len(lines) > 250
    names = set(COMMANDS) | {"units", "kpis", "measurements", "settings", "links", "behaviour"}
    left = {word for line in lines for word in in_code_only(SAID.sub(" ", line))} - names
    assert left == set()


def test_the_ribbon_shows_nothing_but_labels() -> None:
    for language in labels.LANGUAGES:
        known = labels.load(language)
        ours = set(map(known, known.keys()))
        tab = ElementTree.parse(ROOT / "bsc_xl" / "excel" / "macros" / f"ribbon.{language}.xml")
        read = {
            value
            for element in tab.iter()
            for name, value in element.attrib.items()
            if name in ("label", "screentip", "supertip", "description")
        }
        assert len(read) > 20
        assert read - ours == set()


# --- the source -----------------------------------------------------------------------------------------------------


def sources() -> list[Path]:
    return sorted((ROOT / "bsc_xl").rglob("*.py"))


def ignored(tree: ast.AST) -> set[int]:
    """Literals that nobody reads but who writes code: docstrings, errors of Python, what a text is compared with."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Raise | ast.Assert | ast.Compare):
            found |= {id(each) for each in ast.walk(node)}
    return found


SENTENCE = re.compile(r"[A-Za-z]{2,}[,:]? [a-z]{2,}")
NO_SENTENCE = re.compile(
    r"<|=\"|dd/mm/yyyy|^ALTER TABLE | ADD COLUMN |;print\(|\\|Microsoft |Containers|Content\.|Scripts"
)
"""XML, number formats, SQL, a program for another Python, and folders of Office."""
ELSEWHERE = {"sample/generator.py", "policies/employees.py", "evidence/survey.py"}
"""Data, and errors of Python that are put together before they are raised."""


def test_no_sentence_stands_in_the_source() -> None:
    found = []
    for path in sources():
        if path.relative_to(ROOT / "bsc_xl").as_posix() in ELSEWHERE:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        skipped = ignored(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
                text = node.value
                if SENTENCE.search(text) and not NO_SENTENCE.search(text):
                    found.append(f"{path.name}:{node.lineno}: {text[:80]}")
    assert found == []


HOLE = "([^ ]+)"


def literals(tree: ast.AST) -> Iterator[str]:
    """Every text of a module as a pattern; what an f-string fills in may be anything."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
            yield "".join(HOLE if part is None else re.escape(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield re.escape(node.value)


def words_of_policies() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "bsc_xl" / "policies").glob("*.toml")]
    return set(re.findall(r"\w+", " ".join(texts)))


def parameters(code: list[Path]) -> set[str]:
    """The names of arguments, of which some are those of commands."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in code]
    return {node.arg for tree in trees for node in ast.walk(tree) if isinstance(node, ast.arg)}


def test_every_label_is_used() -> None:
    code = [*sources(), *(ROOT / "scripts").glob("*.py")]
    tab = (ROOT / "workbook" / "src" / "ribbon.xml").read_text(encoding="utf-8")
    patterns = {each for path in code for each in literals(ast.parse(path.read_text(encoding="utf-8")))}
    composed = [re.compile(each) for each in patterns if HOLE in each and re.search("[a-z]{2}", each.replace(HOLE, ""))]
    # one that has no more than an ending of its own would fit labels of any section
    whole = [each for each in composed if not each.pattern.startswith(HOLE) or r"\." in each.pattern]
    exact = {re.sub(r"\\(.)", r"\1", each) for each in patterns if HOLE not in each}
    words = (
        exact
        | parameters(code)
        | words_of_policies()
        | set(re.findall(r'\bid="(\w+)"', tab))
        | set(map(str, range(1, 13)))
    )

    def known(word: str) -> bool:
        return word in words or all(piece in words for piece in word.split(".")) or fits(word, composed)

    def fits(text: str, among: list[re.Pattern[str]]) -> bool:
        return any(all(map(known, found.groups())) for each in among if (found := each.fullmatch(text)))

    assert {key for key in labels.load("id").keys() - exact if not fits(key, whole)} == set()
