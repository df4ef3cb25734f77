"""What a city takes up next: the question cut by hand, and the shipped registrations."""

import numpy as np
import pytest

from recommend import specialising
from recommend.specialising import CHOSEN_ON, PERIODS_ASKED, USED, Question, trial


@pytest.fixture(scope="module")
def measured(graph):
    return trial(graph).set_index(["period", "method"])


def test_a_question_cut_by_hand():
    # Two cities, two segments: 8 2 | 2 8 before, then 1 9 | 4 6; the third city has nothing before, the fourth nothing after.
    by_period = np.array([[[8, 2], [2, 8], [0, 0], [5, 5]], [[1, 9], [4, 6], [3, 3], [0, 0]]], dtype=float)
    found = Question.of(by_period, 1)
    assert found.counts.tolist() == [[8, 2], [2, 8]]
    assert found.special.tolist() == [[1, 0], [0, 1]]
    # LQ after: (1/10) / (5/20) = .4, (9/10) / (15/20) = 1.2; (4/10) / .25 = 1.6, .8. New: city 0 in 1, city 1 in 0.
    assert found.truth.tolist() == [[0, 1], [1, 0]]


def test_too_few_firms_are_no_specialisation():
    by_period = np.array([[[8, 2], [2, 8]], [[0, 2], [2, 0]]], dtype=float)
    assert Question.of(by_period, 1).truth.sum() == 0


def test_what_comes_later_changes_no_score(graph):
    by_period = np.random.default_rng(0).poisson(3.0, (3, 12, 9)).astype(float)
    later = by_period.copy()
    later[1] += 1
    one, other = Question.of(by_period, 1), Question.of(later, 1)
    for method in specialising.METHODS.values():
        assert method(one.counts, one.special) == pytest.approx(method(other.counts, other.special))


@pytest.mark.parametrize("period", PERIODS_ASKED)
@pytest.mark.parametrize("figure", ["ndcg", "ndcg_of_segment", "auc"])
def test_feasibility_is_ahead_of_density_and_of_the_own_count_when_it_was_chosen_and_later(measured, period, figure):
    used = measured.at[(period, USED), figure]
    assert used > measured.at[(period, "Hidalgo density"), figure]
    assert used > measured.at[(period, "own count"), figure]
    assert used > measured.at[(period, "random"), figure]


def test_the_settings_were_chosen_before_what_is_reported():
    assert PERIODS_ASKED[0] == CHOSEN_ON == min(PERIODS_ASKED)
