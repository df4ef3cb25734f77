"""How much of a segment a region has, with its interval, and how far the sources can see (docs/methods.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chaingraph.graph import ChainGraph, Segment
from chaingraph.metrics import Array, expected_count, gamma_poisson_interval
from chaingraph.model import PERIODS, Area, Presence, RegionLevel, SegmentKind
from chaingraph.places import Region


@dataclass(frozen=True)
class Thresholds:
    """Bounds of grades and constraints; each is a declared judgement, the same for every region and chain."""

    strong_from: float = 1.0
    """Lower bound of the location quotient from which a segment is strong: surely more than the nation's mix."""
    adequate_from: float = 0.5
    """Lower bound from which it is adequate."""
    missing_below: float = 0.5
    """Upper bound below which a segment without any firm is missing; above it, the data are too thin to say so."""
    strong_companies: int = 5
    few_companies: int = 3
    """Fewer producers than this within reach of an essential input are a bottleneck."""
    concentrated_hhi: float = 0.25
    """HHI above which an input is concentrated (US DoJ/FTC Merger Guidelines 2010: 0.25 = highly concentrated)."""
    domestic_share_floor: float = 0.6
    """Domestic share of supply below which an essential input without substitute is a chokepoint."""
    radius_km: float = 150.0
    rooted_share: float = 0.5
    """Share of producing segments present from which a chain is rooted here."""


@dataclass(frozen=True)
class Footprint:
    """Counts by segment within an area, in the order of `graph.segment_ids`."""

    count: Array
    expected: Array
    capital: Array
    capital_sq: Array
    low: Array
    mean: Array
    high: Array


def grade(count: float, low: float, high: float, limits: Thresholds, *, sees_absence: bool = True) -> Presence:
    """Return the presence of a segment from its firms and the bounds of its location quotient.

    Graded on the bound, not the point. Missing needs no firm and an upper bound below `missing_below`; with
    `sees_absence` false (the source does not cover such firms) it is never said. Monotone in the count.
    """
    if count <= 0:
        return Presence.MISSING if sees_absence and high < limits.missing_below else Presence.UNKNOWN
    if low >= limits.strong_from and count >= limits.strong_companies:
        return Presence.STRONG
    if low >= limits.adequate_from and count >= limits.few_companies:
        return Presence.ADEQUATE
    return Presence.WEAK


def footprint(graph: ChainGraph, place: Region) -> Footprint:
    """Return the footprint of a region: a county by its own rows, a city or province by its cities."""
    if place.level is RegionLevel.COUNTY:
        count, capital, capital_sq = graph.places.county_counts(place.code)
        exposure = graph.places.county_exposure(place.code)
    else:
        rows = [
            i
            for i, c in enumerate(graph.places.cities)
            if c == place.code or (place.code not in graph.places.cities and graph.regions[c].parent_code == place.code)
        ]
        return _sum(graph, rows)
    return _interval(graph, count, exposure, capital, capital_sq)


def _sum(graph: ChainGraph, rows: Sequence[int]) -> Footprint:
    money, squares = graph.places.capital
    picked = list(rows)
    return _interval(
        graph,
        graph.places.counts[picked].sum(0),
        float(graph.places.exposure[picked].sum()),
        money[picked].sum(0),
        squares[picked].sum(0),
    )


def _interval(graph: ChainGraph, count: Array, exposure: float, capital: Array, capital_sq: Array) -> Footprint:
    expected = expected_count(np.array(exposure), graph.places.counts.sum(0), count, float(graph.places.exposure.sum()))
    mean, low, high = gamma_poisson_interval(count, expected)
    return Footprint(count, expected, capital, capital_sq, low, mean, high)


def areas_around(graph: ChainGraph, place: Region, limits: Thresholds) -> dict[Area, Footprint]:
    """Return the footprints of the wider areas: within the radius, the province, the nation."""
    index = {c: i for i, c in enumerate(graph.places.cities)}
    near = (
        [index[c] for c in graph.places.within(place.code, limits.radius_km)] if graph.places.city_of(place.code) in index else []
    )
    province = [i for c, i in index.items() if c[:2] == place.code[:2]]
    return {
        Area.RADIUS: _sum(graph, near),
        Area.PROVINCE: _sum(graph, province),
        Area.NATION: _sum(graph, range(len(graph.places.cities))),
    }


def region_coverage(graph: ChainGraph, place: Region) -> tuple[int, float, str]:
    """Return (registrations the source has here, coverage in [0, 1], sentence).

    Coverage is the mean over the five periods of min(1, registrations here ÷ those of the median place of its level).
    """
    frame = graph.places.registrations
    if place.level is RegionLevel.COUNTY:
        unit = frame["region_code"]
    else:
        unit = frame["region_code"].map({c: graph.places.city_of(c) for c in frame["region_code"].unique()})
    if place.level is RegionLevel.PROVINCE and place.code not in graph.places.cities:
        unit = frame["region_code"].str[:2] + "0000"
    shares, total, dry = [], 0, []
    for period, first, last in PERIODS:
        counts = frame.loc[frame["year"].between(first, last), "registration_count"].groupby(unit).sum()
        peers = counts[
            counts.index.map(lambda c: (c in graph.regions and graph.regions[c].level is place.level) or c == place.code)
        ]
        mine = int(counts.get(place.code, 0))
        total += mine
        middle = float(peers.median()) if len(peers) else 0.0
        shares.append(min(1.0, mine / middle) if middle > 0 else 0.0)
        if shares[-1] < 0.1:
            dry.append(period)
    value = float(np.mean(shares))
    text = f"来源在{place.name_zh}共有 {total} 条制造业登记（1978–2019），覆盖度 {value:.0%}"
    if dry:
        text += f"；{'、'.join(dry)} 几乎没有数据"
    if value < 0.4:
        text += "：数据稀薄，未见企业不等于没有企业"
    return total, value, text


def because(segment: Segment, presence: Presence, own: Footprint, i: int) -> str:
    """Say in a sentence why a segment has its grade; `i` is its column."""
    if segment.kind is SegmentKind.MARKET:
        return "需求侧：不是可招的环节"
    count, expected = int(own.count[i]), own.expected[i]
    if presence is Presence.UNKNOWN:
        why = (
            "来源只收制造业登记，服务环节看不到"
            if segment.kind is SegmentKind.SERVICE
            else f"按全国比重也只应有 {expected:.1f} 家"
        )
        return f"未见企业，但数据不足以断定缺失（{why}）"
    if presence is Presence.MISSING:
        return f"未见企业，而按全国比重应有 {expected:.1f} 家"
    return f"{count} 家，按全国比重应有 {expected:.1f} 家"
