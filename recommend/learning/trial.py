"""How well the learned profile ranks and foresees, beside the hand-set one and what a team could do without either."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from chaingraph.figures import known
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array
from recommend.arrivals.evaluation import FOLDS, MEASURES, baselines, interval, ranks
from recommend.arrivals.events import Past, read_arrivals, read_past
from recommend.arrivals.features import Market
from recommend.arrivals.outcomes import Outcomes, calibration_error
from recommend.arrivals.seats import Seats
from recommend.chance import WITHIN_YEARS
from recommend.learning.calibration import Meetings
from recommend.learning.cuts import Arrivals, Cut, city_codes
from recommend.learning.fitting import best_scores
from recommend.learning.profile import Learned, Workshop, fitted
from recommend.weights import PROFILES, Weights


@dataclass(frozen=True)
class ProfileTrial:
    """What was foreseen of the arrivals after a cut: by the profiles, and by what needs neither.

    `ranks`: by way of ranking, a row per arrival with `rank`, `industry_rank` and `kind`. `outcomes`: the pairs of city and firm in
    the five years after the cut, with the probability that the profile `foreseen_by` said of each; it was learned before the cut.
    `without`: arrivals of firms that are in no segment of any chain, whom no profile can name, and of cities the product lacks.
    """

    cut: int
    ranks: Mapping[str, pd.DataFrame]
    outcomes: Outcomes
    foreseen_by: Learned
    learned: Weights
    without: int

    def table(self, of: str, kind: str | None = None) -> dict[str, Any]:
        """Return the measures of one way of ranking with 95 % intervals, of all arrivals or of one kind."""
        frame = self.ranks[of]
        frame = frame if kind is None else frame[frame["kind"] == kind]
        return _row(of, pd.DataFrame({m: measure(frame) for m, measure in MEASURES.items()}))

    def lead(self, over: str) -> dict[str, Any]:
        """Return by how much the learned profile is ahead of another way of ranking, arrival by arrival."""
        ours, other = self.ranks["learned"], self.ranks[over]
        return _row(over, pd.DataFrame({m: measure(ours) - measure(other) for m, measure in MEASURES.items()}))

    def brier(self) -> dict[str, float]:
        """Return the Brier score, that of the base rate for all, and the skill 1 − score ÷ base, which is 0 for the base rate."""
        came, base = self.outcomes.came, self.outcomes.came.mean()
        score, plain = float(np.mean((self.outcomes.chance - came) ** 2)), float(np.mean((base - came) ** 2))
        return {"score": score, "of_base_rate": plain, "skill": 1 - score / plain if plain else math.nan}

    def reliability(self) -> list[dict[str, Any]]:
        """Return by bin of probability: pairs, foreseen, came, arrivals, and foreseen ÷ came, None where nobody came."""
        rows = self.outcomes.reliability().to_dict("records")
        return [r | {"ratio": r["foreseen"] / r["came"] if r["came"] else None} for r in rows]

    def figures(self) -> dict[str, Any]:
        """Return all that the trial found as plain numbers, words and lists, fit for JSON; what is not known is None.

        `ranked_by`, `ahead_of`: rows of `group`, `arrivals` and, by measure, `value`, `low`, `high`; `by_kind`: the same by way and kind.
        `reliability` (with `ratio`, foreseen ÷ came), `calibration_error`, `brier`, `sharpness`, `lift` as in `arrivals`.
        `weights`: by profile and signal. `chance`: base, slope, size and from when to when it was fitted.
        """
        kinds = ("expander", "newcomer")
        named = {"learned": self.learned, "hand-set": Weights.load("hand-set")}
        chance, made = self.foreseen_by.weights.chance, self.foreseen_by.source
        found = {
            "cut": self.cut,
            "within_years": WITHIN_YEARS,
            "arrivals": len(self.ranks["learned"]),
            "without_segment": self.without,
            "measures": list(MEASURES),
            "ranked_by": [self.table(of) for of in self.ranks],
            "ahead_of": [self.lead(of) for of in self.ranks if of != "learned"],
            "by_kind": [self.table(of, kind) | {"kind": kind} for of in PROFILES for kind in kinds],
            "reliability": self.reliability(),
            "calibration_error": calibration_error(self.outcomes.reliability()),
            "brier": self.brier(),
            "sharpness": self.outcomes.sharpness(),
            "lift": self.outcomes.lift().to_dict("list"),
            "weights": {n: {s: w.weight for s, w in weights.of.items()} for n, weights in named.items()},
            "chance": {"base": chance.base, "slope": chance.slope, "size": chance.size} if chance else {},
            "foreseen_by": {
                "weights_until": made.weights_until,
                "chance_from": made.chance_from,
                "chance_until": made.chance_until,
            },
        }
        return {name: known(value) for name, value in found.items()}


def trial(raw: Path, graph: ChainGraph, cut: int = 2008, end: int = 2020) -> ProfileTrial:
    """Learn from what was known before a cut, rank for the cities where somebody came from then to before `end`, and see where those stood.

    A city is never in the fit that ranks for it (`FOLDS` parts). The probability is that of the profile learned to the year before
    the cut: weights from before its last five years, chance from those. Gaps count as not known: no diagnosis is made of the past.
    """
    shop = Workshop(graph, Arrivals.read(raw, graph))
    past = read_past(raw, f"{cut - 1}-12-31", Seats(graph.tables["regions"]))
    number = {code: i for i, code in enumerate(past.firms["stock_code"])}
    later = read_arrivals(raw).query("@first <= day < @last", local_dict={"first": f"{cut:04d}", "last": f"{end:04d}"})
    later = later.assign(firm=later["stock_code"].map(number)).dropna(subset="firm").astype({"firm": int}).reset_index(drop=True)
    places = list(dict.fromkeys(zip(later["province"], later["city"], strict=True)))
    market, codes = Market.at(past, cut, places), city_codes(graph, places)
    ways = _by_profile(shop, cut, market, codes)
    kinds = _kinds(market, later)
    named = {name: pd.concat([ranks(s, market, later), kinds], axis=1) for name, s in {**ways, **baselines(market)}.items()}
    foreseen = fitted(shop, cut - 1)
    return ProfileTrial(
        cut, named, _outcomes(shop, foreseen, cut), foreseen, shop.weights(cut), _without(shop.cut(cut), past, later, codes)
    )


def _by_profile(shop: Workshop, cut: int, market: Market, codes: Mapping[tuple[str, str], str]) -> dict[str, Array]:
    """Return the scores of both profiles, cities × firms of the market; who is in no segment stands below all, who cannot come last."""
    then = shop.cut(cut)
    rows = {name: np.full(market.closed.shape, -1.0) for name in ("learned", "hand-set")}
    by_hand, parts = Weights.load("hand-set"), np.arange(len(market.cities)) % FOLDS
    at = _columns(then, market.past)
    firms, starts = then.values.firms
    place = {firm: i for i, firm in enumerate(firms.tolist())}
    own = [(column, place[firm]) for column, firm in enumerate(at) if firm in place]
    into, out_of = np.array([c for c, _ in own], dtype=int), np.array([p for _, p in own], dtype=int)
    for part in range(FOLDS):
        known = [(i, codes[c]) for i, c in enumerate(market.cities) if parts[i] == part and c in codes]
        learned = shop.weights(cut, frozenset(code for _, code in known))
        values = then.values.at([code for _, code in known])
        for name, weights in (("learned", learned), ("hand-set", by_hand)):
            found = best_scores(values, starts, weights)
            for k, (i, _) in enumerate(known):
                rows[name][i, into] = found[k, out_of]
    return {name: np.where(market.closed, -2.0, s) for name, s in rows.items()}


def _columns(then: Cut, past: Past) -> list[int]:
    """Return for each candidate of the past its place among the companies of the cut, −1 where the product does not have it."""
    companies = then.values.graph.tables["companies"].dropna(subset="stock_code")
    number = dict(zip(companies["stock_code"], companies["company_id"], strict=True))
    place = {c: i for i, c in enumerate(then.values.companies)}
    return [place.get(number.get(code, ""), -1) for code in past.firms["stock_code"]]


def _without(then: Cut, past: Past, later: pd.DataFrame, codes: Mapping[tuple[str, str], str]) -> int:
    at, firms = np.array(_columns(then, past)), then.values.firms[0]
    named = np.isin(at[later["firm"]], firms)
    lies = np.array([p in codes for p in zip(later["province"], later["city"], strict=True)], dtype=bool)
    return int((~(named & lies)).sum())


def _kinds(market: Market, later: pd.DataFrame) -> pd.Series:
    before = set(market.elsewhere.loc[market.elsewhere["arrived"], "firm"])
    return pd.Series(["expander" if f in before else "newcomer" for f in later["firm"]], index=later.index, name="kind")


def _outcomes(shop: Workshop, foreseen: Learned, cut: int) -> Outcomes:
    met: Meetings = shop.met(cut, foreseen.weights)
    by_hand = shop.met(cut, Weights.load("hand-set"))
    chance = foreseen.weights.chance
    said = chance.probabilities(met.score, met.log_size) if chance else np.full(len(met.score), math.nan)
    return Outcomes(said, met.came, {"hand-set": by_hand.score})


def _row(name: str, each: pd.DataFrame) -> dict[str, Any]:
    cells = {m: dict(zip(("value", "low", "high"), interval(each[m]), strict=True)) for m in each}
    return {"group": name, "arrivals": len(each)} | cells
