"""How likely a firm with a given score is to come: log-odds that are linear in the score, with their uncertainty, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from chaingraph.graph import ChainGraph
from chaingraph.ground import Grid
from chaingraph.metrics import Array
from chaingraph.phrases import NOTHING, Phrase
from chaingraph.tables import Tables

WITHIN_YEARS = 5
"""A probability says how likely a firm is to come within so many years."""
SIZE_PRIOR = 50.0
"""Registrations that are added to those of a city before the logarithm."""
SURE = 1.959964
"""Standard deviations of a 95 % interval."""
NUMBERS = ("base", "slope", "size")


@dataclass(frozen=True)
class Chance:
    """Log-odds of coming within `WITHIN_YEARS` years: base + slope · score + size · log_size.

    The score is in [0, 100]. log_size: log10(registrations + 50) of the city, less the mean over all cities (`log_size`).
    `covariance`: of base, slope and size, 3 × 3, from the fit; zeros where it is not known. `rate`: how many of all pairs of firm
    and city that it was fitted on met; NaN where it is not known.

    >>> chance = Chance(base=-10.0, slope=0.1, size=0.5)
    >>> round(chance.probability(60.0), 4)
    0.018
    """

    base: float
    slope: float
    size: float
    covariance: tuple[tuple[float, ...], ...] = ((0.0,) * 3,) * 3
    rate: float = math.nan

    def probability(self, score: float, log_size: float = 0.0) -> float:
        """Return the probability of a firm with this score; NaN where either number is."""
        return float(expit(self.base + self.slope * score + self.size * log_size))

    def interval(self, score: float, log_size: float = 0.0) -> tuple[float, float]:
        """Return the 95 % interval of the probability, by the delta method on the log-odds."""
        x = np.array([1.0, score, log_size])
        middle = self.base + self.slope * score + self.size * log_size
        wide = SURE * math.sqrt(max(0.0, float(x @ np.array(self.covariance) @ x)))
        return float(expit(middle - wide)), float(expit(middle + wide))

    def probabilities(self, scores: Array, log_size: Array) -> Array:
        """Return probabilities of the shape that scores and log sizes have together."""
        found: Array = expit(self.base + self.slope * scores + self.size * log_size)
        return found

    @classmethod
    def of(cls, content: Mapping[str, Any], profile: Mapping[str, Any]) -> Chance:
        """Return the chance a file of weights holds; its numbers are checked before. `profile`: what the file says of its fitting."""
        rows = content.get("covariance") or cls(0.0, 0.0, 0.0).covariance
        base, slope, size = (float(content[name]) for name in NUMBERS)
        came, pairs = (profile.get(f"chance_{name}") for name in ("arrivals", "pairs"))
        rate = float(came) / float(pairs) if came and pairs else math.nan
        return cls(base, slope, size, tuple(tuple(map(float, row)) for row in rows), rate)


def log_size(graph: ChainGraph, city: str) -> float:
    """Return log10(registrations + 50) of a city less the mean over all cities with any; what `Chance` calls log_size.

    >>> -3 < log_size(graph, "331000") < 3
    True
    """
    sizes = graph.tables.derived(_sizes)
    return sizes.get(city, math.log10(SIZE_PRIOR) - sizes.get("", 0.0))


def _sizes(tables: Tables) -> dict[str, float]:
    """What `log_size` says of every city with registrations; under "" the mean it is less by."""
    rows, grid = tables["coverage"], tables.derived(Grid.of)
    many = rows["registration_count"].astype(float).groupby(rows["region_code"].map(grid.city_of)).sum()
    logs = np.log10(many[(many > 0) & many.index.isin(grid.cities)] + SIZE_PRIOR)
    middle = float(logs.mean()) if len(logs) else 0.0
    return {str(city): float(size) - middle for city, size in logs.items()} | {"": middle}


def chance_words(probability: float, rate: float = math.nan) -> Phrase:
    """Say a probability as a share of the firms that were scored alike, always of 10,000, and against `rate`, that of any firm.

    Nothing where it is not known.

    >>> print(chance_words(0.0031, 0.0002).en)
    of 10,000 firms scored like this one, about 31 came within five years; 16 times as many as of any firms
    >>> print(chance_words(0.00004).en)
    of 10,000 firms scored like this one, fewer than 1 came within five years
    """
    if math.isnan(probability):
        return NOTHING
    share = round(10_000 * probability)
    zh, en = (f"约 {share} 家", f"about {share:,}") if share else ("不到 1 家", "fewer than 1")
    text = Phrase(
        f"得分相近的企业每 1 万家有{zh}在五年内来了", f"of 10,000 firms scored like this one, {en} came within five years"
    )
    times = probability / rate if rate > 0 else math.nan
    if times >= 1.5:
        many = f"{times:.0f}"
        text += Phrase(f"，是任意企业的 {many} 倍", f"; {many} times as many as of any firms")
    return text
