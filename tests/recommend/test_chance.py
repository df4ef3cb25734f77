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
        (
            0.12,
            "得分相近的企业每 1 万家有约 1200 家在五年内来了，是任意企业的 600 倍",
            "about 1,200 came within five years; 600 times as",
        ),
        (
            0.0032,
            "得分相近的企业每 1 万家有约 32 家在五年内来了，是任意企业的 16 倍",
            "about 32 came within five years; 16 times as",
        ),
        (0.00025, "得分相近的企业每 1 万家有约 2 家在五年内来了", "about 2 came within five years"),
        (0.00002, "得分相近的企业每 1 万家有不到 1 家在五年内来了", "fewer than 1 came within five years"),
    ],
)
def test_a_probability_is_said_as_a_share_of_firms_scored_alike(probability, zh, en):
    words = chance_words(probability, 0.0002)
    assert words == zh
    assert en in said(words, "en")
    # Where it is not known how many of any firms came, nothing is said of it.
    assert "倍" not in chance_words(probability)


@given(st.floats(0, 1))
def test_the_words_are_never_far_from_the_number(probability):
    words = said(chance_words(probability), "en").replace(",", "")
    whole, number = (int(w) for w in words.split() if w.isdigit())
    assert whole == 10_000
    assert number / whole == pytest.approx(probability, abs=1e-4)


def test_the_size_of_a_city_is_that_of_its_registrations_against_the_mean(graph):
    rows = graph.tables["coverage"]
    pumps, other = (rows.loc[rows["region_code"].str.startswith(c), "registration_count"].sum() for c in ("3310", "4412"))
    apart = log_size(graph, "331000") - log_size(graph, "441200")
    assert apart == pytest.approx(math.log10(pumps + 50) - math.log10(other + 50))
