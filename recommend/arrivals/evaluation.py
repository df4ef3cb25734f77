"""How well those who came were foreseen: the rank of each, held against baselines, with intervals, and whether probabilities hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from chaingraph.metrics import Array
from recommend.arrivals.events import Past, read_arrivals, read_founded, read_past
from recommend.arrivals.features import FEATURES, Market, at_median
from recommend.arrivals.model import WITHIN_YEARS, Model, learn
from recommend.arrivals.seats import Seats

FOLDS = 5
"""The cities of the test are parted into so many; those of a part are never in the fit that ranks for them."""
DRAWS = 2000
"""Resamplings of the arrivals behind an interval."""
DISTANCES_KM = (0.0, 150.0, 400.0, 800.0, np.inf)
REVENUES_CNY = (0.0, 1e9, 5e9, 2e10, np.inf)
BINS = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1.0)
"""Bounds of the probabilities that are held together against what came."""

MEASURES: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = MappingProxyType(
    {
        "hit@10": lambda r: (r["rank"] <= 10).astype(float),
        "MRR": lambda r: 1 / r["rank"],
        "hit@50": lambda r: (r["rank"] <= 50).astype(float),
        "industry hit@3": lambda r: (r["industry_rank"] <= 3).astype(float),
        "industry hit@10": lambda r: (r["industry_rank"] <= 10).astype(float),
    }
)
"""Measures of a table of ranks; each is a mean over arrivals."""


def interval(values: Sequence[float] | pd.Series, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval by bootstrap over arrivals; NaN without any."""
    x = np.asarray(values, dtype=float)
    if not len(x):
        return (float("nan"),) * 3
    means = np.random.default_rng(seed).choice(x, (DRAWS, len(x))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(x.mean()), float(low), float(high)


def ranks(scores: Array, market: Market, came: pd.DataFrame) -> pd.DataFrame:
    """Return for each arrival its rank among all firms not at home in the city, and among those of its industry.

    Ties share their mean rank. A firm at home is one whose seat is called as the city is, as in the published protocol; a firm that
    came before stays among the ranked.
    """
    row = {place: i for i, place in enumerate(market.cities)}
    home, industry = market.past.firms["hq_city"].to_numpy(object), market.industry
    rows = []
    for arrival in came.itertuples():
        own = scores[row[(arrival.province, arrival.city)]]
        open_to = home != arrival.city
        open_to[arrival.firm] = True
        peers = open_to & (industry == industry[arrival.firm])
        mine = own[arrival.firm]
        rows.append([1 + (own[g] > mine).sum() + ((own[g] == mine).sum() - 1) / 2 for g in (open_to, peers)])
    placed = pd.DataFrame(rows, columns=["rank", "industry_rank"], index=came.index, dtype=float)
    return pd.concat([came, placed], axis=1)


def baselines(market: Market) -> dict[str, Array]:
    """Return what a team could rank by without learning: scores, cities × firms, of each by its name; who cannot come stands last.

    `blend`: the mean of the places (0 worst, 1 best) by revenue, by nearness of the seat and by plants elsewhere.
    """
    chance = np.random.default_rng(0).random(market.closed.shape)
    arrived = market.elsewhere[market.elsewhere["arrived"]]
    firms = len(market.past.firms)
    many = market.everywhere(np.bincount(arrived["firm"].to_numpy(int), minlength=firms).astype(float))
    revenue, near = market.everywhere(at_median(market.past.firms["revenue_cny"].to_numpy(float))), market["nearness"]
    places = [pd.DataFrame(x).rank(axis=1, pct=True).to_numpy() for x in (revenue, near, many)]
    pull = np.exp(-market.km(arrived) / 600.0)
    plain = {
        "random": chance,
        "largest revenue": revenue,
        "nearest seat": near,
        "most plants elsewhere": many,
        "blend of the three": np.mean(places, axis=0),
        "plants, nearer ones more": market.by_firm(pull, arrived["firm"].to_numpy(int)),
    }
    return {name: np.where(market.closed, s.min() - 1, s) for name, s in plain.items()}


@dataclass(frozen=True)
class Trial:
    """What was foreseen of the arrivals after a cut, by each way of ranking: ranks by its name, `ours` the model's.

    Each table of ranks has, beside what `ranks` returns, `expander` (it had an arrival before the cut), `km` from the firm's seat,
    `industry`, `revenue_cny`. `reliability` is of the pairs of city and firm in the five years after the cut.
    """

    cut: int
    ranks: Mapping[str, pd.DataFrame]
    reliability: pd.DataFrame
    coverage: pd.DataFrame
    model: Model

    def table(self, of: str = "ours", by: str | None = None) -> pd.DataFrame:
        """Return the measures with intervals, one row per group of `by` (a column of the ranks), or one for all."""
        frame = self.ranks[of]
        groups = [("all", frame)] if by is None else [(str(k), g) for k, g in frame.groupby(by, observed=True)]
        return pd.DataFrame([_measured(name, g) for name, g in groups])

    def lead(self, over: str) -> pd.DataFrame:
        """Return by how much the model is ahead of another way of ranking, with intervals of the difference arrival by arrival."""
        gained = pd.DataFrame({m: of(self.ranks["ours"]) - of(self.ranks[over]) for m, of in MEASURES.items()})
        return pd.DataFrame([{"group": over, "arrivals": len(gained)} | _with_intervals(gained)])


def _measured(name: str, frame: pd.DataFrame) -> dict[str, object]:
    each = pd.DataFrame({m: of(frame) for m, of in MEASURES.items()})
    return {"group": name, "arrivals": len(frame)} | _with_intervals(each)


def _with_intervals(each: pd.DataFrame) -> dict[str, object]:
    out: dict[str, object] = {}
    for measure in each:
        out[str(measure)], out[f"{measure} low"], out[f"{measure} high"] = interval(each[measure])
    return out


def trial_of(raw: Path, cut: int, seats: Seats) -> Trial:
    """Read the raw sources and try the model at a cut: what is known before it apart from what came after it."""
    known = read_past(raw, f"{cut - 1}-12-31", seats)
    number = dict(zip(known.firms["stock_code"], range(len(known.firms)), strict=True))
    later = read_arrivals(raw).query("day >= @cut_day", local_dict={"cut_day": f"{cut:04d}"})
    later = later.assign(firm=later["stock_code"].map(number)).dropna(subset="firm").astype({"firm": int})
    return try_out(known, later.reset_index(drop=True), read_founded(raw, cut), cut)


def try_out(
    known: Past, later: pd.DataFrame, covered: pd.DataFrame, cut: int, features: Sequence[str] = tuple(FEATURES)
) -> Trial:
    """Rank for the cities where somebody came after the cut, by what was `known` before it, and see where those stood.

    `later`: arrivals since the cut (firm, province, city, day). `covered`: registrations since the cut by province, city and year;
    a probability is judged only where there are some within its years. A city of the test is never in the fit that ranks for it.
    """
    cities = list(dict.fromkeys(zip(later["province"], later["city"], strict=True)))
    market = Market.at(known, cut, cities)
    scores = np.empty(market.closed.shape)
    for part in range(FOLDS):
        rows = np.arange(part, len(cities), FOLDS)
        if len(rows):
            model = learn(known, cut, features, [cities[i] for i in rows])
            scores[rows] = model.scores(market)[rows]
    whole = learn(known, cut, features)
    facts = _facts(market, later)
    found = {"ours": scores, **baselines(market)}
    return Trial(
        cut,
        {name: pd.concat([ranks(s, market, later), facts], axis=1) for name, s in found.items()},
        reliability(whole, known, later, covered, cut),
        coverage(known, later, covered),
        whole,
    )


def _facts(market: Market, came: pd.DataFrame) -> pd.DataFrame:
    row = {place: i for i, place in enumerate(market.cities)}
    at = [row[p] for p in zip(came["province"], came["city"], strict=True)]
    firm, firms = came["firm"].to_numpy(int), market.past.firms
    before = set(market.elsewhere.loc[market.elsewhere["arrived"], "firm"])
    km, revenue = market.seat_km[at, firm], firms["revenue_cny"].to_numpy(float)[firm]
    return pd.DataFrame(
        {
            "kind": np.where([f in before for f in firm], "expander", "newcomer"),
            "distance": pd.cut(km, DISTANCES_KM, labels=["below 150 km", "150–400 km", "400–800 km", "800 km or more"]),
            "revenue": pd.cut(
                revenue, REVENUES_CNY, labels=["below 1 bn yuan", "1–5 bn yuan", "5–20 bn yuan", "20 bn yuan or more"]
            ),
            "industry": firms["industry"].to_numpy(object)[firm],
        },
        index=came.index,
    )


def reliability(model: Model, known: Past, later: pd.DataFrame, covered: pd.DataFrame, cut: int) -> pd.DataFrame:
    """Return by bin of probability: pairs of city and firm, the mean probability, and the share that came within five years.

    Cities without any registration in those years are left out: nobody could be seen to come.
    """
    inside = covered[covered["year"].between(cut, cut + WITHIN_YEARS - 1)]
    cities = list(inside[["province", "city"]].drop_duplicates().itertuples(index=False, name=None))
    market = Market.at(known, cut, cities)
    row = {place: i for i, place in enumerate(cities)}
    came = later[later["day"] < f"{cut + WITHIN_YEARS:04d}"]
    y = np.zeros(market.closed.shape)
    for arrival in came.itertuples():
        if (place := (arrival.province, arrival.city)) in row:
            y[row[place], arrival.firm] = 1.0
    free = ~market.closed
    p, y = model.probabilities(market)[free], y[free]
    bin_of = np.clip(np.digitize(p, BINS) - 1, 0, len(BINS) - 2)
    rows = []
    for b in range(len(BINS) - 1):
        inside_bin = bin_of == b
        if inside_bin.any():
            rows.append(
                {
                    "from": BINS[b],
                    "to": BINS[b + 1],
                    "pairs": int(inside_bin.sum()),
                    "foreseen": float(p[inside_bin].mean()),
                    "came": float(y[inside_bin].mean()),
                    "arrivals": int(y[inside_bin].sum()),
                }
            )
    return pd.DataFrame(rows, columns=["from", "to", "pairs", "foreseen", "came", "arrivals"])


def calibration_error(reliability_table: pd.DataFrame) -> float:
    """Expected calibration error: Σ pairs · |foreseen − came| / Σ pairs, in [0, 1]; NaN without a pair."""
    pairs = reliability_table["pairs"]
    gap = (reliability_table["foreseen"] - reliability_table["came"]).abs()
    return float((pairs * gap).sum() / pairs.sum()) if pairs.sum() else float("nan")


def coverage(known: Past, later: pd.DataFrame, covered: pd.DataFrame) -> pd.DataFrame:
    """Return by period: cities with registrations, registrations, arrivals. What is not registered cannot be seen to come."""
    years = pd.concat([known.founded, covered], ignore_index=True)
    days = pd.concat([known.plants.loc[known.plants["arrived"], "day"], later["day"]]).str[:4].astype(int)
    rows = []
    for first, last in ((1978, 1995), (1996, 2000), (2001, 2005), (2006, 2007), (2008, 2012), (2013, 2019)):
        part = years[years["year"].between(first, last)]
        rows.append(
            {
                "years": f"{first}–{last}",
                "cities": len(part[["province", "city"]].drop_duplicates()),
                "registrations": int(part["firms"].sum()),
                "arrivals": int(days.between(first, last).sum()),
            }
        )
    return pd.DataFrame(rows)
