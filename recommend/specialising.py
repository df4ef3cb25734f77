"""What a city takes up next: the relatedness methods on the shipped registrations, cities × segments, cut by time.

Known are the registrations up to a period; asked is in which segments without a specialisation (LQ < 1) the city's registrations
of the period itself are specialised (LQ ≥ 1, from `FEWEST` firms). Settings were chosen on `CHOSEN_ON` and on exports, never on a
later period.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from chaingraph.graph import ChainGraph
from chaingraph.ground import Registered
from chaingraph.metrics import Array, location_quotient
from chaingraph.model import PERIODS
from chaingraph.relatedness import feasibility, peer_regression, sapling_score
from recommend.exports import density, factors, ndcg, popularity

CHOSEN_ON = "2001-05"
PERIODS_ASKED = (CHOSEN_ON, "2006-10", "2011-15")
"""The last period, 2016-19, has registrations of too few cities to be asked about."""
FEWEST = 3
USED = "own + peers + Sapling"

METHODS: dict[str, Callable[[Array, Array], Array]] = {
    "random": lambda counts, _: np.random.default_rng(0).random(counts.shape),
    "popularity": lambda _, special: popularity(special),
    "own count": lambda counts, _: counts,
    "Hidalgo density": lambda _, special: density(special),
    "Sapling, segments": lambda _, special: sapling_score(special, 2.0),
    "10 factors": lambda _, special: factors(special, 10),
    "peers": lambda counts, _: peer_regression(np.log1p(counts)),
    USED: lambda counts, special: feasibility(np.log1p(counts), special),
}
"""The methods that are measured: (counts, specialised) → scores, cities × segments."""


@dataclass(frozen=True)
class Question:
    """What was known before a period, and what came in it: cities × segments."""

    counts: Array
    special: Array
    truth: Array

    @classmethod
    def of(cls, by_period: Array, period: int) -> Question:
        """Cut registrations (periods × cities × segments); cities and segments without any before, or in it, are left out."""
        before, after = by_period[:period].sum(axis=0), by_period[period]
        cities = (before.sum(axis=1) > 0) & (after.sum(axis=1) > 0)
        segments = before[cities].sum(axis=0) > 0
        counts, came = before[cities][:, segments], after[cities][:, segments]
        special = (location_quotient(counts) >= 1).astype(float)
        new = (special == 0) & (np.nan_to_num(location_quotient(came)) >= 1) & (came >= FEWEST)
        return cls(counts, special, new.astype(float))


def trial(graph: ChainGraph) -> pd.DataFrame:
    """Measure every method in every period asked.

    period, method, cities (that took up anything), ndcg, low, high (mean NDCG@20 over cities and its 95 % interval: which segment
    comes to a city), ndcg_of_segment (over segments: to which city does it come), auc (mean over segments).
    """
    places = graph.places
    by_period = graph.tables.derived(Registered.of).by_unit[: len(PERIODS), : len(places.cities)]
    ids = [period for period, *_ in PERIODS]
    rows = []
    for period in PERIODS_ASKED:
        asked = Question.of(by_period, ids.index(period))
        rows += [(period, name, *_measured(method(asked.counts, asked.special), asked)) for name, method in METHODS.items()]
    return pd.DataFrame(rows, columns=["period", "method", "cities", "ndcg", "low", "high", "ndcg_of_segment", "auc"])


def _measured(scores: Array, asked: Question) -> Sequence[float]:
    each = ndcg(scores, asked.special, asked.truth)
    each = each[~np.isnan(each)]
    means = np.random.default_rng(0).choice(each, (2000, len(each))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    of_segment = float(np.nanmean(ndcg(scores.T, asked.special.T, asked.truth.T)))
    return len(each), float(each.mean()), low, high, of_segment, _mean_auc(scores, asked.special == 0, asked.truth)


def _mean_auc(scores: Array, open_: NDArray[np.bool_], truth: Array) -> float:
    """Mean over segments of the chance that a city that took it up stands before one that did not."""
    both = [j for j in range(truth.shape[1]) if 0 < truth[:, j].sum() < open_[:, j].sum()]
    return float(np.mean([roc_auc_score(truth[open_[:, j], j], scores[open_[:, j], j]) for j in both]))
