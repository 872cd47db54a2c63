"""A workbook that a person filled in and saved with LibreOffice: recalculating the file agrees with LibreOffice.

LibreOffice is asked twice: its own hard recalculation of what it saved, and of what we made of it. Neither reads the
other's cached values, and ours reads no value of a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import workbooks
from closed import WHEN, recalculated
from office import Entry, Office
from sheets import differing_cells

from bsc_xl.errors import SourceError
from bsc_xl.excel import stamp, template
from bsc_xl.excel.file import open_book
from bsc_xl.excel.findings import Kind
from bsc_xl.excel.formulas import every
from bsc_xl.excel.grid import place
from bsc_xl.excel.layout import FIRST_ROW, Ref
from bsc_xl.excel.recalculation import READ, recalculate
from bsc_xl.ooxml import package
from bsc_xl.ooxml.parts import Parts
from bsc_xl.workflows.translating import translate

LANGUAGE = "id"


@pytest.fixture(scope="module")
def made() -> workbooks.Made:
    return workbooks.bureau(LANGUAGE)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office"), LANGUAGE) as office:
        yield office


@pytest.fixture(scope="module")
def generated(made: workbooks.Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "buku.xlsx"
    path.write_bytes(stamp.stamp(template.draw(made.layout), made.writes))
    return path


@pytest.fixture(scope="module")
def saved(made: workbooks.Made, generated: Path, office: Office) -> Path:
    """The bureau's workbook after a person has opened it, typed figures and a new KPI, and saved it."""
    office.open(generated)
    office.type(made.layout, entries(made))
    return office.save(generated.with_name("disimpan.xlsx"))


def spare_row(made: workbooks.Made) -> int:
    """The first KPI row of the financial perspective that nobody has filled in."""
    return FIRST_ROW + made.layout.kpis[0]


def new_kpi(made: workbooks.Made) -> list[Entry]:
    """A KPI typed into that row."""
    shape, spare = made.layout, spare_row(made)
    new = {"kpi_code": "BARU", "kpi_name": "KPI baru", "polarity": "Maximize", "consolidation": "Sum", "weight": "7,5"}
    labels = {"polarity": shape.labels("polarity.maximize"), "consolidation": shape.labels("consolidation.sum")}
    typed: list[Entry] = [(shape.cell("financial", spare, key), labels.get(key, text)) for key, text in new.items()]
    for period, (target, actual) in enumerate((("10", "9,5"), ("20", "N/A"), ("30", "0"), ("40", "36")), start=1):
        typed += [
            (shape.cell("financial", spare, "target", period), target),
            (shape.cell("financial", spare, "actual", period), actual),
        ]
    return typed


def entries(made: workbooks.Made) -> list[Entry]:
    shape = made.layout
    return [
        *new_kpi(made),
        (shape.cell("customer", FIRST_ROW, "actual", 4), "12,25"),
        (shape.cell("internal_process", FIRST_ROW, "actual", 4), "belum ada"),
        (shape.cell("learning_growth", FIRST_ROW, "actual", 4), None),
        (shape.settings["weight_financial"], "40,5"),
    ]


def test_our_results_are_those_of_its_own_hard_recalculation(
    made: workbooks.Made, saved: Path, tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    theirs = workbooks.Cells(libreoffice(saved, "ods", tmp_path / "theirs"))
    path = tmp_path / "ours.xlsx"
    path.write_bytes(saved.read_bytes())
    book = open_book(path)
    done = recalculate(book.layout(), book.read(READ), WHEN)
    book.apply(done.changes)
    book.save()
    assert done.count(Kind.DIFFERENCE) + done.count(Kind.OVERWRITTEN) == 0
    ours = workbooks.Cells(path)
    calculated = every(made.layout).keys() - {Ref("dashboard", place("recalculated"))}
    expected = {ref: theirs.at(made.layout.title(ref.sheet), ref.cell) for ref in calculated}
    assert len(expected) > 900
    assert workbooks.differences(expected, made.layout, ours) == []


def test_nothing_changes_in_what_it_saved_but_cells_that_we_write(
    made: workbooks.Made, saved: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ours.xlsx"
    path.write_bytes(saved.read_bytes())
    book = open_book(path)
    changes = recalculate(book.layout(), book.read(READ), WHEN).changes
    book.apply(changes)
    book.save()
    titles = {sheet.part: sheet.title for sheet in Parts(package.open_package(saved.read_bytes())).sheets}
    written = {(made.layout.title(ref.sheet), ref.cell) for ref in (*changes.values, *changes.results)}
    changed = differing_cells(saved.read_bytes(), path.read_bytes())
    cells = {(titles[part], cell) for part, cells in changed.items() for cell in cells}
    assert cells
    assert cells <= written


# --- rows that somebody inserted ------------------------------------------------------------------------------------


def test_rows_above_a_sheet_move_its_cells_and_nothing_is_taken_for_something_else(
    made: workbooks.Made, generated: Path, office: Office, tmp_path: Path
) -> None:
    office.open(generated)
    office.insert_rows(made.layout, "financial", 1, 2)
    office.insert_rows(made.layout, "settings", 1, 1)
    path = office.save(tmp_path / "di atas.xlsx")
    done, _ = recalculated(path)
    assert done.found == []
    assert done.card.score[0] == pytest.approx(made.card.score[0], abs=1e-9)
    shown = workbooks.Cells(path)
    index = made.layout.cell("financial", FIRST_ROW, "index")
    assert shown.at("Keuangan", index.cell.replace(str(FIRST_ROW), str(FIRST_ROW + 2))) == made.results[index]


def test_a_formula_is_put_back_where_its_sheet_has_moved(
    made: workbooks.Made, generated: Path, office: Office, tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    moved = made.layout.cell("financial", FIRST_ROW + 2, "index")
    office.open(generated)
    office.insert_rows(made.layout, "financial", 1, 2)
    office.type(made.layout, [(moved, "1")])
    path = office.save(tmp_path / "tertimpa.xlsx")
    done, _ = recalculated(path)
    assert done.count(Kind.OVERWRITTEN) == 1
    assert recalculated(path)[0].found == []
    theirs = workbooks.Cells(libreoffice(path, "ods", tmp_path))
    assert theirs.at("Keuangan", moved.cell) == pytest.approx(
        made.results[made.layout.cell("financial", FIRST_ROW, "index")], abs=1e-9
    )


@pytest.mark.parametrize("row", [FIRST_ROW + 1, FIRST_ROW + 4])
def test_a_kpi_row_that_was_inserted_by_hand_is_scored_with_the_others(
    row: int, made: workbooks.Made, generated: Path, office: Office, tmp_path: Path, libreoffice: Callable[..., Path]
) -> None:
    shape = made.layout
    office.open(generated)
    office.insert_rows(shape, "financial", row)
    office.type(
        shape,
        [(ref._replace(cell=ref.cell.replace(str(spare_row(made)), str(row))), text) for ref, text in new_kpi(made)],
    )
    path = office.save(tmp_path / "disisipkan.xlsx")
    done, _ = recalculated(path)
    assert len(done.card.tables.kpi) == len(made.card.tables.kpi) + 1
    assert done.card.perspective_score[0, 0] != pytest.approx(made.card.perspective_score[0, 0])
    again, _ = recalculated(path)
    assert {finding.kind for finding in again.found} <= {Kind.FAILURE, Kind.ADVICE}  # the weights are no longer 100
    theirs = workbooks.Cells(libreoffice(path, "ods", tmp_path))
    for key, i, score in [("score", i, done.card.perspective_score[0, i]) for i in range(4)]:
        assert theirs.at(shape.title("trace"), shape.rollup(key, i).cell) == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize(("sheet", "row"), [("financial", 6), ("settings", 8), ("trace", 6)])
def test_rows_where_places_become_uncertain_are_refused_by_the_name_of_their_sheet(
    sheet: str, row: int, made: workbooks.Made, generated: Path, office: Office, tmp_path: Path
) -> None:
    office.open(generated)
    office.insert_rows(made.layout, sheet, row)
    path = office.save(tmp_path / "di antara.xlsx")
    before = path.read_bytes()
    with pytest.raises(SourceError) as refused:
        recalculated(path)
    assert refused.value.params == {
        "source": str(path), "reason": "source.displaced", "sheet": made.layout.title(sheet),
    }  # fmt: skip
    assert path.read_bytes() == before


def test_a_workbook_with_a_row_that_was_inserted_by_hand_is_translated(
    made: workbooks.Made, generated: Path, office: Office, tmp_path: Path
) -> None:
    office.open(generated)
    office.insert_rows(made.layout, "financial", FIRST_ROW + 1)
    path = office.save(tmp_path / "disisipkan.xlsx")
    recalculated(path)
    book, told = translate(open_book(path), "en", WHEN)
    path.write_bytes(book.package.write())
    again = open_book(path)
    assert told is not None
    assert {finding.kind for finding in told.done.found} <= {Kind.FAILURE, Kind.ADVICE}
    assert again.layout().language == "en"
    # the lists were drawn without that row, so that their formulas are not those of any layout
    said = " ".join(text for row in again.read(["action_plan"])["action_plan"].formulas for text in row if text)
    assert made.layout.labels("status.no_data") not in said
