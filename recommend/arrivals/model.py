"""Who comes to a city: a conditional logit on a few features, its probability, and both as a TOML file that a person can read."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from sklearn.linear_model import LogisticRegression

from chaingraph.errors import DataError, Problem
from chaingraph.metrics import Array
from recommend.arrivals.events import Past
from recommend.arrivals.features import CHOSEN, FEATURES, Flags, Market, Whole

LEARN_BACK = (1, 3, 5)
"""The model learns from what was known so many years before the cut, and from who came from then to the cut."""
RIDGE = 1.0
"""Penalty on the squared weights of features with standard deviation 1."""
WITHIN_YEARS = 5
"""A probability says how likely a firm is to come within so many years."""


@dataclass(frozen=True)
class Chance:
    """Log-odds of coming within `WITHIN_YEARS`: base + share · ln(share of the city's choice) + size · log10 of the city's size."""

    base: float
    share: float
    size: float

    def of(self, log_share: Array, log_size: Array) -> Array:
        """Return probabilities, cities × firms; they order the firms of a city as their scores do."""
        chance: Array = expit(self.base + self.share * log_share + self.size * log_size[:, None])
        return chance


@dataclass(frozen=True)
class Model:
    """Log-odds that add up: the score of a firm for a city is Σ weight · feature.

    `weights`: by feature, per unit of the feature. `learned_until`: the last day of which anything was known.
    """

    weights: Mapping[str, float]
    chance: Chance
    learned_until: str
    learned_from: int
    """Arrivals it learned from; one that several beginnings saw counts once."""

    def scores(self, market: Market) -> Array:
        """Return scores, cities × firms; a firm that cannot come stands one below the lowest of its city."""
        total = _weighed(market, self.weights)
        open_to = np.where(market.closed, np.inf, total)
        lowest = np.min(open_to, axis=1, keepdims=True, initial=np.inf)
        return np.where(market.closed, np.where(np.isfinite(lowest), lowest, 0.0) - 1.0, total)

    def probabilities(self, market: Market) -> Array:
        """Return the probability that a firm comes within five years, cities × firms; 0 for those that cannot."""
        shares = _log_shares(_weighed(market, self.weights), market.closed)
        return np.where(market.closed, 0.0, self.chance.of(np.where(market.closed, 0.0, shares), market.log_size))

    def write(self) -> str:
        """Return the model as TOML."""
        lines = [
            "# Who comes to a city: score = sum of weight x feature; among the firms of a city their odds are as exp(score).",
            f'learned_until = "{self.learned_until}"',
            f"learned_from = {self.learned_from}  # arrivals",
            "",
            "[weights]",
        ]
        for name, weight in self.weights.items():
            lines += [f"# {' '.join(FEATURES[name].meaning.split())}", f"{name} = {weight:.6g}"]
        lines += [
            "",
            f"[chance]  # log-odds of coming within {WITHIN_YEARS} years",
            f"base = {self.chance.base:.6g}",
            f"share = {self.chance.share:.6g}  # per unit of ln(exp(score) / sum of exp(score) over the firms that can come)",
            f"size = {self.chance.size:.6g}  # per tenfold size of the city, in registrations",
        ]
        return "\n".join(lines) + "\n"

    @classmethod
    def read(cls, path: Path) -> Model:
        """Read a model; raises `DataError` with every fault of the file."""
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DataError([_fault(path, "file", str(error), "a model in TOML", "`--save-model` writes one.")]) from error
        weights, chance = _part(content, "weights"), _part(content, "chance")
        problems = [
            _fault(path, f"weights.{name}", "an unknown feature", f"one of {', '.join(FEATURES)}", "Mend the name.")
            for name in weights
            if name not in FEATURES
        ]
        numbers = [("weights", k, v) for k, v in weights.items()]
        numbers += [("chance", k, chance.get(k)) for k in ("base", "share", "size")]
        problems += [
            _fault(path, f"{part}.{name}", repr(value), "a number", "Mend the value.")
            for part, name, value in numbers
            if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value)
        ]
        if not weights:
            problems.append(_fault(path, "weights", "no weight", "at least one", "Take the file as it was written."))
        if problems:
            raise DataError(problems)
        many = content.get("learned_from")
        return cls(
            {name: float(w) for name, w in weights.items()},
            Chance(*(float(chance[k]) for k in ("base", "share", "size"))),
            str(content.get("learned_until", "")),
            many if isinstance(many, int) else 0,
        )


def _part(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _fault(path: Path, where: str, found: str, expected: str, remedy: str) -> Problem:
    return Problem(path.name, where, "impossible-value", found, expected, remedy)


def _weighed(market: Market, weights: Mapping[str, float]) -> Array:
    total = np.zeros(market.closed.shape)
    for name, weight in weights.items():
        total += weight * market[name]
    return total


def _log_shares(total: Array, closed: Flags) -> Array:
    """Return ln of each firm's share among those that can come to the city."""
    out: Array = total - logsumexp(np.where(closed, -np.inf, total), axis=1, keepdims=True)
    return out


@dataclass(frozen=True)
class Choices:
    """Who came where, with what was known before: the features (cities × firms × features), and city and firm of each arrival."""

    features: Array
    closed: Flags
    city: Whole
    firm: Whole

    @classmethod
    def of(cls, past: Past, first: int, end: int, features: Sequence[str], without: Iterable[tuple[str, str]] = ()) -> Choices:
        """Return the arrivals of the years from `first` to before `end`, except those in the cities `without`."""
        came = past.arrivals(first, end)
        places = list(zip(came["province"], came["city"], strict=True))
        left_out = set(without)
        kept = np.array([p not in left_out for p in places], dtype=bool)
        came, places = came[kept], [p for p in places if p not in left_out]
        cities = list(dict.fromkeys(places))
        market = Market.at(past, first, cities)
        row = {place: i for i, place in enumerate(cities)}
        city, firm = np.array([row[p] for p in places], dtype=int), came["firm"].to_numpy(int)
        closed = market.closed.copy()
        closed[city, firm] = False
        made = [market[name] for name in features]
        return cls(np.stack(made, axis=2) if cities else np.empty((0, len(past.firms), len(made))), closed, city, firm)


def fit_weights(choices: Sequence[Choices], features: Sequence[str]) -> dict[str, float]:
    """Return the weights of a conditional logit (McFadden 1974): each arrival is one choice among the firms that could come.

    Each of the `choices` counts equally for one arrival; `RIDGE` is shared among them. Without an arrival all weights are 0.
    """
    choices = [c for c in choices if len(c.firm)]
    if not choices:
        return dict.fromkeys(features, 0.0)
    middle = np.mean([c.features.mean(axis=(0, 1)) for c in choices], axis=0)
    spread = np.mean([c.features.std(axis=(0, 1)) for c in choices], axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    scaled = [((c.features - middle) / spread, c) for c in choices]

    def loss(weights: Array) -> tuple[float, Array]:
        value, slope = RIDGE / 2 * weights @ weights, RIDGE * weights
        for x, c in scaled:
            log_share = _log_shares(x @ weights, c.closed)
            times = np.bincount(c.city, minlength=len(x)).astype(float)
            expected = np.einsum("cn,cnp->cp", np.where(c.closed, 0.0, np.exp(np.where(c.closed, 0.0, log_share))), x)
            value -= log_share[c.city, c.firm].sum() / len(scaled)
            slope = slope - (x[c.city, c.firm].sum(axis=0) - times @ expected) / len(scaled)
        return float(value), slope

    found = minimize(loss, np.zeros(len(features)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return dict(zip(features, (found.x / spread).tolist(), strict=True))


def learn(past: Past, cut: int, features: Sequence[str] = CHOSEN, without: Iterable[tuple[str, str]] = ()) -> Model:
    """Learn from all that was known before the year `cut`; arrivals in the cities `without` teach nothing.

    The weights come from the arrivals of the last years before the cut. The probability is set on the last `WITHIN_YEARS` years
    before it, by weights from the years before those: of the pairs of city and firm scored like this, how many came.
    """
    left_out = tuple(without)
    weights = _weights_at(past, cut, features, left_out)
    earlier = cut - WITHIN_YEARS
    chance = _chance(past.before(cut), earlier, _weights_at(past, earlier, features, left_out), left_out)
    many = len(past.arrivals(cut - max(LEARN_BACK), cut))
    return Model(weights, chance, min(past.until, f"{cut - 1}-12-31"), many)


def _weights_at(past: Past, cut: int, features: Sequence[str], without: tuple[tuple[str, str], ...]) -> dict[str, float]:
    return fit_weights([Choices.of(past, cut - back, cut, features, without) for back in LEARN_BACK], features)


def _chance(past: Past, year: int, weights: Mapping[str, float], without: tuple[tuple[str, str], ...]) -> Chance:
    """Fit the log-odds of coming within `WITHIN_YEARS` years from `year`, over all cities and firms that could."""
    cities = list(past.founded[["province", "city"]].drop_duplicates().itertuples(index=False, name=None))
    left_out = set(without)
    market = Market.at(past, year, [c for c in cities if c not in left_out])
    came = past.arrivals(year, year + WITHIN_YEARS)
    row = {place: i for i, place in enumerate(market.cities)}
    at = np.array([row.get(p, -1) for p in zip(came["province"], came["city"], strict=True)], dtype=int)
    y = np.zeros(market.closed.shape)
    y[at[at >= 0], came["firm"].to_numpy(int)[at >= 0]] = 1.0
    free = ~market.closed
    if not y[free].any():
        return Chance(math.log(0.5 / max(1, int(free.sum()))), 0.0, 0.0)
    share = _log_shares(_weighed(market, weights), market.closed)[free]
    sizes = np.broadcast_to(market.log_size[:, None], free.shape)[free]
    x = np.column_stack([share, sizes])
    middle, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    fitted = LogisticRegression(C=1e3, tol=1e-8, max_iter=500).fit((x - middle) / spread, y[free])
    slope = fitted.coef_[0] / spread
    # Of firms with a higher score never fewer are said to come.
    slope[0] = max(slope[0], 0.0)
    return Chance(float(fitted.intercept_[0] - slope @ middle), float(slope[0]), float(slope[1]))
