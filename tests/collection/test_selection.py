"""Which workbook counts depends on the workbooks alone, not on the order in which they are found."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bsc_xl.collection.received import Received
from bsc_xl.collection.selection import select

DAY = datetime.fromisoformat("2025-12-01")
NOW = DAY + timedelta(days=5)
TIMES = st.none() | st.integers(0, 9).map(lambda days: DAY + timedelta(days=days))


@st.composite
def workbooks(draw: st.DrawFn) -> list[Received]:
    """Some workbooks of three units, of two years and two data sets."""
    cells = {"year": "D8", "dataset": "D30", "unit_code": "D5"}
    return [
        Received(
            file=f"{number}.xlsx",
            readable=draw(st.booleans()),
            unit_code=draw(st.sampled_from(["A", "B", "C", ""])),
            year=draw(st.sampled_from([2025, 2025, 2024, 0])),
            dataset=draw(st.sampled_from(["ours", "theirs", ""])),
            modified=draw(TIMES),
            recalculated=draw(TIMES),
            setting_cells=cells,
        )
        for number in range(draw(st.integers(0, 8)))
    ]


@given(workbooks(), st.randoms(use_true_random=False))
def test_the_order_of_the_files_makes_no_difference(found: list[Received], random: object) -> None:
    def counted(files: list[Received]) -> dict[str, str]:
        selection = select(files, {"A": 0, "B": 0}, 2025, "ours", NOW)
        return {unit: files[number].file for unit, number in selection.counted.items()}

    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert counted(shuffled) == counted(found)


@given(workbooks())
def test_every_file_counts_or_is_told_of_or_cannot_be_read(found: list[Received]) -> None:
    selection = select(found, {"A": 0, "B": 0}, 2025, "ours", NOW)
    counted = set(selection.counted.values())
    assert counted.isdisjoint(selection.irregularities)
    for number, each in enumerate(found):
        known = each.readable and each.unit_code and each.year
        assert not known or (number in counted) != (number in selection.irregularities)


@given(workbooks())
def test_the_newest_of_a_unit_counts(found: list[Received]) -> None:
    def age(each: Received) -> datetime:
        past = each.recalculated is not None and each.recalculated <= NOW
        times = [each.modified, each.recalculated if past else None]
        return max((time for time in times if time), default=DAY - timedelta(days=1))

    selection = select(found, {"A": 0, "B": 0}, 2025, "ours", NOW)
    for unit, numbers in selection.others.items():
        assert all(age(found[selection.counted[unit]]) >= age(found[number]) for number in numbers)


def _sent(file: str, modified: datetime, recalculated: datetime | None = None) -> Received:
    return Received(
        file, readable=True, unit_code="A", year=2025, modified=modified, recalculated=recalculated, setting_cells={}
    )


def test_an_old_stamp_does_not_beat_a_newer_file_without_one() -> None:
    files = [_sent("stamped.xlsx", DAY, DAY), _sent("corrected.xlsx", DAY + timedelta(days=2))]
    assert select(files, None, 2025, "", NOW).counted == {"A": 1}


def test_a_stamp_of_the_future_is_none() -> None:
    files = [_sent("ahead.xlsx", DAY, NOW + timedelta(days=300)), _sent("later.xlsx", DAY + timedelta(days=2))]
    assert select(files, None, 2025, "", NOW).counted == {"A": 1}
