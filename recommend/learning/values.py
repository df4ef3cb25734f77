"""Signals of every firm for every city at once, as arrays: what `gather` finds one by one, without the sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaingraph.diagnosis import diagnose
from chaingraph.graph import ChainGraph, SupplyLink
from chaingraph.metrics import Array
from chaingraph.model import Ownership, SegmentKind, Verdict
from chaingraph.presence import Seen
from recommend.candidates import EVIDENCE_FROM, Candidate, Setting
from recommend.signals import DISTANCE_SCALE_KM, ENOUGH_FIRMS, MOBILITY, OF_SEGMENT, SIGNALS

Whole = NDArray[np.intp]
ASKED = tuple(name for name in SIGNALS if name != "gap_need")
"""The signals there are arrays of. How much a gap matters is asked of a diagnosis, one city and chain at a time."""
OF_FIRM = ("segment_fit", "expansion", "leadership", "specialisation", "scale")
"""Signals that are the same in every city: they speak of the firm and the segment."""
TIED, GROUPED = 1.0, 0.7
"""What control, and a common group or controller, are worth as a tie."""


@dataclass(frozen=True)
class Values:
    """Signals of the firms of one graph for its cities: ask for `at` some cities.

    A row is a firm in one of its segments: `firm` the row's place in `companies`, `segment` its column in the graph's arrays. Rows
    of a firm stand together. Firms without evidence of any producing segment have no row.
    """

    graph: ChainGraph
    companies: tuple[str, ...]
    firm: Whole
    segment: Whole
    settled: Mapping[str, Array]
    _found: tuple[Candidate, ...]
    _setting: Setting

    @classmethod
    def of(cls, graph: ChainGraph, companies: Sequence[str]) -> Values:
        """Look up what does not depend on the city, of these companies, by the product's own signals."""
        # Any city and chain will do: these signals read neither.
        setting = Setting(graph, diagnose(graph, graph.places.cities[0], next(iter(graph.chains))))
        place = {c: i for i, c in enumerate(companies)}
        found = [
            Candidate(row["company_id"], segment, setting.companies[row["company_id"]], row)
            for segment, rows in setting.firms.activities.items()
            if graph.segments[segment].kind is not SegmentKind.MARKET
            for row in rows
            if row["company_id"] in place and _is_evidence(row)
        ]
        found.sort(key=lambda c: (place[c.company_id], c.segment_id))
        return cls(
            graph,
            tuple(companies),
            np.array([place[c.company_id] for c in found], dtype=np.intp),
            np.array([setting.column[c.segment_id] for c in found], dtype=np.intp),
            {name: np.array([_value(name, setting, c) for c in found]) for name in OF_FIRM},
            tuple(found),
            setting,
        )

    @cached_property
    def firms(self) -> tuple[Whole, Whole]:
        """The firms that have a row, by their place in `companies`, and the first row of each."""
        firms, starts = np.unique(self.firm, return_index=True)
        return firms, starts

    def at(self, cities: Sequence[str]) -> Array:
        """Return the values of `ASKED`: cities × rows × signals, in [0, 1], NaN where not known."""
        row = self._setting.row
        at = np.array([row[c] for c in cities], dtype=np.intp)
        made = {**{n: v[None, :] for n, v in self.settled.items()}, **self._by_city(at, cities)}
        shape = (len(cities), len(self.firm))
        return np.stack([np.broadcast_to(made[name], shape) for name in ASKED], axis=2)

    def _by_city(self, at: Whole, cities: Sequence[str]) -> dict[str, Array]:
        away = self.graph.places.distances[at][:, np.maximum(self._seat, 0)]
        away[:, self._seat < 0] = np.nan
        return {
            "distance": np.exp(-away / DISTANCE_SCALE_KM),
            "inputs_here": self._neighbours("inputs", "supplier_id")[at][:, self.segment],
            "customers_here": self._neighbours("customers", "customer_id")[at][:, self.segment],
            "ties": self._ties[at][:, self.firm],
            "mobility": self._mobility(cities),
            "regional_fit": self._relatedness[at][:, self.segment],
        }

    @cached_property
    def _seat(self) -> Whole:
        seats = (self._setting.seat(c.company) for c in self._found)
        return np.array([self._setting.row[s] if s else -1 for s in seats], dtype=np.intp)

    def _neighbours(self, side: str, end: str) -> Array:
        """Cities × segments: the share of the segments on one side that have enough firms within reach; NaN without any."""
        graph, setting = self.graph, self._setting
        out = np.full((len(graph.places.cities), len(graph.segment_ids)), np.nan)
        for segment in np.unique(self.segment):
            links: Sequence[SupplyLink] = getattr(graph, side)(graph.segment_ids[segment])
            used = [(getattr(k, end), 1.0 if k.is_essential else 0.5) for k in links if not k.is_recycling]
            used = [(s, w) for s, w in used if graph.segments[s].kind is not SegmentKind.MARKET and graph.places.is_surveyed(s)]
            if used:
                share = np.array([w for _, w in used])
                firms = setting.reach[:, [setting.column[s] for s, _ in used]]
                out[:, segment] = np.minimum(1.0, firms / ENOUGH_FIRMS) @ share / share.sum()
        return out

    @cached_property
    def _ties(self) -> Array:
        """Cities × firms: 1 or .7 where a firm tied to it is, 0 where none is and its controller is known, else NaN."""
        setting, ties = self._setting, self._setting.ties
        known = [self._setting.companies[c]["controller"] is not None for c in self.companies]
        out = np.tile(np.where(known, 0.0, np.nan), (len(setting.row), 1))
        for i, company in enumerate(self.companies):
            for other, kind, _ in ties.get(company, ()):
                worth = TIED if kind == "controlled_by" else GROUPED
                for near in (other, *(o for o, _, _ in ties.get(other, ()) if o != company)):
                    cities = {self.graph.places.city_of(code) for code in setting.places.get(near, ())}
                    rows = [setting.row[c] for c in cities if c in setting.row]
                    out[rows, i] = np.fmax(out[rows, i], worth)
        return out

    def _mobility(self, cities: Sequence[str]) -> Array:
        owners = [c.company["ownership"] for c in self._found]
        usual = np.array([MOBILITY[o][0] if o in MOBILITY else math.nan for o in owners])
        local = np.array([o == Ownership.LOCAL_STATE.value for o in owners])
        codes = [c.company["region_code"] for c in self._found]
        province = np.array([code[:2] if isinstance(code, str) else "" for code in codes])
        prefix = np.array([city[:2] for city in cities], dtype=province.dtype)
        return np.where(local & (province == prefix[:, None]), 0.5, usual)

    @cached_property
    def _relatedness(self) -> Array:
        """Cities × segments: the share of cities where the segment is less feasible; NaN where the data are thin."""
        found = self.graph.places.feasibility
        seen = np.nan_to_num(found, nan=-np.inf)
        order = np.sort(seen, axis=0)
        below = np.column_stack([np.searchsorted(o, d, side="left") for o, d in zip(order.T, seen.T, strict=True)])
        share = np.where(np.isnan(found), np.nan, below / len(found))
        share[self.coverage < 0.2] = np.nan
        return share

    @cached_property
    def coverage(self) -> Array:
        """How much the source sees of each city, in [0, 1], as `region_coverage` says."""
        seen, regions = self.graph.tables.derived(Seen.of), self.graph.regions
        out = []
        for city in self.graph.places.cities:
            place = regions[city]
            pairs = zip(seen.at(place, one_city=True), seen.middle[place.level, True], strict=True)
            out.append(np.mean([min(1.0, mine / middle) if middle > 0 else 0.0 for mine, middle in pairs]))
        return np.array(out)


def _is_evidence(activity: Mapping[str, Any]) -> bool:
    if activity["verdict"] == Verdict.REJECTED.value:
        return False
    return bool(activity["verdict"] != Verdict.TO_REVIEW.value or activity["confidence"] >= EVIDENCE_FROM)


def _value(name: str, setting: Setting, candidate: Candidate) -> float:
    signal = SIGNALS[name](setting, candidate)
    return min(1.0, max(0.0, signal.value)) if signal else math.nan


__all__ = ["ASKED", "OF_SEGMENT", "Values"]
