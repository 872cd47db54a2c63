"""Importing evidence: what is written, what is refused, and that a refused import writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
import workbooks
from memory import MemoryBook
from raw import text_file

from bsc_xl import sample
from bsc_xl.errors import ActionError, BscError, ChoiceError, EvidenceError
from bsc_xl.evidence.model import Remark
from bsc_xl.evidence.telling import remark
from bsc_xl.excel.columns import EVIDENCE_COLUMNS
from bsc_xl.excel.layout import FIRST_ROW, Ref
from bsc_xl.excel.port import Changes
from bsc_xl.excel.records import evidence_row
from bsc_xl.excel.room import DISCIPLINE_ROWS
from bsc_xl.workflows.evidence import Asked, Imported, choose_evidence, import_evidence, plan_import
from bsc_xl.workflows.told import Told

WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone
EVIDENCE = sample.bureau("id") / "evidence"
BUDGET = Asked("budget", [EVIDENCE / "budget.csv"], "K1", 4)


@pytest.fixture
def made() -> workbooks.Made:
    return workbooks.bureau("id")


@pytest.fixture
def book(made) -> MemoryBook:
    return MemoryBook(made.layout, made.writes)


def traced(book: MemoryBook, i: int) -> dict[str, object]:
    return {key: book.values.get(book.shape.list_cell("evidence", key, i)) for key in EVIDENCE_COLUMNS}


def refused(book: MemoryBook, asked: Asked) -> BscError:
    with pytest.raises(BscError) as caught:
        import_evidence(book, asked, WHEN)
    assert book.applied == []
    return caught.value


def test_the_actual_is_the_figure_of_the_file(book, made) -> None:
    import_evidence(book, replace(BUDGET, period=2), WHEN)
    assert book.values[made.layout.cell("financial", FIRST_ROW, "actual", 2)] == pytest.approx(46.82, abs=0.005)


def test_the_figure_can_be_traced_to_the_file(book) -> None:
    imported = import_evidence(book, BUDGET, WHEN)
    row = traced(book, 0)
    assert row["kpi_code"] == "K1"
    assert (row["period"], row["numerator"], row["denominator"]) == (4, 4_662_305_000, 4_850_000_000)
    assert (row["file"], row["checksum"]) == ("budget.csv", imported.found.sources[0].sha256)
    assert (row["rows_used"], row["rows_set_aside"], row["reasons"]) == (6, 0, "18 di luar periode")
    assert (row["evidence_kind"], row["measure"]) == ("realisasi anggaran", "anggaran terealisasi")


def test_the_evidence_cell_names_counts_file_and_checksum_and_keeps_what_people_wrote(book, made) -> None:
    cell = made.layout.cell("financial", FIRST_ROW, "evidence", 4)
    book.values[cell] = "Laporan tahunan, halaman 3"
    for _ in range(2):
        checksum = import_evidence(book, BUDGET, WHEN).found.sources[0].sha256[:12]
    assert book.values[cell] == (
        "Laporan tahunan, halaman 3\n"
        "anggaran terealisasi: 4.662.305.000 dari 4.850.000.000 (96,13 %). "
        f"Berkas budget.csv, SHA-256 {checksum}"
    )


def test_importing_anew_replaces_the_row_and_another_figure_gets_the_next(book) -> None:
    import_evidence(book, BUDGET, WHEN)
    import_evidence(book, replace(BUDGET, period=3), WHEN)
    import_evidence(book, BUDGET, WHEN)
    assert [traced(book, i)["period"] for i in range(3)] == [4, 3, None]


def test_a_figure_that_takes_the_place_of_one_from_another_file_says_so(book, tmp_path: Path) -> None:
    other = tmp_path / "budget_part_2.csv"
    other.write_bytes(BUDGET.files[0].read_bytes())
    assert import_evidence(book, BUDGET, WHEN).remarks == import_evidence(book, BUDGET, WHEN).remarks == ()
    assert import_evidence(book, replace(BUDGET, files=[other]), WHEN).remarks == ()  # the same under another name
    assert import_evidence(book, BUDGET, WHEN).remarks == ()
    other.write_text("akun;pagu;realisasi\nA;100;50\n", encoding="utf-8")
    assert import_evidence(book, replace(BUDGET, files=[other]), WHEN).remarks == (
        Remark("replaced", {"file": "budget.csv"}),
    )
    assert import_evidence(book, replace(BUDGET, files=[other], period=3), WHEN).remarks == ()


def halves(folder: Path) -> list[Path]:
    """A register of documents in two files, of which the second repeats the end of the first."""
    heading = "No Dokumen;Sesuai SOP"
    return [
        text_file(folder / "first.csv", heading, "D1;ya", "D2;tidak"),
        text_file(folder / "second.csv", heading, "D2;tidak", "D3;ya", "D4;ya"),
    ]


def test_the_figure_of_several_files_can_be_traced_to_each(book, made, tmp_path: Path) -> None:
    files = halves(tmp_path)
    found = import_evidence(book, Asked("documents", files, "K4", 4), WHEN).found
    assert book.values[made.layout.cell("internal_process", FIRST_ROW, "actual", 4)] == 75
    row = traced(book, 0)
    assert row["file"] == "2 berkas: first.csv, second.csv"
    assert row["checksum"] == "\n".join(sha256(path.read_bytes()).hexdigest() for path in files)
    assert (row["rows_used"], row["rows_set_aside"]) == (4, 1)
    beside = str(book.values[made.layout.cell("internal_process", FIRST_ROW, "evidence", 4)])
    for source in found.sources:
        assert f"{source.name} (baris terpakai: 2, SHA-256 {source.sha256[:12]})" in beside


def test_a_file_that_is_read_with_others_replaces_none_of_them(book, made, tmp_path: Path) -> None:
    files = halves(tmp_path)
    alone = Asked("documents", files[:1], "K4", 4)
    assert import_evidence(book, alone, WHEN).remarks == ()
    for _ in range(2):
        assert import_evidence(book, replace(alone, files=files), WHEN).remarks == ()
    cell = made.layout.cell("internal_process", FIRST_ROW, "evidence", 4)
    assert str(book.values[cell]).count("first.csv") == 1
    replaced = Remark("replaced", {"file": "first.csv, second.csv"})
    assert import_evidence(book, alone, WHEN).remarks == (replaced,)


def test_a_figure_that_takes_the_place_of_one_from_other_content_under_the_same_name_says_so(
    book, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("r1", "r2")]
    for folder, answer in zip(folders, ("ya", "tidak"), strict=True):
        folder.mkdir()
        text_file(folder / "export, all.csv", "No Surat;Sesuai SOP", f"{folder.name};{answer}")
    asked = [Asked("documents", [folder / "export, all.csv"], "K4", 4) for folder in folders]
    differs = (Remark("content_differs", {"file": "export, all.csv"}),)
    assert [import_evidence(book, each, WHEN).remarks for each in asked] == [(), differs]
    files = halves(tmp_path)
    both = Asked("documents", files, "K4", 3)
    assert import_evidence(book, both, WHEN).remarks == ()
    text_file(files[1], "No Dokumen;Sesuai SOP", "D5;ya")
    differs = (Remark("content_differs", {"file": "first.csv, second.csv"}),)
    assert import_evidence(book, both, WHEN).remarks == differs


def test_one_file_of_several_that_is_refused_changes_nothing(book, tmp_path: Path) -> None:
    good, _ = halves(tmp_path)
    wrong = text_file(tmp_path / "wrong.csv", "Nama;Alamat", "X;Y")
    error = refused(book, Asked("documents", [good, wrong, tmp_path / "gone.csv"], "K4", 4))
    text = book.shape.labels.error(error).splitlines()
    assert [line.split()[4] for line in text] == ["wrong.csv:", "gone.csv:"]


def test_nothing_else_is_written(book, made) -> None:
    imported = import_evidence(book, BUDGET, WHEN)
    written = {ref for ref in imported.changes.values if ref.sheet != "evidence"}
    assert written == {made.layout.cell("financial", FIRST_ROW, key, 4) for key in ("actual", "evidence")}


def test_a_plan_writes_nothing(book) -> None:
    assert plan_import(book, BUDGET, WHEN).changes.values
    assert book.applied == []


def listed(book: MemoryBook, key: str) -> list[object]:
    """A column of the sheet `discipline`, as far as it is filled."""
    cells = [book.values.get(book.shape.list_cell("discipline", key, i)) for i in range(DISCIPLINE_ROWS)]
    filled = sum(
        book.values.get(book.shape.list_cell("discipline", "period", i)) is not None for i in range(len(cells))
    )
    assert all(cell is None for cell in cells[filled:])
    return cells[:filled]


def logged(path: Path, *rows: str) -> Asked:
    """A log of these rows, for the second quarter."""
    return Asked("attendance", [text_file(path / "log.csv", "NIP;Tanggal;Jam Datang;Jam Pulang", *rows)], "K5", 2)


def test_attendance_fills_the_sheet_of_discipline_in_the_order_of_employees_and_periods(book) -> None:
    asked = Asked("attendance", [EVIDENCE / "attendance.csv"], "K5", 4)
    import_evidence(book, asked, WHEN)
    assert listed(book, "employee_id") == ["BAP", *(f"P{number:02d}" for number in range(1, 17))]
    assert listed(book, "period") == [4.0] * 17
    assert sum(listed(book, "late")[1:]) == 20
    assert sum(listed(book, "attended")[1:]) == 1000
    before = dict(book.values)
    import_evidence(book, asked, WHEN)
    assert book.values == before


def test_an_employee_is_called_as_in_the_list_of_employees_however_a_log_writes_the_id(book, tmp_path) -> None:
    nip, in_groups = "198001012005011001", "19800101 200501 1 001"
    book.type(book.shape.person("employee_id", 0), in_groups)
    for spelling in (nip, "19800101.200501.1.001"):
        import_evidence(book, logged(tmp_path, f"{spelling};01/04/2025;07:30;16:00"), WHEN)
        assert listed(book, "employee_id") == ["BAP", in_groups]


def test_the_unit_has_a_row_of_its_own_with_the_sums_of_its_employees(book) -> None:
    import_evidence(book, Asked("attendance", [EVIDENCE / "attendance.csv"], "K5", 4), WHEN)
    for key in ("workdays", "attended", "absent", "late", "late_minutes", "missing_clocks"):
        whole, *each = listed(book, key)
        assert whole == sum(each), key
    assert listed(book, "sanction")[0] == "Seluruh unit: 16 pegawai"
    assert listed(book, "year_days")[0] is None


def test_absences_in_a_row_are_named_with_the_sanction_that_they_lead_to(book, tmp_path) -> None:
    away = [f"P01;{day:02d}/04/2025;;" for day in range(1, 15)]  # ten workdays
    rows = ["P01;31/03/2025;07:30;16:00", *away, "P01;15/04/2025;07:30;16:00", "P02;15/04/2025;07:30;16:00"]
    import_evidence(book, logged(tmp_path, *rows), WHEN)
    told = dict(zip(listed(book, "employee_id"), listed(book, "sanction"), strict=True))
    highest = book.shape.labels("sanction.heavy_3")
    assert told == {"BAP": "Seluruh unit: 2 pegawai", "P01": f"{highest} (10 hari berturut-turut)", "P02": "Tidak ada"}


def test_whoever_is_no_longer_in_the_log_of_a_period_leaves_that_period(book, tmp_path) -> None:
    import_evidence(book, logged(tmp_path, "P01;03/03/2025;07:30;16:00", "Po2;03/06/2025;07:30;16:00"), WHEN)
    assert listed(book, "employee_id") == ["BAP", "BAP", "P01", "Po2"]
    found = import_evidence(book, logged(tmp_path, "P02;03/06/2025;07:30;16:00"), WHEN)
    assert listed(book, "employee_id") == ["BAP", "BAP", "P01", "P02"]  # the first quarter is as it was
    gone = [each.values for each in found.remarks if each.rule == "employees_gone"]
    assert gone == [{"count": 1, "ids": "Po2"}]


def test_without_room_the_newest_row_of_each_employee_is_kept(book, tmp_path) -> None:
    days = ("03/02/2025", "03/06/2025")
    people = [f"{number:03d}" for number in range(300)]
    rows = [f"{person};{day};07:30;16:00" for day in days for person in people]
    found = import_evidence(book, logged(tmp_path, *rows), WHEN)
    pairs = list(zip(listed(book, "employee_id"), listed(book, "period"), strict=True))
    assert len(pairs) == DISCIPLINE_ROWS
    assert {person for person, period in pairs if period == 2} == {"BAP", *people}
    left_out = [each for each in found.remarks if "left_out" in each.rule]
    assert [(each.rule, each.values["count"]) for each in left_out] == [("rows_left_out", 602 - DISCIPLINE_ROWS)]
    assert found.figure.denominator == 600


def test_without_room_for_everybody_those_with_most_days_are_kept_and_the_figure_is_of_all(book, tmp_path) -> None:
    people = [f"{number:03d}" for number in range(DISCIPLINE_ROWS + 10)]
    rows = [f"{person};{day}/06/2025;07:30;16:00" for day in ("02", "04") for person in people]
    rows += [
        f"{person};03/06/2025;{clocks}" for person in people for clocks in [";" if person == "505" else "07:30;16:00"]
    ]
    found = import_evidence(book, logged(tmp_path, *rows), WHEN)
    assert "505" in listed(book, "employee_id")
    assert len(listed(book, "employee_id")) == DISCIPLINE_ROWS
    (left_out,) = [each for each in found.remarks if each.rule == "employees_left_out"]
    assert left_out.values["count"] == 11
    assert found.figure.denominator == 3 * len(people) - 1
    assert not any("{" in remark(each, book.shape.labels) for each in found.remarks)


@pytest.mark.parametrize(("consolidation", "used"), [("Take Last Known", 2), ("Sum", 1), ("Average", 1)])
def test_the_days_that_count_follow_from_the_consolidation(tmp_path: Path, consolidation, used) -> None:
    made = workbooks.bureau("en")
    book = MemoryBook(made.layout, made.writes)
    book.values[made.layout.cell("financial", FIRST_ROW, "consolidation")] = consolidation
    days = ("31/12/2024", "01/02/2025", "30/06/2025", "01/07/2025")
    path = text_file(tmp_path / "raw.csv", "document id;due;done", *(f"{day};{day};{day}" for day in days))
    found = import_evidence(book, Asked("documents", [path], "K1", 2), WHEN).found
    assert (found.used, found.outside) == (used, 4 - used)


def test_codes_are_found_without_regard_to_case_and_blanks(book) -> None:
    assert plan_import(book, replace(BUDGET, kpi=" k1 "), WHEN).kpi_name == "Realisasi belanja"


def test_a_kpi_that_does_not_exist_is_refused_with_those_that_do(book) -> None:
    error = refused(book, replace(BUDGET, kpi="K9"))
    assert isinstance(error, ChoiceError)
    assert error.params["choices"] == "K1, K2, K3, K4, K5, K6, K7, K8"


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (replace(BUDGET, period=0), "period"),
        (replace(BUDGET, period=5), "period"),
        (replace(BUDGET, kind="payroll"), "evidence_kind"),
        (replace(BUDGET, kind="payroll", measure="x"), "evidence_kind"),
        (replace(BUDGET, measure="on_time"), "measure"),
    ],
)
def test_what_does_not_exist_is_refused(book, asked, what) -> None:
    error = refused(book, asked)
    assert isinstance(error, ChoiceError)
    assert error.params["what"] == what


def test_a_measure_that_this_file_does_not_give_is_refused(book) -> None:
    error = refused(book, Asked("training", [EVIDENCE / "training.csv"], "K7", 4, measure="against_plan"))
    assert isinstance(error, EvidenceError)
    assert error.params["measures"] == "passed, held"


def test_a_closed_period_is_refused(book, made) -> None:
    for key, value in (("year", 2025.0), ("period", 4.0)):
        book.values[made.layout.list_cell("history", key, 0)] = value
    error = refused(book, BUDGET)
    assert isinstance(error, ActionError)
    assert error.params["reason"] == "action.period_closed"
    import_evidence(book, replace(BUDGET, period=3), WHEN)


def test_a_workbook_without_a_year_is_refused(book, made) -> None:
    book.values[made.layout.settings["year"]] = None
    assert refused(book, BUDGET).params["reason"] == "action.no_year"


def test_a_sheet_without_room_is_refused_and_nothing_is_written(book, made) -> None:
    imported = plan_import(book, BUDGET, WHEN)
    _, area = made.layout.list_table("evidence")
    last = int(area.rpartition(":")[2].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    first = int(made.layout.list_cell("evidence", "kpi_code", 0).cell.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    for i in range(last - first + 1):
        book.values[made.layout.list_cell("evidence", "kpi_code", i)] = f"X{i}"
    assert refused(book, BUDGET).params["reason"] == "action.sheet_full"
    block = book.read(["evidence"])["evidence"]
    book.values[made.layout.list_cell("evidence", "kpi_code", 3)] = "k1"
    book.values[made.layout.list_cell("evidence", "period", 3)] = 4.0
    block = book.read(["evidence"])["evidence"]
    written = evidence_row(made.layout, block, "K1", 4, imported.found, imported.figure, WHEN)
    assert made.layout.list_cell("evidence", "kpi_code", 3) in written


@pytest.mark.parametrize(
    "content", [b"", b"a;b\r\n1;2\r\n", b"akun;pagu;realisasi\r\nA;x;y\r\n", b"akun;pagu;realisasi\r\nA;0;0\r\n"]
)
def test_a_file_that_gives_no_figure_changes_nothing(book, tmp_path: Path, content) -> None:
    path = tmp_path / "raw.csv"
    path.write_bytes(content)
    before = dict(book.values)
    assert isinstance(refused(book, replace(BUDGET, files=[path])), EvidenceError)
    assert book.values == before


def test_a_share_in_a_kpi_that_counts_is_a_remark(book, made) -> None:
    book.values[made.layout.cell("financial", FIRST_ROW, "unit_of_measure")] = "orang"
    assert [each.rule for each in plan_import(book, BUDGET, WHEN).remarks] == ["not_percent"]
    asked = Asked("training", [EVIDENCE / "training.csv"], "K7", 4, measure="held")
    assert [each.rule for each in plan_import(book, asked, WHEN).remarks] == ["not_a_count"]


def test_the_mean_level_of_discipline_is_a_score_up_to_100_and_suits_percent(book, made) -> None:
    asked = Asked("attendance", [EVIDENCE / "attendance.csv"], "K5", 4, measure="level")
    rules = {each.rule for each in plan_import(book, asked, WHEN).remarks}
    assert not rules & {"not_percent", "not_a_count"}


def test_names_of_people_go_nowhere(book, tmp_path: Path) -> None:
    secret = "Siti Rahmawati"
    path = text_file(
        tmp_path / "raw.csv",
        "peserta;pelatihan;lulus",
        f"{secret};Arsip;ya",
        f"{secret};Arsip;ya",
        f"{secret};Pidato;?",
    )
    imported = import_evidence(book, Asked("training", [path], "K7", 4), WHEN)
    assert secret not in repr(imported)
    assert secret not in imported.sentence(made_labels := book.shape.labels)
    assert made_labels.language == "id"
    assert all(secret not in str(value) for value in book.values.values())


def test_a_file_name_that_looks_like_a_formula_stays_text(book, made, tmp_path: Path) -> None:
    path = text_file(tmp_path / "=HYPERLINK(1).csv", "akun;pagu;realisasi", "=cmd|'/c calc'!A1;100;50")
    import_evidence(book, replace(BUDGET, files=[path]), WHEN)
    assert traced(book, 0)["file"] == "=HYPERLINK(1).csv"
    assert Ref("evidence", made.layout.list_cell("evidence", "file", 0).cell) not in book.formulas


# --- the button


def press(book: MemoryBook, cell: Ref | None, files: Sequence[Path] = (EVIDENCE / "documents_sop.csv",)) -> object:
    book.selected = [cell] if cell else []
    book.chosen = list(files)
    return choose_evidence(book, WHEN)


@pytest.mark.parametrize("key", ["target", "actual", "evidence", "note"])
def test_the_button_imports_for_the_kpi_and_period_of_the_selected_cell(book, made, key) -> None:
    told = press(book, made.layout.cell("internal_process", FIRST_ROW, key, 3))
    assert isinstance(told, Imported)
    assert (told.asked.kind, told.asked.kpi, told.asked.period) == ("documents", "K4", 3)
    assert made.layout.cell("internal_process", FIRST_ROW, "actual", 3) in book.applied[0].values
    assert not told.to_act_upon


def test_the_button_takes_several_files_together(book, made, tmp_path: Path) -> None:
    told = press(book, made.layout.cell("internal_process", FIRST_ROW, "actual", 3), halves(tmp_path))
    assert isinstance(told, Imported)
    assert [source.name for source in told.found.sources] == ["first.csv", "second.csv"]
    assert told.to_act_upon


def test_beside_the_periods_the_reporting_one_counts(book, made) -> None:
    told = press(book, made.layout.cell("internal_process", FIRST_ROW, "kpi_name"))
    assert isinstance(told, Imported)
    assert told.asked.period == 4


def test_no_file_is_no_change(book, made) -> None:
    told = press(book, made.layout.cell("internal_process", FIRST_ROW, "actual", 3), [])
    assert told == Told("evidence_not_chosen")
    assert book.applied == []


@pytest.mark.parametrize("ref", [None, Ref("dashboard", "A1"), Ref("financial", "B2")])
def test_where_there_is_no_kpi_nobody_is_asked_for_a_file(book, ref) -> None:
    with pytest.raises(ActionError) as caught:
        press(book, ref, [Path("never asked for")])
    assert caught.value.params["reason"] == "action.not_a_kpi"


def test_in_a_closed_period_nobody_is_asked_for_a_file(book, made) -> None:
    for key, value in (("year", 2025.0), ("period", 3.0)):
        book.values[made.layout.list_cell("history", key, 0)] = value
    with pytest.raises(ActionError) as caught:
        press(book, made.layout.cell("internal_process", FIRST_ROW, "actual", 3), [Path("never asked for")])
    assert caught.value.params["reason"] == "action.period_closed"


def test_a_file_of_no_kind_changes_nothing(book, made, tmp_path: Path) -> None:
    unknown = text_file(tmp_path / "a.csv", "a;b", "1;2")
    with pytest.raises(EvidenceError) as caught:
        press(book, made.layout.cell("financial", FIRST_ROW, "actual", 1), [unknown])
    assert caught.value.params["reason"] == "evidence.no_kind"
    assert book.applied == []


class Unreliable(MemoryBook):
    """A program that breaks off after the first cell, once."""

    breaks = True

    def apply(self, changes: Changes) -> None:
        if not self.breaks:
            super().apply(changes)
            return
        self.breaks = False
        first = next(iter(changes.values))
        super().apply(Changes(values={first: changes.values[first]}))
        raise OSError("the program has gone")


def test_a_program_that_breaks_off_gets_its_cells_back(made) -> None:
    book = Unreliable(made.layout, made.writes)
    actual = made.layout.cell("financial", FIRST_ROW, "actual", 4)
    book.formulas[actual] = "1+1"
    before = {ref: value for ref, value in book.values.items() if value is not None}, dict(book.formulas)
    with pytest.raises(OSError, match="gone"):
        import_evidence(book, BUDGET, WHEN)
    after = {ref: value for ref, value in book.values.items() if value is not None and ref != actual}
    assert (after | {actual: before[0][actual]}, book.formulas) == before
