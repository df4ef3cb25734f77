"""A chain's list as a portfolio: one firm once, and its places spread over the segments (docs/methods.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from chaingraph.model import Verdict
from recommend.candidates import Candidate

CROWDING = 1.5
"""Points by which a further firm of the same segment must be better to take a place on a chain's list."""


class Scored(Protocol):
    """A candidate for a segment with its score, in [0, 100]."""

    @property
    def candidate(self) -> Candidate:
        """Who, for which segment."""

    @property
    def score(self) -> float:
        """Sum of its points."""


S = TypeVar("S", bound=Scored)


def spread(scored: Sequence[S], top: int) -> list[S]:
    """Pick the list greedily with the crowding penalty, unconfirmed activities last, then put it in the order of the score."""
    best: dict[str, S] = {}
    for s in sorted(scored, key=lambda s: (-s.score, s.candidate.company_id, s.candidate.segment_id)):
        best.setdefault(s.candidate.company_id, s)
    picked: list[S] = []
    taken: dict[str, int] = {}
    for sure in (True, False):
        queues: dict[str, list[S]] = {}
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
