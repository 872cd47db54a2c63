"""What is compared and shown of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from bsc_xl.scoring.arrays import seen


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (1e-13, 0.0),
        (-1e-13, 0.0),
        (0.0049, 0.0),
        (-0.0049, 0.0),
        (0.005, 0.005),
        (100.005 - 100, 100.005 - 100),  # less than 0.005 only by the noise of the subtraction
        (-0.005, -0.005),
        (12.5, 12.5),
    ],
)
def test_a_difference_that_two_decimals_show_as_none_is_none(difference: float, shown: float) -> None:
    (found,) = seen(np.array([difference])).tolist()
    assert found == shown
    assert str(found) != "-0.0"


def test_no_difference_stays_unknown() -> None:
    assert np.isnan(seen(np.array([np.nan]))).all()
