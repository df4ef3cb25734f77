"""Whether probabilities mean what they say: every pair of city and firm that could have met, and whether the firm came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from chaingraph.metrics import Array
from recommend.arrivals.events import Past
from recommend.arrivals.features import Market, at_median
from recommend.arrivals.model import WITHIN_YEARS, Model

BINS = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1.0)
"""Bounds of the probabilities that are held together against what came."""
SHARES = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
"""Shares of the pairs, best first, at which the lift curve is read."""
SHARP = 2.0
"""A probability says something when it is above so many times the base rate."""


@dataclass(frozen=True)
class Outcomes:
    """The pairs of city and firm in the five years after a cut that could have met.

    `chance`: the probability said of each, in [0, 1]. `came`: 1 where the firm came, else 0. `rivals`: by name, what the same pairs
    would be ordered by without learning.
    """

    chance: Array
    came: Array
    rivals: Mapping[str, Array]

    def reliability(self) -> pd.DataFrame:
        """Return by bin of probability: pairs, the mean probability (`foreseen`), the share that came, and how many those are."""
        bin_of = np.clip(np.digitize(self.chance, BINS) - 1, 0, len(BINS) - 2)
        rows = [
            {
                "from": BINS[b],
                "to": BINS[b + 1],
                "pairs": int((bin_of == b).sum()),
                "foreseen": float(self.chance[bin_of == b].mean()),
                "came": float(self.came[bin_of == b].mean()),
                "arrivals": int(self.came[bin_of == b].sum()),
            }
            for b in np.unique(bin_of)
        ]
        return pd.DataFrame(rows, columns=["from", "to", "pairs", "foreseen", "came", "arrivals"])

    def lift(self) -> pd.DataFrame:
        """Return the share of the arrivals among the first shares of the pairs, best first, one column per way of ordering them.

        `pairs` holds the shares asked for, `learned` orders by probability. Tied pairs are taken together, in proportion. NaN
        without an arrival.
        """
        ways = {"learned": self.chance, **self.rivals}
        return pd.DataFrame({"pairs": SHARES} | {name: found_among(score, self.came, SHARES) for name, score in ways.items()})

    def sharpness(self) -> dict[str, float]:
        """Return the base rate, and the shares of the pairs and of the arrivals whose probability is above twice that rate.

        A probability that is the base rate for all is calibrated and says nothing; NaN without a pair or an arrival.
        """
        base = float(self.came.mean()) if len(self.came) else float("nan")
        above = self.chance > SHARP * base
        many = float(self.came.sum())
        return {
            "base_rate": base,
            "times": SHARP,
            "pairs": float(above.mean()) if len(above) else float("nan"),
            "arrivals": float(self.came[above].sum() / many) if many else float("nan"),
        }


def found_among(score: Array, came: Array, shares: tuple[float, ...]) -> Array:
    """Return the share of `came` (1 or 0) that is among the first `shares` of the rows ordered by score, ties in proportion."""
    if not came.any():
        return np.full(len(shares), np.nan)
    _, group = np.unique(-score, return_inverse=True)
    rows, hits = np.bincount(group), np.bincount(group, weights=came)
    at, found = (np.concatenate([[0.0], np.cumsum(n) / n.sum()]) for n in (rows, hits))
    out: Array = np.interp(shares, at, found)
    return out


def outcomes(model: Model, known: Past, later: pd.DataFrame, covered: pd.DataFrame, cut: int) -> Outcomes:
    """Return what was said by what was `known` before a cut, of the five years after it, and who of them came.

    `later`: arrivals since the cut. `covered`: registrations since the cut by province, city and year; cities without any in those
    years are left out: nobody could be seen to come.
    """
    inside = covered[covered["year"].between(cut, cut + WITHIN_YEARS - 1)]
    market = Market.at(known, cut, list(inside[["province", "city"]].drop_duplicates().itertuples(index=False, name=None)))
    row = {place: i for i, place in enumerate(market.cities)}
    soon = later[later["day"] < f"{cut + WITHIN_YEARS:04d}"]
    came = np.zeros(market.closed.shape)
    for arrival in soon.itertuples():
        if (place := (arrival.province, arrival.city)) in row:
            came[row[place], arrival.firm] = 1.0
    free = ~market.closed
    revenue = market.everywhere(at_median(known.firms["revenue_cny"].to_numpy(float)))
    rivals = {"largest revenue": revenue[free], "nearest seat": market["nearness"][free]}
    return Outcomes(model.probabilities(market)[free], came[free], rivals)


def calibration_error(reliability_table: pd.DataFrame) -> float:
    """Expected calibration error: Σ pairs · |foreseen − came| / Σ pairs, in [0, 1]; NaN without a pair."""
    pairs = reliability_table["pairs"]
    gap = (reliability_table["foreseen"] - reliability_table["came"]).abs()
    return float((pairs * gap).sum() / pairs.sum()) if pairs.sum() else float("nan")
