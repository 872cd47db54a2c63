"""Numbers within sentences: every program writes them as Python does, in the language of the workbook."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import workbooks
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Alignment
from pypdf import PdfReader

from bsc_xl.excel import layout
from bsc_xl.excel.formulas.words import BEYOND_A_STEP, amount_text, bounded, number_text, with_unit
from bsc_xl.excel.results import values
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import Polarity

Convert = Callable[..., Path]

SCORED = [polarity for polarity in Polarity if polarity is not Polarity.UNSCORED]
TIES = [0.005, 1.005, 2.675, 1.115, 0.285, 8.345, 96.125, 0.015, 99.995, 80558.665, 9164.255, 88240.385, 999999.995]
SMALL = [0.1, 0.1 - 1e-16, 0.05, 0.01, 0.004, 0.00056, 0.0001, 0.00001234, 1.5e-6, 1e-6, 9e-7, 1e-9, 3.3333, 0.5553]
NEAR_TIES = [98.63499999999999, 8480.064999999999, 527.8149999999999, 100.00499999999998]
USUAL = [
    0.0,
    999.99,
    999.995,
    1000.0,
    999999.0,
    999999.99,
    1e9,
    123456789012.0,
    98765432109876.0,
    0.001,
    0.1 + 0.2,
    1 / 3,
    40.0,
    55.0,
    60.0,
    99.99,
    100.0,
    1e6,
    1234567.89,
    3e9,
    1234567890.12,
    1e-300,
]


def numbers() -> list[float]:
    """Numbers of every size that a target has, ties above all, of both signs."""
    draw = random.Random(7)
    drawn = [draw.randrange(10**8) / 1000 for _ in range(300)]
    drawn += [draw.randrange(10**6) / 100 + 0.005 for _ in range(300)]
    drawn += [(draw.randrange(10**5) / 100 + draw.randrange(10**4) / 10) / draw.randrange(1, 12) for _ in range(300)]
    drawn += [math.exp(draw.uniform(-7, 18)) for _ in range(300)]
    drawn += [math.exp(draw.uniform(-16, -2)) for _ in range(100)]
    found = [*TIES, *NEAR_TIES, *USUAL, *SMALL, *drawn]
    return [*found, *(-number for number in found)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", ["libreoffice", "gnumeric"])
def test_every_program_writes_a_number_as_python_does(
    request: pytest.FixtureRequest, tmp_path: Path, program: str, language: str
) -> None:
    shape, book, listed = layout.empty(language, 4), Workbook(), numbers()
    sheet = book.worksheets[0]
    for row, number in enumerate(listed, start=1):
        sheet.cell(row, 1, number)
        sheet.cell(row, 2, "=" + number_text(shape, f"A{row}"))
        for code, _ in enumerate(SCORED, start=1):
            sheet.cell(row, 2 + code, "=" + bounded(f"A{row}", str(code)))
            sheet.cell(row, 2 + len(SCORED) + code, "=" + amount_text(shape, sheet.cell(row, 2 + code).coordinate))
    book.save(tmp_path / "numbers.xlsx")
    convert: Convert = request.getfixturevalue(program)
    found = workbooks.Cells(convert(tmp_path / "numbers.xlsx", "xlsx", tmp_path / "calculated"))
    title = sheet.title
    wrong = []
    for row, number in enumerate(listed, start=1):
        enough = [values.bounded(number, polarity) for polarity in SCORED]
        expected = [values.number_text(shape, number), *(values.amount_text(shape, each) for each in enough)]
        shown = [found.at(title, f"{letter}{row}") for letter in "BGHIJ"]
        wrong += [(number, expected, shown)] if shown != expected else []
        rounded = [found.at(title, f"{letter}{row}") for letter in "CDEF"]
        wrong += [(number, enough, rounded)] if rounded != pytest.approx(enough, rel=1e-12, abs=1e-12) else []
    assert wrong == []


UNITS = {
    "": "12",
    "%": "12~%",
    "dokumen": "12~dokumen",
    " orang  per hari ": "12~orang per hari",
    "Rp": "Rp~12",
    "rp.": "rp.~12",
    "Rp juta": "Rp~12~juta",
    "Rp juta per bulan": "Rp~12~juta per bulan",
    " USD  per kg": "USD~12~per kg",
    "€": "€~12",
    "juta Rp": "12~juta Rp",
    "Rpm": "12~Rpm",
    "rupiah": "12~rupiah",
    "|": "12~|",
    "*": "12~*",
}
"""Units of measure, and how twelve of them are written; no line breaks at "~"."""


@pytest.mark.parametrize("program", ["libreoffice", "gnumeric"])
def test_a_currency_goes_before_the_figure_and_any_other_unit_behind(
    request: pytest.FixtureRequest, tmp_path: Path, program: str
) -> None:
    shape, book = layout.empty("id", 4), Workbook()
    sheet = book.worksheets[0]
    for row, unit in enumerate(UNITS, start=1):
        sheet.cell(row, 1, unit)
        sheet.cell(row, 2, "=" + with_unit(shape, '"12"', f"A{row}"))
    book.save(tmp_path / "units.xlsx")
    convert: Convert = request.getfixturevalue(program)
    found = workbooks.Cells(convert(tmp_path / "units.xlsx", "xlsx", tmp_path / "calculated"))
    expected = [written.replace("~", "\u00a0") for written in UNITS.values()]
    assert [values.with_unit(shape, "12", unit) for unit in UNITS] == expected
    assert [found.at(sheet.title, f"B{row}") for row, _ in enumerate(UNITS, start=1)] == expected


@pytest.mark.parametrize(("amount", "unit"), [(-134_278_311_137.0, "Rp"), (-1250.5, "€"), (-12.5, "%"), (7.0, "unit")])
def test_no_line_breaks_between_sign_currency_figure_and_unit(
    libreoffice: Convert, tmp_path: Path, amount: float, unit: str
) -> None:
    shape, book = layout.empty("id", 4), Workbook()
    figure = values.with_unit(shape, values.amount_text(shape, amount), unit)
    sheet = book.worksheets[0]
    sheet.column_dimensions["A"].width = 30
    for row in range(1, 31):
        sheet.cell(row, 1, f"{'x' * row} {figure}.").alignment = Alignment(wrap_text=True)
    book.save(tmp_path / "lines.xlsx")
    printed = libreoffice(tmp_path / "lines.xlsx", "pdf", tmp_path / "printed")
    told = [line for page in PdfReader(printed).pages for line in page.extract_text().splitlines()]
    lines, whole = [" ".join(line.split()) for line in told], " ".join(figure.split())
    assert sum(line.count(whole) for line in lines) == 30
    assert any(line.startswith(whole) for line in lines)  # the line did break before it


def test_a_number_of_points_has_the_mark_of_the_language_and_its_ties_go_away_from_zero() -> None:
    indonesian, english = (layout.empty(language, 4) for language in ("id", "en"))
    assert values.number_text(indonesian, 60.125) == "60,13"
    assert values.number_text(english, -60.0) == "-60.00"
    assert values.number_text(english, 2.675) == "2.68"
    assert values.number_text(english, -1.005) == "-1.01"
    assert values.number_text(english, -0.001) == "0.00"


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"),
    [
        (0.0, "0", "0"),
        (999.5, "999,50", "999.50"),
        (1000.0, "1.000", "1,000"),
        (-1250.5, "\u22121.250,50", "\u22121,250.50"),
        (1250000.0, "1.250.000", "1,250,000"),
        (-123456.0, "\u2212123.456", "\u2212123,456"),
        (2.5e12, "2.500.000.000.000", "2,500,000,000,000"),
        (0.0123, "0,012", "0.012"),
    ],
)
def test_the_thousands_of_an_amount_are_set_apart_in_the_language_of_the_workbook(
    amount: float, indonesian: str, english: str
) -> None:
    assert values.amount_text(layout.empty("id", 4), amount) == indonesian
    assert values.amount_text(layout.empty("en", 4), amount) == english


@given(st.floats(-1e9, 1e9))
def test_a_number_and_its_opposite_differ_in_the_sign_and_from_the_number_by_half_a_step(number: float) -> None:
    shape = layout.empty("en", 4)
    text, opposite = (values.number_text(shape, value) for value in (number, -number))
    assert text.lstrip("-") == opposite.lstrip("-")
    assert abs(float(text) - number) <= 0.005 * (1 + 2e-4)
    assert len(text.partition(".")[2]) == 2


@pytest.mark.parametrize(
    ("number", "at_least", "at_most", "exactly"),
    [
        (10 / 3, "3.34", "3.33", "3.33"),  # three times 3.33 is 9.99, and 10 are needed
        (0.5553, "0.56", "0.55", "0.56"),
        (9.5, "9.50", "9.50", "9.50"),
        (85.0, "85", "85", "85"),
        (84.996, "85", "84.99", "85"),
        (0.1 + 0.2, "0.30", "0.30", "0.30"),  # a hair more than 0.3
        (0.3 - 1e-16, "0.30", "0.30", "0.30"),
        (0.7 + 1e-9, "0.70", "0.70", "0.70"),
        (0.004, "0.0040", "0.0040", "0.0040"),
        (0.05, "0.050", "0.050", "0.050"),
        (0.0123456, "0.013", "0.012", "0.012"),
        (0.00012345, "0.00013", "0.00012", "0.00012"),
        (0.0000123456, "0.000013", "0.000012", "0.000012"),
        (0.0, "0", "0", "0"),
        (-1 / 3, "\u22120.33", "\u22120.34", "\u22120.33"),
        (1234567.2, "1,234,568", "1,234,567", "1,234,567"),
        (2.5e9, "2,500,000,000", "2,500,000,000", "2,500,000,000"),
    ],
)
def test_what_is_needed_is_told_so_that_it_is_enough(number: float, at_least: str, at_most: str, exactly: str) -> None:
    shape = layout.empty("en", 4)
    found = {polarity: values.amount_text(shape, values.bounded(number, polarity)) for polarity in SCORED}
    assert found == dict(zip(SCORED, (at_least, at_most, exactly, at_least), strict=True))


@given(st.floats(-1e9, 1e9))
def test_whoever_brings_what_is_told_brings_enough(number: float) -> None:
    up, down = (values.bounded(number, polarity) for polarity in (Polarity.MAXIMIZE, Polarity.MINIMIZE))
    step = 1.0 if abs(number) >= 1e6 else 0.01
    noise = BEYOND_A_STEP * step * 1.01
    assert down - noise <= number <= up + noise
    assert up - down <= step * 1.0001
