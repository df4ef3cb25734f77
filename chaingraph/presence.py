"""How much of a segment a region has, with its interval, and how far the sources can see (docs/methods.md §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from chaingraph.errors import ChaingraphError
from chaingraph.graph import ChainGraph, Segment
from chaingraph.ground import KNOWN_WEIGHT, STRATA, WEIGHTS, Grid, period_of, regions
from chaingraph.metrics import Array, expected_count, gamma_poisson_interval
from chaingraph.model import PERIODS, Area, Presence, RegionLevel, SegmentKind
from chaingraph.own_firms import Coverage, OwnFirms
from chaingraph.phrases import Phrase, counted
from chaingraph.places import Region
from chaingraph.tables import Tables


@dataclass(frozen=True)
class Thresholds:
    """Bounds of grades and constraints; each is a declared judgement, the same for every region and chain.

    >>> strict = cg.Thresholds(strong_from=3.0, strong_companies=50)
    >>> cg.diagnose(graph, "台州", "泵与电机", strict)["magnet-wire"].presence.value
    'adequate'
    """

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

    `count` and `expected` are firms, `evidence` and `expected_evidence` the same by weight of evidence; `low`, `mean`, `high`
    are the posterior of the location quotient from the latter.
    """

    count: Array
    expected: Array
    capital: Array
    capital_sq: Array
    evidence: Array
    expected_evidence: Array

    @property
    def mean(self) -> Array:
        """Posterior mean of the location quotient."""
        return self._interval[0]

    @property
    def low(self) -> Array:
        """Lower bound."""
        return self._interval[1]

    @property
    def high(self) -> Array:
        """Upper bound."""
        return self._interval[2]

    @cached_property
    def _interval(self) -> tuple[Array, Array, Array]:
        return gamma_poisson_interval(self.evidence, self.expected_evidence)


def grade(
    count: float,
    low: float,
    high: float,
    limits: Thresholds,
    *,
    sees_absence: bool = True,
    is_listed_whole: bool = False,
    leaders: int = 0,
) -> Presence:
    """Return the presence of a segment from its firms and the bounds of its location quotient.

    Graded on the bound, not the point. Missing needs no firm and an upper bound below `missing_below`; with
    `sees_absence` false (the source does not cover such firms) it is never said, with `is_listed_whole` (a list claims to hold every
    firm) no firm is missing at once. A leading firm of the segment, or a lower
    bound at which a segment with more firms would be strong, is adequate whatever the count. Monotone in the count.
    """
    if count <= 0:
        return Presence.MISSING if is_listed_whole or (sees_absence and high < limits.missing_below) else Presence.UNKNOWN
    if low >= limits.strong_from and count >= max(limits.strong_companies, 2):
        return Presence.STRONG
    if (low >= limits.adequate_from and count >= limits.few_companies) or low >= limits.strong_from or leaders > 0:
        return Presence.ADEQUATE
    return Presence.WEAK


@dataclass(frozen=True)
class Looked:
    """What the sources have of an area: firms looked at by stratum (`exposure`), and `columns`, COLUMNS × segments."""

    exposure: Array
    columns: Array


def footprint(graph: ChainGraph, place: Region) -> Footprint:
    """Return the footprint of a region: a county by its own rows, a city by all rows within, a province by its cities and the rest."""
    looked = looked_at(graph, place)
    return _footprint(graph, looked.exposure, looked.columns)


def looked_at(graph: ChainGraph, place: Region) -> Looked:
    """Return what the sources have of a region."""
    places = graph.places
    if place.level is RegionLevel.COUNTY:
        return Looked(places.own_exposure(place.code), places.own_counts(place.code))
    if place.code in places.cities:
        return _sum(graph, [places.cities.index(place.code)])
    return _sum(graph, [i for i, c in enumerate(places.cities) if graph.regions[c].parent_code == place.code], rest=place.code)


def _sum(graph: ChainGraph, rows: Sequence[int], rest: str | None = None) -> Looked:
    """Add up cities, and what the sources put at the code `rest` without naming a city."""
    places = graph.places
    exposure, columns = places.exposure[:, list(rows)].sum(axis=1), places.columns_of(rows)
    if rest:
        exposure, columns = exposure + places.own_exposure(rest), columns + places.own_counts(rest)
    return Looked(exposure, columns)


def _footprint(graph: ChainGraph, exposure: Array, columns: Array) -> Footprint:
    """Put what is expected of an area (by stratum, then added up) beside what it has."""
    places, strata = graph.places, len(STRATA)
    firms = columns[:strata]
    expected = expected_count(exposure[:, None], places.nation[:strata], firms, places.nation_exposure[:, None])
    return Footprint(firms.sum(axis=0), expected.sum(axis=0), columns[-2], columns[-1], WEIGHTS @ firms, WEIGHTS @ expected)


def areas_around(graph: ChainGraph, place: Region, limits: Thresholds) -> dict[Area, Footprint]:
    """Return the footprints of the wider areas: within the radius of its city, the province, the nation.

    A province has no single seat to measure from: no radius.
    """
    index = {c: i for i, c in enumerate(graph.places.cities)}
    around: dict[Area, Footprint] = {}
    if graph.places.city_of(place.code) in index:
        near = _sum(graph, [index[c] for c in graph.places.within(place.code, limits.radius_km)])
        around[Area.RADIUS] = _footprint(graph, near.exposure, near.columns)
    code = f"{place.code[:2]}0000"
    around[Area.PROVINCE] = footprint(graph, graph.regions[code]) if code in graph.regions else footprint(graph, place)
    around[Area.NATION] = _footprint(graph, graph.places.nation_exposure, graph.places.nation)
    return around


@dataclass(frozen=True)
class Evidence:
    """What a region's presence rests on: its footprint and those of the wider areas, and what can be said of an absence.

    Without `own`, registrations (old and wide) and known companies (recent and few). With `own`, the region's own list stands in place
    of its registrations, and known companies beside it.
    """

    graph: ChainGraph
    place: Region
    here: Footprint
    areas: dict[Area, Footprint]
    registrations: int
    coverage: float
    text: Phrase
    own: OwnFirms | None = None

    def sees_absence(self, segment: Segment) -> bool:
        """Whether registrations would show a firm of the segment if there were one."""
        if self.own:
            return False
        return segment.kind is SegmentKind.MAKING and self.graph.places.is_surveyed(segment.id)

    def is_listed_whole(self, segment: Segment) -> bool:
        """Whether the own list would name every firm of the segment: it claims so, no doubtful firm waits for a person, and of
        services only a list that names any.
        """
        if self.own is None or not self.own.shows_absence or segment.id in self.own.waiting:
            return False
        return segment.kind is SegmentKind.MAKING or any(
            self.graph.segments[s].kind is SegmentKind.SERVICE for s in self.own.counts if s in self.graph.segments
        )

    def companies(self, segment_id: str) -> tuple[str, ...]:
        """Companies of the graph that are in the region and the segment, each once."""
        listed = self.own.companies.get(segment_id, frozenset()) if self.own else frozenset()
        return tuple(sorted(listed.union(self.graph.places.companies_here(self.place.code, segment_id))))


def evidence_of(graph: ChainGraph, place: Region, limits: Thresholds, own: OwnFirms | None = None) -> Evidence:
    """Return the evidence on a region. ChaingraphError: the own list is of another region."""
    total, coverage, text = region_coverage(graph, place)
    registered, around = footprint(graph, place), areas_around(graph, place, limits)
    if own is None:
        return Evidence(graph, place, registered, {Area.CITY: registered, **around}, total, coverage, text)
    if own.region_code != place.code:
        whose = (
            graph.regions[own.region_code].name if own.region_code in graph.regions else Phrase(own.region_code, own.region_code)
        )
        zh = f"名单“{own.name}”是{whose}的，不能用于{place.name_zh}：请选{whose}，或导入{place.name_zh}的名单。"
        en = f"the list '{own.name}' is of {whose.en}, not of {place.name_en}: diagnose {whose.en}, or import a list of {place.name_en}."
        raise ChaingraphError(Phrase(zh, en))
    here = own_footprint(graph, place, own)
    change = here.count - registered.count
    if own.coverage is Coverage.PARTIAL:
        # Firms that a list does not claim to hold may still be there.
        change = np.maximum(change, 0.0)
    areas = {area: replace(wide, count=wide.count + change) for area, wide in around.items()}
    told = own.text + Phrase(f"；{place.name_zh}的登记数据不再使用", f"; the registrations of {place.name_en} are not used")
    seen = 1.0 if own.shows_absence else coverage
    return Evidence(graph, place, here, {Area.CITY: here, **areas}, total, seen, told, own)


def own_footprint(graph: ChainGraph, place: Region, own: OwnFirms) -> Footprint:
    """Return the footprint of a region by its own list, in place of its registrations, with the known companies beside it.

    E_s = m_s · o_s: the links of the list's firms outside the segment, times the odds of the segment among the links of the
    registrations elsewhere in the nation. A firm more in the segment, whatever else it makes, raises the count and not E_s. A
    company that is both listed and known counts once.
    """
    places, registered = graph.places, looked_at(graph, place)
    periods, known = slice(0, len(PERIODS)), STRATA.index("known")
    elsewhere = np.maximum(places.nation[periods].sum(axis=0) - registered.columns[periods].sum(axis=0), 0.0)
    odds = elsewhere / np.maximum(elsewhere.sum() - elsewhere, 1.0)
    listed = np.array([own.counts.get(s, 0) for s in graph.segment_ids], dtype=float)
    expected = np.array([own.other_links.get(s, own.links) for s in graph.segment_ids], dtype=float) * odds
    firms = registered.columns[known]
    expected_known = expected_count(registered.exposure[known], places.nation[known], firms, places.nation_exposure[known])
    beside = [len(set(places.companies_here(place.code, s)) - own.companies.get(s, frozenset())) for s in graph.segment_ids]
    return Footprint(
        listed + np.array(beside, dtype=float),
        expected,
        registered.columns[-2],
        registered.columns[-1],
        listed + KNOWN_WEIGHT * firms,
        expected + KNOWN_WEIGHT * expected_known,
    )


@dataclass(frozen=True)
class Seen:
    """Manufacturing registrations the source has, by period; made once for a data version.

    `own`: at just a code; `city`: with all counties of a city; `province`: with all cities of a province; a place that is not
    there has none. `middle`: the median of the places of a kind (level, standing for one city) that have any, 0 without any.
    """

    own: Mapping[str, tuple[int, ...]]
    city: Mapping[str, tuple[int, ...]]
    province: Mapping[str, tuple[int, ...]]
    middle: Mapping[tuple[RegionLevel, bool], tuple[float, ...]]

    @classmethod
    def of(cls, tables: Tables) -> Seen:
        """Add up the registrations of some tables: counties by themselves, cities whole, provinces whole."""
        known, grid = tables.derived(regions), tables.derived(Grid.of)
        own, city, province = (
            _by_period(tables["coverage"], unit)
            for unit in ({c: c for c in known}, grid.city_of, {c: f"{c[:2]}0000" for c in known})
        )
        cities, middle = frozenset(grid.cities), {}
        for level, one_city in product(RegionLevel, (True, False)):
            whole = level is RegionLevel.PROVINCE and not one_city
            alike = [c for c, r in known.items() if r.level is level and (whole or (c in cities) is one_city)]
            sums = own if level is RegionLevel.COUNTY else province if whole else city
            middle[level, one_city] = tuple(float(v) for v in sums[sums.index.isin(alike)].median().fillna(0.0))
        return cls(_numbers(own), _numbers(city), _numbers(province), middle)

    def at(self, place: Region, *, one_city: bool) -> tuple[int, ...]:
        """Return the registrations of a place by period."""
        county, province = place.level is RegionLevel.COUNTY, place.level is RegionLevel.PROVINCE and not one_city
        return (self.own if county else self.province if province else self.city).get(place.code, (0,) * len(PERIODS))


def _by_period(coverage: pd.DataFrame, unit: Mapping[str, str]) -> pd.DataFrame:
    """Registrations by place × period, NaN where the source has no row."""
    place, period = coverage["region_code"].map(unit), period_of(coverage["year"])
    sums = coverage["registration_count"].astype(int).groupby([place, period]).sum().unstack()
    return sums.reindex(columns=range(len(PERIODS)))


def _numbers(sums: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    return {code: tuple(int(v) for v in row) for code, *row in sums.fillna(0).itertuples()}


def region_coverage(graph: ChainGraph, place: Region) -> tuple[int, float, Phrase]:
    """Return (registrations the source has here, coverage in [0, 1], sentence).

    Coverage is the mean over the five periods of min(1, registrations here ÷ those of the median place of its kind that has
    any): counties with counties, prefectures with prefectures, municipalities with municipalities, provinces with all provinces.
    """
    seen, one_city = graph.tables.derived(Seen.of), place.code in graph.places.cities
    numbers = seen.at(place, one_city=one_city)
    peers = seen.middle[place.level, one_city]
    shares = [min(1.0, mine / middle) if middle > 0 else 0.0 for mine, middle in zip(numbers, peers, strict=True)]
    total = sum(numbers)
    dry = [period for (period, *_), share in zip(PERIODS, shares, strict=True) if share < 0.1]
    value = float(np.mean(shares))
    text = Phrase(
        f"来源在{place.name_zh}共有 {total} 条制造业登记（1978–2019），覆盖度 {value:.0%}（相对同级地区的中位数）",
        f"The source has {counted(total, 'manufacturing registration')} in {place.name_en} (1978–2019), "
        f"coverage {value:.0%} (against the median place of its level)",
    )
    if dry:
        text += Phrase(f"；{'、'.join(dry)} 几乎没有数据", f"; almost no data for {', '.join(dry)}")
    if value < 0.4:
        text += Phrase("：数据稀薄，未见企业不等于没有企业", ": the data are thin, and no firm seen is not no firm")
    return total, value, text


def because(segment: Segment, presence: Presence, evidence: Evidence, i: int) -> Phrase:
    """Say in a sentence why a segment has its grade; `i` is its column."""
    if segment.kind is SegmentKind.MARKET:
        return Phrase("需求侧：不是可招的环节", "demand side: not a segment to attract firms to")
    count, expected = int(evidence.here.count[i]), evidence.here.expected[i]
    if evidence.own:
        return _because_listed(segment, presence, evidence.own, count, expected)
    if presence is Presence.UNKNOWN:
        if segment.kind is SegmentKind.SERVICE:
            why = Phrase("来源只收制造业登记，服务环节看不到", "the source has manufacturers only and does not see services")
        elif not evidence.graph.places.is_surveyed(segment.id):
            why = Phrase("登记数据没有按这条链查过", "registrations were not looked through for this chain")
        else:
            why = Phrase(f"按全国比重也只应有 {expected:.1f} 家", f"at the nation's share only {expected:.1f} would be expected")
        return Phrase(
            f"未见企业，但数据不足以断定缺失（{why}）", f"no firm seen, but the data are too thin to call it missing ({why.en})"
        )
    if presence is Presence.MISSING:
        return Phrase(
            f"未见企业，而按全国比重应有 {expected:.1f} 家", f"no firm seen, where the nation's share would give {expected:.1f}"
        )
    return Phrase(
        f"{count} 家，按全国比重应有 {expected:.1f} 家",
        f"{counted(count, 'firm')}, where the nation's share would give {expected:.1f}",
    )


def _because_listed(segment: Segment, presence: Presence, own: OwnFirms, count: int, expected: float) -> Phrase:
    if presence is Presence.MISSING:
        return Phrase("自有名单（完整）里没有企业", "no firm in the own list, which is complete")
    if presence is Presence.UNKNOWN:
        if segment.id in own.waiting:
            why = Phrase("有企业待核", "firms wait for review")
        elif own.coverage is Coverage.PARTIAL:
            why = Phrase("名单不完整", "it is not complete")
        elif not own.shows_absence:
            why = Phrase("多数企业没有业务文字", "most of its firms do not say what they do")
        else:
            why = Phrase("名单里没有服务企业", "it has no service firms")
        return Phrase(
            f"自有名单里没有确认的企业，但不足以断定缺失（{why}）",
            f"no firm confirmed in the own list, which cannot show it missing ({why.en})",
        )
    return Phrase(
        f"{count} 家（自有名单和已知企业），按全国构成应有 {expected:.1f} 家",
        f"{counted(count, 'firm')} (own list and known companies), where the nation's mix would give {expected:.1f}",
    )
