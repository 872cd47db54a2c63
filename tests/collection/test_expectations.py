"""A workbook is whole when what was expected of it came, not when nothing is expected any more."""

from __future__ import annotations

from pathlib import Path

import pytest
from sent import collect, fill_in, layout, send

from bsc_xl import sample
from bsc_xl.collection.model import Collection, Receipt, Severity
from bsc_xl.excel.columns import COLUMNS
from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard
from bsc_xl.workflows import collecting

FIRST_ROW = 8


@pytest.fixture
def sent(tmp_path: Path) -> Scorecard:
    """Three units with eight KPIs each, on target, whose workbooks are in ``inbox``."""
    frames = sample.generate(units=3, kpis=8, seed=4)
    frames["measurements"] = frames["measurements"].assign(target="100", actual="100")
    frames["kpis"] = frames["kpis"].assign(worst="", ceiling="false")
    return send(tmp_path, frames)


def _inputs(shape: Layout, *keys: str) -> list[Ref]:
    """Cells of all KPI rows; without keys all of their inputs."""
    own = keys or tuple(column.key for column in COLUMNS if column.is_input)
    at = [each for each in shape.columns if each[0] in own]
    return [shape.cell(p, row, *each) for p in Perspective for row in shape.rows(p) for each in at]


def _told(collected: Collection, rule: str) -> list[tuple[str, str, str]]:
    return [(each.cell, each.value, each.expected) for each in collected.irregularities if each.rule == rule]


@pytest.mark.parametrize("known", [True, False], ids=["with the data set", "without"])
def test_an_emptied_workbook_is_incomplete(tmp_path: Path, sent: Scorecard, known: bool) -> None:
    fill_in(tmp_path, dict.fromkeys(_inputs(layout(tmp_path))))
    collected = collect(tmp_path, sent.tables if known else None)
    assert collected.submissions[0].receipt is Receipt.INCOMPLETE
    assert [each.receipt for each in collected.submissions[1:]] == [Receipt.RECEIVED] * 2
    assert _told(collected, "no_figures") == [("", "", "")]
    lost = [each for each in collected.irregularities if each.rule == "kpi_missing"]
    assert len(lost) == 8
    assert {each.severity for each in lost} == {Severity.FAILURE}


def test_cleared_targets_are_told_and_expected_still(tmp_path: Path, sent: Scorecard) -> None:
    shape = layout(tmp_path)
    cleared = [shape.cell(Perspective.CUSTOMER, FIRST_ROW, key, 2) for key in ("target", "actual")]
    fill_in(tmp_path, dict.fromkeys(cleared))
    collected = collect(tmp_path, sent.tables)
    first = collected.submissions[0]
    assert (first.receipt, first.expected - first.filled) == (Receipt.INCOMPLETE, 1)
    assert _told(collected, "target_differs") == [(cleared[0].cell, "", "100")]
    assert [cell for cell, _, _ in _told(collected, "incomplete")] == [cleared[1].cell]


def test_a_lowered_target_is_told_and_counts(tmp_path: Path, sent: Scorecard) -> None:
    at = layout(tmp_path).cell(Perspective.FINANCIAL, FIRST_ROW, "target", 1)
    fill_in(tmp_path, {at: 50.0})
    collected = collect(tmp_path, sent.tables)
    assert _told(collected, "target_differs") == [(at.cell, "50", "100")]
    assert collected.submissions[0].receipt is Receipt.RECEIVED
    assert not collected.failed


def test_a_kpi_without_any_target_makes_a_unit_incomplete_without_the_data_set(tmp_path: Path, sent: Scorecard) -> None:
    shape = layout(tmp_path)
    at = [shape.cell(Perspective.FINANCIAL, FIRST_ROW, "target", period) for period in range(1, 5)]
    fill_in(tmp_path, dict.fromkeys(at))
    collected = collect(tmp_path, None)
    assert [cell for cell, _, _ in _told(collected, "no_target")] == [at[0].cell]
    assert [each.receipt for each in collected.submissions] == [Receipt.INCOMPLETE, *[Receipt.RECEIVED] * 2]


def test_a_superseded_copy_is_told_as_such_and_nothing_else_of_it(tmp_path: Path, sent: Scorecard) -> None:
    import os

    path = sorted((tmp_path / "inbox").glob("*.xlsx"))[0]
    good = path.read_bytes()
    at = layout(tmp_path).cell(Perspective.FINANCIAL, FIRST_ROW, "actual", 1)
    fill_in(tmp_path, {at: "abc"})
    os.utime(path, (1.7e9, 1.7e9))
    path.with_name("again.xlsx").write_bytes(good)
    collected = collect(tmp_path, sent.tables)
    of_copy = [each.rule for each in collected.irregularities if each.file == path.as_posix()]
    assert of_copy == ["duplicate_workbook"]
    assert not collected.failed


def test_backups_beside_their_workbook_are_passed_over_unless_named(tmp_path: Path, sent: Scorecard) -> None:
    first, *_ = workbooks = sorted((tmp_path / "inbox").glob("*.xlsx"))
    backup = first.with_name(f"{first.stem}.bak2.xlsx")
    backup.write_bytes(first.read_bytes())
    orphan = first.with_name("gone.bak.xlsx")
    orphan.write_bytes(first.read_bytes())
    out = tmp_path / "out"
    for searched in ("inbox", "inbox/*.xlsx"):
        assert collecting.found_workbooks([str(tmp_path / searched)], out) == sorted([*workbooks, orphan])
    assert collecting.found_workbooks([str(backup)], out) == [backup]


def test_a_unit_whose_workbook_is_of_another_version_is_refused_and_not_missing(
    tmp_path: Path, sent: Scorecard
) -> None:
    at = layout(tmp_path).settings["template_version"]
    fill_in(tmp_path, {at: "0"})
    collected = collect(tmp_path, sent.tables)
    unit = collected.submissions[0]
    assert (unit.receipt, Path(unit.file).name[:6]) == (Receipt.REFUSED, unit.unit_code)
    wrong = [each for each in collected.irregularities if each.severity is Severity.FAILURE]
    assert [(each.rule, each.unit_code, each.sheet, each.cell) for each in wrong] == [
        ("source.other_version", unit.unit_code, "Pengaturan", at.cell)
    ]


def test_a_unit_whose_workbook_has_lost_a_sheet_is_refused_and_not_missing(tmp_path: Path, sent: Scorecard) -> None:
    from bsc_xl.ooxml import package

    path = sorted((tmp_path / "inbox").glob("*.xlsx"))[0]
    parts = package.read(path.read_bytes())
    gone = parts["xl/workbook.xml"]
    sheet = next(each for each in gone.split(b"<sheet ") if b'"Pelanggan"' in each)
    path.write_bytes(package.write(parts | {"xl/workbook.xml": gone.replace(b"<sheet " + sheet, b"")}))
    collected = collect(tmp_path, sent.tables)
    assert collected.submissions[0].receipt is Receipt.REFUSED
    wrong = [each for each in collected.irregularities if each.severity is Severity.FAILURE]
    assert [(each.rule, each.unit_code, each.sheet) for each in wrong] == [
        ("source.sheet_gone", collected.submissions[0].unit_code, "Pelanggan")
    ]


def test_a_formula_that_was_moved_to_another_cell_is_missed_in_its_own(tmp_path: Path, sent: Scorecard) -> None:
    """Seen also by the short way, which has just looked at a workbook of the same make."""
    import re

    from bsc_xl.ooxml import package

    shape = layout(tmp_path)
    at = shape.cell(Perspective.CUSTOMER, FIRST_ROW, "index").cell
    path = sorted((tmp_path / "inbox").glob("*.xlsx"))[1]
    parts = package.read(path.read_bytes())
    part = next(name for name, data in parts.items() if b'codeName="Sheet_Customer"' in data)
    cell = re.compile(rb'<c r="%s"( [^>]*)?>(<f.*?</f>)?(<v>.*?</v>)?</c>' % at.encode())
    found = cell.search(parts[part])
    assert found is not None
    row = re.search(rb'(?s)(<row r="%d".*?)</row>' % FIRST_ROW, parts[part])
    assert row is not None
    moved = row[1].replace(found[0], b'<c r="%s"><v>120</v></c>' % at.encode())
    moved += b'<c r="XFA8">%s<v>100</v></c>' % found[2]
    path.write_bytes(package.write(parts | {part: parts[part].replace(row[1], moved)}))
    collected = collect(tmp_path, sent.tables)
    assert _told(collected, "overwritten") == [(at, "120", "120")]


def test_former_results_in_another_folder_are_passed_over_and_the_folder_of_the_results_refused(
    tmp_path: Path, sent: Scorecard
) -> None:
    from bsc_xl import labels
    from bsc_xl.errors import SourceError

    inbox = tmp_path / "inbox"
    workbooks = sorted(inbox.glob("*.xlsx"))
    collecting.write(collect(tmp_path, sent.tables), inbox / "former", labels.load("en"))
    assert collecting.found_workbooks([str(inbox)], tmp_path / "out") == workbooks
    with pytest.raises(SourceError) as told:
        collecting.found_workbooks([str(inbox)], inbox)
    assert told.value.params["reason"] == "source.output_folder"
