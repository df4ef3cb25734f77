"""The vocabulary: one concept, one word (docs/glossary.md gives the Chinese term of each)."""

from __future__ import annotations

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


class Siting(StrEnum):
    """What building a plant of a segment hangs on beyond a firm's will, by rules of the state; the sources are in docs/methods.md."""

    CAPACITY_SWAP = "capacity_swap"
    CHEAP_POWER = "cheap_power"
    STATE_APPROVAL = "state_approval"
    CHEMICAL_PARK = "chemical_park"


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


class TargetStatus(StrEnum):
    """How far a team is with a firm of its list: 备选 · 线索 · 已接触 · 已走访 · 放弃."""

    CANDIDATE = "candidate"
    LEAD = "lead"
    CONTACTED = "contacted"
    VISITED = "visited"
    DROPPED = "dropped"


class Mover(StrEnum):
    """Which kind of target a firm is: it is known to have plants in other cities, or none is known where one was looked for."""

    EXPANDER = "expander"
    NEWCOMER = "newcomer"


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


class LintRule(StrEnum):
    """What a careful reader would stumble over in a graph that is valid (docs/lint.md)."""

    DIRECTION_CONFLICT = "direction-conflict"
    LOOP = "loop"
    ORPHAN = "orphan"
    DEAD_END = "dead-end"
    DOUBLED_PRODUCT = "doubled-product"
    EMPTY_SEGMENT = "empty-segment"
    STALE_LIST = "stale-list"
    STALE_SOURCE = "stale-source"
    STALE_ACCEPTANCE = "stale-acceptance"


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
