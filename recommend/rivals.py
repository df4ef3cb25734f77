"""Which other city would attract a firm most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chaingraph.graph import build
from chaingraph.metrics import Array
from chaingraph.model import SegmentKind
from chaingraph.phrases import Phrase, counted
from chaingraph.tables import Tables
from recommend.candidates import Candidate, Setting
from recommend.chance import log_size
from recommend.signals import DISTANCE_SCALE_KM, ENOUGH_FIRMS
from recommend.weights import Weights

NEXT_DOOR_KM = 100.0
"""A city this near to the seat is no rival: the firm is as good as there."""

FIRMS_OF_A_RIVAL = 10
"""A city with so many firms of a segment draws others to it, where it is specialised in it."""

FIRST_CITIES = 5
"""So many cities draw firms of a segment in any case: those with most firms of it, where few cities have many."""

SMALLEST_RIVAL = 0.5
"""Registrations that a rival city has at least, as a share of this city's: a much smaller place is no match for it."""

LEVEL = 1.0
"""Points of location below which two cities are level."""

UNMEASURED_KM = 5000.0
"""What the way to a city counts as whose coordinates are not known: no pull."""


@dataclass(frozen=True)
class Rivals:
    """What every city offers the candidates of one segment, before any weight.

    `inputs`, `customers`, `relatedness`: by city; the first two as (weighted firms within reach, their weight), None where the
    segment has no such neighbour. `seats`: row of each candidate's seat, −1 not known. `open`: candidates × cities, which cities
    may be its rival: those that draw firms of the segment (`_draws`), and those where the firm has a plant, `at`, and may enlarge
    it; none within `NEXT_DOOR_KM` of its seat.
    """

    setting: Setting
    column: int
    inputs: tuple[Array, float] | None
    customers: tuple[Array, float] | None
    relatedness: Array
    seats: NDArray[np.intp]
    open: NDArray[np.bool_]
    at: NDArray[np.bool_]

    @classmethod
    def of(cls, setting: Setting, segment_id: str, candidates: Sequence[Candidate]) -> Rivals:
        """Look at all cities from one segment and its candidates."""
        places, column = setting.graph.places, setting.column[segment_id]
        feasible = np.nan_to_num(places.feasibility[:, column], nan=-np.inf)
        seats = np.array([setting.row.get(setting.seat(c.company) or "", -1) for c in candidates], dtype=np.intp)
        far = ~(places.distances[seats] <= NEXT_DOOR_KM)
        far[seats < 0] = True
        at = np.zeros_like(far)
        for row, candidate in enumerate(candidates):
            for code in setting.places.get(candidate.company_id, ()):
                city = setting.row.get(places.city_of(code))
                if city is not None:
                    at[row, city] = True
        allowed = far & (_draws(setting, column) | at)
        allowed[:, setting.city_row] = False
        suppliers = [(k.supplier_id, k.is_essential) for k in setting.graph.inputs(segment_id) if not k.is_recycling]
        buyers = [(k.customer_id, k.is_essential) for k in setting.graph.customers(segment_id) if not k.is_recycling]
        return cls(
            setting,
            column,
            _within_reach(setting, suppliers),
            _within_reach(setting, buyers),
            np.asarray((feasible[:, None] > feasible[None, :]).mean(axis=1)),
            seats,
            allowed,
            at,
        )

    def weighed(self, weights: Weights) -> tuple[NDArray[np.intp], Array]:
        """Return for every candidate the row of the city that draws it most, −1 for none, and how much of 1 it is ahead."""
        offer = np.zeros(len(self.relatedness))
        for name, found in (("inputs_here", self.inputs), ("customers_here", self.customers)):
            if found:
                offer += weights.of[name].weight * found[0] / found[1]
        offer = offer + weights.of["regional_fit"].weight * self.relatedness
        near = self.setting.graph.tables.derived(_nearness)[self.seats]
        total = offer + np.where(self.seats[:, None] >= 0, weights.of["distance"].weight * near, 0.0)
        best = np.where(self.open, total, -np.inf).argmax(axis=1)
        rows = np.arange(len(best))
        none = ~self.open.any(axis=1)
        margin = np.where(none, 0.0, total[rows, best] - total[rows, self.setting.city_row])
        return np.where(none, -1, best), margin

    def sentence(self, candidate: int, best: int, margin: float) -> Phrase:
        """Say which city draws a candidate most, why, and by how many points."""
        places = self.setting.graph.places
        name, firms = places.called(places.cities[best]), int(places.counts[best, self.column])
        away = places.distances[self.seats[candidate], best] if self.seats[candidate] >= 0 else np.nan
        about = Phrase(f"该环节 {firms} 家", f"{counted(firms, 'firm')} of the segment")
        if not np.isnan(away):
            about += Phrase(f"，距其总部 {away:.0f} 公里", f", {away:,.0f} km from its seat")
        if self.at[candidate, best]:
            about = Phrase("它在该市已有布局，", "it has a plant there, ") + about
        points = f"{abs(100 * margin):.1f}"
        if abs(100 * margin) < LEVEL:
            return Phrase(f"与{name}不相上下（{about}）", f"About level with {name.en} ({about.en})")
        if margin > 0:
            return Phrase(
                f"{name}更有吸引力：区位项高 {points} 分（{about}）",
                f"{name.en} draws it more: ahead by {points} points of location ({about.en})",
            )
        return Phrase(
            f"暂无更强的地区，最接近的是{name}，区位项低 {points} 分（{about}）",
            f"No city is ahead; the nearest, {name.en}, is behind by {points} points of location ({about.en})",
        )


def _draws(setting: Setting, column: int) -> NDArray[np.bool_]:
    """Which cities draw firms of a segment: specialised in it, with many firms of it or among the first, and of a size to match."""
    places = setting.graph.places
    counts, quotient = places.counts[:, column], np.nan_to_num(places.quotient[:, column])
    first = np.sort(counts)[-FIRST_CITIES:].min(initial=FIRMS_OF_A_RIVAL)
    many = max(setting.diagnosis.thresholds.few_companies, min(FIRMS_OF_A_RIVAL, first))
    sizes = np.array([log_size(setting.graph, city) for city in places.cities])
    found: NDArray[np.bool_] = (
        (counts >= many) & (quotient > 1.0) & (sizes >= sizes[setting.city_row] + math.log10(SMALLEST_RIVAL))
    )
    return found


def _nearness(tables: Tables) -> Array:
    """How much a way draws, cities × cities: exp(−d / 600 km), as the signal `distance` says."""
    away = np.nan_to_num(build(tables).places.distances, nan=UNMEASURED_KM)
    near: Array = np.exp(-away / DISTANCE_SCALE_KM)
    return near


def _within_reach(setting: Setting, neighbours: Sequence[tuple[str, bool]]) -> tuple[Array, float] | None:
    """Weighted supply or demand by city and the sum of the weights: enough firms within reach are 1, essential counts double."""
    segments = setting.graph.segments
    used = [(s, essential) for s, essential in neighbours if segments[s].kind is not SegmentKind.MARKET]
    if not used:
        return None
    share = np.array([1.0 if essential else 0.5 for _, essential in used])
    firms = np.minimum(1.0, setting.reach[:, [setting.column[s] for s, _ in used]] / ENOUGH_FIRMS)
    return firms @ share, float(share.sum())
