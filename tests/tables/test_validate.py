"""Every rule of a data set is checked at once, and each finding says where."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from bsc_xl import labels
from bsc_xl.errors import ADVICE, FAILURE
from bsc_xl.model import Cell, Perspective, Polarity
from bsc_xl.scorecard import score
from bsc_xl.tables import (
    ExcelError,
    NumberStyle,
    RawTables,
    UncalculatedFormulaError,
    failure_message,
    validate,
)
from bsc_xl.tables.columns import COLUMNS, SIGNATORY
from bsc_xl.tables.units import in_cycle


def valid():
    """Raw rows by table: two units, a perspective with two shared KPIs and one with one, four figures."""
    return {
        "units": [
            {"unit_code": "A", "unit_name": "Unit A", "parent_code": "", "level": "unit", "weight": "", "new_idea": ""},
            {"unit_code": "B", "unit_name": "Unit B", "parent_code": "A", "level": "", "weight": 2, "new_idea": "ya"},
        ],
        "kpis": [
            kpi("K1", "financial", "maximize", "sum", 60),
            kpi("K2", "financial", "minimize", "last", 40),
            kpi("K3", "customer", "maximize", "average", 100),
        ],
        "measurements": [
            figure("A", "K1", 1, 10, 9),
            figure("A", "K1", 2, 10, "N/A"),
            figure("A", "K2", 1, 5, ""),
            figure("B", "K3", 4, 100, 0),
        ],
        "settings": [{"key": "year", "value": 2025}, {"key": "period", "value": 4}, {"key": "language", "value": "en"}],
        "links": [],
    }


def kpi(code, perspective, polarity, consolidation, weight, **more):
    row = {"kpi_code": code, "perspective": perspective, "objective": "Goal", "kpi_name": f"Indicator {code}"}
    row |= {"polarity": polarity, "consolidation": consolidation, "weight": weight, "worst": None, "ceiling": ""}
    return row | {"unit_code": "", "green_from": None, "yellow_from": None} | more


def figure(unit, code, period, target, actual, year=2025, note=""):
    row = {"unit_code": unit, "kpi_code": code, "year": year, "period": period}
    return row | {"target": target, "actual": actual, "note": note}


def raw(rows, *, cells=True, **more):
    frames = {}
    for table, found in rows.items():
        names = list(found[0]) if found else [column.name for column in COLUMNS[table]]
        columns = {name: pd.Series([row.get(name) for row in found], dtype=object) for name in names}
        frames[table] = pd.DataFrame(columns, columns=names)
    return RawTables(frames, cells=cells, **more)


def check(rows, **more):
    return validate(raw(rows, **more))


def found(rows, level=FAILURE, **more):
    """What is found, as (table, row, column, rule, value)."""
    failures = check(rows, **more)[1]
    return [(f.table, f.row, f.column, f.rule, f.value) for f in failures if f.level == level]


def settings(**values):
    rows = valid()
    rows["settings"] = [{"key": key, "value": value} for key, value in ({"year": 2025} | values).items()]
    return rows


def test_a_valid_data_set_has_no_finding():
    assert check(valid())[1] == []


def test_the_arrays_hold_a_row_for_each_unit_and_kpi_and_a_column_for_each_period():
    tables, _ = check(valid())
    assert tables.unit.tolist() == [0, 0, 0, 1, 1, 1]
    assert tables.kpi.tolist() == [0, 1, 2, 0, 1, 2]
    assert tables.target.shape == tables.actual_state.shape == tables.note.shape == (6, 4)
    assert tables.target_state[0].tolist() == [Cell.NUMBER, Cell.NUMBER, Cell.BLANK, Cell.BLANK]
    assert tables.actual_state[0].tolist() == [Cell.NUMBER, Cell.NA, Cell.BLANK, Cell.BLANK]
    assert tables.actual_state[1, 0] == Cell.BLANK
    assert (tables.actual[5, 3], tables.actual_state[5, 3]) == (0.0, Cell.NUMBER)
    assert np.array_equal(np.isnan(tables.actual), tables.actual_state != Cell.NUMBER)


def test_rows_are_ordered_by_unit_and_perspective_and_place_in_the_kpi_table():
    rows = valid()
    rows["kpis"] = [rows["kpis"][2], rows["kpis"][1], rows["kpis"][0], kpi("K4", "customer", "binary", "last", 0)]
    rows["kpis"][3]["unit_code"] = "B"
    tables, failures = check(rows)
    assert failures == []
    assert tables.kpi.tolist() == [1, 2, 0, 1, 2, 0, 3]
    assert tables.unit.tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_units_have_all_columns_with_their_defaults():
    units = check(valid())[0].units
    assert units["level"].tolist() == ["unit", "unit"]
    assert units["weight"].tolist() == [1.0, 2.0]
    assert units["parent"].tolist() == [-1, 0]
    assert units["new_idea"].tolist() == [False, True]
    assert units["head"].tolist() == ["", ""]


def test_the_head_of_an_employee_for_whom_none_is_named_is_the_head_of_their_unit():
    rows = valid()
    employee = {"parent_code": "B", "level": "employee"}
    for row, head in zip(rows["units"], ("Ani", "Budi"), strict=True):
        row["head"] = head
    rows["units"] += [
        {"unit_code": "P1", "unit_name": "Citra", **employee},
        {"unit_code": "P2", "unit_name": "Dedi", **employee, "head": "Eka"},
        {"unit_code": "P3", "unit_name": "Fitri", "level": "employee"},
        {"unit_code": "C", "unit_name": "Bagian C", "parent_code": "B"},
    ]
    assert check(rows)[0].units["head"].tolist() == ["Ani", "Budi", "Budi", "Eka", "", ""]


def test_rank_number_office_and_town_follow_the_head_who_signs():
    """Another unit's rank never stands below the name of a head who was named."""
    rows = valid()
    rows["units"][0] |= dict.fromkeys(SIGNATORY, "")
    rows["units"][1] |= {
        "head": "Budi", "head_title": "Kepala", "head_rank": "IV/a", "head_number": "19700101", "place": "Palu"
    }  # fmt: skip
    employee = {"parent_code": "B", "level": "employee"}
    rows["units"] += [
        {"unit_code": "P1", "unit_name": "Citra", **employee, "head_rank": "III/d"},
        {"unit_code": "P2", "unit_name": "Dedi", **employee, "head": "Eka", "head_rank": "IV/b"},
    ]
    units = check(rows)[0].units
    assert units[list(SIGNATORY)].iloc[2].tolist() == ["Budi", "Kepala", "IV/a", "19700101", "Palu"]
    assert units[list(SIGNATORY)].iloc[3].tolist() == ["Eka", "", "IV/b", "", ""]


TWENTY_MISTAKES = [
    ("units", 4, "unit_code", "required", ""),
    ("units", 5, "unit_code", "duplicate", "b"),
    ("units", 6, "parent_code", "unknown_parent", "Z"),
    ("units", 6, "level", "unknown_level", "boss"),
    ("units", 7, "parent_code", "parent_cycle", "D"),
    ("kpis", 2, "weight", "weights_total", "99"),
    ("kpis", 5, "perspective", "unknown_perspective", "money"),
    ("kpis", 6, "polarity", "unknown_polarity", "up"),
    ("kpis", 6, "ceiling", "bad_flag", "perhaps"),
    ("kpis", 7, "consolidation", "unknown_consolidation", "median"),
    ("kpis", 8, "worst", "polarity_contradicts", "7"),
    ("kpis", 9, "green_from", "band_order", "70"),
    ("measurements", 6, "unit_code", "unknown_unit", "Q"),
    ("measurements", 7, "kpi_code", "unknown_kpi", "K99"),
    ("measurements", 8, "period", "period_out_of_range", "5"),
    ("measurements", 9, "target", "not_a_number", "abc"),
    ("measurements", 9, "actual", "excel_error", "#DIV/0!"),
    ("measurements", 10, "kpi_code", "duplicate", "A / K1 / 2025 / 1"),
    ("measurements", 11, "actual", "not_finite", "inf"),
    ("settings", 4, "value", "bad_setting", "fr"),
]


def twenty_mistakes():
    rows = valid()
    rows["units"] += [
        {"unit_code": "", "unit_name": "No code"},
        {"unit_code": "b", "unit_name": "Again"},
        {"unit_code": "C", "unit_name": "C", "parent_code": "Z", "level": "boss"},
        {"unit_code": "D", "unit_name": "D", "parent_code": "D"},
    ]
    rows["kpis"][0]["weight"] = 59
    rows["kpis"] += [
        kpi("K4", "money", "maximize", "sum", 10),
        kpi("K5", "internal_process", "up", "sum", 50, ceiling="perhaps"),
        kpi("K6", "internal_process", "maximize", "median", 50),
        kpi("K7", "learning_growth", "minimize", "last", 60, worst=7),
        kpi("K8", "learning_growth", "maximize", "last", 40, green_from=70),
    ]
    rows["measurements"] += [
        figure("Q", "K1", 1, 1, 1),
        figure("A", "K99", 1, 1, 1),
        figure("A", "K1", 5, 1, 1),
        figure("A", "K3", 1, "abc", "#DIV/0!"),
        figure("A", "K1", 1, 77, 77),
        figure("A", "K3", 2, 1, "inf"),
        figure("A", "K7", 1, 8, 1),
    ]
    rows["settings"][2]["value"] = "fr"
    return rows


def test_twenty_planted_mistakes_are_all_twenty_found_with_their_places():
    assert len(TWENTY_MISTAKES) == 20
    assert found(twenty_mistakes()) == TWENTY_MISTAKES


def test_a_data_set_with_mistakes_still_gives_what_can_be_scored():
    tables, _ = check(twenty_mistakes())
    assert tables.units["unit_code"].tolist() == ["A", "B", "C", "D"]
    assert tables.kpis["kpi_code"].tolist() == ["K1", "K2", "K3", "K7", "K8"]
    assert (tables.target[0, 0], tables.actual[0, 0]) == (10, 9)  # the first of the two rows counts
    assert tables.target_state[2, 0] == Cell.ERROR
    assert tables.actual_state[2, 0] == Cell.ERROR


def test_a_sheet_or_csv_gives_the_cell_and_other_sources_do_not():
    assert {f.cell for f in check(twenty_mistakes())[1] if f.rule == "not_a_number"} == {"measurements!E9"}
    assert {f.cell for f in check(twenty_mistakes(), cells=False)[1]} == {None}


def test_the_cell_follows_the_columns_of_the_source_and_not_ours():
    rows = valid()
    rows["measurements"] = [{**dict.fromkeys(map(str, range(26))), **row} for row in rows["measurements"]]
    rows["measurements"][1]["actual"] = "x"
    assert [f.cell for f in check(rows)[1] if f.level == FAILURE] == ["measurements!AF3"]


def test_names_of_tables_and_columns_do_not_depend_on_case_or_blanks():
    tables = raw(valid())
    frames = {name: frame.rename(columns=lambda column: f" {column.upper()} ") for name, frame in tables.frames.items()}
    assert validate(RawTables(frames))[1] == []


def test_blank_rows_are_no_rows_and_keep_the_numbers_of_the_others():
    rows = valid()
    rows["measurements"].insert(1, dict.fromkeys(rows["measurements"][0], " "))
    rows["measurements"][2]["actual"] = "x"
    assert found(rows) == [("measurements", 4, "actual", "not_a_number", "x")]


@pytest.mark.parametrize("table", ["units", "kpis", "measurements"])
def test_a_missing_table_leaves_nothing_to_score_and_is_said_once(table):
    rows = valid()
    del rows[table]
    assert check(rows)[0] is None
    assert found(rows) == [(table, None, None, "missing_table", table)]


@pytest.mark.parametrize("table", ["settings", "links"])
def test_a_data_set_may_do_without_an_optional_table(table):
    rows = valid()
    del rows[table]
    tables, failures = check(rows)
    assert (tables.settings.year, tables.settings.period, failures) == (2025, 4, [])


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table, column.name)
        for table in ("units", "kpis", "measurements", "settings")
        for column in COLUMNS[table]
        if column.required
    ],
)
def test_a_missing_column_is_said_once_and_not_row_by_row(table, column):
    rows = valid()
    for row in rows[table]:
        row.pop(column, None)
    tables, failures = check(rows)
    assert tables is None
    assert [(f.table, f.row, f.column, f.rule) for f in failures if f.level == FAILURE] == [
        (table, None, column, "missing_column")
    ]


@pytest.mark.parametrize("table", ["units", "kpis"])
def test_an_empty_table_leaves_nothing_to_score(table):
    rows = valid() | {table: []}
    assert check(rows)[0] is None
    assert (table, None, None, "empty_table", None) in found(rows)


def test_a_year_without_figures_yet_is_a_data_set():
    tables, failures = check(valid() | {"measurements": []})
    assert failures == []
    assert (tables.target_state == Cell.BLANK).all()


def test_the_year_is_the_latest_measured_when_it_is_not_given():
    rows = valid()
    rows["settings"] = []
    rows["measurements"].append(figure("A", "K1", 1, 3, 4, year=2026))
    tables, failures = check(rows)
    assert (tables.settings.year, failures) == (2026, [])
    assert tables.target[0, 0] == 3
    assert len(tables.measurements) == 5


def test_a_year_that_nothing_tells_is_asked_for():
    rows = valid() | {"settings": [], "measurements": []}
    assert check(rows)[0] is None
    assert found(rows) == [("settings", None, "value", "missing_year", "year")]


def test_defaults_hold_for_what_the_settings_do_not_say():
    chosen = check(settings())[0].settings
    assert (chosen.language, chosen.policy, chosen.periods, chosen.period) == ("id", "nko", 4, 4)
    assert chosen.weights == dict.fromkeys(Perspective, 25.0)
    assert chosen.overrides == {}


def test_settings_are_read_without_regard_to_case_and_type():
    rows = settings(**{" Periods ": "2", "PERIOD": 1.0, "Policy": " LKJIP "})
    for row in rows["measurements"]:
        row["period"] = 1
    rows["measurements"] = [rows["measurements"][0]]
    chosen = check(rows)[0].settings
    assert (chosen.periods, chosen.period, chosen.policy) == (2, 1, "lkjip")


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("language", "fr", "bad_setting"),
        ("policy", "best", "bad_setting"),
        ("zero_target", "maybe", "bad_setting"),
        ("missing", "ignore", "bad_setting"),
        ("rating", "stars", "bad_setting"),
        ("floor", "low", "bad_setting"),
        ("floor", 120, "bad_setting"),
        ("cap", 0, "bad_setting"),
        ("cap", "N/A", "bad_setting"),
        ("weight_financial", "x", "not_a_number"),
        ("weight_financial", "N/A", "na_not_allowed"),
        ("weight_financial", "#REF!", "excel_error"),
        ("weight_financial", 30, "weights_total"),
    ],
)
def test_a_setting_that_cannot_be_used_is_a_failure_and_the_default_holds(key, value, rule):
    tables, failures = check(settings(**{key: value}))
    assert [(f.table, f.row, f.column, f.rule) for f in failures] == [("settings", 3, "value", rule)]
    assert tables is not None
    assert tables.settings.overrides == {}
    assert (tables.settings.language, tables.settings.policy) == ("id", "nko")


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("periods", 3, "bad_setting"),
        ("periods", "four", "bad_setting"),
        ("period", 0, "period_out_of_range"),
        ("period", 5, "period_out_of_range"),
        ("period", 1.5, "period_out_of_range"),
        ("period", "TW I", "period_out_of_range"),
        ("year", 25, "year_out_of_range"),
        ("year", "this", "year_out_of_range"),
    ],
)
def test_a_year_or_period_that_cannot_be_used_leaves_nothing_to_score(key, value, rule):
    rows = settings(**{key: value})
    assert check(rows)[0] is None
    assert [(table, column, name) for table, _, column, name, _ in found(rows)] == [("settings", "value", rule)]


@pytest.mark.parametrize(("key", "value"), [("period", 9), ("periods", 3), ("year", 25)])
def test_a_year_or_period_that_cannot_be_used_hides_no_other_finding(key, value):
    rows = settings(**{key: value})
    rows["kpis"][1]["worst"] = 5
    rows["measurements"].append(figure("A", "K3", 1, "", 7))
    assert check(rows)[0] is None
    assert [rule for *_, rule, _ in found(rows) if rule != "required"][:1] == ["polarity_contradicts"]
    assert [rule for *_, rule, _ in found(rows, ADVICE)] == ["actual_without_target"]


def test_figures_of_other_years_only_are_advised_against():
    assert found(settings(year=2024), ADVICE) == [("settings", 2, "value", "no_figures_of_year", "2024")]
    assert check(settings(year=2024))[0] is not None


def test_a_year_whose_figures_are_all_wrong_is_not_reported_as_well():
    rows = valid()
    rows["measurements"] = [figure("A", "K1", 1, 1, 1, year=2024), figure("A", "K9", 1, 1, 1)]
    assert found(rows, ADVICE) == []


def test_no_year_is_asked_for_where_the_rows_that_have_it_are_wrong():
    rows = valid() | {"settings": [], "measurements": [figure("A", "K9", 1, 1, 1)]}
    assert [rule for *_, rule, _ in found(rows)] == ["unknown_kpi"]
    rows["measurements"] = [figure("A", "K1", 1, 1, 1, year="abc")]
    assert [rule for *_, rule, _ in found(rows)] == ["not_a_number"]


def test_overrides_are_kept_as_they_are_named():
    chosen = check(settings(floor=10, cap="110", zero_target="Exclude", missing="zero", rating="pp30"))[0].settings
    assert chosen.overrides == {
        "floor": 10.0, "cap": 110.0, "zero_target": "exclude", "missing": "zero", "rating": "pp30",
    }  # fmt: skip


def test_a_setting_that_stands_twice_counts_the_first_time():
    rows = settings(policy="pp30")
    rows["settings"].append({"key": "Policy", "value": "nko"})
    tables, _ = check(rows)
    assert tables.settings.policy == "pp30"
    assert found(rows) == [("settings", 4, "key", "duplicate", "Policy")]


@pytest.mark.parametrize("weight", [-1, 101])
def test_a_weight_outside_0_to_100_is_a_failure(weight):
    rows = valid()
    rows["kpis"][2]["weight"] = weight
    assert ("kpis", 4, "weight", "weight_out_of_range", str(weight)) in found(rows)
    assert ("settings", 3, "value", "weight_out_of_range", str(weight)) in found(settings(weight_customer=weight))


@pytest.mark.parametrize(("weights", "wrong"), [((33.33, 33.33, 33.34), False), ((33.33, 33.33, 33.33), False)])
def test_weights_may_miss_100_by_a_hundredth(weights, wrong):
    rows = valid()
    rows["kpis"] = [kpi(f"K{place}", "customer", "maximize", "last", weight) for place, weight in enumerate(weights)]
    rows["measurements"] = []
    assert bool(found(rows)) is wrong


@pytest.mark.parametrize("total", [99.98, 100.02])
def test_weights_that_miss_100_by_more_are_a_failure(total):
    rows = valid()
    rows["kpis"][0]["weight"] = total - 40
    assert found(rows) == [("kpis", 2, "weight", "weights_total", str(total))]


def test_unscored_kpis_have_their_part_in_the_total():
    rows = valid()
    rows["kpis"].append(kpi("K4", "customer", "unscored", "last", 10))
    assert found(rows) == [("kpis", 4, "weight", "weights_total", "110")]


def test_a_total_with_a_units_own_kpi_is_said_for_that_unit_alone():
    rows = valid()
    rows["kpis"].append(kpi("K4", "customer", "maximize", "last", 10, unit_code="B"))
    assert found(rows) == [("kpis", 5, "weight", "weights_total", "110")]


def test_shared_weights_need_not_total_100_where_every_unit_adds_its_own():
    rows = valid()
    rows["kpis"][2]["weight"] = 90
    rows["kpis"] += [kpi(f"K{unit}", "customer", "maximize", "last", 10, unit_code=unit) for unit in "AB"]
    assert found(rows) == []


def test_a_weight_that_cannot_be_read_is_said_once_and_counts_in_no_total():
    rows = valid()
    rows["kpis"][0]["weight"] = "sixty"
    tables, _ = check(rows)
    assert found(rows) == [("kpis", 2, "weight", "not_a_number", "sixty")]
    assert np.isnan(tables.kpis["weight"][0])


def test_a_kpi_without_a_perspective_does_not_make_a_total_wrong_as_well():
    rows = valid()
    rows["kpis"][0]["perspective"] = "money"
    assert found(rows) == [
        ("kpis", 2, "perspective", "unknown_perspective", "money"),
    ]


def test_a_row_that_was_left_out_explains_no_total_of_another_perspective():
    rows = valid()
    rows["kpis"][2]["weight"] = 80
    rows["kpis"].append(kpi("K1", "financial", "maximize", "sum", 20))
    assert [(row, rule) for _, row, _, rule, _ in found(rows)] == [(4, "weights_total"), (5, "duplicate")]


def test_a_row_of_one_unit_that_was_left_out_explains_no_total_of_another_unit():
    rows = valid()
    rows["kpis"][2]["weight"] = 80
    rows["kpis"] += [
        kpi("K4", "customer", "maximize", "sum", 10, unit_code="B"),
        kpi("K4", "customer", "maximize", "sum", 10, unit_code="B"),
    ]
    assert [(row, rule) for _, row, _, rule, _ in found(rows)] == [(4, "weights_total"), (6, "duplicate")]


def test_figures_of_a_kpi_that_was_left_out_are_not_reported_again():
    rows = valid()
    rows["kpis"][0]["polarity"] = ""
    tables, _ = check(rows)
    assert found(rows) == [("kpis", 2, "polarity", "required", "")]
    assert "K1" not in set(tables.measurements["kpi_code"])


def test_a_kpi_of_one_unit_takes_no_figures_of_another():
    rows = valid()
    rows["kpis"][2]["unit_code"] = "A"
    assert found(rows) == [("measurements", 5, "kpi_code", "kpi_not_of_unit", "K3")]


def test_a_kpi_of_an_unknown_unit_is_left_out():
    rows = valid()
    rows["kpis"].append(kpi("K4", "learning_growth", "maximize", "last", 100, unit_code="Z"))
    assert found(rows) == [("kpis", 5, "unit_code", "unknown_unit", "Z")]


def test_each_unit_of_a_circle_is_named_and_others_keep_their_parent():
    rows = valid()
    rows["units"] = [{"unit_code": code, "unit_name": code, "parent_code": up} for code, up in ("AB", "BC", "CA", "DA")]
    rows["units"].append({"unit_code": "E", "unit_name": "E", "parent_code": "D"})
    tables, _ = check(rows)
    assert [(row, rule) for _, row, _, rule, _ in found(rows)] == [(row, "parent_cycle") for row in (2, 3, 4)]
    assert tables.units["parent"].tolist() == [-1, -1, -1, 0, 3]


@effort(deadline=None)
@given(st.lists(st.integers(-1, 11), min_size=12, max_size=12))
def test_a_unit_is_in_a_circle_exactly_when_its_parents_lead_back_to_it(parents):
    def leads_back(unit):
        place = parents[unit]
        for _ in parents:
            if place in (-1, unit):
                break
            place = parents[place]
        return place == unit

    assert in_cycle(np.array(parents)).tolist() == [leads_back(unit) for unit in range(12)]


@pytest.mark.parametrize(
    ("polarity", "worst", "contradicts"),
    [
        ("minimize", 5, True),
        ("minimize", 4, True),
        ("minimize", 6, False),
        ("maximize", 5, True),
        ("maximize", 4, False),
    ],
)
def test_the_worst_value_lies_on_the_bad_side_of_the_target(polarity, worst, contradicts):
    rows = valid()
    rows["kpis"][1] |= {"polarity": polarity, "worst": worst}
    expected = [("kpis", 3, "worst", "polarity_contradicts", str(worst))] if contradicts else []
    assert found(rows) == expected


@pytest.mark.parametrize("polarity", ["stabilize", "binary", "unscored"])
def test_only_maximize_and_minimize_have_a_target_that_cannot_be_exceeded(polarity):
    rows = valid()
    rows["kpis"][1] |= {"polarity": polarity, "ceiling": "true"}
    assert found(rows) == [("kpis", 3, "ceiling", "polarity_contradicts", "true")]


@pytest.mark.parametrize(
    ("green", "yellow", "column"),
    [(90, 90, "green_from"), (80, 90, "green_from"), (80, None, "green_from"), (None, 100, "yellow_from")],
)
def test_green_begins_above_yellow_also_where_one_of_them_is_the_policys(green, yellow, column):
    rows = valid()
    rows["kpis"][0] |= {"green_from": green, "yellow_from": yellow}
    tables, _ = check(rows)
    assert [(row, name, rule) for _, row, name, rule, _ in found(rows)] == [(2, column, "band_order")]
    kept = tables.kpis.loc[0, ["green_from", "yellow_from"]].tolist()
    assert [None if np.isnan(bound) else bound for bound in kept] == [green, yellow]


def test_a_kpi_may_have_bounds_of_its_own():
    rows = valid()
    rows["kpis"][0] |= {"green_from": 90, "yellow_from": 60}
    tables, failures = check(rows)
    assert failures == []
    assert tables.kpis.loc[0, ["green_from", "yellow_from"]].tolist() == [90, 60]


@pytest.mark.parametrize(("worst", "index"), [(10, 60), ("ten", None), ("N/A", None), (0, None), (None, 0)])
def test_nothing_is_computed_from_a_worst_value_that_is_no_number(worst, index):
    rows = valid()
    rows["kpis"][1]["worst"] = worst
    rows["measurements"][2] |= {"target": 0, "actual": 4}
    tables, _ = check(rows)
    scored = score(tables, period=1).index[1]
    assert (None if np.isnan(scored) else round(scored, 9)) == index


def test_what_stands_in_the_place_of_a_number_is_kept():
    rows = valid()
    rows["kpis"][0] |= {"weight": "sixty", "green_from": "high"}
    rows["kpis"][1] |= {"weight": -40, "worst": "bad"}
    rows["measurements"][0] |= {"target": "ten", "actual": ExcelError("#DIV/0!")}
    rows["measurements"][3] |= {"actual": True}
    tables, _ = check(rows)
    customer = int(np.flatnonzero((tables.unit == 1) & (tables.kpi == 2))[0])
    assert tables.rejected == {
        ("weight", 0, 0): "sixty",
        ("weight", 1, 0): "-40",
        ("worst", 1, 0): "bad",
        ("green_from", 0, 0): "high",
        ("target", 0, 0): "ten",
        ("actual", 0, 0): "#DIV/0!",
        ("actual", customer, 3): "true",
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kpi_code": "K1", "target": 0}, ("target", "zero_target", "0")),
        ({"kpi_code": "K2", "target": 0}, ("target", "minimize_zero_target", "0")),
        ({"kpi_code": "K2", "target": "", "actual": 3}, ("actual", "actual_without_target", "3")),
        ({"kpi_code": "K2", "target": "N/A", "actual": 3}, ("actual", "actual_without_target", "3")),
        ({"note": "a\x07b"}, ("note", "control_characters", "ab")),
    ],
)
def test_what_is_doubtful_is_advised_and_fails_nothing(change, expected):
    rows = valid()
    rows["measurements"] = [rows["measurements"][0] | change]
    tables, failures = check(rows)
    assert tables is not None
    assert [(f.row, f.column, f.rule, f.value) for f in failures] == [(2, *expected)]
    assert {f.level for f in failures} == {ADVICE}


def test_a_target_of_0_in_one_period_is_no_matter_when_the_sum_is_not_0():
    rows = valid()
    rows["measurements"] = [figure("A", "K1", 1, 0, 1), figure("A", "K1", 2, 5, 1)]
    assert found(rows, ADVICE) == []


@pytest.mark.parametrize(("code", "beyond", "within"), [("K1", 11, 10), ("K2", 9, 10)])
def test_an_actual_beyond_a_target_that_cannot_be_exceeded_is_advised(code, beyond, within):
    rows = valid()
    for row in rows["kpis"][:2]:
        row["ceiling"] = "ya"
    rows["measurements"] = [figure("A", code, 1, 10, within), figure("A", code, 2, 10, beyond)]
    assert found(rows, ADVICE) == [("measurements", 3, "actual", "ceiling_exceeded", str(beyond))]


def test_an_unknown_column_or_setting_or_objective_is_advised():
    rows = settings(colour="blue")
    rows["kpis"][0]["wight"] = 5
    rows["links"] = [{"cause": "Goal", "effect": "Gaol"}]
    assert [(table, rule, value) for table, _, _, rule, value in found(rows, ADVICE)] == [
        ("kpis", "unknown_column", "wight"),
        ("settings", "unknown_setting", "colour"),
        ("links", "unknown_objective", "Gaol"),
    ]


@pytest.mark.parametrize(("language", "perspective"), [("id", "Pelanggan"), ("en", "Customer")])
def test_an_objective_that_no_link_mentions_is_advised_about_with_its_perspective(language, perspective):
    rows = valid()
    rows["kpis"][2]["objective"] = "Other goal"
    rows["links"] = [{"cause": "Goal", "effect": "Goal"}]
    assert found(rows, ADVICE) == [("kpis", 4, "objective", "unlinked_objective", "Other goal")]
    assert perspective in failure_message(check(rows)[1][0], labels.load(language))


def test_without_any_link_no_objective_lacks_one():
    rows = valid()
    rows["kpis"][2]["objective"] = "Other goal"
    assert found(rows, ADVICE) == []


def test_an_objective_of_two_units_is_advised_about_for_each():
    rows = valid()
    rows["kpis"] = [kpi("K1", "financial", "maximize", "sum", 100)]
    rows["kpis"] += [kpi(f"{unit}{i}", "customer", "maximize", "sum", 50, unit_code=unit, objective="Alone")
                     for unit in "AB" for i in (1, 2)]  # fmt: skip
    rows["measurements"] = []
    rows["links"] = [{"cause": "Goal", "effect": "Goal"}]
    assert [row for _, row, *_ in found(rows, ADVICE)] == [3, 5]


def test_a_heading_that_stands_twice_is_a_failure_and_the_first_counts():
    tables = raw(valid())
    frame = tables.frames["measurements"]
    doubled = pd.concat([frame, frame[["target"]].replace(10, 99)], axis=1)
    checked, failures = validate(RawTables({**tables.frames, "measurements": doubled}, cells=True))
    assert [(f.cell, f.rule) for f in failures] == [("measurements!H1", "duplicate_column")]
    assert checked.target[0, 0] == 10


def test_a_text_longer_than_a_cell_is_a_failure_that_shows_its_beginning():
    rows = valid()
    rows["measurements"][0]["note"] = "x" * 40000
    assert [(f.rule, f.column, len(f.value)) for f in check(rows)[1]] == [("text_too_long", "note", 201)]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("units", "unit_code"),
        ("units", "unit_name"),
        ("kpis", "kpi_code"),
        ("kpis", "kpi_name"),
        ("kpis", "objective"),
    ],
)
def test_a_code_or_a_name_is_at_most_a_thousand_characters_long(table, column):
    rows = valid()
    rows["measurements"] = []
    rows[table][-1][column] = "x" * 1000
    assert found(rows) == []
    rows[table][-1][column] = "x" * 1001
    tables, (failure,) = check(rows)
    assert (failure.table, failure.column, failure.rule, failure.expected) == (table, column, "text_too_long", "1000")
    assert getattr(tables, table)[column].map(len).max() == 1000
    assert "1000" in failure_message(failure, labels.load("id"))


def test_an_excel_error_in_a_text_column_is_a_failure():
    rows = valid()
    rows["units"][0]["unit_name"] = ExcelError("#REF!")
    assert found(rows) == [("units", 2, "unit_name", "excel_error", "#REF!")]


def test_a_formula_that_nobody_calculated_is_a_failure_and_never_a_blank():
    formula = UncalculatedFormulaError("=1+1")
    rows = settings(policy=formula, weight_customer=formula)
    rows["units"][0]["unit_name"] = rows["kpis"][0]["weight"] = formula
    rows["measurements"][0]["actual"] = formula
    tables, failures = check(rows)
    assert {(f.rule, f.value) for f in failures} == {("formula_without_value", "=1+1")}
    assert [(f.table, f.column) for f in failures] == [
        ("units", "unit_name"),
        ("kpis", "weight"),
        ("measurements", "actual"),
        ("settings", "value"),
        ("settings", "value"),
    ]
    assert tables.actual_state[0, 0] == Cell.ERROR


def test_codes_are_compared_after_trimming_and_stay_text():
    rows = valid()
    rows["units"][0]["unit_code"], rows["units"][1]["unit_code"] = " 001 ", 12.0
    rows["units"][1]["parent_code"] = "001"
    rows["measurements"] = [figure("001", "K1", 1, 1, 1), figure("12", "K1", 1, 1, 1)]
    tables, failures = check(rows)
    assert failures == []
    assert tables.units["unit_code"].tolist() == ["001", "12"]


def test_numbers_with_a_decimal_comma_are_read_where_the_source_says_so():
    rows = valid()
    rows["measurements"][0]["actual"] = "9,5"
    tables, failures = check(rows, styles={"measurements": NumberStyle.COMMA})
    assert failures == []
    assert tables.actual[0, 0] == 9.5


@effort(deadline=None)
@given(st.data())
def test_a_mistake_in_one_figure_never_hides_another(data):
    rows = valid()
    rows["measurements"] = [figure("A", "K1", period, 10, 10) for period in range(1, 5)]
    planted = data.draw(st.sets(st.tuples(st.integers(0, 3), st.sampled_from(["target", "actual"]))))
    for place, column in planted:
        rows["measurements"][place][column] = "?"
    assert {(row - 2, column) for _, row, column, rule, _ in found(rows) if rule == "not_a_number"} == planted


@effort(deadline=None)
@given(st.permutations(range(11)))
def test_the_order_of_rows_changes_no_figure(order):
    figures = [figure(unit, "K1", period, place, place) for unit in "AB" for period, place in enumerate(range(5, 9), 1)]
    figures += [*valid()["measurements"][2:], figure("B", "K2", 1, 1, 1)]
    straight, _ = check(valid() | {"measurements": figures})
    mixed, _ = check(valid() | {"measurements": [figures[place] for place in order]})
    assert np.array_equal(straight.actual, mixed.actual, equal_nan=True)
    assert np.array_equal(straight.actual_state, mixed.actual_state)


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_every_finding_has_a_message_that_names_its_place(language):
    text = labels.load(language)
    for cells in (True, False):
        for failure in check(twenty_mistakes(), cells=cells)[1]:
            message = failure_message(failure, text)
            assert "{" not in message
            assert (failure.cell or str(failure.row)) in message


@pytest.mark.parametrize("language", labels.LANGUAGES)
@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("policy", "best", "nko, lkjip, pp30"),
        ("rating", "stars", "nko, lkjip, pp30"),
        ("zero_target", "maybe", "pass_fail, exclude"),
        ("missing", "ignore", "redistribute, zero"),
        ("language", "fr", "id, en"),
        ("periods", 3, "1, 2, 4, 12"),
        ("period", 5, "1..4"),
        ("floor", "low", "< 120"),
        ("floor", 120, "< 120"),
        ("cap", -1, "> 0"),
        ("yellow_from", 100, "< 100"),
    ],
)
def test_the_message_on_a_setting_says_what_it_takes(key, value, allowed, language):
    (failure,) = [f for f in check(settings(**{key: value}))[1] if f.table == "settings"]
    assert f": {allowed}" in failure_message(failure, labels.load(language))


@pytest.mark.parametrize(("style", "example"), [(NumberStyle.POINT, "96.13"), (NumberStyle.COMMA, "96,13")])
def test_only_where_a_number_is_wanted_a_finding_shows_one_as_its_table_writes_it(style, example):
    rows = valid()
    rows["kpis"][0]["polarity"] = "up"
    rows["measurements"][0]["actual"] = "x"
    failures = check(rows, styles={"measurements": style})[1]
    choices = ", ".join(map(str, Polarity))
    assert [(f.rule, f.expected) for f in failures] == [("unknown_polarity", choices), ("not_a_number", example)]


@pytest.mark.parametrize(("language", "total"), [("id", "99,5"), ("en", "99.5")])
def test_a_total_is_written_as_the_language_writes_numbers_and_a_value_as_it_stands(language, total):
    rows = valid()
    rows["kpis"][2]["weight"] = 99.5
    rows["measurements"][0]["actual"] = "9.5x"
    messages = [failure_message(f, labels.load(language)) for f in check(rows)[1]]
    assert total in messages[0]
    assert "9.5x" in messages[1]


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_the_labels_are_those_of_the_rules_tables_and_columns(language, package_sources):
    keys = labels.load(language).keys()

    def under(section):
        return {key.removeprefix(f"{section}.") for key in keys if key.startswith(f"{section}.")}

    written = set(re.findall(r'"([a-z_]+)"', "\n".join(package_sources)))
    places = {f"place_{place}" for place in ("cell", "row", "table", "cell_only", "row_only")}
    assert under("rule") - places - {"message", "decimal_point", "decimal_comma"} <= written
    own = {f"{table}.{column.name}" for table, columns in COLUMNS.items() for column in columns}
    assert {key for key in under("column") if "." not in key} == {name.partition(".")[2] for name in own}
    assert {key for key in under("column") if "." in key} <= own  # what only that table calls so
    assert under("table") == {*COLUMNS, "schedule"}


@pytest.fixture
def package_sources():
    from pathlib import Path

    import bsc_xl.evidence
    import bsc_xl.excel
    import bsc_xl.tables

    # a work schedule is refused with the place of each failure, as a table is; so are entries of a workbook
    folders = [Path(package.__file__).parent for package in (bsc_xl.tables, bsc_xl.evidence, bsc_xl.excel)]
    return [file.read_text(encoding="utf-8") for folder in folders for file in folder.rglob("*.py")]


@pytest.mark.parametrize(
    ("key", "value", "taken", "expected"),
    [
        ("employee_rating", "PP30", "pp30", None),
        ("employee_rating", "nine_box", None, "matrix, pp30"),
        ("discipline", "level", "level", None),
        ("discipline", "none", None, "on_time, level"),
    ],
)
def test_a_bureau_chooses_how_employees_are_judged(key, value, taken, expected):
    rows = valid()
    rows["settings"].append({"key": key, "value": value})
    tables, failures = check(rows)
    assert tables.settings.overrides == ({key: taken} if taken else {})
    assert [(f.rule, f.expected) for f in failures] == ([("bad_setting", expected)] if expected else [])


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"green_from": 95, "yellow_from": 60}, {"green_from": 95, "yellow_from": 60}),
        ({"green_from": 90}, {"green_from": 90}),
        ({"yellow_from": 100}, {}),  # not below the policy's green
        ({"green_from": 70, "yellow_from": 75}, {}),
        ({"green_from": "high"}, {}),
    ],
)
def test_a_bureau_may_have_status_bounds_of_its_own(given, taken):
    rows = valid()
    rows["settings"] += [{"key": key, "value": value} for key, value in given.items()]
    tables, _ = check(rows)
    assert tables.settings.overrides == taken
    assert [rule for _, _, _, rule, _ in found(rows)] == ([] if taken else ["bad_setting"])
