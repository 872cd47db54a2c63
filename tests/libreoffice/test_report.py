"""`bsc-xl report`: what lies in the folder afterwards is what a head of unit signs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import workbooks
from printers import stand_in
from pypdf import PdfReader, PdfWriter
from test_pages import bad_lines, text_of

from bsc_xl import office, sample
from bsc_xl.errors import OfficeError
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import FIRST_ROW
from bsc_xl.excel.port import Changes
from bsc_xl.files import Saved
from bsc_xl.model import Perspective
from bsc_xl.office import Office
from bsc_xl.ooxml import package
from bsc_xl.workflows import reporting

Run = Callable[..., tuple[int, str, str]]
PAGE = re.compile(r"(?:Halaman|Page) (\d+) (?:dari|of) (\d+)")


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks of a few units, a later one in English."""
    folder = tmp_path_factory.mktemp("units")
    card = workbooks.scored(sample.generate(3, 9, seed=3, language="id"), folder / "data")
    for unit, name in enumerate(("U00002", "U00010", "U00009")):
        (folder / "in" / name).mkdir(parents=True)
        workbooks.make(card, folder / "in" / name / "scorecard.xlsx", unit, language="en" if unit == 2 else "id")
    return folder / "in"


def names(pdf: Path) -> list[str]:
    return [each["/Title"] for each in PdfReader(pdf).outline if not isinstance(each, list)]


def test_a_batch_makes_a_pdf_of_each_workbook_and_one_of_all(bsc: Run, units: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in units.rglob("*.xlsx")}
    out = tmp_path / "out"
    code, said, complaints = bsc("report", units, "--out", out)
    assert (code, complaints) == (0, "")
    assert "PDF files: 3, failed: 0." in said
    assert sorted(path.name for path in out.iterdir()) == [
        "bound.pdf",
        "scorecard-2.pdf",
        "scorecard-3.pdf",
        "scorecard.pdf",
    ]
    assert {path: path.read_bytes() for path in units.rglob("*.xlsx")} == before
    own = {path.name: text_of(path) for path in out.glob("scorecard*.pdf")}
    whole = text_of(out / "bound.pdf")
    assert sorted(page for pages in own.values() for page in pages) == sorted(whole)
    assert bad_lines(whole) == []
    for pages in own.values():  # each has page numbers of its own, also in the bound file
        assert [PAGE.findall(page) for page in pages] == [[(str(n), str(len(pages)))] for n in range(1, len(pages) + 1)]


def test_the_bound_file_has_the_units_in_their_order_with_their_sheets(bsc: Run, units: Path, tmp_path: Path) -> None:
    assert bsc("report", units, "--out", tmp_path, "--bound", tmp_path / "all.pdf")[0] == 0
    reader = PdfReader(tmp_path / "all.pdf")
    chapters = [each for each in reader.outline if not isinstance(each, list)]
    sheets = [[own["/Title"] for own in each] for each in reader.outline if isinstance(each, list)]
    assert [each["/Title"].split()[0] for each in chapters] == sorted(
        (each["/Title"].split()[0] for each in chapters), key=lambda code: int(re.sub(r"\D", "", code))
    )
    assert sheets[0][0] == "Dasbor"
    assert all(len(own) >= 7 for own in sheets)
    pages = [reader.get_destination_page_number(each) for each in chapters]
    assert pages[0] == 0
    texts = text_of(tmp_path / "all.pdf")
    for chapter, page in zip(chapters, pages, strict=True):
        assert chapter["/Title"].partition(" ")[2] in texts[page]


def test_the_name_of_the_unit_and_the_period_stand_on_every_page(bsc: Run, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    assert bsc("report", made.path, "--out", tmp_path)[0] == 0
    pages = text_of(tmp_path / "bureau.pdf")
    assert [
        page for page in pages if "Biro Administrasi Pimpinan · Balanced Scorecard 2025 · s.d. TW IV" not in page
    ] == []
    assert not (tmp_path / "bound.pdf").exists()
    (unit,) = made.card.tables.units.to_dict("records")
    signature = [unit["head"], unit["head_rank"], unit["head_number"]]
    assert [text for text in signature if not text or text not in pages[0]] == []


@pytest.mark.parametrize(("language", "score"), [("id", "88,57"), ("en", "88.74")])
def test_numbers_look_as_in_the_language_of_the_workbook(bsc: Run, tmp_path: Path, language: str, score: str) -> None:
    made = workbooks.make(workbooks.bureau(language).card, tmp_path / "bureau.xlsx")
    assert bsc("report", made.path, "--out", tmp_path)[0] == 0
    assert score in text_of(tmp_path / "bureau.pdf")[0]


def test_the_sheets_are_those_that_are_asked_for(bsc: Run, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("en").card, tmp_path / "bureau.xlsx")
    assert bsc("report", made.path, "--out", tmp_path)[0] == 0
    usual = names(tmp_path / "bureau.pdf")
    assert usual[:5] == [made.layout.title(key) for key in ("dashboard", *Perspective)]
    assert not {made.layout.title(key) for key in ("history", "checks", "settings", "guide", "trace")} & set(usual)
    assert bsc("report", made.path, "--out", tmp_path, "--sheets", "action_plan,dashboard")[0] == 0
    assert names(tmp_path / "bureau.pdf") == [made.layout.title(key) for key in ("dashboard", "action_plan")]
    assert bsc("report", made.path, "--out", tmp_path, "--sheets", "all")[0] == 0
    assert names(tmp_path / "bureau.pdf")[-2:] == [made.layout.title(key) for key in ("settings", "guide")]
    code, _, complaints = bsc("report", made.path, "--out", tmp_path, "--sheets", "dashbord")
    assert code == 2
    assert '"dashbord" does not exist. Choose from: all, dashboard, financial' in complaints


def test_printing_the_same_again_changes_nothing_and_something_else_keeps_a_backup(bsc: Run, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    printed = tmp_path / "bureau.pdf"
    assert "Written" in bsc("report", made.path, "--out", tmp_path)[1]
    first = printed.read_bytes()
    time.sleep(1.1)  # a PDF file tells the second in which it was made
    assert "Unchanged" in bsc("report", made.path, "--out", tmp_path)[1]
    assert printed.read_bytes() == first
    assert str(tmp_path / "bureau.bak.pdf") in bsc("report", made.path, "--out", tmp_path, "--sheets", "guide")[1]
    assert (tmp_path / "bureau.bak.pdf").read_bytes() == first


def test_what_cannot_be_printed_is_named_and_costs_no_other(bsc: Run, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    (tmp_path / "torn.xlsx").write_bytes(made.path.read_bytes()[:30_000])
    (tmp_path / "list.xlsx").write_bytes(package.write({"a.txt": b""}))
    code, said, complaints = bsc("report", tmp_path, "--out", tmp_path / "out")
    assert code == 1
    assert "PDF files: 1, failed: 2." in said
    assert "torn.xlsx" in complaints
    assert "list.xlsx" in complaints
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["bureau.pdf"]


def test_an_argument_that_names_nothing_costs_no_other(bsc: Run, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    code, said, complaints = bsc("report", tmp_path / "gone.xlsx", made.path, "--out", tmp_path / "out")
    assert code == 1
    assert "PDF files: 1, failed: 1." in said
    assert "gone.xlsx" in complaints
    (tmp_path / "empty").mkdir()
    code, said, _ = bsc("report", tmp_path / "empty", "--out", tmp_path / "none")
    assert (code, said.strip()) == (1, "No workbook was found. Nothing has been printed.")
    assert not (tmp_path / "none").exists()


def test_the_bound_file_takes_no_other_place(bsc: Run, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    for taken in (made.path, tmp_path / "out" / ".." / "out" / "Bureau.pdf"):
        code, _, complaints = bsc("report", made.path, "--out", tmp_path / "out", "--bound", taken)
        assert code != 0
        assert "Choose another name with --bound" in complaints
    assert not (tmp_path / "out").exists()


def test_units_are_bound_prefix_by_prefix_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(blank_page())
    saved = Saved(tmp_path / "a.pdf", changed=True)
    codes = ["SEK-10", "DIN-2", "SEK-2", "din-1", "DIN-1-A", "9", "10", ""]
    reported = [reporting.Reported(Path(f"{code}.xlsx"), saved, unit_code=code, unit_name="x") for code in codes]
    reporting.bind(reported, tmp_path / "all.pdf")
    order = [title.split()[0] for title in names(tmp_path / "all.pdf")]
    assert order == ["x", "9", "10", "din-1", "DIN-1-A", "DIN-2", "SEK-2", "SEK-10"]


def blank_page() -> bytes:
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(10, 10)
    writer.write(content)
    return content.getvalue()


def test_figures_that_are_not_those_of_the_inputs_are_told(bsc: Run, tmp_path: Path) -> None:
    made = workbooks.make(workbooks.bureau("id").card, tmp_path / "bureau.xlsx")
    book = open_book(made.path)
    book.apply(Changes(values={made.layout.cell("financial", FIRST_ROW, "actual", 4): 50.0}))
    book.save()
    (tmp_path / "bureau.bak.xlsx").unlink()
    code, _, complaints = bsc("report", made.path, "--out", tmp_path)
    assert code == 0
    assert f"{made.path} shows figures that are not those of its inputs" in complaints
    assert "88,57" in text_of(tmp_path / "bureau.pdf")[0]
    bare = workbooks.without_results(made.path, tmp_path / "bare.xlsx")
    assert f"{bare} shows figures" in bsc("report", bare, "--out", tmp_path)[2]
    bsc("recalc", made.path)
    assert bsc("report", made.path, "--out", tmp_path)[2] == ""


def kpis_in(pages: list[str]) -> list[str]:
    """The codes with which lines begin."""
    return [found for page in pages for found in re.findall(r"^ *(K\d+) ", page, flags=re.MULTILINE)]


def test_what_is_printed_is_what_the_whole_workbook_prints_of_it(tmp_path: Path) -> None:
    card = workbooks.scored(sample.generate(1, 100, seed=7, language="en"), tmp_path / "data")
    made = workbooks.make(card, tmp_path / "unit.xlsx")
    whole = Office(office.find(), tmp_path / "profile", "en").start([made.path], tmp_path)
    while not whole.ended:
        whole.news()
        time.sleep(0.05)
    pages = text_of(tmp_path / "unit.pdf")
    (own,) = reporting.report([made.path], tmp_path / "out")
    assert own.saved is not None
    assert kpis_in(text_of(own.saved.path)) == kpis_in(pages)
    # with fewer empty rows below them, LibreOffice prints the lists a little larger, with other rows on a page
    (own,) = reporting.report([made.path], tmp_path / "out", sheets=["dashboard", *Perspective, "strategy_map"])
    assert own.saved is not None
    whole_pages = {" ".join(PAGE.sub("", page).split()) for page in pages}
    own_pages = [" ".join(PAGE.sub("", page).split()) for page in text_of(own.saved.path)]
    assert len(own_pages) > len(Perspective) + 2  # some sheets have several pages, each with the headings
    assert [page for page in own_pages if page not in whole_pages] == []


def copies(folder: Path, count: int) -> list[Path]:
    made = workbooks.make(workbooks.bureau("id").card, folder / "0.xlsx")
    paths = [folder / f"{number}.xlsx" for number in range(count)]
    for path in paths[1:]:
        path.write_bytes(made.path.read_bytes())
    return paths


def test_workbooks_that_libreoffice_passes_over_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find", lambda: stand_in(tmp_path))  # passes workbooks over
    paths = copies(tmp_path, 2)
    found = list(reporting.report(paths, tmp_path / "out"))
    reasons = [(each.workbook, each.error.params["reason"]) for each in found if each.error]
    assert reasons == [(path, "office.not_printed") for path in paths]


def test_a_libreoffice_that_always_dies_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(office, "find", lambda: program)
    with pytest.raises(OfficeError, match=r"office\.dies"):
        list(reporting.report(copies(tmp_path, 5), tmp_path / "out"))


@pytest.mark.parametrize("times", [1, 2])
def test_an_interruption_leaves_nothing_behind(units: Path, tmp_path: Path, times: int) -> None:
    (tmp_path / "temporary").mkdir()
    out = tmp_path / "out"
    command = [sys.executable, "-m", "bsc_xl", "report", str(units), "--out", str(out)]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "LC_ALL": "en_GB.UTF-8"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        while not list((tmp_path / "temporary").glob("bsc-*/*/*/user")):
            assert run.poll() is None
            time.sleep(0.05)
        for _ in range(times):
            run.send_signal(signal.SIGINT)
        _, complaints = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Interrupted." in complaints
    assert list((tmp_path / "temporary").glob("bsc-*")) == []
    assert [path.name for path in out.glob("*") if path.suffix != ".pdf"] == []
    assert _mentions(str(tmp_path / "temporary")) == []


def _mentions(text: str) -> list[str]:
    """The commands that still run and name that text."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in found if text in line]
