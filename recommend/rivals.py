"""Which other city would attract a firm most."""

from __future__ import annotations

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
from recommend.signals import DISTANCE_SCALE_KM, ENOUGH_FIRMS
from recommend.weights import Weights

NEXT_DOOR_KM = 100.0
"""A city this near to the seat is no rival: the firm is as good as there."""

UNMEASURED_KM = 5000.0
"""What the way to a city counts as whose coordinates are not known: no pull."""


@dataclass(frozen=True)
class Rivals:
    """What every city offers the candidates of one segment, before any weight.

    `inputs`, `customers`, `relatedness`: by city; the first two as (weighted firms within reach, their weight), None where the
    segment has no such neighbour. `seats`: row of each candidate's seat, −1 not known. `open`: candidates × cities, which cities
    may be its rival: specialised in the segment (at least three firms, location quotient above 1), not one the firm is already
    in and none within `NEXT_DOOR_KM` of its seat, where it would rather enlarge what it has.
    """

    setting: Setting
    column: int
    inputs: tuple[Array, float] | None
    customers: tuple[Array, float] | None
    relatedness: Array
    seats: NDArray[np.intp]
    open: NDArray[np.bool_]

    @classmethod
    def of(cls, setting: Setting, segment_id: str, candidates: Sequence[Candidate]) -> Rivals:
        """Look at all cities from one segment and its candidates."""
        places, column = setting.graph.places, setting.column[segment_id]
        quotient = np.nan_to_num(places.quotient[:, column])
        specialised = (places.counts[:, column] >= setting.diagnosis.thresholds.few_companies) & (quotient > 1.0)
        feasible = np.nan_to_num(places.feasibility[:, column], nan=-np.inf)
        seats = np.array([setting.row.get(setting.seat(c.company) or "", -1) for c in candidates], dtype=np.intp)
        far = ~(places.distances[seats] <= NEXT_DOOR_KM)
        far[seats < 0] = True
        allowed = far & specialised
        allowed[:, setting.city_row] = False
        for row, candidate in enumerate(candidates):
            for code in setting.places.get(candidate.company_id, ()):
                city = setting.row.get(places.city_of(code))
                if city is not None:
                    allowed[row, city] = False
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
        points = f"{abs(100 * margin):.1f}"
        if margin > 0:
            return Phrase(
                f"{name}更有吸引力：区位项高 {points} 分（{about}）",
                f"{name.en} draws it more: ahead by {points} points of location ({about.en})",
            )
        return Phrase(
            f"最强对手是{name}，区位项仍低 {points} 分（{about}）",
            f"The strongest rival is {name.en}, still behind by {points} points of location ({about.en})",
        )


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
