"""The sample says what the abstracts say, its evidence gives those figures, and generated data sets are valid."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from bsc_xl import dataset, sample, scorecard
from bsc_xl.errors import FAILURE, ChoiceError
from bsc_xl.model import Behaviour, Cell, Consolidation, Level, Polarity
from bsc_xl.sample import evidence
from bsc_xl.tables import RawTables, validate

ABSTRACT = {
    "id": [96.13, 90.0, 90.0, 99.44, 98.0, 99.59, 98.28, 40.0],
    "en": [96.13, 90.0, 90.0, 99.44, 100.0, 99.59, 98.28, 40.0],
}
SCORES = {"id": ([96.13, 90.00, 99.01, 69.14], 88.57), "en": ([96.13, 90.00, 99.68, 69.14], 88.74)}


@pytest.fixture(params=sample.VARIANTS)
def variant(request):
    return request.param


def bureau(variant):
    tables, failures = dataset.read(sample.bureau(variant))
    assert failures == []
    return tables


def rows(variant, name):
    with (sample.bureau(variant) / "evidence" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def share(values, yes):
    return round(100 * sum(value == yes for value in values) / len(values), 2)


def test_the_last_quarter_is_the_abstract_as_printed(variant):
    tables = bureau(variant)
    assert tables.kpis["kpi_code"].tolist() == [f"K{number}" for number in range(1, 9)]
    assert tables.actual[:, 3].tolist() == ABSTRACT[variant]
    assert (tables.target == 100).all()


def test_the_scores_are_those_of_the_domain(variant):
    perspectives, total = SCORES[variant]
    card = scorecard.score(bureau(variant))
    assert card.perspective_score[0].round(2).tolist() == perspectives
    assert card.score.round(2).tolist() == [total]


def test_quarters_rise_to_the_years_figure(variant):
    assert (np.diff(bureau(variant).actual, axis=1) > 0).all()


def test_the_sample_says_what_is_assumed_and_made_up(variant):
    tables = bureau(variant)
    word = {"id": "sintetis", "en": "synthetic"}[variant]
    assert all(word in note for note in tables.note.ravel())
    assert all(word in text.casefold() for text in tables.evidence.ravel())


def test_the_map_runs_from_learning_to_finance(variant):
    tables = bureau(variant)
    by_objective = dict(zip(tables.kpis["objective"], tables.kpis["perspective"], strict=True))
    steps = [(by_objective[cause], by_objective[effect]) for cause, effect in tables.links.to_numpy()]
    assert steps == [
        ("learning_growth", "internal_process"), ("internal_process", "customer"), ("customer", "financial"),
    ]  # fmt: skip


def test_the_raw_evidence_gives_the_printed_figures(variant):
    yes = {"id": "ya", "en": "yes"}[variant]
    budget = [row for row in rows(variant, "budget") if row["period"] == "4"]
    answers = [[int(row[f"element_{n}"]) for n in range(1, 10)] for row in rows(variant, "survey")]
    on_time = [row["done_date"] <= row["due_date"] for row in rows(variant, "documents_time")]
    attended = [row for row in rows(variant, "attendance") if not row["leave_code"]]
    figures = {
        "K1": round(100 * sum(int(row["realised"]) for row in budget) / sum(int(row["budget"]) for row in budget), 2),
        "K2": round(float(np.mean(np.mean(answers, axis=0)) * 25), 2),
        "K3": share([row["returned"] for row in rows(variant, "customers")], yes),
        "K4": share([row["follows_sop"] for row in rows(variant, "documents_sop")], yes),
        "K6": share(on_time, True),
        "K7": share([row["passed"] for row in rows(variant, "training")], yes),
        "K8": share([row["digitised"] for row in rows(variant, "checklist")], yes),
    }
    tables = bureau(variant)
    printed = dict(zip(tables.kpis["kpi_code"], tables.actual[:, 3], strict=True))
    assert figures == {code: printed[code] for code in figures}
    assert share([row["clock_in"] <= "07:30" for row in attended], True) == 98.0
    assert len({row["training"] for row in rows(variant, "training")}) == 12


def test_budget_figures_are_those_of_every_quarter(variant):
    by_period = [[row for row in rows(variant, "budget") if row["period"] == str(period)] for period in range(1, 5)]
    ratios = [sum(int(row["realised"]) for row in of) / sum(int(row["budget"]) for row in of) for of in by_period]
    assert [round(100 * ratio, 2) for ratio in ratios] == bureau(variant).actual[0].tolist()


def test_nobody_takes_a_training_or_clocks_in_twice(variant):
    for name, keys in (("training", ("participant", "training")), ("attendance", ("employee_id", "date"))):
        found = [tuple(row[key] for key in keys) for row in rows(variant, name)]
        assert len(set(found)) == len(found)


def test_making_the_evidence_again_gives_the_same_bytes(variant, tmp_path):
    made = evidence.write(tmp_path, variant)
    shipped = sample.bureau(variant) / "evidence"
    assert {path.name for path in made} == {path.name for path in shipped.iterdir()}
    assert all(path.read_bytes() == (shipped / path.name).read_bytes() for path in made)


def test_another_variant_does_not_exist():
    with pytest.raises(ChoiceError):
        sample.bureau("fr")


@effort(deadline=None, max_examples=40)
@given(
    units=st.integers(1, 30),
    kpis=st.integers(1, 30),
    seed=st.integers(0, 10**6),
    periods=st.sampled_from([1, 2, 4, 12]),
    own_kpis=st.booleans(),
    hard_text=st.booleans(),
    language=st.sampled_from(["id", "en"]),
    years=st.sampled_from([(2025,), (2023, 2024, 2025)]),
)
def test_a_generated_data_set_has_no_failure(units, kpis, **how):
    tables, findings = validate(RawTables(sample.generate(units, kpis, **how)))
    assert [finding for finding in findings if finding.level == FAILURE] == []
    assert len(tables.unit) == units * kpis
    assert len(tables.measurements) == units * kpis * how["periods"] * len(how["years"])


def test_the_same_seed_gives_the_same_data_set_and_another_does_not():
    one, same, other = (sample.generate(20, 12, seed=seed) for seed in (5, 5, 6))
    assert all(one[table].equals(same[table]) for table in one)
    assert not one["measurements"].equals(other["measurements"])


def test_a_generated_data_set_holds_every_case():
    tables, _ = validate(RawTables(sample.generate(60, 30, seed=2)))
    polarity = tables.kpis["polarity"].to_numpy()[tables.kpi]
    assert set(tables.kpis["polarity"]) == set(Polarity)
    assert set(zip(tables.kpis["polarity"], tables.kpis["consolidation"], strict=True)) == {
        (one, other) for one in Polarity for other in Consolidation
    }
    assert set(np.unique(tables.target_state)) == set(np.unique(tables.actual_state)) == {
        Cell.NUMBER, Cell.BLANK, Cell.NA,
    }  # fmt: skip
    assert (tables.target < 0).any()
    assert (tables.target[polarity == Polarity.MINIMIZE] == 0).any()
    assert tables.kpis["worst"].notna().any()
    assert tables.kpis["ceiling"].any()
    index = scorecard.score(tables).index
    assert all((index == bound).any() for bound in (80, 100, 120))


def test_generated_units_are_a_tree_of_several_levels_with_employees_as_leaves():
    units = validate(RawTables(sample.generate(100, 4)))[0].units
    parent = units["parent"].to_numpy()
    depth = np.zeros(len(units), dtype=int)
    for unit in range(1, len(units)):
        depth[unit] = depth[parent[unit]] + 1
    assert (depth == 0).sum() == 1
    assert depth.max() >= 2
    employees = np.flatnonzero(units["level"] == Level.EMPLOYEE)
    assert len(employees) == 20
    assert not set(employees) & set(parent)


def test_kpis_of_its_own_belong_to_each_unit():
    frames = sample.generate(3, 4, own_kpis=True)
    assert frames["kpis"]["unit_code"].value_counts().to_dict() == {"U00001": 4, "U00002": 4, "U00003": 4}


def test_nothing_is_reported_after_the_reporting_period():
    tables, _ = validate(RawTables(sample.generate(10, 8, period=2)))
    assert tables.settings.period == 2
    assert set(np.unique(tables.actual_state[:, 2:])) == {Cell.BLANK}
    assert pd.notna(tables.actual[:, :2]).any()
    assert set(tables.behaviour["period"]) == {1, 2}


def test_behaviour_is_judged_of_every_employee_in_every_period_and_sometimes_not_on_every_value():
    tables, _ = validate(RawTables(sample.generate(200, 1, years=(2024, 2025), periods=2)))
    judged = tables.behaviour
    employees = tables.units.loc[tables.units["level"] == Level.EMPLOYEE, "unit_code"].tolist()
    assert judged["unit_code"].tolist() == employees * 4
    values = judged[list(Behaviour)]
    assert {1, 2, 3, 4, 5} == set(values.to_numpy()[values.notna()].tolist())
    given = values.notna().sum(axis=1)
    assert (given == 0).any()
    assert given.between(1, 6).any()
    assert (given == 7).mean() > 0.5


@pytest.mark.parametrize("how", [{"units": 0}, {"kpis": 0}, {"periods": 3}, {"years": ()}])
def test_sizes_that_make_no_data_set_are_refused(how):
    with pytest.raises(ValueError, match="no data set"):
        sample.generate(**how)
