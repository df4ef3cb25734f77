"""A region's list of a chain before a year, ordered in every way: where each firm stands on it and within its segment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chaingraph.diagnosis import Diagnosis, diagnose
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array
from chaingraph.model import SegmentKind
from chaingraph.recommendation import Exclusion
from recommend.candidates import Candidate
from recommend.scorecard import Evidence, gather
from recommend.weights import Weights

Rows = NDArray[np.intp]

OURS, RANDOM = "ours", "random"
BASELINES = ("random", "largest_revenue", "nearest_seat", "most_plants_elsewhere")
"""What a team could order the same candidates by without us."""
ORDERINGS = (OURS, *BASELINES)
LIST_TOPS = {"hit@10": 10, "hit@20": 20, "hit@50": 50}
"""Measures of the place on the chain's list: so many first."""
SEGMENT_TOPS = {"segment hit@3": 3, "segment hit@10": 10}
"""Measures of the place among the candidates for the firm's segment."""


@dataclass(frozen=True)
class ChainList:
    """All candidates of a chain's segments in a region, at one date.

    `orders`: by way of ordering, one number per candidate, higher first, NaN where it is not known (those stand behind all that
    are known). A firm that is in several segments stands where it stands best by our score, as on the list a team sees. Random has no
    order. `excluded`: who was left out of which segment, and why.
    """

    chain_id: str
    candidates: tuple[Candidate, ...]
    orders: Mapping[str, Array]
    excluded: tuple[Exclusion, ...]

    @cached_property
    def _own(self) -> Mapping[str, tuple[int, ...]]:
        rows: dict[str, list[int]] = {}
        for i, c in enumerate(self.candidates):
            rows.setdefault(c.company_id, []).append(i)
        return {company: tuple(of) for company, of in rows.items()}

    @cached_property
    def _of_segment(self) -> Mapping[str, Rows]:
        segments = np.array([c.segment_id for c in self.candidates], dtype=object)
        return {s: np.flatnonzero(segments == s) for s in dict.fromkeys(segments.tolist())}

    @cached_property
    def _best(self) -> Rows:
        """The row of each firm that counts on the chain's list: its best by our score."""
        ours = self.orders[OURS]
        return np.array([max(rows, key=lambda i: ours[i]) for rows in self._own.values()], dtype=np.intp)

    def __contains__(self, company_id: str) -> bool:
        return company_id in self._own

    @property
    def size(self) -> int:
        """Firms on the list."""
        return len(self._own)

    def segment_of(self, company_id: str) -> str:
        """Return the segment a firm is on the list for."""
        return self.candidates[self._row(company_id)].segment_id

    def score_of(self, company_id: str) -> float:
        """Return the score of a firm in that segment, in [0, 100]."""
        return float(self.orders[OURS][self._row(company_id)])

    def segment_size(self, company_id: str) -> int:
        """Return the number of candidates for the segment a firm is on the list for."""
        return len(self._of_segment[self.segment_of(company_id)])

    def place(self, company_id: str, way: str) -> float:
        """Return the place of a firm among all of the chain, from 1; those alike share their mean place."""
        return _place(self.orders[way], self._best, self._row(company_id))

    def segment_place(self, company_id: str, way: str) -> float:
        """Return the place of a firm among the candidates for the segment it is on the list for."""
        return _place(self.orders[way], self._of_segment[self.segment_of(company_id)], self._row(company_id))

    def _row(self, company_id: str) -> int:
        return max(self._own[company_id], key=lambda i: self.orders[OURS][i])


def _place(order: Array, among: Rows, row: int) -> float:
    """Mean place of a row: 1 + those before it + half of the others that are alike. Not known comes last."""
    filled = np.where(np.isnan(order), -math.inf, order)
    mine, others = filled[row], filled[among]
    return float(1 + (others > mine).sum() + ((others == mine).sum() - 1) / 2)


def chain_list(graph: ChainGraph, region: str, chain: str, weights: Weights) -> ChainList:
    """Return the list of a chain in a region, over all its segments that firms can be attracted to, gaps or not."""
    found = diagnose(graph, region, chain)
    evidence = [gather(graph, found, s, weights.of) for s in _producing(found)]
    kept = tuple(c for e in evidence for part in e.segments for c in part.candidates)
    orders = {
        OURS: np.concatenate([np.empty(0), *(scores(e, weights) for e in evidence)]),
        "largest_revenue": _column(kept, "revenue_cny"),
        "nearest_seat": np.array([-e.setting.away_km(c.company) for e in evidence for c in e.segments[0].candidates]),
        "most_plants_elsewhere": _column(kept, "founded_elsewhere"),
    }
    return ChainList(found.chain_id, kept, orders, tuple(x for e in evidence for x in e.excluded))


def scores(evidence: Evidence, weights: Weights) -> Array:
    """Return the scores of all candidates, in [0, 100]: the sum of weight × value, or of what an unknown signal counts."""
    of = [weights.of[n] for n in evidence.names]
    worth, unknown = 100 * np.array([w.weight for w in of]), np.array([w.when_unknown for w in of])
    parts = [np.where(np.isnan(e.values), unknown, e.values) @ worth for e in evidence.segments]
    return np.concatenate([np.empty(0), *parts])


def _producing(found: Diagnosis) -> list[str]:
    return [s.segment_id for s in found.segments if s.kind is not SegmentKind.MARKET]


def _column(kept: tuple[Candidate, ...], column: str) -> Array:
    values = (c.company[column] for c in kept)
    return np.array([math.nan if v is None else float(v) for v in values], dtype=float)
