"""Colours can be told apart and read by everybody, also by those who do not see red, green or blue."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from colours import SIGHTS, contrast, distance, seen

from bsc_xl.excel.template import charts, style
from bsc_xl.model import Status

READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3: contrast of text of usual size."""
OBJECT = 3.0
"""WCAG 2.2, success criterion 1.4.11: contrast of what a chart draws."""

INKS_APART, GROUNDS_APART, BARS_APART = 10.0, 3.0, 20.0
"""Least CIEDE2000 between the colours of two statuses as text, as large areas side by side, and as bars."""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [  # Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", 2005, table 1
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_distances_are_those_that_were_published(
    one: tuple[float, ...], other: tuple[float, ...], expected: float
) -> None:
    assert distance(np.array(one), np.array(other)) == pytest.approx(expected, abs=5e-5)


def test_contrast_goes_from_1_to_21() -> None:
    assert contrast("FFFFFF", "FFFFFF") == 1
    assert contrast("000000", "FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("status", Status)
def test_a_status_can_be_read_on_every_ground_that_it_stands_on(status: Status) -> None:
    ink = style.STATUS_INK[status]
    for ground in (style.STATUS_GROUND[status], style.SOFT, "FFFFFF"):
        assert contrast(ink, ground) >= READABLE, ground


@pytest.mark.parametrize("ink", [style.INK, style.CAPTION, style.BRAND, style.INPUT])
def test_all_other_text_can_be_read(ink: str) -> None:
    assert min(contrast(ink, ground) for ground in ("FFFFFF", style.SOFT)) >= READABLE


@pytest.mark.parametrize("sight", SIGHTS)
def test_statuses_can_be_told_apart(sight: str) -> None:
    for one, other in combinations(Status, 2):
        inks, grounds = (
            distance(seen(of[one], sight), seen(of[other], sight)) for of in (style.STATUS_INK, style.STATUS_GROUND)
        )
        assert inks >= INKS_APART, (one, other)
        assert grounds >= GROUNDS_APART, (one, other)


@pytest.mark.parametrize("sight", SIGHTS)
def test_what_a_chart_draws_can_be_told_apart(sight: str) -> None:
    red = style.STATUS_INK[Status.RED]
    for one, other in ((style.DATA_LIGHT, red), (style.DATA, charts.TARGET), (style.DATA, red)):
        assert distance(seen(one, sight), seen(other, sight)) >= BARS_APART, (one, other)
    assert min(contrast(style.DATA, "FFFFFF"), contrast(red, "FFFFFF")) >= OBJECT
