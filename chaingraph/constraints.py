"""What hinders a chain at a segment, and what to do about it (docs/methods.md §4–§5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chaingraph.graph import ChainGraph, Segment
from chaingraph.metrics import hhi_from_sums
from chaingraph.model import Action, Area, ChainState, Constraint, Presence, RegionLevel, SegmentKind
from chaingraph.places import Region
from chaingraph.presence import Footprint, Thresholds


@dataclass(frozen=True)
class Finding:
    """A constraint at a segment: which, within which area it still holds, and the sentence."""

    constraint: Constraint
    area: Area
    text: str


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
    """Constraints at a segment that something present here cannot do without, gravest first."""
    links = [k for k in graph.customers(segment.id) if k.is_essential and k.customer_id in present]
    if not links:
        return []
    names = "、".join(dict.fromkeys(graph.segments[k.customer_id].name_zh for k in links))
    i = column[segment.id]
    found = []
    alone = [k for k in links if not k.substitute_group]
    if alone and segment.domestic_share < limits.domestic_share_floor:
        found.append(
            Finding(
                Constraint.CHOKEPOINT,
                Area.NATION,
                f"卡点：{names}离不开它，无可替代，所属行业国内供给只占 {segment.domestic_share:.0%}（2020 年投入产出表，行业口径）",
            )
        )
    unmet = [k for k in links if not _met(graph, k.customer_id, k.substitute_group, segment.id, areas[Area.CITY], column)]
    if unmet and grades[segment.id] is Presence.MISSING:
        area = max((a for a in Area if areas[a].count[i] <= 0), key=list(Area).index)
        found.append(Finding(Constraint.BREAK, area, f"断点：{names}要用，{_reach(graph, place, areas, i, limits)}"))
    near = areas[Area.RADIUS]
    if areas[Area.CITY].count[i] > 0:
        if near.count[i] < limits.few_companies:
            found.append(
                Finding(
                    Constraint.BOTTLENECK,
                    Area.RADIUS,
                    f"堵点：{names}要用，{limits.radius_km:.0f} 公里内只有 {int(near.count[i])} 家",
                )
            )
        else:
            concentration = hhi_from_sums(near.capital[i], near.capital_sq[i])
            if concentration > limits.concentrated_hhi:
                found.append(
                    Finding(
                        Constraint.BOTTLENECK,
                        Area.RADIUS,
                        f"堵点：{names}要用，{limits.radius_km:.0f} 公里内 {int(near.count[i])} 家但注册资本集中（HHI {concentration:.2f}）",
                    )
                )
    return found


def _met(graph: ChainGraph, customer: str, group: str, segment: str, area: Footprint, column: dict[str, int]) -> bool:
    """Whether another member of the substitute group has a producer in the area."""
    if not group:
        return False
    return any(
        k.supplier_id != segment and k.substitute_group == group and area.count[column[k.supplier_id]] > 0
        for k in graph.inputs(customer)
    )


def _reach(graph: ChainGraph, place: Region, areas: dict[Area, Footprint], i: int, limits: Thresholds) -> str:
    """Say where the nearest producer is."""
    near, province, nation = (int(areas[a].count[i]) for a in (Area.RADIUS, Area.PROVINCE, Area.NATION))
    city = graph.places.city_of(place.code)
    for other in graph.places.within(place.code, 5000.0):
        row = graph.places.cities.index(other)
        if graph.places.counts[row, i] > 0 and (other != city or place.level is RegionLevel.COUNTY):
            away = graph.places.distances[graph.places.cities.index(city), row]
            where = f"最近在{graph.regions[other].name_zh}" + (f"（{away:.0f} 公里）" if other != city else "（同市）")
            break
    else:
        where = "全国数据中也没有见到"
    return f"本地没有生产者；{limits.radius_km:.0f} 公里内 {near} 家，全省 {province} 家，全国 {nation} 家；{where}"
