"""The vocabulary: one concept, one word (docs/glossary.md gives the Chinese term of each)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """Position of a segment in its chain: 上游 · 中游 · 下游."""

    UPSTREAM = "upstream"
    MIDSTREAM = "midstream"
    DOWNSTREAM = "downstream"


class SegmentKind(StrEnum):
    """What a segment is: something made, a service, or a market (user industry: demand, never a gap for a factory)."""

    MAKING = "making"
    SERVICE = "service"
    MARKET = "market"


class Presence(StrEnum):
    """How much of a segment a region has; UNKNOWN when the sources cannot tell (never MISSING from a data hole)."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    WEAK = "weak"
    ADEQUATE = "adequate"
    STRONG = "strong"


class Constraint(StrEnum):
    """What hinders a chain at a segment: 断点 · 堵点 · 卡点."""

    BREAK = "break"
    BOTTLENECK = "bottleneck"
    CHOKEPOINT = "chokepoint"


class Action(StrEnum):
    """What to do about a segment: 建链 · 补链 · 强链 · 延链 · 稳链."""

    ESTABLISH = "establish"
    FILL = "fill"
    STRENGTHEN = "strengthen"
    EXTEND = "extend"
    STABILIZE = "stabilize"


class Area(StrEnum):
    """The area within which a producer is looked for, narrowest first."""

    CITY = "city"
    RADIUS = "radius"
    PROVINCE = "province"
    NATION = "nation"


class ChainState(StrEnum):
    """How much of a whole chain a region has: nothing that can be seen, a part, or its core."""

    ABSENT = "absent"
    PARTIAL = "partial"
    ROOTED = "rooted"


class Verdict(StrEnum):
    """What became of a possible activity: 确认 · 待核 · 否决."""

    CONFIRMED = "confirmed"
    TO_REVIEW = "to_review"
    REJECTED = "rejected"


class Confidence(StrEnum):
    """How well a fact is supported by what was published."""

    VERIFIED = "verified"
    SINGLE_SOURCE = "single-source"
    MIXED = "mixed"
    GENERAL_KNOWLEDGE = "general-knowledge"
    JUDGEMENT = "judgement"
    COMPUTED = "computed"
    NOT_FOUND = "not-found"


class Ownership(StrEnum):
    """Who controls a company."""

    CENTRAL_STATE = "central_state"
    LOCAL_STATE = "local_state"
    PRIVATE = "private"
    FOREIGN = "foreign"
    COLLECTIVE = "collective"
    NONE = "no_controller"


class RegionLevel(StrEnum):
    """Level of a region in GB/T 2260."""

    NATION = "nation"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


PERIODS: tuple[tuple[str, int, int], ...] = (
    ("to-2000", 0, 2000),
    ("2001-05", 2001, 2005),
    ("2006-10", 2006, 2010),
    ("2011-15", 2011, 2015),
    ("2016-19", 2016, 2019),
)
"""Periods of registration: (id, first year, last year), both included."""


@dataclass(frozen=True)
class Reason:
    """One signal's share of a score.

    `value` is in [0, 1], or None when not known; then `points` come from the signal's declared `when_unknown` and
    `known` is false. points = 100 × weight × value.
    """

    signal: str
    value: float | None
    weight: float
    points: float
    text: str
    origin_id: str

    @property
    def known(self) -> bool:
        """Whether the signal was known for this company."""
        return self.value is not None


@dataclass(frozen=True)
class Recommendation:
    """A target firm (目标企业) for one segment in one region: a score that is the exact sum of its reasons.

    `score` is in [0, 100]; `coverage` in [0, 1] is the share of weight whose signal is known.
    """

    rank: int
    company_id: str
    name: str
    segment_id: str
    segment_name: str
    region_code: str
    reasons: tuple[Reason, ...]
    against: str
    rival_region: str
    rival_text: str
    seat: str = ""
    lists: tuple[str, ...] = ()
    also_fits: tuple[str, ...] = ()
    not_known: tuple[str, ...] = field(default=())

    @property
    def score(self) -> float:
        """Sum of the reasons' points, in [0, 100]."""
        return sum(reason.points for reason in self.reasons)

    @property
    def coverage(self) -> float:
        """Share of the weight whose signal is known, in [0, 1]."""
        total = sum(reason.weight for reason in self.reasons)
        return sum(reason.weight for reason in self.reasons if reason.known) / total if total else 0.0

    @property
    def strongest(self) -> tuple[Reason, ...]:
        """The known reasons that give most points, at most three."""
        return tuple(sorted((r for r in self.reasons if r.known and r.points > 0), key=lambda r: -r.points)[:3])

    def explain(self) -> str:
        """Say in lines why this firm: the strongest reasons, the counter-argument, the rival, what is not known."""
        lines = [f"{self.rank}. {self.name} → {self.segment_name} · {self.score:.1f} 分 · 已知权重 {self.coverage:.0%}"]
        lines += [f"   + {reason.points:4.1f}  {reason.text}" for reason in self.strongest]
        lines.append(f"   − {self.against}")
        if self.rival_text:
            lines.append(f"   ⇄ {self.rival_text}")
        if self.also_fits:
            lines.append(f"   也适合：{'、'.join(self.also_fits)}")
        if self.not_known:
            lines.append(f"   ? 未知：{'、'.join(self.not_known)}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """Return the recommendation as plain JSON-ready values."""
        return {
            "rank": self.rank,
            "company_id": self.company_id,
            "name": self.name,
            "segment_id": self.segment_id,
            "segment_name": self.segment_name,
            "region_code": self.region_code,
            "score": self.score,
            "coverage": self.coverage,
            "reasons": [
                {
                    "signal": r.signal,
                    "value": r.value,
                    "weight": r.weight,
                    "points": r.points,
                    "text": r.text,
                    "origin_id": r.origin_id,
                }
                for r in self.reasons
            ],
            "against": self.against,
            "rival_region": self.rival_region,
            "rival_text": self.rival_text,
            "seat": self.seat,
            "lists": list(self.lists),
            "also_fits": list(self.also_fits),
            "not_known": list(self.not_known),
        }


@dataclass(frozen=True)
class Exclusion:
    """A firm that was considered and left out, and why."""

    company_id: str
    name: str
    segment_id: str
    reason: str
    text: str
