from __future__ import annotations

import numpy as np
import pytest

from bsc_xl.evidence.survey import SCALE, satisfaction


def test_29_respondents_with_955_points_reach_91_48_and_an_a() -> None:
    answers = np.full((29, 9), 4.0)
    answers.flat[: 29 * 9 * 4 - 955] = 3
    assert answers.sum() == 955
    survey = satisfaction(answers)
    assert (round(survey.index, 2), survey.grade, survey.respondents) == (91.48, "A", 29)


def test_the_best_answers_are_exactly_100() -> None:
    assert satisfaction(np.full((7, 9), 4)).index == 100


@pytest.mark.parametrize(
    ("index", "grade"),
    [(100, "A"), (88.31, "A"), (88.3, "B"), (76.61, "B"), (76.6, "C"), (65, "C"), (64.99, "D"), (25, "D")],
)
def test_a_grade_begins_at_its_bound(index: float, grade: str) -> None:
    assert satisfaction(np.full((1, 9), index / SCALE)).grade == grade


def test_an_element_left_out_counts_in_no_mean() -> None:
    answers = np.full((2, 9), 4.0)
    answers[0, 3] = np.nan
    answers[1, 3] = 1
    survey = satisfaction(answers)
    assert survey.element_means[3] == 1
    assert survey.index == pytest.approx((8 * 4 + 1) / 9 * 25)


@pytest.mark.parametrize(
    "answers", [np.full((3, 8), 2), np.full((2, 9), 5), np.full((2, 9), 0), np.full((2, 9), np.nan)]
)
def test_what_is_no_survey_is_refused(answers: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"."):
        satisfaction(answers)
