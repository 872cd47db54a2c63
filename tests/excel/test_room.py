"""A column is as wide as its longest figure needs, for one unit as for many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import workbooks
from hypothesis import example, given
from hypothesis import strategies as st

from bsc_xl import sample
from bsc_xl.excel import layouts, room

FIGURES = st.one_of(
    st.floats(-1e20, 1e20, allow_subnormal=False),
    st.integers(-(10**9), 10**9).map(float),
    st.integers(-(10**11), 10**11).map(lambda cents: cents / 100),
    st.just(float("nan")),
)


def written(figure: float) -> int:
    """The characters of a figure as it is shown."""
    return 0 if np.isnan(figure) else len(f"{figure:,.2f}".removesuffix(".00"))


def width(longest: int) -> int:
    """The first width with a little air."""
    return next((width for width in room.VALUE_WIDTHS if longest + 2 <= width), room.VALUE_WIDTHS[-1])


@given(st.lists(FIGURES, min_size=1, max_size=8))
@example([999.995, 999_999.995])
@example([0.0, -0.001, 1e15, 999_999_999_999_999.0])
def test_the_width_is_that_of_the_figure_as_it_is_written(figures: list[float]) -> None:
    counted = room._lengths(np.array([figures]))[0]
    assert width(int(counted)) == width(max(map(written, figures)))


def test_units_get_together_the_layouts_that_each_gets_alone(tmp_path: Path) -> None:
    raw = sample.generate(units=12, kpis=7, seed=4, own_kpis=True, hard_text=True)
    card = workbooks.scored(raw, tmp_path / "data")
    alone = [layouts.for_unit(card, unit, "id") for unit in range(12)]
    assert layouts.for_units(card, range(12), "id") == alone
    assert len(set(alone)) > 1


def test_a_row_has_room_for_the_name_and_the_unit_of_measure_of_its_kpi() -> None:
    names = ["pendek", "n" * 60, "n" * 90, "pendek", "n" * 999]
    units = ["%", "%", "%", "dokumen yang disahkan", "u" * 999]
    assert list(room.tall(names, units)) == [(1, 3), (2, 4), (3, 3), (4, room.MOST_LINES)]
