"""What a place is likely to take up next, from what it and others have: the method that feasibility stands on.

Arrays are places × activities: cities × segments, or countries × products. How it was chosen and what the others gave:
docs/methods.md §12 and decision 0014.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chaingraph.metrics import Array

SHRINK = 0.3
"""Ridge of `peer_regression`, as a share of the mean squared length of a row. Of .1, .3, 1 and 3 the stronger of the best two,
which do not differ, on products held back from the published export matrix without its validation part."""

POWER = 3.0
"""Power of the correlation in `sapling_score`, chosen on the same products: 2, as published, lets too many distant ones speak."""


def peer_regression(amounts: Array, shrink: float = SHRINK) -> Array:
    """What the other places let expect of each, places × activities: every row as a shrunk mixture of the other rows.

    B minimises ‖X − BᵀX‖² + λ‖B‖² with B_uu = 0, so that no row explains itself; Q = (XXᵀ + λI)⁻¹, B_vu = −Q_vu / Q_uu, and the
    result is BᵀX. λ = `shrink` × the mean of Σ_a X_ua². A place without anything gets 0 everywhere.
    H. Steck (2019), Embarrassingly Shallow Autoencoders for Sparse Data, turned from items to places.

    >>> peer_regression(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]), 0.4).round(2).tolist()
    [[0.5, 0.5, 0.5], [0.67, 0.67, 0.0]]
    """
    x = np.asarray(amounts, dtype=float)
    gram = x @ x.T
    size = np.trace(gram) / max(len(x), 1)
    if not size > 0:
        return np.zeros_like(x)
    inverse = np.linalg.inv(gram + shrink * size * np.eye(len(x)))
    mixture = -inverse / np.diag(inverse)
    np.fill_diagonal(mixture, 0.0)
    out: Array = mixture.T @ x
    return out


def sapling_similarity(presence: Array, power: float = 2.0) -> Array:
    """How much two activities go together or shun one another: sign(φ)·|φ|^power, in [−1, 1], activities × activities, diagonal 0.

    φ is the correlation of two columns of 0 and 1. With power 2 this is Sapling similarity: the share of the Gini impurity of one
    column that the other takes away is φ², whichever is split by which. An activity that all or none have gives 0.
    G. Albora, L. Rossi Mori, A. Zaccaria (2023), Sapling Similarity: A Performing and Interpretable Memory-Based Tool for Recommendation.

    >>> sapling_similarity(np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1]])).round(2).tolist()
    [[0.0, 0.25, -1.0], [0.25, 0.0, -0.25], [-1.0, -0.25, 0.0]]
    """
    m = np.asarray(presence, dtype=float)
    centred = m - m.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    varies = length > 1e-12
    unit = np.divide(centred, length, out=np.zeros_like(centred), where=varies)
    phi = unit.T @ unit
    # What is left of two columns that have nothing to do with each other is rounding; a share of it alone would count as whole.
    phi[np.abs(phi) < 1e-9] = 0.0
    np.fill_diagonal(phi, 0.0)
    out: Array = np.sign(phi) * np.abs(phi) ** power
    return out


def sapling_score(presence: Array, power: float = POWER) -> Array:
    """Balance of what a place has that goes with an activity and what shuns it, places × activities, in [−1, 1].

    Σ_b M_ub S_ba / Σ_b |S_ba| with the similarity S of activities; an activity that is like no other gets 0.
    """
    m = np.asarray(presence, dtype=float)
    similarity = sapling_similarity(m, power)
    total = np.abs(similarity).sum(axis=0)
    out: Array = np.divide(m @ similarity, total, out=np.zeros_like(m), where=total > 0)
    return out


def spread_out(scores: Array, told: NDArray[np.bool_]) -> Array:
    """Return scores divided by their standard deviation over the activities that `told`, so that two kinds can be added up.

    `told` is a mask of activities: one that nobody has, or looked for, says nothing of how far scores spread. 0 where all are equal.
    """
    deviation = float(np.std(scores[:, told])) if told.any() and len(scores) else 0.0
    out: Array = scores / deviation if deviation > 1e-12 else np.zeros_like(scores)
    return out


def feasibility(amounts: Array, presence: Array) -> Array:
    """How feasible an activity is in a place, places × activities: what it has, what its peers do, what goes with what it has.

    The sum of the amounts, their `peer_regression`, and the `sapling_score` of the presence (0 or 1), each in standard deviations.
    The first only speaks where something is there already: a place that has a thing must not look less fit for it than one that
    lacks it. The result orders; it has no unit and no natural zero. A place that has nothing gets 0 everywhere: who calls must mark
    that as not known.
    """
    x = np.asarray(amounts, dtype=float)
    told = np.asarray(x.any(axis=0))
    out: Array = spread_out(x, told) + spread_out(peer_regression(x), told) + spread_out(sapling_score(presence), told)
    return out
