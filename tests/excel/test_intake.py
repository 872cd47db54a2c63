"""Reading many workbooks together takes a short way; whatever stands in a cell, it says what the long way says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import workbooks

from bsc_xl import dataset, sample
from bsc_xl.collection.received import Intake
from bsc_xl.excel import file
from bsc_xl.excel.intake import opened, take_in
from bsc_xl.excel.layout import Ref
from bsc_xl.excel.reading import read_book
from bsc_xl.model import Perspective
from bsc_xl.ooxml import package
from bsc_xl.scorecard import score

CONTENTS = {
    "an error": (b't="e"', b"<v>#DIV/0!</v>"),
    "a formula with a number": (b"", b"<f>6*7</f><v>42</v>"),
    "a formula that nobody calculated": (b"", b"<f>6*7</f>"),
    "a formula that shows nothing": (b't="str"', b'<f>""</f><v></v>'),
    "a formula with an error": (b't="e"', b"<f>1/0</f><v>#DIV/0!</v>"),
    "true": (b't="b"', b"<v>1</v>"),
    "text that looks like an error": (b't="inlineStr"', b"<is><t>#N/A</t></is>"),
    "N/A": (b't="inlineStr"', b"<is><t>n/a</t></is>"),
    "a blank": (b't="inlineStr"', b'<is><t xml:space="preserve"> </t></is>'),
    "zero": (b"", b"<v>0</v>"),
    "nothing": (b"", b""),
    "a number with all its digits": (b"", b"<v>0.30000000000000004</v>"),
    "a text": (b't="inlineStr"', b"<is><t>=1+1</t></is>"),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> workbooks.Made:
    folder = tmp_path_factory.mktemp("plain")
    dataset.write(sample.generate(units=2, kpis=8, seed=9), folder / "data")
    tables, _ = dataset.read(folder / "data")
    assert tables is not None
    return workbooks.make(score(tables), folder / "plain.xlsx")


def _with(made: workbooks.Made, ref: Ref, kind: bytes, content: bytes, path: Path) -> Path:
    parts = package.read(made.path.read_bytes())
    name = workbooks.sheet_parts(parts)[ref.sheet]
    cell = re.compile(rb'<c r="%s"( s="\d+")?[^>]*?(?:/>|>.*?</c>)' % ref.cell.encode(), re.DOTALL)
    changed, count = cell.subn(rb'<c r="%s"\1 %s>%s</c>' % (ref.cell.encode(), kind, content), parts[name], count=1)
    assert count == 1
    path.write_bytes(package.write(parts | {name: changed}))
    return path


def _figure(intake: Intake, number: int, code: str) -> object:
    found = intake.measurements
    rows = found[(found["file"] == number) & (found["kpi_code"] == code) & (found["period"] == 1)]
    return rows["actual"].tolist()


@pytest.mark.parametrize("what", CONTENTS)
def test_whatever_stands_in_an_input_it_is_read_as_by_the_long_way(
    plain: workbooks.Made, what: str, tmp_path: Path
) -> None:
    ref = plain.layout.cell(Perspective.FINANCIAL, 8, "actual", 1)
    path = _with(plain, ref, *CONTENTS[what], tmp_path / "changed.xlsx")
    alone = read_book(file.open_book(path))
    intake = take_in([(plain.path, "plain.xlsx"), (path, "changed.xlsx"), (plain.path, "plain.xlsx")])

    told = [(each.rule, f"{each.sheet}!{each.cell}", each.value) for each in intake.irregularities[1] if each.table]
    assert told == [(each.rule, each.cell, each.value) for each in alone.failures]
    state, value = alone.tables.actual_state[0, 0], alone.tables.actual[0, 0]
    (found,) = _figure(intake, 1, alone.tables.kpis["kpi_code"].iloc[0])
    expected = {0: value, 1: None, 2: "N/A"}.get(int(state), alone.tables.rejected.get(("actual", 0, 0)))
    assert found == expected
    assert intake.irregularities[0] == intake.irregularities[2] == []


def test_a_second_workbook_of_the_same_kind_is_read_without_looking_at_its_cells_one_by_one(
    plain: workbooks.Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in([(plain.path, "first")])
    monkeypatch.setattr(opened, "_at_length", lambda *_: pytest.fail("it was"))
    assert take_in([(plain.path, "second")]).received[0].readable


def test_a_status_that_became_another_kind_of_value_is_read_the_short_way(
    plain: workbooks.Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that calculates again writes a number where there was a dash."""
    take_in([(plain.path, "first")])
    ref = plain.layout.cell(Perspective.CUSTOMER, 8, "index")
    parts = package.read(plain.path.read_bytes())
    name = workbooks.sheet_parts(parts)[ref.sheet]
    cell = re.compile(rb'(<c r="%s"(?: s="\d+")?)[^>]*(><f>.*?</f>)<v>.*?</v>' % ref.cell.encode(), re.DOTALL)
    changed, count = cell.subn(rb'\1 t="str"\2<v>-</v>', parts[name], count=1)
    assert count == 1
    path = tmp_path / "dash.xlsx"
    path.write_bytes(package.write(parts | {name: changed}))
    monkeypatch.setattr(opened, "_at_length", lambda *_: pytest.fail("it was"))
    assert opened.open_workbook(path, "dash", path.read_bytes()).blocks[ref.sheet].value(ref.cell) == "-"


@pytest.mark.parametrize("sheet", ["dashboard", "trace", "action_plan", "strategy_map", "financial", "settings"])
def test_a_formula_that_is_gone_is_seen_on_every_sheet(plain: workbooks.Made, sheet: str, tmp_path: Path) -> None:
    ref = next(ref for ref in plain.results if ref.sheet == sheet)
    path = _with(plain, ref, b"", b"<v>1</v>", tmp_path / "changed.xlsx")
    intake = take_in([(plain.path, "plain.xlsx"), (path, "changed.xlsx")])
    assert [(each.rule, each.cell) for each in intake.irregularities[1]] == [("overwritten", ref.cell)]


def test_another_formula_in_the_place_of_ours_is_seen(plain: workbooks.Made, tmp_path: Path) -> None:
    ref = plain.layout.cell(Perspective.CUSTOMER, 8, "index")
    path = _with(plain, ref, b"", b"<f>100+20</f><v>120</v>", tmp_path / "changed.xlsx")
    intake = take_in([(plain.path, "plain.xlsx"), (path, "changed.xlsx")])
    assert [(each.rule, each.cell, each.value) for each in intake.irregularities[1]] == [
        ("overwritten", ref.cell, "=100+20")
    ]
