"""The weights of a conditional logit: by hand, planted, and against its own derivative."""

from dataclasses import replace

import numpy as np
import pytest

from recommend import Weights
from recommend.learning import fitting
from recommend.learning.fitting import DECLARED, Choices, best_scores, best_values, fit_weights, scores
from recommend.learning.values import ASKED

BY_HAND = Weights.load("hand-set")
MIXED = ("expansion", "distance", "scale")


def choices_by(weights, many=400, cities=40, firms=60, unknown=0.0, seed=0):
    """Choices drawn from exp of a sum of the signals named in `weights`; `when` is what an unknown signal counts as."""
    draw = np.random.default_rng(seed)
    values = draw.random((cities, firms, len(ASKED)))
    hidden = draw.random(values.shape) < unknown
    hidden[..., ASKED.index("segment_fit")] = False
    counted = np.zeros((cities, firms))
    for name, (beta, when) in weights.items():
        i = ASKED.index(name)
        counted += beta * np.where(hidden[..., i], when, values[..., i])
    values[hidden] = np.nan
    city = draw.integers(0, cities, many)
    share = np.exp(counted) / np.exp(counted).sum(axis=1, keepdims=True)
    firm = np.array([draw.choice(firms, p=share[c]) for c in city])
    return Choices(values, np.arange(firms), np.ones((cities, firms), dtype=bool), city, firm)


def test_a_score_is_a_hundred_times_the_sum_of_weight_and_value_and_unknown_counts_as_declared():
    values = np.full((1, 1, len(ASKED)), np.nan)
    values[0, 0, ASKED.index("distance")] = 0.5
    of = BY_HAND.of
    rest = sum(w.weight * w.when_unknown for n, w in of.items() if n != "distance")
    assert scores(values, BY_HAND)[0, 0] == pytest.approx(100 * (rest + 0.5 * of["distance"].weight))


def test_a_firm_stands_in_the_segment_it_scores_best_in():
    values = np.zeros((2, 3, len(ASKED)))
    values[0, 1, :] = 1.0
    values[1, 0, :] = 1.0
    starts = np.array([0, 2])
    assert best_scores(values, starts, BY_HAND)[:, 0] == pytest.approx(scores(np.ones(len(ASKED)), BY_HAND))
    best = best_values(values, starts, BY_HAND)
    assert best.shape == (2, 2, len(ASKED))
    assert best[:, 0].all()
    assert not best[:, 1].any()
    assert scores(best, BY_HAND) == pytest.approx(best_scores(values, starts, BY_HAND))


def test_planted_weights_are_found_and_the_declared_keep_their_share(monkeypatch):
    monkeypatch.setattr(fitting, "JUDGEMENT", 0.1)
    planted = {"expansion": (6.0, 0.0), "distance": (3.0, 0.0), "scale": (3.0, 0.0)}
    kept = {n: BY_HAND.of[n].weight for n in DECLARED}
    # the declared signals weigh their share of the whole: 12 = (1 − kept) of it
    beta = 12 * kept["segment_fit"] / (1 - sum(kept.values()))
    ties = 12 * kept["ties"] / (1 - sum(kept.values()))
    found = fit_weights([choices_by({**planted, "segment_fit": (beta, 0.0), "ties": (ties, 0.0)}, many=4000)], BY_HAND).of
    share = 1 - sum(kept.values())
    assert {n: found[n].weight for n in DECLARED} == pytest.approx(kept)
    assert found["expansion"].weight == pytest.approx(share / 2, abs=0.06)
    assert found["distance"].weight == pytest.approx(share / 4, abs=0.05)
    assert found["scale"].weight == pytest.approx(share / 4, abs=0.05)
    assert sum(w.weight for w in found.values()) == pytest.approx(1.0)
    assert {n for n, w in found.items() if w.source == "declared"} == set(DECLARED)


def test_what_not_knowing_meant_is_found(monkeypatch):
    monkeypatch.setattr(fitting, "JUDGEMENT", 0.1)
    planted = {"expansion": (6.0, 0.7), "distance": (6.0, 0.1)}
    found = fit_weights([choices_by(planted, many=4000, unknown=0.4)], BY_HAND, declared=("gap_need",)).of
    assert found["expansion"].when_unknown == pytest.approx(0.7, abs=0.15)
    assert found["distance"].when_unknown == pytest.approx(0.1, abs=0.15)


def test_a_signal_that_speaks_against_gets_no_weight_and_none_is_below_0(monkeypatch):
    monkeypatch.setattr(fitting, "JUDGEMENT", 0.1)
    found = fit_weights([choices_by({"expansion": (6.0, 0.0), "scale": (-6.0, 0.0)}, many=2000)], BY_HAND).of
    assert found["scale"].weight == pytest.approx(0.0, abs=1e-6)
    assert all(w.weight >= 0 and 0 <= w.when_unknown <= 1 for w in found.values())


def test_few_arrivals_hardly_move_the_judgement_and_none_leave_it():
    none = choices_by({"expansion": (6.0, 0.0)}, many=0)
    assert fit_weights([none], BY_HAND) is BY_HAND
    few, many = (fit_weights([choices_by({"scale": (6.0, 0.0)}, many=n)], BY_HAND).of["scale"].weight for n in (10, 2000))
    assert BY_HAND.of["scale"].weight < few < many


def test_signals_nobody_is_known_for_keep_what_they_count_as_when_unknown():
    choices = choices_by({"expansion": (3.0, 0.0)})
    values = choices.values.copy()
    values[..., ASKED.index("mobility")] = np.nan
    found = fit_weights([replace(choices, values=values)], BY_HAND).of["mobility"]
    assert found.when_unknown == BY_HAND.of["mobility"].when_unknown


def test_choices_are_the_arrivals_among_those_who_could_come(arrivals, cut):
    came = arrivals.between(2006, 2011)
    choices = Choices.of(cut, came)
    assert len(choices.city) == len(choices.firm) == len(came)
    assert choices.open_to[choices.city, choices.firm].all()
    assert len(choices.values) == came["city"].nunique()
    left = frozenset(came["city"].iloc[:5])
    assert len(Choices.of(cut, came, left).city) == (~came["city"].isin(left)).sum()
    assert len(Choices.of(cut, came.iloc[:0]).city) == 0
