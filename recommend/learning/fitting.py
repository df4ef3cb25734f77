"""Weights from arrivals: a conditional logit whose log-odds are a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import logsumexp

from chaingraph.metrics import Array
from recommend.learning.cuts import Cut, Flags
from recommend.learning.values import ASKED, Whole
from recommend.weights import Weight, Weights

JUDGEMENT = 30.0
"""Penalty on the squared distance from the weights set by hand, of signals with standard deviation 1: as many arrivals as it takes
to be heard. From 1 to 30 the years before 2008 are foreseen alike; the largest of them keeps most of the judgement."""
ROUNDS = 4
"""So often the segment is chosen in which a firm scores best, and the weights are fitted anew."""
ENOUGH_LACK = 0.1
"""A signal that fewer lack than this, as a share of the candidates, keeps what it counts as when unknown."""
DECLARED = ("segment_fit", "ties", "gap_need")
"""Signals that arrivals cannot teach and that keep their share: who is in no segment is no candidate, ties are known of today only,
and no arrival says what a city needed."""


@dataclass(frozen=True)
class Choices:
    """Arrivals as choices: every city where somebody came, and all firms that could have.

    `values`: cities × rows × signals, NaN not known. `starts`: the first row of each firm that has any; `open_to`: cities × such
    firms, who could come. `city`, `firm`: of each arrival, the row in `values` and the place among `starts`.
    """

    values: Array
    starts: Whole
    open_to: Flags
    city: Whole
    firm: Whole

    @classmethod
    def of(cls, cut: Cut, came: pd.DataFrame, without: frozenset[str] = frozenset()) -> Choices:
        """Return what came to be after a cut, except in the cities `without`; arrivals of firms in no segment teach nothing."""
        at, firm = cut.pairs(came[~came["city"].isin(without)])
        firms, starts = cut.values.firms
        place = np.searchsorted(firms, firm)
        known = np.isin(firm, firms)
        cities, city = np.unique(at[known], return_inverse=True)
        open_to = ~cut.here[cities][:, firms]
        open_to[city, place[known]] = True
        return cls(cut.values.at([cut.cities[i] for i in cities]), starts, open_to, city, place[known])


def scores(values: Array, weights: Weights) -> Array:
    """Return 100 · Σ weight · value over the last axis; what is not known counts as declared, as do signals that are not asked."""
    of = [weights.of[name] for name in ASKED]
    counted = np.where(np.isnan(values), [w.when_unknown for w in of], values)
    beside = sum(w.weight * w.when_unknown for name, w in weights.of.items() if name not in ASKED)
    out: Array = 100 * (counted @ np.array([w.weight for w in of]) + beside)
    return out


def best_scores(values: Array, starts: Whole, weights: Weights) -> Array:
    """Return the score of each firm in the segment it scores best in: cities × firms."""
    out: Array = np.maximum.reduceat(scores(values, weights), starts, axis=1) if len(starts) else np.empty((len(values), 0))
    return out


def best_values(values: Array, starts: Whole, weights: Weights) -> Array:
    """Return the values of each firm in the segment it scores best in: cities × firms × signals."""
    if not len(starts):
        return np.empty((len(values), 0, values.shape[2]))
    scored = scores(values, weights)
    highest = np.repeat(np.maximum.reduceat(scored, starts, axis=1), np.diff(np.append(starts, scored.shape[1])), axis=1)
    rows = np.where(scored == highest, np.arange(scored.shape[1]), scored.shape[1])
    first = np.minimum.reduceat(rows, starts, axis=1)
    out: Array = np.take_along_axis(values, first[..., None], axis=1)
    return out


def fit_weights(choices: Sequence[Choices], start: Weights, declared: Sequence[str] = DECLARED) -> Weights:
    """Return the weights of a conditional logit (McFadden 1974), none below 0; those `declared` keep their share of `start`.

    A signal adds β · v, or γ where it is not known, 0 ≤ γ ≤ β: what it counts as when unknown is γ / β. The penalty draws towards the
    weights of the start. Each of the `choices` counts equally for one arrival. Without an arrival the weights are the start's.
    """
    heard = [c for c in choices if len(c.firm)]
    found = start
    for _ in range(ROUNDS if heard else 0):
        found = _fitted(heard, [best_values(c.values, c.starts, found) for c in heard], start, declared)
    return found


def _fitted(choices: Sequence[Choices], values: Sequence[Array], start: Weights, declared: Sequence[str]) -> Weights:
    names = [n for n in ASKED if n not in declared]
    kept = sum(start.of[n].weight for n in declared)
    columns = [_columns(v, names, start, declared) for v in values]
    spread = np.mean([x.std(axis=(0, 1)) for x in columns], axis=0)
    told = spread > 1e-9
    scale = np.where(told, spread, 1.0)
    towards = _shares([start.of[n] for n in names], told) * scale
    raw = _nearest([np.where(told, x / scale, 0.0) for x in columns], choices, towards) / scale
    known, unknown = raw[: len(names)], raw[len(names) :]
    total = float(raw.sum())
    of = dict(start.of)
    for name, p, q, asked in zip(names, known, unknown, told[len(names) :], strict=True):
        weight, when = (1 - kept) * (p + q) / total, q / (p + q) if asked and p + q > 0 else of[name].when_unknown
        of[name] = replace(of[name], weight=float(weight), when_unknown=float(when), source="fitted")
    return Weights(of, "learned")


def _columns(values: Array, names: Sequence[str], start: Weights, declared: Sequence[str]) -> Array:
    """Return what the weights multiply: each signal with 0 where it is not known, then each with 1 there.

    The declared signals together weigh `kept` of 1, the others the rest: so Σ β · (v + declared / (1 − kept)) is the whole score.
    A signal that is known of nearly all, or of none, tells nothing of what not knowing means: its second column is 0.
    """
    place = {name: i for i, name in enumerate(ASKED)}
    kept = sum(start.of[n].weight for n in declared)
    own, offset = values[..., [place[n] for n in names]], np.zeros(values.shape[:2])
    for n in (n for n in declared if n in place):
        value = values[..., place[n]]
        offset += start.of[n].weight / (1 - kept) * np.where(np.isnan(value), start.of[n].when_unknown, value)
    unknown = np.isnan(own)
    share = unknown.mean(axis=(0, 1)) if unknown.size else np.zeros(len(names))
    some = (share >= ENOUGH_LACK) & (share < 1)
    as_none = np.where(unknown, 0.0, own) + offset[..., None]
    return np.concatenate([as_none, np.where(some, as_none + unknown, 0.0)], axis=-1)


def _shares(of: Sequence[Weight], told: Flags) -> Array:
    """Return the weights as those of the two columns of a signal: w · (1 − u) and w · u, or w where nothing tells of u."""
    weight, when = np.array([w.weight for w in of]), np.array([w.when_unknown for w in of])
    when = np.where(told[len(of) :], when, 0.0)
    return np.concatenate([weight * (1 - when), weight * when])


def _nearest(columns: Sequence[Array], choices: Sequence[Choices], towards: Array) -> Array:
    """Return the weights from 0 that make the choices likely and lie near the best multiple of `towards`."""

    def loss(weights: Array) -> tuple[float, Array]:
        value, slope = 0.0, np.zeros(len(weights))
        for x, c in zip(columns, choices, strict=True):
            total = np.where(c.open_to, x @ weights, -np.inf)
            log_share = total - logsumexp(total, axis=1, keepdims=True)
            times = np.bincount(c.city, minlength=len(x)).astype(float)
            expected = np.matmul(np.exp(log_share)[:, None, :], x)[:, 0, :]
            value -= log_share[c.city, c.firm].sum() / len(columns)
            slope -= (x[c.city, c.firm].sum(axis=0) - times @ expected) / len(columns)
        return float(value), slope

    def along(times: Array) -> tuple[float, Array]:
        value, slope = loss(times[0] * towards)
        return value, np.array([slope @ towards])

    def around(weights: Array) -> tuple[float, Array]:
        value, slope = loss(weights)
        away = weights - middle
        return value + JUDGEMENT / 2 * float(away @ away), slope + JUDGEMENT * away

    how = {"jac": True, "method": "L-BFGS-B", "options": {"maxiter": 300}}
    middle = float(minimize(along, np.ones(1), bounds=[(0.1, None)], **how).x[0]) * towards
    found: Array = minimize(around, middle, bounds=[(0.0, None)] * len(middle), **how).x
    return found
