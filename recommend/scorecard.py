"""Weights → score: an exact sum of points, with the strongest argument against and the rival region."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from chaingraph.diagnosis import Diagnosis
from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array, location_quotient
from chaingraph.model import Exclusion, Reason, Recommendation, SegmentKind, Verdict
from recommend.candidates import Candidate, Setting, candidates, wanted_segments
from recommend.signals import DISTANCE_SCALE_KM, ENOUGH_FIRMS, SIGNALS, Signal

CROWDING = 1.5
"""Points by which a further firm of the same segment must be better to take a place on a chain's list."""

NEXT_DOOR_KM = 100.0
"""A city this near to the seat is no rival: the firm is as good as there."""

LIST_ORDER = ("global-500", "central-soe", "china-500", "private-500", "private-manufacturing-500", "industry-top-30")


@dataclass(frozen=True)
class Weight:
    """A signal's weight (share of 1), what it counts as when unknown, and the reason."""

    weight: float
    when_unknown: float
    reason: str


@dataclass(frozen=True)
class Weights:
    """The weights of all signals; they add up to 1."""

    of: dict[str, Weight]

    @classmethod
    def load(cls, path: Path | None = None) -> Weights:
        """Read weights from a TOML file, the shipped ones without; raises `DataError` with every fault."""
        shown = path.name if path else "weights.toml"
        try:
            content = tomllib.loads((path or files("recommend") / "weights.toml").read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            remedy = "Save it as UTF-8; recommend/weights.toml shows the form."
            raise DataError(
                [Problem(shown, str(error), "unreadable", "a file that is not TOML", "TOML in UTF-8", remedy)]
            ) from error
        problems = []
        for name, entry in content.items():
            if name not in SIGNALS:
                problems.append(
                    Problem(
                        shown,
                        name,
                        "unknown-key",
                        f"the signal {name}",
                        "a signal",
                        did_you_mean(nearest(name, SIGNALS)) or f"One of {', '.join(SIGNALS)}.",
                    )
                )
                continue
            for key, low, high in (("weight", 0.0, float("inf")), ("when_unknown", 0.0, 1.0)):
                value = entry.get(key) if isinstance(entry, dict) else None
                if (
                    not isinstance(value, int | float)
                    or isinstance(value, bool)
                    or not low <= value <= high
                    or not math.isfinite(value)
                ):
                    problems.append(
                        Problem(
                            shown,
                            f"{name}.{key}",
                            "impossible-value",
                            repr(value),
                            f"a number from {low} to {high}",
                            "Mend the value.",
                        )
                    )
        problems += [
            Problem(shown, name, "missing-value", "nothing", "a weight for every signal", "Give weight = 0 to leave it out.")
            for name in SIGNALS
            if name not in content
        ]
        total = 0.0 if problems else sum(float(content[n]["weight"]) for n in SIGNALS)
        if not problems and total <= 0:
            problems.append(Problem(shown, "weight", "impossible-value", "all weights 0", "at least one above 0", "Raise one."))
        if problems:
            raise DataError(problems)
        return cls(
            {
                n: Weight(
                    float(content[n]["weight"]) / total, float(content[n]["when_unknown"]), str(content[n].get("reason", ""))
                )
                for n in SIGNALS
            }
        )

    def to_pandas(self) -> pd.DataFrame:
        """Return signal, weight, when_unknown, reason."""
        return pd.DataFrame(
            [{"signal": n, "weight": w.weight, "when_unknown": w.when_unknown, "reason": w.reason} for n, w in self.of.items()]
        )


@dataclass(frozen=True)
class Ranking:
    """The targets of a region and chain, who was left out, and the weights that were used."""

    targets: tuple[Recommendation, ...]
    excluded: tuple[Exclusion, ...]
    weights: Weights
    considered: int


def rank(
    graph: ChainGraph, diagnosis: Diagnosis, top: int = 30, segment: str | None = None, weights: Weights | None = None
) -> list[Recommendation]:
    """Return the first `top` targets for a segment, or for the whole chain; see `shortlist` for those left out."""
    return list(shortlist(graph, diagnosis, top, segment, weights).targets)


def shortlist(
    graph: ChainGraph, diagnosis: Diagnosis, top: int = 30, segment: str | None = None, weights: Weights | None = None
) -> Ranking:
    """Rank targets for one segment, or for all segments of the chain that firms are looked for.

    On a chain's list every firm stands once, for the segment it scores best in (`also_fits` names the others), and the list
    spreads over the segments: one segment's next firm must be better by `CROWDING` points for each firm it already has there.
    """
    used = weights or Weights.load()
    setting = Setting(graph, diagnosis)
    wanted = [graph.find_segment(segment, diagnosis.chain_id)] if segment else [s.segment_id for s in wanted_segments(diagnosis)]
    scored: list[_Scored] = []
    excluded: list[Exclusion] = []
    for segment_id in wanted:
        kept, left = candidates(setting, segment_id)
        pull = _Pull.of(setting, segment_id, used)
        scored += _score_all(setting, kept, used, pull)
        excluded += left
    picked = _spread(scored, top)
    names = graph.segments
    best: dict[str, list[_Scored]] = {}
    for s in scored:
        best.setdefault(s.candidate.company_id, []).append(s)
    targets = []
    for place, s in enumerate(picked, start=1):
        others = sorted((o for o in best[s.candidate.company_id] if o is not s), key=lambda o: -o.score)
        also = tuple(f"{names[o.candidate.segment_id].name_zh}（{o.score:.1f}）" for o in others)
        targets.append(_recommendation(setting, s, place, also))
    return Ranking(tuple(targets), tuple(excluded), used, len(scored))


@dataclass(frozen=True)
class _Scored:
    candidate: Candidate
    reasons: tuple[Reason, ...]
    against: str
    rival: str
    rival_text: str
    score: float


def _spread(scored: Sequence[_Scored], top: int) -> list[_Scored]:
    """Pick the list greedily with the crowding penalty, unconfirmed activities last, then put it in the order of the score."""
    best: dict[str, _Scored] = {}
    for s in sorted(scored, key=lambda s: (-s.score, s.candidate.company_id, s.candidate.segment_id)):
        best.setdefault(s.candidate.company_id, s)
    picked: list[_Scored] = []
    taken: dict[str, int] = {}
    for sure in (True, False):
        queues: dict[str, list[_Scored]] = {}
        for s in best.values():
            if (s.candidate.activity["verdict"] == Verdict.CONFIRMED.value) is sure:
                queues.setdefault(s.candidate.segment_id, []).append(s)
        heads = dict.fromkeys(queues, 0)
        while len(picked) < top and any(heads[k] < len(q) for k, q in queues.items()):
            open_ = {k: q[heads[k]].score - CROWDING * taken.get(k, 0) for k, q in queues.items() if heads[k] < len(q)}
            segment = max(sorted(open_), key=lambda k: open_[k])
            picked.append(queues[segment][heads[segment]])
            heads[segment] += 1
            taken[segment] = taken.get(segment, 0) + 1
    return sorted(picked, key=lambda s: (-s.score, s.candidate.company_id))


def _score_all(setting: Setting, kept: Sequence[Candidate], weights: Weights, pull: _Pull) -> list[_Scored]:
    """Score the candidates of one segment; what speaks against each is judged against the other candidates."""
    found = [{name: function(setting, c) for name, function in SIGNALS.items()} for c in kept]
    rivals = [pull.rival(setting, c) for c in kept]
    usual = {n: float(np.mean([_bounded(f[n]) for f in found if f[n]] or [0.0])) for n in SIGNALS}
    usual_margin = float(np.mean([max(0.0, margin) for _, _, margin in rivals] or [0.0]))
    out = []
    for candidate, signals, (rival, rival_text, margin) in zip(kept, found, rivals, strict=True):
        reasons = tuple(_reason(name, signal, weights.of[name]) for name, signal in signals.items())
        doubts = [
            (_doubt(weights.of[name].weight, _bounded(signal), usual[name]), signal.against)
            for name, signal in signals.items()
            if signal and signal.against and _bounded(signal) < max(usual[name] - 0.05, 0.5)
        ]
        if margin > 0:
            doubts.append((margin - 0.5 * usual_margin, rival_text))
        if doubts:
            against = max(doubts)[1]
        elif any(not r.known for r in reasons):
            against = "主要风险是信息不足，先核实未知项"
        else:
            against = "各项都不弱：主要风险是与其他城市竞争"
        out.append(_Scored(candidate, reasons, against, rival, rival_text, sum(r.points for r in reasons)))
    return out


def _doubt(weight: float, value: float, usual: float) -> float:
    """Weight of a counter-argument: how far the firm falls behind the other candidates, and a quarter of how far below one half."""
    return weight * (max(0.0, usual - value) + 0.25 * max(0.0, 0.5 - value))


def _bounded(signal: Signal | None) -> float:
    return min(1.0, max(0.0, signal.value)) if signal else 0.0


def _reason(name: str, signal: Signal | None, weight: Weight) -> Reason:
    if signal is None:
        return Reason(name, None, weight.weight, 100 * weight.weight * weight.when_unknown, "未知", "")
    value = _bounded(signal)
    return Reason(name, value, weight.weight, 100 * weight.weight * value, signal.text, signal.origin_id)


@dataclass(frozen=True)
class _Pull:
    """What each city offers a firm of one segment apart from distance: weighted inputs, customers and relatedness."""

    offer: Array
    specialised: NDArray[np.bool_]
    distance_weight: float

    @classmethod
    def of(cls, setting: Setting, segment_id: str, weights: Weights) -> _Pull:
        graph = setting.graph
        offer = np.zeros(len(graph.places.cities))
        for name, links, end in (
            ("inputs_here", graph.inputs(segment_id), "supplier_id"),
            ("customers_here", graph.customers(segment_id), "customer_id"),
        ):
            used = [
                (k, getattr(k, end))
                for k in links
                if not k.is_recycling and graph.segments[getattr(k, end)].kind is not SegmentKind.MARKET
            ]
            if used:
                share = np.array([1.0 if k.is_essential else 0.5 for k, _ in used])
                firms = np.minimum(1.0, setting.reach[:, [setting.column[s] for _, s in used]] / ENOUGH_FIRMS)
                offer += weights.of[name].weight * (firms @ share) / share.sum()
        densities = np.nan_to_num(graph.places.density[:, setting.column[segment_id]])
        order = (densities[:, None] > densities[None, :]).mean(axis=1)
        column = setting.column[segment_id]
        quotient = np.nan_to_num(location_quotient(graph.places.evidence)[:, column])
        specialised = (graph.places.counts[:, column] >= setting.diagnosis.thresholds.few_companies) & (quotient > 1.0)
        return cls(offer + weights.of["regional_fit"].weight * order, specialised, weights.of["distance"].weight)

    def rival(self, setting: Setting, candidate: Candidate) -> tuple[str, str, float]:
        """Return the city that would attract the firm most, the sentence, and by how much of the weight it is ahead.

        Considered are cities that are specialised in the segment (at least three firms, location quotient above 1), not those
        the firm is already in and not those within `NEXT_DOOR_KM` of its seat: there it would rather enlarge what it has.
        """
        places, graph = setting.graph.places, setting.graph
        seat = setting.seat(candidate.company)
        total = self.offer.copy()
        away = places.distances[setting.row[seat]] if seat else np.full(len(total), np.nan)
        if seat:
            total += self.distance_weight * np.exp(-np.nan_to_num(away, nan=5000.0) / DISTANCE_SCALE_KM)
        here = total[setting.city_row]
        allowed = self.specialised & ~(np.nan_to_num(away, nan=np.inf) <= NEXT_DOOR_KM)
        for code in {setting.city, *(places.city_of(c) for c in setting.places.get(candidate.company_id, ()))}:
            if code in setting.row:
                allowed[setting.row[code]] = False
        if not allowed.any():
            return "", "", 0.0
        best = int(np.argmax(np.where(allowed, total, -np.inf)))
        margin = float(total[best] - here)
        name = graph.regions[places.cities[best]].name_zh
        firms = int(places.counts[best, setting.column[candidate.segment_id]])
        about = f"该环节 {firms} 家" + (f"，距其总部 {away[best]:.0f} 公里" if seat else "")
        if margin > 0:
            return places.cities[best], f"{name}更有吸引力：区位项高 {100 * margin:.1f} 分（{about}）", margin
        return places.cities[best], f"最强对手是{name}，区位项仍低 {-100 * margin:.1f} 分（{about}）", margin


def _recommendation(setting: Setting, s: _Scored, place: int, also: tuple[str, ...]) -> Recommendation:
    c = s.candidate
    entries = sorted(setting.lists.get(c.company_id, ()), key=lambda e: LIST_ORDER.index(e[0]) if e[0] in LIST_ORDER else 99)
    lists = tuple(f"{name}{f'（{industry} {r}）' if industry else (f' {r}' if r else '')}" for _, name, r, industry in entries)
    return Recommendation(
        place,
        c.company_id,
        c.name,
        c.segment_id,
        setting.graph.segments[c.segment_id].name_zh,
        setting.region_code,
        s.reasons,
        s.against,
        s.rival,
        s.rival_text,
        setting.seat_text(c.company),
        lists,
        also,
        tuple(r.signal for r in s.reasons if not r.known),
    )


__all__ = ["Ranking", "Signal", "Weight", "Weights", "rank", "shortlist"]
