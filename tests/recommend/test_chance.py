"""The probability of a score: worked by hand, wide where little was seen, in words a team reads."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.phrases import said
from recommend.chance import Chance, chance_words, log_size

FLAT = Chance(-8.0, 0.1, 0.5)


def test_log_odds_are_linear_in_score_and_size():
    assert FLAT.probability(80.0) == pytest.approx(0.5)
    assert FLAT.probability(80.0, 2.0) == pytest.approx(1 / (1 + math.exp(-1)))
    assert FLAT.probabilities(np.array([[80.0], [60.0]]), np.array([0.0])).ravel() == pytest.approx([0.5, 1 / (1 + math.exp(2))])


def test_the_interval_is_that_of_the_log_odds_by_the_delta_method():
    chance = Chance(-8.0, 0.1, 0.5, ((0.25, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    low, high = chance.interval(80.0)
    # a standard deviation of .5 in the log-odds: ± 1.96 · .5
    assert (low, high) == pytest.approx((1 / (1 + math.exp(0.979982)), 1 / (1 + math.exp(-0.979982))))
    assert FLAT.interval(70.0) == pytest.approx((FLAT.probability(70.0),) * 2)


def test_what_is_not_known_has_no_probability_and_no_words():
    assert math.isnan(FLAT.probability(math.nan))
    assert chance_words(math.nan) == ""


@given(scores=st.tuples(st.floats(0, 100), st.floats(0, 100)), size=st.floats(-2, 2))
def test_a_higher_score_is_never_less_likely(scores, size):
    low, high = sorted(scores)
    assert FLAT.probability(low, size) <= FLAT.probability(high, size)


@pytest.mark.parametrize(
    ("probability", "zh", "en"),
    [
        (0.12, "得分相近的企业，100 家里约 12 家在五年内来了", "about 12 in 100 came"),
        (0.0031, "得分相近的企业，1000 家里约 3 家在五年内来了", "about 3 in 1,000 came"),
        (0.00042, "得分相近的企业，10000 家里约 4 家在五年内来了", "about 4 in 10,000 came"),
        (0.00002, "得分相近的企业，每 10000 家里不到 1 家在五年内来了", "fewer than 1 in 10,000 came"),
    ],
)
def test_a_probability_is_said_as_a_share_of_firms_scored_alike(probability, zh, en):
    words = chance_words(probability)
    assert words == zh
    assert en in said(words, "en")


@given(st.floats(0, 1))
def test_the_words_are_never_far_from_the_number(probability):
    words = said(chance_words(probability), "en").replace(",", "")
    number, whole = (int(w) for w in words.split() if w.isdigit())
    assert number / whole == pytest.approx(probability, rel=0.5, abs=1e-4)


def test_the_size_of_a_city_is_that_of_its_registrations_against_the_mean(graph):
    rows = graph.tables["coverage"]
    pumps, other = (rows.loc[rows["region_code"].str.startswith(c), "registration_count"].sum() for c in ("3310", "4412"))
    apart = log_size(graph, "331000") - log_size(graph, "441200")
    assert apart == pytest.approx(math.log10(pumps + 50) - math.log10(other + 50))
