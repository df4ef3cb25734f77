"""How well those who came were foreseen: the rank of each, held against baselines, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from chaingraph.figures import known
from chaingraph.metrics import Array
from recommend.arrivals.events import Past, read_arrivals, read_founded, read_past
from recommend.arrivals.features import CHOSEN, Market, at_median
from recommend.arrivals.model import WITHIN_YEARS, Model, learn
from recommend.arrivals.outcomes import Outcomes, calibration_error, outcomes
from recommend.arrivals.seats import Seats

FOLDS = 5
"""The cities of the test are parted into so many; those of a part are never in the fit that ranks for them."""
DRAWS = 2000
"""Resamplings of the arrivals behind an interval."""
DISTANCES_KM = (0.0, 150.0, 400.0, 800.0, np.inf)
REVENUES_CNY = (0.0, 1e9, 5e9, 2e10, np.inf)

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
    `industry`, `revenue_cny`. `outcomes` are those of the pairs of city and firm in the five years after the cut.
    """

    cut: int
    ranks: Mapping[str, pd.DataFrame]
    outcomes: Outcomes
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

    @cached_property
    def reliability(self) -> pd.DataFrame:
        """By bin of probability: pairs of city and firm, the mean probability, and the share that came within five years."""
        return self.outcomes.reliability()

    def figures(self) -> dict[str, Any]:
        """Return all that the trial found as plain numbers, words and lists, fit for JSON; what is not known is None.

        `ranked_by`, `ahead_of`, `by_kind`, `by_distance`, `by_revenue`, `by_industry`: rows of `group`, `arrivals` and, by measure,
        `value`, `low`, `high`. `reliability`: rows of `from`, `to`, `pairs`, `foreseen`, `came`, `arrivals`. `calibration_error`.
        `sharpness`: the base rate, and the shares of pairs and arrivals above `times` that rate. `lift`: `pairs`, the shares of the
        pairs, and by way of ordering the share of the arrivals among them. `coverage`: rows by years. `weights`: by feature.
        """
        ours = self.ranks["ours"]
        together = [("learned", self.table()), *((name, self.table(name)) for name in self.ranks if name != "ours")]
        by = {f"by_{group}": _plain(self.table(by=group)) for group in ("kind", "distance", "revenue", "industry")}
        found = {
            "cut": self.cut,
            "within_years": WITHIN_YEARS,
            "arrivals": len(ours),
            "cities": len(ours[["province", "city"]].drop_duplicates()),
            "learned_until": self.model.learned_until,
            "learned_from": self.model.learned_from,
            "measures": list(MEASURES),
            "ranked_by": [row | {"group": name} for name, table in together for row in _plain(table)],
            "ahead_of": [row for name in self.ranks if name != "ours" for row in _plain(self.lead(name))],
            **by,
            "reliability": self.reliability.to_dict("records"),
            "calibration_error": calibration_error(self.reliability),
            "sharpness": self.outcomes.sharpness(),
            "lift": self.outcomes.lift().to_dict("list"),
            "coverage": self.coverage.to_dict("records"),
            "weights": dict(self.model.weights),
        }
        return {name: known(value) for name, value in found.items()}


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table of measures as rows, each measure with its interval."""
    ends = {"value": "", "low": " low", "high": " high"}
    return [
        {"group": row["group"], "arrivals": int(row["arrivals"])}
        | {m: {name: float(row[m + end]) for name, end in ends.items()} for m in MEASURES}
        for row in table.to_dict("records")
    ]


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


def try_out(known: Past, later: pd.DataFrame, covered: pd.DataFrame, cut: int, features: Sequence[str] = CHOSEN) -> Trial:
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
        outcomes(whole, known, later, covered, cut),
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
