"""Evidence and weights → score: an exact sum of points, with the strongest argument against and the rival region."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from chaingraph.diagnosis import Diagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array
from chaingraph.model import Mover, Siting
from chaingraph.phrases import NOTHING, Phrase, verbatim
from chaingraph.recommendation import Exclusion, Reason, Recommendation, strongest
from chaingraph.tables import Tables
from recommend import catalogue
from recommend.argument import Contest, chances, mover, warm_paths
from recommend.candidates import Candidate, Setting, candidates, wanted_segments
from recommend.listing import Listing
from recommend.packages import Landings, packages
from recommend.portfolio import alternatives, spread
from recommend.ranking import Ranking
from recommend.rivals import NEXT_DOOR_KM, Rivals
from recommend.signals import OF_FIRM, OF_SEGMENT, SIGNALS, Signal, SignalFunction
from recommend.siting import RULES
from recommend.stability import stability
from recommend.weights import Weight, Weights

LIST_ORDER = ("global-500", "central-soe", "china-500", "private-500", "private-manufacturing-500", "industry-top-30")


def rank(
    graph: ChainGraph, diagnosis: Diagnosis, top: int = 30, segment: str | None = None, weights: Weights | None = None
) -> list[Recommendation]:
    """Return the first `top` targets for a segment, or for the whole chain; see `shortlist` for those left out.

    >>> [str(t.name) for t in recommend.rank(graph, cg.diagnose(graph, "台州", "泵与电机"), top=1)]
    ['甬金股份']
    """
    return list(shortlist(graph, diagnosis, top, segment, weights).targets)


def shortlist(
    graph: ChainGraph, diagnosis: Diagnosis, top: int = 30, segment: str | None = None, weights: Weights | None = None
) -> Ranking:
    """Rank targets for one segment, or for all segments of the chain that firms are looked for: `gather`, then `ranked`.

    `weights` are the shipped ones without. Raises `UnknownNameError` for a segment that the chain does not have.

    >>> ranking = recommend.shortlist(graph, cg.diagnose(graph, "台州", "泵与电机"), top=5)
    >>> [target.rank for target in ranking]
    [1, 2, 3, 4, 5]
    """
    used = weights or Weights.load()
    return gather(graph, diagnosis, segment, used.of).ranked(used, top)


def gather(graph: ChainGraph, diagnosis: Diagnosis, segment: str | None = None, signals: Iterable[str] = SIGNALS) -> Evidence:
    """Find the candidates for one segment, or for all segments of the chain that firms are looked for, with their signals.

    `signals`: the shipped ones, or those that some weights name (`weights.of`), with any that other packages bring.

    >>> evidence = recommend.gather(graph, cg.diagnose(graph, "台州", "泵与电机"), "pump-motor/pump-seal")
    >>> len(evidence.segments), evidence.segments[0].values.shape == (len(evidence.segments[0].candidates), 12)
    (1, True)
    """
    asked = {name: catalogue.function(name) for name in signals}
    setting = Setting(graph, diagnosis)
    wanted = [graph.find_segment(segment, diagnosis.chain_id)] if segment else [s.segment_id for s in wanted_segments(diagnosis)]
    found, excluded = [], []
    for segment_id in wanted:
        kept, left = candidates(setting, segment_id)
        found.append(_look_at(setting, segment_id, kept, asked))
        excluded += left
    return Evidence(setting, tuple(asked), tuple(found), tuple(excluded))


@dataclass(frozen=True)
class SegmentEvidence:
    """What is known of the candidates for one segment, whatever the weights.

    `signals` and `values`: candidates × signals; a value is in [0, 1], NaN where not known.
    `usual`: mean known value by signal, 0 where it is known of nobody.
    """

    candidates: tuple[Candidate, ...]
    signals: tuple[tuple[Signal | None, ...], ...]
    values: Array
    usual: tuple[float, ...]
    rivals: Rivals


def _look_at(
    setting: Setting, segment_id: str, kept: Sequence[Candidate], asked: Mapping[str, SignalFunction]
) -> SegmentEvidence:
    same = {n: asked[n](setting, kept[0]) for n in OF_SEGMENT} if kept else {}
    seen = setting.graph.tables.derived(_seen)

    def ask(name: str, of: SignalFunction, candidate: Candidate) -> Signal | None:
        if name not in OF_FIRM:
            return same[name] if name in OF_SEGMENT else of(setting, candidate)
        key = name, candidate.company_id, segment_id
        if key not in seen:
            seen[key] = of(setting, candidate)
        return seen[key]

    signals = tuple(tuple(ask(name, of, c) for name, of in asked.items()) for c in kept)
    bounded = [[_bounded(s) if s else math.nan for s in row] for row in signals]
    values = np.array(bounded, dtype=float).reshape(len(kept), len(asked))
    known = [column[~np.isnan(column)] for column in values.T]
    usual = tuple(float(np.mean(v)) if len(v) else 0.0 for v in known)
    return SegmentEvidence(tuple(kept), signals, values, usual, Rivals.of(setting, segment_id, kept))


def _seen(tables: Tables) -> dict[tuple[str, str, str], Signal | None]:
    """What was asked of firms before, by signal, company and segment: the same in every region, so that one answer serves all."""
    return {}


def _kept(evidence: SegmentEvidence, wanted: Sequence[bool]) -> SegmentEvidence:
    """Some of the candidates of a segment; what is usual stays that of all of them."""
    rows = np.flatnonzero(wanted)
    all_ = evidence.rivals
    rivals = replace(all_, seats=all_.seats[rows], open=all_.open[rows], at=all_.at[rows])
    left = tuple(evidence.candidates[i] for i in rows)
    signals = tuple(evidence.signals[i] for i in rows)
    return replace(evidence, candidates=left, signals=signals, values=evidence.values[rows], rivals=rivals)


NEED_ARGUED = 0.1
"""Least weight that need has when it is looked for what speaks against a firm."""


@dataclass(frozen=True)
class Evidence:
    """The candidates of a region and chain with all that is known of them, and who was left out: no weight is in it.

    `names`: the signals that were asked, in the order in which reasons are given. Gathered once, it is ranked with any weights,
    which takes a moment.

    >>> evidence = recommend.gather(graph, cg.diagnose(graph, "台州", "泵与电机"))
    >>> near = recommend.Weights.load().changed({"distance": 80})
    >>> [len(evidence.ranked(weights, top=5)) for weights in (recommend.Weights.load(), near)]
    [5, 5]
    """

    setting: Setting
    names: tuple[str, ...]
    segments: tuple[SegmentEvidence, ...]
    excluded: tuple[Exclusion, ...]

    def ranked(self, weights: Weights, top: int = 30, *, argued: bool = True) -> Ranking:
        """Return the first `top` targets by these weights.

        Unless `argued` is false they are argued for in full: packages, stability, range of places, phone call, warm path.

        On a chain's list every firm stands once, for the segment it scores best in (`also_fits` names the others), and the list
        spreads over the segments by what each would open (`portfolio.spread`). Packages cost some 15 ms a segment the first time.
        ChaingraphError: weights of other signals than those that were asked.
        """
        if set(weights.of) != set(self.names):
            other = ", ".join(sorted(set(weights.of) ^ set(self.names)))
            raise ChaingraphError(f"weights and evidence differ in the signals {other}: gather with the signals of the weights.")
        scored = [s for evidence in self.segments for s in _scored(evidence, self.names, weights)]
        fits: dict[str, list[_Scored]] = {}
        for s in scored:
            fits.setdefault(s.candidate.company_id, []).append(s)
        gains = {s.segment_id: s.keystone_gain for s in self.setting.diagnosis.segments}
        listed = spread(scored, top, gains, self._costs)
        next_, packed = alternatives(scored, listed), packages(self._landings, listed, weights) if argued else ()
        further = self._argued(scored, listed, weights, top, gains) if argued else [{} for _ in listed]
        chance = chances(self.setting, weights, [s.score for s in listed])
        targets = []
        for place, s in enumerate(listed, start=1):
            c = s.candidate
            others = sorted((o for o in fits[c.company_id] if o is not s), key=lambda o: -o.score)
            target = _recommendation(self, s, place, others, weights)
            beside = tuple(p.text for p in packed if c.company_id in p.firms)
            more = {"alternatives": next_.get(c.segment_id, ()), "package": beside, **chance[place - 1], **further[place - 1]}
            targets.append(replace(target, **more))
        return Ranking(tuple(targets), self.excluded, weights, len(scored), packed)

    def of_kind(self, kind: str) -> Evidence:
        """Return the evidence on the candidates of one kind alone, a word of `Mover`: its list is of that kind throughout.

        >>> evidence = recommend.gather(graph, cg.diagnose(graph, "台州", "泵与电机"))
        >>> {target.mover for target in evidence.of_kind("expander").ranked(recommend.Weights.load(), top=10)}
        {'expander'}
        """
        wanted = Mover(kind).value
        return replace(
            self,
            segments=tuple(_kept(e, [mover(self.setting, c.company) == wanted for c in e.candidates]) for e in self.segments),
        )

    def _argued(
        self, scored: Sequence[_Scored], listed: Sequence[_Scored], weights: Weights, top: int, gains: Mapping[str, float]
    ) -> list[dict[str, Any]]:
        """Return the fields of each target that ask what would become of the list: stability, range of places, phone call, warm path."""
        everyone = tuple(s.candidate for s in scored)
        if not everyone:
            return []
        values = np.concatenate([e.values for e in self.segments if e.candidates])
        listing, number = Listing.of(everyone, gains, self._costs), {id(s): n for n, s in enumerate(scored)}
        places = [number[id(s)] for s in listed]
        contest = Contest(self.setting, self.names, everyone, values, np.array([s.score for s in scored]), weights, listing, top)
        kept = stability(self.setting, self.names, [c.segment_id for c in everyone], values, weights, listing, top)
        paths = warm_paths(self.setting, [s.candidate for s in listed])
        return [
            {
                "stability": float(kept[n]),
                "rank_low": call.low,
                "rank_high": call.high,
                "phone_call": call.text,
                "phone_call_signal": call.signal,
                "warm_path": path,
            }
            for n, call, path in zip(places, contest.calls(places), paths, strict=True)
        ]

    @cached_property
    def _costs(self) -> dict[str, float]:
        """Points by segment that its places are worth less, because plants of it cannot simply be built."""
        segments = self.setting.graph.chain_segments(self.setting.diagnosis.chain_id)
        return {s.id: RULES[s.siting].cost for s in segments if s.siting}

    @cached_property
    def _landings(self) -> Landings:
        return Landings(self.setting, {name: catalogue.function(name) for name in self.names})


@dataclass(frozen=True, eq=False)
class _Scored:
    """A candidate with its score: `row` in its segment's evidence, the rival city's row (−1 none) and its lead over here."""

    evidence: SegmentEvidence
    row: int
    points: tuple[float, ...]
    score: float
    rival: int
    margin: float

    @property
    def candidate(self) -> Candidate:
        return self.evidence.candidates[self.row]


def _scored(evidence: SegmentEvidence, names: Sequence[str], weights: Weights) -> list[_Scored]:
    """Score the candidates of one segment: points = 100 × weight × value, or what the signal counts when not known."""
    if not evidence.candidates:
        return []
    of = [weights.of[n] for n in names]
    worth = 100 * np.array([w.weight for w in of])
    counted = np.where(np.isnan(evidence.values), [w.when_unknown for w in of], evidence.values)
    rivals, margins = evidence.rivals.weighed(weights)
    rows = zip((worth * counted).tolist(), rivals.tolist(), margins.tolist(), strict=True)
    return [_Scored(evidence, i, tuple(p), sum(p), rival, margin) for i, (p, rival, margin) in enumerate(rows)]


def _recommendation(found: Evidence, s: _Scored, place: int, others: Sequence[_Scored], weights: Weights) -> Recommendation:
    c, setting = s.candidate, found.setting
    names, signals = setting.graph.segments, s.evidence.signals[s.row]
    reasons = tuple(
        _reason(name, signal, weights.of[name], points)
        for name, signal, points in zip(found.names, signals, s.points, strict=True)
    )
    rival = s.evidence.rivals.sentence(s.row, s.rival, s.margin) if s.rival >= 0 else NOTHING
    entries = sorted(setting.lists.get(c.company_id, ()), key=lambda e: LIST_ORDER.index(e[0]) if e[0] in LIST_ORDER else 99)
    away, code = setting.away_km(c.company), c.company["region_code"]
    return Recommendation(
        place,
        c.company_id,
        c.name,
        c.segment_id,
        names[c.segment_id].name,
        setting.region_code,
        reasons,
        _against(s, signals, reasons, names[c.segment_id].siting),
        setting.graph.places.cities[s.rival] if s.rival >= 0 else "",
        rival,
        setting.seat_text(c.company),
        tuple(_listed(name, r, industry) for _, name, r, industry in entries),
        tuple(names[o.candidate.segment_id].name + Phrase(f"（{o.score:.1f}）", f" ({o.score:.1f})") for o in others),
        tuple(r.signal for r in reasons if not r.known),
        tuple(dict.fromkeys(list_id for list_id, *_ in entries)),
        # One NaN for all: two equal recommendations stay equal.
        math.nan if math.isnan(away) else away,
        code if isinstance(code, str) else "",
        mover=mover(setting, c.company),
        rival_lead=100 * s.margin if s.rival >= 0 else math.nan,
    )


def _listed(name: Phrase, place: int | None, industry: str) -> Phrase:
    """Return a list a firm is on, with its industry and place there."""
    if industry:
        return name + Phrase(f"（{industry} {place}）", f" ({verbatim(industry).en} {place})")
    return name + Phrase(f" {place}", f" {place}") if place else name


def _reason(name: str, signal: Signal | None, weight: Weight, points: float) -> Reason:
    if signal is None:
        return Reason(name, None, weight.weight, points, Phrase("未知", "not known"), "")
    return Reason(name, _bounded(signal), weight.weight, points, signal.text, signal.origin_id)


def _against(s: _Scored, signals: Sequence[Signal | None], reasons: Sequence[Reason], siting: Siting | None) -> Phrase:
    """Return the strongest reason against a firm, judged against the other candidates of its segment.

    That a plant cannot simply be built comes before all, that it needs a place prepared for it before what is not known.
    A sign that speaks for it is none, and a city that draws it more is told apart. That nothing is lacking here counts like a sign of
    `NEED_ARGUED` at least, however little the need weighs in the score.
    """
    rule = RULES[siting] if siting else None
    if rule and rule.cost:
        return rule.text
    pulls = {r.signal for r in strongest(reasons)}
    doubts = [
        (_doubt(max(r.weight, NEED_ARGUED * (r.signal == "gap_need")), r.value, usual), signal.against)
        for signal, r, usual in zip(signals, reasons, s.evidence.usual, strict=True)
        if signal and signal.against and r.value is not None and r.value < max(usual - 0.05, 0.5) and r.signal not in pulls
    ]
    if doubts:
        return max(doubts)[1]
    if rule:
        return rule.text
    if any(not r.known for r in reasons):
        return Phrase("主要风险是信息不足，先核实未知项", "The main risk is how little is known: first check what is not")
    return Phrase(
        "已知各项都不弱：主要风险是与其他城市竞争", "Weak in nothing known: the main risk is competition from other cities"
    )


def _doubt(weight: float, value: float, usual: float) -> float:
    """Weight of a counter-argument: how far the firm falls behind the other candidates, and a quarter of how far below one half."""
    return weight * (max(0.0, usual - value) + 0.25 * max(0.0, 0.5 - value))


def _bounded(signal: Signal) -> float:
    return min(1.0, max(0.0, signal.value))


__all__ = ["NEXT_DOOR_KM", "Evidence", "Ranking", "Signal", "Weight", "Weights", "gather", "rank", "shortlist"]
