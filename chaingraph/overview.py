"""A chain at a glance, and which chain of a city needs its chief's attention first (docs/methods.md §5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.labels import label
from chaingraph.model import Area, ChainState, Constraint, Presence, SegmentKind
from chaingraph.phrases import Phrase, counted, joined, said
from chaingraph.roadmap import RoadmapStep

CONCERNS = ("steady", "absent", "data", "bottleneck", "opening", "chokepoint", "break")
"""What a chain may call for, least urgent first: the place on this list is the whole number of `attention`."""

UNKNOWN_SHARE = 0.5
"""Share of producing segments not known above which a diagnosis is too thin to act on: first get the data. Declared judgement."""

THIN_COVERAGE = 0.4
"""Coverage of the region below which the sentence says how little the sources see, as that of the diagnosis does."""

OPENS = 2
"""From so many segments that one filled gap makes producible, itself included, it opens the chain. Declared judgement."""


@dataclass(frozen=True)
class ChainGlance:
    """A chain in a region in a few numbers, and what it calls for.

    `completeness`: (low, high) as in the diagnosis. `segments`: producing segments by presence. `constraints`: segments by the
    constraints found there. `gaps`: number of segments firms are looked for. `next_step`: first step of the roadmap, None when
    nothing is to be filled. `coverage` in [0, 1]: how much the source sees of the region. `attention`: higher first; its whole
    number is the place of the concern in `CONCERNS`, its fraction what is at stake. `why`: the sentence for it.
    """

    chain_id: str
    name: Phrase
    completeness: tuple[float, float]
    state: ChainState
    segments: Mapping[Presence, int]
    constraints: Mapping[Constraint, int]
    gaps: int
    next_step: RoadmapStep | None
    coverage: float
    attention: float
    why: Phrase

    @property
    def concern(self) -> str:
        """What the chain calls for, a word of `CONCERNS`."""
        return CONCERNS[int(self.attention)]


def glance(diagnosis: Diagnosis) -> ChainGlance:
    """Return a chain's diagnosis at a glance.

    attention = place of the concern in `CONCERNS` + share present × share at stake, the latter below 1. At stake are: of a break
    or an opening, the segments that filling it makes producible; of chokepoints and bottlenecks, the segments that carry one; of
    missing data, the segments not known; of a steady chain, its gaps.
    """
    producing = [s for s in diagnosis.segments if s.kind is not SegmentKind.MARKET]
    grades = Counter(s.presence for s in producing)
    total = max(len(producing), 1)
    present = len(producing) - grades[Presence.UNKNOWN] - grades[Presence.MISSING]
    concern, at_stake, why = _concern(diagnosis, producing, grades[Presence.UNKNOWN], whole=present == len(producing))
    return ChainGlance(
        diagnosis.chain_id,
        diagnosis.chain_name,
        diagnosis.completeness,
        diagnosis.chain_state,
        {p: grades[p] for p in Presence},
        {c: len(_carrying(producing, c)) for c in Constraint},
        len(diagnosis.gaps),
        diagnosis.roadmap[0] if diagnosis.roadmap else None,
        diagnosis.coverage,
        CONCERNS.index(concern) + min(0.99, present / total * at_stake / total),
        why,
    )


def by_attention(glances: Iterable[ChainGlance]) -> list[ChainGlance]:
    """Return chains in the order in which they need attention; equals by the id of the chain."""
    return sorted(glances, key=lambda g: (-g.attention, g.chain_id))


def _concern(
    diagnosis: Diagnosis, producing: Sequence[SegmentDiagnosis], unknown: int, *, whole: bool
) -> tuple[str, int, Phrase]:
    """Return what the chain calls for, how many segments are at stake, and the sentence: the first that holds."""
    total, step = len(producing), diagnosis.roadmap[0] if diagnosis.roadmap else None
    broken = sorted(_carrying(producing, Constraint.BREAK), key=lambda s: (-s.unlocks, -s.keystone_gain, s.segment_id))
    if broken:
        return "break", max(broken[0].unlocks, 1), _broken(broken, diagnosis.thresholds.radius_km)
    if unknown > UNKNOWN_SHARE * total:
        return "data", unknown, _unseen(total, unknown, diagnosis.coverage)
    if diagnosis.chain_state is ChainState.ABSENT:
        return "absent", 0, _absent(step)
    choked = _carrying(producing, Constraint.CHOKEPOINT)
    if choked:
        names = _named(choked)
        why = Phrase(
            f"卡点：{names}必需且无替代，判断为依赖进口",
            f"Chokepoint: {names.en}, essential and without substitute, judged to depend on imports",
        )
        return "chokepoint", len(choked), why
    if step and len(step.unlocked) >= OPENS:
        return "opening", len(step.unlocked), _opening(diagnosis, step)
    narrow = _carrying(producing, Constraint.BOTTLENECK)
    if narrow:
        names = _named(narrow)
        return (
            "bottleneck",
            len(narrow),
            Phrase(f"堵点：{names}的供给集中在少数企业", f"Bottleneck: {names.en} in the hands of few firms"),
        )
    return "steady", len(diagnosis.gaps), _steady(diagnosis, step, whole=whole)


def _carrying(segments: Iterable[SegmentDiagnosis], constraint: Constraint) -> list[SegmentDiagnosis]:
    return [s for s in segments if any(f.constraint is constraint for f in s.findings)]


def _named(segments: Sequence[SegmentDiagnosis]) -> Phrase:
    """Name two segments, and say how many there are when there are more."""
    more = len(segments) - 2
    names = joined((s.name for s in segments[:2]), en=", " if more > 0 else " and ")
    return Phrase(f"{names}等 {len(segments)} 个环节", f"{names.en} and {more} more") if more > 0 else names


def _broken(broken: Sequence[SegmentDiagnosis], radius_km: float) -> Phrase:
    worst, more = broken[0], len(broken) - 1
    where = {
        Area.CITY: Phrase("本地", "here"),
        Area.RADIUS: Phrase(f"{radius_km:.0f} 公里内", f"within {radius_km:.0f} km"),
        Area.PROVINCE: Phrase("全省", "in the province"),
        Area.NATION: Phrase("全国", "in the nation"),
    }[next(f.area for f in worst.findings if f.constraint is Constraint.BREAK)]
    why = Phrase(f"断点：{where}没有{worst.name}的生产者", f"Break: nobody {where.en} makes {worst.name.en}")
    if worst.unlocks:
        why += Phrase(f"，补上可打通 {worst.unlocks} 个环节", f"; filling it opens {counted(worst.unlocks, 'segment')}")
    else:
        why += Phrase("，它自己的上游也不全", "; its own inputs are not complete either")
    return why + Phrase(f"；另有 {more} 处断点", f"; {counted(more, 'more break')}") if more else why


def _unseen(total: int, unknown: int, coverage: float) -> Phrase:
    why = Phrase(
        f"先补数据：{total} 个环节中 {unknown} 个不详", f"First get the data: {unknown} of {counted(total, 'segment')} not known"
    )
    if coverage < THIN_COVERAGE:
        why += Phrase(f"，数据覆盖度只有 {coverage:.0%}", f", coverage only {coverage:.0%}")
    return why + Phrase("，核实之后再定招谁", "; verify before deciding whom to attract")


def _absent(step: RoadmapStep | None) -> Phrase:
    why = Phrase("尚未成链：各环节都未见企业", "No chain yet: no firm seen in any segment")
    return why + Phrase(f"，要建先建{step.name_zh}", f"; to establish it, begin with {said(step.name_zh, 'en')}") if step else why


def _opening(diagnosis: Diagnosis, step: RoadmapStep) -> Phrase:
    low, number = diagnosis.completeness[0], len(step.unlocked)
    why = Phrase(
        f"关键缺口：补上{step.name_zh}可打通 {number} 个环节，完整度从 {low:.0%} 到 {step.completeness:.0%}",
        f"Key gap: filling {said(step.name_zh, 'en')} opens {counted(number, 'segment')}, completeness from {low:.0%} to {step.completeness:.0%}",
    )
    if not diagnosis[step.segment_id].is_provisional:
        return why
    return why + Phrase("；本地有没有尚不详，先核实", "; whether it is here is not known: verify first")


def _steady(diagnosis: Diagnosis, step: RoadmapStep | None, *, whole: bool) -> Phrase:
    why, number = Phrase("未见断点、堵点、卡点", "No break, bottleneck or chokepoint seen"), len(diagnosis.gaps)
    if step:
        action, name = step.action, step.name_zh
        return why + Phrase(f"；下一步{label(action)}：{name}", f"; next, {label(action, 'en')}: {said(name, 'en')}")
    if whole:
        why += Phrase("，环节齐全", ", every segment is here")
    return why + (
        Phrase(f"，{number} 个可再强", f", {number} could be stronger") if number else Phrase("，守住即可", "; keep it")
    )


__all__ = ["CONCERNS", "OPENS", "THIN_COVERAGE", "UNKNOWN_SHARE", "ChainGlance", "by_attention", "glance"]
