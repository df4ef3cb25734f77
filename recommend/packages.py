"""Firms that are worth more together: each looked at again once the others have come (docs/methods.md §6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from chaingraph.diagnosis import diagnose
from chaingraph.labels import label
from chaingraph.model import Presence, SegmentKind
from chaingraph.phrases import Phrase, joined
from recommend.candidates import Candidate, Setting, candidates, named
from recommend.portfolio import Scored
from recommend.signals import Signal, SignalFunction
from recommend.weights import Weights

AMONG = 20
"""Places from the head of a list among which packages are looked for."""

MOST = 3
"""Firms of a package, at most: more do not come at once."""

WORTH = 1.0
"""Points by which a firm's score must rise, once the others have come, to be called worth more together."""

Landing = tuple[str, str]
"""Company and segment of a plant that is assumed to come."""


@dataclass(frozen=True)
class Package:
    """Firms worth more together, in the order in which they would come, each for its segment.

    `gain`: points by which the score of the last rises once the others have come. `opens`: ids of the segments that can be made
    here with all of them and with none of them left out.

    >>> package = recommend.shortlist(graph, cg.diagnose(graph, "淮北", "酒类"), top=20).packages[0]
    >>> package.opens, package.segment_ids
    (('liquor-beer/beer-brew',), ('liquor-beer/malt-hop', 'liquor-beer/beer-brew'))
    >>> print(package.text.en.split(";")[0])
    with “中粮麦芽” (Malt and hops) and “燕京啤酒” (Beer brewing) both here, nothing is lacking for Beer brewing
    """

    firms: tuple[str, ...]
    segment_ids: tuple[str, ...]
    gain: float
    text: Phrase
    opens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Landings:
    """What is known of candidates once others have come: every question is asked of the graph once, whatever the weights."""

    setting: Setting
    asked: Mapping[str, SignalFunction]
    _seen: dict[tuple[frozenset[Landing], str, str], tuple[Signal | None, ...] | None] = field(default_factory=dict, repr=False)

    def look(self, questions: Iterable[tuple[frozenset[Landing], Candidate]]) -> None:
        """Land, diagnose again and ask the signals again: one landing for all candidates that are asked about after it."""
        open_: dict[frozenset[Landing], list[Candidate]] = {}
        for landed, candidate in questions:
            if (landed, candidate.company_id, candidate.segment_id) not in self._seen:
                open_.setdefault(landed, []).append(candidate)
        for landed, asked_about in open_.items():
            after = self._after(landed)
            for candidate in asked_about:
                kept = {c.company_id for c in candidates(after, candidate.segment_id)[0]}
                stays = candidate.company_id in kept
                signals = tuple(of(after, candidate) for of in self.asked.values()) if stays else None
                self._seen[landed, candidate.company_id, candidate.segment_id] = signals

    def points(self, landed: frozenset[Landing], candidate: Candidate, weights: Weights) -> dict[str, float] | None:
        """Return a candidate's points by signal after the landings; None where it is no candidate any more.

        The parent of a firm that comes, for one, would enlarge what is here then.
        """
        signals = self._seen[landed, candidate.company_id, candidate.segment_id]
        return None if signals is None else dict(zip(self.asked, _points(signals, self.asked, weights), strict=True))

    def now(self, candidate: Candidate, weights: Weights) -> dict[str, float]:
        """Return a candidate's points by signal as things are."""
        signals = [of(self.setting, candidate) for of in self.asked.values()]
        return dict(zip(self.asked, _points(signals, self.asked, weights), strict=True))

    def _after(self, landed: frozenset[Landing]) -> Setting:
        found, graph = self.setting.diagnosis, self.setting.graph
        for company, segment in sorted(landed):
            graph = graph.with_landing(company, found.region.code, segment)
        return Setting(graph, diagnose(graph, found.region.code, found.chain_id, found.thresholds, own=found.own))


def _points(signals: Iterable[Signal | None], names: Iterable[str], weights: Weights) -> Iterator[float]:
    for signal, name in zip(signals, names, strict=True):
        of = weights.of[name]
        yield 100 * of.weight * (of.when_unknown if signal is None else min(1.0, max(0.0, signal.value)))


def packages(landings: Landings, listed: Sequence[Scored], weights: Weights) -> tuple[Package, ...]:
    """Return the packages among the first `AMONG` targets of a list, those that open most first, then by gain.

    Looked at are the first target of each segment with that of each segment it supplies or buys from, firms that are tied to
    one another, and the first targets of segments of which only all together would make a segment producible. A package is
    kept when it opens a segment or the last firm's score rises by `WORTH` points.
    """
    head = listed[:AMONG]
    first: dict[str, Scored] = {}
    for s in head:
        first.setdefault(s.candidate.segment_id, s)
    present = _present(landings.setting)
    groups = dict.fromkeys(
        [*_linked(landings.setting, first), *_tied(landings.setting, head), *_opening(landings.setting, first, present)]
    )
    place = {_key(s.candidate): (n, s.candidate) for n, s in enumerate(head)}
    orders = {group: _orders(tuple(sorted(group, key=lambda k: place[k][0]))) for group in groups}
    landings.look((frozenset(o[:-1]), place[o[-1]][1]) for each in orders.values() for o in each)
    found = [_package(landings, [[place[k][1] for k in o] for o in each], present, weights) for each in orders.values()]
    kept = [p for p in found if p and (p.opens or p.gain >= WORTH)]
    return tuple(sorted(kept, key=lambda p: (-len(p.opens), -p.gain, p.firms)))


def _orders(keys: tuple[Landing, ...]) -> list[tuple[Landing, ...]]:
    """In which order a group may come: of two either first, of more the best-placed first."""
    return [keys, keys[::-1]] if len(keys) == 2 else [keys]


def _package(landings: Landings, orders: Sequence[Sequence[Candidate]], present: set[str], weights: Weights) -> Package | None:
    """Return the package of a group in the order in which the last one gains most; None where nobody could come last."""
    best: tuple[float, Sequence[Candidate], Phrase] | None = None
    for order in orders:
        *before, last = order
        after = landings.points(frozenset(map(_key, before)), last, weights)
        if after is None:
            continue
        now = landings.now(last, weights)
        gain = sum(after.values()) - sum(now.values())
        why = max(now, key=lambda name: after[name] - now[name])
        if best is None or gain > best[0]:
            best = gain, order, Phrase(label(why), label(why, "en"))
    if best is None:
        return None
    gain, order, why = best
    opens = _opens(landings.setting, [c.segment_id for c in order], present)
    text = joined(_sentences(landings.setting, order, opens, gain, why), "；", "; ")
    return Package(tuple(c.company_id for c in order), tuple(c.segment_id for c in order), gain, text, opens)


def _sentences(setting: Setting, order: Sequence[Candidate], opens: Sequence[str], gain: float, why: Phrase) -> Iterator[Phrase]:
    """Say what a group opens, what of that is not known, and by how much the last one's score rises."""
    names = setting.graph.segments
    if opens:
        two = len(order) == 2
        parts = (joined((_named(c), names[c.segment_id].name), "（", " (") + Phrase("）", ")") for c in order)
        who = joined(parts, "、", " and " if two else ", ")
        made = joined(names[s].name for s in opens)
        yield Phrase(
            f"{who}都来，{made}所需在本地就齐备了",
            f"with {who.en} {'both' if two else 'all'} here, nothing is lacking for {made.en}",
        )
        doubtful = [s for s in (*opens, *(c.segment_id for c in order)) if _is_unknown(setting, s)]
        if doubtful:
            what = joined(names[s].name for s in dict.fromkeys(doubtful))
            yield Phrase(f"{what}本地现状不详，先核实", f"what is here of {what.en} is not known: verify first")
    if gain >= WORTH:
        before, last = joined(map(_named, order[:-1]), "、", " and "), _named(order[-1])
        yield Phrase(
            f"先有{before}，{last}的得分升 {gain:.1f} 分（{why}）",
            f"with {before.en} here, the score of {last.en} rises by {gain:.1f} points ({why.en})",
        )


def _linked(setting: Setting, first: Mapping[str, Scored]) -> Iterator[frozenset[Landing]]:
    """The first targets of two segments of which one supplies the other."""
    for segment, s in first.items():
        for link in setting.graph.customers(segment):
            other = first.get(link.customer_id)
            if other and not link.is_recycling and other.candidate.company_id != s.candidate.company_id:
                yield frozenset((_key(s.candidate), _key(other.candidate)))


def _tied(setting: Setting, head: Sequence[Scored]) -> Iterator[frozenset[Landing]]:
    """Two targets that are tied to one another, directly or through one other firm."""
    near = {}
    for s in head:
        direct = {other for other, *_ in setting.ties.get(s.candidate.company_id, ())}
        near[s.candidate.company_id] = direct.union(o for d in direct for o, *_ in setting.ties.get(d, ()))
    for a, b in combinations(head, 2):
        if b.candidate.company_id in near[a.candidate.company_id]:
            yield frozenset((_key(a.candidate), _key(b.candidate)))


def _opening(setting: Setting, first: Mapping[str, Scored], present: set[str]) -> Iterator[frozenset[Landing]]:
    """The first targets of all that a way to make a segment lacks here, two at least and `MOST` at most."""
    for ways in setting.graph.needs(setting.diagnosis.chain_id).values():
        for way in ways:
            lacking = way - present
            if 2 <= len(lacking) <= MOST and lacking <= first.keys():
                yield frozenset(_key(first[s].candidate) for s in lacking)


def _opens(setting: Setting, segments: Sequence[str], present: set[str]) -> tuple[str, ...]:
    """Segments that can be made with plants in all of these, and not with one of them left out."""
    graph, chain = setting.graph, setting.diagnosis.chain_id
    made = graph.producible(chain, present.union(segments))
    for left in segments:
        made -= graph.producible(chain, present.union(s for s in segments if s != left))
    return tuple(s.id for s in graph.chain_segments(chain) if s.id in made)


def _present(setting: Setting) -> set[str]:
    """Segments of the chain that the region has."""
    absent = (Presence.MISSING, Presence.UNKNOWN)
    return {s.segment_id for s in setting.diagnosis.segments if s.kind is not SegmentKind.MARKET and s.presence not in absent}


def _is_unknown(setting: Setting, segment: str) -> bool:
    return setting.diagnosis[segment].presence is Presence.UNKNOWN


def _named(candidate: Candidate) -> Phrase:
    return named(candidate.company, str(candidate.name))


def _key(candidate: Candidate) -> Landing:
    return candidate.company_id, candidate.segment_id


__all__ = ["AMONG", "MOST", "WORTH", "Landings", "Package", "packages"]
