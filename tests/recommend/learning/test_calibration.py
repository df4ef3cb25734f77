"""The probability of a score: found where it was planted, with an interval that holds it."""

import math

import numpy as np
import pytest

from recommend import Weights
from recommend.chance import Chance
from recommend.learning.calibration import Meetings, fit_chance


def drawn(chance, pairs=200_000, cities=100, seed=0):
    draw = np.random.default_rng(seed)
    city = draw.integers(0, cities, pairs)
    size = np.linspace(-1, 1, cities)[city]
    score = draw.normal(40, 10, pairs)
    came = (draw.random(pairs) < chance.probabilities(score, size)).astype(float)
    return Meetings(score, size, city, came)


def test_a_planted_chance_is_found_and_its_interval_holds_it():
    planted = Chance(-10.0, 0.1, 0.7)
    found = fit_chance(drawn(planted))
    assert (found.base, found.slope, found.size) == pytest.approx((-10.0, 0.1, 0.7), abs=0.5)
    for score, size in ((30.0, 0.0), (50.0, 0.5), (60.0, -0.5)):
        low, high = found.interval(score, size)
        assert low < found.probability(score, size) < high
        assert low < planted.probability(score, size) < high


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    planted, held = Chance(-8.0, 0.1, 0.7), []
    for seed in range(40):
        low, high = fit_chance(drawn(planted, pairs=8000, seed=seed)).interval(50.0)
        held.append(low <= planted.probability(50.0) <= high)
    assert 0.85 <= np.mean(held) <= 1.0


def test_foreseen_and_came_agree_over_all_pairs_and_a_score_that_speaks_against_counts_nothing():
    met = drawn(Chance(-4.0, 0.0, 0.7))
    found = fit_chance(Meetings(met.score, met.log_size, met.city, met.came))
    assert found.probabilities(met.score, met.log_size).mean() == pytest.approx(met.came.mean(), rel=0.02)
    against = fit_chance(drawn(Chance(0.0, -0.1, 0.0)))
    assert against.slope == 0.0


def test_without_an_arrival_the_chance_is_half_a_one_among_all():
    met = Meetings(np.array([10.0, 90.0]), np.zeros(2), np.zeros(2, dtype=np.intp), np.zeros(2))
    found = fit_chance(met)
    assert found.slope == 0.0
    assert found.base == pytest.approx(math.log(0.25))


def test_pairs_are_those_that_could_have_met_where_somebody_could_be_seen(arrivals, cut):
    met = Meetings.of(cut, arrivals, Weights.load("hand-set"))
    seen = arrivals.seen(2006, 2011)
    came = arrivals.between(2006, 2011)
    assert met.came.sum() == came["city"].isin(seen).sum()
    assert {cut.cities[i] for i in np.unique(met.city)} <= seen
    assert ((met.score >= 0) & (met.score <= 100)).all()
    inside = [i for i, c in enumerate(cut.cities) if c in seen]
    could = (~cut.here[np.ix_(inside, cut.values.firms[0])]).sum()
    assert len(met.came) == could
