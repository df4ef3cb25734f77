"""Who is on a chain's list and in which place, for many scores at once: what `portfolio.spread` picks, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chaingraph.metrics import Array
from chaingraph.model import Verdict
from recommend.candidates import Candidate
from recommend.portfolio import place_value

Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Listing:
    """The candidates of a list without their scores.

    `order`: the candidates by segment and company. All that follows is in that order. `sure`: whose activity is confirmed.
    `gain`: keystone gain of the segment. `cost`: points its places are worth less by its siting. `by_name`: where the company stands among all companies. `blocks`: from where to where
    each segment goes. `again`: the rows of each company that is there for more than one segment.
    """

    order: Places
    sure: Flags
    gain: Array
    cost: Array
    by_name: Places
    blocks: tuple[slice, ...]
    again: tuple[Places, ...]

    @classmethod
    def of(cls, candidates: Sequence[Candidate], gains: Mapping[str, float], costs: Mapping[str, float] | None = None) -> Listing:
        """Look at the candidates for all segments of a list; `gains` and `costs` by segment, as for `portfolio.spread`."""
        order = sorted(range(len(candidates)), key=lambda i: (candidates[i].segment_id, candidates[i].company_id))
        ordered = [candidates[i] for i in order]
        names = {name: n for n, name in enumerate(sorted({c.company_id for c in ordered}))}
        segments, rows = dict[str, list[int]](), dict[str, list[int]]()
        for n, c in enumerate(ordered):
            segments.setdefault(c.segment_id, []).append(n)
            rows.setdefault(c.company_id, []).append(n)
        return cls(
            np.array(order, dtype=np.intp),
            np.array([c.activity["verdict"] == Verdict.CONFIRMED.value for c in ordered], dtype=bool),
            np.array([gains.get(c.segment_id, 0.0) for c in ordered]),
            np.array([(costs or {}).get(c.segment_id, 0.0) for c in ordered]),
            np.array([names[c.company_id] for c in ordered], dtype=np.intp),
            tuple(slice(of[0], of[-1] + 1) for of in segments.values()),
            tuple(np.array(of, dtype=np.intp) for of in rows.values() if len(of) > 1),
        )

    @cached_property
    def company(self) -> Places:
        """Number of each candidate's company, in the order in which the candidates were given."""
        found = np.empty(len(self.order), dtype=np.intp)
        found[self.order] = self.by_name
        return found

    @cached_property
    def confirmed(self) -> Flags:
        """Whose activity is confirmed, in the order in which the candidates were given."""
        found = np.empty(len(self.order), dtype=bool)
        found[self.order] = self.sure
        return found

    def places(self, scores: Array, top: int, sure: Flags | None = None) -> Places:
        """Return the place of every candidate on a list of `top`, from 1; 0 for those that are not on it.

        `scores` and what is returned: lists × candidates, in the order in which the candidates were given; −inf is nobody.
        `sure`: whose activity is confirmed on each list; as it is, without.
        """
        found = np.zeros(scores.shape, dtype=np.intp)
        if not scores.size:
            return found
        scores = self._once(scores[:, self.order])
        certain = np.broadcast_to(self.sure, scores.shape) if sure is None else sure[:, self.order]
        nobody = np.isneginf(scores)
        last = ~certain | nobody
        before = np.empty(scores.shape)
        for block in self.blocks:
            queue = np.lexsort((-scores[:, block], last[:, block]), axis=1)
            np.put_along_axis(before[:, block], queue, np.arange(queue.shape[1], dtype=float)[None, :], axis=1)
        worth = place_value(scores, before, self.gain) - self.cost
        # Each next firm of a segment is worth less than the one before, so that their order by worth is that of picking one by one.
        listed = np.lexsort((-worth, last), axis=1)[:, :top]
        place = np.where(np.take_along_axis(nobody, listed, axis=1), 0, np.arange(1, listed.shape[1] + 1)[None, :])
        np.put_along_axis(found, self.order[listed], place, axis=1)
        return found

    def _once(self, scores: Array) -> Array:
        """Keep of every firm only the segment that it scores best in, the first of several that are equal."""
        for rows in self.again:
            own = scores[:, rows]
            best = np.arange(len(rows))[None, :] == own.argmax(axis=1)[:, None]
            scores[:, rows] = np.where(best, own, -np.inf)
        return scores
