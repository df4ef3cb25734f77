"""The probability of a score: every firm and city that could have met in some years, and who came."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from chaingraph.metrics import Array
from recommend.chance import WITHIN_YEARS, Chance
from recommend.learning.cuts import Arrivals, Cut
from recommend.learning.fitting import best_scores
from recommend.learning.values import Whole
from recommend.weights import Weights


@dataclass(frozen=True)
class Meetings:
    """The pairs of city and firm that could have met in the years after a cut: one entry each.

    `score` in [0, 100], `log_size` of the city, `city` its place in the cut, `came` 1 or 0 within `WITHIN_YEARS` years. Only cities
    with registrations in those years, and firms in a segment that were not there already.
    """

    score: Array
    log_size: Array
    city: Whole
    came: Array

    @classmethod
    def of(cls, cut: Cut, arrivals: Arrivals, weights: Weights) -> Meetings:
        """Return the pairs after a cut, scored by these weights."""
        end = cut.year + WITHIN_YEARS
        seen = arrivals.seen(cut.year, end)
        cities = np.array([i for i, c in enumerate(cut.cities) if c in seen], dtype=np.intp)
        firms, starts = cut.values.firms
        score = best_scores(cut.values.at([cut.cities[i] for i in cities]), starts, weights)
        came = np.zeros(cut.here.shape)
        came[cut.pairs(arrivals.between(cut.year, end))] = 1.0
        inside = np.ix_(cities, firms)
        open_to = ~cut.here[inside] | (came[inside] > 0)
        city = np.broadcast_to(cities[:, None], open_to.shape)[open_to]
        return cls(score[open_to], cut.log_size[city], city, came[inside][open_to])


def fit_chance(met: Meetings) -> Chance:
    """Fit log-odds = base + slope · score + size · log_size by logistic regression (Platt 1999), slope at least 0.

    The covariance is robust to firms of one city coming together: H⁻¹ (Σ over cities g gᵀ) H⁻¹ (Liang and Zeger 1986). Without an
    arrival the chance is that of half an arrival among all pairs, whatever the score.
    """
    if not met.came.any():
        return Chance(math.log(0.5 / max(1, len(met.came))), 0.0, 0.0)
    x = np.column_stack([met.score, met.log_size])
    middle, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    fitted = LogisticRegression(C=1e4, tol=1e-8, max_iter=1000).fit((x - middle) / spread, met.came)
    slope = fitted.coef_[0] / spread
    slope[0] = max(slope[0], 0.0)
    chance = Chance(float(fitted.intercept_[0] - slope @ middle), float(slope[0]), float(slope[1]))
    # The base is that of a middling pair, so that the matrix can be inverted; then it is put back.
    z = np.column_stack([np.ones(len(x)), x - middle])
    p = chance.probabilities(met.score, met.log_size)
    inverse = np.linalg.inv(z.T @ (z * (p * (1 - p))[:, None]))
    by_city = np.zeros((int(met.city.max()) + 1, 3))
    np.add.at(by_city, met.city, z * (met.came - p)[:, None])
    back = np.array([[1.0, -middle[0], -middle[1]], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    wide = back @ inverse @ (by_city.T @ by_city) @ inverse @ back.T
    return Chance(chance.base, chance.slope, chance.size, tuple(tuple(map(float, row)) for row in wide))
