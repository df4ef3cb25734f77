"""The learned profile: weights and chance fitted on arrivals, written as a file of weights that a person can read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

import numpy as np

from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase, said
from recommend.chance import NUMBERS, WITHIN_YEARS
from recommend.learning.calibration import Meetings, fit_chance
from recommend.learning.cuts import Arrivals, Cut
from recommend.learning.fitting import Choices, fit_weights
from recommend.learning.values import ASKED, Values
from recommend.weights import Weight, Weights

LEARN_BACK = (1, 3, 5)
"""Weights are learned from what was known so many years before the cut, and from who came from then to the cut."""
KNOWN_BETWEEN = (10.0, 90.0)
"""Percentiles of the known values between which an unknown one is held to lie."""
EVERY_CITY = 8
"""One city in so many is read for those percentiles."""
SILENT = 0.005
"""A fitted weight below this says that arrivals do not show that the signal counts."""
REASONS = {"scale": Phrase("规模是投资能力", "size is the ability to invest")}
"""Where what was measured by itself is not the reason for a weight beside others."""


@dataclass(frozen=True)
class Source:
    """What a profile was made from: the data version, the firms and arrivals it learned from, and what came in the years of its chance."""

    data_version: str
    firms: int
    weights_until: int
    weights_arrivals: int
    chance_from: int
    chance_until: int
    chance_pairs: int
    chance_arrivals: int


@dataclass(frozen=True)
class Learned:
    """A profile with what it was made from."""

    weights: Weights
    source: Source

    def write(self) -> str:
        """Return the profile as a file of weights: TOML that `Weights.load` reads."""
        chance = self.weights.chance
        lines = [
            "# Weight of each signal in the score, learned from past arrivals of listed firms; `chaingraph fit` writes this file.",
            "# when_unknown: what an unknown signal counts as; low, high: between which it is held to lie. source: fitted on arrivals,",
            "# or declared by hand because arrivals cannot teach it.",
            "",
            "[profile]",
            *(f"{name} = {json.dumps(value)}" for name, value in asdict(self.source).items()),
        ]
        if chance:
            lines += [
                "",
                f"[chance]  # log-odds of coming within {WITHIN_YEARS} years = base + slope * score + size * log_size",
                *(f"{name} = {getattr(chance, name):.6g}" for name in NUMBERS),
                f"covariance = [{', '.join('[' + ', '.join(f'{v:.6g}' for v in row) + ']' for row in chance.covariance)}]",
            ]
        for name, weight in self.weights.of.items():
            lines += [
                "",
                f"[{name}]",
                f"weight = {100 * weight.weight:.3f}",
                f"when_unknown = {weight.when_unknown:.3f}",
                f"low = {weight.low:.3f}",
                f"high = {weight.high:.3f}",
                f'source = "{weight.source}"',
                f"reason = {json.dumps(str(weight.reason), ensure_ascii=False)}",
                f"reason_en = {json.dumps(said(weight.reason, 'en'), ensure_ascii=False)}",
            ]
        return "\n".join(lines) + "\n"


class Workshop:
    """Cuts of one graph and its arrivals, each made once."""

    def __init__(self, graph: ChainGraph, arrivals: Arrivals) -> None:
        self.graph, self.arrivals, self.companies = graph, arrivals, arrivals.firms
        self._made: dict[int, Cut] = {}

    def cut(self, year: int) -> Cut:
        """Return what was known at the beginning of a year."""
        if year not in self._made:
            self._made[year] = Cut.at(self.graph, self.arrivals, year, self.companies)
        return self._made[year]

    def choices(self, year: int, without: frozenset[str] = frozenset()) -> list[Choices]:
        """Return the arrivals of the last years before a cut as choices, each beginning of `LEARN_BACK` for itself."""
        begun = ((year - back, self.arrivals.between(year - back, year)) for back in LEARN_BACK)
        return [Choices.of(self.cut(first), came, without) for first, came in begun]

    def weights(self, year: int, without: frozenset[str] = frozenset()) -> Weights:
        """Return the weights learned from all that was known before a year; arrivals in the cities `without` teach nothing."""
        return fit_weights(self.choices(year, without), Weights.load("hand-set"))

    def met(self, year: int, weights: Weights) -> Meetings:
        """Return who could have met in the `WITHIN_YEARS` years from a cut, scored by what was known at it."""
        return Meetings.of(self.cut(year), self.arrivals, weights)


def fit(graph: ChainGraph, arrivals: Arrivals, until: int = 2012) -> Learned:
    """Return the profile learned from all that was known to the end of a year.

    The weights come from before the last `WITHIN_YEARS` years, the chance from those years: a score is said to be as likely as
    firms that had that score, by what was known, then came.
    """
    return fitted(Workshop(graph, arrivals), until)


def fitted(shop: Workshop, until: int) -> Learned:
    """Return the profile learned to the end of a year from cuts that are there already."""
    cut = until + 1 - WITHIN_YEARS
    weights = shop.weights(cut)
    met = shop.met(cut, weights)
    from_ = len(shop.arrivals.between(cut - max(LEARN_BACK), cut))
    many = int(met.came.sum())
    source = Source(shop.graph.version, len(shop.companies), cut - 1, from_, cut, until, len(met.came), many)
    spans = ranges(shop.graph, shop.companies)
    of = {
        n: _within(replace(w, reason=_reason(n, w.reason, w.weight, w.source, from_)), spans.get(n, (0.0, 1.0)))
        for n, w in weights.of.items()
    }
    return Learned(Weights(of, "learned", fit_chance(met)), source)


def ranges(graph: ChainGraph, companies: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Return the percentiles `KNOWN_BETWEEN` of the known values of each signal, over firms, their segments and cities.

    Where they are one value, the range goes to the largest or smallest that is known: two firms in a hundred have a tie.
    """
    values = Values.of(graph, companies).at(graph.places.cities[::EVERY_CITY])
    out = {}
    for i, name in enumerate(ASKED):
        known = values[..., i][~np.isnan(values[..., i])]
        if not len(known):
            continue
        low, high = np.percentile(known, KNOWN_BETWEEN)
        if low == high:
            low, high = known.min(), known.max()
        out[name] = (float(low), float(high))
    return out


def _within(weight: Weight, span: tuple[float, float]) -> Weight:
    """Return a weight whose unknown values lie in a range, which holds what they count as."""
    when = weight.when_unknown
    return replace(weight, low=round(min(span[0], when), 3), high=round(max(span[1], when), 3))


def _reason(name: str, reason: str, weight: float, source: str, arrivals: int) -> Phrase:
    zh, en = (said(REASONS.get(name, reason), lang) for lang in ("zh", "en"))
    if source != "fitted":
        return Phrase(zh, en)
    if weight < SILENT:
        return Phrase(f"{arrivals} 次历史落户看不出它起作用", f"{arrivals} past arrivals do not show that it counts")
    return Phrase(f"{zh}（由 {arrivals} 次历史落户拟合）", f"{en} (fitted on {arrivals} past arrivals)")
