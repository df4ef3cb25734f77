"""What hinders a chain at a segment, and what to do about it (docs/methods.md §4–§5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from chaingraph.graph import ChainGraph, Segment, SupplyLink
from chaingraph.metrics import hhi_from_sums
from chaingraph.model import Action, Area, ChainState, Constraint, Presence, RegionLevel, SegmentKind
from chaingraph.phrases import Phrase, counted, joined
from chaingraph.places import Region
from chaingraph.presence import Footprint, Thresholds


@dataclass(frozen=True)
class Finding:
    """A constraint at a segment: which, within which area it still holds, and the sentence (docs/methods.md §4).

    >>> finding = cg.diagnose(graph, "肇庆", "power-battery")["anode"].findings[0]
    >>> finding.constraint.value, finding.area.value, finding.text.en
    ('bottleneck', 'radius', 'Bottleneck: needed by Cells and battery packs; only 2 firms within 150 km')
    """

    constraint: Constraint
    area: Area
    text: Phrase


def choose_action(
    kind: SegmentKind,
    presence: Presence,
    constraints: Sequence[Constraint],
    *,
    is_location_bound: bool,
    is_needed_here: bool,
    chain_state: ChainState,
) -> Action | None:
    """Return what to do about a segment: a pure table (docs/methods.md §5).

    Markets are demand: nothing to do. What is bound to an ore or a port is secured elsewhere: 稳链. An absent chain is
    established: 建链. A missing input of what is here is filled: 补链; a missing continuation of what is here extends: 延链.
    What is there and not yet strong is strengthened: 强链. What is strong is kept: 稳链.
    """
    if kind is SegmentKind.MARKET:
        return None
    absent = presence in (Presence.MISSING, Presence.UNKNOWN)
    if is_location_bound:
        return Action.STABILIZE if absent or constraints else None
    if absent:
        if chain_state is ChainState.ABSENT:
            return Action.ESTABLISH
        return Action.FILL if is_needed_here or Constraint.BREAK in constraints else Action.EXTEND
    if presence in (Presence.WEAK, Presence.ADEQUATE):
        return Action.STRENGTHEN
    return Action.STABILIZE


def findings(
    graph: ChainGraph,
    segment: Segment,
    present: set[str],
    grades: dict[str, Presence],
    areas: dict[Area, Footprint],
    place: Region,
    column: dict[str, int],
    limits: Thresholds,
) -> list[Finding]:
    """Constraints at a segment that something present here cannot do without, gravest first.

    A break holds in the widest area up to which nobody, near or far, makes the input or what replaces it. A province has no
    radius: it is looked at whole. Of services the source sees too few to say that they are few or concentrated.
    """
    links = [k for k in graph.customers(segment.id) if k.is_essential and not k.is_recycling and k.customer_id in present]
    if not links:
        return []
    # Commas stand within names of segments in English.
    names = joined(dict.fromkeys(graph.segments[k.customer_id].name for k in links), en=" / ")
    i = column[segment.id]
    found = []
    alone = [k for k in links if not k.substitute_group]
    if alone and segment.is_import_dependent:
        share = segment.domestic_share
        text = Phrase(
            f"卡点：{names}必需且无替代，判断为依赖进口",
            f"Chokepoint: essential to {names.en} and without substitute, judged to depend on imports",
        )
        if not math.isnan(share):
            text += Phrase(
                f"；所属大类国内自给率 {share:.0%}（2020 年，非本产品口径）",
                f"; domestic share of its sector {share:.0%} (2020, not of this product)",
            )
        found.append(Finding(Constraint.CHOKEPOINT, Area.NATION, text))
    if grades[segment.id] is Presence.MISSING:
        broken = [a for a in Area if a in areas]
        for n, area in enumerate(broken):
            if areas[area].count[i] > 0 or all(_met(graph, k, areas[area], column) for k in links):
                broken = broken[:n]
                break
        if broken:
            needed = Phrase(f"断点：{names}要用，", f"Break: needed by {names.en}; ")
            found.append(Finding(Constraint.BREAK, broken[-1], needed + _reach(graph, place, areas, i, limits)))
    making = any(graph.segments[k.customer_id].kind is SegmentKind.MAKING for k in links)
    held = grades[segment.id] in (Presence.WEAK, Presence.ADEQUATE)
    if held and making and segment.kind is SegmentKind.MAKING:
        area = Area.RADIUS if Area.RADIUS in areas else Area.PROVINCE
        within = Phrase(f"{limits.radius_km:.0f} 公里内", f"within {limits.radius_km:.0f} km")
        near, where = areas[area], within if area is Area.RADIUS else Phrase("全省", "in the province")
        number, concentration = int(near.count[i]), hhi_from_sums(near.capital[i], near.capital_sq[i])
        text = Phrase(f"堵点：{names}要用，", f"Bottleneck: needed by {names.en}; ")
        if number < limits.few_companies:
            text += Phrase(f"{where}只有 {number} 家", f"only {counted(number, 'firm')} {where.en}")
            found.append(Finding(Constraint.BOTTLENECK, area, text))
        elif number < limits.crowded_companies and concentration > limits.concentrated_hhi:
            text += Phrase(
                f"供给集中于少数企业（{where} {number} 家，按注册资本 HHI {concentration:.2f}）",
                f"supply is in few hands ({counted(number, 'firm')} {where.en}, HHI by registered capital {concentration:.2f})",
            )
            found.append(Finding(Constraint.BOTTLENECK, area, text))
    return found


def _met(graph: ChainGraph, link: SupplyLink, area: Footprint, column: dict[str, int]) -> bool:
    """Whether the area has a producer of another member of the link's substitute group."""
    return bool(link.substitute_group) and any(
        k.supplier_id != link.supplier_id
        and k.substitute_group == link.substitute_group
        and area.count[column[k.supplier_id]] > 0
        for k in graph.inputs(link.customer_id)
    )


def _reach(graph: ChainGraph, place: Region, areas: dict[Area, Footprint], i: int, limits: Thresholds) -> Phrase:
    """Say where the nearest producer is."""
    province, nation = (int(areas[a].count[i]) for a in (Area.PROVINCE, Area.NATION))
    text = Phrase("本地没有生产者；", "no producer here; ")
    if Area.RADIUS in areas:
        near = int(areas[Area.RADIUS].count[i])
        text += Phrase(f"{limits.radius_km:.0f} 公里内 {near} 家，", f"{near} within {limits.radius_km:.0f} km, ")
    text += Phrase(f"全省 {province} 家，全国 {nation} 家", f"{province} in the province, {nation} in the nation")
    if not nation:
        return text + Phrase("；全国数据中也没有见到", "; none seen in the data of the nation either")
    places, city = graph.places, graph.places.city_of(place.code)
    row = {c: r for r, c in enumerate(places.cities)}
    for other in places.within(place.code, 5000.0):
        if places.counts[row[other], i] > 0 and (other != city or place.level is RegionLevel.COUNTY):
            away = places.distances[row[city], row[other]]
            far = Phrase("同市", "the same city") if other == city else Phrase(f"{away:.0f} 公里", f"{away:,.0f} km")
            name = places.called(other)
            return text + Phrase(f"；最近在{name}（{far}）", f"; nearest in {name.en} ({far.en})")
    return text
