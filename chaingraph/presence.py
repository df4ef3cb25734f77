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
    crowded_companies: int = 10
    """From so many producers within reach an input is no bottleneck, however unequal their capital."""
    radius_km: float = 150.0
    rooted_share: float = 0.5
    """Share of producing segments present from which a chain is rooted here."""


@dataclass(frozen=True)
class Footprint:
    """What an area has of every segment, in the order of `graph.segment_ids`.

    `count` and `expected` are firms; `low`, `mean`, `high` the posterior of the location quotient from the weight of evidence.
    """

    count: Array
    expected: Array
    capital: Array
    capital_sq: Array
    low: Array
    mean: Array
    high: Array


def grade(count: float, low: float, high: float, limits: Thresholds, *, sees_absence: bool = True, leaders: int = 0) -> Presence:
    """Return the presence of a segment from its firms and the bounds of its location quotient.

    Graded on the bound, not the point. Missing needs no firm and an upper bound below `missing_below`; with
    `sees_absence` false (the source does not cover such firms) it is never said. A leading firm of the segment, or a lower
    bound at which a segment with more firms would be strong, is adequate whatever the count. Monotone in the count.
    """
    if count <= 0:
        return Presence.MISSING if sees_absence and high < limits.missing_below else Presence.UNKNOWN
    if low >= limits.strong_from and count >= max(limits.strong_companies, 2):
        return Presence.STRONG
    if (low >= limits.adequate_from and count >= limits.few_companies) or low >= limits.strong_from or leaders > 0:
        return Presence.ADEQUATE
    return Presence.WEAK


def footprint(graph: ChainGraph, place: Region) -> Footprint:
    """Return the footprint of a region: a county by its own rows, a city by all rows within, a province by its cities and the rest."""
    places = graph.places
    if place.level is RegionLevel.COUNTY:
        return _interval(graph, places.own_exposure(place.code), *places.own_counts(place.code))
    if place.code in places.cities:
        return _sum(graph, [places.cities.index(place.code)])
    return _sum(graph, [i for i, c in enumerate(places.cities) if graph.regions[c].parent_code == place.code], rest=place.code)


def _sum(graph: ChainGraph, rows: Sequence[int], rest: str | None = None) -> Footprint:
    """Add up cities, and what the sources put at the code `rest` without naming a city."""
    places, picked = graph.places, list(rows)
    exposure = [float(e[picked].sum()) for e in places.exposure]
    columns = [a[picked].sum(0) for a in (places.counts, places.evidence, *places.capital)]
    if rest:
        exposure = [a + b for a, b in zip(exposure, places.own_exposure(rest), strict=True)]
        columns = [a + b for a, b in zip(columns, places.own_counts(rest), strict=True)]
    return _interval(graph, (exposure[0], exposure[1]), *columns)


def _interval(
    graph: ChainGraph, exposure: tuple[float, float], count: Array, evidence: Array, capital: Array, capital_sq: Array
) -> Footprint:
    """Put the posterior of the location quotient, from the weight of evidence, beside the counts of firms."""
    places = graph.places
    (firms, weight), (all_firms, all_evidence, *_) = places.nation_exposure, places.nation
    expected = expected_count(np.array(exposure[0]), all_firms, count, firms)
    mean, low, high = gamma_poisson_interval(evidence, expected_count(np.array(exposure[1]), all_evidence, evidence, weight))
    return Footprint(count, expected, capital, capital_sq, low, mean, high)


def areas_around(graph: ChainGraph, place: Region, limits: Thresholds) -> dict[Area, Footprint]:
    """Return the footprints of the wider areas: within the radius of its city, the province, the nation.

    A province has no single seat to measure from: no radius.
    """
    index = {c: i for i, c in enumerate(graph.places.cities)}
    around: dict[Area, Footprint] = {}
    if graph.places.city_of(place.code) in index:
        around[Area.RADIUS] = _sum(graph, [index[c] for c in graph.places.within(place.code, limits.radius_km)])
    code = f"{place.code[:2]}0000"
    around[Area.PROVINCE] = footprint(graph, graph.regions[code]) if code in graph.regions else footprint(graph, place)
    around[Area.NATION] = _interval(graph, graph.places.nation_exposure, *graph.places.nation)
    return around


def region_coverage(graph: ChainGraph, place: Region) -> tuple[int, float, str]:
    """Return (registrations the source has here, coverage in [0, 1], sentence).

    Coverage is the mean over the five periods of min(1, registrations here ÷ those of the median place of its kind that has
    any): counties with counties, prefectures with prefectures, municipalities with municipalities, provinces with all provinces.
    """
    frame = graph.places.registrations
    one_city = place.code in graph.places.cities
    whole = place.level is RegionLevel.PROVINCE and not one_city
    if place.level is RegionLevel.COUNTY:
        unit = frame["region_code"]
    else:
        unit = frame["region_code"].map({c: graph.places.city_of(c) for c in frame["region_code"].unique()})
    if whole:
        unit = frame["region_code"].str[:2] + "0000"
    alike = {c for c, r in graph.regions.items() if r.level is place.level and (whole or (c in graph.places.cities) is one_city)}
    shares, total, dry = [], 0, []
    for period, first, last in PERIODS:
        counts = frame.loc[frame["year"].between(first, last), "registration_count"].groupby(unit).sum()
        peers = counts[[c for c in counts.index if c in alike]]
        mine = int(counts.get(place.code, 0))
        total += mine
        middle = float(peers.median()) if len(peers) else 0.0
        shares.append(min(1.0, mine / middle) if middle > 0 else 0.0)
        if shares[-1] < 0.1:
            dry.append(period)
    value = float(np.mean(shares))
    text = f"来源在{place.name_zh}共有 {total} 条制造业登记（1978–2019），覆盖度 {value:.0%}（相对同级地区的中位数）"
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
