"""How much of a segment a region has, with its interval, and how far the sources can see (docs/methods.md §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from chaingraph.graph import ChainGraph, Segment
from chaingraph.ground import STRATA, WEIGHTS, Grid, period_of, regions
from chaingraph.metrics import Array, expected_count, gamma_poisson_interval
from chaingraph.model import PERIODS, Area, Presence, RegionLevel, SegmentKind
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
        return _footprint(graph, places.own_exposure(place.code), places.own_counts(place.code))
    if place.code in places.cities:
        return _sum(graph, [places.cities.index(place.code)])
    return _sum(graph, [i for i, c in enumerate(places.cities) if graph.regions[c].parent_code == place.code], rest=place.code)


def _sum(graph: ChainGraph, rows: Sequence[int], rest: str | None = None) -> Footprint:
    """Add up cities, and what the sources put at the code `rest` without naming a city."""
    places = graph.places
    exposure, columns = places.exposure[:, list(rows)].sum(axis=1), places.columns_of(rows)
    if rest:
        exposure, columns = exposure + places.own_exposure(rest), columns + places.own_counts(rest)
    return _footprint(graph, exposure, columns)


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
        around[Area.RADIUS] = _sum(graph, [index[c] for c in graph.places.within(place.code, limits.radius_km)])
    code = f"{place.code[:2]}0000"
    around[Area.PROVINCE] = footprint(graph, graph.regions[code]) if code in graph.regions else footprint(graph, place)
    around[Area.NATION] = _footprint(graph, graph.places.nation_exposure, graph.places.nation)
    return around


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


def because(segment: Segment, presence: Presence, own: Footprint, i: int, *, surveyed: bool = True) -> Phrase:
    """Say in a sentence why a segment has its grade; `i` is its column, `surveyed` whether registrations were looked through."""
    if segment.kind is SegmentKind.MARKET:
        return Phrase("需求侧：不是可招的环节", "demand side: not a segment to attract firms to")
    count, expected = int(own.count[i]), own.expected[i]
    if presence is Presence.UNKNOWN:
        if segment.kind is SegmentKind.SERVICE:
            why = Phrase("来源只收制造业登记，服务环节看不到", "the source has manufacturers only and does not see services")
        elif not surveyed:
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
