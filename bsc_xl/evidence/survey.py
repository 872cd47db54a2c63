"""The satisfaction index of a public-service survey (SKM, PermenPANRB 14/2017; domain.md, section 9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bsc_xl.model import COMPARE_DECIMALS, Band

ELEMENTS = 9
ANSWERS = (1, 4)
SCALE = 25
"""The best answer, 4, times 25 is an index of 100."""

GRADES = (Band(88.31, "A"), Band(76.61, "B"), Band(65, "C"), Band(25, "D"))


@dataclass(frozen=True, slots=True)
class Survey:
    """What a survey says: `index` 25..100, `grade` A..D, the mean answer of each element (9,), 1..4, and how many
    people answered."""

    index: float
    grade: str
    element_means: NDArray[np.float64]
    respondents: int


def satisfaction(answers: ArrayLike) -> Survey:
    """The result of `answers` (respondents, 9), each 1..4.

    The index is the mean of the nine element means times 25. Each element weighs exactly 1/9: the rounded weight 0.11
    of older forms would give 90.56 where 91.48 is right. A NaN is an element that this person left out: it counts in
    no mean. ValueError for another number of elements, for an answer outside 1..4, and for an element that nobody
    answered.
    """
    given = np.asarray(answers, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != ELEMENTS:
        raise ValueError(f"a survey has {ELEMENTS} elements, this one has the shape {given.shape}")
    present = ~np.isnan(given)
    least, most = ANSWERS
    if ((given < least) | (given > most))[present].any():
        raise ValueError(f"an answer is {least} to {most}")
    counts = present.sum(axis=0)
    if not counts.all():
        raise ValueError("an element has no answer")
    means = np.where(present, given, 0).sum(axis=0) / counts
    index = float(means.mean() * SCALE)
    grade = next(band.name for band in GRADES if round(index, COMPARE_DECIMALS) >= band.lower)
    return Survey(index, grade, means, len(given))
