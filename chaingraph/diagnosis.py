"""What a region has of a chain, what hinders it, what to do and in which order (docs/methods.md §3–§5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from chaingraph.constraints import Finding, choose_action, findings
from chaingraph.errors import UnknownNameError
from chaingraph.graph import ChainGraph, Segment
from chaingraph.metrics import completeness, readiness
from chaingraph.model import Action, Area, ChainState, Constraint, Presence, SegmentKind, Stage
from chaingraph.phrases import Phrase
from chaingraph.places import Region
from chaingraph.presence import Thresholds, areas_around, because, footprint, grade, region_coverage


@dataclass(frozen=True)
class SegmentDiagnosis:
    """One segment in one region.

    `lq`, `lq_low`, `lq_high`: posterior mean and 90 % interval of the location quotient, NaN for markets.
    `company_count`: registrations linked plus known companies. `coverage` in [0, 1]: how much the source sees of the region.
    `keystone_gain`: how much the mean readiness of the chain's segments rises when this one is filled, in [0, 1].
    """

    segment_id: str
    name_zh: str
    name_en: str
    stage: Stage
    kind: SegmentKind
    presence: Presence
    lq: float
    lq_low: float
    lq_high: float
    company_count: int
    companies: tuple[str, ...]
    coverage: float
    findings: tuple[Finding, ...]
    action: Action | None
    is_provisional: bool
    keystone_gain: float
    unlocks: int
    because: Phrase

    @property
    def name(self) -> Phrase:
        """Name in both languages."""
        return Phrase(self.name_zh, self.name_en)

    @property
    def constraint(self) -> Constraint | None:
        """The gravest constraint."""
        return self.findings[0].constraint if self.findings else None

    @property
    def is_gap(self) -> bool:
        """Whether firms are looked for: something to establish, fill, strengthen or extend."""
        return self.action in (Action.ESTABLISH, Action.FILL, Action.STRENGTHEN, Action.EXTEND)


@dataclass(frozen=True)
class RoadmapStep:
    """One step of the roadmap (先招谁、再招谁): which segment next, and the chain's completeness after it."""

    order: int
    segment_id: str
    name_zh: Phrase
    action: Action
    unlocked: tuple[Phrase, ...]
    completeness: float


@dataclass(frozen=True)
class Diagnosis:
    """A chain in a region. `completeness` is (low, high): counting what is surely there, and what may be."""

    region: Region
    chain_id: str
    chain_name: Phrase
    chain_state: ChainState
    segments: tuple[SegmentDiagnosis, ...]
    completeness: tuple[float, float]
    coverage: float
    registrations: int
    coverage_text: Phrase
    roadmap: tuple[RoadmapStep, ...]
    version: str
    thresholds: Thresholds

    def __getitem__(self, segment_id: str) -> SegmentDiagnosis:
        for s in self.segments:
            if segment_id in (s.segment_id, s.segment_id.split("/")[1]):
                return s
        raise UnknownNameError("segment", segment_id, [s.segment_id for s in self.segments])

    @property
    def gaps(self) -> tuple[SegmentDiagnosis, ...]:
        """Segments for which firms are looked for, those that unlock most first."""
        return tuple(sorted((s for s in self.segments if s.is_gap), key=lambda s: (-s.keystone_gain, s.segment_id)))

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per segment: the same frame on the terminal, in files and on the dashboard."""
        return pd.DataFrame(
            {
                "segment_id": s.segment_id,
                "name_zh": s.name_zh,
                "name_en": s.name_en,
                "stage": s.stage.value,
                "segment_kind": s.kind.value,
                "presence": s.presence.value,
                "location_quotient": s.lq,
                "lq_low": s.lq_low,
                "lq_high": s.lq_high,
                "company_count": s.company_count,
                "coverage": s.coverage,
                "constraint": s.constraint.value if s.constraint else None,
                "constraint_area": s.findings[0].area.value if s.findings else None,
                "constraint_text": "；".join(f.text for f in s.findings) or None,
                "action": s.action.value if s.action else None,
                "is_provisional": s.is_provisional,
                "keystone_gain": s.keystone_gain,
                "unlocks": s.unlocks,
                "because": str(s.because),
            }
            for s in self.segments
        )

    def as_dict(self) -> dict[str, object]:
        """Return everything as plain values, ready for JSON (not known is null)."""
        frame = self.to_pandas().astype(object)
        return {
            "region_code": self.region.code,
            "region": self.region.name_zh,
            "chain_id": self.chain_id,
            "chain": str(self.chain_name),
            "chain_state": self.chain_state.value,
            "completeness_low": self.completeness[0],
            "completeness_high": self.completeness[1],
            "coverage": self.coverage,
            "registrations": self.registrations,
            "coverage_text": str(self.coverage_text),
            "data_version": self.version,
            "segments": frame.where(frame.notna(), None).to_dict("records"),
            "roadmap": [
                {
                    "order": r.order,
                    "segment_id": r.segment_id,
                    "name_zh": str(r.name_zh),
                    "action": r.action.value,
                    "completeness": r.completeness,
                }
                for r in self.roadmap
            ],
        }


def diagnose(graph: ChainGraph, region: str, chain: str, thresholds: Thresholds | None = None) -> Diagnosis:
    """Diagnose a chain (id or name) in a region (code or name)."""
    limits = thresholds or Thresholds()
    place, chain_id = graph.find_region(region), graph.find_chain(chain)
    segments = graph.chain_segments(chain_id)
    own = footprint(graph, place)
    areas = {Area.CITY: own, **areas_around(graph, place, limits)}
    column = {s: i for i, s in enumerate(graph.segment_ids)}
    total, coverage, coverage_text = region_coverage(graph, place)
    grades = {
        s.id: Presence.UNKNOWN
        if s.kind is SegmentKind.MARKET
        else grade(
            own.count[column[s.id]],
            own.low[column[s.id]],
            own.high[column[s.id]],
            limits,
            sees_absence=s.kind is SegmentKind.MAKING,
            leaders=len(graph.places.leaders_here(place.code, s.id)),
        )
        for s in segments
    }
    producing = [s for s in segments if s.kind is not SegmentKind.MARKET]
    present = {s.id for s in producing if grades[s.id] not in (Presence.MISSING, Presence.UNKNOWN)}
    maybe = present | {s.id for s in producing if grades[s.id] is Presence.UNKNOWN}
    state = _state(producing, present, limits)
    found_at = {s.id: tuple(findings(graph, s, present, grades, areas, place, column, limits)) for s in producing}
    needs = graph.needs(chain_id)
    base = readiness(needs, present)
    made = graph.producible(chain_id, present)
    rows = []
    for s in segments:
        i = column[s.id]
        found = found_at.get(s.id, ())
        needed = bool(graph.downstream(s.id) & present)
        action = choose_action(
            s.kind,
            grades[s.id],
            [f.constraint for f in found],
            is_location_bound=s.is_location_bound,
            is_needed_here=needed,
            chain_state=state,
        )
        after = readiness(needs, present | {s.id})
        gain = float(np.mean([after[k] - base[k] for k in needs])) if s.id in needs and s.id not in present else 0.0
        unlocks = len(graph.producible(chain_id, present | {s.id})) - len(made) if s.id not in present and s.id in needs else 0
        market = s.kind is SegmentKind.MARKET
        rows.append(
            SegmentDiagnosis(
                s.id,
                s.name_zh,
                s.name_en,
                s.stage,
                s.kind,
                grades[s.id],
                float("nan") if market else float(own.mean[i]),
                float("nan") if market else float(own.low[i]),
                float("nan") if market else float(own.high[i]),
                int(own.count[i]),
                tuple(graph.places.companies_here(place.code, s.id)),
                coverage,
                found,
                action,
                grades[s.id] is Presence.UNKNOWN and action is not None,
                gain,
                unlocks,
                because(s, grades[s.id], own, i),
            )
        )
    low = completeness(made, [s.id for s in producing])
    high = completeness(graph.producible(chain_id, maybe), [s.id for s in producing])
    path = roadmap(
        graph, chain_id, present, {r.segment_id: r.action for r in rows if r.is_gap and r.action and r.segment_id not in present}
    )
    return Diagnosis(
        place,
        chain_id,
        graph.chains[chain_id],
        state,
        tuple(rows),
        (low, high),
        coverage,
        total,
        coverage_text,
        path,
        graph.version,
        limits,
    )


def roadmap(graph: ChainGraph, chain: str, present: set[str], gaps: dict[str, Action]) -> tuple[RoadmapStep, ...]:
    """Order the gaps greedily: first by segments that become producible, then by readiness gained, then by id."""
    have = set(present)
    steps: list[RoadmapStep] = []
    needs = graph.needs(chain)
    wanted = [s.id for s in graph.chain_segments(chain, producing=True)]
    left = dict(gaps)
    while left:
        made = graph.producible(chain, have)
        scored = []
        for segment in left:
            more = graph.producible(chain, have | {segment})
            gain = round(sum(readiness(needs, have | {segment}).values()), 9)
            scored.append((-len(more - made), -gain, segment, more - made))
        _, _, best, unlocked = min(scored, key=lambda t: t[:3])
        have.add(best)
        names = tuple(graph.segments[s].name for s in sorted(unlocked))
        share = completeness(graph.producible(chain, have), wanted)
        steps.append(RoadmapStep(len(steps) + 1, best, graph.segments[best].name, left.pop(best), names, share))
    return tuple(steps)


def _state(producing: Sequence[Segment], present: set[str], limits: Thresholds) -> ChainState:
    if not present:
        return ChainState.ABSENT
    return ChainState.ROOTED if len(present) / len(producing) >= limits.rooted_share else ChainState.PARTIAL
