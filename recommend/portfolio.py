"""A chain's list as a portfolio: one firm once, and its places spread over the gaps by what each would open (docs/methods.md §6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from chaingraph.metrics import Array
from chaingraph.model import Verdict
from chaingraph.phrases import Phrase, joined
from recommend.candidates import Candidate, named

CROWDING = 4.0
"""Points by which a further firm of the same segment must be better to take a place on a chain's list."""

OPENING = 50.0
"""Points that the first firm of a gap is worth more on a chain's list if filling the gap made the whole chain ready."""

OPENING_KEPT = 0.5
"""Share of what a gap opens that its next firm is still worth: one that comes fills it, the others are for the case that it does not."""

ALTERNATIVES = 3
"""Firms that are named as the next for a gap."""


class Scored(Protocol):
    """A candidate for a segment with its score, in [0, 100]."""

    @property
    def candidate(self) -> Candidate:
        """Who, for which segment."""

    @property
    def score(self) -> float:
        """Sum of its points."""


S = TypeVar("S", bound=Scored)
N = TypeVar("N", float, Array)


def place_value(score: N, before: N, gain: N) -> N:
    """Points that a firm adds to a list with `before` firms of its segment: score − 4 n + 50 g ½ⁿ; numbers or arrays.

    `gain` in [0, 1]: how much the mean readiness of the chain's segments rises when the segment is filled (keystone gain).

    >>> from recommend.portfolio import place_value
    >>> [place_value(60.0, before, gain=0.5) for before in range(4)]
    [85.0, 68.5, 58.25, 51.125]
    """
    value: N = score - CROWDING * before + OPENING * gain * OPENING_KEPT**before
    return value


def spread(
    scored: Sequence[S], top: int, gains: Mapping[str, float] | None = None, costs: Mapping[str, float] | None = None
) -> list[S]:
    """Return the list: of every firm its best segment, each place to whom it is worth most, in the order of the places.

    Unconfirmed activities come after all others. The first places so cover the gaps that open most before a second firm of any.
    `costs`: points by segment that its places are worth less because plants of it cannot simply be built (`siting.RULES`). `gains`: keystone gain by segment, nothing where none is given. A segment's
    places are worth less one after the other, so that picking them one by one gives the list of the largest sum of
    `place_value` (W. Fox 1966, Discrete optimization via marginal analysis, Management Science 13).
    """
    best: dict[str, S] = {}
    for s in sorted(scored, key=_order):
        best.setdefault(s.candidate.company_id, s)
    picked: list[S] = []
    taken: dict[str, int] = {}
    for sure in (True, False):
        queues: dict[str, list[S]] = {}
        for s in best.values():
            if _is_sure(s) is sure:
                queues.setdefault(s.candidate.segment_id, []).append(s)
        while len(picked) < top and queues:
            worth = {
                k: place_value(queue[0].score, taken.get(k, 0), gains.get(k, 0.0) if gains else 0.0)
                - (costs.get(k, 0.0) if costs else 0.0)
                for k, queue in queues.items()
            }
            segment = max(sorted(worth), key=lambda k: worth[k])
            picked.append(queues[segment].pop(0))
            taken[segment] = taken.get(segment, 0) + 1
            if not queues[segment]:
                del queues[segment]
    return picked


def alternatives(scored: Iterable[S], listed: Iterable[Scored]) -> dict[str, tuple[Phrase, ...]]:
    """Return by segment the next firms for it: those that are not on the list at all, confirmed ones first, with their scores."""
    taken = {s.candidate.company_id for s in listed}
    found: dict[str, list[S]] = {}
    for s in sorted(scored, key=lambda s: (not _is_sure(s), *_order(s))):
        if s.candidate.company_id not in taken:
            found.setdefault(s.candidate.segment_id, []).append(s)
    return {
        segment: tuple(
            joined((named(s.candidate.company, str(s.candidate.name)), Phrase(f"（{s.score:.1f}）", f" ({s.score:.1f})")), "", "")
            for s in next_[:ALTERNATIVES]
        )
        for segment, next_ in found.items()
    }


def _order(s: Scored) -> tuple[float, str, str]:
    return -s.score, s.candidate.company_id, s.candidate.segment_id


def _is_sure(s: Scored) -> bool:
    return bool(s.candidate.activity["verdict"] == Verdict.CONFIRMED.value)
