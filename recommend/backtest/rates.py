"""How often those who signed stood among the first, against the baselines, and whether so few signings can tell at all.

All is exact, for a bootstrap of a few signings that all went alike is a point. Hit rates have the interval of Clopper & Pearson
(1934). Differences are paired signing by signing. Against an order: McNemar's exact test (1947) on the signings in which the two
differ, with the interval that inverts it. Against random: the number of hits has the Poisson binomial distribution of the
signings' own chances, and the interval is that of our rate less the mean chance, which is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy.stats import binomtest, norm

from chaingraph.metrics import Array
from chaingraph.phrases import Phrase
from recommend.backtest.lists import LIST_TOPS, OURS, RANDOM, SEGMENT_TOPS
from recommend.backtest.placing import Placed

MEASURES = (*LIST_TOPS, *SEGMENT_TOPS)
"""Hit rates: the share of signings whose firm stood among so many first, on the chain's list or in its segment."""
HEADLINE = "hit@20"
"""The measure that is judged: about as many firms as a team visits in a year. Chosen beforehand, whatever the list shows."""
LEVEL, POWER = 0.05, 0.80
"""A difference is called real below this chance of an accident; signings needed are those that would show it so often."""
FEWEST = 6
"""Signings below which even an order that is ahead in every one cannot be told from an accident: 2 · ½⁵ > 0.05."""


@dataclass(frozen=True)
class HitRate:
    """A hit rate in [0, 1] of a way of ordering, with its 95 % interval; that of random is known exactly and has none (NaN)."""

    way: str
    measure: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Lead:
    """By how much our hit rate is ahead of a baseline, in [−1, 1], with its exact 95 % interval and exact `p`, two-sided.

    The interval is NaN where the two never differ.

    `needed`: signings at which a difference of this size would be seen with `POWER`; 0 where there is none in our favour to be seen.
    """

    over: str
    measure: str
    ours: float
    theirs: float
    low: float
    high: float
    p: float
    signings: int
    needed: int

    @property
    def difference(self) -> float:
        """Our rate less theirs."""
        return self.ours - self.theirs

    @property
    def is_told(self) -> bool:
        """Whether the signings are enough to call the difference real."""
        return self.p < LEVEL


def hits(placed: Sequence[Placed], way: str, measure: str) -> Array:
    """Return by signing whether its firm stood among the first, 0 or 1, NaN where that is not known; of random, how likely it would have."""
    if way == RANDOM:
        return np.array([p.chances[measure] for p in placed], dtype=float)
    if measure in LIST_TOPS:
        top, places = LIST_TOPS[measure], np.array([p.places[way] for p in placed], dtype=float)
    else:
        top, places = SEGMENT_TOPS[measure], np.array([p.segment_places[way] for p in placed], dtype=float)
    return np.where(np.isnan(places), math.nan, places <= top)


def rate(placed: Sequence[Placed], way: str, measure: str) -> HitRate:
    """Return a hit rate over the signings of which it is known; NaN without any."""
    every = hits(placed, way, measure)
    found = every[~np.isnan(every)]
    if not len(found):
        return HitRate(way, measure, *(math.nan,) * 3)
    if way == RANDOM:
        return HitRate(way, measure, float(found.mean()), math.nan, math.nan)
    exact = binomtest(int(found.sum()), len(found)).proportion_ci(0.95)
    return HitRate(way, measure, float(found.mean()), float(exact.low), float(exact.high))


def lead(placed: Sequence[Placed], over: str, measure: str) -> Lead:
    """Return by how much our hit rate is ahead of a baseline's, over the signings of which both are known; NaN without any."""
    every, other = hits(placed, OURS, measure), hits(placed, over, measure)
    both = ~np.isnan(every) & ~np.isnan(other)
    ours, theirs, number = every[both], other[both], int(both.sum())
    if not number:
        return Lead(over, measure, *(math.nan,) * 4, 1.0, 0, 0)
    gained = ours - theirs
    low, high, p = _against_chance(ours, theirs) if over == RANDOM else _against_order(gained)
    return Lead(over, measure, float(ours.mean()), float(theirs.mean()), low, high, p, number, _needed(gained))


def _against_order(gained: Array) -> tuple[float, float, float]:
    """Interval and p by McNemar's exact test: of the signings in which only one of the two is right, half are ours by accident."""
    ahead, differ = int((gained > 0).sum()), int((gained != 0).sum())
    if not differ:
        return math.nan, math.nan, 1.0
    test = binomtest(ahead, differ)
    share, ours = differ / len(gained), test.proportion_ci(0.95)
    return share * (2 * float(ours.low) - 1), share * (2 * float(ours.high) - 1), float(test.pvalue)


def _against_chance(ours: Array, chances: Array) -> tuple[float, float, float]:
    """Interval and p: twice the smaller tail of the number of hits that a random order would have had."""
    ways = reduce(np.convolve, ([1 - c, c] for c in chances), np.ones(1))
    got, mean = int(ours.sum()), float(chances.mean())
    exact = binomtest(got, len(ours)).proportion_ci(0.95)
    p = min(1.0, 2 * min(ways[: got + 1].sum(), ways[got:].sum()))
    return float(exact.low) - mean, float(exact.high) - mean, float(p)


def _needed(gained: Array) -> int:
    """Signings for the difference seen: (z₁₋α/₂ + z_power)² · variance ÷ difference², and no fewer than any test needs."""
    mean = float(gained.mean())
    if mean <= 0:
        return 0
    spread = float(gained.var(ddof=1)) if len(gained) > 1 else 0.0
    sure = float(norm.ppf(1 - LEVEL / 2) + norm.ppf(POWER)) ** 2
    return max(math.ceil(sure * spread / mean**2), FEWEST)


def sentence(found: Lead, called: Phrase) -> Phrase:
    """Say what the signings tell of us against a baseline, and when they are too few to tell anything, just that."""
    n, top = found.signings, LIST_TOPS.get(found.measure) or SEGMENT_TOPS[found.measure]
    if not n:
        return Phrase(f"与“{called}”没有可比的签约。", f"There is no signing to compare with {called.en} by.")
    got = round(found.ours * n)
    low, high, by = f"{100 * found.low:+.0f}", f"{100 * found.high:+.0f}", f"{100 * found.difference:+.0f}"
    p = f"p = {found.p:.3f}" if found.p >= 0.001 else "p < 0.001"
    span = Phrase(f"95% 区间 {low} 到 {high}，{p}", f"95% interval {low} to {high}, {p}")
    if math.isnan(found.low):
        span = Phrase("每个签约上两者都一样", "the two agree in every signing")
    within = Phrase("环节内" if found.measure in SEGMENT_TOPS else "", " of its segment" if found.measure in SEGMENT_TOPS else "")
    numbers = Phrase(
        f"{within}前 {top} 名里有 {got} 个（{found.ours:.0%}），“{called}”{found.theirs:.0%}，差 {by} 个百分点（{span}）",
        f"{got} stood among the first {top}{within.en} ({found.ours:.0%}), by {called.en} {found.theirs:.0%}: {by} points ({span.en})",
    )
    some = "signing" if n == 1 else "signings"
    if found.is_told and found.difference > 0:
        return Phrase(
            f"{n} 个签约：{numbers}；不像是偶然，这份排序更好。",
            f"{n} {some}: {numbers.en}; hardly an accident, this list is the better one.",
        )
    if found.is_told:
        return Phrase(
            f"{n} 个签约：{numbers}；不像是偶然，这份排序在这里更差。",
            f"{n} {some}: {numbers.en}; hardly an accident, this list is the worse one here.",
        )
    few = Phrase(
        f"{n} 个签约太少，还说明不了这份排序比“{called}”好还是差：{numbers}。",
        f"{n} {some}: too few to tell whether this list is better or worse than {called.en}: {numbers.en}.",
    )
    if not found.needed:
        return few
    return few + Phrase(
        f"若真差这么多，约要 {max(found.needed, n + 1)} 个能排名次的签约才看得出（把握 {POWER:.0%}）。",
        f" If the difference is real, some {max(found.needed, n + 1)} signings with a place would show it (power {POWER:.0%}).",
    )
