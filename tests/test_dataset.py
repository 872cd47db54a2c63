"""A data set is the same from every kind of source, and a source that cannot be read says why."""

from __future__ import annotations

import datetime as dt
import io
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from bsc_xl import dataset, labels, sample
from bsc_xl.errors import ChoiceError, MissingExtraError, OutputError, SourceError
from bsc_xl.model import Behaviour, Cell
from bsc_xl.ooxml import package
from bsc_xl.ooxml.cells import is_too_wide
from bsc_xl.tables import ExcelError, NumberStyle, RawTables, failure_message, validate
from bsc_xl.tables.columns import COLUMNS
from bsc_xl.workflows import generation

TARGETS = {
    "csv": ("data", {}),
    "parquet": ("data", {"file_format": "parquet"}),
    "xlsx": ("data.xlsx", {}),
    "sqlite": ("sqlite:///{}/data.db", {}),
}
HARD_TEXTS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "👍🏽 «ä» 数",
    "<b>&amp;</b>",
    "satu\ndua\ttiga",
    "_x0041_ _x005F_",
    ' spasi "kutip" ; , \' ',
    "N/A",
    "#REF!",
    "001",
    "1e5",
    "TRUE",
    "x" * 1000,
]


@pytest.fixture(params=TARGETS)
def kind(request):
    return request.param


def target_in(folder, kind):
    name, options = TARGETS[kind]
    return (name.format(folder) if "://" in name else folder / name), options


def written(data, folder, kind, **more):
    target, options = target_in(folder, kind)
    dataset.write(data, target, **options, **more)
    return target


def bureau():
    tables, failures = dataset.read(sample.bureau("id"))
    assert failures == []
    return tables


def assert_same(one, other):
    assert one.settings == other.settings
    for name in ("units", "kpis", "measurements", "links", "behaviour"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    for name in ("unit", "kpi", "target_state", "actual_state", "evidence", "note"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for name in ("target", "actual"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name


def test_a_data_set_goes_through_every_kind_of_target_unchanged(kind, tmp_path):
    frames = sample.generate(7, 9, seed=3, hard_text=True, years=(2024, 2025), own_kpis=True)
    before, failures = validate(RawTables(frames))
    after, failures_after = dataset.read(written(before, tmp_path, kind))
    assert_same(before, after)
    assert [(f.table, f.column, f.rule, f.value) for f in failures] == [
        (f.table, f.column, f.rule, f.value) for f in failures_after
    ]
    assert {Cell.NUMBER, Cell.BLANK, Cell.NA} == set(np.unique(after.actual_state))
    assert set(after.behaviour["year"]) == {2024, 2025}


def test_raw_frames_and_validated_tables_are_written_alike(kind, tmp_path):
    frames = sample.generate(3, 6, seed=1)
    after, _ = dataset.read(written(frames, tmp_path, kind))
    assert_same(validate(RawTables(frames))[0], after)


def test_hard_text_comes_back_as_the_same_text(kind, tmp_path):
    frames = sample.generate(1, len(HARD_TEXTS), periods=1)
    frames["kpis"]["kpi_name"] = pd.Series(HARD_TEXTS, dtype=object)
    tables, _ = dataset.read(written(frames, tmp_path, kind))
    assert tables.kpis["kpi_name"].tolist() == HARD_TEXTS


def test_a_note_as_long_as_a_cell_comes_back(kind, tmp_path):
    frames = sample.generate(1, 1, periods=1)
    frames["measurements"]["note"] = "x" * 32767
    tables, failures = dataset.read(written(frames, tmp_path, kind))
    assert (tables.note[0, 0], failures) == ("x" * 32767, [])


def test_every_end_of_a_line_comes_back_as_a_line_feed(kind, tmp_path):
    frames = sample.generate(1, 1, periods=1)
    frames["measurements"]["note"] = "satu\r\ndua\rtiga\nempat"
    tables, _ = dataset.read(written(frames, tmp_path, kind))
    assert tables.note[0, 0] == "satu\ndua\ntiga\nempat"


def test_the_four_states_stay_four(kind, tmp_path):
    frames = sample.generate(1, 1, periods=4)
    frames["measurements"]["actual"] = pd.Series([0, None, "n/a", "abc"], dtype=object)
    frames["measurements"]["target"] = pd.Series([-1.5, "", "N/A", "#DIV/0!"], dtype=object)
    tables, _ = dataset.read(written(frames, tmp_path, kind))
    assert tables.actual_state[0].tolist() == [Cell.NUMBER, Cell.BLANK, Cell.NA, Cell.ERROR]
    assert tables.target_state[0].tolist() == [Cell.NUMBER, Cell.BLANK, Cell.NA, Cell.ERROR]
    again, _ = dataset.read(written(tables, tmp_path, kind, overwrite=True))
    assert again.actual_state[0].tolist() == [Cell.NUMBER, Cell.BLANK, Cell.NA, Cell.ERROR]


def test_behaviour_that_is_wrong_stays_wrong_and_what_is_blank_stays_blank(kind, tmp_path):
    frames = sample.generate(5, 1, periods=1)
    entries = [5, 1, None, "N/A", "abc", 6, 2.5]
    frames["behaviour"] = pd.DataFrame({"unit_code": ["U00005"], "year": [2025], "period": [1]}).assign(
        **{name: pd.Series([entry], dtype=object) for name, entry in zip(Behaviour, entries, strict=True)}
    )
    tables, failures = dataset.read(written(frames, tmp_path, kind))
    again, failures_again = dataset.read(written(tables, tmp_path, kind, overwrite=True))
    assert_same(tables, again)
    assert [f.rule for f in failures] == ["na_not_allowed", "not_a_number", "behaviour_out_of_range"]
    assert [(f.rule, f.column, f.value) for f in failures] == [(f.rule, f.column, f.value) for f in failures_again]


def test_a_code_keeps_its_leading_zeros(kind, tmp_path):
    frames = sample.generate(2, 1, hard_text=True)
    tables, _ = dataset.read(written(frames, tmp_path, kind))
    assert tables.units["unit_code"].tolist() == ["00001", "00002"]


@effort(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=30), min_size=1, max_size=8), numbers=st.lists(st.floats(), max_size=8))
def test_any_text_and_any_number_survive(kind, texts, numbers):
    frames = sample.generate(1, 8, periods=1)
    frames["kpis"].loc[: len(texts) - 1, "kpi_name"] = np.array(texts, dtype=object)
    frames["measurements"]["actual"] = pd.Series([*numbers, *[None] * (8 - len(numbers))], dtype=object)
    before, _ = validate(RawTables(frames))
    with tempfile.TemporaryDirectory() as folder:
        after, _ = dataset.read(written(frames, Path(folder), kind))
    assert before.kpis["kpi_name"].tolist() == after.kpis["kpi_name"].tolist()
    assert np.array_equal(before.actual, after.actual, equal_nan=True)


def test_what_is_there_is_replaced_only_when_asked(kind, tmp_path):
    target = written(sample.generate(3, 4), tmp_path, kind)
    with pytest.raises(OutputError) as caught:
        written(sample.generate(5, 4), tmp_path, kind)
    assert caught.value.params["reason"] == "source.exists"
    assert len(dataset.read(target)[0].units) == 3
    written(sample.generate(5, 4), tmp_path, kind, overwrite=True)
    assert len(dataset.read(target)[0].units) == 5


def test_a_text_is_never_written_as_a_formula(tmp_path):
    frames = sample.generate(1, len(HARD_TEXTS), periods=1)
    frames["kpis"]["kpi_name"] = pd.Series(HARD_TEXTS, dtype=object)
    path = written(frames, tmp_path, "xlsx")
    sheet = openpyxl.load_workbook(path)["kpis"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b"}
    with zipfile.ZipFile(path) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist())


def test_a_workbook_takes_no_text_that_a_cell_cannot_hold(tmp_path):
    frames = sample.generate(1, 1)
    frames["kpis"]["kpi_name"] = "x" * 32768
    with pytest.raises(OutputError) as caught:
        written(frames, tmp_path, "xlsx")
    assert caught.value.params["reason"] == "source.text_too_long"
    assert list(tmp_path.iterdir()) == []


def test_a_frame_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(ChoiceError):
        dataset.write({"kpi": pd.DataFrame()}, tmp_path / "data")


def csv_folder(path, **texts):
    for file in sample.bureau("id").glob("*.csv"):
        (path / file.name).write_bytes(file.read_bytes())
    for table, content in texts.items():
        (path / f"{table}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_csv_is_read_with_a_byte_order_mark_and_any_line_ends(tmp_path):
    for file in sample.bureau("id").glob("*.csv"):
        (tmp_path / file.name.upper()).write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert_same(bureau(), dataset.read(tmp_path)[0])


def test_csv_as_indonesian_excel_saves_it_gives_the_same_figures(tmp_path):
    for table, frame in dataset.read_raw(sample.bureau("id")).frames.items():
        for name in ("weight", "target", "actual", "value"):
            if name in frame:
                frame[name] = [str(cell).replace(".", ",") for cell in frame[name]]
        frame.to_csv(tmp_path / f"{table}.csv", sep=";", index=False)
    tables, failures = dataset.read(tmp_path)
    assert failures == []
    assert_same(bureau(), tables)


def test_thousands_are_read_where_the_file_has_decimal_commas_and_refused_where_nothing_tells(tmp_path):
    text = "unit_code;kpi_code;year;period;target;actual\nBAP;K1;2025;1;1.500;{}\n"
    tables, failures = dataset.read(csv_folder(tmp_path, measurements=text.format("1.200,5")))
    assert (tables.target[0, 0], tables.actual[0, 0], failures) == (1500.0, 1200.5, [])
    tables, failures = dataset.read(csv_folder(tmp_path, measurements=text.format("1200")))
    assert [(f.cell, f.rule) for f in failures] == [("measurements!E2", "ambiguous_number")]


def test_a_row_that_slipped_to_the_right_is_a_failure_and_not_used(tmp_path):
    text = "unit_code,kpi_code,year,period,target,actual\nBAP,K1,2025,4,100,96,13\nBAP,K2,2025,4,100,90\n"
    tables, failures = dataset.read(csv_folder(tmp_path, measurements=text))
    assert [(f.cell, f.rule, f.value) for f in failures] == [("measurements!G2", "extra_cell", "13")]
    assert tables.actual_state[0, 3] == Cell.BLANK
    assert tables.actual[1, 3] == 90


def test_a_row_that_is_too_short_is_blank_at_its_end(tmp_path):
    text = "unit_code,kpi_code,year,period,target,actual\nBAP,K1,2025,4,100\n\nBAP,K2,2025,4,100,x\n"
    tables, failures = dataset.read(csv_folder(tmp_path, measurements=text))
    assert [(f.cell, f.rule) for f in failures] == [("measurements!F4", "not_a_number")]
    assert tables.actual_state[0, 3] == Cell.BLANK


def test_a_note_longer_than_a_cell_is_a_finding_and_not_a_damaged_file(tmp_path):
    text = f"unit_code,kpi_code,year,period,note\nBAP,K1,2025,4,{'x' * 200_000}\n"
    assert [f.rule for f in dataset.read(csv_folder(tmp_path, measurements=text))[1]] == ["text_too_long"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"unit_code\xff\n", "source.encoding"),
        ("unit_code,unit_name\n".encode("utf-16"), "source.encoding"),
        (b"", "source.empty"),
        (b"\n\n", "source.empty"),
    ],
)
def test_a_csv_file_that_cannot_be_read_says_why_and_which(content, reason, tmp_path):
    with pytest.raises(SourceError) as caught:
        dataset.read(csv_folder(tmp_path, units=content))
    assert caught.value.params == {"source": str(tmp_path / "units.csv"), "reason": reason}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('unit_code,unit_name\nA,"open\n', 2),
        ('unit_code,unit_name\nA,A\nB,"open\nC,"C"\nD,D\n', 3),
        ('\n\nunit_code,unit_name\n"A\nB",A\nB,"open\n', 5),
    ],
)
def test_a_quotation_mark_that_nothing_closes_is_named_by_its_row(text, row, tmp_path):
    with pytest.raises(SourceError) as caught:
        dataset.read(csv_folder(tmp_path, units=text))
    assert caught.value.params == {"source": str(tmp_path / "units.csv"), "reason": "source.quote", "row": row}


@pytest.mark.parametrize(
    ("above", "row"),
    [("", 2), ("\r\n\r\n", 4), (";;;;;\n", 3), ('" ";"";\n\n', 4), ("sep=;\r\n", 2), ('"sep=;"\n\n', 3)],
)
def test_what_stands_above_the_headings_is_passed_over_and_rows_keep_their_numbers(above, row, tmp_path):
    text = f"{above}unit_code;kpi_code;year;period;target;actual\nBAP;K1;2025;1;100;x\n"
    failures = dataset.read(csv_folder(tmp_path, measurements=text))[1]
    assert [(f.cell, f.row, f.rule) for f in failures] == [(f"measurements!F{row}", row, "not_a_number")]


def test_the_separator_that_a_file_names_holds(tmp_path):
    text = "sep=|\nunit_code|kpi_code|year|period|target|actual\nBAP|K1|2025|1|100|96,5\n"
    tables, failures = dataset.read(csv_folder(tmp_path, measurements=text))
    assert (tables.actual[0, 0], failures) == (96.5, [])


def test_a_sheet_may_begin_with_blank_rows(tmp_path):
    path = tmp_path / "data.xlsx"
    book, _ = workbook(path, [[], [], [*HEADINGS, "remark"], ["BAP", "K1", 2025, 1, 100, "x", "", "y"]])
    book.save(path)
    assert [(f.cell, f.rule) for f in dataset.read(path)[1]] == [
        ("measurements!H3", "unknown_column"),
        ("measurements!F4", "not_a_number"),
    ]


def test_beside_a_decimal_comma_a_text_that_may_mean_thousands_is_refused_in_every_source(kind, tmp_path):
    frames = sample.generate(1, 1, periods=4)
    frames["measurements"]["target"] = pd.Series(["1.234", "96,13", "0.5", 7], dtype=object)
    _, failures = dataset.read(written(frames, tmp_path, kind))
    expected = [(3, "not_a_number")] if kind == "csv" else [(2, "ambiguous_number"), (3, "not_a_number")]
    assert [(f.row, f.rule) for f in failures if f.column == "target"] == expected


def test_without_a_decimal_comma_a_text_has_a_decimal_point(kind, tmp_path):
    frames = sample.generate(1, 1, periods=4)
    frames["measurements"]["target"] = pd.Series(["1.234", "96.13", "N/A", 7], dtype=object)
    tables, _ = dataset.read(written(frames, tmp_path, kind))
    assert tables.target[0, :2].tolist() == [1.234, 96.13]


def test_a_number_stays_that_number_beside_a_text_with_a_decimal_comma(kind, tmp_path):
    frames = sample.generate(1, 1, periods=4)
    frames["measurements"]["target"] = pd.Series([1.234, "96,13", -12.125, 7], dtype=object)
    tables, failures = dataset.read(written(frames, tmp_path, kind))
    assert [f.rule for f in failures if f.level == "failure"] == ["not_a_number"]
    assert tables.target[0, [0, 2, 3]].tolist() == [1.234, -12.125, 7]


@pytest.mark.parametrize(("separator", "example"), [(",", "96.13"), (";", "96,13")])
@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_a_message_shows_a_number_as_the_source_writes_it(language, separator, example, tmp_path):
    rows = [
        ["unit_code", "kpi_code", "year", "period", "target", "actual"],
        ["BAP", "K1", "2025", "1", example, "x"],
        ["BAP", "K2", "2025", "1", "1", "2", "3"],
    ]
    text = "\n".join(separator.join(row) for row in rows)
    failures = dataset.read(csv_folder(tmp_path, measurements=text))[1]
    messages = {f.rule: failure_message(f, labels.load(language)) for f in failures}
    assert set(messages) == {"not_a_number", "extra_cell"}
    assert all(example in message for message in messages.values())
    assert "measurements!G3:" in messages["extra_cell"]


def test_what_the_advice_on_a_slipped_row_says_works(tmp_path):
    text = "unit_code,kpi_code,year,period,target,actual\nBAP,K1,2025,4,100,{}\n"
    csv_folder(tmp_path, measurements=text.format("96,13"), settings="key,value\nperiod,4\n")
    assert [f.rule for f in dataset.read(tmp_path)[1]] == ["extra_cell"]
    csv_folder(tmp_path, measurements=text.format("96.13"))
    tables, failures = dataset.read(tmp_path)
    assert (tables.actual[0, 3], failures) == (96.13, [])


@pytest.mark.parametrize("name", ["nothing", "nothing.xlsx", "sqlite:///{}/nothing.db"])
def test_a_source_that_does_not_exist_is_said_and_not_made(name, tmp_path):
    source = name.format(tmp_path) if "://" in name else tmp_path / name
    with pytest.raises(SourceError) as caught:
        dataset.read(source)
    assert caught.value.params["reason"] == "source.not_found"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_or_workbook_or_database_without_tables_is_said(tmp_path):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    sqlite3.connect(tmp_path / "other.db").execute("create table other (a)").connection.close()
    for source in (tmp_path, tmp_path / "other.xlsx", f"sqlite:///{tmp_path}/other.db"):
        with pytest.raises(SourceError) as caught:
            dataset.read(source)
        assert caught.value.params["reason"] == "source.no_tables"


@pytest.mark.parametrize(
    ("name", "reason"), [("data.xlsx", "package.not_a_workbook"), ("units.parquet", "source.unreadable")]
)
def test_a_file_that_is_not_what_its_name_says_is_said(name, reason, tmp_path):
    (tmp_path / name).write_bytes(b"no such thing")
    with pytest.raises(SourceError) as caught:
        dataset.read(tmp_path / name if name.endswith("xlsx") else tmp_path)
    assert caught.value.params["reason"] == reason


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_the_workbook_of_a_unit_is_no_data_set(language, tmp_path):
    generation.write_template(tmp_path / "unit.xlsx", language, 4)
    with pytest.raises(SourceError) as caught:
        dataset.read(tmp_path / "unit.xlsx")
    assert caught.value.params["reason"] == "source.unit_workbook"


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "data.txt").write_text("units")
    with pytest.raises(SourceError) as caught:
        dataset.read(tmp_path / "data.txt")
    assert caught.value.params["reason"] == "source.kind"


def test_two_spellings_or_two_formats_of_one_table_are_refused(tmp_path):
    csv_folder(tmp_path)
    (tmp_path / "UNITS.csv").write_bytes((tmp_path / "units.csv").read_bytes())
    if (tmp_path / "UNITS.csv").samefile(tmp_path / "units.csv"):
        pytest.skip("this file system knows no capitals")
    with pytest.raises(SourceError) as caught:
        dataset.read(tmp_path)
    assert caught.value.params["reason"] == "source.two_tables"
    (tmp_path / "UNITS.csv").rename(tmp_path / "units.parquet")
    with pytest.raises(SourceError) as caught:
        dataset.read(tmp_path)
    assert caught.value.params["reason"] == "source.two_formats"


def test_an_overwritten_folder_holds_one_format_and_keeps_other_files(tmp_path):
    target = written(sample.generate(3, 4), tmp_path, "parquet")
    (target / "README.md").write_text("ours")
    dataset.write(sample.generate(5, 4), target, overwrite=True)
    assert len(dataset.read(target)[0].units) == 5
    assert (target / "README.md").read_text() == "ours"


def workbook(path, rows, table="measurements"):
    dataset.write(dataset.read(sample.bureau("id"))[0], path)
    book = openpyxl.load_workbook(path)
    del book[table]
    sheet = book.create_sheet(f" {table.title()} ")
    for row in rows:
        sheet.append(row)
    return book, sheet


HEADINGS = ["Unit_Code", " KPI_code", "year", "period", "target", "actual", "note"]


def test_excels_error_values_are_errors_and_text_that_looks_alike_is_text(tmp_path):
    path = tmp_path / "data.xlsx"
    book, sheet = workbook(path, [HEADINGS, ["BAP", "K1", 2025, 1, 100, "#DIV/0!", "#N/A"]])
    sheet["F2"].data_type, sheet["G2"].data_type = "e", "s"
    book.save(path)
    assert isinstance(dataset.read_raw(path).frames["measurements"].iloc[0, 5], ExcelError)
    tables, failures = dataset.read(path)
    assert [(f.cell, f.rule, f.value) for f in failures] == [("measurements!F2", "excel_error", "#DIV/0!")]
    assert (tables.actual_state[0, 0], tables.note[0, 0]) == (Cell.ERROR, "#N/A")


def test_an_error_value_in_the_last_row_and_column_is_not_overlooked(tmp_path):
    path = tmp_path / "data.xlsx"
    book, sheet = workbook(path, [HEADINGS, ["BAP", "K1", 2025, 1, 100, 5], ["BAP", "K1", 2025, 2, 100, "#NAME?"]])
    sheet["F3"].data_type = "e"
    book.save(path)
    assert [(f.cell, f.rule) for f in dataset.read(path)[1]] == [("measurements!F3", "excel_error")]


def test_a_formula_that_no_program_has_calculated_is_an_error_and_never_a_blank(tmp_path):
    path = tmp_path / "data.xlsx"
    book, _ = workbook(path, [HEADINGS, ["BAP", "K1", 2025, 1, 100, "=E2*0.9", "=A2"]])
    book.save(path)
    tables, failures = dataset.read(path)
    assert [(f.cell, f.rule, f.value) for f in failures] == [
        ("measurements!F2", "formula_without_value", "=E2*0.9"),
        ("measurements!G2", "formula_without_value", "=A2"),
    ]
    assert (tables.actual_state[0, 0], tables.note[0, 0]) == (Cell.ERROR, "")


def test_a_formula_with_a_value_is_that_value_also_when_it_is_an_empty_text(tmp_path, libreoffice):
    path = tmp_path / "data.xlsx"
    book, _ = workbook(path, [HEADINGS, ["BAP", "K1", 2025, 1, 100, "=E2*0.9", '=""']])
    book.save(path)
    tables, failures = dataset.read(libreoffice(path, "xlsx", tmp_path / "calculated"))
    assert (tables.actual[0, 0], tables.note[0, 0], failures) == (90, "", [])


def test_dates_and_booleans_in_number_cells_are_errors(tmp_path):
    path = tmp_path / "data.xlsx"
    book, _ = workbook(path, [HEADINGS, ["BAP", "K1", 2025, 1, dt.date(2025, 1, 2), True]])
    book.save(path)
    assert [(f.cell, f.rule, f.value) for f in dataset.read(path)[1]] == [
        ("measurements!E2", "not_a_number", "2025-01-02"),
        ("measurements!F2", "not_a_number", "true"),
    ]


def test_remarks_beside_a_table_are_advised_and_rows_keep_their_numbers(tmp_path):
    path = tmp_path / "data.xlsx"
    rows = [HEADINGS, [], ["BAP", "K1", 2025, 1, 100, "x", "", "", "remark"]]
    book, _ = workbook(path, rows)
    book.save(path)
    assert [(f.cell, f.rule, f.level) for f in dataset.read(path)[1]] == [
        ("measurements!I1", "unnamed_column", "advice"),
        ("measurements!F3", "not_a_number", "failure"),
    ]


def test_a_database_of_another_hand_is_read_whatever_its_types(tmp_path):
    connection = sqlite3.connect(tmp_path / "data.db")
    for table, frame in dataset.read_raw(sample.bureau("id")).frames.items():
        columns = ", ".join(f'"{name.upper()}"' for name in frame.columns)
        connection.execute(f"create table {table.upper()} ({columns})")
        marks = ", ".join("?" * frame.shape[1])
        connection.executemany(f"insert into {table} values ({marks})", frame.to_numpy().tolist())
    connection.commit()
    connection.close()
    tables, failures = dataset.read(f"sqlite:///{tmp_path}/data.db")
    assert failures == []
    assert_same(bureau(), tables)


def figures_database(path, columns, row, more=""):
    """The bureau's tables in SQLite, with the one figure `row` in measurements of these columns."""
    dataset.write(bureau(), f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    connection.execute("drop table measurements")
    connection.execute(f"create table measurements (unit_code, kpi_code, year int, period int, {columns})")
    connection.execute(f"insert into measurements values ('BAP', 'K1', 2025, 1, {', '.join('?' * len(row))})", row)
    connection.executescript(more)
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


@pytest.mark.parametrize("kind", ["numeric", "decimal(10, 2)", "float", "integer", "boolean", "date", "json"])
def test_a_declared_type_turns_no_state_of_a_figure_into_another(kind, tmp_path):
    source = figures_database(tmp_path / "data.db", f"target {kind}, actual {kind}, note {kind}", ["N/A", "abc", "x"])
    tables, failures = dataset.read(source)
    assert (tables.target_state[0, 0], tables.actual_state[0, 0]) == (Cell.NA, Cell.ERROR)
    assert (tables.note[0, 0], [f.rule for f in failures]) == ("x", ["not_a_number"])


def test_a_declared_type_rounds_no_number(tmp_path):
    source = figures_database(tmp_path / "data.db", "target numeric, actual decimal(10, 2)", [1e-12, 1 / 3])
    tables, _ = dataset.read(source)
    assert (tables.target[0, 0], tables.actual[0, 0]) == (1e-12, 1 / 3)


def test_a_no_in_a_column_of_booleans_is_a_no(tmp_path):
    more = "alter table kpis drop column ceiling; alter table kpis add column ceiling boolean default 'tidak'"
    source = figures_database(tmp_path / "data.db", "target", [1], more)
    assert not dataset.read(source)[0].kpis["ceiling"].any()


def test_a_column_that_is_not_known_is_advised_when_it_holds_anything_and_is_not_read(tmp_path):
    columns = "target real, updated datetime, history json, unused date"
    source = figures_database(tmp_path / "data.db", columns, [1, "31/12/2025", "not json", None])
    failures = dataset.read(source)[1]
    assert [(f.rule, f.column) for f in failures] == [("unknown_column", "updated"), ("unknown_column", "history")]


def test_a_view_serves_as_a_table(tmp_path):
    more = "alter table measurements rename to kept; create view measurements as select * from kept"
    source = figures_database(tmp_path / "data.db", "target", [7], more)
    assert dataset.read(source)[0].target[0, 0] == 7


def test_a_list_in_a_parquet_file_is_a_finding(tmp_path):
    frames = sample.generate(1, 1, periods=4)
    folder = written(frames, tmp_path, "parquet")
    measurements = frames["measurements"].assign(
        target=[[1]] * 4, note=[["a", "b"], None, ["c"], []], evidence=[b"x"] * 4, remark=[{"a": 1}] * 4
    )
    measurements.to_parquet(folder / "measurements.parquet")
    tables, failures = dataset.read(folder)
    assert [(f.row, f.column, f.rule) for f in failures if f.row == 2] == [
        (2, "target", "not_a_number"),
        (2, "evidence", "not_a_text"),
        (2, "note", "not_a_text"),
    ]
    assert tables.note.tolist() == [["", "", "", ""]]


def test_a_database_is_as_before_when_writing_fails(tmp_path, monkeypatch):
    target = written(sample.generate(3, 4), tmp_path, "sqlite")
    frames = sample.generate(5, 4)
    frames["settings"]["KEY"] = "the same name twice, for a database"
    with pytest.raises(OutputError) as caught:
        dataset.write(frames, target, overwrite=True)
    assert caught.value.params["reason"] == "source.database"
    assert len(dataset.read(target)[0].units) == 3


@pytest.mark.parametrize(
    "address",
    [
        "nosuch://user:secret@host/db",
        "sqlite+nosuch:///x",
        "postgresql://u:secret@[bad/x",
        "postgresql://u:secret@localhost:port/x",
    ],
)
def test_a_bad_address_is_said_without_its_password(address):
    with pytest.raises((SourceError, MissingExtraError)) as caught:
        dataset.read(address)
    assert "secret" not in str(caught.value)


def test_a_package_that_is_missing_is_named_with_its_extra(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "sqlalchemy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingExtraError) as caught:
        written({"units": pd.DataFrame({"unit_code": ["A"]})}, tmp_path, "sqlite")
    assert caught.value.params["extra"] == "sql"


def test_the_style_of_numbers_is_asked_only_of_semicolon_files(tmp_path):
    assert dataset.read_raw(csv_folder(tmp_path)).styles == {}
    csv_folder(tmp_path, settings="key;value\nyear;2025\nweight_financial;25,0\n")
    assert dataset.read_raw(tmp_path).styles == {"settings": NumberStyle.COMMA}


def test_every_table_is_written_also_those_that_are_empty(kind, tmp_path):
    raw = dataset.read_raw(written({"units": pd.DataFrame({"unit_code": ["A"]})}, tmp_path, kind))
    assert set(raw.frames) == set(COLUMNS)
    assert raw.frames["links"].columns.tolist() == ["cause", "effect"]


@pytest.mark.parametrize("content", ["", "\r\n", "\n\n \n", ";;\n;;\n", ",,,\n", "sep=;\r\n"])
def test_an_optional_table_without_content_is_no_table(content, tmp_path):
    dataset.write(bureau(), tmp_path / "data")
    for name in ("links", "settings"):
        (tmp_path / "data" / f"{name}.csv").write_text(content, encoding="utf-8", newline="")
    tables, failures = dataset.read(tmp_path / "data")
    assert tables is not None
    assert failures == []
    assert tables.links.empty


def test_a_cell_at_the_far_end_of_a_sheet_is_refused_before_it_takes_the_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "units"
    book.active["A1"], book.active["XFD1048576"] = "unit_code", "x"
    book.save(tmp_path / "data.xlsx")
    with pytest.raises(SourceError) as caught:
        dataset.read(tmp_path / "data.xlsx")
    assert caught.value.params == {
        "source": str(tmp_path / "data.xlsx"), "reason": "source.too_wide", "sheet": "units",
    }  # fmt: skip


@pytest.mark.parametrize(("cell", "cells"), [("Z100", 2600), ("AA9", 243), ("ABC2", 1462)])
def test_what_a_sheet_spans_is_known_exactly_where_it_matters(cell, cells):
    book = openpyxl.Workbook()
    book.active[cell] = 1
    content = io.BytesIO()
    book.save(content)
    part = package.read(content.getvalue())["xl/worksheets/sheet1.xml"]
    assert [is_too_wide(part, "sheet1", most) for most in (cells, cells - 1)] == [False, True]
