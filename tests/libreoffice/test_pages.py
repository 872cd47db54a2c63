"""Printed pages show every figure: no hashes where a column is too narrow for its number, no error value anywhere."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import workbooks
from office import Offices

from bsc_xl import sample
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import NA_TEXT, PERIODS_PER_YEAR

Raw = dict[str, pd.DataFrame]
BAD = re.compile(r"###|#VALUE!|#REF!|#NAME\?|#DIV/0!|#NUM!|#NULL!|#N/A|(?:Err|Galat):\s*\d+")
RUPIAH = 1_234_567_890_123.45
LONG = "Persentase penyelesaian dokumen administrasi pimpinan yang tepat waktu dan sesuai SOP di seluruh unit kerja "


def with_figures(raw: Raw, target: float | str | None, actual: float | str | None) -> Raw:
    """The tables with the same figures everywhere."""
    return raw | {"measurements": raw["measurements"].assign(target=target, actual=actual)}


def as_it_comes(raw: Raw) -> Raw:
    return raw


def blank(raw: Raw) -> Raw:
    return with_figures(raw, None, None)


def not_applicable(raw: Raw) -> Raw:
    return with_figures(raw, NA_TEXT, NA_TEXT)


def red(raw: Raw) -> Raw:
    kpis = raw["kpis"].assign(polarity="maximize", ceiling=None)
    return with_figures(raw | {"kpis": kpis}, 100, 12.34)


def long_names(raw: Raw) -> Raw:
    name = (LONG * 2)[:200]
    names = [f"{number} {name}"[:200] for number in range(1, len(raw["kpis"]) + 1)]
    kpis = raw["kpis"].assign(kpi_name=names, objective=name, owner=name, source=name, unit_of_measure=name)
    return raw | {"kpis": kpis, "units": raw["units"].assign(unit_name=name, head=name)}


def large(raw: Raw) -> Raw:
    """Budgets in rupiah, and losses as large."""
    kpis = raw["kpis"].assign(polarity="maximize", ceiling=None, worst=None)
    raw = with_figures(raw | {"kpis": kpis}, RUPIAH, RUPIAH * 1.1)
    losing = raw["measurements"]["kpi_code"].isin(kpis["kpi_code"][::2])
    raw["measurements"].loc[losing, ["target", "actual"]] = [-RUPIAH, -RUPIAH * 1.2]
    return raw


def mistaken_unit(raw: Raw) -> Raw:
    """A target in per cent and an actual in rupiah."""
    kpis = raw["kpis"].assign(polarity="maximize", ceiling=None, worst=None)
    return with_figures(raw | {"kpis": kpis}, 98.5, RUPIAH)


UNITS: dict[str, tuple[int, Callable[[Raw], Raw]]] = {
    "forty KPIs": (40, as_it_comes),
    "everything blank": (9, blank),
    "everything N/A": (9, not_applicable),
    "everything red": (9, red),
    "long names": (9, long_names),
    "large numbers": (9, large),
    "a mistaken unit of measure": (9, mistaken_unit),
}


@pytest.fixture(scope="session")
def sit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """A person at a LibreOffice of each language."""
    with Offices(tmp_path_factory.mktemp) as offices:
        yield offices


def pages(offices: Offices, path: Path, language: str) -> list[str]:
    """The text of each page that the workbook prints."""
    office = offices(language)
    office.open(path)
    return text_of(office.save(path.with_suffix(".pdf")))


def text_of(printed: Path) -> list[str]:
    """The text of each page of a PDF."""
    command = ["pdftotext", "-layout", str(printed), "-"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    return done.stdout.split("\f")[:-1]


def bad_lines(printed: list[str]) -> list[str]:
    """Every line of a page that holds hashes or an error value."""
    return [
        f"page {number}: {line.strip()}"
        for number, page in enumerate(printed, start=1)
        for line in page.splitlines()
        if BAD.search(line)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", UNITS)
def test_every_page_of_a_unit_shows_its_figures(
    sit: Offices, tmp_path: Path, name: str, language: str, periods: int
) -> None:
    kpis, change = UNITS[name]
    raw = change(sample.generate(1, kpis, seed=periods, periods=periods, language=language))
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    printed = pages(sit, made.path, language)
    assert len(printed) >= 10
    assert bad_lines(printed) == []


@pytest.mark.slow
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_empty_template_is_free_of_errors(
    sit: Offices, tmp_path: Path, language: str, periods: int
) -> None:
    path, _, _ = workbooks.make_empty(tmp_path / "empty.xlsx", language, periods)
    assert bad_lines(pages(sit, path, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_budgets_in_rupiah_typed_into_the_empty_template_show(sit: Offices, tmp_path: Path, language: str) -> None:
    path, shape, _ = workbooks.make_empty(tmp_path / "empty.xlsx", language)
    text, row = shape.labels, shape.rows("financial")[0]
    entries = {
        "kpi_code": "K1",
        "kpi_name": "Realisasi belanja",
        "polarity": text("polarity.maximize"),
        "consolidation": text("consolidation.sum"),
        "weight": "100",
    }
    office = sit(language)
    office.open(path)
    office.type(shape, [(shape.cell("financial", row, key), entry) for key, entry in entries.items()])
    figures = [(key, period) for key in ("target", "actual") for period in range(1, 5)]
    office.type(shape, [(shape.cell("financial", row, *at), office.typed(-RUPIAH)) for at in figures])
    printed = text_of(office.save(tmp_path / "typed.pdf"))
    assert bad_lines(printed) == []
    assert text.number(-RUPIAH * 4) in printed[1]


@pytest.mark.parametrize(("language", "score"), [("id", "88,57"), ("en", "88.74")])
def test_the_sample_prints_its_score(sit: Offices, tmp_path: Path, language: str, score: str) -> None:
    made = workbooks.make(workbooks.bureau(language).card, tmp_path / "bureau.xlsx")
    printed = pages(sit, made.path, language)
    assert bad_lines(printed) == []
    assert score in printed[0]


PLANNED = {"cause": 300, "action": 150, "owner": 60, "progress": 90}
"""So many characters of each does somebody write about every second KPI."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_trend_shows_large_amounts_whole_and_smaller_ones_with_their_cents(
    sit: Offices, tmp_path: Path, language: str
) -> None:
    raw = sample.generate(units=1, kpis=4, seed=1, periods=4, period=2, language=language)
    figures = raw["measurements"]
    early = figures["period"].astype(int) <= 2
    small = figures["kpi_code"] == raw["kpis"]["kpi_code"].iloc[0]
    target = small.map({True: "2500.25", False: "2500000000"})
    actual = small.map({True: "1234.56", False: "1234567890.12"}).where(early, None)
    raw["measurements"] = figures.assign(target=target, actual=actual, evidence="Laporan")
    raw["kpis"]["polarity"], raw["kpis"]["consolidation"] = "maximize", "sum"
    made = workbooks.make(workbooks.scored(raw, tmp_path / "data"), tmp_path / "unit.xlsx")
    mark, comma = (".", ",") if language == "id" else (",", ".")
    whole = "4,938,271,560".replace(",", mark)
    (shown,) = [page for page in pages(sit, made.path, language) if made.layout.title("trend") in page.split("\n")[0]]
    assert shown.count(f" {whole} ") == 3
    assert f" 4{mark}938{comma}24 " in shown


def words_of(row: int, key: str, length: int) -> str:
    """Words of different length that tell where they belong."""
    words = (f"{key[0]}{row}" + "mendokumentasikan"[: 3 + (7 * i) % 14] for i in range(length))
    return " ".join(words)[:length].rsplit(" ", 1)[0]


WORD = re.compile(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([caop]([0-9])m[a-z]+)<')


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_plan_stands_in_its_row_and_no_page_holds_spare_rows_alone(
    sit: Offices, tmp_path: Path, language: str
) -> None:
    """The workbook itself, as a program opens it: no row is lower than what is written in it."""
    raw = sample.generate(1, 9, seed=3, language=language)
    unit, codes = raw["units"]["unit_code"].iloc[0], raw["kpis"]["kpi_code"].tolist()
    planned = [
        {"unit_code": unit, "kpi_code": codes[row], "year": 2025, "period": 4}
        | {key: words_of(row, key, length) for key, length in PLANNED.items()}
        for row in (1, 3, 4, 7)
    ]
    card = workbooks.scored(raw | {"action_plan": pd.DataFrame(planned)}, tmp_path / "data")
    made = workbooks.make(card, tmp_path / "unit.xlsx")
    printed = pages(sit, made.path, language)
    first, last = (
        next(i for i, page in enumerate(printed) if page.strip().startswith(made.layout.title(key)))
        for key in ("action_plan", "employees")
    )
    assert all(any(code in page for code in codes) for page in printed[first:last])
    seen = []
    for number in range(first, last):
        words = WORD.findall(words_on(made.path.with_suffix(".pdf"), number + 1))
        seen += [word for *_, word, _ in words]
        tops, bottoms = (
            {row: [float(each[at]) for each in words if each[3] == row] for *_, row in words} for at in (0, 1)
        )
        for row, own in bottoms.items():
            assert all(max(own) < min(top) + 1 for below, top in tops.items() if below > row), (number, row)
    assert sorted(seen) == sorted(word for each in planned for key in PLANNED for word in each[key].split())


def words_on(printed: Path, page: int) -> str:
    """The words of a page of a PDF, and where they stand."""
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(printed), "-"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True).stdout
