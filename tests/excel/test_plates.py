"""A workbook from a plate is the one that is drawn and stamped for its unit alone, whichever units it is made with."""

from __future__ import annotations

import gc
import io
import random
import re
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapes
import workbooks
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_xl import sample
from bsc_xl.errors import OutputError
from bsc_xl.excel import layouts, plan, plates, stamp, template
from bsc_xl.excel.layout import ORGANISATION
from bsc_xl.excel.plates.recent import Recent
from bsc_xl.labels import LANGUAGES
from bsc_xl.model import PERIODS_PER_YEAR
from bsc_xl.ooxml import package
from bsc_xl.scorecard import Scorecard, excerpt, score


def direct(card: Scorecard, unit: int, language: str) -> bytes:
    """The workbook of one unit, drawn and stamped."""
    shape = layouts.for_unit(card, unit, language)
    return stamp.stamp(template.draw(shape), plan.unit_writes(card, unit, shape))


def from_plates(card: Scorecard, units: Sequence[int], language: str) -> dict[int, bytes]:
    """The workbooks of these units, all of which must succeed."""
    made: dict[int, bytes] = {}
    for unit, workbook in plates.workbooks(card, units, language):
        if isinstance(workbook, Exception):
            raise workbook
        made[unit] = workbook
    assert list(made) == list(units)
    return made


def card_of(folder: Path, **options: Any) -> Scorecard:
    """The scorecard of a generated data set."""
    return workbooks.scored(sample.generate(**options), folder / "data")


def differing_parts(card: Scorecard, units: Sequence[int], language: str) -> list[tuple[int, str]]:
    """Unit and name of each part that is not what drawing and stamping gives, or does not stand where it should."""
    wrong = []
    for unit, workbook in from_plates(card, units, language).items():
        found, expected = package.read(workbook), package.read(direct(card, unit, language))
        wrong += [(unit, name) for name in expected if found.get(name) != expected[name]]
        wrong += [(unit, "order of parts")] if list(found) != list(expected) else []
    return wrong


# --- the same as drawn and stamped ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_every_part_is_what_drawing_and_stamping_gives(shape: str, tmp_path: Path) -> None:
    card = workbooks.scored(shapes.SHAPES[shape](), tmp_path / "data")
    assert differing_parts(card, [0], card.tables.settings.language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("periods", PERIODS_PER_YEAR)
def test_every_part_of_every_unit_of_a_group_is_what_drawing_and_stamping_gives(
    language: str, periods: int, tmp_path: Path
) -> None:
    card = card_of(tmp_path, units=7, kpis=9, seed=11, periods=periods, language=language, hard_text=True)
    assert differing_parts(card, range(7), language) == []


def test_units_with_kpis_of_their_own_get_plates_of_their_own(tmp_path: Path) -> None:
    card = card_of(tmp_path, units=5, kpis=6, seed=3, own_kpis=True, hard_text=True)
    assert differing_parts(card, range(5), "id") == []


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    kpis=st.integers(1, 14),
    periods=st.sampled_from(PERIODS_PER_YEAR),
    seed=st.integers(0, 10_000),
    language=st.sampled_from(LANGUAGES),
    own_kpis=st.booleans(),
    hard_text=st.booleans(),
)
def test_every_part_of_any_data_set_is_what_drawing_and_stamping_gives(language: str, **options: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        card = card_of(Path(folder), units=4, language=language, **options)
    assert differing_parts(card, range(4), language) == []


def with_rejected(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Some figures of some units are texts, N/A, zero, endless; some units have no head or a name to be escaped."""
    measurements = raw["measurements"].astype({"target": object, "actual": object})
    for row, (target, actual) in enumerate([("abc", 1), (0, "<b>&"), ("n/a", "N/A"), (1, "#REF!"), (-5.5, None)]):
        measurements.loc[measurements.index[row * 7], ["target", "actual"]] = [target, actual]
    names = [f"Unit <{n}> & \"Co\" '{n}' _x000D_" for n in range(len(raw["units"]))]
    kpis = raw["kpis"].assign(weight=raw["kpis"]["weight"].astype(object))
    kpis.loc[0, "weight"] = "banyak"
    return raw | {"measurements": measurements, "units": raw["units"].assign(unit_name=names), "kpis": kpis}


def test_rejected_entries_stand_in_the_workbook_of_their_unit(tmp_path: Path) -> None:
    raw = with_rejected(sample.generate(units=4, kpis=5, seed=9))
    workbooks.dataset.write(raw, tmp_path / "data")
    tables, _ = workbooks.dataset.read(tmp_path / "data")
    assert tables is not None
    assert {key for key, *_ in tables.rejected} == {"target", "actual", "weight"}
    assert differing_parts(score(tables), range(4), "id") == []


def test_rows_in_which_units_plan_at_length_are_higher_in_their_own_workbooks_alone(tmp_path: Path) -> None:
    raw = sample.generate(units=6, kpis=5, seed=9)
    plan = [
        {
            "unit_code": unit,
            "kpi_code": raw["kpis"]["kpi_code"].iloc[1],
            "year": 2025,
            "period": 4,
            "cause": text,
            "action": "Segera",
        }
        for unit, text in zip(raw["units"]["unit_code"][1:3], ("pendek", "kata yang panjang " * 20), strict=True)
    ]
    card = workbooks.scored(raw | {"action_plan": pd.DataFrame(plan)}, tmp_path / "data")
    assert differing_parts(card, range(4), "id") == []
    heights = []
    for unit, content in from_plates(card, range(4), "id").items():
        parts = package.read(content)
        part = parts[workbooks.sheet_parts(parts)["action_plan"]].decode()
        at = layouts.for_unit(card, unit, "id").slots
        heights.append([float(found) for found in re.findall(r'<row r="\d+" ht="([\d.]+)">', part)][: len(at)])
    assert heights[0] == heights[1] == heights[3]
    higher = [i for i, (own, usual) in enumerate(zip(heights[2], heights[0], strict=True)) if own > usual]
    assert len(higher) == 1
    assert heights[2][higher[0]] > 13 * len("kata yang panjang " * 20) / 24


# --- whoever it is made with ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    """Units of which some need wider columns for their figures than others."""
    raw = sample.generate(units=90, kpis=5, seed=21, hard_text=True)
    measurements = raw["measurements"].copy()
    wide = measurements["unit_code"].isin(raw["units"]["unit_code"].iloc[::4])
    measurements.loc[wide, "target"] = measurements.loc[wide, "target"].map(
        lambda figure: figure * 1e7 if isinstance(figure, int | float) else figure
    )
    return workbooks.scored(raw | {"measurements": measurements}, tmp_path_factory.mktemp("mixed") / "data")


def test_a_workbook_is_the_same_bytes_in_any_order_and_company(mixed: Scorecard) -> None:
    together = from_plates(mixed, range(90), "id")
    shuffled = random.Random(5).sample(range(90), 90)
    assert from_plates(mixed, shuffled, "id") == together
    for unit in (0, 1, 63, 64, 89):
        assert from_plates(mixed, [unit], "id") == {unit: together[unit]}


def test_a_workbook_is_the_same_bytes_from_an_excerpt(mixed: Scorecard) -> None:
    units = [88, 3, 4]
    part = excerpt(mixed, units)
    assert list(from_plates(part, range(3), "id").values()) == list(from_plates(mixed, units, "id").values())


def test_a_plate_that_was_given_up_is_made_again_to_the_same_bytes(
    mixed: Scorecard, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = from_plates(mixed, [1, 2], "id")
    monkeypatch.setattr(plates, "_PLATES", Recent(0))
    assert from_plates(mixed, [1, 2], "id") == before


# --- failures and files ---------------------------------------------------------------------------------------------


def test_one_units_failure_never_stops_the_others(mixed: Scorecard, monkeypatch: pytest.MonkeyPatch) -> None:
    good = from_plates(mixed, range(10), "id")
    whole = plan.block_cells

    def failing(block: Any) -> Any:
        if 4 in block.units:
            raise ValueError("4")
        return whole(block)

    monkeypatch.setattr(plan, "block_cells", failing)
    made = dict(plates.workbooks(mixed, range(10), "id"))
    assert {unit for unit, workbook in made.items() if isinstance(workbook, Exception)} == {4}
    assert {unit: workbook for unit, workbook in made.items() if unit != 4} == {u: good[u] for u in good if u != 4}


def test_a_number_that_no_cell_can_hold_is_refused_and_its_cell_named(mixed: Scorecard) -> None:
    scores = mixed.score.copy()
    scores[2] = float("inf")
    made = dict(plates.workbooks(replace(mixed, score=scores), range(4), "id"))
    assert [unit for unit, workbook in made.items() if isinstance(workbook, Exception)] == [2]
    assert isinstance(made[2], OutputError)
    assert made[2].params["path"] == "!".join(layouts.for_unit(mixed, 2, "id").rollup("score", ORGANISATION))


def test_every_member_is_whole_and_hardly_larger_than_compressed_at_once(mixed: Scorecard) -> None:
    workbook = from_plates(mixed, [0], "id")[0]
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
    assert len(workbook) < 1.2 * len(direct(mixed, 0, "id"))


def test_the_validator_finds_nothing_to_repair(
    mixed: Scorecard, tmp_path: Path, ooxml_findings: Callable[[Path], list[dict[str, Any]]]
) -> None:
    path = tmp_path / "unit.xlsx"
    path.write_bytes(from_plates(mixed, [7], "en")[7])
    assert ooxml_findings(path) == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_units(tmp_path: Path) -> None:
    card = card_of(tmp_path, units=600, kpis=12, seed=2)  # the last fifth, employees, have other plates

    def peak(units: Sequence[int]) -> int:
        tracemalloc.start()
        for number, _ in enumerate(plates.workbooks(card, units, "id")):
            if number % 32 == 0:
                gc.collect()  # how long Python leaves garbage lie depends on what else there is
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(range(480))  # draws and keeps the plates
    assert peak(range(480)) < 1.2 * peak(range(128))
